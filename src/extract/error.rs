//! The reasons why an extract was not written, or not all of it.

use std::path::{Path, PathBuf};

use super::save::{SaveError, attachments::AttachmentOutcome};
use crate::archive::ArchiveError;

/// The reason why an extract was not written, or not all of it. The files that were written are whole. One
/// line; a front end that knows what to do about it adds that.
#[derive(Debug, thiserror::Error)]
pub enum ExtractError {
    /// A file could not be written.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// An original object could not be read again.
    #[error(transparent)]
    Archive(ArchiveError),
    /// The archive of a conversation is not among those given.
    #[error("the archive that a conversation is from is not open: open it again")]
    ArchiveNotOpen,
    /// The originals of this many conversations do not make one text.
    #[error("json is one object a file: {0} conversations need a folder")]
    OriginalsNeedSeparateFiles(usize),
    /// This many conversations with front matter do not make one text.
    #[error("front matter is for one conversation a file: {0} need a folder")]
    FrontMatterNeedsSeparateFiles(usize),
    /// The caller stopped it.
    #[error("stopped: nothing was written")]
    Stopped,
    /// The text is there, and the name of an attachment beside it was taken.
    #[error("{}", attachment_exists_message(.existing_path, .attached))]
    AttachmentExists {
        /// The first name that was taken.
        existing_path: PathBuf,
        /// The result of the other attachments.
        attached: AttachmentOutcome,
    },
}

/// Says it, with the attachments that were written first.
fn attachment_exists_message(existing_path: &Path, attached: &AttachmentOutcome) -> String {
    let exposed = match attached.unredacted_sentence() {
        "" => String::new(),
        exposed => format!("{exposed} · "),
    };
    format!("{exposed}{} exists already; the text was written", existing_path.display())
}

impl From<ArchiveError> for ExtractError {
    fn from(error: ArchiveError) -> Self {
        match error {
            ArchiveError::Stopped => Self::Stopped,
            error @ (ArchiveError::Unusable { .. }
            | ArchiveError::Changed { .. }
            | ArchiveError::TooMany(_)) => Self::Archive(error),
        }
    }
}
