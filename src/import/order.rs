//! An order in which every message follows the one before it on its branch, whatever the links say.
//!
//! Exports hold dangling and missing links, cycles, and chains of any length. Nothing here recurses.

use super::message_arena::{NO_PARENT, ParsedMessage};

/// The nodes in depth-first order, each with its parent.
pub(super) struct MessageOrder {
    /// The nodes, each once, parents first, siblings by their places.
    pub nodes: Vec<u32>,
    /// The parent of each node, cycles broken; [`NO_PARENT`] for a root.
    parents: Vec<u32>,
}

impl MessageOrder {
    /// Orders the nodes. `parents` has the parent of each node, or [`NO_PARENT`]; `members` are the nodes that
    /// count, ascending; siblings stand by `places`, those with equal ones as they stand in `members`.
    pub(super) fn of(mut parents: Vec<u32>, members: &[u32], places: &[u32]) -> Self {
        break_cycles(&mut parents, members);
        let nodes = depth_first(&parents, members, places);
        Self { nodes, parents }
    }

    /// Returns the parent of a node.
    pub(super) fn parent(&self, node: u32) -> Option<u32> {
        Some(self.parents[node as usize]).filter(|&parent| parent != NO_PARENT)
    }
}

/// Returns an order of this many messages in which each follows the one before it.
pub(super) fn linear_order(count: usize) -> Vec<(u32, u32)> {
    (0..count as u32).map(|number| (number, number.checked_sub(1).unwrap_or(NO_PARENT))).collect()
}

/// Makes the first node of each cycle (in file order) a root.
fn break_cycles(parents: &mut [u32], members: &[u32]) {
    /// Not looked at, on the walk of that number, or known to lead to a root.
    const FRESH: u32 = 0;
    let mut walks = vec![FRESH; parents.len()];
    for (number, &start) in members.iter().enumerate() {
        let walk = number as u32 + 1;
        let mut node = start;
        while node != NO_PARENT && walks[node as usize] == FRESH {
            walks[node as usize] = walk;
            node = parents[node as usize];
        }
        if node == NO_PARENT || walks[node as usize] != walk {
            continue;
        }
        // `node` is on a cycle that this walk went around: break it at its first node.
        let mut first = node;
        let mut other = parents[node as usize];
        while other != node {
            first = first.min(other);
            other = parents[other as usize];
        }
        parents[first as usize] = NO_PARENT;
    }
}

/// Lists parents before children, siblings as their parent lists them, those it does not list after, in file
/// order.
fn depth_first(parents: &[u32], members: &[u32], places: &[u32]) -> Vec<u32> {
    // Children of all nodes in one array: slot 0 are the roots, slot n + 1 the children of n.
    let slot = |node: u32| parents[node as usize].wrapping_add(1) as usize;
    let mut starts = vec![0_u32; parents.len() + 2];
    for &node in members {
        starts[slot(node) + 1] += 1;
    }
    for index in 1..starts.len() {
        starts[index] += starts[index - 1];
    }
    let mut next = starts.clone();
    let mut children = vec![0_u32; members.len()];
    let mut by_place = members.to_vec();
    by_place.sort_by_key(|&node| places[node as usize]);
    for node in by_place {
        let next = &mut next[slot(node)];
        children[*next as usize] = node;
        *next += 1;
    }
    let of = |slot: usize| &children[starts[slot] as usize..starts[slot + 1] as usize];
    let mut order = Vec::with_capacity(members.len());
    let mut stack: Vec<u32> = of(0).iter().rev().copied().collect();
    while let Some(node) = stack.pop() {
        order.push(node);
        stack.extend(of(node as usize + 1).iter().rev());
    }
    order
}

/// Returns the message without a follower that was written last: where the screen stood, if the export does
/// not say. `order` lists messages with the place of the one before each.
pub(super) fn newest_leaf(order: &[(u32, u32)], messages: &[ParsedMessage]) -> Option<usize> {
    let mut followed = vec![false; order.len()];
    for &(_, parent) in order.iter().filter(|&&(_, parent)| parent != NO_PARENT) {
        followed[parent as usize] = true;
    }
    (0..order.len())
        .filter(|&place| !followed[place])
        .max_by_key(|&place| messages[order[place].0 as usize].time)
}
