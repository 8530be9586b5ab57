//! Finds in a message's Markdown what would not stay within it: headings, HTML, open ends, links that deceive.
//!
//! What the structure is, pulldown-cmark says. Other parsers are more generous with what they take for a heading or a
//! tag; what looks like one to any of them is found too.

mod block_ranges;
mod disputed_lines;
mod headings;
mod links;

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Parser, Tag, TagEnd};

use self::{
    block_ranges::BlockRanges,
    disputed_lines::escape_disputed_lines,
    headings::{lookalikes, shift},
    links::{OpenLink, addresses, definitions, destination_note, inline_link_edit},
};
use super::{ENTRY_HEADING_LEVEL, text_edit::TextEdit};
use crate::message::markdown::{dialect, is_line_break};

/// The findings of one look at a text.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// The places of `<` that begin HTML, in order: a backslash before each makes text of it, which may be read again.
    pub html: Vec<usize>,
    /// The places of signs that are text and could be taken for more: `<` before a letter, `##` before a blank that is
    /// none, `$$` and `%%` that begin something without an end.
    pub signs_to_escape: Vec<usize>,
    /// Headings on another level, open ends with their ends.
    pub edits: Vec<TextEdit>,
    /// Notes behind links whose text is misleading: their targets.
    pub destination_notes: Vec<TextEdit>,
    /// Links by a name, with the address that the text defines for it: names are the file's, not the message's.
    pub references: Vec<TextEdit>,
    /// The places of `]` before a colon that make a definition of a link or a footnote, to some parser: a backslash
    /// before each makes text of it.
    pub definitions: Vec<usize>,
    /// Some edit does more than to lengthen a row of hashes.
    pub changes_structure: bool,
}

/// Looks a text through. `masked` is the same with its formulas as words of their length. `thorough`: every tag of an
/// HTML block counts, not only the one that begins it.
pub(super) fn survey(text: &str, masked: &str, thorough: bool) -> Survey {
    let mut found = Survey::default();
    let mut headings: Vec<(Range<usize>, usize)> = Vec::new();
    let mut blocks: Vec<Range<usize>> = Vec::new();
    let mut links: Vec<OpenLink> = Vec::new();
    let (mut depth, mut in_code) = (0_usize, false);
    let mut tables: Vec<Range<usize>> = Vec::new();
    let mut footnotes: Vec<Range<usize>> = Vec::new();
    let end_of_words = text.trim_end().len();
    let parser = Parser::new_ext(masked, dialect());
    for (_, definition) in parser.reference_definitions().iter() {
        // As text it may be HTML.
        let tags = memchr::memchr_iter(b'<', masked[definition.span.clone()].as_bytes());
        let tags = tags.map(|at| definition.span.start + at).filter(|&at| begins_tag(masked, at));
        found.signs_to_escape.extend(tags);
    }
    for (event, range) in parser.into_offset_iter() {
        match event {
            Event::Start(tag) => {
                match tag {
                    Tag::Heading { level, .. } => headings.push((range, level as usize)),
                    Tag::CodeBlock(kind) => {
                        in_code = true;
                        if depth == 0 && range.end >= end_of_words && matches!(kind, CodeBlockKind::Fenced(_))
                        {
                            found.edits.extend(close_fence(text, range.clone()));
                        }
                        blocks.push(range);
                    }
                    Tag::Table(_) => tables.push(range),
                    Tag::FootnoteDefinition(_) => footnotes.push(range),
                    Tag::HtmlBlock => html_block(masked, range, thorough, &mut found.html),
                    Tag::Link { dest_url, link_type, title, .. }
                    | Tag::Image { dest_url, link_type, title, .. } => {
                        found.references.extend(inline_link_edit(
                            masked,
                            range.clone(),
                            link_type,
                            &dest_url,
                            &title,
                        ));
                        let is_bare = matches!(link_type, LinkType::Autolink | LinkType::Email);
                        links.push(OpenLink { url: dest_url.into_string(), words: String::new(), is_bare });
                    }
                    _ => {}
                }
                depth += 1;
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                match end {
                    TagEnd::CodeBlock => in_code = false,
                    TagEnd::Link | TagEnd::Image => {
                        if let Some(link) = links.pop() {
                            found.destination_notes.extend(destination_note(
                                &link.words,
                                &link.url,
                                range.end,
                            ));
                            if let Some(outer) = links.last_mut() {
                                outer.add(&link.words);
                            }
                        }
                    }
                    _ => {}
                }
            }
            Event::InlineHtml(html) if !is_line_break(&html) => found.html.push(range.start),
            Event::Text(words) if !in_code => {
                if !links.last().is_some_and(|link| link.is_bare) {
                    note_signs(masked, range.clone(), &mut found.signs_to_escape);
                }
                match links.last_mut() {
                    Some(link) => link.add(&words),
                    None => addresses(masked, range, &mut found.destination_notes),
                }
            }
            Event::Code(words) => {
                if let Some(link) = links.last_mut() {
                    link.add(&words);
                }
            }
            _ => {}
        }
    }
    let heads: Vec<Range<usize>> = headings.iter().map(|(range, _)| range.clone()).collect();
    let block_ranges = BlockRanges { headings: heads, code: blocks, tables, footnotes };
    definitions(masked, &block_ranges.code, &mut found.definitions);
    escape_disputed_lines(masked, &block_ranges, &mut found);
    found.changes_structure |= !found.edits.is_empty() || !found.definitions.is_empty();
    lookalikes(masked, &headings, &block_ranges.code, &mut found.signs_to_escape);
    // Two backslashes before a sign would be none.
    found.signs_to_escape.sort_unstable();
    found.signs_to_escape.dedup();
    found.html.sort_unstable();
    found.html.dedup();
    let highest = headings.iter().map(|&(_, level)| level).min().unwrap_or(usize::MAX);
    if highest <= ENTRY_HEADING_LEVEL {
        let step = ENTRY_HEADING_LEVEL + 1 - highest;
        for (range, level) in headings {
            found.changes_structure |= shift(text, range, (level + step).min(6), &mut found.edits);
        }
    }
    found
}

/// Notes the tags of an HTML block: the first, or all.
fn html_block(text: &str, range: Range<usize>, thorough: bool, found: &mut Vec<usize>) {
    let block = &text[range.clone()];
    if block.split_inclusive('>').all(|tag| tag.trim().is_empty() || is_line_break(tag.trim())) {
        return;
    }
    let tags = memchr::memchr_iter(b'<', block.as_bytes()).map(|at| range.start + at);
    if thorough {
        found.extend(tags.filter(|&at| begins_tag(text, at)));
    } else {
        found.extend(tags.take(1));
    }
}

/// Returns whether a `<` could begin a tag to some parser: what follows it, and that no backslash stands before it.
fn begins_tag(text: &str, at: usize) -> bool {
    let next = text.as_bytes().get(at + 1);
    next.is_some_and(|&next| next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?'))
        && !is_escaped(text, at)
}

/// Returns whether an odd number of backslashes stands before a place.
fn is_escaped(text: &str, at: usize) -> bool {
    text.as_bytes()[..at].iter().rev().take_while(|&&byte| byte == b'\\').count() % 2 == 1
}

/// Notes the signs of a stretch of text that another parser could take for more.
fn note_signs(text: &str, range: Range<usize>, found: &mut Vec<usize>) {
    let bytes = text.as_bytes();
    let mut from = range.start;
    while let Some(step) = memchr::memchr3(b'<', b'$', b'%', &bytes[from..range.end]) {
        let at = from + step;
        from = at + 1;
        if bytes[at] == b'<' {
            if begins_tag(text, at) {
                found.push(at);
            }
            continue;
        }
        let run = bytes[at..range.end].iter().take_while(|&&byte| byte == bytes[at]).count();
        from = at + run;
        if run > 1 {
            let first = at + usize::from(is_escaped(text, at));
            found.extend(first..at + run);
        }
    }
}

/// Closes a fenced block, the last thing of the text, that has no closing fence.
fn close_fence(text: &str, range: Range<usize>) -> Option<TextEdit> {
    let block = text[range.clone()].trim_start_matches(' ');
    let mark = block.chars().next().filter(|&mark| mark == '`' || mark == '~')?;
    let length = block.chars().take_while(|&char| char == mark).count();
    let mut lines = block.trim_end().lines();
    lines.next();
    let closed = lines.next_back().is_some_and(|last| {
        // Further in it is code.
        let fence = last.trim_start_matches(' ');
        last.len() - fence.len() < 4
            && fence.trim_end().chars().all(|char| char == mark)
            && fence.trim_end().len() >= length
    });
    let fence: String = std::iter::repeat_n(mark, length).collect();
    let newline = if text.ends_with('\n') { "" } else { "\n" };
    (!closed).then(|| TextEdit::insert(text.len(), format!("{newline}{fence}")))
}
