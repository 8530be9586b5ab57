//! unspool opens a chat-history archive, finds a conversation as you type, shows it, and extracts it safely.

pub mod archive;
pub mod conversation;
pub mod extract;
pub mod import;
pub mod library;
pub mod load;
pub mod search;
pub mod secrets;
pub mod transcript;
