//! Everything that can happen to the app, in one enum; and the commands a key can be bound to, in another.
//!
//! [`Action`] is the only way into [`App::update`](super::app::App::update). A new command is a variant here with
//! its line of help, a line in `assets/keymap.toml`, an arm in `update`, and a test.

use serde::Deserialize;

use super::effect::{CopyOutcome, ManyOutcome, SaveOutcome};
use crate::{
    audit::AuditReport,
    conversation::Conversation,
    load::{Progress, Report},
    search::worker::Results,
    transcript::{Colours, highlight::JobId},
};

/// What happened, as far as the app cares.
#[derive(Debug)]
pub enum Action {
    /// A key that is bound to a command.
    Command(Command),
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
    /// Code was highlighted.
    Highlighted(JobId, Colours),
    /// A copy reached a clipboard, or did not.
    Copied(CopyOutcome),
    /// A file was written, or not.
    Saved(SaveOutcome),
    /// Many files are being written, or were.
    SavedMany(ManyOutcome),
    /// What secrets the extract of the dialog would hold, in words (nothing: none), and which count this is.
    Counted(u64, Option<String>),
    /// The folders in a folder that was asked for, and which one that is, as it was typed.
    Folders(String, Vec<String>),
    /// So many conversations of so many are looked at by the audit.
    Auditing(usize, usize),
    /// The audit is done; nothing: it was stopped.
    Audited(Option<Box<AuditReport>>),
    /// The person leaves while something is still being copied, and is waited with until it is.
    Leaving,
    /// There is no shell that could let the program go on, so it did not stop.
    CannotSuspend,
    /// A command that was piped to has ended: in words, if it failed.
    Piped(Result<(), String>),
}

/// What a key can be bound to. The names in `assets/keymap.toml` are these in kebab case; the order is the order
/// of the help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    /// One line or conversation down.
    Down,
    /// One line or conversation up.
    Up,
    /// Half a page down.
    HalfPageDown,
    /// Half a page up.
    HalfPageUp,
    /// A page down.
    PageDown,
    /// A page up.
    PageUp,
    /// To the beginning.
    First,
    /// To the end.
    Last,
    /// Open the selected conversation.
    Read,
    /// From the thread to the list.
    Back,
    /// From the search line to the list.
    ToList,
    /// To the search line.
    Search,
    /// To the next pane.
    NextPane,
    /// Another order of the list.
    Sort,
    /// To the next message.
    NextMessage,
    /// To the previous message.
    PreviousMessage,
    /// To your next prompt.
    NextPrompt,
    /// To your previous prompt.
    PreviousPrompt,
    /// To the next hit.
    NextHit,
    /// To the previous hit.
    PreviousHit,
    /// Find in this thread.
    Find,
    /// The next sibling of this message.
    NextBranch,
    /// The previous sibling of this message.
    PreviousBranch,
    /// Wide tables and code to the left.
    ScrollLeft,
    /// Wide tables and code to the right.
    ScrollRight,
    /// Open or close this fold.
    Fold,
    /// Open or close all folds.
    FoldAll,
    /// Copy the selected message.
    Copy,
    /// Copy the best answer of the selected conversation.
    CopyAnswer,
    /// Copy the conversation.
    CopyConversation,
    /// Copy the conversation's address.
    CopyAddress,
    /// Copy the line of the hit.
    CopyLine,
    /// Copy a code block.
    CopyCode,
    /// From here on copies are Markdown.
    CopyAsMarkdown,
    /// From here on copies are plain text.
    CopyAsText,
    /// From here on copies are JSON: a conversation's original object, an object a message.
    CopyAsJson,
    /// Extract the conversation to a file.
    Extract,
    /// Extract all marked conversations, or all in the list.
    ExtractAll,
    /// Mark the selected conversation.
    Mark,
    /// Mark messages from the selected one on.
    MarkMessages,
    /// The index of your prompts.
    Prompts,
    /// Links and attachments, by number.
    Links,
    /// What is known of the conversation.
    Details,
    /// Pipe the message to a command of yours.
    Pipe,
    /// Take secrets out of what leaves, or not.
    Redact,
    /// What the archive gives away.
    Audit,
    /// Every command by name.
    Commands,
    /// Cursor to the left.
    CursorLeft,
    /// Cursor to the right.
    CursorRight,
    /// Cursor to the start.
    CursorStart,
    /// Cursor to the end.
    CursorEnd,
    /// Erase the character before the cursor.
    Erase,
    /// Erase the character after the cursor.
    EraseForward,
    /// Erase the word before the cursor.
    EraseWord,
    /// Erase everything before the cursor.
    EraseLine,
    /// An earlier query.
    EarlierQuery,
    /// Do what the dialog or prompt says.
    Accept,
    /// Leave the dialog or prompt.
    Cancel,
    /// Complete the folder that is being typed, or go on to the next field.
    Complete,
    /// Switch what the cursor is on.
    Toggle,
    /// Type where the archive is.
    TypePath,
    /// Open the demo archive.
    OpenDemo,
    /// The keys.
    Help,
    /// Draw everything anew.
    Redraw,
    /// Suspend, as a shell's ctrl-z.
    Suspend,
    /// Leave at once.
    Interrupt,
    /// Leave.
    Quit,
}

impl Command {
    /// What it does, for the help: a few words.
    pub fn help(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Up => "up",
            Self::HalfPageDown => "half a page down",
            Self::HalfPageUp => "half a page up",
            Self::PageDown => "a page down",
            Self::PageUp => "a page up",
            Self::First => "to the beginning",
            Self::Last => "to the end",
            Self::Read => "read the conversation",
            Self::Back => "back to the list",
            Self::ToList => "to the list",
            Self::Search => "to the search line",
            Self::NextPane => "next pane",
            Self::Sort => "another order",
            Self::NextMessage => "next message",
            Self::PreviousMessage => "previous message",
            Self::NextPrompt => "your next prompt",
            Self::PreviousPrompt => "your previous prompt",
            Self::NextHit => "next hit",
            Self::PreviousHit => "previous hit",
            Self::Find => "find in this thread",
            Self::NextBranch => "next branch of this message",
            Self::PreviousBranch => "previous branch of it",
            Self::ScrollLeft => "wide tables and code: left",
            Self::ScrollRight => "wide tables and code: right",
            Self::Fold => "open or close a fold",
            Self::FoldAll => "open or close all folds",
            Self::Copy => "copy the message",
            Self::CopyAnswer => "copy the best answer",
            Self::CopyConversation => "copy the conversation",
            Self::CopyAddress => "copy its address",
            Self::CopyLine => "copy the line of the hit",
            Self::CopyCode => "copy a code block",
            Self::CopyAsMarkdown => "copy-as markdown",
            Self::CopyAsText => "copy-as text",
            Self::CopyAsJson => "copy-as json",
            Self::Extract => "extract to a file",
            Self::ExtractAll => "extract all marked, or all listed",
            Self::Mark => "mark the conversation",
            Self::MarkMessages => "mark messages from here on",
            Self::Prompts => "index of your prompts",
            Self::Links => "links and attachments",
            Self::Details => "details",
            Self::Pipe => "pipe to a command of yours",
            Self::Redact => "redact what leaves, on or off",
            Self::Audit => "audit: what the archive gives away",
            Self::Commands => "every command by name",
            Self::CursorLeft => "cursor left",
            Self::CursorRight => "cursor right",
            Self::CursorStart => "cursor to the start",
            Self::CursorEnd => "cursor to the end",
            Self::Erase => "erase a character",
            Self::EraseForward => "erase the next one",
            Self::EraseWord => "erase a word",
            Self::EraseLine => "erase the line",
            Self::EarlierQuery => "an earlier query",
            Self::Accept => "do it",
            Self::Cancel => "leave it",
            Self::Complete => "complete the folder, or next field",
            Self::Toggle => "on or off",
            Self::TypePath => "type a path",
            Self::OpenDemo => "the demo archive",
            Self::Help => "these keys",
            Self::Redraw => "draw anew",
            Self::Suspend => "suspend",
            Self::Interrupt => "leave at once",
            Self::Quit => "quit",
        }
    }

    /// The word or two beside its key in the status line.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Back => "list",
            Self::ToList => "list",
            Self::CopyAnswer => "copy answer",
            Self::Copy => "copy",
            Self::CopyCode => "code",
            Self::Extract => "extract",
            Self::Help => "keys",
            Self::NextHit => "next hit",
            Self::NextBranch => "branch",
            Self::Quit => "quit",
            Self::Sort => "order",
            other => other.help(),
        }
    }
}
