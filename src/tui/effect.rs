//! The outside world as the app sees it: tasks and requests as values, and what became of them.
//!
//! [`executor`](super::executor) executes the tasks, the event loop what is asked of the terminal.

use std::{borrow::Cow, path::PathBuf, sync::Arc};

use crate::{
    conversation::{Conversation, Link},
    extract::{
        self, Extraction, Options,
        clipboard::{Copied, CopyError},
        save::{
            Written,
            attachments::{AttachmentOutcome, SingleAttachment},
        },
    },
    library::{ConversationRef, Handle, Library},
    message::{self, CodeBlock},
    search::{Hit, Matcher, worker::Request},
    secrets::Scanner,
    transcript::highlight::HighlightRequest,
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
        /// A number that is given back with the answer.
        serial: u64,
    },
    /// Find out the facts of rows in the list that are long conversations; a newer one cancels it.
    FindFacts {
        /// The conversations.
        rows: Vec<(Handle, ConversationRef)>,
        /// The query.
        matcher: Matcher,
        /// A number that is given back with the answer.
        serial: u64,
    },
    /// Count the secrets that an extract would hold; a newer count cancels it.
    CountSecrets {
        /// The conversations of the extract.
        conversations: Vec<ConversationRef>,
        /// Its options.
        options: Box<Options>,
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
    /// A name for the status line: "the message".
    pub what: &'static str,
    /// "markdown", "text", …
    pub form: &'static str,
    /// Take secrets out first: as it was when the key was pressed.
    pub redact: bool,
    /// The conversations that the text is of: what is a secret in them is one in it.
    pub of: Vec<ConversationRef>,
}

/// The text of a copy.
#[derive(Debug)]
pub enum CopyContent {
    /// This text, already harmless.
    Text(String),
    /// A text that is made when its turn has come: it takes longer than a key may.
    ToMake(Box<CopySource>),
    /// The original object of a conversation, which is read from its archive when its turn has come: no copy overtakes
    /// another.
    Original(ConversationRef),
}

/// The origin of a text that is copied.
#[derive(Debug)]
pub enum CopySource {
    /// A text as it was written.
    Written(String),
    /// Messages of a conversation, by their indices.
    Messages(ConversationRef, Vec<usize>, Box<Options>),
    /// A conversation.
    Conversation(ConversationRef, Box<Options>),
    /// Several of them.
    Conversations(Vec<ConversationRef>, Box<Options>),
}

impl CopySource {
    /// Returns the conversations it is of, where it says so itself.
    pub fn conversations(&self) -> Vec<ConversationRef> {
        match self {
            Self::Written(_) => Vec::new(),
            Self::Messages(conversation, ..) | Self::Conversation(conversation, _) => {
                vec![conversation.clone()]
            }
            Self::Conversations(conversations, _) => conversations.clone(),
        }
    }

    /// Makes the text, harmless.
    pub fn text(&self) -> String {
        let text = match self {
            Self::Written(text) => return extract::harmless(text).into_owned(),
            Self::Messages(conversation, messages, options) => {
                extract::messages(conversation, messages, options)
            }
            Self::Conversation(conversation, options) => extract::conversation_to_copy(conversation, options),
            Self::Conversations(conversations, options) => {
                extract::conversations_to_copy(conversations.iter().map(|shared| &**shared), options)
            }
        };
        match extract::harmless(&text) {
            Cow::Borrowed(_) => text,
            Cow::Owned(text) => text,
        }
    }
}

/// Something to find in a message or a conversation.
#[derive(Debug)]
pub enum Lookup {
    /// The links of a message.
    Links(ConversationRef, usize),
    /// The blocks of code of a message.
    Code(ConversationRef, usize),
    /// The secrets of a message.
    Secrets(ConversationRef, usize),
    /// The text that is piped to a command, without secrets or with them.
    Piped {
        /// For the shell.
        command: String,
        /// The origin of the text.
        source: CopySource,
        /// Take secrets out first.
        redact: bool,
    },
}

/// Something that was looked up.
#[derive(Debug)]
pub enum Discovery {
    /// The links of a message, and which message that is.
    Links(Vec<Link>, (ConversationRef, usize)),
    /// Blocks of code.
    Code(Vec<CodeBlock>),
    /// The places of a message's secrets, and which message that is.
    Secrets(usize, Vec<Hit>),
    /// A command and the text for it.
    Piped(String, String),
}

impl Lookup {
    /// Finds it, as long as it is waited for; `None`: it is not any more.
    pub fn discover(self, goes_on: &dyn Fn() -> bool) -> Option<Discovery> {
        Some(match self {
            Self::Links(conversation, message) => Discovery::Links(
                message::links_while(&conversation, message, goes_on)?,
                (conversation, message),
            ),
            Self::Code(conversation, message) => {
                Discovery::Code(message::message_code_blocks_while(&conversation, message, goes_on)?)
            }
            Self::Secrets(conversation, message) => {
                let findings = Scanner::built_in().scan(conversation.message_text(message));
                let hits = findings.into_iter().map(|finding| Hit { message, range: finding.range });
                Discovery::Secrets(message, hits.collect())
            }
            Self::Piped { command, source, redact } => {
                // A command's output may reach the terminal as it is.
                let text = source.text();
                let of = source.conversations();
                let of: Vec<&Conversation> = of.iter().map(|shared| &**shared).collect();
                let text = if redact { extract::redaction::redacted(&text, &of, false).0 } else { text };
                Discovery::Piped(command, text)
            }
        })
    }
}

impl Effect {
    /// Asks for a copy of a text of these conversations, already harmless.
    pub fn copy(
        text: String,
        what: &'static str,
        form: &'static str,
        redact: bool,
        of: Vec<ConversationRef>,
    ) -> Self {
        Self::Background(Task::Copy(CopyRequest { content: CopyContent::Text(text), what, form, redact, of }))
    }
}

/// The outcome of a copy.
#[derive(Debug)]
pub struct CopyOutcome {
    /// A name of what was copied.
    pub what: &'static str,
    /// Its form.
    pub form: &'static str,
    /// Secrets were taken out.
    pub redacted: bool,
    /// The secrets it held, in words.
    pub secrets: Option<String>,
    /// Its size and way, or why there is none.
    pub result: Result<Copied, CopyFailure>,
}

impl CopyOutcome {
    /// Returns why there is no copy, in a line.
    pub fn failure(&self) -> Option<String> {
        self.result.as_ref().err().map(|error| format!("{} was not copied: {error}", self.what))
    }
}

/// A reason why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum CopyFailure {
    /// The original could not be read.
    #[error("{0}")]
    Unread(String),
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
    pub result: Result<Written, SaveFailure>,
}

/// The outcome so far of writing many files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManyOutcome {
    /// Number of files that are there.
    pub written: usize,
    /// Number of files that there are to be.
    pub of: usize,
    /// The folder.
    pub folder: PathBuf,
    /// The attachments beside them.
    pub attached: AttachmentOutcome,
    /// It is over.
    pub over: bool,
    /// It was stopped by the person.
    pub stopped: bool,
    /// The first reason why some are not there.
    pub failure: Option<String>,
    /// That reason is files of those names, which are replaced if the person says so.
    pub exist: bool,
}

/// A reason why there is no file.
#[derive(Debug)]
pub enum SaveFailure {
    /// One of that name is there already; the dialog asks.
    Exists,
    /// Anything else, in one line.
    Failed(String),
}
