//! From the thread to what is around it: the next conversation of the list, and the list beside it or not.

use crate::tui::{
    app::{App, Focus},
    effect::Effect,
    format,
    layout::Layout,
};

impl App {
    /// Opens the next or previous conversation of the list.
    pub(in crate::tui::app) fn step_conversation(&mut self, step: isize) -> Vec<Effect> {
        let before = self.search.listing.selected;
        self.search.move_by(step, &self.layout);
        let listing = &self.search.listing;
        if listing.selected == before {
            self.say(if step > 0 {
                "this is the last conversation of the list"
            } else {
                "this is the first conversation of the list"
            });
            return Vec::new();
        }
        let (number, count) = (format::number(listing.selected + 1), format::number(listing.rows.len()));
        self.say(format!("conversation {number} of {count}"));
        self.open()
    }

    /// Gives the thread the whole screen, where the list stands beside it; or shows that again.
    pub(in crate::tui::app) fn toggle_alone(&mut self) -> Vec<Effect> {
        let screen = self.layout.screen;
        if !self.is_alone && !Layout::of(screen.width, screen.height).wide {
            self.say("the thread is alone: the list stands beside it from 100 columns on");
            return Vec::new();
        }
        self.set_alone(!self.is_alone);
        self.highlight()
    }

    /// Lays the panes out with the thread alone or not.
    pub(in crate::tui::app) fn set_alone(&mut self, is_alone: bool) {
        if self.is_alone == is_alone {
            return;
        }
        self.is_alone = is_alone;
        self.lay_out(self.layout.screen.width, self.layout.screen.height);
        self.search.keep_in_sight(&self.layout);
    }

    /// Lays the panes out for a size of the screen.
    pub(in crate::tui::app) fn lay_out(&mut self, columns: u16, rows: u16) {
        let layout = Layout::of(columns, rows);
        // Where there is no list beside it, there is nothing to come back to.
        self.is_alone &= layout.wide && self.focus == Focus::Thread;
        self.layout = if self.is_alone { Layout::of_one_pane(columns, rows) } else { layout };
        if let Some(thread) = &mut self.thread {
            thread.view.resize(self.layout.thread_columns(), self.layout.thread.height);
        }
    }
}
