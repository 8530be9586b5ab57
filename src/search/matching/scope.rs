//! Where in a conversation a query looks: its shown text as one run, or the messages that count.

use std::{
    cell::OnceCell,
    ops::{ControlFlow, Range},
};

use super::pattern::Pattern;
use crate::{
    conversation::{Conversation, Visibility},
    message::path,
    search::{index::Hints, query::filters::MessageFilter},
};

/// The text of a conversation that counts.
pub(in crate::search) struct Sight<'a> {
    conversation: &'a Conversation,
    /// `None`: all shown messages.
    counted: Option<Vec<u32>>,
    hints: Hints<'a>,
    /// Which messages lie on the visible branch, once that was asked.
    path: OnceCell<Box<[bool]>>,
}

impl<'a> Sight<'a> {
    /// `hints` are about the conversation.
    pub fn new(conversation: &'a Conversation, filter: &MessageFilter, hints: Hints<'a>) -> Self {
        let counted = (!filter.is_empty()).then(|| filter.counted(conversation));
        Self { conversation, counted, hints, path: OnceCell::new() }
    }

    /// What is known of the conversation.
    pub fn hints(&self) -> Hints<'a> {
        self.hints
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
    pub fn is_on_path(&self, message: u32) -> bool {
        self.hints.is_linear || self.path.get_or_init(|| path::visible(self.conversation))[message as usize]
    }

    /// The first message that counts, if that is a matter of choice.
    pub fn first(&self) -> Option<u32> {
        self.counted.as_ref().and_then(|counted| counted.first().copied())
    }

    /// The messages that count, if that is a matter of choice.
    pub fn counted(&self) -> Vec<usize> {
        self.counted.iter().flatten().map(|&message| message as usize).collect()
    }

    /// Some message counts, or there is no choice.
    pub fn is_open(&self) -> bool {
        self.counted.as_ref().is_none_or(|counted| !counted.is_empty())
    }

    /// The texts of the messages that count, in order.
    pub fn texts(&self) -> impl Iterator<Item = &'a str> + '_ {
        let conversation = self.conversation;
        let all = (0..conversation.messages().len() as u32).filter(|&message| self.is_shown(message));
        let counted = self.counted.as_deref().unwrap_or_default().iter().copied();
        let all = all.filter(|_| self.counted.is_none());
        counted.chain(all).map(move |message| conversation.message_text(message as usize))
    }

    /// Whether the pattern stands anywhere.
    pub fn holds(&self, pattern: &Pattern) -> bool {
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
        match (&self.counted, pattern) {
            (None, Pattern::Literal(_)) => self.each_in_run(pattern, visit),
            (None, Pattern::Regex(_)) => {
                for (index, message) in self.conversation.messages().iter().enumerate() {
                    if message.visibility == Visibility::Shown
                        && self.each_in(index, pattern, &mut visit).is_break()
                    {
                        return;
                    }
                }
            }
            (Some(counted), _) => {
                for &message in counted {
                    if self.each_in(message as usize, pattern, &mut visit).is_break() {
                        return;
                    }
                }
            }
        }
    }

    /// The same, of hits in some messages that count.
    pub fn each_hit_in(
        &self,
        messages: impl Iterator<Item = u32>,
        pattern: &Pattern,
        mut visit: impl FnMut(u32, Range<usize>) -> ControlFlow<()>,
    ) {
        for message in messages {
            if self.each_in(message as usize, pattern, &mut visit).is_break() {
                return;
            }
        }
    }

    /// One scan over all shown messages; no literal crosses the NUL between them.
    fn each_in_run(&self, pattern: &Pattern, mut visit: impl FnMut(u32, Range<usize>) -> ControlFlow<()>) {
        let text = self.conversation.shown_text();
        let messages = self.conversation.messages();
        let mut index = 0;
        for hit in pattern.hits(text, self.hints.foldable) {
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

    fn each_in(
        &self,
        message: usize,
        pattern: &Pattern,
        visit: &mut impl FnMut(u32, Range<usize>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let text = self.conversation.message_text(message);
        let base = self.conversation.messages()[message].text_range().start;
        for hit in pattern.hits(text, self.hints.foldable) {
            visit(message as u32, base + hit.start..base + hit.end)?;
        }
        ControlFlow::Continue(())
    }
}
