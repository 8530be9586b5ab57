//! What a word of a query may stand for in the second tier: itself, its forms, what it abbreviates, its nearest
//! neighbours in the archive when it hardly occurs, and the words it begins while it is being typed.

use fixedbitset::FixedBitSet;

use super::word_forms;
use crate::search::index::{
    Index,
    dictionary::{Piece, WordId},
};

/// A word that stands in no more conversations than these may be misspelt.
pub(in crate::search) const RARE: usize = 5;
/// The neighbours a misspelt word stands for: the most frequent.
const MAX_NEIGHBOURS: usize = 8;
/// Letters from which a word may have one edit, and two.
const ONE_EDIT_FROM: usize = 4;
const TWO_EDITS_FROM: usize = 8;
/// Letters from which a word that is being typed stands for those it begins.
const PREFIX_FROM: usize = 3;
/// The words that a beginning stands for: the most frequent.
const MAX_COMPLETIONS: usize = 64;
/// What each kind counts, where the word itself counts 1.
const FORM_WEIGHT: f32 = 0.9;
const ABBREVIATION_WEIGHT: f32 = 0.9;
const PREFIX_WEIGHT: f32 = 0.7;
const NEIGHBOUR_WEIGHT: f32 = 0.5;

/// The words that one word of a query stands for, with their weights.
#[derive(Clone, Debug, Default)]
pub(in crate::search) struct WordVariants {
    /// No word twice.
    pub words: Vec<(WordId, f32)>,
    /// The word itself, if it stands for those it begins too.
    pub beginning: Option<String>,
    /// What it was taken for, if it hardly occurs or is an abbreviation.
    pub substitution: Option<Substitution>,
}

/// A word of a query, and the words of the archive that were looked for beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Substitution {
    /// The word as it was typed.
    pub typed: String,
    /// The words it was taken for, the most frequent first.
    pub taken_for: Vec<String>,
}

impl WordVariants {
    /// Returns what a token stands for. `is_open`: it may be the beginning of a word.
    pub fn of(index: &Index, token: &str, is_open: bool) -> Self {
        let mut variants = Self::default();
        let own = index.dictionary.id(token);
        variants.extend(own, 1.0);
        let mut taken_for = Vec::new();
        for word in word_forms::abbreviations(token) {
            let id = index.dictionary.id(word);
            taken_for.extend(id.map(|_| word.to_owned()));
            variants.extend(id, ABBREVIATION_WEIGHT);
        }
        let forms = word_forms::forms(index, token);
        if own.is_none() {
            let forms = most_frequent(index, forms.clone(), MAX_NEIGHBOURS);
            taken_for.extend(forms.into_iter().map(|word| index.dictionary.word(word).to_owned()));
        }
        variants.extend(forms, FORM_WEIGHT);
        let letters = token.chars().count();
        if is_open && letters >= PREFIX_FROM {
            variants.beginning = Some(token.to_owned());
            let completions = index.dictionary.words_with(token, Piece::Prefix);
            variants.extend(most_frequent(index, completions, MAX_COMPLETIONS), PREFIX_WEIGHT);
        }
        let edits = max_edits(letters);
        if edits > 0 && taken_for.is_empty() && variants.is_rare(index) {
            let near = index.dictionary.neighbours(token, edits).into_iter().map(|(word, _)| word).collect();
            let near = most_frequent(index, near, MAX_NEIGHBOURS);
            let is_new = |word: &&WordId| !variants.words.iter().any(|(other, _)| other == *word);
            taken_for =
                near.iter().filter(is_new).map(|&word| index.dictionary.word(word).to_owned()).collect();
            variants.extend(near, NEIGHBOUR_WEIGHT);
        }
        variants.substitution =
            (!taken_for.is_empty()).then(|| Substitution { typed: token.to_owned(), taken_for });
        variants
    }

    /// Returns whether a token and what it stands for is in hardly any conversation.
    fn is_rare(&self, index: &Index) -> bool {
        let mut handles = Vec::new();
        for &(word, _) in &self.words {
            if index.frequency(word) > 64 * RARE {
                return false;
            }
            index.each_posting_list(&[word], |_, postings| {
                handles.extend(postings.map(|posting| index.handle_number_of(posting.slot)));
            });
        }
        handles.sort_unstable();
        handles.dedup();
        handles.len() <= RARE
    }
}

impl WordVariants {
    fn extend(&mut self, words: impl IntoIterator<Item = WordId>, weight: f32) {
        for word in words {
            if !self.words.iter().any(|&(other, _)| other == word) {
                self.words.push((word, weight));
            }
        }
    }

    /// Returns the slots that have any of the words, in order, each with the weighted number of times.
    pub fn slots(&self, index: &Index) -> Vec<(u32, f32)> {
        let mut found = FixedBitSet::with_capacity(index.slot_count());
        let mut counts = vec![0.0_f32; index.slot_count()];
        for &(word, weight) in &self.words {
            index.each_posting_list(&[word], |_, postings| {
                for posting in postings {
                    let slot = posting.slot as usize;
                    counts[slot] += weight * posting.count as f32;
                    found.insert(slot);
                }
            });
        }
        found.ones().map(|slot| (slot as u32, counts[slot])).collect()
    }

    /// Returns the words in the form in which they are looked for in a text: of a word and those it begins the word.
    pub fn texts<'a>(&'a self, index: &'a Index) -> impl Iterator<Item = &'a str> {
        let beginning = self.beginning.as_deref();
        let begins = move |word: &&str| beginning.is_some_and(|beginning| word.starts_with(beginning));
        let words = self.words.iter().map(|&(word, _)| index.dictionary.word(word));
        beginning.into_iter().chain(words.filter(move |word| !begins(word)))
    }
}

/// Returns how many edits may make a word of so many letters of what was typed for it.
pub(in crate::search) fn max_edits(letters: usize) -> usize {
    match letters {
        TWO_EDITS_FROM.. => 2,
        ONE_EDIT_FROM.. => 1,
        _ => 0,
    }
}

/// Returns the most frequent of some words, the most frequent first.
fn most_frequent(index: &Index, words: Vec<WordId>, max: usize) -> Vec<WordId> {
    let mut counted: Vec<_> = words.into_iter().map(|word| (index.frequency(word), word)).collect();
    counted.sort_by_key(|&(frequency, word)| (std::cmp::Reverse(frequency), word));
    counted.into_iter().take(max).map(|(_, word)| word).collect()
}
