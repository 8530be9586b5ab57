//! Writes the words of a message, in whichever fields its type keeps them.

use std::borrow::Cow;

use hashbrown::HashSet;
use memchr::memmem;

use super::{
    attachments::{self, Uploads},
    left_out::left_out,
    research::{PLACEHOLDER, WidgetStates},
    shape::{Aggregate, AggregateMessage, ContentFields, Message, PartObject, non_blank},
    unread::{MessageExtras, push_outline, push_unclaimed},
};
use crate::{
    conversation::{Annotation, AnnotationKind},
    import::{
        fields::{bounded_name, link},
        json::{self, Lenient, MemoryBudget, Raw},
        outline::is_json,
        repair::repair_value,
        unread::{self, push_field},
    },
};

/// The levels of lists in lists of parts that are read as such.
const MAX_NESTED_PARTS: usize = 8;
/// The bytes of all parts that may be read again since they stand in others.
pub(super) const NESTED_PARTS_BUDGET: usize = 4 << 20;

/// Returns the page that a quotation or fetched page is from.
pub(super) fn source_annotation(content: &ContentFields<'_>) -> Option<Annotation> {
    let title = content.title.as_deref().filter(|title| !title.is_empty()).or(content.domain.as_deref());
    let link = link(title, content.url.as_deref());
    let known = !(link.title.is_empty() && link.url.is_empty());
    known.then(|| Annotation { range: 0..0, detail: AnnotationKind::QuotedPage(Box::new(link)) })
}

/// Returns whether nothing in a part is known.
fn is_unknown(object: &PartObject<'_>) -> bool {
    let parts = &object.parts;
    !object.text.is_text()
        && parts.list.is_empty()
        && parts.bare.is_none()
        && object.image_url.0.is_empty()
        && !points_at_file(object)
        && !attachments::is_image_without_file(object)
}

/// Returns whether a part points at a file.
fn points_at_file(object: &PartObject<'_>) -> bool {
    let pointers = [&object.asset_pointer, &object.audio.0.asset_pointer, &object.video.0.asset_pointer];
    pointers.iter().any(|pointer| pointer.is_some())
}

/// Writes the passage that a prompt asks about, as a quotation before it.
pub(super) fn write_quotation(message: &Message<'_>, text: &mut String) {
    let metadata = &message.metadata;
    let start = text.len();
    let mut passage = String::new();
    for value in [metadata.targeted, metadata.targeted_label] {
        append_plain(value, 0, &mut passage);
    }
    for line in passage.trim().lines() {
        text.push_str("> ");
        text.push_str(line);
        text.push('\n');
    }
    if text.len() > start {
        text.push('\n');
    }
}

/// Writes the parts that are words, joined by newlines; every other part becomes an attachment at its place, and what
/// is unknown in it goes to `rest`. Of a state with a report it writes only what it was.
pub(super) fn write_parts(
    content: &ContentFields<'_>,
    states: &WidgetStates,
    start: usize,
    text: &mut String,
    uploads: &mut Uploads<'_, '_>,
    parts: &mut Vec<Annotation>,
    rest: &mut MessageExtras,
) {
    // Reasoning or a memory stands there already.
    let any = text.len() > start && !text.ends_with('\n');
    let mut writer = PartWriter { text, start, any, uploads, parts, rest };
    for (number, &part) in content.parts.list.iter().chain(&[content.screenshot]).enumerate() {
        if states.parts.binary_search(&number).is_ok() {
            writer.line();
            writer.text.push_str(PLACEHOLDER);
        } else if part.is_text() {
            writer.words(part);
        } else if !part.0.is_empty() {
            writer.write(part.0);
        }
    }
    if let Some(bare) = &content.parts.bare {
        writer.line();
        writer.text.push_str(if states.bare { PLACEHOLDER } else { bare });
    }
}

/// Writes the parts of one message.
struct PartWriter<'w, 'a, 'de> {
    text: &'w mut String,
    /// The beginning of the message in the text.
    start: usize,
    /// `true` once there is a line.
    any: bool,
    uploads: &'w mut Uploads<'a, 'de>,
    parts: &'w mut Vec<Annotation>,
    rest: &'w mut MessageExtras,
}

impl PartWriter<'_, '_, '_> {
    /// Begins a line.
    fn line(&mut self) {
        if std::mem::replace(&mut self.any, true) {
            self.text.push('\n');
        }
    }

    /// Writes a string as a line.
    fn words(&mut self, words: Raw<'_>) {
        self.line();
        words.unescape(self.text);
    }

    /// Writes a part, and those that stand in it. What is no sound JSON is repaired first.
    fn write(&mut self, part: &str) {
        // The parts that are still to come, with the number of lists they stand in.
        let mut open = vec![(Cow::Borrowed(part), 0)];
        while let Some((part, depth)) = open.pop() {
            let within: serde_json::Result<Vec<Cow<'_, str>>> = match &part {
                Cow::Borrowed(json) => self
                    .one(json, depth)
                    .map(|parts| parts.into_iter().map(|part| Cow::Borrowed(part.0)).collect()),
                Cow::Owned(json) => self
                    .one(json, depth)
                    .map(|parts| parts.into_iter().map(|part| Cow::Owned(part.0.to_owned())).collect()),
            };
            match (within, part) {
                (Ok(within), _) => open.extend(within.into_iter().rev().map(|part| (part, depth + 1))),
                (Err(_), Cow::Borrowed(json)) => open.push((Cow::Owned(repair_value(json)), depth)),
                // It was repaired.
                (Err(_), Cow::Owned(json)) => push_outline("", &json, &mut self.rest.more),
            }
        }
    }

    /// Writes what a part says itself, and returns the parts in it. Fails if it is no sound JSON; nothing is written then.
    fn one<'p>(&mut self, part: &'p str, depth: usize) -> serde_json::Result<Vec<Raw<'p>>> {
        if part.starts_with('"') {
            self.words(Raw(part));
            return Ok(Vec::new());
        }
        if depth >= MAX_NESTED_PARTS || !part.starts_with(['{', '[']) {
            push_outline("", part, &mut self.rest.more);
            return Ok(Vec::new());
        }
        let budget = MemoryBudget::new(NESTED_PARTS_BUDGET);
        if part.starts_with('[') {
            return json::from_str(part, &budget);
        }
        let object: PartObject<'p> = json::from_str(part, &budget)?;
        let unknown = is_unknown(&object);
        if !unknown && !object.image_url.is_text() {
            push_outline("image_url", object.image_url.0, &mut self.rest.more);
        }
        let made = [&object.metadata.dalle, &object.metadata.generation].map(|made| non_blank(&made.prompt));
        // The first is told with the picture.
        let is_told = points_at_file(&object) || attachments::is_image_without_file(&object);
        let prompts = made.into_iter().flatten().filter(|_| !unknown).skip(usize::from(is_told));
        prompts.for_each(|prompt| push_field("prompt", prompt, &mut self.rest.more));
        if object.text.is_text() {
            self.words(object.text);
        } else if !unknown {
            push_outline("text", object.text.0, &mut self.rest.more);
        }
        if let Some(bare) = &object.parts.bare {
            self.line();
            self.text.push_str(bare);
        }
        attachments::of_part(&object, self.uploads, (self.text.len() - self.start) as u32, self.parts);
        if unknown {
            if let Some(kind) = non_blank(&object.content_type) {
                push_field("type", kind, &mut self.rest.more);
                self.rest.keys.keep(&format!("part of type {}", bounded_name(kind)));
            }
            push_outline("", part, &mut self.rest.more);
        } else {
            object.unread("", &mut |key, value| push_unclaimed(key, value, &mut self.rest.more));
        }
        Ok(object.parts.list)
    }
}

/// Writes the fields in which the various types keep their words, each on a line of its own; what stands there already
/// is not written again.
pub(super) fn write_fields(content: &ContentFields<'_>, start: usize, text: &mut String) {
    let fields = [
        content.text,
        content.result,
        content.content,
        content.message,
        content.output,
        content.snippet,
        content.summary,
    ];
    for value in fields {
        append_plain(value, start, text);
    }
}

/// Appends what the analysis tool put out, each output on a line of its own, unless it stands after `start` already: all
/// of them do, one after the other, or this one does, as whole lines where the others end or as a line anywhere.
pub(super) fn write_outputs(aggregate: &Aggregate<'_>, start: usize, text: &mut String) {
    let worded = |output: &AggregateMessage<'_>| {
        let mut words = String::new();
        all_words(output.text, &mut words);
        (!words.trim().is_empty()).then_some(words)
    };
    let outputs: Vec<String> = aggregate.messages.iter().filter_map(worded).collect();
    if outputs.is_empty() {
        return;
    }
    let before = text[start..].trim().to_owned();
    let letters = |letter: &char| !letter.is_whitespace();
    if outputs.iter().flat_map(|output| output.chars()).filter(letters).eq(before.chars().filter(letters)) {
        return;
    }
    let lines: HashSet<&str> = before.lines().map(str::trim).collect();
    let mut behind = &*before;
    let mut blank = before.is_empty();
    for output in &outputs {
        let words = output.trim();
        let rest = behind.trim_start().strip_prefix(words);
        if let Some(rest) = rest.filter(|rest| rest.is_empty() || rest.starts_with(['\n', '\r'])) {
            behind = rest;
        } else if !lines.contains(words) {
            if std::mem::take(&mut blank) {
                text.truncate(start);
            } else {
                text.push('\n');
            }
            text.push_str(output);
        }
    }
}

/// Appends the words of a value on a line of their own, unless they stand after `start` already.
pub(super) fn append_plain(value: Raw<'_>, start: usize, text: &mut String) {
    if value.0.len() <= 2 || value.0 == "null" {
        return;
    }
    // Nothing stands there in which they could be.
    if value.is_text() && text.len() == start {
        value.unescape(text);
        if text[start..].trim().is_empty() {
            text.truncate(start);
        }
        return;
    }
    let mut words = String::new();
    all_words(value, &mut words);
    add_text(&words, start, text);
}

/// Appends words on a line of their own, unless they stand after `start` already. Returns where they stand behind that.
pub(super) fn add_text(words: &str, start: usize, text: &mut String) -> usize {
    if words.trim().is_empty() {
        return text.len() - start;
    }
    if text[start..].trim().is_empty() {
        text.truncate(start);
        text.push_str(words);
        return 0;
    }
    let found = memmem::find(&text.as_bytes()[start..], words.trim().as_bytes());
    if let Some(at) = found {
        // They may stand there without the blanks before them.
        return at.saturating_sub(words.len() - words.trim_start().len());
    }
    text.push('\n');
    text.push_str(words);
    text.len() - words.len() - start
}

/// Moves parts along with the text that they stand in, which ends at `end`.
pub(super) fn shift(parts: &mut [Annotation], by: usize, end: usize) {
    for part in parts {
        let moved = |at: u32| (at as usize).saturating_add(by).min(end) as u32;
        part.range = moved(part.range.start)..moved(part.range.end);
    }
}

/// Appends every word of a value.
pub(super) fn all_words(value: Raw<'_>, words: &mut String) {
    unread::all_words(value, left_out, words);
}

/// Reads the escapes in a text that is JSON, `\u00fc`, as the letters they stand for; the parts keep their places.
pub(super) fn decode_escapes(text: &mut String, start: usize, parts: &mut [Annotation]) {
    let json = text[start..].trim();
    if !json.starts_with(['{', '[']) || memmem::find(json.as_bytes(), b"\\u").is_none() || !is_json(json) {
        return;
    }
    let end = text[start..].trim_end().len();
    let mut places: Vec<&mut u32> =
        parts.iter_mut().flat_map(|part| [&mut part.range.start, &mut part.range.end]).collect();
    places.sort_unstable();
    let mut places = places.into_iter().peekable();
    // Moves the places that stand before `read` bytes of the text, `written` bytes of which are decoded.
    let mut keep_up = |read: usize, written: usize| {
        while let Some(place) = places.next_if(|place| (**place as usize) < read) {
            *place = written.saturating_sub(read - *place as usize) as u32;
        }
    };
    let mut decoded = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        keep_up(end - rest.len() + 1, decoded.len() + 1);
        // A letter, or two halves of one; what means something in JSON stays as it is.
        let letter = json::decode_unicode_escape(rest).filter(|(letter, _)| *letter >= '\u{a0}');
        if let Some((letter, length)) = letter {
            decoded.push(letter);
            rest = &rest[length..];
        } else {
            let length = rest.chars().take(2).map(char::len_utf8).sum();
            decoded.push_str(&rest[..length]);
            rest = &rest[length..];
        }
    }
    decoded.push_str(rest);
    keep_up(end, decoded.len());
    places.for_each(|place| *place = decoded.len() as u32);
    text.truncate(start);
    text.push_str(&decoded);
}

/// Writes custom instructions, each once: the new form repeats the old one in its metadata.
pub(super) fn write_instructions(message: &Message<'_>, text: &mut String) {
    let content = &message.content.0;
    let context = &message.metadata.user_context;
    let start = text.len();
    for value in [content.user_profile, content.user_instructions, context.about_user, context.about_model] {
        let mut words = String::new();
        if !value.0.is_empty() && value.0 != "null" {
            all_words(value, &mut words);
        }
        if words.trim().is_empty() || text[start..].contains(words.trim()) {
            continue;
        }
        if text.len() > start {
            text.push_str("\n\n");
        }
        text.push_str(&words);
    }
}
