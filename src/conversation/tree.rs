//! The tree of a conversation's messages, downwards: built when a conversation is opened, not kept with it.

use super::Conversation;

/// The children of every message, for walking branches. Built when a conversation is opened, not kept with it.
#[derive(Clone, Debug)]
pub struct Tree {
    starts: Box<[u32]>,
    children: Box<[u32]>,
    roots: usize,
}

impl Tree {
    /// Counts the children of each message: linear in the number of messages.
    pub fn of(conversation: &Conversation) -> Self {
        // Slot 0 is the virtual parent of the roots, slot i + 1 message i.
        let messages = conversation.messages();
        let mut starts = vec![0_u32; messages.len() + 2];
        for message in messages {
            starts[message.parent().map_or(0, |parent| parent + 1) + 1] += 1;
        }
        for slot in 1..starts.len() {
            starts[slot] += starts[slot - 1];
        }
        let mut next = starts.clone();
        let mut children = vec![0_u32; messages.len()];
        for (index, message) in messages.iter().enumerate() {
            let slot = message.parent().map_or(0, |parent| parent + 1);
            children[next[slot] as usize] = index as u32;
            next[slot] += 1;
        }
        let roots = starts[1] as usize;
        Self { starts: starts.into(), children: children.into(), roots }
    }

    /// Returns the messages without a parent, in order.
    pub fn roots(&self) -> &[u32] {
        &self.children[..self.roots]
    }

    /// Returns a message's children, oldest first.
    pub fn children(&self, message: usize) -> &[u32] {
        &self.children[self.starts[message + 1] as usize..self.starts[message + 2] as usize]
    }

    /// Returns a message and the others with the same parent, oldest first.
    pub fn siblings(&self, conversation: &Conversation, message: usize) -> &[u32] {
        conversation.messages()[message].parent().map_or(self.roots(), |parent| self.children(parent))
    }

    /// Returns the leaf one reaches from a message by always taking the newest child: where a branch leads.
    pub fn newest_leaf(&self, message: usize) -> usize {
        let mut leaf = message;
        while let Some(&child) = self.children(leaf).last() {
            leaf = child as usize;
        }
        leaf
    }
}

#[cfg(test)]
mod tests {
    use crate::conversation::{
        MessageDraft, Role, Tree, Visibility,
        testing::{meta, tree},
    };

    /// A prompt with two answers, the second of which goes on; and another root.
    #[test]
    fn branches_are_walked_downwards() {
        let drafts = [(None, "q"), (Some(0), "a"), (Some(0), "b"), (Some(2), "more"), (None, "alone")];
        let conversation = tree(
            meta("t"),
            drafts.map(|(parent, text)| MessageDraft { parent, ..MessageDraft::new(Role::User, text) }),
            Some(1),
        );
        let tree = Tree::of(&conversation);
        assert_eq!(tree.roots(), [0, 4]);
        assert_eq!(tree.children(0), [1, 2]);
        assert_eq!(tree.siblings(&conversation, 2), [1, 2]);
        assert_eq!(tree.siblings(&conversation, 4), [0, 4]);
        assert_eq!(tree.newest_leaf(0), 3);
        assert_eq!(conversation.current_path(), [0, 1]);
    }

    #[test]
    fn the_buffer_stands_in_runs_by_visibility_and_no_phrase_crosses_two_messages() {
        let drafts = [
            (Visibility::Hidden, "system"),
            (Visibility::Shown, "one"),
            (Visibility::Folded, "tool"),
            (Visibility::Shown, "two"),
        ];
        let conversation = tree(
            meta("t"),
            drafts
                .map(|(visibility, text)| MessageDraft { visibility, ..MessageDraft::new(Role::User, text) }),
            None,
        );
        assert_eq!(conversation.shown_text(), "one\0two");
        assert_eq!(conversation.readable_text(), "one\0two\0tool");
        for (message, text) in ["system", "one", "tool", "two"].into_iter().enumerate() {
            assert_eq!(conversation.message_text(message), text);
            assert_eq!(
                conversation.message_at(conversation.messages()[message].text_range().start),
                Some(message)
            );
        }
    }
}
