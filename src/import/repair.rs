//! Makes JSON of what is almost JSON, so that a conversation with one bad byte is not lost.
//!
//! One pass over the bytes, without recursion, that copies what is sound and repairs what is not:
//!
//! | wrong | repaired |
//! |---|---|
//! | a lone surrogate (`\ud83d` without its pair), invalid UTF-8, an unknown escape | U+FFFD |
//! | a raw control character in a string | its escape |
//! | `NaN`, `Infinity`, a number out of range, any other bare word | `null` |
//! | values nested deeper than [`MAX_DEPTH`] | `null` |
//! | the end of the file inside the object | the string, arrays and objects it stands in are closed |

use std::fmt::Write;

/// The depth below which values are pruned. The import itself looks twelve deep.
pub const MAX_DEPTH: usize = 100;

/// The bytes by which the repaired form may be longer than the object. An invalid byte becomes three, a raw
/// control six: past this each becomes a question mark.
const MAX_EXPANSION: usize = 16 << 20;

/// The repairs of one object, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repairs {
    /// Broken characters: lone surrogates, invalid UTF-8, raw controls, unknown escapes.
    pub characters: u64,
    /// Values that are not JSON, or out of range.
    pub values: u64,
    /// Values nested too deep.
    pub too_deep: u64,
    /// Changes of its documents that were not made since they cost too much.
    pub skipped_changes: u64,
    /// `true` if it ended in the middle.
    pub truncated: bool,
}

impl Repairs {
    /// Returns whether something of it was lost, other than single characters.
    pub fn lost_content(&self) -> bool {
        self.values > 0 || self.too_deep > 0 || self.skipped_changes > 0 || self.truncated
    }
}

impl std::fmt::Display for Repairs {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut said = false;
        let mut say = |text: std::fmt::Arguments<'_>| {
            let separator = if std::mem::replace(&mut said, true) { ", " } else { "" };
            formatter.write_fmt(format_args!("{separator}{text}"))
        };
        if self.truncated {
            say(format_args!("cut off in the middle"))?;
        }
        if self.characters > 0 {
            say(format_args!("{} broken characters", self.characters))?;
        }
        if self.values > 0 {
            say(format_args!("{} broken values", self.values))?;
        }
        if self.too_deep > 0 {
            say(format_args!("{} values nested too deep", self.too_deep))?;
        }
        if self.skipped_changes > 0 {
            say(format_args!("{} changes of documents not made: they cost too much", self.skipped_changes))?;
        }
        if said { Ok(()) } else { formatter.write_str("broken JSON") }
    }
}

/// The token that the grammar allows next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    Key,
    Colon,
    Value,
    /// A comma or the end of what is open.
    Comma,
}

/// Repairs an object that begins with `{`. What comes out is an object, whatever went in.
pub fn repair(object: &[u8]) -> (String, Repairs) {
    let start = object.iter().position(|&byte| byte == b'{').unwrap_or(object.len());
    let mut repairer = Repairer::at(object, start);
    repairer.run();
    (repairer.out, repairer.repairs)
}

/// Repairs an object or a list that is JSON at first sight.
pub(super) fn repair_value(json: &str) -> String {
    let mut repairer = Repairer::at(json.as_bytes(), 0);
    repairer.run();
    repairer.out
}

struct Repairer<'a> {
    bytes: &'a [u8],
    at: usize,
    out: String,
    /// `{` and `[` that were written and not closed.
    open: Vec<u8>,
    next: Expected,
    /// The beginning of the string just written; `usize::MAX` if what was written last is not a string.
    last_string: usize,
    /// The bytes by which it may still become longer.
    growth_budget: usize,
    repairs: Repairs,
}

impl<'a> Repairer<'a> {
    /// Gets ready to repair the value that begins at `at`.
    fn at(bytes: &'a [u8], at: usize) -> Self {
        Self {
            bytes,
            at,
            out: String::with_capacity(bytes.len() + 16),
            open: Vec::new(),
            next: Expected::Value,
            last_string: usize::MAX,
            growth_budget: MAX_EXPANSION,
            repairs: Repairs::default(),
        }
    }

    fn run(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                b'{' | b'[' => self.opening(byte),
                b'}' | b']' => {
                    self.at += 1;
                    self.closing(byte);
                    if self.open.is_empty() && !self.out.is_empty() {
                        return;
                    }
                }
                b'"' if self.next == Expected::Comma => {
                    // Two values without a comma: take it as if there were one.
                    self.repairs.values += 1;
                    self.comma();
                }
                b'"' => self.string(),
                b',' => {
                    self.at += 1;
                    self.comma();
                }
                b':' => {
                    self.at += 1;
                    if self.next == Expected::Colon {
                        self.out.push(':');
                        self.next = Expected::Value;
                    } else {
                        self.repairs.values += 1;
                        self.lost_bracket();
                    }
                }
                _ => self.bare(),
            }
        }
        self.repairs.truncated = true;
        self.finish();
    }

    /// Closes whatever is open.
    fn finish(&mut self) {
        while let Some(&open) = self.open.last() {
            self.closing(if open == b'{' { b'}' } else { b']' });
        }
        if self.out.is_empty() {
            self.out.push_str("{}");
        }
    }

    fn opening(&mut self, byte: u8) {
        match self.next {
            Expected::Comma => {
                self.repairs.values += 1;
                self.comma();
                if self.next != Expected::Value {
                    // In an object a value without a key has no place.
                    self.skip_value();
                    return;
                }
            }
            Expected::Key | Expected::Colon => {
                self.repairs.values += 1;
                if self.next == Expected::Key {
                    self.skip_value();
                    return;
                }
                self.out.push(':');
            }
            Expected::Value => {}
        }
        if self.open.len() >= MAX_DEPTH {
            self.repairs.too_deep += 1;
            self.skip_value();
            self.value("null");
            return;
        }
        self.at += 1;
        self.out.push(byte as char);
        self.open.push(byte);
        self.next = if byte == b'{' { Expected::Key } else { Expected::Value };
    }

    fn closing(&mut self, byte: u8) {
        let opened = if byte == b'}' { b'{' } else { b'[' };
        if !self.open.contains(&opened) {
            self.repairs.values += 1;
            return;
        }
        while let Some(open) = self.open.pop() {
            match self.next {
                Expected::Colon => self.out.push_str(":null"),
                Expected::Value if open == b'{' => self.out.push_str("null"),
                _ => {}
            }
            if matches!(self.next, Expected::Key | Expected::Value) && self.out.ends_with(',') {
                self.out.pop();
            }
            self.out.push(if open == b'{' { '}' } else { ']' });
            self.last_string = usize::MAX;
            self.next = Expected::Comma;
            if open == opened {
                return;
            }
            self.repairs.values += 1;
        }
    }

    /// Writes a comma, if one may stand here.
    fn comma(&mut self) {
        match self.next {
            Expected::Comma => {}
            Expected::Colon => self.out.push_str(":null"),
            Expected::Value if self.open.last() == Some(&b'{') => self.out.push_str("null"),
            Expected::Key | Expected::Value => return,
        }
        match self.open.last() {
            Some(b'{') => self.next = Expected::Key,
            Some(_) => self.next = Expected::Value,
            None => return,
        }
        self.out.push(',');
    }

    /// Writes a colon after a string in an array: the array's bracket is missing, and the string is a key
    /// after it.
    fn lost_bracket(&mut self) {
        if self.next != Expected::Comma || !self.open.ends_with(b"{[") || self.last_string == usize::MAX {
            return;
        }
        let key = self.out.split_off(self.last_string);
        if self.out.ends_with(',') {
            self.out.pop();
        }
        self.open.pop();
        self.out.push_str("],");
        self.out.push_str(&key);
        self.out.push(':');
        self.next = Expected::Value;
    }

    /// Writes a value.
    fn value(&mut self, text: &str) {
        self.out.push_str(text);
        self.last_string = usize::MAX;
        self.next = Expected::Comma;
    }

    /// Writes a word outside a string: a number, `true`, `null`, or none of these.
    fn bare(&mut self) {
        let start = self.at;
        let ends = |byte: &u8| b" \t\r\n,:{}[]\"".contains(byte);
        self.at = self.bytes[start..].iter().position(ends).map_or(self.bytes.len(), |length| start + length);
        let word = std::str::from_utf8(&self.bytes[start..self.at]).unwrap_or_default();
        let sound = serde_json::from_str::<serde_json::Value>(word).is_ok();
        let cut = self.at == self.bytes.len();
        match self.next {
            Expected::Value if sound && !cut => self.value(word),
            Expected::Value => {
                self.repairs.values += 1;
                self.value("null");
            }
            _ => self.repairs.values += 1,
        }
    }

    /// Writes a string, as a key or a value.
    fn string(&mut self) {
        self.at += 1;
        let key = self.next == Expected::Key;
        if self.next == Expected::Colon {
            self.repairs.values += 1;
            self.out.push(':');
        }
        self.last_string = self.out.len();
        self.out.push('"');
        let mut copied = self.at;
        loop {
            let rest = &self.bytes[self.at..];
            let special = |&byte: &u8| byte == b'"' || byte == b'\\' || byte < 0x20;
            let Some(length) = rest.iter().position(special) else {
                self.at = self.bytes.len();
                self.copy(copied);
                break;
            };
            self.at += length;
            self.copy(copied);
            match self.bytes[self.at] {
                b'"' => {
                    self.at += 1;
                    break;
                }
                b'\\' => self.escape(),
                control => {
                    self.at += 1;
                    self.repairs.characters += 1;
                    if self.may_grow(5) {
                        // Writing to a string does not fail.
                        let _ = write!(self.out, "\\u{control:04x}");
                    } else {
                        self.out.push('?');
                    }
                }
            }
            copied = self.at;
        }
        self.out.push('"');
        self.next = if key { Expected::Colon } else { Expected::Comma };
    }

    /// Copies the bytes of a string since `from`.
    fn copy(&mut self, from: usize) {
        for chunk in self.bytes[from..self.at].utf8_chunks() {
            self.out.push_str(chunk.valid());
            if !chunk.invalid().is_empty() {
                self.replacement();
            }
        }
    }

    /// Writes what stands for a broken character.
    fn replacement(&mut self) {
        self.repairs.characters += 1;
        let replacement = if self.may_grow(2) { char::REPLACEMENT_CHARACTER } else { '?' };
        self.out.push(replacement);
    }

    /// Takes this many bytes of what the repaired form may grow by; `false`: less than that is left.
    fn may_grow(&mut self, bytes: usize) -> bool {
        let left = self.growth_budget.checked_sub(bytes);
        self.growth_budget = left.unwrap_or(self.growth_budget);
        left.is_some()
    }

    /// Writes an escape, at its backslash.
    fn escape(&mut self) {
        let unit = |at: usize| {
            let digits = self.bytes.get(at..at + 6).filter(|escape| escape.starts_with(b"\\u"))?;
            digits[2..].iter().all(u8::is_ascii_hexdigit).then_some(())?;
            u16::from_str_radix(std::str::from_utf8(&digits[2..]).ok()?, 16).ok()
        };
        let (length, sound) = match self.bytes.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => (2, true),
            Some(b'u') => match (unit(self.at), unit(self.at + 6)) {
                (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (12, true),
                (Some(0xd800..=0xdfff), _) => (6, false),
                (Some(_), _) => (6, true),
                (None, _) => (2, false),
            },
            Some(byte) if byte.is_ascii() && *byte >= 0x20 => (2, false),
            _ => (1, false),
        };
        if sound {
            let escape = &self.bytes[self.at..self.at + length];
            self.out.push_str(std::str::from_utf8(escape).unwrap_or_default());
        } else {
            self.replacement();
        }
        self.at += length;
    }

    /// Steps over a value that has no place, however deep.
    fn skip_value(&mut self) {
        let mut depth = 0_usize;
        let mut in_string = false;
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' if in_string => self.at += 1,
                b'"' => in_string = !in_string,
                b'{' | b'[' if !in_string => depth += 1,
                b'}' | b']' if !in_string => {
                    depth -= 1;
                    if depth == 0 {
                        return;
                    }
                }
                _ => {}
            }
        }
        self.at = self.at.min(self.bytes.len());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn repaired(json: &[u8]) -> String {
        repair(json).0
    }

    #[test]
    fn sound_json_comes_out_as_it_went_in() {
        let json = r#"{"a":[1,-2.5e3,true,null,"x\n\u00e9\ud83d\ude00"],"b":{}}"#;
        assert_eq!(repair(json.as_bytes()), (json.to_owned(), Repairs::default()));
    }

    /// 250 MB of invalid bytes became 750 MB.
    #[test]
    fn what_is_repaired_is_hardly_longer() {
        let object =
            [b"{\"a\":\"".as_slice(), &vec![0xff; 2 * MAX_EXPANSION], &vec![1; MAX_EXPANSION], b"\"}"]
                .concat();
        let (text, repaired) = repair(&object);
        assert!(text.len() <= object.len() + MAX_EXPANSION, "{}", text.len());
        assert_eq!(repaired.characters, 3 * MAX_EXPANSION as u64);
        assert!(text.contains('\u{fffd}') && text.ends_with("?\"}"));
    }

    #[test]
    fn characters_that_are_none_are_replaced() {
        assert_eq!(repaired(br#"{"a":"\ud83d x \udc00 \q"}"#), "{\"a\":\"\u{fffd} x \u{fffd} \u{fffd}\"}");
        assert_eq!(repaired(b"{\"a\":\"\xff\xc3\"}"), "{\"a\":\"\u{fffd}\u{fffd}\"}");
        assert_eq!(repaired(b"{\"a\":\"\x1b[0m\n\"}"), r#"{"a":"\u001b[0m\u000a"}"#);
    }

    #[test]
    fn words_that_are_no_values_become_null() {
        assert_eq!(
            repaired(br#"{"a":NaN,"b":-Infinity,"c":1e999,"d":undefined}"#),
            r#"{"a":null,"b":null,"c":null,"d":null}"#
        );
    }

    #[test]
    fn a_tail_that_is_cut_is_closed() {
        for (cut, whole) in [
            (r#"{"a":["#, r#"{"a":[]}"#),
            (r#"{"a":[1,"#, r#"{"a":[1]}"#),
            (r#"{"a":{"b":"te"#, r#"{"a":{"b":"te"}}"#),
            (r#"{"a":1,"b"#, r#"{"a":1,"b":null}"#),
            (r#"{"a":1,"b":"#, r#"{"a":1,"b":null}"#),
            (r#"{"a":tru"#, r#"{"a":null}"#),
            (r#"{"a":1,"#, r#"{"a":1}"#),
            (r#"{"a":"x\u00"#, "{\"a\":\"x\u{fffd}00\"}"),
        ] {
            assert_eq!(repaired(cut.as_bytes()), whole, "{cut}");
            assert!(repair(cut.as_bytes()).1.truncated);
        }
    }

    #[test]
    fn values_nested_too_deep_are_pruned() {
        let json = format!("{{\"a\":{}1{},\"b\":2}}", "[".repeat(10_000), "]".repeat(10_000));
        let (text, repaired) = repair(json.as_bytes());
        assert_eq!(repaired.too_deep, 1);
        assert!(text.ends_with(r#","b":2}"#));
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
    }

    #[test]
    fn a_missing_comma_or_bracket_costs_little() {
        assert_eq!(repaired(br#"{"a":1 "b":2}"#), r#"{"a":1,"b":2}"#);
        assert_eq!(repaired(br#"{"a":[1,2,"b":3}"#), r#"{"a":[1,2],"b":3}"#);
        assert_eq!(repaired(br#"{"a":1,,"b":2,}"#), r#"{"a":1,"b":2}"#);
    }

    proptest! {
        #[test]
        fn whatever_goes_in_json_comes_out(json in r#"[\[\]{}",:\\aunl1.\-e \x01\u{e9}]{0,60}"#) {
            let text = repaired(format!("{{{json}").as_bytes());
            prop_assert!(serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok(), "{}", text);
            let object = text.starts_with('{');
            prop_assert!(object);
        }

        #[test]
        fn any_bytes_are_repaired(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let text = repaired(&bytes);
            prop_assert!(serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok(), "{}", text);
        }
    }
}
