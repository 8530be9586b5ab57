//! unspool opens a chat-history archive, finds a conversation as you type, shows it, and extracts it safely.

pub mod conversation;
