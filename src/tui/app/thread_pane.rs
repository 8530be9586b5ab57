//! The thread pane: the conversation that is open, whose hits are marked in it, moving, find, folds and branches.

mod around;
mod find;

use self::find::BeforeFind;
use super::{App, Focus, FoundHits, Overlay, SearchPane};
use crate::{
    library::{ConversationHandle, ConversationRef},
    search::{Hit, Matcher, worker::Row},
    transcript::{TranscriptOptions, highlight::HighlightRequest},
    tui::{
        command::Command,
        effect::{Effect, Task},
        layout::Layout,
        thread_view::ThreadView,
    },
};

/// Columns that `H` and `L` scroll by.
const SIDEWAYS: i32 = 8;
/// The work on finding hits that a key waits for, in bytes at the speed of memory.
pub(super) const MAX_COST: usize = 8 << 20;

/// The state of the open thread.
#[derive(Debug)]
pub struct ThreadPane {
    /// The conversation.
    pub handle: ConversationHandle,
    /// The position in its transcript.
    pub view: ThreadView,
    /// The origin of the marked hits.
    hit_origin: HitOrigin,
    /// The hits that are being looked for.
    hit_search: Option<HitSearch>,
    /// The hits that were marked when find began, until it is known that it leads somewhere.
    before_find: BeforeFind,
    /// What was looked for by find, once that is accepted and as long as it is not known whether it is anywhere.
    accepted_find: Option<String>,
}

/// A look for hits that is under way.
#[derive(Clone, Copy, Debug)]
struct HitSearch {
    serial: u64,
    /// The message from which on the first is gone to; `None`: the place stays.
    from: Option<usize>,
}

/// The origin of the hits that are marked in a thread.
#[derive(Debug, PartialEq, Eq)]
enum HitOrigin {
    /// This text of the search line; empty: nothing is marked.
    Query(String),
    /// Find: opening the conversation again brings back those of the query.
    Find,
    /// The audit: likewise.
    Audit,
}

impl ThreadPane {
    /// Opens the conversation of a row at its best message, the hits of the query marked.
    fn open(
        row: Row,
        conversation: ConversationRef,
        options: TranscriptOptions,
        layout: &Layout,
        search: &SearchPane,
    ) -> Self {
        let mut view = ThreadView::new(conversation, options, layout.thread_columns(), layout.thread.height);
        if let Some(best) = row.best_message.filter(|_| !search.query.is_empty()) {
            view.go_to(best as usize);
        }
        let marked = HitOrigin::Query(search.text_of_query().to_owned());
        Self {
            handle: row.handle,
            view,
            hit_origin: marked,
            hit_search: None,
            before_find: BeforeFind::Marked,
            accepted_find: None,
        }
    }

    /// Marks the hits of a query, and goes to the one that the snippet of a row shows, or to the first from a message on
    /// (`None`: stays). In a short conversation that is done at once; for a long one it returns what has to be done for
    /// it, whose answer [`ThreadPane::found`] takes.
    fn mark_hits(
        &mut self,
        matcher: Option<&Matcher>,
        row: Option<Row>,
        from: Option<usize>,
        serial: u64,
    ) -> Option<Task> {
        let conversation = self.view.conversation();
        let Some(matcher) = matcher else {
            self.hit_search = None;
            self.view.set_hits(Vec::new());
            return None;
        };
        self.hit_search = Some(HitSearch { serial, from });
        if matcher.cost(conversation) <= MAX_COST {
            let found = FoundHits::of(conversation, matcher, row.as_ref());
            self.found(serial, found);
            return None;
        }
        self.view.set_hits(Vec::new());
        Some(Task::FindHits {
            conversation: self.view.conversation().clone(),
            matcher: matcher.clone(),
            row,
            serial,
        })
    }

    /// Takes in the hits that were asked for. False: they are not wanted any more.
    fn found(&mut self, serial: u64, found: FoundHits) -> bool {
        let Some(hit_search) = self.hit_search.take_if(|hit_search| hit_search.serial == serial) else {
            return false;
        };
        self.view.set_hits(found.hits);
        match (found.place, hit_search.from) {
            (Some((message, byte)), _) => self.view.focus_at(message, byte),
            (None, Some(_)) => self.view.focus_first(hit_search.from),
            (None, None) => {}
        }
        true
    }

    /// Returns whether hits are being looked for.
    pub fn is_finding(&self) -> bool {
        self.hit_search.is_some()
    }

    /// Returns whether this conversation is open with the hits of this query.
    pub(super) fn shows(&self, handle: ConversationHandle, query: &str) -> bool {
        self.handle == handle && matches!(&self.hit_origin, HitOrigin::Query(text) if text == query)
    }

    /// Marks the hits of the search line again.
    fn mark_query(&mut self, search: &SearchPane, serial: u64) -> Option<Task> {
        self.hit_origin = HitOrigin::Query(search.text_of_query().to_owned());
        let row = search.listing.rows.iter().find(|row| row.handle == self.handle);
        let exact = || Some(&search.matcher).filter(|_| !search.query.is_empty());
        self.mark_hits(row.map_or_else(exact, |row| search.matcher_of(row)), None, None, serial)
    }

    /// Marks hits of the audit.
    pub(super) fn mark_for_audit(&mut self, hits: Vec<Hit>) {
        self.hit_search = None;
        self.view.set_hits(hits);
        self.hit_origin = HitOrigin::Audit;
    }

    /// Returns the code in sight that has no colours yet.
    fn wanted_colors(&mut self) -> Vec<HighlightRequest> {
        // What is in sight is laid out now, so that it is known what wants colours.
        self.view.rows();
        self.view.transcript_mut().take_highlight_requests()
    }

    /// Goes to the next or previous hit; returns a sentence for the status line.
    pub(super) fn step_hit(&mut self, step: isize) -> String {
        let view = &mut self.view;
        let Some(around) = view.step_hit(step) else { return "no hits in this thread".to_owned() };
        let (focus, count) = view.hit_position();
        let mut message = format!("hit {} of {count}", focus.map_or(0, |index| index + 1));
        if around && count > 1 {
            message.push_str(if step > 0 { ", from the top again" } else { ", from the end again" });
        }
        match (view.is_on_other_branch(), view.is_hit_elsewhere()) {
            (true, _) => message.push_str(", on another branch"),
            (false, true) => message.push_str(", on the current branch"),
            (false, false) => {}
        }
        message
    }

    /// Moves or folds; returns a sentence for the status line where there is something to say.
    fn command(&mut self, command: Command) -> Option<String> {
        if is_jump(command) {
            self.view.begin_jump();
        }
        let view = &mut self.view;
        let unless = |done: bool, message: &str| (!done).then(|| message.to_owned());
        match command {
            Command::NextHit => return Some(self.step_hit(1)),
            Command::PreviousHit => return Some(self.step_hit(-1)),
            Command::Down => view.scroll(1),
            Command::Up => view.scroll(-1),
            Command::HalfPageDown => view.page(1, 1),
            Command::HalfPageUp => view.page(-1, 1),
            Command::PageDown => view.page(1, 2),
            Command::PageUp => view.page(-1, 2),
            Command::JumpBack => return unless(view.jump_back(), "there was no jump in this thread"),
            Command::First => view.first(),
            Command::Last => view.last(),
            Command::NextMessage => return unless(view.step_message(1, false), "this is the last message"),
            Command::PreviousMessage => {
                return unless(view.step_message(-1, false), "this is the first message");
            }
            Command::NextPrompt => {
                return unless(view.step_message(1, true), "no prompt of yours after this");
            }
            Command::PreviousPrompt => {
                return unless(view.step_message(-1, true), "no prompt of yours before this");
            }
            Command::Fold => return unless(view.toggle_fold(), "there is no fold here"),
            Command::FoldAll => {
                return Some(match view.toggle_all_folds() {
                    None => "there are no folds in this thread".to_owned(),
                    Some(true) => "all folds open".to_owned(),
                    Some(false) => "all folds closed".to_owned(),
                });
            }
            Command::NextBranch | Command::PreviousBranch => {
                return Some(match view.switch_branch(if command == Command::NextBranch { 1 } else { -1 }) {
                    Some(branch) => format!("branch {} of {}", branch.number, branch.count),
                    None => "this message has no other branch".to_owned(),
                });
            }
            Command::ScrollLeft | Command::ScrollRight => {
                let columns = if command == Command::ScrollLeft { -SIDEWAYS } else { SIDEWAYS };
                return unless(view.scroll_sideways(columns), "nothing in sight is wider than the screen");
            }
            _ => {}
        }
        None
    }
}

/// Returns whether a command leads away from a place that one may want to come back to.
fn is_jump(command: Command) -> bool {
    matches!(
        command,
        Command::First
            | Command::Last
            | Command::NextHit
            | Command::PreviousHit
            | Command::NextPrompt
            | Command::PreviousPrompt
    )
}

impl App {
    /// Returns the view of the open thread.
    pub fn open_view(&self) -> Option<&ThreadView> {
        self.thread.as_ref().map(|thread| &thread.view)
    }

    /// Opens the selected conversation in the thread pane, without moving the focus. In the narrow layout the pane
    /// is not in sight, and nothing is opened before it is asked for.
    pub(super) fn preview(&mut self) -> Vec<Effect> {
        if self.focus == Focus::Thread {
            return Vec::new();
        }
        if self.layout.wide {
            return self.open();
        }
        let selected = self.selected();
        self.thread.take_if(|thread| Some(thread.handle) != selected);
        Vec::new()
    }

    /// Opens the selected conversation at its best message. Does nothing if it is open with these hits already.
    pub(super) fn open(&mut self) -> Vec<Effect> {
        let Some(&row) = self.search.listing.selected_row() else {
            self.thread = None;
            return Vec::new();
        };
        let query = self.search.text_of_query();
        if self.thread.as_ref().is_some_and(|thread| thread.shows(row.handle, query)) {
            return Vec::new();
        }
        let (conversation, options) = (self.library.share(row.handle), self.setup.transcript.clone());
        let mut thread = ThreadPane::open(row, conversation, options, &self.layout, &self.search);
        self.serial += 1;
        let task = thread.mark_hits(
            self.search.matcher_of(&row),
            Some(row),
            row.best_message.map(|best| best as usize),
            self.serial,
        );
        self.thread = Some(thread);
        self.with_colors(task)
    }

    /// Begins to look for hits, if there is need, and for colours.
    pub(super) fn with_colors(&mut self, task: Option<Task>) -> Vec<Effect> {
        let mut effects: Vec<Effect> = task.map(Effect::Background).into_iter().collect();
        effects.extend(self.highlight());
        effects
    }

    /// Takes in the hits of a long conversation.
    pub(super) fn hits_found(&mut self, serial: u64, found: FoundHits) -> Vec<Effect> {
        let Some(thread) = &mut self.thread else { return Vec::new() };
        if !thread.found(serial, found) {
            return Vec::new();
        }
        if let Some(text) = thread.take_not_found() {
            self.say_not_found(&text);
        }
        if matches!(self.overlay, Overlay::Find(_)) { self.highlight() } else { self.look_for_lost_hits() }
    }

    /// Opens the selected conversation and gives its thread the keys.
    pub(super) fn read(&mut self) -> Vec<Effect> {
        if self.selected().is_none() {
            self.say(if self.loading.is_some() { "still loading" } else { "there is nothing to read" });
            return Vec::new();
        }
        let effects = self.open();
        self.focus_on(Focus::Thread);
        self.search.listing.chosen_by_person = true;
        effects
    }

    /// Goes one level back: ends the marking of messages, then shows the list beside the thread again, then to the audit
    /// that led here, else to the list.
    fn back(&mut self) -> Vec<Effect> {
        if self.thread.as_mut().is_some_and(|thread| thread.view.end_marking()) {
            self.say("nothing is marked");
            return Vec::new();
        }
        if self.is_alone {
            return self.toggle_alone();
        }
        let is_of_audit = self.thread.as_ref().is_some_and(|thread| thread.hit_origin == HitOrigin::Audit);
        match self.query_before_audit.take().filter(|_| is_of_audit) {
            Some(query) => self.back_to_audit(query),
            None => self.focus_on(Focus::List),
        }
    }

    /// Carries out a command of the thread.
    pub(super) fn thread_command(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Back => return self.back(),
            Command::Prompts => return self.open_prompts(),
            Command::MarkMessages => return self.mark_messages(),
            Command::Find => return self.open_find(),
            Command::NextConversation => return self.step_conversation(1),
            Command::PreviousConversation => return self.step_conversation(-1),
            Command::Alone => return self.toggle_alone(),
            _ => {}
        }
        let Some(thread) = &mut self.thread else { return Vec::new() };
        if let Some(message) = thread.command(command) {
            self.say(message);
        }
        self.highlight()
    }

    /// Asks for the colours of the code in sight that has none yet.
    pub(super) fn highlight(&mut self) -> Vec<Effect> {
        let jobs = self.thread.as_mut().map(ThreadPane::wanted_colors).unwrap_or_default();
        if jobs.is_empty() { Vec::new() } else { vec![Effect::Background(Task::Highlight(jobs))] }
    }
}
