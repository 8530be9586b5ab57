//! Piping the message or conversation to a command of the person's.

use super::{
    App, Focus, Overlay,
    lookup::{bytes_of, bytes_of_message},
};
use crate::{
    extract::Format,
    tui::{
        command::Command,
        effect::{CopySource, Effect},
        lookup::Lookup,
        text_input::TextInput,
    },
};

impl App {
    /// Opens the line into which the command is typed.
    pub(super) fn open_pipe(&mut self) -> Vec<Effect> {
        if self.selected().is_none() {
            return Vec::new();
        }
        self.open_overlay(Overlay::Pipe(TextInput::default()))
    }

    /// Carries out a command of that line. What arrives as keys together with others does not run it.
    pub(super) fn pipe_command(&mut self, command: Command) -> Vec<Effect> {
        let Overlay::Pipe(pipe) = &mut self.overlay else { return Vec::new() };
        match command {
            Command::Cancel => return self.close_overlay(),
            Command::Accept if self.enter_guard.is_confirmed() => {}
            Command::Accept => return Vec::new(),
            other => {
                pipe.edit(other);
                return Vec::new();
            }
        }
        let line = pipe.text().trim().to_owned();
        self.overlay = Overlay::None;
        if line.is_empty() {
            return Vec::new();
        }
        let Some((source, bytes)) = self.piped_source() else { return self.nothing() };
        let lookup = Lookup::Piped { command: line, source, redact: self.redact };
        self.look_up(lookup, bytes, "writing what is piped")
    }

    /// Returns the name of what is piped.
    pub fn piped_subject(&self) -> String {
        match self.subject_messages().len() {
            _ if self.focus != Focus::Thread => "the conversation".to_owned(),
            0 | 1 => "the message".to_owned(),
            several => format!("{several} marked messages"),
        }
    }

    /// Returns what is piped, and how much that is: in the thread the selected or marked messages, in the list the
    /// conversation.
    fn piped_source(&self) -> Option<(CopySource, usize)> {
        let (conversation, leaf) = self.shared_subject()?;
        let options = Box::new(self.options(Format::Markdown, leaf));
        let messages = self.subject_messages();
        // What is a secret anywhere in the conversation is taken out: all of it is looked through.
        let bytes_of_all = if self.redact { bytes_of(&conversation) } else { 0 };
        if self.focus == Focus::Thread && !messages.is_empty() {
            let bytes: usize = messages.iter().map(|&message| bytes_of_message(&conversation, message)).sum();
            return Some((CopySource::Messages(conversation, messages, options), bytes.max(bytes_of_all)));
        }
        let bytes = bytes_of(&conversation);
        Some((CopySource::Conversation(conversation, options), bytes))
    }
}
