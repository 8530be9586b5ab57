//! Programs of the machine that some tests want, and what is said where they are not.

use std::{
    env,
    fmt::Display,
    io::{Write, stderr},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Where servers and the like are, which not everybody has in `PATH`.
const BESIDE_PATH: [&str; 3] = ["/usr/sbin", "/usr/local/sbin", "/usr/libexec"];

/// Says that a program is missing, and what for. Where `UNSPOOL_REQUIRE_TOOLS=1`, as in continuous integration, the
/// test fails: nothing may go unnoticed there. Elsewhere it leaves that out.
#[track_caller]
pub fn missing(what: impl Display) {
    let required = env::var_os("UNSPOOL_REQUIRE_TOOLS").is_some_and(|value| value == "1");
    assert!(!required, "missing: {what} (UNSPOOL_REQUIRE_TOOLS is 1)");
    left_out(format_args!("missing: {what}"));
}

/// Says what a test leaves out, since this user or this machine does not let it. That is no failure anywhere.
pub fn left_out(why: impl Display) {
    // Past the test harness, which shows what is printed only where a test fails.
    let _ = writeln!(stderr(), "left out: {why}");
}

/// The path of a program, if it is here.
pub fn find(program: &str) -> Option<PathBuf> {
    let paths = env::var_os("PATH").unwrap_or_default();
    let beside = BESIDE_PATH.iter().map(PathBuf::from);
    env::split_paths(&paths).chain(beside).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// Whether all of these programs are here; else [`missing`] says which is not.
#[track_caller]
pub fn has(programs: &[&str]) -> bool {
    let absent = programs.iter().find(|program| find(program).is_none());
    if let Some(absent) = absent {
        missing(absent);
    }
    absent.is_none()
}

/// Whether `strace` is here and may watch other programs.
#[track_caller]
pub fn can_watch() -> bool {
    let watching =
        Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).stderr(Stdio::null()).status();
    let can = watching.is_ok_and(|status| status.success());
    if !can {
        missing("a strace that may watch");
    }
    can
}

/// The path of a folder of this repository, where it is here: a package for a registry holds less.
pub fn repository(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    if !path.is_dir() {
        left_out(format_args!("there is no {}", path.display()));
        return None;
    }
    Some(path)
}
