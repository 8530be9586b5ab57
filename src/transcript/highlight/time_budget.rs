//! The time that colouring takes, and how much of it is too much.
//!
//! Some expressions of the syntaxes take seconds for a line that is made for it, and how long one will take cannot be
//! told beforehand: so the processor's time is counted, whatever else the machine does. Code that a person wrote takes a
//! small part of what it may.

use std::{
    cell::Cell,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hashbrown::HashMap;

/// The time that a block may take beyond [`TIME_PER_BYTE`]: a line that is written for it makes the expressions of a
/// syntax go back a million times each.
const MAX_EXCESS_OF_BLOCK: Duration = Duration::from_millis(500);
/// The time that all blocks together may take beyond it; from there on code stays plain.
const MAX_EXCESS_IN_ALL: Duration = Duration::from_secs(2);
/// The time that a language may take besides, since its expressions are made ready when they are first needed.
const MAX_PREPARING: Duration = Duration::from_millis(500);
/// The time that all languages together may take for that: a slow machine has a year's conversations coloured in it.
const MAX_PREPARING_IN_ALL: Duration = Duration::from_secs(10);
/// The processor time that a byte may take. Those of honest code take half of it.
const TIME_PER_BYTE: Duration = Duration::from_micros(15);

/// A language: the first two parts of its scope, `source.rust`.
pub(super) type Language = (u16, u16);

/// The time that all colouring took so far beyond what it may. Several threads may add to it.
#[derive(Debug)]
pub(super) struct HighlightTimeBudget {
    state: Mutex<State>,
    max_excess: Duration,
}

#[derive(Debug)]
struct State {
    excess: Duration,
    /// What the languages met so far may still take to be made ready.
    preparing: HashMap<Language, Duration>,
    /// What all of them may still take for that.
    preparing_in_all: Duration,
}

/// The time that a block takes.
pub(super) struct BlockTimer<'a> {
    all: &'a HighlightTimeBudget,
    language: Language,
    excess: Cell<Duration>,
}

/// Adds the time of a piece of code when it is dropped: so one that panics counts, too.
pub(super) struct Timer<'a> {
    block: &'a BlockTimer<'a>,
    bytes: usize,
    begun: Duration,
}

impl Default for HighlightTimeBudget {
    fn default() -> Self {
        Self::with_max_excess(MAX_EXCESS_IN_ALL)
    }
}

impl HighlightTimeBudget {
    fn with_max_excess(max_excess: Duration) -> Self {
        let state = State {
            excess: Duration::ZERO,
            preparing: HashMap::new(),
            preparing_in_all: MAX_PREPARING_IN_ALL,
        };
        Self { state: Mutex::new(state), max_excess }
    }

    /// Returns whether it was too much: nothing is coloured any more.
    pub(super) fn is_exhausted(&self) -> bool {
        self.state().excess > self.max_excess
    }

    /// Begins a block.
    pub(super) fn block(&self, language: Language) -> BlockTimer<'_> {
        BlockTimer { all: self, language, excess: Cell::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BlockTimer<'_> {
    /// Returns whether it takes too long.
    pub(super) fn is_too_long(&self) -> bool {
        self.excess.get() > MAX_EXCESS_OF_BLOCK || self.all.is_exhausted()
    }

    /// Begins a piece of so many bytes.
    pub(super) fn start(&self, bytes: usize) -> Timer<'_> {
        Timer { block: self, bytes, begun: thread_time() }
    }

    /// Adds the time that so many bytes took. What they take less makes up for others, but never beforehand.
    fn add(&self, took: Duration, bytes: usize) {
        let had = TIME_PER_BYTE * u32::try_from(bytes).unwrap_or(u32::MAX);
        let mut state = self.all.state();
        let mut over = took.saturating_sub(had);
        if !over.is_zero() {
            let State { preparing, preparing_in_all, .. } = &mut *state;
            let left = preparing.entry(self.language).or_insert(MAX_PREPARING);
            let free = over.min(*left).min(*preparing_in_all);
            *left -= free;
            *preparing_in_all -= free;
            over -= free;
        }
        let under = had.saturating_sub(took);
        state.excess = (state.excess + over).saturating_sub(under);
        self.excess.set((self.excess.get() + over).saturating_sub(under));
    }
}

impl Drop for Timer<'_> {
    fn drop(&mut self) {
        self.block.add(thread_time().saturating_sub(self.begun), self.bytes);
    }
}

/// Returns the time that this thread has had of the processor; where nobody counts that, the time.
#[cfg(unix)]
fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

#[cfg(not(unix))]
fn thread_time() -> Duration {
    static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed()
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    const TOO_LONG: Duration = Duration::from_millis(1_100);

    #[test]
    fn a_block_that_takes_long_ends_and_in_the_end_all_of_them() {
        let all = HighlightTimeBudget::default();
        let mut ended = 0;
        while !all.is_exhausted() {
            let block = all.block((1, 1));
            assert!(!block.is_too_long());
            block.add(TOO_LONG, 1);
            assert!(block.is_too_long());
            ended += 1;
        }
        assert_eq!(ended, 3);
        assert!(all.block((2, 2)).is_too_long());
    }

    /// Short blocks in many languages switched off all colours for good on a slow machine.
    #[test]
    fn languages_take_time_to_be_made_ready_once_and_not_for_ever() {
        let all = HighlightTimeBudget::default();
        for language in 0..20 {
            all.block((language, 0)).add(MAX_PREPARING, 0);
        }
        assert!(all.state().excess.is_zero());
        // One that takes longer, the second time of one, and one more than all may take together.
        for _ in 0..2 {
            all.block((0, 0)).add(MAX_PREPARING, 0);
        }
        all.block((99, 0)).add(MAX_PREPARING, 0);
        assert_eq!(all.state().excess, MAX_PREPARING * 3);
    }

    #[test]
    fn what_took_less_makes_up_for_what_took_long_but_not_beforehand() {
        let all = HighlightTimeBudget::default();
        let block = all.block((1, 1));
        block.add(Duration::ZERO, 1 << 20);
        block.add(MAX_PREPARING + Duration::from_millis(400), 0);
        assert_eq!(all.state().excess, Duration::from_millis(400));
        block.add(Duration::ZERO, 10_000);
        assert_eq!(all.state().excess, Duration::from_millis(250));
        assert_eq!(block.excess.get(), Duration::from_millis(250));
    }

    #[test]
    fn a_piece_that_panics_counts() {
        let all = HighlightTimeBudget::default();
        let block = all.block((1, 1));
        let result = catch_unwind(AssertUnwindSafe(|| {
            let _timer = Timer { block: &block, bytes: 0, begun: Duration::ZERO };
            // Silent: nobody need hear of it.
            std::panic::resume_unwind(Box::new(()));
        }));
        assert!(result.is_err());
        assert!(all.state().preparing.contains_key(&(1, 1)));
    }
}
