//! Bounds the memory of one conversation: the bytes that it may be told with beyond those of its JSON.
//!
//! What stands in an object once can be written many times: a source that many markers name, a file that many tokens
//! stand for. One conversation has one budget for all of that, in proportion to its JSON; behind it things are told
//! short, and what somebody wrote stays.

use std::cell::Cell;

/// The bytes that may be added to any conversation, besides once as many as its JSON has.
const MAX_EXPANSION: usize = 8 << 20;

/// The bytes that may still be added to a conversation.
pub(super) struct ExpansionBudget {
    json_length: usize,
    left: Cell<usize>,
}

impl ExpansionBudget {
    /// Allows what may be added to a conversation whose JSON has this many bytes.
    pub(super) fn of(json_length: usize) -> Self {
        Self { json_length, left: Cell::new(json_length.saturating_add(MAX_EXPANSION)) }
    }

    /// Returns the bytes of the conversation's JSON.
    pub(super) fn json_length(&self) -> usize {
        self.json_length
    }

    /// Takes this many bytes; `false`: fewer are left, and so none for anything else. Else whatever is made before it
    /// turns out too large could be made again and again.
    pub(super) fn spend(&self, bytes: usize) -> bool {
        let left = self.left.get().checked_sub(bytes);
        self.left.set(left.unwrap_or(0));
        left.is_some()
    }

    /// Returns the bytes that are left.
    pub(super) fn left(&self) -> usize {
        self.left.get()
    }

    /// Returns whether nothing is left.
    pub(super) fn is_spent(&self) -> bool {
        self.left() == 0
    }
}

impl Default for ExpansionBudget {
    fn default() -> Self {
        Self::of(0)
    }
}
