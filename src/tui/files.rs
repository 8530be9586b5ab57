//! Writes the files the app asks for, on whatever thread that is.

use std::{
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc::Sender,
    },
};

use super::{
    Event,
    action::Action,
    effect::{SaveFailure, SaveManyOutcome},
    format,
    throttle::Throttle,
};
use crate::{
    archive::Archive,
    conversation::Conversation,
    extract::{
        ExtractError, ExtractProgress, Extraction, Selection,
        save::{FileOutcome, SaveError, attachments::AttachmentOutcome},
    },
    library::ConversationRef,
};

/// Writes the file of one conversation.
pub(super) fn save(
    archives: &[Archive],
    conversation: &Conversation,
    extraction: &Extraction,
    path: &Path,
) -> Result<FileOutcome, SaveFailure> {
    let selection = Selection { archives, conversations: &[conversation] };
    match extraction.to_file(selection, path, &()) {
        Ok(written) => Ok(written),
        Err(ExtractError::Save(SaveError::Exists(_))) => Err(SaveFailure::Exists),
        Err(error) => Err(failed(&error)),
    }
}

/// Writes a file of each of many conversations; tells how it is going ten times a second.
pub(super) fn save_many(
    archives: &[Archive],
    conversations: &[ConversationRef],
    extraction: &Extraction,
    progress: &SaveProgress<'_>,
) {
    let conversations: Vec<&Conversation> = conversations.iter().map(|shared| &**shared).collect();
    let selection = Selection { archives, conversations: &conversations };
    let (written, attached, failure, files_exist) =
        match extraction.to_folder(selection, progress.folder(), progress) {
            Ok(outcome) => {
                let existing = match &*outcome.existing {
                    [] => None,
                    [one] => {
                        Some(format!("enter again replaces {}, which exists already", format::path(one)))
                    }
                    [one, ..] => Some(format!(
                        "enter again replaces {} that exist already, {} the first",
                        format::number(outcome.existing.len()),
                        format::path(one)
                    )),
                };
                (outcome.written, outcome.attached, existing, !outcome.existing.is_empty())
            }
            Err(error) => (0, AttachmentOutcome::default(), Some(error.to_string()), false),
        };
    let stopped = !progress.should_continue();
    progress.report(SaveManyOutcome {
        written,
        attached,
        redacted: extraction.redaction.sentence(),
        is_finished: true,
        stopped,
        failure,
        files_exist,
        ..progress.begun.clone()
    });
}

/// Tells the app how the making of many files is going, and hears from it when to stop.
pub(super) struct SaveProgress<'a> {
    begun: SaveManyOutcome,
    throttle: Throttle,
    stop: &'a AtomicBool,
    events: &'a Sender<Event>,
}

impl<'a> SaveProgress<'a> {
    /// Begins with this many files to write in this folder.
    pub(super) fn new(
        total: usize,
        folder: PathBuf,
        stop: &'a AtomicBool,
        events: &'a Sender<Event>,
    ) -> Self {
        let begun = SaveManyOutcome {
            written: 0,
            total,
            folder,
            attached: AttachmentOutcome::default(),
            redacted: None,
            is_finished: false,
            stopped: false,
            failure: None,
            files_exist: false,
        };
        Self { begun, throttle: Throttle::default(), stop, events }
    }

    fn folder(&self) -> &Path {
        &self.begun.folder
    }

    fn report(&self, outcome: SaveManyOutcome) {
        let _ = self.events.send(Event::Action(Action::SavedMany(outcome)));
    }
}

impl ExtractProgress for SaveProgress<'_> {
    fn should_continue(&self) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }

    fn conversations_done(&self, conversations: usize, _of: usize) {
        if self.throttle.is_due() {
            self.report(SaveManyOutcome { written: conversations, ..self.begun.clone() });
        }
    }
}

/// Returns why there is no file, in one line.
pub(super) fn failed(error: &dyn std::error::Error) -> SaveFailure {
    SaveFailure::Failed(error.to_string())
}
