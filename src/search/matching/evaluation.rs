//! Evaluates a query on one conversation: decides whether it matches, and how well.
//!
//! 1. The filters of the conversation, then those of its messages; they leave a [`SearchScope`].
//! 2. Each required term, literally in the [title](super::title_match) and in the [messages](super::message_hits), or
//!    else fuzzily in the title. The first one that is nowhere ends it.
//! 3. The excluded terms, and the messages that a minus forbids.
//! 4. The score, by the order of [`ranking`](crate::search::ranking).

use super::{
    compiled_query::CompiledQuery,
    message_hits::MessageHits,
    position_cache::CachedPositions,
    scope::SearchScope,
    term::Term,
    title_match::{Title, TitleMatch},
    word_boundary::WordBoundary,
};
use crate::{
    conversation::Conversation,
    search::{
        index::IndexEntry,
        ranking::{MatchQuality, RankClass, RankInputs, Score, TermPosition},
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
    /// The positions of several terms, by message. Empty if some are left out.
    pub positions: Vec<TermPosition>,
}

impl CompiledQuery {
    /// Returns whether a conversation matches. Does not ask [`Self::may_match`] first.
    pub fn matches(&self, conversation: &Conversation, entry: IndexEntry<'_>) -> bool {
        let Some(scope) = self.admitted_scope(conversation, entry) else { return false };
        let title = Title::new(&conversation.title, entry.title_letters);
        let is_found = |term: &Term| is_literal(term, &title, &scope) || title.fuzzy_score(term).is_some();
        self.required.iter().all(is_found) && self.forbids_nothing_of(conversation, &title, &scope)
    }

    /// Rates how well a conversation matches; `None`: it does not; `cached` are the positions of an earlier query's terms.
    pub fn evaluate(
        &self,
        conversation: &Conversation,
        entry: IndexEntry<'_>,
        cached: CachedPositions<'_>,
    ) -> Option<Evaluation> {
        let scope = self.admitted_scope(conversation, entry)?;
        let title = Title::new(&conversation.title, entry.title_letters);
        let mut title_match = TitleMatch::of_no_terms();
        let mut message_hits = MessageHits::default();
        for (number, term) in (0..).zip(&self.required) {
            let may_contain = entry.may_contain(term);
            let boundary = if may_contain { title.best_boundary(term) } else { None };
            title_match.add_literal(boundary);
            let is_in_messages = may_contain
                && !term.title_only
                && if self.required.len() == 1 {
                    message_hits = MessageHits::of_single_term(conversation, &scope, term);
                    message_hits.best_message().is_some()
                } else {
                    message_hits.add_term(conversation, &scope, term, number, cached)
                };
            if boundary.is_none() && !is_in_messages {
                title_match.add_fuzzy(title.fuzzy_score(term)?);
            }
        }
        self.forbids_nothing_of(conversation, &title, &scope)
            .then(|| self.rank(&scope, title_match, message_hits))
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
            hits.add_term(conversation, scope, term, number, CachedPositions::default());
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
        title: &Title<'_>,
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
        let message_quality = message_hits.best_quality();
        let has_all_terms = |quality: MatchQuality| quality.terms == terms;

        let class = if title_match.fuzzy_score.is_some() {
            RankClass::Fuzzy
        } else if title_boundary == Some(WordBoundary::Whole) {
            RankClass::Title
        } else if title_boundary.is_some() || message_quality.is_none_or(has_all_terms) {
            RankClass::Together
        } else {
            RankClass::Spread
        };
        let title_quality = title_boundary.map(|boundary| MatchQuality::of_title(terms, boundary));
        let message_quality =
            message_quality.filter(|&quality| class != RankClass::Together || has_all_terms(quality));
        let inputs = RankInputs {
            class,
            quality: message_quality.max(title_quality),
            in_title: title_match.literal_terms,
            fuzzy: title_match.fuzzy_score.unwrap_or(0),
        };
        Evaluation {
            score: inputs.score(),
            best: message_hits.best_message().or_else(|| scope.first_eligible()),
            hits: message_hits.count(),
            positions: message_hits.into_all_positions(),
        }
    }
}

/// Returns whether a term stands literally in the title, or in the messages unless it is one of `title:`.
fn is_literal(term: &Term, title: &Title<'_>, scope: &SearchScope<'_>) -> bool {
    scope.entry().may_contain(term)
        && (title.contains(term) || (!term.title_only && scope.contains(&term.pattern)))
}
