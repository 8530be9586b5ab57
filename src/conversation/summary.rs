//! What is kept of a conversation whose messages are let go: enough to list it, to merge it with others of its id, and to
//! read it again.

use std::{hash::BuildHasher, sync::LazyLock};

use hashbrown::DefaultHashBuilder;

use super::{Conversation, ConversationKind, Message, ObjectLocation, Provider, Time};

/// A conversation without its messages.
#[derive(Clone, Debug, PartialEq)]
pub struct ConversationSummary {
    /// The provider's id, or one made from its position in the archive.
    pub id: Box<str>,
    /// `true` if the export gave no id; such a conversation is never merged with another.
    pub id_is_generated: bool,
    /// The title. Never empty.
    pub title: Box<str>,
    /// The time it began.
    pub created: Option<Time>,
    /// The time of its last addition.
    pub updated: Option<Time>,
    /// The provider whose export it came from.
    pub provider: Provider,
    /// `true` if the person archived it.
    pub archived: bool,
    /// `true` if it is starred or pinned.
    pub starred: bool,
    /// The sort of thing that was read as a conversation.
    pub kind: ConversationKind,
    /// The conversation's default model, else that of its last answer.
    pub model: Option<Box<str>>,
    /// The place of the original object.
    pub object_location: ObjectLocation,
    /// The number of messages that are part of the conversation: shown, on any branch.
    pub shown_count: usize,
    /// The bytes of its text, hidden text included.
    pub text_length: usize,
    /// The time of its newest message.
    pub newest_message: Option<Time>,
    /// The hashes of the messages' texts, in their order: [`text_hashes`].
    pub text_hashes: Box<[u64]>,
}

impl ConversationSummary {
    /// Summarizes a conversation.
    pub fn of(conversation: &Conversation) -> Self {
        // Only what may be merged is compared.
        let is_compared = !conversation.id_is_generated;
        Self {
            id: conversation.id.clone(),
            id_is_generated: conversation.id_is_generated,
            title: conversation.title.clone(),
            created: conversation.created,
            updated: conversation.updated,
            provider: conversation.provider,
            archived: conversation.archived,
            starred: conversation.starred,
            kind: conversation.kind,
            model: conversation.model().map(Into::into),
            object_location: conversation.object_location,
            shown_count: conversation.shown_count(),
            text_length: conversation.text().len(),
            newest_message: newest_message(conversation),
            text_hashes: if is_compared { text_hashes(conversation).collect() } else { Box::default() },
        }
    }
}

/// Returns the time of the newest message.
pub fn newest_message(conversation: &Conversation) -> Option<Time> {
    conversation.messages().iter().filter_map(Message::time).max()
}

/// Returns the hashes of the messages' texts without the white space around them, but for those without text: two
/// conversations that share one are, in all probability, versions of one. They live as long as the process.
pub fn text_hashes(conversation: &Conversation) -> impl Iterator<Item = u64> {
    static HASHER: LazyLock<DefaultHashBuilder> = LazyLock::new(DefaultHashBuilder::default);
    let texts = (0..conversation.messages().len()).map(|message| conversation.message_text(message).trim());
    texts.filter(|text| !text.is_empty()).map(|text| HASHER.hash_one(text))
}
