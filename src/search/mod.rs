//! Finding conversations: the query language, full text, an inverted index, ranking in two tiers, and a worker that
//! does it aside.
//!
//! A [`Query`] is what was typed, parsed once. A [`Matcher`] is a query, compiled: it says of one conversation whether
//! it matches, how well and where. The [`worker`] asks it about a whole library, away from the screen. Everything but
//! the worker is pure: no thread, no clock, no file.
//!
//! # Two tiers
//!
//! The first holds what has *all* words, exactly: also within longer words. The second holds what has *some*, the most
//! telling first, where a word also stands for its forms, an abbreviation, and if it hardly occurs for its nearest
//! neighbours. What is quoted, capital, excluded, an expression, of the title or a filter binds in both.
//!
//! # How a query is answered
//!
//! | step | where |
//! |---|---|
//! | 1. The text is cut into tokens and parsed into clauses. | [`query`]: `lexer`, `parser`, `predicate` |
//! | 2. The query is compiled: filters, and a term for each word, phrase or expression. | [`matching`]: `compiled_query`, `term`, `pattern` |
//! | 3. The search is planned: the index tells what matches, or at least rules most out. | `engine`: `plan`, `indexed_terms`, `answers` |
//! | 4. Words and pieces of them are looked up. | `index`: `dictionary`, `postings`, `occurrences` |
//! | 5. What the index cannot tell is evaluated, on all cores: filters, then title and messages, term by term. | [`matching`]: `evaluation`, `title_match`, `message_hits` |
//! | 6. Each conversation that matches is given a score; the best passage is cut out when it is shown. | [`ranking`]: `match_quality`, `snippet` |
//! | 7. What was found is merged with what was known, sorted and sent, a page first. | [`worker`], `engine` |
//! | 8. What has some of the words is scored and put below. | `engine`: `some_words`, `word_variants`, `word_forms` |
//! | 9. While nobody asks, the next run of conversations is indexed. | [`worker`], `index`: `draft` |
//!
//! # What the index answers alone
//!
//! Of a word or a piece of one the index knows every slot (a title or a message), whether it stands there as a word, as
//! the beginning of one or inside of it, and how often. So which conversations match, their class and their hits are
//! exact without a look at their text; only how close together several words stand is judged by the text, of the best
//! thousand. Phrases, punctuation, capitals, accents and expressions are verified in the text of what the index does not
//! rule out, and so are `role:`, `model:`, `has:` and `in:`. Until the index is built the text is scanned for the rarest
//! bytes of a word at the speed of memory (`matching::byte_scan`).

mod engine;
mod index;
pub mod matching;
pub mod query;
pub mod ranking;
pub mod streamed;
pub mod worker;

pub use {
    matching::{Hit, Matcher, Snippet},
    query::{Clock, Date, Query},
    ranking::Score,
};
