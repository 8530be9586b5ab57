//! What a query binds, in both tiers: phrases, capitals, expressions, `title:`, filters, and every word with a minus.

use fixedbitset::FixedBitSet;

use super::{Engine, indexed_terms::IndexedTerms};
use crate::{
    library::ConversationHandle,
    search::{Matcher, Query},
};

/// The part of a query that must hold, and the conversations that it lets in.
#[derive(Debug)]
pub(super) struct Binding {
    pub query: Query,
    admission: Admission,
}

/// How it is told which conversations are let in.
#[derive(Debug)]
enum Admission {
    /// All are: nothing binds.
    All,
    /// These may be: the index tells, but for the filters that need no look at the text.
    Indexed(FixedBitSet, Matcher),
    /// The text must be asked, of these if it is known which.
    Text(Option<FixedBitSet>, Matcher),
}

impl Binding {
    /// Looks up what binds.
    pub fn new(engine: &Engine, query: Query) -> Self {
        let admission = Admission::of(engine, &query);
        Self { query, admission }
    }

    /// Returns whether the text has to be asked.
    pub fn asks_the_text(&self) -> bool {
        matches!(self.admission, Admission::Text(..))
    }

    /// Returns whether a conversation may be let in, at once. No is certain.
    pub fn may_let_in(&self, handle: ConversationHandle) -> bool {
        let contains = |handles: &FixedBitSet| handles.contains(handle.0 as usize);
        match &self.admission {
            Admission::All => true,
            Admission::Indexed(handles, _) => contains(handles),
            Admission::Text(handles, _) => handles.as_ref().is_none_or(contains),
        }
    }

    /// Returns whether a conversation that [may be](Self::may_let_in) is let in.
    pub fn lets_in(&self, engine: &Engine, handle: ConversationHandle) -> bool {
        let conversation = engine.library.get(handle);
        match &self.admission {
            Admission::All => true,
            Admission::Indexed(_, matcher) => matcher.compiled().admits(conversation),
            Admission::Text(_, matcher) => {
                matcher.compiled().matches(conversation, engine.index.entry(&engine.library, handle))
            }
        }
    }

    /// Returns the messages that count. `None`: all that are shown.
    pub fn messages(&self, engine: &Engine, handle: ConversationHandle) -> Option<Vec<u32>> {
        match &self.admission {
            Admission::All | Admission::Indexed(..) => None,
            Admission::Text(_, matcher) => matcher.compiled().eligible_messages(engine.library.get(handle)),
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
        match IndexedTerms::of(engine, compiled) {
            Some(terms) => Self::Indexed(terms.matches(engine, compiled), matcher),
            None => Self::Text(engine.possible(compiled.required()), matcher),
        }
    }
}
