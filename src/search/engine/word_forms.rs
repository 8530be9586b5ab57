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
pub(super) fn abbreviations(word: &str) -> impl Iterator<Item = &'static str> {
    ABBREVIATIONS.get(word).into_iter().flatten().map(String::as_str)
}

/// Returns the words of the archive that are forms of a word.
pub(super) fn forms(index: &Index, word: &str) -> Vec<WordId> {
    if !word.chars().all(char::is_alphabetic) {
        return Vec::new();
    }
    let mut forms = Vec::new();
    for algorithm in algorithms(index, word) {
        let stemmer = Stemmer::create(algorithm);
        let stem = stemmer.stem(word);
        let Some(beginning) = shared_beginning(word, &stem) else { continue };
        let mut candidates = index.dictionary.words_with(beginning, Piece::Prefix);
        candidates.truncate(MAX_CANDIDATES);
        candidates.retain(|&id| {
            let other = index.dictionary.word(id);
            other != word && stemmer.stem(other) == stem
        });
        forms.extend(candidates);
    }
    forms
}

/// Returns how all words with the stem of a word begin: as far as the word and the stem are the same, but for the last
/// letter, which may be another one in other forms. `None`: too many words begin so.
fn shared_beginning<'a>(word: &'a str, stem: &str) -> Option<&'a str> {
    let same = word.chars().zip(stem.chars()).take_while(|(one, other)| one == other).count();
    let letters = same.saturating_sub(1).max(MIN_BEGINNING);
    let end = word.char_indices().nth(letters).map_or(word.len(), |(at, _)| at);
    (word.chars().count() >= MIN_BEGINNING).then(|| &word[..end])
}

/// Returns the stemmers for a word: by its script, and for Latin letters by the commonest words of the archive.
fn algorithms(index: &Index, word: &str) -> Vec<Algorithm> {
    match word.chars().next() {
        Some('\u{400}'..='\u{52f}') => vec![Algorithm::Russian],
        Some('\u{370}'..='\u{3ff}') => vec![Algorithm::Greek],
        Some('\u{600}'..='\u{6ff}') => vec![Algorithm::Arabic],
        Some('\u{b80}'..='\u{bff}') => vec![Algorithm::Tamil],
        Some('a'..='z') => {
            let frequency = |words: &[&str; 3]| -> usize {
                words.iter().filter_map(|word| index.dictionary.id(word)).map(|id| index.frequency(id)).sum()
            };
            let counted: Vec<_> =
                LANGUAGES.iter().map(|(algorithm, words)| (*algorithm, frequency(words))).collect();
            let most = counted.iter().map(|&(_, frequency)| frequency).max().unwrap_or(0);
            let is_common = |&(_, frequency): &(Algorithm, usize)| frequency * MIN_SHARE >= most;
            counted.into_iter().filter(is_common).map(|(algorithm, _)| algorithm).collect()
        }
        _ => Vec::new(),
    }
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
