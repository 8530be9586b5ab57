//! The visible path and the branches of a conversation. Messages that do not count (never shown, or not part
//! of an extract) are passed over, so that only a choice between things one can read counts as a branch.

use crate::conversation::{Conversation, Message, Tree, Visibility};

/// Returns for each of `count` messages whether it lies on the path that ends at `leaf`, given the one before
/// each; without a leaf none does.
pub fn on_path(count: usize, leaf: Option<usize>, parent: impl Fn(usize) -> Option<usize>) -> Box<[bool]> {
    let mut path = vec![false; count];
    let mut at = leaf;
    while let Some(message) = at {
        path[message] = true;
        at = parent(message);
    }
    path.into()
}

/// Returns for each message whether it lies on the branch that the provider's screen last showed.
pub fn visible(conversation: &Conversation) -> Box<[bool]> {
    let messages = conversation.messages();
    on_path(messages.len(), conversation.current_leaf(), |message| messages[message].parent())
}

/// Returns whether a reader can meet a message at all: it is shown or folded.
pub fn is_readable(message: &Message) -> bool {
    message.visibility != Visibility::Hidden
}

/// The number of a message among its siblings, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SiblingNumber {
    /// This one.
    pub number: usize,
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

/// Returns every place where a conversation forks, in reading order.
pub fn forks(conversation: &Conversation) -> Vec<Fork> {
    let branches = Branches::of(conversation, is_readable);
    let slots = 0..=conversation.messages().len();
    let fork = |slot: usize| {
        let children = branches.children(slot);
        (children.len() > 1).then(|| Fork {
            before: slot.checked_sub(1),
            branches: children.iter().map(|&child| child as usize).collect(),
        })
    };
    slots.filter_map(fork).collect()
}

/// The tree of the messages that count.
#[derive(Debug)]
pub struct Branches {
    tree: Tree,
    /// For each message one more than the last message before it on its branch that counts; 0 for none.
    parents: Box<[u32]>,
    /// The beginning of each message's children in `children`; slot 0 is for the first messages, which follow
    /// no other.
    starts: Box<[u32]>,
    children: Box<[u32]>,
}

impl Branches {
    /// Finds the tree of the messages that count. Linear in the number of messages.
    pub fn of(conversation: &Conversation, counts: impl Fn(&Message) -> bool) -> Self {
        let messages = conversation.messages();
        let counts: Vec<bool> = messages.iter().map(counts).collect();
        let mut parents = vec![0_u32; messages.len()];
        let mut starts = vec![0_u32; messages.len() + 2];
        for (index, message) in messages.iter().enumerate() {
            parents[index] = message
                .parent()
                .map_or(0, |parent| if counts[parent] { parent as u32 + 1 } else { parents[parent] });
            if counts[index] {
                starts[parents[index] as usize + 1] += 1;
            }
        }
        for slot in 1..starts.len() {
            starts[slot] += starts[slot - 1];
        }
        let mut next = starts.clone();
        let mut children = vec![0_u32; starts[starts.len() - 1] as usize];
        for index in (0..messages.len()).filter(|&index| counts[index]) {
            let place = &mut next[parents[index] as usize];
            children[*place as usize] = index as u32;
            *place += 1;
        }
        Self {
            tree: Tree::of(conversation),
            parents: parents.into(),
            starts: starts.into(),
            children: children.into(),
        }
    }

    /// Returns the children of a slot, oldest first.
    fn children(&self, slot: usize) -> &[u32] {
        &self.children[self.starts[slot] as usize..self.starts[slot + 1] as usize]
    }

    /// Returns the last message before this one on its branch that counts.
    pub fn before(&self, message: usize) -> Option<usize> {
        (self.parents[message] as usize).checked_sub(1)
    }

    /// Returns the messages one may read in a message's place, itself among them, oldest first.
    pub fn siblings(&self, message: usize) -> &[u32] {
        self.children(self.parents[message] as usize)
    }

    /// Returns the number of a message among its siblings; `None` when it is the only one.
    pub fn sibling_number(&self, message: usize) -> Option<SiblingNumber> {
        let siblings = self.siblings(message);
        let index = siblings.binary_search(&(message as u32)).ok()?;
        (siblings.len() > 1).then_some(SiblingNumber { number: index + 1, count: siblings.len() })
    }

    /// Returns the last message of a message's branch when one always takes the newest child that counts.
    pub fn leaf_from(&self, message: usize) -> usize {
        let mut leaf = message;
        while let Some(&child) = self.children(leaf + 1).last() {
            leaf = child as usize;
        }
        self.tree.newest_leaf(leaf)
    }

    /// Returns the leaf to begin with when the export names none: the newest.
    pub fn newest_leaf(&self) -> Option<usize> {
        self.children(0).last().map(|&root| self.leaf_from(root as usize))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::{
        MessageDraft, Role,
        testing::{meta, tree},
    };

    /// Messages by their parent, and whether they are shown.
    fn conversation(messages: &[(Option<usize>, bool)]) -> Conversation {
        let drafts = messages.iter().map(|&(parent, shown)| {
            let visibility = if shown { Visibility::Shown } else { Visibility::Hidden };
            MessageDraft { visibility, parent, ..MessageDraft::new(Role::User, "x") }
        });
        tree(meta("t"), drafts, None)
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
        let branches = Branches::of(&conversation(&tree), is_readable);
        assert_eq!(branches.siblings(3), [2, 3, 5]);
        assert_eq!(branches.sibling_number(3), Some(SiblingNumber { number: 2, count: 3 }));
        assert_eq!(branches.sibling_number(0), None);
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
        let branches = Branches::of(&conversation(&tree), is_readable);
        assert_eq!(branches.leaf_from(1), 4);
        assert_eq!(branches.leaf_from(0), 5);
    }
}
