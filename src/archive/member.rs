//! The members of an archive: their names, and where their bytes are.

use std::path::PathBuf;

use super::{
    Limits,
    byte_source::ByteSource,
    identity::{FileIdentity, open_regular},
    stream::{Declared, Stream, StreamError},
    zipped,
};
use crate::provider;

/// The packing of a member's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    Stored,
    Deflated,
    Encrypted,
    Unsupported,
}

/// The place of a member's bytes.
#[derive(Clone, Debug)]
pub(super) enum MemberContent {
    /// In a zip: [`Archive::containers`], after the local header at `header`.
    Zipped { container: u32, header: u64, compressed: u64, crc: u32, method: Compression },
    /// In a zip whose directory is lost: the raw bytes begin at `start`. Their end and checksum are known only where
    /// the local header has them.
    Salvaged { container: u32, start: u64, compressed: u64, crc: Option<u32>, method: Compression },
    /// A file of an unpacked folder, or a bare JSON file.
    File(Box<FolderMember>),
    /// The whole of a container.
    WholeContainer { container: u32 },
}

/// A file that is a member, and what it was when it was listed.
#[derive(Clone, Debug)]
pub(super) struct FolderMember {
    pub path: PathBuf,
    pub identity: Option<FileIdentity>,
}

impl FolderMember {
    /// Opens it, if it still is what it was.
    pub fn open(&self) -> Result<ByteSource, StreamError> {
        let bytes = ByteSource::file(open_regular(&self.path, false)?)?;
        match self.identity {
            Some(identity) if bytes.identity() != Some(identity) => Err(StreamError::Changed),
            _ => Ok(bytes),
        }
    }
}

/// A member as the archive keeps it.
#[derive(Clone, Debug)]
pub(super) struct MemberEntry {
    pub name: Box<str>,
    /// The inflated bytes, as declared; never trusted.
    pub size: u64,
    pub content: MemberContent,
}

impl MemberEntry {
    /// Returns the name after the last separator.
    pub fn base_name(&self) -> &str {
        base_name(&self.name)
    }
}

pub(super) fn base_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

/// A member as listed. For an attachment, see [`Archive::find_attachment`](super::Archive::find_attachment).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its path inside the archive. Untrusted: never a path to write to.
    pub name: String,
    /// The name in the export's own map, when it is stored under a meaningless one (`….dat`).
    pub alias: Option<String>,
    /// Inflated bytes, as declared.
    pub size: u64,
    /// Its index among the archive's members.
    pub index: usize,
}

/// Returns whether a member of that name holds conversations. A Mac adds shadows of all members to a zip;
/// they hold none.
pub(super) fn holds_conversations(name: &str) -> bool {
    provider::holds_conversations(base_name(name))
        && !name.starts_with("__MACOSX/")
        && !name.contains("/__MACOSX/")
}

/// Returns whether a name ends in `.zip` or the like, in any case.
pub(super) fn has_extension(name: &str, ending: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, own)| own.eq_ignore_ascii_case(ending))
}

/// Makes a stream of a member's bytes; `containers` are those of its archive.
///
/// # Errors
/// Fails where they cannot be reached, and where their packing is not read.
pub(super) fn stream_of(
    entry: &MemberEntry,
    containers: &[ByteSource],
    limits: Limits,
) -> Result<Stream, StreamError> {
    let (bytes, method, declared) = match &entry.content {
        MemberContent::File(member) => (member.open()?, Compression::Stored, None),
        &MemberContent::WholeContainer { container } => {
            (containers[container as usize].clone(), Compression::Stored, None)
        }
        &MemberContent::Zipped { container, header, compressed, crc, method } => {
            let bytes = &containers[container as usize];
            let start = zipped::data_start(bytes, header)?;
            (bytes.section(start, compressed), method, Some(Declared { size: entry.size, crc }))
        }
        &MemberContent::Salvaged { container, start, compressed, crc, method } => {
            let declared = crc.map(|crc| Declared { size: entry.size, crc });
            (containers[container as usize].section(start, compressed), method, declared)
        }
    };
    match method {
        Compression::Stored => Ok(Stream::stored(bytes, declared, limits)),
        Compression::Deflated => Ok(Stream::deflated(bytes, declared, limits)),
        Compression::Encrypted => {
            Err(StreamError::new("it is encrypted: unpack it with its password and name the folder"))
        }
        Compression::Unsupported => {
            Err(StreamError::new("its compression is not supported: unpack it and name the folder"))
        }
    }
}
