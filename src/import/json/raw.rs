//! JSON that is kept as it stands, to be looked at later.

use std::{borrow::Cow, cell::OnceCell};

use memchr::memchr;
use serde::de::{Deserialize, Deserializer, SeqAccess};
use serde_json::value::RawValue;

use super::{Lenient, MaybeText, MemoryBudget, Sink, deserialize_into, from_str, record};
use crate::{import::repair::repair_value, utf16_escape};

/// A JSON value as it stands, to be looked at later: a long text is unescaped once, straight to where it is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Raw<'de>(pub &'de str);

impl<'de> Lenient<'de> for Raw<'de> {
    fn read<D: Deserializer<'de>>(deserializer: D, _: &MemoryBudget) -> Result<Self, D::Error> {
        <&'de RawValue>::deserialize(deserializer).map(|value| Self(value.get()))
    }
}

impl<'de> Raw<'de> {
    /// Returns the string it is; borrowed where the JSON has no escapes.
    pub(crate) fn text(self) -> MaybeText<'de> {
        let inner = self.0.strip_prefix('"')?.strip_suffix('"')?;
        if memchr(b'\\', inner.as_bytes()).is_none() {
            return Some(Cow::Borrowed(inner));
        }
        let mut text = String::with_capacity(inner.len());
        self.unescape(&mut text);
        Some(Cow::Owned(text))
    }
}

impl Raw<'_> {
    /// Returns whether it is a string.
    pub(crate) fn is_text(self) -> bool {
        self.0.starts_with('"')
    }

    /// Returns whether a string that is not empty may stand in it.
    pub(crate) fn may_hold_text(self) -> bool {
        match self.0.as_bytes().first() {
            Some(b'"') => self.0.len() > "\"\"".len(),
            Some(b'{' | b'[') => memchr(b'"', self.0.as_bytes()).is_some(),
            _ => false,
        }
    }

    /// Appends the string it is; a lone surrogate becomes U+FFFD.
    pub(crate) fn unescape(self, out: &mut String) {
        let Some(mut rest) = self.0.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return };
        while let Some(at) = memchr(b'\\', rest.as_bytes()) {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            let plain = match rest.as_bytes().first() {
                Some(b'n') => '\n',
                Some(b't') => '\t',
                Some(b'r') => '\r',
                Some(b'b') => '\u{8}',
                Some(b'f') => '\u{c}',
                Some(b'u') => {
                    let (character, length) = decode_u_escape(rest);
                    out.push(character);
                    rest = &rest[length..];
                    continue;
                }
                Some(&other) => other as char,
                None => return,
            };
            out.push(plain);
            rest = &rest[1..];
        }
        out.push_str(rest);
    }
}

impl Raw<'_> {
    /// Appends the words it holds: a string, an object's `text`, or a list of such, one a line.
    pub(crate) fn append_text(self, out: &mut String) {
        match self.0.as_bytes().first() {
            Some(b'"') => self.unescape(out),
            Some(b'{') => self.text_of_object(&Repaired::new()).unescape(out),
            Some(b'[') => {
                let start = out.len();
                if deserialize_into(self.0, Lines { out, any: false }).is_err() {
                    out.truncate(start);
                }
            }
            _ => {}
        }
    }

    /// Returns the `text` of an object, as it stands.
    fn text_of_object<'a>(&'a self, repaired: &'a Repaired) -> Raw<'a> {
        let object = from_str_or_repaired::<WithText<'a>>(self.0, repaired, &MemoryBudget::none());
        object.map(|object| object.text).unwrap_or_default()
    }
}

/// Appends the words of a list, one a line.
struct Lines<'o> {
    out: &'o mut String,
    /// `true` once there is a line.
    any: bool,
}

impl<'de> Sink<'de> for Lines<'_> {
    fn list<A: SeqAccess<'de>>(&mut self, mut list: A) -> Result<(), A::Error> {
        while let Some(part) = list.next_element_seed(MemoryBudget::none().seed::<Raw<'de>>())? {
            let repaired = Repaired::new();
            let words = if part.0.starts_with('{') { part.text_of_object(&repaired) } else { part };
            if words.is_text() {
                if self.any {
                    self.out.push('\n');
                }
                self.any = true;
                words.unescape(self.out);
            }
        }
        Ok(())
    }
}

record! {
    /// An object with words.
    WithText<'de> {
        text: Raw<'de> = "text",
    }
}

/// Returns the character of an escape whose first backslash is passed, as in `u20ac`, or `ud83d\ude00` for a
/// pair; and its length in bytes.
fn decode_u_escape(text: &str) -> (char, usize) {
    match utf16_escape::code(&text.as_bytes()[1..], 1) {
        Some((code, length)) => (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 1 + length),
        None => (char::REPLACEMENT_CHARACTER, 1),
    }
}

/// Returns the letter of an escape `\u00fc` with which a text begins, and the escape's length; `None` for any other
/// beginning, and for half a letter.
pub(crate) fn decode_unicode_escape(text: &str) -> Option<(char, usize)> {
    let rest = text.strip_prefix('\\').filter(|rest| rest.starts_with('u'))?;
    let (letter, length) = decode_u_escape(rest);
    (letter != char::REPLACEMENT_CHARACTER).then_some((letter, length + 1))
}

/// The place for the sound form of JSON that had to be repaired.
pub(crate) type Repaired = OnceCell<String>;

/// Reads a value from JSON that was kept as it stands ([`Raw`]). Such is JSON only at first sight: what passed over it did
/// not look at letters and numbers, and half an emoji or a number out of range would cost the whole of it. It is repaired
/// then, into `repaired`, and read once more.
pub(crate) fn from_str_or_repaired<'de, T: Lenient<'de>>(
    json: &'de str,
    repaired: &'de Repaired,
    budget: &MemoryBudget,
) -> serde_json::Result<T> {
    let left = budget.left();
    let error = match from_str(json, budget) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let json = json.trim();
    if !json.starts_with(['{', '[']) || serde_json::from_str::<&RawValue>(json).is_err() {
        return Err(error);
    }
    // What was taken for the first reading is free again.
    budget.set_left(left);
    from_str(repaired.get_or_init(|| repair_value(json)), budget)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use proptest::prelude::*;

    use super::*;

    fn unescaped(json: &str) -> String {
        let mut text = String::new();
        Raw(json).unescape(&mut text);
        text
    }

    #[test]
    fn an_escape_is_four_digits_and_of_a_pair_both_halves() {
        for (text, letter) in [
            (r"\u00fc", Some(('ü', 6))),
            (r"\ud83d\ude00k", Some(('\u{1f600}', 12))),
            (r"\ud83d\u0073", None),
            (r"\ude00", None),
            (r"\u00f", None),
            // A number may have a sign; an escape has none.
            (r"\u+0fc", None),
            ("u00fc", None),
        ] {
            assert_eq!(decode_unicode_escape(text), letter, "{text}");
        }
    }

    proptest! {
        #[test]
        fn strings_are_unescaped_as_serde_json_does(text in any::<String>()) {
            let json = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(unescaped(&json), text.clone());
            let mut ascii = String::new();
            for unit in text.encode_utf16() {
                write!(ascii, "\\u{unit:04x}").unwrap();
            }
            prop_assert_eq!(unescaped(&format!("\"{ascii}\"")), text);
        }
    }
}
