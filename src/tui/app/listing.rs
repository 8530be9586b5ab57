//! The rows that the list has, and which of them is selected.

use std::sync::Arc;

use crate::{
    library::ConversationHandle,
    search::worker::{ClauseCounts, Row, SecondTier},
};

/// The rows of the list and how complete they are.
#[derive(Debug, Default)]
pub struct Listing {
    /// The conversations, best or newest first.
    pub rows: Arc<Vec<Row>>,
    /// Index of the selected row.
    pub selected: usize,
    /// The person chose that row: it stays chosen while others arrive.
    pub chosen_by_person: bool,
    /// First visible row.
    pub top: usize,
    /// The number of rows that have all words of the query: the others have some.
    pub first_tier_count: usize,
    /// What the rows with some words were found by.
    pub second_tier: Option<Arc<SecondTier>>,
    /// Hits over the rows with all words; 10 000 means more.
    pub hits: usize,
    /// The rows are the whole answer to what is typed, for all that is loaded.
    pub complete: bool,
    /// What has some of the words is looked for when the index is built.
    pub awaits_index: bool,
    /// The search that made these rows; 0 for the empty query.
    pub serial: u64,
    /// The rows answer what is typed, though more may come: nothing was typed since they were asked for.
    pub current: bool,
    /// Words that nothing holds.
    pub unmatched_clauses: Vec<ClauseCounts>,
}

impl Listing {
    /// Returns the selected row.
    pub fn selected_row(&self) -> Option<&Row> {
        self.rows.get(self.selected)
    }

    /// Returns whether a rule parts the rows with all words from those with some.
    pub fn has_rule(&self) -> bool {
        self.rows.len() > self.first_tier_count
    }

    /// Returns the index of a conversation's row.
    pub fn position(&self, handle: ConversationHandle) -> Option<usize> {
        self.rows.iter().position(|row| row.handle == handle)
    }

    /// Scrolls so that the selected row is among the visible ones, which are as many as `page`.
    pub(super) fn keep_in_sight(&mut self, page: usize) {
        self.selected = self.selected.min(self.rows.len().saturating_sub(1));
        self.top = self
            .top
            .min(self.rows.len().saturating_sub(page))
            .min(self.selected)
            .max((self.selected + 1).saturating_sub(page));
    }
}
