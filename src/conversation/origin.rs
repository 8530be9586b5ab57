//! Where a conversation is from.

/// Whose export it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provider {
    /// OpenAI's ChatGPT.
    ChatGpt,
    /// Anthropic's Claude.
    Claude,
}

impl Provider {
    /// The word `from:` takes and `--json` prints.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ChatGpt => "chatgpt",
            Self::Claude => "claude",
        }
    }

    /// What to call whoever answered, where the export does not name the model.
    pub fn assistant(self) -> &'static str {
        match self {
            Self::ChatGpt => "Assistant",
            Self::Claude => "Claude",
        }
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::ChatGpt => "ChatGPT",
            Self::Claude => "Claude",
        }
    }
}

/// Where the original object stands, so that it can be read again, byte for byte. By default nowhere in particular: at
/// the beginning, without a length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    /// Index of the archive, in the order they were opened.
    pub archive: u16,
    /// Index of the conversations member within that archive.
    pub member: u32,
    /// Byte offset of the object's `{` in the inflated member.
    pub offset: u64,
    /// Length of the object in bytes, both braces included.
    pub length: u32,
}
