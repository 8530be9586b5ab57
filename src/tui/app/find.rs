//! Find within the open thread: the line that is typed, and what becomes of the hits that were marked before.

use super::{App, Overlay};
use crate::tui::{command::Command, effect::Effect, text_input::TextInput};

impl App {
    pub(super) fn open_find(&mut self) -> Vec<Effect> {
        self.overlay = Overlay::Find(TextInput::default());
        if let Some(thread) = &mut self.thread {
            thread.begin_find();
        }
        Vec::new()
    }

    /// Carries out a command of the line of find.
    pub(super) fn find_command(&mut self, command: Command) -> Vec<Effect> {
        let Overlay::Find(find) = &mut self.overlay else { return Vec::new() };
        match command {
            Command::Accept => {
                let text = find.text().trim().to_owned();
                return if text.is_empty() { self.leave_find() } else { self.accept_find(&text) };
            }
            Command::Cancel => return self.leave_find(),
            Command::NextHit | Command::PreviousHit => {
                if let Some(thread) = &mut self.thread {
                    thread.step_hit(if command == Command::NextHit { 1 } else { -1 });
                }
            }
            other if find.edit(other) => return self.find_again(),
            _ => {}
        }
        self.highlight()
    }

    /// Marks what is typed into find.
    pub(super) fn find_again(&mut self) -> Vec<Effect> {
        let (Overlay::Find(find), Some(thread)) = (&self.overlay, &mut self.thread) else {
            return Vec::new();
        };
        self.serial += 1;
        let task = thread.find(find.text(), &self.clock, self.serial);
        self.with_colors(task)
    }

    /// Closes find where it led to. Where that is nowhere, everything is as it was before.
    fn accept_find(&mut self, text: &str) -> Vec<Effect> {
        self.overlay = Overlay::None;
        if self.thread.as_mut().is_some_and(|thread| thread.accept_find(text)) {
            self.say_not_found(text);
        }
        self.highlight()
    }

    /// Says that find led nowhere.
    pub(super) fn say_not_found(&mut self, text: &str) {
        let quote = if text.contains('"') { "" } else { "\"" };
        self.show_failure(format!("no {quote}{text}{quote} in this thread"));
    }

    /// Closes find and goes back to where it began, with the hits of the search line.
    fn leave_find(&mut self) -> Vec<Effect> {
        self.overlay = Overlay::None;
        self.serial += 1;
        let task = self.thread.as_mut().and_then(|thread| thread.leave_find(&self.search, self.serial));
        self.with_colors(task)
    }
}
