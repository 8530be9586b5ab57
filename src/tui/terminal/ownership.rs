//! The way to the terminal while it is ours, and giving it back, on whatever thread.

use std::{
    io::{self, Write},
    sync::{
        Mutex, MutexGuard, PoisonError, TryLockError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use super::{
    ending::wait_if_ending,
    platform::{self, Output},
};

/// Alternate screen, bracketed paste.
pub(super) const ENTER: &[u8] = b"\x1b[?1049h\x1b[?2004h";
/// All of that undone, whatever state a frame was left in. The screen is erased first: where there is no alternate
/// one, nothing of a conversation stays behind.
pub(super) const LEAVE: &[u8] =
    b"\x1b[?2026l\x1b[r\x1b[m\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[H\x1b[2J\x1b[?1049l";

/// Time that a frame on its way to a slow terminal is waited for when somebody else must give the terminal back.
pub(super) const FRAME_TIMEOUT: Duration = Duration::from_millis(200);

/// The way to the terminal; `None` while it is not ours.
pub(super) static OUTPUT: Mutex<Option<Output>> = Mutex::new(None);
/// The terminal is ours: also readable while a frame is being written.
pub(super) static IS_OUTPUT_OURS: AtomicBool = AtomicBool::new(false);
/// Keys were let pass by: what is left of them is dropped when the terminal is given back.
pub(super) static DROPS_TYPED: AtomicBool = AtomicBool::new(false);

/// Writes to the terminal while it is ours.
#[derive(Debug)]
pub(super) struct OutputHandle;

impl Write for OutputHandle {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(output) = lock(&OUTPUT).as_mut()
            && IS_OUTPUT_OURS.load(Ordering::SeqCst)
        {
            return output.write(bytes);
        }
        // An error now would only be told to the user's shell, beside the reason for the end.
        wait_if_ending();
        Err(io::Error::other("the terminal was given back"))
    }

    fn flush(&mut self) -> io::Result<()> {
        lock(&OUTPUT).as_mut().map_or(Ok(()), Write::flush)
    }
}

/// Locks what a thread may have left by a panic.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Locks the output, or gives up when a frame stays stuck in it that long.
fn lock_within(timeout: Duration) -> Option<MutexGuard<'static, Option<Output>>> {
    if timeout == Duration::MAX {
        return Some(lock(&OUTPUT));
    }
    let since = Instant::now();
    loop {
        match OUTPUT.try_lock() {
            Ok(output) => return Some(output),
            Err(TryLockError::Poisoned(output)) => return Some(output.into_inner()),
            Err(TryLockError::WouldBlock) if since.elapsed() > timeout => return None,
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}

/// Gives the terminal back, from whatever thread; `false`: it was not ours. Its modes are restored even if it takes
/// no more text, and from here on what is typed is for whoever has the terminal next.
pub(super) fn give_back(timeout: Duration) -> io::Result<bool> {
    let output_slot = lock_within(timeout);
    if !IS_OUTPUT_OURS.swap(false, Ordering::SeqCst) {
        return Ok(false);
    }
    platform::pause_keys();
    let cooked = crossterm::terminal::disable_raw_mode();
    if DROPS_TYPED.swap(false, Ordering::SeqCst) {
        platform::drop_typed();
    }
    let write = || match output_slot {
        Some(mut slot) => match slot.take() {
            Some(mut output) if output.takes_text_within(timeout) => {
                output.write_all(LEAVE).and_then(|()| output.flush())
            }
            _ => Ok(()),
        },
        None => Ok(()),
    };
    let written = write_guarded(timeout != Duration::MAX, write, || platform::note_for_guard(false));
    cooked.and(written).map(|()| true)
}

/// Writes the last of the terminal, and notes for the guard that it is given back: behind the write, which the guard is to
/// make up for if it does not come about, or before it where the process is about to end however far that comes. There a
/// guard would write to a terminal that takes no text now, and do it once something else runs there.
fn write_guarded(
    is_ending: bool,
    write: impl FnOnce() -> io::Result<()>,
    note_given_back: impl Fn(),
) -> io::Result<()> {
    if is_ending {
        note_given_back();
    }
    let written = write();
    note_given_back();
    written
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// What was done before a write that got stuck, and the process was ended there.
    #[test]
    fn the_guard_knows_before_a_write_that_may_get_stuck_whether_to_make_up_for_it() {
        for (is_ending, is_known) in [(true, true), (false, false)] {
            let noted = AtomicBool::new(false);
            let stuck = || {
                assert_eq!(noted.load(Ordering::SeqCst), is_known, "is ending: {is_ending}");
                Err(io::ErrorKind::WouldBlock.into())
            };
            let written = write_guarded(is_ending, stuck, || noted.store(true, Ordering::SeqCst));
            assert!(written.is_err() && noted.load(Ordering::SeqCst));
        }
    }

    #[test]
    fn all_is_undone_whatever_a_frame_was_about_and_where_there_is_no_other_screen() {
        let leave = LEAVE;
        let mut terminal = vt100::Parser::new(6.try_into().unwrap(), 40.try_into().unwrap(), 0);
        terminal.process(b"words of a conversation\x1b[?2004h\x1b[?25l\x1b[31m");
        terminal.process(leave);
        let screen = terminal.screen();
        assert_eq!(screen.contents().trim(), "");
        assert!(!screen.hide_cursor() && !screen.bracketed_paste());
        assert_eq!((screen.fgcolor(), screen.cursor_position()), (vt100::Color::Default, (0, 0)));
        // A half frame, its margins, and lines that do not wrap.
        for undone in ["\x1b[?2026l", "\x1b[r", "\x1b[?7h", "\x1b[?1049l"] {
            assert!(memchr::memmem::find(leave, undone.as_bytes()).is_some(), "{}", undone.escape_debug());
        }
    }
}
