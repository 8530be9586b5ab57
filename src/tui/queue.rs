//! The queue of typed keys and pastes that have not had their turn yet. Pure.
//!
//! Keys are typed faster than a search answers: in a burst, by a paste with its `enter`, on a slow machine. They do
//! then what they do typed slowly, each key and each paste in its turn.

use std::{collections::VecDeque, time::Duration};

use crossterm::event::KeyEvent;

use super::{
    action::Action,
    app::App,
    command::Command,
    keymap::{Key, KeyPlace, Meaning},
};

/// Something from the keyboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// A key.
    Key(KeyEvent),
    /// A paste: one edit.
    Paste(String),
}

/// Keys and pastes in the order they were typed, each with the quiet before it.
#[derive(Debug, Default)]
pub struct KeyQueue {
    waiting: VecDeque<(Typed, Duration)>,
    /// The quiet before the first of them was told.
    quiet_is_reported: bool,
}

impl KeyQueue {
    /// Puts this behind what was typed before; `quiet`: the time without anything typed before it.
    pub fn push(&mut self, typed: Typed, quiet: Duration, app: &App) {
        if let Typed::Key(key) = typed
            && let Some(&key) = app.setup.keymap.pressed(app.place(), key).last()
            && app.setup.keymap.command(KeyPlace::Anywhere, Key::from_event(key)) == Some(Command::Interrupt)
        {
            // The way out waits for nothing.
            *self = Self::default();
            self.waiting.push_back((Typed::Key(key), quiet));
            return;
        }
        self.waiting.push_back((typed, quiet));
    }

    /// Returns what is to be done next, once its turn has come: some wait for the answer they are meant for, and those
    /// after them with them. The quiet before something typed comes first.
    pub fn next(&mut self, app: &App) -> Option<Action> {
        loop {
            self.part_first(app);
            let (typed, quiet) = self.waiting.front()?;
            let action = match typed {
                Typed::Key(key) => meaning(app, *key),
                Typed::Paste(_) => None,
            };
            if matches!(action, Some(Action::Command(command)) if app.must_wait(command)) {
                return None;
            }
            if !std::mem::replace(&mut self.quiet_is_reported, true) {
                return Some(Action::IdleBefore(*quiet));
            }
            self.quiet_is_reported = false;
            match self.waiting.pop_front() {
                Some((Typed::Paste(text), _)) => return Some(Action::Paste(text)),
                Some((Typed::Key(key), _)) => {
                    if let Some(action) = action.or_else(|| meaning_elsewhere(app, key)) {
                        return Some(action);
                    }
                }
                None => {}
            }
        }
    }

    /// Makes of the first key the keys that it stands for. The second of two came in one piece with the first.
    fn part_first(&mut self, app: &App) {
        let Some((Typed::Key(key), _)) = self.waiting.front_mut() else { return };
        if let [first, second] = app.setup.keymap.pressed(app.place(), *key)[..] {
            *key = first;
            self.waiting.insert(1, (Typed::Key(second), Duration::ZERO));
        }
    }
}

/// Returns what a key that means nothing here would mean in another pane.
fn meaning_elsewhere(app: &App, key: KeyEvent) -> Option<Action> {
    let key = Key::from_event(key);
    let (place, command) = app.setup.keymap.meaning_elsewhere(app.place(), key)?;
    Some(Action::MeansElsewhere(key, place, command))
}

/// Returns the meaning of a key in the state the app is in.
fn meaning(app: &App, key: KeyEvent) -> Option<Action> {
    let place = app.place();
    match app.setup.keymap.meaning(place, key)? {
        Meaning::Command(command) => Some(Action::Command(command)),
        // Nothing is typed there.
        Meaning::Type(_) if matches!(place, KeyPlace::List | KeyPlace::Thread) => None,
        Meaning::Type(character) => Some(Action::Type(character)),
    }
}
