//! The formats, which make text of a conversation: a file each, and the parts that several of them share. Pure: nothing
//! here opens a file or knows a terminal.

pub(super) mod entries;
pub(super) mod jsonl;

mod attachment;
mod color;
mod escape;
mod formula_delimiters;
mod front_matter;
mod heading;
mod heading_look_alikes;
mod html;
mod json;
mod markdown;
mod markdown_embed;
mod markdown_survey;
mod markdown_to_html;
mod markdown_typed;
mod parse_bounds;
mod text;
mod text_edit;
mod time_signs;

use std::borrow::Cow;

use super::ExtractOptions;
use crate::conversation::Conversation;

/// The level of an entry's heading; bodies begin below it.
const ENTRY_HEADING_LEVEL: usize = 2;

/// A format: its words for people, and its text of conversations. Each is a type in a file of its own, and a
/// line in the list below.
trait FormatWriter {
    /// Returns its word on the command line and in the dialog.
    fn name(&self) -> &'static str;

    /// Returns another word for it on the command line.
    fn alias(&self) -> Option<&'static str> {
        None
    }

    /// Returns its description, for `--help`.
    fn about(&self) -> &'static str;

    /// Returns the ending of its files' names, without the dot.
    fn extension(&self) -> &'static str;

    /// Returns whether a canvas is written without being asked for: wherever a person reads.
    fn shows_canvases(&self) -> bool {
        true
    }

    /// Returns whether it writes titles, names of attachments and sources besides the messages.
    fn writes_titles(&self) -> bool {
        true
    }

    /// Returns the conversation as a file of its own, ending in a line break.
    fn conversation(&self, conversation: &Conversation, options: &ExtractOptions) -> String;

    /// Writes the conversation to be copied: what was said stays exactly as written.
    fn conversation_to_copy(&self, conversation: &Conversation, options: &ExtractOptions) -> String {
        self.conversation(conversation, options)
    }

    /// Returns the text between several conversations that are copied together.
    fn between_copies(&self) -> &'static str {
        "\n"
    }

    /// Writes several messages, to be copied.
    fn messages(&self, conversation: &Conversation, messages: &[usize], options: &ExtractOptions) -> String;

    /// Returns one message, to be copied.
    fn message(&self, conversation: &Conversation, message: usize, options: &ExtractOptions) -> String {
        self.messages(conversation, &[message], options)
    }

    /// Writes the beginning of a file of several conversations; `title` is for a browser's tab.
    fn opening(&self, _title: &str, _options: &ExtractOptions) -> String {
        String::new()
    }

    /// Returns one of them.
    fn section(&self, conversation: &Conversation, options: &ExtractOptions) -> String {
        self.conversation(conversation, options)
    }

    /// Returns the text between two of them.
    fn between_sections(&self) -> &'static str {
        ""
    }

    /// Returns the end of such a file.
    fn closing(&self) -> &'static str {
        ""
    }
}

/// Makes the enum, the list of all and the way to what writes each, from one line a format.
macro_rules! formats {
    ($($(#[$attribute:meta])* $name:ident => $writer:expr,)+) => {
        /// A format of extracts.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
        pub enum Format {
            $($(#[$attribute])* $name,)+
        }

        impl Format {
            /// Every format, in the order of the dialog.
            pub const ALL: [Self; [$(Self::$name),+].len()] = [$(Self::$name),+];

            fn writer(self) -> &'static dyn FormatWriter {
                match self {
                    $(Self::$name => &$writer,)+
                }
            }
        }
    };
}

formats! {
    /// A title, one heading per entry, bodies as written.
    #[default]
    Markdown => markdown::Markdown,
    /// The same without marks of our own, for reading in a pager.
    Text => text::Text,
    /// One file that needs nothing else and in which nothing acts.
    Html => html::Html,
    /// The original object of the export, byte for byte. Read from the archive, not made here.
    Json => json::Json,
    /// One JSON object a message: `role`, `time`, `model`, `text`.
    Jsonl => jsonl::Jsonl,
}

impl Format {
    /// Returns the word for it on the command line and in the dialog.
    pub fn as_str(self) -> &'static str {
        self.writer().name()
    }

    /// Returns another word for it on the command line.
    pub fn alias(self) -> Option<&'static str> {
        self.writer().alias()
    }

    /// Returns its description, a line of `--help`.
    pub fn about(self) -> &'static str {
        self.writer().about()
    }

    /// Returns the ending of its files' names, without the dot.
    pub fn extension(self) -> &'static str {
        self.writer().extension()
    }

    /// Returns whether it is the archive's own bytes, which nothing here can make.
    pub fn is_original(self) -> bool {
        self == Self::Json
    }

    /// Returns whether a canvas is written without being asked for: wherever a person reads. In `jsonl` it
    /// counts as a tool's.
    pub fn shows_canvases(self) -> bool {
        self.writer().shows_canvases()
    }

    /// Returns whether it writes titles, names of attachments and sources besides the messages.
    pub fn writes_titles(self) -> bool {
        self.writer().writes_titles()
    }
}

/// Returns the conversation as text, ending in a line break. [`Format::Json`] is the archive's bytes and
/// nothing this can make: it gives the `jsonl` text instead.
pub fn format_conversation(conversation: &Conversation, options: &ExtractOptions) -> String {
    options.format.writer().conversation(conversation, options)
}

/// Writes the beginning of a file of several conversations; `title` is for a browser's tab. Between this and
/// [`format_closing`] come their [`format_section`]s.
pub fn format_opening(options: &ExtractOptions, title: &str) -> String {
    options.format.writer().opening(title, options)
}

/// Returns one of several conversations in a file.
pub fn format_section(conversation: &Conversation, options: &ExtractOptions, first: bool) -> String {
    let writer = options.format.writer();
    let section = writer.section(conversation, options);
    match writer.between_sections() {
        between if !first && !between.is_empty() => between.to_owned() + &section,
        _ => section,
    }
}

/// Returns the end of a file of several conversations.
pub fn format_closing(format: Format) -> &'static str {
    format.writer().closing()
}

/// Returns the conversation as it is copied: as [`format_conversation`] in the option's format, but what was said
/// stays exactly as written: no heading is moved, no LaTeX delimiter changed.
pub fn conversation_to_copy(conversation: &Conversation, options: &ExtractOptions) -> String {
    options.format.writer().conversation_to_copy(conversation, options)
}

/// Writes several conversations as they are copied, one after the other.
pub fn conversations_to_copy<'a>(
    conversations: impl IntoIterator<Item = &'a Conversation>,
    options: &ExtractOptions,
) -> String {
    let writer = options.format.writer();
    let texts: Vec<String> =
        conversations.into_iter().map(|each| writer.conversation_to_copy(each, options)).collect();
    texts.join(writer.between_copies())
}

/// Writes some messages, to copy. One alone is its bare text, exactly as written (one that is only an image
/// or file: its description); several get a heading each. In `html` they are pieces of a page; in `jsonl`
/// (and `json`) each is its line.
pub fn format_messages(conversation: &Conversation, messages: &[usize], options: &ExtractOptions) -> String {
    let writer = options.format.writer();
    match messages {
        &[message] => writer.message(conversation, message, options),
        _ => writer.messages(conversation, messages, options),
    }
}

/// Drops the blank lines before a text; the indentation of the first line stays, it may mean code. Blanks at
/// the end may belong to code that was cut off there: the writer decides.
fn from_first_line(text: &str) -> &str {
    let indentation = text.len() - text.trim_start().len();
    let start = text[..indentation].rfind('\n').map_or(0, |newline| newline + 1);
    &text[start..]
}

/// Returns a text that must stand on one line: control characters, line breaks among them, become spaces.
fn one_line(text: &str) -> Cow<'_, str> {
    // The controls beyond ASCII, and the two separators, have such a byte behind their first. Of all bytes, since that
    // takes no time.
    let may_break = |byte: u8| matches!(byte, ..b' ' | 0x7f..0xa0);
    if !text.bytes().fold(false, |breaks, byte| breaks | may_break(byte)) {
        return Cow::Borrowed(text);
    }
    let breaks = |char: char| char.is_control() || matches!(char, '\u{2028}' | '\u{2029}');
    if text.contains(breaks) { Cow::Owned(text.replace(breaks, " ")) } else { Cow::Borrowed(text) }
}

/// Returns the text of a message exactly as written; `None`: it has none.
fn raw_text(conversation: &Conversation, message: usize) -> Option<String> {
    let text = conversation.message_text(message);
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        conversation::{MessageDraft, MessageKind},
        extract::test_support::{answer, chain, options, prompt},
    };

    #[test]
    fn a_canvas_is_read_in_markdown_but_is_no_line_of_jsonl() {
        let conversation =
            chain("t", vec![MessageDraft { kind: MessageKind::Canvas, ..answer("the document") }]);
        assert!(
            super::format_conversation(&conversation, &options(Format::Markdown)).contains("the document")
        );
        assert_eq!(super::format_conversation(&conversation, &options(Format::Jsonl)), "");
    }

    #[test]
    fn one_message_is_copied_exactly_as_written() {
        let text = "  # A heading \\(x\\)\n\n```\nopen\n\n";
        let conversation = chain("t", vec![prompt("?"), answer(text)]);
        for format in [Format::Markdown, Format::Text] {
            assert_eq!(format_messages(&conversation, &[1], &options(format)), text);
        }
        assert!(
            conversation_to_copy(&conversation, &options(Format::Markdown)).contains("# A heading \\(x\\)")
        );
    }

    #[test]
    fn several_messages_are_copied_with_a_heading_each() {
        let conversation = chain("t", vec![prompt("Why \\(x\\)?"), answer("Because.")]);
        assert_eq!(
            format_messages(&conversation, &[0, 1], &options(Format::Markdown)),
            "## You · 3 Mar 2025, 09:42\n\nWhy \\(x\\)?\n\n## gpt-4o · 3 Mar 2025, 09:42\n\nBecause.\n"
        );
        assert_eq!(
            format_messages(&conversation, &[0, 1], &options(Format::Text)),
            "You · 3 Mar 2025, 09:42\n-----------------------\n\nWhy \\(x\\)?\n\n\n\
             gpt-4o · 3 Mar 2025, 09:42\n--------------------------\n\nBecause.\n"
        );
        assert_eq!(format_messages(&conversation, &[0, 1], &options(Format::Json)).lines().count(), 2);
    }

    #[test]
    fn the_first_lines_indentation_is_kept() {
        assert_eq!(from_first_line("\n \n    code\n\n"), "    code\n\n");
        assert_eq!(from_first_line(" \n\n").trim(), "");
    }
}
