//! What a reader sees of a conversation, for a given width: lines of styled, harmless text.
//!
//! ```text
//! reading of a message ─▶ inline_spans (citations, mathematics) ─▶ Markdown or plain text ─▶ blocks ─▶ rows ─▶ Line
//! ```
//!
//! Pure: values in, values out. Nothing here does I/O, asks the clock, knows a terminal, a colour or a key. Every
//! string of the archive passes [`sanitize`] on its way into a [`Span`], and spans remember where in the message
//! their text stands, so that hits can be marked and found.

pub mod highlight;
mod layout;
mod markdown;
mod math;
mod options;
mod text;
pub mod thread;

#[cfg(test)]
mod tests;

pub use highlight::Colours;
pub use layout::line::{HitMark, Line, Span, Tone, mark_hits};
pub use options::{AttachmentLookup, Options};
pub use text::{dates, sanitize};
pub use thread::{Entry, Transcript};
