//! Bounds on what is read as Markdown: a text past them is written as it stands, and nobody wrote it by hand.
//!
//! A parser takes up to a hundred times the memory of a hostile text, and time by its depth for each of its lines.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A text longer than this, in bytes, is not read as Markdown: nobody wrote it, and what it consists of may take a
/// hundred times its memory.
pub(super) const MAX_LENGTH: usize = 1 << 20;
/// The number of quotations and lists in one another that are read: each line after them is compared with all.
const MAX_DEPTH: usize = 100;
/// The number of cells, for each byte, that the widest table of a text could have if every line were a row of it. A row
/// that is cut short has as many as the head.
const MAX_CELLS: usize = 4;
/// The number of such cells that a short text may have in any case.
const SOME_CELLS: usize = 4_096;
/// A text up to this many bytes is read without waiting for another one.
const SMALL: usize = 64 << 10;

/// Returns whether a text is read as Markdown. Linear in the text.
pub(super) fn may_parse(text: &str) -> bool {
    if text.len() > MAX_LENGTH {
        return false;
    }
    let bytes = text.as_bytes();
    let (may_be_deep, may_be_wide) = (may_be_deep(bytes), memchr::memchr(b'|', bytes).is_some());
    if !may_be_deep && !may_be_wide {
        return true;
    }
    let (mut lines, mut columns) = (0_usize, 0);
    for line in lines_of(bytes) {
        lines += 1;
        if may_be_deep && depth(line) > MAX_DEPTH {
            return false;
        }
        if may_be_wide {
            columns = columns.max(table_columns(line));
        }
    }
    columns.saturating_mul(lines) <= text.len() * MAX_CELLS + SOME_CELLS
}

/// Returns the lines of a text without their ends.
fn lines_of(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut from = 0;
    let ends = memchr::memchr2_iter(b'\n', b'\r', bytes).chain([bytes.len()]);
    ends.map(move |end| {
        let line = &bytes[from..end];
        from = end + 1;
        line
    })
}

/// Returns whether some run of marks and blanks is so long that a line with it at its beginning may lead deeper than
/// [`MAX_DEPTH`]. Looks at a few bytes only, and spares most texts the look at each line.
fn may_be_deep(bytes: &[u8]) -> bool {
    /// The fewest bytes that lead so deep: tabs, of which each is two levels.
    const SHORTEST: usize = MAX_DEPTH / 2 + 1;
    let is_marker_char = |byte: u8| {
        matches!(byte, b' ' | b'\t' | b'>' | b'-' | b'*' | b'+' | b'.' | b')') || byte.is_ascii_digit()
    };
    // One byte of any run of that length stands at one of these places.
    let mut at = SHORTEST - 1;
    while let Some(&byte) = bytes.get(at) {
        if !is_marker_char(byte) {
            at += SHORTEST;
            continue;
        }
        let before =
            bytes[..at].iter().rev().take_while(|&&byte| is_marker_char(byte)).take(SHORTEST).count();
        let after = bytes[at..].iter().take_while(|&&byte| is_marker_char(byte)).take(SHORTEST).count();
        if before + after >= SHORTEST {
            return true;
        }
        at += after + SHORTEST;
    }
    false
}

/// Waits until no other large text is parsed, so that as many threads as there are take the memory of one.
pub(super) fn lock_if_large(text: &str) -> Option<MutexGuard<'static, ()>> {
    static LARGE: Mutex<()> = Mutex::new(());
    (text.len() > SMALL).then(|| LARGE.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Returns at most how deep a line leads into quotations and lists: by its marks, or by its indentation.
fn depth(bytes: &[u8]) -> usize {
    let (mut marks, mut columns, mut at) = (0, 0, 0);
    let mut only: Option<u8> = None;
    let mut mixed = false;
    while let Some(&byte) = bytes.get(at) {
        let blank = bytes.get(at + 1).is_none_or(|next| matches!(next, b' ' | b'\t'));
        match byte {
            b' ' => columns += 1,
            b'\t' => columns += 4,
            b'>' => marks += 1,
            b'-' | b'*' | b'+' if blank => marks += 1,
            b'0'..=b'9' => {
                let digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).take(10).count();
                if !matches!(bytes.get(at + digits), Some(b'.' | b')')) {
                    break;
                }
                marks += 1;
                at += digits;
            }
            _ => break,
        }
        if !matches!(byte, b' ' | b'\t') {
            mixed |= only.is_some_and(|only| only != byte);
            only = Some(byte);
        }
        at += 1;
    }
    // A rule, not lists in one another.
    if at == bytes.len() && !mixed && matches!(only, Some(b'-' | b'*')) {
        return 0;
    }
    if marks == 0 { 0 } else { marks.max(columns / 2) }
}

/// Counts the columns that a line declares as the row of dashes below the head of a table.
fn table_columns(line: &[u8]) -> usize {
    let part =
        |byte: u8| matches!(byte, b'|' | b'-' | b':' | b' ' | b'\t' | b'>' | b'*' | b'+' | b'.' | b')');
    if !line.iter().all(|&byte| part(byte) || byte.is_ascii_digit()) {
        return 0;
    }
    let bars = memchr::memchr_iter(b'|', line).count();
    if bars < 2 { 0 } else { bars + 1 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whose_lines_are_not_looked_at_has_no_deep_one(
            pieces in prop::collection::vec(("[ \t>*+.)0-9-]|a|\n|- |1\\. ", 0_usize..120), 0..6)
        ) {
            let text: String = pieces.iter().map(|(piece, times)| piece.repeat(*times)).collect();
            let deepest = lines_of(text.as_bytes()).map(depth).max().unwrap_or(0);
            prop_assert!(deepest <= MAX_DEPTH || may_be_deep(text.as_bytes()), "{:?}", text);
        }
    }

    #[test]
    fn what_a_person_writes_is_read() {
        for text in [
            "",
            "# A\n\n- b\n  - c\n    1. d\n\n> > e\n",
            "- - - - - - - - - -\n",
            &"* ".repeat(300),
            &format!("{}- word", " ".repeat(60)),
            &format!(
                "|{}\n|{}\n{}",
                "a|".repeat(12),
                "-|".repeat(12),
                "|1|2|3|4|5|6|7|8|9|0|1|2|\n".repeat(500)
            ),
            &"A line of prose.\n".repeat(20_000),
        ] {
            assert!(may_parse(text), "{}", &text[..text.len().min(80)]);
        }
    }

    #[test]
    fn what_would_take_too_much_is_not() {
        for text in [
            &"a".repeat(MAX_LENGTH + 1),
            &"> ".repeat(200),
            &">".repeat(200),
            &"- ".repeat(150).replace("- - ", "- + "),
            &"1. ".repeat(200),
            &format!("a\n{}- word", " ".repeat(400)),
            &format!("|{}\n|{}\n{}", "a|".repeat(500), "-|".repeat(500), "|b\n".repeat(2_000)),
            &format!("> |{}\n> |{}\n{}", "a|".repeat(500), "-|".repeat(500), "> |b\n".repeat(2_000)),
        ] {
            assert!(!may_parse(text), "{}", &text[..text.len().min(80)]);
        }
    }
}
