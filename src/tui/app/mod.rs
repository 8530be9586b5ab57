//! The app: its state, and `update`, which turns an action into a new state and a list of effects.
//!
//! Pure: no file, no clock, no thread, no terminal. What the tests drive is what the person drives.

mod auditing;
mod copy_save;
mod details;
mod dialogs;
mod extracting;
mod focus;
mod listing;
mod many;
mod pick;
mod reading;
mod setup;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

pub use self::{
    auditing::{Audit, Told},
    dialogs::Dialog,
    extracting::{ExtractDialog, Field},
    focus::Focus,
    listing::{Listing, RowFacts},
    pick::{Choice, Item, Pick},
    setup::Setup,
};
use super::{
    action::{Action, Command},
    effect::Effect,
    layout::Layout,
    reader::Reader,
    text_input::TextInput,
};
use crate::{
    extract::Format,
    library::{Handle, Library, Sort},
    load::Progress,
    search::{Matcher, Query},
};

/// How serious a word in the status line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// What just happened.
    Done,
    /// What did not.
    Failed,
}

/// See the [module](self).
#[derive(Debug)]
pub struct App {
    /// Keys, zone.
    pub setup: Setup,
    /// Everything that was read so far.
    pub library: Arc<Library>,
    /// How far loading is; `None`: done.
    pub loading: Option<Progress>,
    /// Which pane has the keys.
    pub focus: Focus,
    /// The search line.
    pub input: TextInput,
    /// What it means.
    pub query: Query,
    /// The same, compiled.
    pub matcher: Matcher,
    /// By date instead of by relevance.
    pub by_date: bool,
    /// The order of the empty query.
    pub sort: Sort,
    /// The list.
    pub listing: Listing,
    /// Counts and snippets of rows that were visible.
    pub facts: HashMap<Handle, RowFacts>,
    /// The open thread.
    pub reader: Option<Reader>,
    /// Which conversation the reader shows, and the query whose hits it marks.
    pub reading: Option<(Handle, String)>,
    /// What is typed into find, while it is.
    pub find: Option<TextInput>,
    /// The command that is typed to pipe to, while it is.
    pub pipe: Option<TextInput>,
    /// Secrets are taken out of what leaves.
    pub redact: bool,
    /// How messages and conversations are copied: Markdown, text or JSON Lines.
    pub copy_as: Format,
    /// What the archive gives away, once it was asked for.
    pub audit: Option<Audit>,
    /// Marked conversations.
    pub marked: HashSet<Handle>,
    /// Open over everything.
    pub dialog: Option<Dialog>,
    /// The last word of the status line.
    pub status: Option<(Weight, String)>,
    /// Where everything is.
    pub layout: Layout,
    generation: u64,
    /// The last count of secrets that was asked for.
    serial: u64,
    history: Vec<String>,
    recalled: usize,
}

impl App {
    /// The app before its first event; also what to do at once.
    pub fn new(setup: Setup) -> (Self, Vec<Effect>) {
        let query = Query::parse(&setup.query, &setup.zone);
        let layout = Layout::of(setup.size.0, setup.size.1);
        let mut app = Self {
            library: Arc::new(Library::new()),
            loading: Some(Progress::default()),
            focus: Focus::Search,
            input: TextInput::new(setup.query.clone()),
            matcher: Matcher::new(&query),
            query,
            by_date: false,
            sort: Sort::default(),
            listing: Listing { complete: true, answered: true, ..Listing::default() },
            facts: HashMap::new(),
            reader: None,
            reading: None,
            find: None,
            pipe: None,
            redact: false,
            copy_as: Format::Markdown,
            audit: None,
            marked: HashSet::new(),
            dialog: None,
            status: setup.warning.clone().map(|warning| (Weight::Failed, warning)),
            layout,
            generation: 0,
            serial: 0,
            history: Vec::new(),
            recalled: 0,
            setup,
        };
        let effects = app.search();
        (app, effects)
    }

    /// The one way in.
    pub fn update(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Command(command) => self.command(command),
            Action::Type(character) => self.typed(character.encode_utf8(&mut [0; 4])),
            Action::Paste(text) => self.typed(&text),
            Action::Resize(columns, rows) => self.resize(columns, rows),
            Action::Arrived(batch, progress) => self.arrived(batch, progress),
            Action::Loaded(report) => {
                self.loading = None;
                if let Some(warning) = report.warning() {
                    self.fail(warning);
                }
                vec![Effect::PrepareSearch(Arc::clone(&self.library))]
            }
            Action::Found(results) => self.found(results),
            Action::Highlighted(job, colours) => {
                if let Some(reader) = &mut self.reader {
                    reader.transcript_mut().apply(job, colours);
                }
                Vec::new()
            }
            Action::Copied(outcome) => {
                self.copied(outcome);
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
            Action::Counted(serial, secrets) => {
                self.counted(serial, secrets);
                Vec::new()
            }
            Action::Folders(folder, folders) => {
                self.listed(folder, folders);
                Vec::new()
            }
            Action::Auditing(done, of) => {
                self.auditing(done, of);
                Vec::new()
            }
            Action::Audited(account) => {
                self.audited(account);
                Vec::new()
            }
            Action::Leaving => {
                let key = self.setup.keymap.key_for(self.place(), Command::Quit);
                let again = key.unwrap_or_else(|| "ctrl-c".into());
                self.say(format!("leaving when it is copied; {again} again leaves at once"));
                Vec::new()
            }
            Action::CannotSuspend => {
                self.fail("there is no shell to go back to");
                Vec::new()
            }
            Action::Piped(result) => {
                if let Err(reason) = result {
                    self.fail(reason);
                }
                Vec::new()
            }
        }
    }

    fn command(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Quit | Command::Interrupt => return vec![Effect::Quit],
            Command::Suspend => return vec![Effect::Suspend],
            Command::Redraw => return vec![Effect::Redraw],
            _ => {}
        }
        // What the status line said was about the last key.
        self.status = None;
        if self.dialog.is_some() {
            return self.dialog_command(command);
        }
        if command == Command::Help {
            self.dialog = Some(Dialog::Help(0));
            return Vec::new();
        }
        if self.find.is_some() {
            return self.find_command(command);
        }
        if self.pipe.is_some() {
            return self.pipe_command(command);
        }
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

    fn typed(&mut self, text: &str) -> Vec<Effect> {
        if self.dialog.is_some() {
            return self.dialog_typed(text);
        }
        if let Some(find) = &mut self.find {
            find.insert(text);
            return self.find_again();
        }
        if let Some(pipe) = &mut self.pipe {
            pipe.insert(text);
            return Vec::new();
        }
        if self.focus == Focus::Search {
            self.status = None;
            self.input.insert(text);
            return self.search();
        }
        Vec::new()
    }

    fn resize(&mut self, columns: u16, rows: u16) -> Vec<Effect> {
        self.setup.size = (columns, rows);
        self.layout = Layout::of(columns, rows);
        if let Some(reader) = &mut self.reader {
            reader.resize(self.layout.thread_columns(), self.layout.thread.height);
        }
        // In the wide layout there is a preview, in the narrow one a thread is open or it is not.
        let effects = self.preview();
        self.keep_in_sight();
        effects
    }

    /// Says in the status line what was done.
    fn say(&mut self, words: impl Into<String>) {
        self.status = Some((Weight::Done, words.into()));
    }

    /// Says in the status line what could not be done.
    fn fail(&mut self, words: impl Into<String>) {
        self.status = Some((Weight::Failed, words.into()));
    }
}
