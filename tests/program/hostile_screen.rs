//! The screen over what is small on the disk and large in memory: whatever is opened and pressed, a key takes at most a
//! tenth of a second, and the program at most 600 MB. The packaged program, in a real pseudo-terminal.
#![cfg(target_os = "linux")]

use std::{
    fmt::Write as _,
    fs, io,
    path::Path,
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use crate::{
    hostile_memory::{INPUTS, Json, MAX_MEMORY, MB, Sink, listed, mapping, packed, program, text},
    support::{exports::Scratch, pty::Setup},
};

/// The processor time of the screen's own thread that a key may take. What it has beside it is not counted: other threads
/// work on, and `esc` stops them.
const MAX_LENGTH: Duration = Duration::from_millis(100);
/// The JSON for which that is promised, and the memory, in bytes; of larger inputs both are printed.
const MAX_JSON_SIZE: usize = 50 * MB;
/// Nothing hangs.
const PATIENCE: Duration = Duration::from_mins(2);

/// Keys, pressed one after the other once the archive is loaded: open, to and fro, links, code, copies, folds, sideways,
/// branches, prompts, details, find, and the same from the list.
const KEYS: &[&str] = &[
    "\x1b",
    "\r",
    "j",
    " ",
    " ",
    "G",
    "k",
    "\x15",
    "g",
    "o",
    "\x1b",
    "c",
    "\x1b",
    "y",
    "\x1b",
    "t",
    "Y",
    "\x1b",
    "u",
    "Z",
    "Z",
    "z",
    " ",
    "L",
    "H",
    ">",
    "<",
    "p",
    "\x1b",
    "i",
    "G",
    "\x1b",
    "/",
    "a",
    "\x1b",
    "n",
    "N",
    "v",
    "J",
    "K",
    "v",
    "G",
    "\x1b",
    "s",
    "y",
    "\x1b",
    "/",
    "w",
    "o",
    " ",
    "/()/ ",
    "\x15",
    "/(?:[a-z]?){300}b/ ",
    "\x15",
    "\x1b",
];

/// What a message may consist of so that nothing in it is a place to cut, or much comes of little. As JSON writes it.
const UNITS: &[&str] = &[
    "```\\n",
    "~~~\\n",
    "```ts\\n$(($((\\n```\\n",
    "   ```\\n",
    "*a_",
    "**a** ",
    "#\\n",
    "a\\n=\\n",
    "<a",
    "<!--\\n",
    "<a b=\\\"",
    "[",
    "![",
    "[a](b) ",
    "[a]: b\\n",
    "[^a]: b\\n",
    "|",
    "|a",
    "|a|b|\\n|-|-|\\n",
    "> ",
    "> a\\n",
    "- ",
    "- a\\n",
    "- > ",
    "1. a\\n",
    "  - a\\n",
    "\\n",
    " ",
    "\\t",
    "\\r",
    "a",
    "\\\\",
    "\\\\*",
    "&amp;",
    "`a ``b ",
    "http://a.b ",
    "http://",
    "http://a.b)",
    "\\\\[a\\\\]\\n",
    "\\\\(a\\\\) ",
    "$a_1$ ",
    "\u{300}",
    "\u{200d}",
    "日",
    "👩\u{200d}👧 ",
    "😀\u{200d}",
    "🏽",
    "\u{202e}",
    "\u{915}\u{94d}",
    "    a\\n\\n",
    "a  \\n",
    "---\\n",
    "password=Zx81kd92Lq ",
];

/// Inputs that are about the screen alone.
const SCREENS: &[Json] = &[
    ("a row of two thousand columns again and again", |out| {
        let head = format!("{}|\\n{}|\\n", "|a".repeat(1_900), "|-".repeat(1_900));
        text(out, &format!("{head}{}\\n", "|b|\\n".repeat(10_000)), 45 * MB)
    }),
    ("as many branches as messages", |out| {
        mapping(out, |out| {
            listed(out, 300_000, |piece, number| {
                let parent = if number == 0 { "null" } else { "\"n0\"" };
                let _ = write!(
                    piece,
                    r#""n{number}":{{"parent":{parent},"message":{{"author":{{"role":"user"}},"content":{{"content_type":"text","parts":["word"]}}}}}}"#
                );
            })
        })
    }),
    ("thoughts and how long each took", |out| {
        mapping(out, |out| {
            listed(out, 200_000, |piece, number| {
                let parent = number.wrapping_sub(1);
                let _ = write!(
                    piece,
                    r#""n{number}":{{"parent":"n{parent}","message":{{"author":{{"role":"assistant"}},"content":{{"content_type":"reasoning_recap","content":"Thought"}}}}}}"#
                );
            })
        })
    }),
];

/// The processor time that the thread of the screen has taken.
fn screen_time(pid: i32) -> Duration {
    let told = fs::read_to_string(format!("/proc/{pid}/task/{pid}/schedstat")).unwrap_or_default();
    Duration::from_nanos(told.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0))
}

fn peak(pid: i32) -> u64 {
    let told = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = told.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0) * 1_024
}

/// Waits until the thread of the screen has nothing more to do; returns the time it took since `before`.
fn settled(pid: i32, before: Duration) -> Duration {
    let since = Instant::now();
    let mut last = (screen_time(pid), 0);
    while last.1 < 3 && since.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(20));
        let now = screen_time(pid);
        last = if now == last.0 { (now, last.1 + 1) } else { (now, 0) };
    }
    last.0.saturating_sub(before)
}

/// What is written, counted.
struct Counted<'a> {
    out: Sink<'a>,
    bytes: usize,
}

impl io::Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.bytes += written;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Drives the screen over an input; returns what is wrong.
fn driven(name: &str, write: &dyn Fn(Sink<'_>) -> io::Result<()>) -> Vec<String> {
    let scratch = Scratch::new();
    let path = scratch.path().join("hostile.zip");
    let mut bytes = 0;
    packed(&path, "conversations.json", |out| {
        let mut counted = Counted { out, bytes: 0 };
        write(&mut counted)?;
        bytes = counted.bytes;
        Ok(())
    })
    .unwrap();
    // Half of them with a pane at a time, half with all.
    driven_at(
        name,
        &path,
        bytes <= MAX_JSON_SIZE,
        if name.len().is_multiple_of(2) { (80, 24) } else { (130, 40) },
    )
}

fn driven_at(name: &str, path: &Path, is_timed: bool, (columns, rows): (u16, u16)) -> Vec<String> {
    let setup = Setup::new(program()).args([path]).env("SSH_TTY", "/dev/pts/0").size(columns, rows);
    let mut session = setup.spawn();
    let pid = session.pid().as_raw_nonzero().get();
    let since = Instant::now();
    session.wait_until("something drawn", |screen| !screen.contents().trim().is_empty());
    // While it loads there is a rate in the search line.
    while session.look(|screen| screen.contents().contains("/s")) && since.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(50));
    }
    settled(pid, Duration::ZERO);
    let mut wrong = Vec::new();
    let mut slowest = (Duration::ZERO, "");
    for &key in KEYS {
        let before = screen_time(pid);
        session.send(key);
        let took = settled(pid, before);
        if took > slowest.0 {
            slowest = (took, key);
        }
        if !session.is_running() {
            wrong.push(format!("{name}: {key:?} ends the program"));
            break;
        }
        // What is typed in one go is as many keys.
        if is_timed && took > MAX_LENGTH * key.chars().count() as u32 {
            wrong.push(format!("{name}: {key:?} takes {took:?} at {columns}×{rows}"));
        }
    }
    let peak = peak(pid);
    println!("{name}, {columns}×{rows}: {} MB; {:?} takes {:?}", peak >> 20, slowest.1, slowest.0);
    if is_timed && peak > MAX_MEMORY {
        wrong.push(format!("{name}: {} MB at {columns}×{rows}", peak >> 20));
    }
    wrong
}

#[test]
#[ignore = "minutes of an optimised program: .ci/run gives it the package's"]
fn whatever_is_opened_a_key_is_answered_in_time_and_memory() {
    // A person at work may name some of them.
    let wanted = std::env::var("UNSPOOL_HOSTILE").unwrap_or_default();
    type Written = Box<dyn Fn(Sink<'_>) -> io::Result<()> + Send>;
    let whole = INPUTS.iter().chain(SCREENS).map(|&(name, write)| {
        let write: Written = Box::new(write);
        (name.to_owned(), write)
    });
    let units = UNITS.iter().map(|unit| {
        let write: Written = Box::new(|out: Sink<'_>| text(out, unit, 48 * MB));
        (format!("{unit:?} again and again"), write)
    });
    let waiting = Mutex::new(whole.chain(units).filter(|(name, _)| name.contains(&wanted)));
    let next = || waiting.lock().unwrap().next();
    let work =
        || std::iter::from_fn(next).flat_map(|(name, write)| driven(&name, &*write)).collect::<Vec<_>>();
    // The screen waits more than it works.
    let wrong = thread::scope(|scope| {
        let beside = scope.spawn(work);
        let mut wrong = work();
        wrong.extend(beside.join().unwrap());
        wrong
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
