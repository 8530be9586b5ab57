//! An original JSON object without its secrets, every other byte left as it is.
//!
//! The JSON is not parsed into values and written again: that would change numbers, escapes and spaces. Strings are
//! found, read as what they say (escapes resolved), looked through, and only the bytes of a secret are exchanged, for a
//! label that needs no escaping; a number that is one becomes a string. So valid JSON stays valid, and what is not valid
//! stays as it was.
//!
//! A value is looked at together with its key: `"password": "…"` is one wherever it stands.

use std::ops::Range;

use super::{
    Counts, Finding, RuleId, Scanner,
    json_walk::{RawCursor, Token, decode, tokens},
    known::KnownSecrets,
    redact::Redactor,
    scan::{Certainty, Wish},
    spans::{Span, each_span},
};

/// The bytes of the longest key that is looked at with its value.
const MAX_KEY_LENGTH: usize = 256;
/// The bytes of a value that are looked at with its key: what a name stands before is no longer.
const MAX_NAMED_LENGTH: usize = 4 << 10;
/// The digits of the shortest number that is looked at alone; telephone numbers are strings.
const SHORTEST_NUMBER: usize = 12;

/// A secret in a JSON text.
struct JsonSpan<'v> {
    kind: RuleId,
    certainty: Certainty,
    /// Its bytes; of a number all of them.
    range: Range<usize>,
    /// The value, decoded.
    value: &'v str,
    is_number: bool,
    /// It stands before what was visited last: the name that tells of it stands after it.
    is_late: bool,
}

impl KnownSecrets {
    /// Adds the secrets in a JSON text: in its strings, keys among them, its numbers, and its keys with their values.
    pub fn learn_json(&mut self, json: &[u8]) {
        let mut added = Self::new();
        Walk::new(json, &added).each(&mut |JsonSpan { kind, certainty, value, .. }| {
            self.add(kind, value, certainty);
        });
        added.settle();
    }

    /// Returns a JSON text without these secrets, and without any other that is found in it.
    pub fn redact_json(&self, json: &[u8]) -> Vec<u8> {
        let mut redactor = Redactor::new(self);
        let mut out = Vec::with_capacity(json.len());
        let (mut copied, mut label) = (0, String::new());
        Walk::new(json, self).each(&mut |JsonSpan { kind, range, is_number, is_late, .. }| {
            if is_late {
                return;
            }
            out.extend_from_slice(&json[copied..range.start]);
            label.clear();
            redactor.push_label(&mut label, kind);
            let quote: &[u8] = if is_number { b"\"" } else { b"" };
            for piece in [quote, label.as_bytes(), quote] {
                out.extend_from_slice(piece);
            }
            copied = range.end;
        });
        out.extend_from_slice(&json[copied..]);
        out
    }
}

impl Scanner {
    /// Returns a JSON text with the secrets in it replaced, and what was replaced: each value once, however often it
    /// stands there.
    pub fn redact_json(&self, json: &[u8]) -> (Vec<u8>, Counts) {
        let mut known = KnownSecrets::new();
        known.learn_json(json);
        (known.redact_json(json), known.counts().clone())
    }
}

/// A value that may be named by another one beside it.
#[derive(Clone)]
struct Scalar {
    range: Range<usize>,
    is_number: bool,
}

/// A walk through a JSON text, which knows the key of each value.
struct Walk<'a> {
    json: &'a [u8],
    known: &'a KnownSecrets,
    /// The last string, which is a key if a colon follows.
    last: Option<Range<usize>>,
    key: Option<Range<usize>>,
    /// The lists that were opened after the key and not closed: their elements are its values.
    lists: usize,
    /// What this object calls itself: `{"name": "DB_PASSWORD", "value": …}`.
    name: Option<Range<usize>>,
    /// The value of this object, while its name is not known.
    value: Option<Scalar>,
}

/// Keys under which an object has the name of something, and those under which it has what that is.
const NAMES: [&str; 7] = ["name", "key", "field", "label", "variable", "var", "env"];
const VALUES: [&str; 8] = ["value", "val", "content", "text", "data", "default", "secret", "body"];

impl<'a> Walk<'a> {
    fn new(json: &'a [u8], known: &'a KnownSecrets) -> Self {
        Self { json, known, last: None, key: None, lists: 0, name: None, value: None }
    }

    fn each(mut self, visit: &mut dyn FnMut(JsonSpan<'_>)) {
        for token in tokens(self.json) {
            match token {
                Token::String(range) => {
                    self.string(&range, visit);
                    self.last = Some(range);
                }
                Token::Number(range) => self.number(&range, visit),
                Token::Mark(mark) => self.mark(mark),
            }
        }
    }

    fn mark(&mut self, mark: u8) {
        match mark {
            b':' => self.key = self.last.take().filter(|key| key.len() <= MAX_KEY_LENGTH),
            b'[' => self.lists += usize::from(self.key.is_some()),
            b']' => {
                self.lists = self.lists.saturating_sub(1);
                if self.lists == 0 {
                    self.key = None;
                }
            }
            b',' if self.lists > 0 => {}
            b',' => self.key = None,
            _ => (self.key, self.lists, self.name, self.value) = (None, 0, None, None),
        }
    }

    fn string(&mut self, range: &Range<usize>, visit: &mut dyn FnMut(JsonSpan<'_>)) {
        let raw = &self.json[range.clone()];
        let text = decode(raw);
        if let Some(value) = self.value.take_if(|_| {
            self.key.as_ref().is_some_and(|key| is_one_of(&NAMES, &decode(&self.json[key.clone()])))
        }) {
            self.late(&text, &value, visit);
        }
        let mut named = self.named(&Scalar { range: range.clone(), is_number: false });
        // What was cut there may end within a character.
        named.retain(|Finding { range, .. }| text.get(range.clone()).is_some());
        let mut cursor = RawCursor::new(raw);
        each_span(
            Scanner::built_in(),
            self.known,
            &text,
            named,
            &mut |Span { kind, range: said, certainty }| {
                let start = range.start + cursor.advance(said.start);
                let end = range.start + cursor.advance(said.end);
                visit(JsonSpan {
                    kind,
                    certainty,
                    range: start..end,
                    value: &text[said],
                    is_number: false,
                    is_late: false,
                });
            },
        );
    }

    fn number(&mut self, range: &Range<usize>, visit: &mut dyn FnMut(JsonSpan<'_>)) {
        let named = self.named(&Scalar { range: range.clone(), is_number: true });
        let digits = self.json[range.clone()].iter().filter(|byte| byte.is_ascii_digit()).count();
        if named.is_empty() && digits < SHORTEST_NUMBER && !self.known.has_values() {
            return;
        }
        let Ok(written) = std::str::from_utf8(&self.json[range.clone()]) else { return };
        let text = whole_number(written).unwrap_or_else(|| written.to_owned());
        let mut found =
            named.first().map(|Finding { kind, certainty, .. }| (*kind, *certainty, 0..text.len()));
        each_span(
            Scanner::built_in(),
            self.known,
            &text,
            Vec::new(),
            &mut |Span { kind, range, certainty }| {
                found.get_or_insert((kind, certainty, range));
            },
        );
        if let Some((kind, certainty, said)) = found {
            let value = &text[said];
            visit(JsonSpan { kind, certainty, range: range.clone(), value, is_number: true, is_late: false });
        }
    }

    /// Returns the secrets that a value is by its key, or by the name beside it.
    fn named(&mut self, value: &Scalar) -> Vec<Finding> {
        let Some(key) = self.key.clone() else { return Vec::new() };
        let key = decode(&self.json[key]);
        let mut found = self.under(&key, value);
        if is_one_of(&VALUES, &key) {
            match &self.name {
                Some(name) => found.extend(self.under(&decode(&self.json[name.clone()]), value)),
                None => self.value = Some(value.clone()),
            }
        }
        if is_one_of(&NAMES, &key) && value.range.len() <= MAX_KEY_LENGTH {
            self.name = Some(value.range.clone());
        }
        found
    }

    /// Visits the secrets that a value is by the name that stands after it.
    fn late(&self, name: &str, value: &Scalar, visit: &mut dyn FnMut(JsonSpan<'_>)) {
        if name.len() > MAX_KEY_LENGTH {
            return;
        }
        let text = decode(&self.json[value.range.clone()]);
        for Finding { kind, range, certainty } in self.under(name, value) {
            let (value, range) = (text.get(range.clone()).unwrap_or_default(), 0..0);
            visit(JsonSpan { kind, certainty, range, value, is_number: false, is_late: true });
        }
    }

    /// Returns the secrets that a value is under a name.
    fn under(&self, name: &str, value: &Scalar) -> Vec<Finding> {
        let scanner = Scanner::built_in();
        let mut text = format!("\"{name}\": ");
        if !value.is_number {
            text.push('"');
        }
        if !scanner.is_woken(&text) {
            return Vec::new();
        }
        let head = text.len();
        let near = value.range.start..value.range.end.min(value.range.start + MAX_NAMED_LENGTH);
        // Quotes and line ends in it would end it too early.
        let said = decode(&self.json[near]);
        text.extend(said.chars().map(|char| match char {
            '"' => '\'',
            '\n' | '\r' => ' ',
            char => char,
        }));
        let end = text.len();
        if !value.is_number {
            text.push('"');
        }
        let mut found = scanner.findings(&text, Wish::ALL);
        found.retain(|finding| finding.range.start >= head && finding.range.start < end);
        for finding in &mut found {
            finding.range = finding.range.start - head..finding.range.end.min(end) - head;
        }
        found
    }
}

fn is_one_of(words: &[&str], key: &str) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(key))
}

/// Writes a number with an exponent or a fraction of nothing as the whole number that it is.
fn whole_number(written: &str) -> Option<String> {
    if !written.contains(['.', 'e', 'E']) {
        return None;
    }
    let number: f64 = written.parse().ok()?;
    let is_whole = number.fract() == 0.0 && number.abs() < 1e16;
    is_whole.then(|| format!("{number:.0}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn redacted(json: &str) -> String {
        String::from_utf8(Scanner::built_in().redact_json(json.as_bytes()).0).expect("it was UTF-8")
    }

    #[test]
    fn only_the_bytes_of_a_secret_change() {
        assert_eq!(
            redacted(r#"{"a" : [1.0, "mail robin@example.org\u002c \ud83d\ude00 \ud83d\n"], "b":1e5}"#),
            r#"{"a" : [1.0, "mail [redacted: e-mail]\u002c \ud83d\ude00 \ud83d\n"], "b":1e5}"#
        );
    }

    #[test]
    fn a_secret_written_with_escapes_is_found_and_replaced_whole() {
        assert_eq!(redacted(r#"["robin\u0040example.org\\"]"#), r#"["[redacted: e-mail]\\"]"#);
        assert_eq!(
            redacted(r#"{"p":"password = \"hunter2-but-longer\"\n"}"#),
            r#"{"p":"password = \"[redacted: password]\"\n"}"#
        );
    }

    #[test]
    fn a_key_says_what_its_value_is() {
        for (json, expected) in [
            (r#"{"password": "hunter2hunter2"}"#, r#"{"password": "[redacted: password]"}"#),
            (r#"{"password":"correcthorse","n":1}"#, r#"{"password":"[redacted: password]","n":1}"#),
            (r#"{"passwor\u0064": "hun\"ter2-x"}"#, r#"{"passwor\u0064": "[redacted: password]"}"#),
            (r#"{"password": 12345678}"#, r#"{"password": "[redacted: password]"}"#),
            (
                r#"{"pwd": ["hunter2-one", "hunter2-two"], "x": "y"}"#,
                r#"{"pwd": ["[redacted: password]", "[redacted: password]"], "x": "y"}"#,
            ),
            (
                r#"{"name": "DB_PASSWORD", "value": "hunter2-one"}"#,
                r#"{"name": "DB_PASSWORD", "value": "[redacted: password]"}"#,
            ),
            (
                r#"{"value": "hunter2-one", "name": "DB_PASSWORD"}"#,
                r#"{"value": "[redacted: password]", "name": "DB_PASSWORD"}"#,
            ),
            (r#"{"phone": 2025550143}"#, r#"{"phone": "[redacted: named-phone-number]"}"#),
            (
                r#"{"password": {"type": "string"}, "a": ["hunter2-one"]}"#,
                r#"{"password": {"type": "string"}, "a": ["hunter2-one"]}"#,
            ),
        ] {
            assert_eq!(redacted(json), expected);
        }
    }

    #[test]
    fn a_number_that_is_a_card_becomes_a_label() {
        let label = r#""[redacted: card-number]""#;
        for number in ["4111111111111111", "4.111111111111111e15", "4111111111111111.0", "4111111111111112"] {
            assert_eq!(
                redacted(&format!("{{\"a\":[{number}, 1]}}")),
                format!("{{\"a\":[{label}, 1]}}"),
                "{number}"
            );
        }
        for number in ["0.4111111111111111", "1741339971.125631", "12345", "1741339971000"] {
            assert_eq!(redacted(&format!("[{number}]")), format!("[{number}]"));
        }
    }

    #[test]
    fn an_object_that_was_cut_is_redacted_to_its_end() {
        assert_eq!(redacted(r#"{"a":"robin@example.org and"#), r#"{"a":"[redacted: e-mail] and"#);
        assert_eq!(redacted(r#"{"a":"x\"#), r#"{"a":"x\"#);
        assert_eq!(redacted("\""), "\"");
    }

    proptest! {
        #[test]
        fn what_is_no_json_does_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let (out, counts) = Scanner::built_in().redact_json(&bytes);
            if counts.is_empty() {
                prop_assert_eq!(out, bytes);
            }
        }

        #[test]
        fn valid_json_stays_valid_and_says_what_the_redacted_strings_say(
            strings in prop::collection::vec("(robin@example\\.org|[\"\\\\ \\n😀é\u{1}a-c]){0,8}", 1..6),
            ascii in any::<bool>(),
        ) {
            let mut json = serde_json::to_string(&strings).expect("strings are JSON");
            if ascii {
                json = json.chars().map(|char| match char {
                    ' '..='~' => char.to_string(),
                    _ => char.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
                }).collect();
            }
            let scanner = Scanner::built_in();
            let (out, _) = scanner.redact_json(json.as_bytes());
            let value: Value = serde_json::from_slice(&out).expect("it is still JSON");
            let expected: Vec<String> = strings.iter().map(|string| scanner.redact(string).0).collect();
            prop_assert_eq!(value, serde_json::json!(expected));
        }
    }
}
