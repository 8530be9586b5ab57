//! Nothing leaves, nothing stays: the system calls of whole runs are watched.
#![cfg(target_os = "linux")]

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use crate::support::{pty::Setup, tools::can_watch};

const WATCHED: &str = "trace=network,openat,open,creat,rename,renameat,renameat2,link,linkat,mkdir,mkdirat";

/// No address of a network, and no file made or opened for writing but in `allowed` and the devices.
fn assert_kept_to_itself(log: &Path, allowed: &Path) {
    let calls = fs::read_to_string(log).expect("strace wrote its log");
    assert!(calls.contains("openat("), "strace saw nothing:\n{calls}");
    let allowed = format!("\"{}", allowed.display());
    // A call that another thread's interrupts stands on two lines; the first has its arguments.
    for call in calls.lines().filter(|call| !call.contains(" resumed>")) {
        assert!(!call.contains("AF_INET"), "a socket to a network: {call}");
        let makes =
            ["creat(", "rename", "link", "mkdir"].iter().any(|name| call.contains(&format!(" {name}")));
        let writes = ["O_WRONLY", "O_RDWR", "O_CREAT"].iter().any(|flag| call.contains(flag));
        let device = ["\"/dev/null\"", "\"/dev/tty\"", "\"/dev/pts/", "\"/dev/ptmx\""];
        let fine = call.contains(&allowed) || device.iter().any(|device| call.contains(device));
        assert!(!(makes || writes) || fine, "something was written: {call}");
    }
}

fn watched(arguments: &[&str]) {
    if !can_watch() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("calls");
    let mut command = Command::new("strace");
    command.args(["-f", "-e", WATCHED, "-o"]).arg(&log).arg(env!("CARGO_BIN_EXE_unspool")).args(arguments);
    let output = command.current_dir("/").output().unwrap();
    assert!(output.status.code().is_some_and(|code| code < 2), "{output:?}");
    assert_kept_to_itself(&log, Path::new("nothing is allowed"));
}

#[test]
fn reading_searching_checking_and_auditing_write_nothing_and_call_nobody() {
    watched(&["list", "--demo", "-q", "kubernetes"]);
    watched(&["search", "--demo", "ingress timeout"]);
    watched(&["check", "--demo", "--json"]);
    watched(&["audit", "--demo"]);
    watched(&["extract", "--demo", "--all", "-f", "jsonl"]);
}

/// What cannot be read twice is kept in memory, not in a file.
#[test]
fn an_archive_from_standard_input_or_inside_another_is_put_nowhere() {
    if !can_watch() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/demo.zip");
    let outer = folder.path().join("outer.zip");
    let mut writer = zip::ZipWriter::new(fs::File::create(&outer).unwrap());
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    writer.start_file("User Online Activity/Conversations_1-chatgpt-0001.zip", stored).unwrap();
    std::io::Write::write_all(&mut writer, &fs::read(&demo).unwrap()).unwrap();
    writer.finish().unwrap();
    for (name, input) in
        [("-", Stdio::from(fs::File::open(&demo).unwrap())), (outer.to_str().unwrap(), Stdio::null())]
    {
        let log = folder.path().join("calls");
        let mut command = Command::new("strace");
        command.args(["-f", "-e", WATCHED, "-o"]).arg(&log).arg(env!("CARGO_BIN_EXE_unspool"));
        let output = command.args(["list", name]).stdin(input).current_dir("/").output().unwrap();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 50);
        assert_kept_to_itself(&log, Path::new("nothing is allowed"));
    }
}

/// A core dump would hold the archive.
#[test]
fn no_core_can_be_dumped_while_an_archive_is_open() {
    let session = Setup::unspool().args(["--demo"]).spawn();
    session.wait_for("50 conversations");
    let limits = fs::read_to_string(format!("/proc/{}/limits", session.pid())).unwrap();
    let core: Vec<&str> = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap()
        .split_whitespace()
        .collect();
    assert_eq!(core[4..6], ["0", "0"], "{limits}");
}

#[test]
fn an_extract_writes_the_file_that_was_asked_for_and_nothing_else() {
    if !can_watch() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (log, out) = (folder.path().join("calls"), folder.path().join("out"));
    fs::create_dir(&out).unwrap();
    let mut command = Command::new("strace");
    command.args(["-f", "-e", WATCHED, "-o"]).arg(&log).arg(env!("CARGO_BIN_EXE_unspool"));
    command.args(["extract", "--demo", "--all", "-o"]).arg(&out);
    assert!(command.status().unwrap().success());
    assert_kept_to_itself(&log, &out);
    assert_eq!(fs::read_dir(&out).unwrap().count(), 50, "and no temporary file is left");
}

#[test]
fn the_screen_writes_nothing_and_calls_nobody() {
    if !can_watch() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("calls");
    let log_path = log.to_str().unwrap();
    let program = env!("CARGO_BIN_EXE_unspool");
    let mut session = Setup::new("strace")
        .args(["-f", "-e", WATCHED, "-o", log_path, program, "--demo"])
        .env("SSH_TTY", "/dev/pts/0")
        .spawn();
    session.wait_for("50 conversations");
    session.send("kubernetes ingress timeout");
    session.wait_for("4 of 50");
    session.send("\r");
    session.wait_for("Two things to check");
    session.send("y");
    session.wait_for_copy(1);
    session.send("q");
    assert_eq!(session.ended().exit_code(), 0);
    assert_kept_to_itself(&log, Path::new("nothing is allowed"));
}

/// X11 goes over the network where its display is another machine's, and to a port of this one where nobody listens at
/// the display's socket. The terminal is the way then.
#[test]
fn a_display_that_is_far_or_gone_is_not_called() {
    if !can_watch() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (display, by) in
        [("127.0.0.1:7.0", "by OSC 52 (the display is reached by network only)"), (":9871", "by OSC 52")]
    {
        let log = folder.path().join("calls");
        let words =
            ["-f", "-e", WATCHED, "-o", log.to_str().unwrap(), env!("CARGO_BIN_EXE_unspool"), "--demo"];
        let mut session = Setup::new("strace").args(words).env("DISPLAY", display).size(120, 30).spawn();
        session.wait_for("50 conversations");
        session.send("where is the timeout\r");
        session.wait_for("Where is the timeout?");
        session.send("y");
        session.wait_for_copy(1);
        session.wait_for(by);
        session.send("q");
        assert_eq!(session.ended().exit_code(), 0);
        assert_kept_to_itself(&log, Path::new("nothing is allowed"));
    }
}

/// `pick`, and the UI's own extract: one file, where it was asked for.
#[test]
fn a_pick_and_an_extract_from_the_screen_write_what_was_asked_for() {
    if !can_watch() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (log, out) = (folder.path().join("calls"), folder.path().join("out"));
    fs::create_dir(&out).unwrap();
    let start = |arguments: &[&str]| {
        let mut words = vec!["-f", "-e", WATCHED, "-o", log.to_str().unwrap(), env!("CARGO_BIN_EXE_unspool")];
        words.extend(arguments);
        let session = Setup::new("strace").args(words).env("SSH_TTY", "/dev/pts/0").folder(&out).spawn();
        session.wait_for("Ingress returns 504");
        session
    };
    let mut session = start(&["pick", "--demo", "-q", "where is the timeout"]);
    session.send("\r");
    session.wait_for("Where is the timeout?");
    session.send("y");
    assert_eq!(session.ended().exit_code(), 0);
    assert_kept_to_itself(&log, Path::new("nothing is allowed"));

    let mut session = start(&["--demo", "-q", "where is the timeout"]);
    session.send("\r");
    session.wait_for("Where is the timeout?");
    session.send("e");
    session.wait_for("Extract this conversation");
    session.enter();
    session.wait_for("wrote");
    session.send("q");
    assert_eq!(session.ended().exit_code(), 0);
    assert_kept_to_itself(&log, &out);
    let left: Vec<_> = fs::read_dir(&out).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, ["2025-03-03-ingress-returns-504-after-a-minute.md"]);
}
