//! Text within HTML.

use std::borrow::Cow;

/// Returns a text in which HTML sees no marks, within an element or a quoted attribute. Control characters,
/// which HTML does not allow, become U+FFFD.
pub(super) fn escape(text: &str) -> Cow<'_, str> {
    let marks = |char: char| {
        matches!(char, '&' | '<' | '>' | '"' | '\'') || (char.is_control() && char != '\n' && char != '\t')
    };
    if !text.contains(marks) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            char if char.is_control() && char != '\n' && char != '\t' => out.push('\u{fffd}'),
            char => out.push(char),
        }
    }
    Cow::Owned(out)
}
