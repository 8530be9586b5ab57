//! A place in a thread that one comes back to: where a find began, and where one was before a jump.

use super::{Position, ThreadView};

/// A place to come back to.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReadingPlace {
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
        self.find_start = Some(self.place());
    }

    /// Returns the message that was selected when the find began; else the selected one.
    pub fn find_from(&self) -> Option<usize> {
        self.find_start.map_or_else(|| self.message(), |start| start.message)
    }

    /// Ends the find: stays, which was a jump, or goes back to where it began.
    pub fn end_find(&mut self, back: bool) {
        match self.find_start.take() {
            Some(start) if back => self.return_to(start),
            Some(start) => self.before_jump = Some(start),
            None => {}
        }
    }

    /// Remembers the place that one is about to jump away from.
    pub fn begin_jump(&mut self) {
        self.before_jump = Some(self.place());
    }

    /// Goes back to before the last jump, from where the same leads here again. False: there was none.
    pub fn jump_back(&mut self) -> bool {
        let here = self.place();
        let Some(before) = self.before_jump.replace(here) else {
            self.before_jump = None;
            return false;
        };
        self.return_to(before);
        true
    }

    fn place(&self) -> ReadingPlace {
        ReadingPlace {
            top: self.top,
            cursor: self.selected_entry,
            message: self.message(),
            leaf: self.transcript.leaf(),
            leaf_that_is_read: self.leaf_that_is_read,
        }
    }

    fn return_to(&mut self, place: ReadingPlace) {
        if let Some(leaf) = place.leaf {
            self.transcript.show_leaf(leaf);
        }
        self.leaf_that_is_read = place.leaf_that_is_read;
        // Folds that were opened to show a hit stay open: the place is found again by its message.
        let entry = place.message.and_then(|message| self.transcript.entry_of(message));
        self.selected_entry =
            entry.unwrap_or(place.cursor).min(self.transcript.entries().len().saturating_sub(1));
        let last = self.len(place.top.entry).saturating_sub(1);
        self.top = Position { line: place.top.line.min(last), ..place.top }.min(self.last_top());
    }
}
