//! The words that are looked for in conversations as they pass: all that the words of a query may stand for in the second
//! tier, whatever the whole archive turns out to hold.
//!
//! A word's forms in every language of its script are among them, and, as long as it may be rare, every word that it may
//! be misspelt for: which of them count is decided when all has been seen. Of most words two bytes tell that they are not.

use std::sync::atomic::{AtomicUsize, Ordering};

use hashbrown::{HashMap, HashSet};

use crate::search::{
    engine::{LooseQuery, PossibleForms, RARE, abbreviations, language_words, max_edits},
    index::LetterSet,
};

/// Words that are known not to be watched, so that they are not judged again.
const MAX_KNOWN_OTHERS: usize = 1 << 16;

/// The words that are watched.
pub(super) struct WatchedWords {
    /// The tokens of the query and what they abbreviate.
    words: HashSet<String>,
    forms: Vec<PossibleForms>,
    /// The words by which languages are told: it is counted how many slots have them.
    counted: HashSet<&'static str>,
    maybe_misspelt: Vec<MaybeMisspelt>,
    /// The first two bytes of all of these words, as a bit each.
    starts: Box<[u64]>,
}

/// A token that may be misspelt, as long as hardly any conversation has it.
struct MaybeMisspelt {
    token: String,
    length: usize,
    letters: LetterSet,
    max_edits: usize,
    /// The conversations that have it.
    conversations: AtomicUsize,
}

/// The numbers that one thread at a time gives to watched words.
#[derive(Default)]
pub(super) struct WordNumbers {
    words: Vec<Box<str>>,
    known: HashMap<Box<str>, WatchedWord>,
    known_others: HashSet<Box<str>>,
    /// For each word that is counted the number of slots, and the last of them.
    counted: HashMap<&'static str, (usize, (u64, u32))>,
    conversation: u64,
    folded: String,
}

/// A watched word.
#[derive(Clone, Copy, Debug)]
enum WatchedWord {
    /// A word to note, and, if it is a token that may be misspelt, which, as a bit.
    Noted { number: u32, token: u64 },
    /// A word to note while any of these tokens may be misspelt, as bits.
    Near { number: u32, tokens: u64 },
    /// A word that is counted, and noted while any of these tokens may be misspelt.
    Counted { word: &'static str, number: u32, tokens: u64 },
}

/// What is watched while one conversation passes.
pub(super) struct Watch<'a> {
    watched: &'a WatchedWords,
    numbers: &'a mut WordNumbers,
    /// The tokens that may be misspelt, as bits.
    rare: u64,
    /// The lengths of words near to them, as bits.
    near_lengths: u128,
    /// The tokens that may be misspelt and stand in the conversation.
    seen: u64,
}

impl WatchedWords {
    /// Watches for what the words of a query may stand for.
    pub fn of(query: &LooseQuery) -> Self {
        let mut words = HashSet::new();
        let mut tokens: Vec<&str> = query.tokens.iter().map(|token| &*token.text).collect();
        tokens.sort_unstable();
        tokens.dedup();
        for &token in &tokens {
            words.insert(token.to_owned());
            words.extend(abbreviations(token).map(str::to_owned));
        }
        let forms: Vec<PossibleForms> = tokens.iter().map(|token| PossibleForms::of(token)).collect();
        let maybe_misspelt = tokens.iter().filter_map(|token| MaybeMisspelt::of(token)).collect();
        let counted: HashSet<&'static str> = language_words().filter(|&word| !words.contains(word)).collect();
        let mut starts = vec![0; 1 << 10].into_boxed_slice();
        let beginnings = forms.iter().flat_map(PossibleForms::beginnings);
        for word in words.iter().map(|word| &**word).chain(counted.iter().copied()).chain(beginnings) {
            let start = start_of(word);
            starts[start >> 6] |= 1 << (start & 63);
        }
        Self { words, forms, counted, maybe_misspelt, starts }
    }

    /// Begins to watch a conversation.
    pub fn watch<'a>(&'a self, numbers: &'a mut WordNumbers) -> Watch<'a> {
        numbers.conversation += 1;
        let (mut rare, mut near_lengths) = (0, 0_u128);
        for (number, token) in self.maybe_misspelt.iter().enumerate().filter(|(_, token)| token.is_rare()) {
            rare |= 1 << number;
            for length in token.length - token.max_edits..=token.length + token.max_edits {
                near_lengths |= 1_u128.checked_shl(length as u32).unwrap_or_default();
            }
        }
        Watch { watched: self, numbers, rare, near_lengths, seen: 0 }
    }

    fn may_begin_one(&self, word: &str) -> bool {
        let start = start_of(word);
        self.starts[start >> 6] >> (start & 63) & 1 == 1
    }

    /// Decides what a word is. `rare`: the tokens that may be misspelt. `None`: it is not watched.
    fn judge(&self, word: &str, rare: u64, number: u32) -> Option<WatchedWord> {
        if self.words.contains(word) || self.forms.iter().any(|forms| forms.may_have(word)) {
            let own = self.maybe_misspelt.iter().position(|token| token.token == word);
            return Some(WatchedWord::Noted { number, token: own.map_or(0, |own| 1 << own) });
        }
        let near = self.maybe_misspelt.iter().enumerate().filter(|(_, token)| token.is_near(word));
        let tokens = near.fold(0, |tokens, (number, _)| tokens | 1 << number) & rare;
        match self.counted.get(word) {
            Some(&word) => Some(WatchedWord::Counted { word, number, tokens }),
            None => (tokens != 0).then_some(WatchedWord::Near { number, tokens }),
        }
    }
}

impl MaybeMisspelt {
    fn of(token: &str) -> Option<Self> {
        let length = token.chars().count();
        let max_edits = max_edits(length);
        (max_edits > 0).then(|| Self {
            token: token.to_owned(),
            length,
            letters: LetterSet::of(token),
            max_edits,
            conversations: AtomicUsize::new(0),
        })
    }

    fn is_rare(&self) -> bool {
        self.conversations.load(Ordering::Relaxed) <= RARE
    }

    fn may_be_near(&self, length: usize, letters: LetterSet) -> bool {
        self.length.abs_diff(length) <= self.max_edits && letters.may_be_within(self.letters, self.max_edits)
    }

    fn is_near(&self, word: &str) -> bool {
        let may_be = self.may_be_near(word.chars().count(), LetterSet::of(word));
        may_be && (1..=self.max_edits).contains(&strsim::osa_distance(&self.token, word))
    }
}

impl WordNumbers {
    /// Returns a word by its number.
    pub fn word(&self, number: u32) -> &str {
        &self.words[number as usize]
    }

    /// Returns the words that were counted, each with the number of slots that have it.
    pub fn counted(&self) -> impl Iterator<Item = (&'static str, usize)> {
        self.counted.iter().map(|(&word, &(slots, _))| (word, slots))
    }

    /// Counts a slot that has a word, once.
    fn count(&mut self, word: &'static str, slot: u32) {
        let here = (self.conversation, slot);
        let (slots, last) = self.counted.entry(word).or_default();
        *slots += usize::from(*last != here);
        *last = here;
    }

    /// Looks a word up, or judges it. It is folded.
    fn look_up(&mut self, watched: &WatchedWords, word: &str, rare: u64) -> Option<WatchedWord> {
        if let Some(&known) = self.known.get(word) {
            return Some(known);
        }
        if self.known_others.contains(word) {
            return None;
        }
        let judged = watched.judge(word, rare, self.words.len() as u32);
        match judged {
            Some(judged) => {
                self.words.push(word.into());
                self.known.insert(word.into(), judged);
            }
            None => {
                if self.known_others.len() >= MAX_KNOWN_OTHERS {
                    self.known_others.clear();
                }
                self.known_others.insert(word.into());
            }
        }
        judged
    }
}

impl Watch<'_> {
    /// Returns the number of a word of a slot if it is to be noted. It is of ASCII in any case, or folded.
    #[inline]
    pub fn number(&mut self, slot: u32, word: &str) -> Option<u32> {
        if !self.watched.may_begin_one(word) && !self.may_be_near(word) {
            return None;
        }
        self.number_of_likely(slot, word)
    }

    #[inline]
    fn may_be_near(&self, word: &str) -> bool {
        if self.rare == 0 {
            return false;
        }
        let length = if word.is_ascii() { word.len() } else { word.chars().count() };
        if self.near_lengths.checked_shr(length as u32).unwrap_or_default() & 1 == 0 {
            return false;
        }
        let letters = if word.is_ascii() { LetterSet::of_ascii(word) } else { LetterSet::of(word) };
        self.watched.maybe_misspelt.iter().any(|token| token.may_be_near(length, letters))
    }

    fn number_of_likely(&mut self, slot: u32, word: &str) -> Option<u32> {
        let mut folded = std::mem::take(&mut self.numbers.folded);
        folded.clear();
        folded.push_str(word);
        folded.make_ascii_lowercase();
        let known = self.numbers.look_up(self.watched, &folded, self.rare);
        self.numbers.folded = folded;
        match known? {
            WatchedWord::Noted { number, token } => {
                self.seen |= token;
                Some(number)
            }
            WatchedWord::Near { number, tokens } => (tokens & self.rare != 0).then_some(number),
            WatchedWord::Counted { word, number, tokens } => {
                self.numbers.count(word, slot);
                (tokens & self.rare != 0).then_some(number)
            }
        }
    }

    /// Counts the conversation for the tokens in it that may be misspelt.
    pub fn finish(self) {
        for (number, token) in self.watched.maybe_misspelt.iter().enumerate() {
            if self.seen >> number & 1 == 1 {
                token.conversations.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

/// Returns the first two bytes of a word as a number, upper and lower case together.
#[inline]
fn start_of(word: &str) -> usize {
    let byte = |place: usize| usize::from(word.as_bytes().get(place).copied().unwrap_or(0) | 0x20);
    byte(0) << 8 | byte(1)
}
