//! The time of the last key, whatever it meant: who gives the terminal away lets what came with it pass by first.

use std::{
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

static LAST: Mutex<Option<Instant>> = Mutex::new(None);

/// Notes that something was typed just now.
pub(super) fn note() {
    *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
}

/// Waits until nothing was typed for so long and nothing is left to read; at most for the time of `patience`.
pub fn await_quiet(quiet: Duration, patience: Duration) {
    let begun = Instant::now();
    while begun.elapsed() < patience {
        let last = *LAST.lock().unwrap_or_else(PoisonError::into_inner);
        // Without a key nothing came with it.
        let Some(last) = last else { return };
        match quiet.checked_sub(last.elapsed()).filter(|left| !left.is_zero()) {
            Some(left) => thread::sleep(left),
            // The reader has yet to get to it.
            None if super::keys_wait() => thread::sleep(Duration::from_millis(1)),
            None => return,
        }
    }
}
