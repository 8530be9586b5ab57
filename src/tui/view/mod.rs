//! The screen: the app's state drawn into a buffer of cells. One file a pane or dialog; nothing here changes what
//! the app means (it may fill caches: layouts of lines, counts of visible rows).

mod audit;
mod dialog;
mod extract;
mod frame;
mod help;
mod list;
pub(super) mod paint;
pub(super) mod search_line;
mod status;
mod thread;

use ratatui::{buffer::Buffer, layout::Position, layout::Rect};

use super::{
    app::{App, Dialog, Focus},
    backend::Link,
    theme::Theme,
};

/// Draws everything; gives where the terminal's cursor goes, if it is shown.
pub fn draw(app: &mut App, theme: &Theme, buffer: &mut Buffer) -> Option<Position> {
    draw_linked(app, theme, buffer, &mut Vec::new())
}

/// The same; `links` becomes what in it leads somewhere, from the top down.
pub fn draw_linked(
    app: &mut App,
    theme: &Theme,
    buffer: &mut Buffer,
    links: &mut Vec<Link>,
) -> Option<Position> {
    links.clear();
    let layout = app.layout;
    buffer.set_style(buffer.area, theme.plain);
    let thread_alone = !layout.wide && app.focus == Focus::Thread;
    let mut cursor = None;
    if let Some(Dialog::Help(_)) = app.dialog {
        help::draw(app, theme, buffer);
    } else if let Some(Dialog::Text { .. }) = app.dialog {
        help::draw_text(app, theme, buffer);
    } else if let Some(Dialog::Audit) = app.dialog {
        audit::draw(app, theme, buffer);
    } else {
        if thread_alone {
            thread::draw_narrow_header(app, theme, buffer);
            thread::draw(app, theme, buffer, links);
        } else {
            cursor = search_line::draw(app, theme, buffer).filter(|_| app.focus == Focus::Search);
            list::draw(app, theme, buffer);
            if layout.wide {
                thread::draw_header(app, theme, buffer);
                thread::draw(app, theme, buffer, links);
            }
        }
        rules(app, theme, buffer);
        if app.dialog.is_some() {
            // It lies over what leads somewhere.
            links.clear();
            cursor = dialog::draw(app, theme, buffer);
        }
    }
    status::draw(app, theme, buffer).or(cursor)
}

/// The thin lines between the panes.
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
