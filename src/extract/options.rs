//! The options of an extract: which messages it takes, and how it writes them.
//!
//! Decides which messages an extract takes; nothing else does.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::{Format, save::attachments::AttachmentLinks};
use crate::{
    conversation::{Message, MessageKind, Visibility},
    message::Aside,
};

/// The messages to take besides the conversation itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Include {
    /// Tool calls and their results, quotes, fetched pages, errors, canvases, unknown types.
    pub tools: bool,
    /// The model's reasoning.
    pub reasoning: bool,
    /// Messages that the provider never shows, and the owner's custom instructions and saved memory.
    pub hidden: bool,
}

impl Include {
    /// Everything there is.
    pub const ALL: Self = Self { tools: true, reasoning: true, hidden: true };

    /// Returns whether a message is part of an extract with these wishes.
    ///
    /// | message | taken |
    /// |---|---|
    /// | shown, but no canvas | always |
    /// | hidden, of whatever kind | by `hidden` |
    /// | folded: reasoning and its recap | by `reasoning` |
    /// | folded: custom instructions, saved memory | by `hidden`: they are settings and private, nobody said them here |
    /// | canvas, and all else that is folded | by `tools` |
    pub fn takes(self, message: &Message) -> bool {
        if message.visibility == Visibility::Hidden {
            return self.hidden;
        }
        match Aside::of(message) {
            None => true,
            Some(Aside::Canvas | Aside::Tools) => self.tools,
            Some(Aside::Reasoning) => self.reasoning,
            Some(Aside::Settings) => self.hidden,
        }
    }
}

/// The options of an extract.
#[derive(Clone, Debug)]
pub struct ExtractOptions {
    /// The format.
    pub format: Format,
    /// `true`: every branch, in depth-first order, instead of one.
    pub all_branches: bool,
    /// The messages to take besides the conversation itself.
    pub include: Include,
    /// `true`: begin Markdown with a block of YAML (title, id, address, times, models).
    pub front_matter: bool,
    /// The leaf of the branch to take instead of the visible one.
    pub leaf: Option<usize>,
    /// The zone of the times a person reads; `jsonl` and front matter are in UTC.
    pub zone: TimeZone,
    /// `true`: put the attachments beside the files that are written
    /// ([`AttachmentWriter`](super::save::attachments::AttachmentWriter)).
    pub attachments: bool,
    /// The places of these: Markdown and HTML link them, text names them.
    pub links: Option<Arc<AttachmentLinks>>,
}

impl ExtractOptions {
    /// Takes the visible branch, nothing folded or hidden, with times in `zone`.
    pub fn new(format: Format, zone: TimeZone) -> Self {
        Self {
            format,
            all_branches: false,
            include: Include::default(),
            front_matter: false,
            leaf: None,
            zone,
            attachments: false,
            links: None,
        }
    }

    /// Returns whether this message of its conversation is written.
    pub fn takes(&self, message: &Message) -> bool {
        self.include.takes(message)
            || (message.kind == MessageKind::Canvas
                && message.visibility != Visibility::Hidden
                && self.format.shows_canvases())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        conversation::MessageDraft,
        extract::test_support::{answer, chain},
    };

    #[test]
    fn each_kind_is_taken_by_the_wish_it_belongs_to() {
        let tools = Include { tools: true, ..Include::default() };
        let reasoning = Include { reasoning: true, ..Include::default() };
        let hidden = Include { hidden: true, ..Include::default() };
        let of = |visibility, kind| {
            let conversation = chain("t", vec![MessageDraft { visibility, kind, ..answer("x") }]);
            let message = conversation.messages()[0].clone();
            [Include::default(), tools, reasoning, hidden].map(|include| include.takes(&message))
        };
        assert_eq!(of(Visibility::Shown, MessageKind::Text), [true; 4]);
        assert_eq!(of(Visibility::Shown, MessageKind::Output), [true; 4]);
        assert_eq!(of(Visibility::Shown, MessageKind::Canvas), [false, true, false, false]);
        assert_eq!(of(Visibility::Folded, MessageKind::Call), [false, true, false, false]);
        assert_eq!(of(Visibility::Folded, MessageKind::Other), [false, true, false, false]);
        assert_eq!(of(Visibility::Folded, MessageKind::Reasoning), [false, false, true, false]);
        assert_eq!(of(Visibility::Folded, MessageKind::Recap), [false, false, true, false]);
        assert_eq!(of(Visibility::Folded, MessageKind::Memory), [false, false, false, true]);
        assert_eq!(of(Visibility::Hidden, MessageKind::Text), [false, false, false, true]);
        assert_eq!(of(Visibility::Hidden, MessageKind::Reasoning), [false, false, false, true]);
    }
}
