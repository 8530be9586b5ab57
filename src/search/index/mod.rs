//! The index: an inverted index in memory of every title and message, by word.
//!
//! | part | holds |
//! |---|---|
//! | [`tokenizer`] | what a word is |
//! | [`dictionary`] | every word once, numbered |
//! | [`postings`] | for each word the slots that have it, and how often |
//! | [`slots`] | what is known of a slot beside its words: a slot is a title or a message |
//! | [`message_traits`] | what filters ask of messages |
//! | [`draft`] | a run of conversations indexed on its own, on any thread |
//! | [`occurrences`] | where a word, a piece of one or a phrase stands |
//!
//! It is built in runs of consecutive handles, whenever there is time; a conversation that has no entry yet is simply
//! looked at. Nothing of it is ever written to a disk. What it lacks, a token of more than 64 bytes and the words of a
//! text with more different ones than are kept, it knows: there the text is looked at.

pub(in crate::search) mod bit_runs;
pub(in crate::search) mod dictionary;
pub(in crate::search) mod draft;
mod entry;
mod message_traits;
pub(in crate::search) mod occurrences;
pub(in crate::search) mod postings;
pub(in crate::search) mod scanned;
mod slots;
mod title_letters;
pub(in crate::search) mod tokenizer;

use std::ops::Range;

use fixedbitset::FixedBitSet;

use self::{
    bit_runs::next_one,
    dictionary::{Dictionary, WordId},
    draft::IndexDraft,
    message_traits::TraitSets,
    postings::PostingsSegment,
    slots::Slots,
};
pub(in crate::search) use self::{
    entry::IndexEntry, message_traits::is_kept, slots::length_doublings, title_letters::LetterSet,
};
use super::matching::FoldsToAscii;
use crate::library::{ConversationHandle, Library};

/// Segments of one size that are merged into a larger one.
const MERGED_SEGMENTS: usize = 16;
/// The bytes that words may take even of a small archive.
const MIN_DICTIONARY_BYTES: usize = 1 << 20;
/// The part of the text that the words may take: an eighth. Of real archives they take a sixtieth.
const TEXT_PER_DICTIONARY_BYTE: usize = 8;

/// What the index has of one conversation beside its words.
#[derive(Clone, Copy, Debug)]
struct IndexedConversation {
    title_letters: LetterSet,
    folds_to_ascii: FoldsToAscii,
    is_linear: bool,
    /// Some hits are in the index twice, as of a piece of a word and of the word: they are counted in the text.
    has_cut_words: bool,
    /// The number of words in its title and its shown messages.
    length: u32,
}

/// The index of a library, as far as it is built.
#[derive(Debug, Default)]
pub(in crate::search) struct Index {
    pub dictionary: Dictionary,
    /// For each word the number of slots that have it.
    frequencies: Vec<u32>,
    /// In the order of their slots; large ones first.
    segments: Vec<PostingsSegment>,
    slots: Slots,
    traits: TraitSets,
    conversations: Vec<IndexedConversation>,
    /// For each handle the slot of its title, and the end of all.
    first_slots: Vec<u32>,
    /// For each slot its handle.
    handles_by_slot: Vec<u32>,
    /// The words of all titles and shown messages together.
    total_length: u64,
    text_bytes: usize,
}

impl Index {
    /// Returns the number of handles that are indexed: all below it.
    pub fn handles(&self) -> u32 {
        self.conversations.len() as u32
    }

    /// Returns the number of slots.
    pub fn slot_count(&self) -> usize {
        self.slots.len()
    }

    /// Returns what is known of the slots.
    pub fn slots(&self) -> &Slots {
        &self.slots
    }

    /// Returns what filters ask of the messages.
    pub fn traits(&self) -> &TraitSets {
        &self.traits
    }

    /// Adds the conversations that follow.
    pub fn add(&mut self, draft: &IndexDraft) {
        self.text_bytes += draft.text_bytes;
        let max_bytes = MIN_DICTIONARY_BYTES.max(self.text_bytes / TEXT_PER_DICTIONARY_BYTE);
        self.add_within(draft, max_bytes);
    }

    /// Adds the conversations that follow, with words that are few.
    fn add_all_words_of(&mut self, draft: &IndexDraft) {
        self.add_within(draft, usize::MAX);
    }

    fn add_within(&mut self, draft: &IndexDraft, max_bytes: usize) {
        let first_slot = self.slots.len() as u32;
        let words = 0..draft.words.len() as WordId;
        let word_of: Vec<Option<WordId>> =
            words.map(|word| self.dictionary.intern(draft.words.word(word), max_bytes)).collect();
        self.frequencies.resize(self.dictionary.len(), 0);
        for (word, frequency) in word_of.iter().zip(&draft.frequencies) {
            if let Some(word) = *word {
                self.frequencies[word as usize] += frequency;
            }
        }
        self.slots.extend(&draft.slots);
        self.traits.extend(&draft.traits);
        let incomplete = &mut self.slots.incomplete;
        let segment =
            draft.postings.renumbered(first_slot, &word_of, |slot| incomplete.insert(slot as usize));
        self.segments.push(segment);
        if self.first_slots.is_empty() {
            self.first_slots.push(0);
        }
        let mut end = first_slot;
        for (handle, &slots) in (self.handles()..).zip(&draft.slot_counts) {
            end += slots;
            self.first_slots.push(end);
            self.handles_by_slot.resize(end as usize, handle);
        }
        self.total_length += draft.conversations.iter().map(|indexed| u64::from(indexed.length)).sum::<u64>();
        self.conversations.extend_from_slice(&draft.conversations);
    }

    /// Merges segments if there are many small ones, or with `all` if there are more than a few. Returns whether it
    /// did; not if `stop` ended it.
    pub fn merge_segments(&mut self, all: bool, stop: &dyn Fn() -> bool) -> bool {
        let Some(range) = self.mergeable(all) else { return false };
        let Some(merged) = PostingsSegment::merge(&self.segments[range.clone()], stop) else { return false };
        self.segments.splice(range, [merged]);
        true
    }

    /// Returns segments at the end that are better one: a run of small ones, none of which is much larger than the
    /// others.
    fn mergeable(&self, all: bool) -> Option<Range<usize>> {
        let least = if all { 3 } else { MERGED_SEGMENTS };
        let (mut start, mut sum) = (self.segments.len(), 0);
        while let Some(segment) = start.checked_sub(1).map(|before| &self.segments[before]) {
            let is_far_larger = self.segments.len() - start >= 2 && segment.bytes() > 2 * sum;
            if is_far_larger {
                break;
            }
            sum += segment.bytes();
            start -= 1;
        }
        (self.segments.len() - start >= least).then_some(start..self.segments.len())
    }

    /// Returns the letters of a conversation's title.
    pub fn title_letters(&self, handle: ConversationHandle) -> LetterSet {
        self.conversations[handle.0 as usize].title_letters
    }

    /// Returns the entry of a conversation; of one that is not indexed yet, what a look at it tells.
    pub fn entry(&self, library: &Library, handle: ConversationHandle) -> IndexEntry<'_> {
        let Some(indexed) = self.conversations.get(handle.0 as usize) else {
            return IndexEntry::unindexed(library.get(handle));
        };
        let slots = self.slots_of(handle);
        IndexEntry {
            folds_to_ascii: indexed.folds_to_ascii,
            message_folds: self.slots.folds_to_ascii.get(slots.start as usize + 1..slots.end as usize),
            is_linear: indexed.is_linear,
        }
    }

    /// Returns whether some hits of a conversation cannot be counted by its words.
    pub fn has_cut_words(&self, handle: ConversationHandle) -> bool {
        self.conversations[handle.0 as usize].has_cut_words
    }

    /// Returns the slots of a conversation: its title, then its messages.
    pub fn slots_of(&self, handle: ConversationHandle) -> Range<u32> {
        self.first_slots[handle.0 as usize]..self.first_slots[handle.0 as usize + 1]
    }

    /// Returns the conversation of a slot.
    pub fn handle_of(&self, slot: u32) -> ConversationHandle {
        ConversationHandle(self.handles_by_slot[slot as usize])
    }

    /// Returns the number of words in a conversation's title and shown messages.
    pub fn length_of(&self, handle: ConversationHandle) -> u32 {
        self.conversations[handle.0 as usize].length
    }

    /// Returns the number of a slot's conversation.
    #[inline]
    pub fn handle_number_of(&self, slot: u32) -> u32 {
        self.handles_by_slot[slot as usize]
    }

    /// Returns the number of words in a slot, up to 65 535.
    #[inline]
    pub fn slot_length(&self, slot: u32) -> f32 {
        f32::from(self.slots.tokens[slot as usize])
    }

    /// Returns the mean of [`Self::slot_length`] over all slots, at least 1.
    pub fn mean_slot_length(&self) -> f32 {
        (self.total_length as f32 / self.slots.len().max(1) as f32).max(1.0)
    }

    /// Returns the mean of [`Self::length_of`], at least 1.
    pub fn mean_length(&self) -> f32 {
        (self.total_length as f32 / self.conversations.len().max(1) as f32).max(1.0)
    }

    /// Returns the text of a slot.
    pub fn text_of<'a>(&self, library: &'a Library, slot: u32) -> &'a str {
        let handle = self.handle_of(slot);
        let conversation = library.get(handle);
        match slot.checked_sub(self.first_slots[handle.0 as usize] + 1) {
            None => &conversation.title,
            Some(message) => conversation.message_words(message as usize),
        }
    }

    /// Returns the conversations that have any of these slots.
    pub fn conversations_with(&self, slots: &FixedBitSet) -> FixedBitSet {
        let mut handles = FixedBitSet::with_capacity(self.conversations.len());
        let mut from = 0;
        while let Some(slot) = next_one(slots, from) {
            let handle = self.handles_by_slot[slot] as usize;
            handles.insert(handle);
            from = self.first_slots[handle + 1] as usize;
        }
        handles
    }

    /// Calls `visit` with the postings of some words, which are in order, segment by segment.
    pub fn each_posting_list<'a>(
        &'a self,
        words: &[WordId],
        mut visit: impl FnMut(WordId, postings::Postings<'a>),
    ) {
        for segment in &self.segments {
            segment.each_of(words, &mut visit);
        }
    }

    /// Returns how many slots have a word.
    pub fn frequency(&self, word: WordId) -> usize {
        self.frequencies[word as usize] as usize
    }
}
