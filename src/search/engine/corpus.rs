//! What the second tier is found in: a whole library with its index, or the notes of conversations that were let go.

use std::sync::Arc;

use fixedbitset::FixedBitSet;

use super::{Engine, required_clauses::RequiredClauses, token_scores::TokenScores};
use crate::{
    library::ConversationHandle,
    search::{
        index::{Index, occurrences::TermLookup},
        matching::Term,
    },
};

/// The conversations among which those with some of the words are found.
pub(in crate::search) trait Corpus {
    /// Returns the index; it knows every slot, and of the words at least what a query's words may stand for.
    fn index(&self) -> &Index;

    /// Returns the conversations that are listed, most recently updated first.
    fn newest_first(&self) -> &[ConversationHandle];

    /// Returns the title of a conversation.
    fn title(&self, handle: ConversationHandle) -> &str;

    /// Returns what a token adds to scores; `is_open`: it may be the beginning of a word.
    fn token_scores(&self, token: &str, is_open: bool) -> Arc<TokenScores>;

    /// Returns the conversations that have the loose word of this number in a title or a shown message, also as a piece of
    /// another word. `None`: it is not told.
    fn conversations_having(&self, number: usize, term: &Term) -> Option<FixedBitSet>;

    /// Returns whether what binds may let a conversation in, at once. No is certain.
    fn may_let_in(&self, binding: &RequiredClauses, handle: ConversationHandle) -> bool;

    /// Returns whether what binds lets a conversation in that [may be](Self::may_let_in).
    fn lets_in(&self, binding: &RequiredClauses, handle: ConversationHandle) -> bool;

    /// Returns the slots of the messages that count, folded ones among them. `None`: all messages that are shown count, or
    /// those that are told [one conversation after the other](Self::messages).
    fn counting_messages(&self, binding: &RequiredClauses) -> Option<FixedBitSet>;

    /// Returns the messages of a conversation that count. `None`: all that are shown.
    fn messages(&self, binding: &RequiredClauses, handle: ConversationHandle) -> Option<Vec<u32>>;
}

impl Corpus for Engine {
    fn index(&self) -> &Index {
        &self.index
    }

    fn newest_first(&self) -> &[ConversationHandle] {
        self.library.by_date()
    }

    fn title(&self, handle: ConversationHandle) -> &str {
        &self.library.get(handle).title
    }

    fn token_scores(&self, token: &str, is_open: bool) -> Arc<TokenScores> {
        self.kept_token_scores(token, is_open)
    }

    fn conversations_having(&self, _: usize, term: &Term) -> Option<FixedBitSet> {
        let TermLookup::Word(text) = &term.lookup else { return None };
        Some(self.occurrences(text, term).conversations.clone())
    }

    fn may_let_in(&self, binding: &RequiredClauses, handle: ConversationHandle) -> bool {
        binding.may_let_in(handle)
    }

    fn lets_in(&self, binding: &RequiredClauses, handle: ConversationHandle) -> bool {
        binding.lets_in(self, handle)
    }

    fn counting_messages(&self, binding: &RequiredClauses) -> Option<FixedBitSet> {
        binding.filtered_messages().cloned()
    }

    fn messages(&self, binding: &RequiredClauses, handle: ConversationHandle) -> Option<Vec<u32>> {
        binding.messages(self, handle)
    }
}
