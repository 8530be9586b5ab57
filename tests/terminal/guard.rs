//! The terminal is given back also by a program that cannot do it any more.

use std::io::Write as _;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::support::{
    exports::Scratch,
    pty::{Session, Setup},
};

const WORDS: &str = "unspool: it was killed, or there was no memory for it; the terminal is given back";

/// Waits until the program has read what was typed, and with it what the terminal answered before: else the shell reads
/// that.
fn wait_for_keys(session: &mut Session) {
    session.send("ingress");
    session.wait_for("ingress");
    session.settled(std::time::Duration::from_millis(100));
}

/// Waits until the guard knows that there is something to guard: a process beside the program. Returns which it is.
fn wait_for_guard(pid: Pid) -> Pid {
    let children = format!("/proc/{pid}/task");
    for _ in 0..2_000 {
        let tasks = std::fs::read_dir(&children).expect("it runs");
        let child = |task: std::fs::DirEntry| {
            let children = std::fs::read_to_string(task.path().join("children")).ok()?;
            Pid::from_raw(children.split_whitespace().next()?.parse().ok()?)
        };
        let tasks: Vec<std::fs::DirEntry> = tasks.flatten().collect();
        // The thread that starts it ends when it has told it what there is to guard.
        let is_starting = tasks.iter().any(|task| {
            std::fs::read_to_string(task.path().join("comm")).is_ok_and(|name| name.trim() == "guard")
        });
        if let Some(guard) = tasks.into_iter().find_map(child).filter(|_| !is_starting) {
            return guard;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("there is no guard");
}

/// Returns what the system says of a process behind its name: its state, its parent, its group.
fn stat(pid: &str) -> Option<Vec<String>> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(stat.rsplit(')').next()?.split_whitespace().map(str::to_owned).collect())
}

fn is_running(pid: Pid) -> bool {
    stat(&pid.to_string()).is_some_and(|stat| stat[0] != "Z")
}

/// Returns the program in a group of processes.
fn program_of(group: Pid) -> Pid {
    let in_group = |process: std::fs::DirEntry| {
        let pid = process.file_name().into_string().ok()?;
        let arguments = std::fs::read(process.path().join("cmdline")).ok()?;
        let is_it = arguments.ends_with(b"--demo\0") && stat(&pid)?[2] == group.to_string();
        is_it.then(|| pid.parse().ok().and_then(Pid::from_raw)).flatten()
    };
    std::fs::read_dir("/proc").unwrap().flatten().find_map(in_group).expect("it runs")
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

/// The shell may have the terminal again before the guard does, and not every shell gives it its modes.
#[test]
fn a_program_that_is_killed_gives_the_shell_its_terminal() {
    for command in ["$UNSPOOL --demo", "sleep 1000 | $UNSPOOL --demo"] {
        let mut session = Setup::shell().spawn();
        session.wait_for("shell>");
        session.send(format!("{command}\r"));
        session.wait_for("conversations");
        wait_for_keys(&mut session);
        let group = session.foreground();
        let program = program_of(group);
        wait_for_guard(program);
        kill_process(program, Signal::KILL).unwrap();
        session.wait_for(WORDS);
        // What is left of the pipeline, which nothing has stopped.
        let _ = kill_process_group(group, Signal::TERM);
        session.send("echo cooked: $(stty -a | grep -c ' icanon')\r");
        session.wait_for("cooked: 1");
        session.send("exit\r");
        session.ended();
        session.assert_given_back();
    }
}

/// Whoever changes the modes of a terminal from the background is stopped, or refused, unless the signal is blocked.
#[test]
fn a_guard_that_comes_behind_the_shell_gives_the_terminal_its_modes() {
    let mut session = Setup::shell().spawn();
    session.wait_for("shell>");
    session.send("$UNSPOOL --demo\r");
    session.wait_for("conversations");
    wait_for_keys(&mut session);
    let group = session.foreground();
    let program = program_of(group);
    let guard = wait_for_guard(program);
    // The guard waits for the end of its pipe, which has one more end here.
    let held = std::fs::OpenOptions::new().write(true).open(format!("/proc/{guard}/fd/0")).unwrap();
    kill_process(program, Signal::KILL).unwrap();
    while session.foreground() == group {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    drop(held);
    session.wait_for(WORDS);
    session.send("echo cooked: $(stty -a | grep -c ' icanon')\r");
    session.wait_for("cooked: 1");
    session.send("exit\r");
    session.ended();
    session.assert_given_back();
}

/// It wrote once the terminal took text again, and erased the screen of whatever was there then.
#[test]
fn on_a_terminal_that_takes_no_text_the_guard_does_not_wait() {
    for signal in [Signal::KILL, Signal::TERM] {
        let mut session = Setup::unspool().args(["--demo"]).size(250, 90).spawn();
        session.wait_for("conversations");
        let guard = wait_for_guard(session.pid());
        session.hold(true);
        // A frame each.
        for _ in 0..30 {
            session.send("\x0c");
            std::thread::sleep(std::time::Duration::from_millis(30));
        }
        session.signal(signal);
        session.wait_for_end();
        for _ in 0..2_000 {
            if !is_running(guard) {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        assert!(!is_running(guard), "the guard waits");
        session.hold(false);
        session.settled(std::time::Duration::from_millis(300));
        assert!(!session.screen().contains(WORDS), "{}", session.screen());
    }
}

/// Started by hand it wrote into the file.
#[test]
fn a_guard_of_nothing_writes_nothing() {
    let scratch = Scratch::new();
    let file = scratch.path().join("file");
    let mut guard = std::process::Command::new(env!("CARGO_BIN_EXE_unspool"))
        .arg("--guard-the-terminal")
        .stdin(std::process::Stdio::piped())
        .stdout(std::fs::File::create(&file).unwrap())
        .spawn()
        .unwrap();
    // It may have ended already.
    let _ = guard.stdin.take().unwrap().write_all(b"T");
    guard.wait().unwrap();
    assert_eq!(std::fs::read(&file).unwrap(), b"");
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
