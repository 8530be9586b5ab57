//! JSON as a person reads it: every string and number of a value, each under the keys it stands in.
//!
//! For what nobody knows: content types, parts and fields of the future. Nothing here recurses over the input but
//! strings that are JSON themselves, and these a few times only.

use std::borrow::Cow;

use memchr::memchr2;
use serde_json::value::RawValue;

use super::json::Raw;
use crate::message::format;

/// The levels of a value that are indented; what is deeper stands at the same edge.
const MAX_INDENTED_LEVELS: usize = 12;
/// The bytes of indentation and marks that may be written, less what stands before: all that one message is told with
/// besides its words goes behind one another. What comes behind stands at the edge.
const MAX_INDENTATION: usize = 1 << 20;
/// The bytes of indentation and marks for each byte of a value: a list in lists has two bytes an element.
const MAX_INDENTATION_PER_BYTE: usize = 2;
/// The number of times that a string which is itself JSON is read as such.
const MAX_NESTED_JSON: usize = 3;
/// The length from which a word without blanks is taken for encoded data, in bytes, and only named.
const MAX_WORD_LENGTH: usize = 4 << 10;

/// Appends every string, number and flag of a JSON value, a line each, under its key (none if that is empty), but not
/// what stands under keys that are left out. Appends nothing if there is nothing to read.
pub(super) fn outline(key: &str, json: &str, left_out: &dyn Fn(&str) -> bool, out: &mut String) {
    if json.is_empty() {
        return;
    }
    Outline::new(json, left_out, out).value(key, json, 0);
}

/// Does what [`outline`] does, but appends nothing if there are only numbers and flags.
pub(super) fn outline_words(key: &str, json: &str, left_out: &dyn Fn(&str) -> bool, out: &mut String) {
    if json.is_empty() {
        return;
    }
    let before = out.len();
    let mut outline = Outline::new(json, left_out, out);
    outline.value(key, json, 0);
    if !outline.wrote_text {
        out.truncate(before);
    }
}

/// A list or object that is being read.
struct Level<'a> {
    /// Its key; `None` for an element of a list.
    key: Option<Cow<'a, str>>,
    /// A line of it was written, and so its key.
    is_written: bool,
}

struct Outline<'o> {
    out: &'o mut String,
    left_out: &'o dyn Fn(&str) -> bool,
    levels: Vec<Level<'o>>,
    /// The number of levels beyond [`MAX_INDENTED_LEVELS`].
    levels_beyond: usize,
    /// The bytes of indentation and marks that may still be written.
    indentation: usize,
    /// A string was written.
    wrote_text: bool,
}

impl<'o> Outline<'o> {
    fn new(json: &str, left_out: &'o dyn Fn(&str) -> bool, out: &'o mut String) -> Self {
        let indentation = MAX_INDENTATION
            .saturating_sub(out.len())
            .min(json.len().saturating_mul(MAX_INDENTATION_PER_BYTE));
        Self { out, left_out, levels: Vec::new(), levels_beyond: 0, indentation, wrote_text: false }
    }

    /// Writes a value that stands under a key, or as an element of a list if that is empty.
    fn value(&mut self, key: &str, json: &str, nested: usize) {
        let key = (!key.is_empty()).then_some(key);
        if !json.starts_with(['{', '[']) {
            return self.leaf(key, json, nested);
        }
        let base = (self.levels.len(), self.levels_beyond);
        // What stands alone needs no mark that it is an element.
        if key.is_some() || base.0 > 0 {
            self.open(key.map(|key| Cow::Owned(key.to_owned())));
        }
        self.inside(json, nested);
        self.levels.truncate(base.0);
        self.levels_beyond = base.1;
    }

    /// Writes what stands in a list or an object.
    fn inside(&mut self, json: &str, nested: usize) {
        let bytes = json.as_bytes();
        let (mut at, mut depth) = (0, 0_usize);
        let mut key: Option<Cow<'_, str>> = None;
        while at < bytes.len() {
            match bytes[at] {
                b'{' | b'[' => {
                    if depth > 0 {
                        self.open(key.take().map(|key| Cow::Owned(key.into_owned())));
                    }
                    depth += 1;
                    at += 1;
                }
                b'}' | b']' => {
                    depth = depth.saturating_sub(1);
                    if depth > 0 {
                        self.close();
                    }
                    at += 1;
                }
                b'"' => {
                    let end = string_end(bytes, at);
                    let text = &json[at..end];
                    at = end;
                    let colon = bytes[at..].iter().position(|byte| !byte.is_ascii_whitespace());
                    if let Some(step) = colon.filter(|&step| bytes[at + step] == b':') {
                        at += step + 1;
                        let name = Raw(text).text().unwrap_or_default();
                        if (self.left_out)(&name) {
                            at = value_end(bytes, at);
                        } else {
                            key = Some(name);
                        }
                    } else {
                        let key = key.take();
                        self.leaf(key.as_deref(), text, nested);
                    }
                }
                byte if byte.is_ascii_whitespace() || matches!(byte, b',' | b':') => at += 1,
                _ => {
                    let end = scalar_end(bytes, at);
                    let key = key.take();
                    self.leaf(key.as_deref(), &json[at..end], nested);
                    at = end;
                }
            }
        }
    }

    fn open(&mut self, key: Option<Cow<'static, str>>) {
        if self.levels.len() < MAX_INDENTED_LEVELS {
            self.levels.push(Level { key, is_written: false });
        } else {
            self.levels_beyond += 1;
        }
    }

    fn close(&mut self) {
        if self.levels_beyond > 0 {
            self.levels_beyond -= 1;
        } else {
            self.levels.pop();
        }
    }

    /// Writes a string, a number or a flag.
    fn leaf(&mut self, key: Option<&str>, json: &str, nested: usize) {
        let Some(text) = Raw(json).text() else {
            if json != "null" {
                self.line(key, json);
            }
            return;
        };
        let text = text.trim();
        if nested < MAX_NESTED_JSON && text.starts_with(['{', '[']) && is_json(text) {
            return self.value(key.unwrap_or_default(), text, nested + 1);
        }
        if !text.chars().any(char::is_alphanumeric) {
            return;
        }
        self.wrote_text = true;
        match describe_data(text) {
            Some(description) => self.line(key, &description),
            None => self.line(key, text),
        }
    }

    fn line(&mut self, key: Option<&str>, text: &str) {
        // Blanks, and after them the marks of elements that begin on this line.
        let (mut indent, mut bullets) = (0, 0);
        for level in &mut self.levels {
            match &level.key {
                _ if level.is_written => indent += 1,
                None => bullets += 1,
                Some(key) => {
                    begin(self.out, indent, bullets, &mut self.indentation);
                    self.out.push_str(key);
                    self.out.push(':');
                    (indent, bullets) = (indent + bullets + 1, 0);
                }
            }
            level.is_written = true;
        }
        let element = usize::from(key.is_none() && !self.levels.is_empty());
        begin(self.out, indent, bullets + element, &mut self.indentation);
        if let Some(key) = key {
            self.out.push_str(key);
            self.out.push_str(if text.contains('\n') { ":\n" } else { ": " });
        }
        self.out.push_str(text);
    }
}

/// Begins a line that is indented this many times and begins this many elements, as long as there is something left
/// to indent with.
fn begin(out: &mut String, indent: usize, bullets: usize, left: &mut usize) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
    *left = left.saturating_sub((indent + bullets) * "- ".len());
    if *left == 0 {
        return;
    }
    out.extend(std::iter::repeat_n("  ", indent));
    out.extend(std::iter::repeat_n("- ", bullets));
}

/// Returns whether a text is a whole JSON value.
pub(super) fn is_json(text: &str) -> bool {
    serde_json::from_str::<&RawValue>(text).is_ok()
}

/// Names data that stands in a text: a `data:` address, or a word too long to be one.
fn describe_data(text: &str) -> Option<String> {
    if let Some((kind, content)) = text.strip_prefix("data:").and_then(|rest| rest.split_once(',')) {
        let kind = kind.split(';').next().unwrap_or_default();
        let kind = if kind.is_empty() || kind.len() > 100 { "data" } else { kind };
        return Some(format!("{kind}, {}", format::size(decoded(content.len()))));
    }
    let encoded =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=');
    let is_data = text.len() > MAX_WORD_LENGTH && text.as_bytes().iter().all(encoded);
    is_data.then(|| format!("data, {}", format::size(decoded(text.len()))))
}

/// Returns the bytes that this many characters of base64 stand for.
fn decoded(length: usize) -> u64 {
    length as u64 / 4 * 3
}

/// Returns the end of a string that begins at `at`.
fn string_end(bytes: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while let Some(step) = bytes.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        at += step;
        if bytes[at] == b'"' {
            return at + 1;
        }
        at += 2;
    }
    bytes.len()
}

/// Returns the end of a number, a flag or null that begins at `at`.
fn scalar_end(bytes: &[u8], at: usize) -> usize {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b'}' | b']' | b':');
    // At least one byte, so that whatever comes here is passed.
    bytes[at + 1..].iter().position(ends).map_or(bytes.len(), |step| at + 1 + step)
}

/// Returns the end of the value that begins at or after `at`.
fn value_end(bytes: &[u8], at: usize) -> usize {
    let (mut at, mut depth) = (at, 0_usize);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => at = string_end(bytes, at),
            b'{' | b'[' => {
                depth += 1;
                at += 1;
                continue;
            }
            // The end of what the value stands in.
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => {
                depth -= 1;
                at += 1;
            }
            b',' | b':' => {
                at += 1;
                continue;
            }
            _ if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            _ => at = scalar_end(bytes, at),
        }
        if depth == 0 {
            return at;
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(key: &str, json: &str) -> String {
        let mut out = String::new();
        outline(key, json, &|key| key == "id", &mut out);
        out
    }

    #[test]
    fn every_string_stands_under_its_keys() {
        let json = r#"{"title": "Z\u00fcrich", "id": {"x": ["not this"]}, "rows": [{"a": 1, "b": "two"}, {"id": 3, "c": "d\ne"}],
            "empty": {"n": null, "s": "", "t": " … "}, "list": ["x", ["y", "z"]], "last": true}"#;
        assert_eq!(
            told("widget", json),
            "widget:\n  title: Zürich\n  rows:\n    - a: 1\n      b: two\n    - c:\nd\ne\n  list:\n    - x\n    - - y\n      - z\n  last: true"
        );
        assert_eq!(told("", r#"["a", "b"]"#), "a\nb");
        assert_eq!(told("", r#""alone""#), "alone");
        assert_eq!((told("k", "{}"), told("k", r#"{"id": "x"}"#)), (String::new(), String::new()));
    }

    #[test]
    fn a_string_that_is_json_is_read_and_data_is_only_named() {
        assert_eq!(
            told("state", r#""{\"plan\": {\"t\": \"Zu Hause\"}}""#),
            "state:\n  plan:\n    t: Zu Hause"
        );
        assert_eq!(told("k", r#""{not json}""#), "k: {not json}");
        let data = format!("\"data:image/png;base64,{}\"", "A".repeat(4_000));
        assert_eq!(told("k", &data), "k: image/png, 3.0 KB");
        assert!(told("k", &format!("\"{}\"", "Ab".repeat(40_000))).starts_with("k: data, "));
    }

    /// 16 MB of it took 343 MB.
    #[test]
    fn what_is_indented_is_hardly_longer() {
        let (open, close) = ("[".repeat(MAX_INDENTED_LEVELS), "]".repeat(MAX_INDENTED_LEVELS));
        let json = format!("{open}{}\"z\"{close}", "\"a\",".repeat(200_000));
        let told = told("key", &json);
        assert!(told.len() <= json.len() + MAX_INDENTATION, "{} of {}", told.len(), json.len());
        assert!(told.starts_with("key:\n") && told.ends_with("\na\nz"), "the marks end, the words do not");
        assert_eq!(told.lines().filter(|line| line.ends_with('a')).count(), 200_000);
    }

    #[test]
    fn no_depth_costs_more_than_its_length() {
        for (open, close) in [("[", "]"), ("{\"k\":", "}")] {
            let json = format!("{}\"deep\"{}", open.repeat(200_000), close.repeat(200_000));
            let told = told("", &json);
            assert!(told.ends_with("deep") && told.len() < 2_000, "{}", told.len());
        }
        let strings = told("", &format!("[{}\"z\"]", "[\"x\",".repeat(1_000).replace('[', "")));
        assert!(strings.ends_with('z'));
    }
}
