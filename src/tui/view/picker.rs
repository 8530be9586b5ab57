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

/// Columns of a list of commands from which on their names are told too.
const NAMES_FROM: u16 = 60;

/// Draws the dialog, with what is said of an enter that it awaits; returns the place of its cursor: where it
/// types, else on the selected item.
pub(super) fn draw(dialog: &Picker, awaited: Option<String>, theme: &Theme, buffer: &mut Buffer) -> Position {
    let filter_rows = u16::from(dialog.filter.is_some());
    let max_items = buffer.area.height.saturating_sub(5 + filter_rows).max(1) as usize;
    // As high as all items: it does not jump while typing narrows them.
    let headings = headings(dialog).count();
    let shown = (dialog.items.len() + headings).min(max_items);
    let rows = u16::try_from(shown).unwrap_or(u16::MAX);
    let inside = draw_dialog_frame(buffer, rows.saturating_add(1 + filter_rows), dialog.title, theme);
    let cursor = dialog.filter.as_ref().filter(|_| inside.height > 0).map(|filter| {
        let x = paint::text(buffer, inside, inside.y, "› ", theme.accent);
        let field = Rect { x, width: inside.right().saturating_sub(x), height: 1, ..inside };
        search_line::typed(buffer, field, filter.text(), filter.before_cursor(), theme)
    });
    let mut chosen = inside.as_position();
    // The last row is for the keys.
    let list = paint::below(inside, filter_rows);
    let list = Rect { height: list.height.saturating_sub(1), ..list };
    let lines = lines_of(dialog);
    let selected = lines.iter().position(|line| *line == PickerLine::Item(dialog.selected)).unwrap_or(0);
    // Its heading is seen with the first item.
    let first = if selected == 1 { 0 } else { (selected + 1).saturating_sub(shown) };
    if dialog.finds_nothing() {
        let typed = dialog.filter.as_ref().map_or("", |filter| filter.text());
        let words = sanitize::label(&format!("nothing here is called “{}”", typed.trim())).into_owned();
        paint::text(buffer, list, list.y, &sanitize::fit(&words, list.width as usize), theme.dim);
    }
    for (line, row) in lines.iter().skip(first).take(shown).zip(list.rows()) {
        match *line {
            PickerLine::Heading(section) => {
                paint::text(buffer, row, row.y, section, theme.dim);
            }
            PickerLine::Item(position) => {
                if position == dialog.selected {
                    chosen = row.as_position();
                }
                draw_item(dialog, position, theme, buffer, row);
            }
        }
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

/// A line of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PickerLine {
    /// The name of a section.
    Heading(&'static str),
    /// The item at this place among those that match.
    Item(usize),
}

/// Returns the sections of a list, each once.
fn headings(dialog: &Picker) -> impl Iterator<Item = &'static str> {
    let mut last = "";
    dialog.items.iter().filter_map(|item| item.command.as_ref()).filter_map(move |entry| {
        (std::mem::replace(&mut last, entry.section) != entry.section).then_some(entry.section)
    })
}

/// Returns the lines of a list: with the names of its sections as long as nothing is typed that orders it otherwise.
fn lines_of(dialog: &Picker) -> Vec<PickerLine> {
    let is_whole = dialog.filter.as_ref().is_none_or(|filter| filter.text().trim().is_empty());
    let mut lines = Vec::new();
    let mut last = "";
    for (position, &index) in dialog.matching.iter().enumerate() {
        let section = dialog.items[index].command.as_ref().map_or("", |entry| entry.section);
        if is_whole && section != last {
            lines.push(PickerLine::Heading(section));
            last = section;
        }
        lines.push(PickerLine::Item(position));
    }
    lines
}

/// Draws an item: its words, of a command its name in the middle, and a note at the right edge.
fn draw_item(dialog: &Picker, position: usize, theme: &Theme, buffer: &mut Buffer, row: Rect) {
    let index = dialog.matching[position];
    let item = &dialog.items[index];
    let is_selected = position == dialog.selected;
    let style = if is_selected { theme.selected.patch(theme.accent) } else { theme.plain };
    if is_selected {
        let bar = Rect { x: row.x.saturating_sub(1), width: 1, ..row };
        paint::text(buffer, bar, row.y, "▌", theme.accent);
    }
    let mut begin = paint::right(buffer, row, row.y, &sanitize::label(&item.note), theme.dim);
    if let Some(entry) = item.command.as_ref().filter(|_| row.width >= NAMES_FROM) {
        let middle = row.x + row.width * 3 / 5;
        let room = begin.saturating_sub(middle + 1) as usize;
        let place = paint::starting_at(row, middle);
        paint::text(buffer, place, row.y, &sanitize::fit(entry.name, room), theme.dim);
        begin = middle;
    }
    let number = if dialog.filter.is_none() { format!("{}  ", index + 1) } else { String::new() };
    let words = format!("{number}{}", sanitize::label(&item.label));
    let room = begin.saturating_sub(row.x + 2) as usize;
    paint::text(buffer, row, row.y, &sanitize::fit(&words, room), style);
}
