//! What a message consists of, in reading order.

use std::ops::Range;

use super::{Reading, chunks::Form};
use crate::conversation::{Attachment, Detail, Kind, Link, Role};

/// A stretch of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Block<'a> {
    /// Its bytes of the message's text; empty for what stands between words.
    pub range: Range<usize>,
    /// What it is.
    pub content: Content<'a>,
}

/// See [`Block`]. Everything is the archive's: untrusted.
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

impl<'a> Reading<'a> {
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
    pub fn form(self) -> Form {
        match self.content() {
            Content::Markdown => Form::Markdown,
            Content::Code { .. } => Form::Code,
            _ => Form::Plain,
        }
    }

    /// Returns what the message consists of, in reading order; empty stretches of text are left out.
    pub fn blocks(self) -> Vec<Block<'a>> {
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
            if !text[*from..to].trim().is_empty() {
                add(*from..to, content.clone());
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

    /// The language of a tool call's input: what the tool runs, else JSON where it looks like it.
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
