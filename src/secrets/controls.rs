//! Control characters and the sequences of terminals: what they do is not seen in the words.

use memchr::memchr3;

use super::escapes::Step;

const ESCAPE: u8 = 0x1b;

/// The bytes between the beginning of a sequence and its last one.
const MAX_SEQUENCE_LENGTH: usize = 64;
/// The bytes of a string for the terminal: the address of a link, a title.
const MAX_STRING_LENGTH: usize = 2 << 10;

/// A control character of ASCII, or the sequence that it begins.
pub(super) fn ascii(bytes: &[u8], at: usize) -> Step {
    match bytes[at] {
        ESCAPE => escape(&bytes[at..]),
        0x08 => backspace(bytes, at),
        _ => Step::Replace(1, None),
    }
}

/// A control character from U+0080 to U+009F, of two bytes: some of them begin what `ESC [` and `ESC ]` do.
pub(super) fn high(bytes: &[u8], at: usize) -> Step {
    match bytes[at + 1] {
        0x9b => sequence(&bytes[at..], 2),
        0x90 | 0x98 | 0x9d..=0x9f => string(&bytes[at..], 2, 2),
        _ => Step::Replace(2, None),
    }
}

fn escape(rest: &[u8]) -> Step {
    match rest.get(1) {
        Some(b'[') => sequence(rest, 2),
        Some(b']' | b'P' | b'X' | b'^' | b'_') => string(rest, 2, 1),
        // Which letters there are.
        Some(b' '..=b'/') => match rest.get(2) {
            Some(b'0'..=b'~') => Step::Replace(3, None),
            _ => Step::Replace(1, None),
        },
        Some(b'=' | b'>') => Step::Replace(2, None),
        _ => Step::Replace(1, None),
    }
}

/// Colours, places, erasing.
fn sequence(rest: &[u8], begin: usize) -> Step {
    let inner = &rest[begin..];
    let length =
        inner.iter().take(MAX_SEQUENCE_LENGTH).take_while(|byte| (b' '..=b'?').contains(byte)).count();
    match inner.get(length) {
        Some(b'@'..=b'~') => Step::Replace(begin + length + 1, None),
        _ => Step::Replace(begin, None),
    }
}

/// A string up to BEL, `ESC \` or U+009C; without an end only the control character is one.
fn string(rest: &[u8], begin: usize, alone: usize) -> Step {
    let near = &rest[begin..rest.len().min(MAX_STRING_LENGTH)];
    let closed = |at: usize| match &near[at..] {
        [0x07, ..] => Some(1),
        [ESCAPE, b'\\', ..] | [0xc2, 0x9c, ..] => Some(2),
        // Another character that begins with the same byte.
        [0xc2, ..] => None,
        _ => Some(0),
    };
    let mut at = 0;
    while let Some(step) = memchr3(0x07, ESCAPE, 0xc2, near.get(at..).unwrap_or_default()) {
        at += step;
        match closed(at) {
            Some(0) => break,
            Some(length) => return Step::Drop(begin + at + length),
            None => at += 1,
        }
    }
    Step::Replace(alone, None)
}

/// A step back: where the same is typed again, or a line under it, it is bold or underlined.
fn backspace(bytes: &[u8], at: usize) -> Step {
    let (before, behind) = (at.checked_sub(1).map(|at| bytes[at]), bytes.get(at + 1).copied());
    let is_again =
        behind.is_some_and(|byte| byte.is_ascii_graphic() && (before == Some(byte) || byte == b'_'));
    Step::Replace(if is_again { 2 } else { 1 }, None)
}
