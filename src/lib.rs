//! Opens a chat-history archive, finds a conversation as you type, shows it as it was meant to be read, and extracts it
//! safely to a file or the clipboard.
//!
//! ```
//! use unspool::{
//!     conversation::ObjectLocation,
//!     extract::{self, Format, ExtractOptions},
//!     import::{self, ImportCounts},
//! };
//!
//! // One object of an export becomes one conversation, and that a text.
//! let object = br#"{"id": "c1", "title": "Greetings", "current_node": "a", "mapping": {
//!     "q": {"id": "q", "parent": null, "children": ["a"],
//!           "message": {"author": {"role": "user"}, "content": {"content_type": "text", "parts": ["Hello?"]}}},
//!     "a": {"id": "a", "parent": "q", "children": [],
//!           "message": {"author": {"role": "assistant"}, "content": {"content_type": "text", "parts": ["Hi!"]}}}}}"#;
//! let imported = import::import(object, true, ObjectLocation::default(), &mut ImportCounts::default()).unwrap();
//! let options = ExtractOptions::new(Format::Markdown, jiff::tz::TimeZone::UTC);
//! let text = extract::format_conversation(&imported.conversation, &options);
//! assert_eq!(text, "# Greetings\n\n## You\n\nHello?\n\n## Assistant\n\nHi!\n");
//! ```
//!
//! # Modules
//!
//! Data runs one way, down the page; a module imports only from those above it:
//!
//! ```text
//! conversation ─▶ provider ─▶ message ─▶ archive ─▶ import ─▶ library, load ─▶ secrets
//!              ─▶ search, transcript ─▶ extract ─▶ audit, config ─▶ launch ─▶ tui
//!                                                                         └─▶ cli
//! ```
//!
//! | module | what it is |
//! |---|---|
//! | [`conversation`] | one conversation as pure data: a text buffer, messages that point into it, a tree |
//! | [`provider`] | what differs by provider and needs no parsing: names, addresses, keys, members; one file per provider |
//! | [`message`] | the one reading of a message: who speaks, its blocks, formulas, safe links, branches; words for sizes |
//! | [`archive`] | where bytes come from: zip, folder, file, stdin; limits; the stream of conversation objects; attachments |
//! | [`import`] | one folder per provider: one JSON object in, one conversation out; account files |
//! | [`library`] | all conversations of the opened archives: merged, ordered, looked up |
//! | [`load`] | the pipeline from bytes to batches of conversations, on all cores, and its report |
//! | [`secrets`] | what a secret looks like (rules are data); finding, masking, redacting |
//! | [`search`] | the query language, fuzzy titles, full text, ranking (pure); a worker |
//! | [`transcript`] | what a reader sees for a given width; the one place where text is sanitized |
//! | [`extract`] | Markdown, text, HTML, JSON, JSON Lines; file names (pure); saving and the clipboard |
//! | [`audit`] | what a whole archive gives away, in the words that both front ends show |
//! | [`config`] | what a person has settled for good: file, environment and flags in layers (pure), keys and themes by name |
//! | [`launch`] | what the command line says about the UI |
//! | [`tui`], [`cli`] | the two front ends to the same modules; they never import each other |
//!
//! Untrusted text goes through [`transcript::sanitize`] before a terminal sees it, and nothing of an archive is
//! written anywhere unless the person asked for that file.
//!
//! # Glossary
//!
//! One word, one thing, in code, comments and documents alike.
//!
//! | word | meaning |
//! |---|---|
//! | archive, member | an export as it comes (zip, folder, file, standard input), and a file in it |
//! | provider | whose export it is |
//! | object | one conversation as JSON, cut out of a member and not parsed yet |
//! | object location | where an object stands: archive, member, bytes; by it the original is read again |
//! | conversation, message, annotation | one thread; one thing said in it; what stands in that besides words |
//! | shown, folded, hidden | how the provider's own screen treats a message |
//! | branch, fork | an edited prompt or a regenerated answer begins a branch where the tree forks |
//! | visible path | the messages of the branch that was last shown |
//! | message view, block, label | what one message says: its stretches in order, and what it is when it is not simply said |
//! | chunk | a stretch of a message too long to be read at once |
//! | canvas | a document beside the conversation: a canvas, an artifact |
//! | library, handle | all conversations of all archives, merged by id, and a conversation's number in it |
//! | query, predicate, term | what is looked for: its conditions, and its words |
//! | index, dictionary, postings | an inverted index: every word once, and for each the titles and messages that have it |
//! | slot | (in `search`) a title or a message, as the index numbers them |
//! | tier | what has all words of a query, and below it what has some |
//! | scope, evaluation, hit | the messages that count; what a query finds in one conversation; where |
//! | match quality, rank | how well it matches, and its place in the list |
//! | snippet | the words around a hit |
//! | transcript, (transcript) entry, line | a conversation on the screen; a message of it, or a chunk; a row of one width |
//! | inline span | a stretch of a line of text that is shown as something else: a formula, a citation's number |
//! | fold | a message of which one line is shown; letters are *case-folded*, which is another thing |
//! | tone | what a stretch of text is, before a theme gives it a colour |
//! | extract, extract entry, format | a conversation as a text; one message of it (a *turn* to people); how it is written down |
//! | finding, exposure | a secret in a text; one in an archive, for the report |
//! | pane, overlay | the search and the thread; what lies over them |
//! | command, action | what a key means; what happened, for the update to act on |
//! | effect, task, terminal request | what the update asks for; of a worker; of the terminal |
//! | salvage, resume, repair | of a zip without its directory; of a member after a broken object; of an object's JSON |

// The makers of conversations that tests share say `unspool`, wherever they stand.
#[cfg(test)]
extern crate self as unspool;
/// The cost of work, as the crates in `tests` measure it.
#[cfg(test)]
#[path = "../tests/support/cost.rs"]
pub mod cost;

mod io_error;
mod join_with_or;
mod over_ssh;
mod parallel;
mod suggest;
mod utf16_escape;

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
