//! Text within HTML.

use std::borrow::Cow;

/// Returns a text in which HTML sees no marks, within an element or a quoted attribute. Control characters,
/// which HTML does not allow, become U+FFFD.
pub(super) fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(is_marker_char) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    write_escaped(text, &mut out);
    Cow::Owned(out)
}

fn is_marker_char(char: char) -> bool {
    matches!(char, '&' | '<' | '>' | '"' | '\'') || (char.is_control() && char != '\n' && char != '\t')
}

/// Writes a text as [`escape`] returns it: a large one is not there twice.
pub(super) fn write_escaped(text: &str, out: &mut String) {
    let mut from = 0;
    for (at, mark) in text.match_indices(is_marker_char) {
        out.push_str(&text[from..at]);
        from = at + mark.len();
        let char = mark.chars().next().unwrap_or_default();
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push('\u{fffd}'),
        }
    }
    out.push_str(&text[from..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_the_element_or_the_attribute_it_stands_in() {
        assert_eq!(escape("a<b>\"c' & d\u{1b}\n\t"), "a&lt;b&gt;&quot;c&#39; &amp; d\u{fffd}\n\t");
    }
}
