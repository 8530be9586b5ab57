//! The help: where it was asked for, how far it is scrolled, and what is looked for in it.

use super::{App, Overlay, overlay::scrolled};
use crate::tui::{command::Command, effect::Effect, keymap::KeyPlace, text_input::TextInput};

/// The state of the help.
#[derive(Debug)]
pub struct Help {
    /// Index of the first visible line.
    pub top: usize,
    /// The number of lines below those in sight, as it was drawn last.
    pub below: usize,
    /// The place where it was asked for: its keys come first.
    pub place: KeyPlace,
    /// The words that are looked for in it, if any.
    pub looked_for: Option<LookedFor>,
    /// The overlay that is open again afterwards: nothing, or a line being typed.
    pub under: Box<Overlay>,
}

/// Words that are looked for in the help: only the lines that hold them are shown.
#[derive(Debug)]
pub struct LookedFor {
    /// The words as they are typed.
    pub input: TextInput,
    /// They are being typed.
    pub is_typed: bool,
}

impl Help {
    /// Returns whether words to look for are being typed.
    pub fn is_typed(&self) -> bool {
        self.looked_for.as_ref().is_some_and(|looked_for| looked_for.is_typed)
    }

    /// Returns the words that are looked for; nothing if all is shown.
    pub fn words(&self) -> &str {
        self.looked_for.as_ref().map_or("", |looked_for| looked_for.input.text().trim())
    }

    /// Puts a text into the words that are being typed.
    pub(super) fn typed(&mut self, text: &str) {
        if let Some(looked_for) = self.looked_for.as_mut().filter(|looked_for| looked_for.is_typed) {
            looked_for.input.insert(text);
            self.top = 0;
        }
    }

    /// Carries out a command of the line of words; `false`: it is none.
    fn edit(&mut self, command: Command) -> bool {
        let Some(looked_for) = self.looked_for.as_mut().filter(|looked_for| looked_for.is_typed) else {
            return false;
        };
        match command {
            Command::Accept if !looked_for.input.text().trim().is_empty() => looked_for.is_typed = false,
            Command::Accept | Command::Cancel => self.looked_for = None,
            other => {
                looked_for.input.edit(other);
            }
        }
        self.top = 0;
        true
    }
}

impl App {
    /// Carries out a command of the help. `esc` shows all of it again before it closes it.
    pub(super) fn help_command(&mut self, command: Command) -> Vec<Effect> {
        let Overlay::Help(help) = &mut self.overlay else { return Vec::new() };
        if help.edit(command) {
            return Vec::new();
        }
        match command {
            Command::Find => {
                help.looked_for = Some(LookedFor { input: TextInput::default(), is_typed: true });
                help.top = 0;
            }
            Command::Cancel if help.looked_for.take().is_some() => help.top = 0,
            Command::Cancel => self.overlay = std::mem::take(&mut *help.under),
            other => help.top = scrolled(help.top, self.layout.page(), other),
        }
        Vec::new()
    }
}
