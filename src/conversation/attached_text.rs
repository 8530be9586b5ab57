//! The text of an attachment that the export itself carries: apart while a message is drafted, and within the text of
//! the conversation from then on, where it is searched like any other.

use std::{num::NonZeroU64, ops::Range};

use super::digest;

/// The text of an attachment, where the export carries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttachedText {
    /// The text itself: of a draft. Empty where the export does not carry it.
    Own(Box<str>),
    /// Bytes counted from the beginning of its message's text: of a message in a conversation.
    /// [`Conversation::attached_text`](super::Conversation::attached_text) reads them.
    InMessage {
        /// These bytes.
        range: Range<u32>,
        /// The [`digest`] of the text: two attachments may have one id and not one text.
        digest: NonZeroU64,
    },
}

impl AttachedText {
    /// Returns its length in bytes.
    pub fn len(&self) -> usize {
        match self {
            Self::Own(text) => text.len(),
            Self::InMessage { range, .. } => range.len(),
        }
    }

    /// Returns whether the export does not carry it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the text of a draft; empty of a message in a conversation.
    pub fn own(&self) -> &str {
        if let Self::Own(text) = self { text } else { "" }
    }

    /// Returns where it begins, in bytes counted from the beginning of its message's text. `None`: of a draft.
    pub fn place(&self) -> Option<usize> {
        if let Self::InMessage { range, .. } = self { Some(range.start as usize) } else { None }
    }

    /// Returns what tells the text from others.
    pub fn digest(&self) -> NonZeroU64 {
        match self {
            Self::Own(text) => digest(text.as_bytes()),
            Self::InMessage { digest, .. } => *digest,
        }
    }

    /// Counts the bytes it keeps on the heap beside the conversation's text.
    pub(super) fn heap_size(&self) -> usize {
        match self {
            Self::Own(text) => text.len(),
            Self::InMessage { .. } => 0,
        }
    }
}

impl Default for AttachedText {
    fn default() -> Self {
        Self::Own(Box::default())
    }
}

impl<T: Into<Box<str>>> From<T> for AttachedText {
    fn from(text: T) -> Self {
        Self::Own(text.into())
    }
}
