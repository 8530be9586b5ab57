//! Lines on which Markdown parsers disagree.

use std::ops::Range;

use super::{
    Survey, begins_tag,
    block_ranges::{BlockRanges, RangeWalk},
};
use crate::{extract::format::text_edit::TextEdit, message::is_blank};

/// Notes the lines that some Markdown parser takes for a heading's underline, a table, code or HTML although pulldown-cmark
/// does not. Parsers agree on most of Markdown; not on where a table ends and whether there are any, on what a definition
/// of a link or a footnote takes along, or on what is a blank line.
pub(super) fn escape_disputed_lines(text: &str, block_ranges: &BlockRanges, found: &mut Survey) {
    if !may_be_disputed(text, block_ranges) {
        return;
    }
    let mut headings = RangeWalk::of(&block_ranges.headings);
    let mut code = RangeWalk::of(&block_ranges.code);
    let mut tables = RangeWalk::of(&block_ranges.tables);
    let mut footnotes = RangeWalk::of(&block_ranges.footnotes);
    // Of the lines since the last blank one.
    let (mut defines, mut is_odd, mut tabled) = (false, false, false);
    // The line before this one is of words that may be a paragraph to somebody.
    let mut follows_words = false;
    // The line before this one could be the head of a table, and stands here.
    let (mut pipes, mut line_before) = (false, 0..0);
    let mut next = 0;
    for line in text.split_inclusive('\n') {
        let start = next;
        next += line.len();
        let bare = line.trim_matches(|char| matches!(char, ' ' | '\t' | '>' | '\r' | '\n'));
        if bare.is_empty() {
            (defines, is_odd, tabled) = (false, false, false);
            (follows_words, pipes) = (false, false);
            continue;
        }
        let at = start + (line.len() - line.trim_start_matches([' ', '\t', '>']).len());
        let code_here = code.find(at);
        let in_code = code_here.is_some();
        let in_heading = headings.find(at).is_some();
        let in_footnote = footnotes.find(at).is_some() || footnotes.ended_before(start).is_some();
        let in_table = tables.find(at).is_some();
        tabled |= in_table;
        let is_setext_underline = is_setext_underline(bare);
        let is_disputed = defines || is_odd || in_footnote || tabled;
        if is_setext_underline && !in_code && !in_heading && follows_words && is_disputed {
            found.edits.push(TextEdit::insert(start, "\n"));
        }
        // Some ask for a table before all else: then what begins a list, a quotation or a fence is its head.
        if pipes && is_delimiter_row(bare) && !in_table {
            if in_code {
                found.edits.extend(without_pipes(text, line_before.clone()));
            } else {
                found.edits.push(TextEdit::insert(start, "\n"));
            }
        }
        // Within code a fence is a line like any other.
        let begins_here = code_here.is_none_or(|code| code.start >= start);
        pipes = bare.contains('|') && (!in_code || begins_here && opens_fence(bare)) && !in_table;
        line_before = start..next;
        defines |= bare.contains("]:");
        is_odd |= bare.starts_with(is_blank) || bare.ends_with(is_blank);
        if !in_code {
            // Also a line break: alone on its line it begins HTML, in which a backslash is none.
            let is_tag = bare.starts_with('<') && begins_tag(text, at);
            let is_disputed = defines || is_odd || in_footnote || tabled;
            if (is_tag && is_disputed) || (defines && opens_fence(bare)) {
                found.signs_to_escape.push(at);
                found.changes_structure = true;
            }
        }
        // In code of a footnote others see words.
        follows_words = !is_setext_underline && !in_heading && (!in_code || in_footnote);
    }
}

/// Returns whether a text has anything about which parsers disagree: a table, a footnote, a definition, or a blank at an
/// end of a line that is none to some. Most texts have not, and their lines need not be looked at.
fn may_be_disputed(text: &str, block_ranges: &BlockRanges) -> bool {
    let bytes = text.as_bytes();
    !block_ranges.tables.is_empty()
        || !block_ranges.footnotes.is_empty()
        || memchr::memchr(b'|', bytes).is_some()
        || memchr::memchr_iter(b']', bytes).any(|at| bytes.get(at + 1) == Some(&b':'))
        || may_have_odd_blanks(text)
}

/// Returns whether some line may begin or end with a blank that is none to some.
fn may_have_odd_blanks(text: &str) -> bool {
    let is_odd = |byte: u8| !matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r');
    // Of all bytes, since that takes no time.
    text.bytes().fold(false, |odd, byte| odd | is_odd(byte))
        && text.split('\n').any(|line| {
            let bare = line.trim_matches(|char| matches!(char, ' ' | '\t' | '>' | '\r'));
            bare.starts_with(is_blank) || bare.ends_with(is_blank)
        })
}

/// Returns whether a line begins with a fence.
fn opens_fence(bare: &str) -> bool {
    // Further backticks make a code span of it.
    let backticks = bare.starts_with("```") && !bare.trim_start_matches('`').contains('`');
    backticks || bare.starts_with("~~~")
}

/// Returns whether a line is the one below a table's head.
fn is_delimiter_row(bare: &str) -> bool {
    bare.contains('-')
        && bare.contains(['|', ':'])
        && bare.bytes().all(|byte| matches!(byte, b'|' | b'-' | b':' | b' ' | b'\t'))
}

/// Takes the bars out of a line that opens a fence.
fn without_pipes(text: &str, line: Range<usize>) -> impl Iterator<Item = TextEdit> {
    let bars = memchr::memchr_iter(b'|', text[line.clone()].as_bytes()).map(move |at| line.start + at);
    bars.map(|at| TextEdit { range: at..at + 1, with: " ".to_owned() })
}

/// Returns whether a line can be the underline of a heading (`---`, `===`).
fn is_setext_underline(bare: &str) -> bool {
    bare.bytes().all(|byte| byte == b'-') || bare.bytes().all(|byte| byte == b'=')
}
