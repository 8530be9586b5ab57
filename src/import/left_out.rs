//! Why strings of a message are left out on purpose.
//!
//! Each importer has one table of the keys whose strings it leaves out, each with its reason. Whatever else is a string
//! in a message is shown, or folded under a label: what an export carries is not lost because this version does not know
//! its name.

use std::sync::OnceLock;

use hashbrown::HashMap;

/// The reason why the strings under a key are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOutReason {
    /// It names something inside the service, and says nothing to a reader.
    Id,
    /// It says in one word what kind of thing something is, or in which state; what follows from it is shown.
    TypeOrFormat,
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
        Self::TypeOrFormat,
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
            Self::TypeOrFormat => "words of the format: a kind, a state, a role",
            Self::Internal => "how the service made or keeps it",
            Self::ShownElsewhere => "what says once more what is shown",
            Self::ToolStatus => "what the service's screen says while a tool runs",
            Self::Address => "addresses of files inside the service, or of icons",
            Self::Time => "times; a message's own is shown",
        }
    }
}

/// The keys whose strings an importer leaves out, wherever in a message they stand.
pub(super) struct LeftOutTable {
    keys: &'static [(&'static str, LeftOutReason)],
    /// The endings of keys that are left out likewise: a few.
    endings: &'static [(&'static str, LeftOutReason)],
    by_key: OnceLock<HashMap<&'static str, LeftOutReason>>,
}

impl LeftOutTable {
    /// Makes a table of keys, in order, and of the endings of keys that are left out likewise.
    pub(super) const fn of(
        keys: &'static [(&'static str, LeftOutReason)],
        endings: &'static [(&'static str, LeftOutReason)],
    ) -> Self {
        Self { keys, endings, by_key: OnceLock::new() }
    }

    /// Returns the reason for which the strings under this key are left out of a message; `None`: they are shown, or
    /// folded.
    pub(super) fn reason(&self, key: &str) -> Option<LeftOutReason> {
        // Asked for nearly every key of an export.
        let by_key = self.by_key.get_or_init(|| self.keys.iter().copied().collect());
        let by_ending = || self.endings.iter().find(|(ending, _)| key.ends_with(ending));
        by_key.get(key).or_else(|| by_ending().map(|(_, reason)| reason)).copied()
    }

    /// Checks that the keys are in order, and that an importer's look-up finds each.
    #[cfg(test)]
    pub(super) fn check(&self, left_out: super::unread::LeftOut) {
        assert!(self.keys.is_sorted_by(|(a, _), (b, _)| a < b));
        for &(key, reason) in self.keys {
            assert_eq!(left_out(key), Some(reason), "{key}");
        }
    }
}
