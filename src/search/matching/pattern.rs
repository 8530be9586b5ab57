//! A word, phrase or regular expression, ready to be found: what a query's [`Wording`] becomes.

use std::ops::Range;

use super::{
    expression::{self, Expression},
    folding::Foldable,
    literal::{self, Literal},
};
use crate::search::query::Wording;

/// See the [module](self).
#[derive(Clone, Debug)]
pub(in crate::search) enum Pattern {
    /// Letter by letter.
    Literal(Literal),
    /// An expression; it is matched within one message at a time.
    Regex(Expression),
}

impl Pattern {
    /// Prepares a wording. `None`: it is blank, or an expression that does not compile after all.
    pub fn new(wording: &Wording) -> Option<Self> {
        match wording {
            Wording::Word(text) | Wording::Phrase(text) => Literal::new(text).map(Self::Literal),
            Wording::Regex(source) => Expression::new(source).ok().map(Self::Regex),
        }
    }

    /// All hits that are not empty, not overlapping. `foldable` is about `text`; saying too much costs only time.
    pub fn hits<'a>(&'a self, text: &'a str, foldable: Foldable) -> impl Iterator<Item = Range<usize>> + 'a {
        match self {
            Self::Literal(literal) => Hits::Literal(literal.hits(text, foldable)),
            Self::Regex(expression) => Hits::Regex(expression.hits(text)),
        }
    }

    /// Whether there is a hit.
    pub fn is_in(&self, text: &str, foldable: Foldable) -> bool {
        self.hits(text, foldable).next().is_some()
    }
}

/// Whether every text with one wording in it has the other too, so that it need only be looked for where that was found.
/// No may be wrong.
pub(in crate::search) fn implies(wording: &Wording, other: &Wording) -> bool {
    let is_literal = |wording: &Wording| !matches!(wording, Wording::Regex(_));
    // What holds the longer word holds what can be found in that: the rules of case, accents and width included.
    wording == other
        || is_literal(wording)
            && Literal::new(other.text()).filter(|_| is_literal(other)).is_some_and(|literal| {
                let text = wording.text();
                literal.hits(text, Foldable::of(text)).next().is_some()
            })
}

enum Hits<'a> {
    Literal(literal::Hits<'a>),
    Regex(expression::Hits<'a>),
}

impl Iterator for Hits<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        match self {
            Self::Literal(hits) => hits.next(),
            Self::Regex(hits) => hits.next(),
        }
    }
}
