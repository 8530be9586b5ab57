//! Unix terminals, signals and core dumps.

mod guard;
mod keyboard;

use std::{
    fs::File,
    io::{self, IsTerminal, Write},
    os::fd::AsFd,
    time::Duration,
};

use ratatui::layout::Size;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::{self, Resource, Rlimit},
};
use signal_hook::{
    consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH},
    iterator::Signals,
    low_level,
};

pub use self::{
    guard::{TerminalModes, guard_if_asked, note_for_guard, start_guard},
    keyboard::{drop_typed, has_pending_input, pause_keys, read_keys, resume_keys},
};
use super::Signal;

/// A terminal to write to: standard output if it is one, else the controlling terminal. Unbuffered.
#[derive(Debug)]
pub struct Output(File);

impl Output {
    /// Opens it. `or_controlling`: if standard output is no terminal, the controlling one will do.
    pub fn open(or_controlling: bool) -> io::Result<Self> {
        let stdout = io::stdout();
        if stdout.is_terminal() {
            return Ok(Self(stdout.as_fd().try_clone_to_owned()?.into()));
        }
        if or_controlling { Ok(Self(controlling_terminal()?)) } else { Err(io::ErrorKind::NotFound.into()) }
    }

    /// Returns the columns and rows, if the terminal knows them.
    pub fn size(&self) -> Option<Size> {
        let size = rustix::termios::tcgetwinsize(&self.0).ok()?;
        Some(Size::new(size.ws_col, size.ws_row))
    }

    /// Returns whether the terminal takes text before that much time has passed: writing to one that does not, blocks.
    pub fn takes_text_within(&self, timeout: Duration) -> bool {
        let timeout = Timespec::try_from(timeout).ok();
        let mut watched = [PollFd::new(&self.0, PollFlags::OUT)];
        match poll(&mut watched, timeout.as_ref()) {
            Ok(ready) => ready > 0,
            Err(_) => true,
        }
    }

    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(Self(self.0.try_clone()?))
    }
}

#[cfg(test)]
impl From<File> for Output {
    fn from(file: File) -> Self {
        Self(file)
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn controlling_terminal() -> io::Result<File> {
    File::options().read(true).write(true).open("/dev/tty")
}

/// Opens the source of keys: standard input if it is a terminal, else the controlling one.
fn input() -> io::Result<File> {
    let stdin = io::stdin();
    if stdin.is_terminal() { Ok(stdin.as_fd().try_clone_to_owned()?.into()) } else { controlling_terminal() }
}

/// Calls `on_signal` with every signal that comes, on a thread of its own, for the life of the process.
pub fn listen_for_signals(mut on_signal: impl FnMut(Signal) + Send + 'static) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH])?;
    std::thread::Builder::new().name("signals".into()).spawn(move || {
        for number in signals.forever() {
            match number {
                SIGINT | SIGQUIT => on_signal(Signal::Interrupt),
                SIGTERM => on_signal(Signal::Terminate),
                SIGHUP => on_signal(Signal::Hangup),
                SIGTSTP => on_signal(Signal::Suspend),
                SIGCONT => on_signal(Signal::Continue),
                SIGWINCH => on_signal(Signal::Resize),
                _ => {}
            }
        }
    })?;
    Ok(())
}

/// Returns whether the terminal that the keys came from is gone: there is none any more, or it says so.
pub fn is_terminal_gone() -> bool {
    let Ok(terminal) = input() else { return true };
    let mut watched = [PollFd::new(&terminal, PollFlags::empty())];
    let is_over = PollFlags::HUP | PollFlags::ERR;
    poll(&mut watched, Some(&Timespec::default())).is_ok() && watched[0].revents().intersects(is_over)
}

/// Calls `on_hangup` once the terminal is gone, on a thread of its own that waits for nothing else: also while the keys
/// are somebody else's, or whoever is given them is busy.
pub fn watch_for_hangup(on_hangup: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let terminal = input()?;
    std::thread::Builder::new().name("hang-up".into()).spawn(move || {
        loop {
            let mut watched = [PollFd::new(&terminal, PollFlags::empty())];
            match poll(&mut watched, None) {
                Ok(_) if watched[0].revents().intersects(PollFlags::HUP | PollFlags::ERR) => {
                    return on_hangup();
                }
                Ok(_) if watched[0].revents().is_empty() => {}
                Err(rustix::io::Errno::INTR) => {}
                // Not every system can wait for this; SIGHUP remains.
                _ => return,
            }
        }
    })?;
    Ok(())
}

/// Returns whether somebody would let the process go on if it stopped itself. A process that leads the session, or
/// whose parent belongs to another or leads this one without job control, would stand still for ever.
pub fn can_suspend() -> bool {
    // In a container the session may be led from outside, and then has the number 0: what asks must allow for that.
    use nix::unistd::{getpgid, getpgrp, getpid, getppid, getsid};
    let (parent, group) = (getppid(), getpgrp());
    let Ok(session) = getsid(None) else { return false };
    let same_session = getsid(Some(parent)).is_ok_and(|theirs| theirs == session);
    let own_group = getpgid(Some(parent)).is_ok_and(|theirs| theirs != group);
    same_session && session != getpid() && (own_group || parent != session)
}

/// Stops the process until it is let go on, and with it the others of its pipeline or script, as ctrl-z would.
pub fn suspend_process() -> io::Result<()> {
    let group = process::kill_current_process_group(process::Signal::TSTP);
    // This process handles SIGTSTP, so it is stopped by the signal that cannot be handled.
    low_level::emulate_default_handler(SIGTSTP)?;
    Ok(group?)
}

/// Ends the process by the signal, so that its parent sees what it died of.
pub fn end_by(signal: Signal) -> ! {
    let number = match signal {
        Signal::Interrupt => SIGINT,
        Signal::Hangup => SIGHUP,
        _ => SIGTERM,
    };
    let _ = low_level::emulate_default_handler(number);
    std::process::exit(128 + number);
}

/// Lets no core dump be written, whatever happens: it would hold the archive.
pub fn forbid_core_dumps() {
    let _ = process::setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
}
