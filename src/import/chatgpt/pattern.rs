//! A canvas's patterns, looked for at a cost that is counted while it arises.
//!
//! No pattern can be judged by its looks: one of thousands of states may need one look at each byte, or thousands. A
//! lazy automaton makes its states as the text asks for them, so that what it makes can be paid for one by one: prose
//! with a dot in it costs about the text, whatever its length.

use std::ops::Range;

use hashbrown::{HashMap, HashSet};
use regex_automata::{
    Anchored, Input, MatchKind, PatternID,
    hybrid::{
        LazyStateID,
        dfa::{Cache, DFA},
    },
    nfa::thompson::{
        self, NFA, State, WhichCaptures,
        pikevm::{self, PikeVM},
    },
    util::captures::Captures,
};

use crate::import::documents::{ChangeBudget, OverBudget};

/// The cost of reading a pattern, in bytes looked through; also one that turns out to be invalid.
const COST_COMPILE: usize = 256 << 10;
/// The cost of each byte of a pattern, then of each state of its automaton: a class of two bytes has hundreds
/// of ranges.
const COST_PER_BYTE: usize = 1 << 10;
/// The additional cost of each state that a pattern has beyond two for each of its bytes: counted repetition
/// makes many.
const COST_PER_REPETITION: usize = 8 << 10;
/// The cost of one state at one byte where a state of the lazy automaton is made, and where every state is
/// looked at.
const COST_NEW_STATE: usize = 4;
const COST_STEP: usize = 8;
/// The cost of each byte of an automaton: no larger one is made than what is left would pay for.
const COST_PER_SIZE: usize = 32;
/// The additional cost of a pattern that is given up since it is too large.
const COST_TOO_LARGE: usize = 16 << 20;
/// The cost of beginning to look.
const COST_START: usize = 64;
/// The longest pattern, in bytes.
const MAX_PATTERN_LENGTH: usize = 16 << 10;
/// The memory that may be held while a pattern is looked for, in bytes: by its automaton, by the states it
/// was in, by the groups it found.
const MAX_PATTERN_SIZE: usize = 1 << 20;
const MAX_CACHE_SIZE: usize = 1 << 20;
const MAX_GROUPS_SIZE: usize = 32 << 20;

pub(super) struct EditPattern {
    nfa: NFA,
    /// Finds where a match ends, and from there where it begins.
    automata: Option<(Automaton, Automaton)>,
    /// Finds groups, and what the automata cannot.
    machine: Option<(PikeVM, pikevm::Cache)>,
    found: Captures,
}

impl EditPattern {
    /// Compiles a pattern; `None` if it is not valid.
    pub(super) fn compile(pattern: &str, budget: &mut ChangeBudget) -> Result<Option<Self>, OverBudget> {
        budget.spend_or_fail(COST_COMPILE + pattern.len().saturating_mul(COST_PER_BYTE))?;
        if pattern.len() > MAX_PATTERN_LENGTH {
            return Err(OverBudget);
        }
        let most = MAX_PATTERN_SIZE.min(budget.left() / COST_PER_SIZE);
        let limited = thompson::Config::new().nfa_size_limit(Some(most));
        let pattern = &*to_engine_syntax(pattern);
        let nfa = match NFA::compiler().configure(limited.clone()).build(pattern) {
            Ok(nfa) => nfa,
            Err(error) if error.size_limit().is_some() => {
                budget.spend_or_fail(COST_TOO_LARGE)?;
                return Err(OverBudget);
            }
            Err(_) => return Ok(None),
        };
        let states = nfa.states().len();
        budget.spend_or_fail(
            states * COST_PER_BYTE + states.saturating_sub(2 * pattern.len()) * COST_PER_REPETITION,
        )?;
        let backwards = limited.reverse(true).which_captures(WhichCaptures::None);
        let backwards = NFA::compiler().configure(backwards).build(pattern).ok();
        let automata = backwards.and_then(|backwards| {
            Some((
                Automaton::new(&nfa, MatchKind::LeftmostFirst)?,
                Automaton::new(&backwards, MatchKind::All)?,
            ))
        });
        let found = Captures::all(nfa.group_info().clone());
        Ok(Some(Self { nfa, automata, machine: None, found }))
    }

    /// Returns the first match after `from`.
    pub(super) fn find(
        &mut self,
        text: &str,
        from: usize,
        budget: &mut ChangeBudget,
    ) -> Result<Option<Range<usize>>, OverBudget> {
        let input = Input::new(text).range(from..);
        if let Some((forwards, backwards)) = &mut self.automata {
            match forwards.end(&input, budget) {
                Ok(None) => return Ok(None),
                Ok(Some(end)) => {
                    let input = Input::new(text).range(from..end).anchored(Anchored::Yes);
                    match backwards.start(&input, budget) {
                        Ok(start) => return Ok(start.map(|start| start..end)),
                        Err(Stopped::OverBudget) => return Err(OverBudget),
                        Err(Stopped::Unsupported) => {}
                    }
                }
                Err(Stopped::OverBudget) => return Err(OverBudget),
                Err(Stopped::Unsupported) => {}
            }
        }
        self.look(&input, budget)?;
        Ok(self.found.get_match().map(|found| found.range()))
    }

    /// Finds the groups of a match, for [`EditPattern::group`].
    pub(super) fn groups(
        &mut self,
        text: &str,
        found: &Range<usize>,
        budget: &mut ChangeBudget,
    ) -> Result<(), OverBudget> {
        if self.nfa.group_info().all_group_len() == 1 {
            return Ok(());
        }
        self.look(&Input::new(text).range(found.clone()).anchored(Anchored::Yes), budget)
    }

    /// Returns the range of a group, by number or name; only that of the whole match if the pattern has no
    /// groups.
    pub(super) fn group(&self, name: &str) -> Option<Range<usize>> {
        let info = self.nfa.group_info();
        let number = name.parse().ok().or_else(|| info.to_index(PatternID::ZERO, name))?;
        self.found.get_group(number).map(|found| found.range())
    }

    /// Looks with every state at every byte.
    fn look(&mut self, input: &Input<'_>, budget: &mut ChangeBudget) -> Result<(), OverBudget> {
        let states = self.nfa.states().len();
        budget.spend_or_fail(states.saturating_mul(input.get_span().len() + 1).saturating_mul(COST_STEP))?;
        if self.machine.is_none() {
            if states.saturating_mul(self.nfa.group_info().slot_len())
                > MAX_GROUPS_SIZE / 2 / size_of::<usize>()
            {
                return Err(OverBudget);
            }
            let machine = PikeVM::new_from_nfa(self.nfa.clone()).map_err(|_| OverBudget)?;
            let cache = machine.create_cache();
            self.machine = Some((machine, cache));
        }
        if let Some((machine, cache)) = &mut self.machine {
            machine.search(cache, input, &mut self.found);
        }
        Ok(())
    }
}

/// Returns a pattern as the engine writes it: to Python `\<` and `\>` are the characters, to the engine where
/// words begin and end.
fn to_engine_syntax(pattern: &str) -> String {
    let mut written = String::with_capacity(pattern.len());
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        let escaped = if character == '\\' { characters.next() } else { None };
        if !matches!(escaped, Some('<' | '>')) {
            written.push(character);
        }
        written.extend(escaped);
    }
    written
}

/// The reason why an automaton did not come to an end.
enum Stopped {
    OverBudget,
    /// It does not know which characters beyond ASCII make words.
    Unsupported,
}

impl From<OverBudget> for Stopped {
    fn from(_: OverBudget) -> Self {
        Self::OverBudget
    }
}

/// A lazy automaton that is paid for as it is made.
struct Automaton {
    dfa: DFA,
    cache: Cache,
    /// The number of states of the pattern, and of those that take no byte: each may be passed for any byte.
    states: usize,
    passed: usize,
    /// The memory of each state when it was made, until `clears` says that all were forgotten.
    sizes: HashMap<LazyStateID, usize>,
    clears: usize,
    /// The steps already made out of states that match: of others the automaton tells.
    made: HashSet<(LazyStateID, u8)>,
}

impl Automaton {
    fn new(nfa: &NFA, kind: MatchKind) -> Option<Self> {
        let config = DFA::config()
            .match_kind(kind)
            .cache_capacity(MAX_CACHE_SIZE)
            .skip_cache_capacity_check(true)
            .unicode_word_boundary(true);
        let dfa = DFA::builder().configure(config).build_from_nfa(nfa.clone()).ok()?;
        let takes =
            |state: &&State| matches!(state, State::ByteRange { .. } | State::Sparse(_) | State::Dense(_));
        let states = nfa.states().len();
        let passed = states - nfa.states().iter().filter(takes).count();
        let cache = dfa.create_cache();
        Some(Self { dfa, cache, states, passed, sizes: HashMap::new(), clears: 0, made: HashSet::new() })
    }

    /// Finds the end of the first match.
    fn end(&mut self, input: &Input<'_>, budget: &mut ChangeBudget) -> Result<Option<usize>, Stopped> {
        let begin = |dfa: &DFA, cache: &mut Cache| dfa.start_state_forward(cache, input).ok();
        let state = self.begin(begin, budget)?;
        // A state tells of the match before the byte that led to it.
        let text = input.haystack();
        self.run(state, (input.start()..=input.end()).map(|at| (at, text.get(at).copied())), budget)
    }

    /// Finds the beginning of the match that ends where the input does.
    fn start(&mut self, input: &Input<'_>, budget: &mut ChangeBudget) -> Result<Option<usize>, Stopped> {
        let begin = |dfa: &DFA, cache: &mut Cache| dfa.start_state_reverse(cache, input).ok();
        let state = self.begin(begin, budget)?;
        let text = input.haystack();
        let before = |at: usize| (at, at.checked_sub(1).map(|before| text[before]));
        self.run(state, (input.start()..=input.end()).rev().map(before), budget)
    }

    /// Returns the last place at which there is a match, of places and the bytes after them, until there can
    /// be none.
    fn run(
        &mut self,
        mut state: LazyStateID,
        places: impl Iterator<Item = (usize, Option<u8>)>,
        budget: &mut ChangeBudget,
    ) -> Result<Option<usize>, Stopped> {
        let mut found = None;
        for (at, byte) in places {
            state = self.step(state, byte, budget)?;
            if state.is_match() {
                found = Some(at);
            } else if state.is_dead() {
                break;
            } else if state.is_quit() {
                return Err(Stopped::Unsupported);
            }
        }
        Ok(found)
    }

    fn begin(
        &mut self,
        begin: impl FnOnce(&DFA, &mut Cache) -> Option<LazyStateID>,
        budget: &mut ChangeBudget,
    ) -> Result<LazyStateID, Stopped> {
        let before = self.cache.memory_usage();
        let state = begin(&self.dfa, &mut self.cache).ok_or(Stopped::Unsupported)?;
        if self.record_growth(state, before) {
            budget.spend_or_fail(self.states)?;
        }
        budget.spend_or_fail(COST_START)?;
        Ok(state)
    }

    /// Returns the state after a byte, or after the text.
    fn step(
        &mut self,
        from: LazyStateID,
        byte: Option<u8>,
        budget: &mut ChangeBudget,
    ) -> Result<LazyStateID, Stopped> {
        budget.spend_or_fail(1)?;
        if let Some(byte) = byte
            && !from.is_tagged()
        {
            let known = self.dfa.next_state_untagged(&self.cache, from, byte);
            if !known.is_unknown() {
                return Ok(known);
            }
        }
        let made = byte.is_some_and(|byte| from.is_tagged() && self.made.contains(&(from, byte)));
        let before = self.cache.memory_usage();
        let next = match byte {
            Some(byte) => self.dfa.next_state(&mut self.cache, from, byte),
            None => self.dfa.next_eoi_state(&mut self.cache, from),
        };
        let next = next.map_err(|_| Stopped::Unsupported)?;
        if !made {
            let source = self.size(from);
            self.record_growth(next, before);
            budget.spend_or_fail((source + self.size(next) + self.passed) * COST_NEW_STATE)?;
            if let Some(byte) = byte.filter(|_| from.is_tagged() && self.sizes.contains_key(&from)) {
                self.made.insert((from, byte));
            }
        }
        Ok(next)
    }

    fn size(&self, state: LazyStateID) -> usize {
        self.sizes.get(&state).copied().unwrap_or(self.states)
    }

    /// Remembers the memory of a state that was not there before; tells whether it was new.
    fn record_growth(&mut self, state: LazyStateID, before: usize) -> bool {
        let after = self.cache.memory_usage();
        if self.cache.clear_count() != self.clears {
            self.clears = self.cache.clear_count();
            self.sizes.clear();
            self.made.clear();
            return true;
        }
        if after > before {
            self.sizes.insert(state, after - before);
        }
        after > before
    }
}
