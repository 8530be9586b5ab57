//! A bug of its own anywhere in the real app (in its update, its drawing, a thread beside it) gives the terminal back
//! and quotes nothing; and the smallest terminals are of use.
//!
//! The app runs in this program: [`the_program`] drives its loop by works that fail when a word is typed, so that the
//! shipped program needs no hook for it. What a small program shows of the terminal's life is tried in `terminal.rs`,
//! the whole one's in `pty.rs`.

use std::time::Duration;

use crate::support::pty::{Session, Setup};
use ratatui::{buffer::Buffer, layout::Position};
use unspool::{
    archive::Location,
    config::Config,
    transcript::highlight,
    tui::{
        self, Launch, Works, action::Action, app::App, backend::Link, effect::Effect, terminal, theme::Theme,
        view,
    },
};

const ASKED: &str = "LIFECYCLE_TEST_PROGRAM";
/// Words of the archive, which a report must not quote.
const SECRET: &str = "Ingress returns 504";

/// Fails as an index out of bounds would: with a message made of what it choked on.
fn fail() {
    panic!("cannot show {SECRET:?}");
}

fn failing_update(app: &mut App, action: Action) -> Vec<Effect> {
    let effects = app.update(action);
    if app.input.text() == "update" {
        fail();
    }
    effects
}

fn failing_draw(
    app: &mut App,
    theme: &Theme,
    buffer: &mut Buffer,
    links: &mut Vec<Link>,
) -> Option<Position> {
    let cursor = view::draw_linked(app, theme, buffer, links);
    if app.input.text() == "draw" {
        fail();
    }
    cursor
}

/// A thread beside the app's fails.
fn failing_beside(app: &mut App, action: Action) -> Vec<Effect> {
    if app.input.text() == "beside" {
        let begun = std::thread::Builder::new().name("search".to_owned()).spawn(fail).expect("a thread");
        let _ = begun.join();
    }
    app.update(action)
}

#[test]
fn the_program() {
    let Ok(asked) = std::env::var(ASKED) else { return };
    terminal::report_panics(highlight::catches_panics);
    let works = match &*asked {
        "at once" => return fail(),
        "update" => Works { update: failing_update, ..Works::default() },
        "draw" => Works { draw: failing_draw, ..Works::default() },
        _ => Works { update: failing_beside, ..Works::default() },
    };
    let launch = Launch {
        archives: vec![Location::Demo],
        named_by: None,
        query: String::new(),
        config: Config::default(),
        warning: None,
        pick: false,
    };
    let left = tui::run_by(launch, works).is_ok();
    std::process::exit(if left { 0 } else { 2 });
}

fn start(how: &str) -> Session {
    let session = Setup::new(std::env::current_exe().unwrap())
        .args(["--exact", "lifecycle::the_program", "--nocapture"])
        .env(ASKED, how)
        .env("SSH_TTY", "/dev/pts/0")
        .spawn();
    session.wait_for("50 conversations");
    session
}

#[test]
fn a_panic_anywhere_in_the_app_gives_the_terminal_back_and_quotes_nothing() {
    for how in ["update", "draw", "beside"] {
        let mut session = start(how);
        session.send(how);
        assert_eq!(session.ended().exit_code(), 101, "in {how}");
        session.assert_given_back();
        let screen = session.screen().replace('\n', "");
        assert!(
            screen.contains("stopped by a bug of its own") && screen.contains("lifecycle.rs"),
            "{screen}"
        );
        assert!(!screen.contains(SECRET), "{screen}");
        assert!(!screen.contains("50 conversations"), "something of it stays on the screen: {screen}");
    }
}

/// The shipped program with stacks so large that it gets no thread.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
fn without_threads(arguments: &[&str]) -> std::process::Command {
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_unspool"));
    program.args(arguments).env("RUST_MIN_STACK", (1_u64 << 47).to_string()).env_remove("RUST_BACKTRACE");
    program
}

/// As a subcommand would.
#[test]
fn a_panic_without_a_screen_is_one_line_that_quotes_nothing() {
    let mut program = std::process::Command::new(std::env::current_exe().unwrap());
    program
        .args(["--exact", "lifecycle::the_program", "--nocapture"])
        .env(ASKED, "at once")
        .env_remove("RUST_BACKTRACE");
    let output = program.output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), told.lines().count()), (Some(101), 1), "{told}");
    assert!(told.starts_with("unspool: stopped by a bug of its own"), "{told}");
    assert!(!told.contains(SECRET), "{told}");
}

#[test]
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
fn who_gets_no_second_thread_does_it_all_on_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let into = format!("{}/", folder.path().display());
    for arguments in [
        &["audit", "--demo"][..],
        &["search", "--demo", "-c", "the"],
        &["check", "--demo"],
        &["extract", "--demo", "--all", "-o", &into],
    ] {
        let output = without_threads(arguments).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        // An audit that finds something ends with 1.
        let ending = i32::from(arguments[0] == "audit");
        assert_eq!(output.status.code(), Some(ending), "{arguments:?}: {told}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 50);
}

#[test]
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
fn a_copy_by_tmux_that_gets_no_second_thread_is_told_and_no_bug() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let tmux = folder.path().join("tmux");
    std::fs::write(&tmux, "#!/bin/sh\nexec cat >/dev/null\n").unwrap();
    std::fs::set_permissions(&tmux, std::fs::Permissions::from_mode(0o700)).unwrap();
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let config = folder.path().join("config.toml");
    std::fs::write(&config, "clipboard = \"tmux\"\n").unwrap();
    let copy = ["--config", config.to_str().unwrap(), "extract", "--demo", "--id", "2a24ece3", "--clipboard"];
    let output = without_threads(&copy).env("TMUX", "/nowhere,1,0").env("PATH", path).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), told.lines().count()), (Some(2), 1), "{told}");
    assert!(told.contains("tmux: "), "{told}");
}

/// Found, read, copied and written on the smallest screen that is of use.
#[test]
fn at_forty_columns_and_ten_rows_everything_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = Setup::unspool()
        .args(["--demo"])
        .env("SSH_TTY", "/dev/pts/0")
        .folder(folder.path())
        .size(40, 10)
        .spawn();
    session.wait_for("50 conversations");
    session.send("proxy-read-timeout");
    session.wait_for("Ingress returns 504");
    session.send("\r");
    session.wait_for("proxy-read-timeout");
    session.send("y");
    assert!(session.wait_for_copy(1).contains("proxy-read-timeout"));
    session.wait_for("copied");
    session.send("e");
    session.wait_for("Extract this conversation");
    session.send("\r");
    session.wait_for("wrote");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    session.send("?");
    session.wait_for("every key");
    session.send("\x1b");
    session.wait_until_gone("every key");
    session.send("q");
    assert_eq!(session.ended().exit_code(), 0);
    session.assert_given_back();
}

#[test]
fn one_cell_is_survived_from_beginning_to_end() {
    let mut session = Setup::unspool().args(["--demo"]).size(1, 1).spawn();
    session.settled(Duration::from_millis(500));
    for keys in
        ["kubernetes", "\r", "jjJJGg", "o", "\x1b", "e", "\x1b", "?", "\x1b", "i", "\x1b", ":", "\x1b"]
    {
        session.send(keys);
        session.settled(Duration::from_millis(60));
    }
    session.resize(80, 24);
    session.wait_for("Ingress returns 504");
    session.send("\x03");
    assert_eq!(session.ended().exit_code(), 0);
    session.assert_given_back();
}
