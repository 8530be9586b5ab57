//! The answers to earlier queries, kept for going back to, and while the library grows.

use std::{collections::VecDeque, sync::Arc};

use super::{MAX_EXPLAINED, found::FoundConversation};
use crate::search::Query;

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
    /// The number of handles in the library at that time.
    pub handle_count: usize,
    /// Newest first.
    pub found: Arc<Vec<FoundConversation>>,
    /// Hits over all of them; one more than are counted means more.
    pub hits: usize,
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

    /// Finds the latest answer to a query that found all that this one can: the same, but that the last word or phrase was
    /// not typed to its end. `handle_count` is the number of handles in the library.
    pub fn wider(&self, query: &Query, handle_count: usize) -> Option<&CachedAnswer> {
        let (last, before) = query.clauses().split_last()?;
        self.answers.iter().find(|answer| {
            let shorter = answer.query.clauses().split_last();
            answer.handle_count == handle_count
                && shorter.is_some_and(|(shorter, others)| others == before && last.goes_on_from(shorter))
        })
    }

    /// Keeps an answer in place of an earlier one to the same query, and drops the oldest when there are too many.
    pub fn insert(&mut self, answer: CachedAnswer) {
        self.answers.retain(|other| other.query.clauses() != answer.query.clauses());
        self.answers.push_front(answer);
        let mut rows = 0;
        let fitting = self.answers.iter().take_while(|answer| {
            rows += answer.found.len();
            rows <= MAX_KEPT_ROWS
        });
        let kept = fitting.count().clamp(1, MAX_ANSWERS);
        self.answers.truncate(kept);
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
