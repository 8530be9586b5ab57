//! The time of the last key, whatever it meant: who gives the terminal away lets what came with it pass by first.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// Bytes that are kept for whoever has the keys next while others pass by; the rest of a text of any length is dropped
/// as it is read.
const MAX_KEPT_BYTES: usize = 64 << 10;

/// What is known of what was typed.
struct Typing {
    /// The time of the last reading. `None`: nothing was typed.
    last: Option<Instant>,
    /// The quiet before that.
    quiet: Duration,
    /// The bytes that passed by. `None`: nobody lets any pass by.
    passed: Option<usize>,
}

static TYPING: Mutex<Typing> = Mutex::new(Typing { last: None, quiet: Duration::MAX, passed: None });

/// How long what is typed in one go is waited for.
pub struct BurstWaits {
    /// Nothing typed for so long after a single key: nothing came with it.
    pub alone: Duration,
    /// Nothing typed for so long after several: that was all.
    pub pause: Duration,
    /// The time after which the person is told.
    pub notify_after: Duration,
    /// The time after which it is no longer waited for.
    pub give_up_after: Duration,
}

fn typing() -> MutexGuard<'static, Typing> {
    TYPING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notes that this much was typed just now. Returns whether anybody wants it.
pub(super) fn note(bytes: usize) -> bool {
    let mut typing = typing();
    let now = Instant::now();
    let last = typing.last.replace(now);
    typing.quiet = last.map_or(Duration::MAX, |last| now.duration_since(last));
    match &mut typing.passed {
        Some(passed) => {
            *passed = passed.saturating_add(bytes);
            *passed <= MAX_KEPT_BYTES
        }
        None => true,
    }
}

/// Waits until what is typed in one go with the last key is over and nothing is left to read. Calls `tell` if that takes
/// long.
pub fn wait_until_typing_stops(waits: &BurstWaits, tell: impl FnOnce()) {
    typing().passed = Some(0);
    wait(waits, tell);
    typing().passed = None;
}

fn wait(waits: &BurstWaits, tell: impl FnOnce()) {
    let begun = Instant::now();
    let mut tell = Some(tell);
    while begun.elapsed() < waits.give_up_after {
        if begun.elapsed() >= waits.notify_after
            && let Some(tell) = tell.take()
        {
            tell();
        }
        let (last, is_alone) = {
            let typing = typing();
            // Without a key nothing came with it.
            let Some(last) = typing.last else { return };
            (last, typing.passed == Some(0) && typing.quiet >= waits.alone)
        };
        let quiet = if is_alone { waits.alone } else { waits.pause };
        match quiet.checked_sub(last.elapsed()).filter(|left| !left.is_zero()) {
            Some(left) => thread::sleep(left),
            // The reader has yet to get to it.
            None if super::has_pending_input() => thread::sleep(Duration::from_millis(1)),
            None => return,
        }
    }
}
