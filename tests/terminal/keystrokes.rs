//! Keys as terminals, multiplexers and lines really send them: a person's are done, and a text that arrives as keys runs
//! nothing, writes nothing, and does not go on into the shell.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
    thread::sleep,
    time::{Duration, Instant},
};

use crate::support::{
    pty::{Session, Setup},
    tmux::Tmux,
    tools,
};

const UNSPOOL: &str = env!("CARGO_BIN_EXE_unspool");
const DEMO: &str = concat!(env!("CARGO_BIN_EXE_unspool"), " --demo");

/// Longer than a pause after which an enter is a person's, whatever was before it.
const PAUSE: Duration = Duration::from_millis(350);

fn files(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap();
    files.map(|file| file.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

/// The thread of a conversation, in a folder of its own.
fn reading(folder: &Path) -> Session {
    let mut session = Setup::unspool().args(["--demo"]).env("SSH_TTY", "/dev/pts/0").folder(folder).spawn();
    open_thread(&mut session);
    session
}

fn open_thread(session: &mut Session) {
    session.wait_for("50 conversations");
    session.send("kubernetes ingress timeout");
    session.wait_for("4 of 50");
    session.send("\r");
    session.wait_for("That is nginx's own default");
}

fn leave(mut session: Session) {
    session.send("\x03");
    assert_eq!(session.ended().exit_code(), 0);
    session.assert_given_back();
}

#[test]
fn a_paste_without_brackets_runs_nothing_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = reading(folder.path());
    for text in [
        "!touch ran\r",
        "!touch ran\r\r\r",
        "e\r\r",
        "E\r\r",
        ":extract\r\r\r",
        "?q!touch ran\r",
        "o\x1b!touch ran\r",
    ] {
        // In one piece, and in two.
        for cut in [0, 1, text.len() / 2, text.len() - 1] {
            let (first, rest) = text.as_bytes().split_at(cut);
            session.send(first);
            if cut > 0 {
                sleep(Duration::from_millis(10));
            }
            session.send(rest);
            session.wait_for("enter runs it");
            assert_eq!(files(folder.path()), Vec::<String>::new(), "{text:?} cut at {cut}");
            sleep(PAUSE);
            session.send("\x1b");
            session.wait_until_gone("enter runs it");
        }
    }
    // Nothing is lost: the prompt waits for an enter.
    session.send("!echo all of it is there > ran\r");
    session.wait_for("to echo all of it is there > ran");
    sleep(PAUSE);
    session.send("\r");
    session.wait_for("[enter: back to unspool]");
    assert_eq!(fs::read_to_string(folder.path().join("ran")).unwrap(), "all of it is there\n");
    session.send("\r");
    session.wait_for("That is nginx's own default");
    leave(session);
}

#[test]
fn a_person_s_enter_writes() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = reading(folder.path());
    sleep(PAUSE);
    session.send("e");
    sleep(Duration::from_millis(70));
    session.send("\r");
    session.wait_for("wrote ");
    assert_eq!(files(folder.path()).len(), 1);
    leave(session);
}

/// The thread of a conversation, in a program that a shell runs.
fn reading_in_a_shell(folder: &Path) -> Session {
    let mut session = Setup::shell().folder(folder).spawn();
    session.wait_for("shell>");
    session.send(format!("{UNSPOOL} --demo\r"));
    open_thread(&mut session);
    session
}

/// A `q` in a text that was pasted into the list ended the program, and the shell ran the rest.
#[test]
fn what_follows_a_quitting_key_in_a_paste_does_not_reach_the_shell() {
    let folder = tempfile::tempdir().unwrap();
    for way_out in ["q", "\x03", "\x1a"] {
        let mut session = reading_in_a_shell(folder.path());
        let before = session.written();
        session.send(way_out);
        let (mut last, mut widest) = (Instant::now(), Duration::ZERO);
        for piece in ["touch ", "leaked\r", "touch leaked\r"] {
            sleep(Duration::from_millis(2));
            session.send(piece);
            widest = widest.max(last.elapsed());
            last = Instant::now();
        }
        if widest > Duration::from_millis(30) {
            // Whoever waits so long is taken for a person.
            tools::left_out("this machine is too busy to paste");
            continue;
        }
        session.wait_for_bytes(b"shell> ", before);
        session.send("echo typed > later; echo done\r");
        session.wait_for("\ndone");
        assert_eq!(files(folder.path()), ["later"], "{way_out:?}");
        session.send("exit\rexit\r");
        session.ended();
    }
}

/// After three seconds of it the shell had the rest.
#[test]
fn a_text_that_arrives_slowly_does_not_reach_the_shell_however_long_it_is() {
    let folder = tempfile::tempdir().unwrap();
    for attempt in 1.. {
        let mut session = reading_in_a_shell(folder.path());
        let before = session.written();
        sleep(PAUSE);
        session.send("q");
        let (mut last, mut widest) = (Instant::now(), Duration::ZERO);
        let keys = std::iter::repeat_n("x", 400).chain(["\r", "touch leaked\r", "touch leaked\r"]);
        let keys: Vec<&str> = keys.collect();
        for (number, key) in keys.iter().enumerate() {
            // Slower than anything pasted, and for longer than anybody waited: the last row says what for.
            let pause = Duration::from_millis(if number < 3 { 10 } else { 15 });
            sleep(pause);
            session.send(key);
            widest = widest.max(last.elapsed());
            last = Instant::now();
        }
        if widest > Duration::from_millis(60) {
            // Whoever waits so long is taken for a person.
            if attempt < 5 {
                continue;
            }
            tools::left_out("this machine is too busy to type");
            return;
        }
        session.wait_for_bytes(b"waiting until no more keys come", before);
        session.wait_for_bytes(b"shell> ", before);
        session.send("echo typed > later; echo done\r");
        session.wait_for("\ndone");
        assert_eq!(files(folder.path()), ["later"]);
        session.send("exit\rexit\r");
        session.ended();
        return;
    }
}

#[test]
fn a_buffer_of_tmux_pasted_without_brackets_runs_nothing() {
    if !tools::has(&["tmux"]) {
        return;
    }
    let mut tmux = Tmux::start("", "xterm-256color", DEMO);
    open_thread(&mut tmux.session);
    for text in ["!touch ran\n", "!touch ran\n\n", "e\n", ":extract\n\n\n", "?q!touch ran\n"] {
        tmux.ask(&["set-buffer", text]);
        tmux.ask(&["paste-buffer"]);
        tmux.session.wait_for("enter runs it");
        assert_eq!(tmux.files(), Vec::<String>::new(), "{text:?}");
        sleep(PAUSE);
        tmux.session.send("\x1b");
        tmux.session.wait_until_gone("enter runs it");
    }
    // With brackets it is one edit.
    tmux.session.send("!");
    sleep(PAUSE);
    tmux.ask(&["set-buffer", "touch ran\n"]);
    tmux.ask(&["paste-buffer", "-p"]);
    tmux.session.wait_for("to touch ran");
    assert_eq!(tmux.files(), Vec::<String>::new());
    sleep(PAUSE);
    tmux.session.send("\r");
    tmux.session.wait_for("[enter: back to unspool]");
    assert_eq!(tmux.files(), ["ran"]);
}

/// tmux takes both for one key with alt, for half a second; both were lost.
#[test]
fn through_tmux_an_esc_and_the_key_after_it_are_both_done() {
    if !tools::has(&["tmux"]) {
        return;
    }
    let mut tmux = Tmux::start("", "xterm-256color", DEMO);
    open_thread(&mut tmux.session);
    tmux.session.send("\x1b/");
    tmux.session.wait_until("the cursor in the search line", |screen| screen.cursor_position().0 == 0);
    tmux.session.send("x");
    tmux.session.wait_for("timeoutx");
    tmux.session.send("\x1b\x1b[B");
    tmux.session.wait_until("the cursor in the list", |screen| screen.cursor_position().0 > 0);
}

#[test]
fn a_buffer_of_screen_runs_nothing() {
    if !tools::has(&["screen"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let there = tempfile::tempdir().unwrap();
    let buffer = folder.path().join("buffer");
    let mut session = Setup::new("screen")
        .args(["-S", "keys", "-c", "/dev/null", "-U", UNSPOOL, "--demo"])
        .env("SCREENDIR", folder.path())
        .env("HOME", folder.path())
        .env("SHELL", "/bin/sh")
        .folder(there.path())
        .spawn();
    open_thread(&mut session);
    for text in ["!touch ran\n", "e\n\n", ":extract\n\n\n"] {
        fs::write(&buffer, text.replace('\n', "\r")).unwrap();
        for command in [&["readbuf", buffer.to_str().unwrap()][..], &["paste", "."]] {
            let said = Command::new("screen")
                .args(["-S", "keys", "-p", "0", "-X"])
                .args(command)
                .env("SCREENDIR", folder.path())
                .status()
                .unwrap();
            assert!(said.success(), "{command:?}");
        }
        session.wait_for("enter runs it");
        assert_eq!(files(there.path()), Vec::<String>::new(), "{text:?}");
        sleep(PAUSE);
        session.send("\x1b");
        session.wait_until_gone("enter runs it");
    }
    session.send("\x03");
    session.ended();
}
