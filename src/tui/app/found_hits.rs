//! The hits in a thread that is opened, and the one it opens at: that which its row in the list shows.

use crate::{
    conversation::Conversation,
    search::{
        Hit, Matcher, Snippet,
        worker::{Row, Tier},
    },
};

/// Columns a snippet is made for: the widest list.
const SNIPPET_COLUMNS: usize = 160;

/// Hits that were found in a conversation.
#[derive(Debug, Default)]
pub struct FoundHits {
    /// All of them, by message, then position.
    pub hits: Vec<Hit>,
    /// The place where its row's snippet is cut: the message, and a byte of its words.
    pub place: Option<(usize, usize)>,
}

impl FoundHits {
    /// Finds the hits of a conversation, and of its row the place that the snippet shows.
    pub fn of(conversation: &Conversation, matcher: &Matcher, row: Option<&Row>) -> Self {
        let snippet = row.and_then(|row| snippet_of_row(conversation, row, matcher));
        Self { hits: matcher.hits(conversation), place: snippet.as_ref().map(place_of) }
    }
}

/// Returns the place that a snippet is cut around: the message, and a byte of its words.
pub(super) fn place_of(snippet: &Snippet) -> (usize, usize) {
    (snippet.message, snippet.place)
}

/// Cuts the best passage out of a conversation; `matcher` finds the hits of its row.
pub(super) fn snippet_of_row(conversation: &Conversation, row: &Row, matcher: &Matcher) -> Option<Snippet> {
    match row.best_message.filter(|_| matches!(row.tier, Tier::SomeWords { .. })) {
        Some(best) => matcher.snippet_of(conversation, best as usize, SNIPPET_COLUMNS),
        None => {
            matcher.snippet(conversation, SNIPPET_COLUMNS).or_else(|| matcher.secret_snippet(conversation))
        }
    }
}
