//! A word, phrase or regular expression, compiled: the form of a [`TextPattern`] that can be searched for.

use std::{iter::Peekable, ops::Range};

use super::{
    folds_to_ascii::FoldsToAscii,
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
    /// Any of these, none of which is of this kind.
    AnyOf(Box<[Self]>),
}

impl Pattern {
    /// Compiles a text pattern. `None`: it is blank, or an expression that does not compile after all, or has no
    /// other alternatives.
    pub fn new(text_pattern: &TextPattern) -> Option<Self> {
        match text_pattern {
            TextPattern::Word(text) | TextPattern::Phrase(text) => Literal::new(text).map(Self::Literal),
            TextPattern::Regex(source) => QueryRegex::new(source).ok().map(Self::Regex),
            TextPattern::AnyOf(alternatives) => {
                let patterns: Box<[Self]> = alternatives.iter().filter_map(Self::new).collect();
                (!patterns.is_empty()).then_some(Self::AnyOf(patterns))
            }
        }
    }

    /// Returns all hits that are not empty, not overlapping: those of alternatives that do are one. `foldable` is about `text`; saying too much costs only
    /// time.
    pub fn hits<'a>(
        &'a self,
        text: &'a str,
        foldable: FoldsToAscii,
    ) -> impl Iterator<Item = Range<usize>> + 'a {
        match self {
            Self::Literal(literal) => PatternHits::Literal(literal.hits(text, foldable)),
            Self::Regex(expression) => PatternHits::Regex(expression.hits(text)),
            Self::AnyOf(patterns) => PatternHits::AnyOf(
                patterns.iter().map(|pattern| pattern.hits_of_one(text, foldable).peekable()).collect(),
            ),
        }
    }

    /// Returns the hits of one alternative, boxed: their type is that of all hits.
    fn hits_of_one<'a>(&'a self, text: &'a str, foldable: FoldsToAscii) -> BoxedHits<'a> {
        Box::new(self.hits(text, foldable))
    }

    /// Returns whether there is a hit.
    pub fn is_in(&self, text: &str, foldable: FoldsToAscii) -> bool {
        self.alternatives().iter().any(|pattern| pattern.hits(text, foldable).next().is_some())
    }

    /// Returns it as a list of alternatives: itself, if it has none.
    pub fn alternatives(&self) -> &[Self] {
        match self {
            Self::AnyOf(patterns) => patterns,
            one => std::slice::from_ref(one),
        }
    }

    /// Returns whether it consists of words and phrases alone: none of its hits goes from one message to the next.
    pub fn is_literal(&self) -> bool {
        self.alternatives().iter().all(|pattern| matches!(pattern, Self::Literal(_)))
    }

    /// Returns whether a text that has this is looked through character by character.
    pub fn is_slowed_by(&self, folds: FoldsToAscii) -> bool {
        let is_slowed =
            |pattern: &Self| matches!(pattern, Self::Literal(literal) if literal.is_slowed_by(folds));
        self.alternatives().iter().any(is_slowed)
    }

    /// Returns whether no text of ASCII alone can have a hit.
    pub fn needs_more_than_ascii(&self) -> bool {
        self.alternatives()
            .iter()
            .all(|pattern| matches!(pattern, Self::Literal(literal) if literal.needs_more_than_ascii()))
    }
}

type BoxedHits<'a> = Box<dyn Iterator<Item = Range<usize>> + 'a>;

enum PatternHits<'a> {
    Literal(literal::LiteralHits<'a>),
    Regex(query_regex::RegexHits<'a>),
    AnyOf(Vec<Peekable<BoxedHits<'a>>>),
}

impl Iterator for PatternHits<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        match self {
            Self::Literal(hits) => hits.next(),
            Self::Regex(hits) => hits.next(),
            Self::AnyOf(hits) => {
                let start = hits.iter_mut().filter_map(|hits| Some(hits.peek()?.start)).min()?;
                let mut hit = start..start + 1;
                // What overlaps makes it longer, and then more may overlap it.
                while let Some(overlapping) =
                    hits.iter_mut().find_map(|hits| hits.next_if(|next| next.start < hit.end))
                {
                    hit.end = hit.end.max(overlapping.end);
                }
                Some(hit)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> TextPattern {
        TextPattern::Word(text.into())
    }

    fn any_of(texts: &[&str]) -> TextPattern {
        TextPattern::AnyOf(texts.iter().copied().map(word).collect())
    }

    fn hits(text_pattern: &TextPattern, text: &str) -> Vec<Range<usize>> {
        let pattern = Pattern::new(text_pattern).expect("not blank");
        pattern.hits(text, FoldsToAscii::of(text)).collect()
    }

    #[test]
    fn the_hits_of_alternatives_are_those_of_all_in_order() {
        assert_eq!(hits(&any_of(&["tea", "coffee"]), "Coffee, tea, coffee"), [0..6, 8..11, 13..19]);
        let mixed = TextPattern::AnyOf(vec![word("é"), TextPattern::Regex("t.a".into())]);
        assert_eq!(hits(&mixed, "tea é toa"), [0..3, 4..6, 7..10]);
        assert_eq!(hits(&any_of(&["tea", "coffee"]), "water").len(), 0);
    }

    #[test]
    fn hits_of_alternatives_that_overlap_are_one_and_neighbours_are_two() {
        assert_eq!(hits(&any_of(&["in", "inside"]), "inside, in"), [0..6, 8..10]);
        assert_eq!(hits(&any_of(&["bcd", "ab", "cde"]), "abcde, ab"), [0..5, 7..9]);
        assert_eq!(hits(&any_of(&["ab", "cd"]), "abcd"), [0..2, 2..4]);
    }

    #[test]
    fn alternatives_need_more_than_ascii_only_if_all_do() {
        let needs =
            |texts: &[&str]| Pattern::new(&any_of(texts)).map(|pattern| pattern.needs_more_than_ascii());
        assert_eq!(needs(&["日本", "é"]), Some(true));
        assert_eq!(needs(&["日本", "japan"]), Some(false));
    }
}
