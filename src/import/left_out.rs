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
    endings: &'static [(&'static str, LeftOutReason)],
    /// The first key of each hash: its index in `keys` and one more; 0: there is none.
    first: [u8; 256],
    /// The next key with the hash of each, likewise.
    next: [u8; 256],
    /// The first ending with each byte at its end, and the next one with the same, likewise.
    first_ending: [u8; 256],
    next_ending: [u8; 256],
}

impl LeftOutTable {
    /// Makes a table of keys, in order, and of the endings of keys that are left out likewise.
    pub(super) const fn of(
        keys: &'static [(&'static str, LeftOutReason)],
        endings: &'static [(&'static str, LeftOutReason)],
    ) -> Self {
        // The places are bytes.
        assert!(keys.len() < 256 && endings.len() < 256);
        let mut table = Self {
            keys,
            endings,
            first: [0; 256],
            next: [0; 256],
            first_ending: [0; 256],
            next_ending: [0; 256],
        };
        let mut at = keys.len();
        while at > 0 {
            let hash = Self::hash(keys[at - 1].0.as_bytes());
            table.next[at - 1] = table.first[hash];
            table.first[hash] = at as u8;
            at -= 1;
        }
        at = endings.len();
        while at > 0 {
            let ending = endings[at - 1].0.as_bytes();
            let last = ending[ending.len() - 1] as usize;
            table.next_ending[at - 1] = table.first_ending[last];
            table.first_ending[last] = at as u8;
            at -= 1;
        }
        table
    }

    /// Tells keys apart without reading all of them; none may be empty.
    const fn hash(key: &[u8]) -> usize {
        let (first, last) = (key[0] as usize, key[key.len() - 1] as usize);
        (5 * key.len() + 3 * first + 46 * last) % 256
    }

    /// Returns the reason for which the strings under this key are left out of a message; `None`: they are shown, or
    /// folded.
    pub(super) fn reason(&self, key: &str) -> Option<LeftOutReason> {
        // Asked for nearly every key of an export: those of another hash, or another last letter, are not compared.
        let last = *key.as_bytes().last()? as usize;
        let mut place = self.first[Self::hash(key.as_bytes())] as usize;
        while place > 0 {
            let (left_out, reason) = self.keys[place - 1];
            if left_out == key {
                return Some(reason);
            }
            place = self.next[place - 1] as usize;
        }
        place = self.first_ending[last] as usize;
        while place > 0 {
            let (ending, reason) = self.endings[place - 1];
            if key.ends_with(ending) {
                return Some(reason);
            }
            place = self.next_ending[place - 1] as usize;
        }
        None
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
