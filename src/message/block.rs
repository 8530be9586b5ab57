//! The blocks that a message consists of, in reading order.

use std::ops::Range;

use super::{MessageView, chunks::SplitMode};
use crate::conversation::{AnnotationKind, Attachment, Link, MessageKind, Role};

/// A stretch of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Block<'a> {
    /// Its bytes of the message's text; empty for what stands between words.
    pub range: Range<usize>,
    /// The kind of the stretch, and its values.
    pub content: BlockKind<'a>,
}

/// The kind of a [`Block`]. Everything in it is the archive's: untrusted.
#[derive(Clone, Debug, PartialEq)]
pub enum BlockKind<'a> {
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
    QuotedPage(&'a Link),
    /// Sources of the whole message, which no place in the text names.
    ListedSources(&'a [Link]),
}

impl<'a> MessageView<'a> {
    /// Returns how the message's text is to be read.
    pub fn content(self) -> BlockKind<'a> {
        let message = self.message();
        match message.kind {
            MessageKind::Text if message.role == Role::User => BlockKind::Plain,
            MessageKind::Text | MessageKind::Reasoning => BlockKind::Markdown,
            MessageKind::Instructions | MessageKind::Memory => BlockKind::Plain,
            MessageKind::Recap => BlockKind::Note,
            MessageKind::Quote => BlockKind::Quote,
            MessageKind::Call => BlockKind::Code { language: self.call_language() },
            MessageKind::Output => BlockKind::Code { language: "" },
            MessageKind::Canvas => match self.canvas().and_then(super::Canvas::language) {
                Some(language) => BlockKind::Code { language },
                None => BlockKind::Markdown,
            },
            MessageKind::Browsing | MessageKind::Page | MessageKind::Error | MessageKind::Other => {
                BlockKind::Verbatim
            }
        }
    }

    /// Returns where its text may be cut.
    pub fn split_mode(self) -> SplitMode {
        match self.content() {
            BlockKind::Markdown => SplitMode::Markdown,
            BlockKind::Code { .. } => SplitMode::Code,
            _ => SplitMode::Plain,
        }
    }

    /// Returns what the message consists of, in reading order; blank stretches of text are left out.
    pub fn blocks(self) -> Vec<Block<'a>> {
        self.blocks_within(&(0..self.text().len()))
    }

    /// Returns the same of a part of its text only, which begins and ends with a character; what stands between words
    /// is all of the message's. Looks at no other text.
    pub fn blocks_within(self, window: &Range<usize>) -> Vec<Block<'a>> {
        let (text, annotations) = (self.text(), self.annotations());
        let content = self.content();
        let mut blocks = Vec::with_capacity(1 + annotations.len());
        let mut add = |range: Range<usize>, content| blocks.push(Block { range, content });
        for part in annotations {
            if let AnnotationKind::QuotedPage(link) = &part.detail {
                add(0..0, BlockKind::QuotedPage(link));
            }
        }
        let mut from = 0;
        // Only what is written is interrupted; what a machine made stays in one piece, and files come after it.
        let whole = !matches!(content, BlockKind::Markdown | BlockKind::Plain)
            || self.message().kind == MessageKind::Canvas;
        let stretch = |from: &mut usize, to: usize, add: &mut dyn FnMut(Range<usize>, BlockKind<'a>)| {
            let inside = (*from).max(window.start)..to.min(window.end);
            if !inside.is_empty() && !text[inside.clone()].trim().is_empty() {
                add(inside, content.clone());
            }
            *from = to;
        };
        for part in annotations {
            let AnnotationKind::Attachment(attachment) = &part.detail else { continue };
            let at = part.range.start as usize;
            if whole {
                stretch(&mut from, text.len(), &mut add);
            } else if at > from && text.is_char_boundary(at) {
                stretch(&mut from, at, &mut add);
            }
            let place = at.min(text.len());
            add(place..place, BlockKind::Attachment(attachment));
            let attached = self.attached_text(attachment);
            if !attached.trim().is_empty() {
                add(place..place, BlockKind::AttachedText(attached));
            }
        }
        stretch(&mut from, text.len(), &mut add);
        for part in annotations {
            match &part.detail {
                AnnotationKind::ListedSources(links) if !links.is_empty() => {
                    add(text.len()..text.len(), BlockKind::ListedSources(links));
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
        Annotation, Conversation, Media, MessageDraft,
        testing::{answer, chain, folded, prompt},
    };

    fn image(at: u32, name: &str) -> Annotation {
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
        Annotation { range: at..at, detail: AnnotationKind::Attachment(Box::new(attachment)) }
    }

    /// Returns what the first message consists of: its text, the names of its attachments.
    fn told(conversation: &Conversation) -> Vec<&str> {
        let view = MessageView::of(conversation, 0);
        let told = |block: Block<'_>| match block.content {
            BlockKind::Attachment(_) => "an image",
            _ => view.text()[block.range].trim(),
        };
        view.blocks().into_iter().map(told).collect()
    }

    #[test]
    fn attachments_stand_where_they_stood_between_the_words() {
        let draft =
            MessageDraft { annotations: vec![image(0, "a"), image(7, "b")], ..prompt("before\nafter") };
        assert_eq!(told(&chain("t", vec![draft])), ["an image", "before", "an image", "after"]);
    }

    #[test]
    fn an_offset_within_a_character_or_past_the_end_loses_nothing() {
        for at in [1, 2, 400] {
            let conversation =
                chain("t", vec![MessageDraft { annotations: vec![image(at, "a")], ..prompt("é and more") }]);
            let said = told(&conversation).concat().replace("an image", "");
            assert_eq!(said.replace(' ', ""), "éandmore");
        }
    }

    #[test]
    fn a_picture_among_the_results_of_a_tool_comes_after_them() {
        let draft =
            MessageDraft { annotations: vec![image(0, "a")], ..folded(MessageKind::Output, "1\n2\n") };
        assert_eq!(told(&chain("t", vec![draft])), ["1\n2", "an image"]);
    }

    #[test]
    fn the_code_of_a_call_or_a_canvas_has_its_language() {
        let call = |name, text| {
            let conversation =
                chain("t", vec![MessageDraft { name: Some(name), ..folded(MessageKind::Call, text) }]);
            match MessageView::of(&conversation, 0).content() {
                BlockKind::Code { language } => language.to_owned(),
                other => format!("{other:?}"),
            }
        };
        assert_eq!(call("python", "[x for x in y]"), "python");
        assert_eq!(call("web.run", "{\"search\": 1}"), "json");
        assert_eq!(call("bio", "The person likes tea."), "");
        assert_eq!(call("container.exec", "ls"), "");
        let canvas = |format: &str| {
            let detail = AnnotationKind::Canvas { title: "prog".into(), format: format.into() };
            let annotations = vec![Annotation { range: 0..0, detail }];
            let conversation = chain(
                "t",
                vec![MessageDraft { kind: MessageKind::Canvas, annotations, ..answer("fn main() {}") }],
            );
            format!("{:?}", MessageView::of(&conversation, 0).content())
        };
        assert_eq!(canvas("code/rust"), "Code { language: \"rust\" }");
        assert_eq!(canvas("text/html"), "Markdown");
        assert_eq!(canvas("document"), "Markdown");
    }
}
