//! Parses an object into nodes by number and messages in one buffer.
//!
//! What cannot be bounded by the size of the object is bounded here: `"a":{},` is seven bytes of JSON and ten times
//! that as a node.

use std::{borrow::Cow, ops::Range};

use serde::de::{IgnoredAny, MapAccess, SeqAccess};

use super::{
    canvas::Canvas,
    message::{self, Sense},
    shape::{Maybe, Message},
};
use crate::import::{
    json::{Allowance, FieldKey, IsPresent, Lenient, MaybeText, Sink, SinkSeed},
    marks::Marks,
    message_arena::{MessageArena, NONE, ParsedMessage},
    timestamp::Timestamp,
};

/// The number of nodes that are read of one conversation; real ones have at most some ten thousand.
const MOST_NODES: usize = 1 << 21;
/// The number of links to children that are read of one conversation; a node that is not listed still names
/// its parent.
const MOST_CHILDREN: usize = 1 << 22;
/// The memory that the lists of one message may take while it is read, in bytes.
pub(super) const LISTS: usize = 64 << 20;

/// One element of the array, read.
#[derive(Default)]
pub(super) struct Element<'de> {
    pub id: MaybeText<'de>,
    pub conversation_id: MaybeText<'de>,
    pub title: MaybeText<'de>,
    pub created: Timestamp,
    pub updated: Timestamp,
    pub current: MaybeText<'de>,
    pub default_model: MaybeText<'de>,
    pub model: MaybeText<'de>,
    pub gizmo: MaybeText<'de>,
    pub template: MaybeText<'de>,
    pub archived: bool,
    pub starred: bool,
    pub pinned: IsPresent,
    /// The marks of other providers. Behind the first of them nothing is read.
    pub marks: Marks,
    pub mapping: Mapping<'de>,
}

/// The tree and the messages in it, in the order of the file.
#[derive(Default)]
pub(super) struct Mapping<'de> {
    /// `true` if it is an object, even an empty one.
    pub present: bool,
    pub nodes: Vec<Node<'de>>,
    pub children: Vec<Cow<'de, str>>,
    pub arena: MessageArena,
    /// The messages, by number, that do something to a canvas.
    pub canvases: Vec<(u32, Canvas)>,
    /// The number of nodes that were left out.
    pub dropped: u64,
}

/// A node of the tree.
pub(super) struct Node<'de> {
    pub id: Cow<'de, str>,
    pub parent: MaybeText<'de>,
    /// The range of its children in [`Mapping::children`].
    pub children: Range<u32>,
    /// The number of its message in the arena, or [`NONE`].
    pub message: u32,
}

impl<'de> Lenient<'de> for Element<'de> {
    fn from_map<A: MapAccess<'de>>(mut map: A, allowance: &Allowance) -> Result<Self, A::Error> {
        let mut element = Self::default();
        while let Some(FieldKey(key)) = map.next_key()? {
            match &*key {
                _ if element.marks.owner.is_some() => {
                    map.next_value::<IgnoredAny>()?;
                }
                "id" => element.id = map.next_value_seed(allowance.seed())?,
                "conversation_id" => element.conversation_id = map.next_value_seed(allowance.seed())?,
                "title" => element.title = map.next_value_seed(allowance.seed())?,
                "create_time" => element.created = map.next_value_seed(allowance.seed())?,
                "update_time" => element.updated = map.next_value_seed(allowance.seed())?,
                "current_node" => element.current = map.next_value_seed(allowance.seed())?,
                "default_model_slug" => element.default_model = map.next_value_seed(allowance.seed())?,
                "model_slug" => element.model = map.next_value_seed(allowance.seed())?,
                "gizmo_id" => element.gizmo = map.next_value_seed(allowance.seed())?,
                "conversation_template_id" => element.template = map.next_value_seed(allowance.seed())?,
                "is_archived" => element.archived = map.next_value_seed(allowance.seed())?,
                "is_starred" => element.starred = map.next_value_seed(allowance.seed())?,
                "pinned_time" => element.pinned = map.next_value_seed(allowance.seed())?,
                "mapping" => {
                    element.mapping = Mapping::default();
                    map.next_value_seed(SinkSeed(&mut element.mapping))?;
                }
                other => element.marks.take(other, &mut map)?,
            }
        }
        Ok(element)
    }
}

impl<'de> Sink<'de> for &mut Mapping<'de> {
    fn map<A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        self.present = true;
        while let Some(FieldKey(id)) = map.next_key()? {
            if self.nodes.len() >= MOST_NODES {
                self.dropped += 1;
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let end = self.children.len() as u32;
            self.nodes.push(Node { id, parent: None, children: end..end, message: NONE });
            map.next_value_seed(SinkSeed(NodeSink(self)))?;
        }
        Ok(())
    }
}

/// Fills the last node.
struct NodeSink<'m, 'de>(&'m mut Mapping<'de>);

impl<'de> Sink<'de> for NodeSink<'_, 'de> {
    fn map<A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        let last = self.0.nodes.len() - 1;
        while let Some(FieldKey(key)) = map.next_key()? {
            match &*key {
                "parent" => self.0.nodes[last].parent = map.next_value_seed(Allowance::none().seed())?,
                "children" => {
                    let start = self.0.children.len() as u32;
                    map.next_value_seed(SinkSeed(ChildrenSink(&mut self.0.children)))?;
                    self.0.nodes[last].children = start..self.0.children.len() as u32;
                }
                "message" => {
                    let allowance = Allowance::new(LISTS);
                    let message = map.next_value_seed(allowance.seed::<Maybe<Message<'de>>>())?;
                    self.0.nodes[last].message = match message.0 {
                        Some(message) => self.0.take(&message),
                        None => NONE,
                    };
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
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
        while let Some(child) = list.next_element_seed(Allowance::none().seed::<MaybeText<'de>>())? {
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
        let arena = &mut self.arena;
        arena.census.count(message::type_name(message), message::is_known(message));
        let sense = Sense::of(message);
        let start = arena.text.len();
        let mut parts = Vec::new();
        sense.say(message, &mut arena.text, &mut parts);
        arena.bound(&mut parts);
        let said = &arena.text[start..];
        let parsed = ParsedMessage {
            role: sense.role,
            visibility: sense.visibility(message, said, &parts),
            kind: sense.kind,
            interrupted: message::interrupted(message),
            time: message.created.0,
            model: arena.names.slot(message.metadata.model.as_deref()),
            name: arena.names.slot(sense.name),
            text: start as u32..arena.text.len() as u32,
            parts: arena.keep(&mut parts),
        };
        let number = arena.messages.len() as u32;
        arena.messages.push(parsed);
        if let Some(canvas) = Canvas::of(message) {
            self.canvases.push((number, canvas));
        }
        number
    }
}
