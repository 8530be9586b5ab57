//! The end of the process by a signal or a panic: in time, with the terminal given back first.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    io::{self, Write},
    panic::PanicHookInfo,
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::Duration,
};

use super::{
    Signal,
    ownership::{FRAME_TIMEOUT, IS_OUTPUT_OURS, give_back},
    platform,
};

/// Time that the program has to end by itself after a signal that ends it.
const EXIT_TIMEOUT: Duration = Duration::from_secs(2);
/// Time for the same after the terminal is gone: a process that nobody sees must not stay.
const HANGUP_TIMEOUT: Duration = Duration::from_millis(500);
/// The time it may take to give the terminal back at the very end: to wait for a frame, for room, and to write.
const GIVE_BACK_TIMEOUT: Duration = Duration::from_millis(450);
// A program whose terminal is gone is gone within a second, whatever it was about.
const _: () = assert!(HANGUP_TIMEOUT.as_millis() + GIVE_BACK_TIMEOUT.as_millis() < 1_000);

/// The process is about to end, and some thread sees to that.
static ENDING: AtomicBool = AtomicBool::new(false);

/// Blocks for ever when the process is about to end on another thread.
pub(super) fn wait_if_ending() {
    while ENDING.load(Ordering::SeqCst) {
        std::thread::park();
    }
}

/// Ends the process from outside when its time is up.
pub(super) fn end_soon(signal: Signal) {
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
