//! What the index knows of each slot, a title or a message, beside its words.

use fixedbitset::FixedBitSet;

use super::LetterSet;
use crate::search::matching::FoldsToAscii;

/// What is known of one slot when it is indexed.
#[derive(Clone, Copy, Debug)]
pub(in crate::search) struct SlotFacts {
    /// The number of times that the length of its text, in bytes, can be halved.
    pub length_doublings: u8,
    /// The number of its words, counted as often as they come.
    pub tokens: u32,
    /// It is a message that is part of the conversation, not folded away.
    pub is_shown: bool,
    /// It is a title.
    pub is_title: bool,
    /// Not all of its words are in the index.
    pub is_incomplete: bool,
    /// Some of its words are cut by marks: they are in the index in pieces, and whole.
    pub has_cut_words: bool,
    /// The characters in it that need folding.
    pub folds_to_ascii: FoldsToAscii,
    /// The letters in it.
    pub letters: LetterSet,
    /// The letters that its words begin with.
    pub initials: LetterSet,
}

impl SlotFacts {
    /// Describes a slot whose words are not read yet.
    pub fn new(text: &str, is_shown: bool, is_title: bool) -> Self {
        Self {
            length_doublings: length_doublings(text.len()),
            tokens: 0,
            is_shown,
            is_title,
            is_incomplete: false,
            has_cut_words: false,
            folds_to_ascii: FoldsToAscii::of(text),
            letters: LetterSet::default(),
            initials: LetterSet::default(),
        }
    }
}

/// Returns the number of times that a length can be halved.
pub(in crate::search) fn length_doublings(bytes: usize) -> u8 {
    (usize::BITS - bytes.leading_zeros()).min(31) as u8
}

/// The facts of all slots, by slot.
#[derive(Debug, Default)]
pub(in crate::search) struct Slots {
    pub length_doublings: Vec<u8>,
    /// Words in a slot, up to 65 535.
    pub tokens: Vec<u16>,
    /// The characters in each that need folding.
    pub folds_to_ascii: Vec<FoldsToAscii>,
    /// The messages that a query without filters searches.
    pub shown: FixedBitSet,
    pub titles: FixedBitSet,
    /// Slots with words that the index lacks.
    pub incomplete: FixedBitSet,
    /// For each letter of [`LetterSet::own_number`] the slots that have it.
    letters: Vec<FixedBitSet>,
    /// For each such letter the slots with a word that begins with it.
    initials: Vec<FixedBitSet>,
}

impl Slots {
    /// Returns the number of slots.
    pub fn len(&self) -> usize {
        self.length_doublings.len()
    }

    /// Returns the slots that a query without filters searches: titles and shown messages.
    pub fn searched(&self) -> FixedBitSet {
        let mut searched = self.shown.clone();
        searched.union_with(&self.titles);
        searched
    }

    /// Returns the slots that have a letter, and those with a word that begins with it. `None`: it is not one of
    /// [`LetterSet::own_number`], or there are no slots.
    pub fn with_letter(&self, letter: char) -> Option<(&FixedBitSet, &FixedBitSet)> {
        let number = LetterSet::own_number(letter)?;
        self.letters.get(number).zip(self.initials.get(number))
    }

    /// Adds the next slots.
    pub fn extend(&mut self, facts: &[SlotFacts]) {
        let first = self.len();
        let len = first + facts.len();
        self.length_doublings.extend(facts.iter().map(|facts| facts.length_doublings));
        self.tokens.extend(facts.iter().map(|facts| facts.tokens.min(u32::from(u16::MAX)) as u16));
        self.folds_to_ascii.extend(facts.iter().map(|facts| facts.folds_to_ascii));
        for bits in [&mut self.shown, &mut self.titles, &mut self.incomplete] {
            bits.grow(len);
        }
        for letters in [&mut self.letters, &mut self.initials] {
            letters.resize_with(LetterSet::OWN_LETTERS, FixedBitSet::new);
            for bits in letters {
                bits.grow(len);
            }
        }
        for (slot, facts) in (first..).zip(facts) {
            for number in facts.letters.own_numbers() {
                self.letters[number].insert(slot);
            }
            for number in facts.initials.own_numbers() {
                self.initials[number].insert(slot);
            }
            self.shown.set(slot, facts.is_shown);
            self.titles.set(slot, facts.is_title);
            self.incomplete.set(slot, facts.is_incomplete);
        }
    }
}
