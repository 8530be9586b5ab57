//! What stands beside a conversation: the messages that are part of it only where somebody asks for them.

use crate::conversation::{Message, MessageKind, Visibility};

/// What a message beside the conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aside {
    /// A document in its final state.
    Canvas,
    /// The model's reasoning and its label.
    Reasoning,
    /// Custom instructions and saved memory: nobody said them here.
    Settings,
    /// Tool calls and their results, quotes, fetched pages, errors, and what this version does not know.
    Tools,
}

impl Aside {
    /// Tells what a message is that is not hidden. `None`: it is part of the conversation itself.
    pub fn of(message: &Message) -> Option<Self> {
        match (message.visibility, message.kind) {
            (_, MessageKind::Canvas) => Some(Self::Canvas),
            (Visibility::Shown, _) => None,
            (_, MessageKind::Reasoning | MessageKind::Recap) => Some(Self::Reasoning),
            (_, MessageKind::Instructions | MessageKind::Memory) => Some(Self::Settings),
            _ => Some(Self::Tools),
        }
    }
}
