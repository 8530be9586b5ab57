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
    let title = marker::without_marker_chars(title)
        .replace(['\n', '\r'], " ")
        .replace('[', "\\[")
        .replace(']', "\\]");
    if url.is_empty() {
        text.push_str(&title);
        return;
    }
    let url = marker::without_marker_chars(url).replace(' ', "%20").replace('(', "%28").replace(')', "%29");
    text.push('[');
    text.push_str(&title);
    text.push_str("](");
    text.push_str(&url.replace(['\n', '\r'], ""));
    text.push(')');
}
