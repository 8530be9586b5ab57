//! The search pane: the line that is typed, the list that it finds, and the row that is selected in it.

use std::{collections::HashSet, sync::Arc};

use super::{App, Focus, listing::Listing, query_history::QueryHistory, row_facts::KnownFacts};
use crate::{
    conversation::Conversation,
    library::{ConversationHandle, Library, Sort},
    load::Progress,
    search::{
        Clock, Matcher, Query, Score,
        worker::{Request, Results, Row, Tier},
    },
    tui::{
        command::Command,
        effect::{Effect, Task},
        layout::Layout,
        text_input::TextInput,
    },
};

/// The state of the search line and the list.
#[derive(Debug)]
pub struct SearchPane {
    /// The search line.
    pub input: TextInput,
    /// Its meaning.
    pub query: Query,
    /// The query, compiled.
    pub matcher: Matcher,
    /// Results stand by date instead of by relevance.
    pub by_date: bool,
    /// The order of the empty query.
    pub sort: Sort,
    /// The list.
    pub listing: Listing,
    /// Marked conversations.
    pub marked: HashSet<ConversationHandle>,
    /// The number of those that the list holds.
    marked_listed: usize,
    /// The person was asked whether all marks are to go.
    pub(super) unmark_asked: bool,
    /// Counts and snippets of rows that were visible since the query changed.
    pub(super) known_facts: KnownFacts,
    /// The search that was asked for last.
    serial: u64,
    history: QueryHistory,
}

/// An answer to the search line.
enum Answer {
    /// The rows of the empty query, known at once.
    Rows(Arc<Vec<Row>>),
    /// A search that has to be made.
    Search(Request),
}

impl SearchPane {
    /// Begins with this text in the search line, over nothing.
    pub(super) fn new(text: String, clock: &Clock) -> Self {
        let query = Query::parse(&text, clock);
        Self {
            input: TextInput::new(text),
            matcher: Matcher::new(&query),
            query,
            by_date: false,
            sort: Sort::default(),
            listing: Listing { complete: true, current: true, ..Listing::default() },
            marked: HashSet::new(),
            marked_listed: 0,
            unmark_asked: false,
            known_facts: KnownFacts::default(),
            serial: 0,
            history: QueryHistory::default(),
        }
    }

    /// Reads the search line again.
    fn parse(&mut self, clock: &Clock, library: &Library) {
        self.query = Query::parse(self.input.text(), clock);
        if self.query.asks_for_marks() {
            let marks = self.marked.iter().map(|&handle| library.get(handle)).collect();
            self.query = std::mem::take(&mut self.query).with_marks(&marks);
        }
        self.matcher = Matcher::new(&self.query);
        // What is still on its way answers the query before.
        self.known_facts = KnownFacts::default();
        self.listing.chosen_by_person = false;
        self.listing.current = self.query.is_empty();
    }

    /// Answers the search line, or says what has to be searched for that.
    fn answer(&mut self, library: &Arc<Library>) -> Answer {
        self.serial += 1;
        if !self.query.is_empty() {
            self.listing.complete = false;
            return Answer::Search(Request {
                serial: self.serial,
                query: self.query.clone(),
                library: Arc::clone(library),
                by_date: self.by_date,
                is_typing: !self.input.text().ends_with(char::is_whitespace),
            });
        }
        let handles = match self.sort {
            Sort::Updated => library.by_date().to_vec(),
            sort => library.sorted(sort),
        };
        let rows = handles
            .into_iter()
            .map(|handle| Row { handle, best_message: None, score: Score::default(), tier: Tier::AllWords })
            .collect();
        self.listing.serial = 0;
        self.listing.first_tier_count = library.len();
        self.listing.second_tier = None;
        self.listing.hits = 0;
        self.listing.complete = true;
        self.listing.awaits_index = false;
        self.listing.unmatched_clauses = Vec::new();
        Answer::Rows(Arc::new(rows))
    }

    /// Takes in an answer and returns its rows. One to something older than what is typed is dropped: it would be shown
    /// as final.
    fn accept_results(&mut self, results: Results, loading: bool) -> Option<Arc<Vec<Row>>> {
        if results.serial != self.serial || self.query.is_empty() {
            return None;
        }
        self.listing.serial = results.serial;
        self.listing.first_tier_count = results.first_tier_count;
        self.listing.second_tier = results.second_tier;
        self.listing.hits = results.hits;
        self.listing.complete = results.complete;
        self.listing.awaits_index = results.awaits_index;
        // While an archive is loading there is no such thing as the whole answer.
        self.listing.current |= results.complete || loading;
        self.listing.unmatched_clauses = results.unmatched_clauses;
        Some(results.rows)
    }

    /// Puts new rows under the cursor. The selected conversation stays selected if the person chose it or `keep` says
    /// so; else the first is.
    fn show(&mut self, rows: Arc<Vec<Row>>, keep: bool, layout: &Layout) {
        let chosen = self.selected().filter(|_| self.listing.chosen_by_person || keep);
        self.listing.rows = rows;
        let page = self.rows_per_page(layout);
        let listing = &mut self.listing;
        let before = listing.selected.saturating_sub(listing.top);
        let kept = chosen.and_then(|handle| listing.position(handle));
        listing.selected = kept.unwrap_or(0);
        listing.top = listing.selected.saturating_sub(before);
        listing.keep_in_sight(page);
        self.count_marked();
    }

    /// Returns the number of marked conversations that the list holds.
    pub fn marked_listed(&self) -> usize {
        self.marked_listed
    }

    /// Counts the marked conversations that the list holds.
    pub(super) fn count_marked(&mut self) {
        let is_marked = |row: &&Row| self.marked.contains(&row.handle);
        self.marked_listed =
            if self.marked.is_empty() { 0 } else { self.listing.rows.iter().filter(is_marked).count() };
    }

    /// Returns the selected conversation.
    pub fn selected(&self) -> Option<ConversationHandle> {
        self.listing.selected_row().map(|row| row.handle)
    }

    /// Returns the rows a conversation takes in the list: two where there is something to say in the second.
    pub fn row_height(&self, layout: &Layout) -> u16 {
        if layout.wide || !self.query.is_empty() { 2 } else { 1 }
    }

    /// Returns the number of conversations that the list shows at once.
    pub fn rows_per_page(&self, layout: &Layout) -> usize {
        // The rule above the rows that have some words takes rows of its own.
        let rule = u16::try_from(self.listing.rule_lines(layout).len()).unwrap_or(u16::MAX);
        (layout.list.height.saturating_sub(rule) / self.row_height(layout)).max(1) as usize
    }

    /// Scrolls so that the selected row is visible.
    pub(super) fn keep_in_sight(&mut self, layout: &Layout) {
        let page = self.rows_per_page(layout);
        self.listing.keep_in_sight(page);
    }

    /// Selects the row at this index, as the person's choice.
    pub(super) fn choose(&mut self, index: usize, layout: &Layout) {
        self.listing.selected = index;
        self.listing.chosen_by_person = true;
        self.keep_in_sight(layout);
    }

    /// Selects the row this many further down; negative: further up.
    pub(super) fn move_by(&mut self, rows: isize, layout: &Layout) {
        let last = self.listing.rows.len().saturating_sub(1);
        self.choose(self.listing.selected.saturating_add_signed(rows).min(last), layout);
    }

    /// Returns how many rows a command moves the selection, if it moves it.
    fn motion(&self, command: Command, layout: &Layout) -> Option<isize> {
        let page = self.rows_per_page(layout).cast_signed();
        Some(match command {
            Command::Down => 1,
            Command::Up => -1,
            Command::PageDown => page,
            Command::PageUp => -page,
            Command::HalfPageDown => (page / 2).max(1),
            Command::HalfPageUp => -(page / 2).max(1),
            Command::First => isize::MIN,
            Command::Last => isize::MAX,
            _ => return None,
        })
    }

    /// Takes the next order; returns it in words.
    fn next_order(&mut self) -> &'static str {
        self.listing.chosen_by_person = false;
        if !self.query.is_empty() {
            self.by_date = !self.by_date;
            return if self.by_date { "by date" } else { "by relevance" };
        }
        let (next, words) = match self.sort {
            Sort::Updated => (Sort::Created, "by the date of the first message"),
            Sort::Created => (Sort::Messages, "by the number of messages"),
            Sort::Messages => (Sort::Title, "by title"),
            Sort::Title => (Sort::Updated, "by the date of the last message"),
        };
        self.sort = next;
        words
    }

    /// Remembers the query, now that it was used.
    pub(super) fn remember_query(&mut self) {
        self.history.remember(self.input.text());
    }

    /// Returns the text whose hits a thread marks: the search line, unless it asks for nothing.
    pub(super) fn text_of_query(&self) -> &str {
        if self.query.is_empty() { "" } else { self.input.text() }
    }

    /// Returns what finds the hits of a row. `None`: the search line asks for nothing.
    pub fn matcher_of(&self, row: &Row) -> Option<&Matcher> {
        let second_tier =
            self.listing.second_tier.as_deref().filter(|_| matches!(row.tier, Tier::SomeWords { .. }));
        let matcher = second_tier.map_or(&self.matcher, |second_tier| &second_tier.matcher);
        (!self.query.is_empty()).then_some(matcher)
    }
}

impl App {
    /// Asks for what the search line says, over what is loaded.
    pub(super) fn search_again(&mut self) -> Vec<Effect> {
        self.search.parse(&self.clock, &self.library);
        self.ask()
    }

    fn ask(&mut self) -> Vec<Effect> {
        match self.search.answer(&self.library) {
            Answer::Rows(rows) => self.show_rows(rows),
            Answer::Search(request) => vec![Effect::Background(Task::Search(request))],
        }
    }

    /// Shows the results of a search.
    pub(super) fn found(&mut self, results: Results) -> Vec<Effect> {
        match self.search.accept_results(results, self.loading.is_some()) {
            Some(rows) => self.show_rows(rows),
            None => Vec::new(),
        }
    }

    /// Takes in conversations that were read.
    pub(super) fn arrived(&mut self, batch: Vec<Conversation>, progress: Progress) -> Vec<Effect> {
        self.loading = Some(progress);
        if batch.is_empty() {
            return Vec::new();
        }
        Arc::make_mut(&mut self.library).add(batch);
        self.ask()
    }

    fn show_rows(&mut self, rows: Arc<Vec<Row>>) -> Vec<Effect> {
        self.search.show(rows, self.focus == Focus::Thread, &self.layout);
        self.preview()
    }

    /// Finds out what a frame shows and is not known yet. To be called before each is drawn.
    pub fn prepare_frame(&mut self) {
        if self.layout.wide || self.focus != Focus::Thread {
            self.search.find_facts(&self.library, &self.layout);
        }
    }

    /// Returns the task that finds out the facts the last frame lacked. To be called after each is drawn.
    pub fn take_frame_task(&mut self) -> Option<Task> {
        self.serial += 1;
        self.search.ask_for_facts(&self.library, self.serial)
    }

    /// Returns the selected conversation.
    pub fn selected(&self) -> Option<ConversationHandle> {
        self.search.selected()
    }

    /// Selects the row this many further down in the list; negative: further up.
    pub(super) fn move_selection(&mut self, rows: isize) -> Vec<Effect> {
        self.search.move_by(rows, &self.layout);
        self.preview()
    }

    /// Carries out a command of the search line.
    pub(super) fn search_command(&mut self, command: Command) -> Vec<Effect> {
        if let Some(rows) = self.search.motion(command, &self.layout) {
            return self.move_selection(rows);
        }
        match command {
            Command::Read => self.read(),
            Command::ToList => self.focus_on(Focus::List),
            Command::EarlierQuery => self.recall(),
            Command::PreviewDown => self.scroll_preview(1),
            Command::PreviewUp => self.scroll_preview(-1),
            other if self.search.input.edit(other) => self.search_again(),
            _ => Vec::new(),
        }
    }

    /// Carries out a command of the list.
    pub(super) fn list_command(&mut self, command: Command) -> Vec<Effect> {
        if let Some(rows) = self.search.motion(command, &self.layout) {
            return self.move_selection(rows);
        }
        match command {
            Command::Read => self.read(),
            Command::Sort => {
                let words = self.search.next_order();
                self.say(words);
                self.ask()
            }
            Command::Mark => self.mark(),
            Command::UnmarkAll => self.unmark_all(),
            _ => Vec::new(),
        }
    }

    /// Scrolls the thread that stands beside the list by a line.
    fn scroll_preview(&mut self, lines: isize) -> Vec<Effect> {
        match self.thread.as_mut().filter(|_| self.layout.wide) {
            Some(thread) => thread.view.scroll(lines),
            None => self.say("no thread stands beside the list here"),
        }
        self.highlight()
    }

    /// Puts an earlier query into the search line.
    fn recall(&mut self) -> Vec<Effect> {
        let pane = &mut self.search;
        let Some(earlier) = pane.history.recall(pane.input.text()) else {
            self.say("no earlier query");
            return Vec::new();
        };
        let is_another = earlier != pane.input.text();
        pane.input = TextInput::new(earlier);
        if is_another { self.search_again() } else { Vec::new() }
    }
}
