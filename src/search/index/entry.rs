//! The index's knowledge of one conversation, before its text is looked at.

use crate::{conversation::Conversation, search::matching::FoldsToAscii};

/// The index's knowledge of one conversation.
#[derive(Clone, Copy, Debug)]
pub(in crate::search) struct IndexEntry {
    /// The characters of its readable text that need folding.
    pub folds_to_ascii: FoldsToAscii,
    /// Every message lies on the visible branch: no message has two children.
    pub is_linear: bool,
}

impl IndexEntry {
    /// Makes the entry of one conversation on its own.
    pub fn unindexed(conversation: &Conversation) -> Self {
        Self { folds_to_ascii: FoldsToAscii::of(conversation.readable_text()), is_linear: false }
    }
}
