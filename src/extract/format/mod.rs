//! What makes text of a conversation: a file a format, and what several of them say alike.

pub(super) mod blocks;
pub(super) mod code;
pub(super) mod html;
pub(super) mod jsonl;
pub(super) mod markdown;
pub(super) mod text;
pub(super) mod turns;

mod body;
mod colour;
mod escape;
mod front_matter;
mod heading;
mod math;
mod prose;
