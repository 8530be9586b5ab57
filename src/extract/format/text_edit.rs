//! Changes to a text, made all at once.

use std::ops::Range;

/// A stretch of the text and what stands there instead.
#[derive(Debug)]
pub(super) struct TextEdit {
    pub range: Range<usize>,
    pub with: String,
}

impl TextEdit {
    /// Inserts a text.
    pub fn insert(at: usize, with: impl Into<String>) -> Self {
        Self { range: at..at, with: with.into() }
    }
}

/// Returns the text with these changes; of two that overlap the first.
pub(super) fn edited(text: &str, mut edits: Vec<TextEdit>) -> String {
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut out = String::with_capacity(text.len() + 64);
    let mut from = 0;
    for TextEdit { range, with } in edits {
        if range.start < from {
            continue;
        }
        out.push_str(&text[from..range.start]);
        out.push_str(&with);
        from = range.end;
    }
    out.push_str(&text[from..]);
    out
}
