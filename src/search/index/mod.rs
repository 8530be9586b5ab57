//! What the engine remembers of every conversation, so that most are never looked at: the letters of its title, what
//! its text needs for folding, and the field of [`bloom`].
//!
//! It is made in steps, of whole runs of handles, whenever there is time; what has no entry yet is simply looked at.
//! It takes about a tenth of the text.

pub(in crate::search) mod bloom;
mod entry;

pub(in crate::search) use self::entry::Hints;
use super::matching::{Foldable, LetterSet};
use crate::{
    conversation::Conversation,
    library::{Handle, Library},
};

/// What is remembered of a run of conversations with consecutive handles.
#[derive(Debug)]
pub(in crate::search) struct Section {
    entries: Vec<Entry>,
    fields: Vec<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    letters: LetterSet,
    /// Where its field ends in `fields`; it begins where the one before ends.
    field_end: u32,
    foldable: Foldable,
    is_linear: bool,
}

impl Section {
    /// Looks at the conversations of `handles`; breaks off between two of them when `stop` says so.
    pub fn of(library: &Library, handles: std::ops::Range<u32>, stop: &dyn Fn() -> bool) -> Self {
        let words = handles.clone().map(|handle| words_of(library.get(Handle(handle)))).sum();
        let mut section =
            Self { entries: Vec::with_capacity(handles.len()), fields: Vec::with_capacity(words) };
        for handle in handles {
            if stop() {
                section.fields.shrink_to_fit();
                break;
            }
            section.push(library.get(Handle(handle)));
        }
        section
    }

    /// How many conversations it knows.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    fn push(&mut self, conversation: &Conversation) {
        let text = conversation.readable_text();
        let start = self.fields.len();
        self.fields.resize(start + words_of(conversation), 0);
        let field = &mut self.fields[start..];
        bloom::fill(field, text);
        bloom::fill(field, &conversation.title);
        let foldable = if conversation.is_ascii() { Foldable::default() } else { Foldable::of(text) };
        let messages = conversation.messages();
        let is_chain =
            messages.iter().enumerate().all(|(index, message)| message.parent() == index.checked_sub(1));
        let is_linear = is_chain && conversation.current().is_some_and(|leaf| leaf + 1 == messages.len());
        self.entries.push(Entry {
            letters: LetterSet::of(&conversation.title),
            field_end: self.fields.len() as u32,
            foldable,
            is_linear,
        });
    }

    fn hints(&self, index: usize) -> Hints<'_> {
        let entry = self.entries[index];
        let start = index.checked_sub(1).map_or(0, |before| self.entries[before].field_end);
        let field = &self.fields[start as usize..entry.field_end as usize];
        Hints {
            foldable: entry.foldable,
            letters: entry.letters,
            field: Some(field),
            is_linear: entry.is_linear,
        }
    }
}

/// The size of a conversation's field.
fn words_of(conversation: &Conversation) -> usize {
    bloom::field_words(conversation.readable_text().len())
}

/// See the [module](self).
#[derive(Debug, Default)]
pub(in crate::search) struct Index {
    sections: Vec<Section>,
    /// The first handle of each section.
    starts: Vec<u32>,
    handles: u32,
}

impl Index {
    /// How many handles it knows: all below this.
    pub fn handles(&self) -> u32 {
        self.handles
    }

    /// Takes in what is known of the handles that follow.
    pub fn add(&mut self, section: Section) {
        self.starts.push(self.handles);
        self.handles += section.entries.len() as u32;
        self.sections.push(section);
    }

    /// The letters of a conversation's title.
    pub fn letters(&self, library: &Library, handle: Handle) -> LetterSet {
        if handle.0 < self.handles {
            self.hints(library, handle).letters
        } else {
            LetterSet::of(&library.get(handle).title)
        }
    }

    /// What is known of a conversation; of one that has no entry yet, as much as it takes to look at it.
    pub fn hints(&self, library: &Library, handle: Handle) -> Hints<'_> {
        if handle.0 >= self.handles {
            return Hints::of(library.get(handle));
        }
        let section = self.starts.partition_point(|&start| start <= handle.0) - 1;
        self.sections[section].hints((handle.0 - self.starts[section]) as usize)
    }
}
