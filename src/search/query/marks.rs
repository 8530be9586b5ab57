//! The conversations that a person has marked, as a query knows them (`is:marked`).

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use crate::conversation::{Conversation, ObjectLocation};

/// The marked conversations: by where their objects stand, and there by their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks(Arc<HashMap<ObjectLocation, HashSet<Box<str>>>>);

impl Marks {
    /// Returns whether a conversation is marked.
    pub fn contains(&self, conversation: &Conversation) -> bool {
        self.0.get(&conversation.object_location).is_some_and(|ids| ids.contains(&*conversation.id))
    }
}

impl<'a> FromIterator<&'a Conversation> for Marks {
    fn from_iter<T: IntoIterator<Item = &'a Conversation>>(conversations: T) -> Self {
        let mut marked: HashMap<_, HashSet<Box<str>>> = HashMap::new();
        for conversation in conversations {
            marked.entry(conversation.object_location).or_default().insert((&*conversation.id).into());
        }
        Self(Arc::new(marked))
    }
}
