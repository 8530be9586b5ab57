//! Takes the terminal and gives it back: on quitting, on an error, a panic, a signal, ctrl-z, and when it vanishes.
//!
//! Only one [`Terminal`] exists at a time. While it does, the terminal is in raw mode, on its alternate screen, with
//! bracketed paste; nothing is ever asked of it, and its title is left alone. A connection that is dropped, or a
//! program that is killed, leaves these modes as they are: nothing else is held between two frames, no wrapping
//! switched off, no cursor hidden. Others decide on a frame's content; [`backend`](super::backend) on the bytes for
//! it.
//!
//! Whoever gives the terminal back, on whatever thread, closes the output: later frames are refused with an error
//! instead of landing on the user's shell.

mod capabilities;

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    io::{self, Write},
    panic::PanicHookInfo,
    sync::{
        Mutex, MutexGuard, PoisonError, TryLockError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use ratatui::{
    buffer::Buffer,
    layout::{Position, Size},
};

use self::capabilities::{knows_synchronized_updates, takes_links};
pub use super::platform::{Signal, TerminalInput, TimedInput};
use super::{
    backend::{Screen, ScreenLink},
    platform::{self, Output, Waits},
};

/// Alternate screen, bracketed paste.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?2004h";
/// All of that undone, whatever state a frame was left in. The screen is erased first: where there is no alternate
/// one, nothing of a conversation stays behind.
const LEAVE: &[u8] = b"\x1b[?2026l\x1b[r\x1b[m\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[H\x1b[2J\x1b[?1049l";

/// Time that the program has to end by itself after a signal that ends it.
const EXIT_TIMEOUT: Duration = Duration::from_secs(2);
/// Time for the same after the terminal is gone: a process that nobody sees must not stay.
const HANGUP_TIMEOUT: Duration = Duration::from_millis(500);
/// Time that a frame on its way to a slow terminal is waited for when somebody else must give the terminal back.
const FRAME_TIMEOUT: Duration = Duration::from_millis(200);
/// The time it may take to give the terminal back at the very end: to wait for a frame, for room, and to write.
const GIVE_BACK_TIMEOUT: Duration = Duration::from_millis(450);
// A program whose terminal is gone is gone within a second, whatever it was about.
const _: () = assert!(HANGUP_TIMEOUT.as_millis() + GIVE_BACK_TIMEOUT.as_millis() < 1_000);
/// Time that what is typed in one go with the last key is waited for; a terminal that never rests must not keep the
/// person here.
const BURST_TIMEOUT: Duration = Duration::from_mins(1);
/// What is typed in one go with the last key is not for whoever has the terminal next.
const BURST: Waits = Waits {
    alone: Duration::from_millis(100),
    pause: Duration::from_millis(300),
    untold: Duration::from_secs(1),
    patience: BURST_TIMEOUT,
};
/// What the last row says while that is waited for.
const WAITS_FOR_BURST: &str = "waiting until no more keys come: what comes now is dropped";
/// Stop and continue signals this soon after a suspension belong to it.
const ECHO_OF_SUSPENSION: Duration = Duration::from_millis(250);

/// The way to the terminal; `None` while it is not ours.
static OUTPUT: Mutex<Option<Output>> = Mutex::new(None);
/// The terminal is ours: also readable while a frame is being written.
static IS_OUTPUT_OURS: AtomicBool = AtomicBool::new(false);
/// The process is about to end, and some thread sees to that.
static ENDING: AtomicBool = AtomicBool::new(false);
/// The terminal has had another size since the last frame, even if it has the same again: what it shows is not known.
static RESIZED: AtomicBool = AtomicBool::new(false);
/// Keys were let pass by: what is left of them is dropped when the terminal is given back.
static DROPS_TYPED: AtomicBool = AtomicBool::new(false);
/// The last time that the process has stopped itself.
static SUSPENSION: Mutex<Suspension> = Mutex::new(Suspension::Never);

#[derive(Clone, Copy)]
enum Suspension {
    Never,
    Now,
    Until(Instant),
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
        let terminal = Self { screen, output, takes_links };
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

    /// Makes the next frame be drawn in full: when the user asks for it (ctrl-l), or somebody else wrote to the
    /// terminal. After a resize it is so without asking.
    pub fn redraw_in_full(&mut self) {
        self.screen.forget();
    }

    /// Returns the terminal's columns and rows; 80×24 where it does not know.
    pub fn size(&self) -> Size {
        self.output.size().filter(|size| size.width > 0 && size.height > 0).unwrap_or(Size::new(80, 24))
    }

    /// Gives the terminal back, stops the process as ctrl-z does, and takes the terminal again when it is let go on;
    /// then a frame must be drawn. `false`: there is no shell that could let it go on, and nothing was done.
    pub fn suspend(&mut self) -> io::Result<bool> {
        if !platform::can_suspend() {
            return Ok(false);
        }
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

/// Writes to the terminal while it is ours.
#[derive(Debug)]
struct OutputHandle;

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

/// Blocks for ever when the process is about to end on another thread.
fn wait_if_ending() {
    while ENDING.load(Ordering::SeqCst) {
        std::thread::park();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
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
fn give_back(timeout: Duration) -> io::Result<bool> {
    let output_slot = lock_within(timeout);
    if !IS_OUTPUT_OURS.swap(false, Ordering::SeqCst) {
        return Ok(false);
    }
    platform::pause_keys();
    let cooked = crossterm::terminal::disable_raw_mode();
    if DROPS_TYPED.swap(false, Ordering::SeqCst) {
        platform::drop_typed();
    }
    if timeout != Duration::MAX {
        // The process is about to end, however far the rest comes: a guard would write to a terminal that takes no text
        // now, and do it once something else runs there.
        platform::note_for_guard(false);
    }
    let written = match output_slot {
        Some(mut slot) => match slot.take() {
            Some(mut output) if output.takes_text_within(timeout) => {
                output.write_all(LEAVE).and_then(|()| output.flush())
            }
            _ => Ok(()),
        },
        None => Ok(()),
    };
    platform::note_for_guard(false);
    cooked.and(written).map(|()| true)
}

fn note_suspension(now: Suspension) {
    *lock(&SUSPENSION) = now;
}

fn is_echo_of_suspension() -> bool {
    match *lock(&SUSPENSION) {
        Suspension::Never => false,
        Suspension::Now => true,
        Suspension::Until(then) => then.elapsed() < ECHO_OF_SUSPENSION,
    }
}

/// Calls `on_signal` with every signal, and with [`Signal::Hangup`] when the terminal is gone, from threads of their
/// own. If the program is still there some time after a signal that [ends](Signal::ends) it, stuck or blocked by a
/// terminal that takes nothing, the terminal is given back and the process ended from here.
/// To be called once.
pub fn listen_for_signals(on_signal: impl Fn(Signal) + Clone + Send + 'static) -> io::Result<()> {
    let on_hangup = on_signal.clone();
    platform::listen_for_signals(move |signal| {
        if signal == Signal::Resize {
            RESIZED.store(true, Ordering::SeqCst);
        }
        if !(matches!(signal, Signal::Suspend | Signal::Continue) && is_echo_of_suspension()) {
            on_signal(signal);
        }
        if signal.ends() {
            end_soon(signal);
        }
    })?;
    platform::watch_for_hangup(move || {
        on_hangup(Signal::Hangup);
        end_soon(Signal::Hangup);
    })
}

/// Calls `on_input` with everything typed, from a thread of its own that does not keep the process alive.
/// To be called once, while there is a [`Terminal`].
pub fn read_keys(mut on_input: impl FnMut(TimedInput) + Send + 'static) -> io::Result<()> {
    platform::read_keys(move |typed| {
        if typed.input == TerminalInput::Resize {
            RESIZED.store(true, Ordering::SeqCst);
        }
        on_input(typed);
    })
}

/// Lets pass by what is typed in one go with the key that gives the terminal to somebody else: the rest of a text that
/// arrives as keys is not for the person's shell. If that goes on, the last row says so.
pub fn swallow_burst() {
    platform::await_quiet(&BURST, || {
        if let Some(output) = lock(&OUTPUT).as_mut()
            && IS_OUTPUT_OURS.load(Ordering::SeqCst)
        {
            // What cannot be told is done all the same.
            let _ = write_in_last_row(output, WAITS_FOR_BURST);
        }
    });
    DROPS_TYPED.store(true, Ordering::SeqCst);
}

/// Writes over the last row, whatever the last frame has there; the next is drawn in full. Nothing is written where the
/// terminal takes no text now: whoever writes would wait for it, and whoever gives it back for them.
fn write_in_last_row(output: &mut Output, words: &str) -> io::Result<()> {
    if !output.takes_text_within(Duration::ZERO) {
        return Ok(());
    }
    RESIZED.store(true, Ordering::SeqCst);
    let size = output.size().unwrap_or(Size::new(80, 24));
    let words: String = words.chars().take(usize::from(size.width).saturating_sub(1)).collect();
    output.write_all(format!("\x1b[{};1H\x1b[m\x1b[2K{words}", size.height).as_bytes())?;
    output.flush()
}

/// Ends the process from outside when its time is up.
fn end_soon(signal: Signal) {
    let timeout = if signal == Signal::Hangup { HANGUP_TIMEOUT } else { EXIT_TIMEOUT };
    let end = move || {
        std::thread::sleep(timeout);
        end_by(signal);
    };
    if std::thread::Builder::new().name("last resort".into()).spawn(end).is_err() {
        end_by(signal);
    }
}

/// Ends the process by this signal, after giving the terminal back if that was not done yet: whoever started the
/// program sees what it died of.
pub fn end_by(signal: Signal) -> ! {
    ENDING.store(true, Ordering::SeqCst);
    give_back_in_time();
    platform::end_by(signal)
}

/// Gives the terminal back, on a thread beside this one if there is any: a terminal may say that it takes text, and keep
/// whoever writes waiting behind another thread's or program's text all the same.
fn give_back_in_time() {
    let (sender, receiver) = mpsc::channel();
    let aside = move || drop(sender.send(give_back(FRAME_TIMEOUT)));
    match std::thread::Builder::new().name("giving back".into()).spawn(aside) {
        Ok(_) => drop(receiver.recv_timeout(GIVE_BACK_TIMEOUT)),
        Err(_) => drop(give_back(FRAME_TIMEOUT)),
    }
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

/// Makes a panic, on whatever thread, first give the terminal back and then report itself in words that hold nothing
/// of an archive. If the terminal was ours the process ends there, with exit code 101: nobody could go on drawing.
/// Where `is_expected` says so, on the panicking thread, somebody catches it and nothing is done.
pub fn report_panics(is_expected: fn() -> bool) {
    std::panic::set_hook(Box::new(move |panic| {
        if is_expected() {
            return;
        }
        if IS_OUTPUT_OURS.load(Ordering::SeqCst) {
            ENDING.store(true, Ordering::SeqCst);
        }
        let was_ours = give_back(FRAME_TIMEOUT).unwrap_or(true);
        let _ = io::stderr().write_all(report(panic).as_bytes());
        if was_ours {
            std::process::exit(101);
        }
    }));
}

/// Describes a panic. Its message is shown only if it is a literal of the program's: others may quote what they
/// choked on.
fn report(panic: &PanicHookInfo<'_>) -> String {
    let place = panic
        .location()
        .map_or_else(String::new, |at| format!(" at {}:{}:{}", at.file(), at.line(), at.column()));
    let thread = std::thread::current();
    let message = panic
        .payload()
        .downcast_ref::<&'static str>()
        .map_or("its message is not shown, for it may quote the archive", |literal| literal);
    let mut text = format!(
        "unspool: stopped by a bug of its own{place}, thread {}: {message}\n",
        thread.name().unwrap_or("without a name")
    );
    let backtrace = Backtrace::capture();
    if backtrace.status() == BacktraceStatus::Captured {
        text.push_str(&backtrace.to_string());
    }
    text
}

#[cfg(all(test, unix))]
mod tests {
    use std::{fs::File, io::Read, os::fd::OwnedFd};

    use super::*;

    /// It waited for the terminal, whatever was typed, and whoever gave it back waited for the notice.
    #[test]
    fn a_notice_is_not_written_where_no_text_is_taken() {
        let (mut reader, writer) = io::pipe().expect("a pipe");
        let mut output = Output::from(File::from(OwnedFd::from(writer)));
        let mut filled = 0;
        while output.takes_text_within(Duration::ZERO) {
            output.write_all(&[b'.'; 512]).expect("there is room");
            filled += 512;
        }
        write_in_last_row(&mut output, "it waits").expect("nothing is done");
        let mut written = vec![0; filled];
        reader.read_exact(&mut written).expect("all of it");
        write_in_last_row(&mut output, "it waits").expect("there is room");
        drop(output);
        let mut written = String::new();
        reader.read_to_string(&mut written).expect("words");
        assert_eq!(written, "\x1b[24;1H\x1b[m\x1b[2Kit waits");
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
