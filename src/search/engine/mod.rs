//! Searches a library: which conversations need looking at, what was found before, and how answers fit together
//! while the library grows. Pure; whoever calls it decides on threads and time.

mod refinement;

use std::{
    collections::VecDeque,
    ops::Range,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use self::refinement::{has_all_clauses_of, refines};
use super::{
    Matcher, Query, Score,
    index::{Index, IndexEntry, Segment},
    matching::{
        Evaluation, Pattern,
        position_cache::{EarlierPositions, PositionCache},
    },
};
use crate::{
    conversation::Conversation,
    library::{Handle, Library},
};

/// Hits are counted up to here; one more means "more".
pub(in crate::search) const MOST_HITS: usize = 9_999;
/// Conversations that are looked at in order of their dates: the first page is likely from these.
const NEWEST_FIRST: usize = 4_096;
/// Answers kept for going back to and for narrowing down.
const MOST_ANSWERS: usize = 48;
/// Rows kept in all of them together: 16 bytes each.
const MOST_KEPT_ROWS: usize = 400_000;
/// Bytes of text for each place of a word that is kept: at 16 bytes a place a sixty-fourth of the text.
const TEXT_PER_PLACE: usize = 1_024;
/// Parts of a query that are explained when nothing was found.
const MOST_EXPLAINED: usize = 8;

/// One conversation found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::search) struct FoundConversation {
    pub handle: Handle,
    pub score: Score,
    best: u32,
    hits: u32,
}

const NONE: u32 = u32::MAX;

impl FoundConversation {
    /// The message to open at.
    pub fn best(&self) -> Option<u32> {
        (self.best != NONE).then_some(self.best)
    }
}

/// What was found for a query in a library of so many handles, newest first.
#[derive(Debug)]
struct CachedAnswer {
    query: Query,
    matcher: Matcher,
    handles: usize,
    found: Arc<Vec<FoundConversation>>,
    cache: Arc<PositionCache>,
}

impl CachedAnswer {
    /// Whether each of its handles matched.
    fn matched(&self) -> Vec<bool> {
        let mut matched = vec![false; self.handles];
        for found in &*self.found {
            matched[found.handle.0 as usize] = true;
        }
        matched
    }
}

/// See the [module](self).
#[derive(Debug, Default)]
pub(in crate::search) struct Engine {
    library: Arc<Library>,
    index: Index,
    /// The latest first.
    answers: VecDeque<CachedAnswer>,
    /// How many conversations matched queries that were only counted.
    counts: VecDeque<(Query, usize)>,
}

/// What is to be done for one query.
#[derive(Debug)]
pub(in crate::search) struct Plan {
    query: Query,
    matcher: Matcher,
    /// Known already, newest first; some may be gone by now.
    known: Arc<Vec<FoundConversation>>,
    /// To be looked at, first [`NEWEST_FIRST`] of the newest.
    candidates: Vec<Handle>,
    /// By handle, whether it matched a query that this one narrows: what did not can only be a title that is alike.
    /// What is beyond the end was not asked then.
    matched_earlier: Vec<bool>,
    hits: AtomicUsize,
    /// Where the words of an earlier query stand.
    earlier: EarlierPositions,
    /// Where its own stand, as far as that was found out by the way.
    cache: Mutex<PositionCache>,
}

impl Plan {
    /// How many conversations are to be looked at.
    pub fn len(&self) -> usize {
        self.candidates.len()
    }

    /// Whether one conversation may take long: several words are looked for in all of it, or an expression.
    pub fn is_slow(&self) -> bool {
        let compiled = self.matcher.compiled();
        let unknown = compiled.message_terms().count() > 1 && !self.earlier.is_useful();
        unknown || compiled.message_terms().any(|term| matches!(term.pattern, Pattern::Regex(_)))
    }

    fn matched_before(&self, handle: Handle) -> bool {
        self.matched_earlier.get(handle.0 as usize).copied().unwrap_or(true)
    }
}

impl Engine {
    /// Turns to a library, which may be the earlier one grown: then what is known of it stays.
    pub fn set_library(&mut self, library: &Arc<Library>) {
        if Arc::ptr_eq(&self.library, library) {
            return;
        }
        if !is_grown_from(library, &self.library) {
            self.index = Index::default();
            self.answers.clear();
        }
        self.counts.clear();
        self.library = Arc::clone(library);
    }

    pub fn library(&self) -> &Arc<Library> {
        &self.library
    }

    /// The handles the index lacks, at most `most` of them.
    pub fn unindexed(&self, most: usize) -> Range<u32> {
        let handles = self.library.handles();
        self.index.handles()..handles.min(self.index.handles() as usize + most) as u32
    }

    /// Takes in what [`Segment::of`] made of the handles that follow.
    pub fn index(&mut self, segment: Segment) {
        self.index.add(segment);
    }

    /// What must be looked at for a query, after all that is known from earlier ones.
    pub fn plan(&self, query: &Query) -> Plan {
        let same = self.answers.iter().find(|answer| answer.query.clauses() == query.clauses());
        let matcher = same.map_or_else(|| Matcher::new(query), |answer| answer.matcher.clone());
        let fresh = |handles: usize| {
            let newest = self.library.newest().iter().copied();
            newest.filter(|handle| handle.0 as usize >= handles).collect()
        };
        let (mut known, mut matched_earlier, mut earlier) =
            (Arc::default(), Vec::new(), EarlierPositions::default());
        let mut candidates: Vec<Handle> = if let Some(answer) = same {
            known = Arc::clone(&answer.found);
            let all_known = answer.handles == self.library.handles();
            if all_known { Vec::new() } else { fresh(answer.handles) }
        } else {
            let narrower: Vec<_> =
                self.answers.iter().filter(|answer| refines(query, &answer.query)).collect();
            let size = |answer: &&&CachedAnswer| answer.found.len();
            if let Some(answer) = narrower.iter().min_by_key(size) {
                matched_earlier = answer.matched();
                earlier = EarlierPositions::new(
                    &answer.cache,
                    matcher.compiled().relations_to(answer.matcher.compiled()),
                );
            }
            let all =
                narrower.iter().filter(|answer| has_all_clauses_of(&answer.query, query)).min_by_key(size);
            self.narrowed(&matcher, &matched_earlier, &all.map(|answer| answer.matched()).unwrap_or_default())
        };
        // The rest in the order in which they lie in memory.
        if let Some(rest) = candidates.get_mut(NEWEST_FIRST..) {
            rest.sort_unstable();
        }
        Plan {
            query: query.clone(),
            matcher,
            known,
            candidates,
            matched_earlier,
            hits: AtomicUsize::new(0),
            earlier,
            cache: Mutex::default(),
        }
    }

    /// What may match if only what matched `all` can, and of that only what matched `before` or a title that is merely
    /// alike. Both are by handle.
    fn narrowed(&self, matcher: &Matcher, matched_earlier: &[bool], all: &[bool]) -> Vec<Handle> {
        let matched =
            |answer: &[bool], handle: Handle| answer.get(handle.0 as usize).copied().unwrap_or(true);
        let newest = self.library.newest().iter().copied();
        newest
            .filter(|&handle| {
                matched(all, handle)
                    && (matched(matched_earlier, handle)
                        || matcher
                            .compiled()
                            .may_fuzzy_match(self.index.title_letters(&self.library, handle)))
            })
            .collect()
    }

    /// A candidate whose text must be looked at, and what is known of it.
    fn candidate(&self, plan: &Plan, handle: Handle) -> Option<(&Conversation, IndexEntry<'_>)> {
        let compiled = plan.matcher.compiled();
        let entry = self.index.entry(&self.library, handle);
        let conversation = self.library.get(handle);
        let is_possible = compiled.may_match(entry)
            && (plan.matched_before(handle) || compiled.fuzzy_matches_title(&conversation.title));
        is_possible.then_some((conversation, entry))
    }

    /// Looks at some of a plan's candidates. `None` if `stop` says so between two of them.
    pub fn evaluate_candidates(
        &self,
        plan: &Plan,
        range: Range<usize>,
        stop: &dyn Fn() -> bool,
    ) -> Option<Vec<FoundConversation>> {
        let mut found = Vec::new();
        for &handle in &plan.candidates[range] {
            if stop() {
                return None;
            }
            let Some((conversation, entry)) = self.candidate(plan, handle) else { continue };
            let evaluate = plan.matcher.compiled().evaluate(conversation, entry, plan.earlier.of(handle));
            let Some(Evaluation { score, best, hits: known, positions }) = evaluate else { continue };
            if !positions.is_empty() {
                // At once: those of a chunk of large conversations would be many.
                let mut cache = plan.cache.lock().unwrap_or_else(PoisonError::into_inner);
                cache.add(handle, positions, self.most_positions());
            }
            let hits = if plan.hits.load(Ordering::Relaxed) > MOST_HITS {
                NONE
            } else {
                let hits =
                    known.unwrap_or_else(|| plan.matcher.count_up_to(conversation, entry, MOST_HITS + 1));
                plan.hits.fetch_add(hits, Ordering::Relaxed);
                hits as u32
            };
            found.push(FoundConversation { handle, score, best: best.unwrap_or(NONE), hits });
        }
        Some(found)
    }

    /// Puts what was known and what was found together, newest first, and counts the hits.
    pub fn merge(&self, plan: &Plan, found: &[FoundConversation]) -> (Vec<FoundConversation>, usize) {
        let mut slots = vec![NONE; self.library.handles()];
        for (slot, found) in plan.known.iter().chain(found).enumerate() {
            slots[found.handle.0 as usize] = slot as u32;
        }
        let at = |slot: u32| {
            let slot = slot as usize;
            plan.known.get(slot).or_else(|| found.get(slot - plan.known.len())).copied()
        };
        let newest = self.library.newest().iter();
        let gathered: Vec<FoundConversation> = newest
            .map(|handle| slots[handle.0 as usize])
            .filter(|&slot| slot != NONE)
            .filter_map(at)
            .collect();
        let hits = self.count_hits(plan, &gathered);
        (gathered, hits)
    }

    fn count_hits(&self, plan: &Plan, found: &[FoundConversation]) -> usize {
        let counted: usize =
            found.iter().filter(|found| found.hits != NONE).map(|found| found.hits as usize).sum();
        let mut hits = counted;
        for found in found.iter().filter(|found| found.hits == NONE) {
            if hits > MOST_HITS {
                break;
            }
            // Counting had ended, but some of what was counted is gone.
            let entry = self.index.entry(&self.library, found.handle);
            hits += plan.matcher.count_up_to(self.library.get(found.handle), entry, MOST_HITS + 1);
        }
        hits.min(MOST_HITS + 1)
    }

    /// Keeps a complete answer for later.
    pub fn remember(&mut self, plan: Plan, found: Vec<FoundConversation>) {
        let mut cache = Arc::new(plan.cache.into_inner().unwrap_or_else(PoisonError::into_inner));
        let same = self.answers.iter().position(|answer| answer.query.clauses() == plan.query.clauses());
        if let Some(answer) = same.and_then(|same| self.answers.remove(same))
            && plan.candidates.is_empty()
        {
            cache = answer.cache;
        }
        let handles = self.library.handles();
        self.answers.push_front(CachedAnswer {
            query: plan.query,
            matcher: plan.matcher,
            handles,
            found: Arc::new(found),
            cache,
        });
        let mut rows = 0;
        let room = self.answers.iter().take_while(|answer| {
            rows += answer.found.len();
            rows <= MOST_KEPT_ROWS
        });
        let remember = room.count().clamp(1, MOST_ANSWERS);
        self.answers.truncate(remember);
        let (mut positions, most) = (0, self.most_positions());
        for answer in &mut self.answers {
            positions += answer.cache.len();
            if positions > most {
                answer.cache = Arc::default();
            }
        }
    }

    /// How many places are kept in all.
    fn most_positions(&self) -> usize {
        self.library.text_bytes() / TEXT_PER_PLACE
    }

    /// The queries whose counts explain why one found nothing: each part alone, and all but that part.
    pub fn explanations(query: &Query) -> Vec<(String, Query, Query)> {
        let parts = query.clauses().iter().enumerate().take(MOST_EXPLAINED);
        parts.map(|(index, clause)| (clause.to_string(), query.only(index), query.without(index))).collect()
    }

    /// How many conversations match, if that is known.
    pub fn known_count(&self, query: &Query) -> Option<usize> {
        if query.is_empty() {
            return Some(self.library.len());
        }
        let handles = self.library.handles();
        let answer = self
            .answers
            .iter()
            .find(|answer| answer.handles == handles && answer.query.clauses() == query.clauses())
            .filter(|_| self.library.superseded() == 0);
        let counted = self.counts.iter().find(|(other, _)| other.clauses() == query.clauses());
        answer.map(|answer| answer.found.len()).or(counted.map(|&(_, count)| count))
    }

    /// Counts matches among some of a plan's candidates.
    pub fn count(&self, plan: &Plan, range: Range<usize>, stop: &dyn Fn() -> bool) -> Option<usize> {
        let mut count = 0;
        for &handle in &plan.candidates[range] {
            if stop() {
                return None;
            }
            let Some((conversation, entry)) = self.candidate(plan, handle) else { continue };
            count += usize::from(plan.matcher.compiled().matches(conversation, entry));
        }
        Some(count)
    }

    /// Keeps a count for later.
    pub fn remember_count(&mut self, query: Query, count: usize) {
        self.counts.push_front((query, count));
        self.counts.truncate(4 * MOST_EXPLAINED);
    }
}

/// Whether one library is another after more was added: handles mean the same in both.
fn is_grown_from(library: &Library, earlier: &Library) -> bool {
    let handles = earlier.handles();
    handles <= library.handles()
        && [0, handles.saturating_sub(1)].into_iter().take(handles).all(|handle| {
            // The earlier one is still held, so that no other conversation can stand in its place.
            std::ptr::eq(earlier.get(Handle(handle as u32)), library.get(Handle(handle as u32)))
        })
}
