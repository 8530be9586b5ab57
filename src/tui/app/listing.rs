//! The search line and the list: what is typed, what was found, which one is selected.

use std::{collections::HashMap, sync::Arc};

use super::{App, Focus, TextInput};
use crate::{
    conversation::Conversation,
    library::{Handle, Sort},
    load::Progress,
    search::{
        Matcher, Query, Score, Snippet,
        worker::{Missing, Request, Results, Row},
    },
    tui::{action::Command, effect::Effect, reader::Reader},
};

/// Queries that `ctrl-r` remembers, in memory only.
const MOST_QUERIES: usize = 200;

/// What stands in the list and why.
#[derive(Debug, Default)]
pub struct Listing {
    /// The conversations, best or newest first.
    pub rows: Arc<Vec<Row>>,
    /// Index of the selected row.
    pub selected: usize,
    /// The person chose that row: it stays chosen while others arrive.
    pub chosen: bool,
    /// First visible row.
    pub top: usize,
    /// Hits over all rows; 10 000 means more.
    pub hits: usize,
    /// The rows are the whole answer to what is typed, for all that is loaded.
    pub complete: bool,
    /// The search that made these rows; 0 for the empty query.
    pub generation: u64,
    /// The rows answer what is typed, though more may come: nothing was typed since they were asked for.
    pub answered: bool,
    /// Words that nothing holds.
    pub missing: Vec<Missing>,
}

/// What a visible row shows besides its title; found out when it is first drawn.
#[derive(Clone, Debug)]
pub struct RowFacts {
    /// How many hits the conversation has.
    pub hits: usize,
    /// Its best passage.
    pub snippet: Option<Snippet>,
}

impl App {
    /// Asks for what the search line says, over what is loaded.
    pub(super) fn search(&mut self) -> Vec<Effect> {
        self.query = Query::parse(self.input.text(), &self.setup.zone);
        self.matcher = Matcher::new(&self.query);
        self.facts = HashMap::new();
        self.listing.chosen = false;
        self.listing.answered = self.query.is_empty();
        self.ask()
    }

    fn ask(&mut self) -> Vec<Effect> {
        self.generation += 1;
        if self.query.is_empty() {
            let handles = match self.sort {
                Sort::Updated => self.library.newest().to_vec(),
                sort => self.library.sorted(sort),
            };
            let rows = handles
                .into_iter()
                .map(|handle| Row { handle, best: None, score: Score::default() })
                .collect();
            self.listing.generation = 0;
            self.listing.hits = 0;
            self.listing.complete = true;
            self.listing.missing = Vec::new();
            return self.show_rows(Arc::new(rows));
        }
        self.listing.complete = false;
        vec![Effect::Search(Request {
            generation: self.generation,
            query: self.query.clone(),
            library: Arc::clone(&self.library),
            by_date: self.by_date,
        })]
    }

    pub(super) fn found(&mut self, results: Results) -> Vec<Effect> {
        // An answer to something older than what is typed is dropped: it would be shown as final.
        if results.generation != self.generation || self.query.is_empty() {
            return Vec::new();
        }
        self.listing.generation = results.generation;
        self.listing.hits = results.hits;
        self.listing.complete = results.complete;
        // While an archive is loading there is no such thing as the whole answer.
        self.listing.answered |= results.complete || self.loading.is_some();
        self.listing.missing = results.missing;
        self.show_rows(results.rows)
    }

    pub(super) fn arrived(&mut self, batch: Vec<Conversation>, progress: Progress) -> Vec<Effect> {
        self.loading = Some(progress);
        if batch.is_empty() {
            return Vec::new();
        }
        Arc::make_mut(&mut self.library).add(batch);
        self.ask()
    }

    /// New rows under the cursor: a chosen conversation stays selected, else the first is.
    fn show_rows(&mut self, rows: Arc<Vec<Row>>) -> Vec<Effect> {
        let chosen = self.selected().filter(|_| self.listing.chosen || self.focus == Focus::Thread);
        let before = self.listing.selected.saturating_sub(self.listing.top);
        self.listing.rows = rows;
        let kept = chosen.and_then(|handle| self.listing.rows.iter().position(|row| row.handle == handle));
        self.listing.selected = kept.unwrap_or(0);
        self.listing.top = self.listing.selected.saturating_sub(before);
        self.keep_in_sight();
        self.preview()
    }

    /// The selected conversation.
    pub fn selected(&self) -> Option<Handle> {
        self.listing.rows.get(self.listing.selected).map(|row| row.handle)
    }

    /// Rows a conversation takes in the list: two where there is something to say in the second.
    pub fn row_height(&self) -> u16 {
        if self.layout.wide || !self.query.is_empty() { 2 } else { 1 }
    }

    /// How many conversations the list shows at once.
    pub fn list_page(&self) -> usize {
        (self.layout.list.height / self.row_height()).max(1) as usize
    }

    pub(super) fn keep_in_sight(&mut self) {
        let page = self.list_page();
        let Listing { selected, top, rows, .. } = &mut self.listing;
        *selected = (*selected).min(rows.len().saturating_sub(1));
        *top = (*top)
            .min(rows.len().saturating_sub(page))
            .min(*selected)
            .max((*selected + 1).saturating_sub(page));
    }

    pub(super) fn move_selection(&mut self, rows: isize) -> Vec<Effect> {
        let last = self.listing.rows.len().saturating_sub(1);
        self.listing.selected = self.listing.selected.saturating_add_signed(rows).min(last);
        self.listing.chosen = true;
        self.keep_in_sight();
        self.preview()
    }

    /// Commands that move in the list, from the search line or the list itself.
    fn list_motion(&mut self, command: Command) -> Option<Vec<Effect>> {
        let page = self.list_page() as isize;
        let rows = match command {
            Command::Down => 1,
            Command::Up => -1,
            Command::PageDown => page,
            Command::PageUp => -page,
            Command::HalfPageDown => (page / 2).max(1),
            Command::HalfPageUp => -(page / 2).max(1),
            Command::First => isize::MIN,
            Command::Last => isize::MAX,
            _ => return None,
        };
        Some(self.move_selection(rows))
    }

    pub(super) fn search_command(&mut self, command: Command) -> Vec<Effect> {
        if let Some(effects) = self.list_motion(command) {
            return effects;
        }
        let before = self.input.text().to_owned();
        match command {
            Command::Read => return self.read(),
            Command::ToList => return self.focus_on(Focus::List),
            Command::EarlierQuery => self.recall(),
            other => self.input.edit(other),
        }
        if self.input.text() == before { Vec::new() } else { self.search() }
    }

    pub(super) fn list_command(&mut self, command: Command) -> Vec<Effect> {
        if let Some(effects) = self.list_motion(command) {
            return effects;
        }
        match command {
            Command::Read => self.read(),
            Command::Sort => self.another_order(),
            Command::Mark => self.mark(),
            _ => Vec::new(),
        }
    }

    fn another_order(&mut self) -> Vec<Effect> {
        self.listing.chosen = false;
        if self.query.is_empty() {
            self.sort = match self.sort {
                Sort::Updated => Sort::Created,
                Sort::Created => Sort::Messages,
                Sort::Messages => Sort::Title,
                Sort::Title => Sort::Updated,
            };
            self.say(match self.sort {
                Sort::Updated => "by the date of the last message",
                Sort::Created => "by the date of the first message",
                Sort::Messages => "by the number of messages",
                Sort::Title => "by title",
            });
        } else {
            self.by_date = !self.by_date;
            self.say(if self.by_date { "by date" } else { "by relevance" });
        }
        self.ask()
    }

    pub(super) fn remember_query(&mut self) {
        let text = self.input.text().trim();
        if !text.is_empty() {
            let text = text.to_owned();
            self.history.retain(|other| *other != text);
            self.history.push(text);
            if self.history.len() > MOST_QUERIES {
                self.history.remove(0);
            }
        }
        self.recalled = 0;
    }

    /// The query before the one that stands there; past the oldest, the newest again.
    fn recall(&mut self) {
        if self.history.is_empty() {
            return self.say("no earlier query");
        }
        let back = |recalled: usize| self.history[self.history.len() - 1 - recalled].clone();
        let mut earlier = back(self.recalled % self.history.len());
        self.recalled += 1;
        if earlier == self.input.text() {
            earlier = back(self.recalled % self.history.len());
            self.recalled += 1;
        }
        self.input = TextInput::new(earlier);
    }

    /// Opens the selected conversation in the thread pane, without moving the focus. In the narrow layout the pane
    /// is not in sight, and nothing is opened before it is asked for.
    pub(super) fn preview(&mut self) -> Vec<Effect> {
        if self.focus == Focus::Thread || (!self.layout.wide && self.reader.is_none()) {
            return Vec::new();
        }
        if self.layout.wide {
            return self.open();
        }
        let read = self.reading.as_ref().map(|(handle, _)| *handle);
        if read != self.selected() {
            (self.reader, self.reading) = (None, None);
        }
        Vec::new()
    }

    /// Opens the selected conversation at its best message. Does nothing if it is open with these hits already.
    fn open(&mut self) -> Vec<Effect> {
        let Some(row) = self.listing.rows.get(self.listing.selected).copied() else {
            (self.reader, self.reading) = (None, None);
            return Vec::new();
        };
        let query = if self.query.is_empty() { "" } else { self.input.text() };
        if self.reading.as_ref().is_some_and(|(handle, marked)| *handle == row.handle && marked == query) {
            return Vec::new();
        }
        let reading = Some((row.handle, query.to_owned()));
        let mut reader = Reader::new(
            self.library.share(row.handle),
            self.setup.transcript.clone(),
            self.layout.thread_columns(),
            self.layout.thread.height,
        );
        if !self.query.is_empty() {
            reader.set_hits(self.matcher.hits(reader.conversation()));
            if let Some(best) = row.best {
                reader.go_to(best as usize);
                reader.focus_first(Some(best as usize));
            }
        }
        self.reader = Some(reader);
        self.reading = reading;
        self.highlight()
    }

    pub(super) fn read(&mut self) -> Vec<Effect> {
        if self.selected().is_none() {
            self.say(if self.loading.is_some() { "still loading" } else { "there is nothing to read" });
            return Vec::new();
        }
        let effects = self.open();
        self.focus_on(Focus::Thread);
        self.listing.chosen = true;
        effects
    }
}
