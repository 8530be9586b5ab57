//! All conversations of the opened archives: merged, ordered, looked up.
//!
//! A library grows by batches while archives are read, and is shared by whoever needs it: behind an [`Arc`] it is
//! copied only when it grows while somebody still looks at the older version, and such a copy shares every batch.

mod entry;
mod versions;

use std::{cmp::Reverse, ops::Deref, sync::Arc};

use crate::conversation::{Conversation, Provider, Time};

pub use entry::LibraryEntry;
use versions::KnownVersions;

/// Names one conversation of a library. Stays valid as the library grows; a merged duplicate's handle stays
/// readable but is no longer listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConversationHandle(pub u32);

/// The order of a list of conversations. Ties keep the order of the archive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// Most recently updated first; conversations without a date last.
    #[default]
    Updated,
    /// Most recently started first.
    Created,
    /// Most shown messages first.
    Messages,
    /// By title, A to Z, upper and lower case together.
    Title,
}

/// A conversation that can be sent to another thread: it keeps its batch alive.
#[derive(Clone, Debug)]
pub struct ConversationRef {
    batch: Arc<Vec<Conversation>>,
    index: u32,
}

impl ConversationRef {
    /// Returns a conversation on its own, outside any library.
    pub fn alone(conversation: Conversation) -> Self {
        Self { batch: Arc::new(vec![conversation]), index: 0 }
    }
}

impl Deref for ConversationRef {
    type Target = Conversation;

    fn deref(&self) -> &Conversation {
        &self.batch[self.index as usize]
    }
}

/// All conversations of the opened archives; see the [module](self). What is not looked at again is kept as a
/// [`ConversationSummary`](crate::conversation::ConversationSummary) instead of whole.
#[derive(Debug)]
pub struct Library<T = Conversation> {
    batches: Vec<Arc<Vec<T>>>,
    /// The first handle of each batch.
    starts: Vec<u32>,
    /// Listed handles, by `updated`, newest first.
    newest: Vec<ConversationHandle>,
    /// The time each of them was updated, side by side with `newest`: merging looks at every one of them.
    dates: Vec<Option<Time>>,
    /// The versions of conversations that came more than once.
    versions: KnownVersions,
    messages: usize,
    text_bytes: usize,
    /// The provider of the first conversation, and whether another's came.
    provider: Option<Provider>,
    mixed: bool,
}

impl<T> Clone for Library<T> {
    fn clone(&self) -> Self {
        Self {
            batches: self.batches.clone(),
            starts: self.starts.clone(),
            newest: self.newest.clone(),
            dates: self.dates.clone(),
            versions: self.versions.clone(),
            ..*self
        }
    }
}

impl<T> Default for Library<T> {
    fn default() -> Self {
        Self {
            batches: Vec::new(),
            starts: Vec::new(),
            newest: Vec::new(),
            dates: Vec::new(),
            versions: KnownVersions::default(),
            messages: 0,
            text_bytes: 0,
            provider: None,
            mixed: false,
        }
    }
}

impl Library {
    /// Returns the conversation of a handle, to keep or send away.
    pub fn share(&self, handle: ConversationHandle) -> ConversationRef {
        let batch = batch_of(&self.starts, handle.0);
        ConversationRef { batch: Arc::clone(&self.batches[batch]), index: handle.0 - self.starts[batch] }
    }
}

impl<T: LibraryEntry + Clone> Library<T> {
    /// Returns the listed conversations themselves, most recently updated first.
    pub fn into_listed(self) -> Vec<T> {
        let Self { batches, starts, newest, .. } = self;
        let mut batches: Vec<Vec<Option<T>>> = batches
            .into_iter()
            .map(|batch| Arc::unwrap_or_clone(batch).into_iter().map(Some).collect())
            .collect();
        let mut take = |handle: ConversationHandle| {
            let batch = batch_of(&starts, handle.0);
            batches[batch][(handle.0 - starts[batch]) as usize].take()
        };
        newest.into_iter().filter_map(&mut take).collect()
    }
}

impl<T: LibraryEntry> Library<T> {
    /// Makes an empty library.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in what was read. Of two versions of one conversation, by its id, the later stays: the one with the newest
    /// message, of equals the one with more messages, then the one updated later, then the one that stands first in
    /// the archives. Two that share an id and not a single message, and that no third links, are no versions of one:
    /// both stay. One with a generated id is never merged. What a library lists, and in which order, does not depend
    /// on the order in which batches arrive.
    pub fn add(&mut self, batch: Vec<T>) {
        let first = self.starts.last().copied().unwrap_or(0)
            + self.batches.last().map_or(0, |batch| batch.len() as u32);
        self.starts.push(first);
        self.batches.push(Arc::new(batch));
        let added = Arc::clone(&self.batches[self.batches.len() - 1]);
        let mut fresh = Vec::with_capacity(added.len());
        let mut gone = Vec::new();
        for (index, conversation) in added.iter().enumerate() {
            let handle = first + index as u32;
            self.mixed |= *self.provider.get_or_insert(conversation.provider()) != conversation.provider();
            if !conversation.id_is_generated() {
                let versions =
                    self.versions.add(handle, conversation, |other| at(&self.batches, &self.starts, other));
                for &older in &versions.gone {
                    let older = at(&self.batches, &self.starts, older);
                    self.messages -= older.shown_count();
                    self.text_bytes -= older.text_length();
                }
                gone.extend(versions.gone.into_iter().map(ConversationHandle));
                if !versions.is_listed {
                    continue;
                }
            }
            self.messages += conversation.shown_count();
            self.text_bytes += conversation.text_length();
            fresh.push(ConversationHandle(handle));
        }
        if !gone.is_empty() {
            gone.sort_unstable();
            let stays = |handle: &ConversationHandle| gone.binary_search(handle).is_err();
            let kept = self.newest.iter().zip(&self.dates).filter(|(handle, _)| stays(handle));
            (self.newest, self.dates) = kept.map(|(&handle, &date)| (handle, date)).unzip();
            fresh.retain(|handle| gone.binary_search(handle).is_err());
        }
        self.merge_newest(fresh);
    }

    /// Merges freshly added handles into the order by date: linear, without sorting what is sorted.
    fn merge_newest(&mut self, mut fresh: Vec<ConversationHandle>) {
        let key = |handle: ConversationHandle| {
            (Reverse(self.get(handle).updated()), self.get(handle).object_location(), handle)
        };
        fresh.sort_by_key(|&handle| key(handle));
        let mut newest = Vec::with_capacity(self.newest.len() + fresh.len());
        let mut dates = Vec::with_capacity(newest.capacity());
        let mut old = 0;
        for handle in fresh {
            let date = self.get(handle).updated();
            let run = self.dates[old..].iter().take_while(|&&other| other > date).count();
            let equals = self.newest[old + run..].iter().zip(&self.dates[old + run..]);
            let equals = equals.take_while(|&(&other, &on)| on == date && key(other) < key(handle)).count();
            newest.extend_from_slice(&self.newest[old..old + run + equals]);
            dates.extend_from_slice(&self.dates[old..old + run + equals]);
            old += run + equals;
            newest.push(handle);
            dates.push(date);
        }
        newest.extend_from_slice(&self.newest[old..]);
        dates.extend_from_slice(&self.dates[old..]);
        (self.newest, self.dates) = (newest, dates);
    }

    /// Returns the conversation of a handle of this library.
    pub fn get(&self, handle: ConversationHandle) -> &T {
        at(&self.batches, &self.starts, handle.0)
    }

    /// Counts the conversations it lists.
    pub fn len(&self) -> usize {
        self.newest.len()
    }

    /// Returns whether nothing is listed.
    pub fn is_empty(&self) -> bool {
        self.newest.is_empty()
    }

    /// Returns whether they are of more than one provider, so that a list should name each one's.
    pub fn is_mixed(&self) -> bool {
        self.mixed
    }

    /// Counts the shown messages they hold, on all branches.
    pub fn message_count(&self) -> usize {
        self.messages
    }

    /// Counts the bytes of text they hold, hidden text included.
    pub fn text_bytes(&self) -> usize {
        self.text_bytes
    }

    /// Counts the duplicates that were merged away.
    pub fn superseded(&self) -> usize {
        self.versions.superseded()
    }

    /// Counts the conversations that were kept beside another with the same id, since they share no message.
    pub fn same_id_count(&self) -> usize {
        self.versions.same_id_count()
    }

    /// Returns one more than the largest handle: the length of a table with a slot for each.
    pub fn handle_bound(&self) -> usize {
        self.batches.last().map_or(0, |batch| batch.len())
            + self.starts.last().map_or(0, |&start| start as usize)
    }

    /// Returns the listed conversations, most recently updated first: the order of the empty query.
    pub fn by_date(&self) -> &[ConversationHandle] {
        &self.newest
    }

    /// Returns the listed conversations in the given order.
    pub fn sorted(&self, sort: Sort) -> Vec<ConversationHandle> {
        let mut handles = self.newest.clone();
        match sort {
            Sort::Updated => {}
            Sort::Created => handles.sort_by_cached_key(|&handle| {
                let conversation = self.get(handle);
                (Reverse(conversation.created()), conversation.object_location())
            }),
            Sort::Messages => handles.sort_by_cached_key(|&handle| {
                let conversation = self.get(handle);
                (Reverse(conversation.shown_count()), conversation.object_location())
            }),
            Sort::Title => handles.sort_by_cached_key(|&handle| {
                let conversation = self.get(handle);
                (conversation.title().to_lowercase(), conversation.object_location())
            }),
        }
        handles
    }

    /// Returns the conversations whose id is, or else begins with, `id`: a whole id is never ambiguous.
    pub fn find_by_id(&self, id: &str) -> Vec<ConversationHandle> {
        let listed = |matches: &dyn Fn(&str) -> bool| -> Vec<ConversationHandle> {
            self.newest.iter().copied().filter(|&handle| matches(self.get(handle).id())).collect()
        };
        let whole = listed(&|other| other == id);
        if whole.is_empty() && !id.is_empty() { listed(&|other| other.starts_with(id)) } else { whole }
    }
}

fn batch_of(starts: &[u32], handle: u32) -> usize {
    starts.partition_point(|&start| start <= handle) - 1
}

fn at<'a, T>(batches: &'a [Arc<Vec<T>>], starts: &[u32], handle: u32) -> &'a T {
    let batch = batch_of(starts, handle);
    &batches[batch][(handle - starts[batch]) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::{
        ConversationMeta, ConversationSummary, MessageDraft, ObjectLocation, Role, testing,
    };

    fn conversation(id: &str, updated: Option<i64>, offset: u64) -> Conversation {
        let meta = ConversationMeta {
            id: Some(id).filter(|id| !id.is_empty()),
            created: None,
            updated: updated.map(Time),
            object_location: ObjectLocation { offset, length: 1, ..ObjectLocation::default() },
            ..testing::meta(id)
        };
        testing::with_meta(meta, [MessageDraft::new(Role::User, id)])
    }

    fn titles(library: &Library) -> Vec<&str> {
        library.by_date().iter().map(|&handle| &*library.get(handle).title).collect()
    }

    #[test]
    fn the_newest_stand_first_and_ties_keep_the_order_of_the_archive() {
        let batch = || {
            vec![
                conversation("a", Some(5), 0),
                conversation("b", Some(9), 1),
                conversation("c", Some(5), 2),
                conversation("d", None, 3),
                conversation("e", Some(7), 4),
            ]
        };
        let mut whole = Library::new();
        whole.add(batch());
        assert_eq!(titles(&whole), ["b", "e", "a", "c", "d"]);
        let mut pieces = Library::new();
        for piece in batch().into_iter().rev() {
            pieces.add(vec![piece]);
        }
        assert_eq!(titles(&pieces), titles(&whole));
    }

    #[test]
    fn of_two_with_one_id_the_one_updated_later_stays_whichever_comes_first() {
        for turned in [false, true] {
            let mut copies = vec![conversation("a", Some(5), 0), conversation("a", Some(9), 1)];
            if turned {
                copies.reverse();
            }
            let mut library = Library::new();
            for copy in copies {
                library.add(vec![copy]);
            }
            assert_eq!((library.len(), library.superseded(), library.message_count()), (1, 1, 1));
            assert_eq!(library.get(library.by_date()[0]).updated, Some(Time(9)));
        }
    }

    /// A version of the conversation "a" with these messages, each by the time it was sent.
    fn version(updated: i64, offset: u64, messages: &[(&'static str, i64)]) -> Conversation {
        let meta = ConversationMeta {
            id: Some("a"),
            created: None,
            updated: Some(Time(updated)),
            object_location: ObjectLocation { offset, length: 1, ..ObjectLocation::default() },
            ..testing::meta("a")
        };
        let draft = |&(text, time): &(&'static str, i64)| MessageDraft {
            time: Some(Time(time)),
            ..MessageDraft::new(Role::User, text)
        };
        testing::with_meta(meta, messages.iter().map(draft))
    }

    #[test]
    fn the_later_version_has_the_newest_message_then_more_messages_then_the_newer_date() {
        let of = |index| match index {
            0 => version(900, 0, &[("one", 10)]),
            1 => version(500, 1, &[("one", 10), ("two", 20)]),
            2 => version(100, 2, &[("one", 10), ("two", 20), ("three", 20)]),
            _ => version(200, 3, &[("one", 10), ("two", 20), ("three", 20)]),
        };
        for turn in 0..4 {
            let mut library = Library::new();
            for index in 0..4 {
                library.add(vec![of((index + turn) % 4)]);
            }
            assert_eq!((library.len(), library.superseded(), library.message_count()), (1, 3, 3), "{turn}");
            assert_eq!(library.get(library.by_date()[0]).object_location.offset, 3, "{turn}");
        }
    }

    #[test]
    fn two_with_one_id_and_no_common_message_both_stay() {
        let of = |index| match index {
            0 => version(5, 0, &[("one", 10)]),
            1 => version(9, 1, &[("other", 20)]),
            _ => version(9, 2, &[("one", 10), ("more", 30)]),
        };
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let mut library = Library::new();
            for index in order {
                library.add(vec![of(index)]);
            }
            let listed = library.by_date().iter();
            let offsets: Vec<u64> =
                listed.map(|&handle| library.get(handle).object_location.offset).collect();
            assert_eq!(
                (offsets, library.superseded(), library.same_id_count()),
                (vec![1, 2], 1, 1),
                "{order:?}"
            );
            assert_eq!(library.find_by_id("a").len(), 2);
        }
    }

    #[test]
    fn what_is_listed_of_one_id_does_not_depend_on_the_order_it_comes_in() {
        // The third links the first two; the last, without text, goes with any.
        const VERSIONS: [(i64, &[(&str, i64)]); 6] = [
            (1, &[("one", 10)]),
            (2, &[("two", 20), ("three", 30)]),
            (3, &[("one", 10), ("two", 20)]),
            (4, &[("four", 40)]),
            (5, &[("five", 50)]),
            (6, &[]),
        ];
        let listed = |order: &[usize], batch: usize| {
            let mut library = Library::new();
            for part in order.chunks(batch) {
                let versions = part.iter().map(|&index| (index, VERSIONS[index]));
                library.add(
                    versions
                        .map(|(index, (updated, messages))| version(updated, index as u64, messages))
                        .collect(),
                );
            }
            let offsets: Vec<u64> =
                library.by_date().iter().map(|&handle| library.get(handle).object_location.offset).collect();
            let counts = (library.superseded(), library.same_id_count(), library.message_count());
            (offsets, counts)
        };
        let mut order = [0, 1, 2, 3, 4, 5];
        for turn in 0..720 {
            // The next order of all there are.
            if let Some(at) = order.windows(2).rposition(|two| two[0] < two[1]) {
                let larger = order.iter().rposition(|&index| index > order[at]).expect("there is one");
                order.swap(at, larger);
                order[at + 1..].reverse();
            }
            assert_eq!(listed(&order, 1 + turn % 3), (vec![4, 3, 1], (3, 2, 4)), "{order:?}");
        }
        // Where nothing has text, one stays.
        let mut library = Library::new();
        library.add(vec![version(1, 0, &[]), version(2, 1, &[])]);
        assert_eq!((library.len(), library.superseded(), library.same_id_count()), (1, 1, 0));
        assert_eq!(library.get(library.by_date()[0]).updated, Some(Time(2)));
        library.add(vec![version(1, 2, &[("one", 10)])]);
        assert_eq!((library.len(), library.superseded(), library.same_id_count()), (1, 2, 0));
    }

    #[test]
    fn summaries_are_merged_as_the_conversations_are() {
        const VERSIONS: [(i64, &[(&str, i64)]); 5] = [
            (1, &[("one", 10), ("two", 20)]),
            (2, &[(" two ", 20), ("three", 30)]),
            (3, &[("four", 40)]),
            (4, &[]),
            (5, &[("one", 10)]),
        ];
        let of = |index: usize| version(VERSIONS[index].0, index as u64, VERSIONS[index].1);
        for first in 0..VERSIONS.len() {
            let (mut whole, mut summaries) = (Library::new(), Library::new());
            for index in (0..VERSIONS.len()).map(|index| (first + 2 * index) % VERSIONS.len()) {
                summaries.add(vec![ConversationSummary::of(&of(index))]);
                whole.add(vec![of(index)]);
            }
            assert_eq!(summaries.by_date(), whole.by_date());
            assert_eq!(summaries.message_count(), whole.message_count());
            assert_eq!(summaries.text_bytes(), whole.text_bytes());
            assert_eq!(
                (summaries.superseded(), summaries.same_id_count()),
                (whole.superseded(), whole.same_id_count())
            );
        }
    }

    #[test]
    fn of_two_equals_the_first_in_the_archive_stays_whichever_comes_first() {
        for offsets in [[0, 8], [8, 0]] {
            let mut library = Library::new();
            for offset in offsets {
                library.add(vec![conversation("a", Some(5), offset)]);
            }
            assert_eq!(library.get(library.by_date()[0]).object_location.offset, 0);
        }
    }

    #[test]
    fn conversations_without_an_id_are_never_merged() {
        let mut library = Library::new();
        library.add(vec![conversation("", None, 0), conversation("", None, 0)]);
        assert_eq!(library.len(), 2);
    }

    #[test]
    fn a_whole_id_is_never_ambiguous() {
        let mut library = Library::new();
        library.add(vec![conversation("ab", None, 0), conversation("abc", None, 1)]);
        assert_eq!(
            (library.find_by_id("ab").len(), library.find_by_id("a").len(), library.find_by_id("").len()),
            (1, 2, 0)
        );
    }
}
