//! What a library must know of each conversation: a whole one, or one of which the messages were let go.

use std::cmp::Reverse;

use crate::conversation::{
    Conversation, ConversationKind, ConversationSummary, ObjectLocation, Provider, Time, newest_message,
    text_hashes,
};

/// What decides which of two versions is the later: the larger stays. The newest message, the number of messages shown,
/// the time of its update, its place in the archives.
pub(super) type Lateness = (Option<Time>, usize, Option<Time>, Reverse<ObjectLocation>);

/// A conversation as a [`Library`](super::Library) knows it.
pub trait LibraryEntry {
    /// Returns the provider's id, or one made from its position.
    fn id(&self) -> &str;
    /// Returns whether the export gave no id.
    fn id_is_generated(&self) -> bool;
    /// Returns the title.
    fn title(&self) -> &str;
    /// Returns when it began.
    fn created(&self) -> Option<Time>;
    /// Returns when something was last added.
    fn updated(&self) -> Option<Time>;
    /// Returns whose export it is from.
    fn provider(&self) -> Provider;
    /// Returns the sort of thing that it is.
    fn kind(&self) -> ConversationKind;
    /// Returns where its object stands.
    fn object_location(&self) -> ObjectLocation;
    /// Counts the messages shown, on any branch.
    fn shown_count(&self) -> usize;
    /// Counts the bytes of its text, hidden text included.
    fn text_length(&self) -> usize;
    /// Returns the time of its newest message.
    fn newest_message(&self) -> Option<Time>;
    /// Returns the [hashes of its texts](text_hashes).
    fn text_hashes(&self) -> impl Iterator<Item = u64>;
}

/// Returns what decides how late a version is.
pub(super) fn lateness(entry: &impl LibraryEntry) -> Lateness {
    (entry.newest_message(), entry.shown_count(), entry.updated(), Reverse(entry.object_location()))
}

/// The fields that a conversation and its summary have by the same names.
macro_rules! fields_of_both {
    () => {
        fn id(&self) -> &str {
            &self.id
        }

        fn id_is_generated(&self) -> bool {
            self.id_is_generated
        }

        fn title(&self) -> &str {
            &self.title
        }

        fn created(&self) -> Option<Time> {
            self.created
        }

        fn updated(&self) -> Option<Time> {
            self.updated
        }

        fn provider(&self) -> Provider {
            self.provider
        }

        fn kind(&self) -> ConversationKind {
            self.kind
        }

        fn object_location(&self) -> ObjectLocation {
            self.object_location
        }
    };
}

impl LibraryEntry for Conversation {
    fields_of_both!();

    fn shown_count(&self) -> usize {
        Self::shown_count(self)
    }

    fn text_length(&self) -> usize {
        self.text().len()
    }

    fn newest_message(&self) -> Option<Time> {
        newest_message(self)
    }

    fn text_hashes(&self) -> impl Iterator<Item = u64> {
        text_hashes(self)
    }
}

impl LibraryEntry for ConversationSummary {
    fields_of_both!();

    fn shown_count(&self) -> usize {
        self.shown_count
    }

    fn text_length(&self) -> usize {
        self.text_length
    }

    fn newest_message(&self) -> Option<Time> {
        self.newest_message
    }

    fn text_hashes(&self) -> impl Iterator<Item = u64> {
        self.text_hashes.iter().copied()
    }
}
