//! Links that deceive, and names of links and footnotes, which are the whole file's.

use std::ops::Range;

use pulldown_cmark::LinkType;

use super::{block_ranges::RangeWalk, headings::is_blank_within_line, is_escaped};
use crate::{
    extract::format::text_edit::TextEdit,
    message::{find_address, link_safety},
};

/// A link that is read: its address and its words so far.
pub(super) struct OpenLink {
    pub(super) url: String,
    pub(super) words: String,
    /// Its words are its address.
    pub(super) is_bare: bool,
}

impl OpenLink {
    /// Adds words, as far as they can matter: links may stand in one another, and no address is so long.
    pub(super) fn add(&mut self, words: &str) {
        /// The bytes of a link's words that are looked at.
        const MAX_WORDS: usize = 1_000;
        if self.words.len() < MAX_WORDS {
            self.words.push_str(&words[..words.floor_char_boundary(MAX_WORDS)]);
        }
    }
}

/// Returns the note after a link whose text is misleading.
pub(super) fn destination_note(words: &str, url: &str, at: usize) -> Option<TextEdit> {
    let destination = link_safety::misleading_destination(words, url)?;
    let marks = |char: char| char.is_ascii_punctuation() && !matches!(char, '.' | '-' | ':' | '@');
    let destination: String =
        destination.chars().flat_map(|char| marks(char).then_some('\\').into_iter().chain([char])).collect();
    Some(TextEdit::insert(at, format!(" ({destination})")))
}

/// Returns the change that writes the address of a link where only a name for it stands.
pub(super) fn inline_link_edit(
    text: &str,
    mut range: Range<usize>,
    link_type: LinkType,
    url: &str,
    title: &str,
) -> Option<TextEdit> {
    let start = match link_type {
        LinkType::Shortcut => range.end,
        // Its empty brackets count as its own, or as nobody's.
        LinkType::Collapsed if text[range.end..].starts_with("[]") => {
            range.end += "[]".len();
            range.end - "[]".len()
        }
        LinkType::Collapsed if text[..range.end].ends_with("[]") => range.end - "[]".len(),
        LinkType::Collapsed => range.end,
        LinkType::Reference => {
            let mut brackets = memchr::memrchr_iter(b'[', &text.as_bytes()[range.clone()]);
            range.start + brackets.find(|at| !is_escaped(text, range.start + at))?
        }
        _ => return None,
    };
    let mut with = "(<".to_owned();
    push_escaped(url, &mut with);
    with.push('>');
    if !title.is_empty() {
        with.push_str(" \"");
        push_escaped(title, &mut with);
        with.push('"');
    }
    with.push(')');
    Some(TextEdit { range: start..range.end, with })
}

/// Writes an address or a title of a link so that it ends where it is meant to.
fn push_escaped(text: &str, out: &mut String) {
    for char in text.chars() {
        match char {
            '\\' | '<' | '>' | '&' | '|' | '"' => out.extend(['\\', char]),
            char if char.is_control() => out.push(' '),
            char => out.push(char),
        }
    }
}

/// Notes the brackets that close the name in a definition of a link or a footnote, and in what looks like one. Names are
/// those of the whole file: one that a message defines would make links of another's words.
pub(super) fn definitions(text: &str, code: &[Range<usize>], found: &mut Vec<usize>) {
    /// The bytes of the longest name of a link.
    const MAX_NAME: usize = 1_000;
    let bytes = text.as_bytes();
    let mut code = RangeWalk::of(code);
    let ends = memchr::memchr_iter(b']', bytes).filter(|&at| bytes.get(at + 1) == Some(&b':'));
    for end in ends {
        if code.find(end).is_some() || is_escaped(text, end) {
            continue;
        }
        let from = text.floor_char_boundary(end.saturating_sub(MAX_NAME + 1));
        let mut brackets = memchr::memrchr2_iter(b'[', b']', &bytes[from..end]).map(|at| from + at);
        let begins = brackets.find(|&at| !is_escaped(text, at)).filter(|&at| bytes[at] == b'[');
        let Some(start) = begins else { continue };
        let line = memchr::memrchr2(b'\n', b'\r', &bytes[..start]).map_or(0, |at| at + 1);
        let may_precede = |char: char| {
            is_blank_within_line(char)
                || matches!(char, '>' | '-' | '*' | '+' | '.' | ')')
                || char.is_ascii_digit()
        };
        if start - line <= MAX_NAME && text[line..start].chars().all(may_precede) {
            found.push(end);
        }
    }
}

/// Notes the places of addresses that stand in a text as they are.
pub(super) fn addresses(masked: &str, range: Range<usize>, destination_notes: &mut Vec<TextEdit>) {
    let mut at = range.start;
    while let Some(address) = find_address(&masked[at..range.end]) {
        let url = &masked[at + address.start..at + address.end];
        at += address.end;
        destination_notes.extend(destination_note("", url, at));
    }
}
