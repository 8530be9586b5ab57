//! The subcommands from outside: what they print, how they leave, and what they say when they cannot.

use std::{
    collections::BTreeMap,
    fs,
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

const SUBCOMMANDS: [&str; 6] = ["list", "search", "extract", "check", "completions", "man"];

/// The program, in UTC and without what this machine's environment says.
fn unspool() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unspool"));
    for name in ["UNSPOOL_ARCHIVE", "NO_COLOR", "CLICOLOR_FORCE", "TMUX", "STY", "DISPLAY", "WAYLAND_DISPLAY"]
    {
        command.env_remove(name);
    }
    // Nobody's own config file either.
    command.env("XDG_CONFIG_HOME", "/nonexistent").env("TZ", "UTC").stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    unspool().args(arguments).output().expect("the program starts")
}

/// stdout of a run that is done.
fn stdout(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The one line on stderr of a run that leaves with this code and prints nothing.
fn refused(arguments: &[&str], code: i32) -> String {
    let output = run(arguments);
    let line = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {line}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    assert_eq!(line.lines().count(), 1, "{arguments:?}: {line}");
    line.trim_end().to_owned()
}

/// An export made for one test.
struct Export {
    folder: TempDir,
    path: PathBuf,
}

impl Export {
    /// A bare JSON file.
    fn of(json: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("conversations.json");
        fs::write(&path, json).expect("a file");
        Self { folder, path }
    }

    fn new(conversations: &[Value]) -> Self {
        Self::of(&serde_json::to_string(conversations).expect("JSON"))
    }

    fn path(&self) -> &str {
        self.path.to_str().expect("UTF-8")
    }

    /// A path beside it.
    fn beside(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().expect("UTF-8").to_owned()
    }
}

/// 2025-03-03T09:42:00Z.
const MORNING: f64 = 1_740_994_920.0;

/// A conversation of turns, the person first.
fn conversation(id: &str, title: &str, updated: f64, turns: &[&str]) -> Value {
    let mut mapping = serde_json::Map::new();
    for (number, text) in turns.iter().enumerate() {
        let role = if number % 2 == 0 { "user" } else { "assistant" };
        let parent = number.checked_sub(1).map(|parent| format!("n{parent}"));
        let children: Vec<String> =
            (number + 1 < turns.len()).then(|| format!("n{}", number + 1)).into_iter().collect();
        let model = if role == "user" { json!({}) } else { json!({"model_slug": "gpt-4o"}) };
        let node = json!({
            "id": format!("n{number}"), "parent": parent, "children": children,
            "message": {
                "id": format!("m{number}"), "author": {"role": role}, "create_time": updated + number as f64,
                "content": {"content_type": "text", "parts": [text]}, "recipient": "all", "weight": 1.0, "metadata": model,
            },
        });
        mapping.insert(format!("n{number}"), node);
    }
    let current = turns.len().checked_sub(1).map(|last| format!("n{last}"));
    json!({
        "id": id, "conversation_id": id, "title": title, "create_time": updated, "update_time": updated,
        "mapping": mapping, "current_node": current, "default_model_slug": "gpt-4o",
    })
}

/// Three conversations that most tests look at.
fn three() -> Export {
    Export::new(&[
        conversation(
            "aaaa1111",
            "Ingress returns 504",
            MORNING,
            &["Why 504 after a minute?", "The proxy's timeout."],
        ),
        conversation(
            "aaaa2222",
            "A tab\tand a\nline",
            MORNING + 86_400.0,
            &["Hello", "Hi", "Timeouts, please", "None"],
        ),
        conversation("bbbb3333", "Zürich", MORNING - 86_400.0 * 400.0, &["Was tun?", "Baden \\(x\\)."]),
    ])
}

// --- arguments

#[test]
fn without_an_archive_every_subcommand_that_needs_one_says_so_and_leaves_with_2() {
    for arguments in [&["list"][..], &["search", "x"], &["extract", "--all"], &["check"]] {
        let line = refused(arguments, 2);
        assert!(line.starts_with("unspool: no archive named") && line.contains("--demo"), "{line}");
    }
}

#[test]
fn the_environment_names_the_archive_when_nothing_else_does() {
    let export = three();
    let output = unspool().arg("list").env("UNSPOOL_ARCHIVE", export.path()).output().expect("it starts");
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 3);
    let output =
        unspool().args(["list", "--demo"]).env("UNSPOOL_ARCHIVE", export.path()).output().expect("it starts");
    assert!(String::from_utf8_lossy(&output.stdout).lines().count() > 40);
}

#[test]
fn a_screen_without_a_terminal_is_refused_in_one_line() {
    let line = refused(&["--demo"], 2);
    assert!(line.contains("stdout is no terminal: use a subcommand"), "{line}");
    assert!(refused(&["-q", "word", "some.zip"], 2).contains("subcommand"));
}

#[test]
fn wrong_use_is_told_with_what_was_meant() {
    for (wrong, told) in [
        (&["list", "--jsn"][..], "unexpected argument '--jsn' found; a similar argument exists: '--json'"),
        (&["search"], "the following required arguments were not provided: <QUERY>"),
        (&["list", "-n", "ten"], "invalid value 'ten' for '-n <N>': it is no whole number"),
        (&["list", "--sort", "colour"], "[possible values: updated, created, messages, title]"),
        (&["--colour", "never"], "a similar argument exists: '--color' (see unspool --help)"),
        (&["list", "--\n\nUsage: x"], "(see unspool list --help)"),
        // Words that are a subcommand's name in another place.
        (&["-q", "list", "--colour", "x"], "(see unspool --help)"),
        (&["--color", "list"], "(see unspool --help)"),
        (&["-q", "list", "search", "--nonsense"], "(see unspool search --help)"),
        (&["--config", "check", "list", "-n", "ten"], "(see unspool list --help)"),
        (&["--nonsense", "list"], "(see unspool --help)"),
        (&["some.zip", "check", "--nonsense"], "(see unspool --help)"),
    ] {
        let line = refused(wrong, 2);
        assert!(line.contains(told), "{wrong:?}: {line}");
    }
}

#[test]
fn help_and_version_leave_with_0_and_wrong_use_with_2() {
    assert!(stdout(&["--help"]).contains("Usage: unspool"));
    assert!(stdout(&["-V"]).starts_with("unspool "));
    for subcommand in SUBCOMMANDS {
        assert!(stdout(&[subcommand, "-h"]).contains("Usage: unspool"));
    }
    for wrong in [
        &["list", "--nonsense"][..],
        &["extract"],
        &["extract", "--all", "--id", "x"],
        &["extract", "--all", "-f", "pdf"],
        &["search"],
        &["list", "--sort", "colour"],
        &["list", "-n", "-1"],
        &["list", "--limit-ratio", "0"],
    ] {
        assert!(refused(wrong, 2).contains(&format!("(see unspool {} --help)", wrong[0])), "{wrong:?}");
    }
    assert!(refused(&["-q", "x", "list", "--demo"], 2).contains("-q stands after the subcommand"));
}

#[test]
fn a_mistyped_subcommand_is_not_taken_for_an_archive() {
    let line = refused(&["serach", "kubernetes"], 2);
    assert_eq!(
        line,
        "unspool: there is neither a file nor a subcommand serach: did you mean unspool search?"
    );
}

#[test]
fn flags_end_at_two_dashes() {
    let export = three();
    let folder = export.folder.path();
    fs::copy(&export.path, folder.join("-n")).expect("a copy");
    let output = unspool().args(["list", "--", "-n"]).current_dir(folder).output().expect("it starts");
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 3);
}

/// A conversation names its archive by 16 bits: one more would be taken for the first.
#[cfg(unix)]
#[test]
fn more_archives_than_can_be_told_apart_are_refused_before_any_is_opened() {
    let names: Vec<String> = (0..=1 << 16).map(|number| number.to_string()).collect();
    let arguments: Vec<&str> = std::iter::once("list").chain(names.iter().map(String::as_str)).collect();
    let told = refused(&arguments, 2);
    assert_eq!(told, "unspool: 65537 archives are named: at most 65536 can be open at once");
}

#[test]
fn what_is_no_archive_is_named_in_one_line() {
    let export = three();
    let (text, empty) = (export.beside("notes.txt"), export.beside("empty.zip"));
    fs::write(&text, "just notes").expect("a file");
    fs::write(&empty, "").expect("a file");
    for path in [&*text, &*empty, &export.beside("missing.zip"), "/dev/null"] {
        for subcommand in ["list", "check"] {
            assert!(refused(&[subcommand, path], 2).contains(path), "{path}");
        }
    }
}

// --- list

#[test]
fn a_list_is_a_line_a_conversation_newest_first() {
    let export = three();
    assert_eq!(
        stdout(&["list", export.path()]),
        "aaaa2222\t2025-03-04\t4\tA tab and a line\n\
         aaaa1111\t2025-03-03\t2\tIngress returns 504\n\
         bbbb3333\t2024-01-28\t2\tZürich\n"
    );
}

#[test]
fn a_list_can_be_sorted_cut_and_filtered() {
    let export = three();
    let ids = |more: &[&str]| -> Vec<String> {
        let text = stdout(&[&["list", export.path()], more].concat());
        text.lines().map(|line| line.split('\t').next().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(ids(&["--sort", "title"]), ["aaaa2222", "aaaa1111", "bbbb3333"]);
    assert_eq!(ids(&["--sort", "messages", "-n", "1"]), ["aaaa2222"]);
    assert_eq!(ids(&["--sort", "created"]), ["aaaa2222", "aaaa1111", "bbbb3333"]);
    assert_eq!(ids(&["-q", "timeout"]), ["aaaa2222", "aaaa1111"]);
    assert_eq!(ids(&["-q", "before:2025"]), ["bbbb3333"]);
    let output = run(&["list", "-q", "nowhere-at-all", export.path()]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
}

#[test]
fn a_list_in_json_has_the_promised_keys() {
    let export = three();
    let text = stdout(&["list", "--json", export.path()]);
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(
        lines[1],
        json!({
            "id": "aaaa1111", "title": "Ingress returns 504", "created": "2025-03-03T09:42:00Z",
            "updated": "2025-03-03T09:42:00Z", "messages": 2, "model": "gpt-4o", "provider": "chatgpt",
            "archived": false, "starred": false, "source": export.path(),
        })
    );
    assert_eq!(lines[0]["title"], "A tab\tand a\nline", "JSON has the exact title");
}

#[test]
fn an_export_without_a_conversation_says_so_and_is_sound() {
    let export = Export::of("[]");
    for arguments in [&["list"][..], &["list", "--json"], &["search", "x"], &["extract", "--all"]] {
        let line = refused(&[arguments, &[export.path()]].concat(), 1);
        assert!(line.ends_with("conversations.json: the export holds no conversation"), "{line}");
    }
    assert!(stdout(&["check", export.path()]).contains("\n0 conversations, 0 messages"));
}

#[test]
fn a_pipe_gets_the_exact_text_and_colours_only_when_told() {
    let export = Export::new(&[conversation("x", "red \u{1b}[31m", MORNING, &["a"])]);
    assert!(stdout(&["list", export.path()]).ends_with("\tred \u{1b}[31m\n"));
    let colored = stdout(&["list", "--color", "always", export.path()]);
    assert!(colored.starts_with("\u{1b}[2mx\u{1b}[0m\t"), "{colored:?}");
    let output =
        unspool().args(["list", export.path()]).env("CLICOLOR_FORCE", "1").output().expect("it starts");
    assert!(output.stdout.starts_with(b"\x1b[2m"));
    let output = unspool()
        .args(["list", export.path()])
        .envs([("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")])
        .output()
        .expect("it starts");
    assert!(output.stdout.starts_with(b"x\t"));
}

// --- search

#[test]
fn a_search_prints_title_lines_then_role_and_snippet() {
    let export = three();
    assert_eq!(
        stdout(&["search", "timeout", export.path()]),
        "Ingress returns 504\t2025-03-03\taaaa1111\n  assistant The proxy's timeout.\n\
         \nA tab and a line\t2025-03-04\taaaa2222\n  user      Timeouts, please\n"
    );
}

#[test]
fn a_search_can_count_name_and_be_cut() {
    let export = three();
    assert_eq!(stdout(&["search", "-c", "timeout", export.path()]), "1\taaaa1111\n1\taaaa2222\n");
    assert_eq!(stdout(&["search", "-l", "timeout", export.path()]), "aaaa1111\naaaa2222\n");
    assert_eq!(stdout(&["search", "-l", "-m", "1", "timeout", export.path()]), "aaaa1111\n");
    let all = stdout(&["search", "role:user", "-n", "1", export.path()]);
    assert!(all.lines().filter(|line| line.starts_with("  ")).count() <= 3, "{all}");
    let output = run(&["search", "nowhere-at-all", export.path()]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
}

#[test]
fn a_search_in_json_has_the_promised_keys_and_a_line_for_a_title_alone() {
    let export = three();
    let lines = |query: &str| -> Vec<Value> {
        let text = stdout(&["search", "--json", query, export.path()]);
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    };
    let mut line = lines("please").remove(0);
    assert!(line["score"].is_u64());
    line["score"] = json!(0);
    assert_eq!(
        line,
        json!({
            "id": "aaaa2222", "title": "A tab\tand a\nline", "created": "2025-03-04T09:42:00Z",
            "updated": "2025-03-04T09:42:00Z", "provider": "chatgpt", "role": "user", "message": 3,
            "snippet": "Timeouts, please", "score": 0, "missing": [],
        })
    );
    let by_title = lines("Zürich");
    assert_eq!(by_title.len(), 1);
    assert_eq!((&by_title[0]["role"], &by_title[0]["message"]), (&Value::Null, &Value::Null));
}

#[test]
fn what_has_only_some_words_is_told_of_and_found_when_it_is_asked_for() {
    let export = three();
    for arguments in [&["search", "please volcano"][..], &["list", "-q", "please volcano"]] {
        let output = run(&[arguments, &[export.path()]].concat());
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{arguments:?}");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains("--loose looks for some of the words"), "{arguments:?}: {told}");
        let loose = stdout(&[arguments, &["--loose", export.path()]].concat());
        assert!(loose.contains("aaaa2222"), "{arguments:?}: {loose}");
    }
    assert_eq!(stdout(&["search", "-l", "--loose", "please volcano", export.path()]), "aaaa2222\n");
    let text = stdout(&["search", "--json", "please volcano", export.path()]);
    let line: Value = serde_json::from_str(text.lines().next().expect("a line")).expect("JSON");
    assert_eq!(line["missing"], json!(["volcano"]));
    let quoted = run(&["search", "\"volcano\"", export.path()]);
    assert!(!String::from_utf8_lossy(&quoted.stderr).contains("--loose"), "what is quoted binds");
}

/// Of one word no more can be found by some of the words, and with `--loose` nothing was said at all.
#[test]
fn when_nothing_is_found_one_line_says_so_and_what_would_find_more() {
    let export = three();
    for (arguments, words) in [
        (
            &["search", "zzzzqq"][..],
            "no conversation has all of it: --loose looks for words that are written alike",
        ),
        (
            &["list", "-q", "zzzzqq"],
            "no conversation has all of it: --loose looks for words that are written alike",
        ),
        (&["search", "--loose", "zzzzqq"], "no conversation has any of it, or words that are written alike"),
        (&["list", "--loose", "-q", "zzzzqq yyyyxx"], "no conversation has any of it"),
        (&["search", "from:claude"], "no conversation has it"),
    ] {
        let output = run(&[arguments, &[export.path()]].concat());
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains(words) && told.lines().count() == 1, "{arguments:?}: {told}");
    }
}

#[test]
fn a_second_word_that_was_taken_for_an_archive_is_told_of() {
    let export = three();
    let output = run(&["search", "budget", "timeout", export.path()]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("in quotes: search 'budget timeout'"), "{told}");
    for file in ["timeout.zip", "./timeout"] {
        let output = run(&["search", "budget", file]);
        assert!(!String::from_utf8_lossy(&output.stderr).contains("in quotes"), "{file}");
    }
}

#[test]
fn of_a_conversation_with_some_of_the_words_the_best_message_is_shown_whatever_its_title_has() {
    // The title has the letters of both words.
    let said = ["Please, one", "Yes", "And please, please, two", "No"];
    let export = Export::new(&[conversation("dddd4444", "Envelopes and calls", MORNING, &said)]);
    let text = stdout(&["search", "--json", "please volcano", export.path()]);
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 1, "{text}");
    assert_eq!((&lines[0]["message"], &lines[0]["missing"]), (&json!(3), &json!(["volcano"])));
    // It is read again where its hits are counted.
    assert_eq!(stdout(&["search", "-c", "--loose", "please volcano", export.path()]), "3\tdddd4444\n");
}

// --- extract

#[test]
fn a_conversation_goes_to_stdout_as_markdown() {
    let export = three();
    assert_eq!(
        stdout(&["extract", "--id", "bbbb", export.path()]),
        "# Zürich\n\n## You · 28 Jan 2024, 09:42\n\nWas tun?\n\n## gpt-4o · 28 Jan 2024, 09:42\n\nBaden $x$.\n"
    );
    assert!(
        stdout(&["extract", "--id", "bbbb", "--front-matter", export.path()])
            .starts_with("---\ntitle: \"Zürich\"\n")
    );
    assert!(
        stdout(&["extract", "--id", "bbbb", "-f", "text", "-o", "-", export.path()])
            .contains("Baden \\(x\\).")
    );
    assert!(stdout(&["extract", "--id", "bbbb", "-f", "html", export.path()]).starts_with("<!DOCTYPE html>"));
}

#[test]
fn an_id_is_whole_or_a_beginning_that_only_one_has() {
    let export = three();
    assert!(
        refused(&["extract", "--id", "cccc", export.path()], 1).contains("no conversation has the id cccc")
    );
    let output = run(&["extract", "--id", "aaaa", export.path()]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        told.contains("aaaa1111  Ingress returns 504") && told.contains("aaaa2222  A tab and a line"),
        "{told}"
    );
    assert!(output.stdout.is_empty());
    let both = stdout(&["extract", "--id", "aaaa1", "--id", "bbbb3333", "--id", "bbbb", export.path()]);
    assert_eq!(both.matches("\n# ").count() + 1, 2, "{both}");
}

#[test]
fn a_query_that_finds_nothing_extracts_nothing_and_leaves_with_1() {
    let export = three();
    let folder = export.beside("out/");
    assert!(
        refused(&["extract", "-q", "\"nowhere at all\"", "-o", &folder, export.path()], 1)
            .contains("nothing to extract")
    );
    let advice = refused(&["extract", "-q", "nowhere-at-all", "-o", &folder, export.path()], 1);
    assert!(advice.contains("no conversation has all of it"), "{advice}");
    assert!(!Path::new(&folder).exists());
}

#[test]
fn json_is_the_original_object_byte_for_byte() {
    let first = "{ \"mapping\" : {} ,\n\t\"title\":\"a\\u00e9\" , \"id\": \"x1\", \"unknown\": [1.50, 1e3] }";
    let second = conversation("x2", "second", MORNING, &["a", "b"]).to_string();
    let export = Export::of(&format!(" [ {first} ,\n{second}]\n"));
    assert_eq!(stdout(&["extract", "--id", "x1", "-f", "json", export.path()]), first);
    let folder = export.beside("out");
    let output = run(&["extract", "--all", "-f", "json", "-o", &format!("{folder}/"), export.path()]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(fs::read_to_string(format!("{folder}/aé.json")).expect("written"), first);
    assert_eq!(fs::read_to_string(format!("{folder}/2025-03-03-second.json")).expect("written"), second);
    assert!(refused(&["extract", "--all", "-f", "json", export.path()], 2).contains("-o DIR/"));
    let file = export.beside("one.json");
    assert_eq!(
        run(&["extract", "--id", "x2", "-f", "json", "-o", &file, export.path()]).status.code(),
        Some(0)
    );
    assert_eq!(fs::read_to_string(&file).expect("written"), second);
}

#[test]
fn every_conversation_gets_a_file_for_its_owner_only_even_one_with_nothing_to_show() {
    let export = Export::new(&[
        conversation("id-one", "New chat", MORNING, &["a"]),
        conversation("id-two", "new chat", MORNING, &["b"]),
        conversation("id-three", "../../etc/passwd", MORNING, &[]),
    ]);
    let folder = export.beside("deep/out/");
    let output = run(&["extract", "--all", "-o", &folder, export.path()]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), format!("unspool: wrote 3 files to {folder}\n"));
    let mut names: Vec<String> = fs::read_dir(&folder)
        .expect("made")
        .map(|entry| entry.expect("readable").file_name().into_string().expect("UTF-8"))
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["2025-03-03-etc-passwd.md", "2025-03-03-new-chat-id-two.md", "2025-03-03-new-chat.md"]
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &str| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700);
        assert_eq!(mode(&format!("{folder}/2025-03-03-new-chat.md")), 0o600);
    }
}

#[test]
fn an_existing_file_is_left_until_force() {
    let export = three();
    let file = export.beside("a.md");
    fs::write(&file, "mine").expect("a file");
    let line = refused(&["extract", "--id", "bbbb", "-o", &file, export.path()], 2);
    assert_eq!(line, format!("unspool: {file} exists already: --force replaces it"));
    assert_eq!(fs::read_to_string(&file).expect("there"), "mine");
    assert_eq!(
        run(&["extract", "--id", "bbbb", "--force", "-o", &file, export.path()]).status.code(),
        Some(0)
    );
    assert!(fs::read_to_string(&file).expect("there").starts_with("# Zürich"));

    let folder = export.beside("out/");
    assert_eq!(run(&["extract", "--all", "-o", &folder, export.path()]).status.code(), Some(0));
    fs::remove_file(format!("{folder}2024-01-28-zürich.md")).expect("it was written");
    let line = refused(&["extract", "--all", "-o", &folder, export.path()], 2);
    assert!(line.contains("2 files exist already") && line.contains("(1 file written)"), "{line}");
    assert_eq!(fs::read_dir(&folder).expect("there").count(), 3);
}

#[test]
fn places_that_take_no_file_are_named_in_one_line() {
    let export = three();
    let told = |place: &str| refused(&["extract", "--id", "bbbb", "-o", place, export.path()], 2);
    assert!(told(&export.beside("no/such/a.md")).ends_with("its folder does not exist"));
    if cfg!(target_os = "linux") {
        assert!(told("/dev/full").contains("device"));
        let forced = ["extract", "--id", "bbbb", "--force", "-o", "/dev/stdout", export.path()];
        assert!(refused(&forced, 2).contains("device"));
    }
    assert!(told(&format!("{}/", export.path())).contains("cannot make the folder"));
}

#[test]
fn several_conversations_in_one_file_are_all_there() {
    let export = three();
    for (format, mark, count) in [("markdown", "# ", 3), ("html", "<main>", 3), ("jsonl", "{\"role\":", 8)] {
        let file = export.beside(&format!("all.{format}"));
        assert_eq!(
            run(&["extract", "--all", "-f", format, "-o", &file, export.path()]).status.code(),
            Some(0)
        );
        let text = fs::read_to_string(&file).expect("written");
        assert_eq!(text.lines().filter(|line| line.starts_with(mark)).count(), count, "{text}");
        assert_eq!(text.matches("<!DOCTYPE").count(), usize::from(format == "html"));
        assert_eq!(text, stdout(&["extract", "--all", "-f", format, export.path()]));
    }
    assert!(refused(&["extract", "--all", "--front-matter", export.path()], 2).contains("front matter"));
}

/// What a message of the export says, if it is one that ChatGPT itself shows as part of the conversation: read
/// without any of the program's own code.
fn shown_text(message: &Value) -> Option<(String, String)> {
    let metadata = &message["metadata"];
    let role = message["author"]["role"].as_str()?;
    if metadata["is_visually_hidden_from_conversation"] == true || message["weight"] == 0.0 {
        return None;
    }
    let kind = message["content"]["content_type"].as_str()?;
    let parts = message["content"]["parts"].as_array().cloned().unwrap_or_default();
    let is_image = |part: &Value| part["content_type"] == "image_asset_pointer";
    let shown = match role {
        "user" => kind == "text" || kind == "multimodal_text",
        "assistant" => {
            (message["recipient"].is_null() || message["recipient"] == "all")
                && (kind == "text" || kind == "multimodal_text")
        }
        "tool" => parts.iter().any(is_image),
        _ => false,
    };
    let texts: Vec<&str> = parts.iter().filter_map(|part| part.as_str().or(part["text"].as_str())).collect();
    let text = texts.join("\n");
    // An upload without a word is a message all the same.
    let uploads = metadata["attachments"].as_array().is_some_and(|uploads| !uploads.is_empty());
    let blank = text.trim().is_empty() && parts.iter().all(Value::is_string) && !uploads;
    (shown && !blank).then(|| (role.to_owned(), text))
}

/// The visible texts of a conversation of the export, in order.
fn shown_texts(conversation: &Value) -> Vec<(String, String)> {
    let mapping = &conversation["mapping"];
    let mut path = Vec::new();
    let mut node = conversation["current_node"].as_str();
    while let Some(id) = node {
        path.push(&mapping[id]["message"]);
        node = mapping[id]["parent"].as_str();
    }
    path.into_iter().rev().filter_map(shown_text).collect()
}

/// Text that the program rightly changes: citations, dead links, writing blocks, cut surrogates.
fn is_cleaned(text: &str) -> bool {
    text.contains(|char| ('\u{e200}'..='\u{e204}').contains(&char) || char == '\u{fffd}')
        || ["【", "sandbox:", ":::"].iter().any(|mark| text.contains(mark))
}

#[test]
fn jsonl_gives_back_every_visible_text_of_the_demo_as_another_reading_of_its_json_has_it() {
    let file = fs::File::open("assets/demo/demo.zip").expect("the demo is in the tree");
    let mut zip = zip::ZipArchive::new(file).expect("a zip");
    let names: Vec<String> =
        zip.file_names().filter_map(Result::ok).map(std::borrow::Cow::into_owned).collect();
    let mut expected: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for name in names.iter().filter(|name| name.contains("conversations-") && !name.ends_with("names.json")) {
        let mut json = Vec::new();
        zip.by_name(name).expect("listed").read_to_end(&mut json).expect("whole");
        // Cut surrogates are no JSON to a strict reader: those conversations have a test of their own.
        let Ok(Value::Array(conversations)) = serde_json::from_slice(&json) else { continue };
        for conversation in &conversations {
            let id = conversation["id"].as_str().or(conversation["conversation_id"].as_str());
            let dangling = conversation["current_node"]
                .as_str()
                .is_none_or(|node| conversation["mapping"][node].is_null());
            if let Some(id) = id.filter(|_| !dangling) {
                expected.insert(id.to_owned(), shown_texts(conversation));
            }
        }
    }
    assert!(expected.len() > 25, "{}", expected.len());
    let mut compared = 0;
    for (id, texts) in expected {
        let lines = stdout(&["extract", "--demo", "--id", &id, "-f", "jsonl"]);
        let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!(lines.len(), texts.len(), "{id}");
        for (line, (role, text)) in lines.iter().zip(texts) {
            assert_eq!(line["role"], *role, "{id}");
            if !is_cleaned(&text) {
                assert_eq!(line["text"], *text, "{id}");
                compared += 1;
            }
        }
    }
    assert!(compared > 100, "{compared}");
}

#[test]
fn branches_and_folded_messages_come_when_asked_for() {
    let lines = |more: &[&str]| {
        stdout(&[&["extract", "--demo", "--all", "-f", "jsonl"], more].concat()).lines().count()
    };
    let plain = lines(&[]);
    let (branches, tools) = (lines(&["--branches", "all"]), lines(&["--include", "tools"]));
    let (reasoning, hidden) = (lines(&["--include", "reasoning"]), lines(&["--include", "hidden"]));
    assert!(branches > plain && tools > plain && reasoning > plain && hidden > plain);
    let all = lines(&["--include", "tools,reasoning,hidden"]);
    assert_eq!(all - plain, tools - plain + (reasoning - plain) + (hidden - plain));
}

// --- archives

#[test]
fn two_conversations_with_one_id_and_no_common_message_are_both_given() {
    let both =
        [conversation("x-1", "One", MORNING, &["a", "b"]), conversation("x-1", "Two", MORNING, &["c", "d"])];
    let export = Export::new(&both);
    assert_eq!(stdout(&["list", export.path()]).lines().count(), 2);
    for id in ["x-1", "x"] {
        let text = stdout(&["extract", "--id", id, "-f", "text", export.path()]);
        assert!(["One", "Two"].iter().all(|title| text.contains(title)), "{text}");
    }
    assert!(stdout(&["check", export.path()]).contains("1 conversation has the id of another"));
}

#[test]
fn several_archives_are_merged_by_id_and_the_later_one_wins() {
    let older = Export::new(&[
        conversation("x", "old", MORNING, &["a"]),
        conversation("y", "only here", MORNING, &["b"]),
    ]);
    let newer = Export::new(&[conversation("x", "new", MORNING + 60.0, &["a", "b"])]);
    for order in [[older.path(), newer.path()], [newer.path(), older.path()]] {
        let text = stdout(&["list", order[0], order[1]]);
        assert_eq!(text, "x\t2025-03-03\t2\tnew\ny\t2025-03-03\t1\tonly here\n");
    }
    let both = stdout(&["list", "--json", older.path(), newer.path()]);
    let sources: Vec<Value> = both
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["source"].clone())
        .collect();
    assert_eq!(sources, [newer.path(), older.path()]);
    let original = stdout(&["extract", "--id", "x", "-f", "json", older.path(), newer.path()]);
    assert!(original.contains("\"new\""));
}

#[test]
fn stdin_is_an_archive_too() {
    let export = three();
    let json = fs::read(&export.path).expect("there");
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("conversations.json", zip::write::SimpleFileOptions::default()).expect("a member");
    zip.write_all(&json).expect("written");
    let zip = zip.finish().expect("a zip").into_inner();
    for bytes in [json, zip] {
        for arguments in [&["list", "-"][..], &["extract", "--id", "bbbb", "-f", "json", "-"]] {
            let mut child = unspool()
                .args(arguments)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .expect("the program starts");
            child.stdin.take().expect("piped").write_all(&bytes).expect("it reads");
            let output = child.wait_with_output().expect("it ends");
            assert_eq!(output.status.code(), Some(0));
            assert!(String::from_utf8_lossy(&output.stdout).contains("rich"));
        }
    }
}

// --- check, and damage

/// Three conversations of which the second is no JSON.
fn damaged() -> Export {
    let sound = |id: &str| conversation(id, id, MORNING, &["a", "b"]).to_string();
    Export::of(&format!("[{},{{\"mapping\": nonsense}},{}]", sound("one"), sound("three")))
}

#[test]
fn a_sound_archive_is_checked_with_0_and_its_account_is_whole() {
    let export = three();
    let text = stdout(&["check", export.path()]);
    assert!(text.contains("3 conversations, 8 messages") && text.contains("nothing skipped"), "{text}");
    let report: Value =
        serde_json::from_str(&stdout(&["check", "--json", export.path()])).expect("one document");
    assert_eq!((&report["conversations"], &report["messages"]), (&json!(3), &json!(8)));
    assert_eq!(report["bytes"], json!(fs::metadata(&export.path).expect("there").len()));
    assert!(report["seconds"].is_number() && report["skipped"] == json!([]));
    assert_eq!(report["archives"][0]["source"], export.path());
}

#[test]
fn damage_is_told_with_its_place_and_reason_and_leaves_with_1() {
    let export = damaged();
    let output = run(&["check", "--json", export.path()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stderr.is_empty(), "the report says it all");
    let report: Value = serde_json::from_slice(&output.stdout).expect("one document");
    let skipped = &report["skipped"][0];
    let place =
        fs::read_to_string(&export.path).expect("there").find("{\"mapping\": nonsense").expect("there");
    assert_eq!(skipped["offset"], json!(place));
    assert!(skipped["source"].as_str().is_some_and(|source| source.starts_with(export.path())));
    assert!(skipped["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
    assert_eq!(run(&["check", export.path()]).status.code(), Some(1));
}

#[test]
fn over_a_damaged_archive_the_others_do_their_work_and_warn_once() {
    let export = damaged();
    for arguments in [&["list"][..], &["search", "a"], &["extract", "--all"]] {
        let output = run(&[arguments, &[export.path()]].concat());
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{told}");
        assert_eq!(told.lines().filter(|line| line.contains("unspool check says why")).count(), 1, "{told}");
        assert!(!output.stdout.is_empty());
    }
}

// --- completions, man

#[test]
fn completions_are_there_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(stdout(&["completions", shell]).contains("extract"), "{shell}");
    }
    assert_eq!(run(&["completions", "tcsh"]).status.code(), Some(2));
}

#[test]
fn the_manual_is_one_page_with_every_subcommand_and_flag() {
    let page = stdout(&["man"]).replace("\\-", "-");
    for subcommand in SUBCOMMANDS {
        assert!(page.contains(&format!("UNSPOOL {}", subcommand.to_uppercase())), "{subcommand}");
        let help = stdout(&[subcommand, "--help"]);
        for flag in help.split(|char: char| !(char.is_ascii_alphanumeric() || char == '-')) {
            if flag.starts_with("--") && flag.len() > 2 {
                assert!(page.contains(flag), "{subcommand} {flag}");
            }
        }
    }
    for section in ["EXIT STATUS", "ENVIRONMENT", "ARCHIVES", "JSON"] {
        assert!(page.contains(section), "{section}");
    }
}

// --- the ends of pipes

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_told_and_leaves_with_2() {
    let export = three();
    for arguments in [
        &["list", export.path()][..],
        &["man"],
        &["extract", "--all", export.path()],
        &["check", export.path()],
    ] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
        let output = unspool()
            .args(arguments)
            .stdout(full)
            .stderr(Stdio::piped())
            .spawn()
            .and_then(std::process::Child::wait_with_output);
        let output = output.expect("it ends");
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(
            String::from_utf8_lossy(&output.stderr),
            "unspool: cannot write to stdout: no space left on device\n"
        );
    }
}

#[test]
fn a_reader_who_has_seen_enough_is_told_nothing() {
    let mut child = unspool()
        .args(["extract", "--demo", "--all", "-f", "jsonl"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut first = [0; 10];
    child.stdout.take().expect("piped").read_exact(&mut first).expect("it prints");
    let output = child.wait_with_output().expect("it ends");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!told.contains("pipe") && !told.contains("panic") && !told.contains("write"), "{told}");
    assert_ne!(output.status.code(), Some(0), "not all of it was printed");
}

// --- a terminal

/// Runs the program in a pseudo-terminal of 80 columns and gives all it wrote. (What Windows gives to who stands behind
/// one is not what a program wrote.)
#[cfg(unix)]
fn in_terminal(arguments: &[&str], variables: &[(&str, &str)]) -> Vec<u8> {
    let system = portable_pty::native_pty_system();
    let size = portable_pty::PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
    let pair = system.openpty(size).expect("a pseudo-terminal");
    let mut command = portable_pty::CommandBuilder::new(env!("CARGO_BIN_EXE_unspool"));
    for name in ["UNSPOOL_ARCHIVE", "CLICOLOR_FORCE", "TMUX", "STY", "DISPLAY", "WAYLAND_DISPLAY"] {
        command.env_remove(name);
    }
    command.cwd(env!("CARGO_MANIFEST_DIR"));
    for (name, value) in [("TERM", "xterm"), ("TZ", "UTC")].iter().chain(variables) {
        command.env(name, value);
    }
    command.args(arguments);
    let mut reader = pair.master.try_clone_reader().expect("a reader");
    let mut child = pair.slave.spawn_command(command).expect("the program starts");
    drop(pair.slave);
    let mut written = Vec::new();
    // On Linux the end of a terminal is an error.
    let _ = reader.read_to_end(&mut written);
    child.wait().expect("it ends");
    written
}

#[test]
#[cfg(unix)]
fn a_terminal_gets_no_control_character_of_an_archive() {
    let export = Export::new(&[conversation(
        "x",
        "red \u{1b}[31m\u{202e}",
        MORNING,
        &["bell \u{7} \u{9b}2J", "\u{1b}]0;x\u{7}"],
    )]);
    for arguments in [
        &["list", "--color", "never"][..],
        &["search", "--color", "never", "bell"],
        &["extract", "--all"],
        &["extract", "--all", "-f", "jsonl"],
        &["extract", "--all", "-f", "json"],
    ] {
        let written = in_terminal(&[arguments, &[export.path()]].concat(), &[]);
        let text = String::from_utf8_lossy(&written);
        assert!(!text.is_empty());
        let acts =
            |char: char| char.is_control() && !matches!(char, '\n' | '\r' | '\t') || char == '\u{202e}';
        assert!(!text.contains(acts), "{arguments:?}: {text:?}");
    }
}

#[test]
#[cfg(unix)]
fn a_copy_from_the_command_line_over_ssh_goes_out_by_osc52() {
    let export = three();
    let written = in_terminal(
        &["extract", "--id", "bbbb", "-f", "text", "--clipboard", export.path()],
        &[("SSH_TTY", "/dev/pts/0")],
    );
    let text = String::from_utf8_lossy(&written);
    let sequence = text
        .split_once("\x1b]52;c;")
        .and_then(|(_, rest)| rest.split_once("\x1b\\"))
        .map(|(base64, _)| base64);
    let sequence = sequence.unwrap_or_else(|| panic!("no OSC 52 in {text:?}"));
    let expected = stdout(&["extract", "--id", "bbbb", "-f", "text", export.path()]);
    assert_eq!(decode(sequence), expected.as_bytes());
    assert!(
        text.contains(&format!("sent {} bytes (text) to the clipboard by OSC 52", expected.len())),
        "{text:?}"
    );
}

/// Base64, as far as the test above needs it.
#[cfg(unix)]
fn decode(text: &str) -> Vec<u8> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bits = 0_u32;
    let mut count = 0;
    let mut bytes = Vec::new();
    for digit in text.bytes().filter_map(|byte| alphabet.iter().position(|&other| other == byte)) {
        bits = (bits << 6) | digit as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}

// --- interrupted, and on a full disk

/// Begins to write 6 000 files, sends the signal once the first are there, and tells how it left, which files there
/// are, and how many temporary ones. Every file that has its name must be whole.
#[cfg(unix)]
fn stopped_by(signal: rustix::process::Signal) -> (Output, usize, usize) {
    let conversations: Vec<Value> = (0..6_000)
        .map(|number| {
            conversation(&format!("id-{number}"), &format!("Chat {number}"), MORNING, &["Why?", "So."])
        })
        .collect();
    let export = Export::new(&conversations);
    let folder = export.beside("out/");
    let child = unspool()
        .args(["extract", "--all", "-o", &folder, export.path()])
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let process = rustix::process::Pid::from_child(&child);
    let named = || {
        let entries = fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok);
        entries.map(|entry| entry.file_name().into_string().expect("UTF-8")).collect::<Vec<String>>()
    };
    while !named().iter().any(|name| !name.starts_with('.')) {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    let _ = rustix::process::kill_process(process, signal);
    let output = child.wait_with_output().expect("it ends");
    let (temporary, whole): (Vec<String>, Vec<String>) =
        named().into_iter().partition(|name| name.starts_with('.'));
    for name in &whole {
        let text = fs::read_to_string(format!("{folder}{name}")).expect("there");
        assert!(text.starts_with("# Chat ") && text.ends_with("\n\nSo.\n"), "{name}: {text}");
    }
    (output, whole.len(), temporary.len())
}

#[cfg(unix)]
#[test]
fn an_interrupted_extract_keeps_what_is_done_and_leaves_nothing_half_done() {
    let (output, whole, temporary) = stopped_by(rustix::process::Signal::INT);
    assert_eq!(temporary, 0);
    // On a fast machine it may have been done by then.
    if whole < 6_000 {
        assert_eq!(output.status.code(), Some(2));
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.starts_with(&format!("unspool: stopped: {whole} files written of 6000")), "{told}");
    }
}

#[cfg(unix)]
#[test]
fn a_killed_extract_leaves_no_half_file_under_a_name() {
    let (_, whole, _) = stopped_by(rustix::process::Signal::KILL);
    assert!(whole > 0);
}

// --- tmux

/// With tmux's own defaults, as a person finds it.
#[cfg(unix)]
#[test]
fn a_copy_within_tmux_is_in_its_buffer_whole() {
    if !crate::support::tools::has(&["tmux"]) {
        return;
    }
    let export = three();
    let socket = export.beside("tmux");
    let tmux = |arguments: &[&str]| {
        let mut command = Command::new("tmux");
        command
            .env_remove("TMUX")
            .args(["-S", &socket, "-f", "/dev/null"])
            .args(arguments)
            .stdin(Stdio::null());
        command.output()
    };
    let done = export.beside("done");
    let line = format!(
        "env -u DISPLAY -u WAYLAND_DISPLAY TZ=UTC '{}' extract --id bbbb --clipboard '{}' 2> '{done}.tmp'; \
         mv '{done}.tmp' '{done}'; sleep 60",
        env!("CARGO_BIN_EXE_unspool"),
        export.path()
    );
    tmux(&["new-session", "-d", "-x", "80", "-y", "24", &line]).expect("tmux starts");
    for _ in 0..500 {
        if Path::new(&done).exists() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let buffer = tmux(&["show-buffer"]).expect("tmux answers").stdout;
    tmux(&["kill-server"]).expect("tmux answers");
    let told = fs::read_to_string(&done).expect("it ended");
    assert!(told.contains("by tmux, which keeps it"), "{told}");
    assert_eq!(String::from_utf8_lossy(&buffer), stdout(&["extract", "--id", "bbbb", export.path()]));
}
