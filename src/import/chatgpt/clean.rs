//! Makes a message's text readable: citation markers become links, marks that only ChatGPT's screen understands go.
//!
//! Most messages have nothing to clean, and are only looked through for a few bytes. What is to change is gathered
//! as edits and applied in one pass, so that the parts keep their places.

use std::{ops::Range, sync::LazyLock};

use memchr::{memchr_iter, memmem};

use super::{
    citations::{self, References},
    message::Sense,
    shape::{Message, Metadata},
};
use crate::{
    conversation::{Detail, Kind, Link, Part, Role},
    import::boundary,
};

/// One change to the text.
pub(super) struct Edit {
    range: Range<u32>,
    text: Box<str>,
    /// The sources the new text links to.
    links: Box<[Link]>,
}

/// The changes to one message's text, gathered before they are made.
#[derive(Default)]
pub(super) struct Edits(Vec<Edit>);

/// More changes than any answer needs: an edit takes ten times the memory of the shortest marker. Further ones are
/// not made, and of markers only their characters are dropped.
const MOST_EDITS: usize = 1 << 18;

impl Edits {
    /// Puts `text`, which links to `links`, in place of a stretch.
    pub(super) fn replace(&mut self, range: Range<usize>, text: String, links: Vec<Link>) {
        if self.0.len() < MOST_EDITS {
            let range = range.start as u32..range.end as u32;
            self.0.push(Edit { range, text: text.into(), links: links.into() });
        }
    }

    /// Drops a stretch.
    pub(super) fn drop(&mut self, range: Range<usize>) {
        self.replace(range, String::new(), Vec::new());
    }
}

static SANDBOX: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("](sandbox:"));
static WRITING: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(":::writing"));

/// The first byte of U+E000–U+EFFF in UTF-8: every citation marker begins with it.
const PRIVATE_USE: u8 = 0xee;

/// Cleans a message's text, which begins at `start` of the buffer and ends with it; `parts` keep their places.
pub(super) fn clean(
    buffer: &mut String,
    start: usize,
    parts: &mut Vec<Part>,
    message: &Message<'_>,
    sense: &Sense<'_>,
) {
    let metadata = &message.metadata;
    let text = &buffer[start..];
    let answer = sense.role == Role::Assistant && sense.kind == Kind::Text;
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
    if !edits.0.is_empty() {
        let all = edits.0.len() < MOST_EDITS;
        let mut cleaned = apply(text, edits.0, parts);
        if !all {
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

/// Makes the edits, moves the parts along and adds a citation for each edit that has links. Of edits that overlap
/// the first is made.
fn apply(text: &str, mut edits: Vec<Edit>, parts: &mut Vec<Part>) -> String {
    edits.sort_by_key(|edit| edit.range.start);
    let mut cleaned = String::with_capacity(text.len());
    let mut copied = 0;
    // Where the text behind each edit begins, before and after.
    let mut shifts: Vec<(usize, usize)> = vec![(0, 0)];
    let mut citations = Vec::new();
    for edit in edits {
        let (from, to) = (edit.range.start as usize, edit.range.end as usize);
        if from < copied {
            continue;
        }
        cleaned.push_str(&text[copied..from]);
        copied = to;
        let start = cleaned.len();
        cleaned.push_str(&edit.text);
        shifts.push((copied, cleaned.len()));
        if !edit.links.is_empty() {
            let range = start as u32..cleaned.len() as u32;
            citations.push(Part { range, detail: Detail::Citation(edit.links) });
        }
    }
    cleaned.push_str(&text[copied..]);
    let moved = |at: u32| {
        let behind = shifts.partition_point(|&(before, _)| before <= at as usize) - 1;
        let (before, after) = shifts[behind];
        let next = shifts.get(behind + 1).map_or(cleaned.len(), |&(_, after)| after);
        (at as usize - before + after).min(next) as u32
    };
    for part in parts.iter_mut() {
        part.range = moved(part.range.start)..moved(part.range.end);
    }
    parts.append(&mut citations);
    cleaned
}

/// Bytes of a line that are looked at for the beginning or end of a link or fence.
const NEAR: usize = 4 << 10;

/// A label without the citation markers in it: the edits of these would overlap the one that the label is a part of.
fn unmarked(label: &str) -> String {
    let mut edits = Edits::default();
    if label.contains(citations::is_mark) {
        citations::markers(label, &References::of(&Metadata::default()), &mut edits);
    }
    apply(label, edits.0, &mut Vec::new())
}

/// `[label](sandbox:/mnt/data/…)`: the label stays, and says that there is nothing behind it.
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

/// The `[` that a label which ends with the text began with: brackets inside it are paired.
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

/// `:::writing{…}` and the `:::` that closes it: fences that only ChatGPT's screen draws.
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

/// The lines that are nothing but `:::`, each with the line break before it.
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
