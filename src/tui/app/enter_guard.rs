//! The guard of the enter key: it tells a person's enter from the line break of a text that arrives as keys.
//!
//! A paste without brackets, a multiplexer's buffer, a connection that lagged: each brings keys faster than anybody
//! types. They may move about, type and copy, but what runs a command or writes a file waits for an enter of its own.

use std::time::Duration;

use super::App;
use crate::tui::command::Command;

/// The quiet before an enter that a person means.
const QUIET_BEFORE_ENTER: Duration = Duration::from_millis(50);
/// Keys closer together than this are typed in one go.
const WITHIN_BURST: Duration = Duration::from_millis(30);
/// The quiet before an enter, where the prompt was opened by a key that was typed in one go with others.
const QUIET_AFTER_BURST: Duration = Duration::from_millis(300);

/// The guard of the enter key after the last keys, as far as the open prompt is concerned.
#[derive(Debug)]
pub(super) struct EnterGuard {
    /// The quiet before the key that is being carried out.
    quiet: Duration,
    /// The key that opened the prompt was typed in one go with others.
    burst: bool,
    /// Nothing was typed since the prompt was opened: what comes next may have been typed in one go with that key.
    just_opened: bool,
    /// An enter came that did not count.
    awaits_enter: bool,
}

impl Default for EnterGuard {
    /// Makes the guard of nothing typed yet.
    fn default() -> Self {
        Self { quiet: Duration::MAX, burst: false, just_opened: false, awaits_enter: false }
    }
}

impl EnterGuard {
    /// Takes in that a key came after so much quiet.
    pub(super) fn note(&mut self, quiet: Duration) {
        self.quiet = quiet;
        self.burst |= std::mem::take(&mut self.just_opened) && quiet < WITHIN_BURST;
    }

    /// Notes that a prompt is opened by the last key.
    pub(super) fn open(&mut self) {
        self.burst = self.quiet < WITHIN_BURST;
        (self.just_opened, self.awaits_enter) = (true, false);
    }

    /// Returns whether the last key, which would run or write something, is a person's; else one is awaited from here
    /// on.
    pub(super) fn is_confirmed(&mut self) -> bool {
        let wanted = if self.burst { QUIET_AFTER_BURST } else { QUIET_BEFORE_ENTER };
        self.awaits_enter = self.quiet < wanted;
        !self.awaits_enter
    }

    /// Awaits an enter, now that something was chosen otherwise.
    pub(super) fn await_enter(&mut self) {
        self.awaits_enter = true;
    }
}

impl App {
    /// Returns what is said where the open prompt awaits an enter of its own.
    pub fn awaits_enter(&self) -> Option<String> {
        let key = || self.setup.keymap.key_for(self.place(), Command::Accept);
        self.enter_guard
            .awaits_enter
            .then(|| format!("{} runs it", key().unwrap_or_else(|| "enter".to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Opens a prompt by a key after this many milliseconds of quiet, types more, and ends with an enter.
    fn is_confirmed(opened: u64, rest: &[u64]) -> bool {
        let mut enter_guard = EnterGuard::default();
        enter_guard.note(Duration::from_millis(opened));
        enter_guard.open();
        for quiet in rest {
            enter_guard.note(Duration::from_millis(*quiet));
        }
        enter_guard.is_confirmed()
    }

    #[test]
    fn an_enter_counts_after_fifty_milliseconds_of_quiet() {
        for (opened, rest, counts) in [
            (500, &[70][..], true),
            (500, &[49], false),
            (500, &[120, 90, 50], true),
            (500, &[120, 90, 49], false),
            // Two keys in one go, once the prompt is there, are a quick typist's.
            (500, &[120, 5, 70], true),
        ] {
            assert_eq!(is_confirmed(opened, rest), counts, "{opened} {rest:?}");
        }
    }

    #[test]
    fn after_a_prompt_that_was_opened_in_a_burst_it_takes_three_hundred() {
        for (opened, rest, counts) in [
            (0, &[70][..], false),
            (29, &[299], false),
            (29, &[300], true),
            (30, &[70], true),
            // What follows the key is as near to it as what goes before.
            (500, &[29, 20, 100], false),
            (500, &[29, 20, 300], true),
        ] {
            assert_eq!(is_confirmed(opened, rest), counts, "{opened} {rest:?}");
        }
    }
}
