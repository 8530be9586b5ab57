//! The terminal UI: one of the two front doors.
//!
//! One keystroke's way: an [`Event`] (key, resize, signal, loader, search, what became of an effect; one channel,
//! no polling, no ticks) → [`keymap`] makes it an [`action::Action`] → [`app::App::update`] gives [`effect::Effect`]s
//! → [`desk`] carries them out elsewhere and answers with events. All waiting events are drained, then one frame is
//! drawn ([`view`]) and sent ([`terminal`]).

pub mod action;
pub mod app;
pub mod backend;
pub mod desk;
pub mod effect;
pub mod keymap;
pub mod layout;
mod loader;
pub mod palette;
mod paths;
mod pipe;
mod platform;
pub mod reader;
pub mod terminal;
pub mod theme;
pub mod typing;
pub mod view;
pub mod welcome;
pub mod words;

use std::{
    collections::VecDeque,
    io::{self, IsTerminal, Write},
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
};

use anyhow::Result;
use crossterm::event::KeyEvent;
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

use self::{
    action::{Action, Command},
    app::{App, Setup},
    backend::Link,
    desk::{Desk, Left},
    effect::Effect,
    keymap::{Key, Keymap, Place},
    terminal::{Input, Signal, Terminal},
    theme::{Depth, Theme},
    welcome::{Choice, Welcome},
};
use crate::{
    archive::{Archive, Limits, Location},
    config::Config,
    extract::{
        clipboard::{Clipboard, Surroundings},
        save,
    },
    secrets::Scanner,
    transcript::{self, Present},
};

/// What the command line says about the UI.
#[derive(Clone, Debug)]
pub struct Launch {
    /// What to open; nothing: the person is asked.
    pub archives: Vec<Location>,
    /// Who names them, if it is not the command line.
    pub named_by: Option<String>,
    /// The query to begin with.
    pub query: String,
    /// What the person has settled.
    pub config: Config,
    /// What is wrong with the config file.
    pub warning: Option<String>,
    /// Draw on the controlling terminal; what is copied goes to stdout and ends it.
    pub pick: bool,
}

/// Everything that reaches the loop.
#[derive(Debug)]
pub enum Event {
    /// From the keyboard.
    Key(KeyEvent),
    /// From the kernel.
    Signal(Signal),
    /// For the app.
    Action(Action),
    /// Bytes of our own making for the terminal: a clipboard sequence.
    ToTerminal(Vec<u8>),
    /// The terminal may have another size.
    Resized,
}

/// Events that are handled before a frame is due all the same: a flood must not freeze the screen.
const MOST_AT_ONCE: usize = 256;

/// Opens the archives and runs until the person leaves.
///
/// # Errors
/// An archive that cannot be opened; a terminal that cannot be used.
pub fn run(launch: Launch) -> Result<ExitCode> {
    run_by(launch, Works::default())
}

/// What the loop is driven by: the app's own update and drawing. Only tests have others, that fail on purpose.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Works {
    /// [`App::update`].
    pub update: fn(&mut App, Action) -> Vec<Effect>,
    /// [`view::draw_linked`].
    pub draw: fn(&mut App, &Theme, &mut Buffer, &mut Vec<Link>) -> Option<Position>,
}

impl Default for Works {
    fn default() -> Self {
        Self { update: App::update, draw: view::draw_linked }
    }
}

/// The same as [`run`] by other works.
#[doc(hidden)]
pub fn run_by(launch: Launch, works: Works) -> Result<ExitCode> {
    // What cannot be opened is said before the screen is taken.
    let limits = launch.config.limits();
    let given = open(&launch.archives, limits, launch.named_by.as_deref())?;
    let (events, waiting) = channel();
    let mut terminal = Terminal::enter(terminal::Options { stdout_is_data: launch.pick })?;
    listen(&events)?;
    let theme = Theme::of(launch.config.theme.value, Depth::of_terminal());
    let keymap = Keymap::of(&launch.config.keys);
    let archives = if given.is_empty() {
        let mut welcome = Welcome::new(welcome::look_around(), keymap.clone());
        if let Some(warning) = launch.warning.clone() {
            welcome.sorry(warning);
        }
        match choose(&mut terminal, welcome, &keymap, &theme, &waiting, limits)? {
            Chosen::Archive(archive) => vec![*archive],
            Chosen::Nothing => return Ok(ExitCode::SUCCESS),
            Chosen::Signal(signal) => end(terminal, signal),
        }
    } else {
        given
    };
    let archives = Arc::new(archives);
    let cancel = Arc::new(AtomicBool::new(false));
    loader::start(Arc::clone(&archives), Arc::clone(&cancel), events.clone())?;
    let config = &launch.config;
    let clipboard = Clipboard::new(
        config.clipboard.value,
        Surroundings::from_env(),
        config.osc52_limit.value.get() as usize,
    );
    let desk = Desk::new(Arc::clone(&archives), clipboard, events)?;
    let zone = config.zone();
    let setup = Setup {
        keymap,
        transcript: transcript::Options {
            zone: zone.clone(),
            dates: config.dates.value,
            open_tools: config.open.tools.value,
            open_reasoning: config.open.reasoning.value,
            open_files: config.open.files.value,
            open_instructions: config.open.instructions.value,
            open_canvas: config.open.canvas.value,
            attachments: Some(present(&archives)),
            ..transcript::Options::default()
        },
        zone,
        size: size_of(&terminal),
        query: launch.query,
        warning: launch.warning,
    };
    let end_of_it = turn(&mut terminal, setup, &theme, &desk, &waiting, (launch.pick, works));
    cancel.store(true, Ordering::Relaxed);
    match end_of_it? {
        End::Quit => {
            terminal.leave()?;
            desk.leave();
            // Nothing was picked.
            Ok(ExitCode::from(u8::from(launch.pick)))
        }
        End::Picked(text) => {
            terminal.leave()?;
            print(&text)?;
            Ok(ExitCode::SUCCESS)
        }
        End::Signal(signal) => end(terminal, signal),
    }
}

fn open(locations: &[Location], limits: Limits, named_by: Option<&str>) -> Result<Vec<Archive>> {
    let opened = |location| {
        Archive::open(location, limits).map_err(|error| match named_by {
            Some(by) => anyhow::anyhow!("{error} (it is named by {by})"),
            None => error.into(),
        })
    };
    locations.iter().map(opened).collect()
}

/// What came of asking for an archive.
enum Chosen {
    Archive(Box<Archive>),
    Nothing,
    Signal(Signal),
}

/// How the loop ended.
enum End {
    Quit,
    /// With the text that would have been copied.
    Picked(String),
    Signal(Signal),
}

fn size_of(terminal: &Terminal) -> (u16, u16) {
    let size = terminal.size();
    (size.width, size.height)
}

/// Asks which archive to open, where none was given.
fn choose(
    terminal: &mut Terminal,
    mut welcome: Welcome,
    keymap: &Keymap,
    theme: &Theme,
    waiting: &Receiver<Event>,
    limits: Limits,
) -> Result<Chosen> {
    let mut size = size_of(terminal);
    loop {
        let mut buffer = Buffer::empty(Rect::new(0, 0, size.0, size.1));
        let cursor = welcome.draw(theme, &mut buffer);
        terminal.present(&buffer, cursor)?;
        let choice = match waiting.recv() {
            Ok(Event::Key(key)) => {
                let key = Key::from_event(key);
                match (keymap.command(welcome.place(), key), key.character()) {
                    (Some(Command::Suspend), _) => {
                        terminal.suspend()?;
                        Choice::None
                    }
                    (Some(command), _) => welcome.command(command),
                    (None, Some(character)) => {
                        welcome.typed(character.encode_utf8(&mut [0; 4]));
                        Choice::None
                    }
                    (None, None) => Choice::None,
                }
            }
            Ok(Event::Action(Action::Paste(text))) => {
                welcome.typed(&text);
                Choice::None
            }
            Ok(Event::Resized) => {
                size = size_of(terminal);
                Choice::None
            }
            Ok(Event::Signal(signal)) if signal.ends() => return Ok(Chosen::Signal(signal)),
            Ok(Event::Signal(signal)) => {
                obey(terminal, signal)?;
                Choice::None
            }
            Ok(Event::Action(_) | Event::ToTerminal(_)) => Choice::None,
            Err(_) => Choice::Quit,
        };
        match choice {
            Choice::None => {}
            Choice::Quit => return Ok(Chosen::Nothing),
            Choice::Open(location) => match Archive::open(&location, limits) {
                Ok(archive) => return Ok(Chosen::Archive(Box::new(archive))),
                Err(error) => welcome.sorry(error.to_string()),
            },
        }
    }
}

/// Whether an attachment is in one of the archives.
fn present(archives: &Arc<Vec<Archive>>) -> Present {
    let archives = Arc::clone(archives);
    Present::new(move |id| archives.iter().any(|archive| archive.find_attachment(id).is_some()))
}

/// Keys, pastes, resizes and signals become events.
fn listen(events: &Sender<Event>) -> Result<()> {
    // A closed channel means that the app is leaving.
    let signals = events.clone();
    terminal::listen(move |signal| {
        let _ = signals.send(if signal == Signal::Resize { Event::Resized } else { Event::Signal(signal) });
    })?;
    let keys = events.clone();
    terminal::read_keys(move |typed| {
        let _ = keys.send(match typed {
            Input::Key(key) => Event::Key(key),
            Input::Paste(text) => Event::Action(Action::Paste(text)),
            Input::Resize => Event::Resized,
        });
    })?;
    Ok(())
}

/// Gives the terminal back before the process ends by the signal that ended the loop.
fn end(terminal: Terminal, signal: Signal) -> ! {
    // What cannot be given back is gone: there is nobody to tell.
    let _ = terminal.leave();
    terminal::end_by(signal)
}

/// The loop: wait, drain, draw once.
fn turn(
    terminal: &mut Terminal,
    setup: Setup,
    theme: &Theme,
    desk: &Desk,
    waiting: &Receiver<Event>,
    (pick, works): (bool, Works),
) -> Result<End> {
    let mut buffer = Buffer::empty(Rect::new(0, 0, setup.size.0, setup.size.1));
    let (mut app, effects) = App::new(setup);
    for effect in effects {
        desk.carry_out(effect);
    }
    let mut typed = VecDeque::new();
    loop {
        draw(terminal, &mut app, theme, &mut buffer, works)?;
        let Ok(first) = waiting.recv() else { return Ok(End::Quit) };
        for event in std::iter::once(first).chain(waiting.try_iter().take(MOST_AT_ONCE)) {
            let action = match event {
                Event::Key(key) => {
                    if app.setup.keymap.command(Place::Anywhere, Key::from_event(key))
                        == Some(Command::Interrupt)
                    {
                        // The way out waits for nothing.
                        typed.clear();
                    }
                    typed.push_back(key);
                    None
                }
                Event::Action(action) => Some(action),
                Event::ToTerminal(bytes) => {
                    terminal.send(&bytes)?;
                    None
                }
                Event::Resized => Some(resized(terminal)),
                Event::Signal(signal) if signal.ends() => return Ok(End::Signal(signal)),
                Event::Signal(signal) => {
                    obey(terminal, signal)?;
                    Some(resized(terminal))
                }
            };
            let mut next = action.or_else(|| next_typed(&mut typed, &app));
            while let Some(action) = next {
                if let Some(end) = act(terminal, &mut app, desk, action, (pick, works))? {
                    return Ok(end);
                }
                next = next_typed(&mut typed, &app);
            }
        }
    }
}

/// What the next key means, once its turn has come: some wait for the answer they are meant for, and those behind them
/// with them.
fn next_typed(typed: &mut VecDeque<KeyEvent>, app: &App) -> Option<Action> {
    loop {
        let action = meaning(app, *typed.front()?);
        if matches!(action, Some(Action::Command(command)) if app.must_wait(command)) {
            return None;
        }
        typed.pop_front();
        if action.is_some() {
            return action;
        }
    }
}

/// Does one thing and all that follows from it; `Some` when that is the end.
fn act(
    terminal: &mut Terminal,
    app: &mut App,
    desk: &Desk,
    action: Action,
    (pick, works): (bool, Works),
) -> Result<Option<End>> {
    for effect in (works.update)(app, action) {
        let effect = match effect {
            Effect::Copy { text, redact, .. } if pick => {
                let text = if redact { Scanner::built_in().redact(&text).0 } else { text };
                return Ok(Some(End::Picked(text)));
            }
            other => other,
        };
        match desk.carry_out(effect) {
            Left::Nothing => {}
            Left::Suspend => {
                let stopped = terminal.suspend()?;
                app.update(resized(terminal));
                if !stopped {
                    app.update(Action::CannotSuspend);
                }
            }
            Left::Pipe { command, text } => {
                let result = terminal.lend(|| pipe::run(&command, &text))?;
                app.update(Action::Piped(result));
                app.update(resized(terminal));
            }
            Left::Redraw => terminal.forget(),
            Left::Quit => return Ok(Some(End::Quit)),
        }
    }
    Ok(None)
}

/// What was picked goes to stdout: exact into a pipe, harmless on a terminal. A pipe that is closed is no news.
fn print(text: &str) -> Result<()> {
    let mut stdout = io::stdout();
    let harmless = stdout.is_terminal().then(|| transcript::sanitize::text(text));
    let written =
        stdout.write_all(harmless.as_deref().unwrap_or(text).as_bytes()).and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            anyhow::bail!("cannot write to stdout: {}", save::reason(&error))
        }
        _ => Ok(()),
    }
}

/// Stopping and going on, asked for from elsewhere.
fn obey(terminal: &mut Terminal, signal: Signal) -> Result<()> {
    match signal {
        Signal::Suspend => {
            terminal.suspend()?;
        }
        Signal::Continue => terminal.take_again()?,
        _ => {}
    }
    Ok(())
}

fn resized(terminal: &Terminal) -> Action {
    let (columns, rows) = size_of(terminal);
    Action::Resize(columns, rows)
}

/// What a key means where the app is.
fn meaning(app: &App, key: KeyEvent) -> Option<Action> {
    let key = Key::from_event(key);
    let command = app.setup.keymap.command(app.place(), key);
    command.map(Action::Command).or_else(|| key.character().map(Action::Type))
}

fn draw(
    terminal: &mut Terminal,
    app: &mut App,
    theme: &Theme,
    buffer: &mut Buffer,
    works: Works,
) -> Result<()> {
    let (columns, rows) = app.setup.size;
    let area = Rect::new(0, 0, columns, rows);
    if buffer.area == area {
        buffer.reset();
    } else {
        *buffer = Buffer::empty(area);
    }
    let mut links = Vec::new();
    let cursor = (works.draw)(app, theme, buffer, &mut links);
    terminal.present_linked(buffer, &links, cursor)?;
    Ok(())
}
