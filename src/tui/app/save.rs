//! Extracting to files: the dialog's enter, and what became of what was written.

use std::path::PathBuf;

use super::{App, ExtractDialog, ExtractStage, Overlay, SeveralOrigin, destination::Stems};
use crate::{
    extract::{
        redaction::conversation_to_name_at_once,
        save::{FileOutcome, attachments::AttachmentOutcome, names},
    },
    library::ConversationRef,
    transcript::sanitize,
    tui::{
        command::Command,
        effect::{CopyContent, CopyRequest, Effect, SaveFailure, SaveManyOutcome, SaveOutcome, Task},
        format,
    },
};

impl App {
    /// Opens the dialog that extracts the conversation to a file.
    pub(super) fn open_extract(&mut self) -> Vec<Effect> {
        let Some((conversation, leaf)) = self.shared_subject() else { return self.nothing() };
        let zone = &self.setup.zone;
        let stems = Stems {
            whole: names::stem(&conversation, zone),
            redacted: names::stem(&conversation_to_name_at_once(&conversation), zone),
            is_looked_through: false,
        };
        let dialog = ExtractDialog::one(conversation, leaf, stems, self.redact);
        self.show_extract(dialog)
    }

    /// Opens the dialog that extracts all marked conversations; without marks, all that the list holds with all words of
    /// the query.
    pub(super) fn open_extract_all(&mut self) -> Vec<Effect> {
        let listing = &self.search.listing;
        let (handles, origin) = if self.search.marked.is_empty() {
            let handles = listing.rows[..listing.first_tier_count].iter().map(|row| row.handle).collect();
            (handles, if listing.has_rule() { SeveralOrigin::AllWords } else { SeveralOrigin::List })
        } else {
            let hidden = self.search.marked.len().saturating_sub(self.search.marked_listed());
            (self.marked_in_order(), SeveralOrigin::Marked { hidden })
        };
        if handles.is_empty() && self.search.listing.has_rule() {
            self.show_failure("none has all of the words: mark those you mean");
            return Vec::new();
        }
        if handles.is_empty() {
            return self.nothing();
        }
        let conversations: Vec<ConversationRef> =
            handles.into_iter().map(|handle| self.library.share(handle)).collect();
        self.show_extract(ExtractDialog::many(conversations, origin, "./unspool-extract/", self.redact))
    }

    /// Writes what the dialog says.
    pub(super) fn write(&mut self) -> Vec<Effect> {
        let Overlay::Extract(dialog) = &mut self.overlay else { return Vec::new() };
        let Some(path) = dialog.destination.path(dialog.choices) else {
            let lacking = if dialog.is_many() { "the files need a folder" } else { "a file needs a name" };
            dialog.stage = ExtractStage::Editing { notice: Some(lacking.to_owned()) };
            return Vec::new();
        };
        if dialog.awaits_name() {
            return Vec::new();
        }
        dialog.stage = ExtractStage::Writing { progress: None };
        let (extraction, path) = (Box::new(dialog.extraction(&self.setup.zone)), PathBuf::from(path));
        vec![if dialog.is_many() {
            Effect::Background(Task::SaveMany {
                conversations: dialog.conversations.clone(),
                extraction,
                folder: path,
            })
        } else {
            Effect::Background(Task::Save { conversation: dialog.conversations[0].clone(), extraction, path })
        }]
    }

    /// Says what became of a file.
    pub(super) fn saved(&mut self, outcome: SaveOutcome) {
        let shown = format::path(&outcome.path);
        if matches!(outcome.result, Err(SaveFailure::Exists)) && self.ask_for_another_name() {
            return;
        }
        self.saving = None;
        match (outcome.result, &mut self.overlay) {
            (Ok(FileOutcome { bytes, attached }), overlay) => {
                if matches!(overlay, Overlay::Extract(_)) {
                    *overlay = Overlay::None;
                }
                let size = format::size(bytes);
                let mut words = format!("wrote {size} to {shown}{}", beside(attached));
                let columns = self.layout.status.width as usize;
                words = with_redacted(words, outcome.redacted.as_deref(), columns);
                let exposed = attached.unredacted_sentence();
                if !exposed.is_empty() {
                    let whole = format!("{words} · {exposed}");
                    let fits = sanitize::width(&whole) + 2 <= columns;
                    // What is cut off else is where it is, not what is in it.
                    words = if fits { whole } else { format!("{exposed} · {words}") };
                }
                self.say_written(words, outcome.path);
            }
            (Err(SaveFailure::Exists), Overlay::Extract(dialog)) => {
                dialog.failed("exists already: enter again replaces it".to_owned());
                dialog.replace = true;
            }
            (Err(SaveFailure::Exists), _) => {
                self.show_failure(format!("{shown} exists already and is left as it is"));
            }
            (Err(SaveFailure::Failed(reason)), Overlay::Extract(dialog)) => dialog.failed(reason),
            (Err(SaveFailure::Failed(reason)), _) => self.show_failure(reason),
        }
    }

    /// Says what was written. Over SSH its path is wanted next, for whatever fetches it.
    fn say_written(&mut self, words: String, path: PathBuf) {
        let place = self.place();
        let key = self.setup.keymap.key_for(place, Command::CopyAnswer).filter(|_| self.setup.is_remote);
        let Some(key) = key else { return self.say(words) };
        self.say(format!("{words} · {key} copies its path"));
        self.written = Some(path);
    }

    /// Copies the whole path of what was written.
    pub(super) fn copy_path(&mut self, path: PathBuf) -> Vec<Effect> {
        self.copied = None;
        vec![Effect::Background(Task::Copy(CopyRequest {
            content: CopyContent::PathOf(path),
            subject: "the path".into(),
            format_name: "text",
            redact: false,
            conversations: Vec::new(),
        }))]
    }

    /// Says how the writing of many files is going, or what became of it.
    pub(super) fn saved_many(&mut self, outcome: SaveManyOutcome) {
        let (is_over, has_failed, files_exist) =
            (outcome.is_finished, outcome.failure.is_some(), outcome.files_exist);
        let folder = outcome.folder.clone();
        let columns = self.layout.status.width as usize;
        let sentence = sentence_of(outcome, columns);
        match &mut self.overlay {
            Overlay::Extract(dialog) if !is_over => {
                dialog.stage = ExtractStage::Writing { progress: Some(sentence) };
            }
            Overlay::Extract(dialog) if has_failed => {
                dialog.failed(sentence);
                // Only who was told that files exist replaces them with the next enter.
                dialog.replace = files_exist;
            }
            Overlay::Extract(_) => {
                self.overlay = Overlay::None;
                self.say_written(sentence, folder);
            }
            _ if has_failed => self.show_failure(sentence),
            _ => self.say(sentence),
        }
    }
}

/// Returns how the writing of many files is going or went, in words.
fn sentence_of(outcome: SaveManyOutcome, columns: usize) -> String {
    let folder = format::path(&outcome.folder);
    let written = format::count(outcome.written, "file", "files");
    let total = format::number(outcome.total);
    let exposed = outcome.attached.unredacted_sentence();
    let sentence = match (&outcome.failure, outcome.is_finished, outcome.stopped) {
        // Both are to be in sight: where to stands above.
        (Some(failure), _, _) if !exposed.is_empty() => {
            return format!("{written} of {total} written, attachments not redacted: {failure}");
        }
        (Some(failure), _, _) => return format!("{written} of {total} written to {folder}: {failure}"),
        (None, false, _) => return format!("{written} of {total} … esc stops"),
        (None, true, true) => format!("stopped: {written} of {total} written to {folder}"),
        (None, true, false) => format!("wrote {written} to {folder}{}", beside(outcome.attached)),
    };
    let sentence = with_redacted(sentence, outcome.redacted.as_deref(), columns);
    if exposed.is_empty() { sentence } else { format!("{exposed} · {sentence}") }
}

/// Adds what was taken out, as much of it as a line of so many columns has room for.
fn with_redacted(words: String, redacted: Option<&str>, columns: usize) -> String {
    /// Columns of it that tell something.
    const TELLING: usize = 16;
    match redacted {
        None => words,
        Some("") => format!("{words} · nothing to redact"),
        Some(secrets) => {
            let head = format!("{words} · redacted ");
            let room = columns.saturating_sub(sanitize::width(&head) + 2).max(TELLING);
            format!("{head}{}", format::fit_list(secrets, room))
        }
    }
}

/// Returns what is said of the attachments beside what was written.
fn beside(attached: AttachmentOutcome) -> String {
    let mut words = match attached.written {
        0 => String::new(),
        number => format!(" and {} beside it", format::count(number, "attachment", "attachments")),
    };
    let lacking = attached.missing_sentence();
    if !lacking.is_empty() {
        words.push_str(&format!(" · {lacking}"));
    }
    words
}
