//! A limit on how often long work tells how it is going.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Ten times a second is pleasant to look at, and costs a slow connection little.
const BETWEEN: Duration = Duration::from_millis(100);

/// The time of the last report; the first is due after a while.
#[derive(Debug)]
pub(super) struct Throttle(Mutex<Instant>);

impl Default for Throttle {
    fn default() -> Self {
        Self(Mutex::new(Instant::now()))
    }
}

impl Throttle {
    /// Returns whether it is to be told now; of several threads one is told so.
    pub(super) fn is_due(&self) -> bool {
        let mut last_report = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = last_report.elapsed() >= BETWEEN;
        if due {
            *last_report = Instant::now();
        }
        due
    }
}
