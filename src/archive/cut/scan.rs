//! The scan over one value: only quotes, backslashes and brackets count.

use memchr::memchr2;

/// A scan over one value.
#[derive(Clone, Debug)]
pub(super) struct ValueScan {
    pub(super) start: u64,
    pub(super) depth: u64,
    pub(super) in_string: bool,
    pub(super) escaped: bool,
}

impl ValueScan {
    /// Begins after the brace that opens an object at `start`.
    pub(super) fn inside(start: u64) -> Self {
        Self { depth: 1, ..Self::before(start) }
    }

    /// Begins before the first byte of a value at `start`.
    pub(super) fn before(start: u64) -> Self {
        Self { start, depth: 0, in_string: false, escaped: false }
    }

    /// Runs to the end of the object or of the bytes, and returns the position.
    pub(super) fn skip_to_end_of_object(&mut self, bytes: &[u8], mut at: usize) -> usize {
        if self.escaped && at < bytes.len() {
            self.escaped = false;
            at += 1;
        }
        loop {
            if self.in_string {
                let Some(found) = string_end(bytes, at) else { return bytes.len() };
                at = found + 1;
                if bytes[found] == b'\\' {
                    // Whatever stands behind it is passed over.
                    self.escaped = at == bytes.len();
                    at = (at + 1).min(bytes.len());
                    continue;
                }
                self.in_string = false;
            }
            // Of what else JSON consists of nothing comes behind the braces in ASCII.
            let Some(step) = bytes[at..].iter().position(|&byte| byte == b'"' || byte >= b'{') else {
                return bytes.len();
            };
            at += step + 1;
            match bytes[at - 1] {
                b'"' => self.in_string = true,
                b'{' => self.depth += 1,
                b'}' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return at;
                    }
                }
                _ => {}
            }
        }
    }

    /// Runs to the end of an element that is not an object: a comma or bracket of the array itself.
    pub(super) fn skip_to_end_of_non_object(&mut self, bytes: &[u8], mut at: usize) -> (usize, bool) {
        while at < bytes.len() {
            let byte = bytes[at];
            if self.in_string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.in_string = false,
                    _ => {}
                }
            } else {
                match byte {
                    b'"' => self.in_string = true,
                    b',' | b']' | b'{' if self.depth == 0 => return (at, true),
                    b'[' | b'{' => self.depth += 1,
                    b']' | b'}' => self.depth = self.depth.saturating_sub(1),
                    _ => {}
                }
            }
            at += 1;
        }
        (at, false)
    }
}

/// Finds the next quote or backslash. Most strings of an export are short ids, so a few bytes are looked at
/// before the vector search is called.
#[inline]
fn string_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    // The lowest set bit of this is in the first zero byte; those above may be false.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    for _ in 0..WORDS_BEFORE_SEARCH {
        let Some(word) =
            bytes.get(at..at + 8).and_then(|eight| eight.try_into().ok()).map(u64::from_le_bytes)
        else {
            break;
        };
        let found = zeros(word ^ (ONES * b'"' as u64)) | zeros(word ^ (ONES * b'\\' as u64));
        if found != 0 {
            return Some(at + (found.trailing_zeros() / 8) as usize);
        }
        at += 8;
    }
    memchr2(b'"', b'\\', &bytes[at..]).map(|found| at + found)
}

/// The words of eight bytes looked at before: a UUID is four and a half.
const WORDS_BEFORE_SEARCH: usize = 5;
