//! The state of the app, and `update`, which turns an action into a new state and a list of effects.
//!
//! Pure: no file, no clock, no thread, no terminal. What the tests drive is what the person drives.

mod audit_screen;
mod copy;
mod destination;
mod details;
mod enter_guard;
mod extract_dialog;
mod focus;
mod found_hits;
mod help;
mod listing;
mod lookup;
mod marks;
mod overlay;
mod pick;
mod picker;
mod pipe;
mod query_history;
mod row_facts;
mod save;
mod save_as;
mod search_pane;
mod setup;
mod thread_pane;
mod tier_rule;

use std::{path::PathBuf, sync::Arc};

use self::enter_guard::EnterGuard;
pub use self::{
    audit_screen::{Audit, FinishedAudit},
    destination::Destination,
    extract_dialog::{Choices, ExtractDialog, ExtractField, ExtractStage, SecretCount, SeveralOrigin},
    focus::Focus,
    found_hits::FoundHits,
    help::{Help, LookedFor},
    listing::Listing,
    overlay::{Overlay, Prompt},
    picker::{CommandEntry, Picker, PickerChoice, PickerItem},
    row_facts::{RowFacts, SlowRow},
    save_as::SaveAs,
    search_pane::SearchPane,
    setup::{Setup, Start},
    thread_pane::ThreadPane,
    tier_rule::RULE_ENDS,
};
use super::{
    action::Action,
    command::Command,
    effect::{CopyOutcome, Effect, Task, TerminalRequest},
    layout::Layout,
};
use crate::{
    config::{NamedValues, ThemeName},
    extract::Format,
    library::Library,
    load::Progress,
    search::Clock,
};

/// The weight of a sentence in the status line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusKind {
    /// It was done.
    Done,
    /// It could not be done.
    Failed,
}

/// The state of the whole UI: what is fixed, what was read, a value a pane, and the overlay over them.
#[derive(Debug)]
pub struct App {
    /// Keys, local time, how threads start.
    pub setup: Setup,
    /// Everything that was read so far.
    pub library: Arc<Library>,
    /// The progress of loading; `None`: done.
    pub loading: Option<Progress>,
    /// The size of the screen and the place of each pane.
    pub layout: Layout,
    /// The pane that has the keys while no overlay is open.
    pub focus: Focus,
    /// The thread has the whole screen, as long as it has the keys.
    pub is_alone: bool,
    /// The search line and the list.
    pub search: SearchPane,
    /// The open thread.
    pub thread: Option<ThreadPane>,
    /// Open over the panes.
    pub overlay: Overlay,
    /// The audit of the archive, once it was asked for; [`Overlay::Audit`] shows it.
    pub audit: Option<Audit>,
    /// Secrets are taken out of what leaves.
    pub redact: bool,
    /// The format in which messages and conversations are copied: Markdown, text or JSON Lines.
    pub copy_as: Format,
    /// The last sentence of the status line.
    pub status: Option<(StatusKind, String)>,
    /// The first words of what was copied, of which that sentence tells: as many as there are columns for.
    pub opening: Option<String>,
    /// What the times of queries are by.
    clock: Clock,
    /// The number of what was asked for last: a count of secrets, a lookup.
    serial: u64,
    /// The query that stood there when a line of the audit was followed: `esc` leads back to both.
    query_before_audit: Option<String>,
    /// The attachment that is being saved, as long as its name may be taken.
    saving: Option<Box<SaveAs>>,
    /// What was written last, as long as the status line offers its path.
    written: Option<PathBuf>,
    /// Something that the person waits for.
    awaited: Option<lookup::Awaited>,
    /// What was copied last, as long as the secrets in it may still be told.
    copied: Option<CopyOutcome>,
    /// The guard of the enter key.
    enter_guard: EnterGuard,
}

impl App {
    /// Makes the app before its first event, and the effects to begin with.
    pub fn new(setup: Setup, start: Start) -> (Self, Vec<Effect>) {
        let clock = Clock { zone: setup.zone.clone(), now: start.now };
        let mut app = Self {
            library: Arc::new(Library::new()),
            loading: Some(Progress::default()),
            layout: Layout::of(start.size.0, start.size.1),
            focus: Focus::Search,
            is_alone: false,
            search: SearchPane::new(start.query, &clock),
            thread: None,
            overlay: Overlay::None,
            audit: None,
            redact: false,
            copy_as: Format::Markdown,
            status: start.warning.map(|warning| (StatusKind::Failed, warning)),
            opening: None,
            clock,
            serial: 0,
            query_before_audit: None,
            saving: None,
            written: None,
            awaited: None,
            copied: None,
            enter_guard: EnterGuard::default(),
            setup,
        };
        let effects = app.search_again();
        (app, effects)
    }

    /// Takes in what happened; returns what is to be done outside. The one way in.
    pub fn update(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::IdleBefore(quiet) => {
                self.enter_guard.note(quiet);
                Vec::new()
            }
            Action::Now(now) => {
                self.clock.now = now;
                Vec::new()
            }
            Action::Command(command) => self.command(command),
            Action::MeansElsewhere(key, place, command) => {
                self.say(format!("{}: {}, {}", key.label(), command.help(), place.within()));
                Vec::new()
            }
            Action::Type(character) => self.typed(character.encode_utf8(&mut [0; 4])),
            Action::Paste(text) => self.typed(&text),
            Action::Resize(columns, rows) => self.resize(columns, rows),
            Action::Arrived(batch, progress) => self.arrived(batch, progress),
            Action::Loaded(report) => {
                self.loading = None;
                if let Some(warning) = report.warning().or_else(|| report.empty_notice()) {
                    self.show_failure(warning);
                }
                vec![Effect::Background(Task::PrepareSearch(Arc::clone(&self.library)))]
            }
            Action::Found(results) => self.found(results),
            Action::Highlighted(blocks) => {
                if let Some(thread) = &mut self.thread {
                    for (id, tones) in blocks {
                        thread.view.transcript_mut().apply_highlight(id, tones);
                    }
                }
                Vec::new()
            }
            Action::Copied(outcome) => {
                self.copied(outcome);
                Vec::new()
            }
            Action::HeldByCopy(number, secrets) => {
                self.held_by_copy(number, secrets);
                Vec::new()
            }
            Action::Saved(outcome) => {
                self.saved(outcome);
                Vec::new()
            }
            Action::SavedMany(outcome) => {
                self.saved_many(outcome);
                Vec::new()
            }
            Action::Named(serial, stem) => {
                self.take_file_name(serial, stem);
                Vec::new()
            }
            Action::Counted(serial, secrets) => {
                self.take_secret_count(serial, secrets);
                Vec::new()
            }
            Action::Folders(folder, folders) => {
                self.take_folders(folder, folders);
                Vec::new()
            }
            Action::LookedUp(serial, found) => self.looked_up(serial, *found),
            Action::Hits(serial, found) => self.hits_found(serial, found),
            Action::Facts(serial, facts) => {
                self.search.facts_found(serial, facts);
                Vec::new()
            }
            Action::Auditing(done, of) => {
                self.auditing(done, of);
                Vec::new()
            }
            Action::Audited(report) => {
                self.audited(*report);
                Vec::new()
            }
            Action::Leaving => {
                let key = self.setup.keymap.key_for(self.place(), Command::Quit);
                let again = key.unwrap_or_else(|| "ctrl-c".into());
                self.say(format!("leaving when it is copied; {again} again leaves at once"));
                Vec::new()
            }
            Action::CannotSuspend => {
                self.show_failure("there is no shell to go back to");
                Vec::new()
            }
            Action::Piped(result) => {
                if let Err(reason) = result {
                    self.show_failure(reason);
                }
                Vec::new()
            }
        }
    }

    fn command(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Quit | Command::Interrupt => return vec![Effect::Terminal(TerminalRequest::Quit)],
            Command::Suspend => return vec![Effect::Terminal(TerminalRequest::Suspend)],
            Command::Redraw => return vec![Effect::Terminal(TerminalRequest::Redraw)],
            _ => {}
        }
        if let Some(effects) = self.stop_waiting(command) {
            return effects;
        }
        if command != Command::UnmarkAll {
            self.search.unmark_asked = false;
        }
        let written =
            self.written.take().filter(|_| command == Command::CopyAnswer && self.overlay.is_none());
        let mut effects: Vec<Effect> = self.forget_lookup().into_iter().collect();
        // What the status line said was about the last key.
        self.clear_status();
        effects.extend(match written {
            Some(path) => self.copy_path(path),
            None => self.overlay_command(command),
        });
        effects
    }

    /// Carries out a command where no overlay is open.
    fn pane_command(&mut self, command: Command) -> Vec<Effect> {
        match (command, self.focus) {
            (Command::NextPane, _) => self.next_pane(),
            (Command::CopyAnswer, _) => self.copy_answer(),
            (Command::Copy, _) => self.copy_message(),
            (Command::CopyConversation, _) => self.copy_conversation(),
            (Command::CopyAddress, _) => self.copy_address(),
            (Command::CopyLine, _) => self.copy_line(),
            (Command::CopyCode, _) => self.copy_code(),
            (Command::CopyAsMarkdown, _) => self.copy_as(Format::Markdown),
            (Command::CopyAsText, _) => self.copy_as(Format::Text),
            (Command::CopyAsJson, _) => self.copy_as(Format::Jsonl),
            (Command::ThemeAuto, _) => self.take_theme(ThemeName::Auto),
            (Command::ThemeTerminal, _) => self.take_theme(ThemeName::Terminal),
            (Command::ThemeDark, _) => self.take_theme(ThemeName::Dark),
            (Command::ThemeLight, _) => self.take_theme(ThemeName::Light),
            (Command::ThemeMono, _) => self.take_theme(ThemeName::Mono),
            (Command::Audit, _) => self.open_audit(),
            (Command::Extract, _) => self.open_extract(),
            (Command::ExtractAll, _) => self.open_extract_all(),
            (Command::Links, _) => self.open_links(),
            (Command::Details, _) => self.open_details(),
            (Command::Pipe, _) => self.open_pipe(),
            (Command::Commands, _) => self.open_commands(),
            (Command::Redact, _) => {
                self.redact = !self.redact;
                self.say(if self.redact {
                    "secrets are taken out of what is copied, piped and extracted"
                } else {
                    "what is copied and extracted is exact again"
                });
                Vec::new()
            }
            (Command::Search, _) => self.focus_on(Focus::Search),
            (_, Focus::Search) => self.search_command(command),
            (_, Focus::List) => self.list_command(command),
            (_, Focus::Thread) => self.thread_command(command),
        }
    }

    /// Shows everything in another theme from here on.
    fn take_theme(&mut self, name: ThemeName) -> Vec<Effect> {
        let word = ThemeName::ALL.iter().find(|(other, _)| *other == name).map_or("", |(_, word)| word);
        self.say(format!("theme {word} until you leave: --theme {word} begins with it"));
        vec![Effect::Terminal(TerminalRequest::Theme(name))]
    }

    /// Puts a text into the search line, if it has the keys.
    fn pane_typed(&mut self, text: &str) -> Vec<Effect> {
        if self.focus != Focus::Search {
            return Vec::new();
        }
        self.clear_status();
        self.search.input.insert(text);
        self.search_again()
    }

    fn resize(&mut self, columns: u16, rows: u16) -> Vec<Effect> {
        self.lay_out(columns, rows);
        // In the wide layout there is a preview, in the narrow one a thread is open or it is not.
        let effects = self.preview();
        self.search.keep_in_sight(&self.layout);
        effects
    }

    /// Says nothing any more in the status line, and offers nothing.
    fn clear_status(&mut self) {
        (self.status, self.opening, self.written) = (None, None, None);
    }

    /// Says in the status line what was done.
    fn say(&mut self, words: impl Into<String>) {
        self.clear_status();
        self.status = Some((StatusKind::Done, words.into()));
    }

    /// Says in the status line what could not be done.
    fn show_failure(&mut self, words: impl Into<String>) {
        self.clear_status();
        self.status = Some((StatusKind::Failed, words.into()));
    }
}
