//! The clipboard for real: what is copied in the screen arrives, exact, in the programs people have: X11 (Xvfb and
//! xclip), Wayland (sway and wl-paste), tmux, GNU screen, a bare terminal.
#![cfg(target_os = "linux")]

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::support::{
    pty::{Session, Setup},
    tmux::Tmux,
    tools::has,
};

const UNSPOOL: &str = env!("CARGO_BIN_EXE_unspool");
/// What runs within tmux.
const DEMO: &str = concat!(env!("CARGO_BIN_EXE_unspool"), " --demo");

/// A child that is ended with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks again and again until there is an answer; the machine may be busy.
#[track_caller]
fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The answer that the tests copy: prose and code.
fn expected() -> String {
    let output = Command::new(UNSPOOL)
        .args(["extract", "--demo", "-q", "title:\"Convert a Makefile\"", "-f", "jsonl"])
        .output()
        .expect("the program starts");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let line = text.lines().nth(1).expect("an answer");
    let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
    line["text"].as_str().expect("a text").to_owned()
}

/// Opens the conversation and copies its answer.
fn copy_the_answer(session: &mut Session) {
    session.wait_for("50 conversations");
    session.send("convert a makefile");
    session.wait_for("1 of 50");
    session.send("\r");
    session.wait_for("How would this look as a justfile?");
    session.send("J");
    session.send("y");
    session.wait_until("a copy", |screen| {
        screen.contents().contains("copied ") || screen.contents().contains("sent ")
    });
}

fn quit(mut session: Session) {
    session.send("q");
    assert_eq!(session.ended().exit_code(), 0);
}

// --- X11

/// A display that nobody else has, and its name.
fn display() -> (Running, String) {
    let mut xvfb = Command::new("Xvfb");
    xvfb.args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", "64x64x8"]);
    let mut child = xvfb.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut number = String::new();
    let stdout = child.stdout.take().unwrap();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut number).unwrap();
    (Running(child), format!(":{}", number.trim()))
}

/// What a display's clipboard holds; an error if nothing.
fn pasted(display: &str) -> Option<String> {
    let output = Command::new("timeout")
        .args(["5", "xclip", "-o", "-selection", "clipboard", "-display", display])
        .output()
        .unwrap();
    output.status.success().then(|| String::from_utf8(output.stdout).expect("UTF-8"))
}

#[test]
fn on_x11_the_text_is_in_the_clipboard_while_unspool_runs_and_that_is_said() {
    if !has(&["Xvfb", "xclip"]) {
        return;
    }
    let (_xvfb, display) = display();
    let mut session = Setup::unspool().args(["--demo"]).size(110, 30).env("DISPLAY", &display).spawn();
    copy_the_answer(&mut session);
    session.wait_for("to the desktop's clipboard, for as long as unspool runs");
    assert_eq!(pasted(&display).as_deref(), Some(&*expected()));
    assert!(session.copied().is_empty(), "and nothing goes through the terminal");
    quit(session);
    // Nobody keeps it: as was said.
    assert_eq!(pasted(&display), None);
}

/// A manager with just enough manners: it has the office, and when somebody leaves, it takes the text over.
#[test]
fn on_x11_a_clipboard_manager_takes_the_text_over() {
    if !has(&["Xvfb", "xclip"]) {
        return;
    }
    let (_xvfb, display) = display();
    let (ready, begun) = std::sync::mpsc::channel();
    let name = display.clone();
    let manager = std::thread::spawn(move || manager(&name, &ready));
    begun.recv_timeout(Duration::from_secs(30)).expect("the manager has its office");
    let mut session = Setup::unspool().args(["--demo"]).size(110, 30).env("DISPLAY", &display).spawn();
    copy_the_answer(&mut session);
    session.wait_for("to the desktop's clipboard");
    assert!(!session.screen().contains("for as long as"), "{}", session.screen());
    quit(session);
    wait_for("the manager to have it", || manager.is_finished().then_some(()));
    assert_eq!(manager.join().unwrap(), expected());
}

/// Takes the office, waits to be asked to save what another has, and gives what it got.
fn manager(display: &str, ready: &std::sync::mpsc::Sender<()>) -> String {
    use x11rb::{
        connection::Connection as _,
        protocol::{
            Event,
            xproto::{
                AtomEnum, ConnectionExt as _, CreateWindowAux, EventMask, PropMode, SELECTION_NOTIFY_EVENT,
                SelectionNotifyEvent, WindowClass,
            },
        },
        wrapper::ConnectionExt as _,
    };
    let (connection, screen) = x11rb::connect(Some(display)).unwrap();
    let root = connection.setup().roots[screen].root;
    let window = connection.generate_id().unwrap();
    let aux = CreateWindowAux::default().event_mask(EventMask::PROPERTY_CHANGE);
    connection.create_window(0, window, root, 0, 0, 1, 1, 0, WindowClass::INPUT_OUTPUT, 0, &aux).unwrap();
    let atom = |name: &str| connection.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom;
    let (office, clipboard, utf8, kept) =
        (atom("CLIPBOARD_MANAGER"), atom("CLIPBOARD"), atom("UTF8_STRING"), atom("KEPT"));
    connection.set_selection_owner(window, office, x11rb::CURRENT_TIME).unwrap();
    connection.sync().unwrap();
    ready.send(()).unwrap();
    let mut asked = None;
    loop {
        match connection.wait_for_event().unwrap() {
            Event::SelectionRequest(request) if request.selection == office => {
                asked = Some(request);
                connection.convert_selection(window, clipboard, utf8, kept, x11rb::CURRENT_TIME).unwrap();
                connection.flush().unwrap();
            }
            Event::SelectionNotify(notify) if notify.property == kept => {
                let property = connection
                    .get_property(true, window, kept, AtomEnum::ANY, 0, 1 << 20)
                    .unwrap()
                    .reply()
                    .unwrap();
                let request = asked.expect("it was asked");
                let none = request.target;
                connection
                    .change_property32(PropMode::REPLACE, request.requestor, request.property, none, &[])
                    .unwrap();
                let answer = SelectionNotifyEvent {
                    response_type: SELECTION_NOTIFY_EVENT,
                    sequence: 0,
                    time: request.time,
                    requestor: request.requestor,
                    selection: request.selection,
                    target: request.target,
                    property: request.property,
                };
                connection.send_event(false, request.requestor, EventMask::NO_EVENT, answer).unwrap();
                connection.sync().unwrap();
                return String::from_utf8(property.value).unwrap();
            }
            _ => {}
        }
    }
}

#[test]
fn from_the_command_line_a_copy_that_would_be_gone_at_once_is_refused() {
    if !has(&["Xvfb"]) {
        return;
    }
    let (_xvfb, display) = display();
    let output = Command::new(UNSPOOL)
        .args(["extract", "--demo", "-q", "title:\"Convert a Makefile\"", "--clipboard"])
        .env("DISPLAY", &display)
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("SSH_TTY")
        .env_remove("SSH_CONNECTION")
        .env_remove("TMUX")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("nothing here keeps what is copied once unspool has ended"), "{told}");
}

#[test]
fn a_display_that_is_gone_leaves_the_terminal_as_the_way() {
    let mut session = Setup::unspool().args(["--demo"]).env("DISPLAY", ":9871").spawn();
    copy_the_answer(&mut session);
    session.wait_for("by OSC 52");
    assert_eq!(session.wait_for_copy(1), expected());
    quit(session);
}

// --- Wayland

/// A compositor without a screen, its folder and its display. It does not want to be root.
fn sway() -> (Running, tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let is_root = rustix::process::getuid().is_root();
    let mut command = if is_root {
        rustix::fs::chown(
            folder.path(),
            Some(rustix::fs::Uid::from_raw(65534)),
            Some(rustix::fs::Gid::from_raw(65534)),
        )
        .unwrap();
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "sway"]);
        command
    } else {
        Command::new("sway")
    };
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
    command.args(["-c", "/dev/null"]).current_dir("/").env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    command.env("XDG_RUNTIME_DIR", folder.path()).env("HOME", folder.path());
    command.env("WLR_BACKENDS", "headless").env("WLR_LIBINPUT_NO_DEVICES", "1").env("WLR_RENDERER", "pixman");
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let running = Running(child);
    let display = wait_for("a Wayland display", || {
        let mut names = fs::read_dir(folder.path()).ok()?.flatten().map(|entry| entry.file_name());
        names.find_map(|name| {
            let name = name.to_string_lossy().into_owned();
            (name.starts_with("wayland-") && !name.ends_with("lock")).then_some(name)
        })
    });
    (running, folder, display)
}

#[test]
fn on_wayland_the_text_is_in_the_clipboard() {
    let root_wants: &[&str] = if rustix::process::getuid().is_root() { &["setpriv"] } else { &[] };
    if !has(&["sway", "wl-paste"]) || !has(root_wants) {
        return;
    }
    let (_sway, folder, display) = sway();
    let mut session = Setup::unspool()
        .args(["--demo"])
        .size(110, 30)
        .env("WAYLAND_DISPLAY", &display)
        .env("XDG_RUNTIME_DIR", folder.path())
        .spawn();
    copy_the_answer(&mut session);
    session.wait_for("to the desktop's clipboard, for as long as unspool runs");
    // Whoever asks at once may ask before the compositor has heard of it.
    let pasted = wait_for("a text in the clipboard", || {
        let output = Command::new("timeout")
            .args(["10", "wl-paste", "--no-newline"])
            .env("WAYLAND_DISPLAY", &display)
            .env("XDG_RUNTIME_DIR", folder.path())
            .output()
            .unwrap();
        (!output.stdout.is_empty()).then_some(output.stdout)
    });
    assert_eq!(String::from_utf8_lossy(&pasted), expected());
    quit(session);
}

// --- tmux

#[test]
fn within_tmux_the_text_reaches_the_terminal_around_it_and_a_buffer() {
    if !has(&["tmux"]) {
        return;
    }
    for configuration in [
        "",
        "set -g set-clipboard on\n",
        "set -g set-clipboard off\n",
        "set -g allow-passthrough on\n",
        "set -g allow-passthrough on\nset -g set-clipboard off\n",
    ] {
        let mut tmux = Tmux::start(configuration, "xterm-256color", DEMO);
        copy_the_answer(&mut tmux.session);
        tmux.session.wait_for("by tmux, which keeps it");
        assert_eq!(tmux.session.wait_for_copy(1), expected(), "{configuration}");
        assert_eq!(tmux.session.copied().len(), 1, "{configuration}: once, not twice");
        assert_eq!(tmux.ask(&["show-buffer"]), expected(), "{configuration}");
    }
}

#[test]
fn within_tmux_on_a_terminal_without_a_clipboard_it_is_a_buffer_only_and_that_is_said() {
    if !has(&["tmux"]) {
        return;
    }
    let mut tmux = Tmux::start("", "linux", DEMO);
    copy_the_answer(&mut tmux.session);
    tmux.session.wait_for("to a tmux buffer only (the terminal around tmux has no clipboard)");
    assert_eq!(tmux.ask(&["show-buffer"]), expected());
    assert!(tmux.session.copied().is_empty());
}

#[test]
fn what_is_too_large_for_the_terminal_is_a_tmux_buffer_whole() {
    if !has(&["tmux"]) {
        return;
    }
    let mut tmux = Tmux::start("", "xterm-256color", DEMO);
    copy_the_long_thread(&mut tmux.session);
    tmux.session.wait_for("to a tmux buffer only (too large for the terminal's clipboard)");
    assert!(tmux.ask(&["show-buffer"]).len() > 74_994);
    assert!(tmux.session.copied().is_empty());
}

fn copy_the_long_thread(session: &mut Session) {
    session.wait_for("50 conversations");
    session.send("title:lighthouse title:tern");
    // Its preview is there: it is the selected one.
    session.wait_for("2 000 messages · starred");
    session.send("\x0f");
}

// --- screen

#[test]
fn within_screen_the_text_reaches_the_terminal_around_it() {
    if !has(&["screen"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let mut session = Setup::new("screen")
        .args(["-c", "/dev/null", "-U", UNSPOOL, "--demo"])
        .env("SCREENDIR", folder.path())
        .env("HOME", folder.path())
        .env("SHELL", "/bin/sh")
        .size(110, 30)
        .spawn();
    copy_the_answer(&mut session);
    session.wait_for("by OSC 52 through screen");
    assert_eq!(session.wait_for_copy(1), expected());
    // Longer than screen takes at once.
    session.send("Y");
    assert!(session.wait_for_copy(2).contains(&expected()));
    quit(session);
}

// --- a bare terminal

#[test]
fn what_a_terminal_would_cut_is_not_sent_and_a_file_is_offered() {
    let mut session = Setup::unspool().args(["--demo"]).size(120, 30).spawn();
    copy_the_long_thread(&mut session);
    session.wait_for("the conversation was not copied: 168 KB, the terminal takes 75 KB: e saves it");
    assert!(session.copied().is_empty());
}

#[test]
fn on_a_terminal_without_a_clipboard_that_is_said_and_a_file_is_offered() {
    let mut session = Setup::unspool().args(["--demo"]).env("TERM", "linux").spawn();
    session.wait_for("50 conversations");
    session.send("\x0f");
    session.wait_for("the conversation was not copied: no clipboard on this terminal: e saves it");
    assert!(session.copied().is_empty());
    let output = Command::new(UNSPOOL)
        .args(["extract", "--demo", "-q", "title:\"Convert a Makefile\"", "--clipboard"])
        .env_clear()
        .env("TERM", "linux")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        told.contains("not copied: no clipboard on this terminal: -o FILE writes it to a file"),
        "{told}"
    );
}
