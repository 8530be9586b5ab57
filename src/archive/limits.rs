//! Bounds on what an archive may make us do, each named in the error it causes.
//!
//! They are set here and held where the bytes pass: members, standard input and zips within zips in `open`, `folder`,
//! `zipped` and `salvage`; the size and ratio of a member in `stream`; an object's size in `load::read_member`; the memory of all
//! conversations in `load::pipeline`. What one object may make large is bounded by `import::json::MemoryBudget` and `import::expansion_budget`.

/// Bounds on what an archive may make us do. Every bound can be raised; none is derived from what an archive says of
/// itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest conversation object, in bytes of JSON. At most 2 GB, since ranges in it are 32 bits.
    pub conversation_bytes: u64,
    /// Largest member, in inflated bytes.
    pub member_bytes: u64,
    /// Inflated bytes for one compressed byte, looked at past [`Limits::RATIO_FLOOR`].
    pub ratio: u64,
    /// Most members of an archive, those of the zips inside it counted.
    pub members: usize,
    /// Bytes of memory that the conversations of all archives may take, or [`Limits::MEMORY_PER_BYTE`] times the
    /// archives' own size if that is more. Honest archives take about three times their zip.
    pub memory_bytes: u64,
    /// Most bytes of standard input, which is kept in memory as it comes.
    pub stdin_bytes: u64,
    /// Inflated bytes of all compressed zips inside a zip, together: they must be inflated into memory.
    pub nested_bytes: u64,
}

impl Limits {
    /// The inflated bytes below which the ratio is not looked at: honest text can be 400 : 1.
    pub const RATIO_FLOOR: u64 = 256 << 20;
    /// The memory for each byte of the archives; see [`Limits::memory_bytes`].
    pub const MEMORY_PER_BYTE: u64 = 8;
    /// The largest object that is read, whatever the limit says, in bytes: text ranges are 32 bits.
    pub const MAX_OBJECT_SIZE: u64 = 1 << 31;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            conversation_bytes: 256 << 20,
            member_bytes: 16 << 30,
            ratio: 1_000,
            members: 1_000_000,
            memory_bytes: 512 << 20,
            stdin_bytes: 4 << 30,
            nested_bytes: 96 << 20,
        }
    }
}
