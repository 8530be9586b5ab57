//! The blocks of an entry: its text, read as its kind demands, and what stands between the words.

use std::ops::Range;

use super::EntryInput;
use crate::{
    conversation::{Attachment, Link, MessageKind, Visibility},
    message::{
        self,
        chunks::Chunk,
        formula, link_safety,
        markdown::{self as markup, NonProse},
        prompt,
    },
    transcript::{
        highlight::Code,
        layout::{
            attachment,
            block::{Container, ContainerKind, LayoutBlock, LayoutContent, LayoutDocument},
            citation::{self, CitedSources},
            line::Tone,
            styled_text::{StyledText, TextStyle},
        },
        markdown::{
            self,
            inline_span::{self, InlineSpan, InlineSpanKind},
            plain,
        },
        text::{link_target, sanitize},
    },
};

/// Attachments of a message that are shown in one entry.
const MAX_ATTACHMENTS: usize = 1_000;
/// The bytes of attachments' texts that are shown in one entry, all together.
const MAX_ATTACHED_LENGTH: usize = 128 << 10;

impl EntryInput<'_> {
    /// Makes the blocks of the entry. `first` and `last` say which end of the message it has.
    pub(super) fn document(&self, first: bool, last: bool) -> LayoutDocument {
        let view = self.view();
        let text = view.text();
        let chunk = self.entry.chunk.as_ref();
        let range = chunk.map_or(0..text.len(), |chunk| chunk.range.clone());
        let here = |place: usize| {
            range.contains(&place) || (first && place < range.start) || (last && place >= range.end)
        };
        let is_dim = self.message().visibility == Visibility::Folded;
        let open = self.entry.fold != Some(false);
        let cited = self.cited();
        let mut document = LayoutDocument::default();
        if self.is_unparsed {
            document
                .blocks
                .push(note("… from here on as it was written: too many lines to look for code and tables"));
        }
        // A blank line stands before the first of several attachments.
        let mut attached = false;
        let mut files = 0;
        let mut room = MAX_ATTACHED_LENGTH;
        let mut text_place = None;
        for message::Block { range: stretch, content } in view.blocks_within(&range) {
            let start = stretch.start;
            if matches!(content, message::BlockKind::Attachment(_)) && here(start) {
                files += 1;
            }
            if files > MAX_ATTACHMENTS
                && matches!(content, message::BlockKind::Attachment(_) | message::BlockKind::AttachedText(_))
            {
                continue;
            }
            let mut attach = |block: LayoutBlock| {
                document.blocks.push(LayoutBlock { gap: !attached, ..block });
                attached = true;
            };
            match content {
                message::BlockKind::QuotedPage(link) if is_dim && here(start) => {
                    if let Some(source) = source_of(link) {
                        attach(LayoutBlock::text(source));
                    }
                }
                message::BlockKind::Attachment(attachment) if here(start) => {
                    text_place = attachment.content.place();
                    for block in self.attachment(attachment, view.attached_text(attachment)) {
                        attach(block);
                    }
                }
                message::BlockKind::AttachedText(text) if open && here(start) => {
                    let shown = &text[..text.floor_char_boundary(room)];
                    room -= shown.len();
                    attach(attached_text(shown, text_place));
                    if shown.len() < text.len() {
                        let left = message::format::size((text.len() - shown.len()) as u64);
                        attach(note(&format!("… {left} more of this file: o saves it")));
                    }
                }
                message::BlockKind::QuotedPage(_)
                | message::BlockKind::Attachment(_)
                | message::BlockKind::AttachedText(_)
                // The reasoning's label, and what is listed below the entry.
                | message::BlockKind::Note
                | message::BlockKind::ListedSources(_) => {}
                content => {
                    let stretch = stretch.start.max(range.start)..stretch.end.min(range.end);
                    if stretch.is_empty() {
                        continue;
                    }
                    let mut drawn = self.stretch(&content, text, stretch, &cited);
                    if is_dim {
                        dim(&mut drawn);
                    }
                    attached &= drawn.blocks.is_empty();
                    document.append(drawn);
                }
            }
        }
        if let Some(more) = files.checked_sub(MAX_ATTACHMENTS).filter(|more| *more > 0) {
            document.blocks.push(note(&format!("… and {more} more attachments: an extract names them")));
        }
        if last && self.message().interrupted {
            document.blocks.push(LayoutBlock { gap: true, ..note("… the answer was cut here") });
        }
        document
    }

    /// Makes the blocks of a stretch of the message's text.
    fn stretch(
        &self,
        content: &message::BlockKind<'_>,
        whole: &str,
        range: Range<usize>,
        cited: &CitedSources<'_>,
    ) -> LayoutDocument {
        let (text, base) = (&whole[range.clone()], range.start);
        let plain = |mathematics, tone| {
            let inline_spans = self.inline_spans(text, base, cited, &prompt::non_prose(text), mathematics);
            plain::parse(text, base, &inline_spans, tone)
        };
        let mut document = match (self.entry.chunk.as_ref(), content) {
            (Some(chunk), _) if chunk.starts_in_code => code_document(text, base, ""),
            (Some(chunk), _) if chunk.is_unparsed => plain::parse(text, base, &[], Tone::Plain),
            (Some(Chunk { starts_in_table: Some(dashes), range: chunk, .. }), _) if base == chunk.start => {
                self.rest_of_table(text, base, cited, &whole[dashes.clone()])
            }
            (_, message::BlockKind::Code { language }) => code_document(text, base, language),
            (_, message::BlockKind::Plain) => plain(true, Tone::Plain),
            (_, message::BlockKind::Verbatim) if self.message().kind == MessageKind::Error => {
                plain::parse(text, base, &[], Tone::Error)
            }
            (_, message::BlockKind::Verbatim | message::BlockKind::Quote) => plain(false, Tone::Dim),
            _ => self.markdown(text, base, cited),
        };
        if self.message().kind == MessageKind::Canvas {
            put_in_box(&mut document);
        }
        document
    }

    fn markdown(&self, text: &str, base: usize, cited: &CitedSources<'_>) -> LayoutDocument {
        let wanted = formula::may_be_in(text) || !self.view().annotations().is_empty();
        let non_prose = if wanted { markup::non_prose(text) } else { Vec::new() };
        let inline_spans = self.inline_spans(text, base, cited, &non_prose, wanted);
        let Some(document) = markdown::parse(text, base, &inline_spans) else {
            return as_written(text, base);
        };
        if document.blocks.is_empty() {
            // Nothing but markup, such as definitions of links or a quotation of nothing: never a blank.
            return plain::parse(text, base, &[], Tone::Plain);
        }
        document
    }

    /// Reads Markdown that begins within a table, whose delimiter row is given.
    fn rest_of_table(
        &self,
        text: &str,
        base: usize,
        cited: &CitedSources<'_>,
        dashes: &str,
    ) -> LayoutDocument {
        let dashes = dashes.trim().trim_matches('|');
        let head = format!("|{}|\n|{dashes}|\n", dashes.replace(['-', ':'], " "));
        let Some(begin) = base.checked_sub(head.len()) else { return self.markdown(text, base, cited) };
        // Offsets after the head are those of the message.
        let whole = head.clone() + text;
        let mut inline_spans = self.inline_spans(&whole, begin, cited, &markup::non_prose(&whole), true);
        inline_spans.retain(|span| span.range.start >= head.len());
        let Some(mut document) = markdown::parse(&whole, begin, &inline_spans) else {
            return as_written(text, base);
        };
        if let Some(LayoutContent::Table(table)) = document.blocks.first_mut().map(|block| &mut block.content)
        {
            table.headless = true;
        }
        document
    }

    /// Returns the citations and the formulas of a text, sorted; none in code.
    fn inline_spans(
        &self,
        text: &str,
        base: usize,
        cited: &CitedSources<'_>,
        non_prose: &[NonProse],
        mathematics: bool,
    ) -> Vec<InlineSpan> {
        let end = base + text.len();
        let code: Vec<&Range<usize>> =
            non_prose.iter().filter(|found| found.is_code()).map(|found| &found.range).collect();
        let in_code = |range: &Range<usize>| {
            code.get(code.partition_point(|code| code.end <= range.start))
                .is_some_and(|code| code.start < range.end)
        };
        let mut inline_spans: Vec<InlineSpan> = Vec::new();
        for (range, numbers) in &cited.citations {
            let valid = range.start < range.end && range.start >= base && range.end <= end;
            if !valid
                || !text.is_char_boundary(range.start - base)
                || !text.is_char_boundary(range.end - base)
            {
                continue;
            }
            let range = range.start - base..range.end - base;
            if inline_spans.last().is_some_and(|last| last.range.end > range.start) || in_code(&range) {
                continue;
            }
            inline_spans.push(InlineSpan { range, kind: InlineSpanKind::Citation(numbers.clone()) });
        }
        if matches!(self.message().kind, MessageKind::Browsing | MessageKind::Page) {
            inline_spans.extend(citation::browsing_marks(text));
            inline_spans.sort_by_key(|span| span.range.start);
        }
        if mathematics && formula::may_be_in(text) {
            inline_spans = inline_span::merge_formulas(inline_spans, formula::formulas(text, non_prose));
        }
        inline_spans
    }

    fn attachment(&self, attachment: &Attachment, text: &str) -> Vec<LayoutBlock> {
        let own = self.conversation.object_location.archive;
        let present = self.options.attachments.as_ref().map(|present| present.has(own, &attachment.id));
        let mut blocks = vec![LayoutBlock::text(attachment::summary(attachment, text, present))];
        blocks.extend(attachment::picture_prompt(attachment).map(|prompt| {
            let indented = Container { id: 0, kind: ContainerKind::PlainIndent };
            LayoutBlock { containers: Box::new([indented]), ..LayoutBlock::text(prompt) }
        }));
        blocks
    }
}

/// Makes a line about what is shown.
fn note(words: &str) -> LayoutBlock {
    let mut prose = StyledText::default();
    prose.push(words, TextStyle::of(Tone::Dim), None);
    LayoutBlock::text(prose)
}

/// Shows Markdown that comes to more than can be drawn.
fn as_written(text: &str, base: usize) -> LayoutDocument {
    let mut document = LayoutDocument::default();
    document.blocks.push(note("… as it was written: it has more marks than are drawn"));
    document.append(plain::parse(text, base, &[], Tone::Plain));
    document
}

/// Makes a framed block of the text of an attachment, which stands there among the words of the message.
fn attached_text(text: &str, place: Option<usize>) -> LayoutBlock {
    let mut content = StyledText::default();
    content.push(text.trim_end(), TextStyle::of(Tone::Dim), place);
    let boxed = Container { id: 0, kind: ContainerKind::Boxed };
    let content = LayoutContent::Preformatted(content);
    LayoutBlock { containers: Box::new([boxed]), content, ..LayoutBlock::text(StyledText::default()) }
}

/// Puts a document into a box of its own.
fn put_in_box(document: &mut LayoutDocument) {
    for block in &mut document.blocks {
        let mut containers = vec![Container { id: 0, kind: ContainerKind::Boxed }];
        containers.extend_from_slice(&block.containers);
        block.containers = containers.into();
    }
}

/// Writes the address a page or quotation is from, since its title stands on the fold's line; `None` when it
/// has no address.
fn source_of(link: &Link) -> Option<StyledText> {
    if link_safety::host(&link.url).is_empty() && !link_safety::is_safe(&link.url) {
        return None;
    }
    let mut prose = StyledText::default();
    prose.set_link(link_target::link_target(&link.url));
    prose.push(&sanitize::label(&link.url), TextStyle { underline: true, ..TextStyle::of(Tone::Link) }, None);
    Some(prose)
}

fn code_document(text: &str, base: usize, language: &str) -> LayoutDocument {
    // What it is stands on the fold's line.
    let mut code = Code::new(language);
    code.labelled = false;
    let text = text.trim_end();
    code.push(text, Some(base));
    let mut document = LayoutDocument::default();
    if !text.is_empty() {
        let content = LayoutContent::Code(code);
        document.blocks.push(LayoutBlock { containers: Box::default(), gap: false, content });
    }
    document
}

/// Dims the text of an opened fold.
fn dim(document: &mut LayoutDocument) {
    let dim = |tone| if matches!(tone, Tone::Plain | Tone::Quote) { Tone::Dim } else { tone };
    for block in &mut document.blocks {
        match &mut block.content {
            LayoutContent::Text(prose)
            | LayoutContent::Preformatted(prose)
            | LayoutContent::Heading(_, prose) => {
                prose.map_tones(dim);
            }
            LayoutContent::Table(table) => {
                table.rows.iter_mut().flatten().for_each(|cell| cell.map_tones(dim));
            }
            LayoutContent::Code(_) | LayoutContent::Math(_) | LayoutContent::Rule => {}
        }
    }
}
