//! What a reader sees of a conversation, for a given width: lines of styled, harmless text.
//!
//! ```text
//! message ─▶ insets (citations, mathematics) ─▶ Markdown or plain text ─▶ blocks ─▶ rows ─▶ Line
//! ```
//!
//! Pure: values in, values out. Nothing here does I/O, asks the clock, knows a terminal, a colour or a key. Every
//! string of the archive passes [`sanitize`] on its way into a [`Span`], and spans remember where in the message
//! their text stands, so that hits can be marked and found.

mod address;
mod attachment;
mod block;
mod branch;
mod citation;
mod code;
mod colouring;
pub mod dates;
mod fold;
pub mod highlight;
mod inset;
mod laid;
mod layout;
pub mod line;
mod links;
mod markdown;
mod math;
mod message;
mod options;
mod parts;
mod plain;
mod prose;
pub mod sanitize;
mod table;
mod target;
pub mod thread;
mod wrap;

#[cfg(test)]
mod tests;

pub use attachment::{grouped, size};
pub use branch::{Branch, Fork, forks};
pub use code::Colours;
pub use line::{Line, Mark, Span, Tone, mark};
pub use links::links;
pub use options::{Options, Present};
pub use parts::Part;
pub use thread::{Entry, Transcript};
