//! Evaluates a query on one conversation: decides whether it matches, and how well.
//!
//! 1. The filters of the conversation, then those of its messages; they leave a [`SearchScope`].
//! 2. Each required term, in the [title](super::title_match) and in the [messages](super::message_hits). The first one
//!    that is nowhere ends it.
//! 3. The excluded terms, and the messages that a minus forbids.
//! 4. The score, by the order of [`ranking`](crate::search::ranking).

use super::{
    compiled_query::CompiledQuery,
    message_hits::MessageHits,
    scope::SearchScope,
    term::Term,
    title_match::{SearchedText, TitleMatch},
};
use crate::{
    conversation::Conversation,
    search::{
        index::IndexEntry,
        query::filters::MessageFilter,
        ranking::{MatchQuality, RankInputs, Score},
    },
};

/// The answer for a conversation that matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::search) struct Evaluation {
    /// Greater is better.
    pub score: Score,
    /// The message to open at.
    pub best: Option<u32>,
    /// The number of hits. `None`: the evaluation ended before the last.
    pub hits: Option<usize>,
}

impl CompiledQuery {
    /// Returns whether a conversation matches.
    pub fn matches(&self, conversation: &Conversation, entry: IndexEntry) -> bool {
        let Some(scope) = self.admitted_scope(conversation, entry) else { return false };
        let title = SearchedText::new(&conversation.title);
        self.required.iter().all(|term| is_literal(term, &title, &scope))
            && self.forbids_nothing_of(conversation, &title, &scope)
    }

    /// Rates how well a conversation matches; `None`: it does not.
    pub fn evaluate(&self, conversation: &Conversation, entry: IndexEntry) -> Option<Evaluation> {
        let scope = self.admitted_scope(conversation, entry)?;
        let evaluation = self.evaluate_in(conversation, &scope)?;
        Some(Evaluation { best: evaluation.best.or_else(|| scope.first_eligible()), ..evaluation })
    }

    /// Rates as [`Self::evaluate`] does, where only some messages can have a hit of any term.
    pub fn evaluate_among(
        &self,
        conversation: &Conversation,
        entry: IndexEntry,
        may_have_hit: &dyn Fn(u32) -> bool,
    ) -> Option<Evaluation> {
        if !self.conversations.matches(conversation) {
            return None;
        }
        let scope = SearchScope::among(conversation, &self.messages, entry, may_have_hit);
        let evaluation = (!scope.is_empty()).then(|| self.evaluate_in(conversation, &scope)).flatten();
        // Found by its title alone, it opens at the first message that is let in, whichever that is.
        match evaluation {
            Some(Evaluation { best: None, .. }) => self.evaluate(conversation, entry),
            evaluation => evaluation,
        }
    }

    fn evaluate_in(&self, conversation: &Conversation, scope: &SearchScope<'_>) -> Option<Evaluation> {
        let title = SearchedText::new(&conversation.title);
        let mut title_match = TitleMatch::of_no_terms();
        let mut message_hits = MessageHits::default();
        for (number, term) in (0..).zip(&self.required) {
            let boundary = title.best_boundary(term);
            title_match.add(boundary);
            let is_in_messages = !term.title_only
                && if self.required.len() == 1 {
                    message_hits = MessageHits::of_single_term(conversation, scope, term);
                    message_hits.best_message().is_some()
                } else {
                    message_hits.add_term(conversation, scope, term, number)
                };
            if boundary.is_none() && !is_in_messages {
                return None;
            }
        }
        self.forbids_nothing_of(conversation, &title, scope)
            .then(|| self.rank(scope, title_match, message_hits))
    }

    /// Rates one message. `None`: it has no hit.
    pub fn quality_of(
        &self,
        conversation: &Conversation,
        entry: IndexEntry,
        message: u32,
    ) -> Option<MatchQuality> {
        // The message is named: which others the filters let in does not matter.
        let scope = SearchScope::new(conversation, &MessageFilter::default(), entry);
        let mut hits = MessageHits::default();
        for (number, term) in (0..).zip(self.message_terms()) {
            hits.add_term_in_message(conversation, &scope, term, number, message);
        }
        hits.rank_messages(&scope);
        hits.best_quality()
    }

    /// Returns the message that answers best. `None`: no message has a hit.
    pub fn best_message(&self, conversation: &Conversation, scope: &SearchScope<'_>) -> Option<u32> {
        let mut terms = self.message_terms();
        let first = terms.next()?;
        if terms.next().is_none() {
            return MessageHits::of_single_term(conversation, scope, first).best_message();
        }
        let mut hits = MessageHits::default();
        for (number, term) in (0..).zip(self.message_terms()) {
            hits.add_term(conversation, scope, term, number);
        }
        hits.rank_messages(scope);
        hits.best_message()
    }

    /// Returns what is to be searched, if the filters let the conversation and any of its messages in.
    fn admitted_scope<'a>(
        &self,
        conversation: &'a Conversation,
        entry: IndexEntry<'a>,
    ) -> Option<SearchScope<'a>> {
        if !self.conversations.matches(conversation) {
            return None;
        }
        let scope = self.scope(conversation, entry);
        (!scope.is_empty()).then_some(scope)
    }

    /// Returns whether the conversation is free of all that a minus forbids.
    fn forbids_nothing_of(
        &self,
        conversation: &Conversation,
        title: &SearchedText<'_>,
        scope: &SearchScope<'_>,
    ) -> bool {
        !self.excluded.iter().any(|term| is_literal(term, title, scope))
            && self.messages.matches(conversation)
    }

    fn rank(
        &self,
        scope: &SearchScope<'_>,
        title_match: TitleMatch,
        mut message_hits: MessageHits,
    ) -> Evaluation {
        message_hits.rank_messages(scope);
        let terms = self.message_terms().count() as u32;
        // A query without terms has none whole in the title.
        let title_boundary = title_match.worst_boundary.filter(|_| !self.required.is_empty());
        let inputs = RankInputs::of(
            terms,
            title_boundary.map(|boundary| MatchQuality::of_title(terms, boundary)),
            message_hits.best_quality(),
            title_match.literal_terms,
        );
        Evaluation { score: inputs.score(), best: message_hits.best_message(), hits: message_hits.count() }
    }
}

/// Returns whether a term stands literally in the title, or in the messages unless it is one of `title:`.
fn is_literal(term: &Term, title: &SearchedText<'_>, scope: &SearchScope<'_>) -> bool {
    title.contains(term) || (!term.title_only && scope.contains(&term.pattern))
}
