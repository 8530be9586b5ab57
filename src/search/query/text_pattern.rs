//! What a query looks for in a text, as it was typed.

use std::fmt;

/// What is looked for in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextPattern {
    /// Letter by letter, and in a title fuzzily.
    Word(String),
    /// Letter by letter, any white space for white space.
    Phrase(String),
    /// A regular expression that compiles.
    Regex(String),
}

impl TextPattern {
    /// The words or the expression without quotes or slashes.
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

/// Text between quotes, with what has a meaning there escaped.
pub(in crate::search) struct DisplayQuoted<'a>(pub &'a str);

impl fmt::Display for DisplayQuoted<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\"{}\"", self.0.replace('\\', r"\\").replace('"', "\\\""))
    }
}
