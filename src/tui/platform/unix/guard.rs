//! A small process beside the program that gives the terminal back when the program cannot: it was killed, or got no
//! memory and was ended by that.
//!
//! It is the same program, told by its first argument. It reads at a pipe what becomes of the terminal, a byte each time,
//! and does nothing before the pipe ends. Whoever ends in an orderly way has said before that the terminal is given back.

use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io::{self, Read, Write},
    os::fd::AsFd,
    process::{ChildStdin, Command, Stdio},
    sync::{Arc, Mutex, PoisonError, atomic::AtomicBool},
};

use rustix::termios::{
    ControlModes, InputModes, LocalModes, OptionalActions, OutputModes, Termios, tcgetattr, tcsetattr,
};

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};

use super::{Output, input};

/// The first argument that makes the program the guard. Nobody else gives it.
const ARGUMENT: &str = "--guard-the-terminal";
/// The terminal is the program's.
const TAKEN: u8 = b'T';
/// It is given back.
const GIVEN_BACK: u8 = b'G';

/// The way to the guard, and what it is to know.
static GUARD: Mutex<(Option<ChildStdin>, u8)> = Mutex::new((None, GIVEN_BACK));

/// The modes of the terminal as they are now, in words for the guard.
pub struct TerminalModes(Option<String>);

impl TerminalModes {
    /// Reads them.
    pub fn read() -> Self {
        let modes = input().ok().and_then(|terminal| tcgetattr(&terminal).ok());
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
            tell(&mut guard.0, state);
        }
    };
    let _ = std::thread::Builder::new().name("guard".into()).spawn(start);
}

/// Tells the guard whether the terminal is the program's.
pub fn note_for_guard(taken: bool) {
    let mut guard = GUARD.lock().unwrap_or_else(PoisonError::into_inner);
    guard.1 = if taken { TAKEN } else { GIVEN_BACK };
    let state = guard.1;
    tell(&mut guard.0, state);
}

fn tell(guard: &mut Option<ChildStdin>, state: u8) {
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

/// Gives the terminal back. What of it fails is nobody's to hear.
fn give_back(modes: Option<OsString>, leave: &[u8]) {
    let Ok(terminal) = io::stdout().as_fd().try_clone_to_owned() else { return };
    let mut terminal = File::from(terminal);
    let bits: Vec<u32> = modes
        .and_then(|modes| modes.into_string().ok())
        .map(|modes| modes.split(',').filter_map(|bits| bits.parse().ok()).collect())
        .unwrap_or_default();
    if let (&[input, output, control, local], Ok(mut modes)) = (&bits[..], tcgetattr(&terminal)) {
        modes.input_modes = InputModes::from_bits_retain(input as _);
        modes.output_modes = OutputModes::from_bits_retain(output as _);
        modes.control_modes = ControlModes::from_bits_retain(control as _);
        modes.local_modes = LocalModes::from_bits_retain(local as _);
        // A shell that has the terminal already sees to that itself.
        let _ = tcsetattr(&terminal, OptionalActions::Now, &modes);
    }
    let words = b"unspool: it was killed, or there was no memory for it; the terminal is given back\r\n";
    let _ = terminal.write_all(&[leave, words].concat());
}
