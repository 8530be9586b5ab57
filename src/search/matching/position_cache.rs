//! Caches where the terms of an earlier query stand, so that typing on need not look for them again.
//!
//! A term that is still there stands where it stood. One that was typed on can only begin where its beginning stood
//! ([`TermRelation::Extends`]), or at least only stand in messages where a part of it stood
//! ([`TermRelation::Contains`]), since no hit goes from one message to the next. Any other term is looked for as if
//! nothing was known.

use std::{collections::HashMap, sync::Arc};

use super::{
    pattern::{Pattern, implies},
    term::Term,
};
use crate::{library::Handle, search::ranking::TermPosition};

/// The positions of all terms of a query in conversations that match it. A conversation without an entry may have
/// some too: they were too many to be kept.
#[derive(Debug, Default)]
pub(in crate::search) struct PositionCache {
    positions: HashMap<Handle, Box<[TermPosition]>>,
    count: usize,
}

/// The relation of a term to those of an earlier query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::search) enum TermRelation {
    /// It has none.
    Unrelated,
    /// It is the one of this number.
    Same(u16),
    /// It begins with the one of this number, of which no two hits can overlap: it begins only where that does.
    Extends(u16),
    /// It contains the one of this number: a message with it has that one too.
    Contains(u16),
}

/// The positions of an earlier query in one conversation, as a later query sees them. By default nothing is known.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::search) struct CachedPositions<'a> {
    relations: &'a [TermRelation],
    positions: &'a [TermPosition],
}

impl PositionCache {
    /// Adds all positions of a conversation, by message, unless there would be more than `max_positions` in all.
    pub fn add(&mut self, handle: Handle, positions: Vec<TermPosition>, max_positions: usize) {
        let count = self.count + positions.len();
        if !positions.is_empty() && count <= max_positions {
            self.count = count;
            self.positions.insert(handle, positions.into());
        }
    }

    /// Returns the number of positions.
    pub fn len(&self) -> usize {
        self.count
    }
}

/// The positions of an earlier query, as a later query sees them. By default nothing is known.
#[derive(Debug, Default)]
pub(in crate::search) struct EarlierPositions {
    cache: Arc<PositionCache>,
    relations: Vec<TermRelation>,
}

impl EarlierPositions {
    /// Pairs the positions of an earlier query with the relations of the later query's terms to its terms.
    pub fn new(cache: &Arc<PositionCache>, relations: Vec<TermRelation>) -> Self {
        Self { cache: Arc::clone(cache), relations }
    }

    /// Returns whether anything is known of any term.
    pub fn is_useful(&self) -> bool {
        self.relations.iter().any(|&relation| relation != TermRelation::Unrelated)
    }

    /// Returns what is known of a conversation.
    pub fn in_conversation(&self, handle: Handle) -> CachedPositions<'_> {
        let positions = self.cache.positions.get(&handle);
        positions.map_or_else(CachedPositions::default, |positions| CachedPositions {
            relations: &self.relations,
            positions,
        })
    }
}

impl<'a> CachedPositions<'a> {
    /// Returns the relation of a term of the later query.
    pub fn relation(&self, number: u16) -> TermRelation {
        self.relations.get(usize::from(number)).copied().unwrap_or(TermRelation::Unrelated)
    }

    /// Returns the positions of a term of the earlier query, by message.
    pub fn positions(&self, number: u16) -> impl Iterator<Item = TermPosition> + use<'a> {
        self.positions.iter().filter(move |position| position.term == number).copied()
    }

    /// Returns the messages with a term of the earlier query, in order.
    pub fn messages(&self, number: u16) -> impl Iterator<Item = u32> + use<'a> {
        let mut last = None;
        self.positions(number)
            .map(|position| position.message)
            .filter(move |&message| last.replace(message) != Some(message))
    }
}

/// Relates the terms of a query to those of an earlier one that looked at the same messages.
pub(in crate::search) fn relations(now: &[Term], before: &[Term]) -> Vec<TermRelation> {
    let numbered = || (0_u16..).zip(before).filter(|(_, term)| !term.title_only);
    let relation = |word: &Term| {
        let same = numbered().find(|(_, earlier)| earlier.text_pattern == word.text_pattern);
        let shorter = || numbered().find(|(_, earlier)| implies(&word.text_pattern, &earlier.text_pattern));
        same.map(|(number, _)| TermRelation::Same(number))
            .or_else(|| {
                let (number, earlier) = shorter()?;
                let is_grown = word.text_pattern.text().starts_with(earlier.text_pattern.text())
                    && matches!(&earlier.pattern, Pattern::Literal(literal) if literal.never_overlaps_itself());
                Some(if is_grown { TermRelation::Extends(number) } else { TermRelation::Contains(number) })
            })
            .unwrap_or(TermRelation::Unrelated)
    };
    now.iter().map(relation).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::{matching::WordBoundary, query::TextPattern};

    fn terms(words: &[&str]) -> Vec<Term> {
        let term = |word: &&str| Term::new(&TextPattern::Word((*word).to_owned()), false, false);
        words.iter().filter_map(term).collect()
    }

    #[test]
    fn a_word_is_followed_when_it_is_typed_on_and_when_it_changes_its_place() {
        let relations =
            relations(&terms(&["kubernetes", "list", "in", "Lis"]), &terms(&["list", "kube", "Lis"]));
        assert_eq!(
            relations,
            [TermRelation::Extends(1), TermRelation::Same(0), TermRelation::Unrelated, TermRelation::Same(2)]
        );
    }

    #[test]
    fn a_word_that_may_overlap_itself_or_holds_another_within_says_only_which_messages() {
        assert_eq!(
            relations(&terms(&["anan", "minikube"]), &terms(&["ana", "kube"])),
            [TermRelation::Contains(0), TermRelation::Contains(1)]
        );
    }

    #[test]
    fn what_is_too_much_is_not_kept_and_says_nothing() {
        let position = |term, message, start| TermPosition {
            term,
            message,
            start,
            end: start + 2,
            boundary: WordBoundary::Whole,
        };
        let mut cache = PositionCache::default();
        cache.add(
            Handle(1),
            vec![position(0, 2, 5), position(0, 2, 9), position(1, 3, 20), position(0, 4, 30)],
            5,
        );
        cache.add(Handle(2), vec![position(0, 0, 0), position(1, 0, 4)], 5);
        assert_eq!(cache.len(), 4);
        let earlier = EarlierPositions::new(&Arc::new(cache), vec![TermRelation::Contains(0)]);
        let known = earlier.in_conversation(Handle(1));
        assert_eq!(
            (known.relation(0), known.relation(1)),
            (TermRelation::Contains(0), TermRelation::Unrelated)
        );
        assert_eq!(known.messages(0).collect::<Vec<_>>(), [2, 4]);
        assert_eq!(known.positions(1).count(), 1);
        assert_eq!(earlier.in_conversation(Handle(2)).relation(0), TermRelation::Unrelated);
    }
}
