//! The hits of a query or a find: which are marked, which is in focus, and going from one to the next.

use std::ops::Range;

use super::{Position, ThreadView, hit_set::HitSet};
use crate::{conversation::Conversation, search::Hit};

impl ThreadView {
    /// Returns the number of the hit in focus, from 0, in the order in which one goes through them, and how many there
    /// are in this conversation.
    pub fn hit_position(&self) -> (Option<usize>, usize) {
        (self.hits.focus(), self.hits.len())
    }

    /// Marks these hits, none in focus.
    pub fn set_hits(&mut self, hits: Vec<Hit>) {
        self.hits = HitSet::new(hits, &self.path_that_is_read());
    }

    /// Takes the hits out, with the one in focus.
    pub(in crate::tui) fn take_hits(&mut self) -> HitSet {
        std::mem::take(&mut self.hits)
    }

    /// Puts hits back as they were taken out.
    pub(in crate::tui) fn put_hits_back(&mut self, mut hits: HitSet) {
        hits.put_first(&self.path_that_is_read());
        self.hits = hits;
    }

    /// Shows a message as far as it can be shown: its branch, its fold open, its first hit in focus. `false`: it cannot
    /// be shown.
    pub fn reveal(&mut self, message: usize) -> bool {
        self.go_to(message);
        let Some(entry) = self.transcript.entry_of(message) else { return false };
        if self.transcript.entries()[entry].fold == Some(false) {
            self.transcript.set_fold(entry, true);
        }
        if self.hits.first_of(message).is_some() {
            self.focus_first(Some(message));
        }
        true
    }

    /// Focuses the first hit of a message (or of the thread, from the cursor on) and shows it.
    pub fn focus_first(&mut self, message: Option<usize>) {
        let from = message.or_else(|| self.message()).unwrap_or(0);
        if let Some(place) = self.hits.first_from(from) {
            self.focus_on(place);
        }
    }

    /// Focuses the hit at this byte of a message's words and shows it; without one the first of the message.
    pub fn focus_at(&mut self, message: usize, byte: usize) {
        match self.hits.place_at(message, byte) {
            Some(place) => self.focus_on(place),
            None => self.focus_first(Some(message)),
        }
    }

    /// Goes to the next or previous hit, around the ends: through those on the branch that is read, then through the
    /// others. `None`: there are none; else whether it went around.
    pub fn step_hit(&mut self, step: isize) -> Option<bool> {
        let count = self.hits.len();
        if count == 0 {
            return None;
        }
        if self.hits.focus().is_some() && !self.is_at_focused_hit() {
            // One has gone on from there by oneself: what is shown is what is read.
            self.read_shown_branch();
        }
        let Some(focus) = self.hits.focus() else {
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
        self.hits.focused().is_some_and(|hit| Some(hit.message) == self.message())
    }

    /// Returns whether the hit in focus is on another branch than the one that is read.
    pub fn is_hit_elsewhere(&self) -> bool {
        self.hits.focus().is_some_and(|place| !self.hits.is_on_branch(place))
    }

    /// Returns the next or previous hit from the selected message, where one has moved away from that in focus.
    fn hit_from_here(&self, step: isize) -> Option<usize> {
        let here = self.message().filter(|_| !self.is_at_focused_hit())?;
        if step > 0 { self.hits.next_on_branch(here) } else { self.hits.last_on_branch(here) }
    }

    /// Takes the branch on the screen for the one that is read.
    pub(super) fn read_shown_branch(&mut self) {
        if self.leaf_that_is_read != self.transcript.leaf() {
            self.leaf_that_is_read = self.transcript.leaf();
            self.hits.put_first(&self.path_that_is_read());
        }
    }

    /// Returns the messages of the branch that is read, in order.
    fn path_that_is_read(&self) -> Vec<usize> {
        self.leaf_that_is_read.map(|leaf| self.conversation().path_to(leaf)).unwrap_or_default()
    }

    /// Shows a hit: its branch, its fold open, its line at the upper third.
    fn focus_on(&mut self, place: usize) {
        let Hit { message, range } = self.hits.set_focus(place).clone();
        let byte = range.start;
        match self.leaf_that_is_read.filter(|_| self.hits.is_on_branch(place)) {
            Some(leaf) => self.transcript.show_leaf(leaf),
            None => {
                self.transcript.show_branch_of(message);
            }
        }
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
        let first = || self.hits.first_of(self.message()?);
        let hit = self.hits.focused().or_else(first)?;
        line_at(self.conversation(), hit.message, &hit.range)
    }
}

/// Returns the line of a message that these bytes of its words stand in, as written.
pub fn line_at<'a>(conversation: &'a Conversation, message: usize, range: &Range<usize>) -> Option<&'a str> {
    let text = conversation.message_words(message);
    // What stands beside the text stands behind a NUL.
    let is_end = |c| matches!(c, '\n' | '\0');
    let start = text.get(..range.start)?.rfind(is_end).map_or(0, |newline| newline + 1);
    let end = text.get(range.end..)?.find(is_end).map_or(text.len(), |newline| range.end + newline);
    Some(text.get(start..end)?.trim_end_matches('\r'))
}
