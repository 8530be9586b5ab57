//! A word, phrase or regular expression, ready to be found: what a query's [`TextPattern`] becomes.

use std::ops::Range;

use super::{
    expression::{self, Expression},
    folding::Foldable,
    literal::{self, Literal},
};
use crate::search::query::TextPattern;

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
    pub fn new(text_pattern: &TextPattern) -> Option<Self> {
        match text_pattern {
            TextPattern::Word(text) | TextPattern::Phrase(text) => Literal::new(text).map(Self::Literal),
            TextPattern::Regex(source) => Expression::new(source).ok().map(Self::Regex),
        }
    }

    /// All hits that are not empty, not overlapping. `foldable` is about `text`; saying too much costs only time.
    pub fn hits<'a>(&'a self, text: &'a str, foldable: Foldable) -> impl Iterator<Item = Range<usize>> + 'a {
        match self {
            Self::Literal(literal) => PatternHits::Literal(literal.hits(text, foldable)),
            Self::Regex(expression) => PatternHits::Regex(expression.hits(text)),
        }
    }

    /// Whether there is a hit.
    pub fn is_in(&self, text: &str, foldable: Foldable) -> bool {
        self.hits(text, foldable).next().is_some()
    }
}

/// Whether every text with one wording in it has the other too, so that it need only be looked for where that was found.
/// No may be wrong.
pub(in crate::search) fn implies(text_pattern: &TextPattern, other: &TextPattern) -> bool {
    let is_literal = |text_pattern: &TextPattern| !matches!(text_pattern, TextPattern::Regex(_));
    // What holds the longer word holds what can be found in that: the rules of case, accents and width included.
    text_pattern == other
        || is_literal(text_pattern)
            && Literal::new(other.text()).filter(|_| is_literal(other)).is_some_and(|literal| {
                let text = text_pattern.text();
                literal.hits(text, Foldable::of(text)).next().is_some()
            })
}

enum PatternHits<'a> {
    Literal(literal::LiteralHits<'a>),
    Regex(expression::RegexHits<'a>),
}

impl Iterator for PatternHits<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        match self {
            Self::Literal(hits) => hits.next(),
            Self::Regex(hits) => hits.next(),
        }
    }
}
