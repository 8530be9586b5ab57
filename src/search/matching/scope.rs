//! Where in a conversation a query looks: its shown text as one run, or the messages that count.

use std::{
    cell::OnceCell,
    ops::{ControlFlow, Range},
};

use super::pattern::Pattern;
use crate::{
    conversation::{Conversation, Visibility},
    message::path,
    search::{index::IndexEntry, query::filters::MessageFilter},
};

/// The text of a conversation that counts.
pub(in crate::search) struct SearchScope<'a> {
    conversation: &'a Conversation,
    /// `None`: all shown messages.
    eligible: Option<Vec<u32>>,
    entry: IndexEntry<'a>,
    /// Which messages lie on the visible branch, once that was asked.
    path: OnceCell<Box<[bool]>>,
}

impl<'a> SearchScope<'a> {
    /// `hints` are about the conversation.
    pub fn new(conversation: &'a Conversation, filter: &MessageFilter, entry: IndexEntry<'a>) -> Self {
        let eligible = (!filter.is_empty()).then(|| filter.eligible(conversation));
        Self { conversation, eligible, entry, path: OnceCell::new() }
    }

    /// What is known of the conversation.
    pub fn entry(&self) -> IndexEntry<'a> {
        self.entry
    }

    /// Whether a message is part of the conversation, not folded away.
    pub fn is_shown(&self, message: u32) -> bool {
        self.conversation.messages()[message as usize].visibility == Visibility::Shown
    }

    /// The length of a message's text in bytes.
    pub fn length_of(&self, message: u32) -> usize {
        self.conversation.messages()[message as usize].text_range().len()
    }

    /// Whether a message lies on the visible branch.
    pub fn is_on_visible_branch(&self, message: u32) -> bool {
        self.entry.is_linear || self.path.get_or_init(|| path::visible(self.conversation))[message as usize]
    }

    /// The first message that counts, if that is a matter of choice.
    pub fn first(&self) -> Option<u32> {
        self.eligible.as_ref().and_then(|eligible| eligible.first().copied())
    }

    /// The messages that count, if that is a matter of choice.
    pub fn eligible(&self) -> Vec<usize> {
        self.eligible.iter().flatten().map(|&message| message as usize).collect()
    }

    /// Some message counts, or there is no choice.
    pub fn is_open(&self) -> bool {
        self.eligible.as_ref().is_none_or(|eligible| !eligible.is_empty())
    }

    /// The texts of the messages that count, in order.
    pub fn texts(&self) -> impl Iterator<Item = &'a str> + '_ {
        let conversation = self.conversation;
        let all = (0..conversation.messages().len() as u32).filter(|&message| self.is_shown(message));
        let eligible = self.eligible.as_deref().unwrap_or_default().iter().copied();
        let all = all.filter(|_| self.eligible.is_none());
        eligible.chain(all).map(move |message| conversation.message_text(message as usize))
    }

    /// Whether the pattern stands anywhere.
    pub fn contains(&self, pattern: &Pattern) -> bool {
        let mut found = false;
        self.each_hit(pattern, |_, _| {
            found = true;
            ControlFlow::Break(())
        });
        found
    }

    /// Calls `visit` with each hit, by message and place: the message, and bytes of the conversation's text.
    pub fn each_hit(&self, pattern: &Pattern, mut visit: impl FnMut(u32, Range<usize>) -> ControlFlow<()>) {
        if let Pattern::Literal(literal) = pattern
            && literal.needs_more_than_ascii()
            && self.conversation.is_ascii()
        {
            return;
        }
        match (&self.eligible, pattern) {
            (None, Pattern::Literal(_)) => self.each_hit_in_shown_text(pattern, visit),
            (None, Pattern::Regex(_)) => {
                for (index, message) in self.conversation.messages().iter().enumerate() {
                    if message.visibility == Visibility::Shown
                        && self.each_hit_in_message(index, pattern, &mut visit).is_break()
                    {
                        return;
                    }
                }
            }
            (Some(eligible), _) => {
                for &message in eligible {
                    if self.each_hit_in_message(message as usize, pattern, &mut visit).is_break() {
                        return;
                    }
                }
            }
        }
    }

    /// The same, of hits in some messages that count.
    pub fn each_hit_in_messages(
        &self,
        messages: impl Iterator<Item = u32>,
        pattern: &Pattern,
        mut visit: impl FnMut(u32, Range<usize>) -> ControlFlow<()>,
    ) {
        for message in messages {
            if self.each_hit_in_message(message as usize, pattern, &mut visit).is_break() {
                return;
            }
        }
    }

    /// One scan over all shown messages; no literal crosses the NUL between them.
    fn each_hit_in_shown_text(
        &self,
        pattern: &Pattern,
        mut visit: impl FnMut(u32, Range<usize>) -> ControlFlow<()>,
    ) {
        let text = self.conversation.shown_text();
        let messages = self.conversation.messages();
        let mut index = 0;
        for hit in pattern.hits(text, self.entry.foldable) {
            while messages.get(index).is_some_and(|message| {
                message.visibility != Visibility::Shown || message.text_range().end < hit.end
            }) {
                index += 1;
            }
            if visit(index as u32, hit).is_break() {
                return;
            }
        }
    }

    fn each_hit_in_message(
        &self,
        message: usize,
        pattern: &Pattern,
        visit: &mut impl FnMut(u32, Range<usize>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let text = self.conversation.message_text(message);
        let base = self.conversation.messages()[message].text_range().start;
        for hit in pattern.hits(text, self.entry.foldable) {
            visit(message as u32, base + hit.start..base + hit.end)?;
        }
        ControlFlow::Continue(())
    }
}
