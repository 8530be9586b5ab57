//! Bytes that a terminal sends, with the pauses between them: decoded, queued, carried out by the app over the demo, and
//! drawn.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use unspool::{
    library::Library,
    search::worker,
    transcript,
    tui::{
        action::Action,
        app::{App, Setup, Start},
        command::Command,
        decode::TimedDecoder,
        effect::{Effect, SaveFailure, SaveOutcome, Task, TerminalRequest},
        keymap::Keymap,
        queue::{KeyQueue, Typed},
        terminal::{TerminalInput, TimedInput},
        theme::Theme,
        view,
    },
};

/// Columns and rows, by the first byte.
const SIZES: [(u16, u16); 6] = [(80, 24), (120, 30), (40, 10), (1, 1), (20, 3), (200, 60)];
/// The milliseconds before a piece, by the upper half of the byte before it; the lower half is its length less one.
const PAUSES: [u64; 16] = [0, 1, 5, 20, 29, 30, 49, 50, 70, 99, 100, 120, 299, 300, 500, 5_000];
/// The quiet that a person's enter has before it, in any case.
const QUIET: Duration = Duration::from_millis(50);
/// Bytes of an input that are typed; behind them nothing new happens.
const MAX: usize = 1_500;

/// The app as the bytes drive it.
struct Typist {
    app: App,
    queue: KeyQueue,
    /// The quiet before what is being carried out.
    quiet: Duration,
    has_left: bool,
}

pub fn type_bytes(bytes: &[u8], library: &'static LazyLock<Arc<Library>>) {
    let Some((&size, mut rest)) = bytes.split_first() else { return };
    let mut typist = Typist::new(SIZES[size as usize % SIZES.len()], Arc::clone(library));
    let mut decoder = TimedDecoder::new(size & 0x80 != 0);
    rest = &rest[..rest.len().min(MAX)];
    while let Some((&how, behind)) = rest.split_first().filter(|_| !typist.has_left) {
        let pause = Duration::from_millis(PAUSES[how as usize >> 4]);
        let (piece, behind) = behind.split_at(behind.len().min((how as usize & 0xf) + 1));
        rest = behind;
        let mut inputs = Vec::new();
        if decoder.timeout().is_some_and(|patience| patience <= pause) {
            decoder.on_timeout(&mut |input| inputs.push(input));
            assert_eq!(decoder.timeout(), None, "what lapsed is over");
        }
        decoder.feed(piece, pause, &mut |input| inputs.push(input));
        for input in inputs {
            assert!(input.quiet <= Duration::from_secs(5));
            typist.take(input);
        }
        typist.draw();
    }
}

impl Typist {
    fn new(size: (u16, u16), library: Arc<Library>) -> Self {
        let zone = TimeZone::UTC;
        let transcript =
            transcript::TranscriptOptions { zone: zone.clone(), ..transcript::TranscriptOptions::default() };
        let setup = Setup { keymap: Keymap::built_in(), is_remote: true, transcript, zone };
        let (mut app, _) = App::new(setup, Start { size, ..Start::default() });
        app.library = library;
        let mut typist = Self { app, queue: KeyQueue::default(), quiet: Duration::MAX, has_left: false };
        // What is loaded is listed once the search line changes.
        for action in [Action::Loaded(Box::default()), Action::Type(' '), Action::Command(Command::Erase)] {
            typist.act(action);
        }
        assert!(typist.app.selected().is_some());
        typist
    }

    fn take(&mut self, input: TimedInput) {
        let typed = match input.input {
            TerminalInput::Key(key) => Typed::Key(key),
            TerminalInput::Paste(text) => Typed::Paste(text),
            TerminalInput::Resize | TerminalInput::Answer(_) => return,
        };
        self.queue.push(typed, input.quiet, &self.app);
        while let Some(action) = self.queue.next(&self.app).filter(|_| !self.has_left) {
            self.act(action);
        }
    }

    fn act(&mut self, action: Action) {
        if let Action::IdleBefore(quiet) = action {
            self.quiet = quiet;
        }
        for effect in self.app.update(action) {
            self.answer(effect);
        }
    }

    /// Answers an effect as the outside would: no file can be written, since each is there already.
    fn answer(&mut self, effect: Effect) {
        match effect {
            Effect::Background(Task::Search(request)) => {
                let mut results = worker::search_both_tiers(
                    &request.query,
                    &request.library,
                    request.by_date,
                    request.is_typing,
                );
                results.serial = request.serial;
                self.act(Action::Found(results));
            }
            Effect::Background(Task::Save { path, .. } | Task::SaveAttachment { path, .. }) => {
                self.assert_confirmed();
                self.act(Action::Saved(SaveOutcome {
                    path,
                    result: Err(SaveFailure::Exists),
                    redacted: None,
                }));
            }
            Effect::Background(Task::SaveMany { .. }) => self.assert_confirmed(),
            Effect::Terminal(TerminalRequest::Pipe { .. }) => {
                self.assert_confirmed();
                self.act(Action::Piped(Ok(())));
            }
            Effect::Terminal(TerminalRequest::Quit) => self.has_left = true,
            Effect::Terminal(_) | Effect::Background(_) => {}
        }
    }

    /// Sees that nothing is run or written but by an enter of its own.
    fn assert_confirmed(&self) {
        assert!(self.quiet >= QUIET, "run or written {:?} after something else", self.quiet);
    }

    fn draw(&mut self) {
        let screen = self.app.layout.screen;
        let mut buffer = Buffer::empty(screen);
        let cursor = view::draw(&mut self.app, &Theme::terminal(), &mut buffer);
        assert!(cursor.is_some_and(|cursor| screen.contains(cursor)), "{cursor:?} of {screen:?}");
        for cell in &buffer.content {
            assert!(!cell.symbol().contains(char::is_control), "{:?}", cell.symbol());
        }
    }
}
