//! Where digits crowd: numbers that are secrets have no keyword.

use std::ops::Range;

/// Bytes whose digits are counted together.
const BLOCK: usize = 32;
/// The digits in a block that are worth a look: any number of seven digits with single separators has them in
/// one.
const MIN_DIGITS: usize = 4;
/// Bytes around a crowd that are looked at with it: the longest number reaches no further.
const MARGIN: usize = 48;

/// Returns whether a number that a rule knows may begin there: at a digit, a plus, a bracket or a country
/// before its digits, and not within a word; but for a country, not within a path or another number either.
pub(super) fn begins_number(bytes: &[u8], at: usize) -> bool {
    let digit = |ahead: usize| bytes.get(at + ahead).is_some_and(u8::is_ascii_digit);
    let begins = match bytes[at] {
        b'0'..=b'9' => true,
        b'+' => digit(1),
        b'(' => digit(1) || bytes.get(at + 1) == Some(&b'+'),
        b'A'..=b'Z' | b'a'..=b'z' => {
            bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic) && digit(2) && digit(3)
        }
        _ => return false,
    };
    // What begins with a country has a checksum of its own: no path or other number looks like it.
    let joins = |before: u8| {
        before.is_ascii_alphanumeric() || !bytes[at].is_ascii_alphabetic() && b"_.+/-".contains(&before)
    };
    begins && (at == 0 || !joins(bytes[at - 1]))
}

/// Returns whether the number of a telephone may begin there that is glued to letters: `tel_+1 202 …`.
pub(super) fn begins_glued_phone(bytes: &[u8], at: usize) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'_' || *byte == b'/';
    bytes[at] == b'+'
        && matches!(bytes.get(at + 1), Some(b'1'..=b'9'))
        && at.checked_sub(1).is_some_and(|before| is_letter(&bytes[before]))
}

/// Lists the rows of digits that begin within a stretch.
pub(super) fn digit_rows(bytes: &[u8], stretch: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut at = stretch.start;
    std::iter::from_fn(move || {
        let start = at + bytes.get(at..stretch.end)?.iter().position(u8::is_ascii_digit)?;
        at = start + bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        Some(start..at)
    })
}

/// Returns the stretches of a text where digits crowd, apart from each other.
pub(super) fn digit_clusters(text: &str) -> Vec<Range<usize>> {
    let mut regions: Vec<Range<usize>> = Vec::new();
    for (block, bytes) in text.as_bytes().chunks(BLOCK).enumerate() {
        let digits = bytes.iter().map(|byte| u8::from(byte.is_ascii_digit())).sum::<u8>();
        if usize::from(digits) < MIN_DIGITS {
            continue;
        }
        let start = (block * BLOCK).saturating_sub(MARGIN);
        let end = (block * BLOCK + bytes.len() + MARGIN).min(text.len());
        match regions.last_mut() {
            Some(last) if start <= last.end => last.end = end,
            _ => regions.push(start..end),
        }
    }
    regions
}
