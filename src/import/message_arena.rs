//! What an importer gathers while it reads: messages in their final form, their texts one behind the other.
//!
//! Each message is turned into its final form as soon as it was read, and its JSON forgotten, so that reading takes
//! little more memory than the conversation does afterwards.

use std::ops::Range;

use super::{Census, DocumentSources};
use crate::conversation::{Detail, Draft, Heading, Kind, Part, Provider, Role, Source, Time, Visibility};

/// Marks a slot as empty.
pub(super) const NONE: u32 = u32::MAX;

/// Attachments, citations and the like in one conversation.
const MOST_PARTS: usize = 1 << 19;
/// Models, tools and types that are told apart; the builder's own table bounds them likewise.
const MOST_NAMES: usize = 1_024;

/// A message in its final form, except for what the tree decides.
pub(super) struct ParsedMessage {
    pub role: Role,
    pub visibility: Visibility,
    pub kind: Kind,
    pub interrupted: bool,
    pub time: Option<Time>,
    /// Slots of the table of names.
    pub model: u16,
    pub name: u16,
    pub text: Range<u32>,
    pub parts: Range<u32>,
}

/// The messages in the order of the file.
#[derive(Default)]
pub(super) struct MessageArena {
    pub messages: Vec<ParsedMessage>,
    pub text: String,
    parts: Vec<Part>,
    names: Vec<Box<str>>,
    /// How often each content type occurred.
    pub census: Census,
}

impl MessageArena {
    /// The slot of a name.
    pub(super) fn name(&mut self, name: Option<&str>) -> u16 {
        let Some(name) = name.filter(|name| !name.is_empty()) else { return u16::MAX };
        if let Some(slot) = self.names.iter().rposition(|known| &**known == name) {
            return slot as u16;
        }
        if self.names.len() >= MOST_NAMES {
            return u16::MAX;
        }
        self.names.push(name.into());
        self.names.len() as u16 - 1
    }

    /// Drops the parts of a message for which there is no room.
    pub(super) fn bound(&self, parts: &mut Vec<Part>) {
        parts.truncate(MOST_PARTS.saturating_sub(self.parts.len()));
    }

    /// Keeps parts, which [`MessageArena::bound`] has seen, and says where.
    pub(super) fn keep(&mut self, parts: &mut Vec<Part>) -> Range<u32> {
        let first = self.parts.len() as u32;
        self.parts.append(parts);
        first..self.parts.len() as u32
    }

    /// A message as the builder takes it, without its parent. Its parts are given away.
    pub(super) fn draft(&mut self, number: u32) -> Draft<'_> {
        let parsed = &self.messages[number as usize];
        let own_parts = parsed.parts.start as usize..parsed.parts.end as usize;
        let name = |slot: u16| self.names.get(usize::from(slot)).map(|name| &**name);
        Draft {
            role: parsed.role,
            visibility: parsed.visibility,
            kind: parsed.kind,
            interrupted: parsed.interrupted,
            parent: None,
            time: parsed.time,
            model: name(parsed.model),
            name: name(parsed.name),
            text: &self.text[parsed.text.start as usize..parsed.text.end as usize],
            parts: self.parts[own_parts].iter_mut().map(taken).collect(),
        }
    }
}

/// A part, leaving something small in its place.
fn taken(part: &mut Part) -> Part {
    std::mem::replace(part, Part { range: 0..0, detail: Detail::Thought { seconds: None } })
}

/// [`Heading`] without borrowing.
#[derive(Default)]
pub(super) struct OwnedHeading {
    pub id: Option<Box<str>>,
    pub title: Option<Box<str>>,
    pub model: Option<Box<str>>,
    pub gizmo: Option<Box<str>>,
    pub created: Option<Time>,
    pub updated: Option<Time>,
    pub archived: bool,
    pub starred: bool,
}

impl OwnedHeading {
    pub(super) fn lend(&self, provider: Provider, source: Source) -> Heading<'_> {
        Heading {
            id: self.id.as_deref(),
            title: self.title.as_deref(),
            created: self.created,
            updated: self.updated,
            model: self.model.as_deref(),
            provider,
            archived: self.archived,
            starred: self.starred,
            gizmo: self.gizmo.as_deref(),
            source,
        }
    }
}

/// An object that was read: messages in order, documents not made yet. Its JSON is no longer needed.
pub(super) struct ParsedObject {
    pub provider: Provider,
    pub heading: OwnedHeading,
    pub arena: MessageArena,
    /// Messages in depth-first order, each with the place of the one before it in this list.
    pub order: Vec<(u32, u32)>,
    /// The leaf of the visible branch: a place in `order`.
    pub current: Option<usize>,
    /// Messages left out because there were too many.
    pub dropped: u64,
    /// What its messages do to documents.
    pub documents: DocumentSources,
}
