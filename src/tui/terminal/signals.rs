//! Signals while the terminal is ours: those that are told, and those that only echo a suspension.

use std::{
    io,
    sync::{Mutex, atomic::Ordering},
    time::{Duration, Instant},
};

use super::{RESIZED, Signal, ending::end_soon, ownership::lock, platform};

/// Stop and continue signals this soon after a suspension belong to it.
const ECHO_OF_SUSPENSION: Duration = Duration::from_millis(250);

/// The last time that the process has stopped itself.
static SUSPENSION: Mutex<Suspension> = Mutex::new(Suspension::Never);

/// When the process has stopped itself last.
#[derive(Clone, Copy)]
pub(super) enum Suspension {
    Never,
    Now,
    Until(Instant),
}

/// Notes that the process stops itself, or has done so.
pub(super) fn note_suspension(now: Suspension) {
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
