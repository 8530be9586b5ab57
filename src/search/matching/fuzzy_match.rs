//! Matches words fuzzily in titles, from four letters on.
//!
//! A fuzzy hit is a subsequence that begins where a word begins and stays close together, so that `kbrnetes` finds
//! *Kubernetes* and letters strewn over a long title find nothing. The decision which titles are hits is made here,
//! on folded letters; `fuzzy-matcher` then says how good a hit is and which letters to mark.

use std::{ops::Range, sync::LazyLock};

use fuzzy_matcher::{FuzzyMatcher, skim::SkimMatcherV2};

use super::case_folding::{CaseFolding, whole_characters};
use crate::search::{index::LetterSet, query::TextPattern};

/// The fewest letters of a word that is matched fuzzily.
const MIN_LETTERS: usize = 4;
/// The most letters of a word that is matched fuzzily: nobody abbreviates so little.
const MAX_LETTERS: usize = 64;
/// Letters of a word up to which it must be a part of one word of the title.
const SHORT_WORD: usize = 5;
/// Characters of a title that are looked at fuzzily.
pub(in crate::search) const MAX_TITLE_LENGTH: usize = 200;

static SKIM: LazyLock<SkimMatcherV2> = LazyLock::new(|| SkimMatcherV2::default().respect_case());

/// A word that is matched fuzzily.
#[derive(Clone, Debug)]
pub(in crate::search) struct FuzzyWord {
    letters: Box<[char]>,
    folding: CaseFolding,
    set: LetterSet,
}

/// The part of a title that a fuzzy hit covers, from its first to its last letter.
struct Window {
    /// Folded characters and their bytes in the title.
    units: Vec<(char, Range<usize>)>,
}

impl FuzzyWord {
    /// Prepares a word. `None`: phrases, expressions, short words and words with anything but letters and digits are
    /// only literal.
    pub fn new(text_pattern: &TextPattern) -> Option<Self> {
        let TextPattern::Word(word) = text_pattern else { return None };
        let folding = CaseFolding::meant_by(word);
        let (mut letters, mut at) = (Vec::new(), 0);
        let mut set = LetterSet::default();
        while let Some((letter, end)) = folding.unit(word, at) {
            letters.push(letter);
            set.add(CaseFolding::ALL.of(letter));
            at = end;
        }
        let fits = (MIN_LETTERS..=MAX_LETTERS).contains(&letters.len());
        (fits && letters.iter().all(|letter| letter.is_alphanumeric())).then(|| Self {
            letters: letters.into(),
            folding,
            set,
        })
    }

    /// Returns whether a title with these letters could be a hit. No is certain.
    pub fn may_be_in(&self, set: LetterSet) -> bool {
        set.contains(self.set)
    }

    /// Scores the title, better is greater. `None`: it is not a hit.
    pub fn score(&self, title: &str) -> Option<u8> {
        let window = self.window(title)?;
        let (score, _) = self.skim(&window)?;
        // The matcher gives about 16 to 24 a letter; what counts is how near it comes to that.
        Some((score.max(0) * 8 / self.letters.len() as i64).min(255) as u8)
    }

    /// Returns the bytes of the title to mark: the letters of the best hit.
    pub fn marks(&self, title: &str) -> Vec<Range<usize>> {
        let Some(window) = self.window(title) else { return Vec::new() };
        let Some((_, indices)) = self.skim(&window) else { return Vec::new() };
        indices
            .into_iter()
            .filter_map(|index| window.units.get(index))
            .map(|(_, bytes)| whole_characters(title, bytes))
            .collect()
    }

    fn skim(&self, window: &Window) -> Option<(i64, Vec<usize>)> {
        let text: String = window.units.iter().map(|&(letter, _)| letter).collect();
        let word: String = self.letters.iter().collect();
        SKIM.fuzzy_indices(&text, &word)
    }

    /// Finds the shortest stretch of the title that begins with a word and has the letters in order, if it is short.
    fn window(&self, title: &str) -> Option<Window> {
        let mut units = Vec::new();
        let mut at = 0;
        while units.len() < MAX_TITLE_LENGTH
            && let Some((letter, end)) = self.folding.unit(title, at)
        {
            units.push((letter, at..end));
            at = end;
        }
        let first = self.letters[0];
        let mut best: Option<Range<usize>> = None;
        for start in 0..units.len() {
            let begins = units[start].0 == first && (start == 0 || !units[start - 1].0.is_alphanumeric());
            if !begins {
                continue;
            }
            let longest = best.as_ref().map_or(self.longest_window(), |best| best.len() - 1);
            let mut wanted = self.letters.iter().peekable();
            let reach = units.len().min(start + longest);
            let last = (start..reach).find(|&place| {
                wanted.next_if_eq(&&units[place].0);
                wanted.peek().is_none()
            });
            // A short word's letters are within one word of the title; a long one may name several.
            let last = last.filter(|&last| {
                self.letters.len() > SHORT_WORD
                    || units[start..last].iter().all(|(unit, _)| unit.is_alphanumeric())
            });
            best = last.map(|last| start..last + 1).or(best);
        }
        let best = best?;
        units.truncate(best.end);
        units.drain(..best.start);
        Some(Window { units })
    }

    /// Returns the most letters a hit may cover: a short word may leave out one, a long one every other.
    fn longest_window(&self) -> usize {
        match self.letters.len() {
            count @ ..=SHORT_WORD => count * 2 - 3,
            count => count + count * 3 / 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_alike(word: &str, title: &str) -> bool {
        let fuzzy = FuzzyWord::new(&TextPattern::Word(word.into()));
        fuzzy.is_some_and(|fuzzy| fuzzy.may_be_in(LetterSet::of(title)) && fuzzy.score(title).is_some())
    }

    #[test]
    fn abbreviations_and_dropped_letters_are_found() {
        for (word, title) in [
            ("kbrnts", "Kubernetes"),
            ("dockcomp", "My docker compose file"),
            ("ngnx", "The nginx book"),
            ("cfe4", "Café4"),
            ("ingrss", "Ingress returns 504"),
        ] {
            assert!(is_alike(word, title), "{word} in {title}");
        }
    }

    #[test]
    fn short_words_and_scattered_letters_are_not() {
        for (word, title) in [
            ("kbs", "Kubernetes"),
            ("then", "the need for a new house"),
            ("volcano", "very old lands can now overflow"),
            ("dress", "Address book"),
        ] {
            assert!(!is_alike(word, title), "{word} in {title}");
        }
    }

    #[test]
    fn marks_are_bytes_of_whole_characters() {
        let fuzzy = FuzzyWord::new(&TextPattern::Word("日語話題".into())).expect("four letters");
        assert_eq!(fuzzy.marks("日本語話題"), [0..3, 6..9, 9..12, 12..15]);
        let fuzzy = FuzzyWord::new(&TextPattern::Word("cafs".into())).expect("four letters");
        assert_eq!(fuzzy.marks("x cafe\u{301}s"), [2..3, 3..4, 4..5, 8..9]);
    }

    #[test]
    fn a_title_of_a_million_letters_is_cut() {
        let title = format!("{} kubernetes", "e".repeat(1_000_000));
        assert!(!is_alike("kbernetes", &title));
    }
}
