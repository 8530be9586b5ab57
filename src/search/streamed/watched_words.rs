//! The words that are looked for in conversations as they pass: all that the words of a query may stand for in the second
//! tier, whatever the whole archive turns out to hold.
//!
//! A word's forms in every language of its script are among them, and, as long as it may be rare, every word that it may
//! be misspelt for: which of them count is decided when all has been seen. Of most words three bytes tell that they are not.

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
    /// The tokens of the query, each once; at most 64.
    tokens: Vec<WatchedToken>,
    /// The words by which languages are told: it is counted how many slots have them.
    counted: Vec<&'static str>,
    /// Tells most other words apart.
    filter: WordFilter,
}

/// A token of the query, and what it stands for.
struct WatchedToken {
    text: String,
    abbreviations: Vec<&'static str>,
    forms: PossibleForms,
    length: usize,
    letters: LetterSet,
    /// The edits that may have made it of another word; 0: it is too short.
    max_edits: usize,
    /// The conversations that have it.
    conversations: AtomicUsize,
}

/// Tells by the first three bytes of a word, and of a whole one by its length too, that it is not watched.
struct WordFilter {
    words: Box<[u64; FILTER_BITS / 64]>,
    beginnings: Box<[u64; FILTER_BITS / 64]>,
}

/// The bits of a filter: five for each of three bytes.
const FILTER_BITS: usize = 1 << 15;

/// The numbers that one thread at a time gives to watched words.
#[derive(Default)]
pub(super) struct WordNumbers {
    /// The words, each with the tokens that it stands for, as bits.
    words: Vec<(Box<str>, u64)>,
    known: HashMap<Box<str>, WatchedWord>,
    known_others: HashSet<Box<str>>,
    /// The words that are counted.
    counted: Vec<CountedWord>,
    conversation: u64,
    folded: String,
}

/// A word of which it is counted how many slots have it.
struct CountedWord {
    word: &'static str,
    slots: usize,
    /// The conversation and slot that was counted last.
    last: (u64, u32),
}

/// A watched word.
#[derive(Clone, Copy, Debug)]
enum WatchedWord {
    /// A word to note, with the tokens that it stands for, and the one that it is, as bits.
    Noted { number: u32, tokens: u64, own: u64 },
    /// A word to note while any of these tokens may be misspelt, as bits.
    Near { number: u32, tokens: u64 },
    /// A word that is counted, and noted while any of these tokens may be misspelt.
    Counted { place: usize, number: u32, tokens: u64 },
}

/// What is watched while one conversation passes.
pub(super) struct Watch<'a> {
    watched: &'a WatchedWords,
    numbers: &'a mut WordNumbers,
    /// The tokens that may be misspelt, as bits.
    rare: u64,
    /// The lengths of words near to them, as bits.
    near_lengths: u128,
    /// The tokens that stand in the conversation.
    seen: u64,
    /// The tokens for which anything stands in it.
    stood_for: u64,
}

impl WatchedWords {
    /// Watches for what the words of a query may stand for.
    pub fn of(query: &LooseQuery) -> Self {
        let mut texts: Vec<&str> = query.tokens.iter().map(|token| &*token.text).collect();
        texts.sort_unstable();
        texts.dedup();
        let tokens: Vec<WatchedToken> = texts.into_iter().map(WatchedToken::of).collect();
        let mut counted: Vec<&'static str> = language_words().collect();
        counted.sort_unstable();
        counted.dedup();
        let own = tokens.iter().map(|token| &*token.text);
        let own = own.chain(tokens.iter().flat_map(|token| token.abbreviations.iter().copied()));
        let beginnings = tokens.iter().flat_map(|token| token.forms.beginnings());
        let filter = WordFilter::of(own.chain(counted.iter().copied()), beginnings);
        Self { tokens, counted, filter }
    }

    /// Returns the number of tokens.
    pub fn token_count(&self) -> usize {
        self.tokens.len()
    }

    /// Begins to watch a conversation.
    pub fn watch<'a>(&'a self, numbers: &'a mut WordNumbers) -> Watch<'a> {
        numbers.conversation += 1;
        let begin = |&word: &&'static str| CountedWord { word, slots: 0, last: (0, 0) };
        numbers.counted.extend(self.counted.iter().skip(numbers.counted.len()).map(begin));
        let (mut rare, mut near_lengths) = (0, 0_u128);
        for (number, token) in self.tokens.iter().enumerate().filter(|(_, token)| token.may_be_misspelt()) {
            rare |= 1 << number;
            for length in token.length - token.max_edits..=token.length + token.max_edits {
                near_lengths |= 1_u128.checked_shl(length as u32).unwrap_or_default();
            }
        }
        Watch { watched: self, numbers, rare, near_lengths, seen: 0, stood_for: 0 }
    }

    /// Returns the tokens of which something holds, as bits.
    fn tokens_that(&self, holds: impl Fn(&WatchedToken) -> bool) -> u64 {
        let tokens = self.tokens.iter().enumerate().filter(|(_, token)| holds(token));
        tokens.fold(0, |tokens, (number, _)| tokens | 1 << number)
    }

    /// Decides what a word is. `rare`: the tokens that may be misspelt. `None`: it is not watched.
    fn judge(&self, word: &str, rare: u64, number: u32) -> Option<WatchedWord> {
        let tokens = self.tokens_that(|token| token.stands_for(word));
        if tokens != 0 {
            let own = self.tokens_that(|token| token.text == word);
            return Some(WatchedWord::Noted { number, tokens, own });
        }
        let tokens = rare & self.tokens_that(|token| token.is_near(word));
        match self.counted.iter().position(|&counted| counted == word) {
            Some(place) => Some(WatchedWord::Counted { place, number, tokens }),
            None => (tokens != 0).then_some(WatchedWord::Near { number, tokens }),
        }
    }
}

impl WatchedToken {
    fn of(text: &str) -> Self {
        let length = text.chars().count();
        Self {
            text: text.to_owned(),
            abbreviations: abbreviations(text).collect(),
            forms: PossibleForms::of(text),
            length,
            letters: LetterSet::of(text),
            max_edits: max_edits(length),
            conversations: AtomicUsize::new(0),
        }
    }

    /// Returns whether it stands for a word, however often it occurs: it is that, or abbreviates it, or is a form of it.
    fn stands_for(&self, word: &str) -> bool {
        self.text == word || self.abbreviations.contains(&word) || self.forms.may_have(word)
    }

    fn may_be_misspelt(&self) -> bool {
        self.max_edits > 0 && self.conversations.load(Ordering::Relaxed) <= RARE
    }

    fn may_be_near(&self, length: usize, letters: LetterSet) -> bool {
        self.length.abs_diff(length) <= self.max_edits && letters.may_be_within(self.letters, self.max_edits)
    }

    fn is_near(&self, word: &str) -> bool {
        let may_be = self.may_be_near(word.chars().count(), LetterSet::of(word));
        may_be && (1..=self.max_edits).contains(&strsim::osa_distance(&self.text, word))
    }
}

impl WordNumbers {
    /// Returns a word by its number.
    pub fn word(&self, number: u32) -> &str {
        &self.words[number as usize].0
    }

    /// Returns the tokens that a word stands for, as bits.
    pub fn tokens(&self, number: u32) -> u64 {
        self.words[number as usize].1
    }

    /// Returns the words that were counted, each with the number of slots that have it.
    pub fn counted(&self) -> impl Iterator<Item = (&'static str, usize)> {
        // A word that is noted is not counted beside that.
        let counted = self.counted.iter().filter(|counted| counted.slots > 0);
        counted.map(|counted| (counted.word, counted.slots))
    }

    /// Counts a slot that has a word, once.
    fn count(&mut self, place: usize, slot: u32) {
        let here = (self.conversation, slot);
        let counted = &mut self.counted[place];
        counted.slots += usize::from(counted.last != here);
        counted.last = here;
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
        if let Some(judged) = judged {
            self.words.push((word.into(), judged.tokens()));
            self.known.insert(word.into(), judged);
        } else {
            if self.known_others.len() >= MAX_KNOWN_OTHERS {
                self.known_others.clear();
            }
            self.known_others.insert(word.into());
        }
        judged
    }
}

impl WatchedWord {
    fn tokens(self) -> u64 {
        let (Self::Noted { tokens, .. } | Self::Near { tokens, .. } | Self::Counted { tokens, .. }) = self;
        tokens
    }
}

impl Watch<'_> {
    /// Returns the number of a word of a slot if it is to be noted. It is of ASCII in any case, or folded.
    #[inline]
    pub fn number(&mut self, slot: u32, word: &str) -> Option<u32> {
        if !self.watched.filter.may_have(word) && !self.may_be_near(word) {
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
        let mut tokens = self.watched.tokens.iter().enumerate();
        tokens.any(|(number, token)| self.rare >> number & 1 == 1 && token.may_be_near(length, letters))
    }

    fn number_of_likely(&mut self, slot: u32, word: &str) -> Option<u32> {
        let mut folded = std::mem::take(&mut self.numbers.folded);
        folded.clear();
        folded.push_str(word);
        folded.make_ascii_lowercase();
        let known = self.numbers.look_up(self.watched, &folded, self.rare);
        self.numbers.folded = folded;
        match known? {
            WatchedWord::Noted { number, tokens, own } => {
                self.seen |= own;
                self.stood_for |= tokens;
                Some(number)
            }
            WatchedWord::Near { number, tokens } => self.near(number, tokens),
            WatchedWord::Counted { place, number, tokens } => {
                self.numbers.count(place, slot);
                self.near(number, tokens)
            }
        }
    }

    /// Returns the number of a word that is near to tokens, if any of these may be misspelt.
    fn near(&mut self, number: u32, tokens: u64) -> Option<u32> {
        self.stood_for |= tokens & self.rare;
        (tokens & self.rare != 0).then_some(number)
    }

    /// Counts the conversation for the tokens in it. Returns those for which anything stands in it, as bits.
    pub fn finish(self) -> u64 {
        for (number, token) in self.watched.tokens.iter().enumerate() {
            if self.seen >> number & 1 == 1 {
                token.conversations.fetch_add(1, Ordering::Relaxed);
            }
        }
        self.stood_for
    }
}

impl WordFilter {
    fn of<'a>(words: impl Iterator<Item = &'a str>, beginnings: impl Iterator<Item = &'a str>) -> Self {
        let empty = || Box::new([0; FILTER_BITS / 64]);
        let mut filter = Self { words: empty(), beginnings: empty() };
        let set = |bits: &mut [u64], bit: usize| bits[bit / 64] |= 1 << (bit % 64);
        words.for_each(|word| set(&mut *filter.words, Self::of_word(Self::of_beginning(word), word.len())));
        beginnings.for_each(|beginning| set(&mut *filter.beginnings, Self::of_beginning(beginning)));
        filter
    }

    /// Returns whether a word may be watched, in any case. No is certain.
    #[inline]
    fn may_have(&self, word: &str) -> bool {
        let has = |bits: &[u64], bit: usize| bits[bit / 64] >> (bit % 64) & 1 == 1;
        let beginning = Self::of_beginning(word);
        has(&*self.words, Self::of_word(beginning, word.len())) || has(&*self.beginnings, beginning)
    }

    /// Returns the bit of the first three bytes. Five bits of each do not tell upper from lower case.
    #[inline]
    fn of_beginning(word: &str) -> usize {
        let byte = |place: usize| usize::from(word.as_bytes().get(place).map_or(0, |byte| byte & 31));
        byte(0) << 10 | byte(1) << 5 | byte(2)
    }

    /// Returns the bit of a word that begins so and has that length.
    #[inline]
    fn of_word(beginning: usize, length: usize) -> usize {
        (beginning ^ length.wrapping_mul(0x9e5)) % FILTER_BITS
    }
}
