//! The work that may go into colouring what stands together: a page.
//!
//! Some expressions of the syntaxes take seconds for a line that is made for it, and how long one will take cannot be
//! told beforehand: so the processor's time is counted, whatever else the machine does. Code that a person wrote takes a
//! small part of what it may.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

/// The time that a page's code may take in any case.
const START: Duration = Duration::from_secs(1);
/// The time that a language may take besides, since its expressions are made ready when they are first needed.
const LANGUAGE: Duration = Duration::from_millis(500);
/// The time that each byte of code may take besides.
const BYTE: Duration = Duration::from_micros(8);
/// The number of languages that are coloured in a page: each keeps megabytes of expressions.
const MAX_LANGUAGES: usize = 24;
/// The number of pages that may use up their time before all others of this process stay plain.
const MAX_SPENT: usize = 8;

/// The pages that used up their time.
static SPENT: AtomicUsize = AtomicUsize::new(0);

/// The work that may go into colouring a page. Beyond it code stays plain.
#[derive(Debug)]
pub struct Budget {
    left: Duration,
    languages: Vec<String>,
}

impl Budget {
    /// Returns the budget of a new page: none where too many before it used theirs up.
    pub fn of_a_page() -> Self {
        let left = if SPENT.load(Ordering::Relaxed) < MAX_SPENT { START } else { Duration::ZERO };
        Self { left, languages: Vec::new() }
    }

    /// Takes up a block of code in a language. Returns whether it may be coloured.
    pub(super) fn admits(&mut self, language: &str, bytes: usize) -> bool {
        if self.left.is_zero() {
            return false;
        }
        if !self.languages.iter().any(|known| known == language) {
            if self.languages.len() >= MAX_LANGUAGES {
                return false;
            }
            self.languages.push(language.to_owned());
            self.left += LANGUAGE;
        }
        self.left += BYTE * u32::try_from(bytes).unwrap_or(u32::MAX);
        true
    }

    /// Takes away the time that some of it took. Returns whether there is more.
    pub(super) fn spend(&mut self, time: Duration) -> bool {
        if self.left.is_zero() {
            return false;
        }
        self.left = self.left.saturating_sub(time);
        if self.left.is_zero() {
            SPENT.fetch_add(1, Ordering::Relaxed);
        }
        !self.left.is_zero()
    }
}

/// Returns the time that this thread has had of the processor; where nobody counts that, the time.
#[cfg(unix)]
pub(super) fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

#[cfg(not(unix))]
pub(super) fn thread_time() -> Duration {
    static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed()
}

#[cfg(test)]
impl Budget {
    /// Returns a budget of so much time.
    pub(super) fn of(left: Duration) -> Self {
        Self { left, languages: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_up_stays_so() {
        let mut budget = Budget::of(START);
        assert!(budget.admits("a", 1_000) && budget.spend(START));
        assert!(budget.admits("a", 1_000) && !budget.spend(START));
        assert!(!budget.admits("b", 1_000) && !budget.spend(Duration::ZERO));
    }

    #[test]
    fn a_page_has_so_many_languages_and_no_more() {
        let mut budget = Budget::of(START);
        let admitted = (0..100).filter(|number| budget.admits(&number.to_string(), 1)).count();
        assert_eq!(admitted, MAX_LANGUAGES);
        assert!(budget.admits("0", 1));
    }
}
