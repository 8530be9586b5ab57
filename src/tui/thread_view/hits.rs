//! The hits of a query or a find: which are marked, which is in focus, and going from one to the next.

use std::ops::Range;

use super::{Position, ThreadView};
use crate::search::Hit;

impl ThreadView {
    /// Returns the hit in focus, and the number of all in this conversation.
    pub fn hit_position(&self) -> (Option<usize>, usize) {
        (self.focused_hit, self.hits.len())
    }

    /// Marks these hits, none in focus.
    pub fn set_hits(&mut self, hits: Vec<Hit>) {
        (self.hits, self.focused_hit) = (hits, None);
    }

    /// Shows a message as far as it can be shown: its branch, its fold open, its first hit in focus. `false`: it cannot
    /// be shown.
    pub fn reveal(&mut self, message: usize) -> bool {
        self.go_to(message);
        let Some(entry) = self.transcript.entry_of(message) else { return false };
        if self.transcript.entries()[entry].fold == Some(false) {
            self.transcript.set_fold(entry, true);
        }
        if self.hits.iter().any(|hit| hit.message == message) {
            self.focus_first(Some(message));
        }
        true
    }

    /// Focuses the first hit of a message (or of the thread, from the cursor on) and shows it.
    pub fn focus_first(&mut self, message: Option<usize>) {
        let from = message.or_else(|| self.message()).unwrap_or(0);
        let at = self.hits.iter().position(|hit| hit.message == from);
        let at = at.or_else(|| self.hits.iter().position(|hit| hit.message >= from));
        if let Some(index) = at.or(if self.hits.is_empty() { None } else { Some(0) }) {
            self.focus_on(index);
        }
    }

    /// Goes to the next or previous hit, around the ends. `None`: there are none; else whether it went around.
    pub fn step_hit(&mut self, step: isize) -> Option<bool> {
        let count = self.hits.len();
        if count == 0 {
            return None;
        }
        let Some(focus) = self.focused_hit else {
            self.focus_first(None);
            return Some(false);
        };
        if let Some(next) = self.hit_from_here(step).filter(|&next| next != focus) {
            self.focus_on(next);
            return Some(false);
        }
        let next = (focus as isize + step).rem_euclid(count as isize) as usize;
        self.focus_on(next);
        Some(if step > 0 { next <= focus } else { next >= focus })
    }

    /// Returns whether the selected message is the one with the hit in focus.
    pub fn is_at_focused_hit(&self) -> bool {
        self.focused_hit.is_some_and(|index| Some(self.hits[index].message) == self.message())
    }

    /// Returns the next or previous hit from the selected message, where one has moved away from that in focus.
    fn hit_from_here(&self, step: isize) -> Option<usize> {
        let here = self.message().filter(|_| !self.is_at_focused_hit())?;
        if step > 0 {
            self.hits.iter().position(|hit| hit.message >= here)
        } else {
            self.hits.iter().rposition(|hit| hit.message <= here)
        }
    }

    /// Shows a hit: its branch, its fold open, its line at the upper third.
    fn focus_on(&mut self, index: usize) {
        self.focused_hit = Some(index);
        let Hit { message, ref range } = self.hits[index];
        let byte = range.start;
        self.transcript.show_branch_of(message);
        let Some(entry) = self.transcript.entry_at(message, byte) else { return };
        if self.transcript.entries()[entry].fold == Some(false) {
            self.transcript.set_fold(entry, true);
        }
        self.selected_entry = entry;
        let line = self.transcript.line_of(entry, self.width, byte);
        let third = self.third();
        let top = self.up(Position { entry, line }, third);
        self.top = top.min(self.last_top());
    }

    /// Returns the line of the message that the hit in focus stands in, as written; else that of the first hit in the
    /// selected message.
    pub fn hit_line(&self) -> Option<&str> {
        let focused = self.focused_hit.and_then(|index| self.hits.get(index));
        let hit = focused.or_else(|| self.hits.iter().find(|hit| Some(hit.message) == self.message()))?;
        let text = self.conversation().message_words(hit.message);
        // What stands beside the text stands behind a NUL.
        let is_end = |c| matches!(c, '\n' | '\0');
        let start = text.get(..hit.range.start)?.rfind(is_end).map_or(0, |newline| newline + 1);
        let end =
            text.get(hit.range.end..)?.find(is_end).map_or(text.len(), |newline| hit.range.end + newline);
        Some(text.get(start..end)?.trim_end_matches('\r'))
    }

    /// Returns the places of a message's hits in a part of its text: a message may have a million.
    pub(super) fn ranges(&self, message: usize, part: &Range<usize>) -> Vec<Range<usize>> {
        let start = self.hits.partition_point(|hit| (hit.message, hit.range.end) <= (message, part.start));
        self.hits[start..]
            .iter()
            .take_while(|hit| hit.message == message && hit.range.start < part.end)
            .map(|hit| hit.range.clone())
            .collect()
    }
}
