//! What an entry says, as blocks: its text in the manner of its kind, and what stands between the words.

use std::ops::Range;

use super::Scene;
use crate::{
    conversation::{Attachment, Detail, Kind, Link, Role, Visibility},
    transcript::{
        attachment,
        block::{Block, Container, ContainerKind, Content, Document},
        citation,
        code::Code,
        fold,
        inset::{Inset, InsetKind},
        line::Tone,
        markdown, math,
        parts::Part,
        plain,
        prose::{Prose, Style},
        sanitize, target,
    },
};

impl Scene<'_> {
    /// What the entry says, as blocks.
    pub(super) fn document(&self, first: bool, last: bool) -> Document {
        let whole = self.conversation.message_text(self.entry.message);
        let part = self.entry.part.as_ref();
        let range = part.map_or(0..whole.len(), |part| part.range.clone());
        let text = &whole[range.clone()];
        let mut document = match part {
            Some(part) if part.code => code_document(text, range.start, ""),
            Some(Part { table: Some(dashes), .. }) => {
                self.rest_of_table(text, range.start, &whole[dashes.clone()])
            }
            _ => self.body(text, range.start),
        };
        if self.message().visibility == Visibility::Folded {
            quiet(&mut document);
        }
        self.attach(&mut document, |place| {
            range.contains(&place) || (first && place < range.start) || (last && place >= range.end)
        });
        if last && self.message().interrupted {
            let mut note = Prose::default();
            note.push("… the answer was cut here", Style::of(Tone::Dim), None);
            document.blocks.push(Block { gap: true, ..Block::text(range.end, note) });
        }
        document
    }

    fn body(&self, text: &str, base: usize) -> Document {
        let message = self.message();
        match message.kind {
            Kind::Call => code_document(text, base, self.call_language(text)),
            Kind::Output => code_document(text, base, ""),
            Kind::Canvas => self.canvas(text, base),
            Kind::Text if message.role == Role::User => {
                let insets = self.insets(text, base, &plain::opaque(text), true);
                plain::parse(text, base, &insets, Tone::Plain)
            }
            Kind::Text | Kind::Reasoning => self.markdown(text, base),
            Kind::Recap => Document::default(),
            Kind::Error => plain::parse(text, base, &[], Tone::Error),
            Kind::Quote | Kind::Page | Kind::Browsing | Kind::Instructions | Kind::Memory | Kind::Other => {
                let insets = self.insets(text, base, &plain::opaque(text), false);
                plain::parse(text, base, &insets, Tone::Dim)
            }
        }
    }

    fn markdown(&self, text: &str, base: usize) -> Document {
        let wanted = math::may_be_in(text) || !self.conversation.message_parts(self.entry.message).is_empty();
        let opaque = if wanted { markdown::opaque(text) } else { Vec::new() };
        let insets = self.insets(text, base, &opaque, wanted);
        let document = markdown::parse(text, base, &insets);
        if document.blocks.is_empty() {
            // Nothing but markup, such as definitions of links or a quotation of nothing: never a blank.
            return plain::parse(text, base, &[], Tone::Plain);
        }
        document
    }

    /// Markdown that begins within a table, whose row of dashes is given.
    fn rest_of_table(&self, text: &str, base: usize, dashes: &str) -> Document {
        let dashes = dashes.trim().trim_matches('|');
        let head = format!("|{}|\n|{dashes}|\n", dashes.replace(['-', ':'], " "));
        let Some(begin) = base.checked_sub(head.len()) else { return self.markdown(text, base) };
        // Offsets behind the head are those of the message.
        let whole = head.clone() + text;
        let mut insets = self.insets(&whole, begin, &markdown::opaque(&whole), true);
        insets.retain(|inset| inset.range.start >= head.len());
        let mut document = markdown::parse(&whole, begin, &insets);
        if let Some(Content::Table(table)) = document.blocks.first_mut().map(|block| &mut block.content) {
            table.headless = true;
        }
        document
    }

    /// A document in a frame of its own.
    fn canvas(&self, text: &str, base: usize) -> Document {
        let (_, format) = fold::canvas_of(self.conversation, self.entry.message);
        let mut document = match format.strip_prefix("code/") {
            Some(language) => code_document(text, base, language),
            None => self.markdown(text, base),
        };
        for block in &mut document.blocks {
            let mut containers = vec![Container { id: 0, kind: ContainerKind::Frame }];
            containers.extend_from_slice(&block.containers);
            block.containers = containers.into();
        }
        document
    }

    /// The language of a tool call's input: what the tool runs, or JSON.
    fn call_language(&self, text: &str) -> &'static str {
        match self.conversation.message_name(self.entry.message) {
            Some(name) if name.starts_with("python") || name == "ada" => "python",
            _ if text.trim_start().starts_with(['{', '[']) => "json",
            _ => "",
        }
    }

    /// Where the text cites, and its mathematics, sorted; nothing in code.
    fn insets(&self, text: &str, base: usize, opaque: &[markdown::Opaque], mathematics: bool) -> Vec<Inset> {
        let end = base + text.len();
        let sources = self.cited();
        let code: Vec<&Range<usize>> =
            opaque.iter().filter(|opaque| opaque.code).map(|opaque| &opaque.range).collect();
        let in_code = |range: &Range<usize>| {
            code.get(code.partition_point(|code| code.end <= range.start))
                .is_some_and(|code| code.start < range.end)
        };
        let mut insets: Vec<Inset> = Vec::new();
        for (range, numbers) in sources.places {
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
            insets.push(Inset { range, kind: InsetKind::Citation(numbers) });
        }
        if matches!(self.message().kind, Kind::Browsing | Kind::Page) {
            insets.extend(citation::listed(text));
            insets.sort_by_key(|inset| inset.range.start);
        }
        if mathematics && math::may_be_in(text) {
            insets = math::among(text, opaque, insets);
        }
        insets
    }

    /// Puts the message's attachments where they stand: those whose place is `here`, each before the first block
    /// that begins at or after it.
    fn attach(&self, document: &mut Document, here: impl Fn(usize) -> bool) {
        let open = self.entry.fold != Some(false);
        let mut waiting: Vec<Vec<Block>> = Vec::new();
        for part in self.conversation.message_parts(self.entry.message) {
            let start = part.range.start as usize;
            match &part.detail {
                Detail::Attachment(attachment) if here(start) => {
                    waiting.push(self.attachment(attachment, start, open));
                }
                Detail::Source(link) if here(start) && self.message().visibility == Visibility::Folded => {
                    waiting.extend(source_of(link).map(|source| vec![Block::text(start, source)]));
                }
                _ => {}
            }
        }
        if waiting.is_empty() {
            return;
        }
        waiting.sort_by_key(|blocks| blocks[0].source);
        let mut waiting = waiting.into_iter().peekable();
        let mut merged: Vec<Block> = Vec::new();
        let mut attached = false;
        for mut block in std::mem::take(&mut document.blocks) {
            while let Some(blocks) = waiting.next_if(|blocks| blocks[0].source <= block.source) {
                merged.extend(blocks.into_iter().enumerate().map(|(number, block)| {
                    let gap = number == 0 && !attached;
                    Block { gap, ..block }
                }));
                attached = true;
            }
            block.gap |= attached;
            attached = false;
            merged.push(block);
        }
        for blocks in waiting {
            merged.extend(blocks.into_iter().enumerate().map(|(number, block)| {
                let gap = number == 0 && !attached;
                Block { gap, ..block }
            }));
            attached = true;
        }
        document.blocks = merged;
    }

    fn attachment(&self, attachment: &Attachment, start: usize, open: bool) -> Vec<Block> {
        let present = self.options.attachments.as_ref().map(|present| present.has(&attachment.id));
        let mut blocks = vec![Block::text(start, attachment::described(attachment, present))];
        blocks.extend(attachment::prompt(attachment).map(|prompt| {
            let indented = Container { id: 0, kind: ContainerKind::Note };
            Block { containers: Box::new([indented]), ..Block::text(start, prompt) }
        }));
        if open && !attachment.content.is_empty() {
            let mut content = Prose::default();
            content.push(attachment.content.trim_end(), Style::of(Tone::Dim), None);
            let frame = Container { id: 0, kind: ContainerKind::Frame };
            let content = Content::Literal(content);
            blocks.push(Block {
                containers: Box::new([frame]),
                content,
                ..Block::text(start, Prose::default())
            });
        }
        blocks
    }
}

/// Where a page or quotation is from: its address, since its title stands on the fold's line. Where it has none
/// there is nothing more to say.
fn source_of(link: &Link) -> Option<Prose> {
    if target::host(&link.url).is_empty() {
        return None;
    }
    let mut prose = Prose::default();
    prose.lead_to(target::target(&link.url));
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
        document.blocks.push(Block { containers: Box::default(), source: base, gap: false, content });
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
