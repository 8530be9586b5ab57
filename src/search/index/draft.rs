//! Indexes a run of conversations on their own, on any thread: words are numbered for this run alone, and the
//! [index](super::Index) numbers them anew when it takes the run in.

use super::{
    IndexedConversation, LetterSet,
    dictionary::Dictionary,
    message_traits::SlotTraits,
    postings::{Posting, PostingsSegment},
    slots::SlotFacts,
    tokenizer::{TokenKind, tokenize},
};
use crate::{
    conversation::{Conversation, Visibility},
    library::{ConversationHandle, Library},
    search::matching::FoldsToAscii,
};

/// The bytes of different words in one run; in slots with more of them words are looked for in the text.
const MAX_DRAFT_WORD_BYTES: usize = 16 << 20;

/// The index of a run of consecutive handles.
#[derive(Debug, Default)]
pub(in crate::search) struct IndexDraft {
    pub(super) conversations: Vec<IndexedConversation>,
    /// For each conversation the number of its slots: one for the title, then one for each message.
    pub(super) slot_counts: Vec<u32>,
    pub(super) slots: Vec<SlotFacts>,
    pub(super) traits: SlotTraits,
    pub(super) words: Dictionary,
    /// For each word the number of slots that have it.
    pub(super) frequencies: Vec<u32>,
    pub(super) postings: PostingsSegment,
    /// The bytes of text that were read.
    pub(super) text_bytes: usize,
}

/// The words of the slots so far, while a run is indexed.
#[derive(Default)]
pub(super) struct WordCounter {
    /// For each word, slot by slot as they come.
    postings: Vec<(u32, Posting)>,
    /// By word, the place of its last posting in `postings`, plus one.
    last: Vec<u32>,
}

impl IndexDraft {
    /// Indexes the conversations of `handles`; ends between two of them when `stop` says so.
    pub fn of(library: &Library, handles: std::ops::Range<u32>, stop: &dyn Fn() -> bool) -> Self {
        let mut draft = Self::default();
        let mut counter = WordCounter::default();
        for handle in handles {
            if stop() || !draft.push(library.get(ConversationHandle(handle)), &mut counter, stop) {
                break;
            }
        }
        draft.finish(counter);
        draft
    }

    /// Takes in the words that were counted.
    pub(super) fn finish(&mut self, counter: WordCounter) {
        (self.frequencies, self.postings) = counter.into_segment(self.words.len());
    }

    /// Returns the number of conversations in it.
    pub fn len(&self) -> usize {
        self.conversations.len()
    }

    /// Adds a conversation. Returns false, with nothing added, if `stop` ended it.
    fn push(
        &mut self,
        conversation: &Conversation,
        counter: &mut WordCounter,
        stop: &dyn Fn() -> bool,
    ) -> bool {
        let (slots_before, postings_before) = (self.slots.len(), counter.postings.len());
        let mut length = 0;
        let mut add = |draft: &mut Self, text: &str, is_shown: bool, is_title: bool| {
            let added = draft.push_slot(text, is_shown, is_title, counter, stop);
            if is_shown || is_title {
                length += added.unwrap_or(0);
            }
            added.is_some()
        };
        let mut is_done = add(self, &conversation.title, false, true);
        for (number, message) in conversation.messages().iter().enumerate() {
            let text = match message.visibility {
                Visibility::Hidden => "",
                Visibility::Shown | Visibility::Folded => conversation.message_words(number),
            };
            is_done = is_done && add(self, text, message.visibility == Visibility::Shown, false);
        }
        if !is_done {
            self.slots.truncate(slots_before);
            counter.postings.truncate(postings_before);
            return false;
        }
        self.traits.push_conversation(conversation);
        self.slot_counts.push((self.slots.len() - slots_before) as u32);
        self.text_bytes += conversation.readable_text().len() + conversation.title.len();
        let indexed = IndexedConversation::of(conversation, length, &self.slots[slots_before..]);
        self.conversations.push(indexed);
        true
    }

    /// Adds the words of a title or message. Returns how many there are; `None`: `stop` ended it.
    fn push_slot(
        &mut self,
        text: &str,
        is_shown: bool,
        is_title: bool,
        counter: &mut WordCounter,
        stop: &dyn Fn() -> bool,
    ) -> Option<u32> {
        let slot = self.slots.len() as u32;
        let mut facts = SlotFacts::new(text, is_shown, is_title);
        let mut tokens = 0;
        let words = &mut self.words;
        let is_done = tokenize(text, stop, |token| {
            let is_cut_word = token.kind == TokenKind::CutWord;
            tokens += u32::from(!is_cut_word);
            facts.has_cut_words |= is_cut_word;
            let is_kept = !token.is_cut;
            match is_kept.then(|| words.intern(token.word, MAX_DRAFT_WORD_BYTES)).flatten() {
                Some(word) => {
                    if counter.count(word, slot) {
                        facts.letters.add_all(words.letters(word));
                        token.word.chars().next().into_iter().for_each(|initial| facts.initials.add(initial));
                    }
                }
                // Part of it is not in the index: whoever looks for a piece of it has to look at the text.
                None => facts.is_incomplete = true,
            }
        });
        facts.tokens = tokens;
        self.slots.push(facts);
        is_done.then_some(tokens)
    }
}

impl WordCounter {
    /// Counts a word of a slot. Returns whether it is the first there.
    fn count(&mut self, word: u32, slot: u32) -> bool {
        let word_index = word as usize;
        if word_index >= self.last.len() {
            self.last.resize(word_index + 1, 0);
        }
        let last =
            self.last[word_index].checked_sub(1).and_then(|place| self.postings.get_mut(place as usize));
        if let Some((_, posting)) =
            last.filter(|(last_word, posting)| *last_word == word && posting.slot == slot)
        {
            posting.count += 1;
            return false;
        }
        self.postings.push((word, Posting { slot, count: 1 }));
        self.last[word_index] = self.postings.len() as u32;
        true
    }

    /// Adds a word that a slot has so often; slots come in order, and no word of one comes twice.
    pub fn add(&mut self, word: u32, slot: u32, count: u32) {
        self.postings.push((word, Posting { slot, count }));
    }

    /// Returns how many words of slots were counted.
    pub fn len(&self) -> usize {
        self.postings.len()
    }

    /// Sorts by word, which keeps the order of the slots. Returns for each word how many slots have it, too.
    fn into_segment(self, words: usize) -> (Vec<u32>, PostingsSegment) {
        let mut ends = vec![0_u32; words + 1];
        for &(word, _) in &self.postings {
            ends[word as usize + 1] += 1;
        }
        let frequencies = ends[1..].to_vec();
        for word in 0..words {
            ends[word + 1] += ends[word];
        }
        let mut order = vec![0_u32; self.postings.len()];
        for (place, &(word, _)) in (0..).zip(&self.postings) {
            let next = &mut ends[word as usize];
            order[*next as usize] = place;
            *next += 1;
        }
        let sorted = order.into_iter().map(|place| self.postings[place as usize]);
        (frequencies, PostingsSegment::new(0, sorted))
    }
}

impl IndexedConversation {
    /// Describes a conversation by its slots: its title, then its messages.
    fn of(conversation: &Conversation, length: u32, slots: &[SlotFacts]) -> Self {
        let messages = slots.iter().filter(|slot| !slot.is_title);
        Self {
            title_letters: LetterSet::of(&conversation.title),
            folds_to_ascii: messages.fold(FoldsToAscii::default(), |all, slot| all | slot.folds_to_ascii),
            is_linear: is_linear(conversation),
            has_cut_words: slots.iter().any(|slot| slot.has_cut_words),
            length,
        }
    }
}

/// Returns whether every message lies on the visible branch.
pub(super) fn is_linear(conversation: &Conversation) -> bool {
    let last = conversation.messages().len().checked_sub(1);
    last.is_some() && conversation.is_chain() && conversation.current_leaf() == last
}
