//! One marker: its kind and its fields, and what it says in words by itself.
//!
//! `cite` and its like only name sources; `genui`, `url`, `product`, `navlist` and others carry words: a formula, a
//! label, the title of a widget. What a marker says in words is text, whatever its kind.

use serde_json::Value;

use super::{
    left_out::left_out,
    named_sources::{self, NamedSource},
    references::{self, References},
    shape::{Metadata, non_blank},
    source_markdown::{in_brackets, push_link, sources_as_markdown},
    source_shape::Reference,
};
use crate::{
    conversation::Link,
    import::{expansion_budget::ExpansionBudget, fields::bounded_name},
};

pub(super) const OPEN: char = '\u{e200}';
pub(super) const CLOSE: char = '\u{e201}';
pub(super) const SEPARATOR: char = '\u{e202}';
pub(super) const SPAN_OPEN: char = '\u{e203}';
pub(super) const SPAN_CLOSE: char = '\u{e204}';
/// Separates the fields of an entry.
pub(super) const FIELD_SEPARATOR: char = '\u{e205}';
/// Closes a marker, as [`CLOSE`] does.
pub(super) const ALTERNATE_CLOSE: char = '\u{e206}';

/// All of them.
pub(super) const MARKER_CHARS: [char; 7] =
    [OPEN, CLOSE, SEPARATOR, SPAN_OPEN, SPAN_CLOSE, FIELD_SEPARATOR, ALTERNATE_CLOSE];

/// The first byte of each of them in UTF-8.
const MARKER_FIRST_BYTE: u8 = 0xee;

/// The longest JSON of a marker that is taken apart, in bytes; a longer one is shown as it stands.
const MAX_JSON_LENGTH: usize = 1 << 20;
/// The number of words that one marker's JSON gives.
const MAX_WORDS: usize = 1_000;

/// The text for a marker's place, and the links in it.
#[derive(Clone, Default)]
pub(super) struct Replacement {
    pub text: String,
    pub links: Vec<Link>,
}

impl Replacement {
    fn new(text: String, sources: Vec<NamedSource>) -> Self {
        let links =
            if text.is_empty() { Vec::new() } else { sources.into_iter().map(|named| named.link).collect() };
        Self { text, links }
    }
}

/// Returns whether a character belongs to the markers.
pub(super) fn is_marker_char(character: char) -> bool {
    MARKER_CHARS.contains(&character)
}

/// Drops the marks that the text of a reference may itself hold.
pub(super) fn without_marker_chars(text: &str) -> String {
    if may_be_in(text) { text.replace(MARKER_CHARS, "") } else { text.to_owned() }
}

/// Returns where the first such mark stands at or after byte `from`.
pub(super) fn find_char(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(MARKER_FIRST_BYTE, bytes.get(from..)?)
        .map(|at| from + at)
        .find(|&at| text[at..].starts_with(MARKER_CHARS))
}

/// Returns whether a text may hold such marks: most have none, and are long where they are many.
pub(super) fn may_be_in(text: &str) -> bool {
    memchr::memchr(MARKER_FIRST_BYTE, text.as_bytes()).is_some()
}

/// Reads the name by which a marker names a source: `turn0search3` is the third page of the searches of turn 0.
pub(super) fn parse_source_name(name: &str) -> Option<(u64, &str, u64)> {
    let rest = name.strip_prefix("turn")?;
    let turn = rest.bytes().take_while(u8::is_ascii_digit).count();
    let kind = rest[turn..].bytes().take_while(|byte| byte.is_ascii_lowercase() || *byte == b'_').count();
    let index = rest[turn + kind..].parse().ok()?;
    (kind > 0).then_some((rest[..turn].parse().ok()?, &rest[turn..turn + kind], index))
}

/// Returns whether a field only names sources: one, or several after commas.
pub(super) fn names_sources(field: &str) -> bool {
    !field.trim().is_empty() && field.split(',').all(|name| parse_source_name(name.trim()).is_some())
}

/// Returns whether a field says in words what a person can read: not names of sources, lines of a file, a number.
fn is_words(field: &str) -> bool {
    let number = |byte: u8| byte.is_ascii_digit() || matches!(byte, b':' | b'-' | b'L' | b',' | b'.');
    !names_sources(field) && field.contains(char::is_alphanumeric) && !field.bytes().all(number)
}

/// What stands in the place of a marker that names sources, once they have added all that they may.
const SHORT: &str = "(source)";

/// Returns what stands in the place of a marker without its sources: what it says by itself, else that there was a
/// source, if there is a reference for it.
pub(super) fn replacement_without_sources(marker: &str, references: &mut References<'_, '_>) -> Replacement {
    let reference =
        references.take(marker, true).filter(|reference| !references::is_shown_as_nothing(reference));
    let alone = text_without_references(marker);
    if alone.text.is_empty() && reference.is_some() {
        return Replacement { text: SHORT.to_owned(), links: Vec::new() };
    }
    alone
}

/// Returns what a marker, a widget or a text that a reference has says by itself.
pub(super) fn text_without_references(text: &str) -> Replacement {
    let (metadata, growth) = (Metadata::default(), ExpansionBudget::default());
    let mut none = References::of(&metadata, &growth);
    if text.starts_with(OPEN) {
        return resolve(text, &mut none);
    }
    if text.starts_with("{\"") {
        return genui(text, None, &mut none);
    }
    Replacement { text: without_marker_chars(text), links: Vec::new() }
}

/// The kinds of markers that name sources or have a label, each seen in exports; what is of another kind is read as these.
const KNOWN_KINDS: [&str; 13] = [
    "",
    "cite",
    "filecite",
    "forecast",
    "i",
    "image_group",
    "link_title",
    "navlist",
    "product",
    "product_entity",
    "products",
    "url",
    "video",
];
/// The markers of other kinds that are counted of one message.
const MAX_UNKNOWN: usize = 64;

/// Returns the text for the place of a marker.
pub(super) fn resolve(marker: &str, references: &mut References<'_, '_>) -> Replacement {
    let reference = references.take(marker, true);
    let inner = marker.trim_matches([OPEN, CLOSE, ALTERNATE_CLOSE]);
    let (kind, rest) = inner.split_once(SEPARATOR).unwrap_or((inner, ""));
    let kind = kind.trim();
    let reference = reference.filter(|reference| !references::is_shown_as_nothing(reference));
    match kind {
        "entity" => {
            let named = reference.and_then(|reference| {
                non_blank(&reference.name).or(non_blank(&reference.alt)).map(without_marker_chars)
            });
            let name = entity(rest.split(SEPARATOR).next().unwrap_or_default());
            Replacement { text: name.or(named).unwrap_or_default(), links: Vec::new() }
        }
        "genui" => genui(rest, reference, references),
        "memcite" => {
            let sources = references.memory_sources();
            Replacement::new(in_brackets(&sources), sources)
        }
        "filenavlist" => entries(rest, reference),
        _ => {
            let is_known = KNOWN_KINDS.contains(&kind) || parse_source_name(kind).is_some();
            if !is_known && references.unknown_markers.len() < MAX_UNKNOWN {
                references.unknown_markers.push(bounded_name(kind).into_owned());
            }
            named(kind, rest, reference, references)
        }
    }
}

/// Returns the text for a marker that names sources, or has a label, or both.
fn named(
    kind: &str,
    rest: &str,
    reference: Option<&Reference<'_>>,
    references: &mut References<'_, '_>,
) -> Replacement {
    let fields = || rest.split(SEPARATOR).map(str::trim).filter(|field| !field.is_empty());
    let mut sources = reference.map(named_sources::sources).unwrap_or_default();
    if sources.is_empty() {
        sources = pages(fields(), references);
    }
    let mut words: Vec<String> = Vec::new();
    let mut has_object = false;
    for field in fields() {
        if field.starts_with(['{', '[']) {
            has_object |= field.starts_with('{') && !kind.starts_with("product");
            words.extend(words_of_json(field));
        } else if field.contains("://") && !field.contains(' ') {
            sources.push(NamedSource {
                link: Link { title: "".into(), url: field.into() },
                detail: String::new(),
            });
        } else if !is_citation(kind) && is_words(field) {
            words.push(without_marker_chars(&field.replace(FIELD_SEPARATOR, " ")));
        }
    }
    let alt_text = reference.and_then(named_sources::alt_text);
    match (alt_text, words.is_empty()) {
        (Some(alt), _) if sources.is_empty() || alt.contains("](") => {
            let links = if sources.is_empty() {
                named_sources::links_in(alt)
            } else {
                sources.into_iter().map(|named| named.link).collect()
            };
            return Replacement { text: without_marker_chars(alt), links };
        }
        // Sources in brackets are drawn as numbers: of what is more than a source, the name is to be read.
        (_, true) if is_citation(kind) => {
            return Replacement::new(in_brackets(&sources), sources);
        }
        (_, true) => return Replacement::new(sources_as_markdown(&sources), sources),
        _ => {}
    }
    let label = words.join(", ");
    // What has sources of its own, each with a name, needs no label but a title.
    let title = kind == "navlist";
    let text = match &sources[..] {
        [] if has_object => format!("({}: {label})", kind.replace('_', " ")),
        [] => label,
        sources if title => format!("{label}: {}", sources_as_markdown(sources)),
        sources if has_object || words.len() > 1 || sources.len() > 1 => sources_as_markdown(sources),
        [source] => {
            let mut text = String::new();
            push_link(&label, &source.link.url, &mut text);
            text
        }
        _ => label,
    };
    Replacement::new(text, sources)
}

/// Returns whether the fields of a marker of this kind are only names and places.
fn is_citation(kind: &str) -> bool {
    matches!(kind, "cite" | "filecite" | "i" | "")
}

/// Returns the pages that fields name.
fn pages<'f>(fields: impl Iterator<Item = &'f str>, references: &mut References<'_, '_>) -> Vec<NamedSource> {
    let names = fields
        .flat_map(|field| field.split([',', '"', '[', ']', ' ']))
        .filter(|name| name.starts_with("turn"));
    references.pages(names)
}

/// Reads the JSON of a marker; `None` if it is none, or too long to be taken apart.
fn json_value(json: &str) -> Option<Value> {
    if json.len() <= MAX_JSON_LENGTH { serde_json::from_str(json).ok() } else { None }
}

/// Returns the name in `["city","Zürich"]`, or the text itself if it is not a list.
fn entity(field: &str) -> Option<String> {
    let field = field.trim();
    match json_value(field) {
        Some(Value::Array(list)) => {
            list.get(1).or(list.first()).and_then(Value::as_str).map(without_marker_chars)
        }
        Some(Value::Object(fields)) => fields.get("name").and_then(Value::as_str).map(without_marker_chars),
        _ => {
            let name = without_marker_chars(field);
            // What is no name, but broken, says nothing; what is too long to be taken apart may.
            let is_json = field.starts_with(['[', '{']) && field.len() <= MAX_JSON_LENGTH;
            Some(name).filter(|name| is_words(name) && !is_json)
        }
    }
}

/// Returns the entries of a list of files, one an item: each has a number and a text.
fn entries(rest: &str, reference: Option<&Reference<'_>>) -> Replacement {
    let mut text = String::new();
    for entry in rest.split(SEPARATOR).map(str::trim) {
        let words = entry.split_once(FIELD_SEPARATOR).map_or(entry, |(_, words)| words);
        if is_words(words) {
            text.push_str(if text.is_empty() { "- " } else { "\n- " });
            text.push_str(&without_marker_chars(&words.replace(FIELD_SEPARATOR, " ")));
        }
    }
    if !text.is_empty() {
        return Replacement { text, links: Vec::new() };
    }
    let sources = reference.map(named_sources::sources).unwrap_or_default();
    Replacement::new(in_brackets(&sources), sources)
}

/// Returns what a widget says: a formula as display mathematics, a citation as its sources, of any other its title,
/// label or text.
pub(super) fn genui(
    json: &str,
    reference: Option<&Reference<'_>>,
    references: &mut References<'_, '_>,
) -> Replacement {
    let json = json.trim_matches([SEPARATOR, CLOSE, ALTERNATE_CLOSE]).trim();
    let Some(Value::Object(widgets)) = json_value(json) else {
        return Replacement { text: without_marker_chars(json), links: Vec::new() };
    };
    let mut answer = Replacement::default();
    for (kind, value) in &widgets {
        let text = if let Some(formula) = formula(kind, value) {
            formula
        } else if kind.contains("citation") {
            let mut sources = reference.map(named_sources::sources).unwrap_or_default();
            if sources.is_empty() {
                let mut names = Vec::new();
                strings(value, true, &mut names);
                sources = pages(names.iter().map(|(_, name)| &**name), references);
            }
            let text = in_brackets(&sources);
            answer.links.extend(sources.into_iter().map(|named| named.link));
            text
        } else {
            widget_text(kind, value)
        };
        if !answer.text.is_empty() && !text.is_empty() {
            answer.text.push(' ');
        }
        answer.text.push_str(&text);
    }
    answer
}

/// Returns the formula of a widget as display mathematics.
fn formula(kind: &str, value: &Value) -> Option<String> {
    let is_formula = ["math", "latex", "formula", "equation"].iter().any(|word| kind.contains(word));
    let written = match value {
        Value::String(text) => Some(text.as_str()),
        _ => ["content", "latex", "formula", "tex", "expression", "equation"]
            .iter()
            .find_map(|key| value.get(*key).and_then(Value::as_str)),
    };
    let written = without_marker_chars(written.filter(|_| is_formula)?.trim());
    // A line break means nothing in a formula, but after a comment, and would end what it stands in.
    let written = if written.contains('%') { written } else { written.replace('\n', " ") };
    let bare = ["\\[", "$$"].iter().all(|mark| !written.starts_with(mark));
    Some(if bare { format!("\\[{written}\\]") } else { written })
}

/// Returns what a widget says in words.
fn widget_text(kind: &str, value: &Value) -> String {
    let mut words = Vec::new();
    strings(value, false, &mut words);
    let label = |key: &str| matches!(key, "label" | "title" | "text" | "name" | "caption" | "content" | "");
    match &words[..] {
        [] => String::new(),
        [(key, word)] if label(key) => word.clone(),
        words => {
            // The names of fields are in no order of their own: what names the whole goes first.
            let first = words.iter().filter(|(key, _)| key == "title");
            let others = words.iter().filter(|(key, _)| key != "title");
            let words: Vec<&str> = first.chain(others).map(|(_, word)| &**word).collect();
            format!("({}: {})", kind.replace('_', " "), words.join(", "))
        }
    }
}

/// Returns the words in the JSON of a marker; the text itself if it is none.
fn words_of_json(json: &str) -> Vec<String> {
    let Some(value) = json_value(json) else { return vec![without_marker_chars(json)] };
    let mut words = Vec::new();
    strings(&value, false, &mut words);
    words.into_iter().map(|(_, word)| word).collect()
}

/// Gathers the strings of a value, each with its key: the names of sources, or what says something to a reader.
fn strings(value: &Value, names: bool, found: &mut Vec<(String, String)>) {
    // The names in order; serde reads no more than 128 levels.
    let mut open = vec![("", value)];
    while let Some((key, value)) = open.pop() {
        match value {
            Value::String(text)
                if names == names_sources(text)
                    && (names || text.contains(char::is_alphanumeric))
                    && found.len() < MAX_WORDS =>
            {
                found.push((key.to_owned(), without_marker_chars(text.trim())));
            }
            Value::Array(list) => open.extend(list.iter().rev().map(|value| (key, value))),
            Value::Object(fields) => {
                let is_shown = |key: &str| {
                    names || !(left_out(key).is_some() || matches!(key, "layout" | "aspect_ratio"))
                };
                open.extend(
                    fields.iter().rev().map(|(key, value)| (&**key, value)).filter(|(key, _)| is_shown(key)),
                );
            }
            _ => {}
        }
    }
}

/// Measures how much of a text after an opening mark belongs to a marker that was cut off: its kind, where
/// fields or nothing follow, and these up to where words go on. Of what does not look like a marker only the
/// mark goes.
pub(super) fn cut_off(text: &str) -> usize {
    let kind = text.bytes().take_while(|byte| byte.is_ascii_lowercase() || *byte == b'_').count();
    if kind == text.len() {
        return kind;
    }
    if !text[kind..].starts_with(SEPARATOR) {
        return 0;
    }
    let field = kind + SEPARATOR.len_utf8();
    // What is no name of a source is words.
    if text[field..].starts_with(['{', '[']) && &text[..kind] != "entity" {
        return field;
    }
    let named = &text[..kind] == "entity";
    let goes_on = |c: char| c.is_whitespace() || c == OPEN || (!named && !c.is_ascii() && c != SEPARATOR);
    text[kind..].find(goes_on).map_or(text.len(), |length| kind + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(marker: &str) -> String {
        let metadata = Metadata::default();
        resolve(
            &format!("\u{e200}{}\u{e201}", marker.replace('|', "\u{e202}")),
            &mut References::of(&metadata, &ExpansionBudget::default()),
        )
        .text
    }

    #[test]
    fn what_a_marker_says_in_words_is_text() {
        for (marker, text) in [
            (r#"genui|{"math_block_v3":{"content":"\\frac{a}{b}\n+ 1"}}"#, r"\[\frac{a}{b} + 1\]"),
            (r#"genui|{"reminder":{"label":"Feed the hens"}}"#, "Feed the hens"),
            (r#"genui|{"tide_table":{"harbour":"Husum","days":2}}"#, "(tide table: Husum)"),
            (
                r#"genui|{"chart":{"title":"Eggs","series":[{"label":"brown"},{"label":"white"}]}}"#,
                "(chart: Eggs, brown, white)",
            ),
            ("genui|not json", "not json"),
            ("url|The manual|https://hens.example/m(1)", "[The manual](https://hens.example/m%281%29)"),
            ("url|The manual|turn0search3", "The manual"),
            ("link_title|A page|turn0search3", "A page"),
            (r#"product|["turn0product1","Nest box"]"#, "Nest box"),
            (
                r#"products|{"selections":[["turn0product1","Nest box"],["turn0product2","Feeder"]]}"#,
                "Nest box, Feeder",
            ),
            ("navlist|News of hens|turn0news1,turn0news2", "News of hens"),
            (r#"image_group|{"query":["hens"],"layout":"carousel"}"#, "(image group: hens)"),
            ("cite|turn0search1|turn0search2", ""),
            ("filecite|turn0file1|L2-L9", ""),
            ("newkind|turn0search1|some words", "some words"),
            (r#"entity|["bird","Sussex hen",0]"#, "Sussex hen"),
            ("entity|turn0business1", ""),
            ("tldr", ""),
        ] {
            assert_eq!(told(marker), text, "{marker}");
        }
    }

    #[test]
    fn json_too_long_to_be_a_markers_is_shown_as_it_stands() {
        let long = format!(r#"["bird","{}"]"#, "a".repeat(MAX_JSON_LENGTH));
        for kind in ["entity", "genui", "product"] {
            assert_eq!(told(&format!("{kind}|{long}")), long, "{kind}");
        }
    }

    #[test]
    fn a_source_is_named_by_turn_kind_and_number() {
        assert_eq!(parse_source_name("turn12search3"), Some((12, "search", 3)));
        for none in
            ["turn", "turn1", "turn1search", "turnsearch1", "search1", "turn1Search2", "turn1search2x"]
        {
            assert_eq!(parse_source_name(none), None, "{none}");
        }
    }
}
