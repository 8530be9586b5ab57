//! What the app asks of the outside, as values. [`executor`](super::executor) carries them out.

use std::{path::PathBuf, sync::Arc};

use crate::{
    extract::{
        Extraction, Options,
        clipboard::{Copied, CopyError},
        save::{
            Written,
            attachments::{AttachmentOutcome, SingleAttachment},
        },
    },
    library::{Library, Shared},
    search::worker::Request,
    transcript::highlight::Job,
};

/// One thing to do. Answers come back as actions.
#[derive(Debug)]
pub enum Effect {
    /// Search; a newer one cancels it.
    Search(Request),
    /// All is loaded: prepare what makes searching it fast.
    PrepareSearch(Arc<Library>),
    /// Copy this text. `what` names it for the status line ("the message").
    Copy {
        /// The text, already harmless.
        text: String,
        /// What it is, in words.
        what: &'static str,
        /// "markdown", "text", …
        form: &'static str,
        /// Take secrets out first.
        redact: bool,
    },
    /// Copy a conversation's original object, in its turn among the copies: it is read from its archive, which takes
    /// its time.
    CopyOriginal {
        /// Whose.
        conversation: Shared,
        /// Take secrets out first: as it was when the key was pressed.
        redact: bool,
    },
    /// Count the secrets that an extract would hold; a newer count cancels it.
    CountSecrets {
        /// Of which conversations.
        conversations: Vec<Shared>,
        /// With which options.
        options: Box<Options>,
        /// To be given back with the answer.
        serial: u64,
    },
    /// List the folders in a folder, as it is typed: empty is the current one, `~` is resolved.
    ListFolders(String),
    /// Look at what the archives give away.
    Audit(Arc<Library>),
    /// Stop looking.
    StopAudit,
    /// Make a file of a conversation.
    Save {
        /// Which.
        conversation: Shared,
        /// How.
        extraction: Box<Extraction>,
        /// Where; `~` is resolved.
        path: PathBuf,
    },
    /// Make a file of each of several conversations.
    SaveMany {
        /// Which, in the list's order.
        conversations: Vec<Shared>,
        /// How.
        extraction: Box<Extraction>,
        /// The folder; made if need be. `~` is resolved.
        folder: PathBuf,
    },
    /// Stop making files. Those that are there stay, whole.
    StopSaving,
    /// Copy an attachment out of its archive.
    SaveAttachment {
        /// Which.
        attachment: SingleAttachment,
        /// Where to.
        path: PathBuf,
        /// Take secrets out, where it is a text that the export carries.
        redact: bool,
    },
    /// Run a command of the person's with this text as its input, with the terminal lent to it.
    Pipe {
        /// For the shell.
        command: String,
        /// What it reads.
        text: String,
    },
    /// Colour code blocks.
    Highlight(Vec<Job>),
    /// Give the terminal back and stop until continued.
    Suspend,
    /// Forget what the terminal shows and draw all of it.
    Redraw,
    /// Leave.
    Quit,
}

/// What became of a copy.
#[derive(Debug)]
pub struct CopyOutcome {
    /// What was copied, in words.
    pub what: &'static str,
    /// In which form.
    pub form: &'static str,
    /// Secrets were taken out.
    pub redacted: bool,
    /// What secrets it held, in words.
    pub secrets: Option<String>,
    /// How it went.
    pub result: Result<Copied, CopyFailure>,
}

impl CopyOutcome {
    /// Why there is no copy, in a line.
    pub fn failure(&self) -> Option<String> {
        self.result.as_ref().err().map(|error| format!("{} was not copied: {error}", self.what))
    }
}

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum CopyFailure {
    /// The original could not be read.
    #[error("{0}")]
    Unread(String),
    /// No clipboard took it.
    #[error(transparent)]
    Refused(#[from] CopyError),
}

/// What became of a file.
#[derive(Debug)]
pub struct SaveOutcome {
    /// Where it is or should have been.
    pub path: PathBuf,
    /// What was written, or why not.
    pub result: Result<Written, SaveFailure>,
}

/// How a making of many files is going, or went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManyOutcome {
    /// Files that are there.
    pub written: usize,
    /// Of how many.
    pub of: usize,
    /// The folder.
    pub folder: PathBuf,
    /// The attachments beside them.
    pub attached: AttachmentOutcome,
    /// It is over.
    pub over: bool,
    /// It was stopped by the person.
    pub stopped: bool,
    /// Why some are not there: the first reason.
    pub failure: Option<String>,
}

/// Why there is no file.
#[derive(Debug)]
pub enum SaveFailure {
    /// One of that name is there already; the dialog asks.
    Exists,
    /// Anything else, in one line.
    Failed(String),
}
