//! unspool opens a chat-history archive, finds a conversation as you type, shows it as it was meant to be read, and
//! extracts it safely to a file or the clipboard.
//!
//! This is the map of the house. Data runs one way, down the page; a module imports only from those above it:
//!
//! ```text
//! conversation ─▶ provider ─▶ message ─▶ archive ─▶ import ─▶ library, load ─▶ secrets
//!              ─▶ search, transcript ─▶ extract ─▶ audit, config ─▶ tui
//!                                                              └─▶ cli
//! ```
//!
//! | module | what it is |
//! |---|---|
//! | [`conversation`] | one conversation as pure data: a text buffer, messages that point into it, a tree |
//! | [`provider`] | what differs by provider and needs no parsing: names, addresses, keys, members; one file a provider |
//! | [`message`] | the one reading of a message: who speaks, its blocks, formulas, safe links, branches; words for sizes |
//! | [`archive`] | where bytes come from: zip, folder, file, stdin; limits; the stream of conversation objects; attachments |
//! | [`import`] | one folder a provider: one JSON object in, one conversation out |
//! | [`library`] | all conversations of the opened archives: merged, ordered, looked up |
//! | [`load`] | the pipeline from bytes to batches of conversations, on all cores, and its account |
//! | [`secrets`] | what a secret looks like (rules are data); finding, masking, redacting |
//! | [`search`] | the query language, fuzzy titles, full text, ranking (pure); a worker |
//! | [`transcript`] | what a reader sees for a given width; the one place where text is sanitised |
//! | [`extract`] | Markdown, text, HTML, JSON Lines; file names (pure); saving and the clipboard |
//! | [`audit`] | what a whole archive gives away, in the words that both front doors show |
//! | [`config`] | what a person has settled for good: file, environment and flags in layers (pure), keys and themes by name |
//! | [`launch`] | what the command line says about the UI |
//! | [`tui`], [`cli`] | the two front doors to the same rooms; they never import each other |
//!
//! Untrusted text goes through [`transcript::sanitize`] before a terminal sees it, and nothing of an archive is
//! written anywhere unless the person asked for that file.

// The makers of conversations that tests share say `unspool`, wherever they stand.
#[cfg(test)]
extern crate self as unspool;
/// What work costs, as the crates in `tests` measure it.
#[cfg(test)]
#[path = "../tests/support/cost.rs"]
pub mod cost;

mod one_of;
mod parallel;
mod reason;

pub mod conversation;
pub mod provider;

pub mod message;

pub mod archive;
pub mod import;

pub mod library;
pub mod load;

pub mod secrets;

pub mod search;
pub mod transcript;

pub mod extract;

pub mod audit;
pub mod config;
pub mod launch;

pub mod cli;
pub mod tui;
