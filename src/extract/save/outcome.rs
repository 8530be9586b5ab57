//! The outcome of writing files.

use std::path::PathBuf;

use super::attachment_outcome::AttachmentOutcome;

/// The sizes of one file that was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileOutcome {
    /// Bytes of the text.
    pub bytes: u64,
    /// The files beside it.
    pub attached: AttachmentOutcome,
}

/// The numbers of files that were written and that were not, and their attachments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderOutcome {
    /// Files that have their name now.
    pub written: usize,
    /// Files that existed and were left as they are.
    pub existing: Vec<PathBuf>,
    /// The attachments beside them.
    pub attached: AttachmentOutcome,
}

impl FolderOutcome {
    /// Adds up what several batches did.
    pub fn add(&mut self, other: Self) {
        self.written += other.written;
        self.existing.extend(other.existing);
        self.attached.add(other.attached);
    }
}
