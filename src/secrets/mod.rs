//! Secrets: finds credentials and personal data in a text, names them, and takes them out.
//!
//! What a secret looks like is data: `assets/secrets.toml`, a rule a kind, each with examples that must and that
//! must not match. [`Scanner`] reads a text once for the keywords of all rules together and asks a rule only where
//! one of its keywords stands; a [`Finding`] is a kind and a range. From findings come [`Counts`] for a status line,
//! masked values for a report, a redacted text ([`Scanner::redact`]), a redacted original object
//! ([`Scanner::redact_json`], which stays valid JSON) and a redacted conversation
//! ([`Scanner::redact_conversation`], from which every format of an extract can be made).
//! [`audit`] looks at a whole archive.
//!
//! Nothing here reads a file or knows a screen, and nothing here keeps or prints a value: an error says where, a
//! report has [`masks`](Scanner::mask).

pub mod audit;

mod checks;
mod conversation;
mod json;
mod mask;
mod redact;
mod rules;
mod scan;

pub use redact::Counts;
pub use rules::{Rule, SecretClass};
pub use scan::{Finding, KindId, Scanner};
