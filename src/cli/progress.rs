//! A progress bar on stderr, when that is a terminal and the work takes over half a second.

use std::{
    io::{self, IsTerminal},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The time the work may take without a word.
const SHOW_TIMEOUT: Duration = Duration::from_millis(500);

/// A progress bar. May be told of progress from several threads; each tells a total so far.
#[derive(Debug)]
pub struct ProgressDisplay {
    what: &'static str,
    begun: Instant,
    terminal: bool,
    bar: Mutex<Option<ProgressBar>>,
}

impl ProgressDisplay {
    /// Begins without showing anything. `what` is the word before the bar.
    pub fn new(what: &'static str) -> Self {
        Self { what, begun: Instant::now(), terminal: io::stderr().is_terminal(), bar: Mutex::new(None) }
    }

    /// Shows the bytes done so far.
    pub fn bytes(&self, done: u64, of: u64) {
        self.show(done, of, "{prefix} {wide_bar} {bytes} of {total_bytes}");
    }

    /// Shows the files done so far.
    pub fn files(&self, done: u64, of: u64) {
        self.show(done, of, "{prefix} {wide_bar} {human_pos} of {human_len}");
    }

    fn show(&self, done: u64, of: u64, template: &str) {
        if !self.terminal || self.begun.elapsed() < SHOW_TIMEOUT {
            return;
        }
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(Some(of), ProgressDrawTarget::stderr_with_hz(10));
            let style = ProgressStyle::with_template(template);
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("━╸ "));
            bar.set_prefix(self.what);
            bar
        });
        bar.set_length(of);
        // Threads tell their totals in any order.
        if done > bar.position() {
            bar.set_position(done.min(of));
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
    }
}
