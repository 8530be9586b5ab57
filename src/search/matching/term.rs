//! One word, phrase or expression that a query looks for, with everything prepared.

use super::{fuzzy_match::FuzzyWord, pattern::Pattern};
use crate::search::{index::occurrences::TermLookup, query::TextPattern};

/// A word, phrase or expression of a query.
#[derive(Debug)]
pub(in crate::search) struct Term {
    /// The compiled pattern.
    pub pattern: Pattern,
    /// The word as it is matched fuzzily in a title. `None`: it is only literal.
    pub fuzzy: Option<FuzzyWord>,
    /// It is looked for in the title only (`title:`).
    pub title_only: bool,
    /// What the index can say of it.
    pub lookup: TermLookup,
    /// Hits in one conversation that are looked at to rank it if this is the only term; the rest would hardly change
    /// it.
    pub max_positions: usize,
}

impl Term {
    /// For a letter or two: they are everywhere, and hardly ever a whole word. For an expression: it is slow.
    /// For alternatives: they may be either.
    const FEW_POSITIONS: usize = 16;
    const MANY_POSITIONS: usize = 512;

    /// Prepares a text pattern. `None`: there is nothing to find.
    pub fn new(text_pattern: &TextPattern, title_only: bool, fuzzily: bool) -> Option<Self> {
        let pattern = Pattern::new(text_pattern)?;
        let max_positions = match &pattern {
            Pattern::Literal(literal) if literal.units().len() >= 3 => Self::MANY_POSITIONS,
            _ => Self::FEW_POSITIONS,
        };
        let lookup = TermLookup::of(&pattern, text_pattern);
        let fuzzy = if fuzzily { FuzzyWord::new(text_pattern) } else { None };
        Some(Self { pattern, fuzzy, title_only, lookup, max_positions })
    }
}
