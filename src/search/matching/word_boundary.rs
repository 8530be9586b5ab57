//! Tells whole words from their beginnings and insides: how a hit stands among the letters around it.

use std::ops::Range;

use super::{
    case_folding::{is_accent, whole_characters},
    typography::is_invisible,
};

/// Accents and what nobody sees that are looked past for the letter that they belong to: no script puts so many on one.
const MAX_ACCENTS: usize = 32;

/// The way a hit stands among the letters around it. Better is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::search) enum WordBoundary {
    /// Within a word.
    Inside,
    /// At the beginning of a word.
    Start,
    /// A whole word, or several.
    Whole,
}

impl WordBoundary {
    /// Looks at the characters beside a hit. Scripts that write no spaces have no inside.
    pub fn of(text: &str, hit: &Range<usize>) -> Self {
        let whole = whole_characters(text, hit);
        let before = beyond_joined(text[..whole.start].chars().rev());
        let inner = &text[whole.clone()];
        let first = inner.chars().next();
        // Within a ligature the letters before and after are its own.
        if joined(before, first) || (whole.start < hit.start && joined(first, first)) {
            return Self::Inside;
        }
        let last = inner.chars().rev().find(|&c| !is_joined(c));
        let after = beyond_joined(text[whole.end..].chars());
        let ends_within = hit.end < whole.end && joined(last, last);
        if joined(last, after) || ends_within { Self::Start } else { Self::Whole }
    }
}

/// Returns whether a character belongs to the letter before it.
fn is_joined(c: char) -> bool {
    is_accent(c) || is_invisible(c)
}

/// Returns the first character that belongs to no other. What stands beyond [`MAX_ACCENTS`] is taken for a letter, unseen:
/// looking on from each hit would take the square of a run's length, and no hit may seem to be more of a word than it
/// is.
fn beyond_joined(chars: impl Iterator<Item = char>) -> Option<char> {
    for (accents, c) in chars.enumerate() {
        if !is_joined(c) {
            return Some(c);
        }
        if accents == MAX_ACCENTS {
            return Some('a');
        }
    }
    None
}

/// Returns whether two characters belong to one word.
fn joined(left: Option<char>, right: Option<char>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => is_letter_of_spaced_script(left) && is_letter_of_spaced_script(right),
        _ => false,
    }
}

/// Returns whether a character is a letter or digit of a script that puts blanks between words.
pub(in crate::search) fn is_letter_of_spaced_script(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { c.is_alphanumeric() && !is_unspaced(c) }
}

/// Returns whether a character is a letter or digit of a script that puts no blanks between words.
pub(in crate::search) fn is_letter_of_unspaced_script(c: char) -> bool {
    !c.is_ascii() && c.is_alphanumeric() && is_unspaced(c)
}

/// Returns whether a letter is of a script that writes words without spaces: Thai, Lao, Khmer, Burmese, kana,
/// Chinese.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::matching::{FoldsToAscii, Literal};

    #[test]
    fn a_hit_is_a_whole_word_or_the_start_or_the_inside_of_one() {
        let boundary_of = |text: &str, typed: &str| {
            let hit =
                Literal::new(typed).and_then(|literal| literal.hits(text, FoldsToAscii::of(text)).next());
            WordBoundary::of(text, &hit.expect("a hit"))
        };
        assert_eq!(boundary_of("the proxy_read_timeout, ", "timeout"), WordBoundary::Whole);
        assert_eq!(boundary_of("timeouts", "timeout"), WordBoundary::Start);
        assert_eq!(boundary_of("overtime", "time"), WordBoundary::Inside);
        assert_eq!(boundary_of("私は日本語を", "日本"), WordBoundary::Whole);
        assert_eq!(boundary_of("cafe\u{301}s", "cafe"), WordBoundary::Start);
        assert_eq!(boundary_of("soft\u{ad}hyphen", "soft"), WordBoundary::Start);
        assert_eq!(boundary_of("soft\u{ad}hyphen", "hyphen"), WordBoundary::Inside);
        for (typed, boundary) in
            [("i", WordBoundary::Inside), ("f", WordBoundary::Start), ("fi", WordBoundary::Whole)]
        {
            assert_eq!(boundary_of("ﬁ", typed), boundary);
        }
        let accents = "\u{301}".repeat(MAX_ACCENTS);
        assert_eq!(boundary_of(&format!("x{accents}s"), "s"), WordBoundary::Inside);
        assert_eq!(boundary_of(&format!(".{accents}s"), "s"), WordBoundary::Whole);
        assert_eq!(boundary_of(&format!(".{accents}\u{301}s"), "s"), WordBoundary::Inside);
    }
}
