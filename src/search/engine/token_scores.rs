//! BM25: what one token of a query adds to the scores of the conversations and messages that have it.

use super::word_variants::WordVariants;
use crate::{library::ConversationHandle, search::index::Index};

/// How soon more of one word says no more, and how much a long conversation must have more of it: the usual constants
/// of BM25, tried on 364 queries.
const SATURATION: f32 = 1.2;
const LENGTH_NORM: f32 = 0.5;

/// What one token adds to the scores of all that have it, or what it stands for.
#[derive(Debug)]
pub(in crate::search) struct TokenScores {
    pub variants: WordVariants,
    /// How much it weighs: the rarer, the more.
    pub weight: f32,
    /// By conversation, in the order of their slots.
    pub by_conversation: Vec<(u32, f32)>,
    /// By slot, in order; folded messages too.
    pub by_slot: Vec<(u32, f32)>,
}

impl TokenScores {
    /// Looks a token up; `is_open`: it may be the beginning of a word.
    pub fn of(index: &Index, token: &str, is_open: bool) -> Self {
        let variants = WordVariants::of(index, token, is_open);
        let slots = variants.slots(index);
        let searched = index.slots().searched();
        let mut frequency = vec![0.0_f32; index.handles() as usize];
        let mut handles: Vec<u32> = Vec::new();
        for &(slot, count) in slots.iter().filter(|(slot, _)| searched.contains(*slot as usize)) {
            let handle = index.handle_number_of(slot);
            if frequency[handle as usize] == 0.0 {
                handles.push(handle);
            }
            frequency[handle as usize] += count;
        }
        let weight = inverse_frequency(index.handles() as usize, handles.len());
        let of_conversation = |handle: u32| {
            let length = index.length_of(ConversationHandle(handle)) as f32 / index.mean_length();
            (handle, weight * saturated(frequency[handle as usize], length))
        };
        let of_slot = |(slot, count)| {
            let length = index.slot_length(slot) / index.mean_slot_length();
            (slot, weight * saturated(count, length))
        };
        Self {
            weight,
            by_conversation: handles.into_iter().map(of_conversation).collect(),
            by_slot: slots.into_iter().map(of_slot).collect(),
            variants,
        }
    }

    /// Returns whether a slot has the token, or what it stands for.
    pub fn has_slot(&self, slot: u32) -> bool {
        self.by_slot.binary_search_by_key(&slot, |&(other, _)| other).is_ok()
    }
}

/// Weighs a token that so many of all conversations have: the rarer, the more.
pub(in crate::search) fn inverse_frequency(all: usize, having: usize) -> f32 {
    let (all, having) = (all as f32, having as f32);
    (1.0 + (all - having + 0.5) / (having + 0.5)).ln()
}

/// Returns what a token that occurs so often adds, where the text is so many times as long as the mean.
pub(in crate::search) fn saturated(frequency: f32, length: f32) -> f32 {
    frequency * (SATURATION + 1.0) / (frequency + SATURATION * (1.0 - LENGTH_NORM + LENGTH_NORM * length))
}
