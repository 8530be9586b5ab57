//! The forms of a word (plurals, endings), by the stemmers of the languages that an archive is written in, and a short
//! table of abbreviations.

use std::{collections::HashMap, sync::LazyLock};

use rust_stemmers::{Algorithm, Stemmer};
use serde::Deserialize;

use crate::search::index::{
    Index,
    dictionary::{Piece, WordId},
};

/// The least letters that a word shares with its forms: stemmers cut endings.
const MIN_BEGINNING: usize = 3;
/// Words with that beginning which are looked at.
const MAX_CANDIDATES: usize = 20_000;
/// A language counts if its commonest words are at least so rare, beside those of the commonest language.
const MIN_SHARE: usize = 8;

/// A language, and words that are common in it and hardly occur in others.
const LANGUAGES: [(Algorithm, [&str; 3]); 12] = [
    (Algorithm::English, ["the", "and", "that"]),
    (Algorithm::German, ["und", "nicht", "der"]),
    (Algorithm::French, ["les", "est", "dans"]),
    (Algorithm::Spanish, ["los", "una", "para"]),
    (Algorithm::Italian, ["che", "della", "sono"]),
    (Algorithm::Portuguese, ["uma", "nao", "para"]),
    (Algorithm::Dutch, ["het", "een", "niet"]),
    (Algorithm::Swedish, ["och", "att", "inte"]),
    (Algorithm::Danish, ["og", "ikke", "det"]),
    (Algorithm::Norwegian, ["og", "ikke", "jeg"]),
    (Algorithm::Finnish, ["ja", "etta", "olla"]),
    (Algorithm::Turkish, ["bir", "icin", "ile"]),
];

static ABBREVIATIONS: LazyLock<HashMap<String, Vec<String>>> = LazyLock::new(|| {
    let table: Abbreviations = toml::from_str(include_str!("../../../assets/abbreviations.toml"))
        .unwrap_or_else(|error| unreachable!("a test reads the table: {error}"));
    let mut both_ways: HashMap<String, Vec<String>> = HashMap::new();
    for (short, long) in table.abbreviations {
        for (one, other) in [(&short, &long), (&long, &short)] {
            both_ways.entry(one.clone()).or_default().push(other.clone());
        }
    }
    both_ways
});

#[derive(Deserialize)]
struct Abbreviations {
    abbreviations: HashMap<String, String>,
}

/// Returns what a word abbreviates, or what it is abbreviated as.
pub(in crate::search) fn abbreviations(word: &str) -> impl Iterator<Item = &'static str> {
    ABBREVIATIONS.get(word).into_iter().flatten().map(String::as_str)
}

/// Returns the words of the archive that are forms of a word.
pub(super) fn forms(index: &Index, word: &str) -> Vec<WordId> {
    let mut forms = Vec::new();
    for stem in PossibleForms::by(word, algorithms(index, word)).stems {
        let mut candidates = index.dictionary.words_with(&stem.beginning, Piece::Prefix);
        candidates.truncate(MAX_CANDIDATES);
        candidates.retain(|&id| {
            let other = index.dictionary.word(id);
            other != word && stem.is_of(other)
        });
        forms.extend(candidates);
    }
    forms
}

/// Tells which words may be forms of a word, whatever languages an archive is written in.
pub(in crate::search) struct PossibleForms {
    word: String,
    stems: Vec<WordStem>,
}

/// The stem of a word in one language.
struct WordStem {
    stemmer: Stemmer,
    stem: String,
    /// How all words with that stem begin.
    beginning: String,
}

impl WordStem {
    fn is_of(&self, word: &str) -> bool {
        self.stemmer.stem(word) == self.stem
    }
}

impl PossibleForms {
    /// Prepares the forms of a word in all languages of its script.
    pub fn of(word: &str) -> Self {
        Self::by(word, possible_algorithms(word))
    }

    fn by(word: &str, algorithms: Vec<Algorithm>) -> Self {
        let mut stems = Vec::new();
        for algorithm in algorithms {
            let stemmer = Stemmer::create(algorithm);
            let stem = stemmer.stem(word).into_owned();
            let beginning = shared_beginning(word, &stem).map(str::to_owned);
            stems.extend(beginning.map(|beginning| WordStem { stemmer, stem, beginning }));
        }
        Self { word: word.to_owned(), stems }
    }

    /// Returns how the forms begin.
    pub fn beginnings(&self) -> impl Iterator<Item = &str> {
        self.stems.iter().map(|stem| &*stem.beginning)
    }

    /// Returns whether another word may be a form of it.
    pub fn may_have(&self, other: &str) -> bool {
        other != self.word
            && self.stems.iter().any(|stem| other.starts_with(&stem.beginning) && stem.is_of(other))
    }
}

/// Returns the words by whose number the languages of an archive are told.
pub(in crate::search) fn language_words() -> impl Iterator<Item = &'static str> {
    LANGUAGES.iter().flat_map(|(_, words)| *words)
}

/// Returns how all words with the stem of a word begin: as far as the word and the stem are the same, but for the last
/// letter, which may be another one in other forms. `None`: too many words begin so.
fn shared_beginning<'a>(word: &'a str, stem: &str) -> Option<&'a str> {
    let same = word.chars().zip(stem.chars()).take_while(|(one, other)| one == other).count();
    let letters = same.saturating_sub(1).max(MIN_BEGINNING);
    let end = word.char_indices().nth(letters).map_or(word.len(), |(at, _)| at);
    (word.chars().count() >= MIN_BEGINNING).then(|| &word[..end])
}

/// Returns the stemmers for a word in any archive: by its script. None for what is no word.
fn possible_algorithms(word: &str) -> Vec<Algorithm> {
    match word.chars().next() {
        _ if !word.chars().all(char::is_alphabetic) => Vec::new(),
        Some('\u{400}'..='\u{52f}') => vec![Algorithm::Russian],
        Some('\u{370}'..='\u{3ff}') => vec![Algorithm::Greek],
        Some('\u{600}'..='\u{6ff}') => vec![Algorithm::Arabic],
        Some('\u{b80}'..='\u{bff}') => vec![Algorithm::Tamil],
        Some('a'..='z') => LANGUAGES.iter().map(|(algorithm, _)| *algorithm).collect(),
        _ => Vec::new(),
    }
}

/// Returns the stemmers for a word in an archive: for Latin letters by the commonest words of it.
fn algorithms(index: &Index, word: &str) -> Vec<Algorithm> {
    let possible = possible_algorithms(word);
    if possible.len() < 2 {
        return possible;
    }
    let frequency = |words: &[&str; 3]| -> usize {
        words.iter().filter_map(|word| index.dictionary.id(word)).map(|id| index.frequency(id)).sum()
    };
    let counted: Vec<_> = LANGUAGES.iter().map(|(algorithm, words)| (*algorithm, frequency(words))).collect();
    let most = counted.iter().map(|&(_, frequency)| frequency).max().unwrap_or(0);
    let is_common = |&(_, frequency): &(Algorithm, usize)| frequency * MIN_SHARE >= most;
    counted.into_iter().filter(is_common).map(|(algorithm, _)| algorithm).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_abbreviations_is_read_both_ways() {
        assert_eq!(abbreviations("k8s").collect::<Vec<_>>(), ["kubernetes"]);
        assert!(abbreviations("kubernetes").any(|word| word == "k8s"));
        assert_eq!(abbreviations("volcano").next(), None);
    }

    #[test]
    fn forms_begin_as_their_stem_does_but_for_a_letter() {
        assert_eq!(shared_beginning("conversations", "convers"), Some("conver"));
        assert_eq!(shared_beginning("happiness", "happi"), Some("happ"));
        assert_eq!(shared_beginning("tea", "tea"), Some("tea"));
        assert_eq!(shared_beginning("go", "go"), None);
    }
}
