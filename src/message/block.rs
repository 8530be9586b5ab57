//! The blocks that a message consists of, in reading order.

use std::ops::Range;

use super::{MessageView, chunks::SplitMode};
use crate::conversation::{Attachment, Detail, Kind, Link, Role};

/// A stretch of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Block<'a> {
    /// Its bytes of the message's text; empty for what stands between words.
    pub range: Range<usize>,
    /// The kind of the stretch, and its values.
    pub content: Content<'a>,
}

/// The kind of a [`Block`]. Everything in it is the archive's: untrusted.
#[derive(Clone, Debug, PartialEq)]
pub enum Content<'a> {
    /// Markdown.
    Markdown,
    /// Text as it was typed, fenced code apart.
    Plain,
    /// Text of a machine, to be kept as it is, but no code: a page, an error, something unknown.
    Verbatim,
    /// Code in a language, which may be empty.
    Code {
        /// `python`, `json`, …
        language: &'a str,
    },
    /// A passage of somebody else.
    Quote,
    /// A short line about the message.
    Note,
    /// An attachment.
    Attachment(&'a Attachment),
    /// The text of the attachment before it, which the export carries.
    AttachedText(&'a str),
    /// The page quoted or fetched.
    Source(&'a Link),
    /// Sources of the whole message, which no place in the text names.
    Sources(&'a [Link]),
}

impl<'a> MessageView<'a> {
    /// Returns how the message's text is to be read.
    pub fn content(self) -> Content<'a> {
        let message = self.message();
        match message.kind {
            Kind::Text if message.role == Role::User => Content::Plain,
            Kind::Text | Kind::Reasoning => Content::Markdown,
            Kind::Instructions | Kind::Memory => Content::Plain,
            Kind::Recap => Content::Note,
            Kind::Quote => Content::Quote,
            Kind::Call => Content::Code { language: self.call_language() },
            Kind::Output => Content::Code { language: "" },
            Kind::Canvas => match self.canvas().and_then(super::Canvas::language) {
                Some(language) => Content::Code { language },
                None => Content::Markdown,
            },
            Kind::Browsing | Kind::Page | Kind::Error | Kind::Other => Content::Verbatim,
        }
    }

    /// Returns where its text may be cut.
    pub fn split_mode(self) -> SplitMode {
        match self.content() {
            Content::Markdown => SplitMode::Markdown,
            Content::Code { .. } => SplitMode::Code,
            _ => SplitMode::Plain,
        }
    }

    /// Returns what the message consists of, in reading order; blank stretches of text are left out.
    pub fn blocks(self) -> Vec<Block<'a>> {
        self.blocks_within(&(0..self.text().len()))
    }

    /// Returns the same of a part of its text only, which begins and ends with a character; what stands between words
    /// is all of the message's. Looks at no other text.
    pub fn blocks_within(self, part: &Range<usize>) -> Vec<Block<'a>> {
        let (text, parts) = (self.text(), self.parts());
        let content = self.content();
        let mut blocks = Vec::with_capacity(1 + parts.len());
        let mut add = |range: Range<usize>, content| blocks.push(Block { range, content });
        for part in parts {
            if let Detail::Source(link) = &part.detail {
                add(0..0, Content::Source(link));
            }
        }
        let mut from = 0;
        // Only what is written is interrupted; what a machine made stays in one piece, and files come after it.
        let whole =
            !matches!(content, Content::Markdown | Content::Plain) || self.message().kind == Kind::Canvas;
        let stretch = |from: &mut usize, to: usize, add: &mut dyn FnMut(Range<usize>, Content<'a>)| {
            let inside = (*from).max(part.start)..to.min(part.end);
            if !inside.is_empty() && !text[inside.clone()].trim().is_empty() {
                add(inside, content.clone());
            }
            *from = to;
        };
        for part in parts {
            let Detail::Attachment(attachment) = &part.detail else { continue };
            let at = part.range.start as usize;
            if whole {
                stretch(&mut from, text.len(), &mut add);
            } else if at > from && text.is_char_boundary(at) {
                stretch(&mut from, at, &mut add);
            }
            let place = at.min(text.len());
            add(place..place, Content::Attachment(attachment));
            if !attachment.content.trim().is_empty() {
                add(place..place, Content::AttachedText(&attachment.content));
            }
        }
        stretch(&mut from, text.len(), &mut add);
        for part in parts {
            match &part.detail {
                Detail::Sources(links) if !links.is_empty() => {
                    add(text.len()..text.len(), Content::Sources(links));
                }
                _ => {}
            }
        }
        blocks
    }

    /// Returns the language of a tool call's input: what the tool runs, else JSON where it looks like it.
    fn call_language(self) -> &'static str {
        match self.name() {
            Some(name) if name.starts_with("python") || name == "ada" => "python",
            Some("bash" | "sh" | "shell") => "bash",
            Some("javascript") => "javascript",
            Some("sql") => "sql",
            _ if self.text().trim_start().starts_with(['{', '[']) => "json",
            _ => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::{
        Conversation, Media, MessageDraft, Part,
        testing::{answer, chain, folded, prompt},
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

    /// Returns what the first message consists of: its text, the names of its attachments.
    fn told(conversation: &Conversation) -> Vec<&str> {
        let view = MessageView::of(conversation, 0);
        let told = |block: Block<'_>| match block.content {
            Content::Attachment(_) => "an image",
            _ => view.text()[block.range].trim(),
        };
        view.blocks().into_iter().map(told).collect()
    }

    #[test]
    fn attachments_stand_where_they_stood_between_the_words() {
        let draft = MessageDraft { parts: vec![image(0, "a"), image(7, "b")], ..prompt("before\nafter") };
        assert_eq!(told(&chain("t", vec![draft])), ["an image", "before", "an image", "after"]);
    }

    #[test]
    fn an_offset_within_a_character_or_past_the_end_loses_nothing() {
        for at in [1, 2, 400] {
            let conversation =
                chain("t", vec![MessageDraft { parts: vec![image(at, "a")], ..prompt("é and more") }]);
            let said = told(&conversation).concat().replace("an image", "");
            assert_eq!(said.replace(' ', ""), "éandmore");
        }
    }

    #[test]
    fn a_picture_among_the_results_of_a_tool_comes_after_them() {
        let draft = MessageDraft { parts: vec![image(0, "a")], ..folded(Kind::Output, "1\n2\n") };
        assert_eq!(told(&chain("t", vec![draft])), ["1\n2", "an image"]);
    }

    #[test]
    fn the_code_of_a_call_or_a_canvas_has_its_language() {
        let call = |name, text| {
            let conversation =
                chain("t", vec![MessageDraft { name: Some(name), ..folded(Kind::Call, text) }]);
            match MessageView::of(&conversation, 0).content() {
                Content::Code { language } => language.to_owned(),
                other => format!("{other:?}"),
            }
        };
        assert_eq!(call("python", "[x for x in y]"), "python");
        assert_eq!(call("web.run", "{\"search\": 1}"), "json");
        assert_eq!(call("bio", "The person likes tea."), "");
        assert_eq!(call("container.exec", "ls"), "");
        let canvas = |format: &str| {
            let detail = Detail::Canvas { title: "prog".into(), format: format.into() };
            let parts = vec![Part { range: 0..0, detail }];
            let conversation =
                chain("t", vec![MessageDraft { kind: Kind::Canvas, parts, ..answer("fn main() {}") }]);
            format!("{:?}", MessageView::of(&conversation, 0).content())
        };
        assert_eq!(canvas("code/rust"), "Code { language: \"rust\" }");
        assert_eq!(canvas("text/html"), "Markdown");
        assert_eq!(canvas("document"), "Markdown");
    }
}
