//! The index's knowledge of one conversation, before its text is looked at.

use crate::{
    conversation::Conversation,
    search::{
        index::LetterSet,
        matching::{FoldsToAscii, Term, WordBoundary},
    },
};

/// The index's knowledge of one conversation.
#[derive(Clone, Copy, Debug)]
pub(in crate::search) struct IndexEntry<'a> {
    /// The characters of its readable text that need folding.
    pub folds_to_ascii: FoldsToAscii,
    /// The letters of its title.
    pub title_letters: LetterSet,
    /// The bloom filter of its title and readable text. `None`: not indexed yet.
    pub bloom: Option<&'a [u64]>,
    /// Every message lies on the visible branch: no message has two children.
    pub is_linear: bool,
}

impl IndexEntry<'_> {
    /// Makes the entry of one conversation on its own, without a bloom filter.
    pub fn unindexed(conversation: &Conversation) -> Self {
        let foldable = if conversation.is_ascii() {
            FoldsToAscii::default()
        } else {
            FoldsToAscii::of(conversation.readable_text())
        };
        Self {
            folds_to_ascii: foldable,
            title_letters: LetterSet::of(&conversation.title),
            bloom: None,
            is_linear: false,
        }
    }

    /// Returns the best word boundary a term may have in a message.
    pub fn best_boundary(&self, term: &Term) -> WordBoundary {
        let may_be_whole = self.bloom.is_none_or(|bloom| term.filter.may_be_whole(bloom));
        if may_be_whole { WordBoundary::Whole } else { WordBoundary::Start }
    }

    /// Returns whether a term may stand literally in the text or the title. No is certain.
    pub fn may_contain(&self, term: &Term) -> bool {
        self.bloom.is_none_or(|bloom| term.filter.may_be_in(bloom))
    }
}
