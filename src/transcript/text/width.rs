//! Columns: measures text, and cuts it to a number of columns.
//!
//! Measures as ratatui does, since what is measured here is put into its cells.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Returns the display columns of a sanitized text, as ratatui measures them: by grapheme cluster, because
/// that is what it puts into cells. (The whole string's own width can be smaller: an Arabic lam and alef
/// join.)
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(grapheme_width).sum() }
}

/// Returns the columns of one grapheme cluster.
pub fn grapheme_width(grapheme: &str) -> usize {
    if grapheme.len() == 1 {
        return 1;
    }
    // As ratatui does: terminals give the halfwidth sound marks a cell of their own.
    let marks = grapheme.chars().filter(|c| matches!(c, '\u{FF9E}' | '\u{FF9F}')).count();
    grapheme.width() + marks
}

/// Cuts a text to at most `columns`, with `…` where something was cut. For sanitized text on one line.
pub fn fit(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    if columns == 0 {
        return Cow::Borrowed("");
    }
    let mut used = 0;
    let mut end = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += grapheme_width(grapheme);
        if used >= columns {
            break;
        }
        end = at + grapheme.len();
    }
    let mut cut = text[..end].trim_end().to_owned();
    cut.push('…');
    Cow::Owned(cut)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::buffer::CellWidth;

    use super::{super::sanitize::line, *};

    /// ratatui has its own opinion of the halfwidth sound marks, and chance hardly finds them.
    #[test]
    fn columns_are_those_of_ratatui_where_it_is_of_its_own_mind() {
        for text in ["ｶﾞ", "ﾊﾟﾋﾞ", "\u{ff9e}", "👨‍👩‍👧", "❤️", "e\u{301}", "각"]
        {
            let theirs: usize = text.graphemes(true).map(|g| usize::from(g.cell_width())).sum();
            assert_eq!(width(text), theirs, "{text}");
        }
    }

    #[test]
    fn a_cut_says_so() {
        assert_eq!(fit("kubernetes", 10), "kubernetes");
        assert_eq!(fit("kubernetes", 5), "kube…");
        assert_eq!(fit("日本語", 4), "日…");
        assert_eq!(fit("日本語", 1), "…");
        assert_eq!(fit("a b c", 3), "a…");
        assert_eq!(fit("abc", 0), "");
    }

    proptest! {
        #[test]
        fn columns_are_those_of_ratatui(raw in any::<String>()) {
            let shown = line(&raw);
            let theirs: usize = shown.graphemes(true).map(|g| usize::from(g.cell_width())).sum();
            prop_assert_eq!(width(&shown), theirs);
        }

        #[test]
        fn what_was_fitted_fits(raw in any::<String>(), columns in 0_usize..40) {
            prop_assert!(width(&fit(&line(&raw), columns)) <= columns);
        }
    }
}
