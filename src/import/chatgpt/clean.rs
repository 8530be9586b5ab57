//! Makes a message's text readable: citation markers become links, marks that only ChatGPT's screen understands go.
//!
//! Most messages have nothing to clean, and are only looked through for a few bytes. What is to change is gathered
//! as edits and applied in one pass, so that the parts keep their places.

use std::{ops::Range, sync::LazyLock};

use memchr::memmem;

use super::{
    citations, edits::Edits, file_tokens, marker, named_sources::footnote, references::References,
    shape::Metadata, unread::MessageExtras, writing,
};
use crate::{
    conversation::{Annotation, AnnotationKind},
    import::growth::ExpansionBudget,
    message::markdown::{self, NonProse, NonProseKind},
};

static BARE_WIDGET: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("genui{"));
static BRACKET: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("【"));
static LINK: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("]("));

/// The first byte of U+E000–U+EFFF in UTF-8: every citation marker begins with it.
const PRIVATE_USE: u8 = 0xee;

/// Cleans a message's text, which begins at `start` of the buffer and ends with it; `parts` keep their places. Only in
/// an `answer` do some marks mean anything. Writes the sources that no place in the text has to `rest`, and the kinds of
/// markers that nobody knows.
pub(super) fn clean(
    buffer: &mut String,
    start: usize,
    parts: &mut Vec<Annotation>,
    metadata: &Metadata<'_>,
    answer: bool,
    rest: &mut MessageExtras,
    growth: &ExpansionBudget,
) {
    let text = &buffer[start..];
    let mut edits = Edits::default();
    // Most texts are plain, and gone through as few times as can be.
    let plain = text.is_ascii();
    let braced = memchr::memchr(b'{', text.as_bytes()).is_some();
    let marked = !plain && memchr::memchr(PRIVATE_USE, text.as_bytes()).is_some();
    let bracketed = answer && !plain && BRACKET.find(text.as_bytes()).is_some();
    let bare = answer && braced && BARE_WIDGET.find(text.as_bytes()).is_some();
    let listed =
        !(metadata.references.is_empty() && metadata.citations.is_empty() && metadata.remembered.is_empty());
    if marked || bracketed || bare || listed {
        let mut references = References::of(metadata, growth);
        if marked || references.has_unmarked_texts() {
            citations::markers(text, &mut references, &mut edits);
        }
        if bracketed {
            citations::brackets(text, &mut references, &mut edits);
        }
        if bare {
            bare_widgets(text, &mut references, &mut edits);
        }
        references.unknown_markers.drain(..).for_each(|kind| rest.keys.keep(&format!("marker {kind}")));
        rest.found.push_str(&references.into_unplaced_text());
    }
    if braced || file_tokens::are_listed(metadata) {
        file_tokens::replace(text, metadata, &mut edits, parts, growth);
    }
    if answer {
        dead_links(text, &mut edits);
        writing::fences(text, &mut edits);
    }
    // What stands in code is the person's own text, whatever it looks like.
    if !edits.is_empty() && may_hold_code(text) {
        edits.keep_out_of(&code(text, &edits.starts()));
    }
    if !edits.is_empty() {
        let some_left = edits.is_full();
        let mut cleaned = edits.apply(text, parts);
        if some_left {
            cleaned.retain(|character| !marker::is_marker_char(character));
            parts.clear();
        }
        buffer.truncate(start);
        buffer.push_str(&cleaned);
    }
    let sources = footnote(&metadata.references);
    if !sources.is_empty() {
        let end = (buffer.len() - start) as u32;
        parts.push(Annotation { range: end..end, detail: AnnotationKind::ListedSources(sources.into()) });
    }
}

/// Returns whether a text can hold code in a fence or between backticks: spares most texts the reading of
/// their Markdown.
fn may_hold_code(text: &str) -> bool {
    memchr::memchr(b'`', text.as_bytes()).is_some()
        || (memchr::memchr(b'~', text.as_bytes()).is_some() && text.contains("~~~"))
}

/// Returns the code of a text that its writer marked as such. Text that is merely indented may be an item of
/// a list.
///
/// Only code in which one of these places stands: a text of nothing but code would take many times its memory.
fn code(text: &str, places: &[u32]) -> Vec<Range<usize>> {
    let holds_place = |range: &Range<usize>| {
        let next = places.partition_point(|&place| (place as usize) < range.start);
        places.get(next).is_some_and(|&place| (place as usize) < range.end)
    };
    let wanted = |found: &NonProse| found.kind == NonProseKind::Code && holds_place(&found.range);
    markdown::non_prose_where(text, wanted).into_iter().map(|found| found.range).collect()
}

/// The bytes of a line that are looked at for the beginning or end of a link.
const NEAR: usize = 4 << 10;
/// The bytes that may be gone through for widgets whose marks were lost.
const MAX_TRIED: usize = 16 << 20;

/// Replaces widgets whose marks were lost: `genui{"math_block": …}`.
fn bare_widgets(text: &str, references: &mut References<'_, '_>, edits: &mut Edits) {
    let (mut at, mut tried) = (0, 0);
    while let Some(found) = BARE_WIDGET.find(&text.as_bytes()[at..]) {
        let json = at + found + "genui".len();
        at = json;
        let near = &text[json..text.floor_char_boundary(json + (64 << 10))];
        tried += near.len();
        if tried > MAX_TRIED {
            return;
        }
        let mut values = serde_json::Deserializer::from_str(near).into_iter::<&serde_json::value::RawValue>();
        // What stands after a mark is a marker, and read as such.
        if text[..json].ends_with("\u{e200}genui") || !matches!(values.next(), Some(Ok(_))) {
            continue;
        }
        let end = json + values.byte_offset();
        let answer = marker::genui(&text[json..end], None, references);
        let range = json - "genui".len()..end;
        let short = || marker::text_without_references(&text[json..end]).text;
        edits.replace_within(references.growth(), range, answer.text, answer.links, short);
        at = end;
    }
}

/// Returns a label without the citation markers in it: the edits of these would overlap the one that the
/// label is a part of.
fn unmarked(label: &str) -> String {
    let mut edits = Edits::default();
    if label.contains(marker::is_marker_char) {
        let (metadata, growth) = (Metadata::default(), ExpansionBudget::default());
        citations::markers(label, &mut References::of(&metadata, &growth), &mut edits);
    }
    edits.apply(label, &mut Vec::new())
}

/// Replaces links to files that are only in ChatGPT, `[label](sandbox:/mnt/data/…)`: the label stays, and says that
/// there is nothing after it.
fn dead_links(text: &str, edits: &mut Edits) {
    // The end of the last link: of those that overlap the first is made, and the others need no label.
    let mut done = 0;
    for middle in LINK.find_iter(text.as_bytes()) {
        if middle < done {
            continue;
        }
        let target = text[middle + 2..].trim_start_matches([' ', '<']);
        if !["sandbox:", "computer:", "attachment:"].iter().any(|scheme| target.starts_with(scheme)) {
            continue;
        }
        let near = text.floor_char_boundary(middle.saturating_sub(NEAR));
        let far = text.floor_char_boundary(middle + NEAR);
        let line = text[near..middle].rfind('\n').map_or(near, |at| near + at + 1);
        let Some(open) = opening_bracket(&text[line..middle]).map(|at| line + at) else { continue };
        let Some(end) = closing_bracket(&text[middle + 1..far]).map(|length| middle + 1 + length) else {
            continue;
        };
        if open < done {
            continue;
        }
        let label = &text[open + 1..middle];
        let start = if text[line..open].ends_with('!') { open - 1 } else { open };
        let text = format!("{} (dead link)", unmarked(label));
        edits.replace(start..end, text, Vec::new());
        done = end;
    }
}

/// Returns the end of a target in brackets, with which the text begins: brackets in it are paired, if they can be on
/// its line; what stands between `<` and `>` holds any.
fn closing_bracket(text: &str) -> Option<usize> {
    let line = text.find('\n').map_or(text, |end| &text[..end]);
    // The text begins with the bracket that opens the target.
    let pointed = line[1..].trim_start().starts_with('<');
    let from = if pointed { line.find('>')? } else { 0 };
    let mut depth = usize::from(pointed);
    for (at, byte) in line.bytes().enumerate().skip(from) {
        match byte {
            b'(' => depth += 1,
            // Never below zero: what is open is counted from the first bracket on, and at zero the loop ends.
            b')' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    line.find(')').map(|at| at + 1)
}

/// Returns the `[` that a label which ends with the text began with: brackets inside it are paired.
fn opening_bracket(text: &str) -> Option<usize> {
    let mut depth = 1;
    for (at, byte) in text.bytes().enumerate().rev() {
        match byte {
            b']' => depth += 1,
            // Never below zero: at zero the loop ends.
            b'[' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    text.rfind('[')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each target had a label from the one bracket on: 400 KB of this took 100 MB.
    #[test]
    fn targets_behind_one_bracket_are_one_link() {
        let text = format!("[{})\n", "](sandbox:".repeat(400)).repeat(10);
        let mut edits = Edits::default();
        dead_links(&text, &mut edits);
        assert!(edits.written() <= text.len(), "{} of {}", edits.written(), text.len());
        assert_eq!(edits.starts().len(), 10);
    }
}
