//! Canvas documents: made by one tool call, changed by later ones, shown once in their final state.

use regex::{Captures, Regex, RegexBuilder};

use super::reading::{Canvas, NONE, Note};
use crate::{
    conversation::{Detail, Part},
    import::json::{Field, Text, record},
};

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

/// What the updates of a conversation may add to its documents in all, in bytes; further ones change nothing.
const GROWTH: usize = 32 << 20;
/// What all updates of a conversation may cost, in bytes looked through. Each costs the document, and [`COMPILING`]
/// for its pattern.
const WORK: usize = 2 << 30;
const COMPILING: usize = 256 << 10;
/// How large a compiled pattern may be.
const LARGEST_PATTERN: usize = 1 << 20;

/// A document in its final state.
pub(super) struct Document {
    title: String,
    format: String,
    text: String,
}

impl Document {
    /// What it says.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Its name and type, for the message that created it.
    pub(super) fn part(&self) -> Part {
        let detail =
            Detail::Canvas { title: self.title.as_str().into(), format: self.format.as_str().into() };
        Part { range: 0..self.text.len() as u32, detail }
    }
}

/// The documents of a conversation, by the place of the message that created each.
pub(super) struct Documents(Vec<(usize, Option<Document>)>);

impl Documents {
    /// `order` lists messages with the place of the one before each; `current` is the leaf of the visible branch.
    pub(super) fn of(order: &[(u32, u32)], messages: &[Note], text: &str, current: Option<usize>) -> Self {
        let note = |place: usize| &messages[order[place].0 as usize];
        let json = |place: usize| &text[note(place).text.start as usize..note(place).text.end as usize];
        let mut documents: Vec<(usize, Document)> = (0..order.len())
            .filter(|&place| note(place).canvas == Canvas::Create)
            .filter_map(|place| Some((place, created(json(place))?)))
            .collect();
        if documents.is_empty() {
            return Self(Vec::new());
        }
        let parents: Vec<Option<usize>> =
            order.iter().map(|&(_, parent)| (parent != NONE).then_some(parent as usize)).collect();
        let branches = Branches::of(&parents, current);
        // The document each message works on: the last that was created above it.
        let mut slots: Vec<Option<usize>> = vec![None; order.len()];
        let mut bounds = Bounds { work: WORK, growth: GROWTH };
        let mut next = 0;
        for place in 0..order.len() {
            slots[place] = parents[place].and_then(|parent| slots[parent]);
            if documents.get(next).is_some_and(|&(made, _)| made == place) {
                slots[place] = Some(next);
                next += 1;
                continue;
            }
            let Some(slot) = slots[place] else { continue };
            let (made, document) = &mut documents[slot];
            if note(place).canvas == Canvas::Update && branches.leads(*made, place) {
                update(document, json(place), &mut bounds);
            }
        }
        Self(documents.into_iter().map(|(made, document)| (made, Some(document))).collect())
    }

    /// The document that the message at this place created.
    pub(super) fn take(&mut self, place: usize) -> Option<Document> {
        let at = self.0.binary_search_by_key(&place, |&(made, _)| made).ok()?;
        self.0[at].1.take()
    }
}

/// Which of several branches below a document counts: the visible one, else the newest.
struct Branches {
    visible: Vec<bool>,
    /// The first message of the run of last children that ends at this one.
    straight_from: Vec<usize>,
}

impl Branches {
    fn of(parents: &[Option<usize>], current: Option<usize>) -> Self {
        let mut visible = vec![false; parents.len()];
        let mut at = current;
        while let Some(message) = at {
            visible[message] = true;
            at = parents[message];
        }
        let mut last_child = vec![None; parents.len()];
        for (index, parent) in parents.iter().enumerate() {
            if let Some(parent) = *parent {
                last_child[parent] = Some(index);
            }
        }
        let mut straight_from: Vec<usize> = (0..parents.len()).collect();
        for index in 0..parents.len() {
            if let Some(parent) = parents[index].filter(|&parent| last_child[parent] == Some(index)) {
                straight_from[index] = straight_from[parent];
            }
        }
        Self { visible, straight_from }
    }

    /// Whether the branch that counts for the document made at `made` goes through `message`, which is below it.
    fn leads(&self, made: usize, message: usize) -> bool {
        if self.visible[made] { self.visible[message] } else { self.straight_from[message] <= made }
    }
}

/// What is left of [`WORK`] and [`GROWTH`].
struct Bounds {
    work: usize,
    growth: usize,
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
        let Some(work) = bounds.work.checked_sub(document.text.len() + COMPILING) else { return };
        bounds.work = work;
        let pattern = update.pattern.as_deref().unwrap_or_default();
        let replacement = update.replacement.as_deref().unwrap_or_default();
        let most = document.text.len() + bounds.growth;
        let text = match pattern {
            ".*" => Some(replacement.to_owned()).filter(|text| text.len() <= most),
            _ => replaced(&document.text, pattern, update.multiple, replacement, most),
        };
        if let Some(text) = text {
            bounds.growth = bounds.growth.min(most - text.len());
            document.text = text;
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
