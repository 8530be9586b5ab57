//! Works on plain characters: makes them harmless, measures them, wraps them into rows, writes dates.
//!
//! The folder must not know styles, blocks, Markdown or messages.

pub mod dates;
pub mod line_break;
pub mod link_target;
pub mod sanitize;
pub mod width;
pub mod wrap;
