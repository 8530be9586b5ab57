//! The app's beginning: what is fixed for a session, and what it only starts with.

use jiff::tz::TimeZone;

use crate::{
    conversation::Time,
    transcript,
    tui::{format, keymap::Keymap},
};

/// Settings that stay as they are for a session.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The keys.
    pub keymap: Keymap,
    /// Local time.
    pub zone: TimeZone,
    /// The terminal is at the other end of a connection.
    pub is_remote: bool,
    /// Options that threads start with.
    pub transcript: transcript::TranscriptOptions,
}

/// The state that a session begins with, and that changes from then on.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// The terminal's columns and rows.
    pub size: (u16, u16),
    /// The query in the search line.
    pub query: String,
    /// The moment that it is.
    pub now: Time,
    /// A warning for the status line.
    pub warning: Option<String>,
}

impl Setup {
    /// Writes a date as the person wants it; empty without one.
    pub fn date(&self, time: Option<Time>) -> String {
        format::date(time, &self.zone, self.transcript.dates)
    }
}
