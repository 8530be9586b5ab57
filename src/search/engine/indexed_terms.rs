//! A query that the index answers alone: filters, words and pieces of words, anywhere or in the title, of which it
//! knows every slot. Which conversations match, and their classes, boundaries and hits, are exact without a look at their text;
//! only how close together several words stand is told by the text.

use std::sync::Arc;

use fixedbitset::FixedBitSet;

use super::{
    Engine, FoundConversation, MAX_HITS, Plan,
    message_ranks::{MessageRank, best_judged, best_unjudged, score},
    searched_slots::SearchedSlots,
};
use crate::{
    library::ConversationHandle,
    search::{
        index::{
            bit_runs::{next_one, ones_in},
            occurrences::{Occurrences, TermLookup},
        },
        matching::{CompiledQuery, Term, WordBoundary},
    },
};

/// The slots of all terms of a query.
#[derive(Debug)]
pub(super) struct IndexedTerms {
    required: Vec<IndexedTerm>,
    excluded: Vec<IndexedTerm>,
    searched: SearchedSlots,
    /// The messages that have all required terms but those of `title:`; none if there are no such terms.
    with_all: FixedBitSet,
}

#[derive(Debug)]
struct IndexedTerm {
    occurrences: Arc<Occurrences>,
    word: String,
    title_only: bool,
}

impl IndexedTerms {
    /// Looks a query's terms up. `None`: the index does not answer it.
    pub fn of(engine: &Engine, compiled: &CompiledQuery) -> Option<Self> {
        let terms = || compiled.required().iter().chain(compiled.excluded());
        if !terms().all(|term| matches!(term.lookup, TermLookup::Word(_))) {
            return None;
        }
        let searched = SearchedSlots::of(&engine.index, compiled.message_filter())?;
        let look_up = |terms: &[Term]| {
            let with_word = terms.iter().filter_map(|term| match &term.lookup {
                TermLookup::Word(word) => Some((term, word)),
                _ => None,
            });
            with_word
                .map(|(term, word)| IndexedTerm {
                    occurrences: engine.occurrences(word, term),
                    word: word.clone(),
                    title_only: term.title_only,
                })
                .collect()
        };
        let required: Vec<IndexedTerm> = look_up(compiled.required());
        let mut with_all = FixedBitSet::new();
        for (number, term) in required.iter().filter(|term| !term.title_only).enumerate() {
            if number == 0 {
                with_all.clone_from(&searched.messages);
            }
            with_all.intersect_with(&term.occurrences.any);
        }
        Some(Self { required, excluded: look_up(compiled.excluded()), searched, with_all })
    }

    /// Returns the conversations that have all required terms and none of the excluded ones.
    pub fn matches(&self, engine: &Engine) -> FixedBitSet {
        let index = &engine.index;
        let mut searched = self.searched.messages.clone();
        searched.union_with(&index.slots().titles);
        let conversations_with = |term: &IndexedTerm| {
            if !self.searched.is_filtered && !term.title_only {
                return term.occurrences.conversations.clone();
            }
            let mut slots = term.occurrences.any.clone();
            slots.intersect_with(if term.title_only { &index.slots().titles } else { &searched });
            index.conversations_with(&slots)
        };
        let mut matches = self.searched.admitted(index);
        for term in &self.required {
            matches.intersect_with(&conversations_with(term));
        }
        for term in &self.excluded {
            matches.difference_with(&conversations_with(term));
        }
        matches
    }

    /// Ranks a conversation that matches, as far as the index tells: of several words not how close they stand.
    pub fn rank(&self, engine: &Engine, handle: ConversationHandle) -> FoundConversation {
        let ranks = self.message_ranks(engine, handle);
        self.found(engine, handle, best_unjudged(ranks, &is_visible(engine, handle)))
    }

    /// Ranks a conversation that matches by its text too.
    pub fn judge(&self, engine: &Engine, plan: &Plan, handle: ConversationHandle) -> FoundConversation {
        let ranks: Vec<MessageRank> = self.message_ranks(engine, handle).collect();
        let (compiled, conversation) = (plan.matcher.compiled(), engine.library.get(handle));
        let entry = engine.index.entry(&engine.library, handle);
        self.found(
            engine,
            handle,
            best_judged(ranks, compiled, conversation, entry, &is_visible(engine, handle)),
        )
    }

    fn found(
        &self,
        engine: &Engine,
        handle: ConversationHandle,
        best: Option<MessageRank>,
    ) -> FoundConversation {
        let title = engine.index.slots_of(handle).start as usize;
        let boundaries = self.required.iter().map(|term| term.boundary(title));
        let score = score(boundaries, self.message_terms().count() as u32, best);
        let best = best.map(|rank| rank.message).or_else(|| self.first_admitted(engine, handle));
        FoundConversation::new(handle, score, best, None)
    }

    /// Returns the first message that the filters let in. `None`: there are no filters.
    fn first_admitted(&self, engine: &Engine, handle: ConversationHandle) -> Option<u32> {
        let slots = engine.index.slots_of(handle);
        let first = next_one(&self.searched.messages, slots.start as usize + 1)? as u32;
        (self.searched.is_filtered && first < slots.end).then(|| first - slots.start - 1)
    }

    /// Returns the messages of a conversation that have all terms, those that have any where none has all, in order, with
    /// what the index tells of their rank.
    fn message_ranks<'a>(
        &'a self,
        engine: &'a Engine,
        handle: ConversationHandle,
    ) -> impl Iterator<Item = MessageRank> + 'a {
        let slots = engine.index.slots_of(handle);
        let range = slots.start as usize + 1..slots.end as usize;
        let has_all = next_one(&self.with_all, range.start).is_some_and(|slot| slot < range.end);
        let ranked = if has_all { &self.with_all } else { &self.searched.messages };
        ones_in(ranked, range).filter_map(move |slot| {
            let boundaries = self.message_terms().filter_map(|term| term.boundary(slot));
            let facts = engine.index.slots();
            let (shown, length) = (facts.shown.contains(slot), facts.length_doublings[slot]);
            MessageRank::of(boundaries, shown, length, slot as u32 - slots.start - 1)
        })
    }

    fn message_terms(&self) -> impl Iterator<Item = &IndexedTerm> {
        self.required.iter().filter(|term| !term.title_only)
    }

    /// Returns the messages that the filters let in, by slot. `None`: there are no filters.
    pub fn filtered_messages(&self) -> Option<&FixedBitSet> {
        self.searched.is_filtered.then_some(&self.searched.messages)
    }

    /// Returns whether it takes the text to tell how close together the terms stand.
    pub fn needs_judging(&self) -> bool {
        self.message_terms().nth(1).is_some()
    }

    /// Returns whether messages can have hits: any term is looked for in them.
    pub fn has_hits(&self) -> bool {
        self.message_terms().next().is_some()
    }

    /// Counts the hits in conversations that match, up to one more than are counted. `None`: the text must be asked.
    pub fn count_hits(&self, engine: &Engine, found: &[FoundConversation]) -> Option<usize> {
        let words: Vec<&str> = self.message_terms().map(|term| term.word.as_str()).collect();
        if words.is_empty() {
            return Some(0);
        }
        let mut slots = FixedBitSet::with_capacity(engine.index.slot_count());
        for found in found {
            let range = engine.index.slots_of(found.handle);
            slots.insert_range(range.start as usize..range.end as usize);
        }
        slots.intersect_with(&self.searched.messages);
        // Each slot that has a term has a hit: of a common word they are enough, and need no counting.
        let slots_with = |term: &IndexedTerm| term.occurrences.any.intersection_count(&slots);
        if self.message_terms().any(|term| slots_with(term) > MAX_HITS) {
            return Some(MAX_HITS + 1);
        }
        engine.index.count_hits(&words, &slots, MAX_HITS + 1)
    }
}

impl IndexedTerm {
    /// Returns the best word boundary of the term in a slot. `None`: it is not there.
    fn boundary(&self, slot: usize) -> Option<WordBoundary> {
        let occurrences = &*self.occurrences;
        if !occurrences.any.contains(slot) {
            None
        } else if occurrences.whole.contains(slot) {
            Some(WordBoundary::Whole)
        } else if occurrences.start.contains(slot) {
            Some(WordBoundary::Start)
        } else {
            Some(WordBoundary::Inside)
        }
    }
}

/// Returns a function that tells whether a message of a conversation lies on the branch that is shown first.
fn is_visible(engine: &Engine, handle: ConversationHandle) -> impl Fn(u32) -> bool + '_ {
    let first = engine.index.slots_of(handle).start + 1;
    move |message| engine.index.traits().is_on_current_branch((first + message) as usize)
}
