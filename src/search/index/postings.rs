//! The postings: for each word the slots that hold it and how often, as differences in bytes of seven bits.
//!
//! A slot is a title or a message. Postings lie in segments, runs of consecutive slots; small segments are merged now
//! and then, so that a word is looked up in few.

use super::dictionary::WordId;

/// The postings of a run of consecutive slots.
#[derive(Debug, Default)]
pub(in crate::search) struct PostingsSegment {
    /// The number of its first slot.
    pub first_slot: u32,
    /// The words in it, in order.
    words: Vec<WordId>,
    /// The end of each word's postings in `bytes`.
    ends: Vec<u32>,
    bytes: Vec<u8>,
}

/// One slot that holds a word, and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::search) struct Posting {
    pub slot: u32,
    pub count: u32,
}

impl PostingsSegment {
    /// Encodes postings. `postings` are by word, then slot, and neither a word nor a slot of it comes twice.
    pub fn new(first_slot: u32, postings: impl Iterator<Item = (WordId, Posting)>) -> Self {
        let mut segment = Self { first_slot, ..Self::default() };
        let mut last_slot = 0;
        for (word, posting) in postings {
            if segment.words.last() != Some(&word) {
                segment.begin_word(word);
                last_slot = 0;
            }
            segment.push(posting.slot - first_slot - last_slot, posting.count);
            last_slot = posting.slot - first_slot;
        }
        segment.close();
        segment
    }

    fn begin_word(&mut self, word: WordId) {
        if !self.words.is_empty() {
            self.ends.push(self.bytes.len() as u32);
        }
        self.words.push(word);
    }

    fn push(&mut self, difference: u32, count: u32) {
        let is_more = count > 1;
        push_number(&mut self.bytes, u64::from(difference) << 1 | u64::from(is_more));
        if is_more {
            push_number(&mut self.bytes, u64::from(count - 2));
        }
    }

    fn close(&mut self) {
        if self.ends.len() < self.words.len() {
            self.ends.push(self.bytes.len() as u32);
        }
        self.words.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.bytes.shrink_to_fit();
    }

    /// Returns the same postings for other numbers of words and slots: `word_of` gives the new number of each. `None`:
    /// that word is left out, and `left_out` is called with the slots that have it.
    pub fn renumbered(
        &self,
        first_slot: u32,
        word_of: &[Option<WordId>],
        mut left_out: impl FnMut(u32),
    ) -> Self {
        let mut order = Vec::with_capacity(self.words.len());
        for (place, &word) in self.words.iter().enumerate() {
            match word_of[word as usize] {
                Some(word) => order.push((word, place)),
                None => self.postings_at(place).for_each(|posting| left_out(posting.slot + first_slot)),
            }
        }
        order.sort_unstable();
        let mut renumbered = Self {
            first_slot,
            words: Vec::with_capacity(order.len()),
            ends: Vec::with_capacity(order.len()),
            bytes: Vec::with_capacity(self.bytes.len()),
        };
        for (word, place) in order {
            renumbered.begin_word(word);
            renumbered.bytes.extend_from_slice(self.postings_at(place).bytes);
        }
        renumbered.close();
        renumbered
    }

    /// Merges segments that follow each other into one. `None`: `stop` ended it.
    pub fn merge(segments: &[Self], stop: &dyn Fn() -> bool) -> Option<Self> {
        let first_slot = segments.first().map_or(0, |segment| segment.first_slot);
        let mut order: Vec<(WordId, u32, u32)> = Vec::new();
        for (number, segment) in (0..).zip(segments) {
            order.extend((0..).zip(&segment.words).map(|(place, &word)| (word, number, place)));
        }
        order.sort_unstable();
        let bytes = segments.iter().map(|segment| segment.bytes.len()).sum::<usize>();
        let mut merged = Self { first_slot, bytes: Vec::with_capacity(bytes), ..Self::default() };
        for (step, lists) in order.chunk_by(|left, right| left.0 == right.0).enumerate() {
            if step % 4_096 == 0 && stop() {
                return None;
            }
            merged.begin_word(lists[0].0);
            let mut last_slot = 0;
            for &(_, number, place) in lists {
                for posting in segments[number as usize].postings_at(place as usize) {
                    let slot = posting.slot - first_slot;
                    merged.push(slot - last_slot, posting.count);
                    last_slot = slot;
                }
            }
        }
        merged.close();
        Some(merged)
    }

    /// Returns the bytes it takes.
    pub fn bytes(&self) -> usize {
        self.bytes.len() + 8 * self.words.len()
    }

    /// Returns the postings of a word, by slot; none if it is not here.
    #[cfg(test)]
    fn postings(&self, word: WordId) -> Postings<'_> {
        match self.words.binary_search(&word) {
            Ok(place) => self.postings_at(place),
            Err(_) => Postings { bytes: &[], slot: self.first_slot },
        }
    }

    /// Calls `visit` with the postings of each of some words, which are in order.
    pub fn each_of<'a>(&'a self, words: &[WordId], mut visit: impl FnMut(WordId, Postings<'a>)) {
        // Far fewer than there are here are looked up one by one, many are walked along.
        let mut next = 0;
        for &word in words {
            let rest = &self.words[next..];
            let mut reach = 1;
            while reach < rest.len() && rest[reach] < word {
                reach *= 2;
            }
            let low = reach / 2;
            let Some(found) = rest.get(low..rest.len().min(reach + 1)) else { return };
            let place = next + low + found.partition_point(|&other| other < word);
            if self.words.get(place) == Some(&word) {
                visit(word, self.postings_at(place));
            }
            next = place;
        }
    }

    fn postings_at(&self, place: usize) -> Postings<'_> {
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        Postings { bytes: &self.bytes[start..self.ends[place] as usize], slot: self.first_slot }
    }
}

/// The postings of one word in one segment, by slot.
#[derive(Clone, Debug)]
pub(in crate::search) struct Postings<'a> {
    bytes: &'a [u8],
    slot: u32,
}

impl Iterator for Postings<'_> {
    type Item = Posting;

    #[inline]
    fn next(&mut self) -> Option<Posting> {
        let head = take_number(&mut self.bytes)?;
        self.slot += (head >> 1) as u32;
        let count = if head & 1 == 1 { take_number(&mut self.bytes)? as u32 + 2 } else { 1 };
        Some(Posting { slot: self.slot, count })
    }
}

/// Appends a number, seven bits a byte, the lowest first; the top bit says that more follow.
pub(super) fn push_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

#[inline]
pub(super) fn take_number(bytes: &mut &[u8]) -> Option<u64> {
    let (&first, rest) = bytes.split_first()?;
    *bytes = rest;
    if first < 0x80 {
        return Some(u64::from(first));
    }
    let mut number = u64::from(first & 0x7f);
    let mut shift = 7;
    loop {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
        shift += 7;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    type Plain = BTreeMap<(WordId, u32), u32>;

    fn segment(first_slot: u32, plain: &Plain) -> PostingsSegment {
        let postings = plain.iter().map(|(&(word, slot), &count)| (word, Posting { slot, count }));
        PostingsSegment::new(first_slot, postings)
    }

    fn read(segment: &PostingsSegment, words: &[WordId]) -> Plain {
        let mut plain = Plain::new();
        segment.each_of(words, |word, postings| {
            plain.extend(postings.map(|posting| ((word, posting.slot), posting.count)));
        });
        plain
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_read_back_also_after_a_merge(
            one in prop::collection::btree_map((0_u32..20, 100_u32..400), 1_u32..1_000, 0..80),
            two in prop::collection::btree_map((0_u32..20, 400_u32..900_000), 1_u32..5, 0..80),
        ) {
            let words: Vec<WordId> = (0..20).collect();
            let segments = [segment(100, &one), segment(400, &two)];
            prop_assert_eq!(&read(&segments[0], &words), &one);
            let merged = PostingsSegment::merge(&segments, &|| false).expect("not stopped");
            let all: Plain = one.into_iter().chain(two).collect();
            prop_assert_eq!(&read(&merged, &words), &all);
            for word in words {
                let plain: Vec<Posting> = all.iter()
                    .filter(|((other, _), _)| *other == word)
                    .map(|(&(_, slot), &count)| Posting { slot, count })
                    .collect();
                prop_assert_eq!(merged.postings(word).collect::<Vec<_>>(), plain);
            }
        }
    }
}
