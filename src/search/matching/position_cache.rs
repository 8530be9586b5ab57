//! Where the words of an earlier query stand, so that typing on need not look for them again.
//!
//! A word that is still there stands where it stood. One that was typed on can only begin where it began, or at least
//! only stand in messages where a part of it stood, since no hit goes from one message to the next. All else is looked
//! for as if nothing was known.

use std::{collections::HashMap, sync::Arc};

use super::{
    pattern::{Pattern, implies},
    term::Term,
};
use crate::{library::Handle, search::ranking::Place};

/// The places of all words of a query in conversations that match it. A conversation without an entry may have some
/// too: they were too many to be kept.
#[derive(Debug, Default)]
pub(in crate::search) struct Traces {
    places: HashMap<Handle, Box<[Place]>>,
    count: usize,
}

/// What a word is to those of an earlier query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::search) enum Link {
    /// Nothing.
    New,
    /// The one of this number.
    Same(u16),
    /// It begins with the one of this number, of which no two hits can overlap: it begins only where that does.
    Grown(u16),
    /// It holds the one of this number: a message with it has that one too.
    Longer(u16),
}

/// What is known of one conversation by an earlier query. Nothing, by default.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::search) struct Trace<'a> {
    links: &'a [Link],
    places: &'a [Place],
}

impl Traces {
    /// Takes in all places of a conversation, by message, unless there would be more than `most` of all together.
    pub fn add(&mut self, handle: Handle, places: Vec<Place>, most: usize) {
        let count = self.count + places.len();
        if !places.is_empty() && count <= most {
            self.count = count;
            self.places.insert(handle, places.into());
        }
    }

    /// How many places it holds.
    pub fn len(&self) -> usize {
        self.count
    }
}

/// The places of an earlier query's words, as a later query sees them. None, by default.
#[derive(Debug, Default)]
pub(in crate::search) struct Lead {
    traces: Arc<Traces>,
    links: Vec<Link>,
}

impl Lead {
    /// The words of the query in hand are linked so with those whose places these are.
    pub fn new(traces: &Arc<Traces>, links: Vec<Link>) -> Self {
        Self { traces: Arc::clone(traces), links }
    }

    /// Whether it may know anything of any word.
    pub fn leads(&self) -> bool {
        self.links.iter().any(|&link| link != Link::New)
    }

    /// What is known of a conversation.
    pub fn of(&self, handle: Handle) -> Trace<'_> {
        let places = self.traces.places.get(&handle);
        places.map_or_else(Trace::default, |places| Trace { links: &self.links, places })
    }
}

impl<'a> Trace<'a> {
    /// What a word of the query in hand is to those of the earlier one.
    pub fn link(&self, number: u16) -> Link {
        self.links.get(usize::from(number)).copied().unwrap_or(Link::New)
    }

    /// The places of a word of the earlier query, by message.
    pub fn places(&self, number: u16) -> impl Iterator<Item = Place> + use<'a> {
        self.places.iter().filter(move |place| place.term == number).copied()
    }

    /// The messages with a word of the earlier query, in order.
    pub fn messages(&self, number: u16) -> impl Iterator<Item = u32> + use<'a> {
        let mut last = None;
        self.places(number)
            .map(|place| place.message)
            .filter(move |&message| last.replace(message) != Some(message))
    }
}

/// What the words of a query are to those of an earlier one that looked at the same messages.
pub(in crate::search) fn links(now: &[Term], before: &[Term]) -> Vec<Link> {
    let numbered = || (0_u16..).zip(before).filter(|(_, term)| !term.title_only);
    let link = |word: &Term| {
        let same = numbered().find(|(_, earlier)| earlier.wording == word.wording);
        let shorter = || numbered().find(|(_, earlier)| implies(&word.wording, &earlier.wording));
        same.map(|(number, _)| Link::Same(number))
            .or_else(|| {
                let (number, earlier) = shorter()?;
                let is_grown = word.wording.text().starts_with(earlier.wording.text())
                    && matches!(&earlier.pattern, Pattern::Literal(literal) if literal.is_apart());
                Some(if is_grown { Link::Grown(number) } else { Link::Longer(number) })
            })
            .unwrap_or(Link::New)
    };
    now.iter().map(link).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::{matching::Fit, query::Wording};

    fn terms(words: &[&str]) -> Vec<Term> {
        let term = |word: &&str| Term::new(&Wording::Word((*word).to_owned()), false, false);
        words.iter().filter_map(term).collect()
    }

    #[test]
    fn a_word_is_followed_when_it_is_typed_on_and_when_it_changes_its_place() {
        let links = links(&terms(&["kubernetes", "list", "in", "Lis"]), &terms(&["list", "kube", "Lis"]));
        assert_eq!(links, [Link::Grown(1), Link::Same(0), Link::New, Link::Same(2)]);
    }

    #[test]
    fn a_word_that_may_overlap_itself_or_holds_another_within_says_only_which_messages() {
        assert_eq!(
            links(&terms(&["anan", "minikube"]), &terms(&["ana", "kube"])),
            [Link::Longer(0), Link::Longer(1)]
        );
    }

    #[test]
    fn what_is_too_much_is_not_kept_and_says_nothing() {
        let place = |term, message, start| Place { term, message, start, end: start + 2, fit: Fit::Whole };
        let mut traces = Traces::default();
        traces.add(Handle(1), vec![place(0, 2, 5), place(0, 2, 9), place(1, 3, 20), place(0, 4, 30)], 5);
        traces.add(Handle(2), vec![place(0, 0, 0), place(1, 0, 4)], 5);
        assert_eq!(traces.len(), 4);
        let lead = Lead::new(&Arc::new(traces), vec![Link::Longer(0)]);
        let known = lead.of(Handle(1));
        assert_eq!((known.link(0), known.link(1)), (Link::Longer(0), Link::New));
        assert_eq!(known.messages(0).collect::<Vec<_>>(), [2, 4]);
        assert_eq!(known.places(1).count(), 1);
        assert_eq!(lead.of(Handle(2)).link(0), Link::New);
    }
}
