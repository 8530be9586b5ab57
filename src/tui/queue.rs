//! The queue of typed keys and pastes that have not had their turn yet. Pure.
//!
//! Keys are typed faster than a search answers: in a burst, by a paste with its `enter`, on a slow machine. They do
//! then what they do typed slowly, each key and each paste in its turn.

use std::collections::VecDeque;

use crossterm::event::KeyEvent;

use super::{
    action::Action,
    app::App,
    command::Command,
    keymap::{Key, Place},
};

/// Something from the keyboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// A key.
    Key(KeyEvent),
    /// A paste: one edit.
    Paste(String),
}

/// Keys and pastes in the order they were typed.
#[derive(Debug, Default)]
pub struct Queue(VecDeque<Typed>);

impl Queue {
    /// Puts this behind what was typed before.
    pub fn push(&mut self, typed: Typed, app: &App) {
        if let Typed::Key(key) = typed
            && app.setup.keymap.command(Place::Anywhere, Key::from_event(key)) == Some(Command::Interrupt)
        {
            // The way out waits for nothing.
            self.0.clear();
        }
        self.0.push_back(typed);
    }

    /// Returns what is to be done next, once its turn has come: some wait for the answer they are meant for, and those
    /// behind them with them.
    pub fn next(&mut self, app: &App) -> Option<Action> {
        loop {
            let action = match self.0.pop_front()? {
                Typed::Key(key) => {
                    let action = meaning(app, key);
                    if matches!(action, Some(Action::Command(command)) if app.must_wait(command)) {
                        self.0.push_front(Typed::Key(key));
                        return None;
                    }
                    action
                }
                Typed::Paste(text) => Some(Action::Paste(text)),
            };
            if action.is_some() {
                return action;
            }
        }
    }
}

/// Returns the meaning of a key in the state the app is in.
fn meaning(app: &App, key: KeyEvent) -> Option<Action> {
    let key = Key::from_event(key);
    let command = app.setup.keymap.command(app.place(), key);
    command.map(Action::Command).or_else(|| key.character().map(Action::Type))
}
