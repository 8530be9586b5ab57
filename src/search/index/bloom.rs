//! A bloom filter for each conversation, in a tenth of the size of its text: says of most texts that a word is not
//! in them, without looking at them.
//!
//! Of every run of two and three folded characters (n-gram) between white space, of every character beyond ASCII and
//! of every whole word one bit is set, chosen by a hash. A word can only be in a text if the bits of its own n-grams
//! are set. So the answer no is certain and yes is not. One bit an n-gram is enough: a word has several, and any
//! missing one tells.

use crate::search::matching::{CaseFolding, is_joining, is_letter_of_spaced_script};

/// The bits that a text's bloom filter must have for a word or phrase to be there.
#[derive(Clone, Debug, Default)]
pub(in crate::search) struct TermFilter {
    hashes: Box<[u32]>,
    /// The bit for it as a whole word, if it is nothing but letters and digits.
    word: Option<u32>,
}

/// Bytes of text for each byte of its bloom filter.
const TEXT_PER_BYTE: usize = 10;
/// The size of a bloom filter, in blocks of 64 bits. English has no more different n-grams than the upper bound has
/// bits for.
const BLOOM_BLOCKS: std::ops::RangeInclusive<usize> = 4..=2_048;

/// Returns the size of the bloom filter for a text, in blocks of 64 bits.
pub(in crate::search) fn bloom_blocks(text_bytes: usize) -> usize {
    (text_bytes / TEXT_PER_BYTE / 8).clamp(*BLOOM_BLOCKS.start(), *BLOOM_BLOCKS.end())
}

impl TermFilter {
    /// Makes the filter of a word or phrase as it was typed. Rare n-grams come first, so that the first or second bit
    /// rules out most texts.
    pub fn of_text(typed: &str) -> Self {
        // Half-width kana melt together only where width is folded, and a mark at the beginning may belong to a letter
        // before: their n-grams would not be those of the text.
        if !CaseFolding::meant_by(typed).width || typed.starts_with(is_joining) {
            return Self::default();
        }
        let mut runs = Vec::new();
        let mut ngram = NGram::default();
        let mut word = Some(WordHash::default());
        let mut at = 0;
        while let Some((folded, end)) = CaseFolding::ALL.unit(typed, at) {
            at = end;
            word = word.filter(|_| is_letter_of_spaced_script(folded)).map(|word| word.push(folded));
            if is_boundary(folded) {
                ngram = NGram::default();
                continue;
            }
            ngram.push(folded);
            if !folded.is_ascii() {
                runs.push((0, ngram.single()));
            }
            match ngram.length() {
                1 => {}
                2 => runs.push((ngram.commonness(2), ngram.pair())),
                _ => runs.push((ngram.commonness(3), ngram.triple())),
            }
        }
        runs.sort_by_key(|&(commonness, _)| commonness);
        runs.dedup();
        Self { hashes: runs.into_iter().map(|(_, hash)| hash).collect(), word: word.map(WordHash::hash) }
    }

    /// Makes the filter of runs of letters that must all be there.
    pub fn of_letter_runs<'a>(runs: impl Iterator<Item = &'a str>) -> Self {
        let hashes = runs.flat_map(|run| Self::of_text(run).hashes).collect();
        Self { hashes, word: None }
    }

    /// Returns whether a text with this bloom filter may have it. No is certain.
    pub fn may_be_in(&self, bloom: &[u64]) -> bool {
        self.hashes.iter().all(|&hash| is_set(bloom, hash))
    }

    /// Returns whether a text with this bloom filter may have it as a whole word. No is certain.
    pub fn may_be_whole(&self, bloom: &[u64]) -> bool {
        self.word.is_none_or(|hash| is_set(bloom, hash))
    }
}

/// Sets the bits of a text in its bloom filter.
pub(in crate::search) fn insert_text(bloom: &mut [u64], text: &str) {
    let mut set = |hash: u32| {
        let (word, bit) = bit_of(bloom, hash);
        bloom[word] |= bit;
    };
    let bytes = text.as_bytes();
    let mut ngram = NGram::default();
    let mut word = WordHash::default();
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        let (folded, is_letter) = if byte < 0x80 && bytes.get(at + 1).is_none_or(|&next| next < 0x80) {
            at += 1;
            (byte.to_ascii_lowercase() as char, byte.is_ascii_alphanumeric())
        } else {
            let Some((folded, end)) = CaseFolding::ALL.unit(text, at) else { break };
            at = end;
            (folded, is_letter_of_spaced_script(folded))
        };
        if is_letter {
            word = word.push(folded);
        } else {
            if !word.is_empty() {
                set(word.hash());
                word = WordHash::default();
            }
            if is_boundary(folded) {
                ngram = NGram::default();
                continue;
            }
        }
        ngram.push(folded);
        if !folded.is_ascii() {
            set(ngram.single());
        }
        match ngram.length() {
            1 => {}
            2 => set(ngram.pair()),
            _ => {
                set(ngram.pair());
                set(ngram.triple());
            }
        }
    }
    if !word.is_empty() {
        set(word.hash());
    }
}

fn is_set(bloom: &[u64], hash: u32) -> bool {
    let (word, bit) = bit_of(bloom, hash);
    bloom[word] & bit != 0
}

/// Returns the word of a bloom filter and the bit in it that a hash chooses.
fn bit_of(bloom: &[u64], hash: u32) -> (usize, u64) {
    let bit = (u64::from(hash) * (bloom.len() as u64 * 64)) >> 32;
    ((bit / 64) as usize, 1 << (bit % 64))
}

/// The hash of a run of letters and digits, as far as it was read.
#[derive(Clone, Copy, Default)]
struct WordHash(u64);

impl WordHash {
    fn push(self, folded: char) -> Self {
        Self((self.0 ^ folded as u64).wrapping_mul(0x0000_0100_0000_01b3).wrapping_add(1))
    }

    fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn hash(self) -> u32 {
        hash(self.0 ^ 0x2545_f491_4f6c_dd1d)
    }
}

/// Returns whether no n-gram goes across a character. NUL stands between messages.
fn is_boundary(folded: char) -> bool {
    folded == '\0' || folded.is_whitespace()
}

/// The last three characters, 21 bits each, the newest lowest; 0 where there is none.
#[derive(Clone, Copy, Default)]
struct NGram(u64);

impl NGram {
    fn push(&mut self, folded: char) {
        self.0 = ((self.0 << 21) | folded as u64) & ((1 << 63) - 1);
    }

    fn length(self) -> u32 {
        1 + u32::from(self.0 >> 21 != 0) + u32::from(self.0 >> 42 != 0)
    }

    fn single(self) -> u32 {
        hash((self.0 & ((1 << 21) - 1)) ^ 0x5bd1_e995)
    }

    fn pair(self) -> u32 {
        hash((self.0 & ((1 << 42) - 1)) ^ 0x1b87_3593_0000_0000)
    }

    fn triple(self) -> u32 {
        hash(self.0)
    }

    /// Sums up roughly how common the last characters are; less is rarer.
    fn commonness(self, length: u32) -> u32 {
        const LETTERS: &str = "zqxjkvbpgfywmucldrhsnioate";
        (0..length)
            .map(|number| {
                char::from_u32(((self.0 >> (21 * number)) & ((1 << 21) - 1)) as u32).unwrap_or('\0')
            })
            .map(|folded| LETTERS.find(folded).map_or(0, |rank| rank as u32 + 1))
            .sum()
    }
}

/// Returns the upper bits of a product, which the lower bits of the key have mixed well.
fn hash(key: u64) -> u32 {
    let mixed = (key ^ (key >> 29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 32) as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::search::matching::{FoldsToAscii, Literal, WordBoundary};

    fn bloom(text: &str) -> Vec<u64> {
        let mut bloom = vec![0; bloom_blocks(text.len())];
        insert_text(&mut bloom, text);
        bloom
    }

    #[test]
    fn most_texts_without_a_word_are_denied() {
        let text = "Requests through our ingress die with 504 after exactly sixty seconds. ".repeat(20);
        let bloom = bloom(&text);
        assert!(TermFilter::of_text("sixty seconds").may_be_in(&bloom));
        let absent = ["kubernetes", "volcano", "timeout", "日本", "zz", "quick", "function", "Müller"];
        assert!(absent.iter().all(|word| !TermFilter::of_text(word).may_be_in(&bloom)));
    }

    #[test]
    fn one_letter_is_in_every_text() {
        assert!(TermFilter::of_text("e").may_be_in(&bloom("")));
    }

    proptest! {
        #[test]
        fn a_text_that_holds_a_word_is_never_denied(
            typed in "[abAé日ｶﾞ\u{301}ſ \u{3099}か]{1,5}",
            text in "[abABéÉ日ｶﾞカガ\u{301}ſK \n\0\u{3099}か]{0,40}",
        ) {
            let Some(literal) = Literal::new(&typed) else { return Ok(()) };
            if literal.hits(&text, FoldsToAscii { letters: true, spaces: true }).next().is_some() {
                prop_assert!(TermFilter::of_text(&typed).may_be_in(&bloom(&text)), "{typed:?} in {text:?}");
            }
            let hits = literal.hits(&text, FoldsToAscii { letters: true, spaces: true });
            if hits.map(|hit| WordBoundary::of(&text, &hit)).max() == Some(WordBoundary::Whole) {
                prop_assert!(TermFilter::of_text(&typed).may_be_whole(&bloom(&text)), "{typed:?} in {text:?}");
            }
        }
    }
}
