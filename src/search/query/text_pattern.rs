//! The text that a query looks for, as it was typed.

use std::fmt;

/// A word, phrase or expression to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextPattern {
    /// Matched letter by letter, and in a title also fuzzily.
    Word(String),
    /// Matched letter by letter, any white space for white space.
    Phrase(String),
    /// A regular expression that compiles.
    Regex(String),
}

impl TextPattern {
    /// Returns the words or the expression without quotes or slashes.
    pub fn text(&self) -> &str {
        match self {
            Self::Word(text) | Self::Phrase(text) | Self::Regex(text) => text,
        }
    }
}

impl fmt::Display for TextPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => formatter.write_str(word),
            Self::Phrase(phrase) => write!(formatter, "{}", DisplayQuoted(phrase)),
            Self::Regex(source) => write!(formatter, "/{source}/"),
        }
    }
}

/// Writes a text between quotes, with quotes and backslashes in it escaped.
pub(super) struct DisplayQuoted<'a>(pub &'a str);

impl fmt::Display for DisplayQuoted<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\"{}\"", self.0.replace('\\', r"\\").replace('"', "\\\""))
    }
}
