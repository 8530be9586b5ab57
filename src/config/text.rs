//! The words of the config file: where they stand, and what is wrong with them.

use std::{borrow::Cow, fmt, ops::Range};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// An error in the file: one line, without the file's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigProblem {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The error, and what to do about it.
    pub reason: String,
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.line, self.column, self.reason)
    }
}

/// The text of a file, asked where a byte of it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct LineIndex<'a>(&'a str);

impl<'a> LineIndex<'a> {
    /// Indexes these words.
    pub fn of(words: &'a str) -> Self {
        Self(words)
    }

    /// Returns the line of a byte, from 1.
    pub fn line(self, byte: usize) -> usize {
        1 + memchr::memchr_iter(b'\n', self.0.as_bytes().get(..byte).unwrap_or(self.0.as_bytes())).count()
    }

    /// Makes a problem about a stretch of it.
    pub fn problem(self, span: Range<usize>, reason: String) -> ConfigProblem {
        let before = self.0.get(..span.start).unwrap_or(self.0);
        let line = before.rsplit('\n').next().unwrap_or_default();
        ConfigProblem { line: self.line(span.start), column: line.chars().count() + 1, reason }
    }
}

/// Returns a table's pairs, in the order in which they are written.
pub(super) fn in_order<'a, 'i>(
    table: &'a DeTable<'i>,
) -> Vec<(&'a Spanned<Cow<'i, str>>, &'a Spanned<DeValue<'i>>)> {
    let mut pairs: Vec<_> = table.iter().collect();
    pairs.sort_by_key(|(key, _)| key.span().start);
    pairs
}
