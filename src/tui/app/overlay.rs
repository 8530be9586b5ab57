//! The overlays: a line that is typed into the status line, a dialog over the panes, or a full screen of text.

use super::{
    App, ExtractDialog, Picker, SaveAs,
    help::{Help, LookedFor},
};
use crate::tui::{command::Command, effect::Effect, text_input::TextInput};

/// The one thing that is open over the panes and has the keys.
#[derive(Debug, Default)]
pub enum Overlay {
    /// Nothing: the focused pane has the keys.
    #[default]
    None,
    /// The line of find in the thread.
    Find(TextInput),
    /// The line of a command to pipe to.
    Pipe(TextInput),
    /// The help.
    Help(Help),
    /// Lines to read.
    Text {
        /// Their subject.
        title: &'static str,
        /// Untrusted.
        lines: Vec<String>,
        /// Index of the first visible line.
        top: usize,
    },
    /// A choice of one of several.
    Picker(Picker),
    /// The line that names the file of an attachment.
    SaveAs(Box<SaveAs>),
    /// The dialog that extracts to a file or folder.
    Extract(Box<ExtractDialog>),
    /// The screen of [`App::audit`], which stays when this is closed.
    Audit,
}

/// A line being typed into the status line.
#[derive(Debug)]
pub enum Prompt<'a> {
    /// Find in the thread.
    Find(&'a TextInput),
    /// Pipe to a command.
    Pipe(&'a TextInput),
    /// The file of an attachment.
    SaveAs(&'a SaveAs),
    /// Look for a word in the help.
    Help(&'a TextInput),
}

impl Overlay {
    /// Returns whether nothing is open.
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// Returns the line in the status line; the help leaves one that is being typed where it is.
    pub fn prompt(&self) -> Option<Prompt<'_>> {
        match self {
            Self::Find(input) => Some(Prompt::Find(input)),
            Self::Pipe(input) => Some(Prompt::Pipe(input)),
            Self::SaveAs(save_as) => Some(Prompt::SaveAs(save_as)),
            Self::Help(Help { looked_for: Some(LookedFor { input, is_typed: true }), .. }) => {
                Some(Prompt::Help(input))
            }
            Self::Help(help) => help.under.prompt(),
            _ => None,
        }
    }
}

impl App {
    /// Carries out a command by whatever has the keys.
    pub(super) fn overlay_command(&mut self, command: Command) -> Vec<Effect> {
        match &mut self.overlay {
            Overlay::None | Overlay::Find(_) | Overlay::Pipe(_) | Overlay::SaveAs(_)
                if command == Command::Help =>
            {
                let place = self.place();
                let under = Box::new(std::mem::take(&mut self.overlay));
                self.overlay = Overlay::Help(Help { top: 0, below: 0, place, looked_for: None, under });
                Vec::new()
            }
            Overlay::None => self.pane_command(command),
            Overlay::Find(_) => self.find_command(command),
            Overlay::Pipe(_) => self.pipe_command(command),
            Overlay::SaveAs(_) => self.save_as_command(command),
            Overlay::Help(_) => self.help_command(command),
            Overlay::Text { .. } | Overlay::Picker(_) if command == Command::Cancel => self.close_overlay(),
            Overlay::Text { top, .. } => {
                *top = scrolled(*top, self.layout.page(), command);
                Vec::new()
            }
            Overlay::Picker(_) => self.pick_command(command),
            Overlay::Extract(_) => self.extract_command(command),
            Overlay::Audit => self.audit_command(command),
        }
    }

    /// Puts a text where something is being typed.
    pub(super) fn typed(&mut self, text: &str) -> Vec<Effect> {
        match &mut self.overlay {
            Overlay::None => self.pane_typed(text),
            Overlay::Find(find) => {
                find.insert(text);
                self.find_again()
            }
            Overlay::Pipe(pipe) => {
                pipe.insert(text);
                Vec::new()
            }
            Overlay::SaveAs(save_as) => {
                save_as.edit(|input| input.insert(text));
                Vec::new()
            }
            Overlay::Picker(_) => self.pick_typed(text),
            Overlay::Extract(_) => self.extract_typed(text),
            Overlay::Help(help) => {
                help.typed(text);
                Vec::new()
            }
            Overlay::Text { .. } | Overlay::Audit => Vec::new(),
        }
    }

    /// Opens something over the panes, by the key that is being carried out.
    pub(super) fn open_overlay(&mut self, overlay: Overlay) -> Vec<Effect> {
        self.overlay = overlay;
        self.enter_guard.open();
        Vec::new()
    }

    /// Closes whatever is open over the panes.
    pub(super) fn close_overlay(&mut self) -> Vec<Effect> {
        self.overlay = Overlay::None;
        Vec::new()
    }
}

/// Returns the first visible line after a command. The view knows the last one and clamps to it.
pub(super) fn scrolled(top: usize, page: usize, command: Command) -> usize {
    match command {
        Command::Down => top + 1,
        Command::Up => top.saturating_sub(1),
        Command::PageDown => top + page,
        Command::PageUp => top.saturating_sub(page),
        Command::First => 0,
        Command::Last => usize::MAX / 2,
        _ => top,
    }
}
