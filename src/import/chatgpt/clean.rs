//! Makes a message's text readable: citation markers become links, marks that only ChatGPT's screen understands go.
//!
//! Most messages have nothing to clean, and are only looked through for a few bytes. What is to change is gathered
//! as edits and applied in one pass, so that the parts keep their places.

use std::{ops::Range, sync::LazyLock};

use memchr::{memchr_iter, memmem};

use super::{
    citations::{self, References},
    edits::Edits,
    shape::Metadata,
};
use crate::{
    conversation::{Detail, Part},
    import::boundary,
    message::markdown::{self, NonProse, NonProseKind},
};

static SANDBOX: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("](sandbox:"));
static WRITING: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(":::writing"));

/// The first byte of U+E000–U+EFFF in UTF-8: every citation marker begins with it.
const PRIVATE_USE: u8 = 0xee;

/// Cleans a message's text, which begins at `start` of the buffer and ends with it; `parts` keep their places. Only in
/// an `answer` do some marks mean anything.
pub(super) fn clean(
    buffer: &mut String,
    start: usize,
    parts: &mut Vec<Part>,
    metadata: &Metadata<'_>,
    answer: bool,
) {
    let text = &buffer[start..];
    let mut edits = Edits::default();
    if !text.is_ascii() {
        let references = References::of(metadata);
        if memchr::memchr(PRIVATE_USE, text.as_bytes()).is_some() {
            citations::markers(text, &references, &mut edits);
        }
        if answer {
            citations::brackets(text, &references, &mut edits);
        }
    }
    if answer {
        sandbox(text, &mut edits);
        writing(text, &mut edits);
    }
    // What stands in code is the person's own text, whatever it looks like.
    if !edits.is_empty() && may_hold_code(text) {
        edits.keep_out_of(&code(text, &edits.starts()));
    }
    if !edits.is_empty() {
        let some_left = edits.is_full();
        let mut cleaned = edits.apply(text, parts);
        if some_left {
            cleaned.retain(|character| !citations::is_mark(character));
            parts.clear();
        }
        buffer.truncate(start);
        buffer.push_str(&cleaned);
    }
    let sources = citations::footnote(&metadata.references);
    if !sources.is_empty() {
        let end = (buffer.len() - start) as u32;
        parts.push(Part { range: end..end, detail: Detail::Sources(sources.into()) });
    }
}

/// Decides whether a text can hold code in a fence or between backticks: spares most texts the reading of
/// their Markdown.
fn may_hold_code(text: &str) -> bool {
    memchr::memchr(b'`', text.as_bytes()).is_some() || text.contains("~~~")
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

/// The bytes of a line that are looked at for the beginning or end of a link or fence.
const NEAR: usize = 4 << 10;

/// Returns a label without the citation markers in it: the edits of these would overlap the one that the
/// label is a part of.
fn unmarked(label: &str) -> String {
    let mut edits = Edits::default();
    if label.contains(citations::is_mark) {
        citations::markers(label, &References::of(&Metadata::default()), &mut edits);
    }
    edits.apply(label, &mut Vec::new())
}

/// Replaces `[label](sandbox:/mnt/data/…)`: the label stays, and says that there is nothing behind it.
fn sandbox(text: &str, edits: &mut Edits) {
    for middle in SANDBOX.find_iter(text.as_bytes()) {
        let near = boundary(text, middle.saturating_sub(NEAR));
        let far = boundary(text, middle + NEAR);
        let line = text[near..middle].rfind('\n').map_or(near, |at| near + at + 1);
        let Some(open) = opening_bracket(&text[line..middle]).map(|at| line + at) else { continue };
        let Some(length) =
            text[middle..far].find([')', '\n']).filter(|at| text[middle + at..].starts_with(')'))
        else {
            continue;
        };
        let label = &text[open + 1..middle];
        let start = if text[line..open].ends_with('!') { open - 1 } else { open };
        let text = format!("{} (dead link)", unmarked(label));
        edits.replace(start..middle + length + 1, text, Vec::new());
    }
}

/// Returns the `[` that a label which ends with the text began with: brackets inside it are paired.
fn opening_bracket(text: &str) -> Option<usize> {
    let mut depth = 1;
    for (at, byte) in text.bytes().enumerate().rev() {
        match byte {
            b']' => depth += 1,
            b'[' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    text.rfind('[')
}

/// Drops `:::writing{…}` and the `:::` that closes it: fences that only ChatGPT's screen draws.
fn writing(text: &str, edits: &mut Edits) {
    let mut closings = None;
    for start in WRITING.find_iter(text.as_bytes()) {
        let mut end = start + ":::writing".len();
        if text[end..].starts_with('{') {
            let near = boundary(text, end + NEAR);
            let line = text[end..near].find('\n').map_or(near, |length| end + length);
            end = text[end..line].find('}').map_or(end, |length| end + length + 1);
        } else if text[end..].starts_with(|next: char| next.is_alphanumeric()) {
            continue;
        }
        let alone = start == 0 || text[..start].ends_with('\n');
        if alone && text[end..].starts_with('\n') {
            end += 1;
        }
        edits.drop(start..end);
        // The closing fence is the next line that is nothing but `:::`; each closes one block.
        let closings = closings.get_or_insert_with(|| fences(text).into_iter().peekable());
        while closings.next_if(|fence| fence.start < end.saturating_sub(1)).is_some() {}
        if let Some(fence) = closings.next() {
            edits.drop(fence);
        }
    }
}

/// Returns the lines that are nothing but `:::`, each with the line break before it.
fn fences(text: &str) -> Vec<Range<usize>> {
    let mut fences = Vec::new();
    for newline in memchr_iter(b'\n', text.as_bytes()) {
        let line = newline + 1;
        if !text[line..].starts_with(":::") {
            continue;
        }
        let stop = memchr::memchr(b'\n', &text.as_bytes()[line..]).map_or(text.len(), |length| line + length);
        if text[line..stop].trim_end() == ":::" {
            fences.push(newline..stop);
        }
    }
    fences
}
