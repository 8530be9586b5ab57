//! The outside world as the app sees it: tasks and requests as values, and what became of them.
//!
//! [`executor`](super::executor) executes the tasks, the event loop what is asked of the terminal.

use std::{borrow::Cow, path::PathBuf, sync::Arc};

use super::lookup::Lookup;
use crate::{
    config::ThemeName,
    extract::{
        self, ExtractOptions, Extraction,
        clipboard::{Copied, CopyError},
        save::{
            FileOutcome,
            attachments::{AttachmentOutcome, SingleAttachment},
        },
    },
    library::{ConversationRef, Library},
    search::{
        Matcher,
        worker::{Request, Row},
    },
    transcript::highlight::HighlightRequest,
    tui::app::SlowRow,
};

/// Something to be done outside of the app. Answers come back as actions.
#[derive(Debug)]
pub enum Effect {
    /// By a thread in the background.
    Background(Task),
    /// By the event loop, which owns the terminal.
    Terminal(TerminalRequest),
}

/// A request to the event loop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TerminalRequest {
    /// Run a command of the person's with this text as its input, with the terminal lent to it.
    Pipe {
        /// For the shell.
        command: String,
        /// Its input.
        text: String,
    },
    /// Give the terminal back and stop until continued.
    Suspend,
    /// Forget what the terminal shows and draw all of it.
    Redraw,
    /// Show everything in this theme.
    Theme(ThemeName),
    /// Leave.
    Quit,
}

/// A task for a thread in the background.
#[derive(Debug)]
pub enum Task {
    /// Search; a newer one cancels it.
    Search(Request),
    /// All is loaded: prepare what makes searching it fast.
    PrepareSearch(Arc<Library>),
    /// Copy, in its turn among the copies.
    Copy(CopyRequest),
    /// Make no copy of those that were asked for and are not made yet.
    StopCopies,
    /// Look something up that takes longer than a key may; a newer lookup cancels it.
    LookUp {
        /// The thing to find.
        lookup: Box<Lookup>,
        /// A number that is given back with the answer.
        serial: u64,
    },
    /// Look up nothing any more.
    StopLookup,
    /// Find the hits in a long conversation; a newer one cancels it.
    FindHits {
        /// The conversation.
        conversation: ConversationRef,
        /// The words to find.
        matcher: Matcher,
        /// The row in the list, where it is opened at the place that its snippet shows.
        row: Option<Row>,
        /// A number that is given back with the answer.
        serial: u64,
    },
    /// Find out the facts of rows in the list that are long conversations; a newer one cancels it.
    FindFacts {
        /// The rows.
        rows: Vec<SlowRow>,
        /// A number that is given back with the answer.
        serial: u64,
    },
    /// Count the secrets that an extract would hold; a newer count cancels it.
    CountSecrets {
        /// The conversations of the extract.
        conversations: Vec<ConversationRef>,
        /// Its options.
        options: Box<ExtractOptions>,
        /// A number that is given back with the answer.
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
        /// The conversation.
        conversation: ConversationRef,
        /// Options, redaction and what becomes of an existing file.
        extraction: Box<Extraction>,
        /// The file; `~` is resolved.
        path: PathBuf,
    },
    /// Make a file of each of several conversations.
    SaveMany {
        /// The conversations, in the list's order.
        conversations: Vec<ConversationRef>,
        /// Options, redaction and what becomes of existing files.
        extraction: Box<Extraction>,
        /// The folder; made if need be. `~` is resolved.
        folder: PathBuf,
    },
    /// Stop making files. Those that are there stay, whole.
    StopSaving,
    /// Copy an attachment out of its archive.
    SaveAttachment {
        /// The attachment.
        attachment: SingleAttachment,
        /// The file.
        path: PathBuf,
        /// Take secrets out, where it is a text that the export carries.
        redact: bool,
    },
    /// Colour code blocks.
    Highlight(Vec<HighlightRequest>),
}

/// A copy to be made.
#[derive(Debug)]
pub struct CopyRequest {
    /// The text.
    pub content: CopyContent,
    /// A name for the status line: "the message", "2 marked messages".
    pub subject: Cow<'static, str>,
    /// "markdown", "text", …
    pub format_name: &'static str,
    /// Take secrets out first: as it was when the key was pressed.
    pub redact: bool,
    /// The conversations that the text is of: what is a secret in them is one in it.
    pub conversations: Vec<ConversationRef>,
}

/// The text of a copy.
#[derive(Debug)]
pub enum CopyContent {
    /// This text, already harmless.
    Text(String),
    /// A text that is made when its turn has come: it takes longer than a key may.
    Deferred(Box<CopySource>),
    /// The whole path of a file or folder, wherever the program was started.
    PathOf(PathBuf),
    /// The original object of a conversation, which is read from its archive when its turn has come: no copy overtakes
    /// another.
    Original(ConversationRef),
}

/// The origin of a text that is copied.
#[derive(Debug)]
pub enum CopySource {
    /// A text as it was written, and the conversations it is of.
    Written(String, Vec<ConversationRef>),
    /// Messages of a conversation, by their indices.
    Messages(ConversationRef, Vec<usize>, Box<ExtractOptions>),
    /// A conversation.
    Conversation(ConversationRef, Box<ExtractOptions>),
    /// Several of them.
    Conversations(Vec<ConversationRef>, Box<ExtractOptions>),
}

impl CopySource {
    /// Returns the conversations it is of.
    pub fn conversations(&self) -> Vec<ConversationRef> {
        match self {
            Self::Written(_, conversations) | Self::Conversations(conversations, _) => conversations.clone(),
            Self::Messages(conversation, ..) | Self::Conversation(conversation, _) => {
                vec![conversation.clone()]
            }
        }
    }

    /// Makes the text, harmless.
    pub fn text(&self) -> String {
        let text = match self {
            Self::Written(text, _) => return extract::without_control_chars(text).into_owned(),
            Self::Messages(conversation, messages, options) => {
                extract::format_messages(conversation, messages, options)
            }
            Self::Conversation(conversation, options) => extract::conversation_to_copy(conversation, options),
            Self::Conversations(conversations, options) => {
                extract::conversations_to_copy(conversations.iter().map(|shared| &**shared), options)
            }
        };
        match extract::without_control_chars(&text) {
            Cow::Borrowed(_) => text,
            Cow::Owned(text) => text,
        }
    }
}

impl Effect {
    /// Asks for a copy of a text of these conversations, already harmless.
    pub fn copy(
        text: String,
        subject: impl Into<Cow<'static, str>>,
        format_name: &'static str,
        redact: bool,
        conversations: Vec<ConversationRef>,
    ) -> Self {
        Self::Background(Task::Copy(CopyRequest {
            content: CopyContent::Text(text),
            subject: subject.into(),
            format_name,
            redact,
            conversations,
        }))
    }
}

/// The outcome of a copy.
#[derive(Debug)]
pub struct CopyOutcome {
    /// The number of the copy.
    pub number: u64,
    /// A name of what was copied.
    pub subject: Cow<'static, str>,
    /// The first words of it.
    pub opening: String,
    /// Its form.
    pub format_name: &'static str,
    /// Secrets were taken out.
    pub redacted: bool,
    /// The secrets that were taken out, or that it is known to hold, in words.
    pub secrets: Option<String>,
    /// Its size and way, or why there is none.
    pub result: Result<Copied, CopyFailure>,
}

impl CopyOutcome {
    /// Returns why there is no copy, in a line.
    pub fn failure(&self) -> Option<String> {
        let is_several = self.subject.starts_with(|first: char| first.is_ascii_digit());
        let verb = if is_several { "were" } else { "was" };
        self.result.as_ref().err().map(|error| format!("{} {verb} not copied: {error}", self.subject))
    }
}

/// A reason why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum CopyFailure {
    /// The original could not be read.
    #[error("{0}")]
    Unreadable(String),
    /// There is no text in it.
    #[error("it holds no text")]
    Empty,
    /// It was stopped by the person.
    #[error("it was stopped")]
    Stopped,
    /// No clipboard took it.
    #[error(transparent)]
    Refused(#[from] CopyError),
}

/// The outcome of writing a file.
#[derive(Debug)]
pub struct SaveOutcome {
    /// The path where it is or should have been.
    pub path: PathBuf,
    /// Its size and attachments, or why there is none.
    pub result: Result<FileOutcome, SaveFailure>,
    /// The secrets that were taken out, in words (empty: there were none). `None`: it is exact.
    pub redacted: Option<String>,
}

/// The outcome so far of writing many files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaveManyOutcome {
    /// Number of files that are there.
    pub written: usize,
    /// Number of files that there are to be.
    pub total: usize,
    /// The folder.
    pub folder: PathBuf,
    /// The attachments beside them.
    pub attached: AttachmentOutcome,
    /// The secrets that were taken out, in words (empty: there were none). `None`: they are exact.
    pub redacted: Option<String>,
    /// It is over.
    pub is_finished: bool,
    /// It was stopped by the person.
    pub stopped: bool,
    /// The first reason why some are not there.
    pub failure: Option<String>,
    /// That reason is files of those names, which are replaced if the person says so.
    pub files_exist: bool,
}

/// A reason why there is no file.
#[derive(Debug)]
pub enum SaveFailure {
    /// One of that name is there already; the dialog asks.
    Exists,
    /// Anything else, in one line.
    Failed(String),
}
