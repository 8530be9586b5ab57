//! What is kept of an object while it is read: nodes by number, messages in one buffer.
//!
//! Each message is turned into its final form as soon as it was read, and its JSON forgotten, so that reading takes
//! little more memory than the conversation does afterwards. What cannot be bounded by the size of the object is
//! bounded here: `"a":{},` is seven bytes of JSON and ten times that as a node.

use std::{borrow::Cow, ops::Range};

use serde::de::{MapAccess, SeqAccess};

use super::{
    message::{self, Sense},
    shape::{Maybe, Message, Stamp},
};
use crate::{
    conversation::{Kind, Part, Role, Time, Visibility},
    import::{
        Census,
        json::{self, Field, Into, Lenient, Present, Sink, Text},
    },
};

/// Nodes of one conversation; real ones have at most some ten thousand. Further ones are left out.
const MOST_NODES: usize = 1 << 21;
/// Links to children in one conversation; a node that is not listed still names its parent.
const MOST_CHILDREN: usize = 1 << 22;
/// Attachments, citations and the like in one conversation.
const MOST_PARTS: usize = 1 << 19;
/// What the lists of one message may take in memory while it is read.
const LISTS: usize = 64 << 20;

/// Marks a slot as empty.
pub(super) const NONE: u32 = u32::MAX;

/// One element of the array, read.
#[derive(Default)]
pub(super) struct Exported<'de> {
    pub id: Text<'de>,
    pub conversation_id: Text<'de>,
    pub title: Text<'de>,
    pub created: Stamp,
    pub updated: Stamp,
    pub current: Text<'de>,
    pub default_model: Text<'de>,
    pub model: Text<'de>,
    pub gizmo: Text<'de>,
    pub template: Text<'de>,
    pub archived: bool,
    pub starred: bool,
    pub pinned: Present,
    /// The marks of other providers.
    pub chat_messages: Present,
    pub inserted_at: Present,
    pub responses: Present,
    pub header: Text<'de>,
    pub mapping: Mapping<'de>,
}

/// The tree and the messages in it, in the order of the file.
#[derive(Default)]
pub(super) struct Mapping<'de> {
    /// It is an object, be it empty.
    pub present: bool,
    pub nodes: Vec<Node<'de>>,
    pub children: Vec<Cow<'de, str>>,
    pub messages: Vec<Note>,
    /// Their texts, one behind the other.
    pub text: String,
    pub parts: Vec<Part>,
    /// Models, tools, types.
    pub names: Vec<Box<str>>,
    /// How often each content type occurred.
    pub census: Census,
    /// Nodes that were left out.
    pub dropped: u64,
}

/// A node of the tree.
pub(super) struct Node<'de> {
    pub id: Cow<'de, str>,
    pub parent: Text<'de>,
    /// Where its children stand in [`Mapping::children`].
    pub children: Range<u32>,
    /// Its message in [`Mapping::messages`], or [`NONE`].
    pub message: u32,
}

/// A message in its final form, except for what the tree decides.
pub(super) struct Note {
    pub role: Role,
    pub visibility: Visibility,
    pub kind: Kind,
    pub interrupted: bool,
    pub canvas: Canvas,
    pub time: Option<Time>,
    /// Slots of [`Mapping::names`].
    pub model: u16,
    pub name: u16,
    pub text: Range<u32>,
    pub parts: Range<u32>,
}

/// What a message does to a canvas document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Canvas {
    None,
    Create,
    Update,
}

impl<'de> Lenient<'de> for Exported<'de> {
    fn from_map<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut read = Self::default();
        json::allow(LISTS);
        while let Some(Field(key)) = map.next_key::<Field<Text<'de>>>()? {
            match key.as_deref().unwrap_or_default() {
                "id" => read.id = map.next_value::<Field<_>>()?.0,
                "conversation_id" => read.conversation_id = map.next_value::<Field<_>>()?.0,
                "title" => read.title = map.next_value::<Field<_>>()?.0,
                "create_time" => read.created = map.next_value::<Field<_>>()?.0,
                "update_time" => read.updated = map.next_value::<Field<_>>()?.0,
                "current_node" => read.current = map.next_value::<Field<_>>()?.0,
                "default_model_slug" => read.default_model = map.next_value::<Field<_>>()?.0,
                "model_slug" => read.model = map.next_value::<Field<_>>()?.0,
                "gizmo_id" => read.gizmo = map.next_value::<Field<_>>()?.0,
                "conversation_template_id" => read.template = map.next_value::<Field<_>>()?.0,
                "is_archived" => read.archived = map.next_value::<Field<_>>()?.0,
                "is_starred" => read.starred = map.next_value::<Field<_>>()?.0,
                "pinned_time" => read.pinned = map.next_value::<Field<_>>()?.0,
                "chat_messages" => read.chat_messages = map.next_value::<Field<_>>()?.0,
                "inserted_at" => read.inserted_at = map.next_value::<Field<_>>()?.0,
                "responses" => read.responses = map.next_value::<Field<_>>()?.0,
                "header" => read.header = map.next_value::<Field<_>>()?.0,
                "mapping" => {
                    read.mapping = Mapping::default();
                    map.next_value_seed(Into(&mut read.mapping))?;
                }
                _ => {
                    map.next_value::<serde::de::IgnoredAny>()?;
                }
            }
        }
        Ok(read)
    }
}

impl<'de> Sink<'de> for &mut Mapping<'de> {
    fn map<A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        self.present = true;
        while let Some(Field(id)) = map.next_key::<Field<Text<'de>>>()? {
            if self.nodes.len() >= MOST_NODES {
                self.dropped += 1;
                map.next_value::<serde::de::IgnoredAny>()?;
                continue;
            }
            let end = self.children.len() as u32;
            self.nodes.push(Node {
                id: id.unwrap_or_default(),
                parent: None,
                children: end..end,
                message: NONE,
            });
            map.next_value_seed(Into(NodeSink(self)))?;
        }
        Ok(())
    }
}

/// Fills the last node.
struct NodeSink<'m, 'de>(&'m mut Mapping<'de>);

impl<'de> Sink<'de> for NodeSink<'_, 'de> {
    fn map<A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        let last = self.0.nodes.len() - 1;
        while let Some(Field(key)) = map.next_key::<Field<Text<'de>>>()? {
            match key.as_deref().unwrap_or_default() {
                "parent" => self.0.nodes[last].parent = map.next_value::<Field<_>>()?.0,
                "children" => {
                    let start = self.0.children.len() as u32;
                    map.next_value_seed(Into(ChildrenSink(&mut self.0.children)))?;
                    self.0.nodes[last].children = start..self.0.children.len() as u32;
                }
                "message" => {
                    json::allow(LISTS);
                    let message = map.next_value::<Field<Maybe<Message<'de>>>>()?.0.0;
                    self.0.nodes[last].message = match message {
                        Some(message) => self.0.take(&message),
                        None => NONE,
                    };
                }
                _ => {
                    map.next_value::<serde::de::IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// Appends the children of a node.
struct ChildrenSink<'m, 'de>(&'m mut Vec<Cow<'de, str>>);

impl<'de> Sink<'de> for ChildrenSink<'_, 'de> {
    fn list<A: SeqAccess<'de>>(&mut self, mut list: A) -> Result<(), A::Error> {
        while let Some(Field(child)) = list.next_element::<Field<Text<'de>>>()? {
            if let Some(child) = child.filter(|_| self.0.len() < MOST_CHILDREN) {
                self.0.push(child);
            }
        }
        Ok(())
    }
}

impl Mapping<'_> {
    /// Keeps a message in its final form, and gives its number.
    fn take(&mut self, message: &Message<'_>) -> u32 {
        self.census.count(message::type_name(message), message::is_known(message));
        let sense = Sense::of(message);
        let start = self.text.len();
        let mut parts = Vec::new();
        sense.say(message, &mut self.text, &mut parts);
        let first_part = self.parts.len();
        parts.truncate(MOST_PARTS.saturating_sub(first_part));
        let said = &self.text[start..];
        let canvas = message::canvas(message);
        let note = Note {
            role: sense.role,
            visibility: sense.visibility(message, said, &parts),
            kind: sense.kind,
            interrupted: message::interrupted(message),
            canvas,
            time: message.created.0,
            model: self.name(message.metadata.model.as_deref()),
            name: self.name(sense.name),
            text: start as u32..self.text.len() as u32,
            parts: first_part as u32..(first_part + parts.len()) as u32,
        };
        self.parts.append(&mut parts);
        self.messages.push(note);
        self.messages.len() as u32 - 1
    }

    /// The slot of a name; the builder's own table bounds how many are told apart.
    fn name(&mut self, name: Option<&str>) -> u16 {
        const MOST: usize = 1_024;
        let Some(name) = name.filter(|name| !name.is_empty()) else { return u16::MAX };
        if let Some(slot) = self.names.iter().rposition(|known| &**known == name) {
            return slot as u16;
        }
        if self.names.len() >= MOST {
            return u16::MAX;
        }
        self.names.push(name.into());
        self.names.len() as u16 - 1
    }
}
