//! Plans a search: which conversations have to be looked at, after all that earlier answers and the index tell.

use std::{
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use fixedbitset::FixedBitSet;

use super::{Engine, answers::CachedAnswer, found::FoundConversation, indexed_terms::IndexedTerms};
use crate::{
    library::ConversationHandle,
    search::{
        Matcher, Query,
        index::occurrences::TermLookup,
        matching::{Pattern, Term},
    },
};

/// Conversations that are looked at in order of their dates: the first page is likely from these.
pub(in crate::search) const NEWEST_FIRST: usize = 4_096;

/// The conversations to look at for one query, and what is found out on the way.
#[derive(Debug)]
pub(in crate::search) struct Plan {
    pub(super) query: Query,
    pub(super) matcher: Matcher,
    /// Found by an earlier search for the same query, newest first; some may be gone by now.
    pub(super) known: Arc<Vec<FoundConversation>>,
    /// Hits in all that is known, if nothing is to be looked at.
    pub(super) known_hits: Option<usize>,
    /// To be looked at: [`NEWEST_FIRST`] of them newest first, then the rest as they lie in memory.
    pub(super) candidates: Vec<ConversationHandle>,
    /// The slots that may have a hit of any term, where that is known and spares work.
    pub(super) possible_slots: Option<FixedBitSet>,
    /// The slots of each term, if the index answers the query: then the candidates are what matches, no more.
    pub(super) indexed: Option<IndexedTerms>,
    /// The hits counted so far.
    hits: AtomicUsize,
}

impl Plan {
    fn new(query: &Query, matcher: Matcher, mut candidates: Vec<ConversationHandle>) -> Self {
        if let Some(rest) = candidates.get_mut(NEWEST_FIRST..) {
            rest.sort_unstable();
        }
        Self {
            query: query.clone(),
            matcher,
            known: Arc::default(),
            known_hits: None,
            candidates,
            possible_slots: None,
            indexed: None,
            hits: AtomicUsize::new(0),
        }
    }

    /// Returns how many conversations are to be looked at.
    pub fn len(&self) -> usize {
        self.candidates.len()
    }

    /// Returns whether the index tells what matches, and nearly all of its rank.
    pub fn is_indexed(&self) -> bool {
        self.indexed.is_some()
    }

    /// Returns whether one conversation may take long: several terms are looked for in all of it, or an
    /// expression, or alternatives.
    pub fn is_slow(&self) -> bool {
        let compiled = self.matcher.compiled();
        compiled.message_terms().count() > 1
            || compiled.message_terms().any(|term| !matches!(term.pattern, Pattern::Literal(_)))
    }

    /// Returns some of the conversations that are to be looked at.
    pub(super) fn chunk(&self, range: Range<usize>) -> impl Iterator<Item = ConversationHandle> + '_ {
        self.candidates[range].iter().copied()
    }

    /// Returns how many hits were counted so far.
    pub(super) fn hits(&self) -> usize {
        self.hits.load(Ordering::Relaxed)
    }

    /// Adds hits to those that were counted.
    pub(super) fn add_hits(&self, hits: usize) {
        self.hits.fetch_add(hits, Ordering::Relaxed);
    }
}

impl Engine {
    /// Plans the search for a query: nothing but what was added if it was asked before, else every conversation that
    /// the index does not rule out.
    pub fn plan(&self, query: &Query) -> Plan {
        let answer = self.answers.same(query);
        match answer.filter(|answer| answer.handle_count == self.library.handle_bound()) {
            Some(answer) => Self::plan_known(query, answer),
            None => self.plan_indexed(query).unwrap_or_else(|| match answer {
                Some(answer) => self.plan_added(query, answer),
                None => self.plan_new(query),
            }),
        }
    }

    /// Plans a query whose answer is known.
    fn plan_known(query: &Query, answer: &CachedAnswer) -> Plan {
        Plan {
            known: Arc::clone(&answer.found),
            known_hits: Some(answer.hits),
            ..Plan::new(query, Matcher::new(query), Vec::new())
        }
    }

    /// Plans a query that was asked before: only the conversations that were added since are looked at.
    fn plan_added(&self, query: &Query, answer: &CachedAnswer) -> Plan {
        let is_added = |handle: &ConversationHandle| handle.0 as usize >= answer.handle_count;
        let candidates = self.library.by_date().iter().copied().filter(is_added).collect();
        Plan { known: Arc::clone(&answer.found), ..Plan::new(query, Matcher::new(query), candidates) }
    }

    /// Plans a query that the index answers. `None`: it does not.
    fn plan_indexed(&self, query: &Query) -> Option<Plan> {
        if (self.index.handles() as usize) < self.library.handle_bound() {
            return None;
        }
        let matcher = Matcher::new(query);
        let terms = IndexedTerms::of(self, matcher.compiled())?;
        let matches = terms.matches(self);
        let compiled = matcher.compiled();
        let is_match = |handle: &ConversationHandle| {
            matches.contains(handle.0 as usize)
                && (!compiled.chooses_conversations() || compiled.admits(self.library.get(*handle)))
        };
        let candidates = self.library.by_date().iter().copied().filter(is_match).collect();
        Some(Plan { indexed: Some(terms), ..Plan::new(query, matcher, candidates) })
    }

    /// Plans a query that was not asked before: what the index rules out, or a query that it narrows, is not looked at.
    fn plan_new(&self, query: &Query) -> Plan {
        let matcher = Matcher::new(query);
        let possible = self.possible(matcher.compiled().required());
        let indexed = self.index.handles();
        let wider = self.answers.wider(query, self.library.handle_bound()).map(|answer| {
            let handles = answer.found.iter().map(|found| found.handle.0 as usize);
            handles.collect::<FixedBitSet>()
        });
        let is_possible = |handle: &ConversationHandle| {
            wider.as_ref().is_none_or(|wider| wider.contains(handle.0 as usize))
                && (handle.0 >= indexed
                    || possible.as_ref().is_none_or(|possible| possible.contains(handle.0 as usize)))
        };
        let candidates = self.library.by_date().iter().copied().filter(is_possible).collect();
        let possible_slots = self.slots_with_any(&matcher);
        Plan { possible_slots, ..Plan::new(query, matcher, candidates) }
    }

    /// Returns the slots that may have a hit of any term, for a query that excludes no word. `None`: any slot may.
    fn slots_with_any(&self, matcher: &Matcher) -> Option<FixedBitSet> {
        let compiled = matcher.compiled();
        if !compiled.excluded().is_empty() {
            return None;
        }
        let mut any: Option<FixedBitSet> = None;
        for term in compiled.message_terms() {
            let slots = self.slots_with(term)?;
            match &mut any {
                Some(any) => any.union_with(&slots),
                None => any = Some(slots),
            }
        }
        any
    }

    /// Returns the slots that may have a term; no other has. `None`: any may.
    pub(super) fn slots_with(&self, term: &Term) -> Option<FixedBitSet> {
        match &term.lookup {
            TermLookup::Word(word) => Some(self.occurrences(word, term).any.clone()),
            lookup => self.index.candidates(lookup),
        }
    }

    /// Returns the indexed conversations that may have all of the terms; no other has. `None`: any may.
    pub(super) fn possible(&self, terms: &[Term]) -> Option<FixedBitSet> {
        let mut possible: Option<FixedBitSet> = None;
        for term in terms {
            let Some(mut slots) = self.slots_with(term) else { continue };
            if term.title_only {
                slots.intersect_with(&self.index.slots().titles);
            }
            let handles = self.index.conversations_with(&slots);
            match &mut possible {
                Some(possible) => possible.intersect_with(&handles),
                None => possible = Some(handles),
            }
        }
        possible
    }
}
