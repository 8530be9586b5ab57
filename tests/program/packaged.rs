//! The program of the package, in a world that holds nothing else.
#![cfg(target_os = "linux")]

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
};

use crate::support::{pty::Setup, tools};

/// In a root folder that holds nothing but the program: no libraries, no time zones, no locales, no /dev, no /etc, no
/// home, no clipboard.
#[test]
#[ignore = "needs the program of the package: .ci/run builds it and says where it is"]
fn the_packaged_program_needs_nothing_but_itself() {
    let program = std::env::var_os("UNSPOOL_PACKAGED").expect("UNSPOOL_PACKAGED names the program");
    let root = tempfile::tempdir().unwrap();
    fs::copy(&program, root.path().join("unspool")).unwrap();
    fs::set_permissions(root.path().join("unspool"), fs::Permissions::from_mode(0o755)).unwrap();
    let size = fs::metadata(&program).unwrap().len();
    println!("the packaged program has {size} bytes");
    assert!(size <= 12_000_000, "{size} bytes are more than twelve megabytes");

    let Some(enter) = entering(root.path()) else { return };
    for zone in ["", "Europe/Berlin", ":/etc/localtime"] {
        let run = |arguments: &[&str]| {
            let mut command = Command::new(&enter[0]);
            command
                .args(&enter[1..])
                .args(arguments)
                .env_clear()
                .env("PATH", std::env::var_os("PATH").unwrap());
            if !zone.is_empty() {
                command.env("TZ", zone);
            }
            command.stdin(Stdio::null()).output().unwrap()
        };
        let output = run(&["list", "--demo"]);
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        let lines = String::from_utf8(output.stdout).unwrap();
        assert_eq!(lines.lines().count(), 50);
        assert!(lines.contains("\t2025-03-03\t"), "{lines}");
        for arguments in [
            &["check", "--demo"][..],
            &["search", "--demo", "ingress timeout"],
            &["extract", "--demo", "--all"],
        ] {
            let output = run(arguments);
            assert!(output.status.success() && !output.stdout.is_empty(), "{arguments:?}: {output:?}");
        }
        // There is nowhere to write to but its own folder, and nowhere a clipboard.
        let output = run(&["extract", "--demo", "-q", "title:\"Ingress returns\"", "-o", "/out/"]);
        assert!(output.status.success(), "{output:?}");
        let output = run(&["extract", "--demo", "-q", "title:\"Ingress returns\"", "--clipboard"]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        fs::remove_dir_all(root.path().join("out")).unwrap();
    }

    let mut session =
        Setup::new(&enter[0]).args(&enter[1..]).args(["--demo"]).env("SSH_TTY", "/dev/pts/0").spawn();
    session.wait_for("50 conversations");
    session.send("kubernetes ingress timeout");
    session.wait_for("4 of 50");
    session.send("\r");
    session.wait_for("That is nginx's own default");
    session.send("gy");
    assert!(session.wait_for_copy(1).contains("die with 504"));
    session.send("q");
    assert_eq!(session.ended().exit_code(), 0);
    session.assert_given_back();

    // Without an archive, and without a home to look for one in.
    let mut session = Setup::new(&enter[0]).args(&enter[1..]).spawn();
    session.wait_for("unspool reads the archive of your");
    session.send("d");
    session.wait_for("50 conversations");
    session.send("\x03");
    assert_eq!(session.ended().exit_code(), 0);
    session.assert_given_back();
    let left: Vec<_> = fs::read_dir(root.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["unspool"], "something was left behind");
}

/// The words that run the program in that root folder.
fn entering(root: &Path) -> Option<Vec<String>> {
    let root = root.to_str()?.to_owned();
    let mut words: Vec<String> = ["chroot".to_owned(), root, "/unspool".to_owned()].into();
    if !rustix::process::geteuid().is_root() {
        words.splice(0..0, ["unshare".to_owned(), "--map-root-user".to_owned()]);
    }
    let works = Command::new(&words[0]).args(&words[1..]).arg("-V").output();
    if works.is_ok_and(|output| output.status.success()) {
        return Some(words);
    }
    tools::left_out("this user may not change the root folder, or the program does not start in it");
    None
}
