//! Folds: opening and closing them, and the answer that one led to.

use super::ThreadView;
use crate::{conversation::Role, message::MessageView};

impl ThreadView {
    /// Returns the word for what is folded in the selected message; `None`: it is not folded away.
    pub fn fold_noun(&self) -> Option<&'static str> {
        let message = self.message().filter(|&message| !self.is_shown(message))?;
        let noun = MessageView::of(self.conversation(), message).label().noun();
        Some(if noun.is_empty() { "fold" } else { noun })
    }

    /// Returns the entry of the answer that the selected fold led to, else of the one that it follows.
    pub(super) fn answer_of_fold(&self) -> Option<usize> {
        self.message().filter(|&message| !self.is_shown(message))?;
        let entries = self.transcript.entries();
        let is_shown = |entry: &usize| self.is_shown(entries[*entry].message);
        let is_answer =
            |entry: &usize| self.conversation().messages()[entries[*entry].message].role != Role::User;
        let next = (self.selected_entry..entries.len()).find(is_shown).filter(is_answer);
        next.or_else(|| (0..self.selected_entry).rev().find(is_shown).filter(is_answer))
    }

    /// Opens or closes the selected entry's fold; if it has none, the nearest below on the screen. False: none there.
    pub fn toggle_fold(&mut self) -> bool {
        let bottom = self.down(self.top, self.height as usize - 1).entry;
        let entries = self.transcript.entries();
        let target =
            (self.selected_entry..entries.len().min(bottom + 1)).find(|&entry| entries[entry].fold.is_some());
        let Some(entry) = target else { return false };
        let open = entries[entry].fold == Some(true);
        self.transcript.set_fold(entry, !open);
        self.selected_entry = entry;
        if self.top.entry == entry {
            self.top.line = self.top.line.min(self.len(entry).saturating_sub(1));
        }
        self.top = self.top.min(self.last_top());
        true
    }

    /// Opens all folds, or closes all if any is open; the selected message stays where it is on the screen. `None`:
    /// there are none; else whether they are open now.
    pub fn toggle_all_folds(&mut self) -> Option<bool> {
        let folds = || self.transcript.entries().iter().filter_map(|entry| entry.fold);
        folds().next()?;
        let open = !folds().any(|open| open);
        let message = self.message();
        let row = self.row_of(self.selected_entry);
        self.transcript.set_all_folds(open);
        if let Some(entry) = message.and_then(|message| self.transcript.entry_of(message)) {
            self.selected_entry = entry;
            self.put_at(entry, row);
        }
        Some(open)
    }
}
