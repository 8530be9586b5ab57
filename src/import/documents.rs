//! Documents that a conversation makes and changes: shown once, in their final state, where they were made.

use super::{expansion_budget::ExpansionBudget, message_arena::NO_PARENT};
use crate::{
    conversation::{Annotation, AnnotationKind},
    message::branches,
};

/// The cost that all changes of a conversation may have, in bytes looked through: that of any, what each byte of its JSON
/// adds, and the most. A conversation is read while somebody waits, and an archive has as many as its JSON is long.
const WORK: usize = 8 << 20;
const WORK_PER_BYTE: usize = 3_000;
const MAX_WORK: usize = 2 << 30;

/// A document in its final state.
pub(super) struct MadeDocument {
    pub title: String,
    /// `document`, `code/python`, …
    pub format: String,
    pub text: String,
}

impl MadeDocument {
    /// Describes it, by name and type, for the message that made it.
    pub(super) fn annotation(&self) -> Annotation {
        let detail =
            AnnotationKind::Canvas { title: self.title.as_str().into(), format: self.format.as_str().into() };
        Annotation { range: 0..self.text.len() as u32, detail }
    }
}

/// The documents of a conversation, by the index of the message that made each, ascending.
#[derive(Default)]
pub(super) struct Documents {
    made: Vec<(usize, Option<MadeDocument>)>,
    /// The number of changes that were not made since they cost too much.
    pub skipped_changes: u64,
}

impl Documents {
    pub(super) fn new(documents: Vec<(usize, MadeDocument)>, skipped_changes: u64) -> Self {
        let made = documents.into_iter().map(|(made, document)| (made, Some(document))).collect();
        Self { made, skipped_changes }
    }

    /// Counts the bytes of their texts and titles.
    pub(super) fn text_length(&self) -> usize {
        let made = self.made.iter().filter_map(|(_, document)| document.as_ref());
        made.map(|document| document.text.len() + "\0".len() + document.title.len()).sum()
    }

    /// Returns the document that the message at this index made.
    pub(super) fn take(&mut self, index: usize) -> Option<MadeDocument> {
        let at = self.made.binary_search_by_key(&index, |&(made, _)| made).ok()?;
        self.made[at].1.take()
    }
}

/// The branches below each document, to tell which of several counts: the visible one, else the newest.
pub(super) struct DocumentBranches {
    visible: Box<[bool]>,
    /// The first message of the run of last children that ends at this one.
    straight_from: Vec<usize>,
}

impl DocumentBranches {
    /// Follows the branches. `order` lists messages with the index of the one before each; `current` is the leaf of
    /// the visible branch.
    pub(super) fn of(order: &[(u32, u32)], current: Option<usize>) -> Self {
        let parent =
            |index: usize| Some(order[index].1).filter(|&parent| parent != NO_PARENT).map(|at| at as usize);
        let visible = branches::on_path(order.len(), current, parent);
        let mut last_child = vec![None; order.len()];
        for index in 0..order.len() {
            if let Some(parent) = parent(index) {
                last_child[parent] = Some(index);
            }
        }
        let mut straight_from: Vec<usize> = (0..order.len()).collect();
        for index in 0..order.len() {
            if let Some(parent) = parent(index).filter(|&parent| last_child[parent] == Some(index)) {
                straight_from[index] = straight_from[parent];
            }
        }
        Self { visible, straight_from }
    }

    /// Returns whether the branch that counts for the document made at `made` goes through `message`, which
    /// is below it.
    pub(super) fn passes_through(&self, made: usize, message: usize) -> bool {
        if self.visible[made] { self.visible[message] } else { self.straight_from[message] <= made }
    }
}

/// The cost and the growth that the changes to come may still have.
pub(super) struct ChangeBudget {
    work_budget: usize,
    growth_budget: usize,
    /// The number of changes that were not made since they cost too much.
    pub skipped_changes: u64,
}

/// The error of a change that would cost or add more than is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OverBudget;

impl ChangeBudget {
    /// Allows what the changes of a conversation may cost. They add to its documents what is left to be added to it.
    pub(super) fn of(growth: &ExpansionBudget) -> Self {
        let work = WORK.saturating_add(growth.json_length().saturating_mul(WORK_PER_BYTE)).min(MAX_WORK);
        Self { work_budget: work, growth_budget: growth.left(), skipped_changes: 0 }
    }

    /// Takes the cost of a change; `false`: less than that is left, and so nothing for any other. Else whatever
    /// comes before such a cost could be had again and again.
    pub(super) fn spend(&mut self, bytes: usize) -> bool {
        let left = self.work_budget.checked_sub(bytes);
        self.work_budget = left.unwrap_or(0);
        left.is_some()
    }

    /// Takes the cost of a change as [`ChangeBudget::spend`] does, or fails with [`OverBudget`], which ends the
    /// change.
    pub(super) fn spend_or_fail(&mut self, bytes: usize) -> Result<(), OverBudget> {
        if self.spend(bytes) { Ok(()) } else { Err(OverBudget) }
    }

    #[cfg(test)]
    pub(super) fn with(work: usize) -> Self {
        Self { work_budget: work, ..Self::of(&ExpansionBudget::default()) }
    }

    /// Returns the cost that is left.
    pub(super) fn left(&self) -> usize {
        self.work_budget
    }

    /// Returns the length that a document may grow to, in bytes.
    pub(super) fn max_bytes(&self, document: &MadeDocument) -> usize {
        document.text.len() + self.growth_budget
    }

    /// Gives a document its new text, which is no longer than [`ChangeBudget::max_bytes`].
    pub(super) fn change(&mut self, document: &mut MadeDocument, text: String) {
        let max_bytes = self.max_bytes(document);
        self.growth_budget = self.growth_budget.min(max_bytes.saturating_sub(text.len()));
        document.text = text;
    }
}
