//! The screen: the app's state drawn into a buffer of cells. One file a pane or dialog; nothing here changes what
//! the app means (it may fill caches: layouts of lines, counts of visible rows).

#![warn(clippy::cast_possible_truncation)]

mod audit;
mod extract;
mod frame;
mod help;
mod list;
pub(super) mod paint;
mod pick;
pub(super) mod search_line;
mod status;
mod thread;

use ratatui::{buffer::Buffer, layout::Position, layout::Rect};

use super::{
    app::{App, Focus, Overlay},
    backend::Link,
    theme::Theme,
};

/// Draws everything; returns the place of the terminal's cursor, if it is shown.
pub fn draw(app: &mut App, theme: &Theme, buffer: &mut Buffer) -> Option<Position> {
    draw_linked(app, theme, buffer, &mut Vec::new())
}

/// Draws everything, too; `links` becomes what in it leads somewhere, from the top down.
pub fn draw_linked(
    app: &mut App,
    theme: &Theme,
    buffer: &mut Buffer,
    links: &mut Vec<Link>,
) -> Option<Position> {
    links.clear();
    app.prepare_frame();
    buffer.set_style(buffer.area, theme.plain);
    let full = app.layout.full_screen();
    let cursor = match &mut app.overlay {
        Overlay::Help { top, .. } => {
            help::draw(&app.setup.keymap, top, full, theme, buffer);
            None
        }
        Overlay::Text { title, lines, top } => {
            help::draw_text(title, lines, top, full, theme, buffer);
            None
        }
        Overlay::Audit => {
            audit::draw(app, theme, buffer);
            None
        }
        Overlay::None | Overlay::Find(_) | Overlay::Pipe(_) => panes(app, theme, buffer, links),
        Overlay::Pick(_) | Overlay::Extract(_) => {
            panes(app, theme, buffer, links);
            // A dialog lies over what leads somewhere.
            links.clear();
            dialog(app, theme, buffer)
        }
    };
    status::draw(app, theme, buffer).or(cursor)
}

/// Draws the panes; returns the place of the search line's cursor, if it has the keys.
fn panes(app: &mut App, theme: &Theme, buffer: &mut Buffer, links: &mut Vec<Link>) -> Option<Position> {
    let mut cursor = None;
    if !app.layout.wide && app.focus == Focus::Thread {
        thread::draw_narrow_header(app, theme, buffer);
        thread::draw(app, theme, buffer, links);
    } else {
        cursor = search_line::draw(app, theme, buffer).filter(|_| app.focus == Focus::Search);
        list::draw(app, theme, buffer);
        if app.layout.wide {
            thread::draw_header(app, theme, buffer);
            thread::draw(app, theme, buffer, links);
        }
    }
    rules(app, theme, buffer);
    cursor
}

/// Draws the dialog over the panes; returns the place of its cursor, if it types.
fn dialog(app: &App, theme: &Theme, buffer: &mut Buffer) -> Option<Position> {
    match &app.overlay {
        Overlay::Extract(dialog) => extract::draw(dialog, theme, buffer),
        Overlay::Pick(dialog) => pick::draw(dialog, theme, buffer),
        _ => None,
    }
}

/// Draws the thin lines between the panes.
fn rules(app: &App, theme: &Theme, buffer: &mut Buffer) {
    let layout = app.layout;
    for y in layout.rule.top()..layout.rule.bottom() {
        paint::text(buffer, layout.rule, y, &"─".repeat(layout.rule.width as usize), theme.chrome);
    }
    let Rect { x, .. } = layout.divider;
    for y in layout.divider.top()..layout.divider.bottom() {
        paint::text(buffer, Rect { y, height: 1, ..layout.divider }, y, "│", theme.chrome);
    }
    if layout.divider.width > 0 && layout.rule.height > 0 {
        paint::text(buffer, Rect { x, width: 1, ..layout.rule }, layout.rule.y, "┬", theme.chrome);
    }
}
