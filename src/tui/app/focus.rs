//! Where keys go: which pane has them, and whether they must wait.

use super::{App, Dialog};
use crate::tui::{action::Command, effect::Effect, keymap::Place};

/// Which pane has the keys.
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
    /// Where keys go now.
    pub fn place(&self) -> Place {
        match (&self.dialog, self.focus) {
            (Some(Dialog::Help(_) | Dialog::Text { .. }), _) => Place::Help,
            (Some(Dialog::Audit), _) => Place::Audit,
            (Some(_), _) => Place::Dialog,
            (None, _) if self.find.is_some() => Place::Find,
            (None, _) if self.pipe.is_some() => Place::Pipe,
            (None, Focus::Search) => Place::Search,
            (None, Focus::List) => Place::List,
            (None, Focus::Thread) => Place::Thread,
        }
    }

    /// Whether a command is meant for an answer that is still on its way: of what was typed in one go, `enter` is for
    /// what the letters before it find, not for what stands there until that is known.
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
        is_for_the_answer && self.place() == Place::Search && !self.listing.answered
    }

    pub(super) fn focus_on(&mut self, focus: Focus) -> Vec<Effect> {
        if focus != Focus::Search && self.focus == Focus::Search {
            self.remember_query();
        }
        self.focus = focus;
        Vec::new()
    }

    pub(super) fn next_pane(&mut self) -> Vec<Effect> {
        let next = match self.focus {
            Focus::Search => Focus::List,
            Focus::List => return self.read(),
            Focus::Thread => Focus::Search,
        };
        self.focus_on(next)
    }
}
