//! Cuts the bytes of a conversations file into whole objects, without parsing them.
//!
//! The export is one array of objects on a single line, or that array under a key of an object (`"conversations"`). The
//! cutter sees the bytes once, in the pieces they arrive in, and keeps nothing of them: it answers with byte offsets of
//! the file. Inside an object only quotes, backslashes and curly braces count, so it runs several times faster than
//! inflating. The keys that matter are told by [`crate::provider`].

mod resume;
mod scan;

use std::ops::Range;

pub use self::resume::{candidate_starts, first_object};
use self::scan::ValueScan;
use crate::provider;

/// An element that was found in a piece, in file order. Offsets count from the beginning of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cut {
    /// A whole object, from `{` to `}`.
    Object(Range<u64>),
    /// An element of the array that is not an object.
    NonObject(Range<u64>),
}

/// The way a file ended; see [`ObjectCutter::finish`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CutEnd {
    /// The array was closed.
    Complete,
    /// The file ends between two objects, before the array is closed.
    Unclosed,
    /// The file ends inside the object that begins there.
    InObject(u64),
    /// The file ends inside an element of the array that begins there and is not an object.
    InNonObject(u64),
    /// There was nothing but white space.
    Blank,
    /// It holds no array of objects.
    NotConversations,
}

/// The place where the scan stands.
#[derive(Clone, Debug)]
enum CutState {
    /// Before the first byte that is not blank.
    Start,
    /// In the outer object, looking for the list of conversations, or for what says that it is one itself.
    Outer(OuterObject),
    /// Between the elements of the array.
    Between,
    /// Inside an object of the array.
    Object(ValueScan),
    /// Inside another element of the array; brackets count like braces.
    NonObject(ValueScan),
    /// Behind the array.
    After,
    /// Not a conversations file.
    NotConversations,
}

/// A scan over the keys of an outer object.
#[derive(Clone, Debug)]
struct OuterObject {
    scan: ValueScan,
    /// The last string at depth one, as far as it is short enough to be a key worth knowing.
    key: Vec<u8>,
    /// That string was followed by a colon: what comes is its value.
    at_value: bool,
}

/// The bytes of an outer object that are kept in case it is itself a conversation.
const MAX_OUTER: u64 = 1 << 20;

/// A scan over the bytes of a conversations file; see the [module](self).
#[derive(Clone, Debug)]
pub struct ObjectCutter {
    position: u64,
    state: CutState,
    /// The array is under a key of an outer object.
    is_wrapped: bool,
    /// The file is one conversation object.
    is_single: bool,
}

impl Default for ObjectCutter {
    fn default() -> Self {
        Self::new()
    }
}

impl ObjectCutter {
    /// Begins at the beginning of a file.
    pub fn new() -> Self {
        Self { position: 0, state: CutState::Start, is_wrapped: false, is_single: false }
    }

    /// Begins at `offset`, between two elements of the array: to go on after damage.
    pub fn between(offset: u64) -> Self {
        Self { position: offset, state: CutState::Between, is_wrapped: false, is_single: false }
    }

    /// Returns the offset after the last byte seen.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Returns the offset from which bytes must be kept, because an element that is not whole yet began
    /// there.
    pub fn pending(&self) -> Option<u64> {
        match &self.state {
            CutState::Object(scan) | CutState::NonObject(scan) => Some(scan.start),
            CutState::Outer(outer) => {
                (self.position - outer.scan.start <= MAX_OUTER).then_some(outer.scan.start)
            }
            _ => None,
        }
    }

    /// Takes the next bytes of the file and hands each cut to `found`.
    pub fn feed(&mut self, bytes: &[u8], found: &mut impl FnMut(Cut)) {
        let base = self.position;
        let mut at = 0;
        while at < bytes.len() {
            match &mut self.state {
                CutState::Start => at = self.start(bytes, at),
                CutState::Outer(_) => at = self.outer(bytes, at),
                CutState::Between => at = self.between_elements(bytes, at),
                CutState::Object(scan) => {
                    at = scan.skip_to_end_of_object(bytes, at);
                    if scan.depth == 0 {
                        found(Cut::Object(scan.start..base + at as u64));
                        self.state = if std::mem::take(&mut self.is_single) {
                            CutState::After
                        } else {
                            CutState::Between
                        };
                    }
                }
                CutState::NonObject(scan) => {
                    let start = scan.start;
                    let (next, ended) = scan.skip_to_end_of_non_object(bytes, at);
                    at = next;
                    if ended {
                        found(Cut::NonObject(start..base + at as u64));
                        self.state = CutState::Between;
                    }
                }
                CutState::After => at = self.after(bytes, at, found),
                CutState::NotConversations => at = bytes.len(),
            }
            debug_assert_eq!(self.position, base, "the position moves once a piece");
        }
        self.position = base + bytes.len() as u64;
    }

    /// Tells how the file ended.
    pub fn finish(&self) -> CutEnd {
        match &self.state {
            CutState::Start => CutEnd::Blank,
            CutState::Outer(_) | CutState::NotConversations => CutEnd::NotConversations,
            CutState::Between => CutEnd::Unclosed,
            CutState::NonObject(scan) => CutEnd::InNonObject(scan.start),
            CutState::Object(scan) => CutEnd::InObject(scan.start),
            CutState::After => CutEnd::Complete,
        }
    }

    fn start(&mut self, bytes: &[u8], at: usize) -> usize {
        let offset = self.position + at as u64;
        match bytes[at] {
            b' ' | b'\t' | b'\r' | b'\n' | 0xef | 0xbb | 0xbf => {}
            b'[' => self.state = CutState::Between,
            b'{' => {
                self.is_wrapped = true;
                let scan = ValueScan::inside(offset);
                self.state = CutState::Outer(OuterObject { scan, key: Vec::new(), at_value: false });
            }
            _ => self.state = CutState::NotConversations,
        }
        at + 1
    }

    fn outer(&mut self, bytes: &[u8], mut at: usize) -> usize {
        let CutState::Outer(outer) = &mut self.state else { return at };
        while at < bytes.len() {
            let byte = bytes[at];
            at += 1;
            let scan = &mut outer.scan;
            if scan.in_string {
                let key = scan.depth == 1 && !outer.at_value;
                match byte {
                    _ if scan.escaped => scan.escaped = false,
                    b'\\' => scan.escaped = true,
                    b'"' => scan.in_string = false,
                    _ if key && outer.key.len() < provider::MAX_KEY_LENGTH => outer.key.push(byte),
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => {
                    scan.in_string = true;
                    if scan.depth == 1 && !outer.at_value {
                        outer.key.clear();
                    }
                }
                b':' if scan.depth == 1 => {
                    outer.at_value = true;
                    if provider::is_signature_key(&outer.key) {
                        self.is_single = true;
                        self.is_wrapped = false;
                        self.state = CutState::Object(scan.clone());
                        return at;
                    }
                }
                b',' if scan.depth == 1 => outer.at_value = false,
                b'[' if scan.depth == 1 && outer.at_value && provider::lists_conversations(&outer.key) => {
                    self.state = CutState::Between;
                    return at;
                }
                b'{' | b'[' => scan.depth += 1,
                b'}' | b']' => {
                    scan.depth -= 1;
                    if scan.depth == 0 {
                        self.state = CutState::NotConversations;
                        return at;
                    }
                }
                _ => {}
            }
        }
        at
    }

    /// Reads on after the array, where nothing should stand. More objects, as in a file of lines or of
    /// several arrays, are read all the same: a bracket too many must not end the file silently.
    fn after(&mut self, bytes: &[u8], at: usize, found: &mut impl FnMut(Cut)) -> usize {
        let blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0;
        let Some(next) = bytes[at..].iter().position(|byte| !blank(byte)).filter(|_| !self.is_wrapped) else {
            return bytes.len();
        };
        let at = at + next;
        match bytes[at] {
            b'{' => self.state = CutState::Between,
            b'[' => {
                self.state = CutState::Between;
                return at + 1;
            }
            _ => {
                let offset = self.position + at as u64;
                found(Cut::NonObject(offset..offset + 1));
                return at + 1;
            }
        }
        at
    }

    fn between_elements(&mut self, bytes: &[u8], mut at: usize) -> usize {
        while at < bytes.len() {
            let offset = self.position + at as u64;
            match bytes[at] {
                b' ' | b',' | b'\n' | b'\r' | b'\t' => {}
                b'{' => {
                    self.state = CutState::Object(ValueScan::inside(offset));
                    return at + 1;
                }
                b']' => {
                    self.state = CutState::After;
                    return at + 1;
                }
                _ => {
                    self.state = CutState::NonObject(ValueScan::before(offset));
                    return at;
                }
            }
            at += 1;
        }
        at
    }
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "the texts here are short")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cuts(json: &[u8], piece: usize) -> (Vec<Cut>, CutEnd) {
        let (mut cutter, mut cuts) = (ObjectCutter::new(), Vec::new());
        json.chunks(piece.max(1)).for_each(|bytes| cutter.feed(bytes, &mut |cut| cuts.push(cut)));
        (cuts, cutter.finish())
    }

    fn objects(json: &str) -> Vec<&str> {
        let cut = |cut| {
            if let Cut::Object(range) = cut {
                Some(&json[range.start as usize..range.end as usize])
            } else {
                None
            }
        };
        cuts(json.as_bytes(), 7).0.into_iter().filter_map(cut).collect()
    }

    #[test]
    fn the_elements_of_the_array_are_cut_whatever_their_strings_hold() {
        let json = r#" [{"a":"}{\"\\"},{"b":[{},{"c":{}}]} , {"d":"[,]"}] "#;
        assert_eq!(objects(json), [r#"{"a":"}{\"\\"}"#, r#"{"b":[{},{"c":{}}]}"#, r#"{"d":"[,]"}"#]);
    }

    #[test]
    fn the_array_may_stand_under_a_key_of_an_object() {
        let json = r#"{"version":{"conversations":[{"no":1}]},"x":"conversations","conversations":[{"a":1},{"b":2}],"y":[{"no":2}]}"#;
        assert_eq!(objects(json), [r#"{"a":1}"#, r#"{"b":2}"#]);
    }

    #[test]
    fn a_single_conversation_is_a_file_too_and_so_are_several_in_lines() {
        let one = r#"{"title":"x","mapping":{"a":{}}}"#;
        assert_eq!(objects(one), [one]);
        assert_eq!(objects(&format!("{one}\n{one}\n")), [one, one]);
    }

    #[test]
    fn what_is_no_object_is_told() {
        let json = br#"[null,{"a":1},"s,]",[{"b":2}] ,7]"#;
        let strays: Vec<_> = cuts(json, 3)
            .0
            .into_iter()
            .filter_map(|cut| if let Cut::NonObject(range) = cut { Some(range) } else { None })
            .collect();
        assert_eq!(strays.len(), 4);
        assert_eq!(&json[strays[1].start as usize..strays[1].end as usize], br#""s,]""#);
    }

    #[test]
    fn a_bracket_too_many_does_not_end_the_file() {
        assert_eq!(objects(r#"[{"a":1}],{"b":2}]"#).len(), 2);
        assert_eq!(objects(r#"[{"a":1}}},{"b":2}]"#).len(), 2);
    }

    #[test]
    fn the_end_says_what_is_missing() {
        let end = |json: &str| cuts(json.as_bytes(), 4).1;
        assert_eq!(end("[]"), CutEnd::Complete);
        assert_eq!(end("\u{feff}[{}]"), CutEnd::Complete);
        assert_eq!(end("  \n"), CutEnd::Blank);
        assert_eq!(end("[{},"), CutEnd::Unclosed);
        assert_eq!(end(r#"[{}, {"a":"#), CutEnd::InObject(5));
        assert_eq!(end(r#"{"a":1}"#), CutEnd::NotConversations);
        assert_eq!(end("hello"), CutEnd::NotConversations);
    }

    proptest! {
        #[test]
        fn pieces_of_any_size_give_the_same_cuts(json in r#"[\[\]{}",:\\a1 ]{0,60}"#, piece in 1_usize..9) {
            let json = format!("[{json}");
            prop_assert_eq!(cuts(json.as_bytes(), piece), cuts(json.as_bytes(), usize::MAX));
        }
    }
}
