//! Keeps a body of plain text from looking like the line above an entry: what looks like one is indented.
//!
//! The line above an entry says who speaks and when, and has a row of dashes below it. Neither may be forged, nor come
//! near enough for a hurried eye: other dashes, other blanks and other ends of lines count too.

use super::time_signs::{TimeSigns, next_beyond_ascii};
use crate::message::{
    has_dashed_heading_time, has_heading_time, is_blank, is_combining_mark, looks_like_dash,
    looks_like_heading_separator, may_have_time,
};

/// The blanks before a line that looks like an entry's.
const INDENT: &str = "    ";
/// The longest line that looks like a heading, in bytes of what is seen of it.
const MAX_LENGTH: usize = 600;
/// The fewest dashes that look like a row below a heading: there are three below the shortest.
const MIN_DASHES: usize = 3;
/// The dashes that a row has for each other sign in it.
const DASHES_A_MARK: usize = 3;
/// The bytes of the shortest year and time: `2025 1:42` without its blank.
const SHORTEST_TIME: usize = 8;

/// Writes a body, with the lines indented that look like those above an entry. Linear in the text.
pub(super) fn write_body_text(text: &str, out: &mut String) {
    let beyond_ascii = next_beyond_ascii(text.as_bytes(), 0);
    let breaks = Breaks::of(text.as_bytes(), beyond_ascii);
    let mut times = TimeSigns::of(text, beyond_ascii);
    let (mut written, mut start, mut below_heading) = (0, 0, false);
    while start < text.len() {
        let end = breaks.end_of_line(text, start);
        let is_rule = below_heading;
        below_heading = !is_rule
            && may_be_row(&text.as_bytes()[end..])
            && underlines(&text[start..end], &text[end..breaks.end_of_line(text, end)]);
        let has_time = times.is_before(end);
        if is_rule || below_heading || (has_time && looks_like_entry_heading(&text[start..end])) {
            out.extend([&text[written..start], INDENT]);
            written = start;
        }
        start = end;
    }
    out.push_str(&text[written..]);
}

/// The [breaks](is_break) that a text has: few have others than line feeds, and need not be looked through sign by sign.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Breaks {
    LineFeeds,
    /// Also carriage returns.
    Returns,
    /// There may be any.
    All,
}

impl Breaks {
    /// Looks through a text, before whose byte `beyond_ascii` there is only ASCII.
    fn of(bytes: &[u8], beyond_ascii: usize) -> Self {
        let rest = &bytes[beyond_ascii..];
        let goes_on = |at: usize, with: &[u8]| rest[at + 1..].starts_with(with);
        if memchr::memchr2(0xb, 0xc, bytes).is_some()
            || memchr::memchr_iter(0xc2, rest).any(|at| goes_on(at, b"\x85"))
            || memchr::memchr_iter(0xe2, rest).any(|at| goes_on(at, b"\x80\xa8") || goes_on(at, b"\x80\xa9"))
        {
            return Self::All;
        }
        if memchr::memchr(b'\r', bytes).is_some() { Self::Returns } else { Self::LineFeeds }
    }

    /// Returns where the line ends that begins at a place, behind its break.
    fn end_of_line(self, text: &str, start: usize) -> usize {
        let rest = &text.as_bytes()[start..];
        let found = match self {
            Self::LineFeeds => memchr::memchr(b'\n', rest),
            Self::Returns => memchr::memchr2(b'\n', b'\r', rest),
            Self::All => text[start..].find(is_break),
        };
        let Some(found) = found else { return text.len() };
        let length = match rest[found] {
            b'\r' if rest.get(found + 1) == Some(&b'\n') => 2,
            byte if byte.is_ascii() => 1,
            lead => lead.leading_ones() as usize,
        };
        start + found + length
    }
}

/// Returns whether some program begins a new line after a character.
pub(super) fn is_break(char: char) -> bool {
    matches!(char, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Returns whether the line that a text begins with may be a row of dashes: of most the first sign tells that they are
/// none.
fn may_be_row(text: &[u8]) -> bool {
    let is_blank = |byte: u8| byte == b' ' || (byte.is_ascii_control() && !is_break(char::from(byte)));
    let first = text.iter().find(|&&byte| !is_blank(byte));
    first.is_some_and(|&byte| {
        let char = char::from(byte);
        !byte.is_ascii() || looks_like_dash(char) || is_small(char)
    })
}

/// Returns whether a line is a row of dashes that could be meant for the line before it.
fn underlines(line: &str, next: &str) -> bool {
    let mut dashes = 0;
    let mut marks = 0;
    for char in next.chars() {
        if looks_like_dash(char) {
            dashes += 1;
        } else if is_small(char) {
            marks += 1;
        } else if !is_blank(char) && !is_combining_mark(char) {
            return false;
        }
    }
    if dashes < MIN_DASHES || DASHES_A_MARK * marks > dashes || is_long(line) {
        return false;
    }
    let words = seen(line).filter(|&char| !is_combining_mark(char)).count();
    words > 0
        && 2 * (dashes + marks) >= words
        && !line.chars().all(|char| is_blank(char) || looks_like_dash(char))
}

/// Returns whether a line has the parts of an entry's: something between dots, and a time as it stands there.
fn looks_like_entry_heading(line: &str) -> bool {
    line.len() >= SHORTEST_TIME
        && (!line.is_ascii() || line.bytes().any(|byte| byte.is_ascii_digit()))
        && may_have_time(line)
        && !is_long(line)
        && ((line.contains(looks_like_heading_separator) && has_heading_time(line))
            || (line.contains(looks_like_dash) && has_dashed_heading_time(line)))
}

/// Returns what can be seen of a line.
fn seen(line: &str) -> impl Iterator<Item = char> {
    line.chars().filter(|&char| !is_blank(char))
}

/// Returns whether what can be seen of a line is longer than a heading. Blanks lead far and are not seen.
fn is_long(line: &str) -> bool {
    line.len() > MAX_LENGTH && seen(line).map(char::len_utf8).sum::<usize>() > MAX_LENGTH
}

/// Returns whether a character is so small that a row of dashes with a few of it looks like one.
fn is_small(char: char) -> bool {
    matches!(
        char,
        '.' | ','
            | ':'
            | ';'
            | '\''
            | '"'
            | '`'
            | '´'
            | '^'
            | '°'
            | '¨'
            | '’'
            | '‘'
            | '‚'
            | '“'
            | '”'
            | '…'
            | '*'
    ) || (looks_like_heading_separator(char) && char != '|')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Looks at every line with care.
    fn written_slowly(text: &str) -> String {
        let (mut lines, mut start) = (Vec::new(), 0);
        for (at, char) in text.char_indices() {
            if is_break(char) && !text[at..].starts_with("\r\n") {
                let end = at + char.len_utf8();
                lines.push(&text[start..end]);
                start = end;
            }
        }
        lines.extend(Some(&text[start..]).filter(|line| !line.is_empty()));
        let (mut out, mut below_heading) = (String::new(), false);
        for (at, line) in lines.iter().enumerate() {
            let is_rule = below_heading;
            below_heading = !is_rule && lines.get(at + 1).is_some_and(|next| underlines(line, next));
            if is_rule || below_heading || looks_like_entry_heading(line) {
                out.push_str(INDENT);
            }
            out.push_str(line);
        }
        out
    }

    proptest! {
        #[test]
        fn what_is_not_looked_at_would_not_be_changed(
            text in "(You|2025|14 Nov 2023|, ?|; | |22|:|1:2|22:13|[·•‧꞉⋅]|\\.|[0-9OIl]|٢|\u{326}|\u{200b}|\
                     \n|\r|\r\n|\u{c}|\u{85}|\u{2028}|-{1,4}|—|_|=|a|é|漢|’| - ){0,24}"
        ) {
            prop_assert_eq!(written(&text), written_slowly(&text));
        }
    }

    #[test]
    fn every_break_ends_a_line() {
        for code in 0..0x3000 {
            let Some(char) = char::from_u32(code) else { continue };
            let text = format!("a{char}b");
            let first =
                Breaks::of(text.as_bytes(), next_beyond_ascii(text.as_bytes(), 0)).end_of_line(&text, 0);
            assert_eq!(first, if is_break(char) { text.len() - 1 } else { text.len() }, "{char:?}");
        }
    }

    fn written(text: &str) -> String {
        let mut out = String::new();
        write_body_text(text, &mut out);
        out
    }

    #[test]
    fn what_looks_like_the_line_above_a_turn_is_indented() {
        let rule = "-----------------------";
        for forged in [
            format!("You · 3 Mar 2025, 10:42\n{rule}"),
            format!("You · 3 Mar 2025, 10:42\r\n{rule}"),
            format!("You\u{a0}·\u{a0}3\u{a0}Mar\u{a0}2025,\u{a0}10:42\n{rule}"),
            format!("\u{200b}You · 3 Mar 2025, 10:42\n{}", "─".repeat(23)),
            format!("gpt-4o · 3 Mar 2025, 10:42\n{}", "–".repeat(15)),
            format!("7 · You · 3 Mar 2025, 10:42 · branch 2 of 3 after 4\n{}", "-".repeat(50)),
            "You\n---".to_owned(),
            "You\u{2028}---".to_owned(),
            "Assistant\n_ _ _ _ _ _ _ _".to_owned(),
        ] {
            let text = written(&format!("before\n\n{forged}\n\nafter"));
            for line in text.split(is_break) {
                let kept = ["before", "", "after"].contains(&line);
                assert!(kept || line.starts_with(INDENT), "{line:?} in {text:?}");
            }
            assert_eq!(text.replace(INDENT, ""), format!("before\n\n{forged}\n\nafter"));
        }
        // Without its row, too.
        assert!(written("x\nYou · 3 Mar 2025, 10:42\ny").contains("\n    You"));
        assert!(written("x\nYou · 3 Mar 2025,\u{1bca0}10:\u{1d173}42\ny").contains("\n    You"));
        assert!(written("x\nYou • ３ Mar ２０２５， １０：４２\ny").contains("\n    You"));
    }

    #[test]
    fn what_comes_near_a_turn_s_line_is_indented_however_wide_it_is() {
        let turn = "You · 14 Nov 2023, 22:13";
        let rule = "-".repeat(24);
        for blank in [" ", "\u{a0}", "\t", "\u{3000}", "\u{200b}", "\u{2800}", " \u{200d}"] {
            let wide = blank.repeat(2_400);
            for forged in [
                format!("{turn}{wide}\n{rule}"),
                format!("{turn}\n{rule}{wide}"),
                format!("You{wide}· 14 Nov 2023, 22:13\n{rule}"),
                format!("You{wide}\n---"),
                format!("You\n---{wide}-"),
                format!("{wide}{turn}"),
            ] {
                let text = written(&forged);
                assert!(text.split('\n').all(|line| line.starts_with(INDENT)), "{blank:?} {forged:.40?}");
            }
        }
        for line in [
            "You \u{2e31} 14 Nov 2023, 22:13",
            "You \u{387} 14 Nov 2023, 22:13",
            "You \u{a78f} 14 Nov 2023, 22:13",
            "You ◦ 14 Nov 2023, 22:13",
            "You │ 14 Nov 2023, 22:13",
            "You · 14 Nov 2023, 22.13",
            "You · 14 Nov 2023, 22\u{589}13",
            "You · 14 Nov 2023, 22\u{5c3}13",
            "You · 14 Nov 2023, 22\u{a4fd}13",
            "You · 14 Nov 2023, 22·13",
            "You · 14 Nov 2023\u{60c} 22:13",
            "You · 14 Nov 2023\u{2cf} 22:13",
            "You · 14 Nov 2023 \u{b8} 22:13",
            "You · 14 Nov 2023 · 22:13",
            "You · 14 Nov 2023 22:13",
            "You · 14 Nov 2O23, 22:I3",
            "You - 14 Nov 2023, 22:13",
            "You – 14 Nov 2023, 22:13",
            "\u{332}Y\u{332}o\u{332}u\u{332} ·\u{332} 14 Nov 2\u{332}0\u{332}2\u{332}3\u{332}, 2\u{332}2\u{332}:\u{332}1\u{332}3",
        ] {
            assert!(written(&format!("a\n\n{line}\n\nb")).contains(&format!("\n{INDENT}{line}")), "{line}");
        }
        for row in [
            "-----.",
            "'-----",
            "---·---·---",
            "⏤⏤⏤",
            "ーーー",
            "\u{1680}\u{1680}\u{1680}",
            "▬▬▬",
            "﹘﹘﹘",
            "ㅡㅡㅡ",
        ] {
            assert_eq!(written(&format!("You\n{row}")), format!("{INDENT}You\n{INDENT}{row}"));
        }
    }

    #[test]
    fn other_lines_stay_as_they_are() {
        for text in [
            "",
            "a\n\n---\n\nb",
            "---\ntitle: A longer title\n---\n",
            "| a | b |\n|---|---|\n",
            "--- a/file\n+++ b/file\n",
            "-----\n-----\n",
            "at 10:42 · 3 March",
            "count 1 · 2\n",
            "# A heading\r\nand text\r\n",
            "| aaaaaaaaaa | bbbbbbbbbb |\n|------------|------------|\n",
            "a : b\n:-----|-----:\n",
            "// Title\n// -----\n",
            "14/11/2023, 22:13 - Robin: see you\n",
            "2023-11-14 22:13:05 · started\n",
            "2023-11-14 • notes, 10:42\n",
            "On 14 Nov 2023, 22:13, Robin wrote:\n",
            "| 2023, 22.13 | 4 |\n",
            "Hello... I'll be there at 10:42 · see you\n",
            "\u{7684}\n1, 2, 3\n",
        ] {
            assert_eq!(written(text), text);
        }
    }
}
