//! What the lists of one value may take of memory, while it is read.

use std::cell::Cell;

use super::LenientSeed;
use crate::import::LeftOutReason;

/// A bound on memory: the bytes that the lists of a value may still take: `[{},{},…]` is three bytes an element in the file and
/// hundreds in memory. Elements beyond are skipped. It counts what is left out on purpose meanwhile.
pub(crate) struct MemoryBudget {
    left: Cell<usize>,
    /// The number of values with a string that were left out, by the reason.
    left_out: [Cell<u32>; LeftOutReason::ALL.len()],
}

/// The bytes that an element costs besides its own size, as a string it owns.
pub(super) const OVERHEAD_PER_ELEMENT: usize = 32;

impl MemoryBudget {
    /// Allows this many bytes.
    pub(crate) fn new(bytes: usize) -> Self {
        Self { left: Cell::new(bytes), left_out: Default::default() }
    }

    /// Allows nothing, for values that hold no list.
    pub(crate) fn none() -> Self {
        Self::new(0)
    }

    /// Reads one value within it.
    pub(crate) fn seed<T>(&self) -> LenientSeed<'_, T> {
        LenientSeed::within(self)
    }

    /// Counts a value that is left out, and in which a string stands.
    pub(crate) fn leave_out(&self, reason: LeftOutReason) {
        let count = &self.left_out[reason as usize];
        count.set(count.get().saturating_add(1));
    }

    /// Returns the number of values that were left out so far, by the reason.
    pub(crate) fn left_out(&self) -> impl Iterator<Item = (LeftOutReason, u64)> {
        LeftOutReason::ALL.into_iter().zip(self.left_out.iter().map(|count| u64::from(count.get())))
    }

    /// Returns how many bytes of it remain.
    pub(super) fn left(&self) -> usize {
        self.left.get()
    }

    /// Gives back what was taken since so many bytes remained.
    pub(super) fn set_left(&self, bytes: usize) {
        self.left.set(bytes);
    }

    /// Takes this many bytes of it, if that many remain.
    pub(super) fn spend(&self, bytes: usize) -> bool {
        let left = self.left.get().checked_sub(bytes);
        if let Some(left) = left {
            self.left.set(left);
        }
        left.is_some()
    }
}
