//! A word, phrase or expression that a query looks for, with everything prepared.

use super::{fuzzy_match::FuzzyWord, pattern::Pattern};
use crate::search::{
    index::{LetterSet, bloom::TermFilter},
    query::TextPattern,
};

/// A word, phrase or expression of a query.
#[derive(Debug)]
pub(in crate::search) struct Term {
    /// What to find.
    pub pattern: Pattern,
    /// As it was typed.
    pub text_pattern: TextPattern,
    /// How to find it in a title by its letters.
    pub fuzzy: Option<FuzzyWord>,
    /// `title:`
    pub title_only: bool,
    /// What a text must have for it to be there.
    pub filter: TermFilter,
    /// Candidates in one conversation that are looked at to rank it if it is the only term; the rest would hardly change it.
    pub most_positions: usize,
}

impl Term {
    /// A letter or two are everywhere, and hardly ever a whole word.
    const FEW_POSITIONS: usize = 16;
    const MANY_POSITIONS: usize = 512;

    /// `None`: there is nothing to find.
    pub fn new(text_pattern: &TextPattern, title_only: bool, fuzzily: bool) -> Option<Self> {
        let pattern = Pattern::new(text_pattern)?;
        let (filter, most_positions) = match &pattern {
            Pattern::Literal(literal) => {
                let few = literal.units().len() < 3;
                (
                    TermFilter::of(text_pattern.text()),
                    if few { Self::FEW_POSITIONS } else { Self::MANY_POSITIONS },
                )
            }
            Pattern::Regex(expression) => (TermFilter::of_runs(expression.required()), Self::FEW_POSITIONS),
        };
        let fuzzy = if fuzzily { FuzzyWord::new(text_pattern) } else { None };
        Some(Self { pattern, text_pattern: text_pattern.clone(), fuzzy, title_only, filter, most_positions })
    }

    /// Its letters are in a title that has these.
    pub fn may_fuzzy_match(&self, title_letters: LetterSet) -> bool {
        self.fuzzy.as_ref().is_some_and(|fuzzy| fuzzy.may_be_in(title_letters))
    }
}
