//! Searches a library: plans which conversations need looking at, evaluates the query on them, and puts the answers
//! together while the library grows.
//!
//! Pure; whoever calls it decides on threads and time. The [worker](super::worker) calls in this order:
//! [`Engine::plan`], [`Engine::evaluate_candidates`] for chunks of the plan on several threads, [`Engine::merge`] for
//! each page, and [`Engine::remember`] at the end.

mod answers;
mod found;
mod plan;
mod refinement;

use std::{ops::Range, sync::Arc};

use self::answers::{AnswerCache, CachedAnswer};
pub(super) use self::{found::FoundConversation, plan::Plan};
use super::{
    Query,
    index::{Index, IndexEntry, IndexSegment},
    matching::Evaluation,
};
use crate::{
    conversation::Conversation,
    library::{Handle, Library},
};

/// Hits are counted up to here; one more means "more".
const MAX_HITS: usize = 9_999;
/// Bytes of text for each position of a term that is kept: at 16 bytes a position a sixty-fourth of the text.
const TEXT_PER_POSITION: usize = 1_024;
/// Clauses of a query that are explained when nothing was found.
const MAX_EXPLAINED: usize = 8;
/// Stands for a conversation that was not found.
const NOT_FOUND: u32 = u32::MAX;

/// A library, its index, and the answers to earlier queries.
#[derive(Debug, Default)]
pub(super) struct Engine {
    library: Arc<Library>,
    index: Index,
    answers: AnswerCache,
}

impl Engine {
    /// Turns to a library, which may be the earlier one grown: then the index and the answers stay.
    pub fn set_library(&mut self, library: &Arc<Library>) {
        if Arc::ptr_eq(&self.library, library) {
            return;
        }
        if !is_grown_from(library, &self.library) {
            self.index = Index::default();
            self.answers.clear();
        }
        self.answers.clear_counts();
        self.library = Arc::clone(library);
    }

    /// Returns the library that is searched.
    pub fn library(&self) -> &Arc<Library> {
        &self.library
    }

    /// Returns the next handles that the index lacks, at most `max_handles` of them.
    pub fn unindexed(&self, max_handles: usize) -> Range<u32> {
        let handles = self.library.handle_bound();
        self.index.handles()..handles.min(self.index.handles() as usize + max_handles) as u32
    }

    /// Adds what [`IndexSegment::of`] made of the handles that follow.
    pub fn index(&mut self, segment: IndexSegment) {
        self.index.add(segment);
    }

    /// Evaluates the query on some of a plan's candidates. `None`: `stop` said so between two of them.
    pub fn evaluate_candidates(
        &self,
        plan: &Plan,
        range: Range<usize>,
        stop: &dyn Fn() -> bool,
    ) -> Option<Vec<FoundConversation>> {
        let mut found = Vec::new();
        for handle in plan.chunk(range) {
            if stop() {
                return None;
            }
            found.extend(self.evaluate(plan, handle));
        }
        Some(found)
    }

    fn evaluate(&self, plan: &Plan, handle: Handle) -> Option<FoundConversation> {
        let (conversation, entry) = self.possible_match(plan, handle)?;
        let cached = plan.earlier_positions.in_conversation(handle);
        let Evaluation { score, best, hits, positions } =
            plan.matcher.compiled().evaluate(conversation, entry, cached)?;
        // At once: those of a chunk of large conversations would be many.
        plan.add_positions(handle, positions, self.max_positions());
        let hits = (plan.hits() <= MAX_HITS)
            .then(|| hits.unwrap_or_else(|| plan.matcher.count_up_to(conversation, entry, MAX_HITS + 1)));
        if let Some(hits) = hits {
            plan.add_hits(hits);
        }
        Some(FoundConversation::new(handle, score, best, hits))
    }

    /// Returns a candidate whose text must be looked at, and what the index has of it. `None`: it cannot match.
    fn possible_match(&self, plan: &Plan, handle: Handle) -> Option<(&Conversation, IndexEntry<'_>)> {
        let compiled = plan.matcher.compiled();
        let entry = self.index.entry(&self.library, handle);
        let conversation = self.library.get(handle);
        let is_possible = compiled.may_match(entry)
            && (plan.broader_matches.may_contain(handle)
                || compiled.fuzzy_matches_title(&conversation.title));
        is_possible.then_some((conversation, entry))
    }

    /// Puts what was known and what was found together, newest first, and counts the hits.
    pub fn merge(&self, plan: &Plan, found: &[FoundConversation]) -> (Vec<FoundConversation>, usize) {
        let mut slots = vec![NOT_FOUND; self.library.handle_bound()];
        for (slot, found) in plan.known.iter().chain(found).enumerate() {
            slots[found.handle.0 as usize] = slot as u32;
        }
        let at = |slot: u32| {
            let slot = slot as usize;
            plan.known.get(slot).or_else(|| found.get(slot - plan.known.len())).copied()
        };
        let newest = self.library.by_date().iter();
        let merged: Vec<FoundConversation> = newest
            .map(|handle| slots[handle.0 as usize])
            .filter(|&slot| slot != NOT_FOUND)
            .filter_map(at)
            .collect();
        let hits = self.count_hits(plan, &merged);
        (merged, hits)
    }

    fn count_hits(&self, plan: &Plan, found: &[FoundConversation]) -> usize {
        let mut hits: usize = found.iter().filter_map(FoundConversation::hits).sum();
        for found in found.iter().filter(|found| found.hits().is_none()) {
            if hits > MAX_HITS {
                break;
            }
            // Counting ended at the limit, but some of what was counted has since been superseded.
            let entry = self.index.entry(&self.library, found.handle);
            hits += plan.matcher.count_up_to(self.library.get(found.handle), entry, MAX_HITS + 1);
        }
        hits.min(MAX_HITS + 1)
    }

    /// Keeps a complete answer for later.
    pub fn remember(&mut self, plan: Plan, found: Vec<FoundConversation>) {
        let nothing_was_evaluated = plan.candidates.is_empty();
        let earlier = self.answers.same(&plan.query).filter(|_| nothing_was_evaluated);
        let positions =
            earlier.map_or_else(|| Arc::new(plan.take_positions()), |answer| Arc::clone(&answer.positions));
        let answer = CachedAnswer {
            query: plan.query,
            matcher: plan.matcher,
            handle_count: self.library.handle_bound(),
            found: Arc::new(found),
            positions,
        };
        self.answers.insert(answer, self.max_positions());
    }

    /// Returns how many positions are kept in all.
    fn max_positions(&self) -> usize {
        self.library.text_bytes() / TEXT_PER_POSITION
    }

    /// Returns the queries whose counts explain why one found nothing: each clause alone, and all but that clause.
    pub fn explanations(query: &Query) -> Vec<(String, Query, Query)> {
        let parts = query.clauses().iter().enumerate().take(MAX_EXPLAINED);
        parts.map(|(index, clause)| (clause.to_string(), query.only(index), query.without(index))).collect()
    }

    /// Returns how many conversations match. `None`: they have to be counted.
    pub fn known_count(&self, query: &Query) -> Option<usize> {
        if query.is_empty() {
            return Some(self.library.len());
        }
        let is_current = |answer: &&CachedAnswer| {
            answer.handle_count == self.library.handle_bound() && self.library.superseded() == 0
        };
        let answer = self.answers.same(query).filter(is_current);
        answer.map(|answer| answer.found.len()).or_else(|| self.answers.count(query))
    }

    /// Counts matches among some of a plan's candidates. `None`: `stop` said so between two of them.
    pub fn count(&self, plan: &Plan, range: Range<usize>, stop: &dyn Fn() -> bool) -> Option<usize> {
        let mut count = 0;
        for handle in plan.chunk(range) {
            if stop() {
                return None;
            }
            let Some((conversation, entry)) = self.possible_match(plan, handle) else { continue };
            count += usize::from(plan.matcher.compiled().matches(conversation, entry));
        }
        Some(count)
    }

    /// Keeps a count for later.
    pub fn remember_count(&mut self, query: Query, count: usize) {
        self.answers.insert_count(query, count);
    }
}

/// Returns whether one library is another after more was added: handles mean the same in both.
fn is_grown_from(library: &Library, earlier: &Library) -> bool {
    let handles = earlier.handle_bound();
    handles <= library.handle_bound()
        && [0, handles.saturating_sub(1)].into_iter().take(handles).all(|handle| {
            // The earlier one is still held, so that no other conversation can stand in its place.
            std::ptr::eq(earlier.get(Handle(handle as u32)), library.get(Handle(handle as u32)))
        })
}
