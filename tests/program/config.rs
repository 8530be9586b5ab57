//! The config file from outside: what it changes, what is said of a wrong one, and that nobody is kept from an archive.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

/// What the system says of a file that is not there.
const ABSENT: &str = if cfg!(unix) { "no such file or directory" } else { "" };

/// A person's home with a config file in it.
struct Home {
    folder: TempDir,
}

impl Home {
    fn with(config: &str) -> Self {
        let home = Self::without();
        let folder = home.folder.path().join("config/unspool");
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("config.toml"), config).expect("a file");
        home
    }

    fn without() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("config/unspool/config.toml")
    }

    /// A path beside the config, with this in it.
    fn write(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, text).expect("a file");
        path.to_str().expect("UTF-8").to_owned()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_unspool"));
        for name in ["UNSPOOL_ARCHIVE", "NO_COLOR", "CLICOLOR_FORCE", "COLORTERM", "TZ", "SSH_TTY", "TMUX"] {
            command.env_remove(name);
        }
        command.env("XDG_CONFIG_HOME", self.folder.path().join("config")).env("HOME", self.folder.path());
        command.env("USERPROFILE", self.folder.path());
        command.env("TERM", "xterm-256color").stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().expect("the program starts")
    }

    /// stdout and stderr of a run that is done.
    fn done(&self, arguments: &[&str]) -> (String, String) {
        let output = self.run(arguments);
        let stderr = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {stderr}");
        (String::from_utf8(output.stdout).expect("UTF-8"), stderr)
    }

    /// The line of an option in what `unspool config` prints.
    fn option(&self, name: &str, arguments: &[&str]) -> String {
        let (printed, _) = self.done(arguments);
        let line = printed.lines().find(|line| line.starts_with(&format!("{name} = ")));
        line.unwrap_or_else(|| panic!("no {name} in {printed}"))
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// An export of one conversation.
const EXPORT: &str = r#"[{"id": "aaaa1111", "title": "From the config", "update_time": 1740994920.0, "mapping": {},
    "current_node": null}]"#;

// --- what it changes

#[test]
fn the_archive_of_the_file_is_opened_when_nothing_else_is_named() {
    let home = Home::with("archive = \"~/conversations.json\"\n");
    home.write("conversations.json", EXPORT);
    assert!(home.done(&["list"]).0.contains("From the config"));
    assert_eq!(home.done(&["list", "--demo"]).0.lines().count(), 50, "the demo goes before it");
    let other = home.write("other.json", &EXPORT.replace("From the config", "From elsewhere"));
    assert!(home.done(&["list", &other]).0.contains("From elsewhere"), "and so does an ARCHIVE");
    let output = home.command().arg("list").env("UNSPOOL_ARCHIVE", &other).output().expect("it starts");
    assert!(String::from_utf8_lossy(&output.stdout).contains("From elsewhere"), "and the environment");
}

#[test]
fn an_archive_that_is_gone_is_told_with_who_names_it() {
    let home = Home::with("\narchive = \"~/gone.zip\"\n");
    let output = home.run(&["list"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), stderr.lines().count()), (Some(2), 1), "{stderr}");
    let ending = format!("{ABSENT} (it is named by line 2 of the config file)\n");
    assert!(stderr.ends_with(&ending), "{stderr}");
    let output = home.command().arg("list").env("UNSPOOL_ARCHIVE", "/gone.zip").output().expect("it starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.ends_with("(it is named by $UNSPOOL_ARCHIVE)\n"), "{stderr}");
}

#[test]
fn several_archives_of_the_file_are_merged() {
    let home = Home::with("archive = [\"~/conversations.json\", \"~/other.json\"]\n");
    home.write("conversations.json", EXPORT);
    home.write("other.json", &EXPORT.replace("aaaa1111", "bbbb2222"));
    assert_eq!(home.done(&["list"]).0.lines().count(), 2);
}

#[test]
fn a_limit_of_the_file_holds_until_a_flag_raises_it() {
    let home = Home::with("[limits]\nmembers = 1\n");
    let output = home.run(&["check", "--demo"]);
    let account = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{account}");
    assert!(account.contains("more than 1 (--limit-members)"), "{account}");
    assert_eq!(home.done(&["list", "--demo", "--limit-members", "1000"]).0.lines().count(), 50);
    assert_eq!(home.done(&["list", "--demo", "--no-config"]).0.lines().count(), 50);
}

#[test]
fn the_clock_of_the_file_decides_what_day_it_is() {
    // 2025-03-03T09:42:00Z.
    let list = |zone: &str| {
        let home = Home::with(&format!("time-zone = \"{zone}\"\n"));
        let path = home.write("conversations.json", &EXPORT.replace("1740994920", "1741042800"));
        home.done(&["list", &path]).0
    };
    assert!(list("UTC").contains("2025-03-03"));
    assert!(list("Asia/Tokyo").contains("2025-03-04"));
    let home = Home::with("time-zone = \"Asia/Tokyo\"\n");
    let path = home.write("conversations.json", &EXPORT.replace("1740994920", "1741042800"));
    let output = home.command().args(["list", &path]).env("TZ", "UTC").output().expect("it starts");
    assert!(String::from_utf8_lossy(&output.stdout).contains("2025-03-03"), "TZ goes before it");
}

#[test]
fn colours_of_the_file_give_way_to_the_environment_and_that_to_the_flag() {
    let colored = |home: &Home, no_color: bool, arguments: &[&str]| {
        let mut command = home.command();
        command.args(["list", "--demo", "-n", "1"]).args(arguments);
        if no_color {
            command.env("NO_COLOR", "1");
        }
        command.output().expect("it starts").stdout.contains(&0x1b)
    };
    let home = Home::with("color = \"always\"\n");
    assert!(colored(&home, false, &[]));
    assert!(!colored(&home, true, &[]));
    assert!(colored(&home, true, &["--color", "always"]));
    assert!(!colored(&home, false, &["--color", "never"]));
    assert!(!colored(&home, false, &["--no-config"]));
}

#[test]
fn a_clipboard_that_is_switched_off_takes_nothing() {
    let home = Home::with("clipboard = \"off\"\n");
    let output = home.run(&["extract", "--demo", "-q", "title:504", "--clipboard"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), stderr.lines().count()), (Some(2), 1), "{stderr}");
    assert!(stderr.contains("the clipboard is switched off in the config"), "{stderr}");
}

#[test]
fn a_text_beyond_the_files_osc52_limit_is_not_sent_by_halves() {
    let home = Home::with("clipboard = \"osc52\"\nosc52-limit = 100\n");
    let output = home.run(&["extract", "--demo", "-q", "title:504", "--clipboard"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("takes 100 bytes") && stderr.contains("-o FILE"), "{stderr}");
}

// --- what is said of a wrong one

#[test]
fn a_wrong_file_is_told_of_in_one_line_and_keeps_nobody_from_an_archive() {
    for (config, said) in [
        ("thme = \"dark\"\n", "config.toml:1:1: there is no option \"thme\": did you mean \"theme\"?"),
        (
            "\n[limits]\nratio = \"x\"\n",
            "config.toml:3:9: limits.ratio: it takes a number from 1 to 1000000000, not a text",
        ),
        ("theme = \n", "config.toml:1:"),
        ("a = 1\nb = 2\nc = 3\n", "(and 2 more: unspool config tells)"),
        ("\u{0}\u{1b}[31m", "config.toml:1:"),
    ] {
        let home = Home::with(config);
        let (stdout, stderr) = home.done(&["list", "--demo"]);
        assert_eq!(stdout.lines().count(), 50, "{config:?}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        let beginning = format!("unspool: {}", home.folder.path().display());
        assert!(stderr.starts_with(&beginning) && stderr.contains(said), "{config:?}: {stderr}");
        assert!(!stderr.contains('\u{1b}'), "{stderr:?}");
        assert_eq!(home.done(&["list", "--demo", "--no-config"]).1, "");
        assert_eq!(home.done(&["man"]).1, "", "what has nothing to do with it does not complain");
    }
}

#[test]
fn a_usual_file_that_cannot_be_read_is_told_of_and_done_without() {
    let home = Home::without();
    fs::create_dir_all(home.file()).expect("a folder in its place");
    let (stdout, stderr) = home.done(&["list", "--demo"]);
    assert_eq!((stdout.lines().count(), stderr.lines().count()), (50, 1), "{stderr}");
    assert!(stderr.contains("config.toml: it cannot be read: it is no file"), "{stderr}");
}

#[test]
fn an_enormous_file_is_none() {
    let home = Home::with(&"#\n".repeat(1 << 20));
    let (_, stderr) = home.done(&["list", "--demo"]);
    assert!(stderr.contains("larger than 1 MB"), "{stderr}");
}

#[test]
fn a_named_file_that_is_not_there_is_wrong_use() {
    let home = Home::without();
    let output = home.run(&["list", "--demo", "--config", "/nowhere/config.toml"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{stderr}");
    let beginning = format!("unspool: cannot read the config file /nowhere/config.toml: {ABSENT}");
    let words = stderr.strip_prefix(&*beginning).unwrap_or_else(|| panic!("{stderr}"));
    assert!(words == "\n" || !cfg!(unix), "{stderr}");
    let output = home.run(&["list", "--demo", "--config", "/x", "--no-config"]);
    assert_eq!(output.status.code(), Some(2), "one or none");
}

#[test]
fn a_named_file_counts_instead_of_the_usual_one() {
    let home = Home::with("dates = \"iso\"\n");
    let other = home.write("other.toml", "theme = \"light\"\n");
    let arguments = ["--config", &other, "config"];
    assert_eq!(home.option("theme", &arguments), "theme = \"light\" # line 1");
    assert_eq!(home.option("dates", &arguments), "dates = \"short\" # default");
    let wrong = home.write("wrong.toml", "theme = \"lihgt\"\ndates = \"iso\"\n");
    let (printed, stderr) = home.done(&["--config", &wrong, "config"]);
    assert!(
        stderr.contains("wrong.toml:1:9: theme: there is no \"lihgt\": did you mean \"light\"?"),
        "{stderr}"
    );
    assert!(printed.contains("\ndates = \"iso\""), "what is right in it counts: {printed}");
}

// --- unspool config

#[test]
fn config_prints_what_is_in_force_and_where_it_is_from() {
    let home = Home::with("theme = \"dark\"\n[keys.list]\nmark = [\"m\"]\n");
    assert_eq!(home.option("theme", &["config"]), "theme = \"dark\" # line 1");
    assert_eq!(home.option("mark", &["config"]), "mark = [\"m\"] # line 3");
    assert_eq!(home.option("ratio", &["config"]), "ratio = 1000 # default");
    assert_eq!(home.option("ratio", &["config", "--limit-ratio", "7"]), "ratio = 7 # --limit-ratio");
    assert_eq!(home.option("theme", &["config", "--color", "never"]), "theme = \"mono\" # --color");
    let output = home.command().arg("config").env("NO_COLOR", "1").env("UNSPOOL_ARCHIVE", "a.zip").output();
    let printed = String::from_utf8(output.expect("it starts").stdout).expect("UTF-8");
    assert!(printed.contains("archive = \"a.zip\"") && printed.contains("# $UNSPOOL_ARCHIVE"), "{printed}");
    assert!(printed.contains("theme = \"mono\"") && printed.contains("# $NO_COLOR"), "{printed}");
    let first = printed.lines().next().unwrap_or_default().replace('\\', "/");
    assert!(first.ends_with("config/unspool/config.toml"), "{printed}");
}

#[test]
fn what_config_prints_is_a_config_file() {
    let home = Home::with("theme = \"dark\"\n[open]\ntools = true\n[keys.thread]\nfold = [\"f\"]\n");
    let (printed, _) = home.done(&["config"]);
    let saved = home.write("saved.toml", &printed);
    let (again, stderr) = home.done(&["config", "--config", &saved]);
    assert_eq!(stderr, "");
    let values = |text: &str| -> Vec<String> {
        let code = |line: &str| line.split("  # ").next().unwrap_or_default().trim().to_owned();
        text.lines().filter(|line| !line.starts_with('#')).map(code).collect()
    };
    assert_eq!(values(&again), values(&printed));
}

#[test]
fn config_tells_everything_that_is_wrong() {
    let home = Home::with("thme = 1\ndates = \"long\"\n[keys.lst]\n");
    let (_, stderr) = home.done(&["config"]);
    assert_eq!(stderr.lines().count(), 3, "{stderr}");
    for place in ["config.toml:1:1: ", "config.toml:2:9: ", "config.toml:3:7: "] {
        assert!(stderr.contains(place), "{stderr}");
    }
}

#[cfg(unix)]
mod on_the_screen {
    use super::Home;
    use crate::support::pty::{Session, Setup};

    fn start(home: &Home, arguments: &[&str]) -> Session {
        let setup = Setup::new(env!("CARGO_BIN_EXE_unspool")).args(arguments).env("SSH_TTY", "/dev/pts/0");
        setup
            .env("XDG_CONFIG_HOME", home.folder.path().join("config"))
            .env("HOME", home.folder.path())
            .spawn()
    }

    fn demo(home: &Home) -> Session {
        let session = start(home, &["--demo"]);
        session.wait_for("50 conversations");
        session
    }

    #[test]
    fn a_wrong_file_is_told_of_in_the_status_line() {
        let home = Home::with("thme = \"dark\"\n");
        let mut session = demo(&home);
        session.wait_for("config.toml:1:1: there is no option \"thme\": did you mean \"theme\"?");
        session.send("\x1b");
        session.wait_until_gone("thme");
        session.send("q");
        assert_eq!(session.ended().exit_code(), 0);
    }

    #[test]
    fn a_wrong_file_is_told_of_where_there_is_no_archive_too() {
        let home = Home::with("thme = \"dark\"\n");
        let mut session = start(&home, &[]);
        session.wait_for("did you mean \"theme\"?");
        session.wait_for("d the demo");
        session.send("\x03");
        assert_eq!(session.ended().exit_code(), 0);
    }

    #[test]
    fn without_an_archive_what_lies_about_is_offered_once_and_explained() {
        let home = Home::without();
        let downloads = home.folder.path().join("Downloads");
        std::fs::create_dir_all(downloads.join("unpacked")).expect("a folder");
        std::fs::write(downloads.join("unpacked/conversations.json"), super::EXPORT).expect("a file");
        std::fs::write(downloads.join("notes.zip"), "no export").expect("a file");
        let start_in = |folder: &std::path::Path| {
            let setup = Setup::new(env!("CARGO_BIN_EXE_unspool")).folder(folder);
            setup.env("HOME", home.folder.path()).spawn()
        };
        let mut session = start_in(home.folder.path());
        session.wait_for("~/Downloads/unpacked");
        session.wait_for("Settings → Data controls → Export data");
        session.wait_for("enter open · p type a path · d the demo · q quit");
        assert!(!session.screen().contains("notes.zip"));
        session.send("\r");
        session.wait_for("From the config");
        session.send("\x03");
        assert_eq!(session.ended().exit_code(), 0);
        let mut session = start_in(&downloads);
        session.wait_for("enter open");
        assert_eq!(session.screen().matches("unpacked").count(), 1, "{}", session.screen());
        session.send("q");
        assert_eq!(session.ended().exit_code(), 0);
    }

    #[test]
    fn a_key_of_the_file_does_what_it_says_and_help_and_status_line_show_it() {
        let home =
            Home::with("[keys.thread]\nback = [\"x\"]\n[keys.reading]\ncopy = [\"f2\"]\nquit = [\"Q\"]\n");
        let mut session = demo(&home);
        session.send("title:\"Sourdough\"");
        session.wait_for("  1 of 50");
        session.send("\r");
        session.wait_for("F2 copy");
        session.send("\x1bOQ");
        session.wait_for("by OSC 52");
        session.send("q");
        session.send("?");
        session.wait_for("every key");
        session.send("G");
        session.send("g");
        session.send("\x1b");
        session.wait_until_gone("every key");
        session.send("x");
        session.wait_for("/ to the search line");
        session.send("Q");
        assert_eq!(session.ended().exit_code(), 0);
    }

    #[test]
    fn dates_and_folds_start_as_the_file_says() {
        let home = Home::with("dates = \"iso\"\n[open]\nreasoning = true\n");
        let mut session = demo(&home);
        session.wait_for("2025-");
        session.send("title:shuffle");
        session.wait_for("  1 of 50");
        session.send("\r");
        session.wait_for("▾ Thought");
        session.send("\x03");
        assert_eq!(session.ended().exit_code(), 0);
    }

    /// What the theme paints, by the bytes that are written.
    fn painted(theme: &str, variables: &[(&str, &str)]) -> String {
        let home = Home::with(&format!("theme = \"{theme}\"\n"));
        let mut setup = Setup::new(env!("CARGO_BIN_EXE_unspool")).args(["--demo"]);
        setup = setup.env("XDG_CONFIG_HOME", home.folder.path().join("config"));
        for (name, value) in variables {
            setup = setup.env(name, value);
        }
        let mut session = setup.spawn();
        session.wait_for("50 conversations");
        let raw = session.raw();
        session.send("\x03");
        assert_eq!(session.ended().exit_code(), 0);
        String::from_utf8_lossy(&raw).into_owned()
    }

    #[test]
    fn a_theme_is_painted_in_the_colours_the_terminal_has() {
        let (dark, in_256) = ("48;2;22;24;29", "48;5;234");
        let full = painted("dark", &[("COLORTERM", "truecolor")]);
        assert!(full.contains(dark) && !full.contains(in_256));
        let mapped = painted("dark", &[]);
        assert!(mapped.contains(in_256) && !mapped.contains(";2;22;"));
        let plain = painted("terminal", &[("COLORTERM", "truecolor")]);
        assert!(!plain.contains("48;") && !plain.contains("38;"));
        for mono in [painted("mono", &[]), painted("dark", &[("NO_COLOR", "1")])] {
            assert!(!mono.contains("38;") && !mono.contains("48;") && !mono.contains("[33m"));
        }
    }

    /// Of a terminal that answers so: the bytes of the screen that the answer made, once this is painted.
    fn painted_on(answers: &[u8], variables: &[(&str, &str)], painted: &[u8]) {
        let mut setup = Setup::new(env!("CARGO_BIN_EXE_unspool"))
            .args(["--demo"])
            .env("COLORTERM", "truecolor")
            .answers(answers);
        for (name, value) in variables {
            setup = setup.env(name, value);
        }
        let mut session = setup.spawn();
        session.wait_for("50 conversations");
        session.wait_for_bytes(painted, 0);
        assert!(session.screen().starts_with(" ›  "), "nothing of the answer is typed\n{}", session.screen());
        session.send("\x03");
        assert_eq!(session.ended().exit_code(), 0);
    }

    #[test]
    fn the_theme_is_as_the_ground_is_that_the_terminal_answers_or_the_environment_tells() {
        let (dark, light) = (&b"48;2;22;24;29"[..], &b"48;2;251;250;247"[..]);
        painted_on(b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\\x1b[?62;22c", &[], light);
        painted_on(b"\x1b]11;rgb:0000/2b2b/3636\x07\x1b[?64c", &[], dark);
        painted_on(super::super::support::pty::ATTRIBUTES, &[("COLORFGBG", "0;15")], light);
        painted_on(b"\x1b]11;rgb:00/00/00\x07\x1b[?64c", &[("COLORFGBG", "0;15")], dark);
        // An answer that never comes keeps nobody waiting, and who asks for a theme has it.
        painted_on(b"", &[("COLORFGBG", "0;15")], light);
    }

    /// A slow line cuts an answer anywhere, and a late one comes when nobody waits any more.
    #[test]
    fn an_answer_in_pieces_types_nothing_and_neither_does_one_that_nobody_waits_for() {
        let mut session = Setup::new(env!("CARGO_BIN_EXE_unspool")).args(["--demo"]).answers("").spawn();
        session.wait_for("50 conversations");
        for piece in ["\x1b]11;rgb:ffff/ff", "ff/ffff\x1b", "\\\x1b[?6", "2;22c"] {
            session.send(piece);
            session.settled(std::time::Duration::from_millis(200));
        }
        session.wait_for_bytes(b"48;5;", 0);
        session.send("\x1b]11;rgb:0000/0000/0000\x1b\\\x1b[?62;22cregex");
        session.wait_for(" › regex  ");
        session.send("\x03");
        assert_eq!(session.ended().exit_code(), 0);
    }

    #[test]
    fn a_theme_with_a_ground_of_its_own_paints_every_cell() {
        let home = Home::with("theme = \"light\"\n");
        let mut session = demo(&home);
        for keys in ["sourdough", "\r", "?", "\x1b", "e"] {
            session.send(keys);
            session.settled(std::time::Duration::from_millis(300));
            session.look(|screen| {
                for row in 0..24 {
                    for column in 0..80 {
                        let cell = screen.cell(row, column).expect("a cell");
                        assert_ne!(
                            cell.bgcolor(),
                            vt100::Color::Default,
                            "row {row}, column {column}\n{}",
                            screen.contents()
                        );
                    }
                }
            });
        }
        session.send("\x03");
        assert_eq!(session.ended().exit_code(), 0);
    }
}
