//! Anthropic's Claude.

use super::Facts;

pub(super) static FACTS: Facts = Facts {
    name: "Claude",
    word: "claude",
    assistant: "Claude",
    conversation_page: Some("https://claude.ai/chat/"),
    // Its export names no link that was shared.
    shared_page: None,
    marks: &["chat_messages"],
    first_keys: &["uuid", "chat_messages"],
    list_keys: &["conversations"],
};
