//! What is open over the panes: help, details, choosing one of several, extract to a file, the audit.

use super::{App, ExtractDialog, Pick};
use crate::tui::{action::Command, effect::Effect};

/// What is open over the panes.
#[derive(Debug)]
pub enum Dialog {
    /// The keys, from this line on.
    Help(usize),
    /// Lines to read.
    Text {
        /// What they are about.
        title: &'static str,
        /// Untrusted.
        lines: Vec<String>,
        /// The first one in sight.
        top: usize,
    },
    /// One of several.
    Pick(Pick),
    /// Extract to a file.
    Extract(ExtractDialog),
    /// What the archive gives away; it stays when this is closed.
    Audit,
}

impl App {
    pub(super) fn dialog_command(&mut self, command: Command) -> Vec<Effect> {
        if matches!(self.dialog, Some(Dialog::Audit)) {
            return self.audit_command(command);
        }
        if command == Command::Cancel {
            // What is being written in many files goes on until it has heard of it.
            if let Some(Dialog::Extract(ExtractDialog { many: true, writing: true, .. })) = &self.dialog {
                return vec![Effect::StopSaving];
            }
            self.dialog = None;
            return Vec::new();
        }
        match &mut self.dialog {
            Some(Dialog::Help(top) | Dialog::Text { top, .. }) => {
                let page = (self.layout.list.height as usize).max(2) - 1;
                *top = match command {
                    Command::Down => *top + 1,
                    Command::Up => top.saturating_sub(1),
                    Command::PageDown => *top + page,
                    Command::PageUp => top.saturating_sub(page),
                    Command::First => 0,
                    // The view knows where the end is and clamps to it.
                    Command::Last => usize::MAX / 2,
                    _ => *top,
                };
                Vec::new()
            }
            Some(Dialog::Pick(_)) => self.pick_command(command),
            Some(Dialog::Extract(dialog)) if dialog.writing => Vec::new(),
            Some(Dialog::Extract(dialog)) if command == Command::Accept && dialog.many => self.write_many(),
            Some(Dialog::Extract(_)) if command == Command::Accept => self.write(),
            Some(Dialog::Extract(_)) => self.extract_command(command),
            Some(Dialog::Audit) | None => Vec::new(),
        }
    }

    pub(super) fn dialog_typed(&mut self, text: &str) -> Vec<Effect> {
        match &self.dialog {
            Some(Dialog::Pick(_)) => self.pick_typed(text),
            Some(Dialog::Extract(_)) => self.extract_typed(text),
            _ => Vec::new(),
        }
    }
}
