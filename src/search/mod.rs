//! Finding conversations: the query language, fuzzy titles, full text, ranking, and a worker to do it aside.
//!
//! A [`Query`] is what was typed, parsed once. A [`Matcher`] is a query compiled: it says of one conversation whether
//! it matches, how well and where. [`worker`] asks it about a whole library, away from the screen. Everything but the
//! worker is pure: no thread, no clock, no file.

mod engine;
mod index;
pub mod matching;
pub mod query;
pub mod ranking;
pub mod worker;

pub use {
    matching::{Hit, Matcher, Snippet},
    query::{Date, Query},
    ranking::Score,
};
