//! The keys that conversations of every provider are known by before anybody parses them.

/// Keys that say: the outer object is itself a conversation.
pub(super) const CONVERSATION_KEYS: [&[u8]; 2] = [b"mapping", b"chat_messages"];

/// Keys that a conversation begins with, in one export or another.
pub(super) const FIRST_KEYS: [&[u8]; 8] = [
    b"title",
    b"id",
    b"conversation_id",
    b"create_time",
    b"mapping",
    b"current_node",
    b"uuid",
    b"chat_messages",
];
