//! A small process beside the program that gives the terminal back when the program cannot: it was killed, or got no
//! memory and was ended by that.
//!
//! It is the same program, told by its first argument. It reads at a pipe what becomes of the terminal, a byte each time,
//! and does nothing before the pipe ends. Whoever ends in an orderly way has said before that the terminal is given back.

use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io::{self, IsTerminal, Read, Write},
    os::fd::AsFd,
    process::{ChildStdin, Command, Stdio},
    sync::{Arc, Mutex, PoisonError, atomic::AtomicBool, mpsc},
    time::Duration,
};

use nix::sys::signal::{SigSet, Signal};
use rustix::{
    fs::{FileType, fstat},
    termios::{
        ControlModes, InputModes, LocalModes, OptionalActions, OutputModes, Termios, tcgetattr, tcsetattr,
    },
};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};

use super::Output;

/// The first argument that makes the program the guard. Nobody else gives it.
const ARGUMENT: &str = "--guard-the-terminal";
/// The terminal is the program's.
const TAKEN: u8 = b'T';
/// It is given back.
const GIVEN_BACK: u8 = b'G';

/// Time that the guard has for a terminal that takes no text now: what it takes later is somebody else's.
const GUARD_TIMEOUT: Duration = Duration::from_secs(2);

/// The way to the guard, and what it is to know.
static GUARD: Mutex<(Option<ChildStdin>, u8)> = Mutex::new((None, GIVEN_BACK));

/// The modes of the terminal as they are now, in words for the guard.
pub struct TerminalModes(Option<String>);

impl TerminalModes {
    /// Reads those of the terminal that the guard is given.
    pub fn read(terminal: &Output) -> Self {
        let modes = tcgetattr(&terminal.0).ok();
        Self(modes.map(|modes| {
            let Termios { input_modes, output_modes, control_modes, local_modes, .. } = modes;
            let bits = [input_modes.bits(), output_modes.bits(), control_modes.bits(), local_modes.bits()];
            bits.map(|bits| bits.to_string()).join(",")
        }))
    }
}

/// Starts the guard, on a thread of its own: no frame waits for it. Where that fails the program does without.
pub fn start_guard(terminal: &Output, modes: TerminalModes) {
    let (Ok(terminal), Some(modes)) = (terminal.try_clone(), modes.0) else { return };
    let start = move || {
        // The file that is run may have another name meanwhile, or none.
        let program =
            if cfg!(target_os = "linux") { Ok("/proc/self/exe".into()) } else { std::env::current_exe() };
        let Ok(program) = program else { return };
        let child = Command::new(program)
            .arg(ARGUMENT)
            .arg(modes)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(terminal.0)
            .stderr(Stdio::null())
            .spawn();
        if let Ok(mut child) = child {
            let mut guard = GUARD.lock().unwrap_or_else(PoisonError::into_inner);
            guard.0 = child.stdin.take();
            let state = guard.1;
            send_state(&mut guard.0, state);
        }
    };
    let _ = std::thread::Builder::new().name("guard".into()).spawn(start);
}

/// Tells the guard whether the terminal is the program's.
pub fn note_for_guard(taken: bool) {
    let mut guard = GUARD.lock().unwrap_or_else(PoisonError::into_inner);
    guard.1 = if taken { TAKEN } else { GIVEN_BACK };
    let state = guard.1;
    send_state(&mut guard.0, state);
}

fn send_state(guard: &mut Option<ChildStdin>, state: u8) {
    if guard.as_mut().is_some_and(|guard| guard.write_all(&[state]).is_err()) {
        *guard = None;
    }
}

/// Guards the terminal if the program was started for that, and returns when there is nothing more to guard; `leave`
/// is what undoes everything on the screen.
pub fn guard_if_asked(leave: &[u8]) -> bool {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().as_deref() != Some(OsStr::new(ARGUMENT)) {
        return false;
    }
    if !is_guard() {
        return true;
    }
    // A session that ends with the program hangs up on all of it; what ends the guard is the end of the pipe.
    let met = Arc::new(AtomicBool::new(false));
    for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM] {
        let _ = signal_hook::flag::register(signal, Arc::clone(&met));
    }
    let mut state = GIVEN_BACK;
    let mut byte = [0];
    loop {
        match io::stdin().lock().read(&mut byte) {
            Ok(1) => state = byte[0],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            _ => break,
        }
    }
    if state == TAKEN {
        give_back(arguments.next(), leave);
    }
    true
}

/// Returns whether this process was started as the guard, and not by somebody who found out its argument: it would write
/// into a file.
fn is_guard() -> bool {
    let is_pipe = fstat(io::stdin()).is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode).is_fifo());
    is_pipe && io::stdout().is_terminal()
}

/// Gives the terminal back. Errors are ignored.
fn give_back(modes: Option<OsString>, leave: &[u8]) {
    // A shell may have the terminal already: whoever changes its modes from the background is stopped by this signal,
    // and with him all others of the group. Where it is blocked it is not sent.
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGTTOU);
    if signals.thread_block().is_err() {
        return;
    }
    let Ok(terminal) = io::stdout().as_fd().try_clone_to_owned() else { return };
    let mut terminal = Output(File::from(terminal));
    restore(&terminal.0, modes);
    if !terminal.takes_text_within(GUARD_TIMEOUT) {
        return;
    }
    let words = b"unspool: it was killed, or there was no memory for it; the terminal is given back\r\n";
    let text = [leave, words].concat();
    // It may say that it takes text, and keep whoever writes waiting all the same.
    let (sender, receiver) = mpsc::channel();
    let aside = move || drop(sender.send(terminal.write_all(&text)));
    if std::thread::Builder::new().name("giving back".into()).spawn(aside).is_ok() {
        let _ = receiver.recv_timeout(GUARD_TIMEOUT);
    }
}

/// Gives the terminal its modes back, unless somebody has given it others meanwhile, as some shells do.
fn restore(terminal: &File, modes: Option<OsString>) {
    let Ok(mut current) = tcgetattr(terminal) else { return };
    let is_raw = !current.output_modes.contains(OutputModes::OPOST)
        && !current.local_modes.intersects(LocalModes::ISIG | LocalModes::ICANON | LocalModes::ECHO);
    let bits: Vec<u32> = modes
        .and_then(|modes| modes.into_string().ok())
        .map(|modes| modes.split(',').filter_map(|bits| bits.parse().ok()).collect())
        .unwrap_or_default();
    if let (true, &[input, output, control, local]) = (is_raw, &bits[..]) {
        current.input_modes = InputModes::from_bits_retain(input as _);
        current.output_modes = OutputModes::from_bits_retain(output as _);
        current.control_modes = ControlModes::from_bits_retain(control as _);
        current.local_modes = LocalModes::from_bits_retain(local as _);
        let _ = tcsetattr(terminal, OptionalActions::Now, &current);
    }
}
