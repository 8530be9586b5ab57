//! The number of secrets of each kind, and how it is said.

use super::{Finding, RuleId, Scanner, SecretClass};

/// The number of findings of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    counts: Vec<(RuleId, usize)>,
}

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, kind: RuleId) {
        self.add_many(kind, 1);
    }

    /// Counts what another counted.
    pub fn merge(&mut self, other: &Self) {
        for &(kind, number) in &other.counts {
            self.add_many(kind, number);
        }
    }

    fn add_many(&mut self, kind: RuleId, number: usize) {
        match self.counts.binary_search_by_key(&kind, |entry| entry.0) {
            Ok(at) => self.counts[at].1 += number,
            Err(at) => self.counts.insert(at, (kind, number)),
        }
    }

    /// Returns whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Returns the number of all of them together.
    pub fn total(&self) -> usize {
        self.counts.iter().map(|entry| entry.1).sum()
    }

    /// Returns the credentials alone.
    pub fn credentials(&self, scanner: &Scanner) -> usize {
        let credential = |kind| scanner.rule(kind).class() == SecretClass::Credential;
        self.counts.iter().filter(|entry| credential(entry.0)).map(|entry| entry.1).sum()
    }

    /// Lists each kind with its number, in the order of the rules: credentials first.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (RuleId, usize)> {
        self.counts.iter().copied()
    }

    /// Says it in words, for the status line: "1 github-token, 2 e-mail addresses". Past four kinds the rest
    /// is a number. Empty when nothing was counted.
    pub fn sentence(&self, scanner: &Scanner) -> String {
        /// Kinds that are named; of more the rest is a number.
        const MAX: usize = 4;
        let shown = if self.counts.len() > MAX + 1 { MAX } else { self.counts.len() };
        let mut pieces: Vec<String> = self.counts[..shown]
            .iter()
            .map(|&(kind, number)| scanner.rule(kind).count_in_words(number))
            .collect();
        let rest: usize = self.counts[shown..].iter().map(|entry| entry.1).sum();
        if rest > 0 {
            pieces.push(format!("{rest} more"));
        }
        pieces.join(", ")
    }
}

impl<'a> FromIterator<&'a Finding> for Counts {
    fn from_iter<I: IntoIterator<Item = &'a Finding>>(findings: I) -> Self {
        let mut counts = Self::default();
        findings.into_iter().for_each(|finding| counts.add(finding.kind));
        counts
    }
}
