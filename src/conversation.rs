//! One conversation, as data: a text buffer, messages that point into it, and the tree they form.
//!
//! Nothing here reads a file, knows a provider's format or a terminal. A conversation is built once, by an
//! importer through [`ConversationBuilder`], and never changes afterwards; whoever shows, searches or extracts it
//! borrows it.
//!
//! The layout is flat on purpose. All text of a conversation lies in **one** buffer, in three runs: what the
//! provider itself shows ([`Visibility::Shown`]), then what it folds away, then what it hides. So a search over the visible
//! text is one scan over one slice. Behind the text of a message stands what is said beside it, the texts of its files and
//! the names of its sources, so that the same scan searches it. A conversation of ten thousand messages is three
//! allocations, not ten thousand. The tree is an array of parents: messages stand in depth-first order (a parent before its
//! children, siblings by creation), and nothing ever recurses over it.

mod annotation;
mod attached_text;
mod builder;
mod message;
mod name_table;
mod origin;
mod summary;
#[cfg(test)]
pub mod testing;
mod time;
mod tree;
mod words_beside;

use std::num::NonZeroU64;

use self::message::NONE_32;
pub(crate) use self::name_table::NameTable;
pub use self::{
    annotation::{Annotation, AnnotationKind, Attachment, Link, Media},
    attached_text::AttachedText,
    builder::{ConversationBuilder, ConversationMeta, MessageDraft},
    message::{Message, MessageKind, Role, Visibility},
    origin::{ConversationKind, ObjectLocation, Provider, digest},
    summary::{ConversationSummary, newest_message, text_hashes},
    time::Time,
    tree::Tree,
};

/// One conversation: what it is called, what was said, and how its branches hang together.
#[derive(Clone, Debug, PartialEq)]
pub struct Conversation {
    /// The provider's id, or one made from its position in the archive.
    pub id: Box<str>,
    /// `true` if the export gave no id; such a conversation is never merged with another.
    pub id_is_generated: bool,
    /// The title; the first line of the first prompt when the export has none. Never empty.
    pub title: Box<str>,
    /// The time it began.
    pub created: Option<Time>,
    /// The time of its last addition.
    pub updated: Option<Time>,
    /// The provider whose export it came from.
    pub provider: Provider,
    /// `true` if the person archived it.
    pub archived: bool,
    /// `true` if it is starred or pinned.
    pub starred: bool,
    /// The sort of thing that was read as a conversation.
    pub kind: ConversationKind,
    /// `true` if it is with a custom GPT (`g-…`); projects (`g-p-…`) are not.
    pub is_custom_gpt: bool,
    /// The custom GPT's or project's id, or empty.
    pub gpt_or_project_id: Box<str>,
    /// The place of the original object.
    pub object_location: ObjectLocation,
    /// The [`digest`] of the original object; `None`: it was not read from an archive.
    pub digest: Option<NonZeroU64>,
    current: u32,
    model: u16,
    shown_end: u32,
    folded_end: u32,
    ascii: bool,
    names: Box<[Box<str>]>,
    text: Box<str>,
    messages: Box<[Message]>,
    annotations: Box<[Annotation]>,
}

impl Conversation {
    /// Returns all messages in depth-first order, hidden ones too.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Returns whether each message follows the one before it: there are no branches.
    pub fn is_chain(&self) -> bool {
        self.messages.iter().enumerate().all(|(index, message)| message.parent() == index.checked_sub(1))
    }

    /// Returns the whole buffer. Between two messages stands one NUL byte, so that no phrase is found across
    /// them.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the part of the buffer that holds the shown messages, in their order.
    pub fn shown_text(&self) -> &str {
        &self.text[..self.shown_end as usize]
    }

    /// Returns the part of the buffer that holds the shown and the folded messages.
    pub fn readable_text(&self) -> &str {
        &self.text[..self.folded_end as usize]
    }

    /// Returns whether the readable text is plain ASCII: it needs no folding to be searched.
    pub fn is_ascii(&self) -> bool {
        self.ascii
    }

    /// Returns a message's text: cleaned (citations resolved into Markdown links), otherwise as written.
    pub fn message_text(&self, message: usize) -> &str {
        &self.text[self.messages[message].text_range()]
    }

    /// Returns all that a message says: its text, and then what stands beside it, each behind a NUL: the names and texts
    /// of its attachments, the titles and addresses of its sources.
    pub fn message_words(&self, message: usize) -> &str {
        &self.text[self.messages[message].words_range()]
    }

    /// Returns the same in pieces, each with its place in it: first the text, which may be empty.
    pub fn message_word_pieces(&self, message: usize) -> impl Iterator<Item = (usize, &str)> {
        let (text, words) = (self.message_text(message), self.message_words(message));
        let beside = words.get(text.len() + 1..).unwrap_or_default();
        let mut next = text.len() + 1;
        let pieces = beside.split('\0').map(move |piece| {
            let place = next;
            next += piece.len() + 1;
            (place, piece)
        });
        std::iter::once((0, text)).chain(pieces.filter(|(_, piece)| !piece.is_empty()))
    }

    /// Returns the text of an attachment of a message; empty where the export does not carry it.
    pub fn attached_text<'a>(&'a self, message: usize, attachment: &'a Attachment) -> &'a str {
        match &attachment.content {
            AttachedText::Own(text) => text,
            AttachedText::InMessage { range, .. } => {
                self.message_words(message).get(range.start as usize..range.end as usize).unwrap_or_default()
            }
        }
    }

    /// Returns a message's annotations, by their place.
    pub fn message_annotations(&self, message: usize) -> &[Annotation] {
        let (start, end) = self.messages[message].annotations;
        &self.annotations[start as usize..end as usize]
    }

    /// Returns the model that wrote a message (its slug), if known.
    pub fn message_model(&self, message: usize) -> Option<&str> {
        self.names.get(self.messages[message].model as usize).map(|name| &**name)
    }

    /// Returns a message's name: the tool of a call or result, the language of a code message, the type of an
    /// unknown one.
    pub fn message_name(&self, message: usize) -> Option<&str> {
        self.names.get(self.messages[message].name as usize).map(|name| &**name)
    }

    /// Returns the conversation's default model, else that of its last answer.
    pub fn model(&self) -> Option<&str> {
        self.names.get(self.model as usize).map(|name| &**name)
    }

    /// Returns the name of the project that it is; empty if that has none. `None`: it is no project.
    pub fn project_name(&self) -> Option<&str> {
        (self.kind == ConversationKind::Project)
            .then(|| self.title.strip_prefix(ConversationKind::PROJECT_TITLE).unwrap_or_default())
    }

    /// Returns the message at which the provider's screen last stood: the leaf of the visible branch.
    pub fn current_leaf(&self) -> Option<usize> {
        (self.current != NONE_32).then_some(self.current as usize)
    }

    /// Returns the messages from the root to `leaf`, in reading order.
    pub fn path_to(&self, leaf: usize) -> Vec<usize> {
        let mut path: Vec<usize> =
            std::iter::successors(Some(leaf), |&message| self.messages[message].parent()).collect();
        path.reverse();
        path
    }

    /// Returns the visible path: the messages from the root to [`Conversation::current_leaf`].
    pub fn current_path(&self) -> Vec<usize> {
        self.current_leaf().map(|leaf| self.path_to(leaf)).unwrap_or_default()
    }

    /// Finds the message that owns this byte of [`Conversation::text`]; `None` on a separator.
    pub fn message_at(&self, byte: usize) -> Option<usize> {
        // Messages stand in depth-first order, their texts in runs by visibility: three sorted sequences.
        let visibility = if byte < self.shown_end as usize {
            Visibility::Shown
        } else if byte < self.folded_end as usize {
            Visibility::Folded
        } else {
            Visibility::Hidden
        };
        self.messages
            .iter()
            .position(|message| message.visibility == visibility && message.text_range().contains(&byte))
    }

    /// Counts the messages that are part of the conversation: shown, on any branch.
    pub fn shown_count(&self) -> usize {
        self.messages.iter().filter(|message| message.visibility == Visibility::Shown).count()
    }

    /// Counts the bytes this conversation keeps on the heap, for the limit on memory.
    pub fn heap_size(&self) -> usize {
        let names: usize = self.names.iter().map(|name| size_of::<Box<str>>() + name.len()).sum();
        let annotations: usize = self.annotations.iter().map(|part| part.detail.heap_size()).sum();
        self.id.len()
            + self.title.len()
            + self.gpt_or_project_id.len()
            + self.text.len()
            + size_of_val(&*self.messages)
            + size_of_val(&*self.annotations)
            + names
            + annotations
    }
}
