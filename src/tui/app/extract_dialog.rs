//! The extract dialog: where to, as what, and what goes in.

use jiff::tz::TimeZone;

use super::{
    App, Overlay,
    destination::{Destination, Stems},
};
use crate::{
    extract::{self, Extraction, Format, Include, redaction::Redaction, save::Clobber},
    library::ConversationRef,
    tui::{
        command::Command,
        effect::{Effect, Task},
    },
};

/// A field of the dialog, in which its cursor can stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtractField {
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

impl ExtractField {
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

/// The dialog that extracts conversations to a file or a folder.
#[derive(Debug)]
pub struct ExtractDialog {
    /// The conversations to extract; at least one.
    pub conversations: Vec<ConversationRef>,
    /// Where they are from, if they are several.
    pub origin: SeveralOrigin,
    /// The branch that was being read.
    pub leaf: Option<usize>,
    /// The file or folder.
    pub destination: Destination,
    /// The format, and what goes in.
    pub choices: Choices,
    /// The secrets that the extract would hold.
    pub secrets: SecretCount,
    /// The number of that count.
    serial: u64,
    /// The field with the cursor.
    pub field: ExtractField,
    /// Files of that name are replaced: the person was told that they exist, and presses enter again.
    pub replace: bool,
    /// Being edited, or written.
    pub stage: ExtractStage,
}

/// The person's choices about what is written.
#[derive(Clone, Copy, Debug)]
pub struct Choices {
    /// The format.
    pub format: Format,
    /// Messages that go in besides.
    pub include: Include,
    /// All branches go in.
    pub all_branches: bool,
    /// Attachments go beside the text.
    pub attachments: bool,
    /// Secrets are taken out.
    pub redact: bool,
}

/// A count of the secrets that an extract would hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretCount {
    /// They are being counted.
    Pending,
    /// There are none.
    NoneFound,
    /// There are these, in words.
    Found(String),
}

/// Where several conversations are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeveralOrigin {
    /// The list holds no others.
    List,
    /// They have all words of the query; the list holds others that have some.
    AllWords,
    /// They are marked, so many of them out of sight.
    Marked {
        /// The number that the list does not hold.
        hidden: usize,
    },
}

/// The stage that the dialog is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExtractStage {
    /// The person chooses.
    Editing {
        /// A sentence about the last try.
        notice: Option<String>,
    },
    /// It is being written.
    Writing {
        /// The progress, for many.
        progress: Option<String>,
    },
}

impl ExtractStage {
    /// Notes that the person pressed enter before the name of the file was known.
    fn awaiting_name() -> Self {
        Self::Editing { notice: Some("still looking through it for secrets, for its name".to_owned()) }
    }
}

/// The most telling consequence of a key in the dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DialogChange {
    /// At most the cursor is elsewhere.
    Nothing,
    /// Another file in the same folder, or another choice that the text does not depend on.
    Detail,
    /// Another folder: its folders are to be listed.
    Folder,
    /// The text is another: its secrets are to be counted.
    Content,
}

impl ExtractDialog {
    /// Opens with a file of this name in the current folder, as Markdown.
    pub(super) fn one(
        conversation: ConversationRef,
        leaf: Option<usize>,
        stems: Stems,
        redact: bool,
    ) -> Self {
        let path = format!("./{}.{}", stems.of(redact), Format::Markdown.extension());
        Self::new(vec![conversation], leaf, Destination::new(path, Some(stems)), redact)
    }

    /// Opens with this folder for several.
    pub(super) fn many(
        conversations: Vec<ConversationRef>,
        origin: SeveralOrigin,
        folder: &str,
        redact: bool,
    ) -> Self {
        let destination = Destination::new(folder.to_owned(), None);
        Self { origin, ..Self::new(conversations, None, destination, redact) }
    }

    fn new(
        conversations: Vec<ConversationRef>,
        leaf: Option<usize>,
        destination: Destination,
        redact: bool,
    ) -> Self {
        let choices = Choices {
            format: Format::Markdown,
            include: Include::default(),
            all_branches: false,
            attachments: false,
            redact,
        };
        Self {
            conversations,
            origin: SeveralOrigin::List,
            leaf,
            destination,
            choices,
            secrets: SecretCount::Pending,
            serial: 0,
            field: ExtractField::Path,
            replace: false,
            stage: ExtractStage::Editing { notice: None },
        }
    }

    /// Returns whether it goes into a folder, a file each.
    pub fn is_many(&self) -> bool {
        self.destination.is_folder()
    }

    /// Says that the name of the file is not known yet, if it is not. Returns whether that is so.
    pub(super) fn awaits_name(&mut self) -> bool {
        let awaits = self.choices.redact && self.destination.awaits_name();
        if awaits {
            self.stage = ExtractStage::awaiting_name();
        }
        awaits
    }

    /// Returns whether it is being written.
    pub fn is_writing(&self) -> bool {
        matches!(self.stage, ExtractStage::Writing { .. })
    }

    /// Goes back to editing, with the reason.
    pub(super) fn failed(&mut self, reason: String) {
        self.stage = ExtractStage::Editing { notice: Some(reason) };
    }

    /// Returns how it is extracted, now that the person has said enter.
    pub(super) fn extraction(&self, zone: &TimeZone) -> Extraction {
        Extraction {
            options: self.options(zone),
            redaction: Redaction::new(self.choices.redact),
            clobber: if self.replace { Clobber::Replace } else { Clobber::Never },
        }
    }

    /// Returns the options of the extract that the person chose.
    fn options(&self, zone: &TimeZone) -> extract::ExtractOptions {
        extract::ExtractOptions {
            leaf: self.leaf,
            all_branches: self.choices.all_branches,
            include: self.choices.include,
            attachments: self.choices.attachments,
            ..extract::ExtractOptions::new(self.choices.format, zone.clone())
        }
    }

    /// Returns whether the path is being edited.
    pub fn edits_path(&self) -> bool {
        self.field == ExtractField::Path && !self.is_writing()
    }

    /// Returns the folders that the path being typed could mean.
    pub fn candidates(&self) -> impl Iterator<Item = &str> {
        self.destination.candidates().filter(|_| self.edits_path())
    }

    /// Returns what could stand after the cursor of the path being typed.
    pub fn suggestion(&self) -> Option<String> {
        self.destination.suggestion(self.choices).filter(|_| self.edits_path())
    }

    /// Takes another format; the path's ending goes with it.
    fn turn_format(&mut self, step: isize) -> DialogChange {
        let format = stepped(&Format::ALL, self.choices.format, step);
        self.destination.change_extension(self.choices.format, format);
        self.choices.format = format;
        DialogChange::Content
    }

    /// Switches what the cursor is on.
    fn toggle(&mut self) -> DialogChange {
        let choices = &mut self.choices;
        let (choice, change) = match self.field {
            ExtractField::Path => return self.destination.edit(|path| path.insert(" ")),
            ExtractField::Format => return self.turn_format(1),
            ExtractField::Tools => (&mut choices.include.tools, DialogChange::Content),
            ExtractField::Reasoning => (&mut choices.include.reasoning, DialogChange::Content),
            ExtractField::Branches => (&mut choices.all_branches, DialogChange::Content),
            ExtractField::Attachments => (&mut choices.attachments, DialogChange::Detail),
            ExtractField::Redact => {
                choices.redact ^= true;
                self.destination.switch_name(choices.redact);
                return DialogChange::Detail;
            }
        };
        *choice ^= true;
        change
    }

    /// Takes in the name of the file without secrets, as the whole conversation tells it.
    fn take_name(&mut self, stem: String) {
        let shown = self.choices.redact && !self.is_writing();
        self.destination.take_name(stem, shown);
        if self.stage == ExtractStage::awaiting_name() {
            self.stage = ExtractStage::Editing { notice: None };
        }
    }

    fn move_field(&mut self, step: isize) -> DialogChange {
        self.field = stepped(&ExtractField::ALL, self.field, step);
        DialogChange::Nothing
    }

    /// Carries out a command that edits.
    fn command(&mut self, command: Command) -> DialogChange {
        if matches!(command, Command::Complete | Command::CursorRight | Command::CursorEnd)
            && let Some(rest) = self.suggestion()
        {
            return self.destination.edit(|path| path.insert(&rest));
        }
        match (command, self.field) {
            (Command::Down | Command::Complete, _) => self.move_field(1),
            (Command::Up, _) => self.move_field(-1),
            (Command::Toggle, _) => self.toggle(),
            (Command::CursorLeft, ExtractField::Format) => self.turn_format(-1),
            (Command::CursorRight, ExtractField::Format) => self.turn_format(1),
            (other, ExtractField::Path) => self.destination.edit(|path| path.edit(other)),
            _ => DialogChange::Nothing,
        }
    }
}

/// Returns the one that stands this many further on, around the ends.
fn stepped<T: Copy + PartialEq>(all: &[T], from: T, step: isize) -> T {
    let at = all.iter().position(|&one| one == from).unwrap_or(0).cast_signed();
    all[(at + step).rem_euclid(all.len().cast_signed()).cast_unsigned()]
}

impl App {
    /// Opens the dialog, and asks for what it shows besides.
    pub(super) fn show_extract(&mut self, dialog: ExtractDialog) -> Vec<Effect> {
        let folder = dialog.destination.folder().to_owned();
        let mut effects = self.open_overlay(Overlay::Extract(Box::new(dialog)));
        effects.extend(self.count_secrets());
        effects.push(Effect::Background(Task::ListFolders(folder)));
        effects
    }

    /// Asks for the secrets that the chosen extract would hold.
    fn count_secrets(&mut self) -> Vec<Effect> {
        let Overlay::Extract(dialog) = &mut self.overlay else { return Vec::new() };
        self.serial += 1;
        (dialog.serial, dialog.secrets) = (self.serial, SecretCount::Pending);
        vec![Effect::Background(Task::CountSecrets {
            conversations: dialog.conversations.clone(),
            options: Box::new(dialog.options(&self.setup.zone)),
            serial: self.serial,
        })]
    }

    /// Carries out a command of the dialog.
    pub(super) fn extract_command(&mut self, command: Command) -> Vec<Effect> {
        let Overlay::Extract(dialog) = &mut self.overlay else { return Vec::new() };
        match (command, dialog.is_writing()) {
            // What is being written in many files goes on until it has heard of it.
            (Command::Cancel, true) if dialog.is_many() => vec![Effect::Background(Task::StopSaving)],
            (Command::Cancel, _) => self.close_overlay(),
            (_, true) => Vec::new(),
            (Command::Accept, false) if self.enter_guard.is_confirmed() => self.write(),
            (Command::Accept, false) => Vec::new(),
            (other, false) => {
                let change = dialog.command(other);
                self.extract_changed(change)
            }
        }
    }

    /// Puts a text into the path of the dialog.
    pub(super) fn extract_typed(&mut self, text: &str) -> Vec<Effect> {
        let Overlay::Extract(dialog) = &mut self.overlay else { return Vec::new() };
        if !dialog.edits_path() {
            return Vec::new();
        }
        let change = dialog.destination.edit(|path| path.insert(text));
        self.extract_changed(change)
    }

    /// Asks again for what depends on what was changed.
    fn extract_changed(&mut self, change: DialogChange) -> Vec<Effect> {
        let Overlay::Extract(dialog) = &mut self.overlay else { return Vec::new() };
        if change != DialogChange::Nothing {
            // What was asked no longer holds.
            dialog.replace = false;
            dialog.stage = ExtractStage::Editing { notice: None };
        }
        match change {
            DialogChange::Nothing | DialogChange::Detail => Vec::new(),
            DialogChange::Folder => {
                vec![Effect::Background(Task::ListFolders(dialog.destination.folder().to_owned()))]
            }
            DialogChange::Content => self.count_secrets(),
        }
    }

    /// Shows the secrets that were counted, if they are of the extract that is chosen now.
    pub(super) fn take_secret_count(&mut self, serial: u64, secrets: Option<String>) {
        if let Overlay::Extract(dialog) = &mut self.overlay
            && dialog.serial == serial
        {
            dialog.secrets = secrets.map_or(SecretCount::NoneFound, SecretCount::Found);
        }
    }

    /// Takes in the name that the file gets without secrets, if it is of the extract that is chosen now.
    pub(super) fn take_file_name(&mut self, serial: u64, stem: String) {
        if let Overlay::Extract(dialog) = &mut self.overlay
            && dialog.serial == serial
        {
            dialog.take_name(stem);
        }
    }

    /// Takes in the folders of a folder, if it is the one being typed in.
    pub(super) fn take_folders(&mut self, folder: String, folders: Vec<String>) {
        if let Overlay::Extract(dialog) = &mut self.overlay {
            dialog.destination.take_folders(folder, folders);
        }
    }
}
