//! The extract dialog: where to, as what, and what goes in.

use super::{App, Dialog, TextInput};
use crate::{
    extract::{self, Extraction, Format, Include, redaction::Redaction, save::Clobber},
    library::Shared,
    tui::{action::Command, effect::Effect},
};

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
    /// Attachments beside the text.
    Attachments,
    /// Secrets are taken out.
    Redact,
}

impl Field {
    /// From top to bottom.
    pub const ALL: [Self; 7] = [
        Self::Path,
        Self::Format,
        Self::Tools,
        Self::Reasoning,
        Self::Branches,
        Self::Attachments,
        Self::Redact,
    ];
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
    pub path: TextInput,
    /// What the file is called in a folder that is named without one, less its ending.
    pub stem: String,
    /// As what.
    pub format: Format,
    /// What else goes in.
    pub include: Include,
    /// All branches.
    pub all_branches: bool,
    /// Attachments go beside it.
    pub attachments: bool,
    /// Secrets are taken out.
    pub redact: bool,
    /// What secrets there are, in words, once they are counted.
    pub secrets: Option<Option<String>>,
    /// Which count of secrets that is, or will be.
    pub serial: u64,
    /// The folders in a folder, and which: as it was typed.
    pub folders: (String, Vec<String>),
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
    /// Opens with a file of this name in the current folder, as Markdown.
    pub fn new(conversation: Shared, leaf: Option<usize>, stem: &str) -> Self {
        let path = format!("./{stem}.{}", Format::Markdown.extension());
        Self {
            conversations: vec![conversation],
            many: false,
            leaf,
            path: TextInput::new(path),
            stem: stem.to_owned(),
            format: Format::Markdown,
            include: Include::default(),
            all_branches: false,
            attachments: false,
            redact: false,
            secrets: None,
            serial: 0,
            folders: ("./".to_owned(), Vec::new()),
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
        Self { conversations, many: true, path: TextInput::new(folder), ..Self::new(first, None, "") }
    }

    /// How it is extracted, now that the person has said enter.
    pub(super) fn extraction(&self, zone: &jiff::tz::TimeZone) -> Extraction {
        Extraction {
            options: self.options(zone),
            redaction: Redaction::new(self.redact),
            clobber: if self.replace { Clobber::Replace } else { Clobber::Never },
        }
    }

    /// What the person chose.
    pub(super) fn options(&self, zone: &jiff::tz::TimeZone) -> extract::Options {
        extract::Options {
            leaf: self.leaf,
            all_branches: self.all_branches,
            include: self.include,
            attachments: self.attachments,
            ..extract::Options::new(self.format, zone.clone())
        }
    }

    /// Where to, once more is said than a folder.
    pub(super) fn target(&self) -> Option<String> {
        let path = self.path.text().trim();
        if path.ends_with('/') && !self.many {
            return Some(format!("{path}{}", self.name()));
        }
        (!path.is_empty()).then(|| path.to_owned())
    }

    fn name(&self) -> String {
        format!("{}.{}", self.stem, self.format.extension())
    }

    /// The folder being typed in, its slash included, and what stands behind it.
    fn split(&self) -> (&str, &str) {
        let text = self.path.text();
        text.split_at(text.rfind('/').map_or(0, |slash| slash + 1))
    }

    /// The folders that what is typed could mean.
    pub fn candidates(&self) -> impl Iterator<Item = &str> {
        let (folder, piece) = self.split();
        let known = self.field == Field::Path && !self.writing && self.folders.0 == folder;
        let fits = move |name: &&str| {
            known
                && name.starts_with(piece)
                && *name != piece
                && (piece.starts_with('.') || !name.starts_with('.'))
        };
        self.folders.1.iter().map(String::as_str).filter(fits)
    }

    /// What could stand behind the cursor, at the end of the path: the rest of a folder, or the name in it.
    pub fn suggestion(&self) -> Option<String> {
        let (_, piece) = self.split();
        let at_end = self.path.before_cursor().len() == self.path.text().len();
        if self.field != Field::Path || self.writing || !at_end {
            return None;
        }
        if piece.is_empty() {
            return (!self.many && self.path.text().ends_with('/')).then(|| self.name());
        }
        self.candidates().next().map(|name| format!("{}/", &name[piece.len()..]))
    }

    /// Takes the suggestion; whether there was one.
    fn complete(&mut self) -> bool {
        let Some(rest) = self.suggestion() else { return false };
        self.path.insert(&rest);
        true
    }

    /// Another format; the path's ending goes with it, if it was that of the format before.
    fn turn_format(&mut self, step: isize) {
        let formats = Format::ALL;
        let at = formats.iter().position(|&format| format == self.format).unwrap_or(0);
        let next = formats[(at as isize + step).rem_euclid(formats.len() as isize) as usize];
        if let Some(stem) = self.path.text().strip_suffix(&format!(".{}", self.format.extension())) {
            self.path = TextInput::new(format!("{stem}.{}", next.extension()));
        }
        self.format = next;
    }

    fn toggle(&mut self) {
        match self.field {
            Field::Path => self.path.insert(" "),
            Field::Format => self.turn_format(1),
            Field::Tools => self.include.tools ^= true,
            Field::Reasoning => self.include.reasoning ^= true,
            Field::Branches => self.all_branches ^= true,
            Field::Attachments => self.attachments ^= true,
            Field::Redact => self.redact ^= true,
        }
    }

    fn move_field(&mut self, step: isize) {
        let at = Field::ALL.iter().position(|&field| field == self.field).unwrap_or(0);
        self.field = Field::ALL[(at as isize + step).rem_euclid(Field::ALL.len() as isize) as usize];
    }

    /// One key's worth.
    fn command(&mut self, command: Command) {
        match command {
            Command::Down => self.move_field(1),
            Command::Up => self.move_field(-1),
            Command::Complete | Command::CursorRight | Command::CursorEnd if self.complete() => {}
            Command::Complete => self.move_field(1),
            Command::Toggle => self.toggle(),
            Command::CursorLeft if self.field == Field::Format => self.turn_format(-1),
            Command::CursorRight if self.field == Field::Format => self.turn_format(1),
            other if self.field == Field::Path => self.path.edit(other),
            _ => {}
        }
    }
}

impl App {
    /// Opens the dialog, and asks for what it shows besides.
    pub(super) fn show_extract(&mut self, dialog: ExtractDialog) -> Vec<Effect> {
        let folder = dialog.split().0.to_owned();
        self.dialog = Some(Dialog::Extract(dialog));
        let mut effects = self.count_secrets();
        effects.push(Effect::ListFolders(folder));
        effects
    }

    /// Asks what the chosen extract would hold.
    fn count_secrets(&mut self) -> Vec<Effect> {
        let Some(Dialog::Extract(dialog)) = &mut self.dialog else { return Vec::new() };
        self.serial += 1;
        (dialog.serial, dialog.secrets) = (self.serial, None);
        vec![Effect::CountSecrets {
            conversations: dialog.conversations.clone(),
            options: Box::new(dialog.options(&self.setup.zone)),
            serial: self.serial,
        }]
    }

    pub(super) fn extract_command(&mut self, command: Command) -> Vec<Effect> {
        self.changing(|dialog| dialog.command(command))
    }

    pub(super) fn extract_typed(&mut self, text: &str) -> Vec<Effect> {
        self.changing(|dialog| {
            if dialog.field == Field::Path {
                dialog.path.insert(text);
            }
        })
    }

    /// Changes the dialog, and asks anew for what depends on what has changed.
    fn changing(&mut self, change: impl FnOnce(&mut ExtractDialog)) -> Vec<Effect> {
        let Some(Dialog::Extract(dialog)) = &mut self.dialog else { return Vec::new() };
        if dialog.writing {
            return Vec::new();
        }
        let content = |dialog: &ExtractDialog| (dialog.format, dialog.include, dialog.all_branches);
        let rest =
            |dialog: &ExtractDialog| (dialog.attachments, dialog.redact, dialog.path.text().to_owned());
        let (content_before, rest_before) = (content(dialog), rest(dialog));
        let folder_before = dialog.split().0.to_owned();
        change(dialog);
        let is_other = content(dialog) != content_before;
        if is_other || rest(dialog) != rest_before {
            // What was asked no longer holds.
            (dialog.replace, dialog.asks) = (false, None);
        }
        let folder = dialog.split().0.to_owned();
        let mut effects = if is_other { self.count_secrets() } else { Vec::new() };
        if folder != folder_before {
            effects.push(Effect::ListFolders(folder));
        }
        effects
    }

    pub(super) fn counted(&mut self, serial: u64, secrets: Option<String>) {
        if let Some(Dialog::Extract(dialog)) = &mut self.dialog
            && dialog.serial == serial
        {
            dialog.secrets = Some(secrets);
        }
    }

    pub(super) fn listed(&mut self, folder: String, folders: Vec<String>) {
        if let Some(Dialog::Extract(dialog)) = &mut self.dialog
            && dialog.split().0 == folder
        {
            dialog.folders = (folder, folders);
        }
    }
}
