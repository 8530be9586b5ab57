//! Why strings of a message are left out on purpose.
//!
//! Each importer has one table of the keys whose strings it leaves out, each with its reason. Whatever else is a string
//! in a message is shown, or folded under a label: what an export carries is not lost because this version does not know
//! its name.

/// The reason why the strings under a key are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOutReason {
    /// It names something inside the service, and says nothing to a reader.
    Id,
    /// It says in one word what kind of thing something is, or in which state; what follows from it is shown.
    Kind,
    /// It tells how the service made or keeps something.
    Internal,
    /// It is said elsewhere.
    ShownElsewhere,
    /// It is the line that the service's screen has while a tool runs; the call itself is shown.
    ToolStatus,
    /// It leads nowhere outside.
    Address,
    /// It is a time, shown as a date where it is a message's own.
    Time,
}

impl LeftOutReason {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 7] = [
        Self::Id,
        Self::Kind,
        Self::Internal,
        Self::ShownElsewhere,
        Self::ToolStatus,
        Self::Address,
        Self::Time,
    ];

    /// Returns it in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Id => "names of something inside the service",
            Self::Kind => "words of the format: a kind, a state, a role",
            Self::Internal => "how the service made or keeps it",
            Self::ShownElsewhere => "what says once more what is shown",
            Self::ToolStatus => "what the service's screen says while a tool runs",
            Self::Address => "addresses of files inside the service, or of icons",
            Self::Time => "times; a message's own is shown",
        }
    }
}
