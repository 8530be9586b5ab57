//! Carries out what the app asks for, each thing on a thread of its own kind, and sends the answers back as events.
//! Nothing here decides anything.

use std::{
    io,
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
    effect::{CopyFailure, CopyOutcome, Effect, SaveOutcome},
    files::{self, Telling},
    paths,
    throttle::Throttle,
};
use crate::{
    archive::Archive,
    audit::AuditReport,
    extract::{
        self, Extraction, Options, Selection,
        clipboard::Clipboard,
        redaction::{held, redacted},
    },
    library::{Library, Shared},
    search::worker::Worker,
    secrets::{Counts, Scanner},
    transcript::highlight::{Highlighter, Job},
};

/// What an original is, in words.
const WHOLE: &str = "the conversation";

#[derive(Debug)]
struct Copy {
    content: Content,
    what: &'static str,
    form: &'static str,
    redact: bool,
}

#[derive(Debug)]
enum Content {
    Text(String),
    /// Read when its turn has come: no copy overtakes another.
    Original(Shared),
}

/// Work beside the app that nobody waits for.
type Aside = Box<dyn FnOnce(&[Archive], &Sender<Event>) + Send>;

/// The threads behind the app.
#[derive(Debug)]
pub struct Executor {
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

impl Executor {
    /// Starts the threads; they end with the process.
    pub fn new(archives: Arc<Vec<Archive>>, clipboard: Clipboard, events: Sender<Event>) -> io::Result<Self> {
        let answers = events.clone();
        let search = Worker::start(move |results| {
            // A closed channel means that the app is leaving.
            let _ = answers.send(Event::Action(Action::Found(results)));
        })?;
        let (copies, waiting) = channel();
        let (answers, originals) = (events.clone(), Arc::clone(&archives));
        let clipboard = thread::Builder::new()
            .name("clipboard".into())
            .spawn(move || copy_all(&originals, clipboard, &waiting, &answers))?;
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

    /// Reads an original for who picks it; the answer is what was picked, or a copy that failed.
    pub fn pick_original(&self, conversation: Shared, redact: bool) {
        self.aside(move |archives, events| {
            let event = match original_text(archives, &conversation) {
                Ok(text) => Event::Picked(if redact { redacted(&text, true).0 } else { text }),
                Err(failure) => Event::Action(Action::Copied(CopyOutcome {
                    what: WHOLE,
                    form: "json",
                    redacted: redact,
                    secrets: None,
                    result: Err(failure),
                })),
            };
            let _ = events.send(event);
        });
    }

    /// Begins an effect; gives what is left for the loop.
    pub fn execute(&self, effect: Effect) -> Left {
        match effect {
            Effect::Search(request) => self.search.ask(request),
            Effect::PrepareSearch(library) => self.search.prepare(library),
            Effect::Copy { text, what, form, redact } => {
                let _ = self.copies.send(Copy { content: Content::Text(text), what, form, redact });
            }
            Effect::CopyOriginal { conversation, redact } => {
                let (content, what) = (Content::Original(conversation), WHOLE);
                let _ = self.copies.send(Copy { content, what, form: "json", redact });
            }
            Effect::CountSecrets { conversations, options, serial } => {
                self.counting.store(serial, Ordering::Relaxed);
                let newest = Arc::clone(&self.counting);
                self.aside(move |_, events| {
                    let goes_on = || newest.load(Ordering::Relaxed) == serial;
                    if let Some(counts) = secrets_of(&conversations, &options, &goes_on) {
                        let secrets = (!counts.is_empty()).then(|| counts.sentence(Scanner::built_in()));
                        let _ = events.send(Event::Action(Action::Counted(serial, secrets)));
                    }
                });
            }
            Effect::ListFolders(typed) => {
                self.aside(move |_, events| {
                    let folders = paths::folders_in(&typed);
                    let _ = events.send(Event::Action(Action::Folders(typed, folders)));
                });
            }
            Effect::Audit(library) => {
                self.stop_audit.store(false, Ordering::Relaxed);
                let stop = Arc::clone(&self.stop_audit);
                self.aside(move |archives, events| audit(archives, &library, &stop, events));
            }
            Effect::StopAudit => self.stop_audit.store(true, Ordering::Relaxed),
            Effect::Highlight(jobs) => {
                let _ = self.colours.send(jobs);
            }
            Effect::Save { conversation, extraction, path } => {
                self.aside(move |archives, events| {
                    let path = paths::at_home(path);
                    let result = files::save(archives, &conversation, &extraction, &path);
                    let _ = events.send(Event::Action(Action::Saved(SaveOutcome { path, result })));
                });
            }
            Effect::SaveMany { conversations, extraction, folder } => {
                self.stop_saving.store(false, Ordering::Relaxed);
                let stop = Arc::clone(&self.stop_saving);
                self.aside(move |archives, events| {
                    let telling = Telling::new(conversations.len(), paths::at_home(folder), &stop, events);
                    files::save_many(archives, &conversations, &extraction, &telling);
                });
            }
            Effect::StopSaving => self.stop_saving.store(true, Ordering::Relaxed),
            Effect::SaveAttachment { attachment, path, redact } => {
                self.aside(move |archives, events| {
                    let result = attachment.save(archives, &path, redact);
                    let result = result.map_err(|error| files::failed(&error));
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

    /// Does something on a thread of its own; what it tells goes to the loop. Where the system gives no thread it is
    /// done here: the keys wait, and nothing is lost.
    fn aside(&self, work: impl FnOnce(&[Archive], &Sender<Event>) + Send + 'static) {
        let work: Arc<Mutex<Option<Aside>>> = Arc::new(Mutex::new(Some(Box::new(work))));
        let (theirs, archives, events) = (Arc::clone(&work), Arc::clone(&self.archives), self.events.clone());
        let run = move || run_once(&theirs, &archives, &events);
        if thread::Builder::new().name("aside".into()).spawn(run).is_err() {
            run_once(&work, &self.archives, &self.events);
        }
    }
}

/// Does a work that nobody has done yet.
fn run_once(work: &Mutex<Option<Aside>>, archives: &[Archive], events: &Sender<Event>) {
    let work = work.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(work) = work {
        work(archives, events);
    }
}

/// The clipboard has one owner for the life of the app: on X11 the text is served by whoever owns it.
fn copy_all(
    archives: &[Archive],
    mut clipboard: Clipboard,
    waiting: &Receiver<Copy>,
    events: &Sender<Event>,
) {
    while let Ok(Copy { content, what, form, redact }) = waiting.recv() {
        let text = match content {
            Content::Text(text) => Ok(text),
            Content::Original(conversation) => original_text(archives, &conversation),
        };
        let mut secrets = None;
        let mut result = text.and_then(|text| {
            // Finding secrets never blocks a copy; it is said.
            let (without, counts) = redacted(&text, form == "json");
            secrets = (!counts.is_empty()).then(|| counts.sentence(Scanner::built_in()));
            Ok(clipboard.copy(if redact { &without } else { &text })?)
        });
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

/// A conversation's original object as a text to copy.
fn original_text(archives: &[Archive], conversation: &Shared) -> Result<String, CopyFailure> {
    let what = Selection { archives, conversations: &[conversation] };
    let text = Extraction::of_originals().to_string(what, &());
    let text = text.map_err(|error| CopyFailure::Unread(error.to_string()))?;
    Ok(extract::harmless(&text).into_owned())
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
    let throttle = Throttle::default();
    let watch = |done: usize, of: usize| {
        if throttle.is_due() {
            let _ = events.send(Event::Action(Action::Auditing(done, of)));
        }
        !stop.load(Ordering::Relaxed)
    };
    let account = AuditReport::of(archives, library, &watch).map(Box::new);
    let _ = events.send(Event::Action(Action::Audited(account)));
}
