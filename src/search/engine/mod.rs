//! Searches a library: plans which conversations need looking at, evaluates the query on them, and puts the answers
//! together while the library grows.
//!
//! Pure; whoever calls it decides on threads and time. The [worker](super::worker) calls in this order:
//! [`Engine::plan`], [`Engine::evaluate_candidates`] for chunks of the plan on several threads, [`Engine::merge`] for
//! each page, and [`Engine::remember`] at the end.

mod answers;
mod corpus;
mod found;
mod indexed_terms;
mod loose_query;
pub(super) mod message_ranks;
mod plan;
mod required_clauses;
mod searched_slots;
mod some_words;
mod token_scores;
mod word_forms;
mod word_variants;

use std::{
    collections::HashMap,
    hash::Hash,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

pub use self::word_variants::Substitution;
use self::{
    answers::{AnswerCache, CachedAnswer},
    indexed_terms::IndexedTerms,
};
pub(super) use self::{
    corpus::Corpus,
    found::FoundConversation,
    loose_query::LooseQuery,
    plan::{NEWEST_FIRST, Plan},
    required_clauses::RequiredClauses,
    searched_slots::is_told_by_index,
    some_words::{PartialMatch, SomeWords},
    token_scores::{TokenScores, inverse_frequency, saturated},
    word_forms::{PossibleForms, abbreviations, language_words},
    word_variants::{RARE, max_edits},
};
use super::{
    Query,
    index::{Index, draft::IndexDraft, occurrences::Occurrences},
    matching::{Evaluation, Term},
};
use crate::library::{ConversationHandle, Library};

/// Hits are counted up to here; one more means "more".
const MAX_HITS: usize = 9_999;
/// Conversations of which it is judged by their text how close together the words stand.
pub(super) const MAX_JUDGED: usize = 1_000;
/// The bytes of the best messages of all of them: common words stand in thousands of long messages, and to judge those
/// would take longer than all the rest of an answer.
pub(super) const MAX_JUDGED_BYTES: usize = 512 << 10;
/// Conversations whose hits are counted in their text before the index is asked.
const COUNTED_BY_TEXT: usize = 128;
/// Terms whose slots are kept: those of a line that is typed on, and of a few before it.
const MAX_KEPT_TERMS: usize = 32;
/// Tokens of which it is kept what they add to scores: those of a line. A common one takes ten bytes a message.
const MAX_KEPT_TOKENS: usize = 12;
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
    /// The slots of words that were looked up since the index grew.
    occurrences: Mutex<HashMap<String, Arc<Occurrences>>>,
    /// What tokens add to scores, looked up since the index grew: of one that is typed, and of one that is complete.
    token_scores: Mutex<HashMap<(String, bool), Arc<TokenScores>>>,
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
            self.forget_occurrences();
        }
        self.answers.clear_counts();
        self.library = Arc::clone(library);
    }

    /// Returns the library that is searched.
    pub fn library(&self) -> &Arc<Library> {
        &self.library
    }

    /// Returns the handles that the index lacks.
    pub fn unindexed(&self) -> Range<u32> {
        self.index.handles()..self.library.handle_bound() as u32
    }

    /// Adds what [`IndexDraft::of`] made of the handles that follow.
    pub fn index(&mut self, draft: &IndexDraft) {
        self.index.add(draft);
        self.forget_occurrences();
    }

    /// Merges parts of the index that are many and small. Returns whether there were any; not if `stop` ended it.
    pub fn tidy_index(&mut self, stop: &dyn Fn() -> bool) -> bool {
        self.index.merge_segments(self.unindexed().is_empty(), stop)
    }

    fn forget_occurrences(&mut self) {
        self.occurrences.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
        self.token_scores.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Returns what a token adds to the scores of the second tier; `is_open`: it may be the beginning of a word.
    fn kept_token_scores(&self, token: &str, is_open: bool) -> Arc<TokenScores> {
        let key = (token.to_owned(), is_open);
        kept(&self.token_scores, MAX_KEPT_TOKENS, key, || TokenScores::of(&self.index, token, is_open))
    }

    /// Returns the slots of a term that is a word or a piece of one.
    fn occurrences(&self, word: &str, term: &Term) -> Arc<Occurrences> {
        kept(&self.occurrences, MAX_KEPT_TERMS, word.to_owned(), || {
            self.index.occurrences(&self.library, word, term)
        })
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
            match &plan.indexed {
                Some(terms) => found.push(terms.rank(self, handle)),
                None => found.extend(self.evaluate(plan, handle)),
            }
        }
        Some(found)
    }

    fn evaluate(&self, plan: &Plan, handle: ConversationHandle) -> Option<FoundConversation> {
        let conversation = self.library.get(handle);
        let entry = self.index.entry(&self.library, handle);
        let compiled = plan.matcher.compiled();
        let evaluation = match &plan.possible_slots {
            Some(slots) if handle.0 < self.index.handles() => {
                let first = self.index.slots_of(handle).start + 1;
                let may_have_hit = |message: u32| slots.contains((first + message) as usize);
                compiled.evaluate_among(conversation, entry, &may_have_hit)
            }
            _ => compiled.evaluate(conversation, entry),
        };
        let Evaluation { score, best, hits } = evaluation?;
        let hits = (plan.hits() <= MAX_HITS)
            .then(|| hits.unwrap_or_else(|| plan.matcher.count_up_to(conversation, entry, MAX_HITS + 1)));
        if let Some(hits) = hits {
            plan.add_hits(hits);
        }
        Some(FoundConversation::new(handle, score, best, hits))
    }

    /// Returns the places in `found` of the conversations whose words are worth judging by how close together they
    /// stand: the best, as far as the index tells.
    pub fn worth_judging(&self, plan: &Plan, found: &[FoundConversation]) -> Vec<usize> {
        if !plan.indexed.as_ref().is_some_and(IndexedTerms::needs_judging) {
            return Vec::new();
        }
        let mut places: Vec<usize> = (0..found.len()).collect();
        // Ties are by date, and `found` is newest first only up to a point: its order settles which are judged.
        let best_first = |&place: &usize| (std::cmp::Reverse(found[place].score), place);
        if places.len() > MAX_JUDGED {
            places.select_nth_unstable_by_key(MAX_JUDGED, best_first);
            places.truncate(MAX_JUDGED);
        }
        places.sort_unstable_by_key(best_first);
        let mut bytes = 0;
        let fitting = places.iter().take_while(|&&place| {
            let messages = self.library.get(found[place].handle).messages();
            let best = found[place].best().and_then(|message| messages.get(message as usize));
            bytes += best.map_or(0, |message| message.text_range().len());
            bytes <= MAX_JUDGED_BYTES
        });
        let count = fitting.count();
        places.truncate(count);
        places
    }

    /// Ranks a conversation by its text too.
    pub fn judge(&self, plan: &Plan, found: FoundConversation) -> FoundConversation {
        plan.indexed.as_ref().map_or(found, |terms| terms.judge(self, plan, found.handle))
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
        let hits = plan.known_hits.unwrap_or_else(|| match &plan.indexed {
            Some(terms) => self.count_indexed_hits(plan, terms, &merged),
            None => self.count_hits(plan, &merged),
        });
        (merged, hits)
    }

    /// Counts the hits of what the index found: by the text of a few, which often have more than are counted, or else
    /// by the index.
    fn count_indexed_hits(&self, plan: &Plan, terms: &IndexedTerms, found: &[FoundConversation]) -> usize {
        if !terms.has_hits() {
            return 0;
        }
        let few = self.count_hits(plan, &found[..found.len().min(COUNTED_BY_TEXT)]);
        if few > MAX_HITS || found.len() <= COUNTED_BY_TEXT {
            return few;
        }
        let (in_text, in_index): (Vec<_>, Vec<_>) =
            found.iter().copied().partition(|found| self.index.has_cut_words(found.handle));
        match terms.count_hits(self, &in_index) {
            Some(hits) => (hits + self.count_hits(plan, &in_text)).min(MAX_HITS + 1),
            None => self.count_hits(plan, found),
        }
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
    pub fn remember(&mut self, plan: Plan, found: Vec<FoundConversation>, hits: usize) {
        self.answers.insert(CachedAnswer {
            query: plan.query,
            handle_count: self.library.handle_bound(),
            found: Arc::new(found),
            hits,
        });
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
        let is_current = |answer: &&CachedAnswer| answer.handle_count == self.library.handle_bound();
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
            let entry = self.index.entry(&self.library, handle);
            let is_match =
                plan.is_indexed() || plan.matcher.compiled().matches(self.library.get(handle), entry);
            count += usize::from(is_match);
        }
        Some(count)
    }

    /// Counts what an earlier answer found and the library still lists.
    pub fn count_known(&self, plan: &Plan) -> usize {
        if plan.known.is_empty() {
            return 0;
        }
        let mut is_listed = vec![false; self.library.handle_bound()];
        for handle in self.library.by_date() {
            is_listed[handle.0 as usize] = true;
        }
        plan.known.iter().filter(|found| is_listed[found.handle.0 as usize]).count()
    }

    /// Keeps a count for later.
    pub fn remember_count(&mut self, query: Query, count: usize) {
        self.answers.insert_count(query, count);
    }
}

/// Returns what is kept under a key; what is not is made, and kept in place of all others if those are `max`.
fn kept<K: Eq + Hash, T>(
    table: &Mutex<HashMap<K, Arc<T>>>,
    max: usize,
    key: K,
    make: impl FnOnce() -> T,
) -> Arc<T> {
    let lock = || table.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(value) = lock().get(&key) {
        return Arc::clone(value);
    }
    let value = Arc::new(make());
    let mut table = lock();
    if table.len() >= max {
        table.clear();
    }
    table.insert(key, Arc::clone(&value));
    value
}

/// Returns whether one library is another after more was added: handles mean the same in both.
fn is_grown_from(library: &Library, earlier: &Library) -> bool {
    let handles = earlier.handle_bound();
    handles <= library.handle_bound()
        && [0, handles.saturating_sub(1)].into_iter().take(handles).all(|handle| {
            // The earlier one is still held, so that no other conversation can stand in its place.
            std::ptr::eq(
                earlier.get(ConversationHandle(handle as u32)),
                library.get(ConversationHandle(handle as u32)),
            )
        })
}
