//! Reads what is typed, on a thread of its own that waits for it and for nothing else to do.
//!
//! crossterm's reader is not used: when the terminal is gone it reads nothing for ever, as fast as it can, and it
//! cannot be asked to leave the keys to somebody else for a while.

use std::{
    io,
    os::fd::OwnedFd,
    sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
};

use super::decode::Decoder;
use crate::tui::platform::TerminalInput;

/// Who may read: the reader, or somebody the terminal is lent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    /// There is no reader, or it reads.
    Reader,
    /// The reader is asked to let go.
    Asked,
    /// The reader has let go.
    Borrower,
}

static TURN: Mutex<Turn> = Mutex::new(Turn::Reader);
static TURNED: Condvar = Condvar::new();
/// Written to, it wakes the reader.
static WAKE: OnceLock<OwnedFd> = OnceLock::new();
/// The reader lets go within a decoded read; longer means that there is none any more.
const PATIENCE_WITH_READER: Duration = Duration::from_millis(200);

/// Calls `on_input` with everything typed, on a thread of its own that does not keep the process alive. To be called
/// once.
pub fn read_keys(mut on_input: impl FnMut(TerminalInput) + Send + 'static) -> io::Result<()> {
    let terminal = super::input()?;
    let (woken, wake) = io::pipe()?;
    WAKE.set(wake.into()).map_err(|_| io::Error::other("keys are read already"))?;
    std::thread::Builder::new().name("keys".into()).spawn(move || {
        let _gone_at_the_end = LetGo;
        let mut decoder = Decoder::default();
        let mut buffer = [0; 4096];
        loop {
            let patience = decoder.patience().and_then(|patience| Timespec::try_from(patience).ok());
            let mut waiting = [PollFd::new(&terminal, PollFlags::IN), PollFd::new(&woken, PollFlags::IN)];
            match poll(&mut waiting, patience.as_ref()) {
                Ok(0) => {
                    decoder.lapse(&mut on_input);
                    continue;
                }
                Ok(_) | Err(Errno::INTR) => {}
                Err(_) => return,
            }
            let [typed, asked] = [waiting[0].revents(), waiting[1].revents()];
            if !asked.is_empty() {
                let _ = rustix::io::read(&woken, &mut buffer[..1]);
                let_go();
                continue;
            }
            // Where a terminal cannot be waited for, reading it waits.
            if typed.intersects(PollFlags::IN | PollFlags::NVAL) {
                match rustix::io::read(&terminal, &mut buffer) {
                    Ok(length @ 1..) => decoder.feed(&buffer[..length], &mut on_input),
                    Err(Errno::INTR | Errno::AGAIN) => {}
                    // The terminal is gone; the watch on it says so.
                    Ok(0) | Err(_) => return,
                }
            } else if !typed.is_empty() {
                return;
            }
        }
    })?;
    Ok(())
}

/// Leaves the keys to somebody else, such as the shell, until [`resume_keys`].
pub fn pause_keys() {
    let Some(wake) = WAKE.get() else { return };
    let mut turn = turn();
    if *turn == Turn::Reader {
        *turn = Turn::Asked;
        let _ = rustix::io::write(wake, b"!");
        drop(TURNED.wait_timeout_while(turn, PATIENCE_WITH_READER, |turn| *turn == Turn::Asked));
    }
}

/// The keys are read here again.
pub fn resume_keys() {
    *turn() = Turn::Reader;
    TURNED.notify_all();
}

/// The reader's end lets go for good.
struct LetGo;

impl Drop for LetGo {
    fn drop(&mut self) {
        *turn() = Turn::Borrower;
        TURNED.notify_all();
    }
}

fn let_go() {
    let mut turn = turn();
    if *turn == Turn::Asked {
        *turn = Turn::Borrower;
        TURNED.notify_all();
    }
    while *turn == Turn::Borrower {
        turn = TURNED.wait(turn).unwrap_or_else(PoisonError::into_inner);
    }
}

fn turn() -> MutexGuard<'static, Turn> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}
