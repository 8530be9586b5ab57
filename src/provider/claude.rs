//! Anthropic's Claude.

use super::Facts;

pub(super) static FACTS: Facts = Facts { name: "Claude", word: "claude", assistant: "Claude" };
