//! Puts text on the clipboard, by whatever way reaches the person: the desktop, tmux, or the terminal itself (OSC 52).
//!
//! Which ways to try is a pure function of the setting and the [`ClipboardEnvironment`] (`plan`). Nothing is written to
//! the terminal here: [`Copied::terminal_bytes`] holds the bytes for whoever owns it.

mod clipboard_manager;
mod desktop;
mod display;

use std::{
    env, fmt,
    io::Write,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crossterm::{Command as _, clipboard::CopyToClipboard};

use self::{
    desktop::{CLIPBOARD_TIMEOUT, Desktop},
    display::DisplayTarget,
};
use crate::{extract::without_control_chars, io_error::io_error_text, over_ssh::is_over_ssh_by};

/// The clipboard to use, as set by `clipboard` in the config.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum ClipboardSetting {
    /// Chosen by the environment.
    #[default]
    Auto,
    /// The desktop's clipboard.
    Native,
    /// The terminal's, by OSC 52.
    Osc52,
    /// tmux's, which hands it to the terminal.
    Tmux,
    /// None: copying says that it is switched off.
    Off,
}

impl ClipboardSetting {
    /// Every setting with its word in the config.
    pub const ALL: [(Self, &str); 5] = [
        (Self::Auto, "auto"),
        (Self::Native, "native"),
        (Self::Osc52, "osc52"),
        (Self::Tmux, "tmux"),
        (Self::Off, "off"),
    ];
}

/// The most text a terminal is sent, in bytes, if the config says nothing: its base64 is 100 000 bytes, where the
/// strictest of the common terminals stop.
pub const DEFAULT_OSC52_LIMIT: usize = 74_994;

/// The facts of the environment that decide where a copy goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClipboardEnvironment {
    /// There is a display to talk to.
    pub display: bool,
    /// There is one, and it is reached by network: it is left alone.
    pub remote_display: bool,
    /// The terminal is at the other end of an SSH connection.
    pub ssh: bool,
    /// Within tmux.
    pub tmux: bool,
    /// Within GNU screen.
    pub screen: bool,
    /// The terminal is one that has no clipboard: the system's console, or a real terminal of old.
    pub console: bool,
}

impl ClipboardEnvironment {
    /// Reads the environment of this process.
    pub fn from_env() -> Self {
        Self::read(|name| env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
        let tmux = set("TMUX");
        let system = cfg!(not(all(unix, not(target_os = "macos"))));
        let is_remote = !system
            && variable("DISPLAY")
                .is_some_and(|value| display::display_target(&value) == DisplayTarget::ToHost);
        Self {
            // Where Wayland does not do, X11 would be tried: a display that is far away spoils both.
            display: system || (!is_remote && (set("DISPLAY") || set("WAYLAND_DISPLAY"))),
            remote_display: is_remote,
            ssh: is_over_ssh_by(set),
            tmux,
            // tmux may call its terminal "screen" too, and hands STY on if it was started within screen.
            screen: !tmux && (set("STY") || variable("TERM").is_some_and(|term| term.starts_with("screen"))),
            console: variable("TERM").is_some_and(|term| term == "linux" || term.starts_with("vt")),
        }
    }
}

/// A way to a clipboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CopyMethod {
    /// Through the arboard crate.
    Desktop,
    /// `tmux load-buffer -w -`.
    Tmux,
    /// OSC 52 as it is.
    Osc52,
    /// OSC 52 in the wrapping screen lets through.
    Screen,
}

/// Ways that are all tried, and one for when none of them works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct CopyPlan {
    all: &'static [CopyMethod],
    otherwise: Option<CopyMethod>,
}

/// Decides which ways to try. `None`: the clipboard is switched off.
fn plan(setting: ClipboardSetting, environment: &ClipboardEnvironment) -> Option<CopyPlan> {
    let ClipboardEnvironment { display, ssh, tmux, screen, console, .. } = *environment;
    // To a console it would be written for nobody.
    let raw = (!console).then_some(CopyMethod::Osc52);
    let terminal = if screen { Some(CopyMethod::Screen) } else { raw };
    let only = |all| CopyPlan { all, otherwise: None };
    let plan = match setting {
        ClipboardSetting::Off => return None,
        ClipboardSetting::Native => only(&[CopyMethod::Desktop]),
        ClipboardSetting::Tmux => only(&[CopyMethod::Tmux]),
        ClipboardSetting::Osc52 if screen => only(&[CopyMethod::Screen]),
        ClipboardSetting::Osc52 => only(&[CopyMethod::Osc52]),
        // The session may be attached from elsewhere: what tmux knows of SSH is from when it was started.
        ClipboardSetting::Auto if tmux && display => {
            CopyPlan { all: &[CopyMethod::Desktop, CopyMethod::Tmux], otherwise: raw }
        }
        ClipboardSetting::Auto if tmux => CopyPlan { all: &[CopyMethod::Tmux], otherwise: raw },
        ClipboardSetting::Auto if display && !ssh => {
            CopyPlan { all: &[CopyMethod::Desktop], otherwise: terminal }
        }
        ClipboardSetting::Auto if screen => only(&[CopyMethod::Screen]),
        ClipboardSetting::Auto if terminal.is_none() => only(&[]),
        ClipboardSetting::Auto => only(&[CopyMethod::Osc52]),
    };
    Some(plan)
}

/// The result of a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Bytes of text.
    pub bytes: usize,
    /// The way it went, for the sentence "copied 412 bytes to the clipboard …": "by OSC 52", "by tmux, which
    /// keeps it", "of the desktop".
    pub way: String,
    /// To be written to the terminal by whoever owns it; often empty.
    pub terminal_bytes: Vec<u8>,
    /// It is still there when this program has ended.
    pub lasts: bool,
    /// It is known to have arrived. What a terminal is sent it may drop, and never says so.
    pub arrived: bool,
}

/// The reason why nothing was copied. One line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CopyError {
    /// The one way there is takes less.
    #[error("{}, the terminal takes {}", crate::message::format::size(*.bytes as u64), crate::message::format::size(*.limit as u64))]
    TooLarge {
        /// The text's.
        bytes: usize,
        /// The terminal's.
        limit: usize,
    },
    /// No way worked.
    #[error("{0}")]
    Failed(String),
}

/// The clipboard of one session. Keep it for the life of the app: on X11 a copied text is there only as long as
/// somebody answers for it, and dropping this hands it to the desktop's clipboard manager, if there is one.
pub struct Clipboard {
    setting: ClipboardSetting,
    environment: ClipboardEnvironment,
    osc52_limit: usize,
    desktop: Option<Desktop>,
}

impl fmt::Debug for Clipboard {
    // Without the texts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clipboard")
            .field("setting", &self.setting)
            .field("environment", &self.environment)
            .finish_non_exhaustive()
    }
}

impl Clipboard {
    /// Opens nothing yet. `osc52_limit` is in bytes of text ([`DEFAULT_OSC52_LIMIT`]).
    pub fn new(setting: ClipboardSetting, environment: ClipboardEnvironment, osc52_limit: usize) -> Self {
        Self { setting, environment, osc52_limit, desktop: None }
    }

    /// Copies a text, made [`without_control_chars`]. May take up to two seconds a way where a display or tmux does not
    /// answer.
    ///
    /// # Errors
    /// Fails where the clipboard is switched off, where no way works, and where the only way takes less text.
    pub fn copy(&mut self, text: &str) -> Result<Copied, CopyError> {
        let text = without_control_chars(text);
        if text.is_empty() {
            return Err(CopyError::Failed("there is nothing to copy".to_owned()));
        }
        let Some(plan) = plan(self.setting, &self.environment) else {
            return Err(CopyError::Failed("the clipboard is switched off in the config".to_owned()));
        };
        let mut done = Copied {
            bytes: text.len(),
            way: String::new(),
            terminal_bytes: Vec::new(),
            lasts: false,
            arrived: false,
        };
        let mut failures = Vec::new();
        for &method in plan.all {
            self.copy_by(method, &text, &mut done, &mut failures);
        }
        if let Some(method) = plan.otherwise.filter(|_| done.way.is_empty()) {
            self.copy_by(method, &text, &mut done, &mut failures);
        }
        if !done.way.is_empty() {
            // Over SSH nobody expects another way.
            if self.setting == ClipboardSetting::Auto
                && self.environment.remote_display
                && !self.environment.ssh
            {
                done.way += " (the display is reached by network only)";
            }
            return Ok(done);
        }
        let too_large = failures.iter().position(|error| matches!(error, CopyError::TooLarge { .. }));
        let failed = CopyError::Failed("no clipboard on this terminal".to_owned());
        Err(too_large.map(|index| failures.swap_remove(index)).or_else(|| failures.pop()).unwrap_or(failed))
    }

    fn copy_by(&mut self, method: CopyMethod, text: &str, done: &mut Copied, failures: &mut Vec<CopyError>) {
        let fits = text.len() <= self.osc52_limit;
        let result = match method {
            CopyMethod::Desktop if self.environment.remote_display => Err(CopyError::Failed(
                "the display is reached by network, which is not used: set clipboard to auto or osc52"
                    .to_owned(),
            )),
            CopyMethod::Desktop => self
                .desktop
                .get_or_insert_with(Desktop::start)
                .copy(text)
                .map(|lasts| {
                    let way =
                        if lasts { "of the desktop" } else { "of the desktop, for as long as unspool runs" };
                    (way, lasts)
                })
                .map_err(CopyError::Failed),
            CopyMethod::Tmux => load_tmux_buffer(text, fits)
                .map(|()| match (fits, fits && tmux_reaches_a_clipboard()) {
                    (_, true) => ("by tmux, which keeps it", true),
                    (true, false) => {
                        ("to a tmux buffer only (the terminal around tmux has no clipboard)", true)
                    }
                    (false, _) => ("to a tmux buffer only (too large for the terminal's clipboard)", true),
                })
                .map_err(CopyError::Failed),
            CopyMethod::Osc52 | CopyMethod::Screen if !fits => {
                Err(CopyError::TooLarge { bytes: text.len(), limit: self.osc52_limit })
            }
            CopyMethod::Osc52 => {
                done.terminal_bytes = osc52(text).into_bytes();
                Ok(("by OSC 52", true))
            }
            CopyMethod::Screen => {
                done.terminal_bytes = for_screen(&osc52(text));
                Ok(("by OSC 52 through screen", true))
            }
        };
        match result {
            Ok((way, lasts)) => {
                done.way =
                    if done.way.is_empty() { way.to_owned() } else { format!("{} and {way}", done.way) };
                done.lasts |= lasts;
                done.arrived |= matches!(method, CopyMethod::Desktop | CopyMethod::Tmux);
            }
            Err(error) => failures.push(error),
        }
    }
}

/// Returns the sequence that asks a terminal to take a text.
fn osc52(text: &str) -> String {
    let mut sequence = String::new();
    // Writing to a String cannot fail.
    let _ = CopyToClipboard::to_clipboard_from(text).write_ansi(&mut sequence);
    sequence
}

/// Wraps a sequence for screen, which hands on the content of a device control string, 768 bytes at a time.
/// The sequence's own end (ESC \) would end that string, so it ends in BEL instead, which means the same.
fn for_screen(sequence: &str) -> Vec<u8> {
    /// Bytes of one device control string; screen takes 768.
    const MAX: usize = 512;
    let body = sequence.strip_suffix("\x1b\\").unwrap_or(sequence);
    let bytes: Vec<u8> = body.bytes().chain([0x07]).collect();
    bytes.chunks(MAX).flat_map(|chunk| [b"\x1bP", chunk, b"\x1b\\"].concat()).collect()
}

/// Hands a text to tmux, which keeps it as a buffer and, with `to_terminal`, sends it on to the terminal's
/// clipboard: under tmux's defaults the only way there.
///
/// # Errors
/// Fails with the reason, in one line, where tmux cannot be started, refuses, or does not answer in time.
fn load_tmux_buffer(text: &str, to_terminal: bool) -> Result<(), String> {
    let mut command = Command::new("tmux");
    command.arg("load-buffer").args(to_terminal.then_some("-w")).arg("-");
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| format!("tmux: {}", io_error_text(&error)))?;
    let stdin = child.stdin.take();
    let text = text.to_owned();
    // A tmux that does not read must not hold us up.
    let write = move || stdin.map_or(Ok(()), |mut stdin| stdin.write_all(text.as_bytes()));
    let writer = thread::Builder::new().name("tmux".to_owned()).spawn(write);
    let status = wait(&mut child, if writer.is_ok() { CLIPBOARD_TIMEOUT } else { Duration::ZERO });
    if status.is_none() {
        let _ = child.kill();
        let _ = child.wait();
    }
    let writer = writer.map_err(|error| format!("tmux: {}", io_error_text(&error)))?;
    let written = writer.join().is_ok_and(|written| written.is_ok());
    match status {
        None => Err("tmux does not answer".to_owned()),
        Some(true) if written => Ok(()),
        Some(_) => Err("tmux did not take it".to_owned()),
    }
}

/// Returns whether the terminal that shows tmux is one that tmux believes to take a clipboard: to others it
/// sends nothing, and says nothing. A tmux that does not know of features is believed to reach it.
fn tmux_reaches_a_clipboard() -> bool {
    let mut command = Command::new("tmux");
    command.args(["display-message", "-p", "#{client_termfeatures}"]);
    command.stdin(Stdio::null()).stderr(Stdio::null());
    let features = command.output().map(|output| output.stdout).unwrap_or_default();
    let features = String::from_utf8_lossy(&features);
    let features = features.trim();
    features.is_empty() || features.split(',').any(|feature| feature == "clipboard")
}

/// Waits for a child and tells whether it succeeded; `None` when it is not done in time.
fn wait(child: &mut Child, patience: Duration) -> Option<bool> {
    let deadline = Instant::now() + patience;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status.success()),
            Ok(None) if Instant::now() >= deadline => return None,
            Ok(None) => thread::sleep(Duration::from_millis(5)),
            Err(_) => return Some(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        ClipboardSetting::{Auto, Native, Off},
        CopyMethod::{Desktop, Osc52, Screen, Tmux},
        *,
    };

    fn environment(words: &str) -> ClipboardEnvironment {
        let has = |word: &str| words.split(' ').any(|other| other == word);
        ClipboardEnvironment {
            display: has("display"),
            remote_display: has("far"),
            ssh: has("ssh"),
            tmux: has("tmux"),
            screen: has("screen"),
            console: has("console"),
        }
    }

    #[test]
    fn every_surrounding_has_its_ways() {
        let table: [(ClipboardSetting, &str, &[CopyMethod], Option<CopyMethod>); 28] = [
            (Auto, "", &[Osc52], None),
            (Auto, "ssh", &[Osc52], None),
            (Auto, "display", &[Desktop], Some(Osc52)),
            (Auto, "display ssh", &[Osc52], None),
            (Auto, "tmux", &[Tmux], Some(Osc52)),
            (Auto, "tmux ssh", &[Tmux], Some(Osc52)),
            (Auto, "tmux display", &[Desktop, Tmux], Some(Osc52)),
            (Auto, "tmux display ssh", &[Desktop, Tmux], Some(Osc52)),
            (Auto, "screen", &[Screen], None),
            (Auto, "screen ssh", &[Screen], None),
            (Auto, "screen display", &[Desktop], Some(Screen)),
            (Auto, "screen display ssh", &[Screen], None),
            (Auto, "tmux screen", &[Tmux], Some(Osc52)),
            (Native, "", &[Desktop], None),
            (Native, "ssh tmux", &[Desktop], None),
            (ClipboardSetting::Osc52, "", &[Osc52], None),
            (ClipboardSetting::Osc52, "tmux display", &[Osc52], None),
            (ClipboardSetting::Osc52, "screen", &[Screen], None),
            (ClipboardSetting::Tmux, "", &[Tmux], None),
            (ClipboardSetting::Tmux, "display", &[Tmux], None),
            (Auto, "tmux screen ssh", &[Tmux], Some(Osc52)),
            (Auto, "tmux screen display", &[Desktop, Tmux], Some(Osc52)),
            (Auto, "console", &[], None),
            (Auto, "console ssh", &[], None),
            (Auto, "console display", &[Desktop], None),
            (Auto, "console tmux", &[Tmux], None),
            (Auto, "console screen", &[Screen], None),
            (ClipboardSetting::Osc52, "console", &[Osc52], None),
        ];
        for (setting, words, all, otherwise) in table {
            assert_eq!(
                plan(setting, &environment(words)),
                Some(CopyPlan { all, otherwise }),
                "{setting:?} {words}"
            );
        }
        assert_eq!(plan(Off, &environment("display tmux")), None);
    }

    #[test]
    fn the_environment_is_read_as_the_programs_set_it() {
        let read = |pairs: &[(&str, &str)]| {
            ClipboardEnvironment::read(|name| {
                pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(read(&[("SSH_TTY", "/dev/pts/1")]).ssh && read(&[("SSH_CONNECTION", "a b c d")]).ssh);
        assert!(!read(&[("SSH_TTY", "")]).ssh);
        assert!(read(&[("TMUX", "/tmp/x,1,0"), ("TERM", "screen-256color")]).tmux);
        assert!(!read(&[("TMUX", "/tmp/x,1,0"), ("TERM", "screen-256color"), ("STY", "1.a")]).screen);
        assert!(
            read(&[("STY", "1.a"), ("TERM", "xterm")]).screen && read(&[("TERM", "screen.xterm")]).screen
        );
        assert!(read(&[("WAYLAND_DISPLAY", "wayland-0")]).display && read(&[("DISPLAY", ":0")]).display);
        let is_remote = read(&[("WAYLAND_DISPLAY", "wayland-0"), ("DISPLAY", "localhost:10.0")]);
        let x11 = cfg!(all(unix, not(target_os = "macos")));
        assert_eq!((is_remote.display, is_remote.remote_display), (!x11, x11));
    }

    #[test]
    fn a_copy_over_ssh_is_sent_by_osc52() {
        let mut clipboard = Clipboard::new(Auto, environment("ssh display"), DEFAULT_OSC52_LIMIT);
        let copied = clipboard.copy("Zürich\x1b[201~\r\n").unwrap();
        assert_eq!(copied.way, "by OSC 52");
        assert_eq!(copied.bytes, "Zürich[201~\n".len());
        assert_eq!(copied.terminal_bytes, b"\x1b]52;c;WsO8cmljaFsyMDF+Cg==\x1b\\");
    }

    #[test]
    fn a_display_that_is_reached_by_network_is_left_alone() {
        let mut clipboard = Clipboard::new(Auto, environment("far"), DEFAULT_OSC52_LIMIT);
        let copied = clipboard.copy("x").unwrap();
        assert_eq!(copied.way, "by OSC 52 (the display is reached by network only)");
        assert!(!copied.terminal_bytes.is_empty());
        assert_eq!(Clipboard::new(Auto, environment("far ssh"), 10).copy("x").unwrap().way, "by OSC 52");
        let refused = Clipboard::new(Native, environment("far"), DEFAULT_OSC52_LIMIT).copy("x").unwrap_err();
        assert!(refused.to_string().contains("by network"), "{refused}");
    }

    #[test]
    fn what_the_terminal_would_cut_is_not_sent() {
        let mut clipboard = Clipboard::new(Auto, environment("ssh"), 10);
        assert!(clipboard.copy("0123456789").is_ok());
        assert_eq!(clipboard.copy("0123456789a"), Err(CopyError::TooLarge { bytes: 11, limit: 10 }));
    }

    #[test]
    fn nothing_and_a_switched_off_clipboard_are_said() {
        let mut off = Clipboard::new(Off, environment(""), DEFAULT_OSC52_LIMIT);
        assert!(off.copy("x").unwrap_err().to_string().contains("switched off"));
        let mut clipboard = Clipboard::new(Auto, environment(""), DEFAULT_OSC52_LIMIT);
        let console =
            Clipboard::new(Auto, environment("console"), DEFAULT_OSC52_LIMIT).copy("x").unwrap_err();
        assert_eq!(console.to_string(), "no clipboard on this terminal");
        assert_eq!(clipboard.copy("\x1b\r"), Err(CopyError::Failed("there is nothing to copy".to_owned())));
    }

    #[test]
    fn screen_gets_pieces_it_takes_which_are_the_sequence_together() {
        let text = "a long answer ".repeat(200);
        let mut clipboard = Clipboard::new(Auto, environment("screen"), DEFAULT_OSC52_LIMIT);
        let bytes = clipboard.copy(&text).unwrap().terminal_bytes;
        let sent = String::from_utf8(bytes).unwrap();
        let mut whole = String::new();
        for piece in sent.split_inclusive("\x1b\\") {
            assert!(piece.len() <= 768, "screen drops longer strings");
            whole.push_str(piece.strip_prefix("\x1bP").unwrap().strip_suffix("\x1b\\").unwrap());
        }
        assert_eq!(whole, format!("{}\x07", osc52(&text).strip_suffix("\x1b\\").unwrap()));
    }

    #[test]
    fn a_tmux_that_is_not_there_is_no_end() {
        // The server's socket is nowhere: tmux fails, or is not installed; either way the terminal is next.
        let mut clipboard = Clipboard::new(ClipboardSetting::Tmux, environment("tmux"), DEFAULT_OSC52_LIMIT);
        if let Err(error) = clipboard.copy("x") {
            assert!(error.to_string().starts_with("tmux"), "{error}");
        }
    }
}
