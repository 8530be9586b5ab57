//! Finds the signs that may stand between hours and minutes behind a year: few lines have one, and the others need not be
//! looked at.

use crate::message::{looks_like_colon, looks_like_digit, looks_like_heading_separator};

/// The places of a text at which a time may stand as above an entry: a colon behind what may be a year and an hour, another
/// sign that looks like a colon, and any that looks like the dot of a heading, in whose line others may stand for a colon.
pub(super) struct TimeSigns<'a> {
    text: &'a str,
    /// The next colon that may be of a time; the length of the text: there is none.
    colon: usize,
    /// The next sign beyond ASCII, likewise.
    sign: usize,
}

impl<'a> TimeSigns<'a> {
    /// Looks from the beginning of a text, before whose byte `beyond_ascii` there is only ASCII.
    pub(super) fn of(text: &'a str, beyond_ascii: usize) -> Self {
        Self { text, colon: next_colon(text, 0), sign: next_sign(text, beyond_ascii) }
    }

    /// Returns whether one stands before a place, and behind the place that was asked for before.
    pub(super) fn is_before(&mut self, end: usize) -> bool {
        let is_before = self.colon.min(self.sign) < end;
        if is_before {
            if self.colon < end {
                self.colon = next_colon(self.text, end);
            }
            if self.sign < end {
                self.sign = next_sign(self.text, end);
            }
        }
        is_before
    }
}

/// Finds the first colon from a place that may stand between an hour behind a year and minutes.
fn next_colon(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    let mut colons = memchr::memchr_iter(b':', &bytes[from..]).map(|step| from + step);
    let first = colons.find(|&at| {
        begins_with_minutes(bytes[at + 1..].iter()) && ends_with_year_and_hour(bytes[..at].iter())
    });
    first.unwrap_or(text.len())
}

/// Returns whether two digits may come first of what is seen.
fn begins_with_minutes<'b>(bytes: impl Iterator<Item = &'b u8>) -> bool {
    let mut seen = bytes.filter(|byte| !is_gap(**byte));
    let mut may_be_digit = || seen.next().is_some_and(|&byte| !byte.is_ascii() || is_digit(byte));
    may_be_digit() && may_be_digit()
}

/// Returns whether the four digits of a year, at most one sign, and the hour may come last of what is seen. What is none
/// of ASCII may be anything.
fn ends_with_year_and_hour<'b>(bytes: impl DoubleEndedIterator<Item = &'b u8>) -> bool {
    let mut digits = 0;
    let mut has_sign = false;
    for &byte in bytes.rev().filter(|byte| !is_gap(**byte)) {
        if !byte.is_ascii() {
            return true;
        }
        if is_digit(byte) {
            digits += 1;
            // Of the hour, or behind a sign of the year.
            if digits == if has_sign { 4 } else { 6 } {
                return true;
            }
        } else if has_sign || !matches!(digits, 1..=2) {
            return false;
        } else {
            (digits, has_sign) = (0, true);
        }
    }
    false
}

fn is_gap(byte: u8) -> bool {
    byte == b' ' || byte.is_ascii_control()
}

fn is_digit(byte: u8) -> bool {
    looks_like_digit(char::from(byte))
}

/// Finds the first sign beyond ASCII from a place that looks like a colon or a heading's dot.
fn next_sign(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        at = next_beyond_ascii(bytes, at);
        let Some(&lead) = bytes.get(at) else { return text.len() };
        let char = text[at..].chars().next().filter(|_| may_begin_sign(lead));
        if char.is_some_and(|char| looks_like_colon(char) || looks_like_heading_separator(char)) {
            return at;
        }
        at += lead.leading_ones() as usize;
    }
}

/// Finds the first byte from a place that is none of ASCII.
pub(super) fn next_beyond_ascii(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(block) = bytes[at..].first_chunk::<64>()
        && block.iter().fold(0, |all, byte| all | byte).is_ascii()
    {
        at += block.len();
    }
    at + bytes[at..].iter().take_while(|byte| byte.is_ascii()).count()
}

/// Returns whether a sign may begin with this byte: letters of the common scripts do not.
fn may_begin_sign(lead: u8) -> bool {
    !matches!(lead, 0xc3..=0xc6 | 0xd0..=0xd5 | 0xd8..=0xdb | 0xe4..=0xe9 | 0xed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_is_found_wherever_it_stands() {
        for char in ('\u{80}'..=char::MAX)
            .filter(|&char| looks_like_colon(char) || looks_like_heading_separator(char))
        {
            for before in ["", "a", "é", "漢字 — “x” б", &"word ".repeat(13)] {
                let text = format!("{before}{char}");
                assert_eq!(next_sign(&text, 0), before.len(), "{char:?}");
                assert_eq!(next_sign(&format!("{before}漢"), 0), before.len() + 3);
            }
        }
    }

    #[test]
    fn a_colon_counts_behind_what_may_be_a_year_and_an_hour() {
        for (text, counts) in [
            ("2025, 10:42", true),
            ("2025 10:42", true),
            ("3 Mar 2O25; l :\t42", true),
            ("2025é 10:42", true),
            ("٢٠٢٥, 10:42", true),
            ("2025, 10:٤٢", true),
            ("2025,, 10:42", false),
            ("2025,110:42", false),
            ("025, 10:42", false),
            ("2025, :42", false),
            ("2025, 10:4", false),
            ("2025, 10:a2", false),
            ("2025, 10.42", false),
            ("10:42", false),
        ] {
            assert_eq!(next_colon(text, 0) < text.len(), counts, "{text}");
        }
    }

    #[test]
    fn each_stretch_is_asked_for_once() {
        let text = "a\n2025 1:23 2025 4:56\nb\nc · d\n2025,17:38";
        let mut times = TimeSigns::of(text, 0);
        let mut end = 0;
        let lines = text.split_inclusive('\n');
        let found: Vec<bool> = lines
            .map(|line| {
                end += line.len();
                times.is_before(end)
            })
            .collect();
        assert_eq!(found, [false, true, false, true, true]);
    }
}
