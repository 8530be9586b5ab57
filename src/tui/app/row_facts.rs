//! What a row of the list shows besides its title: found out for the rows in sight, at once or, where it takes long,
//! by a thread.

use std::collections::HashMap;

use super::{found_hits::snippet_of_row, search_pane::SearchPane};
use crate::{
    conversation::Conversation,
    library::{ConversationHandle, ConversationRef, Library},
    search::{
        Matcher, Snippet,
        worker::{Row, Tier},
    },
    tui::{effect::Task, format, layout::Layout},
};

/// The work on the facts of rows that a frame waits for, in bytes at the speed of memory; the others come when they are
/// known.
const MAX_COST: usize = 32 << 20;

/// Facts that a visible row shows besides its title; found out when it is first drawn.
#[derive(Clone, Debug)]
pub struct RowFacts {
    /// What the row was found by.
    pub tier: Tier,
    /// Number of hits in the conversation.
    pub hits: usize,
    /// Its best passage.
    pub snippet: Option<Snippet>,
}

/// A row whose facts take longer than a frame may.
#[derive(Clone, Debug)]
pub struct SlowRow {
    /// The row.
    pub row: Row,
    /// Its conversation.
    pub conversation: ConversationRef,
    /// Finds its hits.
    pub matcher: Matcher,
}

/// The facts that are known since the query changed, and those that are asked for.
#[derive(Debug, Default)]
pub(super) struct KnownFacts {
    facts: HashMap<ConversationHandle, RowFacts>,
    /// Rows whose facts take longer than a frame may and are not asked for yet.
    slow_rows: Vec<ConversationHandle>,
    /// Those that were asked for, with the tier they were in.
    asked: HashMap<ConversationHandle, Tier>,
    /// The number under which they were asked for last. `None`: nobody was asked.
    serial: Option<u64>,
}

impl SearchPane {
    /// Returns the facts of a row, if there is a query and `App::prepare_frame` found them out.
    pub fn facts(&self, row: &Row) -> Option<&RowFacts> {
        // With a letter more a conversation may go from one tier to the other, which finds other words in it.
        self.known_facts.facts.get(&row.handle).filter(|facts| facts.tier == row.tier)
    }

    /// Takes in facts of rows, unless the query is another meanwhile.
    pub(super) fn facts_found(&mut self, serial: u64, facts: Vec<(ConversationHandle, RowFacts)>) {
        if self.known_facts.serial == Some(serial) {
            self.known_facts.facts.extend(facts);
        }
    }

    /// Asks for the facts of slow rows in sight that nobody was asked for yet.
    pub(super) fn ask_for_facts(&mut self, library: &Library, serial: u64) -> Option<Task> {
        if self.known_facts.slow_rows.is_empty() {
            return None;
        }
        // What was asked for before and is not known yet is given up for this: it is asked for once more.
        let known = &self.known_facts.facts;
        let is_pending = |(handle, tier): &(&ConversationHandle, &Tier)| {
            known.get(handle).is_none_or(|facts| facts.tier != **tier)
        };
        let pending = self.known_facts.asked.iter().filter(is_pending).map(|(handle, _)| *handle);
        let pending: Vec<ConversationHandle> = pending.collect();
        let mut handles: Vec<ConversationHandle> = std::mem::take(&mut self.known_facts.slow_rows);
        handles.extend(pending.into_iter().filter(|handle| !handles.contains(handle)).collect::<Vec<_>>());
        self.known_facts.serial = Some(serial);
        let row = |handle: ConversationHandle| {
            let row = self.listing.rows.iter().find(|row| row.handle == handle)?;
            let matcher = self.matcher_of(row)?.clone();
            Some(SlowRow { row: *row, conversation: library.share(handle), matcher })
        };
        let rows: Vec<SlowRow> = handles.into_iter().filter_map(row).collect();
        self.known_facts.asked = rows.iter().map(|slow| (slow.row.handle, slow.row.tier)).collect();
        Some(Task::FindFacts { rows, serial })
    }

    /// Finds out the facts of the visible rows, once a query.
    pub(super) fn find_facts(&mut self, library: &Library, layout: &Layout) {
        if self.query.is_empty() {
            return;
        }
        // A row that is half in sight is drawn too.
        let visible = layout.list.height.div_ceil(self.row_height(layout)) as usize;
        let mut cost = MAX_COST;
        for row in self.listing.rows.iter().skip(self.listing.top).take(visible) {
            if self.facts(row).is_some() || self.known_facts.asked.get(&row.handle) == Some(&row.tier) {
                continue;
            }
            // Until the answer comes what finds the words of this row is that of the query before.
            if row.tier != Tier::AllWords && !self.listing.current {
                continue;
            }
            let conversation = library.get(row.handle);
            let Some(matcher) = self.matcher_of(row) else { continue };
            if let Some(left) = cost.checked_sub(matcher.cost(conversation)) {
                cost = left;
                self.known_facts.facts.insert(row.handle, RowFacts::of(conversation, row, matcher));
            } else if !self.known_facts.slow_rows.contains(&row.handle) {
                self.known_facts.slow_rows.push(row.handle);
            }
        }
    }
}

impl RowFacts {
    /// Finds out the facts of a conversation; `matcher` finds the hits of its row.
    pub fn of(conversation: &Conversation, row: &Row, matcher: &Matcher) -> Self {
        Self {
            tier: row.tier,
            hits: matcher.count(conversation, format::MAX_HITS + 1),
            snippet: snippet_of_row(conversation, row, matcher),
        }
    }
}
