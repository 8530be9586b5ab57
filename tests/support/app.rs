//! Drives the app without a terminal: keys go in by the key map, effects are carried out at once, on this thread.

use std::{sync::atomic::AtomicBool, time::Duration};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use unspool::{
    archive::{Archive, Limits, Location},
    conversation::Conversation,
    load::{self, LoadEvent},
    search::worker,
    transcript,
    tui::{
        action::Action,
        app::{App, Setup, Start},
        decode::TimedDecoder,
        effect::{CopyContent, CopyRequest, Effect, Task},
        keymap::Keymap,
        queue::{KeyQueue, Typed},
        terminal::TerminalInput,
        theme::Theme,
        view,
    },
};

/// Everything in the demo archive.
pub fn demo() -> Vec<Conversation> {
    read(&Location::Demo)
}

/// Everything in an archive.
pub fn read(location: &Location) -> Vec<Conversation> {
    let archive = Archive::open(location, Limits::default()).expect("the archive opens");
    let conversations = std::sync::Mutex::new(Vec::new());
    load::load(&[archive], &AtomicBool::new(false), &|arrival| {
        if let LoadEvent::Batch(batch) = arrival {
            conversations.lock().unwrap().extend(batch);
        }
    });
    let mut conversations = conversations.into_inner().unwrap();
    // Workers finish in no order; the tests want one.
    conversations.sort_by_key(|conversation: &Conversation| conversation.object_location);
    conversations
}

/// The screen in the README: the demo archive, a search just typed.
pub fn picture() -> String {
    let mut driver = Driver::new(100, 26, demo());
    driver.type_("kubernetis ingress timeout budget");
    driver.screen()
}

/// The app, and what it asked of the outside that is not answered here.
pub struct Driver {
    /// The app as it is after what was done.
    pub app: App,
    /// Copies, saves and the rest, in order.
    pub effects: Vec<Effect>,
    /// The number of the last count of secrets that was asked for.
    counted: u64,
}

impl Driver {
    /// An app of this size over these conversations, loaded.
    pub fn new(columns: u16, rows: u16, conversations: Vec<Conversation>) -> Self {
        let mut driver = Self::empty(columns, rows);
        driver.act(Action::Arrived(conversations, load::Progress::default()));
        driver.act(Action::Loaded(Box::default()));
        driver
    }

    /// An app over nothing yet.
    pub fn empty(columns: u16, rows: u16) -> Self {
        let zone = TimeZone::UTC;
        let setup = Setup {
            keymap: Keymap::built_in(),
            is_remote: false,
            transcript: transcript::TranscriptOptions {
                zone: zone.clone(),
                ..transcript::TranscriptOptions::default()
            },
            zone,
        };
        let (app, effects) = App::new(setup, Start { size: (columns, rows), ..Start::default() });
        let mut driver = Self { app, effects: Vec::new(), counted: 0 };
        driver.execute(effects);
        driver
    }

    /// One action, and what follows from it.
    pub fn act(&mut self, action: Action) -> &mut Self {
        let effects = self.app.update(action);
        self.execute(effects);
        self
    }

    /// What the outside answers at once.
    pub fn execute(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Background(Task::Search(request)) => {
                    let mut results = answer(&request);
                    results.serial = request.serial;
                    self.act(Action::Found(results));
                }
                Effect::Background(Task::Highlight(_) | Task::ListFolders(_) | Task::PrepareSearch(_)) => {}
                Effect::Background(Task::CountSecrets { serial, .. }) => self.counted = serial,
                other => self.effects.push(other),
            }
        }
    }

    /// Answers with the name that a file gets without secrets.
    pub fn named(&mut self, stem: &str) -> &mut Self {
        self.act(Action::Named(self.counted, stem.to_owned()))
    }

    /// Types a text, character by character.
    pub fn type_(&mut self, text: &str) -> &mut Self {
        for character in text.chars() {
            self.event(KeyEvent::new(KeyCode::Char(character), KeyModifiers::NONE));
        }
        self
    }

    /// Presses keys by name, separated by blanks: `enter ctrl-d J`.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        for name in keys.split(' ') {
            let modified = [
                ("ctrl-", KeyModifiers::CONTROL),
                ("alt-", KeyModifiers::ALT),
                ("shift-", KeyModifiers::SHIFT),
            ];
            let modified =
                modified.into_iter().find_map(|(prefix, it)| Some((it, name.strip_prefix(prefix)?)));
            let (modifiers, name) = modified.unwrap_or((KeyModifiers::NONE, name));
            let code = match name {
                "enter" => KeyCode::Enter,
                "esc" => KeyCode::Esc,
                "tab" => KeyCode::Tab,
                "space" => KeyCode::Char(' '),
                "up" => KeyCode::Up,
                "down" => KeyCode::Down,
                "left" => KeyCode::Left,
                "right" => KeyCode::Right,
                "home" => KeyCode::Home,
                "end" => KeyCode::End,
                "pgup" => KeyCode::PageUp,
                "pgdn" => KeyCode::PageDown,
                "backspace" => KeyCode::Backspace,
                "f1" => KeyCode::F(1),
                other => KeyCode::Char(other.chars().next().expect("a key")),
            };
            self.event(KeyEvent::new(code, modifiers));
        }
        self
    }

    fn event(&mut self, event: KeyEvent) {
        let mut typed = KeyQueue::default();
        typed.push(Typed::Key(event), Duration::MAX, &self.app);
        while let Some(action) = typed.next(&self.app) {
            self.act(action);
        }
    }

    /// Types bytes as a terminal sends them: in pieces, each after this many milliseconds of quiet.
    pub fn arrive(&mut self, pieces: &[(&[u8], u64)]) -> &mut Self {
        let mut decoder = TimedDecoder::new(false);
        let mut inputs = Vec::new();
        for (piece, quiet) in pieces {
            if decoder.timeout().is_some_and(|patience| patience <= Duration::from_millis(*quiet)) {
                decoder.on_timeout(&mut |input| inputs.push(input));
            }
            decoder.feed(piece, Duration::from_millis(*quiet), &mut |input| inputs.push(input));
        }
        decoder.on_timeout(&mut |input| inputs.push(input));
        let mut typed = KeyQueue::default();
        for input in inputs {
            let arrived = match input.input {
                TerminalInput::Key(key) => Typed::Key(key),
                TerminalInput::Paste(text) => Typed::Paste(text),
                TerminalInput::Resize | TerminalInput::Answer(_) => continue,
            };
            typed.push(arrived, input.quiet, &self.app);
            while let Some(action) = typed.next(&self.app) {
                self.act(action);
            }
        }
        self
    }

    /// The cells of the whole screen.
    pub fn buffer(&mut self) -> Buffer {
        let mut buffer = Buffer::empty(self.app.layout.screen);
        view::draw(&mut self.app, &Theme::terminal(), &mut buffer);
        buffer
    }

    /// The screen as text, without the blanks at the rows' ends.
    pub fn screen(&mut self) -> String {
        let buffer = self.buffer();
        let mut screen = String::new();
        for y in 0..buffer.area.height {
            let mut row = String::new();
            let mut skip = 0;
            for x in 0..buffer.area.width {
                if skip > 0 {
                    skip -= 1;
                    continue;
                }
                let symbol = buffer[(x, y)].symbol();
                skip = transcript::sanitize::width(symbol).saturating_sub(1);
                row.push_str(symbol);
            }
            screen.push_str(row.trim_end());
            screen.push('\n');
        }
        screen
    }

    /// The status line.
    pub fn status(&mut self) -> String {
        self.screen().lines().last().unwrap_or_default().trim().to_owned()
    }

    /// The texts that were to be copied.
    pub fn copies(&self) -> Vec<&str> {
        self.effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Background(Task::Copy(CopyRequest { content: CopyContent::Text(text), .. })) => {
                    Some(text.as_str())
                }
                _ => None,
            })
            .collect()
    }
}

/// The bytes of text up to which an index is built for each search: it takes its time without optimisation.
const MAX_INDEXED: usize = 256 << 10;

/// What the worker answers in the end.
pub fn answer(request: &worker::Request) -> worker::Results {
    let worker::Request { query, library, by_date, is_typing, .. } = request;
    if library.text_bytes() > MAX_INDEXED {
        return worker::search(query, library, *by_date);
    }
    worker::search_both_tiers(query, library, *by_date, *is_typing)
}
