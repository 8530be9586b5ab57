//! The destination of keys: which pane or overlay has them, and which of them must wait.

use super::{App, Overlay};
use crate::tui::{command::Command, effect::Effect, keymap::KeyPlace};

/// The pane that has the keys while no overlay is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// The search line; the list moves beside it.
    Search,
    /// The list.
    List,
    /// The thread.
    Thread,
}

impl App {
    /// Returns the place whose part of the key map is in force.
    pub fn place(&self) -> KeyPlace {
        match &self.overlay {
            Overlay::None => match self.focus {
                Focus::Search => KeyPlace::Search,
                Focus::List => KeyPlace::List,
                Focus::Thread => KeyPlace::Thread,
            },
            Overlay::Find(_) => KeyPlace::Find,
            Overlay::Pipe(_) => KeyPlace::Pipe,
            Overlay::Help(help) if help.is_typed() => KeyPlace::Find,
            Overlay::Help(_) | Overlay::Text { .. } => KeyPlace::Help,
            Overlay::Picker(_) | Overlay::Extract(_) | Overlay::SaveAs(_) => KeyPlace::Dialog,
            Overlay::Audit => KeyPlace::Audit,
        }
    }

    /// Returns whether a command is meant for an answer that is still on its way: of what was typed in one go, `enter`
    /// is for what the letters before it find, not for what stands there until that is known.
    pub fn must_wait(&self, command: Command) -> bool {
        let is_for_the_answer = matches!(
            command,
            Command::Read
                | Command::ToList
                | Command::NextPane
                | Command::Up
                | Command::Down
                | Command::PageUp
                | Command::PageDown
                | Command::CopyAnswer
                | Command::CopyConversation
        );
        is_for_the_answer && self.place() == KeyPlace::Search && !self.search.listing.current
    }

    /// Gives the keys to a pane.
    pub(super) fn focus_on(&mut self, focus: Focus) -> Vec<Effect> {
        if focus != Focus::Search && self.focus == Focus::Search {
            self.search.remember_query();
        }
        self.focus = focus;
        if focus != Focus::Thread {
            self.set_alone(false);
        }
        Vec::new()
    }

    /// Gives the keys to the next pane; from the list that opens the selected conversation.
    pub(super) fn next_pane(&mut self) -> Vec<Effect> {
        let next = match self.focus {
            Focus::Search => Focus::List,
            Focus::List => return self.read(),
            Focus::Thread => Focus::Search,
        };
        self.focus_on(next)
    }
}
