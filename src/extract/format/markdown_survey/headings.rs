//! Headings: those on another level than they may have, and lines that look like one.

use std::ops::Range;

use crate::{extract::format::text_edit::TextEdit, message::is_unseen};

/// Notes the hashes of lines that are no heading and look like one.
pub(super) fn lookalikes(
    text: &str,
    headings: &[(Range<usize>, usize)],
    code: &[Range<usize>],
    found: &mut Vec<usize>,
) {
    let mut headings = headings.iter().map(|(range, _)| range.clone()).peekable();
    let mut code = code.iter().cloned().peekable();
    let bytes = text.as_bytes();
    let mut from = 0;
    // Only the first hash of a line can be one.
    while let Some(at) = memchr::memchr(b'#', &bytes[from..]).map(|step| from + step) {
        let start = memchr::memrchr2(b'\n', b'\r', &bytes[from..at]).map_or(from, |end| from + end + 1);
        from = memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |end| at + end + 1);
        let may_precede = |char: char| {
            is_blank_within_line(char)
                || matches!(char, '>' | '-' | '*' | '+' | '.' | ')')
                || char.is_ascii_digit()
        };
        if !text[start..at].chars().all(may_precede) {
            continue;
        }
        while headings.next_if(|range| range.end <= at).is_some() {}
        while code.next_if(|range| range.end <= at).is_some() {}
        let within = |range: &Range<usize>| range.start <= at;
        if headings.peek().is_some_and(within) || code.peek().is_some_and(within) {
            continue;
        }
        let rest = &text[at..];
        let hashes = rest.bytes().take_while(|&byte| byte == b'#').count();
        let after = rest[hashes..].chars().next();
        // `#hashtag` is none, `##heading` was one before there was a standard.
        if hashes > 1 || after.is_none_or(|char| is_blank_within_line(char) || matches!(char, '\n' | '\r')) {
            found.push(at);
        }
    }
}

/// Returns whether a character looks like a blank: white space of every kind, and what cannot be seen.
pub(super) fn is_blank_within_line(char: char) -> bool {
    (char.is_whitespace() && !matches!(char, '\n' | '\r'))
        || is_unseen(char)
        || matches!(char, '\u{ad}' | '\u{2800}')
}

/// Writes a heading at another level. An underlined one becomes one with hashes. Tells that it did more than to
/// lengthen a row of hashes.
pub(super) fn shift(text: &str, range: Range<usize>, level: usize, edits: &mut Vec<TextEdit>) -> bool {
    let heading = &text[range.clone()];
    let start = range.start + (heading.len() - heading.trim_start_matches([' ', '\t']).len());
    let hashes = text[start..range.end].bytes().take_while(|&byte| byte == b'#').count();
    let after = text[start + hashes..range.end].bytes().next();
    if (1..=6).contains(&hashes) && matches!(after, None | Some(b' ' | b'\t' | b'\n' | b'\r')) {
        edits.push(TextEdit { range: start..start + hashes, with: "#".repeat(level) });
        return false;
    }
    let end = start + text[start..range.end].trim_end().len();
    let Some(underline) = text[start..end].rfind(['\n', '\r']).map(|newline| start + newline + 1) else {
        return true;
    };
    let words = text[start..underline].trim_end();
    if words.contains(['\n', '\r']) {
        // A heading of several lines has no other form, and was hardly meant: mostly it is a rule below a log. With
        // a blank line before it that is what it becomes.
        edits.push(TextEdit::insert(underline, "\n"));
        return true;
    }
    edits.push(TextEdit::insert(start, format!("{} ", "#".repeat(level))));
    // Hashes at the end of a heading with hashes would be its ornament.
    let closing = start + words.trim_end_matches('#').len();
    let with = text[closing..start + words.len()].replace('#', "\\#");
    edits.push(TextEdit { range: closing..end, with });
    true
}
