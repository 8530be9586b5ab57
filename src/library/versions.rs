//! Tells which of the conversations with one id are versions of one conversation, and which of these is the latest.
//!
//! Two are versions of one where they have a message in common, or where a third has one in common with each of them:
//! what was superseded is still known, so the answer does not depend on the order in which they come. One without any
//! text is a version of whichever else has its id. Each text is looked at once: the work grows with what is added.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashMap, HashTable, hash_map::Entry};

use super::entry::{Lateness, LibraryEntry, lateness};

/// The versions of all conversations, by their ids.
#[derive(Clone, Debug, Default)]
pub(super) struct KnownVersions {
    /// The first handle of each id, by the id's hash. The hash stands beside its handle: a table that grows must not
    /// go through all conversations, which takes longer than a key may wait.
    first: HashTable<(u64, u32)>,
    hasher: DefaultHashBuilder,
    /// The conversations of each id that came more than once, by the first handle.
    by_shared_id: HashMap<u32, ConversationsOfId>,
    superseded: usize,
    same_id_count: usize,
}

/// The consequence of adding a conversation.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Added {
    /// It is the latest of its versions.
    pub is_listed: bool,
    /// The handles that were listed until now and are not any more.
    pub gone: Vec<u32>,
}

impl KnownVersions {
    /// Takes in a conversation with an id of its own; `get` returns the one of a handle that was added before.
    pub fn add<'a, T: LibraryEntry + 'a>(
        &mut self,
        handle: u32,
        conversation: &T,
        get: impl Fn(u32) -> &'a T,
    ) -> Added {
        let hash = self.hasher.hash_one(conversation.id());
        let is_same = |&(_, other): &(u64, u32)| get(other).id() == conversation.id();
        let Some(&(_, first)) = self.first.find(hash, is_same) else {
            self.first.insert_unique(hash, (hash, handle), |&(hash, _)| hash);
            return Added { is_listed: true, gone: Vec::new() };
        };
        let same = self.by_shared_id.entry(first).or_insert_with(|| ConversationsOfId::of(first, get(first)));
        let (listed, superseded) = (same.listed(), same.superseded());
        let added = same.add(handle, conversation, &get);
        self.same_id_count = self.same_id_count + same.listed() - listed;
        self.superseded = self.superseded + same.superseded() - superseded;
        added
    }

    /// Counts the conversations that are not listed, since a later version of them is.
    pub fn superseded(&self) -> usize {
        self.superseded
    }

    /// Counts the conversations that are listed beside another with the same id.
    pub fn same_id_count(&self) -> usize {
        self.same_id_count
    }
}

/// The conversations of one id, parted into groups: those of a group are versions of one conversation.
#[derive(Clone, Debug, Default)]
struct ConversationsOfId {
    versions: Vec<ConversationVersion>,
    /// The number of groups that have text.
    groups: usize,
    /// A version without text, if there is one.
    blank: Option<usize>,
    /// A version that has each text, by the text's hash. Made when two do not begin alike: most versions of one do.
    texts: HashMap<u64, usize>,
    /// The number of versions whose texts are among these.
    indexed: usize,
}

/// One conversation among those of its id.
#[derive(Clone, Debug)]
struct ConversationVersion {
    handle: u32,
    is_blank: bool,
    /// Another version of its group; the root of a group names itself.
    parent: usize,
    /// Of the group that this is the root of: its latest version, and what makes it that.
    latest: (Lateness, u32),
}

impl ConversationsOfId {
    fn of(handle: u32, conversation: &impl LibraryEntry) -> Self {
        let mut same = Self::default();
        same.push(handle, conversation);
        same
    }

    /// Counts the conversations that are listed: one of each group; one without text stands for a group only where
    /// nothing else does.
    fn listed(&self) -> usize {
        self.groups.max(1)
    }

    fn superseded(&self) -> usize {
        self.versions.len() - self.listed()
    }

    fn push(&mut self, handle: u32, conversation: &impl LibraryEntry) -> usize {
        let index = self.versions.len();
        let is_blank = conversation.text_hashes().next().is_none();
        let latest = (lateness(conversation), handle);
        self.versions.push(ConversationVersion { handle, is_blank, parent: index, latest });
        if is_blank {
            self.blank.get_or_insert(index);
        } else {
            self.groups += 1;
        }
        index
    }

    fn add<'a, T: LibraryEntry + 'a>(
        &mut self,
        handle: u32,
        conversation: &T,
        get: &impl Fn(u32) -> &'a T,
    ) -> Added {
        let (groups, blank) = (self.groups, self.blank);
        let index = self.push(handle, conversation);
        let mut gone = Vec::new();
        match blank {
            Some(blank) if self.versions[index].is_blank => {
                let earlier = self.unite(blank, index);
                // Nobody sees which it is where there is text.
                gone.extend(earlier.filter(|_| groups == 0));
            }
            Some(blank) if groups == 0 => {
                let root = self.root(blank);
                gone.push(self.versions[root].latest.1);
            }
            _ => {}
        }
        if !self.versions[index].is_blank && groups > 0 {
            self.join(index, conversation, get, &mut gone);
        }
        let is_listed = !gone.contains(&handle) && (self.groups == 0 || !self.versions[index].is_blank);
        gone.retain(|&other| other != handle);
        Added { is_listed, gone }
    }

    /// Unites the last version with all that have one of its texts.
    fn join<'a, T: LibraryEntry + 'a>(
        &mut self,
        index: usize,
        conversation: &T,
        get: &impl Fn(u32) -> &'a T,
        gone: &mut Vec<u32>,
    ) {
        if self.texts.is_empty() {
            let other = self.versions[..index].iter().position(|other| !other.is_blank).unwrap_or(index);
            if get(self.versions[other].handle).text_hashes().next() == conversation.text_hashes().next() {
                gone.extend(self.unite(other, index));
                return;
            }
        }
        for version in self.indexed..=index {
            let handle = self.versions[version].handle;
            let of = if version == index { conversation } else { get(handle) };
            for text in of.text_hashes() {
                match self.texts.entry(text) {
                    Entry::Occupied(other) => {
                        let other = *other.get();
                        gone.extend(self.unite(other, version));
                    }
                    Entry::Vacant(free) => {
                        free.insert(version);
                    }
                }
            }
        }
        self.indexed = index + 1;
    }

    /// Makes the groups of two versions one; returns the handle that stood for one of them and does not any more.
    fn unite(&mut self, one: usize, other: usize) -> Option<u32> {
        let (one, other) = (self.root(one), self.root(other));
        if one == other {
            return None;
        }
        self.groups -= usize::from(!self.versions[other].is_blank);
        self.versions[other].parent = one;
        let joined = self.versions[other].latest;
        let latest = &mut self.versions[one].latest;
        let earlier = if joined > *latest { std::mem::replace(latest, joined) } else { joined };
        Some(earlier.1)
    }

    /// Finds the root of a version's group, and shortens the way to it.
    fn root(&mut self, mut version: usize) -> usize {
        while self.versions[version].parent != version {
            let parent = self.versions[version].parent;
            self.versions[version].parent = self.versions[parent].parent;
            version = parent;
        }
        version
    }
}
