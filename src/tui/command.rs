//! The commands that a key can be bound to, in one table: variant, name in the key map, words of the help, and the word
//! or two beside the key in the status line where the help's would be too many.
//!
//! A new command is a line here, a line in `assets/keymap.toml`, an arm where the app handles commands, and a test.

/// Makes the enum and its words from the table.
macro_rules! commands {
    ($($(#[$more:meta])* $command:ident = $name:literal, $help:literal $(, hint $hint:literal)?;)*) => {
        /// A command that a key can be bound to. The order is that of the help.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Command {
            $(#[doc = concat!("`", $name, "`: ", $help, ".")] $(#[$more])* $command,)*
        }

        impl Command {
            /// Every command.
            pub const ALL: &[Self] = &[$(Self::$command),*];

            /// Returns its name in the key map.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$command => $name,)*
                }
            }

            /// Returns its words in the help and in the list of commands.
            pub fn help(self) -> &'static str {
                match self {
                    $(Self::$command => $help,)*
                }
            }

            /// Returns the word or two beside its key in the status line.
            pub fn hint(self) -> &'static str {
                match self {
                    $($(Self::$command => $hint,)?)*
                    other => other.help(),
                }
            }
        }
    };
}

commands! {
    /// One line or conversation.
    Down = "down", "down";
    /// One line or conversation.
    Up = "up", "up";
    HalfPageDown = "half-page-down", "half a page down";
    HalfPageUp = "half-page-up", "half a page up";
    PageDown = "page-down", "a page down";
    PageUp = "page-up", "a page up";
    First = "first", "to the beginning";
    Last = "last", "to the end";
    Read = "read", "read the conversation", hint "read";
    /// From the thread.
    Back = "back", "back to the list", hint "list";
    /// From the search line.
    ToList = "to-list", "to the list", hint "list";
    Search = "search", "to the search line";
    NextPane = "next-pane", "next pane";
    Sort = "sort", "another order", hint "order";
    NextMessage = "next-message", "next message";
    PreviousMessage = "previous-message", "previous message";
    NextPrompt = "next-prompt", "your next prompt";
    PreviousPrompt = "previous-prompt", "your previous prompt";
    NextConversation = "next-conversation", "next conversation of the list";
    PreviousConversation = "previous-conversation", "previous conversation of it";
    /// Before the last jump: there and back.
    JumpBack = "jump-back", "back to before the jump";
    /// Without the list beside it, and back.
    Alone = "alone", "the thread alone, or beside the list";
    NextHit = "next-hit", "next hit";
    PreviousHit = "previous-hit", "previous hit";
    Find = "find", "find in this thread";
    /// The next sibling of this message.
    NextBranch = "next-branch", "next branch of this message", hint "branch";
    /// The previous sibling of this message.
    PreviousBranch = "previous-branch", "previous branch of it";
    ScrollLeft = "scroll-left", "wide tables and code: left";
    ScrollRight = "scroll-right", "wide tables and code: right";
    Fold = "fold", "open or close a fold";
    FoldAll = "fold-all", "open or close all folds";
    Copy = "copy", "copy the message", hint "copy";
    /// Of the selected conversation.
    CopyAnswer = "copy-answer", "copy the best answer", hint "copy answer";
    CopyConversation = "copy-conversation", "copy the conversation";
    CopyAddress = "copy-address", "copy its address";
    CopyLine = "copy-line", "copy the line of the hit";
    CopyCode = "copy-code", "copy a code block", hint "code";
    /// From here on copies are Markdown.
    CopyAsMarkdown = "copy-as-markdown", "copy-as markdown";
    /// From here on copies are plain text.
    CopyAsText = "copy-as-text", "copy-as text";
    /// From here on copies are JSON: a conversation's original object, an object a message.
    CopyAsJson = "copy-as-json", "copy-as json";
    /// As the terminal's ground is.
    ThemeAuto = "theme-auto", "theme auto: as the terminal's ground is";
    ThemeTerminal = "theme-terminal", "theme terminal: its own text and ground";
    ThemeDark = "theme-dark", "theme dark";
    ThemeLight = "theme-light", "theme light";
    ThemeMono = "theme-mono", "theme mono: no colours";
    Extract = "extract", "extract to a file", hint "extract";
    ExtractAll = "extract-all", "extract all marked, or all listed";
    Mark = "mark", "mark the conversation";
    UnmarkAll = "unmark-all", "unmark all conversations";
    MarkMessages = "mark-messages", "mark messages from here on";
    Prompts = "prompts", "index of your prompts";
    Links = "links", "links and attachments";
    Details = "details", "details";
    Pipe = "pipe", "pipe to a command of yours";
    Redact = "redact", "redact what leaves, on or off";
    Audit = "audit", "audit: what the archive gives away";
    Commands = "commands", "every command by name";
    CursorLeft = "cursor-left", "cursor left";
    CursorRight = "cursor-right", "cursor right";
    WordLeft = "word-left", "cursor a word left";
    WordRight = "word-right", "cursor a word right";
    CursorStart = "cursor-start", "cursor to the start";
    CursorEnd = "cursor-end", "cursor to the end";
    Erase = "erase", "erase a character";
    EraseForward = "erase-forward", "erase the next one";
    EraseWord = "erase-word", "erase a word";
    EraseLine = "erase-line", "erase the line";
    EraseToEnd = "erase-to-end", "erase to the end";
    /// The thread beside the list, while a query is typed.
    PreviewDown = "preview-down", "scroll the thread beside the list";
    /// Likewise.
    PreviewUp = "preview-up", "scroll it back";
    EarlierQuery = "earlier-query", "an earlier query";
    /// As the dialog or prompt says.
    Accept = "accept", "do it";
    /// The dialog or prompt.
    Cancel = "cancel", "leave it";
    Complete = "complete", "complete the folder, or next field";
    /// The box that the cursor is on.
    Toggle = "toggle", "on or off";
    /// To the archive.
    TypePath = "type-path", "type a path";
    OpenDemo = "open-demo", "the demo archive";
    Help = "help", "these keys", hint "keys";
    Redraw = "redraw", "draw anew";
    /// As a shell's ctrl-z.
    Suspend = "suspend", "suspend";
    Interrupt = "interrupt", "leave at once", hint "quit";
    Quit = "quit", "quit";
}

impl Command {
    /// Returns the command of this name in the key map.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|command| command.name() == name)
    }
}
