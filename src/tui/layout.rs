//! The areas of the panes for a terminal's size. Both `update` (to scroll by what fits) and `view` (to draw) ask here.

use ratatui::layout::Rect;

/// From this many columns on the list and the thread stand side by side.
pub const WIDE: u16 = 100;

/// The areas of the panes. One that does not fit is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The whole terminal.
    pub screen: Rect,
    /// List and thread side by side.
    pub wide: bool,
    /// The search line; in the narrow thread its header.
    pub top: Rect,
    /// The thin line below it.
    pub rule: Rect,
    /// The list.
    pub list: Rect,
    /// The column between list and thread, wide only.
    pub divider: Rect,
    /// The thread's header, wide only: title, facts, a blank line.
    pub header: Rect,
    /// The thread. Column 0 is the cursor's bar, the last one the scroll bar.
    pub thread: Rect,
    /// The status line.
    pub status: Rect,
}

impl Layout {
    /// Lays the panes out for this many columns and rows.
    pub fn of(columns: u16, rows: u16) -> Self {
        Self::laid_out(columns, rows, columns >= WIDE)
    }

    /// Lays out one pane that has the screen for itself.
    pub fn of_one_pane(columns: u16, rows: u16) -> Self {
        Self::laid_out(columns, rows, false)
    }

    fn laid_out(columns: u16, rows: u16, wide: bool) -> Self {
        // The status line is the last to go, then the top line; the rule is a luxury.
        let status_rows = u16::from(rows >= 2);
        let top_rows = u16::from(rows >= 3);
        let rule_rows = u16::from(rows >= 8);
        let body_top = top_rows + rule_rows;
        let body_rows = rows.saturating_sub(body_top + status_rows);
        let row = |y, height| Rect::new(0, y, columns, height);
        let body = row(body_top, body_rows);
        let (list, divider, header, thread) = if wide {
            let list_columns = (columns / 3).clamp(30, 60);
            let left = list_columns + 1;
            let header_rows = if body_rows >= 8 { 3 } else { 0 };
            let right = columns - left;
            (
                Rect { width: list_columns, ..body },
                Rect { x: list_columns, width: 1, ..body },
                Rect { x: left, width: right, height: header_rows, ..body },
                Rect { x: left, width: right, y: body_top + header_rows, height: body_rows - header_rows },
            )
        } else {
            (body, Rect::default(), Rect::default(), body)
        };
        Self {
            screen: Rect::new(0, 0, columns, rows),
            wide,
            top: row(0, top_rows),
            rule: row(top_rows, rule_rows),
            list,
            divider,
            header,
            thread,
            status: row(rows.saturating_sub(1), status_rows),
        }
    }

    /// Returns the area of what takes the place of the panes: all rows above the status line.
    pub fn full_screen(&self) -> Rect {
        Rect { height: self.status.y.saturating_sub(self.top.y), ..self.screen }
    }

    /// Returns the lines that a page of a text over the whole screen scrolls by.
    pub fn page(&self) -> usize {
        (self.list.height as usize).max(2) - 1
    }

    /// Returns the columns for the thread's lines: less the cursor's bar, the scroll bar and a blank before it.
    pub fn thread_columns(&self) -> u16 {
        self.thread.width.saturating_sub(3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_pane_leaves_the_screen() {
        for columns in 0..260 {
            for rows in 0..60 {
                let layout = Layout::of(columns, rows);
                for pane in [
                    layout.top,
                    layout.rule,
                    layout.list,
                    layout.divider,
                    layout.header,
                    layout.thread,
                    layout.status,
                ] {
                    assert!(pane.right() <= columns && pane.bottom() <= rows, "{columns}×{rows}: {pane:?}");
                }
            }
        }
    }

    #[test]
    fn one_pane_has_a_wide_screen_for_itself() {
        let layout = Layout::of_one_pane(200, 50);
        assert_eq!((layout.thread.width, layout.wide), (200, false));
        assert_eq!(Layout::of_one_pane(80, 24), Layout::of(80, 24));
    }

    #[test]
    fn a_narrow_screen_has_one_pane_and_a_wide_one_two() {
        let narrow = Layout::of(80, 24);
        assert_eq!(narrow.list, narrow.thread);
        assert_eq!(narrow.list.height, 21);
        let wide = Layout::of(120, 30);
        assert_eq!(wide.list.width + 1 + wide.thread.width, 120);
    }
}
