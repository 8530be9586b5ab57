//! Text from a conversation and options: what is copied, saved and printed.
//!
//! An [`Extraction`] is the one way out, of the screen and of the command line: a front end says which conversations,
//! how and where to, and finds words for what became of it. What makes text (`format`) is pure, values in and a
//! `String` out; [`save`] and [`clipboard`] carry it away. Nothing here knows a terminal or a screen. The `json` format
//! is the archive's own bytes and is read from there.
//!
//! Which messages an extract takes is decided in one place, [`Include::takes`] and [`Format::shows_canvases`]; their
//! order and their branches in `turns`; what one message consists of in `blocks`; and a file a format writes that down.

pub mod clipboard;
pub mod redaction;
pub mod save;

mod error;
mod extraction;
mod folder;
mod format;
mod watch;

use std::{borrow::Cow, fmt::Write as _, sync::Arc};

use jiff::{Timestamp, tz::TimeZone};

use self::format::{html, jsonl, markdown, text};
use crate::conversation::{Conversation, Kind, Message, Provider, Role, Time, Tree, Visibility};

pub use self::{
    error::ExtractError,
    extraction::{Extraction, Selection},
    format::{
        blocks::bytes,
        code::{CodeBlock, code_blocks, message_code_blocks},
        jsonl::one_line,
    },
    watch::Watch,
};

/// How an extract is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Format {
    /// A title, a heading a turn, bodies as written.
    #[default]
    Markdown,
    /// The same without marks of our own, for reading in a pager.
    Text,
    /// One file that needs nothing else and in which nothing acts.
    Html,
    /// The original object of the export, byte for byte. Read from the archive, not made here.
    Json,
    /// One JSON object a message: `role`, `time`, `model`, `text`.
    Jsonl,
}

impl Format {
    /// Every format, in the order of the dialog.
    pub const ALL: [Self; 5] = [Self::Markdown, Self::Text, Self::Html, Self::Json, Self::Jsonl];

    /// The word for it on the command line and in the dialog.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Text => "text",
            Self::Html => "html",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
        }
    }

    /// What its files' names end in, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Text => "txt",
            Self::Html => "html",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
        }
    }

    /// Whether a canvas is written without being asked for: wherever a person reads. In `jsonl` it counts as a tool's.
    pub fn shows_canvases(self) -> bool {
        matches!(self, Self::Markdown | Self::Text | Self::Html)
    }
}

/// What is taken besides the conversation itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Include {
    /// Tool calls and their results, quotes, fetched pages, errors, canvases, unknown types.
    pub tools: bool,
    /// The model's reasoning.
    pub reasoning: bool,
    /// What the provider never shows, and the owner's custom instructions and saved memory.
    pub hidden: bool,
}

impl Include {
    /// Everything there is.
    pub const ALL: Self = Self { tools: true, reasoning: true, hidden: true };

    /// Whether a message is part of an extract with these wishes.
    ///
    /// | message | taken |
    /// |---|---|
    /// | shown, but no canvas | always |
    /// | hidden, of whatever kind | by `hidden` |
    /// | folded: reasoning and its recap | by `reasoning` |
    /// | folded: custom instructions, saved memory | by `hidden`: they are settings and private, nobody said them here |
    /// | canvas, and all else that is folded | by `tools` |
    pub fn takes(self, message: &Message) -> bool {
        match (message.visibility, message.kind) {
            (Visibility::Hidden, _) => self.hidden,
            (_, Kind::Canvas) => self.tools,
            (Visibility::Shown, _) => true,
            (Visibility::Folded, Kind::Reasoning | Kind::Recap) => self.reasoning,
            (Visibility::Folded, Kind::Instructions | Kind::Memory) => self.hidden,
            (Visibility::Folded, _) => self.tools,
        }
    }
}

/// What to write and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// How it is written down.
    pub format: Format,
    /// Every branch, in depth-first order, instead of one.
    pub all_branches: bool,
    /// What is taken besides the conversation itself.
    pub include: Include,
    /// Markdown only: begin with a block of YAML (title, id, address, times, models).
    pub front_matter: bool,
    /// The leaf of the branch to take instead of the visible one.
    pub leaf: Option<usize>,
    /// For the times a person reads; `jsonl` and front matter are in UTC.
    pub zone: TimeZone,
    /// Whoever writes files puts the attachments beside them ([`save::attachments::Beside`]).
    pub attachments: bool,
    /// Where these are: Markdown and HTML link them, text names them.
    pub links: Option<Arc<save::attachments::Links>>,
}

impl Options {
    /// The visible branch, nothing folded or hidden, times in `zone`.
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

    /// Whether this message of its conversation is written.
    pub fn takes(&self, message: &Message) -> bool {
        self.include.takes(message)
            || (message.kind == Kind::Canvas
                && message.visibility != Visibility::Hidden
                && self.format.shows_canvases())
    }
}

/// The conversation as text, ending in a line break. [`Format::Json`] is the archive's bytes and nothing this can
/// make: it gives the `jsonl` text instead.
pub fn conversation(conversation: &Conversation, options: &Options) -> String {
    match options.format {
        Format::Markdown => markdown::conversation(conversation, options, markdown::Bodies::Rendered),
        Format::Text => text::conversation(conversation, options),
        Format::Html => html::conversation(conversation, options),
        Format::Json | Format::Jsonl => jsonl::conversation(conversation, options),
    }
}

/// What several conversations in one file begin with, called so in a browser's tab. Between this and [`closing`]
/// come their [`section`]s.
pub fn opening(options: &Options, title: &str) -> String {
    if options.format == Format::Html { html::opening(title, options.attachments) } else { String::new() }
}

/// One of several conversations in a file.
pub fn section(conversation: &Conversation, options: &Options, first: bool) -> String {
    let gap = match options.format {
        Format::Markdown if !first => "\n",
        Format::Text if !first => "\n\n",
        _ => "",
    };
    match options.format {
        Format::Html => html::section(conversation, options),
        _ => gap.to_owned() + &self::conversation(conversation, options),
    }
}

/// What several conversations in one file end with.
pub fn closing(format: Format) -> &'static str {
    if format == Format::Html { html::CLOSING } else { "" }
}

/// The conversation as it is copied: as [`conversation`] in the option's format, but what was said stays exactly as
/// written: no heading is moved, no LaTeX delimiter changed.
pub fn conversation_to_copy(conversation: &Conversation, options: &Options) -> String {
    match options.format {
        Format::Markdown => markdown::conversation(conversation, options, markdown::Bodies::AsWritten),
        _ => self::conversation(conversation, options),
    }
}

/// Some messages, to copy. One alone is its bare text, exactly as written (one that is only an image or file: its
/// description); several get a heading each. In `html` they are
/// pieces of a page; in `jsonl` (and `json`) each is its line.
pub fn messages(conversation: &Conversation, messages: &[usize], options: &Options) -> String {
    match (options.format, messages) {
        (Format::Json | Format::Jsonl, _) => jsonl::messages(conversation, messages),
        (Format::Markdown | Format::Text, [message]) if !conversation.message_text(*message).is_empty() => {
            conversation.message_text(*message).to_owned()
        }
        (Format::Html, _) => html::messages(conversation, messages, options),
        (Format::Markdown, [message]) => {
            markdown::body(conversation, *message, options, markdown::Bodies::AsWritten)
        }
        (Format::Markdown, _) => markdown::messages(conversation, messages, options),
        (Format::Text, [message]) => text::body(conversation, *message, options),
        (Format::Text, _) => text::messages(conversation, messages, options),
    }
}

/// The answer to copy when `message` is the best one: itself if it is an answer, else the first answer after it on
/// its branch (the visible one where it passes through there, else the newest).
pub fn answer_for(conversation: &Conversation, message: usize) -> Option<usize> {
    let messages = conversation.messages();
    let is_answer = |&index: &usize| {
        let message = &messages[index];
        message.role == Role::Assistant
            && message.visibility == Visibility::Shown
            && message.kind != Kind::Canvas
    };
    messages.get(message)?;
    let visible = conversation.visible_path();
    let branch = if visible.contains(&message) {
        visible
    } else {
        conversation.path_to(Tree::of(conversation).newest_leaf(message))
    };
    branch.into_iter().skip_while(|&index| index != message).find(is_answer)
}

/// What a copy may hold: the text without the control characters that act when they are pasted. ESC and the rest of
/// C0 go, DEL and C1 too; tab and newline stay. A carriage return is Enter to a terminal, so CRLF becomes a newline.
pub fn harmless(text: &str) -> Cow<'_, str> {
    let acts = |char: char| char.is_control() && char != '\t' && char != '\n';
    if text.contains(acts) { Cow::Owned(text.replace(acts, "")) } else { Cow::Borrowed(text) }
}

/// Where the conversation stands on its provider's site; `None` for one without an id of its own.
pub fn address(conversation: &Conversation) -> Option<String> {
    let base = match conversation.provider {
        Provider::ChatGpt => "https://chatgpt.com/c/",
        Provider::Claude => "https://claude.ai/chat/",
    };
    if conversation.id_is_made {
        return None;
    }
    let mut address = String::from(base);
    for byte in conversation.id.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            address.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(address, "%{byte:02X}");
        }
    }
    Some(address)
}

/// A time in RFC 3339, UTC, as `--json`, `jsonl` and front matter have it: whole seconds, and a fraction only where
/// the export has one (`2025-03-03T09:42:00.25Z`).
pub fn rfc3339(time: Time) -> Option<String> {
    Timestamp::from_microsecond(time.0).ok().map(|time| time.to_string())
}

#[cfg(test)]
mod sample;

#[cfg(test)]
mod tests {
    use super::{
        sample::{answer, chain, folded, forked, heading, options, prompt},
        *,
    };
    use crate::conversation::{Builder, Draft};

    #[test]
    fn each_kind_is_taken_by_the_wish_it_belongs_to() {
        let tools = Include { tools: true, ..Include::default() };
        let reasoning = Include { reasoning: true, ..Include::default() };
        let hidden = Include { hidden: true, ..Include::default() };
        let of = |visibility, kind| {
            let conversation = chain("t", vec![Draft { visibility, kind, ..answer("x") }]);
            let message = conversation.messages()[0].clone();
            [Include::default(), tools, reasoning, hidden].map(|include| include.takes(&message))
        };
        assert_eq!(of(Visibility::Shown, Kind::Text), [true; 4]);
        assert_eq!(of(Visibility::Shown, Kind::Output), [true; 4]);
        assert_eq!(of(Visibility::Shown, Kind::Canvas), [false, true, false, false]);
        assert_eq!(of(Visibility::Folded, Kind::Call), [false, true, false, false]);
        assert_eq!(of(Visibility::Folded, Kind::Other), [false, true, false, false]);
        assert_eq!(of(Visibility::Folded, Kind::Reasoning), [false, false, true, false]);
        assert_eq!(of(Visibility::Folded, Kind::Recap), [false, false, true, false]);
        assert_eq!(of(Visibility::Folded, Kind::Memory), [false, false, false, true]);
        assert_eq!(of(Visibility::Hidden, Kind::Text), [false, false, false, true]);
        assert_eq!(of(Visibility::Hidden, Kind::Reasoning), [false, false, false, true]);
    }

    #[test]
    fn a_canvas_is_read_in_markdown_but_is_no_line_of_jsonl() {
        let conversation = chain("t", vec![Draft { kind: Kind::Canvas, ..answer("the document") }]);
        assert!(super::conversation(&conversation, &options(Format::Markdown)).contains("the document"));
        assert_eq!(super::conversation(&conversation, &options(Format::Jsonl)), "");
    }

    #[test]
    fn one_message_is_copied_exactly_as_written() {
        let text = "  # A heading \\(x\\)\n\n```\nopen\n\n";
        let conversation = chain("t", vec![prompt("?"), answer(text)]);
        for format in [Format::Markdown, Format::Text] {
            assert_eq!(messages(&conversation, &[1], &options(format)), text);
        }
        assert!(
            conversation_to_copy(&conversation, &options(Format::Markdown)).contains("# A heading \\(x\\)")
        );
    }

    #[test]
    fn several_messages_are_copied_with_a_heading_each() {
        let conversation = chain("t", vec![prompt("Why \\(x\\)?"), answer("Because.")]);
        assert_eq!(
            messages(&conversation, &[0, 1], &options(Format::Markdown)),
            "## You · 3 Mar 2025, 09:42\n\nWhy \\(x\\)?\n\n## gpt-4o · 3 Mar 2025, 09:42\n\nBecause.\n"
        );
        assert_eq!(
            messages(&conversation, &[0, 1], &options(Format::Text)),
            "You · 3 Mar 2025, 09:42\n-----------------------\n\nWhy \\(x\\)?\n\n\n\
             gpt-4o · 3 Mar 2025, 09:42\n--------------------------\n\nBecause.\n"
        );
        assert_eq!(messages(&conversation, &[0, 1], &options(Format::Json)).lines().count(), 2);
    }

    #[test]
    fn the_answer_to_a_prompt_is_the_first_one_after_it_on_its_branch() {
        let conversation = chain(
            "t",
            vec![
                prompt("?"),
                folded(Kind::Reasoning, "hm"),
                folded(Kind::Call, "x"),
                answer("one"),
                answer("two"),
            ],
        );
        assert_eq!(answer_for(&conversation, 0), Some(3));
        assert_eq!(answer_for(&conversation, 1), Some(3));
        assert_eq!(answer_for(&conversation, 3), Some(3));
        assert_eq!(answer_for(&conversation, 9), None);
        let forked = forked();
        assert_eq!(answer_for(&forked, 0), Some(4), "the visible branch");
        assert_eq!(answer_for(&forked, 1), Some(2), "a branch that is not shown");
        assert_eq!(answer_for(&forked, 3), None);
    }

    #[test]
    fn a_copy_holds_nothing_that_acts_when_pasted() {
        assert_eq!(harmless("a\x1b[201~b\x07\r\nc\td\u{9b}31m\x7f"), "a[201~b\nc\td31m");
        assert!(matches!(harmless("Zürich\n\t漢字 \u{e200}"), Cow::Borrowed(_)));
    }

    #[test]
    fn an_address_cannot_be_broken_out_of() {
        let with = |id| Builder::new().finish(crate::conversation::Heading { id, ..heading("t") }, None);
        assert_eq!(address(&with(Some("67c5-a"))).as_deref(), Some("https://chatgpt.com/c/67c5-a"));
        assert_eq!(
            address(&with(Some("a/../b?\n"))).as_deref(),
            Some("https://chatgpt.com/c/a%2F..%2Fb%3F%0A")
        );
        assert_eq!(address(&with(None)), None);
    }

    #[test]
    fn times_have_a_fraction_only_where_the_export_has_one() {
        assert_eq!(rfc3339(sample::MORNING).as_deref(), Some("2025-03-03T09:42:00Z"));
        assert_eq!(rfc3339(Time(sample::MORNING.0 + 250_000)).as_deref(), Some("2025-03-03T09:42:00.25Z"));
        assert_eq!(rfc3339(Time(i64::MAX)), None);
    }
}
