//! Scrolling, and the places of entries on the screen.

use super::{Position, ThreadView};

impl ThreadView {
    /// Returns the row on which an entry begins; `None`: above the screen, or below it.
    pub(super) fn row_of(&mut self, entry: usize) -> Option<usize> {
        let mut rows = 0_usize;
        for above in self.top.entry..entry {
            rows += self.len(above);
            if rows > self.top.line + self.height as usize {
                return None;
            }
        }
        (entry >= self.top.entry).then(|| rows.checked_sub(self.top.line)).flatten()
    }

    /// Brings the beginning of an entry to this row, as near as the thread's ends allow; `None`: lets the top stand
    /// within it, where it stood.
    pub(super) fn put_at(&mut self, entry: usize, row: Option<usize>) {
        let top = match row {
            Some(row) => self.up(Position { entry, line: 0 }, row),
            None => Position { entry, line: self.top.line.min(self.len(entry).saturating_sub(1)) },
        };
        self.top = top.min(self.last_top());
    }

    /// Scrolls wide lines sideways by columns: not past their start, nor past the end of the widest in sight. False:
    /// none is wider than the screen.
    pub fn scroll_sideways(&mut self, columns: i32) -> bool {
        let width = self.width as usize;
        let mut max_columns = 0;
        let mut position = self.top;
        let mut rows = self.height as usize;
        while rows > 0 && position.entry < self.transcript.entries().len() {
            let lines = self.transcript.lines(position.entry, self.width);
            for line in lines.iter().skip(position.line).take(rows) {
                rows -= 1;
                if line.scrolls_from.is_some() {
                    max_columns = max_columns.max(line.width().saturating_sub(width));
                }
            }
            position = Position { entry: position.entry + 1, line: 0 };
        }
        let max_columns = i32::try_from(max_columns).unwrap_or(i32::MAX).min(i32::from(u16::MAX));
        self.sideways = (i32::from(self.sideways) + columns).clamp(0, max_columns) as u16;
        max_columns > 0
    }
}
