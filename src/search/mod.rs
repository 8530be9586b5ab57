//! Finding conversations: the query language, fuzzy titles, full text, ranking, and a worker to do it aside.
//!
//! A [`Query`] is what was typed, parsed once. A [`Matcher`] is a query compiled: it says of one conversation whether
//! it matches, how well and where. [`worker`] asks it about a whole library, away from the screen. Everything but the
//! worker is pure: no thread, no clock, no file.

mod dates;
mod engine;
mod expression;
mod filters;
mod fold;
mod grams;
mod hints;
mod index;
mod judge;
mod lexer;
mod literal;
pub mod matcher;
mod narrowing;
mod pattern;
pub mod query;
pub mod rank;
mod scan;
mod sieve;
mod sight;
mod snippet;
mod term;
mod titles;
mod traces;
mod wording;
pub mod worker;

pub use {dates::Date, matcher::Matcher, query::Query, rank::Score};
