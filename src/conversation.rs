//! One conversation, as data: a text buffer, messages that point into it, and the tree they form.
//!
//! Nothing here reads a file, knows a provider's format or a terminal. A conversation is built once, by an
//! importer through [`Builder`], and never changes afterwards; whoever shows, searches or extracts it borrows it.
//!
//! The layout is flat on purpose. All text of a conversation lies in **one** buffer, in three runs: what ChatGPT
//! itself shows ([`Visibility::Shown`]), then what it folds away, then what it hides. So a search over the visible
//! text is one scan over one slice, and a conversation of ten thousand messages is three allocations, not
//! ten thousand. The tree is an array of parents: messages stand in depth-first order (a parent before its
//! children, siblings by creation), and nothing ever recurses over it.

mod builder;
mod tree;

use std::ops::Range;

pub use self::{
    builder::{Builder, Draft, Heading},
    tree::Tree,
};

/// A point in time: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

impl Time {
    /// From seconds since 1970, as the ChatGPT export writes them. `None` for NaN, infinities and anything
    /// further than year 9999 or before year 0.
    pub fn from_seconds(seconds: f64) -> Option<Self> {
        (-62_167_219_200.0..253_402_300_800.0)
            .contains(&seconds)
            .then(|| Self((seconds * 1e6).round() as i64))
    }

    /// Whole milliseconds since 1970, rounded towards the past.
    pub fn milliseconds(self) -> i64 {
        self.0.div_euclid(1_000)
    }
}

/// Who speaks.
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
    /// The word the export, the query language and the extracts use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
            Self::System => "system",
        }
    }
}

/// How the provider's own screen treats a message; the classes of the export notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Visibility {
    /// Class 2: part of the conversation.
    Shown,
    /// Class 3: there, but folded: reasoning, tool calls and results, quotes, instructions, memory.
    Folded,
    /// Class 1: never shown: hidden by flag, weight 0, system messages, blank text.
    Hidden,
}

/// What a message is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Prose in Markdown, perhaps with attachments; voice as its words.
    Text,
    /// A tool call: the model writes to a tool. [`Conversation::message_name`] is the tool, the text its input.
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
    /// A canvas document, in its final state. The document's name and type are in its [`Detail::Canvas`] part.
    Canvas,
    /// A content type this version does not know; [`Conversation::message_name`] says which.
    Other,
}

/// A slot that points nowhere: no model, no name, no parent, no current message.
const NONE_16: u16 = u16::MAX;
const NONE_32: u32 = u32::MAX;
const NO_TIME: i64 = i64::MIN;
/// Different models and tool names a conversation keeps; real ones have under twenty. Bounds a linear look-up.
const MOST_NAMES: usize = 1_024;

/// One message. Its text and parts are ranges into its conversation's; indices are into
/// [`Conversation::messages`]. 40 bytes: an archive holds millions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// Shown, folded or hidden.
    pub visibility: Visibility,
    /// What it is made of.
    pub kind: Kind,
    /// The answer was cut: by the person, by an error or by the length limit.
    pub interrupted: bool,
    parent: u32,
    time: i64,
    model: u16,
    name: u16,
    text: (u32, u32),
    parts: (u32, u32),
}

impl Message {
    /// When it was written, if the export says so.
    pub fn time(&self) -> Option<Time> {
        (self.time != NO_TIME).then_some(Time(self.time))
    }

    /// The index of the message before it on its branch. Always smaller than its own.
    pub fn parent(&self) -> Option<usize> {
        (self.parent != NONE_32).then_some(self.parent as usize)
    }

    /// Where its text stands in [`Conversation::text`], in bytes.
    pub fn text_range(&self) -> Range<usize> {
        self.text.0 as usize..self.text.1 as usize
    }
}

/// Something in a message besides its words, or something to know about some of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Which bytes of the *message's* text it concerns; empty for what stands between words.
    pub range: Range<u32>,
    /// What it is.
    pub detail: Detail,
}

/// See [`Part`].
#[derive(Clone, Debug, PartialEq)]
pub enum Detail {
    /// The range reads as Markdown links to these sources; a screen may show a number instead.
    Citation(Box<[Link]>),
    /// Sources listed for the whole message, without a place in the text (empty range at its end).
    Sources(Box<[Link]>),
    /// An image, file, voice clip or video at this place.
    Attachment(Box<Attachment>),
    /// This message is a canvas.
    Canvas {
        /// The document's name.
        title: Box<str>,
        /// `document`, `code/python`, …
        format: Box<str>,
    },
    /// How long the model thought, in whole seconds, or the export's own words for it.
    Thought {
        /// `metadata.finished_duration_sec`.
        seconds: Option<u32>,
    },
    /// The message quotes or fetched this page.
    Source(Box<Link>),
}

impl Detail {
    /// Bytes it keeps on the heap.
    fn heap_size(&self) -> usize {
        let link = |link: &Link| size_of::<Link>() + link.title.len() + link.url.len();
        match self {
            Self::Citation(links) | Self::Sources(links) => links.iter().map(link).sum(),
            Self::Attachment(attachment) => {
                let Attachment { id, name, mime, prompt, content, .. } = &**attachment;
                let texts = [id, name, mime, prompt, content];
                size_of::<Attachment>() + texts.iter().map(|text| text.len()).sum::<usize>()
            }
            Self::Canvas { title, format } => title.len() + format.len(),
            Self::Thought { .. } => 0,
            Self::Source(source) => link(source),
        }
    }
}

/// An address with its title. Both untrusted.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Link {
    /// The page's title; may be empty.
    pub title: Box<str>,
    /// The address; may be empty when only a title is known.
    pub url: Box<str>,
}

/// What kind of thing an attachment is, as far as the export says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Media {
    /// A picture, uploaded or generated.
    Image,
    /// A voice clip.
    Audio,
    /// A video.
    Video,
    /// Any other upload.
    File,
}

/// An attachment as a message names it. Whether the archive holds it is the archive's to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its kind.
    pub media: Media,
    /// The id in the export's file names, stripped of scheme and suffix (`file-abc`, `file_000…`).
    pub id: Box<str>,
    /// The name the person gave it, or empty.
    pub name: Box<str>,
    /// In bytes.
    pub size: Option<u64>,
    /// Width and height in pixels.
    pub dimensions: Option<(u32, u32)>,
    /// The MIME type, or empty.
    pub mime: Box<str>,
    /// A generated image's prompt, or empty.
    pub prompt: Box<str>,
    /// The text of the file when the export carries it (Claude), or empty.
    pub content: Box<str>,
}

/// Whose export it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provider {
    /// OpenAI's ChatGPT.
    ChatGpt,
    /// Anthropic's Claude.
    Claude,
}

impl Provider {
    /// The word `from:` takes and `--json` prints.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ChatGpt => "chatgpt",
            Self::Claude => "claude",
        }
    }

    /// What to call whoever answered, where the export does not name the model.
    pub fn assistant(self) -> &'static str {
        match self {
            Self::ChatGpt => "Assistant",
            Self::Claude => "Claude",
        }
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::ChatGpt => "ChatGPT",
            Self::Claude => "Claude",
        }
    }
}

/// Where the original object stands, so that it can be read again, byte for byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    /// Index of the archive, in the order they were opened.
    pub archive: u16,
    /// Index of the conversations member within that archive.
    pub member: u32,
    /// Byte offset of the object's `{` in the inflated member.
    pub offset: u64,
    /// Length of the object in bytes, both braces included.
    pub length: u32,
}

/// One conversation: what it is called, what was said, and how its branches hang together.
#[derive(Clone, Debug, PartialEq)]
pub struct Conversation {
    /// The provider's id, or one made from its position.
    pub id: Box<str>,
    /// The export gave no id; such a conversation is never merged with another.
    pub id_is_made: bool,
    /// The title; the first line of the first prompt when the export has none. Never empty.
    pub title: Box<str>,
    /// When it began.
    pub created: Option<Time>,
    /// When it was last added to.
    pub updated: Option<Time>,
    /// Whose export it came from.
    pub provider: Provider,
    /// Put away in the archive by the person.
    pub archived: bool,
    /// Starred or pinned.
    pub starred: bool,
    /// With a custom GPT (`g-…`); projects (`g-p-…`) are not.
    pub gpt: bool,
    /// The custom GPT's or project's id, or empty.
    pub gizmo: Box<str>,
    /// Where the original is.
    pub source: Source,
    current: u32,
    model: u16,
    shown_end: u32,
    folded_end: u32,
    ascii: bool,
    names: Box<[Box<str>]>,
    text: Box<str>,
    messages: Box<[Message]>,
    parts: Box<[Part]>,
}

impl Conversation {
    /// All messages in depth-first order, hidden ones too.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The whole buffer. Between two messages stands one NUL byte, so that no phrase is found across them.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The part of the buffer that holds the shown messages, in their order.
    pub fn shown_text(&self) -> &str {
        &self.text[..self.shown_end as usize]
    }

    /// The part of the buffer that holds the shown and the folded messages.
    pub fn readable_text(&self) -> &str {
        &self.text[..self.folded_end as usize]
    }

    /// Whether the readable text is plain ASCII: it needs no folding to be searched.
    pub fn is_ascii(&self) -> bool {
        self.ascii
    }

    /// A message's text: cleaned (citations resolved into Markdown links), otherwise as written.
    pub fn message_text(&self, message: usize) -> &str {
        &self.text[self.messages[message].text_range()]
    }

    /// A message's parts, by their place.
    pub fn message_parts(&self, message: usize) -> &[Part] {
        let (start, end) = self.messages[message].parts;
        &self.parts[start as usize..end as usize]
    }

    /// The model that wrote a message (its slug), if known.
    pub fn message_model(&self, message: usize) -> Option<&str> {
        self.names.get(self.messages[message].model as usize).map(|name| &**name)
    }

    /// A message's name: the tool of a call or result, the language of a code message, the type of an unknown one.
    pub fn message_name(&self, message: usize) -> Option<&str> {
        self.names.get(self.messages[message].name as usize).map(|name| &**name)
    }

    /// The conversation's default model, else that of its last answer.
    pub fn model(&self) -> Option<&str> {
        self.names.get(self.model as usize).map(|name| &**name)
    }

    /// The message at which the provider's screen last stood: the leaf of the visible branch.
    pub fn current(&self) -> Option<usize> {
        (self.current != NONE_32).then_some(self.current as usize)
    }

    /// The messages from the root to `leaf`, in reading order.
    pub fn path_to(&self, leaf: usize) -> Vec<usize> {
        let mut path: Vec<usize> =
            std::iter::successors(Some(leaf), |&message| self.messages[message].parent()).collect();
        path.reverse();
        path
    }

    /// The visible path: the messages from the root to [`Conversation::current`].
    pub fn visible_path(&self) -> Vec<usize> {
        self.current().map(|leaf| self.path_to(leaf)).unwrap_or_default()
    }

    /// The message that owns this byte of [`Conversation::text`]; `None` on a separator.
    pub fn message_at(&self, byte: usize) -> Option<usize> {
        // Messages stand in depth-first order, their texts in runs by visibility: three sorted sequences.
        let visibility = if byte < self.shown_end as usize {
            Visibility::Shown
        } else if byte < self.folded_end as usize {
            Visibility::Folded
        } else {
            Visibility::Hidden
        };
        self.messages
            .iter()
            .position(|message| message.visibility == visibility && message.text_range().contains(&byte))
    }

    /// How many messages are part of the conversation: shown, on any branch.
    pub fn shown_count(&self) -> usize {
        self.messages.iter().filter(|message| message.visibility == Visibility::Shown).count()
    }

    /// Bytes this conversation keeps on the heap, for the account of memory.
    pub fn heap_size(&self) -> usize {
        let names: usize = self.names.iter().map(|name| size_of::<Box<str>>() + name.len()).sum();
        let parts: usize = self.parts.iter().map(|part| part.detail.heap_size()).sum();
        self.id.len()
            + self.title.len()
            + self.gizmo.len()
            + self.text.len()
            + size_of_val(&*self.messages)
            + size_of_val(&*self.parts)
            + names
            + parts
    }
}
