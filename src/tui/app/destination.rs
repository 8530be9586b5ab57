//! The file or folder that an extract goes to, as it is typed: the name it gets, and what could stand after the cursor.

use std::path::is_separator;

use super::extract_dialog::{Choices, DialogChange};
use crate::{extract::Format, tui::text_input::TextInput};

/// The file or folder that is typed into the dialog.
#[derive(Debug)]
pub struct Destination {
    /// The path as it is typed.
    pub input: TextInput,
    /// The names of the file in a folder that is named without one, less its ending. `None`: the path is a folder, for a
    /// file each.
    stems: Option<Stems>,
    /// The folder, as it was typed, whose folders are known.
    listed: String,
    /// The names of the folders in it.
    folders: Vec<String>,
}

/// The names of a file without an ending.
#[derive(Clone, Debug)]
pub(super) struct Stems {
    /// With all that its title says.
    pub(super) whole: String,
    /// Without the secrets in that.
    pub(super) redacted: String,
    /// The whole conversation was looked through for these; else its title alone.
    pub(super) is_looked_through: bool,
}

impl Stems {
    pub(super) fn of(&self, redact: bool) -> &str {
        if redact { &self.redacted } else { &self.whole }
    }
}

impl Destination {
    pub(super) fn new(path: String, stems: Option<Stems>) -> Self {
        Self { input: TextInput::new(path), stems, listed: "./".to_owned(), folders: Vec::new() }
    }

    /// Returns whether it is a folder, for a file each.
    pub(super) fn is_folder(&self) -> bool {
        self.stems.is_none()
    }

    /// Returns the path, once more is said than a folder for a file.
    pub(super) fn path(&self, choices: Choices) -> Option<String> {
        let path = self.input.text().trim();
        match self.name(choices) {
            Some(name) if path.ends_with(is_separator) => Some(format!("{path}{name}")),
            _ => (!path.is_empty()).then(|| path.to_owned()),
        }
    }

    /// Returns the name that a file gets where only its folder is typed.
    fn name(&self, choices: Choices) -> Option<String> {
        let stem = self.stems.as_ref()?.of(choices.redact);
        Some(format!("{stem}.{}", choices.format.extension()))
    }

    /// Returns whether the name is one that still could hold a secret which the conversation tells: not one that somebody
    /// typed.
    pub(super) fn awaits_name(&self) -> bool {
        let Some(stems) = self.stems.as_ref().filter(|stems| !stems.is_looked_through) else { return false };
        let (_, name) = self.split();
        name.trim().is_empty()
            || name.strip_prefix(&*stems.redacted).is_some_and(|rest| rest.starts_with('.'))
    }

    /// Returns the folder being typed in, its slash included, and what stands after it.
    fn split(&self) -> (&str, &str) {
        let text = self.input.text();
        text.split_at(text.rfind(is_separator).map_or(0, |slash| slash + 1))
    }

    /// Returns the folder being typed in, its slash included.
    pub fn folder(&self) -> &str {
        self.split().0
    }

    /// Returns the folders that what is typed could mean.
    pub(super) fn candidates(&self) -> impl Iterator<Item = &str> {
        let (folder, piece) = self.split();
        let is_known = self.listed == folder;
        let fits = move |name: &&str| {
            is_known
                && name.starts_with(piece)
                && *name != piece
                && (piece.starts_with('.') || !name.starts_with('.'))
        };
        self.folders.iter().map(String::as_str).filter(fits)
    }

    /// Returns what could stand after the cursor, at the end of the path: the rest of a folder, or the name in it.
    pub(super) fn suggestion(&self, choices: Choices) -> Option<String> {
        let (_, piece) = self.split();
        if self.input.before_cursor().len() < self.input.text().len() {
            return None;
        }
        if piece.is_empty() {
            return self.name(choices).filter(|_| self.input.text().ends_with(is_separator));
        }
        self.candidates().next().map(|name| format!("{}/", &name[piece.len()..]))
    }

    /// Edits the path; `edit` says whether its text has changed.
    pub(super) fn edit(&mut self, edit: impl FnOnce(&mut TextInput) -> bool) -> DialogChange {
        let before = self.folder().to_owned();
        match edit(&mut self.input) {
            false => DialogChange::Nothing,
            true if self.folder() == before => DialogChange::Detail,
            true => DialogChange::Folder,
        }
    }

    /// Takes in the folders of a folder, if it is the one being typed in.
    pub(super) fn take_folders(&mut self, folder: String, folders: Vec<String>) {
        if self.folder() == folder {
            (self.listed, self.folders) = (folder, folders);
        }
    }

    /// Takes in the name without secrets, as the whole conversation tells it; `shown`: it is the one to be suggested.
    pub(super) fn take_name(&mut self, stem: String, shown: bool) {
        let Some(stems) = &mut self.stems else { return };
        let before = std::mem::replace(&mut stems.redacted, stem.clone());
        stems.is_looked_through = true;
        if shown && before != stem {
            self.change_name(&before, &stem);
        }
    }

    /// Gives the path the name with secrets or without them, if it has the other one.
    pub(super) fn switch_name(&mut self, redact: bool) {
        if let Some(stems) = self.stems.clone() {
            self.change_name(stems.of(!redact), stems.of(redact));
        }
    }

    /// Gives the path another name, if it has the one that was suggested before.
    fn change_name(&mut self, from: &str, to: &str) {
        let (folder, name) = self.split();
        if let Some(ending) = name.strip_prefix(from).filter(|ending| ending.starts_with('.')) {
            self.input = TextInput::new(format!("{folder}{to}{ending}"));
        }
    }

    /// Gives the path the ending of another format, if it has that of the one before.
    pub(super) fn change_extension(&mut self, from: Format, to: Format) {
        if let Some(stem) = self.input.text().strip_suffix(&format!(".{}", from.extension())) {
            self.input = TextInput::new(format!("{stem}.{}", to.extension()));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::MAIN_SEPARATOR;

    use super::*;
    use crate::extract::Include;

    /// Where folders are written with `\`, all of the path counted as a name that somebody typed.
    #[test]
    fn a_name_is_what_stands_behind_the_systems_separator() {
        let stems = Stems { whole: "of-robin".into(), redacted: "of".into(), is_looked_through: false };
        let choices = Choices {
            format: Format::Markdown,
            include: Include::default(),
            all_branches: false,
            attachments: false,
            redact: true,
        };
        for separator in ['/', MAIN_SEPARATOR] {
            let folder = format!("notes{separator}");
            let mut typed = Destination::new(format!("{folder}of-robin.md"), Some(stems.clone()));
            assert!(!typed.awaits_name(), "that name was typed");
            typed.switch_name(true);
            assert_eq!(typed.input.text(), format!("{folder}of.md"));
            assert!(typed.awaits_name());
            let named = Destination::new(folder.clone(), Some(stems.clone()));
            assert_eq!(named.path(choices), Some(format!("{folder}of.md")));
        }
    }
}
