//! The message tree of a conversation: who follows whom, whatever the links say.
//!
//! The export's tree has nodes without a message, dangling and missing links, cycles, and chains of any length.
//! The result is an order in which every node follows its parent. Nothing here recurses.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::parse::{Mapping, Node};
use crate::import::{message_arena::NO_PARENT, order::MessageOrder};

/// The nodes by their ids: of two with one id the last. The hasher is seeded: ids cannot be chosen to collide.
pub(super) struct ById<'a, 'de> {
    nodes: &'a [Node<'de>],
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl<'a, 'de> ById<'a, 'de> {
    pub(super) fn of(nodes: &'a [Node<'de>]) -> Self {
        let hasher = DefaultHashBuilder::default();
        let hash = |index: &u32| hasher.hash_one(&*nodes[*index as usize].id);
        let mut table = HashTable::with_capacity(nodes.len());
        for index in 0..nodes.len() as u32 {
            let same = |other: &u32| nodes[*other as usize].id == nodes[index as usize].id;
            match table.entry(hash(&index), same, hash) {
                hashbrown::hash_table::Entry::Occupied(mut entry) => *entry.get_mut() = index,
                hashbrown::hash_table::Entry::Vacant(entry) => {
                    entry.insert(index);
                }
            }
        }
        Self { nodes, table, hasher }
    }

    /// Returns the node of that id.
    pub(super) fn find(&self, id: &str) -> Option<u32> {
        let same = |other: &u32| self.nodes[*other as usize].id == id;
        self.table.find(self.hasher.hash_one(id), same).copied()
    }

    /// Returns whether a node is the one of its id, not an earlier one that a later replaced.
    fn counts(&self, index: u32) -> bool {
        self.table.len() == self.nodes.len() || self.find(&self.nodes[index as usize].id) == Some(index)
    }
}

/// Returns the nodes in depth-first order, siblings as their parent lists them, those it does not list
/// after, in file order.
pub(super) fn order(mapping: &Mapping<'_>, by_id: &ById<'_, '_>) -> MessageOrder {
    let nodes = &mapping.nodes;
    let mut parents: Vec<u32> = Vec::with_capacity(nodes.len());
    for (index, node) in nodes.iter().enumerate() {
        // The parent usually stands just before its child: no need to look it up.
        let before = index.checked_sub(1).filter(|&before| node.parent.as_ref() == Some(&nodes[before].id));
        let parent = match before {
            Some(before) if by_id.counts(before as u32) => Some(before as u32),
            _ => node.parent.as_deref().and_then(|id| by_id.find(id)),
        };
        parents.push(parent.filter(|&parent| parent != index as u32).unwrap_or(NO_PARENT));
    }
    // A node without a (known) parent belongs to the first that lists it among its children.
    let mut places = vec![NO_PARENT; nodes.len()];
    let mut place = 0;
    for (index, node) in nodes.iter().enumerate() {
        let index = index as u32;
        if !by_id.counts(index) {
            continue;
        }
        for child in &mapping.children[node.children.start as usize..node.children.end as usize] {
            let after = nodes.get(index as usize + 1).filter(|after| after.id == *child);
            let child = match after {
                Some(_) if by_id.counts(index + 1) => Some(index + 1),
                _ => by_id.find(child),
            };
            let Some(child) = child else { continue };
            let parent = &mut parents[child as usize];
            if *parent == NO_PARENT && child != index {
                *parent = index;
            }
            if *parent == index && places[child as usize] == NO_PARENT {
                places[child as usize] = place;
                place += 1;
            }
        }
    }
    let members: Vec<u32> = (0..nodes.len() as u32).filter(|&index| by_id.counts(index)).collect();
    MessageOrder::of(parents, &members, &places)
}
