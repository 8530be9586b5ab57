//! Marks: conversations in the list, messages in the thread.

use super::{App, lookup::bytes_of};
use crate::{
    extract,
    library::{ConversationHandle, ConversationRef},
    tui::{
        command::Command,
        effect::{CopySource, Effect},
        format,
    },
};

impl App {
    /// Marks the selected conversation or takes its mark away, and goes on to the next.
    pub(super) fn mark(&mut self) -> Vec<Effect> {
        let Some(handle) = self.selected() else { return self.nothing() };
        if !self.search.marked.remove(&handle) {
            self.search.marked.insert(handle);
        }
        let effects = if self.search.query.asks_for_marks() {
            self.search_again()
        } else {
            self.search.count_marked();
            self.move_selection(1)
        };
        let count = self.search.marked.len();
        self.say(match count {
            0 => "nothing is marked".to_owned(),
            _ => format!("{} marked", format::count(count, "conversation", "conversations")),
        });
        effects
    }

    /// Takes all marks away; many only when asked again.
    pub(super) fn unmark_all(&mut self) -> Vec<Effect> {
        /// Marks that a person has set again in a moment.
        const FEW: usize = 10;
        let count = self.search.marked.len();
        if count > FEW && !std::mem::replace(&mut self.search.unmark_asked, true) {
            let key = self.setup.keymap.key_for(self.place(), Command::UnmarkAll);
            let key = key.unwrap_or_else(|| "unmark-all".to_owned());
            self.say(format!("{} are marked: {key} again unmarks them all", format::number(count)));
            return Vec::new();
        }
        self.search.marked.clear();
        self.search.count_marked();
        self.search.unmark_asked = false;
        self.say(match count {
            0 => "nothing is marked".to_owned(),
            _ => format!("{} unmarked", format::count(count, "conversation", "conversations")),
        });
        if self.search.query.asks_for_marks() { self.search_again() } else { Vec::new() }
    }

    /// Returns the marked conversations in the order of the list; those that are not in it now come last.
    pub(super) fn marked_in_order(&self) -> Vec<ConversationHandle> {
        let mut rest = self.search.marked.clone();
        let rows = self.search.listing.rows.iter();
        let mut order: Vec<ConversationHandle> =
            rows.map(|row| row.handle).filter(|handle| rest.remove(handle)).collect();
        let mut rest: Vec<ConversationHandle> = rest.into_iter().collect();
        rest.sort_unstable();
        order.extend(rest);
        order
    }

    /// Copies the marked conversations that the list holds as one text.
    pub(super) fn copy_marked(&mut self) -> Vec<Effect> {
        let options = Box::new(extract::ExtractOptions::new(self.copy_as, self.setup.zone.clone()));
        let conversations: Vec<ConversationRef> = self
            .marked_in_order()
            .into_iter()
            .take(self.search.marked_listed())
            .map(|handle| self.library.share(handle))
            .collect();
        let bytes = conversations.iter().map(|conversation| bytes_of(conversation)).sum();
        let subject = format::count(conversations.len(), "marked conversation", "marked conversations");
        let source = CopySource::Conversations(conversations, options);
        self.copy_from(source, bytes, subject)
    }

    /// Marks messages from the selected one on, or takes the marks away.
    pub(super) fn mark_messages(&mut self) -> Vec<Effect> {
        if let Some(thread) = &mut self.thread {
            let marking = thread.view.toggle_marking();
            self.say(if marking {
                "marking messages from here on: move, y copies them"
            } else {
                "nothing is marked"
            });
        }
        Vec::new()
    }
}
