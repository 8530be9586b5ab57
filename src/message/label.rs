//! The label of a message that is not simply said: a tool call, reasoning, a page.

use super::{Canvas, MessageView};
use crate::conversation::MessageKind;

/// The kind of a message, with its name. Names are the archive's: untrusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label<'a> {
    /// Simply said.
    Text,
    /// A call of this tool, if it is named.
    Call(Option<&'a str>),
    /// The result of this tool, if it is named.
    Output(Option<&'a str>),
    /// The model's reasoning.
    Reasoning,
    /// The label of the reasoning before it.
    Recap,
    /// A passage of a page or file.
    Quote,
    /// A list of search results.
    Search,
    /// A fetched page.
    Page,
    /// A tool's error, and its name.
    Error(Option<&'a str>),
    /// The custom instructions: what the person wants the model to know.
    Instructions,
    /// The saved memory: what the model remembers.
    Memory,
    /// A document.
    Canvas(Canvas<'a>),
    /// Something of a type that this version does not know, and its name.
    Unknown(Option<&'a str>),
}

impl Label<'_> {
    /// Returns the noun for it; empty for what is simply said.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Text => "",
            Self::Call(_) => "tool call",
            Self::Output(_) => "result",
            Self::Reasoning | Self::Recap => "reasoning",
            Self::Quote => "quote",
            Self::Search => "web search",
            Self::Page => "web page",
            Self::Error(_) => "error",
            Self::Instructions => "custom instructions",
            Self::Memory => "saved memory",
            Self::Canvas(_) => "canvas",
            Self::Unknown(_) => "unknown type",
        }
    }
}

impl<'a> MessageView<'a> {
    /// Returns the label of the message.
    pub fn label(self) -> Label<'a> {
        match self.message().kind {
            MessageKind::Text => Label::Text,
            MessageKind::Call => Label::Call(self.name()),
            MessageKind::Output => Label::Output(self.name()),
            MessageKind::Reasoning => Label::Reasoning,
            MessageKind::Recap => Label::Recap,
            MessageKind::Quote => Label::Quote,
            MessageKind::Browsing => Label::Search,
            MessageKind::Page => Label::Page,
            MessageKind::Error => Label::Error(self.name()),
            MessageKind::Instructions => Label::Instructions,
            MessageKind::Memory => Label::Memory,
            MessageKind::Canvas => Label::Canvas(self.canvas().unwrap_or_default()),
            MessageKind::Other => Label::Unknown(self.name()),
        }
    }
}
