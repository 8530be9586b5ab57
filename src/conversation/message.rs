//! One message: who speaks, what it is made of, and how its provider treats it.

use std::ops::Range;

use super::time::Time;

/// The role of whoever speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The person the archive belongs to.
    User,
    /// The model.
    Assistant,
    /// A tool's call result: python, the browser, an image generator.
    Tool,
    /// Instructions from the provider or the person's own settings.
    System,
}

impl Role {
    /// Returns the word that the export, the query language and the extracts use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
            Self::System => "system",
        }
    }
}

/// The way the provider's own screen treats a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Visibility {
    /// Part of the conversation.
    Shown,
    /// Folded away on the provider's screen: reasoning, tool calls and results, quotes, instructions, memory.
    Folded,
    /// Never on the provider's screen: flagged as hidden, of weight 0, a system message, or blank.
    Hidden,
}

/// The kind of content that a message has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MessageKind {
    /// Prose in Markdown, perhaps with attachments; voice as its words.
    Text,
    /// A tool call: the model writes to a tool. [`Conversation::message_name`](super::Conversation::message_name) is
    /// the tool, the text its input.
    Call,
    /// A tool's result.
    Output,
    /// The model's reasoning, when the export has it.
    Reasoning,
    /// "Thought for 15 s": the label of the reasoning before it.
    Recap,
    /// A passage quoted from a page or file.
    Quote,
    /// A list of search results or the state of a browsing tool.
    Browsing,
    /// A fetched web page.
    Page,
    /// A tool's error.
    Error,
    /// Custom instructions.
    Instructions,
    /// Saved memory.
    Memory,
    /// A canvas document, in its final state. The document's name and type are in its
    /// [`AnnotationKind::Canvas`](super::AnnotationKind::Canvas) part.
    Canvas,
    /// A content type this version does not know;
    /// [`Conversation::message_name`](super::Conversation::message_name) has its name.
    Other,
}

/// The slot of no model, no name, no parent, no current message.
pub(super) const NONE_16: u16 = u16::MAX;
pub(super) const NONE_32: u32 = u32::MAX;
pub(super) const NO_TIME: i64 = i64::MIN;
/// One message. Its text and annotations are ranges into its conversation's; indices are into
/// [`Conversation::messages`](super::Conversation::messages). 40 bytes: an archive holds millions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The role of whoever speaks.
    pub role: Role,
    /// Shown, folded or hidden.
    pub visibility: Visibility,
    /// The kind of its content.
    pub kind: MessageKind,
    /// `true` if the answer was interrupted: by the person, by an error or by the length limit.
    pub interrupted: bool,
    pub(super) parent: u32,
    pub(super) time: i64,
    pub(super) model: u16,
    pub(super) name: u16,
    pub(super) text: (u32, u32),
    pub(super) words_end: u32,
    pub(super) annotations: (u32, u32),
}

impl Message {
    /// Returns the time it was written, if the export has it.
    pub fn time(&self) -> Option<Time> {
        (self.time != NO_TIME).then_some(Time(self.time))
    }

    /// Returns the index of the message before it on its branch. Always smaller than its own.
    pub fn parent(&self) -> Option<usize> {
        (self.parent != NONE_32).then_some(self.parent as usize)
    }

    /// Returns the range of its text in [`Conversation::text`](super::Conversation::text), in bytes.
    pub fn text_range(&self) -> Range<usize> {
        self.text.0 as usize..self.text.1 as usize
    }

    /// Returns the range of its text and the words beside it, in bytes.
    pub fn words_range(&self) -> Range<usize> {
        self.text.0 as usize..self.words_end as usize
    }
}
