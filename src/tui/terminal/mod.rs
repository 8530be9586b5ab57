//! Takes the terminal and gives it back: on quitting, on an error, a panic, a signal, ctrl-z, and when it vanishes.
//!
//! Only one [`Terminal`] exists at a time. While it does, the terminal is in raw mode, on its alternate screen, with
//! bracketed paste; its title is left alone, and all that it is ever asked is [its ground](Terminal::ask_for_ground). A connection that is dropped, or a
//! program that is killed, leaves these modes as they are: nothing else is held between two frames, no wrapping
//! switched off, no cursor hidden. Others decide on a frame's content; [`backend`](super::backend) on the bytes for
//! it.
//!
//! Whoever gives the terminal back, on whatever thread, closes the output: later frames are refused with an error
//! instead of landing on the user's shell.

mod answers;
mod burst;
mod capabilities;
mod ending;
mod ownership;
mod signals;

use std::{
    io::{self, Write},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use ratatui::{
    buffer::Buffer,
    layout::{Position, Size},
};

pub use self::{
    burst::discard_burst,
    ending::{end_by, report_panics},
    signals::listen_for_signals,
};
use self::{
    capabilities::{answers_questions, knows_synchronized_updates, takes_links},
    ending::wait_if_ending,
    ownership::{ENTER, FRAME_TIMEOUT, IS_OUTPUT_OURS, LEAVE, OUTPUT, OutputHandle, give_back, lock},
    signals::{Suspension, note_suspension},
};
pub use super::platform::{Signal, TerminalAnswer, TerminalInput, TimedInput};
use super::{
    backend::{Screen, ScreenLink},
    platform::{self, Output},
};

/// The terminal has had another size since the last frame, even if it has the same again: what it shows is not known.
static RESIZED: AtomicBool = AtomicBool::new(false);

/// The number of cells of a screen that are drawn: each takes some hundred bytes, and a terminal may say that it has
/// 65 535 columns and as many rows.
const MAX_CELLS: usize = 1 << 20;

/// Returns a size with as many rows as are drawn.
fn bounded(size: Size) -> Size {
    let rows = MAX_CELLS / usize::from(size.width.max(1));
    Size::new(size.width, size.height.min(u16::try_from(rows).unwrap_or(u16::MAX)))
}

/// Options for entering the terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TerminalOptions {
    /// Standard output is for data (`pick`): if it is no terminal, draw on the controlling one.
    /// Otherwise standard output must be a terminal.
    pub stdout_is_data: bool,
}

/// The terminal while it is ours. Dropping it gives it back.
#[derive(Debug)]
pub struct Terminal {
    screen: Screen<OutputHandle>,
    output: Output,
    takes_links: bool,
    answers_questions: bool,
}

impl Terminal {
    /// Takes the terminal. Refused, with a line that says why, if there is none or it cannot move its cursor
    /// (`TERM=dumb`).
    pub fn enter(options: TerminalOptions) -> io::Result<Self> {
        let kind = std::env::var("TERM").unwrap_or_default();
        if kind == "dumb" {
            return Err(io::Error::other(
                "this terminal cannot show screens (TERM=dumb): use a subcommand such as list, search or extract",
            ));
        }
        let output = Output::open(options.stdout_is_data).map_err(|_| {
            io::Error::other(
                "there is no terminal to draw on: use a subcommand such as list, search or extract",
            )
        })?;
        let screen = Screen::new(OutputHandle, knows_synchronized_updates(&kind));
        let has = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let vte = std::env::var("VTE_VERSION").ok().and_then(|version| version.parse().ok());
        // Within screen the terminal may be called anything.
        let in_screen = has("STY") && !has("TMUX");
        let takes_links = !in_screen && takes_links(&kind, has("TMUX"), vte);
        let answers_questions = answers_questions(&kind, has("TMUX"));
        let terminal = Self { screen, output, takes_links, answers_questions };
        let modes = platform::TerminalModes::read(&terminal.output);
        terminal.acquire()?;
        platform::start_guard(&terminal.output, modes);
        Ok(terminal)
    }

    /// Gives the terminal back. Dropping it does the same, without saying what failed.
    pub fn leave(self) -> io::Result<()> {
        give_back(Duration::MAX).map(drop)
    }

    /// Shows a frame, as [`Screen::present`] does.
    pub fn present(&mut self, frame: &Buffer, cursor: Option<Position>) -> io::Result<usize> {
        if RESIZED.swap(false, Ordering::SeqCst) {
            self.screen.forget();
        }
        self.screen.present(frame, cursor)
    }

    /// Shows a frame some of which leads somewhere, as [`Screen::present_linked`] does; without the links where the
    /// terminal would not take them.
    pub fn present_linked(
        &mut self,
        frame: &Buffer,
        links: &[ScreenLink],
        cursor: Option<Position>,
    ) -> io::Result<usize> {
        if RESIZED.swap(false, Ordering::SeqCst) {
            self.screen.forget();
        }
        self.screen.present_linked(frame, if self.takes_links { links } else { &[] }, cursor)
    }

    /// Writes something that changes nothing on the screen, such as an OSC 52 sequence.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.screen.send(bytes)
    }

    /// Asks for the colour of the ground, where that does no harm; nothing waits for it. To be called before
    /// [`read_keys`], which tells the answer.
    pub fn ask_for_ground(&mut self) -> io::Result<()> {
        if !self.answers_questions {
            return Ok(());
        }
        answers::note_asked();
        self.screen.send(answers::ASK)
    }

    /// Makes the next frame be drawn in full: when the user asks for it (ctrl-l), or somebody else wrote to the
    /// terminal. After a resize it is so without asking.
    pub fn redraw_in_full(&mut self) {
        self.screen.forget();
    }

    /// Returns the terminal's columns and rows; 80×24 where it does not know, and fewer rows where it has more of both
    /// than any screen.
    pub fn size(&self) -> Size {
        bounded(
            self.output.size().filter(|size| size.width > 0 && size.height > 0).unwrap_or(Size::new(80, 24)),
        )
    }

    /// Gives the terminal back, stops the process as ctrl-z does, and takes the terminal again when it is let go on;
    /// then a frame must be drawn. `false`: there is no shell that could let it go on, and nothing was done.
    pub fn suspend(&mut self) -> io::Result<bool> {
        if !platform::can_suspend() {
            return Ok(false);
        }
        answers::wait_for_answers();
        note_suspension(Suspension::Now);
        let stopped = give_back(Duration::MAX).and_then(|_| platform::suspend_process());
        note_suspension(Suspension::Until(Instant::now()));
        self.reacquire()?;
        stopped.map(|()| true)
    }

    /// Takes the terminal again after the process was stopped from elsewhere ([`Signal::Continue`]): the shell may
    /// have changed its modes. A frame must be drawn then.
    pub fn reacquire(&mut self) -> io::Result<()> {
        give_back(Duration::MAX)?;
        self.screen.forget();
        self.acquire()
    }

    /// Suspends or takes the terminal again where a signal asks for that.
    pub fn handle_signal(&mut self, signal: Signal) -> io::Result<()> {
        match signal {
            Signal::Suspend => self.suspend().map(drop),
            Signal::Continue => self.reacquire(),
            _ => Ok(()),
        }
    }

    /// Lends the terminal to something else that draws or reads, such as a command of the user's, and takes it again;
    /// then a frame must be drawn.
    pub fn lend<T>(&mut self, borrower: impl FnOnce() -> T) -> io::Result<T> {
        let outcome = give_back(Duration::MAX).map(|_| borrower());
        self.reacquire()?;
        outcome
    }

    fn acquire(&self) -> io::Result<()> {
        wait_if_ending();
        let mut output = self.output.try_clone()?;
        let mut output_slot = lock(&OUTPUT);
        crossterm::terminal::enable_raw_mode()?;
        IS_OUTPUT_OURS.store(true, Ordering::SeqCst);
        platform::note_for_guard(true);
        let written = output.write_all(ENTER).and_then(|()| output.flush());
        *output_slot = Some(output);
        drop(output_slot);
        platform::resume_keys();
        if written.is_err() {
            let _ = give_back(FRAME_TIMEOUT);
        }
        written
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = give_back(Duration::MAX);
    }
}

/// Calls `on_input` with everything typed, from a thread of its own that does not keep the process alive.
/// To be called once, while there is a [`Terminal`].
pub fn read_keys(mut on_input: impl FnMut(TimedInput) + Send + 'static) -> io::Result<()> {
    let answers = if answers::may_answer() { answers::ANSWER_TIMEOUT } else { Duration::ZERO };
    platform::read_keys(answers, move |typed| {
        match typed.input {
            TerminalInput::Resize => RESIZED.store(true, Ordering::SeqCst),
            TerminalInput::Answer(answer) => answers::note_answer(answer),
            _ => {}
        }
        on_input(typed);
    })
}

/// Guards the terminal of another process of this program, if this one was started for that; returns whether it was.
/// A process that is killed, or gets no memory, cannot give the terminal back itself. To be called first.
pub fn guard_if_asked() -> bool {
    platform::guard_if_asked(LEAVE)
}

/// Lets no core dump be written from now on, whatever happens: it would hold the archive.
pub fn forbid_core_dumps() {
    platform::forbid_core_dumps();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_that_says_it_is_huge_is_drawn_in_part() {
        for (columns, rows, drawn) in [
            (80, 24, 24),
            (1_000, 400, 400),
            (u16::MAX, 1, 1),
            (u16::MAX, u16::MAX, 16),
            (1, u16::MAX, u16::MAX),
        ] {
            assert_eq!(bounded(Size::new(columns, rows)), Size::new(columns, drawn));
        }
    }
}
