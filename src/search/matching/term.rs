//! A word, phrase or expression that a query looks for, with everything prepared.

use super::{
    fuzzy_match::{Fuzzy, LetterSet},
    pattern::Pattern,
};
use crate::search::{index::bloom::Needed, query::Wording};

/// A word, phrase or expression of a query.
#[derive(Debug)]
pub(in crate::search) struct Term {
    /// What to find.
    pub pattern: Pattern,
    /// As it was typed.
    pub wording: Wording,
    /// How to find it in a title by its letters.
    pub fuzzy: Option<Fuzzy>,
    /// `title:`
    pub title_only: bool,
    /// What a text must have for it to be there.
    pub needed: Needed,
    /// Places in one conversation that are looked at to rank it if it is the only term; the rest would hardly change it.
    pub most_places: usize,
}

impl Term {
    /// A letter or two are everywhere, and hardly ever a whole word.
    const FEW: usize = 16;
    const MANY: usize = 512;

    /// `None`: there is nothing to find.
    pub fn new(wording: &Wording, title_only: bool, fuzzily: bool) -> Option<Self> {
        let pattern = Pattern::new(wording)?;
        let (needed, most_places) = match &pattern {
            Pattern::Literal(literal) => {
                let few = literal.units().len() < 3;
                (Needed::of(wording.text()), if few { Self::FEW } else { Self::MANY })
            }
            Pattern::Regex(expression) => (Needed::of_runs(expression.required()), Self::FEW),
        };
        let fuzzy = if fuzzily { Fuzzy::new(wording) } else { None };
        Some(Self { pattern, wording: wording.clone(), fuzzy, title_only, needed, most_places })
    }

    /// Its letters are in a title that has these.
    pub fn may_be_likened(&self, letters: LetterSet) -> bool {
        self.fuzzy.as_ref().is_some_and(|fuzzy| fuzzy.may_be_in(letters))
    }
}
