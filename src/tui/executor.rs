//! Executes the tasks of the app, each on a thread of its own kind, and sends the answers back as events.
//! Nothing here decides anything.

use std::{
    cell::RefCell,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Sender, channel},
    },
    thread,
};

use super::{
    Event,
    action::Action,
    app::{FoundHits, RowFacts, SlowRow},
    colors,
    copies::Copies,
    effect::{CopyContent, CopyRequest, SaveOutcome, Task},
    files::{self, SaveProgress},
    latest_job_worker::{LatestJobWorker, ShouldContinue},
    paths,
    throttle::Throttle,
};
use crate::{
    archive::Archive,
    audit::AuditReport,
    extract::{
        ExtractOptions,
        clipboard::Clipboard,
        redaction::{conversation_to_name_while, count_secrets_while},
        save::names,
    },
    library::{ConversationRef, Library},
    search::worker::Worker,
    secrets::{Counts, Scanner},
    transcript::highlight::HighlightRequest,
};

/// Work that is done on a thread of its own.
type Work = Box<dyn FnOnce(&[Archive], &Sender<Event>) + Send>;

/// The threads that execute tasks.
#[derive(Debug)]
pub struct Executor {
    archives: Arc<Vec<Archive>>,
    events: Sender<Event>,
    search: Worker,
    copies: Copies,
    lookups: LatestJobWorker,
    hits: LatestJobWorker,
    facts: LatestJobWorker,
    colors: Sender<Vec<HighlightRequest>>,
    counts: LatestJobWorker,
    audits: LatestJobWorker,
    /// Stops the files that were asked for last, those alone.
    stop_saving: RefCell<Arc<AtomicBool>>,
}

impl Executor {
    /// Starts the threads; they end with the process.
    pub fn new(archives: Arc<Vec<Archive>>, clipboard: Clipboard, events: Sender<Event>) -> io::Result<Self> {
        let answers = events.clone();
        let search = Worker::start(move |results| {
            // A closed channel means that the app is leaving.
            let _ = answers.send(Event::Action(Action::Found(results)));
        })?;
        let copies = Copies::start(Arc::clone(&archives), clipboard, events.clone())?;
        let (colors, jobs) = channel();
        let answers = events.clone();
        thread::Builder::new().name("colours".into()).spawn(move || colors::color_all(&jobs, &answers))?;
        Ok(Self {
            archives,
            events,
            search,
            copies,
            lookups: LatestJobWorker::start("lookups")?,
            hits: LatestJobWorker::start("hits")?,
            facts: LatestJobWorker::start("facts")?,
            colors,
            counts: LatestJobWorker::start("counts")?,
            audits: LatestJobWorker::start("audit")?,
            stop_saving: RefCell::default(),
        })
    }

    /// Ends the clipboard, which may take a moment.
    pub fn close_clipboard(self) {
        self.copies.close_clipboard();
    }

    /// Makes a text of what is picked instead of copied: at once, or, where it has to be read or looked through first, by
    /// an event with the text or with a copy that failed.
    pub fn pick(&self, request: CopyRequest) -> Option<String> {
        if let CopyRequest { content: CopyContent::Text(text), redact: false, .. } = request {
            return Some(text);
        }
        let copy = self.copies.number(request);
        self.spawn(move |archives, events| copy.pick(archives, events));
        None
    }

    /// Begins a task.
    pub fn execute(&self, task: Task) {
        match task {
            Task::Search(request) => self.search.ask(request),
            Task::PrepareSearch(library) => self.search.prepare(library),
            Task::Copy(request) => self.copies.ask(request),
            Task::StopCopies => self.copies.stop(),
            Task::LookUp { lookup, serial } => {
                let events = self.events.clone();
                self.lookups.ask(move |should_continue| {
                    if let Some(found) = lookup.discover(should_continue) {
                        let _ = events.send(Event::Action(Action::LookedUp(serial, Box::new(found))));
                    }
                });
            }
            Task::StopLookup => {
                self.lookups.stop();
            }
            Task::FindHits { conversation, matcher, row, serial } => {
                let events = self.events.clone();
                self.hits.ask(move |_| {
                    let found = FoundHits::of(&conversation, &matcher, row.as_ref());
                    let _ = events.send(Event::Action(Action::Hits(serial, found)));
                });
            }
            Task::FindFacts { rows, serial } => {
                let events = self.events.clone();
                self.facts.ask(move |should_continue| {
                    for SlowRow { row, conversation, matcher } in rows {
                        if !should_continue() {
                            return;
                        }
                        let facts = RowFacts::of(&conversation, &row, &matcher);
                        let _ = events.send(Event::Action(Action::Facts(serial, vec![(row.handle, facts)])));
                    }
                });
            }
            Task::CountSecrets { conversations, options, serial } => {
                let events = self.events.clone();
                self.counts.ask(move |should_continue| {
                    count(&conversations, &options, serial, should_continue, &events);
                });
            }
            Task::ListFolders(typed) => {
                self.spawn(move |_, events| {
                    let folders = paths::folders_in(&typed);
                    let _ = events.send(Event::Action(Action::Folders(typed, folders)));
                });
            }
            Task::Audit(library) => {
                let (archives, events) = (Arc::clone(&self.archives), self.events.clone());
                self.audits.ask(move |should_continue| audit(&archives, &library, should_continue, &events));
            }
            Task::StopAudit => {
                self.audits.stop();
            }
            Task::Highlight(jobs) => {
                let _ = self.colors.send(jobs);
            }
            Task::Save { conversation, extraction, path } => {
                self.spawn(move |archives, events| {
                    let path = paths::expand_home(path);
                    let result = files::save(archives, &conversation, &extraction, &path);
                    let redacted = extraction.redaction.sentence();
                    let _ = events.send(Event::Action(Action::Saved(SaveOutcome { path, result, redacted })));
                });
            }
            Task::SaveMany { conversations, extraction, folder } => {
                let stop = Arc::new(AtomicBool::new(false));
                self.stop_saving.replace(Arc::clone(&stop));
                self.spawn(move |archives, events| {
                    let progress =
                        SaveProgress::new(conversations.len(), paths::expand_home(folder), &stop, events);
                    files::save_many(archives, &conversations, &extraction, &progress);
                });
            }
            Task::StopSaving => self.stop_saving.borrow().store(true, Ordering::Relaxed),
            Task::SaveAttachment { attachment, path, redact } => {
                self.spawn(move |archives, events| {
                    let path = paths::expand_home(path);
                    let result = attachment.save(archives, &path, redact);
                    let result = result.map_err(|error| files::failed(&error));
                    let redacted = None;
                    let _ = events.send(Event::Action(Action::Saved(SaveOutcome { path, result, redacted })));
                });
            }
        }
    }

    /// Does something on a thread of its own; what it tells goes to the loop. Where the system gives no thread it is
    /// done here: the keys wait, and nothing is lost.
    fn spawn(&self, work: impl FnOnce(&[Archive], &Sender<Event>) + Send + 'static) {
        let work: Work = Box::new(work);
        // It is handed over once there is a thread: a spawn that fails would take it along.
        let (hand_over, handed_over) = channel::<Work>();
        let (archives, events) = (Arc::clone(&self.archives), self.events.clone());
        let run = move || {
            if let Ok(work) = handed_over.recv() {
                work(&archives, &events);
            }
        };
        if thread::Builder::new().name("task".into()).spawn(run).is_ok() {
            let _ = hand_over.send(work);
        } else {
            work(&self.archives, &self.events);
        }
    }
}

/// Counts the secrets that extracts would hold, and names the file of the only one, as long as somebody asks.
fn count(
    conversations: &[ConversationRef],
    options: &ExtractOptions,
    serial: u64,
    should_continue: ShouldContinue<'_>,
    events: &Sender<Event>,
) {
    let mut counts = Counts::default();
    for conversation in conversations {
        let counted = should_continue().then(|| count_secrets_while(conversation, options, should_continue));
        let Some(counted) = counted.flatten() else { return };
        counts.merge(&counted);
    }
    let secrets = (!counts.is_empty()).then(|| counts.sentence(Scanner::built_in()));
    let _ = events.send(Event::Action(Action::Counted(serial, secrets)));
    if let [conversation] = conversations
        && let Some(named) = conversation_to_name_while(conversation, should_continue)
        && should_continue()
    {
        let stem = names::stem(&named, &options.zone);
        let _ = events.send(Event::Action(Action::Named(serial, stem)));
    }
}

/// Audits everything; tells how it is going ten times a second. One that nobody waits for any more tells nothing: what
/// it says would be taken for the next one's.
fn audit(
    archives: &[Archive],
    library: &Library,
    should_continue: ShouldContinue<'_>,
    events: &Sender<Event>,
) {
    let throttle = Throttle::default();
    let progress = |done: usize, total: usize| {
        let should_continue = should_continue();
        if should_continue && throttle.is_due() {
            let _ = events.send(Event::Action(Action::Auditing(done, total)));
        }
        should_continue
    };
    let report = AuditReport::of(archives, library, &progress);
    if let Some(report) = report.filter(|_| should_continue()) {
        let _ = events.send(Event::Action(Action::Audited(Box::new(report))));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use jiff::tz::TimeZone;

    use super::*;
    use crate::{
        conversation::testing,
        extract::Format,
        extract::clipboard::{ClipboardEnvironment, ClipboardSetting},
    };

    /// What is a secret the whole conversation tells, which takes longer than a key may.
    #[test]
    fn a_text_that_is_picked_without_secrets_is_looked_through_beside_the_loop() {
        let (events, answers) = channel();
        let clipboard = Clipboard::new(ClipboardSetting::Off, ClipboardEnvironment::default(), 0);
        let executor = Executor::new(Arc::default(), clipboard, events).unwrap();
        let pick = |redact| {
            let content = CopyContent::Text("Mail robin@example.org".to_owned());
            executor.pick(CopyRequest {
                content,
                subject: "the line".into(),
                format_name: "text",
                redact,
                conversations: Vec::new(),
            })
        };
        assert_eq!(pick(false).as_deref(), Some("Mail robin@example.org"));
        assert_eq!(pick(true), None);
        let Event::Picked(text) = answers.recv().unwrap() else { panic!("it ends") };
        assert_eq!(text, "Mail [redacted: e-mail]");
    }

    /// Its "nothing was found out" closed the audit that was asked for after it.
    #[test]
    fn what_was_stopped_tells_nothing_of_what_is_asked_for_next() {
        let mut library = Library::default();
        library.add(vec![testing::chain("A day", [testing::answer("Mail robin@example.org")])]);
        let shared = library.share(library.by_date()[0]);
        let options = ExtractOptions::new(Format::Markdown, TimeZone::UTC);
        for is_waited_for in [false, true] {
            let (events, answers) = channel();
            audit(&[], &library, &|| is_waited_for, &events);
            count(std::slice::from_ref(&shared), &options, 1, &|| is_waited_for, &events);
            drop(events);
            let told: Vec<String> = answers.into_iter().map(|event| format!("{event:?}")).collect();
            let names = ["Action(Audited(", "Action(Counted(1,", "Action(Named(1,"];
            let expected = if is_waited_for { &names[..] } else { &[] };
            assert_eq!(told.len(), expected.len(), "{told:?}");
            assert!(told.iter().zip(expected).all(|(told, name)| told.starts_with(name)), "{told:?}");
        }
    }

    /// The next conversation's name waited until the one before was looked through to its end.
    #[test]
    fn a_count_is_given_up_within_a_conversation() {
        let messages = (0..9).map(|_| testing::answer("Mail robin@example.org"));
        let conversation = ConversationRef::alone(testing::chain("A day", messages));
        for format in [Format::Markdown, Format::Json] {
            let options = ExtractOptions::new(format, TimeZone::UTC);
            // So often it goes on: until the first messages are counted, or looked through for the name.
            for (often, told) in [(3, 0), (13, 1)] {
                let (events, answers) = channel();
                let asked = AtomicUsize::new(0);
                let should_continue = || asked.fetch_add(1, Ordering::Relaxed) < often;
                count(std::slice::from_ref(&conversation), &options, 1, &should_continue, &events);
                drop(events);
                assert_eq!(answers.into_iter().count(), told, "the name is never told");
                assert_eq!(asked.into_inner(), often + 1, "it ends as soon as nobody waits");
            }
        }
    }
}
