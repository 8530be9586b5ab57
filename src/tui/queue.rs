//! What was typed and has not had its turn yet. Pure.
//!
//! Keys are typed faster than a search answers: in a burst, by a paste with its `enter`, on a slow machine. They do
//! then what they do typed slowly.

use std::collections::VecDeque;

use crossterm::event::KeyEvent;

use super::{
    action::{Action, Command},
    app::App,
    keymap::{Key, Place},
};

/// See the [module](self).
#[derive(Debug, Default)]
pub struct Queue(VecDeque<KeyEvent>);

impl Queue {
    /// Puts a key behind the others.
    pub fn push(&mut self, key: KeyEvent, app: &App) {
        let command = app.setup.keymap.command(Place::Anywhere, Key::from_event(key));
        if command == Some(Command::Interrupt) {
            // The way out waits for nothing.
            self.0.clear();
        }
        self.0.push_back(key);
    }

    /// What the next key means, once its turn has come: some wait for the answer they are meant for, and those behind
    /// them with them.
    pub fn next(&mut self, app: &App) -> Option<Action> {
        loop {
            let action = meaning(app, *self.0.front()?);
            if matches!(action, Some(Action::Command(command)) if app.must_wait(command)) {
                return None;
            }
            self.0.pop_front();
            if action.is_some() {
                return action;
            }
        }
    }
}

/// What a key means where the app is.
fn meaning(app: &App, key: KeyEvent) -> Option<Action> {
    let key = Key::from_event(key);
    let command = app.setup.keymap.command(app.place(), key);
    command.map(Action::Command).or_else(|| key.character().map(Action::Type))
}
