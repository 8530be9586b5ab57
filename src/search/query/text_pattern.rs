//! The text that a query looks for, as it was typed.

use std::fmt;

/// A word, phrase or expression to look for, or several of them any of which will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextPattern {
    /// Matched letter by letter, and in a title also fuzzily.
    Word(String),
    /// Matched letter by letter, any white space for white space.
    Phrase(String),
    /// A regular expression that compiles.
    Regex(String),
    /// Any of these, at least two, none twice and none of this kind (`OR`).
    AnyOf(Vec<Self>),
}

impl TextPattern {
    /// Returns the words or the expression without quotes or slashes; empty for alternatives: each has its own.
    pub fn text(&self) -> &str {
        match self {
            Self::Word(text) | Self::Phrase(text) | Self::Regex(text) => text,
            Self::AnyOf(_) => "",
        }
    }

    /// Returns it as a list of alternatives: itself, if it has none.
    pub fn alternatives(&self) -> &[Self] {
        match self {
            Self::AnyOf(alternatives) => alternatives,
            one => std::slice::from_ref(one),
        }
    }

    /// Adds another as an alternative, unless it is one already.
    pub(super) fn or(self, other: Self) -> Self {
        if self.alternatives().contains(&other) {
            return self;
        }
        let mut alternatives = match self {
            Self::AnyOf(alternatives) => alternatives,
            one => vec![one],
        };
        alternatives.push(other);
        Self::AnyOf(alternatives)
    }

    /// Keeps only so many alternatives, at least one.
    pub(super) fn truncate(&mut self, length: usize) {
        if let Self::AnyOf(alternatives) = self {
            alternatives.truncate(length.max(1));
            if let [one] = alternatives.as_slice() {
                *self = one.clone();
            }
        }
    }
}

impl fmt::Display for TextPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => formatter.write_str(word),
            Self::Phrase(phrase) => write!(formatter, "{}", DisplayQuoted(phrase)),
            Self::Regex(source) => write!(formatter, "/{source}/"),
            Self::AnyOf(alternatives) => write_alternatives(formatter, "", alternatives),
        }
    }
}

/// Writes alternatives with `OR` between them, each behind this key.
pub(super) fn write_alternatives(
    formatter: &mut fmt::Formatter<'_>,
    key: &str,
    alternatives: &[TextPattern],
) -> fmt::Result {
    for (index, alternative) in alternatives.iter().enumerate() {
        let or = if index > 0 { " OR " } else { "" };
        write!(formatter, "{or}{key}{alternative}")?;
    }
    Ok(())
}

/// Writes a text between quotes, with quotes and backslashes in it escaped.
pub(super) struct DisplayQuoted<'a>(pub &'a str);

impl fmt::Display for DisplayQuoted<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\"{}\"", self.0.replace('\\', r"\\").replace('"', "\\\""))
    }
}
