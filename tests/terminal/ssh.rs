//! At the other end of a line: through a real sshd on this machine's loopback, and over a line as slow as a modem's.
#![cfg(target_os = "linux")]

use std::{
    fs,
    net::{Ipv4Addr, TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::support::{
    pty::{ASK, Session, Setup},
    tmux::Tmux,
    tools,
};

const UNSPOOL: &str = env!("CARGO_BIN_EXE_unspool");
const TITLE: &str = "Ingress returns 504 after a minute";
const QUESTION: &str = "Requests through our Kubernetes ingress die with 504 after exactly sixty seconds. \
                        The pod answers in ninety. Where is the timeout?";

/// A server for one test: its own host key, one key that it lets in, one port of 127.0.0.1.
struct Server {
    folder: tempfile::TempDir,
    port: u16,
    process: Child,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    /// `None`: there is no sshd here, or it does not run.
    fn start() -> Option<Self> {
        if !tools::has(&["ssh", "ssh-keygen", "sshd"]) {
            return None;
        }
        // Started by root it wants a folder to lock its children into.
        if rustix::process::geteuid().is_root() && fs::create_dir_all("/run/sshd").is_err() {
            tools::left_out("sshd would need /run/sshd");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        for name in ["host", "own"] {
            let made = Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(folder.path().join(name))
                .stdin(Stdio::null())
                .status();
            assert!(made.is_ok_and(|status| status.success()), "ssh-keygen makes no keys");
        }
        fs::copy(folder.path().join("own.pub"), folder.path().join("authorized")).unwrap();
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let at = |name: &str| folder.path().join(name).display().to_string();
        let settings = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nPidFile none\nAuthorizedKeysFile {}\n\
             StrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
             PermitRootLogin prohibit-password\nPrintMotd no\nPrintLastLog no\nAcceptEnv *\nLogLevel ERROR\n",
            at("host"),
            at("authorized"),
        );
        fs::write(folder.path().join("settings"), settings).unwrap();
        let process = Command::new(tools::find("sshd")?)
            .args(["-D", "-e", "-f"])
            .arg(folder.path().join("settings"))
            .stdin(Stdio::null())
            .stderr(fs::File::create(folder.path().join("log")).unwrap())
            .spawn();
        let mut server = Self { port, process: process.ok()?, folder };
        let since = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if server.process.try_wait().unwrap().is_some() || since.elapsed() > Duration::from_secs(20) {
                tools::missing(format_args!("an sshd that runs: {}", server.log()));
                return None;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(server)
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn client(&self) -> Vec<String> {
        let own = self.folder.path().join("own").display().to_string();
        let port = self.port.to_string();
        let options = [
            "StrictHostKeyChecking=no",
            "UserKnownHostsFile=/dev/null",
            "IdentitiesOnly=yes",
            "BatchMode=yes",
            "LogLevel=ERROR",
        ];
        let mut words: Vec<String> = ["-F", "none", "-tt", "-p", &port, "-i", &own].map(str::to_owned).into();
        words.extend(options.into_iter().flat_map(|option| ["-o".to_owned(), option.to_owned()]));
        words
    }

    /// The program at the other end, started in a folder of its own.
    fn run(&self, there: &Path, command: &str) -> Session {
        let user = user();
        let there = format!("cd '{}' && TZ=UTC exec {command}", there.display());
        Setup::new("ssh").args(self.client()).args([format!("{user}@127.0.0.1"), there]).spawn()
    }
}

/// The name of the user.
fn user() -> String {
    let user = rustix::process::geteuid();
    fs::read_to_string("/etc/passwd")
        .unwrap_or_default()
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>())
        .find(|fields| fields.get(2) == Some(&user.as_raw().to_string().as_str()))
        .map(|fields| fields[0].to_owned())
        .expect("this user has a name")
}

/// Processes of the program that were started with this argument.
fn running(argument: &str) -> Vec<String> {
    let mut found = Vec::new();
    for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let words = fs::read(process.path().join("cmdline")).unwrap_or_default();
        let words: Vec<String> =
            words.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned()).collect();
        if words.first().is_some_and(|program| program == UNSPOOL)
            && words.iter().any(|word| word == argument)
        {
            found.push(format!("{} {}", process.file_name().display(), words.join(" ")));
        }
    }
    found
}

/// Everything in a folder and below.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        found.push(entry.path());
        found.extend(files(&entry.path()));
    }
    found
}

/// Opened, searched, copied from, and then the line is cut: no process and no file is left at the other end.
#[test]
fn through_ssh_a_message_is_copied_here_and_a_dropped_line_leaves_nothing_there() {
    let Some(server) = Server::start() else { return };
    let there = tempfile::tempdir().unwrap();
    // A query that tells this run from others.
    let query = format!("title:ingress {}", "504");
    let mut session = server.run(there.path(), &format!("env UNSPOOL_RUN=1 '{UNSPOOL}' --demo -q '{query}'"));
    session.wait_for(TITLE);
    session.send("\x15");
    session.wait_for("50 conversations");
    session.send("kubernetes ingress timeout");
    session.wait_for("4 of 50");
    session.send("\r");
    session.wait_for("That is nginx's own default");
    session.send("gy");
    assert_eq!(session.wait_for_copy(1).trim_end(), QUESTION);
    session.wait_for("by OSC 52");
    let found = running(&query);
    assert_eq!(found.len(), 1, "{}", server.log());
    let process = Path::new("/proc").join(found[0].split(' ').next().unwrap());
    let terminal = fs::read_link(process.join("fd/0")).unwrap();
    assert!(terminal.starts_with("/dev/pts") && terminal.exists(), "{}", terminal.display());

    // The client dies, as with a laptop that is shut: nobody says goodbye. When the server notices is its own affair;
    // it then lets go of the terminal, which hangs up.
    session.signal(rustix::process::Signal::KILL);
    let since = Instant::now();
    // What nobody has waited for yet still has a number, and no words any more.
    while fs::read(process.join("cmdline")).is_ok_and(|words| !words.is_empty()) {
        assert!(since.elapsed() < Duration::from_mins(1), "still there: {:?}", running(&query));
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(running(&query), Vec::<String>::new());
    assert_eq!(files(there.path()), Vec::<PathBuf>::new());
}

/// Left properly, the terminal is given back through the line, and the exit code comes through.
#[test]
fn through_ssh_the_terminal_is_given_back() {
    let Some(server) = Server::start() else { return };
    let there = tempfile::tempdir().unwrap();
    let mut session = server.run(there.path(), &format!("'{UNSPOOL}' --demo"));
    session.wait_for("50 conversations");
    session.send("\x03");
    assert_eq!(session.ended().exit_code(), 0);
    session.assert_given_back();
    assert_eq!(files(there.path()), Vec::<PathBuf>::new());
}

/// The client is killed, as is the program behind a line that drops: what the terminal does with lines afterwards is what
/// it was told between two frames. `stty sane` would not help.
#[test]
fn a_terminal_whose_line_was_dropped_wraps_lines_and_shows_its_cursor() {
    let Some(server) = Server::start() else { return };
    if !tools::has(&["tmux"]) {
        return;
    }
    let there = tempfile::tempdir().unwrap();
    let (client, user) = (server.client().join(" "), user());
    let command = format!(
        "ssh {client} {user}@127.0.0.1 'cd {} && TZ=UTC exec {UNSPOOL} --demo'",
        there.path().display()
    );
    // What the shell itself would do to the terminal is left out: it edits no lines.
    let mut tmux = Tmux::start("", "xterm-256color", "PS1='shell> ' exec sh");
    tmux.session.wait_for("shell>");
    tmux.session.send(format!("{command}\r"));
    tmux.session.wait_for("50 conversations");
    tmux.session.send("kubernetes ingress timeout");
    tmux.session.wait_for("4 of 50");
    tmux.session.send("\r");
    tmux.session.wait_for("That is nginx's own default");
    tmux.session.send("jjk");
    tmux.session.settled(Duration::from_millis(300));
    let pane: i32 = tmux.ask(&["display-message", "-p", "#{pane_pid}"]).trim().parse().unwrap();
    let children = fs::read_to_string(format!("/proc/{pane}/task/{pane}/children")).unwrap();
    let client = children.split_whitespace().next().unwrap().parse().unwrap();
    rustix::process::kill_process(
        rustix::process::Pid::from_raw(client).unwrap(),
        rustix::process::Signal::KILL,
    )
    .unwrap();
    tmux.session.wait_for("shell>");
    assert_eq!(tmux.ask(&["display-message", "-p", "#{wrap_flag} #{cursor_flag}"]).trim(), "1 1");
    // ssh puts the modes of the line back by itself, or this does.
    tmux.session.send("stty sane\n");
    let row = "1234567890".repeat(12);
    tmux.session.send(format!("clear; echo {row}1234567890\n"));
    let since = Instant::now();
    while !tmux.ask(&["capture-pane", "-p"]).contains(&format!("{row}\n1234567890\n")) {
        let shown = tmux.ask(&["capture-pane", "-p"]);
        assert!(since.elapsed() < Duration::from_mins(1), "130 digits are not on two rows:\n{shown}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

// --- a slow line

/// More than a Linux pseudo-terminal holds for its reader: what is in there nobody can take back.
const KERNEL_BUFFER: usize = 24 << 10;

fn message(role: &str, text: &str) -> serde_json::Value {
    serde_json::json!({"author": {"role": role}, "content": {"content_type": "text", "parts": [text]},
        "recipient": "all", "weight": 1.0, "metadata": {}})
}

/// In a thread of many screens.
fn reading() -> (tempfile::TempDir, Session) {
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<String> =
        (0..20_000).map(|line| format!("line {line} of a long answer, with its words")).collect();
    let long = format!("```\n{}\n```", lines.join("\n"));
    let object = serde_json::json!([{"id": "long", "title": "A long one", "current_node": "b", "mapping": {
        "a": {"id": "a", "parent": null, "children": ["b"], "message": message("user", "How long?")},
        "b": {"id": "b", "parent": "a", "children": [], "message": message("assistant", &long)},
    }}]);
    let archive = folder.path().join("conversations.json");
    fs::write(&archive, object.to_string()).unwrap();
    let mut session = Setup::unspool().args([&archive]).env("SSH_TTY", "/dev/pts/0").spawn();
    session.wait_for("1 conversation");
    session.send("\r");
    session.wait_for("line 3 of");
    session.settled(Duration::from_millis(300));
    (folder, session)
}

/// A key is held while a modem of 300 bytes a second takes what is drawn, and let go: there are not as many frames as
/// keys, only what was on its way and where one is now.
#[test]
fn keys_held_on_a_slow_line_do_not_queue_stale_frames() {
    for (key, times, name) in [("j", 1_000, "a line"), ("\x1b[6~", 200, "a page")] {
        let (_folder, mut session) = reading();
        let (one, screen) = (session.cost(key), session.cost("\x0c"));
        session.throttle(Some(300));
        let before = session.written();
        for _ in 0..times {
            session.send(key);
            std::thread::sleep(Duration::from_millis(1));
        }
        let while_held = session.written() - before;
        session.throttle(None);
        let after = session.settled(Duration::from_millis(500)) - before - while_held;
        println!(
            "{name} {one} bytes, a screen {screen}; while held {while_held}, then {after} for {times} keys"
        );
        assert!(one * times > 2 * (KERNEL_BUFFER + 3 * screen), "frames too small to show anything");
        assert!(
            after <= KERNEL_BUFFER + 3 * screen,
            "{after} bytes after {while_held}; a screen is {screen}"
        );
        // Where that many keys lead, drawn the same as afresh.
        let shown = session.screen();
        session.send("\x0c");
        session.settled(Duration::from_millis(300));
        assert_eq!(session.screen(), shown);
        session.send("g");
        session.wait_for("line 3 of");
        session.send(key.repeat(times + 1));
        session.settled(Duration::from_millis(500));
        assert_eq!(session.screen(), shown, "not where the keys lead");
        session.send("q");
        assert_eq!(session.ended().exit_code(), 0);
        session.assert_given_back();
    }
}

/// A signal on a line that takes next to nothing ends the program all the same.
#[test]
fn a_slow_line_does_not_keep_it_from_ending() {
    let (_folder, mut session) = reading();
    let page = session.cost("\x1b[6~");
    session.throttle(Some(30));
    let before = session.written();
    session.send("\x1b[6~".repeat(50));
    session.signal(rustix::process::Signal::HUP);
    session.wait_for_end();
    // It did not wait until the line had taken what was drawn.
    let taken = session.written() - before;
    assert!(taken < page, "{taken} bytes went through the line, a page has {page}");
}

/// On every kind of terminal a key costs little, and none of them is asked anything: there is no answer to wait for.
#[test]
fn on_every_kind_of_terminal_keys_cost_few_bytes_and_only_the_ground_is_asked_for() {
    for kind in ["xterm", "screen", "tmux-256color", "linux", "vt220"] {
        let mut session =
            Setup::unspool().args(["--demo"]).env("TERM", kind).env("SSH_TTY", "/dev/pts/0").spawn();
        session.wait_for("50 conversations");
        session.send("kubernetes ingress timeou");
        session.wait_for("4 of 50");
        // With these what has all words stays what it is; what has some of them comes when the index is there.
        let letters = ["t", "\x7f", "t"].map(|key| session.cost(key));
        session.send("\r");
        session.wait_for("That is nginx's own default");
        let lines = ["j", "j", "j", "k"].map(|key| session.cost(key));
        let pages = ["\x1b[6~", "\x1b[6~", "\x1b[5~"].map(|key| session.cost(key));
        println!("{kind}: letters {letters:?}, lines {lines:?}, pages {pages:?}");
        assert!(letters.iter().all(|bytes| *bytes <= 1_500), "{kind}: letters {letters:?}");
        assert!(lines.iter().all(|bytes| *bytes <= 800), "{kind}: lines {lines:?}");
        assert!(pages.iter().all(|bytes| *bytes <= 4096), "{kind}: pages {pages:?}");
        session.send("q");
        assert_eq!(session.ended().exit_code(), 0);
        session.assert_given_back();
        let raw = session.raw();
        // The ground is asked for once, where that does no harm; and nothing else.
        let asked = raw.windows(ASK.len()).position(|window| window == ASK);
        let raw = asked.map_or(raw.clone(), |at| [&raw[..at], &raw[at + ASK.len()..]].concat());
        // Attributes, position, status, version, keyboard, modes; colours.
        for end in [&b"c"[..], b"n", b"q", b"u", b"$p", b"t"] {
            let asks = raw.windows(2).enumerate().filter(|(_, start)| *start == b"\x1b[").any(|(at, _)| {
                let rest = &raw[at + 2..];
                let length =
                    rest.iter().take_while(|byte| byte.is_ascii_digit() || b"?>=;".contains(byte)).count();
                rest[length..].starts_with(end)
            });
            assert!(!asks, "{kind} is asked something that ends in {}", end.escape_ascii());
        }
        // Links lead; colours, titles and the like are asked for and set by other numbers.
        let asks = |bytes: &[u8]| {
            bytes.starts_with(b"\x1bP") || bytes.starts_with(b"\x1b]") && !bytes.starts_with(b"\x1b]8;")
        };
        assert!(!raw.windows(4).any(asks), "{kind}");
    }
}
