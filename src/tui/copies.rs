//! Makes the texts of copies, and hands them one after another to the clipboard, or one to whoever picks.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::{
    Event,
    action::Action,
    effect::{CopyContent, CopyFailure, CopyOutcome, CopyRequest},
    latest_job_worker::LatestJobWorker,
    paths,
};
use crate::{
    archive::Archive,
    conversation::Conversation,
    extract::{
        self, Extraction, Selection,
        clipboard::{Clipboard, Copied},
        redaction::{count_secrets_in, redacted_while},
    },
    library::ConversationRef,
    secrets::{Counts, Scanner},
};

/// The thread that copies, and the copies that were asked for.
#[derive(Debug)]
pub(super) struct Copies {
    waiting: Sender<Copy>,
    /// The number of copies that were asked for.
    asked: AtomicU64,
    /// Copies whose number is lower are not to be made.
    stopped: Arc<AtomicU64>,
    thread: JoinHandle<()>,
}

/// A copy that was asked for.
#[derive(Debug)]
pub(super) struct Copy {
    request: CopyRequest,
    number: u64,
    stopped: Arc<AtomicU64>,
    /// The first words of its text, once that is made.
    opening: String,
}

impl Copies {
    /// Starts the thread. The clipboard has one owner for the life of the app: on X11 the text is served by whoever owns
    /// it.
    pub(super) fn start(
        archives: Arc<Vec<Archive>>,
        clipboard: Clipboard,
        events: Sender<Event>,
    ) -> io::Result<Self> {
        let (waiting, copies) = channel();
        let counts = LatestJobWorker::start("copied secrets")?;
        let thread = thread::Builder::new()
            .name("clipboard".into())
            .spawn(move || copy_all(&archives, clipboard, &copies, &counts, &events))?;
        Ok(Self { waiting, asked: AtomicU64::new(0), stopped: Arc::default(), thread })
    }

    /// Copies, in its turn.
    pub(super) fn ask(&self, request: CopyRequest) {
        let _ = self.waiting.send(self.number(request));
    }

    /// Takes up a copy, to be made until [`Copies::stop`].
    pub(super) fn number(&self, request: CopyRequest) -> Copy {
        let number = self.asked.fetch_add(1, Ordering::Relaxed);
        Copy { request, number, stopped: Arc::clone(&self.stopped), opening: String::new() }
    }

    /// Stops all that were asked for and are not made yet.
    pub(super) fn stop(&self) {
        self.stopped.store(self.asked.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// Ends the clipboard: on X11 a text that was copied is handed over to a manager now, or never. Not for long.
    pub(super) fn close_clipboard(self) {
        drop(self.waiting);
        let deadline = Instant::now() + Duration::from_secs(2);
        while !self.thread.is_finished() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Copy {
    fn is_stopped(&self) -> bool {
        self.number < self.stopped.load(Ordering::Relaxed)
    }

    fn is_json(&self) -> bool {
        self.request.format_name == "json"
    }

    /// Picks it instead of copying: an event with the text, or with a copy that failed.
    pub(super) fn pick(mut self, archives: &[Archive], events: &Sender<Event>) {
        let event = match self.made(archives) {
            Ok((text, _)) => Event::Picked(text),
            Err(failure) => Event::Action(Action::Copied(self.outcome(Err(failure), None))),
        };
        let _ = events.send(event);
    }

    /// Makes its text: without secrets, which are counted, where these are to be taken out.
    fn made(&mut self, archives: &[Archive]) -> Result<(String, Option<Counts>), CopyFailure> {
        if self.is_stopped() {
            return Err(CopyFailure::Stopped);
        }
        let content = std::mem::replace(&mut self.request.content, CopyContent::Text(String::new()));
        if let CopyContent::Original(conversation) = &content {
            self.request.conversations = vec![conversation.clone()];
        }
        let text = text_of(archives, content)?;
        if text.is_empty() {
            return Err(CopyFailure::Empty);
        }
        let made = if self.request.redact {
            let conversations: Vec<&Conversation> =
                self.request.conversations.iter().map(|shared| &**shared).collect();
            let (text, counts) =
                redacted_while(&text, &conversations, self.is_json(), &|| !self.is_stopped())
                    .ok_or(CopyFailure::Stopped)?;
            (text, Some(counts))
        } else {
            (text, None)
        };
        self.opening = if self.is_json() { String::new() } else { opening_of(&made.0) };
        if self.is_stopped() { Err(CopyFailure::Stopped) } else { Ok(made) }
    }

    fn outcome(&self, result: Result<Copied, CopyFailure>, secrets: Option<Counts>) -> CopyOutcome {
        let CopyRequest { subject, format_name, redact, .. } = &self.request;
        CopyOutcome {
            number: self.number,
            subject: subject.clone(),
            opening: self.opening.clone(),
            format_name,
            redacted: *redact,
            secrets: secrets.as_ref().and_then(in_words),
            result,
        }
    }

    /// Copies it, and tells how that went. The secrets that it holds are told once `counts` has found them: nothing waits
    /// for that.
    fn copy(
        mut self,
        archives: &[Archive],
        clipboard: &mut Clipboard,
        counts: &LatestJobWorker,
        events: &Sender<Event>,
    ) -> bool {
        let send_event = |event| events.send(event).is_ok();
        let (text, taken_out) = match self.made(archives) {
            Err(failure) => {
                return send_event(Event::Action(Action::Copied(self.outcome(Err(failure), None))));
            }
            Ok(made) => made,
        };
        let mut copied = clipboard.copy(&text).map_err(CopyFailure::from);
        if let Ok(copied) = &mut copied {
            let bytes = std::mem::take(&mut copied.terminal_bytes);
            if !bytes.is_empty() && !send_event(Event::ToTerminal(bytes)) {
                return false;
            }
        }
        let is_to_count = copied.is_ok() && taken_out.is_none();
        if !send_event(Event::Action(Action::Copied(self.outcome(copied, taken_out)))) {
            return false;
        }
        if is_to_count {
            let (number, is_json, events) = (self.number, self.is_json(), events.clone());
            counts.ask(move |goes_on| {
                let secrets = in_words(&count_secrets_in(&text, is_json));
                if let Some(secrets) = secrets.filter(|_| goes_on()) {
                    let _ = events.send(Event::Action(Action::HeldByCopy(number, secrets)));
                }
            });
        }
        true
    }
}

/// Returns the first words of a text, as somebody would quote them: without the marks of a heading, a list or a quotation.
fn opening_of(text: &str) -> String {
    /// More than a status line has columns for.
    const MAX: usize = 120;
    let is_mark = |character: char| character.is_whitespace() || "#>*-`".contains(character);
    let words = text.lines().map(|line| line.trim_start_matches(is_mark)).find(|line| !line.is_empty());
    words.unwrap_or_default().chars().take(MAX).collect()
}

/// Says in words which secrets these are, if there are any.
fn in_words(counts: &Counts) -> Option<String> {
    (!counts.is_empty()).then(|| counts.sentence(Scanner::built_in()))
}

/// Makes the copies one after another.
fn copy_all(
    archives: &[Archive],
    mut clipboard: Clipboard,
    waiting: &Receiver<Copy>,
    counts: &LatestJobWorker,
    events: &Sender<Event>,
) {
    while let Ok(copy) = waiting.recv() {
        if !copy.copy(archives, &mut clipboard, counts, events) {
            return;
        }
    }
}

/// Makes the text of a copy, with all that it says.
fn text_of(archives: &[Archive], content: CopyContent) -> Result<String, CopyFailure> {
    match content {
        CopyContent::Text(text) => Ok(text),
        CopyContent::Deferred(source) => Ok(source.text()),
        CopyContent::PathOf(path) => {
            let whole = std::path::absolute(paths::expand_home(path.clone())).unwrap_or(path);
            Ok(extract::without_control_chars(&whole.to_string_lossy()).into_owned())
        }
        CopyContent::Original(conversation) => original_text(archives, &conversation),
    }
}

/// Returns a conversation's original object as a text to copy.
fn original_text(archives: &[Archive], conversation: &ConversationRef) -> Result<String, CopyFailure> {
    let selection = Selection { archives, conversations: &[conversation] };
    let text = Extraction::of_originals().to_string(selection, &());
    let text = text.map_err(|error| CopyFailure::Unreadable(error.to_string()))?;
    Ok(extract::without_control_chars(&text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        conversation::testing,
        extract::clipboard::{ClipboardEnvironment, ClipboardSetting, DEFAULT_OSC52_LIMIT},
        tui::effect::CopySource,
    };

    fn start(events: &Sender<Event>) -> Copies {
        let environment = ClipboardEnvironment::default();
        let clipboard = Clipboard::new(ClipboardSetting::Osc52, environment, DEFAULT_OSC52_LIMIT);
        Copies::start(Arc::default(), clipboard, events.clone()).unwrap()
    }

    /// A copy of a password that another message names.
    fn request(redact: bool) -> CopyRequest {
        let named = testing::prompt("password = hunter2-but-longer");
        let conversation =
            ConversationRef::alone(testing::chain("A day", [named, testing::answer("Take it.")]));
        let source = CopySource::Written("hunter2-but-longer".to_owned(), vec![conversation.clone()]);
        CopyRequest {
            content: CopyContent::Deferred(Box::new(source)),
            subject: "the line".into(),
            format_name: "text",
            redact,
            conversations: vec![conversation],
        }
    }

    /// It ended the program and wrote the text, once the status line had said "stopped".
    #[test]
    fn what_is_picked_can_be_stopped_until_it_is_made() {
        for redact in [false, true] {
            let (events, answers) = channel();
            let copies = start(&events);
            let picked = copies.number(request(redact));
            copies.stop();
            picked.pick(&[], &events);
            copies.number(request(redact)).pick(&[], &events);
            let Event::Action(Action::Copied(outcome)) = answers.recv().unwrap() else { panic!("it ends") };
            assert!(matches!(outcome.result, Err(CopyFailure::Stopped)));
            let Event::Picked(text) = answers.recv().unwrap() else { panic!("it was asked for anew") };
            assert_eq!(text, if redact { "[redacted: password]" } else { "hunter2-but-longer" });
        }
    }

    /// A line of a conversation waited until all of the conversation was looked through.
    #[test]
    fn a_copy_is_looked_through_by_itself_unless_secrets_are_taken_out() {
        for redact in [false, true] {
            let (events, answers) = channel();
            start(&events).ask(request(redact));
            assert!(matches!(answers.recv().unwrap(), Event::ToTerminal(_)));
            let Event::Action(Action::Copied(outcome)) = answers.recv().unwrap() else {
                panic!("it is told")
            };
            assert!(outcome.result.is_ok());
            assert_eq!(outcome.secrets.as_deref(), redact.then_some("1 password"));
        }
    }

    /// The next copy and who leaves waited for the count, and `esc` stopped what was in the clipboard already.
    #[test]
    fn a_copy_is_told_before_its_secrets_are_counted_and_these_of_the_last_one() {
        let (events, answers) = channel();
        let copies = start(&events);
        let mut clipboard =
            Clipboard::new(ClipboardSetting::Osc52, ClipboardEnvironment::default(), DEFAULT_OSC52_LIMIT);
        let counts = LatestJobWorker::start("test").unwrap();
        let (end, ended) = channel::<()>();
        counts.ask(move |_| assert!(ended.recv().is_err(), "it ends"));
        for _ in 0..2 {
            let content = CopyContent::Text("Mail robin@example.org".to_owned());
            let request = CopyRequest {
                content,
                subject: "the line".into(),
                format_name: "text",
                redact: false,
                conversations: Vec::new(),
            };
            assert!(copies.number(request).copy(&[], &mut clipboard, &counts, &events));
            assert!(matches!(answers.recv().unwrap(), Event::ToTerminal(_)));
            let Event::Action(Action::Copied(outcome)) = answers.recv().unwrap() else {
                panic!("it is told")
            };
            assert!(outcome.result.is_ok() && outcome.secrets.is_none());
        }
        drop(end);
        let Event::Action(Action::HeldByCopy(number, secrets)) = answers.recv().unwrap() else {
            panic!("they are told")
        };
        assert_eq!((number, &*secrets), (1, "1 e-mail address"));
    }

    /// For whatever fetches it from another machine.
    #[test]
    fn the_path_that_is_copied_is_whole() {
        let text = text_of(&[], CopyContent::PathOf("notes/a.md".into())).unwrap();
        assert!(std::path::Path::new(&text).is_absolute() && text.ends_with("a.md"), "{text}");
    }
}
