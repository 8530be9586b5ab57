//! Canvas documents: made by one tool call, changed by later ones, shown once in their final state.

use regex::{Captures, Regex, RegexBuilder};

use super::shape::Message;
use crate::import::{
    documents::{Bounds, Branches, Document, Documents},
    gather::{NONE, Note},
    json::{Field, Text, record},
};

/// What a message does to a canvas document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum Canvas {
    Create,
    Update,
}

impl Canvas {
    /// The model's calls of two tools.
    pub(super) fn of(message: &Message<'_>) -> Option<Self> {
        match message.recipient.as_deref() {
            _ if message.author.role.as_deref() != Some("assistant") => None,
            Some("canmore.create_textdoc") => Some(Self::Create),
            Some("canmore.update_textdoc") => Some(Self::Update),
            _ => None,
        }
    }
}

record! {
    /// What `canmore.create_textdoc` is given.
    Created<'de> {
        name: Text<'de> = "name",
        kind: Text<'de> = "type",
        content: Text<'de> = "content",
    }
}

record! {
    /// What `canmore.update_textdoc` is given.
    Updated<'de> {
        updates: Vec<Update<'de>> = "updates",
    }
}

record! {
    /// One replacement, by a regular expression in Python's style.
    Update<'de> {
        pattern: Text<'de> = "pattern",
        multiple: bool = "multiple",
        replacement: Text<'de> = "replacement",
    }
}

/// What an update costs besides the document, in bytes looked through: its pattern is compiled.
const COMPILING: usize = 256 << 10;
/// How large a compiled pattern may be.
const LARGEST_PATTERN: usize = 1 << 20;

/// The documents of a conversation. `order` lists messages with the place of the one before each; `canvases` are the
/// messages, by number, that do something to one; `current` is the leaf of the visible branch.
pub(super) fn documents(
    order: &[(u32, u32)],
    messages: &[Note],
    text: &str,
    canvases: &[(u32, Canvas)],
    current: Option<usize>,
) -> Documents {
    let does = |place: usize| {
        let at = canvases.binary_search_by_key(&order[place].0, |&(number, _)| number).ok()?;
        Some(canvases[at].1)
    };
    let note = |place: usize| &messages[order[place].0 as usize];
    let json = |place: usize| &text[note(place).text.start as usize..note(place).text.end as usize];
    if !canvases.iter().any(|&(_, canvas)| canvas == Canvas::Create) {
        return Documents::default();
    }
    let mut documents: Vec<(usize, Document)> = (0..order.len())
        .filter(|&place| does(place) == Some(Canvas::Create))
        .filter_map(|place| Some((place, created(json(place))?)))
        .collect();
    let branches = Branches::of(order, current);
    // The document each message works on: the last that was created above it.
    let mut slots: Vec<Option<usize>> = vec![None; order.len()];
    let mut bounds = Bounds::new();
    let mut next = 0;
    for place in 0..order.len() {
        slots[place] =
            Some(order[place].1).filter(|&parent| parent != NONE).and_then(|at| slots[at as usize]);
        if documents.get(next).is_some_and(|&(made, _)| made == place) {
            slots[place] = Some(next);
            next += 1;
            continue;
        }
        let Some(slot) = slots[place] else { continue };
        let (made, document) = &mut documents[slot];
        if does(place) == Some(Canvas::Update) && branches.leads(*made, place) {
            update(document, json(place), &mut bounds);
        }
    }
    Documents::new(documents)
}

fn created(json: &str) -> Option<Document> {
    let Created { name, kind, content } = serde_json::from_str::<Field<Created<'_>>>(json).ok()?.0;
    Some(Document {
        title: name.unwrap_or_default().into_owned(),
        format: kind.unwrap_or_default().into_owned(),
        text: content?.into_owned(),
    })
}

fn update(document: &mut Document, json: &str, bounds: &mut Bounds) {
    let parsed = serde_json::from_str::<Field<Updated<'_>>>(json);
    for update in parsed.map(|field| field.0.updates).unwrap_or_default() {
        if !bounds.spend(document.text.len() + COMPILING) {
            return;
        }
        let pattern = update.pattern.as_deref().unwrap_or_default();
        let replacement = update.replacement.as_deref().unwrap_or_default();
        let most = bounds.most(document);
        let text = match pattern {
            ".*" => Some(replacement.to_owned()).filter(|text| text.len() <= most),
            _ => replaced(&document.text, pattern, update.multiple, replacement, most),
        };
        if let Some(text) = text {
            bounds.change(document, text);
        }
    }
}

/// The text with the first match, or all of them, replaced; `None` if the pattern does not compile or match, or the
/// text would be longer than `most`.
fn replaced(text: &str, pattern: &str, all: bool, replacement: &str, most: usize) -> Option<String> {
    if pattern.is_empty() {
        return None;
    }
    let regex = RegexBuilder::new(pattern)
        .size_limit(LARGEST_PATTERN)
        .dfa_size_limit(LARGEST_PATTERN)
        .build()
        .ok()?;
    let mut changed = String::new();
    let mut copied = None;
    for captures in regex.captures_iter(text).take(if all { usize::MAX } else { 1 }) {
        let whole = captures.get_match();
        changed.push_str(&text[copied.unwrap_or(0)..whole.start()]);
        copied = Some(whole.end());
        expand(replacement, &captures, &regex, &mut changed);
        if changed.len() > most {
            return None;
        }
    }
    changed.push_str(&text[copied?..]);
    (changed.len() <= most).then_some(changed)
}

/// A replacement as Python's `Match.expand` reads it: `\1`, `\g<1>`, `\g<name>`, `\n`, `\t`, `\\`. Any other
/// backslash stands for itself.
fn expand(replacement: &str, captures: &Captures<'_>, regex: &Regex, out: &mut String) {
    let group = |name: &str| {
        let number =
            name.parse().ok().or_else(|| regex.capture_names().position(|known| known == Some(name)));
        number.and_then(|number: usize| captures.get(number)).map_or("", |found| found.as_str())
    };
    let mut rest = replacement;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let behind = &rest[at + 1..];
        let digits = behind.bytes().take(2).take_while(u8::is_ascii_digit).count();
        rest = if digits > 0 && !behind.starts_with('0') {
            out.push_str(group(&behind[..digits]));
            &behind[digits..]
        } else if let Some((name, after)) = behind.strip_prefix("g<").and_then(|name| name.split_once('>')) {
            out.push_str(group(name));
            after
        } else {
            let escapes = [('n', '\n'), ('t', '\t'), ('r', '\r'), ('\\', '\\')];
            let known = escapes.iter().find(|(letter, _)| behind.starts_with(*letter));
            out.push(known.map_or('\\', |&(_, stands_for)| stands_for));
            &behind[usize::from(known.is_some())..]
        };
    }
    out.push_str(rest);
}
