//! Finds mathematics written as `\( … \)` and `\[ … \]`, outside code.
//!
//! Done before any Markdown parser sees the text: to Markdown `\(` is an escaped bracket, and a formula over several
//! lines can look like a heading or a list.

use std::ops::Range;

/// A formula in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Formula {
    /// Its bytes, delimiters included.
    pub range: Range<usize>,
    /// `\[ … \]`: on a line of its own.
    pub display: bool,
}

/// No formula is longer than this; what looks like a longer one is text.
const LONGEST: usize = 16_384;

/// The formulas of a Markdown text, in order, none inside another. Linear: a search that found nothing is not
/// repeated for the same stretch.
pub(super) fn formulas(text: &str) -> Vec<Formula> {
    let mut found = Vec::new();
    if !text.contains("\\(") && !text.contains("\\[") {
        return found;
    }
    for stretch in outside_fences(text) {
        scan(text, stretch, &mut found);
    }
    found
}

/// The stretches of a text that are not in a fenced code block.
fn outside_fences(text: &str) -> Vec<Range<usize>> {
    let mut stretches = Vec::new();
    let mut start = 0;
    let mut at = 0;
    let mut open: Option<(u8, usize)> = None;
    for line in text.split_inclusive('\n') {
        // Quotation and list markers may stand before a fence.
        let inner = line.trim_start_matches([' ', '\t', '>', '-', '*', '+']).trim_end();
        let fence = fence(inner);
        match (open, fence) {
            (None, Some((mark, length, _))) => {
                stretches.push(start..at);
                open = Some((mark, length));
            }
            (Some((mark, length)), Some((other, closing, true))) if mark == other && closing >= length => {
                open = None;
                start = at + line.len();
            }
            _ => {}
        }
        at += line.len();
    }
    if open.is_none() {
        stretches.push(start..text.len());
    }
    stretches.retain(|stretch| !stretch.is_empty());
    stretches
}

/// A code fence's mark, its length, and whether nothing follows it.
fn fence(line: &str) -> Option<(u8, usize, bool)> {
    let mark = *line.as_bytes().first().filter(|&&byte| byte == b'`' || byte == b'~')?;
    let length = line.bytes().take_while(|&byte| byte == mark).count();
    let rest = &line[length..];
    // Backticks after the opening ones make it a code span.
    (length >= 3 && !(mark == b'`' && rest.contains('`'))).then(|| (mark, length, rest.trim().is_empty()))
}

fn scan(text: &str, stretch: Range<usize>, found: &mut Vec<Formula>) {
    let bytes = text.as_bytes();
    let mut at = stretch.start;
    // Up to where it is known that no `\)`, no `\]`, no run of so many backticks closes anything.
    let mut closers = [stretch.start; 2];
    let mut ticks = [stretch.start; 16];
    let mut paragraph_end = 0;
    while let Some(step) = memchr::memchr2(b'\\', b'`', &bytes[at..stretch.end]) {
        at += step;
        if bytes[at] == b'`' {
            let length = bytes[at..stretch.end].iter().take_while(|&&byte| byte == b'`').count();
            at += length;
            if length < ticks.len() && ticks[length] <= at {
                // A code span ends with its paragraph.
                if paragraph_end < at {
                    paragraph_end = memchr::memmem::find(&bytes[at..stretch.end], b"\n\n")
                        .map_or(stretch.end, |end| at + end);
                }
                let end = paragraph_end;
                match closing_ticks(&bytes[at..end], length) {
                    Some(inside) => at += inside,
                    None => ticks[length] = end,
                }
            }
            continue;
        }
        let (which, closing) = match bytes.get(at + 1) {
            Some(b'(') => (0, b')'),
            Some(b'[') => (1, b']'),
            _ => {
                at += 2;
                if at >= stretch.end {
                    return;
                }
                continue;
            }
        };
        let opened = at;
        at += 2;
        let end = stretch.end.min(at + LONGEST);
        match closing_delimiter(&bytes[..end], at.max(closers[which]), closing) {
            Ok(close) => {
                let inner = &text[at..close];
                at = close + 2;
                // A formula in a line of text ends with its paragraph. One on lines of its own may have blank ones.
                let is_alone = || which == 1 && begins_alone(inner) && stands_alone(text, opened..at);
                let whole = !has_blank_line(inner) || is_alone();
                if whole && !inner.trim().is_empty() && !inner.contains('`') && !begins_a_block(inner) {
                    found.push(Formula { range: opened..at, display: which == 1 });
                }
            }
            Err(stopped) => closers[which] = stopped,
        }
    }
}

/// How far the run of exactly `length` backticks ends.
fn closing_ticks(bytes: &[u8], length: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(step) = memchr::memchr(b'`', &bytes[at..]) {
        at += step;
        let run = bytes[at..].iter().take_while(|&&byte| byte == b'`').count();
        at += run;
        if run == length {
            return Some(at);
        }
    }
    None
}

/// Where the closing delimiter begins, or how far was looked. A doubled backslash before a bracket is a line break of
/// the formula.
fn closing_delimiter(bytes: &[u8], from: usize, closing: u8) -> Result<usize, usize> {
    let mut at = from;
    while let Some(step) = bytes.get(at..).and_then(|rest| memchr::memchr(b'\\', rest)) {
        at += step;
        if bytes.get(at + 1) == Some(&closing) {
            return Ok(at);
        }
        at += 2;
    }
    Err(at.max(bytes.len()))
}

/// Whether nothing stands behind the opening delimiter on its line: `\[Note: …` may be escaped brackets around prose.
fn begins_alone(inner: &str) -> bool {
    inner.split('\n').next().is_some_and(|line| line.trim().is_empty())
}

/// Whether nothing but the marks of a list or a quotation shares the lines on which this begins and ends.
fn stands_alone(text: &str, range: Range<usize>) -> bool {
    let before = text[..range.start].rsplit('\n').next().unwrap_or_default();
    let after = text[range.end..].split('\n').next().unwrap_or_default();
    let is_mark = |char: char| char.is_whitespace() || char.is_ascii_digit() || ">-*+.)".contains(char);
    before.chars().all(is_mark) && after.trim().is_empty()
}

/// Whether one of several lines is a heading, a fence or HTML to every reader of Markdown, whatever
/// delimiters stand around it. That is no formula, or none that can be drawn.
fn begins_a_block(text: &str) -> bool {
    text.contains('\n')
        && text.split('\n').any(|line| {
            let line = line.trim_matches([' ', '\t', '\r', '>']);
            let only = |mark: u8| !line.is_empty() && line.bytes().all(|byte| byte == mark);
            line.starts_with(['#', '<', '`', '~']) || only(b'=') || only(b'-')
        })
}

/// Whether a blank line stands between the first line and the last.
fn has_blank_line(text: &str) -> bool {
    let mut lines = text.split('\n').skip(1).peekable();
    while let Some(line) = lines.next() {
        if lines.peek().is_some() && line.trim().is_empty() {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Vec<&str> {
        formulas(text).into_iter().map(|formula| &text[formula.range]).collect()
    }

    #[test]
    fn formulas_are_found_outside_code_only() {
        assert_eq!(found(r"so \(a+b\) and \[c\]"), [r"\(a+b\)", r"\[c\]"]);
        assert_eq!(found(r"`\(a\)` then \(b\)"), [r"\(b\)"]);
        assert_eq!(found("```tex\n\\(a\\)\n```\n\\(b\\)"), ["\\(b\\)"]);
        assert_eq!(found("```tex\n\\(a\\)"), Vec::<&str>::new());
        assert_eq!(found("> ~~~\n> \\(a\\)\n> ~~~\n\\(b\\)"), ["\\(b\\)"]);
        assert_eq!(found("a lone ` tick\n\n\\(b\\) ` there"), ["\\(b\\)"]);
    }

    #[test]
    fn a_line_break_of_latex_is_no_delimiter() {
        assert_eq!(found("\\[a\\\\[2pt]\nb\\]"), ["\\[a\\\\[2pt]\nb\\]"]);
        assert_eq!(found(r"\\(no\\)"), Vec::<&str>::new());
    }

    #[test]
    fn what_is_not_closed_is_text() {
        assert_eq!(found("\\(a\n\nb\\)"), Vec::<&str>::new());
        assert_eq!(found(r"\( \( \["), Vec::<&str>::new());
        assert_eq!(found(r"\( \)"), Vec::<&str>::new());
    }

    #[test]
    fn brackets_around_paragraphs_of_prose_are_no_formula() {
        assert_eq!(found("\\[\na\n\n= b\n\\]"), ["\\[\na\n\n= b\n\\]"]);
        assert_eq!(found("\\[Note: this is so.\n\nAnd so on.\\]"), Vec::<&str>::new());
    }

    #[test]
    fn a_megabyte_of_open_brackets_takes_no_time() {
        let started = std::time::Instant::now();
        formulas(&"\\(".repeat(500_000));
        formulas(&"\\[` `` ".repeat(150_000));
        assert!(started.elapsed().as_secs() < 5);
    }

    proptest! {
        #[test]
        fn formulas_are_apart_in_order_and_delimited(text in r"([\\()\[\]`ab\n$é ]|```|\\\(|\\\)){0,60}") {
            let mut from = 0;
            for formula in formulas(&text) {
                prop_assert!(formula.range.start >= from);
                from = formula.range.end;
                let inside = &text[formula.range];
                let (open, close) = if formula.display { ("\\[", "\\]") } else { ("\\(", "\\)") };
                prop_assert!(inside.starts_with(open) && inside.ends_with(close));
            }
        }
    }
}
