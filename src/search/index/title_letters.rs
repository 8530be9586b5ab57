//! The letters of a title or word, as bits: most are told apart from a fuzzy or misspelt word by these alone.

use crate::search::matching::{CaseFolding, MAX_TITLE_LENGTH};

/// A set of letters, as bits; some letters share one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::search) struct LetterSet(u64);

impl LetterSet {
    /// The number of letters that share their bit with no other.
    pub const OWN_LETTERS: usize = 36;

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

    /// Collects the letters of a word of ASCII, in any case.
    pub fn of_ascii(word: &str) -> Self {
        let mut set = Self::default();
        word.bytes().for_each(|byte| set.add(char::from(byte.to_ascii_lowercase())));
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

    /// Adds the letters of another set.
    pub fn add_all(&mut self, other: Self) {
        self.0 |= other.0;
    }

    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Returns whether a word with these letters may become one with the others by so many edits. No is certain.
    pub fn may_be_within(self, other: Self, edits: usize) -> bool {
        let edits = edits as u32;
        (self.0 & !other.0).count_ones() <= edits && (other.0 & !self.0).count_ones() <= edits
    }

    /// Returns the numbers of the letters that share their bit with no other: [`Self::own_number`].
    pub fn own_numbers(self) -> impl Iterator<Item = usize> {
        let mut bits = self.0 & ((1 << Self::OWN_LETTERS) - 1);
        std::iter::from_fn(move || {
            let number = (bits != 0).then(|| bits.trailing_zeros() as usize)?;
            bits &= bits - 1;
            Some(number)
        })
    }

    /// Returns the number of a letter that shares its bit with no other: of `a` to `z` and `0` to `9`.
    pub fn own_number(letter: char) -> Option<usize> {
        let mut set = Self::default();
        set.add(letter);
        letter.is_ascii_alphanumeric().then(|| set.0.trailing_zeros() as usize)
    }
}
