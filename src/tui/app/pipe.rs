//! Piping the message or conversation to a command of the person's.

use super::{App, Focus, Overlay};
use crate::{
    extract::{self, Format},
    secrets::Scanner,
    tui::{
        command::Command,
        effect::{Effect, TerminalRequest},
        text_input::TextInput,
    },
};

impl App {
    /// Opens the line into which the command is typed.
    pub(super) fn open_pipe(&mut self) -> Vec<Effect> {
        if self.selected().is_some() {
            self.overlay = Overlay::Pipe(TextInput::default());
        }
        Vec::new()
    }

    /// Carries out a command of that line.
    pub(super) fn pipe_command(&mut self, command: Command) -> Vec<Effect> {
        let Overlay::Pipe(pipe) = &mut self.overlay else { return Vec::new() };
        match command {
            Command::Cancel => return self.close_overlay(),
            Command::Accept => {}
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
        let Some(text) = self.piped_text() else { return self.nothing() };
        vec![Effect::Terminal(TerminalRequest::Pipe { command: line, text })]
    }

    /// Returns what is piped: in the thread the selected or marked messages, in the list the conversation.
    fn piped_text(&self) -> Option<String> {
        let (conversation, leaf) = self.shared_subject()?;
        let options = self.options(Format::Markdown, leaf);
        let text = match self.subject_messages() {
            messages if self.focus == Focus::Thread && !messages.is_empty() => {
                extract::messages(&conversation, &messages, &options)
            }
            _ => extract::conversation_to_copy(&conversation, &options),
        };
        // A command's output may reach the terminal as it is.
        let text = extract::harmless(&text).into_owned();
        Some(if self.redact { Scanner::built_in().redact(&text).0 } else { text })
    }
}
