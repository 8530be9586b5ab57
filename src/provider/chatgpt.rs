//! OpenAI's ChatGPT.

use super::Facts;

pub(super) static FACTS: Facts = Facts { name: "ChatGPT", word: "chatgpt", assistant: "Assistant" };
