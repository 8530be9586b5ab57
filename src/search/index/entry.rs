//! The index's knowledge of one conversation, before its text is looked at.

use crate::{conversation::Conversation, search::matching::FoldsToAscii};

/// The index's knowledge of one conversation.
#[derive(Clone, Copy, Debug)]
pub(in crate::search) struct IndexEntry<'a> {
    /// The characters of its readable text that need folding.
    pub folds_to_ascii: FoldsToAscii,
    /// Those of each message. `None`: not known.
    pub message_folds: Option<&'a [FoldsToAscii]>,
    /// Every message lies on the visible branch: no message has two children.
    pub is_linear: bool,
}

impl IndexEntry<'_> {
    /// Makes the entry of one conversation on its own.
    pub fn unindexed(conversation: &Conversation) -> Self {
        let folds_to_ascii = FoldsToAscii::of(conversation.readable_text());
        Self { folds_to_ascii, message_folds: None, is_linear: false }
    }
}
