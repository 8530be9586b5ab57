//! The dialogs: help, details, choosing one of several, extract to a file.

use super::{App, Input, Pick};
use crate::{
    extract::{Format, Include, save::Clobber},
    library::Shared,
    tui::{action::Command, effect::Effect},
};

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
}

/// Where the extract dialog's cursor can stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The path.
    Path,
    /// One of the formats.
    Format,
    /// Tool calls and results.
    Tools,
    /// Reasoning.
    Reasoning,
    /// All branches instead of the one being read.
    Branches,
    /// Secrets are taken out.
    Redact,
}

impl Field {
    /// From top to bottom.
    pub const ALL: [Self; 6] =
        [Self::Path, Self::Format, Self::Tools, Self::Reasoning, Self::Branches, Self::Redact];
}

/// The extract dialog.
#[derive(Debug)]
pub struct ExtractDialog {
    /// What is extracted; at least one.
    pub conversations: Vec<Shared>,
    /// Into a folder, a file each.
    pub many: bool,
    /// The branch that was being read.
    pub leaf: Option<usize>,
    /// Where to.
    pub path: Input,
    /// As what.
    pub format: Format,
    /// What else goes in.
    pub include: Include,
    /// All branches.
    pub all_branches: bool,
    /// Secrets are taken out.
    pub redact: bool,
    /// What secrets there are, in words, once they are counted.
    pub secrets: Option<Option<String>>,
    /// Where the cursor is.
    pub field: Field,
    /// A file of this name is to be replaced: the person was asked, and presses enter again.
    pub replace: bool,
    /// What the dialog has to say about the last try.
    pub asks: Option<String>,
    /// It is being written.
    pub writing: bool,
    /// How far the writing of many is.
    pub progress: Option<String>,
}

impl ExtractDialog {
    /// Opens with this path, as Markdown.
    pub fn new(conversation: Shared, leaf: Option<usize>, path: &str) -> Self {
        Self {
            conversations: vec![conversation],
            many: false,
            leaf,
            path: Input::new(path),
            format: Format::Markdown,
            include: Include::default(),
            all_branches: false,
            redact: false,
            secrets: None,
            field: Field::Path,
            replace: false,
            asks: None,
            writing: false,
            progress: None,
        }
    }

    /// The same for several, into this folder.
    pub fn many(conversations: Vec<Shared>, folder: &str) -> Self {
        let first = conversations[0].clone();
        Self { conversations, many: true, ..Self::new(first, None, folder) }
    }

    pub(super) fn clobber(&self) -> Clobber {
        if self.replace { Clobber::Replace } else { Clobber::Never }
    }

    /// Another format; the path's ending goes with it, if it was that of the format before.
    fn turn_format(&mut self, step: isize) {
        let formats = Format::ALL;
        let at = formats.iter().position(|&format| format == self.format).unwrap_or(0);
        let next = formats[(at as isize + step).rem_euclid(formats.len() as isize) as usize];
        if let Some(stem) = self.path.text().strip_suffix(&format!(".{}", self.format.extension())) {
            self.path = Input::new(format!("{stem}.{}", next.extension()));
        }
        self.format = next;
        self.changed();
    }

    /// Another path or content: what was asked no longer holds.
    fn changed(&mut self) {
        (self.replace, self.asks) = (false, None);
    }

    fn toggle(&mut self) {
        match self.field {
            Field::Path => self.path.insert(" "),
            Field::Format => return self.turn_format(1),
            Field::Tools => self.include.tools ^= true,
            Field::Reasoning => self.include.reasoning ^= true,
            Field::Branches => self.all_branches ^= true,
            Field::Redact => self.redact ^= true,
        }
        self.changed();
    }

    fn move_field(&mut self, step: isize) {
        let at = Field::ALL.iter().position(|&field| field == self.field).unwrap_or(0);
        self.field = Field::ALL[(at as isize + step).rem_euclid(Field::ALL.len() as isize) as usize];
    }
}

impl App {
    pub(super) fn dialog_command(&mut self, command: Command) -> Vec<Effect> {
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
            Some(Dialog::Extract(dialog)) => {
                match command {
                    Command::Accept if dialog.many => return self.write_many(),
                    Command::Accept => return self.write(),
                    Command::Down => dialog.move_field(1),
                    Command::Up => dialog.move_field(-1),
                    Command::Toggle => dialog.toggle(),
                    Command::CursorLeft if dialog.field == Field::Format => dialog.turn_format(-1),
                    Command::CursorRight if dialog.field == Field::Format => dialog.turn_format(1),
                    other if dialog.field == Field::Path => {
                        let before = dialog.path.text().to_owned();
                        dialog.path.edit(other);
                        if before != dialog.path.text() {
                            dialog.changed();
                        }
                    }
                    _ => {}
                }
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    pub(super) fn dialog_typed(&mut self, text: &str) -> Vec<Effect> {
        match &mut self.dialog {
            Some(Dialog::Pick(_)) => return self.pick_typed(text),
            Some(Dialog::Extract(dialog)) if dialog.field == Field::Path && !dialog.writing => {
                dialog.path.insert(text);
                dialog.changed();
            }
            _ => {}
        }
        Vec::new()
    }
}
