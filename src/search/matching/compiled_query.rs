//! A query, compiled: its filters and terms, ready to be asked about one conversation after the other.

use super::{pattern::Pattern, scope::SearchScope, term::Term};
use crate::{
    conversation::Conversation,
    search::{
        index::IndexEntry,
        query::{
            MessageFeature, Predicate, Query,
            filters::{ConversationFilter, MessageFilter},
        },
    },
};

/// A query, compiled.
#[derive(Debug, Default)]
pub(in crate::search) struct CompiledQuery {
    pub(super) conversations: ConversationFilter,
    pub(super) messages: MessageFilter,
    pub(super) required: Vec<Term>,
    pub(super) excluded: Vec<Term>,
}

impl CompiledQuery {
    /// Compiles a query.
    pub fn new(query: &Query) -> Self {
        let mut compiled = Self {
            conversations: ConversationFilter::new(query.clauses()),
            messages: MessageFilter::new(query.clauses()),
            ..Self::default()
        };
        for clause in query.clauses() {
            let (text_pattern, title_only) = match &clause.predicate {
                Predicate::Anywhere(text_pattern) => (text_pattern, false),
                Predicate::Title(text_pattern) => (text_pattern, true),
                _ => continue,
            };
            // An exclusion is never fuzzy: it would hide what nobody can then find.
            let Some(term) = Term::new(text_pattern, title_only, !clause.negated) else { continue };
            if clause.negated { compiled.excluded.push(term) } else { compiled.required.push(term) }
        }
        // Long literals are rare and quick to look for, expressions are slow: what is likely to fail soon goes first.
        compiled.required.sort_by_key(|term| match &term.pattern {
            Pattern::Literal(literal) => usize::MAX / 2 - literal.units().len(),
            Pattern::AnyOf(_) if term.pattern.is_literal() => usize::MAX / 2,
            Pattern::Regex(_) | Pattern::AnyOf(_) => usize::MAX,
        });
        compiled
    }

    /// Returns the terms that must be somewhere, in the order in which they are looked for.
    pub fn required(&self) -> &[Term] {
        &self.required
    }

    /// Returns the required terms that are looked for in messages: all but those of `title:`.
    pub fn message_terms(&self) -> impl Iterator<Item = &Term> + Clone {
        self.required.iter().filter(|term| !term.title_only)
    }

    /// Returns how long a byte of a text of this length may take, where one takes 1 that is looked for at the speed of
    /// memory.
    pub fn cost(&self, length: usize) -> usize {
        let filter = match &self.messages {
            messages if messages.features.contains(&MessageFeature::Secret) => 32,
            messages if messages.is_empty() => 0,
            _ => 8,
        };
        let patterns = self.required.iter().flat_map(|term| term.pattern.alternatives());
        let cost = |pattern: &Pattern| match pattern {
            Pattern::Literal(literal) if literal.units().len() < 3 => 8,
            Pattern::Literal(_) => 1,
            Pattern::Regex(expression) => expression.cost(length),
            // None has any of its own.
            Pattern::AnyOf(_) => 0,
        };
        filter + patterns.map(cost).sum::<usize>()
    }

    /// Returns the part of a conversation's text that the query searches.
    pub fn scope<'a>(&self, conversation: &'a Conversation, entry: IndexEntry<'a>) -> SearchScope<'a> {
        SearchScope::new(conversation, &self.messages, entry)
    }

    /// Returns the terms that must be nowhere.
    pub fn excluded(&self) -> &[Term] {
        &self.excluded
    }

    /// Returns the filter that chooses messages.
    pub fn message_filter(&self) -> &MessageFilter {
        &self.messages
    }

    /// Returns the messages that its filters let in, in order. `None`: it has none, and all shown messages count.
    pub fn eligible_messages(&self, conversation: &Conversation) -> Option<Vec<u32>> {
        (!self.messages.is_empty()).then(|| self.messages.eligible(conversation))
    }

    /// Returns whether it has filters that need no look at messages.
    pub fn chooses_conversations(&self) -> bool {
        !self.conversations.is_empty()
    }

    /// Returns whether the filters that need no look at messages let a conversation in.
    pub fn admits(&self, conversation: &Conversation) -> bool {
        self.conversations.matches(conversation)
    }
}
