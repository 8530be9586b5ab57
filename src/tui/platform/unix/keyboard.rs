//! Reads what is typed, on a thread of its own that waits for it and for nothing else to do.
//!
//! crossterm's reader is not used: when the terminal is gone it reads nothing for ever, as fast as it can, and it
//! cannot be asked to leave the keys to somebody else for a while.

use std::{
    fs::File,
    io,
    os::fd::OwnedFd,
    sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
};

use crate::{
    over_ssh::is_over_ssh,
    tui::{
        decode::TimedDecoder,
        platform::{TimedInput, typing},
    },
};

/// The owner of the keyboard: the reader, or somebody the terminal is lent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KeyboardOwner {
    /// There is no reader, or it reads.
    Reader,
    /// The reader is asked to let go.
    PauseRequested,
    /// The reader has let go.
    Borrower,
}

static KEYBOARD_OWNER: Mutex<KeyboardOwner> = Mutex::new(KeyboardOwner::Reader);
static OWNER_CHANGED: Condvar = Condvar::new();
/// Written to, it wakes the reader.
static WAKE: OnceLock<OwnedFd> = OnceLock::new();
/// The reader lets go as soon as it has taken in what it has just read; if it takes longer there is no reader any more.
const READER_TIMEOUT: Duration = Duration::from_millis(200);

/// Calls `on_input` with everything typed, on a thread of its own that does not keep the process alive. To be called
/// once. `answers`: so long the answers of the terminal are told too; those that come later are swallowed.
pub fn read_keys(answers: Duration, mut on_input: impl FnMut(TimedInput) + Send + 'static) -> io::Result<()> {
    let terminal = super::input()?;
    let (woken, wake) = io::pipe()?;
    WAKE.set(wake.into()).map_err(|_| io::Error::other("keys are read already"))?;
    std::thread::Builder::new().name("keys".into()).spawn(move || {
        let _gone_at_the_end = ReleaseOnDrop;
        let mut decoder = TimedDecoder::new(is_over_ssh());
        if !answers.is_zero() {
            decoder.await_answers();
        }
        let mut buffer = [0; 4096];
        let began = Instant::now();
        let mut last = began;
        loop {
            let Ok(wait) = Wait::of(&terminal, &woken, decoder.timeout()) else { return };
            if wait.timed_out {
                decoder.on_timeout(&mut on_input);
                continue;
            }
            if wait.pause_requested {
                let _ = rustix::io::read(&woken, &mut buffer[..1]);
                let_go();
                last = Instant::now();
                continue;
            }
            // Where a terminal cannot be waited for, reading it waits.
            let reading_waits = wait.typed.contains(PollFlags::NVAL);
            if reading_waits || wait.typed.contains(PollFlags::IN) {
                match rustix::io::read(&terminal, &mut buffer) {
                    Ok(length @ 1..) => {
                        let now = Instant::now();
                        // What was there already came while nobody looked: nobody knows of a quiet before it.
                        let is_known = wait.has_waited || reading_waits;
                        let quiet = if is_known { now.duration_since(last) } else { Duration::ZERO };
                        last = now;
                        if now.duration_since(began) > answers {
                            decoder.stop_awaiting_answers();
                        }
                        if typing::note(length) {
                            decoder.feed(&buffer[..length], quiet, &mut on_input);
                        }
                    }
                    Err(Errno::INTR | Errno::AGAIN) => {}
                    // The terminal is gone; the watch on it says so.
                    Ok(0) | Err(_) => return,
                }
            } else if !wait.typed.is_empty() {
                return;
            }
        }
    })?;
    Ok(())
}

/// The end of a wait for something typed.
struct Wait {
    /// There is something from the terminal.
    typed: PollFlags,
    /// The reader is asked to let go.
    pause_requested: bool,
    /// It was not there already when the wait began.
    has_waited: bool,
    /// Nothing came in time.
    timed_out: bool,
}

impl Wait {
    /// Waits for something typed, or for being asked to let go; `timeout`: at most so long.
    fn of(terminal: &File, woken: &io::PipeReader, timeout: Option<Duration>) -> Result<Self, Errno> {
        let at_once = Timespec::default();
        let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
        let mut watched = [PollFd::new(terminal, PollFlags::IN), PollFd::new(woken, PollFlags::IN)];
        let mut has_waited = false;
        let ready = loop {
            match poll(&mut watched, if has_waited { timeout.as_ref() } else { Some(&at_once) }) {
                Ok(0) if !has_waited => has_waited = true,
                Ok(ready) => break ready,
                Err(Errno::INTR) => {}
                Err(error) => return Err(error),
            }
        };
        let [typed, asked] = [watched[0].revents(), watched[1].revents()];
        Ok(Self { typed, pause_requested: !asked.is_empty(), has_waited, timed_out: ready == 0 })
    }
}

/// Returns whether something typed waits to be read. Where a terminal cannot be asked for that, nothing does.
pub fn has_pending_input() -> bool {
    let Ok(terminal) = super::input() else { return false };
    let mut watched = [PollFd::new(&terminal, PollFlags::IN)];
    poll(&mut watched, Some(&Timespec::default())).is_ok_and(|ready| ready > 0)
        && watched[0].revents() == PollFlags::IN
}

/// Drops what was typed and not read yet: nobody else is to have it.
pub fn drop_typed() {
    if let Ok(terminal) = super::input() {
        let _ = rustix::termios::tcflush(&terminal, rustix::termios::QueueSelector::IFlush);
    }
}

/// Leaves the keys to somebody else, such as the shell, until [`resume_keys`].
pub fn pause_keys() {
    let Some(wake) = WAKE.get() else { return };
    let mut owner = lock_owner();
    if *owner == KeyboardOwner::Reader {
        *owner = KeyboardOwner::PauseRequested;
        let _ = rustix::io::write(wake, b"!");
        drop(
            OWNER_CHANGED
                .wait_timeout_while(owner, READER_TIMEOUT, |owner| *owner == KeyboardOwner::PauseRequested),
        );
    }
}

/// Reads the keys here again.
pub fn resume_keys() {
    *lock_owner() = KeyboardOwner::Reader;
    OWNER_CHANGED.notify_all();
}

/// The reader's end lets go for good.
struct ReleaseOnDrop;

impl Drop for ReleaseOnDrop {
    fn drop(&mut self) {
        *lock_owner() = KeyboardOwner::Borrower;
        OWNER_CHANGED.notify_all();
    }
}

fn let_go() {
    let mut owner = lock_owner();
    if *owner == KeyboardOwner::PauseRequested {
        *owner = KeyboardOwner::Borrower;
        OWNER_CHANGED.notify_all();
    }
    while *owner == KeyboardOwner::Borrower {
        owner = OWNER_CHANGED.wait(owner).unwrap_or_else(PoisonError::into_inner);
    }
}

fn lock_owner() -> MutexGuard<'static, KeyboardOwner> {
    KEYBOARD_OWNER.lock().unwrap_or_else(PoisonError::into_inner)
}
