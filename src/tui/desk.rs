//! Carries out what the app asks for, each thing on a thread of its own kind, and sends the answers back as events.
//! Nothing here decides anything.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread,
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
    extract::{
        self, Format, Options,
        clipboard::Clipboard,
        many::write_each,
        redaction::Redaction,
        save::{self, Clobber, Draft, SaveError},
    },
    library::Shared,
    search::worker::Worker,
    secrets::{Counts, Scanner},
    transcript::highlight::{Highlighter, Job},
};

/// The thread that highlights code.
const COLOURS: &str = "colours";

/// Whether this thread's panics are caught by what it calls: some syntaxes' expressions panic, and the code then
/// stays plain.
pub fn expects_panics() -> bool {
    thread::current().name() == Some(COLOURS)
}

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
    colours: Sender<Vec<Job>>,
    stop_saving: Arc<AtomicBool>,
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
        thread::Builder::new()
            .name("clipboard".into())
            .spawn(move || copy_all(clipboard, &waiting, &answers))?;
        let (colours, jobs) = channel();
        let answers = events.clone();
        thread::Builder::new().name(COLOURS.into()).spawn(move || colour_all(&jobs, &answers))?;
        Ok(Self { archives, events, search, copies, colours, stop_saving: Arc::default() })
    }

    /// Begins an effect; gives what is left for the loop.
    pub fn carry_out(&self, effect: Effect) -> Left {
        match effect {
            Effect::Search(request) => self.search.ask(request),
            Effect::PrepareSearch(library) => self.search.prepare(library),
            Effect::Copy { text, what, form, redact } => {
                let _ = self.copies.send(Copy { text, what, form, redact });
            }
            Effect::CountSecrets(conversations) => {
                let events = self.events.clone();
                thread::spawn(move || {
                    let _ = events.send(Event::Action(Action::Counted(secrets_of(&conversations))));
                });
            }
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
            Effect::SaveAttachment { archive, id, path } => {
                let (archives, events) = (Arc::clone(&self.archives), self.events.clone());
                thread::spawn(move || {
                    let result = copy_attachment(&archives, archive, &id, &path).map_err(SaveFailure::Failed);
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
) -> Result<u64, SaveFailure> {
    let contents = if options.format == Format::Json {
        let source = conversation.source;
        let archive = archives
            .get(source.archive as usize)
            .ok_or_else(|| SaveFailure::Failed("its archive is not open".to_owned()))?;
        let original = archive.read_object(source, &mut |_| true);
        redaction.original(&original.map_err(|error| SaveFailure::Failed(error.to_string()))?).into_owned()
    } else {
        extract::conversation(&redaction.conversation(conversation), options).into_bytes()
    };
    match save::save(path, &contents, clobber) {
        Ok(()) => Ok(contents.len() as u64),
        Err(SaveError::Exists(_)) => Err(SaveFailure::Exists),
        Err(error) => Err(SaveFailure::Failed(error.to_string())),
    }
}

/// What secrets conversations hold, in words.
fn secrets_of(conversations: &[Shared]) -> Option<String> {
    let scanner = Scanner::built_in();
    let mut counts = Counts::default();
    for conversation in conversations {
        counts.merge(&scanner.scan(conversation.shown_text()).iter().collect());
    }
    (!counts.is_empty()).then(|| counts.sentence(scanner))
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
        let begun = ManyOutcome { written: 0, of, folder, over: false, stopped: false, failure: None };
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
        let (written, failure) = match result {
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
                (outcome.written, existing)
            }
            Err(error) => (0, Some(error.to_string())),
        };
        let stopped = stop.load(Ordering::Relaxed);
        let end = ManyOutcome { written, over: true, stopped, failure, ..begun };
        let _ = events.send(Event::Action(Action::SavedMany(end)));
    }
}

/// An attachment's bytes to a new file.
fn copy_attachment(archives: &[Archive], own: u16, id: &str, path: &Path) -> Result<u64, String> {
    // Its own archive first: another may hold a file of the same id, of another export.
    let own = archives.get(own as usize);
    let found =
        own.into_iter().chain(archives).find_map(|archive| Some((archive, archive.find_attachment(id)?)));
    let (archive, member) = found.ok_or("the attachment is not in this archive")?;
    let mut draft = Draft::new(path).map_err(|error| error.to_string())?;
    let bytes = archive.copy_attachment(&member, &mut draft).map_err(|error| error.to_string())?;
    draft.commit(Clobber::Never).map_err(|error| error.to_string())?;
    Ok(bytes)
}
