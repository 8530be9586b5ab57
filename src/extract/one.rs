//! One conversation to one file, its attachments beside it.

use std::path::Path;

use super::{
    Format, Options,
    redaction::Redaction,
    save::{
        self, Clobber, SaveError,
        attachments::{Attached, Beside},
    },
};
use crate::{
    archive::{Archive, ArchiveError},
    conversation::Conversation,
};

/// Why there is no file, or not all of them.
#[derive(Debug, thiserror::Error)]
pub enum OneError {
    /// It could not be written.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// The original object could not be read again.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The archive of the conversation is not among those given.
    #[error("the archive that it is from is not open: open it again")]
    Closed,
    /// The text is there, and an attachment's name was taken.
    #[error("{exposed}{taken} exists already; the text was written")]
    Attachment {
        /// Its path.
        taken: String,
        /// What is to be said of the others first, if anything is.
        exposed: String,
    },
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Bytes of the text.
    pub bytes: u64,
    /// The files beside it.
    pub attached: Attached,
}

/// The conversation's original object, byte for byte. Reads its archive again, which takes its time.
pub fn original(archives: &[Archive], conversation: &Conversation) -> Result<Vec<u8>, OneError> {
    let archive = archives.get(usize::from(conversation.source.archive)).ok_or(OneError::Closed)?;
    Ok(archive.read_object(conversation.source, &mut |_| true)?)
}

/// Writes the conversation, or its original object, to this path.
pub fn write_one(
    archives: &[Archive],
    conversation: &Conversation,
    options: &Options,
    redaction: &Redaction,
    path: &Path,
    clobber: Clobber,
) -> Result<Written, OneError> {
    let mut beside = Beside::of(path, redaction);
    let is_original = options.format == Format::Json;
    let redacted =
        if is_original { redaction.uncounted(conversation) } else { redaction.conversation(conversation) };
    let options = beside.take(archives, &redacted, options)?;
    let contents = if is_original {
        redaction.original(&original(archives, conversation)?).into_owned()
    } else {
        super::conversation(&redacted, &options).into_bytes()
    };
    save::save(path, &contents, clobber)?;
    let (files, mut attached) = beside.into_parts();
    let outcome = files.commit(clobber)?;
    attached.named(outcome.attached.written);
    match outcome.existing.first() {
        Some(taken) => {
            let exposed = match attached.exposed() {
                "" => String::new(),
                exposed => format!("{exposed} · "),
            };
            Err(OneError::Attachment { taken: taken.display().to_string(), exposed })
        }
        None => Ok(Written { bytes: contents.len() as u64, attached }),
    }
}
