//! Saving an attachment: the line in which its file is named.

use std::path::{PathBuf, is_separator};

use super::{App, Overlay};
use crate::{
    extract::save::attachments::SingleAttachment,
    tui::{
        command::Command,
        effect::{Effect, Task},
        text_input::TextInput,
    },
};

/// An attachment, and the file that it is to become.
#[derive(Debug)]
pub struct SaveAs {
    /// The path as it is typed.
    pub input: TextInput,
    /// What is said of the last try.
    pub notice: Option<&'static str>,
    attachment: SingleAttachment,
    /// The name it has of itself: what a folder alone is completed by.
    name: String,
}

impl SaveAs {
    /// Returns the path, once it names a file.
    fn path(&self) -> Option<PathBuf> {
        let path = self.input.text().trim();
        if path.ends_with(is_separator) {
            return Some(format!("{path}{}", self.name).into());
        }
        (!path.is_empty()).then(|| path.into())
    }

    /// Edits the path; what was said of the one before does not hold any more.
    pub(super) fn edit(&mut self, edit: impl FnOnce(&mut TextInput) -> bool) {
        if edit(&mut self.input) {
            self.notice = None;
        }
    }
}

impl App {
    /// Asks where an attachment is to be saved: in the current folder, under its own name, if nothing else is said.
    pub(super) fn open_save_as(&mut self, attachment: SingleAttachment, name: String) -> Vec<Effect> {
        let input = TextInput::new(&*name);
        let save_as = SaveAs { input, notice: None, attachment, name };
        self.open_overlay(Overlay::SaveAs(Box::new(save_as)))
    }

    /// Carries out a command of that line. What arrives as keys together with others writes nothing.
    pub(super) fn save_as_command(&mut self, command: Command) -> Vec<Effect> {
        let Overlay::SaveAs(save_as) = &mut self.overlay else { return Vec::new() };
        match command {
            Command::Cancel => return self.close_overlay(),
            Command::Accept if !self.enter_guard.is_confirmed() => return Vec::new(),
            Command::Accept => {}
            Command::Toggle => {
                save_as.edit(|input| input.insert(" "));
                return Vec::new();
            }
            other => {
                save_as.edit(|input| input.edit(other));
                return Vec::new();
            }
        }
        let Some(path) = save_as.path() else {
            save_as.notice = Some("a file needs a name");
            return Vec::new();
        };
        let attachment = save_as.attachment.clone();
        if let Overlay::SaveAs(save_as) = std::mem::take(&mut self.overlay) {
            self.saving = Some(save_as);
        }
        vec![Effect::Background(Task::SaveAttachment { attachment, path, redact: self.redact })]
    }

    /// Asks for another name where there is such a file, which stays as it is. False: nothing is being saved, or something
    /// else was opened meanwhile.
    pub(super) fn ask_for_another_name(&mut self) -> bool {
        let Some(mut save_as) = self.saving.take().filter(|_| self.overlay.is_none()) else { return false };
        save_as.notice = Some("exists already: another name");
        self.open_overlay(Overlay::SaveAs(save_as));
        true
    }
}
