//! A query that the index answers alone: filters, words and pieces of words, anywhere or in the title, of which it
//! knows every slot. Which conversations match, and their classes, boundaries and hits, are exact without a look at their text;
//! only how close together several words stand is told by the text.

use std::{cell::OnceCell, sync::Arc};

use fixedbitset::FixedBitSet;

use super::{Engine, FoundConversation, MAX_HITS, Plan, searched_slots::SearchedSlots};
use crate::{
    conversation::Conversation,
    library::ConversationHandle,
    message::branches,
    search::{
        index::occurrences::{Occurrences, TermLookup},
        matching::{CompiledQuery, Term, WordBoundary},
        ranking::{MatchQuality, RankInputs},
    },
};

/// The messages of one conversation in which it is judged how close together the words stand.
const MAX_JUDGED_MESSAGES: usize = 4;

/// The slots of all terms of a query.
#[derive(Debug)]
pub(super) struct IndexedTerms {
    required: Vec<IndexedTerm>,
    excluded: Vec<IndexedTerm>,
    searched: SearchedSlots,
}

#[derive(Debug)]
struct IndexedTerm {
    occurrences: Arc<Occurrences>,
    word: String,
    title_only: bool,
}

/// A message as the index knows it.
#[derive(Clone, Copy, Debug)]
struct MessageRank {
    quality: MatchQuality,
    message: u32,
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
        Some(Self {
            required: look_up(compiled.required()),
            excluded: look_up(compiled.excluded()),
            searched,
        })
    }

    /// Returns the conversations that have all required terms and none of the excluded ones.
    pub fn matches(&self, engine: &Engine) -> FixedBitSet {
        let index = &engine.index;
        let mut searched = self.searched.messages.clone();
        searched.union_with(&index.slots().titles);
        let conversations_with = |term: &IndexedTerm| {
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
        let visible = VisibleBranch::new(engine, handle);
        let best = self.message_ranks(engine, handle).reduce(|best, other| {
            let is_better = other.quality > best.quality
                || other.quality == best.quality
                    && !visible.contains(best.message)
                    && visible.contains(other.message);
            if is_better { other } else { best }
        });
        self.found(engine, handle, best)
    }

    /// Ranks a conversation that matches by its text too.
    pub fn judge(&self, engine: &Engine, plan: &Plan, handle: ConversationHandle) -> FoundConversation {
        let conversation = engine.library.get(handle);
        let mut ranks: Vec<MessageRank> = self.message_ranks(engine, handle).collect();
        ranks.sort_by_key(|rank| (std::cmp::Reverse(rank.quality), rank.message));
        let most = ranks.first().map_or(0, |rank| rank.quality.terms);
        ranks.retain(|rank| rank.quality.terms == most);
        ranks.truncate(MAX_JUDGED_MESSAGES);
        let entry = engine.index.entry(&engine.library, handle);
        let mut judged_count = 0;
        for rank in &mut ranks {
            let judged = plan.matcher.compiled().quality_of(conversation, entry, rank.message);
            rank.quality = judged.unwrap_or(rank.quality);
            judged_count += 1;
            // Those that follow are no better words, and longer.
            if rank.quality.is_side_by_side() {
                break;
            }
        }
        ranks.truncate(judged_count);
        let visible = VisibleBranch::new(engine, handle);
        let best = ranks.into_iter().max_by_key(|rank| {
            (rank.quality, visible.contains(rank.message), std::cmp::Reverse(rank.message))
        });
        self.found(engine, handle, best)
    }

    fn found(
        &self,
        engine: &Engine,
        handle: ConversationHandle,
        best: Option<MessageRank>,
    ) -> FoundConversation {
        let title = engine.index.slots_of(handle).start as usize;
        let boundaries = self.required.iter().map(|term| term.boundary(title));
        let in_title = boundaries.clone().flatten().count() as u32;
        let terms = self.message_terms().count() as u32;
        let worst = boundaries.min().flatten();
        let title_quality = worst.map(|boundary| MatchQuality::of_title(terms, boundary));
        let inputs = RankInputs::of(terms, title_quality, best.map(|rank| rank.quality), in_title);
        let best = best.map(|rank| rank.message).or_else(|| self.first_admitted(engine, handle));
        FoundConversation::new(handle, inputs.score(), best, None)
    }

    /// Returns the first message that the filters let in. `None`: there are no filters.
    fn first_admitted(&self, engine: &Engine, handle: ConversationHandle) -> Option<u32> {
        let slots = engine.index.slots_of(handle);
        let admitted =
            |slot: &u32| self.searched.is_filtered && self.searched.messages.contains(*slot as usize);
        (slots.start + 1..slots.end).find(admitted).map(|slot| slot - slots.start - 1)
    }

    /// Returns the messages of a conversation that have any term, in order, with what the index tells of their rank.
    fn message_ranks<'a>(
        &'a self,
        engine: &'a Engine,
        handle: ConversationHandle,
    ) -> impl Iterator<Item = MessageRank> + 'a {
        let slots = engine.index.slots_of(handle);
        let title = slots.start;
        (slots.start + 1..slots.end).filter_map(move |slot| {
            let slot_index = slot as usize;
            if !self.searched.messages.contains(slot_index) {
                return None;
            }
            let (mut terms, mut worst) = (0, WordBoundary::Whole);
            for boundary in self.message_terms().filter_map(|term| term.boundary(slot_index)) {
                terms += 1;
                worst = worst.min(boundary);
            }
            let (facts, shown) = (engine.index.slots(), engine.index.slots().shown.contains(slot_index));
            let length = facts.length_doublings[slot_index];
            (terms > 0).then(|| MessageRank {
                quality: MatchQuality::unjudged(terms, worst, shown, length),
                message: slot - title - 1,
            })
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

/// The messages of a conversation that lie on its visible branch, found out on first need.
struct VisibleBranch<'a> {
    conversation: &'a Conversation,
    is_linear: bool,
    messages: OnceCell<Box<[bool]>>,
}

impl<'a> VisibleBranch<'a> {
    fn new(engine: &'a Engine, handle: ConversationHandle) -> Self {
        let is_linear = engine.index.entry(&engine.library, handle).is_linear;
        Self { conversation: engine.library.get(handle), is_linear, messages: OnceCell::new() }
    }

    fn contains(&self, message: u32) -> bool {
        self.is_linear || self.messages.get_or_init(|| branches::visible(self.conversation))[message as usize]
    }
}
