//! The terminal UI, one of the two front ends.
//!
//! One keystroke's way: an [`Event`] (key, resize, signal, loader, search, what became of an effect; one channel,
//! no polling, no ticks) → [`keymap`] makes it an [`action::Action`], in its [turn](queue) → [`app::App::update`] gives
//! [`effect::Effect`]s → [`executor`] executes them elsewhere and answers with events. All waiting events are drained,
//! then one frame is drawn ([`view`]) and sent ([`terminal`]).

pub mod action;
pub mod app;
mod archives;
pub mod backend;
mod colors;
pub mod command;
pub mod command_index;
mod copies;
pub mod decode;
pub mod effect;
mod event;
mod event_loop;
pub mod executor;
mod files;
pub mod format;
pub mod keymap;
mod latest_job_worker;
pub mod layout;
mod loader;
pub mod lookup;
pub mod palette;
#[cfg(all(test, unix))]
pub mod panics;
mod paths;
mod pipe;
mod platform;
pub mod queue;
pub mod terminal;
pub mod text_input;
pub mod theme;
pub mod thread_view;
mod throttle;
pub mod view;
pub mod welcome;

use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::channel,
    },
};

use anyhow::Result;

pub use self::event::Event;
use self::{
    app::{App, Setup, Start},
    archives::Chosen,
    event_loop::{End, EventLoop, Hooks},
    executor::Executor,
    keymap::Keymap,
    terminal::{Signal, Terminal},
    theme::{ColorDepth, Ground, ThemeChoice},
};
use crate::{
    archive::Archive,
    config::{self, Config},
    extract::clipboard::{Clipboard, ClipboardEnvironment},
    io_error::io_error_text,
    launch::Launch,
    over_ssh::is_over_ssh,
    transcript::{self, AttachmentLookup},
};

/// Opens the archives and runs until the person leaves.
///
/// # Errors
/// An archive that cannot be opened; a terminal that cannot be used.
pub fn run(launch: Launch) -> Result<ExitCode> {
    run_with(launch, Hooks::default())
}

/// Does the same as [`run`], by these hooks.
fn run_with(launch: Launch, hooks: Hooks) -> Result<ExitCode> {
    // What cannot be opened is said before the screen is taken.
    let given = archives::open(&launch)?;
    let (events, waiting) = channel();
    let mut terminal = Terminal::enter(terminal::TerminalOptions { stdout_is_data: launch.pick })?;
    let mut theme =
        ThemeChoice::new(launch.config.theme.value, ColorDepth::of_terminal(), Ground::of_environment());
    if theme.asks_for_ground() {
        terminal.ask_for_ground()?;
    }
    event::listen(&events)?;
    let keymap = Keymap::of(&launch.config.keys);
    let archives = if given.is_empty() {
        match archives::choose(&mut terminal, &launch, &keymap, &mut theme, &waiting)? {
            Chosen::Archive(archive) => vec![*archive],
            Chosen::Nothing => {
                terminal::discard_burst();
                return Ok(ExitCode::SUCCESS);
            }
            Chosen::Signal(signal) => end(terminal, signal),
        }
    } else {
        given
    };
    let archives = Arc::new(archives);
    let cancel = Arc::new(AtomicBool::new(false));
    loader::start(Arc::clone(&archives), Arc::clone(&cancel), events.clone())?;
    let clipboard = Clipboard::new(
        launch.config.clipboard.value,
        ClipboardEnvironment::from_env(),
        launch.config.osc52_limit.value.get() as usize,
    );
    let executor = Executor::new(Arc::clone(&archives), clipboard, events)?;
    let pick = launch.pick;
    let start = Start {
        size: terminal.size().into(),
        query: launch.query.clone(),
        now: config::now(),
        warning: launch.warning.clone(),
    };
    let app = App::new(setup(&launch.config, keymap, present(&archives)), start);
    let end_of_it = EventLoop::new(&mut terminal, app, theme, &executor, pick, hooks).run(&waiting);
    cancel.store(true, Ordering::Relaxed);
    let end_of_it = match end_of_it {
        // A frame may be on its way when the terminal goes: that is told before the signal comes.
        Err(_) if platform::is_terminal_gone() => end(terminal, Signal::Hangup),
        end_of_it => end_of_it?,
    };
    match end_of_it {
        End::Quit { uncopied, at_once } => {
            terminal::discard_burst();
            terminal.leave()?;
            if !at_once {
                executor.close_clipboard();
            }
            if let Some(reason) = uncopied {
                anyhow::bail!(reason);
            }
            // Nothing was picked.
            Ok(ExitCode::from(u8::from(pick)))
        }
        End::Picked(text) => {
            terminal::discard_burst();
            terminal.leave()?;
            print(&text)?;
            Ok(ExitCode::SUCCESS)
        }
        End::Signal(signal) => end(terminal, signal),
    }
}

/// Returns the person's settings for the app.
fn setup(config: &Config, keymap: Keymap, attachments: AttachmentLookup) -> Setup {
    let zone = config.zone();
    Setup {
        keymap,
        is_remote: is_over_ssh(),
        transcript: transcript::TranscriptOptions {
            zone: zone.clone(),
            dates: config.dates.value,
            open_tools: config.open.tools.value,
            open_reasoning: config.open.reasoning.value,
            open_files: config.open.files.value,
            open_instructions: config.open.instructions.value,
            open_canvas: config.open.canvas.value,
            attachments: Some(attachments),
            ..transcript::TranscriptOptions::default()
        },
        zone,
    }
}

/// Returns the question whether an attachment is in the archive of its conversation.
fn present(archives: &Arc<Vec<Archive>>) -> AttachmentLookup {
    let archives = Arc::clone(archives);
    AttachmentLookup::new(move |own, id| {
        archives.get(usize::from(own)).is_some_and(|archive| archive.find_attachment(id).is_some())
    })
}

/// Gives the terminal back before the process ends by the signal that ended the loop.
fn end(terminal: Terminal, signal: Signal) -> ! {
    // What cannot be given back is gone: there is nobody to tell.
    let _ = terminal.leave();
    terminal::end_by(signal)
}

/// Writes what was picked to stdout: exact into a pipe, harmless on a terminal. A closed pipe is not an error.
fn print(text: &str) -> Result<()> {
    let mut stdout = io::stdout();
    let without_control_chars = stdout.is_terminal().then(|| transcript::sanitize::text(text));
    let written = stdout
        .write_all(without_control_chars.as_deref().unwrap_or(text).as_bytes())
        .and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            anyhow::bail!("cannot write to stdout: {}", io_error_text(&error))
        }
        _ => Ok(()),
    }
}
