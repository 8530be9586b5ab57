//! What one message consists of, in reading order, for the formats a person reads.

use std::borrow::Cow;

use super::heading;
use crate::{
    conversation::{Attachment, Conversation, Detail, Kind, Link, Media},
    extract::Options,
};

/// A stretch of a message.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Block<'a> {
    /// Markdown, as written; white space may end it.
    Prose(&'a str),
    /// Text to be kept as it is, perhaps in a language (untrusted; may be empty).
    Code { language: &'a str, text: &'a str },
    /// A passage of somebody else.
    Quote(&'a str),
    /// A short line about the message.
    Note(&'a str),
    /// An image or file.
    Attachment(&'a Attachment),
    /// The page quoted or fetched.
    Source(&'a Link),
    /// Sources of the whole message.
    Sources(&'a [Link]),
}

/// See the [module](self). Blank lines before a text are no part of it.
pub(super) fn blocks(conversation: &Conversation, index: usize) -> Vec<Block<'_>> {
    let text = conversation.message_text(index);
    let parts = conversation.message_parts(index);
    let kind = conversation.messages()[index].kind;
    let mut blocks = Vec::with_capacity(1 + parts.len());
    for part in parts {
        if let Detail::Source(link) = &part.detail {
            blocks.push(Block::Source(link));
        }
    }
    let mut from = 0;
    for part in parts {
        let Detail::Attachment(attachment) = &part.detail else { continue };
        let at = part.range.start as usize;
        // Only prose is interrupted; what stands in a box stays in one.
        if is_prose(kind) && at > from && text.is_char_boundary(at) {
            push(&mut blocks, stretch(conversation, index, &text[from..at]));
            from = at;
        }
        if !is_prose(kind) && from == 0 {
            push(&mut blocks, stretch(conversation, index, text));
            from = text.len();
        }
        blocks.push(Block::Attachment(attachment));
        if !attachment.content.trim().is_empty() {
            blocks.push(Block::Code { language: "", text: &attachment.content });
        }
    }
    push(&mut blocks, stretch(conversation, index, &text[from..]));
    for part in parts {
        match &part.detail {
            Detail::Sources(links) if !links.is_empty() => blocks.push(Block::Sources(links)),
            _ => {}
        }
    }
    blocks
}

fn push<'a>(blocks: &mut Vec<Block<'a>>, block: Option<Block<'a>>) {
    blocks.extend(block);
}

fn is_prose(kind: Kind) -> bool {
    matches!(kind, Kind::Text | Kind::Reasoning | Kind::Instructions | Kind::Memory)
}

fn stretch<'a>(conversation: &'a Conversation, index: usize, text: &'a str) -> Option<Block<'a>> {
    let prose = from_first_line(text);
    if prose.trim().is_empty() {
        return None;
    }
    Some(match conversation.messages()[index].kind {
        Kind::Text | Kind::Reasoning | Kind::Instructions | Kind::Memory => Block::Prose(prose),
        Kind::Recap => Block::Note(prose.trim()),
        Kind::Quote => Block::Quote(prose.trim_end()),
        Kind::Call => Block::Code { language: call_language(conversation.message_name(index), prose), text },
        Kind::Canvas => {
            match heading::canvas(conversation, index).map_or("", |(_, format)| format).split_once('/') {
                Some((_, language)) => Block::Code { language, text },
                None => Block::Prose(prose),
            }
        }
        Kind::Output | Kind::Browsing | Kind::Page | Kind::Error | Kind::Other => {
            Block::Code { language: "", text }
        }
    })
}

/// Without the blank lines before it; the indentation of the first line stays, it may mean code. What is blank at the
/// end may belong to code that was cut off there: whoever writes it down decides.
fn from_first_line(text: &str) -> &str {
    let indentation = text.len() - text.trim_start().len();
    let start = text[..indentation].rfind('\n').map_or(0, |newline| newline + 1);
    &text[start..]
}

/// The language of a tool call's input: python for python, JSON where it is an object, a language's name where the
/// export has one.
fn call_language<'a>(name: Option<&'a str>, text: &str) -> &'a str {
    match name {
        _ if text.trim_start().starts_with(['{', '[']) => "json",
        Some(name) if !name.contains('.') && name != "unknown" => name,
        _ => "",
    }
}

/// An attachment in words: `Image: diagram.png (1024 × 768, 240 KB)`, `Image made from: "a fox"`.
pub(super) fn describe(attachment: &Attachment) -> String {
    let word = match attachment.media {
        Media::Image => "Image",
        Media::Audio => "Voice clip",
        Media::Video => "Video",
        Media::File => "File",
    };
    let name: Cow<'_, str> = match (&*attachment.name, &*attachment.id) {
        ("", "") => "without a name".into(),
        ("", id) => one_line(id),
        (name, _) => one_line(name),
    };
    let mut facts = Vec::new();
    if let Some((width, height)) = attachment.dimensions {
        facts.push(format!("{width} × {height}"));
    }
    if let Some(size) = attachment.size {
        facts.push(bytes(size));
    }
    let mut line = format!("{word}: {name}");
    if !facts.is_empty() {
        line.extend([" (", &facts.join(", "), ")"]);
    }
    if !attachment.prompt.trim().is_empty() {
        line.extend([", made from: “", &one_line(attachment.prompt.trim()), "”"]);
    }
    line
}

/// The same where its file may stand beside the text: also its address, if it does.
pub(super) fn attached<'a>(attachment: &Attachment, options: &'a Options) -> (String, Option<&'a str>) {
    let words = describe(attachment);
    match options.links.as_ref().and_then(|links| links.of(attachment)) {
        Some(None) => (words + ", not in the archive", None),
        place => (words, place.and_then(Option::as_deref)),
    }
}

/// A number of bytes for people: `412 bytes`, `2.1 KB`, `48 MB`; powers of 1000.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    if count < 1_000 {
        return format!("{count} byte{}", if count == 1 { "" } else { "s" });
    }
    let mut value = count as f64 / 1e3;
    let mut unit = 0;
    // 999.95 KB would read "1000 KB".
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1e3;
        unit += 1;
    }
    if value < 9.95 { format!("{value:.1} {}", UNITS[unit]) } else { format!("{value:.0} {}", UNITS[unit]) }
}

/// A text that must stand on one line: control characters, line breaks among them, become spaces.
pub(super) fn one_line(text: &str) -> Cow<'_, str> {
    let breaks = |char: char| char.is_control() || matches!(char, '\u{2028}' | '\u{2029}');
    if text.contains(breaks) { Cow::Owned(text.replace(breaks, " ")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        conversation::{Draft, Part},
        extract::sample::{answer, chain, folded, prompt},
    };

    fn image(at: u32, name: &str) -> Part {
        let attachment = Attachment {
            media: Media::Image,
            id: "file-1".into(),
            name: name.into(),
            size: Some(240_000),
            dimensions: Some((1024, 768)),
            mime: "image/png".into(),
            prompt: "".into(),
            content: "".into(),
        };
        Part { range: at..at, detail: Detail::Attachment(Box::new(attachment)) }
    }

    #[test]
    fn attachments_stand_where_they_stood_between_the_words() {
        let draft = Draft { parts: vec![image(0, "a"), image(7, "b")], ..prompt("before\nafter") };
        let conversation = chain("t", vec![draft]);
        let words: Vec<String> = blocks(&conversation, 0)
            .into_iter()
            .map(|block| match block {
                Block::Prose(text) => text.trim_end().to_owned(),
                Block::Attachment(attachment) => describe(attachment),
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(
            words,
            ["Image: a (1024 × 768, 240 KB)", "before", "Image: b (1024 × 768, 240 KB)", "after"]
        );
    }

    #[test]
    fn an_offset_within_a_character_or_past_the_end_loses_nothing() {
        for at in [1, 2, 400] {
            let conversation =
                chain("t", vec![Draft { parts: vec![image(at, "a")], ..prompt("é and more") }]);
            let prose: String = blocks(&conversation, 0)
                .iter()
                .filter_map(|block| if let Block::Prose(text) = block { Some(*text) } else { None })
                .collect();
            assert_eq!(prose.replace(' ', ""), "éandmore");
        }
    }

    #[test]
    fn a_picture_among_the_results_of_a_tool_comes_after_them() {
        let draft = Draft { parts: vec![image(0, "a")], ..folded(Kind::Output, "1\n2\n") };
        let conversation = chain("t", vec![draft]);
        let blocks = blocks(&conversation, 0);
        assert_eq!(blocks[0], Block::Code { language: "", text: "1\n2\n" });
        assert!(matches!(blocks[1], Block::Attachment(_)));
        assert_eq!(blocks.len(), 2);
    }

    #[test]
    fn the_code_of_a_call_or_a_canvas_keeps_its_language() {
        let call = |name, text| {
            let conversation = chain("t", vec![Draft { name: Some(name), ..folded(Kind::Call, text) }]);
            match blocks(&conversation, 0).first() {
                Some(Block::Code { language, .. }) => (*language).to_owned(),
                _ => "none".to_owned(),
            }
        };
        assert_eq!(call("python", "print(1)"), "python");
        assert_eq!(call("web.run", "{\"search\": 1}"), "json");
        assert_eq!(call("web.run", "search(1)"), "");
        let detail = Detail::Canvas { title: "prog".into(), format: "code/rust".into() };
        let parts = vec![Part { range: 0..0, detail }];
        let conversation = chain("t", vec![Draft { kind: Kind::Canvas, parts, ..answer("fn main() {}") }]);
        assert_eq!(blocks(&conversation, 0), [Block::Code { language: "rust", text: "fn main() {}" }]);
    }

    #[test]
    fn the_first_lines_indentation_is_kept() {
        assert_eq!(from_first_line("\n \n    code\n\n"), "    code\n\n");
        assert_eq!(from_first_line(" \n\n").trim(), "");
    }

    #[test]
    fn bytes_are_told_in_the_unit_that_fits() {
        let told: Vec<String> = [0, 1, 412, 2_140, 9_949, 48_200_000, 999_700].map(bytes).into();
        assert_eq!(told, ["0 bytes", "1 byte", "412 bytes", "2.1 KB", "9.9 KB", "48 MB", "1.0 MB"]);
    }
}
