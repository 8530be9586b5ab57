//! Carries out what the app asks for, each thing on a thread of its own kind, and sends the answers back as events.
//! Nothing here decides anything.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::{
    Event,
    action::Action,
    effect::{CopyOutcome, Effect, ManyOutcome, SaveFailure, SaveOutcome},
    paths, words,
};
use crate::{
    archive::Archive,
    audit::Account,
    extract::{
        Options,
        attachments::{Attached, find},
        clipboard::Clipboard,
        many::write_each,
        one::{OneError, Written, write_one},
        redaction::{Redaction, held},
        save::{self, Clobber, Draft, SaveError},
    },
    library::{Library, Shared},
    search::worker::Worker,
    secrets::{Counts, Scanner},
    transcript::highlight::{Highlighter, Job},
};

#[derive(Debug)]
struct Copy {
    text: String,
    what: &'static str,
    form: &'static str,
    redact: bool,
}

/// The threads behind the app.
#[derive(Debug)]
pub struct Desk {
    archives: Arc<Vec<Archive>>,
    events: Sender<Event>,
    search: Worker,
    copies: Sender<Copy>,
    clipboard: JoinHandle<()>,
    colours: Sender<Vec<Job>>,
    stop_saving: Arc<AtomicBool>,
    stop_audit: Arc<AtomicBool>,
    /// The newest count of secrets that was asked for.
    counting: Arc<AtomicU64>,
}

/// What only the loop can do: it owns the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    /// Nothing.
    Nothing,
    /// Run a command with this as its input, the terminal lent to it.
    Pipe {
        /// For the shell.
        command: String,
        /// What it reads.
        text: String,
    },
    /// Suspend.
    Suspend,
    /// Redraw all of it.
    Redraw,
    /// Leave.
    Quit,
}

impl Desk {
    /// Starts the threads; they end with the process.
    pub fn new(archives: Arc<Vec<Archive>>, clipboard: Clipboard, events: Sender<Event>) -> io::Result<Self> {
        let answers = events.clone();
        let search = Worker::start(move |results| {
            // A closed channel means that the app is leaving.
            let _ = answers.send(Event::Action(Action::Found(results)));
        });
        let (copies, waiting) = channel();
        let answers = events.clone();
        let clipboard = thread::Builder::new()
            .name("clipboard".into())
            .spawn(move || copy_all(clipboard, &waiting, &answers))?;
        let (colours, jobs) = channel();
        let answers = events.clone();
        thread::Builder::new().name("colours".into()).spawn(move || colour_all(&jobs, &answers))?;
        Ok(Self {
            archives,
            events,
            search,
            copies,
            clipboard,
            colours,
            stop_saving: Arc::default(),
            stop_audit: Arc::default(),
            counting: Arc::default(),
        })
    }

    /// Ends the clipboard: on X11 a text that was copied is handed over to a manager now, or never. Not for long.
    pub fn leave(self) {
        drop(self.copies);
        let deadline = Instant::now() + Duration::from_secs(2);
        while !self.clipboard.is_finished() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Begins an effect; gives what is left for the loop.
    pub fn carry_out(&self, effect: Effect) -> Left {
        match effect {
            Effect::Search(request) => self.search.ask(request),
            Effect::PrepareSearch(library) => self.search.prepare(library),
            Effect::Copy { text, what, form, redact } => {
                let _ = self.copies.send(Copy { text, what, form, redact });
            }
            Effect::CountSecrets { conversations, options, serial } => {
                let events = self.events.clone();
                self.counting.store(serial, Ordering::Relaxed);
                let newest = Arc::clone(&self.counting);
                thread::spawn(move || {
                    let goes_on = || newest.load(Ordering::Relaxed) == serial;
                    if let Some(counts) = secrets_of(&conversations, &options, &goes_on) {
                        let secrets = (!counts.is_empty()).then(|| counts.sentence(Scanner::built_in()));
                        let _ = events.send(Event::Action(Action::Counted(serial, secrets)));
                    }
                });
            }
            Effect::ListFolders(typed) => {
                let events = self.events.clone();
                thread::spawn(move || {
                    let folders = paths::folders_in(&typed);
                    let _ = events.send(Event::Action(Action::Folders(typed, folders)));
                });
            }
            Effect::Audit(library) => {
                let (archives, events) = (Arc::clone(&self.archives), self.events.clone());
                self.stop_audit.store(false, Ordering::Relaxed);
                let stop = Arc::clone(&self.stop_audit);
                thread::spawn(move || audit(&archives, &library, &stop, &events));
            }
            Effect::StopAudit => self.stop_audit.store(true, Ordering::Relaxed),
            Effect::Highlight(jobs) => {
                let _ = self.colours.send(jobs);
            }
            Effect::Save { conversation, options, redact, path, clobber } => {
                let (archives, events) = (Arc::clone(&self.archives), self.events.clone());
                thread::spawn(move || {
                    let path = paths::at_home(path);
                    let redaction = Redaction::new(redact);
                    let result = write(&archives, &conversation, &options, &redaction, &path, clobber);
                    let _ = events.send(Event::Action(Action::Saved(SaveOutcome { path, result })));
                });
            }
            Effect::SaveMany { conversations, options, redact, folder, clobber } => {
                let (archives, events) = (Arc::clone(&self.archives), self.events.clone());
                self.stop_saving.store(false, Ordering::Relaxed);
                let stop = Arc::clone(&self.stop_saving);
                thread::spawn(move || {
                    let folder = paths::at_home(folder);
                    let errand = Errand { conversations, options, redact, folder, clobber };
                    errand.run(&archives, &stop, &events);
                });
            }
            Effect::StopSaving => self.stop_saving.store(true, Ordering::Relaxed),
            Effect::SaveAttachment { archive, id, path, content, redact } => {
                let (archives, events) = (Arc::clone(&self.archives), self.events.clone());
                thread::spawn(move || {
                    // Bytes of the archive are what they are; only its texts can be redacted.
                    let unredacted = usize::from(redact && content.is_none());
                    let result = match content {
                        Some(content) => save_content(&content, redact, &path),
                        None => copy_attachment(&archives, archive, &id, &path),
                    };
                    let attached = Attached { unredacted, ..Attached::default() };
                    let result = result.map(|bytes| Written { bytes, attached }).map_err(SaveFailure::Failed);
                    let _ = events.send(Event::Action(Action::Saved(SaveOutcome { path, result })));
                });
            }
            Effect::Pipe { command, text } => return Left::Pipe { command, text },
            Effect::Suspend => return Left::Suspend,
            Effect::Redraw => return Left::Redraw,
            Effect::Quit => return Left::Quit,
        }
        Left::Nothing
    }
}

/// The clipboard has one owner for the life of the app: on X11 the text is served by whoever owns it.
fn copy_all(mut clipboard: Clipboard, waiting: &Receiver<Copy>, events: &Sender<Event>) {
    while let Ok(Copy { mut text, what, form, redact }) = waiting.recv() {
        // Finding secrets never blocks a copy; it is said.
        let findings = Scanner::built_in().redact(&text);
        let secrets = (!findings.1.is_empty()).then(|| findings.1.sentence(Scanner::built_in()));
        if redact {
            text = findings.0;
        }
        let mut result = clipboard.copy(&text);
        if let Ok(copied) = &mut result {
            let bytes = std::mem::take(&mut copied.terminal);
            if !bytes.is_empty() && events.send(Event::ToTerminal(bytes)).is_err() {
                return;
            }
        }
        if events
            .send(Event::Action(Action::Copied(CopyOutcome {
                what,
                form,
                redacted: redact,
                secrets,
                result,
            })))
            .is_err()
        {
            return;
        }
    }
}

/// Highlighting never delays a frame: the syntaxes are loaded here, at the first block of code.
fn colour_all(waiting: &Receiver<Vec<Job>>, events: &Sender<Event>) {
    let mut highlighter: Option<Highlighter> = None;
    while let Ok(mut jobs) = waiting.recv() {
        // The newest are what is in sight.
        while let Ok(newer) = waiting.try_recv() {
            jobs.extend(newer);
        }
        let highlighter = highlighter.get_or_insert_with(Highlighter::new);
        for job in jobs.into_iter().rev() {
            let colours = highlighter.highlight(&job.language, &job.code);
            if events.send(Event::Action(Action::Highlighted(job.id, colours))).is_err() {
                return;
            }
        }
    }
}

/// The file of one conversation; the same calls as the `extract` subcommand's.
fn write(
    archives: &[Archive],
    conversation: &Shared,
    options: &Options,
    redaction: &Redaction,
    path: &Path,
    clobber: Clobber,
) -> Result<Written, SaveFailure> {
    match write_one(archives, conversation, options, redaction, path, clobber) {
        Ok(written) => Ok(written),
        Err(OneError::Save(SaveError::Exists(_))) => Err(SaveFailure::Exists),
        Err(error) => Err(SaveFailure::Failed(error.to_string())),
    }
}

/// What secrets extracts would hold; `None`: it is of no interest any more.
fn secrets_of(conversations: &[Shared], options: &Options, goes_on: &dyn Fn() -> bool) -> Option<Counts> {
    let mut counts = Counts::default();
    for conversation in conversations {
        if !goes_on() {
            return None;
        }
        counts.merge(&held(conversation, options));
    }
    Some(counts)
}

/// Looks at everything; tells how it is going ten times a second.
fn audit(archives: &[Archive], library: &Library, stop: &AtomicBool, events: &Sender<Event>) {
    let told = Mutex::new(Instant::now());
    let watch = |done: usize, of: usize| {
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.elapsed() >= Duration::from_millis(100) {
            *told = Instant::now();
            let _ = events.send(Event::Action(Action::Auditing(done, of)));
        }
        !stop.load(Ordering::Relaxed)
    };
    let account = Account::of(archives, library, &watch).map(Box::new);
    let _ = events.send(Event::Action(Action::Audited(account)));
}

/// Many files to be written.
struct Errand {
    conversations: Vec<Shared>,
    options: Box<Options>,
    redact: bool,
    folder: PathBuf,
    clobber: Clobber,
}

impl Errand {
    /// A file of each; tells how it is going ten times a second.
    fn run(self, archives: &[Archive], stop: &AtomicBool, events: &Sender<Event>) {
        let Self { conversations, options, redact, folder, clobber } = self;
        let of = conversations.len();
        let begun = ManyOutcome {
            written: 0,
            of,
            folder,
            attached: Attached::default(),
            over: false,
            stopped: false,
            failure: None,
        };
        let told = Mutex::new(Instant::now());
        let watch = |written: usize| {
            let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
            if told.elapsed() >= Duration::from_millis(100) {
                *told = Instant::now();
                let now = ManyOutcome { written, ..begun.clone() };
                let _ = events.send(Event::Action(Action::SavedMany(now)));
            }
            !stop.load(Ordering::Relaxed)
        };
        let redaction = Redaction::new(redact);
        let folder = &begun.folder;
        let result = write_each(archives, &conversations, &options, &redaction, folder, clobber, &watch);
        let (written, attached, failure) = match result {
            Ok(outcome) => {
                let existing = match &*outcome.existing {
                    [] => None,
                    [one] => Some(format!("{} exists already: enter again replaces it", words::path(one))),
                    [one, ..] => Some(format!(
                        "{} exist already, {} the first: enter again replaces them",
                        words::number(outcome.existing.len()),
                        words::path(one)
                    )),
                };
                (outcome.written, outcome.attached, existing)
            }
            Err(error) => (0, Attached::default(), Some(error.to_string())),
        };
        let stopped = stop.load(Ordering::Relaxed);
        let end = ManyOutcome { written, attached, over: true, stopped, failure, ..begun };
        let _ = events.send(Event::Action(Action::SavedMany(end)));
    }
}

/// The text of an attachment, which the export carries itself, to a new file.
fn save_content(content: &str, redact: bool, path: &Path) -> Result<u64, String> {
    let content = if redact { Scanner::built_in().redact(content).0 } else { content.to_owned() };
    save::save(path, content.as_bytes(), Clobber::Never).map_err(|error| error.to_string())?;
    Ok(content.len() as u64)
}

/// An attachment's bytes to a new file.
fn copy_attachment(archives: &[Archive], own: u16, id: &str, path: &Path) -> Result<u64, String> {
    let (archive, member) = find(archives, own, id).ok_or("the attachment is not in this archive")?;
    let mut draft = Draft::new(path).map_err(|error| error.to_string())?;
    let bytes = archive.copy_attachment(&member, &mut draft).map_err(|error| error.to_string())?;
    draft.commit(Clobber::Never).map_err(|error| error.to_string())?;
    Ok(bytes)
}
