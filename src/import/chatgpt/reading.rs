//! What is kept of an object while it is read: nodes by number, messages in one buffer.
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
    gather::{Gathered, NONE, Note},
    json::{Allowance, Into, Key, Lenient, Present, Sink, Text},
    marks::Marks,
    stamp::Stamp,
};

/// Nodes of one conversation; real ones have at most some ten thousand. Further ones are left out.
const MOST_NODES: usize = 1 << 21;
/// Links to children in one conversation; a node that is not listed still names its parent.
const MOST_CHILDREN: usize = 1 << 22;
/// What the lists of one message may take in memory while it is read.
pub(super) const LISTS: usize = 64 << 20;

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
    /// The marks of other providers. Behind the first of them nothing is read.
    pub marks: Marks,
    pub mapping: Mapping<'de>,
}

/// The tree and the messages in it, in the order of the file.
#[derive(Default)]
pub(super) struct Mapping<'de> {
    /// It is an object, be it empty.
    pub present: bool,
    pub nodes: Vec<Node<'de>>,
    pub children: Vec<Cow<'de, str>>,
    pub gathered: Gathered,
    /// The messages, by number, that do something to a canvas.
    pub canvases: Vec<(u32, Canvas)>,
    /// Nodes that were left out.
    pub dropped: u64,
}

/// A node of the tree.
pub(super) struct Node<'de> {
    pub id: Cow<'de, str>,
    pub parent: Text<'de>,
    /// Where its children stand in [`Mapping::children`].
    pub children: Range<u32>,
    /// Its message among those gathered, or [`NONE`].
    pub message: u32,
}

impl<'de> Lenient<'de> for Exported<'de> {
    fn from_map<A: MapAccess<'de>>(mut map: A, allowance: &Allowance) -> Result<Self, A::Error> {
        let mut read = Self::default();
        while let Some(Key(key)) = map.next_key()? {
            match &*key {
                _ if read.marks.owner.is_some() => {
                    map.next_value::<IgnoredAny>()?;
                }
                "id" => read.id = map.next_value_seed(allowance.seed())?,
                "conversation_id" => read.conversation_id = map.next_value_seed(allowance.seed())?,
                "title" => read.title = map.next_value_seed(allowance.seed())?,
                "create_time" => read.created = map.next_value_seed(allowance.seed())?,
                "update_time" => read.updated = map.next_value_seed(allowance.seed())?,
                "current_node" => read.current = map.next_value_seed(allowance.seed())?,
                "default_model_slug" => read.default_model = map.next_value_seed(allowance.seed())?,
                "model_slug" => read.model = map.next_value_seed(allowance.seed())?,
                "gizmo_id" => read.gizmo = map.next_value_seed(allowance.seed())?,
                "conversation_template_id" => read.template = map.next_value_seed(allowance.seed())?,
                "is_archived" => read.archived = map.next_value_seed(allowance.seed())?,
                "is_starred" => read.starred = map.next_value_seed(allowance.seed())?,
                "pinned_time" => read.pinned = map.next_value_seed(allowance.seed())?,
                "mapping" => {
                    read.mapping = Mapping::default();
                    map.next_value_seed(Into(&mut read.mapping))?;
                }
                other => read.marks.take(other, &mut map)?,
            }
        }
        Ok(read)
    }
}

impl<'de> Sink<'de> for &mut Mapping<'de> {
    fn map<A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        self.present = true;
        while let Some(Key(id)) = map.next_key()? {
            if self.nodes.len() >= MOST_NODES {
                self.dropped += 1;
                map.next_value::<serde::de::IgnoredAny>()?;
                continue;
            }
            let end = self.children.len() as u32;
            self.nodes.push(Node { id, parent: None, children: end..end, message: NONE });
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
        while let Some(Key(key)) = map.next_key()? {
            match &*key {
                "parent" => self.0.nodes[last].parent = map.next_value_seed(Allowance::none().seed())?,
                "children" => {
                    let start = self.0.children.len() as u32;
                    map.next_value_seed(Into(ChildrenSink(&mut self.0.children)))?;
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
        while let Some(child) = list.next_element_seed(Allowance::none().seed::<Text<'de>>())? {
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
        let gathered = &mut self.gathered;
        gathered.census.count(message::type_name(message), message::is_known(message));
        let sense = Sense::of(message);
        let start = gathered.text.len();
        let mut parts = Vec::new();
        sense.say(message, &mut gathered.text, &mut parts);
        gathered.bound(&mut parts);
        let said = &gathered.text[start..];
        let note = Note {
            role: sense.role,
            visibility: sense.visibility(message, said, &parts),
            kind: sense.kind,
            interrupted: message::interrupted(message),
            time: message.created.0,
            model: gathered.name(message.metadata.model.as_deref()),
            name: gathered.name(sense.name),
            text: start as u32..gathered.text.len() as u32,
            parts: gathered.keep(&mut parts),
        };
        let number = gathered.messages.len() as u32;
        gathered.messages.push(note);
        if let Some(canvas) = Canvas::of(message) {
            self.canvases.push((number, canvas));
        }
        number
    }
}
