//! The messages that are likely shown of conversations with some of the words: kept, so that hardly any conversation has
//! to be read again for its passage.
//!
//! Which message of a conversation answers best is decided when the rareness of every word is known. It is guessed here
//! by what has passed so far; a wrong guess costs time and changes nothing that is shown.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::{
    conversation::{Conversation, Role, Visibility},
    search::{
        engine::{inverse_frequency, saturated},
        index::scanned::ScannedConversation,
    },
};

/// The bytes of messages that are kept; the conversations of others are read again.
const MAX_KEPT_TEXT: usize = 16 << 20;
/// The part of the best guess from which a message may be the best.
const LIKELY_SCORE: f32 = 0.6;
/// The part of a query's weight from which a conversation may be shown; what weighs less than two fifths is not.
const LIKELY_WEIGHT: f32 = 0.3;

/// A message that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptMessage {
    /// Its index in its conversation.
    pub message: u32,
    /// Whose it is.
    pub role: Role,
    /// Its number in the thread, from 1: see [`numbers_in_thread`].
    pub number: usize,
    /// Its text.
    pub text: Box<str>,
}

/// What has passed so far.
#[derive(Debug, Default)]
pub(super) struct PassedSoFar {
    conversations: AtomicUsize,
    slots: AtomicU64,
    words: AtomicU64,
    /// For each token the conversations that have it, or what it stands for.
    having: Vec<AtomicUsize>,
    kept: AtomicUsize,
}

impl PassedSoFar {
    /// Begins with nothing, for so many tokens.
    pub fn new(tokens: usize) -> Self {
        Self { having: (0..tokens).map(|_| AtomicUsize::new(0)).collect(), ..Self::default() }
    }

    /// Counts a conversation that has some of the tokens, as bits.
    pub fn count(&self, scanned: &ScannedConversation, tokens: u64) {
        self.conversations.fetch_add(1, Ordering::Relaxed);
        self.slots.fetch_add(scanned.slot_count() as u64, Ordering::Relaxed);
        self.words.fetch_add(u64::from(scanned.length()), Ordering::Relaxed);
        for number in bits(tokens) {
            if let Some(having) = self.having.get(number) {
                having.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Keeps the likely messages of a conversation that has these tokens, of those that may count; `tokens_of` tells the
    /// tokens that a word stands for.
    pub fn keep(
        &self,
        conversation: &Conversation,
        scanned: &ScannedConversation,
        tokens: u64,
        may_count: &dyn Fn(u32) -> bool,
        tokens_of: &dyn Fn(u32) -> u64,
    ) -> Box<[KeptMessage]> {
        let weights = self.weights();
        let sum = |tokens: u64| -> f32 { bits(tokens).filter_map(|token| weights.get(token)).sum() };
        let is_likely = sum(tokens) >= LIKELY_WEIGHT * sum(u64::MAX);
        if !is_likely || self.kept.load(Ordering::Relaxed) >= MAX_KEPT_TEXT {
            return Box::default();
        }
        let mut scores = vec![0.0; conversation.messages().len()];
        let mean = self.mean_slot_length();
        for (word, slot, count) in scanned.postings() {
            let Some(score) = slot.checked_sub(1).and_then(|message| scores.get_mut(message as usize)) else {
                continue;
            };
            let saturated = saturated(count as f32, scanned.slot_length(slot) / mean);
            *score += sum(tokens_of(word)) * saturated;
        }
        let shown = |message: &usize| {
            conversation.messages()[*message].visibility == Visibility::Shown && may_count(*message as u32)
        };
        let best = (0..scores.len()).filter(shown).map(|message| scores[message]).fold(0.0, f32::max);
        let likely = |message: &usize| scores[*message] > 0.0 && scores[*message] >= LIKELY_SCORE * best;
        let numbers = numbers_in_thread(conversation);
        let keep = |message: usize| {
            let text: Box<str> = conversation.message_words(message).into();
            self.kept.fetch_add(text.len() + size_of::<KeptMessage>(), Ordering::Relaxed);
            let role = conversation.messages()[message].role;
            KeptMessage { message: message as u32, role, number: numbers[message], text }
        };
        (0..scores.len()).filter(shown).filter(likely).map(keep).collect()
    }

    fn weights(&self) -> Vec<f32> {
        let conversations = self.conversations.load(Ordering::Relaxed);
        let having = self.having.iter().map(|having| having.load(Ordering::Relaxed).min(conversations));
        having.map(|having| inverse_frequency(conversations, having)).collect()
    }

    fn mean_slot_length(&self) -> f32 {
        let slots = self.slots.load(Ordering::Relaxed).max(1);
        (self.words.load(Ordering::Relaxed) as f32 / slots as f32).max(1.0)
    }
}

/// Returns the numbers of the bits that are set.
fn bits(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (bits != 0).then(|| bits.trailing_zeros() as usize)?;
        bits &= bits - 1;
        Some(bit)
    })
}

/// Returns each message's number in the thread, from 1: its place among the shown messages of its branch. A folded one has
/// the number of the shown one it follows.
pub fn numbers_in_thread(conversation: &Conversation) -> Vec<usize> {
    let mut shown_before: Vec<usize> = Vec::with_capacity(conversation.messages().len());
    for message in conversation.messages() {
        let before = message.parent().map_or(0, |parent| shown_before[parent]);
        shown_before.push(before + usize::from(message.visibility == Visibility::Shown));
    }
    shown_before.into_iter().map(|number| number.max(1)).collect()
}
