//! Matches the required terms of a query in one text: a title, or a message.

use super::{folds_to_ascii::FoldsToAscii, pattern::Pattern, term::Term, word_boundary::WordBoundary};

/// A title or the text of a message, ready to be searched.
#[derive(Clone, Copy, Debug)]
pub(in crate::search) struct SearchedText<'a> {
    text: &'a str,
    foldable: FoldsToAscii,
}

impl<'a> SearchedText<'a> {
    /// Prepares a text.
    pub fn new(text: &'a str) -> Self {
        Self { text, foldable: FoldsToAscii::of(text) }
    }

    /// Returns whether a term stands in it literally.
    pub fn contains(&self, term: &Term) -> bool {
        term.pattern.is_in(self.text, self.foldable)
    }

    /// Returns the word boundary of the best literal hit. `None`: there is none.
    pub fn best_boundary(&self, term: &Term) -> Option<WordBoundary> {
        best_boundary(&term.pattern, self.text, self.foldable)
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
}

impl TitleMatch {
    /// Begins with no terms, all of which the title has.
    pub fn of_no_terms() -> Self {
        Self { literal_terms: 0, worst_boundary: Some(WordBoundary::Whole) }
    }

    /// Adds the best literal hit of one term. `None`: it has none.
    pub fn add(&mut self, boundary: Option<WordBoundary>) {
        self.worst_boundary = self.worst_boundary.min(boundary);
        self.literal_terms += u32::from(boundary.is_some());
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
