//! What a reader sees of a conversation, for a given width: lines of styled, harmless text.
//!
//! ```text
//! reading of a message ─▶ insets (citations, mathematics) ─▶ Markdown or plain text ─▶ blocks ─▶ rows ─▶ Line
//! ```
//!
//! Pure: values in, values out. Nothing here does I/O, asks the clock, knows a terminal, a colour or a key. Every
//! string of the archive passes [`sanitize`] on its way into a [`Span`], and spans remember where in the message
//! their text stands, so that hits can be marked and found.

mod attachment;
mod block;
mod citation;
mod code;
mod colouring;
pub mod dates;
mod entry;
mod fold;
pub mod highlight;
mod inset;
mod laid;
mod layout;
pub mod line;
mod markdown;
mod math;
mod options;
mod plain;
mod prose;
pub mod sanitize;
mod table;
mod target;
pub mod thread;
mod wrap;

#[cfg(test)]
mod tests;

pub use code::Colours;
pub use line::{Line, Mark, Span, Tone, mark};
pub use options::{Options, Present};
pub use thread::{Entry, Transcript};
