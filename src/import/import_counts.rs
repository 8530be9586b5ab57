//! What an import counts: content types, keys that nobody knows, and what was left out on purpose.

use hashbrown::HashMap;

use super::{LeftOutReason, json::MemoryBudget};

/// The content types of messages and the keys that were not understood, with the number of each.
#[derive(Clone, Debug, Default)]
pub struct ImportCounts {
    types: HashMap<Box<str>, (u64, bool)>,
    /// The keys that nobody knows what they mean, each with the message that has it, of several the one with the lowest id.
    keys: HashMap<Box<str>, (u64, Box<str>)>,
    /// The number of values with a string that were left out on purpose, by the reason.
    left_out: [u64; LeftOutReason::ALL.len()],
}

/// The number of content types that are told apart; real exports have under thirty.
const MAX_TYPES: usize = 1_000;
/// The bytes of a type's name that are kept.
const MAX_TYPE_LENGTH: usize = 64;

impl ImportCounts {
    /// Counts a content type; `known`: this version knows it.
    pub(super) fn count(&mut self, name: &str, known: bool) {
        self.add(name, 1, known);
    }

    fn add(&mut self, name: &str, times: u64, known: bool) {
        let name = &name[..name.floor_char_boundary(MAX_TYPE_LENGTH)];
        if let Some((count, _)) = self.types.get_mut(name) {
            *count += times;
        } else if self.types.len() < MAX_TYPES {
            self.types.insert(name.into(), (times, known));
        }
    }

    /// Counts what was left out of a message while it was read within this budget.
    pub(super) fn count_left_out(&mut self, budget: &MemoryBudget) {
        for (count, (_, more)) in self.left_out.iter_mut().zip(budget.left_out()) {
            *count += more;
        }
    }

    /// Lists the reasons for which values with a string were left out on purpose, each with their number. What is folded
    /// as it is leaves some out too, which are not counted.
    pub fn left_out(&self) -> Vec<(LeftOutReason, u64)> {
        let all = LeftOutReason::ALL.into_iter().zip(self.left_out);
        all.filter(|(_, count)| *count > 0).collect()
    }

    /// Counts a key whose strings were folded, since nobody knows what they mean, so many times in the message of this id.
    pub(super) fn count_key(&mut self, key: &str, times: u64, message: &str) {
        let key = &key[..key.floor_char_boundary(MAX_TYPE_LENGTH)];
        if let Some((count, place)) = self.keys.get_mut(key) {
            *count += times;
            // Of all threads the same one.
            if message < &**place {
                *place = message[..message.floor_char_boundary(MAX_TYPE_LENGTH)].into();
            }
        } else if self.keys.len() < MAX_TYPES {
            let message = &message[..message.floor_char_boundary(MAX_TYPE_LENGTH)];
            self.keys.insert(key.into(), (times, message.into()));
        }
    }

    /// Lists the keys that were not understood, the types of parts and the kinds of markers, each with its count and the id
    /// of a message that has it; most frequent first. Their strings are folded with the message.
    pub fn unknown_keys(&self) -> Vec<(String, u64, String)> {
        let mut keys: Vec<_> = self
            .keys
            .iter()
            .map(|(key, (count, place))| (key.to_string(), *count, place.to_string()))
            .collect();
        keys.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        keys
    }

    /// Adds another thread's counts.
    pub fn merge(&mut self, other: &Self) {
        for (key, (count, message)) in &other.keys {
            self.count_key(key, *count, message);
        }
        for (count, more) in self.left_out.iter_mut().zip(other.left_out) {
            *count += more;
        }
        for (name, &(count, known)) in &other.types {
            self.add(name, count, known);
        }
    }

    /// Lists the content types, each with its count and whether this version knows it; most frequent first.
    pub fn types(&self) -> Vec<(String, u64, bool)> {
        let mut types: Vec<_> =
            self.types.iter().map(|(name, &(count, known))| (name.to_string(), count, known)).collect();
        types.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        types
    }
}
