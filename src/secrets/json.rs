//! An original JSON object without its secrets, every other byte left as it is.
//!
//! The JSON is not parsed into values and written again: that would change numbers, escapes and spaces. Strings are
//! found, read as what they say (escapes resolved), looked through, and only the bytes of a secret are exchanged, for a
//! label that needs no escaping; a number that is one becomes a string. So valid JSON stays valid, and what is not valid
//! stays as it was.
//!
//! A value is looked at together with its key: `"password": "…"` is one wherever it stands.

use std::{borrow::Cow, ops::Range};

use hashbrown::HashSet;

use super::{
    Counts, Finding, RuleId, Scanner,
    finding::{Certainty, FindingFilter},
    json_walk::{RawCursor, Token, decode, tokens},
    known::{KnownSecrets, ellipsis},
    marks::is_mark_of_citation,
    redact::Redactor,
    spans::{Span, each_span},
    unescape::unescaped,
};

/// The bytes of the longest key that is looked at with its value.
const MAX_KEY_LENGTH: usize = 256;
/// The bytes of a value that are looked at with its key: what a name stands before is no longer.
const MAX_NAMED_LENGTH: usize = 4 << 10;
/// The digits of the shortest number that is looked at alone; telephone numbers are strings.
const SHORTEST_NUMBER: usize = 12;

/// The objects around one that are remembered: what stands deeper is looked at without what stands around it.
const MAX_DEPTH: usize = 64;
/// The values of an object that wait for a name that may stand after them.
const MAX_WAITING: usize = 16;
/// The names of an object that its values are looked at with.
const MAX_NAMES: usize = 8;

/// A secret in a JSON text.
struct JsonSpan<'v> {
    kind: RuleId,
    certainty: Certainty,
    /// Its bytes; of a number all of them.
    range: Range<usize>,
    /// The value, decoded.
    value: &'v str,
    is_number: bool,
}

impl KnownSecrets {
    /// Adds the secrets in a JSON text: in its strings, keys among them, its numbers, and its keys with their values.
    pub fn learn_json(&mut self, json: &[u8]) {
        self.learn_json_and_see(json, &mut |_, _| {});
    }

    /// Adds the secrets in the original of what was learned before. What it does not have as it was learned stands in pieces
    /// in it, and these are known from now on.
    pub fn learn_original(&mut self, json: &[u8]) {
        let has_values = self.has_values() || self.has_doubtful();
        let mut seen = HashSet::new();
        let mut torn: Vec<(RuleId, String)> = Vec::new();
        self.learn_json_and_see(json, &mut |kind, value| {
            // What is read of it elsewhere may have other signs in the place of these.
            if value.contains(is_mark_of_citation) {
                torn.push((kind, unescaped(value).into_owned()));
            }
            if has_values {
                seen.insert(Self::fingerprint_of(kind, value));
            }
        });
        if has_values {
            self.add_pieces_of_unseen(json, &seen);
        }
        for (kind, value) in torn {
            self.add_pieces(kind, &value);
        }
    }

    fn learn_json_and_see(&mut self, json: &[u8], see: &mut dyn FnMut(RuleId, &str)) {
        // What is known so far makes no new secret.
        each_json_span(json, &Self::new(), &mut |JsonSpan { kind, certainty, value, .. }| {
            see(kind, value);
            self.add(kind, value, certainty);
        });
    }

    /// Returns a JSON text without these secrets, and without any other that is found in it.
    pub fn redact_json(&self, json: &[u8]) -> Vec<u8> {
        let mut redactor = Redactor::new(self);
        let mut out = Vec::with_capacity(json.len());
        let (mut copied, mut label) = (0, String::new());
        each_json_span(json, self, &mut |JsonSpan { kind, range, is_number, .. }| {
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

/// Calls `visit` with each secret of a JSON text: its kind, how certain it is, and the value, decoded.
pub(super) fn each_secret(json: &[u8], visit: &mut dyn FnMut(RuleId, Certainty, &str)) {
    each_json_span(json, &KnownSecrets::new(), &mut |JsonSpan { kind, certainty, value, .. }| {
        visit(kind, certainty, value);
    });
}

/// Keys under which an object has the name of something, and those under which it has what that is.
const NAMES: [&str; 7] = ["name", "key", "field", "label", "variable", "var", "env"];
const VALUES: [&str; 8] = ["value", "val", "content", "text", "data", "default", "secret", "body"];

/// A string or a number.
#[derive(Clone)]
struct Scalar {
    range: Range<usize>,
    is_number: bool,
}

/// What is known of an object, as far as it was walked through.
#[derive(Default)]
struct Object {
    key: Option<Range<usize>>,
    /// The lists that were opened after the key and not closed: their elements are its values.
    lists: usize,
    /// What it calls itself: `{"name": "DB_PASSWORD", "value": …}`.
    names: Vec<Range<usize>>,
    /// The values that a name may still tell of.
    values: Vec<Scalar>,
}

/// The place in a JSON text that is walked through: the key of each value, and what its object is called.
struct JsonPosition<'a> {
    json: &'a [u8],
    /// The last string, which is a key if a colon follows.
    last: Option<Range<usize>>,
    object: Object,
    /// The objects around it.
    outer: Vec<Object>,
    /// The number of objects around it that are too deep to be remembered.
    deeper: usize,
    pair: Pair,
}

/// What stands before a value in a list of two, `["password", …]`.
enum Pair {
    /// Nothing that tells of it.
    Nothing,
    /// The bracket that opens the list.
    Begun,
    /// Its first string.
    First(Range<usize>),
    /// Its first string and a comma: the name of the second.
    Named(Range<usize>),
}

impl<'a> JsonPosition<'a> {
    fn new(json: &'a [u8]) -> Self {
        Self {
            json,
            last: None,
            object: Object::default(),
            outer: Vec::new(),
            deeper: 0,
            pair: Pair::Nothing,
        }
    }

    fn pass_mark(&mut self, mark: u8) {
        self.pair = match (mark, std::mem::replace(&mut self.pair, Pair::Nothing)) {
            (b'[', _) => Pair::Begun,
            (b',', Pair::First(name)) => Pair::Named(name),
            _ => Pair::Nothing,
        };
        let object = &mut self.object;
        match mark {
            b':' => object.key = self.last.take().filter(|key| key.len() <= MAX_KEY_LENGTH),
            b'[' => object.lists += usize::from(object.key.is_some()),
            b']' => {
                object.lists = object.lists.saturating_sub(1);
                if object.lists == 0 {
                    object.key = None;
                }
            }
            b',' if object.lists > 0 => {}
            b',' => object.key = None,
            b'{' => {
                // What an object stands under is a name of what is in it: `"password": {"value": …}`.
                let key = object.key.clone();
                let is_value = key.clone().is_some_and(|key| is_one_of(&VALUES, &decode(&self.json[key])));
                let mut names = if is_value { object.names.clone() } else { Vec::new() };
                names.extend(key.filter(|_| names.len() < MAX_NAMES));
                let outer = std::mem::replace(object, Object { names, ..Object::default() });
                if self.outer.len() < MAX_DEPTH {
                    self.outer.push(outer);
                } else {
                    self.deeper += 1;
                }
            }
            _ if self.deeper > 0 => {
                self.deeper -= 1;
                *object = Object::default();
            }
            _ => *object = self.outer.pop().unwrap_or_default(),
        }
    }

    fn pass(&mut self, scalar: Scalar) {
        if let Some(key) = self.key() {
            let (is_name, is_value) = (is_one_of(&NAMES, &key), is_one_of(&VALUES, &key));
            let object = &mut self.object;
            if is_name && scalar.range.len() <= MAX_KEY_LENGTH && object.names.len() < MAX_NAMES {
                object.names.push(scalar.range.clone());
            }
            if is_value && object.values.len() < MAX_WAITING {
                object.values.push(scalar.clone());
            }
        }
        let is_named = scalar.range.len() <= MAX_KEY_LENGTH && !scalar.is_number;
        self.pair = match std::mem::replace(&mut self.pair, Pair::Nothing) {
            Pair::Begun if is_named => Pair::First(scalar.range.clone()),
            _ => Pair::Nothing,
        };
        if !scalar.is_number {
            self.last = Some(scalar.range);
        }
    }

    fn key(&self) -> Option<Cow<'a, str>> {
        Some(decode(&self.json[self.object.key.clone()?]))
    }

    /// Returns whether a title of the whole stands there.
    fn is_title(&self) -> bool {
        self.outer.len() <= 1 && self.key().is_some_and(|key| is_one_of(&["title", "name"], &key))
    }

    /// Returns the secrets that a value is by its key, or by a name that stands before it.
    fn named(&self, value: &Scalar) -> Vec<Finding> {
        let mut found = match &self.pair {
            Pair::Named(name) => under(self.json, &decode(&self.json[name.clone()]), value),
            _ => Vec::new(),
        };
        let Some(key) = self.key() else { return found };
        found.extend(under(self.json, &key, value));
        if is_one_of(&VALUES, &key) {
            for name in &self.object.names {
                found.extend(under(self.json, &decode(&self.json[name.clone()]), value));
            }
        }
        found
    }

    /// Returns the secrets that values before it are by a name, each with the place of the value.
    fn named_before(&self, name: &Scalar) -> Vec<(usize, Finding)> {
        let is_full = self.object.names.len() == MAX_NAMES;
        if is_full || self.object.values.is_empty() || name.range.len() > MAX_KEY_LENGTH {
            return Vec::new();
        }
        if !self.key().is_some_and(|key| is_one_of(&NAMES, &key)) {
            return Vec::new();
        }
        let name = decode(&self.json[name.range.clone()]);
        let found = |value: &Scalar| {
            let start = value.range.start;
            under(self.json, &name, value).into_iter().map(move |finding| (start, finding))
        };
        self.object.values.iter().flat_map(found).collect()
    }
}

/// Calls `visit` with each secret in a JSON text, in order, apart from each other.
fn each_json_span(json: &[u8], known: &KnownSecrets, visit: &mut dyn FnMut(JsonSpan<'_>)) {
    let late = named_late(json);
    let mut late = late.into_iter().peekable();
    let mut place = JsonPosition::new(json);
    for token in tokens(json) {
        let scalar = match token {
            Token::Mark(mark) => {
                place.pass_mark(mark);
                continue;
            }
            Token::String(range) => Scalar { range, is_number: false },
            Token::Number(range) => Scalar { range, is_number: true },
        };
        let mut named = place.named(&scalar);
        while let Some((_, finding)) = late.next_if(|(start, _)| *start <= scalar.range.start) {
            named.push(finding);
        }
        if !scalar.is_number && place.is_title() {
            named.extend(cut(json, known, &scalar.range));
        }
        if scalar.is_number {
            number(json, known, &scalar.range, &named, visit);
        } else {
            string(json, known, &scalar.range, named, visit);
        }
        place.pass(scalar);
    }
}

/// The bytes of a title that may have been cut within a secret.
const MAX_TITLE_LENGTH: usize = 4 << 10;

/// Returns the known secret in which a title was cut.
fn cut(json: &[u8], known: &KnownSecrets, range: &Range<usize>) -> Option<Finding> {
    let raw = &json[range.clone()];
    if !known.has_values() || raw.len() > MAX_TITLE_LENGTH {
        return None;
    }
    let title = decode(raw);
    let (start, kind) = known.cut_at_end(&title)?;
    Some(Finding { kind, range: start..ellipsis(&title), certainty: Certainty::Doubtful })
}

/// Lists the secrets that values are by a name that stands after them, each with the place of the value, in order.
fn named_late(json: &[u8]) -> Vec<(usize, Finding)> {
    let mut late = Vec::new();
    let mut place = JsonPosition::new(json);
    for token in tokens(json) {
        match token {
            Token::Mark(mark) => place.pass_mark(mark),
            Token::String(range) => {
                let scalar = Scalar { range, is_number: false };
                late.append(&mut place.named_before(&scalar));
                place.pass(scalar);
            }
            Token::Number(range) => place.pass(Scalar { range, is_number: true }),
        }
    }
    late.sort_by_key(|(start, _)| *start);
    late
}

/// Visits the secrets in a string; `named` are those that it is by a name.
fn string(
    json: &[u8],
    known: &KnownSecrets,
    range: &Range<usize>,
    mut named: Vec<Finding>,
    visit: &mut dyn FnMut(JsonSpan<'_>),
) {
    let raw = &json[range.clone()];
    let text = decode(raw);
    // What was cut there may end within a character.
    named.retain(|Finding { range, .. }| text.get(range.clone()).is_some());
    let mut cursor = RawCursor::new(raw);
    each_span(Scanner::built_in(), known, &text, named, &mut |Span { kind, range: said, certainty }| {
        let start = range.start + cursor.advance(said.start);
        let end = range.start + cursor.advance(said.end);
        visit(JsonSpan { kind, certainty, range: start..end, value: &text[said], is_number: false });
    });
}

/// Visits the secret that a number is; `named` are those that it is by a name.
fn number(
    json: &[u8],
    known: &KnownSecrets,
    range: &Range<usize>,
    named: &[Finding],
    visit: &mut dyn FnMut(JsonSpan<'_>),
) {
    let digits = json[range.clone()].iter().filter(|byte| byte.is_ascii_digit()).count();
    if named.is_empty() && digits < SHORTEST_NUMBER && !known.has_values() {
        return;
    }
    let Ok(written) = std::str::from_utf8(&json[range.clone()]) else { return };
    let text = whole_number(written).unwrap_or_else(|| written.to_owned());
    let mut found = named.first().map(|Finding { kind, certainty, .. }| (*kind, *certainty, 0..text.len()));
    each_span(Scanner::built_in(), known, &text, Vec::new(), &mut |Span { kind, range, certainty }| {
        found.get_or_insert((kind, certainty, range));
    });
    if let Some((kind, certainty, said)) = found {
        visit(JsonSpan { kind, certainty, range: range.clone(), value: &text[said], is_number: true });
    }
}

/// Returns the secrets that a value is under a name.
fn under(json: &[u8], name: &str, value: &Scalar) -> Vec<Finding> {
    let scanner = Scanner::built_in();
    let mut text = format!("\"{name}\": ");
    if !value.is_number {
        text.push('"');
    }
    if !scanner.has_keyword(&text) {
        return Vec::new();
    }
    let head = text.len();
    let near = value.range.start..value.range.end.min(value.range.start + MAX_NAMED_LENGTH);
    // Quotes and line ends in it would end it too early.
    let said = decode(&json[near]);
    text.extend(said.chars().map(|char| match char {
        '"' => '\'',
        '\n' | '\r' => ' ',
        char => char,
    }));
    let end = text.len();
    if !value.is_number {
        text.push('"');
    }
    let mut found = scanner.findings(&text, FindingFilter::ALL);
    found.retain(|finding| finding.range.start >= head && finding.range.start < end);
    for finding in &mut found {
        finding.range = finding.range.start - head..finding.range.end.min(end) - head;
    }
    found
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
            (
                r#"{"value":"correcthorse","name":"DB_PASSWORD"}"#,
                r#"{"value":"[redacted: password]","name":"DB_PASSWORD"}"#,
            ),
            (
                r#"{"value":81726354,"x":{"value":"hun\"ter2-x","name":"pwd"},"name":"DB_PASSWORD"}"#,
                r#"{"value":"[redacted: password]","x":{"value":"[redacted: password]","name":"pwd"},"name":"DB_PASSWORD"}"#,
            ),
            (
                r#"{"name":"DB_PASSWORD","meta":{"name":"x"},"value":"correcthorse"}"#,
                r#"{"name":"DB_PASSWORD","meta":{"name":"x"},"value":"[redacted: password]"}"#,
            ),
            (
                r#"{"value":"correcthorse","meta":[{"a":{}}],"name":"DB_PASSWORD"}"#,
                r#"{"value":"[redacted: password]","meta":[{"a":{}}],"name":"DB_PASSWORD"}"#,
            ),
            (
                r#"{"key":"7","value":"correcthorse","name":"DB_PASSWORD","label":"x"}"#,
                r#"{"key":"7","value":"[redacted: password]","name":"DB_PASSWORD","label":"x"}"#,
            ),
            (
                r#"{"password":[{"type":"x"},"correcthorse"]}"#,
                r#"{"password":[{"type":"x"},"[redacted: password]"]}"#,
            ),
            (r#"{"password":{"value":"correcthorse"}}"#, r#"{"password":{"value":"[redacted: password]"}}"#),
            (
                r#"{"password":[{"data":{"value":"correcthorse"}}],"value":"correcthorse"}"#,
                r#"{"password":[{"data":{"value":"[redacted: password]"}}],"value":"correcthorse"}"#,
            ),
            (
                r#"{"h":[["password","correcthorse"],["pwd", 81726354],["x","y"]]}"#,
                r#"{"h":[["password","[redacted: password]"],["pwd", "[redacted: password]"],["x","y"]]}"#,
            ),
            (
                r#"{"a":"{\"env\":[{\"name\":\"DB_PASSWORD\",\"value\":\"S3sam!0pen\"}]}"}"#,
                r#"{"a":"{\"env\":[{\"name\":\"DB_PASSWORD\",\"value\":\"[redacted: password]\"}]}"}"#,
            ),
            (
                r#"{"title":"my S3sam!0p…","x":"password = S3sam!0pen","y":{"title":"my S3sam!0p…"}}"#,
                r#"{"title":"my [redacted: password]…","x":"password = [redacted: password]","y":{"title":"my S3sam!0p…"}}"#,
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
    fn a_name_tells_of_every_value_before_it_however_many_or_deep_there_are() {
        let object = r#"{"value":"correcthorse","name":"DB_PASSWORD"}"#;
        let deep = format!("{}{object}{}", "{\"a\":".repeat(200), "}".repeat(200));
        for json in [format!("[{}0]", format!("{object},").repeat(11_000)), deep] {
            let redacted = redacted(&json);
            assert!(!redacted.contains("horse"), "{}", &redacted[..100]);
        }
        let list = r#"{"value":["correcthorse","horse-battery"],"name":"DB_PASSWORD"}"#;
        assert!(!redacted(list).contains("horse"));
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
            let mut known = KnownSecrets::new();
            known.learn_json(json.as_bytes());
            let expected: Vec<String> = strings.iter().map(|string| known.redact(string).into_owned()).collect();
            prop_assert_eq!(value, serde_json::json!(expected));
        }
    }
}
