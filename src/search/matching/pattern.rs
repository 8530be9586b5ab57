//! A word, phrase or regular expression, compiled: the form of a [`TextPattern`] that can be searched for.

use std::ops::Range;

use super::{
    case_folding::FoldsToAscii,
    literal::{self, Literal},
    query_regex::{self, QueryRegex},
};
use crate::search::query::TextPattern;

/// A [`TextPattern`], compiled.
#[derive(Clone, Debug)]
pub(in crate::search) enum Pattern {
    /// A word or a phrase.
    Literal(Literal),
    /// An expression, matched within one message at a time.
    Regex(QueryRegex),
}

impl Pattern {
    /// Compiles a text pattern. `None`: it is blank, or an expression that does not compile after all.
    pub fn new(text_pattern: &TextPattern) -> Option<Self> {
        match text_pattern {
            TextPattern::Word(text) | TextPattern::Phrase(text) => Literal::new(text).map(Self::Literal),
            TextPattern::Regex(source) => QueryRegex::new(source).ok().map(Self::Regex),
        }
    }

    /// Returns all hits that are not empty, not overlapping. `foldable` is about `text`; saying too much costs only
    /// time.
    pub fn hits<'a>(
        &'a self,
        text: &'a str,
        foldable: FoldsToAscii,
    ) -> impl Iterator<Item = Range<usize>> + 'a {
        match self {
            Self::Literal(literal) => PatternHits::Literal(literal.hits(text, foldable)),
            Self::Regex(expression) => PatternHits::Regex(expression.hits(text)),
        }
    }

    /// Returns whether there is a hit.
    pub fn is_in(&self, text: &str, foldable: FoldsToAscii) -> bool {
        self.hits(text, foldable).next().is_some()
    }
}

enum PatternHits<'a> {
    Literal(literal::LiteralHits<'a>),
    Regex(query_regex::RegexHits<'a>),
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
