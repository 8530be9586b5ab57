//! Looks for the words of a query in the text and the title of one conversation.

mod byte_scan;
mod compiled_query;
mod evaluation;
mod expression;
mod folding;
mod fuzzy_match;
mod literal;
mod matcher;
mod message_hits;
mod pattern;
pub(super) mod position_cache;
mod regex_prefilter;
mod scope;
mod term;
mod title_match;
mod word_boundary;

#[cfg(test)]
pub(super) use literal::Literal;
pub use matcher::{Hit, Matcher, Snippet};
pub(super) use {
    evaluation::Evaluation,
    expression::Expression,
    folding::{Foldable, Folding, is_joining},
    fuzzy_match::LONGEST_TITLE,
    pattern::{Pattern, implies},
    term::Term,
    word_boundary::{WordBoundary, is_spaced_letter},
};
