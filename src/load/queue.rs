//! The queue of pieces between readers and parsers: a short queue that refuses rather than waits.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

/// A bounded queue for several threads on both sides. A full queue gives the item back, so that the reader can
/// parse it itself instead of waiting.
pub(super) struct BoundedQueue<T> {
    state: Mutex<QueueState<T>>,
    waiting: Condvar,
    capacity: usize,
}

struct QueueState<T> {
    items: VecDeque<T>,
    /// The readers that may still put something in.
    writers: usize,
}

impl<T> BoundedQueue<T> {
    /// Makes a queue for at most `capacity` items, with `writers` threads that have not called [`BoundedQueue::done`].
    pub(super) fn new(capacity: usize, writers: usize) -> Self {
        Self {
            state: Mutex::new(QueueState { items: VecDeque::with_capacity(capacity), writers }),
            waiting: Condvar::new(),
            capacity,
        }
    }

    fn lock(&self) -> MutexGuard<'_, QueueState<T>> {
        // No code that may panic runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an item in, or gives it back if the queue is full.
    pub(super) fn try_push(&self, item: T) -> Result<(), T> {
        let mut state = self.lock();
        if state.items.len() >= self.capacity {
            return Err(item);
        }
        state.items.push_back(item);
        drop(state);
        self.waiting.notify_one();
        Ok(())
    }

    /// Waits for an item; `None` once all writers are done and nothing is left.
    pub(super) fn pop(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some(item) = state.items.pop_front() {
                return Some(item);
            }
            if state.writers == 0 {
                return None;
            }
            state = self.waiting.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Counts off a writer that puts nothing in any more.
    pub(super) fn done(&self) {
        let mut state = self.lock();
        state.writers -= 1;
        let last = state.writers == 0;
        drop(state);
        if last {
            self.waiting.notify_all();
        }
    }
}
