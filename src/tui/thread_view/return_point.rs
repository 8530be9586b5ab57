//! Earlier positions: the place on the screen is kept while what is around it changes, and found again after a find
//! that was not meant.

use super::{Position, ThreadView};

/// A place to come back to.
#[derive(Clone, Copy, Debug)]
pub(super) struct FindStart {
    top: Position,
    cursor: usize,
    message: Option<usize>,
    leaf: Option<usize>,
}

impl ThreadView {
    /// Returns whether another branch is shown than the one the conversation opened with.
    pub fn is_on_other_branch(&self) -> bool {
        self.transcript.leaf() != self.initial_leaf
    }

    /// Remembers the place from which one looks for something.
    pub fn begin_find(&mut self) {
        let (top, cursor, message) = (self.top, self.cursor, self.message());
        self.find_start = Some(FindStart { top, cursor, message, leaf: self.transcript.leaf() });
    }

    /// Returns the message that was selected when the find began; else the selected one.
    pub fn find_from(&self) -> Option<usize> {
        self.find_start.map_or_else(|| self.message(), |origin| origin.message)
    }

    /// Ends the find: stays, or goes back to where it began.
    pub fn end_find(&mut self, back: bool) {
        let Some(origin) = self.find_start.take().filter(|_| back) else { return };
        if let Some(leaf) = origin.leaf {
            self.transcript.show_branch_of(leaf);
        }
        // Folds that were opened to show a hit stay open: the place is found again by its message.
        let entry = origin.message.and_then(|message| self.transcript.entry_of(message));
        self.cursor = entry.unwrap_or(origin.cursor).min(self.transcript.entries().len().saturating_sub(1));
        let last = self.len(origin.top.entry).saturating_sub(1);
        self.top = Position { line: origin.top.line.min(last), ..origin.top }.min(self.last_top());
    }

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
        let mut most = 0;
        let mut position = self.top;
        let mut rows = self.height as usize;
        while rows > 0 && position.entry < self.transcript.entries().len() {
            let lines = self.transcript.lines(position.entry, self.width);
            for line in lines.iter().skip(position.line).take(rows) {
                rows -= 1;
                if line.scrolls_from.is_some() {
                    most = most.max(line.width().saturating_sub(width));
                }
            }
            position = Position { entry: position.entry + 1, line: 0 };
        }
        let most = i32::try_from(most).unwrap_or(i32::MAX).min(i32::from(u16::MAX));
        self.sideways = (i32::from(self.sideways) + columns).clamp(0, most) as u16;
        most > 0
    }
}
