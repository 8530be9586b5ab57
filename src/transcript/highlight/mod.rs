//! Code and its colours: blocks of code, the highlighter, and the colours that came back from it.
//!
//! The highlighter runs on a thread that somebody else owns. The folder must not know themes (a colour here is a
//! [`Tone`](super::Tone)), messages or the screen.

mod cache;
mod code;
mod highlighter;
mod time_budget;

pub use code::CodeTones;
pub use highlighter::{HighlightId, HighlightRequest, Highlighter, catches_panics};

pub(super) use cache::HighlightCache;
pub(super) use code::Code;
