//! A conversation as lines of styled, harmless text, for a given width.
//!
//! ```text
//! message view ─▶ inline spans (citations, mathematics) ─▶ Markdown or plain text ─▶ blocks ─▶ rows ─▶ Line
//! ```
//!
//! Pure: values in, values out. The module must not do I/O or ask the clock, and must not know a terminal, a
//! colour or a key. Every string of the archive passes [`sanitize`] on its way into a [`Span`], and spans
//! remember where in the message their text stands, so that hits can be marked and found.
//!
//! | folder | what it is for |
//! |---|---|
//! | `layout` | entries and blocks to lines of styled spans |
//! | `markdown` | a message's text, Markdown or as it was typed, to blocks |
//! | `math` | TeX to text |
//! | `highlight` | code and its colours |
//! | `text` | characters: made harmless, measured, wrapped |

pub mod conversation_transcript;
pub mod highlight;
mod layout;
mod markdown;
mod math;
mod options;
mod text;

#[cfg(test)]
mod tests;

pub use conversation_transcript::{Entry, Transcript};
pub use highlight::CodeTones;
pub use layout::line::{HitMark, Line, Span, Tone, mark_hits};
pub use options::{AttachmentLookup, TranscriptOptions};
pub use text::{dates, sanitize};
