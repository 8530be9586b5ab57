//! The watch of a caller who waits for an extract.

/// Hears how far an extract is, and may stop it. Called from several threads.
pub trait Watch: Sync {
    /// Says whether to go on. What has its name by then stays, whole.
    fn goes_on(&self) -> bool {
        true
    }

    /// Hears that so many bytes of a member are inflated, of those up to the end of the original that is wanted.
    fn reading(&self, _bytes: u64, _of: u64) {}

    /// Hears that so many conversations are made, of so many.
    fn made(&self, _conversations: usize, _of: usize) {}
}

/// Nobody waits: it is not told of, and never stopped.
impl Watch for () {}
