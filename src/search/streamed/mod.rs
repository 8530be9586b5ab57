//! A query that is asked about each conversation once, as it is read: for a command that lets go of the messages.
//!
//! [`StreamedSearch::look`] notes of a conversation what its place among the others depends on, on any thread;
//! [`StreamedSearch::rows`] puts the notes of all together. What is found, and in which order, is what
//! [`worker`](super::worker) answers over a whole library: [`search`](super::worker::search) with the first tier alone,
//! [`search_both_tiers`](super::worker::search_both_tiers) with both.

mod first_tier;
mod kept_messages;
mod second_tier;
mod watched_words;

pub use self::kept_messages::{KeptMessage, numbers_in_thread};
use self::{
    first_tier::{FirstTier, FirstTierNote},
    second_tier::{SecondTierNote, SecondTierSearch},
};
use super::{
    Matcher, Query,
    index::IndexEntry,
    worker::{Row, Substitution, missing_words},
};
use crate::{
    conversation::{Conversation, ConversationSummary},
    library::Library,
};

/// A query, ready to be asked about conversations one by one; see the [module](self).
#[derive(Debug)]
pub struct StreamedSearch {
    first_tier: FirstTier,
    second_tier: Option<SecondTierSearch>,
}

/// What was noted of one conversation.
#[derive(Clone, Debug)]
pub struct SearchNote {
    may_be_shown_whole: bool,
    first_tier: Option<FirstTierNote>,
    second_tier: Option<Box<SecondTierNote>>,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct FoundRows {
    /// The conversations with all words, best first, then those with some.
    pub rows: Vec<Row>,
    /// The number of those with all words.
    pub first_tier_count: usize,
    /// What those with some words were found by. `None`: every part of the query binds, or nobody asked for them.
    pub second_tier: Option<SecondTier>,
}

/// What the conversations with some of the words were found by.
#[derive(Clone, Debug)]
pub struct SecondTier {
    /// The words that need not all be there, as they were typed.
    pub words: Vec<String>,
    /// What stands for words that hardly occur or are abbreviations.
    pub substitutions: Vec<Substitution>,
    /// Finds the words, and what stands for them, in these conversations.
    pub matcher: Matcher,
}

impl SecondTier {
    /// Returns the words that a row lacks.
    pub fn missing(&self, row: &Row) -> impl Iterator<Item = &str> {
        missing_words(&self.words, row)
    }
}

impl StreamedSearch {
    /// Prepares a search for the conversations that have all words.
    pub fn for_all_words(query: &Query) -> Self {
        Self { first_tier: FirstTier::by_text(query), second_tier: None }
    }

    /// Prepares a search for the conversations that have all words, and below them for those that have some.
    pub fn for_both_tiers(query: &Query) -> Self {
        Self { first_tier: FirstTier::as_indexed(query), second_tier: SecondTierSearch::new(query) }
    }

    /// Returns the matcher of the conversations with all words.
    pub fn matcher(&self) -> &Matcher {
        self.first_tier.matcher()
    }

    /// Notes what there is to note of a conversation.
    pub fn look(&self, conversation: &Conversation) -> SearchNote {
        let entry = IndexEntry::unindexed(conversation);
        let first_tier = self.first_tier.look(conversation, entry);
        let is_first = first_tier.is_some();
        let second_tier = self.second_tier.as_ref();
        SearchNote {
            may_be_shown_whole: is_first
                || second_tier.is_some_and(|search| search.may_have_letters(&conversation.title)),
            second_tier: second_tier.map(|search| Box::new(search.look(conversation, entry, is_first))),
            first_tier,
        }
    }

    /// Puts together what was noted of each conversation of a library, by its handle.
    pub fn rows(&self, library: &Library<ConversationSummary>, notes: &[SearchNote]) -> FoundRows {
        let mut rows = FirstTier::rows(library, &|handle| notes.get(handle.0 as usize)?.first_tier);
        let first_tier_count = rows.len();
        let below = self.second_tier.as_ref().and_then(|search| search.find(library, notes, &rows));
        let second_tier = below.map(|(below, second_tier)| {
            rows.extend(below);
            second_tier
        });
        FoundRows { rows, first_tier_count, second_tier }
    }
}

impl SearchNote {
    /// Returns whether all hits of the query itself may be shown of the conversation: it has all words, or its title may
    /// have their letters.
    pub fn may_be_shown_whole(&self) -> bool {
        self.may_be_shown_whole
    }

    /// Returns a message of a conversation with some of the words, if it was kept.
    pub fn kept_message(&self, message: u32) -> Option<&KeptMessage> {
        self.second_tier.as_ref()?.kept_message(message)
    }
}
