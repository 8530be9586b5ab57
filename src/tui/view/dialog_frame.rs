//! The frame of a dialog: nothing else has one.

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use super::paint;
use crate::{transcript::sanitize, tui::theme::Theme};

/// Columns of a dialog, where there is room beside it.
const WIDEST: u16 = 78;
/// Columns beside it that are not left to others.
const SPARE: u16 = 6;

/// Draws a frame in the middle of the screen for `rows`; returns the area inside.
pub(super) fn draw_dialog_frame(buffer: &mut Buffer, rows: u16, title: &str, theme: &Theme) -> Rect {
    let screen = buffer.area;
    // A few columns of another pane beside it are no use to anybody.
    let width = if screen.width <= WIDEST + SPARE { screen.width } else { WIDEST };
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
