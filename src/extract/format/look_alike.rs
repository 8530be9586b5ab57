//! Keeps a body of plain text from looking like the line above an entry: what looks like one is indented.
//!
//! The line above an entry says who speaks and when, and has a row of dashes below it. Neither may be forged, nor come
//! near enough for a hurried eye: other dashes, other blanks and other ends of lines count too.

use crate::message::{is_dot, is_unseen};

/// The blanks before a line that looks like an entry's.
const INDENT: &str = "    ";
/// The longest line that is looked at, in bytes: a longer one looks like no heading.
const MAX_LENGTH: usize = 600;
/// The fewest dashes that look like a row below a heading: there are three below the shortest.
const FEWEST_DASHES: usize = 3;

/// Writes a body, with the lines indented that look like those above an entry. Linear in the text.
pub(super) fn write_body_text(text: &str, out: &mut String) {
    let mut below_heading = false;
    let mut lines = lines(text).peekable();
    while let Some(line) = lines.next() {
        let is_rule = below_heading;
        let underlined = !is_rule && lines.peek().is_some_and(|next| underlines(line, next));
        below_heading = underlined;
        if is_rule || underlined || names_turn(line) {
            out.push_str(INDENT);
        }
        out.push_str(line);
    }
}

/// Returns the lines of a text with their ends.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = match rest.find(is_break) {
            Some(at) if rest[at..].starts_with("\r\n") => at + 2,
            Some(at) => at + rest[at..].chars().next().map_or(0, char::len_utf8),
            None => rest.len(),
        };
        let (line, after) = rest.split_at(end);
        rest = after;
        (!line.is_empty()).then_some(line)
    })
}

/// Returns whether some program begins a new line after a character.
pub(super) fn is_break(char: char) -> bool {
    matches!(char, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Returns whether a line is a row of dashes that could be meant for the line before it.
fn underlines(line: &str, next: &str) -> bool {
    if line.len() > MAX_LENGTH || next.len() > 4 * MAX_LENGTH {
        return false;
    }
    let count = |text: &str| text.chars().filter(|&char| !is_blank(char)).count();
    let dashes = count(next);
    let words = count(line);
    words > 0
        && dashes >= FEWEST_DASHES
        && 2 * dashes >= words
        && next.chars().all(|char| is_blank(char) || is_dash(char))
        && !line.chars().all(|char| is_blank(char) || is_dash(char))
}

/// Returns whether a line has the parts of an entry's: something between dots, and a time as it stands there.
fn names_turn(line: &str) -> bool {
    line.len() <= MAX_LENGTH
        && line.contains([':', '：', '∶', '꞉', '︰', 'ː'])
        && line.contains(is_dot)
        && has_time(line)
}

/// Returns whether a text holds a year, a comma and a time: `2025, 10:42`, with any blanks and digits.
fn has_time(line: &str) -> bool {
    let shape: String = line
        .chars()
        .filter(|&char| !is_blank(char))
        .map(|char| match char {
            char if char.is_numeric() => '0',
            ',' | '，' | '‚' | '、' | '､' | ';' => ',',
            ':' | '：' | '∶' | '꞉' | '︰' | 'ː' => ':',
            char => char,
        })
        .collect();
    ["0000,00:00", "0000,0:00", "000000:00"].iter().any(|time| shape.contains(time))
}

/// Returns whether a character looks like a piece of a line.
fn is_dash(char: char) -> bool {
    matches!(char,
        '-' | '_' | '=' | '~' | '\u{ad}' | '\u{af}' | '\u{58a}' | '\u{5be}' | '\u{1806}' | '\u{2010}'..='\u{2015}' | '\u{203e}'
        | '\u{2043}' | '\u{207b}' | '\u{208b}' | '\u{2212}' | '\u{23af}' | '\u{23ba}'..='\u{23bd}' | '\u{2500}' | '\u{2501}'
        | '\u{2504}' | '\u{2505}' | '\u{2508}' | '\u{2509}' | '\u{254c}' | '\u{254d}' | '\u{2550}' | '\u{2574}'..='\u{257f}'
        | '\u{2581}' | '\u{2594}' | '\u{2796}' | '\u{2e3a}' | '\u{2e3b}' | '\u{301c}' | '\u{30fc}' | '\u{3161}' | '\u{4e00}'
        | '\u{fe49}'..='\u{fe4f}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' | '\u{ff3f}' | '\u{ff70}')
}

/// Returns whether a character is a blank, or cannot be seen.
fn is_blank(char: char) -> bool {
    char.is_whitespace() || char.is_control() || is_unseen(char) || char == '\u{2800}'
}

#[cfg(test)]
mod tests {
    use super::*;

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
        ] {
            assert_eq!(written(text), text);
        }
    }
}
