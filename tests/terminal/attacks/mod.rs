//! Text that attacks: whatever an archive, a file name or a paste holds, the terminal only ever gets what `unspool`
//! means to write, and nothing beside such text moves.
//!
//! Hundreds of hostile strings stand in every place where words of an archive are shown. A terminal that refuses
//! every sequence and character but those of the program reads all that is written, byte by byte.

mod archive;
mod corpus;
mod strict;

use std::{
    ffi::OsStr,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use crate::support::{
    exports,
    pty::{Session, Setup},
};
use tempfile::TempDir;
use unspool::transcript::sanitize;

use archive::{MARK, PLACES, numbered};
use strict::Strict;

const QUIET: Duration = Duration::from_millis(60);

struct Hostile {
    folder: TempDir,
    attacks: Vec<String>,
}

impl Hostile {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), attacks: corpus::attacks() }
    }

    fn file(&self, name: impl AsRef<OsStr>, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name.as_ref());
        std::fs::write(&path, contents).unwrap();
        path
    }

    fn titles(&self) -> PathBuf {
        self.file("conversations.json", archive::titles(&self.attacks))
    }

    /// An archive of one conversation, with the attacks in this kind of place.
    fn place(&self, place: &str) -> PathBuf {
        self.file("conversations.json", archive::place(place, &self.attacks))
    }
}

fn open(archive: &Path, query: &str, columns: u16, rows: u16) -> Session {
    let session = Setup::unspool()
        .args(["-q", query])
        .args([archive])
        .env("SSH_TTY", "/dev/pts/0")
        .folder(archive.parent().unwrap())
        .size(columns, rows)
        .spawn();
    session.wait_for(" of ");
    session
}

/// All that was written, read by the strict terminal.
#[track_caller]
fn assert_harmless(session: &Session) -> Strict {
    let (rows, columns) = session.look(vt100::Screen::size);
    let mut terminal = Strict::new(columns.get().into(), rows.get().into(), strict::of_today);
    terminal.take(&session.raw());
    terminal
}

#[track_caller]
fn quit(mut session: Session, keys: &str) {
    session.send(keys);
    session.send("\x03");
    assert_eq!(session.ended().exit_code(), 0);
    assert_harmless(&session);
    session.assert_given_back();
}

/// The same screens on terminals that disagree about widths.
struct Disagreeing {
    terminals: Vec<Strict>,
    taken: usize,
}

impl Disagreeing {
    fn new(columns: usize, rows: usize) -> Self {
        let widths = [strict::of_today, strict::of_old, strict::of_pictures];
        Self { terminals: widths.map(|width| Strict::new(columns, rows, width)).into(), taken: 0 }
    }

    /// Takes what was written since.
    #[track_caller]
    fn follow(&mut self, session: &Session) -> &[Strict] {
        session.settled(QUIET);
        self.take(session);
        &self.terminals
    }

    #[track_caller]
    fn take(&mut self, session: &Session) {
        // Characters and sequences may have come in half: what counts are whole frames.
        const END: &[u8] = b"\x1b[?2026l";
        let new = session.raw_from(self.taken);
        let Some(end) = new.windows(END.len()).rposition(|window| window == END) else { return };
        let end = end + END.len();
        for terminal in &mut self.terminals {
            terminal.take(&new[..end]);
        }
        self.taken += end;
    }

    /// Waits until what is written makes this so.
    #[track_caller]
    fn wait_until(&mut self, session: &Session, what: &str, is_so: impl Fn(&Strict) -> bool) {
        let since = Instant::now();
        loop {
            self.take(session);
            if is_so(&self.terminals[0]) {
                return;
            }
            let screen = self.terminals[0].contents();
            assert!(since.elapsed() < Duration::from_secs(30), "waited in vain for {what}:\n{screen}");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

#[test]
fn there_are_enough_of_them_and_a_terminal_must_not_get_them() {
    let attacks = corpus::attacks();
    let refused =
        |attack: &&String| Strict::new(80, 24, strict::of_today).try_take(attack.as_bytes()).is_err();
    let refused = attacks.iter().filter(refused).count();
    assert!(attacks.len() >= 400 && refused >= 300, "{refused} of {}", attacks.len());
}

/// Titles in the list, wide, and the same in the header of the preview: the line between them stays straight.
#[test]
fn titles_neither_act_nor_shift_what_stands_beside_them() {
    let hostile = Hostile::new();
    let (columns, rows) = (140, 50);
    let mut session = open(&hostile.titles(), "", columns, rows);
    session.wait_for(&format!("{} conversations", hostile.attacks.len()));
    session.send("\x1b");
    let mut terminals = Disagreeing::new(columns.into(), rows.into());
    let divider = terminals.follow(&session)[0].columns_of('│')[5][0];
    let mut seen = vec![false; hostile.attacks.len()];
    for number in 0..hostile.attacks.len() {
        let header = format!("│  {number:03}");
        terminals.wait_until(&session, &header, |screen| screen.row(2).contains(&header));
        if number % 12 == 0 || number + 1 == hostile.attacks.len() {
            for terminal in terminals.follow(&session) {
                for (y, columns) in
                    terminal.columns_of('│').iter().enumerate().take(rows as usize - 1).skip(2)
                {
                    assert!(columns.contains(&divider), "row {y} at {number}:\n{}", terminal.contents());
                }
            }
            let screen = terminals.terminals[0].contents();
            for (number, attack) in hostile.attacks.iter().enumerate() {
                // The white space at a title's end is none of it.
                let shown = sanitize::line(numbered(number, attack).trim()).into_owned();
                seen[number] |=
                    !corpus::is_of_controls(attack) || shown.len() > 40 || screen.contains(&shown);
            }
        }
        session.send("j");
    }
    let missing: Vec<&String> =
        (0..seen.len()).filter(|number| !seen[*number]).map(|number| &hostile.attacks[number]).collect();
    assert!(missing.is_empty(), "not seen as they are: {missing:?}");
    quit(session, "");
}

/// A test for each of [`PLACES`], so that they run beside each other: each waits for its screen most of the time.
macro_rules! test_each_place {
    ($($place:ident)*) => {
        /// Every place but titles, unfolded, from the first line to the last; its links, details and what is left by
        /// keys.
        mod messages_and_names_neither_act_nor_shift_what_stands_beside_them {
            $(
                #[test]
                fn $place() {
                    super::walk_through(stringify!($place));
                }
            )*
        }

        /// The kinds of places that are walked through.
        const WALKED: &[&str] = &[$(stringify!($place)),*];
    };
}

test_each_place! {
    prompts answers code tables markdown languages links citations attachments models tools unknown reasoning pages
    canvas outputs
}

#[test]
fn each_kind_of_place_is_walked_through() {
    assert_eq!(WALKED, PLACES);
}

#[track_caller]
fn walk_through(place: &str) {
    let hostile = Hostile::new();
    let archive = hostile.place(place);
    let (columns, rows) = (100, 120);
    let mut session = open(&archive, &format!("title:{place}"), columns - 1, rows);
    session.wait_for("1 of 1");
    session.send("\r");
    session.wait_for("esc list");
    let mut terminals = Disagreeing::new(columns as usize - 1, rows.into());
    // The text alone, without the bars at its sides.
    let text = |terminal: &Strict| -> Vec<String> {
        let inside = |row: String| row.chars().skip(1).take(columns as usize - 4).collect();
        (2..rows as usize - 1).map(|y| inside(terminal.row(y))).collect()
    };
    session.send("Zg");
    let mut marks = Vec::new();
    let mut before = Vec::new();
    loop {
        for (number, terminal) in terminals.follow(&session).iter().enumerate() {
            for (y, columns) in terminal.columns_of(MARK).into_iter().enumerate() {
                marks.extend(
                    columns.into_iter().map(|column| (column, format!("{number}: {}", terminal.row(y)))),
                );
            }
        }
        let mut now = text(&terminals.terminals[0]);
        if now == before {
            // The end, or a machine that is busy elsewhere.
            session.settled(5 * QUIET);
            now = text(&terminals.follow(&session)[0]);
            if now == before {
                break;
            }
        }
        before = now;
        session.send("\x1b[6~");
    }
    if ["code", "tables"].contains(&place) {
        assert!(marks.len() > 100, "{place}: {} marks", marks.len());
        let astray: Vec<_> = marks.iter().filter(|(column, _)| *column != marks[0].0).collect();
        assert!(astray.is_empty(), "{place}: {astray:#?}");
    }
    for keys in [
        "g", "o", "\x1b", "i", "\x1b[6~", "\x1b[6~", "\x1b", "p", "\x1b", "G", "o", "\x1b", "c", "\x1b", "y",
        "Y", "u", "e",
    ] {
        session.send(keys);
        session.settled(QUIET);
    }
    assert_harmless(&session);
    session.send("\x1b");
    session.settled(QUIET);
    quit(session, "");
}

/// Whatever is pasted where something is typed.
#[test]
fn what_is_typed_neither_acts_nor_shifts_what_stands_beside_it() {
    let hostile = Hostile::new();
    let archive = hostile.titles();
    let mut session = open(&archive, "", 80, 24);
    session.wait_for(&format!("{} conversations", hostile.attacks.len()));
    let paste = |session: &mut Session, attack: &str| {
        // One that ends the paste itself would type what follows.
        session.send(format!("\x1b[200~{}\x1b[201~", attack.replace("\x1b[201~", "")));
    };
    for attack in &hostile.attacks {
        paste(&mut session, attack);
        session.settled(Duration::from_millis(5));
        session.send("\x15");
    }
    for (open, close) in
        [("\x1b", ""), ("\r/", "\x1b"), ("!", "\x1b"), (":", "\x1b"), ("p", "\x1b"), ("e", "\x1b")]
    {
        session.send(open);
        session.settled(QUIET);
        for attack in &hostile.attacks {
            if open != "\x1b" {
                paste(&mut session, attack);
                session.send("\x15");
            }
        }
        session.send(close);
        session.settled(QUIET);
    }
    // A path that cannot be written is said in the dialog.
    session.send("e");
    session.wait_for("Extract this conversation");
    session.send("\x15");
    paste(&mut session, "/nowhere/\x1b]0;PWNED\x07\u{9b}2J\u{202e}");
    session.enter();
    session.settled(QUIET);
    assert_harmless(&session);
    session.send("\x1b");
    session.settled(QUIET);
    quit(session, "");
}

#[test]
fn names_of_files_that_are_offered_neither_act_nor_shift_what_stands_beside_them() {
    let hostile = Hostile::new();
    let zip = exports::zip(&[("conversations.json", b"[]")]);
    let mut names: Vec<Vec<u8>> = vec![
        b"\x1b]0;PWNED\x07.zip".to_vec(),
        b"\x1b[2J\x9b2J\xff.zip".to_vec(),
        "\u{9b}2J\u{9d}0;PWNED\u{9c}.zip".into(),
        "\u{202e}piz.exe\u{e0041}\u{feff}.zip".into(),
        format!("Z{}.zip", "\u{301}".repeat(100)).into(),
        "two\nlines\r.zip".into(),
        "👨\u{200d}👩\u{200d}👧❤\u{fe0f}日本語.zip".into(),
    ];
    names.extend((0..3).map(|number| format!("plain-{number}.zip").into_bytes()));
    for name in &names {
        hostile.file(OsStr::from_bytes(name), &zip);
    }
    let mut session =
        Setup::unspool().folder(hostile.folder.path()).env("HOME", hostile.folder.path()).spawn();
    session.wait_for("plain-0.zip");
    let mut terminals = Disagreeing::new(80, 24);
    // "… today" ends each row in the same column.
    let mut ends = Vec::new();
    for terminal in terminals.follow(&session) {
        ends.extend(
            (0..24)
                .map(|y| terminal.row(y))
                .filter(|row| row.trim_end().ends_with("today"))
                .map(|row| row.find("today").map(|at| row[..at].chars().count())),
        );
    }
    assert!(ends.len() >= names.len() * 3 && ends.iter().all(|end| *end == ends[0]), "{ends:?}");
    session.send("p\x1b[200~/nowhere/\x1b]0;PWNED\x07\u{9b}2J\x1b[201~\r");
    session.settled(QUIET);
    quit(session, "");
}

/// A subcommand with a terminal on stdout and stderr: the bytes it wrote.
fn told(folder: &Path, arguments: &[&OsStr], keep: &str) -> (Vec<u8>, u32) {
    let script = format!("exec \"$PROGRAM\" \"$@\" {keep}");
    let mut session = Setup::new("/bin/sh")
        .args(["-c", &script, "sh"])
        .args(arguments)
        .env("PROGRAM", env!("CARGO_BIN_EXE_unspool"))
        .env("HOME", folder)
        .folder(folder)
        .size(100, 40)
        .spawn();
    let status = session.ended();
    (session.raw(), status.exit_code())
}

/// No control but colours and line ends, no character that hides or turns round.
#[track_caller]
fn assert_plain(raw: &[u8], what: &str) {
    let text = std::str::from_utf8(raw).unwrap_or_else(|_| panic!("{what}: not UTF-8"));
    let mut before = ' ';
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let look =
            ["\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[1;31m"].into_iter().find(|look| rest.starts_with(look));
        if let Some(look) = look {
            rest = &rest[look.len()..];
            continue;
        }
        // The terminal's own: it writes \r\n for \n.
        let own = c == '\n' || c == '\t' || rest.starts_with("\r\n");
        let joins = strict::joins_pictures(c, before);
        if let (false, Err(why)) = (own || joins, strict::is_harmless(c, before)) {
            let at = text.len() - rest.len();
            let near = raw[at.saturating_sub(40)..(at + 40).min(raw.len())].escape_ascii();
            panic!("{what}: {why}: {near}");
        }
        before = c;
        rest = &rest[c.len_utf8()..];
    }
}

#[test]
fn what_subcommands_print_on_a_terminal_does_not_act() {
    let hostile = Hostile::new();
    let json = std::fs::read(hostile.titles()).unwrap();
    let zip = hostile.file("titles.zip", exports::zip(&[("conversations.json", &json)]));
    // A third of them: unoptimised, all of them in all places would take a while.
    let third: Vec<String> =
        hostile.attacks.iter().filter(|attack| attack.len() < 500).step_by(3).cloned().collect();
    let places = hostile.file("places.json", archive::places(&third));
    for (arguments, archive) in [
        ("list", &zip),
        ("list --json", &zip),
        ("list --json --color always", &zip),
        ("search 0", &zip),
        ("search 0 --json", &zip),
        ("search 0 -c", &zip),
        ("search 0 -l", &zip),
        ("search title:0", &zip),
        ("search x", &places),
        ("extract --all", &zip),
        ("extract --all -f text", &places),
        ("extract --all -f html", &places),
        ("extract --all -f jsonl --include tools,reasoning,hidden", &places),
        ("extract --all --branches all --include tools,reasoning,hidden", &places),
        ("extract --id links -f json", &places),
        ("extract --id links --front-matter", &places),
        ("audit", &places),
        ("audit --json", &places),
        ("check", &places),
        ("check --json", &places),
    ] {
        let words: Vec<&OsStr> = arguments.split(' ').map(OsStr::new).chain([archive.as_os_str()]).collect();
        let (raw, code) = told(hostile.folder.path(), &words, "2>/dev/null");
        assert!(code < 2, "{arguments}: {code}");
        assert!(raw.len() > 500, "{arguments}: {}", raw.escape_ascii());
        assert_plain(&raw, arguments);
    }
}

#[test]
fn what_is_said_of_hostile_names_and_arguments_does_not_act() {
    let hostile = Hostile::new();
    let evil = "\x1b]0;PWNED\x07\x1b[2J\u{9b}2J\u{202e}\u{e0041}";
    let broken = br#"[{"mapping": {"a": {"message": {"author": {"role": "user"}}}}, "title": "x"}, {"#;
    let members: [(&str, &[u8]); 3] = [
        (&format!("{evil}/conversations.json"), broken),
        (&format!("{evil}/\x1b[31m.png"), b"x"),
        ("../\u{9b}2J", b"x"),
    ];
    hostile.file(format!("{evil}.zip"), exports::zip(&members));
    hostile.file("empty.zip", exports::zip(&[]));
    hostile.file(format!("{evil}.txt"), "no archive");
    std::fs::create_dir(hostile.folder.path().join(format!("{evil}.folder"))).unwrap();
    let mut nameless = b"\xff\x9b2J\x1b[2J".to_vec();
    nameless.extend_from_slice(b".zip");
    let (archive, text, folder) = (format!("{evil}.zip"), format!("{evil}.txt"), format!("{evil}.folder"));
    let archive = archive.as_str();
    let cases: Vec<Vec<&OsStr>> = vec![
        vec!["list", archive],
        vec!["check", archive],
        vec!["check", "--json", archive],
        vec!["audit", archive],
        vec!["list", &text],
        vec!["list", &folder],
        vec!["list", evil],
        vec![evil],
        vec!["list", "empty.zip", "--sort", evil],
        vec!["list", "--demo", "-n", evil],
        vec!["list", "-q", evil, "--demo"],
        vec!["--color", evil, "list"],
        vec!["--limit-ratio", evil, "list"],
        vec!["search", "--demo", evil],
        vec!["search", "--demo", "/\x1b[2J(/"],
        vec!["extract", "--demo", "--id", evil],
        vec!["extract", "--demo", "--id", "6", "-o", evil],
        vec!["extract", "--demo", "--all", "-o", "/nowhere/\x1b[2J\u{9b}2J/"],
        vec!["extract", "--demo", "--all", "-f", evil],
        vec!["extract", "--demo", "--all", "--include", evil],
        vec!["completions", evil],
        vec!["--\x1b[2J\u{9b}2J"],
        vec!["list", "-\x1b"],
        vec!["lisst\x1b[2J"],
    ]
    .into_iter()
    .map(|words| words.into_iter().map(OsStr::new).collect())
    .chain([vec![OsStr::new("list"), OsStr::from_bytes(&nameless)], vec![OsStr::from_bytes(&nameless)]])
    .collect();
    for arguments in cases {
        let (raw, _) = told(hostile.folder.path(), &arguments, "");
        // What a slow machine is told meanwhile is drawn over and over on one line.
        assert_plain(&without(&raw, b"\r\x1b[2K"), &format!("{arguments:?}"));
    }
}

/// Returns bytes without any of these in them.
fn without(bytes: &[u8], these: &[u8]) -> Vec<u8> {
    let mut rest = bytes;
    let mut kept = Vec::new();
    while let Some(at) = rest.windows(these.len()).position(|window| window == these) {
        kept.extend_from_slice(&rest[..at]);
        rest = &rest[at + these.len()..];
    }
    kept.extend_from_slice(rest);
    kept
}

/// What is picked is printed on a terminal in harmless form; a pipe gets what was said.
#[test]
fn what_is_picked_does_not_act_on_the_terminal_it_is_printed_to() {
    let hostile = Hostile::new();
    let archive = hostile.titles();
    let mut session = Setup::unspool().args(["pick"]).args([&archive]).size(80, 24).spawn();
    session.wait_for(&format!("{} conversations", hostile.attacks.len()));
    session.send("\x1b");
    session.wait_until("the cursor in the list", |screen| screen.cursor_position().0 > 0);
    session.send("y");
    assert_eq!(session.ended().exit_code(), 0);
    let raw = session.raw();
    let left = raw.windows(8).rposition(|window| window == b"\x1b[?1049l").unwrap() + 8;
    assert!(raw.len() > left, "nothing was printed");
    assert_plain(&raw[left..], "what was picked");
    session.assert_given_back();

    // What hides or turns text round may be copied, but not shown.
    let evil = "one \u{202e}txt.exe\u{2066} \u{e0041}\u{e0042} \u{feff}\u{200b} \u{9b}2J \x1b]0;PWNED\x07";
    let evil = serde_json::json!([exports::conversation(exports::Chain::of([exports::prompt(evil)]))]);
    let archive = hostile.file("evil.json", evil.to_string());
    let mut session = Setup::unspool().args(["pick"]).args([&archive]).size(80, 24).spawn();
    session.wait_for("1 conversation");
    session.send("\r");
    session.wait_for("txt.exe");
    session.send("y");
    assert_eq!(session.ended().exit_code(), 0);
    let raw = session.raw();
    let left = raw.windows(8).rposition(|window| window == b"\x1b[?1049l").unwrap() + 8;
    assert!(String::from_utf8_lossy(&raw[left..]).contains("txt.exe"), "nothing was printed");
    assert_plain(&raw[left..], "what was picked");
}
