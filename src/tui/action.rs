//! Everything that can happen to the app, in one enum: the only way into [`App::update`](super::app::App::update).

use std::time::Duration;

use super::{
    app::{FoundHits, RowFacts},
    command::Command,
    effect::{CopyOutcome, SaveManyOutcome, SaveOutcome},
    keymap::{Key, KeyPlace},
    lookup::LookupResult,
};
use crate::{
    audit::AuditReport,
    conversation::{Conversation, Time},
    library::ConversationHandle,
    load::{Progress, Report},
    search::worker::Results,
    transcript::{CodeTones, highlight::HighlightId},
};

/// Something that happened, as far as the app cares.
#[derive(Debug)]
pub enum Action {
    /// It was quiet for so long, and then a key or a paste came. What that means follows, if it means anything.
    IdleBefore(Duration),
    /// It is this moment, and something was typed.
    Now(Time),
    /// A key that is bound to a command.
    Command(Command),
    /// A key that means nothing here, but this command in that pane.
    MeansElsewhere(Key, KeyPlace, Command),
    /// A character for whatever is being typed.
    Type(char),
    /// A paste: one edit.
    Paste(String),
    /// The terminal has this many columns and rows now.
    Resize(u16, u16),
    /// Conversations were read.
    Arrived(Vec<Conversation>, Progress),
    /// The last archive is read.
    Loaded(Box<Report>),
    /// The search has an answer, perhaps not its last.
    Found(Results),
    /// Blocks of code were highlighted.
    Highlighted(Vec<(HighlightId, CodeTones)>),
    /// A copy reached a clipboard, or did not.
    Copied(CopyOutcome),
    /// The secrets that the copy of this number holds, in words.
    HeldByCopy(u64, String),
    /// A file was written, or not.
    Saved(SaveOutcome),
    /// Many files are being written, or were.
    SavedMany(SaveManyOutcome),
    /// The secrets that the extract of the dialog would hold, in words (nothing: none), and the serial of the
    /// task that asked.
    Counted(u64, Option<String>),
    /// The name without an ending that a file gets from which secrets are taken out, and the serial of
    /// the task that asked.
    Named(u64, String),
    /// The folders in a folder that was asked for, and which one that is, as it was typed.
    Folders(String, Vec<String>),
    /// Something was looked up, and the number of the lookup.
    LookedUp(u64, Box<LookupResult>),
    /// The hits in the thread, and the number under which they were asked for.
    Hits(u64, FoundHits),
    /// The facts of rows, and the number under which they were asked for.
    Facts(u64, Vec<(ConversationHandle, RowFacts)>),
    /// The audit has looked at this many conversations, of this many.
    Auditing(usize, usize),
    /// The audit is done.
    Audited(Box<AuditReport>),
    /// The person leaves while something is still being copied, and is waited with until it is.
    Leaving,
    /// There is no shell that could let the program go on, so it did not stop.
    CannotSuspend,
    /// A command that was piped to has ended: in words, if it failed.
    Piped(Result<(), String>),
}
