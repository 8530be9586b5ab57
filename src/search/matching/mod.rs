//! Matches a query against one conversation: exactly, in its title and its messages, and fuzzily in its title.
//!
//! | layer | files |
//! |---|---|
//! | which characters are the same | `case_folding` (with `typography`, `markdown_marks`, `folds_to_ascii`), `word_boundary` |
//! | one pattern in one text | `pattern`: `literal` (with `byte_scan`) or `query_regex` (with `regex_prefilter`); `fuzzy_match` |
//! | one term of the query | `term` |
//! | one conversation | `scope`, `title_match`, `message_hits`, `secret_hits` |
//! | giving up in the middle of a long text | `interruption` |
//! | the query | `compiled_query`, `evaluation`, and [`Matcher`] for the outside |

mod byte_scan;
mod case_folding;
mod compiled_query;
mod evaluation;
mod folds_to_ascii;
mod fuzzy_match;
mod interruption;
mod literal;
pub(super) mod markdown_marks;
mod matcher;
mod message_hits;
mod pattern;
mod query_regex;
mod regex_prefilter;
mod scope;
mod secret_hits;
mod term;
mod title_match;
mod typography;
mod word_boundary;

#[cfg(test)]
pub(super) use literal::Literal;
pub(super) use {
    byte_scan::pack_bits,
    case_folding::{CaseFolding, is_joining},
    compiled_query::CompiledQuery,
    evaluation::Evaluation,
    folds_to_ascii::FoldsToAscii,
    fuzzy_match::MAX_TITLE_LENGTH,
    pattern::Pattern,
    query_regex::QueryRegex,
    term::Term,
    title_match::SearchedText,
    word_boundary::{WordBoundary, is_letter_of_spaced_script, is_letter_of_unspaced_script},
};
pub use {
    interruption::Interruption,
    matcher::{Hit, Matcher, Snippet},
};
