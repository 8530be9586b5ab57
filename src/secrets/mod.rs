//! Secrets: finds credentials and personal data in a text, names them, and takes them out.
//!
//! The rules of secrets are data: `assets/secrets.toml`, one rule per kind, each with examples that must and that
//! must not match. [`Scanner`] reads a text once for the keywords of all rules together and asks a rule only where
//! one of its keywords stands, in the text as it is written and as it is read without its escapes (`unescape`); a
//! [`Finding`] is a kind, a range and its [`Certainty`].
//!
//! What is taken out leans to too much, what is reported to the right number: an audit counts what is certain and says
//! what only looks like a secret, while [`KnownSecrets`], the one list by which all formats of a conversation are
//! redacted, has both. It is made of the whole conversation and, where that is at hand, of the original object with its
//! keys, and it takes a value out wherever it stands: of texts, names and titles ([`KnownSecrets::redact`]), of a
//! conversation from which every format is made ([`KnownSecrets::redact_conversation`]) and of an original
//! ([`KnownSecrets::redact_json`], which stays valid JSON). [`Counts`] are for a status line: each value once.
//! [`exposures`] looks at a whole archive.
//!
//! Nothing here reads a file or knows a screen, and nothing here keeps or prints a value: an error says where, a
//! report has [`masks`](Scanner::mask).

pub mod exposures;

mod checks;
mod columns;
mod controls;
mod conversation;
mod counts;
mod digit_clusters;
mod embedded_numbers;
mod embedded_tokens;
mod escapes;
mod finding;
mod interrupted_secrets;
mod json;
mod json_walk;
mod known;
mod marks;
mod mask;
mod number_checks;
mod placeholders;
mod program_text;
mod redact;
mod rule_matcher;
mod rules;
mod scan;
mod secret_pieces;
mod spans;
mod unescape;
mod value_ends;

pub use counts::Counts;
pub use finding::{Certainty, Finding, RuleId};
pub use known::KnownSecrets;
pub use rules::{Rule, SecretClass};
pub use scan::Scanner;
