//! The dictionary: every word of the archive once, with a number.
//!
//! The words lie one after the other in one text, so that a piece of a word is found by one scan at the speed of
//! memory. Letters are kept as bits, so that the neighbours of a misspelt word are looked for among few.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};
use memchr::memmem;

use super::LetterSet;

/// Stands between two words.
const SEPARATOR: u8 = b'\n';

/// The number of a word in the [`Dictionary`].
pub(in crate::search) type WordId = u32;

/// All words of an archive, numbered from 0.
#[derive(Debug)]
pub(in crate::search) struct Dictionary {
    /// The words, each after a separator, and one more separator at the end.
    text: Vec<u8>,
    /// Where in `text` each word begins.
    starts: Vec<u32>,
    letters: Vec<LetterSet>,
    ids: HashTable<WordId>,
    hasher: DefaultHashBuilder,
}

/// The way a word of a query stands in a word of the dictionary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::search) enum Piece {
    /// It is that word.
    Word,
    /// It begins that word.
    Prefix,
    /// It ends that word.
    Suffix,
    /// It stands anywhere in it.
    Infix,
}

impl Default for Dictionary {
    fn default() -> Self {
        Self {
            text: vec![SEPARATOR],
            starts: Vec::new(),
            letters: Vec::new(),
            ids: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
        }
    }
}

impl Dictionary {
    /// Returns the number of words.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Returns a word.
    pub fn word(&self, id: WordId) -> &str {
        std::str::from_utf8(self.bytes(id)).unwrap_or_default()
    }

    fn bytes(&self, id: WordId) -> &[u8] {
        let start = self.starts[id as usize] as usize;
        let end = self.starts.get(id as usize + 1).map_or(self.text.len(), |&next| next as usize);
        &self.text[start..end - 1]
    }

    /// Returns the letters of a word.
    pub fn letters(&self, id: WordId) -> LetterSet {
        self.letters[id as usize]
    }

    /// Returns the number of a word. `None`: it is nowhere in the archive.
    pub fn id(&self, word: &str) -> Option<WordId> {
        let hash = self.hasher.hash_one(word.as_bytes());
        self.ids.find(hash, |&id| self.bytes(id) == word.as_bytes()).copied()
    }

    /// Returns the number of a word, which is a new one if it was not known. `None`: it is new, and either the words
    /// would take more than `max_bytes`, or it is empty or has a separator in it.
    pub fn intern(&mut self, word: &str, max_bytes: usize) -> Option<WordId> {
        let hash = self.hasher.hash_one(word.as_bytes());
        if let Some(&id) = self.ids.find(hash, |&id| self.bytes(id) == word.as_bytes()) {
            return Some(id);
        }
        let fits = self.text.len() + word.len() < max_bytes.min(u32::MAX as usize);
        if !fits || word.is_empty() || word.as_bytes().contains(&SEPARATOR) {
            return None;
        }
        let id = self.starts.len() as WordId;
        self.starts.push(self.text.len() as u32);
        self.text.extend_from_slice(word.as_bytes());
        self.text.push(SEPARATOR);
        self.letters.push(LetterSet::of(word));
        let (text, starts, hasher) = (&self.text, &self.starts, &self.hasher);
        self.ids.insert_unique(hash, id, |&id| {
            let start = starts[id as usize] as usize;
            let end = starts.get(id as usize + 1).map_or(text.len(), |&next| next as usize);
            hasher.hash_one(&text[start..end - 1])
        });
        Some(id)
    }

    /// Returns the words in which a piece stands, in order. `piece` is folded and not empty.
    pub fn words_with(&self, piece: &str, kind: Piece) -> Vec<WordId> {
        if kind == Piece::Word {
            return self.id(piece).into_iter().collect();
        }
        let separator = char::from(SEPARATOR);
        let (needle, before) = match kind {
            Piece::Prefix => (format!("{separator}{piece}"), 1),
            Piece::Suffix => (format!("{piece}{separator}"), 0),
            Piece::Infix | Piece::Word => (piece.to_owned(), 0),
        };
        let finder = memmem::Finder::new(needle.as_bytes());
        let mut found = Vec::new();
        let (mut at, mut next) = (0, 0);
        while let Some(hit) = finder.find(&self.text[at..]) {
            let start = at + hit + before;
            let id = next + self.starts[next..].partition_point(|&first| first as usize <= start) - 1;
            found.push(id as WordId);
            // On from the end of this word, whose separator may begin the next hit.
            next = id + 1;
            let Some(&first) = self.starts.get(next) else { break };
            at = first as usize - 1;
        }
        found
    }

    /// Returns the words that are near a misspelt one, with their distances: insertions, omissions, changes and
    /// transpositions of letters, each one edit. Only words at the least distance that any has, at most `max_edits`.
    pub fn neighbours(&self, word: &str, max_edits: usize) -> Vec<(WordId, usize)> {
        let length = word.chars().count();
        let letters = LetterSet::of(word);
        let (mut nearest, mut found) = (max_edits, Vec::new());
        for id in 0..self.starts.len() as WordId {
            // A letter changed for another is one less in the one set and one more in the other.
            if !self.letters[id as usize].may_be_within(letters, nearest) {
                continue;
            }
            let bytes = self.bytes(id);
            if bytes.len() + nearest < length || bytes.len() > 4 * (length + nearest) {
                continue;
            }
            let other = self.word(id);
            if other.chars().count().abs_diff(length) > nearest {
                continue;
            }
            let distance = strsim::osa_distance(word, other);
            if distance == 0 || distance > nearest {
                continue;
            }
            if distance < nearest {
                nearest = distance;
                found.clear();
            }
            found.push((id, distance));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn dictionary(words: &[&str]) -> Dictionary {
        let mut dictionary = Dictionary::default();
        for word in words {
            dictionary.intern(word, 1 << 20);
        }
        dictionary
    }

    fn with<'a>(dictionary: &'a Dictionary, piece: &str, kind: Piece) -> Vec<&'a str> {
        dictionary.words_with(piece, kind).into_iter().map(|id| dictionary.word(id)).collect()
    }

    #[test]
    fn words_are_found_by_a_beginning_an_end_or_a_piece_of_them() {
        let dictionary = dictionary(&["kube", "kubernetes", "minikube", "net", "nets", "kube"]);
        assert_eq!(dictionary.len(), 5);
        assert_eq!(with(&dictionary, "kube", Piece::Word), ["kube"]);
        assert_eq!(with(&dictionary, "kube", Piece::Prefix), ["kube", "kubernetes"]);
        assert_eq!(with(&dictionary, "kube", Piece::Suffix), ["kube", "minikube"]);
        assert_eq!(with(&dictionary, "kube", Piece::Infix), ["kube", "kubernetes", "minikube"]);
        assert_eq!(with(&dictionary, "nets", Piece::Infix), ["nets"]);
        assert!(with(&dictionary, "volcano", Piece::Infix).is_empty());
    }

    #[test]
    fn a_full_dictionary_takes_no_more_and_knows_what_it_has() {
        let mut dictionary = dictionary(&["one"]);
        assert_eq!(dictionary.intern("two", 6), None);
        assert_eq!(dictionary.intern("one", 6), Some(0));
    }

    #[test]
    fn the_nearest_words_are_those_with_the_fewest_edits() {
        let dictionary = dictionary(&["letter", "latter", "better", "kubernetes", "lettr"]);
        let near = |word: &str, edits| -> Vec<&str> {
            dictionary.neighbours(word, edits).into_iter().map(|(id, _)| dictionary.word(id)).collect()
        };
        assert_eq!(near("letetr", 1), ["letter", "lettr"]);
        assert_eq!(near("lettr", 1), ["letter"]);
        assert_eq!(near("kuberntese", 2), ["kubernetes"]);
        assert!(near("volcano", 2).is_empty());
    }

    proptest! {
        #[test]
        fn a_piece_is_found_in_every_word_that_has_it(
            words in prop::collection::vec("[abé日]{1,6}", 0..30),
            piece in "[abé日]{1,3}",
        ) {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let dictionary = dictionary(&words);
            let all: Vec<&str> = (0..dictionary.len()).map(|id| dictionary.word(id as WordId)).collect();
            let plain = |has: &dyn Fn(&str) -> bool| -> Vec<&str> {
                all.iter().copied().filter(|word| has(word)).collect()
            };
            prop_assert_eq!(with(&dictionary, &piece, Piece::Infix), plain(&|word| word.contains(&piece)));
            prop_assert_eq!(with(&dictionary, &piece, Piece::Prefix), plain(&|word| word.starts_with(&piece)));
            prop_assert_eq!(with(&dictionary, &piece, Piece::Suffix), plain(&|word| word.ends_with(&piece)));
            prop_assert_eq!(with(&dictionary, &piece, Piece::Word), plain(&|word| word == piece));
        }

        #[test]
        fn no_neighbour_is_missed(words in prop::collection::vec("[abcd]{1,6}", 0..30), word in "[abcd]{4,6}") {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let dictionary = dictionary(&words);
            let distances = (0..dictionary.len() as WordId)
                .map(|id| (id, strsim::osa_distance(&word, dictionary.word(id))))
                .filter(|&(_, distance)| distance == 1);
            prop_assert_eq!(dictionary.neighbours(&word, 1), distances.collect::<Vec<_>>());
        }
    }
}
