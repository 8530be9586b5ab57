//! Code, and its colours.

mod cache;
mod code;
mod highlighter;

pub use code::Colours;
pub use highlighter::{Highlighter, Job, JobId, catches_panics};

pub(super) use cache::HighlightCache;
pub(super) use code::Code;
