//! What is kept of an object while it is read: who follows whom, and the messages.
//!
//! What cannot be bounded by the size of the object is bounded here: `{},` is three bytes of JSON and fifty times
//! that as a message.

use std::{borrow::Cow, ops::Range};

use hashbrown::HashMap;
use serde::de::{MapAccess, SeqAccess};

use super::{artifacts::Artifact, shape::ChatMessage};
use crate::import::{
    gather::{Gathered, NONE},
    json::{Allowance, Into, Key, Lenient, Sink, Text},
    stamp::Stamp,
};

/// Messages of one conversation; real ones have at most some thousand. Further ones are left out.
const MOST_TURNS: usize = 1 << 20;
/// Pieces of all messages: words, reasoning, calls. Further ones are left out.
const MOST_NOTES: usize = 1 << 21;
/// What the lists of one message may take in memory while it is read.
pub(super) const LISTS: usize = 64 << 20;
/// The parent of a first message: Claude writes `00000000-0000-4000-8000-000000000000`.
const NO_PARENT: &str = "00000000-0000-";

/// One element of the array, read.
#[derive(Default)]
pub(super) struct Exported<'de> {
    pub uuid: Text<'de>,
    pub name: Text<'de>,
    pub created: Stamp,
    pub updated: Stamp,
    pub model: Text<'de>,
    pub starred: bool,
    /// Not in exports, but in what browser extensions save.
    pub current: Text<'de>,
    pub messages: Messages<'de>,
}

/// The messages, in the order of the file.
#[derive(Default)]
pub(super) struct Messages<'de> {
    /// It is a list, be it empty.
    pub present: bool,
    pub turns: Vec<Turn<'de>>,
    pub gathered: Gathered,
    /// What is done to artifacts, by the number of the message that does it.
    pub artifacts: Vec<Artifact>,
    /// How many texts without a name were attached.
    pub pasted: usize,
    /// Messages and pieces of them that were left out.
    pub dropped: u64,
}

/// A message of the export.
pub(super) struct Turn<'de> {
    uuid: Cow<'de, str>,
    parent: Text<'de>,
    /// What it became, among those gathered; at least one.
    pub notes: Range<u32>,
}

impl<'de> Lenient<'de> for Exported<'de> {
    fn from_map<A: MapAccess<'de>>(mut map: A, allowance: &Allowance) -> Result<Self, A::Error> {
        let mut read = Self::default();
        while let Some(Key(key)) = map.next_key()? {
            match &*key {
                "uuid" => read.uuid = map.next_value_seed(allowance.seed())?,
                "name" => read.name = map.next_value_seed(allowance.seed())?,
                "created_at" => read.created = map.next_value_seed(allowance.seed())?,
                "updated_at" => read.updated = map.next_value_seed(allowance.seed())?,
                "model" => read.model = map.next_value_seed(allowance.seed())?,
                "is_starred" => read.starred = map.next_value_seed(allowance.seed())?,
                "current_leaf_message_uuid" => read.current = map.next_value_seed(allowance.seed())?,
                "chat_messages" => {
                    read.messages = Messages::default();
                    map.next_value_seed(Into(&mut read.messages))?;
                }
                _ => {
                    map.next_value::<serde::de::IgnoredAny>()?;
                }
            }
        }
        Ok(read)
    }
}

impl<'de> Sink<'de> for &mut Messages<'de> {
    fn list<A: SeqAccess<'de>>(&mut self, mut list: A) -> Result<(), A::Error> {
        self.present = true;
        loop {
            if self.turns.len() >= MOST_TURNS || self.full() {
                if list.next_element::<serde::de::IgnoredAny>()?.is_none() {
                    return Ok(());
                }
                self.dropped += 1;
                continue;
            }
            let allowance = Allowance::new(LISTS);
            let Some(mut message) = list.next_element_seed(allowance.seed::<ChatMessage<'de>>())? else {
                return Ok(());
            };
            let first = self.gathered.messages.len() as u32;
            self.take(&message, &allowance);
            self.turns.push(Turn {
                uuid: message.uuid.take().unwrap_or_default(),
                parent: message.parent.take(),
                notes: first..self.gathered.messages.len() as u32,
            });
        }
    }
}

impl Messages<'_> {
    /// There is no room for another piece.
    pub(super) fn full(&self) -> bool {
        self.gathered.messages.len() >= MOST_NOTES
    }

    /// The message of that id; of several the last.
    pub(super) fn find(&self, uuid: &str) -> Option<u32> {
        self.turns.iter().rposition(|turn| turn.uuid == uuid).map(|at| at as u32)
    }

    /// What each message hangs on. The list is in the order of writing: one whose parent is not named, or not there,
    /// follows the one before it, so that nothing is out of sight for a link that is missing.
    pub(super) fn parents(&self) -> Vec<u32> {
        // The table's hasher is seeded: ids cannot be chosen to collide.
        let mut by_id: HashMap<&str, u32> = HashMap::with_capacity(self.turns.len());
        for (index, turn) in self.turns.iter().enumerate() {
            if !turn.uuid.is_empty() {
                by_id.insert(&turn.uuid, index as u32);
            }
        }
        let before = |index: usize| index.checked_sub(1).map_or(NONE, |before| before as u32);
        self.turns
            .iter()
            .enumerate()
            .map(|(index, turn)| match turn.parent.as_deref() {
                Some(parent) if parent.starts_with(NO_PARENT) => NONE,
                Some(parent) => match by_id.get(parent) {
                    Some(&parent) if parent != index as u32 => parent,
                    _ => before(index),
                },
                None => before(index),
            })
            .collect()
    }
}
