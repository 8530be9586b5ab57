//! Tells of most texts that an expression matches nowhere in them, faster than a search. No is certain; yes only
//! means that the expression has to be asked.
//!
//! An automaton waits for memory at every byte, since the next look-up needs the answer of the one before. There are
//! two ways around that. If every match has certain letters side by side, these are looked for at the speed of
//! memory, and only from there the automaton goes back over what must come before them. Otherwise four parts of the
//! text are scanned in turn (lanes), so that while one look-up waits the others go on.

use std::{
    fmt,
    panic::{RefUnwindSafe, UnwindSafe},
    sync::atomic::{AtomicBool, Ordering},
};

use regex_automata::{
    Anchored,
    hybrid::{
        LazyStateID,
        dfa::{Cache, Config, DFA},
    },
    nfa::thompson,
    util::{pool::Pool, start},
};
use regex_syntax::hir::Hir;

use super::byte_scan::ByteScanner;

/// The compiled size of an automaton, in bytes.
const SIZE_LIMIT: usize = 1 << 20;
/// The memory of an automaton for each thread, in bytes. What needs more is not worth it.
const CACHE_BYTES: usize = 1 << 20;
/// Parts of a text that are scanned in turn. With more their states no longer fit the processor's registers.
const LANES: usize = 4;
/// The shortest text that is scanned in lanes, in bytes.
const LEAST_BYTES_FOR_LANES: usize = 256;
/// The bytes that a match may reach from one lane into the next: by then the lane's state must be the same as one
/// begun afresh, or the prefilter cannot tell.
const RESYNC_BYTES: usize = 256;
/// The cost of one candidate besides the bytes before it, in bytes looked at.
const CANDIDATE_COST: usize = 8;
/// Bytes looked at for each byte of the text, after which going back is given up: one search forwards is cheaper.
const MAX_STEPS_PER_BYTE: usize = 2;

/// A filter before an expression.
pub(super) struct RegexPrefilter {
    strategy: Strategy,
    dfa: DFA,
    caches: Pool<Cache, Box<dyn Fn() -> Cache + Send + Sync + UnwindSafe + RefUnwindSafe>>,
    /// The automaton has turned out to be too large.
    gave_up: AtomicBool,
}

enum Strategy {
    /// Looks for the letters; the automaton goes back from their end.
    ReverseFromLetters(Box<[u8]>, ByteScanner),
    /// Runs the automaton over all of the text, in lanes.
    InterleavedLanes,
}

impl fmt::Debug for RegexPrefilter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.strategy {
            Strategy::ReverseFromLetters(letters, _) => {
                write!(formatter, "RegexPrefilter({})", letters.escape_ascii())
            }
            Strategy::InterleavedLanes => formatter.write_str("RegexPrefilter"),
        }
    }
}

/// The automaton cannot tell: it is too large, or the text has a byte that it does not know.
struct Unknown;

impl RegexPrefilter {
    /// Makes a filter from `letters` that every match has; they are ASCII in lower case, and stand in any case.
    /// `before` is the part of the expression up to their end.
    pub fn with_required_letters(letters: &str, before: &Hir) -> Option<Self> {
        let letters: Box<[u8]> = letters.as_bytes().into();
        let scanner = ByteScanner::pair(&letters, true);
        Self::new(Strategy::ReverseFromLetters(letters, scanner), before)
    }

    /// Makes a filter for any expression.
    pub fn of_whole_expression(expression: &Hir) -> Option<Self> {
        Self::new(Strategy::InterleavedLanes, expression)
    }

    fn new(strategy: Strategy, hir: &Hir) -> Option<Self> {
        let config = thompson::Config::new()
            .reverse(matches!(strategy, Strategy::ReverseFromLetters(..)))
            .which_captures(thompson::WhichCaptures::None)
            .nfa_size_limit(Some(SIZE_LIMIT));
        let nfa = thompson::Compiler::new().configure(config).build_from_hir(hir).ok()?;
        let config = Config::new()
            .unicode_word_boundary(true)
            .cache_capacity(CACHE_BYTES)
            .minimum_cache_clear_count(Some(0));
        let dfa = DFA::builder().configure(config).build_from_nfa(nfa).ok()?;
        let template = dfa.clone();
        let caches = Pool::new(Box::new(move || template.create_cache()) as Box<_>);
        Some(Self { strategy, dfa, caches, gave_up: AtomicBool::new(false) })
    }

    /// Returns whether the expression may match in `text`. No is certain.
    pub fn may_match(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        if self.gave_up.load(Ordering::Relaxed) {
            return true;
        }
        let answer = match &self.strategy {
            // The long s and the sign of kelvin stand for these letters too.
            Strategy::ReverseFromLetters(letters, _)
                if letters.iter().any(|byte| b"ks".contains(byte)) && !text.is_ascii() =>
            {
                return true;
            }
            Strategy::ReverseFromLetters(letters, scanner) => {
                self.matches_before_letters(letters, *scanner, bytes)
            }
            Strategy::InterleavedLanes if bytes.len() < LEAST_BYTES_FOR_LANES => return true,
            Strategy::InterleavedLanes => self.matches_in_lanes(bytes),
        };
        answer.unwrap_or(true)
    }

    fn matches_before_letters(
        &self,
        letters: &[u8],
        scanner: ByteScanner,
        text: &[u8],
    ) -> Result<bool, Unknown> {
        let mut cache = None;
        let mut left = MAX_STEPS_PER_BYTE * text.len();
        for at in scanner.candidates(text) {
            let end = at + letters.len();
            if !text.get(at..end).is_some_and(|place| place.eq_ignore_ascii_case(letters)) {
                continue;
            }
            left = left.checked_sub(CANDIDATE_COST).ok_or(Unknown)?;
            let cache = cache.get_or_insert_with(|| self.caches.get());
            if self.matches_before(cache, text, end, &mut left)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn matches_before(
        &self,
        cache: &mut Cache,
        text: &[u8],
        end: usize,
        left: &mut usize,
    ) -> Result<bool, Unknown> {
        let mut state = self.start_state(cache, Anchored::Yes, text.get(end).copied())?;
        for &byte in text[..end].iter().rev() {
            state = self.step(cache, state, byte)?;
            if state.is_tagged() {
                if state.is_dead() {
                    return Ok(false);
                }
                if is_match(state)? {
                    return Ok(true);
                }
            }
            *left = left.checked_sub(1).ok_or(Unknown)?;
        }
        self.is_match_at_end(cache, state)
    }

    fn matches_in_lanes(&self, text: &[u8]) -> Result<bool, Unknown> {
        let cache = &mut self.caches.get();
        let length = text.len() / LANES;
        let starts: [usize; LANES] = std::array::from_fn(|lane| lane * length);
        let lanes = starts.map(|start| &text[start..start + length]);
        let mut states = [LazyStateID::default(); LANES];
        for (state, start) in states.iter_mut().zip(starts) {
            let before = start.checked_sub(1).map(|before| text[before]);
            *state = self.start_state(cache, Anchored::No, before)?;
        }
        for step in 0..length {
            let mut is_tagged = false;
            for (state, lane) in states.iter_mut().zip(lanes) {
                *state = self.step(cache, *state, lane[step])?;
                is_tagged |= state.is_tagged();
            }
            if is_tagged {
                for state in states {
                    if is_match(state)? {
                        return Ok(true);
                    }
                }
            }
        }
        for (state, start) in states.into_iter().zip(starts.into_iter().skip(1)) {
            if self.continues_past(cache, state, text, start)? {
                return Ok(true);
            }
        }
        self.matches_in_rest(cache, states[LANES - 1], &text[LANES * length..])
    }

    /// Returns whether a match that begins before `start` ends beyond it: follows it until it makes no difference any
    /// more whether anything began before.
    fn continues_past(
        &self,
        cache: &mut Cache,
        mut state: LazyStateID,
        text: &[u8],
        start: usize,
    ) -> Result<bool, Unknown> {
        let mut other = self.start_state(cache, Anchored::No, Some(text[start - 1]))?;
        for &byte in text[start..].iter().take(RESYNC_BYTES) {
            if state == other {
                return Ok(false);
            }
            state = self.step(cache, state, byte)?;
            other = self.step(cache, other, byte)?;
            if is_match(state)? {
                return Ok(true);
            }
        }
        if text.len() - start <= RESYNC_BYTES { self.is_match_at_end(cache, state) } else { Err(Unknown) }
    }

    fn matches_in_rest(
        &self,
        cache: &mut Cache,
        mut state: LazyStateID,
        rest: &[u8],
    ) -> Result<bool, Unknown> {
        for &byte in rest {
            state = self.step(cache, state, byte)?;
            if is_match(state)? {
                return Ok(true);
            }
        }
        self.is_match_at_end(cache, state)
    }

    fn start_state(
        &self,
        cache: &mut Cache,
        anchored: Anchored,
        neighbour: Option<u8>,
    ) -> Result<LazyStateID, Unknown> {
        let config = start::Config::new().anchored(anchored).look_behind(neighbour);
        // Two reasons: a byte that it does not know, or that it is full.
        self.dfa.start_state(cache, &config).map_err(|_| Unknown)
    }

    #[inline]
    fn step(&self, cache: &mut Cache, state: LazyStateID, byte: u8) -> Result<LazyStateID, Unknown> {
        self.dfa.next_state(cache, state, byte).map_err(|_| self.give_up())
    }

    fn is_match_at_end(&self, cache: &mut Cache, state: LazyStateID) -> Result<bool, Unknown> {
        is_match(self.dfa.next_eoi_state(cache, state).map_err(|_| self.give_up())?)
    }

    #[cold]
    fn give_up(&self) -> Unknown {
        self.gave_up.store(true, Ordering::Relaxed);
        Unknown
    }
}

fn is_match(state: LazyStateID) -> Result<bool, Unknown> {
    if state.is_quit() { Err(Unknown) } else { Ok(state.is_match()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_a_match_is_told_by_either_way() {
        let hir = |source: &str| regex_syntax::parse(source).expect("an expression");
        let by_letters =
            RegexPrefilter::with_required_letters("tion", &hir("[a-z]+ing [a-z]+tion")).expect("small");
        let by_lanes = RegexPrefilter::of_whole_expression(&hir("[a-z]+ing [a-z]+tion")).expect("small");
        let text = "The station is a tradition of motion. ".repeat(20);
        assert!(!by_letters.may_match(&text) && !by_lanes.may_match(&text));
        for place in [0, 190, 200, 380, text.len() - 1] {
            let mut text = text.clone();
            text.insert_str(place, " moving tradition ");
            assert!(by_letters.may_match(&text) && by_lanes.may_match(&text), "at {place}");
        }
    }

    #[test]
    fn going_back_again_and_again_is_given_up() {
        let hir = regex_syntax::parse("(?s)x.*ab").expect("an expression");
        let prefilter = RegexPrefilter::with_required_letters("ab", &hir).expect("small");
        assert!(!prefilter.may_match("cab and taxi"));
        assert!(prefilter.may_match(&"ab".repeat(10_000)));
    }
}
