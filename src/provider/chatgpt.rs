//! OpenAI's ChatGPT.

use super::Facts;

pub(super) static FACTS: Facts = Facts {
    name: "ChatGPT",
    word: "chatgpt",
    assistant: "Assistant",
    conversation_page: Some("https://chatgpt.com/c/"),
    shared_page: Some("https://chatgpt.com/share/"),
    marks: &["mapping"],
    first_keys: &["title", "id", "conversation_id", "create_time", "mapping", "current_node"],
    list_keys: &["conversations"],
};
