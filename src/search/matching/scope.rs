//! The part of a conversation that a query searches: its shown text as one run, or the messages that its filters let
//! in.

use std::{
    cell::OnceCell,
    ops::{ControlFlow, Range},
};

use super::{folds_to_ascii::FoldsToAscii, pattern::Pattern};
use crate::{
    conversation::{Conversation, Visibility},
    message::branches,
    search::{index::IndexEntry, query::filters::MessageFilter},
};

/// The text of a conversation that a query searches.
pub(in crate::search) struct SearchScope<'a> {
    conversation: &'a Conversation,
    /// The messages that are looked through, in order. `None`: all shown messages.
    eligible: Option<Vec<u32>>,
    /// They are those that `role:`, `model:`, `has:` or `in:` let in, or some of them.
    is_filtered: bool,
    entry: IndexEntry<'a>,
    /// By message, whether it lies on the visible branch; made on first need.
    visible_branch: OnceCell<Box<[bool]>>,
}

impl<'a> SearchScope<'a> {
    /// Applies a filter to a conversation; `entry` is what the index has of it.
    pub fn new(conversation: &'a Conversation, filter: &MessageFilter, entry: IndexEntry<'a>) -> Self {
        let eligible = (!filter.is_empty()).then(|| filter.eligible(conversation));
        let is_filtered = eligible.is_some();
        Self { conversation, eligible, is_filtered, entry, visible_branch: OnceCell::new() }
    }

    /// Applies a filter to a conversation of which only some messages can have a hit: of the others it is not asked
    /// whether the filter lets them in, unless it lets none of those in.
    pub fn among(
        conversation: &'a Conversation,
        filter: &MessageFilter,
        entry: IndexEntry<'a>,
        may_have_hit: &dyn Fn(u32) -> bool,
    ) -> Self {
        let eligible = filter.eligible_among(conversation, may_have_hit);
        let is_filtered = !filter.is_empty();
        // Where most may have one, all are looked through at once.
        if !is_filtered && 2 * eligible.len() > conversation.messages().len() {
            return Self::new(conversation, filter, entry);
        }
        if is_filtered && eligible.is_empty() {
            return Self::new(conversation, filter, entry);
        }
        let visible_branch = OnceCell::new();
        Self { conversation, eligible: Some(eligible), is_filtered, entry, visible_branch }
    }

    /// Returns whether a message is part of the conversation and not folded away.
    pub fn is_shown(&self, message: u32) -> bool {
        self.conversation.messages()[message as usize].visibility == Visibility::Shown
    }

    /// Returns the length of a message's text in bytes.
    pub fn length_of(&self, message: u32) -> usize {
        self.conversation.messages()[message as usize].text_range().len()
    }

    /// Returns whether a message lies on the visible branch.
    pub fn is_on_visible_branch(&self, message: u32) -> bool {
        self.entry.is_linear
            || self.visible_branch.get_or_init(|| branches::visible(self.conversation))[message as usize]
    }

    /// Returns the first eligible message. `None`: the query does not filter messages, or lets none in.
    pub fn first_eligible(&self) -> Option<u32> {
        self.eligible.as_ref().filter(|_| self.is_filtered).and_then(|eligible| eligible.first().copied())
    }

    /// Returns the eligible messages, in order; empty if the query does not filter messages.
    pub fn eligible(&self) -> Vec<usize> {
        self.eligible.iter().flatten().map(|&message| message as usize).collect()
    }

    /// Returns whether the query filters messages and lets none in.
    pub fn is_empty(&self) -> bool {
        self.is_filtered && self.eligible.as_ref().is_some_and(Vec::is_empty)
    }

    /// Returns the texts of the messages that are searched, in order, each before what stands beside it.
    pub fn texts(&self) -> impl Iterator<Item = &'a str> + '_ {
        let conversation = self.conversation;
        let all = (0..conversation.messages().len() as u32).filter(|&message| self.is_shown(message));
        let eligible = self.eligible.as_deref().unwrap_or_default().iter().copied();
        let all = all.filter(|_| self.eligible.is_none());
        let messages = eligible.chain(all);
        messages.flat_map(move |message| {
            conversation.message_word_pieces(message as usize).map(|(_, words)| words)
        })
    }

    /// Returns whether the pattern has any hit.
    pub fn contains(&self, pattern: &Pattern) -> bool {
        // One after the other: the first hit of several is known only when each has been looked for.
        pattern.alternatives().iter().any(|pattern| {
            let mut found = false;
            self.each_hit(pattern, |_, _| {
                found = true;
                ControlFlow::Break(())
            });
            found
        })
    }

    /// Calls `visit` with each hit, by message and position: the message, and bytes of the conversation's text.
    pub fn each_hit(&self, pattern: &Pattern, mut visit: impl FnMut(u32, Range<usize>) -> ControlFlow<()>) {
        if pattern.needs_more_than_ascii() && self.conversation.is_ascii() {
            return;
        }
        match (&self.eligible, pattern.is_literal()) {
            (None, true) if !pattern.is_slowed_by(self.entry.folds_to_ascii) => {
                self.each_hit_in_shown_text(pattern, visit);
            }
            (None, _) => {
                for (index, message) in self.conversation.messages().iter().enumerate() {
                    if message.visibility == Visibility::Shown
                        && self.visit_message(index, pattern, &mut visit).is_break()
                    {
                        return;
                    }
                }
            }
            (Some(eligible), _) => {
                for &message in eligible {
                    if self.visit_message(message as usize, pattern, &mut visit).is_break() {
                        return;
                    }
                }
            }
        }
    }

    /// Scans all shown messages as one text; no literal crosses the NUL between two of them.
    fn each_hit_in_shown_text(
        &self,
        pattern: &Pattern,
        mut visit: impl FnMut(u32, Range<usize>) -> ControlFlow<()>,
    ) {
        let text = self.conversation.shown_text();
        let messages = self.conversation.messages();
        let mut index = 0;
        for hit in pattern.hits(text, self.entry.folds_to_ascii) {
            while messages.get(index).is_some_and(|message| {
                message.visibility != Visibility::Shown || message.words_range().end < hit.end
            }) {
                index += 1;
            }
            if visit(index as u32, hit).is_break() {
                return;
            }
        }
    }

    /// Calls `visit` with each hit in one message, and beside it.
    pub fn each_hit_in_message(
        &self,
        message: u32,
        pattern: &Pattern,
        mut visit: impl FnMut(u32, Range<usize>) -> ControlFlow<()>,
    ) {
        let _ = self.visit_message(message as usize, pattern, &mut visit);
    }

    /// Returns what of a part of a message has to be folded: one message of many seldom has any of it.
    fn folds_in(&self, message: usize, part: &str, pattern: &Pattern) -> FoldsToAscii {
        let folds = self.entry.folds_to_ascii;
        if !pattern.is_slowed_by(folds) {
            return folds;
        }
        let known = self.entry.message_folds.and_then(|folds| folds.get(message)).copied();
        known.unwrap_or_else(|| FoldsToAscii::of(part))
    }

    fn visit_message(
        &self,
        message: usize,
        pattern: &Pattern,
        visit: &mut impl FnMut(u32, Range<usize>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let base = self.conversation.messages()[message].text_range().start;
        for (place, words) in self.conversation.message_word_pieces(message) {
            for hit in pattern.hits(words, self.folds_in(message, words, pattern)) {
                visit(message as u32, base + place + hit.start..base + place + hit.end)?;
            }
        }
        ControlFlow::Continue(())
    }
}
