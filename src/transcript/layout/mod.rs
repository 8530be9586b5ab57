//! Makes lines: entries of a conversation and their blocks, laid out for one width.
//!
//! [`entry`] says what stands on the lines of a message, [`block`] is the form in which its text comes, and
//! [`document`] turns blocks into [`line::Line`]s. The folder must not know themes, keys or the terminal; it keeps nothing
//! but what is in [`line_cache`], and only [`entry`] asks the readers of Markdown.

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
