//! What tells a file from another, and from itself after a change; and how one is opened that somebody else may have
//! changed.

use std::{
    fs::{File, Metadata, OpenOptions},
    io,
    path::Path,
};

/// A file at one moment: the same file, unchanged, gives the same again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileIdentity {
    /// The file itself, whatever it is called; `None` where the system does not tell.
    pub place: Option<FileId>,
    size: u64,
    modified: Option<std::time::SystemTime>,
}

/// The place of a file on its disk: one however many names it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct FileId {
    device: u64,
    inode: u64,
}

impl FileIdentity {
    pub fn of(metadata: &Metadata) -> Self {
        Self { place: FileId::of(metadata), size: metadata.len(), modified: metadata.modified().ok() }
    }
}

impl FileId {
    #[cfg(unix)]
    #[expect(clippy::unnecessary_wraps, reason = "elsewhere the system does not tell")]
    pub fn of(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;

        Some(Self { device: metadata.dev(), inode: metadata.ino() })
    }

    #[cfg(not(unix))]
    pub fn of(_: &Metadata) -> Option<Self> {
        None
    }
}

/// Opens a regular file for reading, without waiting for whoever writes into a pipe.
///
/// # Errors
/// Fails where the system refuses, and with `InvalidInput` for what is no regular file.
pub(super) fn open_regular(path: &Path, follow: bool) -> io::Result<File> {
    let file = options(follow).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::InvalidInput.into()) }
}

#[cfg(unix)]
fn options(follow: bool) -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;

    use rustix::fs::OFlags;

    let flags = if follow { OFlags::NONBLOCK } else { OFlags::NONBLOCK | OFlags::NOFOLLOW };
    let mut options = OpenOptions::new();
    // Flags have the width of a number in C.
    options.read(true).custom_flags(flags.bits() as i32);
    options
}

#[cfg(not(unix))]
fn options(_follow: bool) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    options
}
