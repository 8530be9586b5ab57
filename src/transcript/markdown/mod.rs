//! Markdown and text as it was typed, to blocks.

mod blocks;
mod inline;
pub mod inline_span;
pub mod plain;

pub use blocks::parse;
