//! Redacting an original JSON object inside its strings, every other byte left as it is.
//!
//! The JSON is not parsed into values and written again: that would change numbers, escapes and spaces. Strings are
//! found, read as what they say (escapes resolved), scanned, and only the bytes of a secret are exchanged, for a label
//! that needs no escaping. So valid JSON stays valid, and what is not valid stays as it was.

use std::{borrow::Cow, ops::Range};

use memchr::{memchr, memchr2};

use super::{Counts, Scanner};

impl Scanner {
    /// Returns a JSON text with the secrets in its strings (keys among them) replaced, and what was replaced.
    pub fn redact_json(&self, json: &[u8]) -> (Vec<u8>, Counts) {
        let mut out = Vec::with_capacity(json.len());
        let mut counts = Counts::default();
        let mut copied = 0;
        for string in strings(json) {
            let raw = &json[string.clone()];
            let text = decode(raw, |_, _| ());
            let findings = self.scan(&text);
            if findings.is_empty() {
                continue;
            }
            let places = RawOffsets::of(raw);
            for finding in &findings {
                let start = string.start + places.raw(finding.range.start);
                let end = string.start + places.raw(finding.range.end);
                out.extend_from_slice(&json[copied..start]);
                let mut label = String::new();
                self.push_label(&mut label, finding.kind);
                out.extend_from_slice(label.as_bytes());
                copied = end;
                counts.add(finding.kind);
            }
        }
        out.extend_from_slice(&json[copied..]);
        (out, counts)
    }
}

/// The strings of a JSON text, in order: their bytes between the quotes.
struct JsonStrings<'a> {
    json: &'a [u8],
    at: usize,
}

fn strings(json: &[u8]) -> JsonStrings<'_> {
    JsonStrings { json, at: 0 }
}

impl Iterator for JsonStrings<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let start = self.at + memchr(b'"', self.json.get(self.at..)?)? + 1;
        let mut end = start;
        loop {
            match memchr2(b'"', b'\\', self.json.get(end..).unwrap_or_default()) {
                Some(step) if self.json[end + step] == b'\\' => end += step + 2,
                Some(step) => {
                    end += step;
                    self.at = end + 1;
                    return Some(start..end);
                }
                // A string without its end, in an object that was cut: scanned all the same.
                None => {
                    self.at = self.json.len();
                    return (start < self.json.len()).then_some(start..self.json.len());
                }
            }
        }
    }
}

/// Decodes a string. `visit` gets, for each piece that does not stand for itself byte for byte, where the
/// rest begins: in the text, and in the raw bytes. Lone surrogates and invalid UTF-8 become U+FFFD.
fn decode(raw: &[u8], mut visit: impl FnMut(usize, usize)) -> Cow<'_, str> {
    if memchr(b'\\', raw).is_none()
        && let Ok(text) = std::str::from_utf8(raw)
    {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(raw.len());
    let mut at = 0;
    while at < raw.len() {
        let plain = memchr(b'\\', &raw[at..]).unwrap_or(raw.len() - at);
        for chunk in raw[at..at + plain].utf8_chunks() {
            text.push_str(chunk.valid());
            at += chunk.valid().len();
            if !chunk.invalid().is_empty() {
                text.push(char::REPLACEMENT_CHARACTER);
                at += chunk.invalid().len();
                visit(text.len(), at);
            }
        }
        if at < raw.len() {
            let (char, length) = escape(&raw[at..]);
            text.push(char);
            at += length;
            visit(text.len(), at);
        }
    }
    Cow::Owned(text)
}

/// Returns the character an escape stands for, and its length in raw bytes (a pair of surrogates is one).
fn escape(raw: &[u8]) -> (char, usize) {
    let char = match raw.get(1) {
        Some(b'n') => '\n',
        Some(b't') => '\t',
        Some(b'r') => '\r',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'u') => return unicode(raw),
        Some(&byte) if byte.is_ascii() => char::from(byte),
        // A lone backslash, or one before what is no escape: what follows is read on its own.
        _ => return ('\\', 1),
    };
    (char, 2)
}

fn unicode(raw: &[u8]) -> (char, usize) {
    let unit = |at: usize| {
        let digits = std::str::from_utf8(raw.get(at..at + 4)?).ok()?;
        digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
    };
    let Some(first) = unit(2) else { return ('\\', 1) };
    if (0xd800..0xdc00).contains(&first)
        && raw.get(6..8) == Some(b"\\u")
        && let Some(second @ 0xdc00..0xe000) = unit(8)
    {
        let char = char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00));
        return (char.unwrap_or(char::REPLACEMENT_CHARACTER), 12);
    }
    (char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 6)
}

/// The places of a string's text in its raw bytes.
struct RawOffsets(Vec<(usize, usize)>);

impl RawOffsets {
    fn of(raw: &[u8]) -> Self {
        let mut places = vec![(0, 0)];
        decode(raw, |said, raw| places.push((said, raw)));
        Self(places)
    }

    /// Returns the raw place of a byte of the text; `said` is on a character boundary.
    fn raw(&self, said: usize) -> usize {
        let next = self.0.partition_point(|place| place.0 <= said);
        let (before, raw) = self.0[next - 1];
        raw + (said - before)
    }
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
