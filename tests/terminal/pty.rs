//! The real program in a real terminal: what only that shows.
//!
//! What it takes to give the terminal back under every circumstance is tried in `terminal.rs`; here it is the whole
//! program over the demo archive, as a person at the other end of a line has it.

use crate::support::{
    cost,
    pty::{Session, Setup, text},
};
use rustix::process::Signal;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::Duration;

const TITLE: &str = "Ingress returns 504 after a minute";
const QUESTION: &str = "Requests through our Kubernetes ingress die with 504 after exactly sixty seconds. \
                        The pod answers in ninety. Where is the timeout?";

/// Over a line, outside of tmux and screen: copies go by OSC 52.
fn setup() -> Setup {
    Setup::new(env!("CARGO_BIN_EXE_unspool")).args(["--demo"]).env("SSH_TTY", "/dev/pts/0")
}

/// With the whole demo read.
fn start(setup: Setup) -> Session {
    let session = setup.spawn();
    session.wait_for("50 conversations");
    session
}

/// With a thread of two screens open at its first message.
fn reading(setup: Setup) -> Session {
    let mut session = start(setup);
    session.send("kubernetes ingress timeout");
    session.wait_until("one result at the top", |screen| {
        screen.rows(0, 80).nth(2).is_some_and(|row| row.contains(TITLE))
    });
    session.send("\r");
    session.wait_for("That is nginx's own default");
    session
}

/// What the subcommand prints of that conversation.
fn extracted() -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_unspool"))
        .args(["extract", "--demo", "-q", "title:\"Ingress returns 504\""])
        .env("TZ", "UTC")
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// From the search line to the list: an escape is a key by itself once nothing follows it.
fn to_list(session: &mut Session) {
    session.send("\x1b");
    session.wait_until("the cursor in the list", |screen| screen.cursor_position().0 > 0);
}

fn quit(mut session: Session) {
    session.send("q");
    assert_eq!(session.ended().exit_code(), 0);
    session.assert_given_back();
}

#[test]
fn just_start_typing() {
    let mut session = start(setup());
    session.send("kubernetes ingress");
    session.wait_for("4 of 50");
    session.send("\x7f".repeat(18));
    session.wait_for("50 conversations");
    to_list(&mut session);
    quit(session);
}

/// `enter` came before the answer, and opened what had stood first until then.
#[test]
fn what_is_typed_in_one_go_does_what_it_does_typed_slowly() {
    let mut session = start(setup());
    session.send("kubernetes ingress timeout\rgy");
    assert_eq!(session.wait_for_copy(1), QUESTION);
    quit(session);
    let mut session = start(setup());
    session.send("garlic mustard\x1b[B\x1b[Asourdough pancake\x15kubernetes ingress timeout\x19q");
    let answer = session.wait_for_copy(1);
    assert!(answer.contains("proxy-read-timeout"), "{answer}");
    session.send("\x03");
    assert_eq!(session.ended().exit_code(), 0);
}

/// A paste overtook the keys that waited for an answer, and went into the search line.
#[test]
fn a_paste_has_its_turn_among_the_keys_typed_with_it() {
    let mut session = start(setup());
    session.send("kubernetes ingress timeout\rg/\x1b[200~default\x1b[201~\ry");
    let found = session.wait_for_copy(1);
    assert!(found.starts_with("That is nginx's own default"), "{found}");
    quit(session);
}

#[test]
fn a_copy_over_ssh_is_sent_by_osc_52_exactly_as_written() {
    let mut session = reading(setup());
    session.send("g");
    session.send("y");
    assert_eq!(session.wait_for_copy(1).trim_end(), QUESTION);
    session.wait_for("by OSC 52");
    session.send("J");
    session.send("y");
    let answer = session.wait_for_copy(2);
    assert!(answer.starts_with("That is nginx's own default: `proxy-read-timeout` is 60 s."), "{answer}");
    assert!(answer.contains("    nginx.ingress.kubernetes.io/proxy-read-timeout: \"120\"\n```"), "{answer}");
    session.send("Y");
    assert_eq!(session.wait_for_copy(3).trim_end(), extracted().trim_end());
    quit(session);
}

#[test]
fn the_best_answer_is_copied_from_the_search_line() {
    let mut session = start(setup());
    session.send("proxy-read-timeout");
    session.wait_for(TITLE);
    session.send("\x19");
    assert!(session.wait_for_copy(1).contains("proxy-read-timeout"));
    to_list(&mut session);
    quit(session);
}

#[test]
fn an_extract_is_the_subcommand_s_and_nobody_else_s_to_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = reading(setup().folder(folder.path()));
    session.send("e");
    session.wait_for("enter");
    session.enter();
    session.wait_for("wrote ");
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path()).collect();
    let [file] = files.as_slice() else { panic!("{files:?}") };
    assert_eq!(file.file_name().unwrap(), "2025-03-03-ingress-returns-504-after-a-minute.md");
    assert_eq!(std::fs::read_to_string(file).unwrap(), extracted());
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    quit(session);
}

#[test]
fn ctrl_c_quits_from_everywhere() {
    for keys in ["", "kubernetes", "kubernetes\r", "kubernetes\re", "\x1bOP"] {
        let mut session = start(setup());
        session.send(keys);
        session.settled(Duration::from_millis(200));
        session.send("\x03");
        assert_eq!(session.ended().exit_code(), 0, "after {keys:?}");
        session.assert_given_back();
    }
}

#[test]
fn a_signal_gives_the_terminal_back() {
    for (signal, name) in [(Signal::INT, "Interrupt"), (Signal::TERM, "Terminated"), (Signal::HUP, "Hangup")]
    {
        let mut session = reading(setup());
        session.signal(signal);
        assert_eq!(session.ended().signal(), Some(name));
        session.assert_given_back();
    }
}

#[test]
fn a_dropped_line_ends_it() {
    let mut session = reading(setup());
    session.vanish("\x0c");
    assert_eq!(session.ended().signal(), Some("Hangup"));
}

#[test]
fn ctrl_z_gives_the_shell_its_terminal_and_fg_the_screen_as_it_was() {
    let mut session = Setup::shell().spawn();
    session.wait_for("shell>");
    session.send("$UNSPOOL --demo\r");
    session.wait_for("50 conversations");
    session.send("kubernetes ingress");
    session.wait_for("1 with some words");
    let before = session.settled(Duration::from_millis(200));
    let screen = session.screen();
    session.send("\x1a");
    session.wait_for_bytes(b"shell> ", before);
    session.wait_until("the main screen", |screen| !screen.alternate_screen() && !screen.hide_cursor());
    session.send("stty -a | grep -c ' icanon'\r");
    session.wait_for("\n1");
    session.send("fg\r");
    session.wait_until("the screen as it was", |now| text(now) == screen);
    to_list(&mut session);
    session.send("q");
    session.wait_until("the main screen", |screen| !screen.alternate_screen());
    session.send("exit\r");
    session.ended();
    session.assert_given_back();
}

#[test]
fn a_storm_of_resizes_is_survived_in_every_place() {
    for keys in ["kubernetes", "kubernetes\r", "kubernetes\re", "\x1bOP", "\x1b?"] {
        let mut session = start(setup());
        session.send(keys);
        for n in 0..60u16 {
            session.resize(1 + n * 37 % 200, 1 + n * 11 % 60);
            if n % 7 == 0 {
                session.resize(1, 1);
                session.settled(Duration::from_millis(20));
            }
        }
        session.resize(80, 24);
        session.wait_until("text", |screen| screen.contents().len() > 200);
        session.send("\x03");
        assert_eq!(session.ended().exit_code(), 0, "after {keys:?}");
        session.assert_given_back();
    }
}

#[test]
fn one_cell_is_survived_and_forty_columns_are_enough() {
    let mut session = setup().size(1, 1).spawn();
    session.settled(Duration::from_millis(300));
    session.send("kubernetes ingress\rjjk\x1bOPqG");
    session.settled(Duration::from_millis(300));
    session.send("\x03");
    assert_eq!(session.ended().exit_code(), 0);

    let mut session = setup().size(40, 10).spawn();
    session.wait_for("50 conv");
    session.send("kubernetes ingress timeout");
    session.wait_for("Ingress returns 504");
    session.send("\r");
    session.wait_for("annotations:");
    session.send("g");
    session.wait_for("die with 504");
    session.send("y");
    assert_eq!(session.wait_for_copy(1).trim_end(), QUESTION);
    quit(session);
}

#[test]
fn it_works_on_every_kind_of_terminal_but_a_dumb_one() {
    for kind in ["xterm", "xterm-256color", "screen", "tmux-256color", "linux", "vt220"] {
        let session = reading(setup().env("TERM", kind));
        quit(session);
    }
    let mut session = setup().env("TERM", "dumb").spawn();
    assert_eq!(session.ended().exit_code(), 2);
    assert!(session.screen().contains("TERM=dumb"), "{}", session.screen());
}

#[test]
fn the_window_s_title_is_left_alone() {
    let mut session = reading(setup());
    session.send("jjjy");
    session.wait_for_copy(1);
    let raw = session.raw();
    let sequences = raw.windows(4).filter(|window| window.starts_with(b"\x1b]"));
    let known = |sequence: &[u8]| [b"\x1b]52", b"\x1b]8;", b"\x1b]11"].iter().any(|known| sequence == *known);
    assert!(
        sequences.into_iter().all(known),
        "an OSC that is no copy, no link and no question for the ground"
    );
    quit(session);
}

#[test]
fn a_line_a_page_and_a_letter_are_sent_in_few_bytes() {
    let mut session = reading(setup());
    let lines: Vec<usize> =
        "jjjjjjjjjjjjkkkkkk".chars().map(|key| session.cost(key.encode_utf8(&mut [0; 4]))).collect();
    let pages = ["\x1b[6~", "\x1b[6~", "\x1b[5~", "G", "g"].map(|key| session.cost(key));
    quit(session);
    let mut session = start(setup());
    session.send("kubernetes ingress timeou");
    session.wait_for("4 of 50");
    // With these what has all words stays what it is; what has some of them may change.
    let letters = ["t", "\x7f", "t", "\x1b[D", "\x1b[C"].map(|key| session.cost(key));
    to_list(&mut session);
    quit(session);
    println!("lines {lines:?}\npages {pages:?}\nletters {letters:?}");
    assert!(lines.iter().all(|bytes| *bytes <= 800), "lines: {lines:?}");
    assert!(pages.iter().all(|bytes| *bytes <= 4096), "pages: {pages:?}");
    assert!(letters.iter().all(|bytes| *bytes <= 1_500), "letters: {letters:?}");
}

#[test]
fn idle_it_writes_nothing_and_wakes_for_nothing() {
    let mut session = reading(setup());
    let written = session.settled(Duration::from_millis(500));
    #[cfg(target_os = "linux")]
    let sleeps = cost::settled_sleeps(session.pid());
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(session.written(), written);
    #[cfg(target_os = "linux")]
    assert_eq!(cost::sleeps(session.pid()), sleeps, "it is not idle");
    assert!(session.is_running());
    quit(session);
}

#[test]
fn without_a_terminal_on_standard_output_it_says_what_to_use() {
    let output = Command::new(env!("CARGO_BIN_EXE_unspool")).args(["--demo"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.lines().count() == 1 && said.contains("subcommand"), "{said}");
}

/// `pick` draws on the terminal itself: its standard output is for what is chosen.
#[test]
fn a_pick_goes_to_standard_output_and_leaves_with_0() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "'{}' pick --demo -q 'where is the timeout' > picked; echo \"left with $?\"",
        env!("CARGO_BIN_EXE_unspool")
    );
    let setup = || Setup::new("sh").args(["-c", &script]).env("SSH_TTY", "/dev/pts/0").folder(folder.path());
    let mut session = setup().spawn();
    session.wait_for(TITLE);
    session.send("\r");
    session.wait_for("That is nginx's own default");
    session.send("y");
    session.wait_for("left with 0");
    assert_eq!(std::fs::read_to_string(folder.path().join("picked")).unwrap(), QUESTION);

    let mut session = setup().spawn();
    session.wait_for(TITLE);
    session.send("\x03");
    session.wait_for("left with 1");
    assert_eq!(std::fs::read_to_string(folder.path().join("picked")).unwrap(), "");
}

/// The terminal is lent to a command, which reads the message, and taken again.
#[test]
fn a_message_is_piped_to_a_command_that_has_the_terminal() {
    let mut session = reading(setup());
    session.send("g");
    session.send("!");
    session.send("wc -w | sed 's/^ */words: /'");
    session.enter();
    session.wait_for("words: 21");
    session.wait_for("[enter: back to unspool]");
    session.send("\r");
    session.wait_for("That is nginx's own default");
    quit(session);
}

/// Text that arrives as keys goes on behind the enter in it, and would go to whatever the command asks.
#[test]
fn keys_that_come_with_the_enter_are_not_for_the_command() {
    let mut session = reading(setup());
    session.send("g");
    session.send("!");
    session.send("echo asks.$((1+1)); IFS= read -r line </dev/tty; echo \"told: <$line>\"");
    session.enter();
    // A paste in pieces, as a slow line or a multiplexer hands it on.
    for _ in 0..12 {
        std::thread::sleep(Duration::from_millis(30));
        session.send("y");
    }
    session.wait_for("asks.2");
    session.send("honest\r");
    session.wait_for("told: <honest>");
    session.wait_for("[enter: back to unspool]");
    session.send("\r");
    session.wait_for("That is nginx's own default");
    quit(session);
}
