//! The audit on the screen: what the archive gives away, line by line, each leading to its place.

use std::sync::Arc;

use super::{App, Focus, Overlay};
use crate::{
    audit::{
        AuditReport,
        columns::Widths,
        lines::{ExposureOrder, LineTarget, ReportLine, ReportLines},
    },
    extract,
    library::{ConversationHandle, Library},
    search::Hit,
    tui::{
        command::Command,
        effect::{Effect, Task},
        format,
        lookup::Lookup,
        text_input::TextInput,
    },
};

/// The content of the audit screen.
#[derive(Debug)]
pub enum Audit {
    /// The audit is being made: the number of conversations done, and of all.
    Running(usize, usize),
    /// The audit is there.
    Finished(Box<FinishedAudit>),
}

/// A finished audit and the position in it.
#[derive(Debug)]
pub struct FinishedAudit {
    report: AuditReport,
    /// The library that its handles belong to.
    library: Arc<Library>,
    /// The lines to read.
    pub lines: Vec<ReportLine>,
    /// The widths of its columns.
    pub widths: Widths,
    /// The order of its lines.
    pub order: ExposureOrder,
    /// Index of the selected line.
    pub selected: usize,
    /// First visible line.
    pub top: usize,
}

impl FinishedAudit {
    fn new(report: AuditReport, library: Arc<Library>, zone: &jiff::tz::TimeZone) -> Self {
        let order = ExposureOrder::default();
        let words = ReportLines { report: &report, library: &library, zone };
        let (lines, widths) = (words.lines(order, true), words.widths());
        let selected = lines.iter().position(|line| words.line_target(line).is_some()).unwrap_or(0);
        Self { report, library, lines, widths, order, selected, top: 0 }
    }

    /// Returns it in words.
    pub fn report<'a>(&'a self, zone: &'a jiff::tz::TimeZone) -> ReportLines<'a> {
        ReportLines { report: &self.report, library: &self.library, zone }
    }

    /// Keeps the selected line in sight of so many rows.
    pub fn keep_in_sight(&mut self, rows: usize) {
        self.selected = self.selected.min(self.lines.len().saturating_sub(1));
        // The heading of the first line is seen with it.
        let first = if self.lines[..self.selected].iter().all(|line| matches!(line, ReportLine::Heading(_))) {
            0
        } else {
            self.selected
        };
        self.top = self.top.min(first).max((self.selected + 1).saturating_sub(rows.max(1)));
    }
}

impl App {
    /// Opens the audit: the one that is there, if nothing has come since, or a new one.
    pub(super) fn open_audit(&mut self) -> Vec<Effect> {
        if self.loading.is_some() {
            self.show_failure("still loading: an audit looks at the whole archive");
            return Vec::new();
        }
        self.overlay = Overlay::Audit;
        if let Some(Audit::Finished(audit)) = &self.audit
            && Arc::ptr_eq(&audit.library, &self.library)
        {
            return Vec::new();
        }
        self.audit = Some(Audit::Running(0, self.library.len()));
        vec![Effect::Background(Task::Audit(Arc::clone(&self.library)))]
    }

    pub(super) fn auditing(&mut self, done: usize, of: usize) {
        if let Some(Audit::Running(before, all)) = &mut self.audit {
            // Threads tell in any order.
            (*before, *all) = (done.max(*before), of);
        }
    }

    pub(super) fn audited(&mut self, report: AuditReport) {
        // Nobody waits for one that was stopped.
        if matches!(self.audit, Some(Audit::Running(..))) {
            let audit = FinishedAudit::new(report, Arc::clone(&self.library), &self.setup.zone);
            self.audit = Some(Audit::Finished(Box::new(audit)));
        }
    }

    pub(super) fn audit_command(&mut self, command: Command) -> Vec<Effect> {
        let page = (self.layout.full_screen().height.saturating_sub(2) as usize).max(2) - 1;
        let audit = match &mut self.audit {
            Some(Audit::Finished(audit)) => audit,
            looking => {
                if command == Command::Cancel && looking.take().is_some() {
                    self.overlay = Overlay::None;
                    return vec![Effect::Background(Task::StopAudit)];
                }
                return Vec::new();
            }
        };
        let last = audit.lines.len().saturating_sub(1);
        let step = |step: isize| audit.selected.saturating_add_signed(step).min(last);
        audit.selected = match command {
            Command::Cancel => {
                return self.close_overlay();
            }
            Command::Accept => return self.go_to_place(),
            Command::Sort => {
                audit.order = audit.order.next();
                let order = audit.order;
                let lines = audit.report(&self.setup.zone).lines(order, true);
                audit.lines = lines;
                self.say(order.as_str());
                return Vec::new();
            }
            Command::Down => step(1),
            Command::Up => step(-1),
            Command::HalfPageDown => step(page as isize / 2),
            Command::HalfPageUp => step(-(page as isize / 2)),
            Command::PageDown => step(page as isize),
            Command::PageUp => step(-(page as isize)),
            Command::First => 0,
            Command::Last => last,
            _ => audit.selected,
        };
        Vec::new()
    }

    /// Follows the selected line: a message is shown with the secret marked, an address is copied.
    fn go_to_place(&mut self) -> Vec<Effect> {
        let Some(Audit::Finished(audit)) = &self.audit else { return Vec::new() };
        let line = audit.lines.get(audit.selected);
        match line.and_then(|line| audit.report(&self.setup.zone).line_target(line)) {
            None => {
                self.show_failure("this line leads nowhere");
                Vec::new()
            }
            Some(LineTarget::Address(address)) => {
                let text = extract::without_control_chars(&address).into_owned();
                self.copied = None;
                vec![Effect::copy(text, "the address", "text", false, Vec::new())]
            }
            Some(LineTarget::Message(handle, message)) => {
                self.overlay = Overlay::None;
                self.query_before_audit = Some(self.search.input.text().to_owned());
                self.read_at(handle, message)
            }
        }
    }

    /// Shows the audit again at the line that was followed, over the list of the query that stood there before.
    pub(super) fn back_to_audit(&mut self, query: String) -> Vec<Effect> {
        let mut effects = self.focus_on(Focus::List);
        if self.search.input.text() != query {
            self.search.input = TextInput::new(query);
            effects.extend(self.search_again());
        }
        effects.extend(self.open_audit());
        effects
    }

    /// Opens a conversation at a message, its secrets marked.
    fn read_at(&mut self, handle: ConversationHandle, message: Option<usize>) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.search.listing.position(handle).is_none() {
            // It is not among what was found: back to all.
            self.search.remember_query();
            self.search.input = TextInput::default();
            effects = self.search_again();
        }
        let Some(index) = self.search.listing.position(handle) else {
            return effects;
        };
        self.focus = Focus::List;
        self.search.choose(index, &self.layout);
        effects.extend(self.read());
        let (Some(thread), Some(message)) = (&mut self.thread, message) else { return effects };
        thread.mark_for_audit(Vec::new());
        thread.view.go_to(message);
        let conversation = thread.view.conversation().clone();
        let bytes = conversation.message_text(message).len();
        effects.extend(self.look_up(
            Lookup::Secrets(conversation, message),
            bytes,
            "looking for the secrets",
        ));
        effects
    }

    /// Marks the secrets of a message.
    pub(super) fn show_secrets(&mut self, message: usize, hits: Vec<Hit>) -> Vec<Effect> {
        let Some(thread) = &mut self.thread else { return Vec::new() };
        let provider = thread.view.conversation().provider;
        let count = hits.len();
        thread.mark_for_audit(hits);
        let in_sight = thread.view.reveal(message);
        if in_sight {
            self.say(format::count(count, "place is marked", "places are marked") + ": n goes to the next");
        } else {
            let name = provider.name();
            self.say(format!("{name} never shows this message; an extract holds it with --include hidden"));
        }
        self.highlight()
    }
}
