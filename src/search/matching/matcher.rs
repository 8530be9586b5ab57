//! A query compiled for the outside: whether one conversation matches, how well, where, and what to show of it.
//!
//! Pure: no thread, no clock, no library. The worker asks it about many conversations, a screen about one.

use std::{
    ops::{ControlFlow, Range},
    sync::Arc,
};

use super::{
    case_folding::whole_characters, compiled_query::CompiledQuery, folds_to_ascii::FoldsToAscii, term::Term,
};
use crate::{
    conversation::Conversation,
    search::{
        Query, Score,
        index::IndexEntry,
        ranking::snippet::{self, CutLine, TermHit},
    },
};

/// Hits of a conversation that are kept, to go through them one by one.
pub(super) const MAX_KEPT: usize = 1 << 20;
/// Hits of one term in one text that are marked, and among which the best passage is.
const MAX_MARKS: usize = 1 << 16;

/// A query, compiled; cheap to clone, and shared between threads.
#[derive(Clone, Debug)]
pub struct Matcher {
    compiled: Arc<CompiledQuery>,
}

/// One hit of a word, phrase or expression of the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The message's index in [`Conversation::messages`].
    pub message: usize,
    /// Bytes of [`Conversation::message_words`]: within that message's text, or beyond it in what stands beside it.
    pub range: Range<usize>,
}

/// A line of text around the best hit. Not sanitized: whoever shows it does that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// The message it is from.
    pub message: usize,
    /// One line: white space is single blanks, and `…` stands where it is cut.
    pub text: String,
    /// Byte ranges of hits in `text`, in order.
    pub highlights: Vec<Range<usize>>,
    /// The one of these that it was cut around: whoever shows less of it shows that.
    pub focus: usize,
    /// The place of that hit in the words of the message, as in [`Hit::range`].
    pub place: usize,
}

impl Matcher {
    /// Compiles a query.
    pub fn new(query: &Query) -> Self {
        Self { compiled: Arc::new(CompiledQuery::new(query)) }
    }

    /// Returns the compiled query itself.
    pub(in crate::search) fn compiled(&self) -> &CompiledQuery {
        &self.compiled
    }

    /// Returns whether a conversation matches. Exact.
    pub fn matches(&self, conversation: &Conversation) -> bool {
        self.compiled.matches(conversation, IndexEntry::unindexed(conversation))
    }

    /// Returns how long it may take to find the hits of a conversation, in bytes at the speed of memory. A guess that
    /// leans to too much.
    pub fn cost(&self, conversation: &Conversation) -> usize {
        let length = conversation.text().len();
        length.saturating_mul(self.compiled.cost(length))
    }

    /// Scores a conversation. `None`: it does not match.
    pub fn score(&self, conversation: &Conversation) -> Option<Score> {
        self.compiled
            .evaluate(conversation, IndexEntry::unindexed(conversation))
            .map(|evaluate| evaluate.score)
    }

    /// Returns every hit in the messages that are searched, on every branch, by message, then position; overlapping
    /// ones are one. At most a million, shared by the terms: a text that repeats one has a hit every few bytes. Of
    /// `has:secret` without a word they are the secrets.
    pub fn hits(&self, conversation: &Conversation) -> Vec<Hit> {
        let terms = self.compiled.message_terms().count();
        if terms == 0 {
            return self.secret_hits(conversation);
        }
        let mut hits = Vec::new();
        for (message, range) in
            self.hit_ranges(conversation, IndexEntry::unindexed(conversation), MAX_KEPT / terms)
        {
            let base = conversation.messages()[message].text_range().start;
            let range = whole_characters(conversation.text(), &range);
            hits.push(Hit { message, range: range.start - base..range.end - base });
        }
        hits
    }

    /// Returns the messages to show for a conversation that matches, in order: those with a hit, or, of a query
    /// without terms for messages, those that `role:`, `model:`, `has:` or `in:` let in. Empty when the title alone matched,
    /// or when the query is about the conversation alone.
    pub fn messages(&self, conversation: &Conversation) -> Vec<usize> {
        if self.compiled.message_terms().next().is_none() {
            return self.compiled.scope(conversation, IndexEntry::unindexed(conversation)).eligible();
        }
        // Not by way of the hits: there may be millions of them in one message.
        let scope = self.compiled.scope(conversation, IndexEntry::unindexed(conversation));
        let mut messages = Vec::new();
        for term in self.compiled.message_terms() {
            scope.each_hit(&term.pattern, |message, _| {
                if messages.last() != Some(&(message as usize)) {
                    messages.push(message as usize);
                }
                ControlFlow::Continue(())
            });
        }
        messages.sort_unstable();
        messages.dedup();
        messages
    }

    /// Counts the hits; overlapping ones are one. Stops at `limit`.
    pub fn count(&self, conversation: &Conversation, limit: usize) -> usize {
        let terms: Vec<&Term> = self.compiled.message_terms().collect();
        if terms.len() < 2 {
            return self.count_up_to(conversation, IndexEntry::unindexed(conversation), limit);
        }
        // One hit of each term at a time: there may be millions of them in one message.
        let entry = IndexEntry::unindexed(conversation);
        let scope = self.compiled.scope(conversation, entry);
        let mut count = 0;
        for text in scope.texts() {
            let mut hits: Vec<_> =
                terms.iter().map(|term| term.pattern.hits(text, entry.folds_to_ascii).peekable()).collect();
            let mut end = 0;
            while let Some(first) = hits
                .iter_mut()
                .filter_map(|hits| hits.peek().map(|hit| (hit.start, hit.end)).map(|at| (at, hits)))
                .min_by_key(|(at, _)| *at)
                .and_then(|(_, hits)| hits.next())
            {
                count += usize::from(first.start >= end);
                end = end.max(first.end);
                if count == limit {
                    return count;
                }
            }
        }
        count
    }

    /// Counts as [`Self::count`] does, but looks for no more than `limit` hits of each term.
    pub(in crate::search) fn count_up_to(
        &self,
        conversation: &Conversation,
        entry: IndexEntry,
        limit: usize,
    ) -> usize {
        let mut terms = self.compiled.message_terms();
        if let (Some(term), None) = (terms.next(), terms.next()) {
            let mut count = 0;
            self.compiled.scope(conversation, entry).each_hit(&term.pattern, |_, _| {
                count += 1;
                if count < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            });
            return count;
        }
        self.hit_ranges(conversation, entry, limit).len()
    }

    fn hit_ranges(
        &self,
        conversation: &Conversation,
        entry: IndexEntry,
        limit: usize,
    ) -> Vec<(usize, Range<usize>)> {
        let scope = self.compiled.scope(conversation, entry);
        let mut hit_ranges = Vec::new();
        for term in self.compiled.message_terms() {
            let max_hits = hit_ranges.len().saturating_add(limit);
            scope.each_hit(&term.pattern, |message, range| {
                hit_ranges.push((message as usize, range));
                if hit_ranges.len() < max_hits { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            });
        }
        if self.compiled.message_terms().nth(1).is_some() {
            hit_ranges.sort_by_key(|(message, range)| (*message, range.start, range.end));
            hit_ranges.dedup_by(|next, kept| {
                let overlap = next.0 == kept.0 && next.1.start < kept.1.end;
                if overlap {
                    kept.1.end = kept.1.end.max(next.1.end);
                }
                overlap
            });
        }
        hit_ranges
    }

    /// Cuts the best passage out of the best message, at most `columns` wide. `None`: only the title matched.
    pub fn snippet(&self, conversation: &Conversation, columns: usize) -> Option<Snippet> {
        let scope = self.compiled.scope(conversation, IndexEntry::unindexed(conversation));
        let message = self.compiled.best_message(conversation, &scope)? as usize;
        self.snippet_of(conversation, message, columns)
    }

    /// Cuts a passage out of one message around its best hits, at most `columns` wide. `None`: it has none.
    pub fn snippet_of(&self, conversation: &Conversation, message: usize, columns: usize) -> Option<Snippet> {
        self.snippet_in(conversation.message_words(message), message, columns)
    }

    /// Cuts a passage out of the words of a message as [`Self::snippet_of`] does: out of its text, or of what stands
    /// beside it, each behind a NUL, where that has more of the terms.
    pub fn snippet_in(&self, words: &str, message: usize, columns: usize) -> Option<Snippet> {
        let mut best: (&str, Vec<TermHit>, u32) = ("", Vec::new(), 0);
        let (mut start, mut best_start) = (0, 0);
        for piece in words.split('\0') {
            let hits = self.marks(piece);
            let terms = hits.iter().fold(0, |terms, hit| terms | hit.terms).count_ones();
            if terms > best.2 {
                best = (piece, hits, terms);
                best_start = start;
            }
            start += piece.len() + 1;
        }
        let (words, hits, terms) = best;
        (terms > 0).then(|| {
            let CutLine { text, highlights, focus, place } = snippet::cut(words, &hits, columns);
            Snippet { message, text, highlights, focus, place: best_start + place }
        })
    }

    /// Returns the byte ranges of the title to mark, in order: the terms, or else the letters that matched fuzzily.
    pub fn title_marks(&self, title: &str) -> Vec<Range<usize>> {
        let foldable = FoldsToAscii::of(title);
        let mut marks = Vec::new();
        for term in self.compiled.required() {
            let before = marks.len();
            let hits = term.pattern.hits(title, foldable).map(|range| whole_characters(title, &range));
            marks.extend(hits.map(|range| TermHit { range, terms: 0 }));
            if marks.len() == before
                && let Some(fuzzy) = &term.fuzzy
            {
                marks.extend(fuzzy.marks(title).into_iter().map(|range| TermHit { range, terms: 0 }));
            }
        }
        merge_overlaps(marks, true).into_iter().map(|mark| mark.range).collect()
    }

    /// Finds the hits in any other text, in order; overlapping ones are one. Terms of `title:` are not looked for.
    pub fn find(&self, text: &str) -> Vec<Range<usize>> {
        self.marks(text).into_iter().map(|mark| mark.range).collect()
    }

    fn marks(&self, text: &str) -> Vec<TermHit> {
        let foldable = FoldsToAscii::of(text);
        let mut marks = Vec::new();
        for (number, term) in self.compiled.message_terms().enumerate() {
            let terms = 1 << (number & 63);
            let hits = term.pattern.hits(text, foldable).take(MAX_MARKS);
            let hits = hits.map(|range| whole_characters(text, &range));
            marks.extend(hits.map(|range| TermHit { range, terms }));
        }
        merge_overlaps(marks, false)
    }
}

/// Sorts, and merges overlapping ranges; with `touching` also those side by side.
fn merge_overlaps(mut marks: Vec<TermHit>, touching: bool) -> Vec<TermHit> {
    marks.sort_by_key(|mark| (mark.range.start, mark.range.end));
    marks.dedup_by(|next, kept| {
        let joined = next.range.start < kept.range.end || (touching && next.range.start == kept.range.end);
        if joined {
            kept.range.end = kept.range.end.max(next.range.end);
            kept.terms |= next.terms;
        }
        joined
    });
    marks
}
