//! The dialogs: the only things with a frame.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
};

use super::{paint, search_line};
use crate::{
    extract::Format,
    transcript::sanitize,
    tui::{
        app::{App, Dialog, ExtractDialog, Field, Pick},
        theme::Theme,
        words,
    },
};

/// Draws the open dialog; gives where its cursor is, if it types.
pub fn draw(app: &App, theme: &Theme, buffer: &mut Buffer) -> Option<Position> {
    match &app.dialog {
        Some(Dialog::Extract(dialog)) => extract(dialog, theme, buffer),
        Some(Dialog::Pick(dialog)) => pick(dialog, theme, buffer),
        Some(Dialog::Help(_) | Dialog::Text { .. } | Dialog::Audit) | None => None,
    }
}

/// A frame in the middle of the screen with room for `rows`; gives the inside.
fn frame(buffer: &mut Buffer, rows: u16, title: &str, theme: &Theme) -> Rect {
    let screen = buffer.area;
    let width = screen.width.saturating_sub(4).clamp(screen.width.min(20), 78);
    let height = (rows + 2).min(screen.height.saturating_sub(1));
    let area = Rect { x: (screen.width - width) / 2, y: (screen.height - height) / 3, width, height }
        .intersection(screen);
    let inside = area.width.saturating_sub(2) as usize;
    for y in area.top()..area.bottom() {
        let line = if y == area.top() {
            let title = sanitize::fit(title, inside.saturating_sub(3)).into_owned();
            let rest = inside.saturating_sub(sanitize::width(&title) + 2);
            format!("┌ {title} {}┐", "─".repeat(rest))
        } else if y + 1 == area.bottom() {
            format!("└{}┘", "─".repeat(inside))
        } else {
            format!("│{}│", " ".repeat(inside))
        };
        // The cells below are another pane's: their styles go too.
        buffer.set_style(Rect { y, height: 1, ..area }, Style::reset());
        paint::text(buffer, area, y, &line, theme.plain);
    }
    Rect {
        x: area.x + 2,
        y: area.y + 1,
        width: area.width.saturating_sub(4),
        height: area.height.saturating_sub(2),
    }
}

fn extract(dialog: &ExtractDialog, theme: &Theme, buffer: &mut Buffer) -> Option<Position> {
    let count = dialog.conversations.len();
    let title = if dialog.many {
        format!("Extract {} to a folder, a file each", words::count(count, "conversation", "conversations"))
    } else {
        "Extract this conversation".to_owned()
    };
    let inside = frame(buffer, 6, &title, theme);
    let label = |buffer: &mut Buffer, row: u16, name: &str, field: Field| {
        let style = if dialog.field == field { theme.accent } else { theme.dim };
        let y = inside.y + row;
        if row < inside.height {
            paint::text(buffer, inside, y, name, style);
        }
        Rect { x: inside.x + 9, y, width: inside.width.saturating_sub(9), height: 1 }.intersection(inside)
    };
    let to = label(buffer, 0, "to", Field::Path);
    let cursor = (to.height > 0)
        .then(|| search_line::typed(buffer, to, dialog.path.text(), dialog.path.before_cursor(), theme));
    if let (Some(cursor), Some(rest)) = (cursor, dialog.suggestion()) {
        let behind = Rect { x: cursor.x, width: to.right().saturating_sub(cursor.x), ..to };
        let rest = sanitize::line(&rest).into_owned();
        paint::text(buffer, behind, to.y, &sanitize::fit(&rest, behind.width as usize), theme.dim);
    }
    let format = label(buffer, 1, "format", Field::Format);
    if format.height > 0 {
        let names: Vec<(String, Style)> = Format::ALL
            .iter()
            .map(|&format| {
                if format == dialog.format {
                    (format!("‹ {} ›  ", format.as_str()), theme.selected)
                } else {
                    (format!("  {}    ", format.as_str()).trim_end().to_owned() + "   ", theme.dim)
                }
            })
            .collect();
        let stretches: Vec<(&str, Style)> =
            names.iter().map(|(name, style)| (name.as_str(), *style)).collect();
        paint::texts(buffer, format, format.y, &stretches);
    }
    let include = label(buffer, 2, "include", Field::Tools);
    if include.height > 0 {
        let boxes = [
            (dialog.include.tools, "tools", Field::Tools),
            (dialog.include.reasoning, "reasoning", Field::Reasoning),
            (dialog.all_branches, "all branches", Field::Branches),
            (dialog.attachments, "attachments", Field::Attachments),
        ];
        let at = boxes.iter().position(|(.., field)| *field == dialog.field);
        if at.is_some() {
            paint::text(buffer, inside, include.y, "include", theme.accent);
        }
        let boxes: Vec<(String, Style)> = boxes
            .into_iter()
            .map(|(set, name, field)| {
                let here = dialog.field == field;
                let style = if here { theme.selected.patch(theme.accent) } else { theme.plain };
                (format!("[{}] {name}   ", if set { '×' } else { ' ' }), style)
            })
            .collect();
        // Where there is no room for all, the one the cursor is on is there.
        let room = include.width as usize + 3;
        let width = |first: usize, last: usize| -> usize {
            boxes[first..=last].iter().map(|(name, _)| sanitize::width(name)).sum()
        };
        let at = at.unwrap_or(0);
        let first = (0..=at).find(|&first| width(first, at) <= room).unwrap_or(at);
        let stretches: Vec<(&str, Style)> =
            boxes[first..].iter().map(|(name, style)| (name.as_str(), *style)).collect();
        paint::texts(buffer, include, include.y, &stretches);
    }
    let secrets = label(buffer, 3, "secrets", Field::Redact);
    if secrets.height > 0 {
        let found = match &dialog.secrets {
            None => "…",
            Some(None) => "none found",
            Some(Some(found)) => found,
        };
        let mark = if dialog.redact { '×' } else { ' ' };
        let style =
            if dialog.field == Field::Redact { theme.selected.patch(theme.accent) } else { theme.plain };
        let begin = paint::right(buffer, secrets, secrets.y, &format!("[{mark}] redact"), style);
        let room = begin.saturating_sub(secrets.x + 2) as usize;
        paint::text(buffer, secrets, secrets.y, &sanitize::fit(found, room), theme.plain);
    }
    if inside.height > 4 {
        // More than one folder that could be meant: the others are said, too.
        let names: Vec<String> = dialog.candidates().take(40).map(|name| format!("{name}/")).collect();
        let folders = if names.len() > 1 { names.join("  ") } else { String::new() };
        let (words, style) = match (&dialog.asks, dialog.writing) {
            (_, true) => (dialog.progress.as_deref().unwrap_or("writing …"), theme.dim),
            (Some(asks), _) => (asks.as_str(), theme.error),
            (None, _) if folders.is_empty() && dialog.redact && dialog.attachments => {
                ("the files of attachments are copied as they are, not redacted", theme.plain)
            }
            (None, _) => (folders.as_str(), theme.dim),
        };
        let clean = sanitize::line(words);
        paint::text(buffer, inside, inside.y + 4, &sanitize::fit(&clean, inside.width as usize), style);
    }
    if inside.height > 5 {
        let keys = "enter write · tab next · space on or off · esc leave it";
        paint::right(buffer, inside, inside.y + 5, keys, theme.dim);
    }
    cursor.filter(|_| dialog.field == Field::Path && !dialog.writing)
}

fn pick(dialog: &Pick, theme: &Theme, buffer: &mut Buffer) -> Option<Position> {
    let filter_rows = u16::from(dialog.filter.is_some());
    let most = buffer.area.height.saturating_sub(5 + filter_rows).max(1) as usize;
    // As high as all items: it does not jump while typing narrows them.
    let shown = dialog.items.len().min(most);
    let inside = frame(buffer, shown as u16 + 1 + filter_rows, dialog.title, theme);
    let cursor = dialog.filter.as_ref().filter(|_| inside.height > 0).map(|filter| {
        let x = paint::text(buffer, inside, inside.y, "› ", theme.accent);
        let field = Rect { x, width: inside.right().saturating_sub(x), height: 1, ..inside };
        search_line::typed(buffer, field, filter.text(), filter.before_cursor(), theme)
    });
    let first = (dialog.selected + 1).saturating_sub(shown);
    for (row, &index) in dialog.matching.iter().enumerate().skip(first).take(shown) {
        let item = &dialog.items[index];
        let y = inside.y + filter_rows + (row - first) as u16;
        if y + 1 >= inside.bottom() {
            break;
        }
        let style = if row == dialog.selected { theme.selected.patch(theme.accent) } else { theme.plain };
        let begin = paint::right(buffer, inside, y, &sanitize::line(&item.note), theme.dim);
        let number = if dialog.filter.is_none() { format!("{}  ", index + 1) } else { String::new() };
        let words = sanitize::line(&format!("{number}{}", item.label)).into_owned();
        let room = begin.saturating_sub(inside.x + 2) as usize;
        paint::text(buffer, inside, y, &sanitize::fit(&words, room), style);
    }
    if inside.height > filter_rows + 1 {
        let keys = if dialog.filter.is_none() {
            "a number or enter · esc leaves it"
        } else {
            "enter · esc leaves it"
        };
        paint::right(buffer, inside, inside.bottom() - 1, keys, theme.dim);
    }
    cursor
}
