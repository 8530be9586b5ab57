//! The hits of a query's terms in the messages of one conversation: the best message, how many hits there are, and
//! where several terms stand.
//!
//! One term and several are found in two ways. Of one term no position is kept: its first whole hit on the visible
//! branch ends the search ([`MessageHits::of_single_term`]). Of several terms all positions are collected, term by term
//! ([`MessageHits::add_term`]), and merged at the end ([`MessageHits::rank_messages`]).

use std::ops::{ControlFlow, Range};

use super::{scope::SearchScope, term::Term, word_boundary::WordBoundary};
use crate::{
    conversation::Conversation,
    search::ranking::{MatchQuality, TermPosition},
};

/// Positions of one of several terms in one message that are looked at to rank it; the rest would hardly change it.
const MAX_POSITIONS: usize = 64;

/// The hits in the messages of one conversation.
#[derive(Debug, Default)]
pub(super) struct MessageHits {
    /// The positions of several terms; of one term none is kept.
    positions: Vec<TermPosition>,
    /// Some positions are left out, or the search ended before the last.
    is_cut: bool,
    /// The best message.
    best: Option<(MatchQuality, u32)>,
    /// The number of hits. `None`: not known.
    count: Option<usize>,
}

impl MessageHits {
    /// Finds the best message for a query of one term, and counts its hits if it comes to the last.
    pub fn of_single_term(conversation: &Conversation, scope: &SearchScope<'_>, term: &Term) -> Self {
        let text = conversation.text();
        let mut best: Option<((WordBoundary, bool, bool), u32)> = None;
        let mut seen = 0;
        let mut is_cut = false;
        scope.each_hit(&term.pattern, |message, range| {
            seen += 1;
            let (boundary, shown) = (WordBoundary::of(text, &range), scope.is_shown(message));
            // A hit that is no better, in a message that was looked at before, needs no second look at the branch.
            let is_no_better = best.is_some_and(|((best_boundary, best_shown, on_branch), other)| {
                (boundary, shown) <= (best_boundary, best_shown) && (on_branch || other == message)
            });
            if !is_no_better {
                let key = (boundary, shown, scope.is_on_visible_branch(message));
                if best.is_none_or(|(known, _)| key > known) {
                    best = Some((key, message));
                }
            }
            let is_perfect = best.is_some_and(|((boundary, shown, on_branch), _)| {
                boundary == WordBoundary::Whole && shown && on_branch
            });
            is_cut = is_perfect || seen == term.max_positions;
            if is_cut { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        let best = best
            .map(|((boundary, shown, _), message)| (MatchQuality::of_single_term(boundary, shown), message));
        Self { positions: Vec::new(), is_cut, best, count: (!is_cut).then_some(seen) }
    }

    /// Adds the positions of one of several terms. Returns whether there is any.
    pub fn add_term(
        &mut self,
        conversation: &Conversation,
        scope: &SearchScope<'_>,
        term: &Term,
        number: u16,
    ) -> bool {
        let before = self.positions.len();
        let mut collector = Collector::new(self, conversation.text(), number);
        scope.each_hit(&term.pattern, |message, range| collector.add(message, range));
        self.positions.len() > before
    }

    /// Adds the positions of one of several terms in one message.
    pub fn add_term_in_message(
        &mut self,
        conversation: &Conversation,
        scope: &SearchScope<'_>,
        term: &Term,
        number: u16,
        message: u32,
    ) {
        let mut collector = Collector::new(self, conversation.text(), number);
        let mut hits = 0;
        scope.each_hit_in_message(message, &term.pattern, |message, range| {
            hits += 1;
            if hits > MAX_POSITIONS { ControlFlow::Break(()) } else { collector.add(message, range) }
        });
    }

    /// Finds the best message and the number of hits from the positions of several terms.
    pub fn rank_messages(&mut self, scope: &SearchScope<'_>) {
        if self.positions.is_empty() {
            return;
        }
        // Each term's are in order already: a stable sort merges them.
        self.positions
            .sort_by_key(|position| (position.message, position.start, position.end, position.term));
        let mut count = 0;
        for positions in self.positions.chunk_by(|left, right| left.message == right.message) {
            count += count_apart(positions);
            let message = positions[0].message;
            let (shown, length) = (scope.is_shown(message), scope.length_of(message));
            let Some(quality) = MatchQuality::of(positions, shown, length) else { continue };
            let is_better = self.best.is_none_or(|(best, other)| {
                quality > best
                    || (quality == best
                        && !scope.is_on_visible_branch(other)
                        && scope.is_on_visible_branch(message))
            });
            if is_better {
                self.best = Some((quality, message));
            }
        }
        self.count = (!self.is_cut).then_some(count);
    }

    /// Returns how well the best message answers. `None`: no message has a hit.
    pub fn best_quality(&self) -> Option<MatchQuality> {
        self.best.map(|(quality, _)| quality)
    }

    /// Returns the best message. `None`: no message has a hit.
    pub fn best_message(&self) -> Option<u32> {
        self.best.map(|(_, message)| message)
    }

    /// Returns how many hits there are. `None`: not known.
    pub fn count(&self) -> Option<usize> {
        self.count
    }
}

/// Counts the hits of one message, in order of their starts; overlapping ones are one.
fn count_apart(positions: &[TermPosition]) -> usize {
    let (mut count, mut end) = (0, 0);
    for position in positions {
        count += usize::from(position.start >= end);
        end = end.max(position.end);
    }
    count
}

/// Adds the positions of one term to the others, at most [`MAX_POSITIONS`] a message.
struct Collector<'a> {
    hits: &'a mut MessageHits,
    text: &'a str,
    term: u16,
    /// The message of the last hit.
    message: u32,
    /// The number of hits of that message that came before.
    in_message: usize,
}

impl<'a> Collector<'a> {
    fn new(hits: &'a mut MessageHits, text: &'a str, term: u16) -> Self {
        Self { hits, text, term, message: u32::MAX, in_message: 0 }
    }

    /// Adds one hit; never ends the search.
    fn add(&mut self, message: u32, range: Range<usize>) -> ControlFlow<()> {
        self.in_message = if self.message == message { self.in_message + 1 } else { 0 };
        self.message = message;
        if self.in_message < MAX_POSITIONS {
            let boundary = WordBoundary::of(self.text, &range);
            let (start, end) = (range.start as u32, range.end as u32);
            self.hits.positions.push(TermPosition { term: self.term, message, start, end, boundary });
        } else {
            self.hits.is_cut = true;
        }
        ControlFlow::Continue(())
    }
}
