//! What an entry says, as blocks: its text in the manner of its kind, and what stands between the words.

use std::ops::Range;

use super::Scene;
use crate::{
    conversation::{Attachment, Kind, Link, Visibility},
    message::{
        self,
        chunks::Chunk,
        formula, link,
        markdown::{self as markup, Opaque},
        prompt,
    },
    transcript::{
        highlight::Code,
        layout::{
            attachment,
            block::{Block, Container, ContainerKind, Content, Document},
            citation::{self, Sources},
            line::Tone,
            styled_text::{Prose, Style},
        },
        markdown::{
            self,
            inline_span::{self, Inset, InsetKind},
            plain,
        },
        text::{link_target, sanitize},
    },
};

impl Scene<'_> {
    /// What the entry says, as blocks.
    pub(super) fn document(&self, first: bool, last: bool) -> Document {
        let reading = self.reading();
        let text = reading.text();
        let chunk = self.entry.chunk.as_ref();
        let range = chunk.map_or(0..text.len(), |chunk| chunk.range.clone());
        let here = |place: usize| {
            range.contains(&place) || (first && place < range.start) || (last && place >= range.end)
        };
        let quietly = self.message().visibility == Visibility::Folded;
        let open = self.entry.fold != Some(false);
        let cited = self.cited();
        let mut document = Document::default();
        // A blank line stands before the first of several attachments.
        let mut attached = false;
        for message::Block { range: stretch, content } in reading.blocks() {
            let start = stretch.start;
            let mut attach = |block: Block| {
                document.blocks.push(Block { gap: !attached, ..block });
                attached = true;
            };
            match content {
                message::Content::Source(link) if quietly && here(start) => {
                    if let Some(source) = source_of(link) {
                        attach(Block::text(source));
                    }
                }
                message::Content::Attachment(attachment) if here(start) => {
                    for block in self.attachment(attachment) {
                        attach(block);
                    }
                }
                message::Content::AttachedText(text) if open && here(start) => {
                    attach(attached_text(text));
                }
                message::Content::Source(_)
                | message::Content::Attachment(_)
                | message::Content::AttachedText(_)
                // The reasoning's label, and what is listed below the entry.
                | message::Content::Note
                | message::Content::Sources(_) => {}
                content => {
                    let stretch = stretch.start.max(range.start)..stretch.end.min(range.end);
                    if stretch.is_empty() {
                        continue;
                    }
                    let mut said = self.stretch(&content, text, stretch, &cited);
                    if quietly {
                        quiet(&mut said);
                    }
                    attached &= said.blocks.is_empty();
                    document.append(said);
                }
            }
        }
        if last && self.message().interrupted {
            let mut note = Prose::default();
            note.push("… the answer was cut here", Style::of(Tone::Dim), None);
            document.blocks.push(Block { gap: true, ..Block::text(note) });
        }
        document
    }

    /// A stretch of the message's text.
    fn stretch(
        &self,
        content: &message::Content<'_>,
        whole: &str,
        range: Range<usize>,
        cited: &Sources<'_>,
    ) -> Document {
        let (text, base) = (&whole[range.clone()], range.start);
        let plain = |mathematics, tone| {
            let insets = self.insets(text, base, cited, &prompt::opaque(text), mathematics);
            plain::parse(text, base, &insets, tone)
        };
        let mut document = match (self.entry.chunk.as_ref(), content) {
            (Some(chunk), _) if chunk.code => code_document(text, base, ""),
            (Some(Chunk { table: Some(dashes), range: chunk, .. }), _) if base == chunk.start => {
                self.rest_of_table(text, base, cited, &whole[dashes.clone()])
            }
            (_, message::Content::Code { language }) => code_document(text, base, language),
            (_, message::Content::Plain) => plain(true, Tone::Plain),
            (_, message::Content::Verbatim) if self.message().kind == Kind::Error => {
                plain::parse(text, base, &[], Tone::Error)
            }
            (_, message::Content::Verbatim | message::Content::Quote) => plain(false, Tone::Dim),
            _ => self.markdown(text, base, cited),
        };
        if self.message().kind == Kind::Canvas {
            frame(&mut document);
        }
        document
    }

    fn markdown(&self, text: &str, base: usize, cited: &Sources<'_>) -> Document {
        let wanted = formula::may_be_in(text) || !self.reading().parts().is_empty();
        let opaque = if wanted { markup::opaque(text) } else { Vec::new() };
        let insets = self.insets(text, base, cited, &opaque, wanted);
        let document = markdown::parse(text, base, &insets);
        if document.blocks.is_empty() {
            // Nothing but markup, such as definitions of links or a quotation of nothing: never a blank.
            return plain::parse(text, base, &[], Tone::Plain);
        }
        document
    }

    /// Markdown that begins within a table, whose row of dashes is given.
    fn rest_of_table(&self, text: &str, base: usize, cited: &Sources<'_>, dashes: &str) -> Document {
        let dashes = dashes.trim().trim_matches('|');
        let head = format!("|{}|\n|{dashes}|\n", dashes.replace(['-', ':'], " "));
        let Some(begin) = base.checked_sub(head.len()) else { return self.markdown(text, base, cited) };
        // Offsets behind the head are those of the message.
        let whole = head.clone() + text;
        let mut insets = self.insets(&whole, begin, cited, &markup::opaque(&whole), true);
        insets.retain(|inset| inset.range.start >= head.len());
        let mut document = markdown::parse(&whole, begin, &insets);
        if let Some(Content::Table(table)) = document.blocks.first_mut().map(|block| &mut block.content) {
            table.headless = true;
        }
        document
    }

    /// Where the text cites, and its mathematics, sorted; nothing in code.
    fn insets(
        &self,
        text: &str,
        base: usize,
        cited: &Sources<'_>,
        opaque: &[Opaque],
        mathematics: bool,
    ) -> Vec<Inset> {
        let end = base + text.len();
        let code: Vec<&Range<usize>> =
            opaque.iter().filter(|opaque| opaque.is_code()).map(|opaque| &opaque.range).collect();
        let in_code = |range: &Range<usize>| {
            code.get(code.partition_point(|code| code.end <= range.start))
                .is_some_and(|code| code.start < range.end)
        };
        let mut insets: Vec<Inset> = Vec::new();
        for (range, numbers) in &cited.places {
            let valid = range.start < range.end && range.start >= base && range.end <= end;
            if !valid
                || !text.is_char_boundary(range.start - base)
                || !text.is_char_boundary(range.end - base)
            {
                continue;
            }
            let range = range.start - base..range.end - base;
            if insets.last().is_some_and(|last| last.range.end > range.start) || in_code(&range) {
                continue;
            }
            insets.push(Inset { range, kind: InsetKind::Citation(numbers.clone()) });
        }
        if matches!(self.message().kind, Kind::Browsing | Kind::Page) {
            insets.extend(citation::listed(text));
            insets.sort_by_key(|inset| inset.range.start);
        }
        if mathematics && formula::may_be_in(text) {
            insets = inline_span::with_formulas(insets, formula::formulas(text, opaque));
        }
        insets
    }

    fn attachment(&self, attachment: &Attachment) -> Vec<Block> {
        let present = self.options.attachments.as_ref().map(|present| present.has(&attachment.id));
        let mut blocks = vec![Block::text(attachment::described(attachment, present))];
        blocks.extend(attachment::prompt(attachment).map(|prompt| {
            let indented = Container { id: 0, kind: ContainerKind::Note };
            Block { containers: Box::new([indented]), ..Block::text(prompt) }
        }));
        blocks
    }
}

/// The text of an attachment, in a frame.
fn attached_text(text: &str) -> Block {
    let mut content = Prose::default();
    content.push(text.trim_end(), Style::of(Tone::Dim), None);
    let framed = Container { id: 0, kind: ContainerKind::Frame };
    let content = Content::Literal(content);
    Block { containers: Box::new([framed]), content, ..Block::text(Prose::default()) }
}

/// Puts a document into a frame of its own.
fn frame(document: &mut Document) {
    for block in &mut document.blocks {
        let mut containers = vec![Container { id: 0, kind: ContainerKind::Frame }];
        containers.extend_from_slice(&block.containers);
        block.containers = containers.into();
    }
}

/// Where a page or quotation is from: its address, since its title stands on the fold's line. Where it has none
/// there is nothing more to say.
fn source_of(link: &Link) -> Option<Prose> {
    if link::host(&link.url).is_empty() && !link::is_safe(&link.url) {
        return None;
    }
    let mut prose = Prose::default();
    prose.lead_to(link_target::target(&link.url));
    prose.push(&sanitize::line(&link.url), Style { underline: true, ..Style::of(Tone::Link) }, None);
    Some(prose)
}

fn code_document(text: &str, base: usize, language: &str) -> Document {
    // What it is stands on the fold's line.
    let mut code = Code::new(language);
    code.labelled = false;
    let text = text.trim_end();
    code.push(text, Some(base));
    let mut document = Document::default();
    if !text.is_empty() {
        let content = Content::Code(code);
        document.blocks.push(Block { containers: Box::default(), gap: false, content });
    }
    document
}

/// Sets the text of an opened fold back.
fn quiet(document: &mut Document) {
    let dim = |tone| if matches!(tone, Tone::Plain | Tone::Quote) { Tone::Dim } else { tone };
    for block in &mut document.blocks {
        match &mut block.content {
            Content::Text(prose) | Content::Literal(prose) | Content::Heading(_, prose) => prose.retone(dim),
            Content::Table(table) => table.rows.iter_mut().flatten().for_each(|cell| cell.retone(dim)),
            Content::Code(_) | Content::Math(_) | Content::Rule => {}
        }
    }
}
