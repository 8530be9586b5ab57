//! What characters look like: those that nobody sees, and those that look like a piece of the line above an entry.

use unicode_normalization::char as unicode;

/// Returns whether a character cannot be seen, whatever it does: bidirectional controls, joiners, variation selectors,
/// fillers, tags, the byte order mark, interlinear annotation, invisible operators, shorthand and music controls. Blanks
/// and control characters are not among them, nor is the soft hyphen, which is seen at the end of a line.
pub fn is_unseen(char: char) -> bool {
    matches!(char,
        '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{effff}')
}

/// Returns whether a character is written over, under or into the one before it. Of the characters that texts in Latin
/// letters are full of no table is asked.
#[inline]
pub fn is_combining_mark(char: char) -> bool {
    !matches!(char, ..'\u{300}' | '\u{2000}'..'\u{20d0}') && unicode::is_combining_mark(char)
}

/// Returns whether a character looks like what stands between the words above an entry.
#[inline]
pub fn looks_like_heading_separator(char: char) -> bool {
    if char.is_ascii() { char == '|' } else { is_dot_beyond_ascii(char) }
}

fn is_dot_beyond_ascii(char: char) -> bool {
    matches!(char,
        '\u{a6}' | '·' | '\u{1c0}' | '\u{2d9}' | '\u{387}' | '\u{5c0}' | '\u{1427}' | '\u{16eb}' | '\u{2016}' | '•'
        | '\u{2023}' | '\u{2024}' | '‧' | '\u{204c}' | '\u{204d}' | '\u{2218}' | '∙' | '\u{2223}' | '\u{2225}' | '⋅'
        | '\u{23d0}' | '\u{23fa}' | '\u{2502}' | '\u{2503}' | '\u{25aa}'..='\u{25ab}' | '\u{25c6}'..='\u{25c7}' | '\u{25cb}'
        | '●' | '\u{25e6}' | '\u{25fc}'..='\u{25fe}' | '\u{26aa}'..='\u{26ac}' | '\u{2758}'..='\u{275a}' | '\u{2981}'
        | '\u{29be}' | '\u{29bf}' | '\u{2b1d}'..='\u{2b1e}' | '\u{2b24}' | '\u{2b25}'..='\u{2b2b}' | '\u{2e30}' | '\u{2e31}'
        | '\u{2e33}' | '・' | '\u{a78f}' | '\u{fe31}' | '｜' | '･' | '\u{ffe8}' | '\u{ffed}' | '\u{10101}' | '\u{1f784}')
}

/// Returns whether a character looks like what stands between hours and minutes.
pub fn looks_like_colon(char: char) -> bool {
    matches!(char,
        ':' | 'ː' | '\u{2f8}' | '\u{589}' | '\u{5c3}' | '\u{701}'..='\u{709}' | '\u{903}' | '\u{a83}' | '\u{1361}'..='\u{1366}'
        | '\u{16ec}' | '\u{17c7}' | '\u{1803}' | '\u{1804}' | '\u{1809}' | '\u{205a}' | '\u{205d}' | '\u{205e}' | '∶' | '\u{2237}'
        | '\u{254e}' | '\u{2506}' | '\u{250a}' | '\u{2982}' | '\u{2e2c}' | '\u{2e3d}' | '\u{a4fd}' | '꞉' | '\u{fe13}' | '︰' | '\u{fe55}'
        | '：' | '\u{1205a}' | '\u{1d108}')
}

/// Returns whether a character looks like what stands between the year and the hour.
pub fn looks_like_comma(char: char) -> bool {
    matches!(
        char,
        ',' | ';' | '\u{b8}' | '\u{2bb}'
            ..='\u{2bd}'
                | '\u{2cc}'
                | '\u{2ce}'
                | '\u{2cf}'
                | '\u{326}'
                | '\u{375}'
                | '\u{55d}'
                | '\u{60c}'
                | '\u{66b}'
                | '\u{66c}'
                | '\u{7f8}'
                | '\u{1363}'
                | '\u{1802}'
                | '\u{1808}'
                | '‚'
                | '\u{2e32}'
                | '\u{2e34}'
                | '\u{2e35}'
                | '\u{2e41}'
                | '\u{2e49}'
                | '\u{2e4c}'
                | '、'
                | '\u{a4f9}'
                | '\u{a60d}'
                | '\u{fe10}'
                | '\u{fe11}'
                | '\u{fe50}'
                | '\u{fe51}'
                | '，'
                | '､'
    )
}

/// Returns whether a character looks like a digit: also a letter of that shape.
pub fn looks_like_digit(char: char) -> bool {
    if char.is_ascii() {
        return matches!(char, '0'..='9' | 'O' | 'o' | 'I' | 'l');
    }
    char.is_numeric()
        || matches!(char, 'О' | 'о' | 'Ο' | 'ο' | 'І' | 'і' | 'Ι' | 'ι' | 'Ӏ' | 'ӏ' | 'ı' | 'օ' | 'Օ')
}

/// Returns whether a text holds a year and a time as they stand above an entry, `2025, 10:42`, or what looks so: with
/// any blanks, digits and signs, and also without the comma.
pub fn has_heading_time(text: &str) -> bool {
    may_have_time(text) && has_time(&turn_shape(text), false)
}

/// Returns whether a text has a date and a time as they stand above an entry with a dash before them, `- 3 Mar 2025,
/// 10:42`.
pub fn has_dashed_heading_time(text: &str) -> bool {
    may_have_time(text) && has_time(&turn_shape(text), true)
}

/// Returns whether a text may [hold a year and a time](has_heading_time): nearly every line does not, and its shape need not
/// be made.
pub fn may_have_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    if text.is_ascii() {
        // Between hours and minutes a colon stands, unless there is a dot, of which ASCII has none but the bar.
        let is_gap = |byte: &&u8| byte.is_ascii_whitespace() || byte.is_ascii_control();
        let may_be_digit = |byte: Option<&u8>| byte.is_some_and(|&byte| looks_like_digit(char::from(byte)));
        let has_minutes = memchr::memchr_iter(b':', bytes).any(|at| {
            may_be_digit(bytes[at + 1..].iter().find(|byte| !is_gap(byte)))
                && may_be_digit(bytes[..at].iter().rev().find(|byte| !is_gap(byte)))
        });
        if !has_minutes {
            return false;
        }
    }
    // The digits of a year, whatever unseen stands between them.
    let mut digits = 0;
    text.chars().any(|char| {
        if looks_like_digit(char) {
            digits += 1;
        } else if !is_blank(char) && !is_combining_mark(char) {
            digits = 0;
        }
        digits == 4
    })
}

/// Returns what can be seen of a text, each comma, colon and dash as one of them.
fn turn_shape(text: &str) -> Vec<char> {
    text.chars()
        .filter_map(|char| match char {
            _ if looks_like_colon(char) => Some(':'),
            _ if looks_like_comma(char) => Some(','),
            _ if is_blank(char) || is_combining_mark(char) => None,
            _ if looks_like_dash(char) => Some('-'),
            _ => Some(char),
        })
        .collect()
}

/// Returns whether a shape holds a year and a time; `dashed`: with day and month before them, and a dash before those.
fn has_time(shape: &[char], dashed: bool) -> bool {
    /// The letters of the longest month that is looked at.
    const LONGEST_MONTH: usize = 12;
    let digits = |from: usize, count: usize| {
        shape.get(from..from + count).is_some_and(|piece| piece.iter().all(|&char| looks_like_digit(char)))
    };
    // A table's row has numbers with points.
    let has_dot = shape.iter().any(|&char| looks_like_heading_separator(char) && char != '|');
    let is_minutes = |at: usize, strict: bool| {
        let strict = strict || !has_dot;
        let sign = |char: char| {
            char == ':'
                || (!strict
                    && (matches!(char, '.' | '\'' | '’' | '-')
                        || (looks_like_heading_separator(char) && char != '|')))
        };
        shape.get(at).is_some_and(|&char| sign(char)) && digits(at + 1, 2)
    };
    let is_hour = |at: usize, strict: bool| {
        (digits(at, 2) && is_minutes(at + 2, strict)) || (digits(at, 1) && is_minutes(at + 1, strict))
    };
    let is_time = |at: usize| match shape.get(at) {
        Some(&char) if looks_like_digit(char) => digits(at, 2) && is_minutes(at + 2, true),
        Some(',') => is_hour(at + 1, false),
        Some(':') => false,
        Some(char) => !char.is_alphanumeric() && is_hour(at + 1, true),
        None => false,
    };
    let is_dated = |year: usize| {
        let before = &shape[..year];
        let month = before
            .iter()
            .rev()
            .take(LONGEST_MONTH)
            .take_while(|char| char.is_alphabetic() || **char == '.')
            .count();
        let before = &before[..year - month];
        let day = before.iter().rev().take(3).take_while(|char| looks_like_digit(**char)).count();
        month >= 3 && (1..=2).contains(&day) && before[..before.len() - day].last() == Some(&'-')
    };
    (0..shape.len()).any(|at| digits(at, 4) && is_time(at + 4) && (!dashed || is_dated(at)))
}

/// Returns whether a character looks like a piece of a line.
#[inline]
pub fn looks_like_dash(char: char) -> bool {
    if char.is_ascii() { matches!(char, '-' | '_' | '=' | '~') } else { is_dash_beyond_ascii(char) }
}

fn is_dash_beyond_ascii(char: char) -> bool {
    matches!(char,
        '\u{ad}' | '\u{af}' | '\u{2c9}' | '\u{2cd}' | '\u{2d7}' | '\u{2dc}' | '\u{2f7}' | '\u{320}'
        | '\u{331}'..='\u{333}' | '\u{335}' | '\u{336}' | '\u{304}' | '\u{305}' | '\u{33f}' | '\u{347}' | '\u{58a}' | '\u{5be}'
        | '\u{1173}' | '\u{1400}' | '\u{1428}' | '\u{1680}' | '\u{1806}' | '\u{2010}'..='\u{2015}' | '\u{2017}' | '\u{203e}'
        | '\u{203f}' | '\u{2043}' | '\u{2052}' | '\u{2053}' | '\u{207b}' | '\u{208b}' | '\u{2212}' | '\u{2237}' | '\u{223c}'
        | '\u{223f}' | '\u{2261}' | '\u{2263}' | '\u{22ef}' | '\u{23af}' | '\u{23b4}' | '\u{23b5}' | '\u{23ba}'..='\u{23bd}'
        | '\u{23dc}'..='\u{23e1}' | '\u{23e4}' | '\u{2423}' | '\u{2500}' | '\u{2501}' | '\u{2504}' | '\u{2505}' | '\u{2508}'
        | '\u{2509}' | '\u{2534}' | '\u{252c}' | '\u{253c}' | '\u{254c}' | '\u{254d}' | '\u{2550}' | '\u{2574}'..='\u{257f}'
        | '\u{2580}'..='\u{2588}' | '\u{2591}'..='\u{2594}' | '\u{25ac}' | '\u{25ad}' | '\u{268a}' | '\u{268b}' | '\u{2796}'
        | '\u{2e0f}' | '\u{2e17}' | '\u{2e1a}' | '\u{2e3a}' | '\u{2e3b}' | '\u{2e40}' | '\u{2e5d}' | '\u{2f00}' | '\u{301c}'
        | '\u{3030}' | '\u{30a0}' | '\u{30fc}' | '\u{3161}' | '\u{31d0}' | '\u{4e00}' | '\u{a4fe}' | '\u{fe49}'..='\u{fe4f}'
        | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' | '\u{ff1d}' | '\u{ff3f}' | '\u{ff5e}' | '\u{ff70}' | '\u{ffda}' | '\u{ffe3}'
        | '\u{10191}' | '\u{10ead}' | '\u{1d116}')
}

/// Returns whether a character is a blank, or cannot be seen.
#[inline]
pub fn is_blank(char: char) -> bool {
    if char.is_ascii() {
        return char == ' ' || char.is_ascii_control();
    }
    char.is_whitespace() || char.is_control() || is_unseen(char) || char == '\u{2800}'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whose_shape_is_not_made_has_no_time(
            text in "([0-9]|2023|14 Nov|[oOIl]|22:13|[:,;.|·-]| |\t|[a-z]|é|\u{301}|\u{200b}|\u{326}|꞉|２){0,16}"
        ) {
            prop_assert!(may_have_time(&text) || !has_time(&turn_shape(&text), false), "{:?}", text);
        }
    }

    #[test]
    fn every_combining_mark_is_known() {
        for char in '\0'..=char::MAX {
            assert_eq!(is_combining_mark(char), unicode::is_combining_mark(char), "{char:?}");
        }
    }

    #[test]
    fn nobody_sees_what_does_nothing_but_act() {
        for unseen in
            "\u{61c}\u{200b}\u{200d}\u{202e}\u{2066}\u{3164}\u{fe0f}\u{feff}\u{fff9}\u{1d173}\u{e0041}"
                .chars()
        {
            assert!(is_unseen(unseen), "{unseen:?}");
        }
        for seen in "a é漢😀·-_\u{301}\n".chars() {
            assert!(!is_unseen(seen), "{seen:?}");
        }
    }
}
