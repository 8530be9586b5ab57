//! Finding conversations: the query language, full text, fuzzy titles, ranking, and a worker that does it aside.
//!
//! A [`Query`] is what was typed, parsed once. A [`Matcher`] is a query, compiled: it says of one conversation whether
//! it matches, how well and where. The [`worker`] asks it about a whole library, away from the screen. Everything but
//! the worker is pure: no thread, no clock, no file.
//!
//! # How a query is answered
//!
//! | step | where |
//! |---|---|
//! | 1. The text is cut into tokens and parsed into clauses. | [`query`]: `lexer`, `parser`, `predicate` |
//! | 2. The query is compiled: filters, and a term for each word, phrase or expression. | [`matching`]: `compiled_query`, `term`, `pattern` |
//! | 3. The search is planned: earlier answers rule out most conversations. | `engine`: `plan`, `answers`, `refinement` |
//! | 4. The index rules out most of the others. | `index`: `bloom`, `title_letters` |
//! | 5. The rest are evaluated, on all cores: filters, then title and messages, term by term. | [`matching`]: `evaluation`, `title_match`, `message_hits` |
//! | 6. Each conversation that matches is given a score; the best passage is cut out when it is shown. | [`ranking`]: `match_quality`, `snippet` |
//! | 7. What was found is merged with what was known, sorted and sent, a page first. | [`worker`], `engine` |
//! | 8. While nobody asks, the next segment of the index is built. | [`worker`], `index` |
//!
//! # Five ways not to look
//!
//! Searching is fast because most text is never read. None of these changes an answer: each says "no" only when that
//! is certain.
//!
//! 1. *Refinement* (`engine::refinement`): what did not match `kube` cannot match `kuber`, but by a fuzzy title.
//! 2. *Title letters* (`index::title_letters`): a title that lacks a letter of a word cannot match it fuzzily.
//! 3. *Bloom filter* (`index::bloom`): a text that lacks an n-gram of a word cannot have the word.
//! 4. *Position cache* (`matching::position_cache`): a word that was typed on begins where its beginning stood.
//! 5. *Regex prefilter* (`matching::regex_prefilter`): letters that every match has, or a quicker automaton, rule out
//!    texts before an expression is asked.
//!
//! What is left is scanned for the rarest bytes of a word at the speed of memory (`matching::byte_scan`).

mod engine;
mod index;
pub mod matching;
pub mod query;
pub mod ranking;
pub mod worker;

pub use {
    matching::{Hit, Matcher, Snippet},
    query::{Clock, Date, Query},
    ranking::Score,
};
