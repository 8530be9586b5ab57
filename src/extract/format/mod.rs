//! What makes text of a conversation: a file a format, and what several of them say alike.

pub(super) mod jsonl;
pub(super) mod turns;

mod attachment;
mod body;
mod colour;
mod escape;
mod front_matter;
mod heading;
mod html;
mod markdown;
mod prose;
mod text;

use std::borrow::Cow;

use super::Options;
use crate::conversation::Conversation;

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

/// Without the blank lines before it; the indentation of the first line stays, it may mean code. What is blank at the
/// end may belong to code that was cut off there: whoever writes it down decides.
fn from_first_line(text: &str) -> &str {
    let indentation = text.len() - text.trim_start().len();
    let start = text[..indentation].rfind('\n').map_or(0, |newline| newline + 1);
    &text[start..]
}

/// A text that must stand on one line: control characters, line breaks among them, become spaces.
fn one_line(text: &str) -> Cow<'_, str> {
    let breaks = |char: char| char.is_control() || matches!(char, '\u{2028}' | '\u{2029}');
    if text.contains(breaks) { Cow::Owned(text.replace(breaks, " ")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        conversation::{Draft, Kind},
        extract::sample::{answer, chain, options, prompt},
    };

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
    fn the_first_lines_indentation_is_kept() {
        assert_eq!(from_first_line("\n \n    code\n\n"), "    code\n\n");
        assert_eq!(from_first_line(" \n\n").trim(), "");
    }
}
