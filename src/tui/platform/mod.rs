//! Differences between operating systems about terminals: signals, hang-ups, waiting for input, core dumps.
//!
//! Everything that is particular to one is in its own file, with the same functions; nothing else in the program
//! needs a `cfg` for a terminal.

#[cfg(not(unix))]
mod other;
mod typing;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
use other::has_pending_input;
#[cfg(not(unix))]
pub(super) use other::*;
pub(super) use typing::{BurstWaits, wait_until_typing_stops};
#[cfg(unix)]
use unix::has_pending_input;
#[cfg(unix)]
pub(super) use unix::*;

use std::time::Duration;

use crossterm::event::KeyEvent;

/// Something typed. What a key means is the key map's business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TerminalInput {
    /// A key went down, or repeats.
    Key(KeyEvent),
    /// A bracketed paste as one text, with the line breaks the terminal sent and whatever else was in it: of at most
    /// a mebibyte.
    Paste(String),
    /// The console has another size. Where there are signals, [`Signal::Resize`] says that.
    Resize,
    /// The terminal answers what it was asked: no key, whatever its bytes are.
    Answer(TerminalAnswer),
}

/// An answer of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TerminalAnswer {
    /// The colour of its ground (OSC 11): red, green and blue.
    Background(u8, u8, u8),
    /// What it is (DA1). It answers in the order in which it is asked: what was asked before and is not answered now never
    /// will be.
    Attributes,
}

/// Something typed, and the quiet before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimedInput {
    /// The input.
    pub input: TerminalInput,
    /// The time without anything else typed before it; none if it came in one piece with something else.
    pub quiet: Duration,
}

/// A message from the system, apart from keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Signal {
    /// SIGINT or SIGQUIT from elsewhere: in raw mode ctrl-c is a key.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// SIGHUP, or the terminal is gone: a dropped connection. Nothing that is drawn will be seen any more.
    Hangup,
    /// SIGTSTP from elsewhere: in raw mode ctrl-z is a key.
    Suspend,
    /// SIGCONT: the process was stopped and goes on; the terminal may have been used in between.
    Continue,
    /// SIGWINCH: the terminal has another size.
    Resize,
}

impl Signal {
    /// Returns whether the program is to end because of it.
    pub fn ends(self) -> bool {
        matches!(self, Self::Interrupt | Self::Terminate | Self::Hangup)
    }
}
