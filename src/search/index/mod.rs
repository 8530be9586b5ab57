//! The index: for each conversation what rules most of them out without a look at their text: the letters of the
//! title, the characters that need folding, and a [bloom filter](bloom).
//!
//! It is built in segments, runs of consecutive handles, whenever there is time; a conversation that has no entry yet
//! is simply looked at. It takes about a tenth of the text.

pub(in crate::search) mod bloom;
mod entry;
mod title_letters;

pub(in crate::search) use self::{entry::IndexEntry, title_letters::LetterSet};
use super::matching::FoldsToAscii;
use crate::{
    conversation::Conversation,
    library::{Handle, Library},
};

/// The entries of a run of conversations with consecutive handles.
#[derive(Debug)]
pub(in crate::search) struct IndexSegment {
    entries: Vec<StoredEntry>,
    blooms: Vec<u64>,
}

#[derive(Clone, Copy, Debug)]
struct StoredEntry {
    title_letters: LetterSet,
    /// The end of its bloom filter in `blooms`; it begins where the one before ends.
    bloom_end: u32,
    folds_to_ascii: FoldsToAscii,
    is_linear: bool,
}

impl IndexSegment {
    /// Indexes the conversations of `handles`; ends between two of them when `stop` says so.
    pub fn of(library: &Library, handles: std::ops::Range<u32>, stop: &dyn Fn() -> bool) -> Self {
        let words = handles.clone().map(|handle| bloom_blocks_of(library.get(Handle(handle)))).sum();
        let mut segment =
            Self { entries: Vec::with_capacity(handles.len()), blooms: Vec::with_capacity(words) };
        for handle in handles {
            if stop() {
                segment.blooms.shrink_to_fit();
                break;
            }
            segment.push(library.get(Handle(handle)));
        }
        segment
    }

    /// Returns the number of conversations in it.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    fn push(&mut self, conversation: &Conversation) {
        let text = conversation.readable_text();
        let start = self.blooms.len();
        self.blooms.resize(start + bloom_blocks_of(conversation), 0);
        let bloom = &mut self.blooms[start..];
        bloom::insert_text(bloom, text);
        bloom::insert_text(bloom, &conversation.title);
        let foldable = if conversation.is_ascii() { FoldsToAscii::default() } else { FoldsToAscii::of(text) };
        let messages = conversation.messages();
        let is_chain =
            messages.iter().enumerate().all(|(index, message)| message.parent() == index.checked_sub(1));
        let is_linear =
            is_chain && conversation.current_leaf().is_some_and(|leaf| leaf + 1 == messages.len());
        self.entries.push(StoredEntry {
            title_letters: LetterSet::of(&conversation.title),
            bloom_end: self.blooms.len() as u32,
            folds_to_ascii: foldable,
            is_linear,
        });
    }

    fn entry(&self, index: usize) -> IndexEntry<'_> {
        let entry = self.entries[index];
        let start = index.checked_sub(1).map_or(0, |before| self.entries[before].bloom_end);
        let bloom = &self.blooms[start as usize..entry.bloom_end as usize];
        IndexEntry {
            folds_to_ascii: entry.folds_to_ascii,
            title_letters: entry.title_letters,
            bloom: Some(bloom),
            is_linear: entry.is_linear,
        }
    }
}

/// Returns the size of a conversation's bloom filter.
fn bloom_blocks_of(conversation: &Conversation) -> usize {
    bloom::bloom_blocks(conversation.readable_text().len())
}

/// The index of a library, as far as it is built.
#[derive(Debug, Default)]
pub(in crate::search) struct Index {
    segments: Vec<IndexSegment>,
    /// The first handle of each segment.
    starts: Vec<u32>,
    handles: u32,
}

impl Index {
    /// Returns the number of handles that are indexed: all below it.
    pub fn handles(&self) -> u32 {
        self.handles
    }

    /// Adds the segment of the handles that follow.
    pub fn add(&mut self, segment: IndexSegment) {
        self.starts.push(self.handles);
        self.handles += segment.entries.len() as u32;
        self.segments.push(segment);
    }

    /// Returns the letters of a conversation's title.
    pub fn title_letters(&self, library: &Library, handle: Handle) -> LetterSet {
        if handle.0 < self.handles {
            self.entry(library, handle).title_letters
        } else {
            LetterSet::of(&library.get(handle).title)
        }
    }

    /// Returns the entry of a conversation; of one that is not indexed yet, what a look at it tells.
    pub fn entry(&self, library: &Library, handle: Handle) -> IndexEntry<'_> {
        if handle.0 >= self.handles {
            return IndexEntry::unindexed(library.get(handle));
        }
        let segment = self.starts.partition_point(|&start| start <= handle.0) - 1;
        self.segments[segment].entry((handle.0 - self.starts[segment]) as usize)
    }
}
