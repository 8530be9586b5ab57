//! Parses an object into its messages, and finds who follows whom.
//!
//! What cannot be bounded by the size of the object is bounded here: `{},` is three bytes of JSON and fifty times
//! that as a message.

use std::{borrow::Cow, ops::Range};

use hashbrown::HashMap;
use serde::de::{MapAccess, SeqAccess};

use super::{artifacts::Artifact, shape::ChatMessage};
use crate::import::{
    json::{self, FieldKey, MaybeText, MemoryBudget, Sink, SinkSeed},
    message_arena::{MessageArena, NO_PARENT},
    timestamp::Timestamp,
};

/// The number of messages that are read of one conversation; real ones have at most some thousand.
const MAX_MESSAGES: usize = 1 << 20;
/// The number of pieces that are read of all messages: words, reasoning, calls.
const MAX_ARENA_MESSAGES: usize = 1 << 21;
/// The memory that the lists of one message may take while it is read, in bytes.
pub(super) const LIST_BUDGET: usize = 64 << 20;
/// The parent of a first message: Claude writes `00000000-0000-4000-8000-000000000000`.
const ROOT_PARENT_PREFIX: &str = "00000000-0000-";

/// One element of the array, read.
#[derive(Default)]
pub(super) struct ConversationObject<'de> {
    pub uuid: MaybeText<'de>,
    pub name: MaybeText<'de>,
    /// The conversation in other words, as Claude sums it up.
    pub summary: MaybeText<'de>,
    pub created: Timestamp,
    pub updated: Timestamp,
    pub model: MaybeText<'de>,
    pub starred: bool,
    /// The project it is in (since September 2026).
    pub project: MaybeText<'de>,
    /// The leaf of the visible branch. Not in exports, but in what browser extensions save.
    pub current: MaybeText<'de>,
    pub collector: MessageCollector<'de>,
}

/// The messages, in the order of the file.
#[derive(Default)]
pub(super) struct MessageCollector<'de> {
    /// `true` if it is a list, even an empty one.
    pub present: bool,
    pub nodes: Vec<MessageNode<'de>>,
    pub arena: MessageArena,
    /// The messages that make or change an artifact.
    pub artifacts: Vec<Artifact>,
    /// The number of attached texts without a name.
    pub pasted: usize,
    /// The number of messages, and pieces of them, that were left out.
    pub dropped: u64,
}

/// A message of the export.
pub(super) struct MessageNode<'de> {
    uuid: Cow<'de, str>,
    parent: MaybeText<'de>,
    /// The numbers of the messages it became in the arena; at least one.
    pub arena_messages: Range<u32>,
}

impl<'de> ConversationObject<'de> {
    /// Reads an object; what is none is as an empty one.
    pub(super) fn read(object: &'de str) -> serde_json::Result<Self> {
        let mut element = Self::default();
        element.collector.arena = MessageArena::of(object.len());
        // For the conversation's own lists; each message has one of its own.
        let budget = MemoryBudget::new(LIST_BUDGET);
        json::deserialize_into(object, ConversationSink { element: &mut element, budget })?;
        Ok(element)
    }
}

/// Fills an element.
struct ConversationSink<'e, 'de> {
    element: &'e mut ConversationObject<'de>,
    budget: MemoryBudget,
}

impl<'de> Sink<'de> for ConversationSink<'_, 'de> {
    fn map<A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        let Self { element, budget } = self;
        while let Some(FieldKey(key)) = map.next_key()? {
            match &*key {
                "uuid" => element.uuid = map.next_value_seed(budget.seed())?,
                "name" => element.name = map.next_value_seed(budget.seed())?,
                "summary" => element.summary = map.next_value_seed(budget.seed())?,
                "created_at" => element.created = map.next_value_seed(budget.seed())?,
                "updated_at" => element.updated = map.next_value_seed(budget.seed())?,
                "model" => element.model = map.next_value_seed(budget.seed())?,
                "project_uuid" => element.project = map.next_value_seed(budget.seed())?,
                "is_starred" => element.starred = map.next_value_seed(budget.seed())?,
                "current_leaf_message_uuid" => element.current = map.next_value_seed(budget.seed())?,
                "chat_messages" => {
                    // Of several the last counts; what may be added is for all of them.
                    let mut arena = std::mem::take(&mut element.collector.arena);
                    arena.clear();
                    element.collector = MessageCollector { arena, ..MessageCollector::default() };
                    map.next_value_seed(SinkSeed(&mut element.collector))?;
                }
                _ => {
                    map.next_value::<serde::de::IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

impl<'de> Sink<'de> for &mut MessageCollector<'de> {
    fn list<A: SeqAccess<'de>>(&mut self, mut list: A) -> Result<(), A::Error> {
        self.present = true;
        loop {
            if self.nodes.len() >= MAX_MESSAGES || self.full() {
                if list.next_element::<serde::de::IgnoredAny>()?.is_none() {
                    return Ok(());
                }
                self.dropped += 1;
                continue;
            }
            let budget = MemoryBudget::new(LIST_BUDGET);
            let Some(mut message) = list.next_element_seed(budget.seed::<ChatMessage<'de>>())? else {
                return Ok(());
            };
            let (uuid, parent) = (message.uuid.clone().unwrap_or_default(), message.parent.take());
            self.push_node(&message, uuid, parent, &budget);
            self.arena.import_counts.count_left_out(&budget);
        }
    }
}

impl<'de> MessageCollector<'de> {
    /// Keeps a message as a node.
    pub(super) fn push_node(
        &mut self,
        message: &ChatMessage<'_>,
        uuid: Cow<'de, str>,
        parent: MaybeText<'de>,
        budget: &MemoryBudget,
    ) {
        let first = self.arena.messages.len() as u32;
        self.add_message(message, budget);
        self.nodes.push(MessageNode {
            uuid,
            parent,
            arena_messages: first..self.arena.messages.len() as u32,
        });
    }

    /// Returns whether no further piece is read.
    pub(super) fn full(&self) -> bool {
        self.arena.messages.len() >= MAX_ARENA_MESSAGES
    }

    /// Returns the message of that id; of several the last.
    pub(super) fn find(&self, uuid: &str) -> Option<u32> {
        self.nodes.iter().rposition(|node| node.uuid == uuid).map(|at| at as u32)
    }

    /// Finds the parent of each message. The list is in the order of writing: one whose parent is not named,
    /// or not there, follows the one before it, so that nothing is out of sight for a link that is missing.
    pub(super) fn parents(&self) -> Vec<u32> {
        // The table's hasher is seeded: ids cannot be chosen to collide.
        let mut by_id: HashMap<&str, u32> = HashMap::with_capacity(self.nodes.len());
        for (index, node) in self.nodes.iter().enumerate() {
            if !node.uuid.is_empty() {
                by_id.insert(&node.uuid, index as u32);
            }
        }
        let before = |index: usize| index.checked_sub(1).map_or(NO_PARENT, |before| before as u32);
        self.nodes
            .iter()
            .enumerate()
            .map(|(index, node)| match node.parent.as_deref() {
                Some(parent) if parent.starts_with(ROOT_PARENT_PREFIX) => NO_PARENT,
                Some(parent) => match by_id.get(parent) {
                    Some(&parent) if parent != index as u32 => parent,
                    _ => before(index),
                },
                None => before(index),
            })
            .collect()
    }
}
