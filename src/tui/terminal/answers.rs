//! What the terminal is asked, once, at the start, and how long an answer counts.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use super::platform::TerminalAnswer;

/// Time that an answer is taken: a line may be slow, and what comes later is swallowed.
pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);
/// Asks for the colour of the ground (OSC 11), and behind it for what every terminal tells (DA1): once that is there,
/// nothing more comes.
pub(super) const ASK: &[u8] = b"\x1b]11;?\x1b\\\x1b[c";

/// When it was asked; `None` once it has told the last.
static ASKED: Mutex<Option<Instant>> = Mutex::new(None);

fn asked() -> MutexGuard<'static, Option<Instant>> {
    ASKED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notes that the terminal is being asked.
pub(super) fn note_asked() {
    *asked() = Some(Instant::now());
}

/// Returns whether the terminal was asked, and may still answer.
pub(super) fn may_answer() -> bool {
    asked().is_some_and(|asked| asked.elapsed() < ANSWER_TIMEOUT)
}

/// Notes an answer.
pub(super) fn note_answer(answer: TerminalAnswer) {
    if answer == TerminalAnswer::Attributes {
        *asked() = None;
    }
}

/// Waits for what the terminal still has to answer, as long as an answer may take: whoever has the terminal next would
/// get it as keys.
pub(super) fn wait_for_answers() {
    while may_answer() {
        thread::sleep(Duration::from_millis(5));
    }
}
