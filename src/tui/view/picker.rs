//! The dialog that lets pick one of several.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

use super::{dialog_frame::draw_dialog_frame, paint, search_line};
use crate::{
    transcript::sanitize,
    tui::{app::Picker, theme::Theme},
};

/// Draws the dialog, with what is said of an enter that it awaits; returns the place of its cursor: where it
/// types, else on the selected item.
pub(super) fn draw(dialog: &Picker, awaited: Option<String>, theme: &Theme, buffer: &mut Buffer) -> Position {
    let filter_rows = u16::from(dialog.filter.is_some());
    let max_items = buffer.area.height.saturating_sub(5 + filter_rows).max(1) as usize;
    // As high as all items: it does not jump while typing narrows them.
    let shown = dialog.items.len().min(max_items);
    let rows = u16::try_from(shown).unwrap_or(u16::MAX);
    let inside = draw_dialog_frame(buffer, rows.saturating_add(1 + filter_rows), dialog.title, theme);
    let cursor = dialog.filter.as_ref().filter(|_| inside.height > 0).map(|filter| {
        let x = paint::text(buffer, inside, inside.y, "› ", theme.accent);
        let field = Rect { x, width: inside.right().saturating_sub(x), height: 1, ..inside };
        search_line::typed(buffer, field, filter.text(), filter.before_cursor(), theme)
    });
    let mut chosen = inside.as_position();
    let first = (dialog.selected + 1).saturating_sub(shown);
    // The last row is for the keys.
    let list = paint::below(inside, filter_rows);
    let list = Rect { height: list.height.saturating_sub(1), ..list };
    let matching = dialog.matching.iter().enumerate().skip(first).take(shown);
    for ((position, &index), row) in matching.zip(list.rows()) {
        let item = &dialog.items[index];
        let y = row.y;
        let style =
            if position == dialog.selected { theme.selected.patch(theme.accent) } else { theme.plain };
        if position == dialog.selected {
            chosen = row.as_position();
            let bar = Rect { x: inside.x.saturating_sub(1), width: 1, ..row };
            paint::text(buffer, bar, y, "▌", theme.accent);
        }
        let begin = paint::right(buffer, inside, y, &sanitize::label(&item.note), theme.dim);
        let number = if dialog.filter.is_none() { format!("{}  ", index + 1) } else { String::new() };
        let words = format!("{number}{}", sanitize::label(&item.label));
        let room = begin.saturating_sub(inside.x + 2) as usize;
        paint::text(buffer, inside, y, &sanitize::fit(&words, room), style);
    }
    if inside.height > filter_rows + 1 {
        let (keys, style) = match awaited {
            Some(words) => (words + " · esc leaves it", theme.error),
            None if dialog.filter.is_none() => ("a number or enter · esc leaves it".to_owned(), theme.dim),
            None => ("enter · esc leaves it".to_owned(), theme.dim),
        };
        paint::right(buffer, inside, inside.bottom() - 1, &keys, style);
    }
    cursor.unwrap_or(chosen)
}
