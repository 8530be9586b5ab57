//! The branches of a conversation as a reader meets them: messages that are never shown are passed over, so that
//! only a choice between things one can read counts as a branch.

use crate::conversation::{Conversation, Tree, Visibility};

/// Which of several siblings, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Branch {
    /// This one.
    pub index: usize,
    /// Of how many; at least 2.
    pub count: usize,
}

/// A place where one may choose how to read on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fork {
    /// The last message before it; `None`: the conversation begins with it.
    pub before: Option<usize>,
    /// The first message of each branch, oldest first; at least 2.
    pub branches: Vec<usize>,
}

/// Every place where a conversation forks, in reading order.
pub fn forks(conversation: &Conversation) -> Vec<Fork> {
    let branches = Branches::of(conversation);
    let slots = 0..=conversation.messages().len();
    let fork = |slot: usize| {
        let children: Vec<usize> = branches.children(slot).iter().map(|&child| child as usize).collect();
        (children.len() > 1).then(|| Fork { before: slot.checked_sub(1), branches: children })
    };
    slots.filter_map(fork).collect()
}

/// The tree of what can be read.
#[derive(Debug)]
pub(super) struct Branches {
    tree: Tree,
    /// For each message one more than the last readable message before it on its branch; 0 for none.
    parents: Box<[u32]>,
    /// Where the readable children of each message (slot 0: of none) begin in `children`.
    starts: Box<[u32]>,
    children: Box<[u32]>,
}

impl Branches {
    /// Linear in the number of messages.
    pub fn of(conversation: &Conversation) -> Self {
        let messages = conversation.messages();
        let mut parents = vec![0_u32; messages.len()];
        let mut starts = vec![0_u32; messages.len() + 2];
        for (index, message) in messages.iter().enumerate() {
            parents[index] = message.parent().map_or(0, |parent| {
                if messages[parent].visibility == Visibility::Hidden {
                    parents[parent]
                } else {
                    parent as u32 + 1
                }
            });
            if message.visibility != Visibility::Hidden {
                starts[parents[index] as usize + 1] += 1;
            }
        }
        for slot in 1..starts.len() {
            starts[slot] += starts[slot - 1];
        }
        let mut next = starts.clone();
        let mut children = vec![0_u32; starts[starts.len() - 1] as usize];
        for (index, message) in messages.iter().enumerate() {
            if message.visibility != Visibility::Hidden {
                let place = &mut next[parents[index] as usize];
                children[*place as usize] = index as u32;
                *place += 1;
            }
        }
        Self {
            tree: Tree::of(conversation),
            parents: parents.into(),
            starts: starts.into(),
            children: children.into(),
        }
    }

    /// The readable children of a slot, oldest first.
    fn children(&self, slot: usize) -> &[u32] {
        &self.children[self.starts[slot] as usize..self.starts[slot + 1] as usize]
    }

    /// What one may read in a message's place, itself among it, oldest first.
    pub fn siblings(&self, message: usize) -> &[u32] {
        self.children(self.parents[message] as usize)
    }

    /// Which of its siblings a message is; `None` when it is the only one.
    pub fn branch(&self, message: usize) -> Option<Branch> {
        let siblings = self.siblings(message);
        let index = siblings.binary_search(&(message as u32)).ok()?;
        (siblings.len() > 1).then_some(Branch { index: index + 1, count: siblings.len() })
    }

    /// Where a message's branch leads when one always takes the newest readable child.
    pub fn leaf_from(&self, message: usize) -> usize {
        let mut leaf = message;
        while let Some(&child) = self.children(leaf + 1).last() {
            leaf = child as usize;
        }
        self.tree.newest_leaf(leaf)
    }

    /// The leaf to begin with when the export names none: the newest.
    pub fn newest_leaf(&self) -> Option<usize> {
        self.children(0).last().map(|&root| self.leaf_from(root as usize))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        conversation::{Builder, Draft, Role},
        transcript::tests::finished,
    };

    /// Messages by their parent, and whether they are shown.
    fn conversation(messages: &[(Option<usize>, bool)]) -> Conversation {
        let mut builder = Builder::new();
        for &(parent, shown) in messages {
            let visibility = if shown { Visibility::Shown } else { Visibility::Hidden };
            builder.push(Draft { visibility, parent, ..Draft::new(Role::User, "x") });
        }
        finished(builder, None)
    }

    #[test]
    fn hidden_messages_are_passed_over() {
        // 0 ─ 1(hidden) ─ 2, 3;  0 ─ 4(hidden, leads nowhere);  0 ─ 5
        let tree = [
            (None, true),
            (Some(0), false),
            (Some(1), true),
            (Some(1), true),
            (Some(0), false),
            (Some(0), true),
        ];
        let branches = Branches::of(&conversation(&tree));
        assert_eq!(branches.siblings(3), [2, 3, 5]);
        assert_eq!(branches.branch(3), Some(Branch { index: 2, count: 3 }));
        assert_eq!(branches.branch(0), None);
        assert_eq!(branches.newest_leaf(), Some(5));
    }

    #[test]
    fn forks_are_where_the_reader_sees_them() {
        let tree = [(None, true), (Some(0), false), (Some(1), true), (Some(1), true), (Some(0), true)];
        let fork = Fork { before: Some(0), branches: vec![2, 3, 4] };
        assert_eq!(forks(&conversation(&tree)), [fork]);
    }

    #[test]
    fn a_branch_leads_to_its_newest_leaf() {
        let tree = [
            (None, true),
            (Some(0), true),
            (Some(1), true),
            (Some(1), true),
            (Some(3), false),
            (Some(0), true),
        ];
        let branches = Branches::of(&conversation(&tree));
        assert_eq!(branches.leaf_from(1), 4);
        assert_eq!(branches.leaf_from(0), 5);
    }
}
