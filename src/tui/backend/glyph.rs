//! The look of one cell of a buffer on the screen: the only place that decides widths.
//!
//! A buffer counts columns by grapheme cluster, as ratatui does; most terminals count by character, some by
//! cluster, and no question may be put to them. So a cell is written in a form on which both agree: U+FE0F is
//! dropped, and what is then narrower than the buffer says is filled up with blanks. Where agreement cannot be had by
//! that, the cluster is called [unsure](sure), and the next text is placed by an absolute move.
//!
//! A joined or tinted emoji is written whole where its first picture takes the columns of all of it: a terminal that
//! counts by cluster shows the family, one that counts by character the first of its people, since the others
//! [hang over](overhang) columns that are written again afterwards. Otherwise it is shown by its first picture.

use ratatui::{
    buffer::{Cell, CellWidth},
    style::{Color, Modifier},
};
use unicode_width::UnicodeWidthChar;

use super::screen_cell::ScreenCell;

/// Stands for what no terminal would show within the columns it has.
const UNSHOWABLE: char = '□';

/// Modifiers that make a blank visible; its background does too.
pub(super) const SEEN_ON_BLANKS: Modifier =
    Modifier::UNDERLINED.union(Modifier::REVERSED).union(Modifier::CROSSED_OUT);

/// The text written for a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Glyph {
    /// Never empty, no control characters; its characters' widths add up to `columns`, and what it hangs over.
    pub text: String,
    /// 1 or 2.
    pub columns: u16,
    /// Blank columns after it that belong to the same cluster of the buffer.
    pub padding: u16,
}

/// Settles what is shown of a cluster for which the buffer has `columns` columns (1 or more), with `room` columns of
/// the row after them.
pub(super) fn to_glyph(cluster: &str, columns: u16, room: usize) -> Glyph {
    if columns == 2 && is_joined(cluster) && overhang(cluster, columns) <= room {
        return Glyph { text: cluster.to_owned(), columns, padding: 0 };
    }
    let mut text = String::with_capacity(cluster.len());
    let mut shown = 0;
    for character in cluster.chars() {
        let width = width(character);
        if matches!(character, '\u{FE0E}' | '\u{FE0F}')
            || character.is_control()
            || (width == 0 && text.is_empty())
        {
            continue;
        }
        if width > 2 || shown + width > columns.min(2) {
            break;
        }
        text.push(character);
        shown += width;
    }
    text.truncate(text.trim_end_matches('\u{200D}').len());
    if shown == 0 {
        let bare = cluster.chars().all(|c| width(c) == 0 || c.is_control());
        text.clear();
        text.push(if bare { ' ' } else { UNSHOWABLE });
        shown = 1;
    }
    Glyph { text, columns: shown, padding: columns - shown }
}

/// Returns whether every terminal moves its cursor by the same number of columns for this text.
pub(super) fn has_certain_width(text: &str) -> bool {
    let mut characters = text.chars();
    let Some(first) = characters.next() else { return true };
    !is_pictograph(first) && !is_doubtful(first) && characters.all(is_classical_mark)
}

/// Returns whether terminals of different years or makes give a character different columns: scripts that became wide
/// late, ambiguous characters among wide ones, signs that stand before a number, marks without a base.
fn is_doubtful(character: char) -> bool {
    matches!(
        character,
        UNSHOWABLE
            | '\u{600}'..='\u{605}'
            | '\u{6DD}'
            | '\u{70F}'
            | '\u{890}'..='\u{891}'
            | '\u{8E2}'
            | '\u{1160}'..='\u{11FF}'
            | '\u{303F}'
            | '\u{3248}'..='\u{324F}'
            | '\u{4DC0}'..='\u{4DFF}'
            | '\u{A960}'..='\u{A97F}'
            | '\u{D7B0}'..='\u{D7FF}'
            | '\u{FF9E}'..='\u{FF9F}'
            | '\u{110BD}'
            | '\u{110CD}'
            | '\u{16FE0}'..='\u{1B2FF}'
            | '\u{1D300}'..='\u{1D37F}'
    ) || width(character) == 0
}

/// Returns whether pictures are one: joined, or with a skin tone; the first takes two columns, as all of them do.
fn is_joined(cluster: &str) -> bool {
    let mut characters = cluster.chars();
    let first = characters.next().is_some_and(|first| is_pictograph(first) && width(first) == 2);
    let mut more = characters.peekable();
    first && more.peek().is_some() && more.all(|c| is_pictograph(c) || matches!(c, '\u{200D}' | '\u{FE0F}'))
}

/// Returns the columns after its own `columns` that a settled text may have written into, on a terminal that gives
/// every character its own columns.
pub(super) fn overhang(text: &str, columns: u16) -> usize {
    if has_certain_width(text) {
        return 0;
    }
    let wide = |c: char| if is_pictograph(c) { 2 } else { width(c) as usize };
    text.chars().map(wide).sum::<usize>().saturating_sub(columns as usize)
}

/// Returns whether it is an emoji or other picture: their width changed with the years.
fn is_pictograph(character: char) -> bool {
    matches!(character, '\u{231A}'..='\u{23FF}' | '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}')
}

/// Returns whether it is a mark that has been zero columns wide for as long as terminals know Unicode.
fn is_classical_mark(character: char) -> bool {
    matches!(
        character,
        '\u{300}'..='\u{36F}'
            | '\u{483}'..='\u{489}'
            | '\u{591}'..='\u{5BD}'
            | '\u{64B}'..='\u{65F}'
            | '\u{E31}'
            | '\u{E34}'..='\u{E3A}'
            | '\u{E47}'..='\u{E4E}'
            | '\u{3099}'..='\u{309A}'
    )
}

/// Returns the columns of one character. The half-width sound marks are columns of their own, as ratatui has it.
fn width(character: char) -> u16 {
    match character {
        '\u{FF9E}' | '\u{FF9F}' => 1,
        _ => character.width().unwrap_or(0) as u16,
    }
}

/// Writes one row of a buffer as the terminal will hold it: every cell of `shown` is either a glyph of one column, a
/// glyph of two followed by an empty cell, or a blank; what cannot be seen of a blank's style is left out.
/// Both rows have the same length.
pub(super) fn settle_row(row: &[Cell], shown: &mut [ScreenCell]) {
    let mut x = 0;
    while x < row.len() {
        let cell = &row[x];
        let symbol = cell.symbol();
        if let [byte] = symbol.as_bytes() {
            set(&mut shown[x], if byte.is_ascii_control() { " " } else { symbol }, cell);
            x += 1;
            continue;
        }
        let columns = (cell.cell_width().max(1) as usize).min(row.len() - x);
        let glyph = to_glyph(symbol, columns as u16, row.len() - x - columns);
        set(&mut shown[x], &glyph.text, cell);
        if glyph.columns == 2 {
            set(&mut shown[x + 1], "", cell);
        }
        for blank in &mut shown[x + glyph.columns as usize..x + columns] {
            set(blank, " ", cell);
        }
        x += columns;
    }
}

fn set(shown: &mut ScreenCell, text: &str, styled: &Cell) {
    shown.set_symbol(text);
    (shown.fg, shown.bg, shown.modifier) = (styled.fg, styled.bg, styled.modifier);
    if text == " " && !styled.modifier.intersects(SEEN_ON_BLANKS) {
        (shown.fg, shown.modifier) = (Color::Reset, Modifier::empty());
    }
}

/// Returns whether a settled cell is what an erased cell is.
pub(super) fn is_erased(cell: &ScreenCell) -> bool {
    cell.bg == Color::Reset && is_blank(cell) && cell.modifier.is_empty() && cell.link.is_none()
}

/// Returns whether a settled cell shows no text.
pub(super) fn is_blank(cell: &Cell) -> bool {
    cell.symbol() == " "
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(cluster: &str) -> (String, u16, u16) {
        let glyph = to_glyph(cluster, cluster.cell_width().max(1), 20);
        (glyph.text, glyph.columns, glyph.padding)
    }

    #[test]
    fn plain_text_and_wide_text_are_shown_as_they_are() {
        assert_eq!(shown("a"), ("a".into(), 1, 0));
        assert_eq!(shown("日"), ("日".into(), 2, 0));
        assert_eq!(shown("e\u{301}"), ("e\u{301}".into(), 1, 0));
        assert_eq!(shown("😀"), ("😀".into(), 2, 0));
        assert_eq!(shown("🇩🇪"), ("🇩🇪".into(), 2, 0));
    }

    #[test]
    fn a_variation_selector_is_dropped_and_its_column_filled() {
        assert_eq!(shown("❤\u{FE0F}"), ("❤".into(), 1, 1));
        assert_eq!(shown("1\u{FE0F}\u{20E3}"), ("1\u{20E3}".into(), 1, 1));
        assert_eq!(shown("⌚\u{FE0E}").1, 1 + u16::from("⌚\u{FE0E}".cell_width() == 2));
    }

    #[test]
    fn joined_and_tinted_emoji_are_written_whole_where_that_is_safe() {
        let family = "👨\u{200D}👩\u{200D}👧";
        assert_eq!(shown(family), (family.into(), 2, 0));
        assert_eq!(shown("👍🏽"), ("👍🏽".into(), 2, 0));
        assert_eq!((overhang(family, 2), overhang("👍🏽", 2)), (4, 2));
        // What hangs over must find columns that are written again.
        assert_eq!(to_glyph(family, 2, 3).text, "👨");
        assert_eq!(to_glyph(family, 2, 4).text, family);
    }

    #[test]
    fn an_emoji_that_begins_narrow_is_shown_by_its_first_picture() {
        assert_eq!(shown("🏳\u{FE0F}\u{200D}🌈"), ("🏳".into(), 1, 1));
        assert_eq!(shown("❤\u{FE0F}\u{200D}🔥"), ("❤".into(), 1, 1));
    }

    #[test]
    fn only_pictures_hang_over() {
        assert_eq!((overhang("日", 2), overhang("e\u{301}", 1), overhang("a", 1)), (0, 0, 0));
        assert_eq!((overhang("☂", 1), overhang("🇩🇪", 2), overhang("😀", 2)), (1, 2, 0));
    }

    #[test]
    fn joiners_that_a_script_needs_are_kept() {
        assert_eq!(shown("क\u{94D}\u{200D}ष").0, "क\u{94D}\u{200D}ष");
    }

    #[test]
    fn what_has_no_width_becomes_a_blank_and_controls_never_pass() {
        assert_eq!(shown("\u{301}"), (" ".into(), 1, 0));
        assert_eq!(to_glyph("\u{1b}\u{9b}", 1, 0).text, " ");
        assert_eq!(to_glyph("a\u{1b}[", 2, 0).text, "a[");
    }

    #[test]
    fn a_wide_glyph_without_room_is_replaced() {
        assert_eq!(to_glyph("日", 1, 0).text, "□");
    }

    #[test]
    fn the_widths_of_what_is_written_always_add_up() {
        for cluster in [
            "a",
            "日",
            "👨\u{200D}👩",
            "❤\u{FE0F}",
            "ｶﾞ",
            "각",
            "⸻",
            "ก\u{E33}",
            "क\u{94D}ष\u{93F}",
            "\u{FDFD}",
        ] {
            for columns in 1..4 {
                let glyph = to_glyph(cluster, columns, 0);
                let sum: u16 = glyph.text.chars().map(width).sum();
                assert_eq!(sum, glyph.columns, "{cluster} in {columns}");
                assert_eq!(glyph.columns + glyph.padding, columns, "{cluster} in {columns}");
            }
        }
    }
}
