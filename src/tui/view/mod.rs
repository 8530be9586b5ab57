//! The screen: the app's state drawn into a buffer of cells. One file a pane or dialog; nothing here changes what
//! the app means (it may fill caches: layouts of lines, counts of visible rows).

#![warn(clippy::cast_possible_truncation)]

mod audit;
mod badges;
mod dialog_frame;
mod extract;
mod help;
mod list;
pub(super) mod paint;
mod picker;
pub(super) mod search_line;
mod status;
mod thread;

use ratatui::{buffer::Buffer, layout::Position, layout::Rect};

use super::{
    app::{App, Focus, Overlay},
    backend::ScreenLink,
    theme::Theme,
};

/// Draws everything; returns the place of the terminal's cursor: where something is typed, else on what is chosen. Who
/// has the screen read out hears the line that it is on.
pub fn draw(app: &mut App, theme: &Theme, buffer: &mut Buffer) -> Option<Position> {
    draw_linked(app, theme, buffer, &mut Vec::new())
}

/// Draws everything, too; `links` becomes what in it leads somewhere, from the top down.
pub fn draw_linked(
    app: &mut App,
    theme: &Theme,
    buffer: &mut Buffer,
    links: &mut Vec<ScreenLink>,
) -> Option<Position> {
    links.clear();
    app.prepare_frame();
    buffer.set_style(buffer.area, theme.plain);
    let full = app.layout.full_screen();
    let cursor = match &mut app.overlay {
        Overlay::Help(state) => help::draw(&app.setup.keymap, state, full, theme, buffer),
        Overlay::Text { title, lines, top } => help::draw_text(title, lines, top, full, theme, buffer),
        Overlay::Audit => audit::draw(app, theme, buffer),
        Overlay::None | Overlay::Find(_) | Overlay::Pipe(_) | Overlay::SaveAs(_) => {
            panes(app, theme, buffer, links)
        }
        Overlay::Picker(_) | Overlay::Extract(_) => {
            panes(app, theme, buffer, links);
            // A dialog lies over what leads somewhere.
            links.clear();
            dialog(app, theme, buffer)
        }
    };
    let cursor = status::draw(app, theme, buffer).unwrap_or(cursor);
    // On the smallest screens there is no cell for it.
    let last = |edge: u16| edge.checked_sub(1);
    let (right, bottom) = (last(buffer.area.right())?, last(buffer.area.bottom())?);
    Some(Position { x: cursor.x.min(right), y: cursor.y.min(bottom) })
}

/// Draws the panes; returns the place of the cursor in the one that has the keys.
fn panes(app: &mut App, theme: &Theme, buffer: &mut Buffer, links: &mut Vec<ScreenLink>) -> Position {
    if !app.layout.wide && app.focus == Focus::Thread {
        thread::draw_narrow_header(app, theme, buffer);
        let cursor = thread::draw(app, theme, buffer, links);
        rules(app, theme, buffer);
        return cursor;
    }
    let typed = search_line::draw(app, theme, buffer);
    let chosen = list::draw(app, theme, buffer);
    let mut read = chosen;
    if app.layout.wide {
        thread::draw_header(app, theme, buffer);
        read = thread::draw(app, theme, buffer, links);
    }
    rules(app, theme, buffer);
    match app.focus {
        Focus::Search => typed.unwrap_or(chosen),
        Focus::List => chosen,
        Focus::Thread => read,
    }
}

/// Draws the dialog over the panes; returns the place of its cursor.
fn dialog(app: &App, theme: &Theme, buffer: &mut Buffer) -> Position {
    match &app.overlay {
        Overlay::Extract(dialog) => extract::draw(dialog, app.awaits_enter(), theme, buffer),
        Overlay::Picker(dialog) => picker::draw(dialog, app.awaits_enter(), theme, buffer),
        _ => Position::ORIGIN,
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
