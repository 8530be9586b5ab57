//! Where the words of an earlier query stand, so that typing on need not look for them again.
//!
//! A word that is still there stands where it stood. One that was typed on can only stand in messages where its
//! beginning stood, since no hit goes from one message to the next. All else is looked for as if nothing was known.

use std::collections::HashMap;

use super::{judge::Judge, pattern::implies, rank::Place, term::Term};
use crate::library::Handle;

/// The places of all words of a query in conversations that match it. A conversation without an entry may have some
/// too: they were too many to be kept.
#[derive(Debug, Default)]
pub(super) struct Traces {
    places: HashMap<Handle, Box<[Place]>>,
    count: usize,
}

/// What a word is to those of an earlier query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// Nothing.
    New,
    /// The one of this number.
    Same(u16),
    /// It holds the one of this number: a message with it has that one too.
    Longer(u16),
}

/// What is known of one conversation by an earlier query. Nothing, by default.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Trace<'a> {
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

    /// What is known of a conversation, for a query whose words are linked so with those of this one.
    pub fn of<'a>(&'a self, handle: Handle, links: &'a [Link]) -> Trace<'a> {
        match self.places.get(&handle) {
            Some(places) if !links.is_empty() => Trace { links, places },
            _ => Trace::default(),
        }
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

/// What the words of a query are to those of an earlier one; empty if they look at different messages.
pub(super) fn links(now: &Judge, before: &Judge) -> Vec<Link> {
    if !now.looks_where(before) {
        return Vec::new();
    }
    let numbered = || (0_u16..).zip(before.wanted()).filter(|(_, term)| !term.title_only);
    let link = |word: &Term| {
        let same = numbered().find(|(_, earlier)| earlier.wording == word.wording);
        let shorter = || numbered().find(|(_, earlier)| implies(&word.wording, &earlier.wording));
        same.map(|(number, _)| Link::Same(number))
            .or_else(|| shorter().map(|(number, _)| Link::Longer(number)))
            .unwrap_or(Link::New)
    };
    now.wanted().iter().map(link).collect()
}
