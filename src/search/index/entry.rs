//! What is known of a conversation before it is looked at.

use crate::{
    conversation::Conversation,
    search::matching::{Fit, Foldable, LetterSet, Term},
};

/// What is known of a conversation before it is looked at.
#[derive(Clone, Copy, Debug)]
pub(in crate::search) struct Hints<'a> {
    /// About its readable text.
    pub foldable: Foldable,
    /// Of its title.
    pub letters: LetterSet,
    /// Of its title and readable text; `None`: not made yet.
    pub field: Option<&'a [u64]>,
    /// No message has two children: every message lies on the visible branch.
    pub is_linear: bool,
}

impl Hints<'_> {
    /// Made by looking, for one conversation on its own.
    pub fn of(conversation: &Conversation) -> Self {
        let foldable = if conversation.is_ascii() {
            Foldable::default()
        } else {
            Foldable::of(conversation.readable_text())
        };
        Self { foldable, letters: LetterSet::of(&conversation.title), field: None, is_linear: false }
    }

    /// The best fit a term may have in a message.
    pub fn best_fit(&self, term: &Term) -> Fit {
        let may_be_whole = self.field.is_none_or(|field| term.needed.may_be_whole(field));
        if may_be_whole { Fit::Whole } else { Fit::Start }
    }

    /// Whether a term may stand somewhere letter by letter.
    pub fn may_hold(&self, term: &Term) -> bool {
        self.field.is_none_or(|field| term.needed.are_in(field))
    }
}
