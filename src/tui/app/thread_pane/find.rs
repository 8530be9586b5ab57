//! Find within the open thread: the line that is typed, and what becomes of the hits that were marked before.

use super::{HitOrigin, ThreadPane};
use crate::{
    search::{Clock, Matcher, Query},
    tui::{
        app::{App, Overlay, SearchPane},
        command::Command,
        effect::{Effect, Task},
        text_input::TextInput,
        thread_view::HitSet,
    },
};

/// The hits that were marked before find.
#[derive(Debug, Default)]
pub(super) enum BeforeFind {
    /// They are marked still: nothing was looked for.
    #[default]
    Marked,
    /// These, from there.
    Known(HitSet, HitOrigin),
    /// They were still being looked for.
    Unknown,
}

impl App {
    pub(in crate::tui::app) fn open_find(&mut self) -> Vec<Effect> {
        self.overlay = Overlay::Find(TextInput::default());
        if let Some(thread) = &mut self.thread {
            thread.begin_find();
        }
        Vec::new()
    }

    /// Carries out a command of the line of find.
    pub(in crate::tui::app) fn find_command(&mut self, command: Command) -> Vec<Effect> {
        let Overlay::Find(find) = &mut self.overlay else { return Vec::new() };
        match command {
            Command::Accept => {
                let text = find.text().trim().to_owned();
                return if text.is_empty() { self.leave_find() } else { self.accept_find(&text) };
            }
            Command::Cancel => return self.leave_find(),
            Command::NextHit | Command::PreviousHit => {
                if let Some(thread) = &mut self.thread {
                    thread.step_hit(if command == Command::NextHit { 1 } else { -1 });
                }
            }
            other if find.edit(other) => return self.find_again(),
            _ => {}
        }
        self.highlight()
    }

    /// Marks what is typed into find.
    pub(in crate::tui::app) fn find_again(&mut self) -> Vec<Effect> {
        let (Overlay::Find(find), Some(thread)) = (&self.overlay, &mut self.thread) else {
            return Vec::new();
        };
        self.serial += 1;
        let task = thread.find(find.text(), &self.clock, self.serial);
        self.with_colors(task)
    }

    /// Closes find where it led to. Where that is nowhere, everything is as it was before.
    fn accept_find(&mut self, text: &str) -> Vec<Effect> {
        self.overlay = Overlay::None;
        if self.thread.as_mut().is_some_and(|thread| thread.accept_find(text)) {
            self.say_not_found(text);
        }
        self.look_for_lost_hits()
    }

    /// Looks again for the hits that were still being looked for when find began, if that led nowhere.
    pub(in crate::tui::app) fn look_for_lost_hits(&mut self) -> Vec<Effect> {
        self.serial += 1;
        let task = self.thread.as_mut().and_then(|thread| thread.find_lost_hits(&self.search, self.serial));
        self.with_colors(task)
    }

    /// Says that find led nowhere.
    pub(in crate::tui::app) fn say_not_found(&mut self, text: &str) {
        let quote = if text.contains('"') { "" } else { "\"" };
        self.show_failure(format!("no {quote}{text}{quote} in this thread"));
    }

    /// Closes find and goes back to where it began, with the hits of the search line.
    fn leave_find(&mut self) -> Vec<Effect> {
        self.overlay = Overlay::None;
        self.serial += 1;
        let task = self.thread.as_mut().and_then(|thread| thread.leave_find(&self.search, self.serial));
        self.with_colors(task)
    }
}

impl ThreadPane {
    /// Marks the hits of a text typed into find, and goes to the first from where it began.
    pub(in crate::tui::app) fn find(&mut self, text: &str, clock: &Clock, serial: u64) -> Option<Task> {
        let query = Query::parse(text, clock);
        let matcher = (!query.is_empty()).then(|| Matcher::new(&query));
        let origin = std::mem::replace(&mut self.hit_origin, HitOrigin::Find);
        if matches!(self.before_find, BeforeFind::Marked) {
            let hits = self.view.take_hits();
            let is_unknown = self.is_finding();
            self.before_find = if is_unknown { BeforeFind::Unknown } else { BeforeFind::Known(hits, origin) };
        }
        let from = self.view.find_from().or(Some(0));
        self.mark_hits(matcher.as_ref(), None, from, serial)
    }

    /// Remembers the place and the hits from which one begins to find.
    pub(in crate::tui::app) fn begin_find(&mut self) {
        (self.before_find, self.accepted_find) = (BeforeFind::Marked, None);
        self.view.begin_find();
    }

    /// Ends find where it led to. True: it is nowhere in this thread, and everything is as it was before.
    pub(in crate::tui::app) fn accept_find(&mut self, text: &str) -> bool {
        if self.is_finding() {
            self.accepted_find = Some(text.to_owned());
            // Where one goes meanwhile one stays.
            self.view.end_find(false);
            return false;
        }
        self.end_find_without_hits()
    }

    /// Ends find. If it has no hits, those of before are marked again, and it returns true.
    fn end_find_without_hits(&mut self) -> bool {
        let has_hits = self.view.hit_position().1 > 0;
        self.view.end_find(!has_hits);
        if !has_hits {
            match std::mem::take(&mut self.before_find) {
                BeforeFind::Known(hits, origin) => {
                    self.view.put_hits_back(hits);
                    self.hit_origin = origin;
                }
                other => self.before_find = other,
            }
        }
        !has_hits
    }

    /// Marks the hits of the search line again, if they were still being looked for when find began that led nowhere.
    pub(in crate::tui::app) fn find_lost_hits(&mut self, search: &SearchPane, serial: u64) -> Option<Task> {
        if self.is_finding() || self.view.hit_position().1 > 0 {
            return None;
        }
        let is_lost = matches!(std::mem::take(&mut self.before_find), BeforeFind::Unknown);
        if is_lost { self.mark_query(search, serial) } else { None }
    }

    /// Returns what find has looked for, if it was accepted before it was known that it is nowhere.
    pub(super) fn take_not_found(&mut self) -> Option<String> {
        let text = self.accepted_find.take()?;
        self.end_find_without_hits().then_some(text)
    }

    /// Leaves find for the place where it began, with the hits of the search line or of the audit.
    pub(in crate::tui::app) fn leave_find(&mut self, search: &SearchPane, serial: u64) -> Option<Task> {
        self.view.end_find(true);
        match std::mem::take(&mut self.before_find) {
            BeforeFind::Known(hits, origin) if origin != HitOrigin::Find => {
                self.hit_search = None;
                self.view.put_hits_back(hits);
                self.hit_origin = origin;
                None
            }
            BeforeFind::Marked if self.hit_origin != HitOrigin::Find => None,
            _ => self.mark_query(search, serial),
        }
    }
}
