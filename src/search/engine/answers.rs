//! The answers to earlier queries, kept for going back to and for typing on.

use std::{collections::VecDeque, sync::Arc};

use super::{MAX_EXPLAINED, found::FoundConversation, refinement::refines};
use crate::{
    library::Handle,
    search::{Matcher, Query, matching::position_cache::PositionCache},
};

/// Answers kept.
const MAX_ANSWERS: usize = 48;
/// Rows kept in all of them together: 16 bytes each.
const MAX_KEPT_ROWS: usize = 400_000;
/// Counts kept.
const MAX_COUNTS: usize = 4 * MAX_EXPLAINED;

/// The complete answer to one query in a library of so many handles.
#[derive(Debug)]
pub(super) struct CachedAnswer {
    pub query: Query,
    pub matcher: Matcher,
    /// The number of handles in the library at that time.
    pub handle_count: usize,
    /// Newest first.
    pub found: Arc<Vec<FoundConversation>>,
    pub positions: Arc<PositionCache>,
}

impl CachedAnswer {
    /// Returns what its query matched, by handle.
    pub fn matches(&self) -> EarlierMatches {
        let mut matched = vec![false; self.handle_count];
        for found in &*self.found {
            matched[found.handle.0 as usize] = true;
        }
        EarlierMatches(matched)
    }
}

/// Returns the answer with the fewest conversations.
pub(super) fn shortest<'a>(answers: impl Iterator<Item = &'a CachedAnswer>) -> Option<&'a CachedAnswer> {
    answers.min_by_key(|answer| answer.found.len())
}

/// The conversations that an earlier query matched, by handle. By default no query was asked.
#[derive(Debug, Default)]
pub(super) struct EarlierMatches(Vec<bool>);

impl EarlierMatches {
    /// Returns whether the earlier query matched a conversation; true of one that it was not asked about.
    pub fn may_contain(&self, handle: Handle) -> bool {
        self.0.get(handle.0 as usize).copied().unwrap_or(true)
    }
}

/// The answers to earlier queries, and the counts that explained why some found nothing.
#[derive(Debug, Default)]
pub(super) struct AnswerCache {
    /// The latest first.
    answers: VecDeque<CachedAnswer>,
    /// The number of conversations that matched queries which were only counted; the latest first.
    counts: VecDeque<(Query, usize)>,
}

impl AnswerCache {
    /// Forgets everything: another library was opened.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Forgets the counts: the library has grown.
    pub fn clear_counts(&mut self) {
        self.counts.clear();
    }

    /// Finds the answer to the same query.
    pub fn same(&self, query: &Query) -> Option<&CachedAnswer> {
        self.answers.iter().find(|answer| answer.query.clauses() == query.clauses())
    }

    /// Finds the answers to queries that this one refines.
    pub fn broader_than(&self, query: &Query) -> Vec<&CachedAnswer> {
        self.answers.iter().filter(|answer| refines(query, &answer.query)).collect()
    }

    /// Keeps an answer in place of an earlier one to the same query, and drops the oldest when there are too many;
    /// of all positions at most `max_positions` are kept.
    pub fn insert(&mut self, answer: CachedAnswer, max_positions: usize) {
        self.answers.retain(|other| other.query.clauses() != answer.query.clauses());
        self.answers.push_front(answer);
        let mut rows = 0;
        let fitting = self.answers.iter().take_while(|answer| {
            rows += answer.found.len();
            rows <= MAX_KEPT_ROWS
        });
        let kept = fitting.count().clamp(1, MAX_ANSWERS);
        self.answers.truncate(kept);
        let mut positions = 0;
        for answer in &mut self.answers {
            positions += answer.positions.len();
            if positions > max_positions {
                answer.positions = Arc::default();
            }
        }
    }

    /// Returns how many conversations matched a query that was only counted.
    pub fn count(&self, query: &Query) -> Option<usize> {
        let counted = self.counts.iter().find(|(other, _)| other.clauses() == query.clauses());
        counted.map(|&(_, count)| count)
    }

    /// Keeps a count.
    pub fn insert_count(&mut self, query: Query, count: usize) {
        self.counts.push_front((query, count));
        self.counts.truncate(MAX_COUNTS);
    }
}
