//! Sources written as Markdown, in the place of a marker.

use super::{marker, named_sources::NamedSource};
use crate::message::link_safety::host;

/// Writes sources as Markdown, one after the other: `[title](url), [title](url) (€ 39)`.
pub(super) fn sources_as_markdown(sources: &[NamedSource]) -> String {
    let mut text = String::new();
    for NamedSource { link, detail } in sources {
        if !text.is_empty() {
            text.push_str(", ");
        }
        let title = match &*link.title {
            "" if !host(&link.url).is_empty() => host(&link.url),
            "" => &link.url,
            title => title,
        };
        push_link(title, &link.url, &mut text);
        if !detail.is_empty() {
            text.push_str(" (");
            text.push_str(&marker::without_marker_chars(detail));
            text.push(')');
        }
    }
    text
}

/// Writes sources as Markdown, in brackets.
pub(super) fn in_brackets(sources: &[NamedSource]) -> String {
    let text = sources_as_markdown(sources);
    if text.is_empty() { text } else { format!("({text})") }
}

/// Writes a link as Markdown, or its title alone where there is no address.
pub(super) fn push_link(title: &str, url: &str, text: &mut String) {
    let escape_title = |byte: u8| match byte {
        b'\n' | b'\r' => Some(" "),
        b'[' => Some("\\["),
        b']' => Some("\\]"),
        _ => None,
    };
    if url.is_empty() {
        push_escaped(title, escape_title, text);
        return;
    }
    let escape_url = |byte: u8| match byte {
        b'\n' | b'\r' => Some(""),
        b' ' => Some("%20"),
        b'(' => Some("%28"),
        b')' => Some("%29"),
        _ => None,
    };
    text.push('[');
    push_escaped(title, escape_title, text);
    text.push_str("](");
    push_escaped(url, escape_url, text);
    text.push(')');
}

/// Writes a text without marks in one pass, with others in the place of some bytes of ASCII.
fn push_escaped(words: &str, escape: impl Fn(u8) -> Option<&'static str>, text: &mut String) {
    let cleaned;
    let words = if marker::may_be_in(words) {
        cleaned = marker::without_marker_chars(words);
        &cleaned
    } else {
        words
    };
    let mut done = 0;
    for (at, byte) in words.bytes().enumerate() {
        if let Some(escaped) = escape(byte) {
            text.push_str(&words[done..at]);
            text.push_str(escaped);
            done = at + 1;
        }
    }
    text.push_str(&words[done..]);
}
