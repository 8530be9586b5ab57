//! The marks within a text that nobody reads: of emphasis, of links and pictures, of citations, the tags of HTML.

use hashbrown::HashSet;
use memchr::{memchr, memchr3, memrchr};

use super::escapes::Step;

/// The marks in a run of them; more are a line, or keep a place.
const MAX_RUN: usize = 6;

/// Looks at marks of emphasis: at the edge of a word or within one they say nothing.
pub(super) fn emphasis(bytes: &[u8], at: usize) -> Step {
    let mark = bytes[at];
    let run = bytes[at..].iter().take_while(|&&byte| byte == mark).count();
    let (before, behind) = (at.checked_sub(1).and_then(|at| bytes.get(at)), bytes.get(at + run));
    let is_empty_or_null = match mark {
        b'*' => run <= 3 && !(is_space_or_edge(before) && is_space_or_edge(behind)),
        b'~' => run == 2 && !(is_space_or_edge(before) && is_space_or_edge(behind)),
        // Typed over by what is behind it: so manuals underline.
        b'_' if run == 1 && behind == Some(&b'\x08') => return Step::Replace(2, None),
        b'_' => run <= MAX_RUN && is_emphasis(bytes, at, run),
        _ => run <= 3 && is_word(before) && is_word(behind),
    };
    if is_empty_or_null { Step::Replace(run, None) } else { Step::Keep(run) }
}

fn is_space_or_edge(byte: Option<&u8>) -> bool {
    byte.is_none_or(u8::is_ascii_whitespace)
}

fn is_word(byte: Option<&u8>) -> bool {
    byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii())
}

/// The bytes that underscores stand around as emphasis.
const MAX_EMPHASIS_LENGTH: usize = 512;
/// The runs of underscores that are looked at for the other end of an emphasis.
const MAX_RUNS: usize = 32;

/// Returns whether a run of underscores at the edge of a word has another one at the other end of some words:
/// `__password__`, `_mail robin@example.org_`.
fn is_emphasis(bytes: &[u8], at: usize, run: usize) -> bool {
    let (opens, closes) = edges(bytes, at, run);
    (opens && closing_run(bytes, at + run).is_some_and(|end| is_paragraph(&bytes[at..end])))
        || (closes && opening_run(bytes, at).is_some_and(|start| is_paragraph(&bytes[start..at])))
}

/// Returns whether emphasis may begin, and whether it may end, with a run of underscores.
fn edges(bytes: &[u8], at: usize, run: usize) -> (bool, bool) {
    let is_marker_char = |byte: &&u8| b"*~`".contains(byte);
    let (before, behind) = (&bytes[..at], &bytes[at + run..]);
    // Other marks may stand between it and the word.
    let marks_before = before.iter().rev().take(MAX_RUN).take_while(is_marker_char).count();
    let marks_behind = behind.iter().take(MAX_RUN).take_while(is_marker_char).count();
    let is_word_before = is_word(before[..at - marks_before].last());
    let is_word_behind = is_word(behind.get(marks_behind));
    let (opens, closes) = (!is_space_or_edge(behind.first()), !is_space_or_edge(before.last()));
    let is_escaped = before.last() == Some(&b'\\');
    (opens && !is_word_before && !is_escaped, closes && !is_word_behind && !is_escaped)
}

/// Returns the place of the next run of underscores with which emphasis may end.
fn closing_run(bytes: &[u8], from: usize) -> Option<usize> {
    let near = &bytes[..bytes.len().min(from + MAX_EMPHASIS_LENGTH)];
    let mut at = from;
    for _ in 0..MAX_RUNS {
        at += memchr(b'_', near.get(at..)?)?;
        let run = bytes[at..].iter().take(MAX_EMPHASIS_LENGTH).take_while(|&&byte| byte == b'_').count();
        if run <= MAX_RUN && edges(bytes, at, run).1 {
            return Some(at);
        }
        at += run;
    }
    None
}

/// Returns the place of the last run of underscores before a place with which emphasis may begin.
fn opening_run(bytes: &[u8], to: usize) -> Option<usize> {
    let from = to.saturating_sub(MAX_EMPHASIS_LENGTH);
    let mut end = to;
    for _ in 0..MAX_RUNS {
        end = from + memrchr(b'_', &bytes[from..end])? + 1;
        let run = bytes[from..end].iter().rev().take_while(|&&byte| byte == b'_').count();
        if run <= MAX_RUN && edges(bytes, end - run, run).0 {
            return Some(end - run);
        }
        end -= run;
    }
    None
}

fn is_paragraph(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"\n\n").is_none()
}

/// The bytes of what a link is called.
const MAX_LINK_LENGTH: usize = 512;
/// The bytes of where it leads to.
const MAX_ADDRESS_LENGTH: usize = 2 << 10;
/// The bytes of the name by which a link or a note is defined elsewhere.
const MAX_LABEL_LENGTH: usize = 64;
/// The brackets that stand in each other.
const MAX_NESTED: usize = 32;

/// What a link has besides the words that are shown of it: `[`, `](…)`, `][…]`, `![`, and the mark of a note, `[^1]`.
pub(super) fn link(bytes: &[u8], at: usize) -> Step {
    let rest = &bytes[at..];
    match rest {
        // Its words are not shown where the picture is.
        [b'!', b'[', ..] => picture(rest).map_or(Step::Keep(1), Step::Drop),
        [b'[', b'^', ..] => label(rest).map_or(Step::Keep(1), Step::Drop),
        [b'[', ..] if is_link(rest) => Step::Replace(1, None),
        [b']', ..] => address(rest).map_or(Step::Keep(1), Step::Drop),
        _ => Step::Keep(1),
    }
}

/// Returns the length of a picture: `![…](…)`, `![…][…]`.
fn picture(rest: &[u8]) -> Option<usize> {
    let closing = 1 + closing_bracket(&rest[1..])?;
    Some(closing + address(&rest[closing..])?)
}

/// Returns the name that a bracket may refer to alone, where something is defined under it elsewhere: `[name]`.
pub(super) fn shortcut(raw: &str, at: usize) -> Option<&str> {
    let rest = raw.as_bytes().get(at..)?;
    let length = label(rest).filter(|_| rest[0] == b'[')?;
    let behind = rest.get(length);
    (!matches!(behind, Some(b'(' | b'[' | b':'))).then(|| &raw[at + 1..at + length - 1])
}

/// The definitions of links that are looked at in a text.
const MAX_DEFINITIONS: usize = 1_000;

/// Returns the names under which a text defines links, in lower case: `[name]: https://…`.
pub(super) fn definitions(raw: &str) -> HashSet<String> {
    let bytes = raw.as_bytes();
    let mut names = HashSet::new();
    for end in memchr::memchr_iter(b']', bytes).filter(|&at| bytes.get(at + 1) == Some(&b':')) {
        let near = &bytes[end.saturating_sub(MAX_LABEL_LENGTH)..end];
        let Some(start) = memrchr(b'[', near).map(|start| end - near.len() + start) else { continue };
        let before =
            bytes[..start].iter().rev().take_while(|byte| matches!(byte, b' ' | b'>' | b'\t')).count();
        if start == before || bytes[start - before - 1] == b'\n' {
            names.insert(raw[start + 1..end].to_lowercase());
        }
        if names.len() == MAX_DEFINITIONS {
            break;
        }
    }
    names
}

/// Returns whether a bracket is closed and has an address behind it.
fn is_link(rest: &[u8]) -> bool {
    closing_bracket(rest).is_some_and(|closing| address(&rest[closing..]).is_some())
}

/// Returns the place of the bracket that closes the first one.
fn closing_bracket(rest: &[u8]) -> Option<usize> {
    let near = &rest[..rest.len().min(MAX_LINK_LENGTH)];
    let (mut at, mut open) = (0, 0_usize);
    while let Some(step) = memchr3(b'[', b']', b'\\', &near[at..]) {
        at += step;
        match near[at] {
            b'[' if open == MAX_NESTED => return None,
            b'[' => open += 1,
            b']' if open <= 1 => return Some(at),
            b']' => open -= 1,
            // What is behind a backslash is no bracket.
            _ => at += 1,
        }
        at += 1;
        if at >= near.len() {
            break;
        }
    }
    None
}

/// Returns the length of `](…)` or `][…]`.
fn address(rest: &[u8]) -> Option<usize> {
    match rest {
        [b']', b'[', ..] => label(&rest[1..]).map(|length| length + 1),
        [b']', b'(', ..] => {
            let near = &rest[..rest.len().min(MAX_ADDRESS_LENGTH)];
            let (mut at, mut open) = (1, 0_usize);
            while let Some(step) = memchr3(b'(', b')', b'\n', near.get(at..)?) {
                at += step + 1;
                match near[at - 1] {
                    b'(' if open < MAX_NESTED => open += 1,
                    b')' if open == 1 => return Some(at),
                    b')' => open -= 1,
                    _ => return None,
                }
            }
            None
        }
        _ => None,
    }
}

/// Returns the length of a short word in brackets.
fn label(rest: &[u8]) -> Option<usize> {
    let near = &rest[..rest.len().min(MAX_LABEL_LENGTH)];
    let end = 1 + memchr3(b']', b'[', b'\n', near.get(1..)?)?;
    (near[end] == b']').then_some(end + 1)
}

/// The bytes of the mark of a citation. To look for its end goes no further than the next one.
const MAX_CITATION_LENGTH: usize = 64 << 10;

/// Returns the length of the mark of a citation: U+E200 … U+E201, what is left of one, U+E202 and the name of a source, and
/// `【12†source】` or `【turn0search4】` in older texts.
pub(super) fn citation(raw: &str, at: usize, char: char) -> Option<usize> {
    if !matches!(char, '\u{e200}' | '\u{e202}' | '【') {
        return None;
    }
    let near = &raw[at..raw.floor_char_boundary(at + MAX_CITATION_LENGTH)];
    let inner = &near[char.len_utf8()..];
    if char == '\u{e202}' {
        let name = inner.bytes().take_while(u8::is_ascii_alphanumeric).count();
        return is_source_name(&inner[..name]).then_some(char.len_utf8() + name);
    }
    let (end, closing) = if char == '【' {
        let end = inner.find(['【', '】', '\n'])?;
        let is_citation = inner[..end].contains('†') || is_source_name(inner[..end].trim());
        (end, is_citation.then(|| inner[end..].chars().next()).flatten()?)
    } else {
        let end = inner.find(['\u{e200}', '\u{e201}', '\u{e206}'])?;
        (end, inner[end..].chars().next()?)
    };
    let is_closed = matches!(closing, '】' | '\u{e201}' | '\u{e206}');
    is_closed.then_some(char.len_utf8() + end + closing.len_utf8())
}

/// Returns whether a character belongs to the marks of citations.
pub(super) fn is_mark_of_citation(char: char) -> bool {
    matches!(char, '\u{e200}'..='\u{e206}' | '【')
}

/// Returns whether a word names a source: `turn0search4`.
fn is_source_name(word: &str) -> bool {
    let rest = word.strip_prefix("turn").unwrap_or_default();
    let rest = rest.trim_start_matches(|char: char| char.is_ascii_digit());
    let digits = rest.trim_start_matches(|char: char| char.is_ascii_lowercase() || char == '_');
    rest.len() > digits.len() && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Elements that change how words look and not what they say.
const INLINE: [&str; 32] = [
    "a", "b", "i", "u", "s", "q", "em", "strong", "span", "wbr", "sub", "sup", "small", "big", "mark",
    "font", "code", "kbd", "tt", "ins", "del", "bdi", "bdo", "abbr", "cite", "dfn", "var", "samp", "strike",
    "time", "nobr", "label",
];
/// The bytes of a tag that is looked for.
const MAX_TAG_LENGTH: usize = 512;
/// The bytes of a comment that is looked for.
const MAX_COMMENT_LENGTH: usize = 4 << 10;

/// Looks at a tag of HTML, or a comment, in the middle of something.
pub(super) fn tag(raw: &str) -> Step {
    if raw.starts_with("<!--") {
        let near = &raw[..raw.floor_char_boundary(MAX_COMMENT_LENGTH)];
        return near.find("-->").map_or(Step::Keep(1), |end| Step::Drop(end + 3));
    }
    let near = &raw[..raw.floor_char_boundary(MAX_TAG_LENGTH)];
    let name = near[1..].strip_prefix('/').unwrap_or(&near[1..]);
    let length = name.bytes().take_while(u8::is_ascii_alphanumeric).count();
    if !INLINE.iter().any(|inline| inline.eq_ignore_ascii_case(&name[..length])) {
        return Step::Keep(1);
    }
    match near[1..].find(['<', '>']) {
        Some(end) if near.as_bytes()[end + 1] == b'>' => Step::Drop(end + 2),
        _ => Step::Keep(1),
    }
}
