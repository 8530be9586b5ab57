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
    import::{dead_links, expansion_budget::ExpansionBudget},
    message::{
        are_surely_outside_code,
        markdown::{self, NonProse, NonProseKind},
    },
};

static BARE_WIDGET: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("genui{"));
static BRACKET: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("【"));

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
        dead_links::each(text, &mut |range, label| {
            edits.replace(range, dead_links::told(&unmarked(label)), Vec::new());
        });
        writing::fences(text, &mut edits);
    }
    // What stands in code is the person's own text, whatever it looks like.
    if !edits.is_empty() && may_hold_code(text) {
        let places = edits.starts();
        if !are_surely_outside_code(text, &places) {
            edits.keep_out_of(&code(text, &places));
        }
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
