//! The index of conversations that are let go: it knows every slot, and of the words only those that are watched.
//!
//! A [`ScannedConversation`] is what is kept of one, a few bytes for each slot and each watched word in it;
//! [`Index::of_scanned`] makes an index of all of them. What that index answers of a watched word is what an index of all
//! words answers, but for the pieces of words and letters of titles, which the text was asked for before it went.

use hashbrown::HashMap;

use super::{
    Index, IndexedConversation, LetterSet,
    draft::{IndexDraft, WordCounter},
    postings::{push_number, take_number},
    slots::{SlotFacts, length_doublings},
    tokenizer::scan_words,
};
use crate::{
    conversation::{Conversation, Visibility},
    search::matching::FoldsToAscii,
};

/// Postings of one run of conversations, which lie in memory twice while it is indexed, and its slots.
const MAX_RUN_POSTINGS: usize = 1 << 19;
const MAX_RUN_SLOTS: usize = 1 << 16;

/// What is kept of a conversation.
#[derive(Clone, Debug, Default)]
pub(in crate::search) struct ScannedConversation {
    slots: Box<[ScannedSlot]>,
    /// The number of words in its title and its shown messages.
    length: u32,
    is_linear: bool,
    /// Numbers of words, slots and times, as bytes of seven bits: by slot, and in it by where they first stand.
    postings: Box<[u8]>,
}

/// What is kept of a title or a message.
#[derive(Clone, Copy, Debug)]
struct ScannedSlot {
    tokens: u16,
    length_doublings: u8,
    is_shown: bool,
}

/// The watched words of one slot so far, each with how often it stands there, in the order in which they first come.
#[derive(Debug, Default)]
struct SlotWords {
    words: Vec<(u32, u32)>,
    places: HashMap<u32, usize>,
}

impl ScannedConversation {
    /// Scans a conversation. `watch` is given the number of each slot and each word in it as [`scan_words`] visits it, and
    /// returns the word's number if it is watched.
    pub fn of(conversation: &Conversation, watch: &mut impl FnMut(u32, &str) -> Option<u32>) -> Self {
        let mut scanned = Scan::default();
        scanned.slot(&conversation.title, true, false, watch);
        for (number, message) in conversation.messages().iter().enumerate() {
            let text = match message.visibility {
                Visibility::Hidden => "",
                Visibility::Shown | Visibility::Folded => conversation.message_words(number),
            };
            let is_shown = message.visibility == Visibility::Shown;
            scanned.slot(text, is_shown, is_shown, watch);
        }
        Self {
            slots: scanned.slots.into(),
            length: scanned.length,
            is_linear: super::draft::is_linear(conversation),
            postings: scanned.postings.into(),
        }
    }

    /// Returns whether any watched word is in it.
    pub fn has_watched_words(&self) -> bool {
        !self.postings.is_empty()
    }

    /// Returns the number of its slots: its title and its messages.
    pub fn slot_count(&self) -> usize {
        self.slots.len()
    }

    /// Returns the number of words in its title and its shown messages.
    pub fn length(&self) -> u32 {
        self.length
    }

    /// Returns the number of words in a slot, up to 65 535.
    pub fn slot_length(&self, slot: u32) -> f32 {
        self.slots.get(slot as usize).map_or(0.0, |slot| f32::from(slot.tokens))
    }

    /// Returns each word, slot and how often it stands there.
    pub fn postings(&self) -> impl Iterator<Item = (u32, u32, u32)> {
        let mut bytes = &*self.postings;
        let mut slot = 0;
        std::iter::from_fn(move || {
            let word = take_number(&mut bytes)? as u32;
            slot += take_number(&mut bytes)? as u32;
            Some((word, slot, take_number(&mut bytes)? as u32))
        })
    }
}

/// A conversation while it is scanned.
#[derive(Default)]
struct Scan {
    slots: Vec<ScannedSlot>,
    length: u32,
    postings: Vec<u8>,
    /// The slot of the last posting.
    last_slot: u32,
    words: SlotWords,
}

impl Scan {
    fn slot(
        &mut self,
        text: &str,
        is_counted: bool,
        is_shown: bool,
        watch: &mut impl FnMut(u32, &str) -> Option<u32>,
    ) {
        let (words, slot) = (&mut self.words, self.slots.len() as u32);
        let tokens = scan_words(text, |word| {
            if let Some(word) = watch(slot, word) {
                words.count(word);
            }
        });
        self.length += if is_counted { tokens } else { 0 };
        self.words.places.clear();
        for (word, count) in self.words.words.drain(..) {
            push_number(&mut self.postings, u64::from(word));
            push_number(&mut self.postings, u64::from(slot - self.last_slot));
            push_number(&mut self.postings, u64::from(count));
            self.last_slot = slot;
        }
        self.slots.push(ScannedSlot {
            tokens: u16::try_from(tokens).unwrap_or(u16::MAX),
            length_doublings: length_doublings(text.len()),
            is_shown,
        });
    }
}

impl SlotWords {
    fn count(&mut self, word: u32) {
        let place = *self.places.entry(word).or_insert(self.words.len());
        match self.words.get_mut(place) {
            Some((_, count)) => *count += 1,
            None => self.words.push((word, 1)),
        }
    }
}

/// A conversation to index: what was kept of it, its title, and the number of those who gave its words their numbers.
#[derive(Clone, Copy, Debug)]
pub(in crate::search) struct ScannedEntry<'a> {
    pub scanned: &'a ScannedConversation,
    pub title: &'a str,
    pub numbering: usize,
}

impl Index {
    /// Says how many slots have a word, of which it need not be known which they are.
    pub fn set_frequency(&mut self, word: &str, slots: usize) {
        if let Some(id) = self.dictionary.intern(word, usize::MAX) {
            self.frequencies.resize(self.dictionary.len(), 0);
            self.frequencies[id as usize] = slots as u32;
        }
    }

    /// Makes an index of conversations, by their handles; `word` returns the word of a numbering's number.
    pub fn of_scanned<'a>(
        entries: impl Iterator<Item = ScannedEntry<'a>>,
        word: &dyn Fn(usize, u32) -> &'a str,
    ) -> Self {
        let mut index = Self::default();
        let mut run = Run::default();
        for entry in entries {
            run.push(entry, word);
            if run.counter.len() >= MAX_RUN_POSTINGS || run.draft.slots.len() >= MAX_RUN_SLOTS {
                index.add_all_words_of(&std::mem::take(&mut run).into_draft());
            }
        }
        index.add_all_words_of(&run.into_draft());
        index
    }
}

/// A run of conversations that is being indexed.
#[derive(Default)]
struct Run {
    draft: IndexDraft,
    counter: WordCounter,
    /// The words of the draft, by numbering and number.
    words: HashMap<(usize, u32), u32>,
}

impl Run {
    fn push<'a>(&mut self, entry: ScannedEntry<'a>, word: &dyn Fn(usize, u32) -> &'a str) {
        let ScannedEntry { scanned, title, numbering } = entry;
        let first = self.draft.slots.len() as u32;
        self.draft.slots.extend(scanned.slots.iter().enumerate().map(|(place, slot)| SlotFacts {
            length_doublings: slot.length_doublings,
            tokens: u32::from(slot.tokens),
            is_shown: slot.is_shown,
            is_title: place == 0,
            is_incomplete: false,
            has_cut_words: false,
            folds_to_ascii: FoldsToAscii::default(),
            letters: LetterSet::default(),
            initials: LetterSet::default(),
        }));
        self.draft.slot_counts.push(scanned.slots.len() as u32);
        self.draft.conversations.push(IndexedConversation {
            title_letters: LetterSet::of(title),
            folds_to_ascii: FoldsToAscii::default(),
            is_linear: scanned.is_linear,
            has_cut_words: false,
            length: scanned.length,
        });
        for (number, slot, count) in scanned.postings() {
            let dictionary = &mut self.draft.words;
            let id = self.words.entry((numbering, number)).or_insert_with(|| {
                // A word has at most as many bytes as are kept of a token, and the watched ones are few.
                dictionary.intern(word(numbering, number), usize::MAX).unwrap_or_default()
            });
            self.counter.add(*id, first + slot, count);
        }
    }

    fn into_draft(self) -> IndexDraft {
        let Self { mut draft, counter, .. } = self;
        draft.finish(counter);
        draft
    }
}
