//! Matches the required terms of a query in one title: literally, or else fuzzily.

use super::{case_folding::FoldsToAscii, pattern::Pattern, term::Term, word_boundary::WordBoundary};
use crate::search::index::LetterSet;

/// A title, ready to be searched.
#[derive(Clone, Copy, Debug)]
pub(super) struct Title<'a> {
    text: &'a str,
    foldable: FoldsToAscii,
    letters: LetterSet,
}

impl<'a> Title<'a> {
    /// Prepares a title; `letters` are its own.
    pub fn new(text: &'a str, letters: LetterSet) -> Self {
        let foldable = if text.is_ascii() { FoldsToAscii::default() } else { FoldsToAscii::of(text) };
        Self { text, foldable, letters }
    }

    /// Returns whether a term stands in the title literally.
    pub fn contains(&self, term: &Term) -> bool {
        term.pattern.is_in(self.text, self.foldable)
    }

    /// Returns the word boundary of the best literal hit. `None`: the title has none.
    pub fn best_boundary(&self, term: &Term) -> Option<WordBoundary> {
        best_boundary(&term.pattern, self.text, self.foldable)
    }

    /// Scores a fuzzy match, better is greater. `None`: the term is matched only literally, or is not alike.
    pub fn fuzzy_score(&self, term: &Term) -> Option<u8> {
        let fuzzy = term.fuzzy.as_ref().filter(|fuzzy| fuzzy.may_be_in(self.letters))?;
        fuzzy.score(self.text)
    }
}

fn best_boundary(pattern: &Pattern, title: &str, foldable: FoldsToAscii) -> Option<WordBoundary> {
    let mut best = None;
    for hit in pattern.hits(title, foldable) {
        best = best.max(Some(WordBoundary::of(title, &hit)));
        if best == Some(WordBoundary::Whole) {
            break;
        }
    }
    best
}

/// The sum of what the title says about all required terms.
#[derive(Clone, Copy, Debug)]
pub(super) struct TitleMatch {
    /// The number of terms that it has literally.
    pub literal_terms: u32,
    /// The worst word boundary among the terms. `None`: the title lacks one of them.
    pub worst_boundary: Option<WordBoundary>,
    /// The sum of the scores of terms that only match the title fuzzily. `None`: there are none.
    pub fuzzy_score: Option<u32>,
}

impl TitleMatch {
    /// Begins with no terms, all of which the title has.
    pub fn of_no_terms() -> Self {
        Self { literal_terms: 0, worst_boundary: Some(WordBoundary::Whole), fuzzy_score: None }
    }

    /// Adds the best literal hit of one term. `None`: it has none.
    pub fn add_literal(&mut self, boundary: Option<WordBoundary>) {
        self.worst_boundary = self.worst_boundary.min(boundary);
        self.literal_terms += u32::from(boundary.is_some());
    }

    /// Adds the score of a term that is only in the title, and there only fuzzily.
    pub fn add_fuzzy(&mut self, score: u8) {
        self.fuzzy_score = Some(self.fuzzy_score.unwrap_or(0) + u32::from(score));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::query::TextPattern;

    fn boundary(word: &str, title: &str) -> Option<WordBoundary> {
        let pattern = Pattern::new(&TextPattern::Word(word.into())).expect("not blank");
        best_boundary(&pattern, title, FoldsToAscii::of(title))
    }

    #[test]
    fn the_best_literal_hit_of_a_title_counts() {
        assert_eq!(boundary("ingress", "Ingresses and an ingress"), Some(WordBoundary::Whole));
        assert_eq!(boundary("ingres", "Ingress returns 504"), Some(WordBoundary::Start));
        assert_eq!(boundary("gress", "Ingress returns 504"), Some(WordBoundary::Inside));
        assert_eq!(boundary("ingrss", "Ingress returns 504"), None);
    }
}
