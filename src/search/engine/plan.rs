//! Plans a search: which conversations have to be looked at, after all that earlier answers and the index tell.

use std::{
    ops::Range,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{
    Engine,
    answers::{CachedAnswer, EarlierMatches, shortest},
    found::FoundConversation,
    refinement::has_all_clauses_of,
};
use crate::{
    library::Handle,
    search::{
        Matcher, Query,
        matching::{
            Pattern,
            position_cache::{EarlierPositions, PositionCache},
        },
        ranking::TermPosition,
    },
};

/// Conversations that are looked at in order of their dates: the first page is likely from these.
const NEWEST_FIRST: usize = 4_096;

/// The conversations to look at for one query, and what is found out on the way.
#[derive(Debug)]
pub(in crate::search) struct Plan {
    pub(super) query: Query,
    pub(super) matcher: Matcher,
    /// Found by an earlier search for the same query, newest first; some may be gone by now.
    pub(super) known: Arc<Vec<FoundConversation>>,
    /// To be looked at: [`NEWEST_FIRST`] of them newest first, then the rest as they lie in memory.
    pub(super) candidates: Vec<Handle>,
    /// The matches of a query that this one refines: any other conversation can only match by a fuzzy title.
    pub(super) broader_matches: EarlierMatches,
    /// The positions of that query's terms.
    pub(super) earlier_positions: EarlierPositions,
    /// The hits counted so far.
    hits: AtomicUsize,
    /// The positions of its own terms, as far as they were found on the way.
    positions: Mutex<PositionCache>,
}

impl Plan {
    fn new(query: &Query, matcher: Matcher, mut candidates: Vec<Handle>) -> Self {
        if let Some(rest) = candidates.get_mut(NEWEST_FIRST..) {
            rest.sort_unstable();
        }
        Self {
            query: query.clone(),
            matcher,
            known: Arc::default(),
            candidates,
            broader_matches: EarlierMatches::default(),
            earlier_positions: EarlierPositions::default(),
            hits: AtomicUsize::new(0),
            positions: Mutex::default(),
        }
    }

    /// Returns how many conversations are to be looked at.
    pub fn len(&self) -> usize {
        self.candidates.len()
    }

    /// Returns whether one conversation may take long: several terms are looked for in all of it, or an expression.
    pub fn is_slow(&self) -> bool {
        let compiled = self.matcher.compiled();
        let several_anew = compiled.message_terms().count() > 1 && !self.earlier_positions.is_useful();
        several_anew || compiled.message_terms().any(|term| matches!(term.pattern, Pattern::Regex(_)))
    }

    /// Returns some of the conversations that are to be looked at.
    pub(super) fn chunk(&self, range: Range<usize>) -> impl Iterator<Item = Handle> + '_ {
        self.candidates[range].iter().copied()
    }

    /// Returns how many hits were counted so far.
    pub(super) fn hits(&self) -> usize {
        self.hits.load(Ordering::Relaxed)
    }

    /// Adds hits to those that were counted.
    pub(super) fn add_hits(&self, hits: usize) {
        self.hits.fetch_add(hits, Ordering::Relaxed);
    }

    /// Keeps the positions of a conversation, unless there would be more than `max_positions` in all.
    pub(super) fn add_positions(&self, handle: Handle, positions: Vec<TermPosition>, max_positions: usize) {
        if !positions.is_empty() {
            let mut cache = self.positions.lock().unwrap_or_else(PoisonError::into_inner);
            cache.add(handle, positions, max_positions);
        }
    }

    /// Returns the positions found on the way.
    pub(super) fn take_positions(&self) -> PositionCache {
        std::mem::take(&mut *self.positions.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Engine {
    /// Plans the search for a query: nothing but what was added if it was asked before, else every conversation that
    /// earlier answers do not rule out.
    pub fn plan(&self, query: &Query) -> Plan {
        match self.answers.same(query) {
            Some(answer) => self.plan_repeated(query, answer),
            None => self.plan_new(query),
        }
    }

    /// Plans a query that was asked before: only the conversations that were added since are looked at.
    fn plan_repeated(&self, query: &Query, answer: &CachedAnswer) -> Plan {
        let is_added = |handle: &Handle| handle.0 as usize >= answer.handle_count;
        let is_complete = answer.handle_count == self.library.handle_bound();
        let candidates = if is_complete {
            Vec::new()
        } else {
            self.library.by_date().iter().copied().filter(is_added).collect()
        };
        Plan { known: Arc::clone(&answer.found), ..Plan::new(query, answer.matcher.clone(), candidates) }
    }

    /// Plans a query that was not asked before: what no query matched that this one refines is not looked at.
    fn plan_new(&self, query: &Query) -> Plan {
        let matcher = Matcher::new(query);
        let broader_answers = self.answers.broader_than(query);
        let has_all_clauses = |answer: &&CachedAnswer| has_all_clauses_of(query, &answer.query);
        let broader_with_all_clauses = shortest(broader_answers.iter().copied().filter(has_all_clauses));
        let broader = shortest(broader_answers.into_iter());

        let earlier_positions = broader.map_or_else(EarlierPositions::default, |answer| {
            let relations = matcher.compiled().relations_to(answer.matcher.compiled());
            EarlierPositions::new(&answer.positions, relations)
        });
        let broader_with_all_clauses =
            broader_with_all_clauses.map(CachedAnswer::matches).unwrap_or_default();
        let broader = broader.map(CachedAnswer::matches).unwrap_or_default();
        let candidates = self.candidates(&matcher, &broader_with_all_clauses, &broader);
        Plan { broader_matches: broader, earlier_positions, ..Plan::new(query, matcher, candidates) }
    }

    /// Returns what must be looked at, newest first. A conversation that a `broader_with_all_clauses` query did not
    /// match, all clauses of which are still there unchanged, cannot match. One that a `broader` query did not match
    /// can only match by a fuzzy title: `kubern` may stand for the letters of one that `kube` does not.
    fn candidates(
        &self,
        matcher: &Matcher,
        broader_with_all_clauses: &EarlierMatches,
        broader: &EarlierMatches,
    ) -> Vec<Handle> {
        let may_match_fuzzily =
            |handle| matcher.compiled().may_fuzzy_match(self.index.title_letters(&self.library, handle));
        let newest = self.library.by_date().iter().copied();
        newest
            .filter(|&handle| {
                broader_with_all_clauses.may_contain(handle)
                    && (broader.may_contain(handle) || may_match_fuzzily(handle))
            })
            .collect()
    }
}
