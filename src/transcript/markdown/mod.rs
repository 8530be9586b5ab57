//! Reads the text of a message into blocks: Markdown, and text as it was typed.
//!
//! [`inline_span`] hides from Markdown the citations and formulas that are drawn otherwise. The folder must not know
//! widths: blocks are laid out later.

mod blocks;
mod inline;
pub mod inline_span;
pub mod plain;

pub use blocks::parse;
