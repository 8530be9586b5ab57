//! A bug of its own anywhere in the app (in its update, its drawing, a thread beside it) gives the terminal back and
//! quotes nothing.
//!
//! The app runs in this program, in a pseudo-terminal: [`the_program`] drives its loop by hooks that fail when a word
//! is typed. What a small program shows of the terminal's life, and what the whole one does, is tried in
//! `tests/terminal`.

#[path = "../../tests/support/pty.rs"]
pub mod pty;

use std::process::Command;

use ratatui::{buffer::Buffer, layout::Position};

use self::pty::{Session, Setup};
use super::{
    action::Action, app::App, backend::ScreenLink, effect::Effect, event_loop::Hooks, run_with, terminal,
    theme::Theme, view,
};
use crate::{archive::Location, config::Config, launch::Launch, transcript::highlight};

/// The variable that says how [`the_program`] is to fail.
const ASKED: &str = "PANICS_TEST_PROGRAM";
/// Words of the archive, which a report must not quote.
const SECRET: &str = "Ingress returns 504";

/// Fails as an index out of bounds would: with a message made of what it choked on.
fn fail() {
    panic!("cannot show {SECRET:?}");
}

fn failing_update(app: &mut App, action: Action) -> Vec<Effect> {
    let effects = app.update(action);
    if app.search.input.text() == "update" {
        fail();
    }
    effects
}

fn failing_draw(
    app: &mut App,
    theme: &Theme,
    buffer: &mut Buffer,
    links: &mut Vec<ScreenLink>,
) -> Option<Position> {
    let cursor = view::draw_linked(app, theme, buffer, links);
    if app.search.input.text() == "draw" {
        fail();
    }
    cursor
}

/// A thread beside the app's fails.
fn failing_beside(app: &mut App, action: Action) -> Vec<Effect> {
    if app.search.input.text() == "beside" {
        let begun = std::thread::Builder::new().name("search".to_owned()).spawn(fail).expect("a thread");
        let _ = begun.join();
    }
    app.update(action)
}

#[test]
fn the_program() {
    let Ok(asked) = std::env::var(ASKED) else { return };
    terminal::report_panics(highlight::catches_panics);
    let hooks = match &*asked {
        "at once" => return fail(),
        "update" => Hooks { update: failing_update, ..Hooks::default() },
        "draw" => Hooks { draw: failing_draw, ..Hooks::default() },
        _ => Hooks { update: failing_beside, ..Hooks::default() },
    };
    let launch = Launch {
        archives: vec![Location::Demo],
        archives_origin: None,
        query: String::new(),
        config: Config::default(),
        warning: None,
        pick: false,
    };
    let left = run_with(launch, hooks).is_ok();
    std::process::exit(if left { 0 } else { 2 });
}

/// Arguments that make this program [`the_program`].
const ARGUMENTS: [&str; 3] = ["--exact", "tui::panics::the_program", "--nocapture"];

fn start(how: &str) -> Session {
    let session = Setup::new(std::env::current_exe().unwrap())
        .args(ARGUMENTS)
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
        assert!(screen.contains("stopped by a bug of its own") && screen.contains("panics.rs"), "{screen}");
        assert!(!screen.contains(SECRET), "{screen}");
        assert!(!screen.contains("50 conversations"), "something of it stays on the screen: {screen}");
    }
}

/// As a subcommand would.
#[test]
fn a_panic_without_a_screen_is_one_line_that_quotes_nothing() {
    let mut program = Command::new(std::env::current_exe().unwrap());
    program.args(ARGUMENTS).env(ASKED, "at once").env_remove("RUST_BACKTRACE");
    let output = program.output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), told.lines().count()), (Some(101), 1), "{told}");
    assert!(told.starts_with("unspool: stopped by a bug of its own"), "{told}");
    assert!(!told.contains(SECRET), "{told}");
}
