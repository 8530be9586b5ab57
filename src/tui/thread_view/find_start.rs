//! The place where a find began, which is found again after a find that was not meant.

use super::{Position, ThreadView};

/// A place to come back to.
#[derive(Clone, Copy, Debug)]
pub(super) struct FindStart {
    top: Position,
    cursor: usize,
    message: Option<usize>,
    leaf: Option<usize>,
    leaf_that_is_read: Option<usize>,
}

impl ThreadView {
    /// Returns whether another branch is shown than the one the conversation opened with.
    pub fn is_on_other_branch(&self) -> bool {
        self.transcript.leaf() != self.initial_leaf
    }

    /// Remembers the place from which one looks for something.
    pub fn begin_find(&mut self) {
        let (top, cursor, message) = (self.top, self.selected_entry, self.message());
        let (leaf, leaf_that_is_read) = (self.transcript.leaf(), self.leaf_that_is_read);
        self.find_start = Some(FindStart { top, cursor, message, leaf, leaf_that_is_read });
    }

    /// Returns the message that was selected when the find began; else the selected one.
    pub fn find_from(&self) -> Option<usize> {
        self.find_start.map_or_else(|| self.message(), |origin| origin.message)
    }

    /// Ends the find: stays, or goes back to where it began.
    pub fn end_find(&mut self, back: bool) {
        let Some(origin) = self.find_start.take().filter(|_| back) else { return };
        if let Some(leaf) = origin.leaf {
            self.transcript.show_leaf(leaf);
        }
        self.leaf_that_is_read = origin.leaf_that_is_read;
        // Folds that were opened to show a hit stay open: the place is found again by its message.
        let entry = origin.message.and_then(|message| self.transcript.entry_of(message));
        self.selected_entry =
            entry.unwrap_or(origin.cursor).min(self.transcript.entries().len().saturating_sub(1));
        let last = self.len(origin.top.entry).saturating_sub(1);
        self.top = Position { line: origin.top.line.min(last), ..origin.top }.min(self.last_top());
    }
}
