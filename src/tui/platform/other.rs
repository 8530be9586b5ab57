//! Systems without Unix signals: the console tells crossterm of its resizes, and there is nothing to hang up.

use std::{
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

use crossterm::event::{Event, KeyEventKind};
use ratatui::layout::Size;

use super::{Signal, TerminalInput, TimedInput, typing};

/// A terminal to write to: standard output.
#[derive(Debug)]
pub struct Output(io::Stdout);

impl Output {
    pub fn open(_or_controlling: bool) -> io::Result<Self> {
        let stdout = io::stdout();
        // crossterm turns the console's escape sequences on when asked whether it knows them.
        if stdout.is_terminal() && console_knows_escapes() {
            Ok(Self(stdout))
        } else {
            Err(io::Error::other("standard output is not a terminal"))
        }
    }

    pub fn size(&self) -> Option<Size> {
        crossterm::terminal::size().ok().map(Size::from)
    }

    pub fn takes_text_within(&self, _patience: Duration) -> bool {
        true
    }

    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(Self(io::stdout()))
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

pub fn listen_for_signals(_on_signal: impl FnMut(Signal) + Send + 'static) -> io::Result<()> {
    Ok(())
}

/// Returns whether the terminal that the keys came from is gone: here that ends the process.
pub fn is_terminal_gone() -> bool {
    false
}

pub fn watch_for_hangup(_on_hangup: impl FnOnce() + Send + 'static) -> io::Result<()> {
    Ok(())
}

/// Calls `on_input` with everything typed. Consoles are asked nothing.
pub fn read_keys(
    _answers: Duration,
    mut on_input: impl FnMut(TimedInput) + Send + 'static,
) -> io::Result<()> {
    std::thread::Builder::new().name("keys".into()).spawn(move || {
        let mut last = Instant::now();
        while let Ok(event) = crossterm::event::read() {
            let input = match event {
                // The console reports releases, too.
                Event::Key(key) if key.kind != KeyEventKind::Release => TerminalInput::Key(key),
                Event::Paste(text) => TerminalInput::Paste(text),
                Event::Resize(..) => {
                    on_input(TimedInput { input: TerminalInput::Resize, quiet: Duration::MAX });
                    continue;
                }
                _ => continue,
            };
            let now = Instant::now();
            let quiet = now.duration_since(last);
            last = now;
            if typing::note(1) {
                on_input(TimedInput { input, quiet });
            }
        }
    })?;
    Ok(())
}

/// The console hands its events over as they come.
pub fn has_pending_input() -> bool {
    false
}

/// What was typed is the console's.
pub fn drop_typed() {}

pub fn pause_keys() {}

pub fn resume_keys() {}

pub fn can_suspend() -> bool {
    false
}

pub fn suspend_process() -> io::Result<()> {
    Ok(())
}

pub fn end_by(_signal: Signal) -> ! {
    std::process::exit(1)
}

pub fn forbid_core_dumps() {}

/// The modes of the terminal, which the system gives back itself.
pub struct TerminalModes;

impl TerminalModes {
    pub fn read(_terminal: &Output) -> Self {
        Self
    }
}

pub fn start_guard(_terminal: &Output, _modes: TerminalModes) {}

pub fn note_for_guard(_taken: bool) {}

pub fn guard_if_asked(_leave: &[u8]) -> bool {
    false
}

#[cfg(windows)]
fn console_knows_escapes() -> bool {
    crossterm::ansi_support::supports_ansi()
}

#[cfg(not(windows))]
fn console_knows_escapes() -> bool {
    true
}
