//! A program in a real pseudo-terminal, with an emulated terminal at its other end.
//!
//! Everything waits for what it needs to see, with a generous limit, and nothing for a fixed time: a busy machine
//! makes the tests slower, not red.

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{Read, Write};
use std::num::NonZero;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long anything may take on the slowest machine: what takes longer hangs.
const LIMIT: Duration = Duration::from_mins(1);

/// What to run, and in what terminal.
pub struct Setup {
    command: CommandBuilder,
    columns: u16,
    rows: u16,
    answers: Vec<u8>,
}

/// What a program asks for at its start: the colour of the ground, and what the terminal is.
pub const ASK: &[u8] = b"\x1b]11;?\x1b\\\x1b[c";
/// What a terminal says of itself.
pub const ATTRIBUTES: &[u8] = b"\x1b[?62;22c";

impl Setup {
    /// The program in a terminal of 80×24, `TERM=xterm-256color`, with an environment that holds nothing of the
    /// machine's but `PATH`.
    pub fn new(program: impl AsRef<std::ffi::OsStr>) -> Self {
        let mut command = CommandBuilder::new(program);
        command.env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.env("TZ", "UTC");
        command.env("XDG_CONFIG_HOME", "/nonexistent"); // nobody's own config file
        command.cwd(std::env::temp_dir());
        Self { command, columns: 80, rows: 24, answers: ATTRIBUTES.to_vec() }
    }

    /// With these arguments after those it has.
    #[must_use]
    pub fn args<A: AsRef<std::ffi::OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.command.args(args);
        self
    }

    /// With this variable in its environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Started in this folder.
    #[must_use]
    pub fn folder(mut self, folder: &std::path::Path) -> Self {
        self.command.cwd(folder);
        self
    }

    /// In a terminal of this size.
    #[must_use]
    pub fn size(mut self, columns: u16, rows: u16) -> Self {
        (self.columns, self.rows) = (columns, rows);
        self
    }

    /// In a terminal that answers this when it is asked; what it is and nothing of its ground if nothing is said here.
    #[must_use]
    pub fn answers(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.answers = bytes.into();
        self
    }

    /// Starts it.
    pub fn spawn(self) -> Session {
        let pair = native_pty_system().openpty(pty_size(self.columns, self.rows)).unwrap();
        let modes_before = modes(&*pair.master);
        let child = pair.slave.spawn_command(self.command).unwrap();
        drop(pair.slave);
        let shared = Arc::new(Shared {
            seen: Mutex::new(Seen {
                terminal: vt100::Parser::new(count(self.rows), count(self.columns), 0),
                raw: Vec::new(),
                ended: false,
                letting_go: false,
                held: false,
                rate: None,
            }),
            changed: Condvar::new(),
        });
        let reader = pair.master.try_clone_reader().unwrap();
        let writer: Writer = Arc::new(Mutex::new(pair.master.take_writer().unwrap()));
        let reading = std::thread::spawn({
            let (shared, writer, answers) = (Arc::clone(&shared), Arc::downgrade(&writer), self.answers);
            move || read(reader, &shared, &writer, &answers)
        });
        Session {
            writer: Some(writer),
            master: Some(pair.master),
            child,
            shared,
            reading: Some(reading),
            modes_before,
        }
    }
}

/// What is typed goes this way.
type Writer = Arc<Mutex<Box<dyn Write + Send>>>;

/// A running program.
pub struct Session {
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Writer>,
    child: Box<dyn Child + Send + Sync>,
    shared: Arc<Shared>,
    reading: Option<JoinHandle<()>>,
    modes_before: Modes,
}

struct Shared {
    seen: Mutex<Seen>,
    changed: Condvar,
}

struct Seen {
    terminal: vt100::Parser,
    raw: Vec<u8>,
    ended: bool,
    letting_go: bool,
    held: bool,
    /// Bytes a second, on a slow line.
    rate: Option<usize>,
}

/// The bits of a terminal's modes.
type Modes = (u64, u64, u64);

fn modes(master: &dyn MasterPty) -> Modes {
    let modes = master.get_termios().unwrap();
    (
        u64::from(modes.input_flags.bits()),
        u64::from(modes.output_flags.bits()),
        u64::from(modes.local_flags.bits()),
    )
}

fn pty_size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

fn count(n: u16) -> NonZero<u16> {
    NonZero::new(n).unwrap()
}

fn read(
    mut reader: Box<dyn Read + Send>,
    shared: &Shared,
    writer: &Weak<Mutex<Box<dyn Write + Send>>>,
    answers: &[u8],
) {
    let mut buffer = vec![0; 65536];
    let mut is_answered = false;
    let mut rate = None;
    loop {
        // Ten times a second, on a slow line.
        let most = rate.map_or(buffer.len(), |rate: usize| (rate / 10).max(1));
        let length = reader.read(&mut buffer[..most]).unwrap_or(0);
        let mut seen = shared.seen.lock().unwrap();
        seen.terminal.process(&buffer[..length]);
        seen.raw.extend_from_slice(&buffer[..length]);
        seen.ended = length == 0;
        if !is_answered && find(&seen.raw, ASK).is_some() {
            is_answered = true;
            if let Some(writer) = writer.upgrade() {
                let _ = writer.lock().unwrap().write_all(answers);
            }
        }
        shared.changed.notify_all();
        if seen.ended || seen.letting_go {
            return;
        }
        let seen = shared.changed.wait_while(seen, |seen| seen.held).unwrap();
        rate = seen.rate;
        if rate.is_some() {
            let tenth = Duration::from_millis(100);
            drop(shared.changed.wait_timeout_while(seen, tenth, |seen| seen.rate == rate).unwrap());
        }
    }
}

impl Session {
    /// Types this.
    pub fn send(&mut self, keys: impl AsRef<[u8]>) {
        let mut writer = self.writer.as_ref().expect("the terminal is there").lock().unwrap();
        writer.write_all(keys.as_ref()).unwrap();
        writer.flush().unwrap();
    }

    /// Presses enter as a person does who saw what was typed before: by itself, a moment after it.
    pub fn enter(&mut self) {
        std::thread::sleep(Duration::from_millis(350));
        self.send("\r");
    }

    /// The screen as text, without blanks at the ends of its lines.
    pub fn screen(&self) -> String {
        text(self.seen().terminal.screen())
    }

    /// Looks at the emulated terminal: cells, cursor, modes.
    pub fn look<T>(&self, at: impl FnOnce(&vt100::Screen) -> T) -> T {
        at(self.seen().terminal.screen())
    }

    /// Every byte written so far.
    pub fn raw(&self) -> Vec<u8> {
        self.seen().raw.clone()
    }

    /// The bytes written after the first `from`.
    pub fn raw_from(&self, from: usize) -> Vec<u8> {
        self.seen().raw[from..].to_vec()
    }

    /// How many bytes were written so far.
    pub fn written(&self) -> usize {
        self.seen().raw.len()
    }

    /// Waits until this stands on the screen.
    #[track_caller]
    pub fn wait_for(&self, text: &str) {
        self.wait_until(&format!("{text:?} on the screen"), |screen| screen.contents().contains(text));
    }

    /// Waits until this does not stand on the screen any more.
    #[track_caller]
    pub fn wait_until_gone(&self, text: &str) {
        self.wait_until(&format!("{text:?} gone from the screen"), |screen| {
            !screen.contents().contains(text)
        });
    }

    /// Waits until the screen is as it should be.
    #[track_caller]
    pub fn wait_until(&self, what: &str, is_so: impl Fn(&vt100::Screen) -> bool) {
        self.wait(what, |seen| is_so(seen.terminal.screen()));
    }

    /// Waits until the program has written these bytes, anywhere after the first `from`.
    #[track_caller]
    pub fn wait_for_bytes(&self, bytes: &[u8], from: usize) {
        self.wait(&bytes.escape_ascii().to_string(), |seen| {
            seen.raw[from..].windows(bytes.len()).any(|w| w == bytes)
        });
    }

    #[track_caller]
    fn wait(&self, what: &str, is_so: impl Fn(&Seen) -> bool) {
        let since = Instant::now();
        let mut seen = self.seen();
        while !is_so(&seen) {
            let left = LIMIT.saturating_sub(since.elapsed());
            if left.is_zero() || seen.ended {
                let end = if seen.ended { "the program has ended; " } else { "" };
                let screen = seen.terminal.screen().contents();
                drop(seen);
                panic!("waited in vain for {what}; {end}the screen:\n{screen}\n");
            }
            seen = self.shared.changed.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// Types this, waits for what is drawn of it, and answers with how many bytes that is.
    #[track_caller]
    pub fn cost(&mut self, keys: &str) -> usize {
        const QUIET: Duration = Duration::from_millis(60);
        let before = self.settled(QUIET);
        self.send(keys);
        self.wait(&format!("something drawn of {keys:?}"), |seen| seen.raw.len() > before);
        self.settled(QUIET) - before
    }

    /// Waits until nothing was written for this long, and answers with the bytes written so far.
    pub fn settled(&self, quiet: Duration) -> usize {
        let mut seen = self.seen();
        loop {
            let before = seen.raw.len();
            seen = self
                .shared
                .changed
                .wait_timeout_while(seen, quiet, |seen| seen.raw.len() == before)
                .unwrap()
                .0;
            if seen.raw.len() == before {
                return before;
            }
        }
    }

    /// What was put into the clipboard by OSC 52, in the order it was.
    pub fn copied(&self) -> Vec<Vec<u8>> {
        let raw = self.raw();
        let mut copied = Vec::new();
        let mut rest = &raw[..];
        while let Some(start) = find(rest, b"\x1b]52;") {
            rest = &rest[start + 5..];
            let Some(end) = rest.iter().position(|byte| matches!(byte, 0x07 | 0x1b)) else { break };
            let payload = rest[..end].splitn(2, |byte| *byte == b';').nth(1).unwrap_or_default();
            copied.push(from_base64(payload));
        }
        copied
    }

    /// Waits until this many texts were copied by OSC 52; answers with the last.
    #[track_caller]
    pub fn wait_for_copy(&self, count: usize) -> String {
        self.wait("a copy by OSC 52", |seen| {
            let ends = seen.raw.windows(5).enumerate().filter(|(_, window)| window == b"\x1b]52;");
            let whole = |start: usize| seen.raw[start + 5..].iter().any(|byte| matches!(byte, 0x07 | 0x1b));
            ends.filter(|(start, _)| whole(*start)).count() >= count
        });
        String::from_utf8(self.copied().pop().unwrap()).unwrap()
    }

    /// Gives the terminal another size; the program gets SIGWINCH.
    pub fn resize(&self, columns: u16, rows: u16) {
        self.seen().terminal.screen_mut().set_size(count(rows), count(columns));
        self.master.as_ref().expect("the terminal is there").resize(pty_size(columns, rows)).unwrap();
    }

    /// The program's process.
    pub fn pid(&self) -> Pid {
        Pid::from_raw(self.child.process_id().unwrap().cast_signed()).unwrap()
    }

    /// The process group that has the terminal: of the program a shell runs.
    pub fn foreground(&self) -> Pid {
        let group = self.master.as_ref().expect("the terminal is there").process_group_leader();
        Pid::from_raw(group.unwrap()).unwrap()
    }

    /// Sends a signal to the program.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Waits for the program's end, and for everything it wrote.
    #[track_caller]
    pub fn ended(&mut self) -> ExitStatus {
        let status = self.wait_for_end();
        if let Some(reading) = self.reading.take_if(|_| self.master.is_some()) {
            let _ = reading.join();
        }
        status
    }

    /// Waits for the program's end alone.
    #[track_caller]
    pub fn wait_for_end(&mut self) -> ExitStatus {
        let since = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(since.elapsed() < LIMIT, "still there after {LIMIT:?}; the screen:\n{}\n", self.screen());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Whether the program has not ended yet.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Whether the modes of the terminal are those it had before.
    pub fn is_as_before(&self) -> bool {
        modes(&**self.master.as_ref().expect("the terminal is there")) == self.modes_before
    }

    /// The terminal takes no more text, as on a line that hangs; or takes it again.
    pub fn hold(&self, held: bool) {
        self.seen().held = held;
        self.shared.changed.notify_all();
    }

    /// From now on the line is so slow: this many bytes a second; or as fast as this machine again.
    pub fn throttle(&self, rate: Option<usize>) {
        self.seen().rate = rate;
        self.shared.changed.notify_all();
    }

    /// The line is dropped: the other end of the terminal is closed. `key` is one that makes the program draw; the
    /// reader lets go with it.
    pub fn vanish(&mut self, key: &str) {
        self.seen().letting_go = true;
        self.send(key);
        self.reading.take().expect("not gone yet").join().unwrap();
        self.writer = None;
        self.master = None;
    }

    /// The last of a shell's life: the terminal shows the main screen with a cursor and without modes of the
    /// program's, and its modes are as before.
    #[track_caller]
    pub fn assert_given_back(&self) {
        self.look(|screen| {
            assert!(!screen.alternate_screen(), "on the alternate screen");
            assert!(!screen.hide_cursor(), "without a cursor");
            assert!(!screen.bracketed_paste(), "bracketed paste");
            assert!(!screen.application_cursor() && !screen.application_keypad(), "application keys");
            assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        });
        let raw = self.raw();
        let last = |sequence: &[u8]| raw.windows(sequence.len()).rposition(|window| window == sequence);
        assert!(last(b"\x1b[?7h") >= last(b"\x1b[?7l"), "no wrapping");
        assert!(last(b"\x1b[?2026l") >= last(b"\x1b[?2026h"), "an update that never ends");
        assert!(self.is_as_before(), "the modes differ");
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.shared.seen.lock().unwrap()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A screen as text, without blanks at the ends of its lines.
pub fn text(screen: &vt100::Screen) -> String {
    let contents = screen.contents();
    let lines: Vec<&str> = contents.lines().map(str::trim_end).collect();
    lines.join("\n")
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn from_base64(text: &[u8]) -> Vec<u8> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0u32, 0);
    for digit in text.iter().filter_map(|byte| alphabet.iter().position(|known| known == byte)) {
        bits = bits << 6 | digit as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    bytes
}
