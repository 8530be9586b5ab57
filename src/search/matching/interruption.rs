//! A search that goes through one long text can be given up in the middle of it: whoever asks on a thread says once what
//! makes the work there stale, and the loops that may take long look at that from time to time.

use std::{
    cell::RefCell,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

thread_local! {
    static WATCHED: RefCell<Option<Interruption>> = const { RefCell::new(None) };
}

/// A counter of requests, and the number of the one that is worked on: a greater count makes it stale.
#[derive(Clone, Debug)]
pub struct Interruption {
    newest: Arc<AtomicU64>,
    served: u64,
}

impl Interruption {
    /// Watches a counter.
    pub fn new(newest: Arc<AtomicU64>, served: u64) -> Self {
        Self { newest, served }
    }

    /// Returns what is watched on this thread, to watch it on another.
    pub fn current() -> Option<Self> {
        WATCHED.with_borrow(Clone::clone)
    }

    /// Works on this thread, to be given up by this; what comes of it is worth nothing then.
    pub fn during<T>(interruption: Option<Self>, work: impl FnOnce() -> T) -> T {
        let before = WATCHED.replace(interruption);
        let done = work();
        WATCHED.set(before);
        done
    }
}

/// Returns whether nobody waits any more for what is done on this thread.
pub(super) fn is_stale() -> bool {
    WATCHED.with_borrow(|watched| {
        watched.as_ref().is_some_and(|watched| watched.newest.load(Ordering::Relaxed) > watched.served)
    })
}
