//! OpenAI's ChatGPT.

use super::Facts;

pub(super) static FACTS: Facts = Facts {
    name: "ChatGPT",
    word: "chatgpt",
    assistant: "Assistant",
    conversation_page: Some("https://chatgpt.com/c/"),
    shared_page: Some("https://chatgpt.com/share/"),
};
