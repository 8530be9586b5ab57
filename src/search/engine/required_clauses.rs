//! What a query binds, in both tiers: phrases, capitals, expressions, `title:`, filters, and every word with a minus.

use fixedbitset::FixedBitSet;

use super::{Engine, indexed_terms::IndexedTerms, searched_slots::SearchedSlots};
use crate::{
    library::ConversationHandle,
    search::{Matcher, Query},
};

/// The clauses of a query that must hold in both tiers (they *bind*), and the conversations that they let in.
#[derive(Debug)]
pub(in crate::search) struct RequiredClauses {
    pub query: Query,
    admission: Admission,
}

/// How it is told which conversations are let in.
#[derive(Debug)]
enum Admission {
    /// All are: nothing binds.
    All,
    /// The index tells, but for the filters of conversations, and which messages count.
    Indexed { handles: FixedBitSet, matcher: Matcher, terms: IndexedTerms },
    /// The text must be asked.
    Text {
        /// Those that may be let in. `None`: any may.
        possible: Option<FixedBitSet>,
        matcher: Matcher,
        /// The messages that the filters let in, if the index tells.
        counting: Option<FixedBitSet>,
    },
}

impl RequiredClauses {
    /// Looks up what binds.
    pub fn new(engine: &Engine, query: Query) -> Self {
        let admission = Admission::of(engine, &query);
        Self { query, admission }
    }

    /// Names what binds where it was noted of each conversation whether it is let in.
    pub fn noted(query: Query) -> Self {
        Self { query, admission: Admission::All }
    }

    /// Returns whether the text has to be asked.
    pub fn asks_the_text(&self) -> bool {
        matches!(self.admission, Admission::Text { .. })
    }

    /// Returns whether a conversation may be let in, at once. No is certain.
    pub fn may_let_in(&self, handle: ConversationHandle) -> bool {
        let contains = |handles: &FixedBitSet| handles.contains(handle.0 as usize);
        match &self.admission {
            Admission::All => true,
            Admission::Indexed { handles, .. } => contains(handles),
            Admission::Text { possible, .. } => possible.as_ref().is_none_or(contains),
        }
    }

    /// Returns whether a conversation that [may be](Self::may_let_in) is let in.
    pub fn lets_in(&self, engine: &Engine, handle: ConversationHandle) -> bool {
        let conversation = engine.library.get(handle);
        match &self.admission {
            Admission::All => true,
            Admission::Indexed { matcher, .. } => matcher.compiled().admits(conversation),
            Admission::Text { matcher, .. } => {
                matcher.compiled().matches(conversation, engine.index.entry(&engine.library, handle))
            }
        }
    }

    /// Returns the slots of the messages that count, folded ones among them. `None`: all messages that are shown count,
    /// or [those](Self::messages) that the text tells.
    pub fn filtered_messages(&self) -> Option<&FixedBitSet> {
        match &self.admission {
            Admission::Indexed { terms, .. } => terms.filtered_messages(),
            Admission::Text { counting, .. } => counting.as_ref(),
            Admission::All => None,
        }
    }

    /// Returns the messages that count by what the text tells. `None`: it was not asked which.
    pub fn messages(&self, engine: &Engine, handle: ConversationHandle) -> Option<Vec<u32>> {
        match &self.admission {
            Admission::All | Admission::Indexed { .. } => None,
            Admission::Text { matcher, .. } => {
                matcher.compiled().eligible_messages(engine.library.get(handle))
            }
        }
    }
}

impl Admission {
    fn of(engine: &Engine, query: &Query) -> Self {
        if query.is_empty() {
            return Self::All;
        }
        let matcher = Matcher::new(query);
        let compiled = matcher.compiled();
        if let Some(terms) = IndexedTerms::of(engine, compiled) {
            return Self::Indexed { handles: terms.matches(engine), matcher, terms };
        }
        let possible = engine.possible(compiled.required());
        let counting = SearchedSlots::of(&engine.index, compiled.message_filter());
        let counting = counting.filter(|slots| slots.is_filtered).map(|slots| slots.messages);
        Self::Text { possible, matcher, counting }
    }
}
