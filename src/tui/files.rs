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
    effect::{ManyOutcome, SaveFailure},
    pace::Pace,
    words,
};
use crate::{
    archive::Archive,
    extract::{
        Options,
        many::write_each,
        one::{OneError, Written, write_one},
        redaction::Redaction,
        save::{
            self, Clobber, Draft, SaveError,
            attachments::{Attached, find},
        },
    },
    library::Shared,
    secrets::Scanner,
};

/// The file of one conversation; the same calls as the `extract` subcommand's.
pub(super) fn write(
    archives: &[Archive],
    conversation: &Shared,
    options: &Options,
    redaction: &Redaction,
    path: &Path,
    clobber: Clobber,
) -> Result<Written, SaveFailure> {
    match write_one(archives, conversation, options, redaction, path, clobber) {
        Ok(written) => Ok(written),
        Err(OneError::Save(SaveError::Exists(_))) => Err(SaveFailure::Exists),
        Err(error) => Err(failed(error)),
    }
}

/// Many files to be written.
pub(super) struct Errand {
    pub conversations: Vec<Shared>,
    pub options: Box<Options>,
    pub redact: bool,
    pub folder: PathBuf,
    pub clobber: Clobber,
}

impl Errand {
    /// A file of each; tells how it is going ten times a second.
    pub(super) fn run(self, archives: &[Archive], stop: &AtomicBool, events: &Sender<Event>) {
        let Self { conversations, options, redact, folder, clobber } = self;
        let of = conversations.len();
        let begun = ManyOutcome {
            written: 0,
            of,
            folder,
            attached: Attached::default(),
            over: false,
            stopped: false,
            failure: None,
        };
        let pace = Pace::default();
        let watch = |written: usize| {
            if pace.is_due() {
                let now = ManyOutcome { written, ..begun.clone() };
                let _ = events.send(Event::Action(Action::SavedMany(now)));
            }
            !stop.load(Ordering::Relaxed)
        };
        let redaction = Redaction::new(redact);
        let folder = &begun.folder;
        let result = write_each(archives, &conversations, &options, &redaction, folder, clobber, &watch);
        let (written, attached, failure) = match result {
            Ok(outcome) => {
                let existing = match &*outcome.existing {
                    [] => None,
                    [one] => Some(format!("enter again replaces {}, which exists already", words::path(one))),
                    [one, ..] => Some(format!(
                        "enter again replaces {} that exist already, {} the first",
                        words::number(outcome.existing.len()),
                        words::path(one)
                    )),
                };
                (outcome.written, outcome.attached, existing)
            }
            Err(error) => (0, Attached::default(), Some(error.to_string())),
        };
        let stopped = stop.load(Ordering::Relaxed);
        let end = ManyOutcome { written, attached, over: true, stopped, failure, ..begun };
        let _ = events.send(Event::Action(Action::SavedMany(end)));
    }
}

/// The text of an attachment, which the export carries itself, to a new file.
pub(super) fn save_content(content: &str, redact: bool, path: &Path) -> Result<Written, SaveFailure> {
    let content = if redact { Scanner::built_in().redact(content).0 } else { content.to_owned() };
    save::save(path, content.as_bytes(), Clobber::Never).map_err(failed)?;
    Ok(Written { bytes: content.len() as u64, ..Written::default() })
}

/// An attachment's bytes to a new file.
pub(super) fn copy_attachment(
    archives: &[Archive],
    own: u16,
    id: &str,
    redact: bool,
    path: &Path,
) -> Result<Written, SaveFailure> {
    let (archive, member) =
        find(archives, own, id).ok_or_else(|| failed("the attachment is not in this archive"))?;
    let mut draft = Draft::new(path).map_err(failed)?;
    let bytes = archive.copy_attachment(&member, &mut draft).map_err(failed)?;
    draft.commit(Clobber::Never).map_err(failed)?;
    // Bytes of the archive are what they are; only its texts can be redacted.
    let unredacted = usize::from(redact);
    Ok(Written { bytes, attached: Attached { unredacted, ..Attached::default() } })
}

fn failed(reason: impl ToString) -> SaveFailure {
    SaveFailure::Failed(reason.to_string())
}
