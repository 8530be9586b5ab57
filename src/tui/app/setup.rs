//! What the app is started with.

use jiff::tz::TimeZone;

use crate::{
    conversation::Time,
    transcript,
    tui::{format, keymap::Keymap},
};

/// What is fixed for a session.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The keys.
    pub keymap: Keymap,
    /// Local time.
    pub zone: TimeZone,
    /// How threads start.
    pub transcript: transcript::Options,
    /// Columns and rows.
    pub size: (u16, u16),
    /// The query to begin with.
    pub query: String,
    /// What the status line has to say at once.
    pub warning: Option<String>,
}

impl Setup {
    /// A date as the person wants it written; empty without one.
    pub fn date(&self, time: Option<Time>) -> String {
        format::date(time, &self.zone, self.transcript.dates)
    }
}
