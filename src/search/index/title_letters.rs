//! The letters of a title, as bits: most titles are told apart from a fuzzy word by these alone.

use crate::search::matching::{CaseFolding, MAX_TITLE_LENGTH};

/// A set of letters, as bits; some letters share one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::search) struct LetterSet(u64);

impl LetterSet {
    /// Collects the letters of a title, as far as titles are matched.
    pub fn of(title: &str) -> Self {
        let (mut set, mut at) = (Self::default(), 0);
        for _ in 0..MAX_TITLE_LENGTH {
            let Some((letter, end)) = CaseFolding::ALL.unit(title, at) else { break };
            set.add(letter);
            at = end;
        }
        set
    }

    pub fn add(&mut self, letter: char) {
        let bit = match letter {
            'a'..='z' => letter as u32 - 'a' as u32,
            '0'..='9' => 26 + letter as u32 - '0' as u32,
            _ => 36 + letter as u32 % 28,
        };
        self.0 |= 1 << bit;
    }

    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}
