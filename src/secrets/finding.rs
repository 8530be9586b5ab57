//! What is found in a text, what of it is wanted, and which of several findings in one place gives its name.

use std::{
    collections::BTreeMap,
    ops::{ControlFlow, Range},
};

use super::{
    Scanner,
    rules::{Rule, SecretClass},
};

/// Names one rule of a [`Scanner`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub(super) u16);

/// The certainty of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// It has the shape of a secret and fails a check that tells a real one: a checksum, a word that examples have.
    Doubtful,
    /// It is one, as far as a text can tell.
    Certain,
}

/// A secret in a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Finding {
    /// The kind of the secret.
    pub kind: RuleId,
    /// The bytes of the value alone in the text, without the name before it. On character boundaries.
    pub range: Range<usize>,
    /// The certainty that it is one.
    pub certainty: Certainty,
}

/// The findings that are wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct FindingFilter {
    /// Of this class alone; `None`: of all.
    pub(super) class: Option<SecretClass>,
    /// At least as certain as this. What only looks like one is looked for across lines that were wrapped, too.
    pub(super) certainty: Certainty,
}

impl FindingFilter {
    /// All that is a secret.
    pub(super) const CERTAIN: Self = Self { class: None, certainty: Certainty::Certain };
    /// All that could be one.
    pub(super) const ALL: Self = Self { class: None, certainty: Certainty::Doubtful };

    pub(super) fn accepts(self, rule: &Rule) -> bool {
        self.class.is_none_or(|class| rule.class() == class)
    }

    pub(super) fn joins_lines(self) -> bool {
        self.certainty == Certainty::Doubtful
    }
}

/// The visitor of findings; a break ends the search.
pub(super) type Visitor<'v> = &'v mut dyn FnMut(Finding) -> ControlFlow<()>;

impl Scanner {
    /// Ranks a finding among those that overlap it: the greater gives the better name.
    pub(super) fn rank(&self, finding: &Finding) -> impl Ord + use<> {
        let Finding { kind, range, certainty } = finding;
        (*certainty, self.rule(*kind).rank(), range.len(), std::cmp::Reverse(*kind))
    }

    /// Keeps, of findings that overlap, the most certain, of these the most specific, of equals the longer, then the
    /// one first in the file.
    pub(super) fn resolve(&self, mut found: Vec<Finding>) -> Vec<Finding> {
        found.sort_unstable_by_key(|finding| (finding.range.start, finding.range.end, finding.kind));
        let mut kept: Vec<Finding> = Vec::with_capacity(found.len());
        let mut rest = &mut found[..];
        while !rest.is_empty() {
            let (group, others) = rest.split_at_mut(overlapping(rest));
            rest = others;
            let begun = kept.len();
            if let [alone] = group {
                kept.push(alone.clone());
                continue;
            }
            group.sort_by_key(|finding| std::cmp::Reverse(self.rank(finding)));
            let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
            for finding in group {
                let Range { start, end } = finding.range;
                if taken.range(..end).next_back().is_none_or(|(_, &end)| end <= start) {
                    taken.insert(start, end);
                    kept.push(finding.clone());
                }
            }
            kept[begun..].sort_by_key(|finding| finding.range.start);
        }
        kept
    }
}

/// Counts the findings at the beginning of a sorted list that hang together: each overlaps one before it.
pub(super) fn overlapping(sorted: &[Finding]) -> usize {
    let mut end = 0;
    let goes_on = |finding: &&Finding| {
        let overlaps = end == 0 || finding.range.start < end;
        end = end.max(finding.range.end);
        overlaps
    };
    sorted.iter().take_while(goes_on).count()
}
