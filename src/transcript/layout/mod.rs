//! Entries of a conversation to lines, for one width.

pub mod attachment;
pub mod block;
pub mod citation;
pub mod document;
pub mod entry;
pub mod fold;
pub mod line;
pub mod line_cache;
pub mod styled_text;
pub mod table;
