//! The terminal is given back, whatever happens: a small program that takes it, in a pseudo-terminal.
//!
//! The program is this one: [`the_program`] runs it when the environment asks for that, so that its panics and its
//! stubbornness need no hooks in `unspool` itself.

use crate::support::{
    pty::{Session, Setup},
    tools,
};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use rustix::process::{Signal, kill_process};
use std::sync::mpsc;
use std::time::Duration;
use unspool::tui::terminal::{self, Terminal, TerminalInput, TerminalOptions};

const ASKED: &str = "TERMINAL_TEST_PROGRAM";

enum Event {
    Typed(TerminalInput),
    Told(terminal::Signal),
}

/// Shows what it was told last. Keys: q quits, z suspends, p panics, w panics in a worker, e in one whose
/// panics are expected, s gets stuck (after a bell), f floods, g floods from
/// elsewhere and gets stuck, l lends the terminal.
#[test]
fn the_program() {
    let Ok(how) = std::env::var(ASKED) else { return };
    terminal::forbid_core_dumps();
    terminal::report_panics(|| std::thread::current().name() == Some("expected"));
    let mut terminal = match Terminal::enter(TerminalOptions { stdout_is_data: how == "data" }) {
        Ok(terminal) => terminal,
        Err(error) => {
            eprintln!("unspool: {error}");
            std::process::exit(2);
        }
    };
    let (events, told) = mpsc::channel();
    let typed = events.clone();
    terminal::listen_for_signals(move |signal| drop(events.send(Event::Told(signal)))).unwrap();
    terminal::read_keys(move |typing| drop(typed.send(Event::Typed(typing.input)))).unwrap();
    let mut last = String::from("ready");
    loop {
        let size = terminal.size();
        let mut frame = Buffer::empty(Rect::new(0, 0, size.width, size.height));
        frame.set_stringn(0, 0, &last, size.width as usize, ratatui::style::Style::new());
        frame.set_stringn(
            0,
            1.min(size.height - 1),
            format!("{}x{}", size.width, size.height),
            size.width as usize,
            ratatui::style::Style::new(),
        );
        let _ = terminal.present(&frame, Some(Position::new(0, 0)));
        let key = match told.recv().unwrap() {
            Event::Typed(TerminalInput::Key(key)) => key.code.to_string(),
            Event::Typed(other) => format!("{other:?}"),
            Event::Told(signal) if signal.ends() => {
                drop(terminal);
                terminal::end_by(signal);
            }
            Event::Told(signal) => {
                match signal {
                    terminal::Signal::Suspend => drop(terminal.suspend().unwrap()),
                    terminal::Signal::Continue => terminal.reacquire().unwrap(),
                    _ => {}
                }
                format!("{signal:?}")
            }
        };
        last = format!("<{key}>");
        match key.as_str() {
            "q" => break,
            "z" if !terminal.suspend().unwrap() => last = "nobody would let me go on".into(),
            "p" => panic!("a literal"),
            "w" => drop(std::thread::spawn(|| panic!("a secret: {}", std::env::consts::OS)).join()),
            "e" => {
                let caught =
                    std::thread::Builder::new().name("expected".into()).spawn(|| panic!("no matter"));
                last = format!("caught: {}", caught.unwrap().join().is_err());
            }
            "s" => {
                terminal.send(b"\x07").unwrap();
                std::thread::sleep(Duration::from_mins(1));
            }
            "f" => loop {
                terminal.redraw_in_full();
                let _ = terminal.present(&frame, None);
            },
            "g" => {
                // Fills the line and gets stuck beside it.
                std::thread::spawn(|| {
                    let mut tty = std::fs::File::options().write(true).open("/dev/tty").unwrap();
                    while std::io::Write::write(&mut tty, &[0; 4096]).is_ok() {}
                });
                std::thread::sleep(Duration::from_mins(1));
            }
            "l" => {
                last = terminal
                    .lend(|| {
                        println!("the line, please");
                        let mut line = String::new();
                        std::io::stdin().read_line(&mut line).unwrap();
                        format!("lent: {}", line.trim())
                    })
                    .unwrap();
            }
            _ => {}
        }
    }
    terminal.leave().unwrap();
    if how == "data" {
        println!("the data");
    }
    std::process::exit(7);
}

fn setup(how: &str) -> Setup {
    Setup::new(std::env::current_exe().unwrap())
        .args(["--exact", "terminal::the_program", "--nocapture"])
        .env(ASKED, how)
}

fn start() -> Session {
    let session = setup("plain").spawn();
    session.wait_for("ready");
    session
}

#[test]
fn quitting_gives_the_terminal_back() {
    let mut session = start();
    assert!(session.look(vt100::Screen::alternate_screen));
    assert!(session.look(vt100::Screen::bracketed_paste));
    assert!(!session.is_as_before());
    session.send("q");
    assert_eq!(session.ended().exit_code(), 7);
    session.assert_given_back();
    assert!(!session.screen().contains("ready"), "something of it stays on the screen");
}

#[test]
fn a_signal_gives_the_terminal_back_and_is_what_the_program_dies_of() {
    for (signal, name) in [(Signal::INT, "Interrupt"), (Signal::TERM, "Terminated"), (Signal::HUP, "Hangup")]
    {
        let mut session = start();
        session.signal(signal);
        let status = session.ended();
        assert_eq!(status.signal(), Some(name), "{status:?}");
        session.assert_given_back();
    }
}

#[test]
fn a_program_that_is_stuck_is_ended_by_a_signal_all_the_same() {
    for signal in [Signal::TERM, Signal::HUP] {
        let mut session = start();
        session.send("s");
        session.wait_for_bytes(b"\x07", 0);
        session.signal(signal);
        session.ended();
        session.assert_given_back();
    }
}

#[test]
fn a_terminal_that_takes_nothing_keeps_no_program_alive() {
    for key in ["f", "g"] {
        let mut session = start();
        session.hold(true);
        session.send(key);
        let mut written = 0;
        while session.written() > written {
            written = session.settled(Duration::from_millis(100));
        }
        session.signal(Signal::TERM);
        session.wait_for_end();
        assert!(session.is_as_before(), "the modes differ");
        session.hold(false);
        session.ended();
    }
}

#[test]
fn a_panic_gives_the_terminal_back_and_quotes_nothing() {
    for (key, message) in [("p", "a literal"), ("w", "it may quote the archive")] {
        let mut session = start();
        session.send(key);
        assert_eq!(session.ended().exit_code(), 101);
        session.assert_given_back();
        let screen = session.screen();
        assert!(screen.replace('\n', "").contains(message) && screen.contains("terminal.rs"), "{screen}");
        assert!(!screen.contains("a secret"), "{screen}");
    }
}

#[test]
fn a_panic_that_somebody_catches_changes_nothing() {
    let mut session = start();
    session.send("e");
    session.wait_for("caught: true");
    session.send("q");
    assert_eq!(session.ended().exit_code(), 7);
}

#[test]
fn a_terminal_that_vanishes_ends_the_program() {
    let mut session = start();
    session.vanish("x");
    session.ended();
}

#[test]
fn suspending_gives_the_terminal_to_the_shell_and_takes_it_again() {
    let mut session =
        Setup::shell().env(ASKED, "plain").env("PROGRAM", std::env::current_exe().unwrap()).spawn();
    session.wait_for("shell>");
    for (key, signal) in [(true, false), (false, true)] {
        session.send("$PROGRAM --exact terminal::the_program --nocapture\r");
        session.wait_for("ready");
        let before = session.written();
        if key {
            session.send("z");
        }
        if signal {
            kill_process(session.foreground(), Signal::TSTP).unwrap();
        }
        session.wait_until("the main screen", |screen| !screen.alternate_screen() && !screen.hide_cursor());
        session.wait_for_bytes(b"shell> ", before);
        session.send("stty -a | grep -c ' icanon'\r");
        session.wait_for("\n1");
        session.send("fg; echo status $?\r");
        session.wait_until("the program again", vt100::Screen::alternate_screen);
        session.wait_for(if key { "<z>" } else { "Suspend" });
        session.send("q");
        session.wait_for("status 7");
        session.send("clear\r");
        session.wait_until_gone("status 7");
    }
    session.send("exit\r");
    session.ended();
    session.assert_given_back();
}

#[test]
fn a_program_that_nobody_would_let_go_on_does_not_stop() {
    let mut session = start();
    session.send("z");
    session.wait_for("nobody would let me go on");
    session.send("q");
    session.ended();
}

/// In a container the session may be led by a process outside, whose number is then told as 0. Asking for it through
/// a type that has no 0 ended the program.
#[test]
#[cfg(target_os = "linux")]
fn a_session_led_from_outside_a_container_does_not_end_it() {
    if !tools::has(&["unshare"]) {
        return;
    }
    let unshare = ["--pid", "--fork"];
    if !std::process::Command::new("unshare").args(unshare).arg("true").status().is_ok_and(|it| it.success())
    {
        return tools::left_out("this user may not make containers with unshare");
    }
    let program = std::env::current_exe().unwrap();
    let mut session = Setup::new("unshare")
        .args(unshare)
        .args([program.as_os_str()])
        .args(["--exact", "terminal::the_program", "--nocapture"])
        .env(ASKED, "plain")
        .spawn();
    session.wait_for("ready");
    session.send("z");
    session.wait_for("nobody would let me go on");
    session.send("q");
    session.ended();
    session.assert_given_back();
}

#[test]
fn stopped_from_elsewhere_it_goes_on_where_it_was() {
    let mut session = start();
    session.signal(Signal::STOP);
    let before = session.written();
    session.signal(Signal::CONT);
    session.wait_for_bytes(b"\x1b[2J", before);
    session.wait_for("Continue");
    session.send("q");
    session.ended();
    session.assert_given_back();
}

#[test]
fn the_terminal_can_be_lent_with_its_keys() {
    let mut session = start();
    session.send("l");
    session.wait_for("the line, please");
    session.send("for the other\r");
    session.wait_for("lent: for the other");
    session.send("q");
    session.ended();
    session.assert_given_back();
}

#[test]
fn keys_and_pastes_arrive() {
    let mut session = start();
    for (keys, shown) in [
        ("\x1b", "<Esc>"),
        ("\x1b[A", "<Up>"),
        ("é", "<é>"),
        ("\x03", "<c>"),
        ("\x1b[200~two\rlines\x1b[201~", "<Paste(\"two\\rlines\")>"),
    ] {
        session.send(keys);
        session.wait_for(shown);
    }
    session.send("q");
    session.ended();
}

#[test]
fn a_storm_of_resizes_ends_with_the_right_screen() {
    let mut session = start();
    for n in 0..60u16 {
        session.resize(1 + n * 7 % 120, 1 + n * 5 % 50);
    }
    session.resize(1, 1);
    session.wait_until("one cell", |screen| screen.contents() == "1");
    session.resize(40, 10);
    session.wait_for("40x10");
    let before = session.written();
    session.resize(39, 10);
    session.resize(40, 10);
    session.wait_for_bytes(b"\x1b[2J", before);
    session.wait_for("40x10");
    session.send("q");
    session.ended();
    session.assert_given_back();
}

#[test]
fn nothing_is_written_while_nothing_happens() {
    let session = start();
    let before = session.settled(Duration::from_millis(500));
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(session.written(), before);
}

#[test]
fn it_works_on_every_kind_of_terminal_but_a_dumb_one() {
    for kind in ["xterm", "xterm-256color", "screen", "tmux-256color", "linux", "vt220", ""] {
        let mut session = setup("plain").env("TERM", kind).spawn();
        session.wait_for("ready");
        session.send("q");
        assert_eq!(session.ended().exit_code(), 7);
        session.assert_given_back();
    }
    let mut session = setup("plain").env("TERM", "dumb").spawn();
    assert_eq!(session.ended().exit_code(), 2);
    assert!(session.screen().contains("TERM=dumb"), "{}", session.screen());
    assert!(!session.raw().contains(&0x1b));
}

#[test]
fn with_data_on_standard_output_it_draws_on_the_controlling_terminal() {
    let script = r#""$PROGRAM" --exact terminal::the_program --nocapture | cat > "$OUT"; echo "status $?"; cat "$OUT""#;
    let out = tempfile::NamedTempFile::new().unwrap();
    let mut session = Setup::new("/bin/sh")
        .args(["-c", script])
        .env(ASKED, "data")
        .env("PROGRAM", std::env::current_exe().unwrap())
        .env("OUT", out.path())
        .spawn();
    session.wait_for("ready");
    session.send("q");
    session.ended();
    assert!(session.screen().contains("the data"), "{}", session.screen());
    session.assert_given_back();
}

#[test]
fn without_a_terminal_on_standard_output_it_refuses() {
    let mut session = Setup::new("/bin/sh")
        .args(["-c", r#""$PROGRAM" --exact terminal::the_program --nocapture | cat"#])
        .env(ASKED, "plain")
        .env("PROGRAM", std::env::current_exe().unwrap())
        .spawn();
    session.ended();
    assert!(session.screen().contains("there is no terminal to draw on"), "{}", session.screen());
    assert!(!session.raw().contains(&0x1b));
}
