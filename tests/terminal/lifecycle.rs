//! The smallest terminals are of use, and who gets no second thread does it all on the first.

use std::time::Duration;

use crate::support::pty::Setup;

/// The shipped program with stacks so large that it gets no thread.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
fn without_threads(arguments: &[&str]) -> std::process::Command {
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_unspool"));
    program.args(arguments).env("RUST_MIN_STACK", (1_u64 << 47).to_string()).env_remove("RUST_BACKTRACE");
    program
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
    session.wait_for("sent ");
    session.send("e");
    session.wait_for("Extract this conversation");
    session.enter();
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
