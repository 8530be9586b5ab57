//! What is known of a conversation before it is looked at.

use crate::{
    conversation::Conversation,
    search::{
        index::LetterSet,
        matching::{Foldable, Term, WordBoundary},
    },
};

/// What is known of a conversation before it is looked at.
#[derive(Clone, Copy, Debug)]
pub(in crate::search) struct IndexEntry<'a> {
    /// About its readable text.
    pub foldable: Foldable,
    /// Of its title.
    pub title_letters: LetterSet,
    /// Of its title and readable text; `None`: not made yet.
    pub bloom: Option<&'a [u64]>,
    /// No message has two children: every message lies on the visible branch.
    pub is_linear: bool,
}

impl IndexEntry<'_> {
    /// Made by looking, for one conversation on its own.
    pub fn unindexed(conversation: &Conversation) -> Self {
        let foldable = if conversation.is_ascii() {
            Foldable::default()
        } else {
            Foldable::of(conversation.readable_text())
        };
        Self { foldable, title_letters: LetterSet::of(&conversation.title), bloom: None, is_linear: false }
    }

    /// The best fit a term may have in a message.
    pub fn best_boundary(&self, term: &Term) -> WordBoundary {
        let may_be_whole = self.bloom.is_none_or(|bloom| term.filter.may_be_whole(bloom));
        if may_be_whole { WordBoundary::Whole } else { WordBoundary::Start }
    }

    /// Whether a term may stand somewhere letter by letter.
    pub fn may_contain(&self, term: &Term) -> bool {
        self.bloom.is_none_or(|bloom| term.filter.may_be_in(bloom))
    }
}
