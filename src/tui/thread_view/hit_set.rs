//! The hits in a thread in the order in which one goes through them: those on the branch that is read, then the others.

use std::ops::Range;

use crate::search::Hit;

/// The hits of a thread, and the one in focus.
#[derive(Debug, Default)]
pub(in crate::tui) struct HitSet {
    /// All of them, by message, then position.
    hits: Vec<Hit>,
    /// Indices into `hits`, in the order in which one goes through them.
    order: Vec<usize>,
    /// The number of them on the branch that is read: they come first.
    on_branch: usize,
    /// The one in focus, as an index into `order`.
    focus: Option<usize>,
}

impl HitSet {
    /// Takes hits, none of them in focus; `path` are the messages of the branch that is read, in order.
    pub fn new(hits: Vec<Hit>, path: &[usize]) -> Self {
        let mut set = Self { hits, ..Self::default() };
        set.put_first(path);
        set
    }

    /// Puts the hits of another branch first. The one in focus stays in focus.
    pub fn put_first(&mut self, path: &[usize]) {
        let focused = self.focus.map(|focus| self.order[focus]);
        let is_on_path = |&index: &usize| path.binary_search(&self.hits[index].message).is_ok();
        let (mut order, others): (Vec<usize>, Vec<usize>) = (0..self.hits.len()).partition(is_on_path);
        self.on_branch = order.len();
        order.extend(others);
        self.order = order;
        self.focus = focused.and_then(|index| self.place_of(index));
    }

    /// Returns the number of hits.
    pub fn len(&self) -> usize {
        self.hits.len()
    }

    /// Returns the place of the hit in focus in the order in which one goes through them.
    pub fn focus(&self) -> Option<usize> {
        self.focus
    }

    /// Returns the hit in focus.
    pub fn focused(&self) -> Option<&Hit> {
        self.focus.map(|place| self.at(place))
    }

    /// Puts the hit at a place of the order into focus, and returns it.
    pub fn set_focus(&mut self, place: usize) -> &Hit {
        self.focus = Some(place);
        self.at(place)
    }

    fn at(&self, place: usize) -> &Hit {
        &self.hits[self.order[place]]
    }

    /// Returns whether the hit at this place is on the branch that is read.
    pub fn is_on_branch(&self, place: usize) -> bool {
        place < self.on_branch
    }

    fn place_of(&self, index: usize) -> Option<usize> {
        self.order.iter().position(|&other| other == index)
    }

    /// Returns the place of the first hit of a message; else of the first after it on the branch, else of the first.
    pub fn first_from(&self, message: usize) -> Option<usize> {
        let index = self.hits.partition_point(|hit| hit.message < message);
        let is_of_message = self.hits.get(index).is_some_and(|hit| hit.message == message);
        let of_message = is_of_message.then_some(index).and_then(|index| self.place_of(index));
        of_message.or_else(|| self.next_on_branch(message)).or((!self.hits.is_empty()).then_some(0))
    }

    /// Returns the place of the hit at this byte of a message's words.
    pub fn place_at(&self, message: usize, byte: usize) -> Option<usize> {
        let index = self.hits.partition_point(|hit| (hit.message, hit.range.end) <= (message, byte));
        self.hits.get(index).filter(|hit| hit.message == message)?;
        self.place_of(index)
    }

    /// Returns the place of the first hit on the branch from a message on.
    pub fn next_on_branch(&self, message: usize) -> Option<usize> {
        let place = self.order[..self.on_branch].partition_point(|&index| self.hits[index].message < message);
        (place < self.on_branch).then_some(place)
    }

    /// Returns the place of the last hit on the branch up to a message.
    pub fn last_on_branch(&self, message: usize) -> Option<usize> {
        let order = &self.order[..self.on_branch];
        order.partition_point(|&index| self.hits[index].message <= message).checked_sub(1)
    }

    /// Returns the first hit of a message.
    pub fn first_of(&self, message: usize) -> Option<&Hit> {
        let index = self.hits.partition_point(|hit| hit.message < message);
        self.hits.get(index).filter(|hit| hit.message == message)
    }

    /// Returns the places of a message's hits in a part of its text: a message may have a million.
    pub fn ranges(&self, message: usize, part: &Range<usize>) -> Vec<Range<usize>> {
        let start = self.hits.partition_point(|hit| (hit.message, hit.range.end) <= (message, part.start));
        self.hits[start..]
            .iter()
            .take_while(|hit| hit.message == message && hit.range.start < part.end)
            .map(|hit| hit.range.clone())
            .collect()
    }
}
