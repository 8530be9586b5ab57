//! The strings, numbers and marks of a JSON text in their order, without parsing it: what is no JSON has them, too.

use std::{borrow::Cow, ops::Range};

use memchr::{memchr, memchr2};

use crate::utf16_escape;

/// A piece of a JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A string: its bytes between the quotes.
    String(Range<usize>),
    /// A number, or what begins like one.
    Number(Range<usize>),
    /// One of `{ } [ ] : ,`.
    Mark(u8),
}

/// The tokens of a JSON text.
pub(super) struct Tokens<'a> {
    json: &'a [u8],
    at: usize,
}

/// Lists the tokens of a JSON text, in order.
pub(super) fn tokens(json: &[u8]) -> Tokens<'_> {
    Tokens { json, at: 0 }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let is_number = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
        loop {
            let byte = *self.json.get(self.at)?;
            let start = self.at;
            self.at += 1;
            match byte {
                b'"' => return self.string(start + 1),
                b'{' | b'}' | b'[' | b']' | b':' | b',' => return Some(Token::Mark(byte)),
                b'0'..=b'9' | b'-' => {
                    self.at += self.json[self.at..].iter().take_while(|byte| is_number(byte)).count();
                    return Some(Token::Number(start..self.at));
                }
                _ => {}
            }
        }
    }
}

impl Tokens<'_> {
    fn string(&mut self, start: usize) -> Option<Token> {
        let mut end = start;
        loop {
            match memchr2(b'"', b'\\', self.json.get(end..).unwrap_or_default()) {
                Some(step) if self.json[end + step] == b'\\' => end += step + 2,
                Some(step) => {
                    end += step;
                    self.at = end + 1;
                    return Some(Token::String(start..end));
                }
                // A string without its end, in an object that was cut: looked through all the same.
                None => {
                    self.at = self.json.len();
                    return (start < self.json.len()).then_some(Token::String(start..self.json.len()));
                }
            }
        }
    }
}

/// Decodes a string. Lone surrogates and invalid UTF-8 become U+FFFD.
pub(super) fn decode(raw: &[u8]) -> Cow<'_, str> {
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
            if !chunk.invalid().is_empty() {
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
        at += plain;
        if at < raw.len() {
            let (char, length) = escape(&raw[at..]);
            text.push(char);
            at += length;
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
        Some(b'u') => {
            return utf16_escape::code(&raw[2..], 1).map_or(('\\', 1), |(code, length)| {
                (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 2 + length)
            });
        }
        Some(&byte) if byte.is_ascii() => char::from(byte),
        // A lone backslash, or one before what is no escape: what follows is read on its own.
        _ => return ('\\', 1),
    };
    (char, 2)
}

/// A place in a string, as it is written and as it is decoded. It only goes ahead, so that a string is read once
/// however many places are asked for, and keeps nothing.
pub(super) struct RawCursor<'a> {
    raw: &'a [u8],
    at: usize,
    said: usize,
}

impl<'a> RawCursor<'a> {
    pub(super) fn new(raw: &'a [u8]) -> Self {
        Self { raw, at: 0, said: 0 }
    }

    /// Returns the raw place of a byte of the decoded text, on a character boundary and not before the last one asked
    /// for.
    pub(super) fn advance(&mut self, said: usize) -> usize {
        while self.said < said && self.at < self.raw.len() {
            // What stands for itself is as long as what it says: no more than that is looked at.
            let ahead = (said - self.said).min(self.raw.len() - self.at);
            let near = &self.raw[self.at..self.at + ahead];
            let plain = &near[..memchr(b'\\', near).unwrap_or(near.len())];
            if let Some(chunk) = plain.utf8_chunks().next() {
                self.at += chunk.valid().len();
                self.said += chunk.valid().len();
                if !chunk.invalid().is_empty() {
                    self.at += chunk.invalid().len();
                    self.said += char::REPLACEMENT_CHARACTER.len_utf8();
                }
            } else {
                let (char, length) = escape(&self.raw[self.at..]);
                self.at += length;
                self.said += char.len_utf8();
            }
        }
        self.at
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tokens_are_strings_numbers_and_marks() {
        let json = br#"{"a\"b" : [-1.5e3, true,"x]"#;
        let words: Vec<String> = tokens(json)
            .map(|token| match token {
                Token::String(range) => format!("s:{}", String::from_utf8_lossy(&json[range])),
                Token::Number(range) => format!("n:{}", String::from_utf8_lossy(&json[range])),
                Token::Mark(mark) => char::from(mark).to_string(),
            })
            .collect();
        assert_eq!(words, ["{", "s:a\\\"b", ":", "[", "n:-1.5e3", ",", ",", "s:x]"]);
    }

    proptest! {
        #[test]
        fn a_cursor_is_where_decoding_would_be(
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    &b"\\u0041"[..], b"\\ud83d\\ude00", b"\\n", b"\xff", "漢".as_bytes(), b"abc", b"\\ud83d", b"\\x",
                ]),
                0..12,
            ),
            step in 1_usize..5,
        ) {
            let raw = pieces.concat();
            let text = decode(&raw);
            let mut cursor = RawCursor::new(&raw);
            let places = (0..=text.len()).filter(|&at| text.is_char_boundary(at)).step_by(step);
            for said in places {
                let at = cursor.advance(said);
                prop_assert_eq!(&*decode(&raw[..at]), &text[..said]);
            }
        }
    }
}
