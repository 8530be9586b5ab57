//! The terminal is given back also by a program that cannot do it any more.

use std::io::Write as _;

use rustix::process::Signal;

use crate::support::{exports::Scratch, pty::Setup};

const WORDS: &str = "unspool: it was killed, or there was no memory for it; the terminal is given back";

/// Waits until the guard knows that there is something to guard: a process beside the program.
fn wait_for_guard(pid: rustix::process::Pid) {
    let children = format!("/proc/{pid}/task");
    for _ in 0..2_000 {
        let tasks = std::fs::read_dir(&children).expect("it runs");
        let has_child = |task: std::fs::DirEntry| {
            std::fs::read_to_string(task.path().join("children"))
                .is_ok_and(|children| !children.trim().is_empty())
        };
        if tasks.flatten().any(has_child) {
            // Its state follows at once.
            std::thread::sleep(std::time::Duration::from_millis(50));
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("there is no guard");
}

#[test]
fn a_program_that_is_killed_leaves_the_terminal_as_it_was() {
    let mut session = Setup::unspool().args(["--demo"]).spawn();
    session.wait_for("conversations");
    wait_for_guard(session.pid());
    session.signal(Signal::KILL);
    session.wait_for_end();
    session.wait_for(WORDS);
    session.assert_given_back();
}

#[test]
fn a_program_that_ends_by_itself_leaves_nothing_for_the_guard_to_say() {
    let mut session = Setup::unspool().args(["--demo"]).spawn();
    session.wait_for("conversations");
    wait_for_guard(session.pid());
    session.send("\x03");
    assert!(session.ended().success());
    assert!(!session.screen().contains(WORDS), "{}", session.screen());
    session.assert_given_back();
}

#[test]
fn without_memory_it_ends_with_a_line_and_the_terminal_is_given_back() {
    let scratch = Scratch::new();
    let archive = scratch.path().join("conversations.json");
    let mut file = std::fs::File::create(&archive).unwrap();
    let node = r#"[{"id":"c","title":"t","mapping":{"a":{"message":{"author":{"role":"assistant"},"content":{"content_type":"text","parts":[""#;
    file.write_all(node.as_bytes()).unwrap();
    for _ in 0..40 {
        file.write_all("word ".repeat(200_000).as_bytes()).unwrap();
    }
    file.write_all(br#""]}}}}]"#).unwrap();
    drop(file);
    let run = format!("ulimit -v 400000; exec {} {}", env!("CARGO_BIN_EXE_unspool"), archive.display());
    let mut session = Setup::new("sh").args(["-c", &run]).spawn();
    session.wait_for_end();
    session.wait_for(WORDS);
    session.assert_given_back();
}
