//! Any input, a clear answer: every row of that table again, from outside the program.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::LazyLock,
    time::Duration,
};

use crate::support::{
    cost,
    exports::{Scratch, claude, export, small, zip, zip_with},
    tools,
};
use serde_json::{Value, json};
use zip::CompressionMethod;

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unspool"));
    command.args(arguments).env("TZ", "UTC").env_remove("UNSPOOL_ARCHIVE").stdin(Stdio::null());
    command
}

fn unspool(arguments: &[&str], path: &Path) -> Output {
    command(arguments).arg(path).output().expect("the program starts")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Every subcommand refuses it, in one line, with 2, and for less than it takes to list the demo.
fn refused(path: &Path) -> String {
    let mut line = String::new();
    for arguments in [&["list"][..], &["search", "x"], &["extract", "--all"], &["check"], &["audit"]] {
        let (output, spent) = cost::of_program(command(arguments).arg(path));
        static LISTING: LazyLock<Option<Duration>> =
            LazyLock::new(|| cost::of_program(&mut command(&["list", "--demo"])).1);
        assert!(spent <= *LISTING, "{arguments:?}: {spent:?}, to list the demo {:?}", *LISTING);
        line = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {line}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert_eq!(line.lines().count(), 1, "{arguments:?}: {line}");
        assert!(!line.contains("panicked") && line.len() < 400, "{line}");
    }
    line
}

/// What a load that lost something says: the ids that are there, and the reasons of `check`, which leaves with 1.
fn damaged(path: &Path) -> (Vec<String>, Vec<String>) {
    let list = unspool(&["list"], path);
    assert_eq!(list.status.code(), Some(0), "{}", stderr(&list));
    assert_eq!(stderr(&list).lines().count(), 1, "warned once: {}", stderr(&list));
    assert!(stderr(&list).contains("unspool check says why"), "{}", stderr(&list));
    let check = unspool(&["check", "--json"], path);
    assert_eq!(check.status.code(), Some(1), "{}", stderr(&check));
    (ids(&list), reasons(&check))
}

/// The ids a sound archive gives: nothing is said, and `check` leaves with 0.
fn sound(path: &Path) -> Vec<String> {
    let list = unspool(&["list"], path);
    assert_eq!((list.status.code(), &*stderr(&list)), (Some(0), ""));
    let check = unspool(&["check"], path);
    assert_eq!(check.status.code(), Some(0), "{}", String::from_utf8_lossy(&check.stdout));
    ids(&list)
}

fn ids(list: &Output) -> Vec<String> {
    let text = String::from_utf8_lossy(&list.stdout).into_owned();
    let mut ids: Vec<String> =
        text.lines().map(|line| line.split('\t').next().unwrap_or_default().to_owned()).collect();
    ids.sort();
    ids
}

fn reasons(check: &Output) -> Vec<String> {
    let document: Value = serde_json::from_slice(&check.stdout).expect("JSON");
    let skipped = document["skipped"].as_array().expect("a list").iter();
    skipped.map(|loss| loss["reason"].as_str().unwrap_or_default().to_owned()).collect()
}

fn find(zip: &[u8], signature: &[u8], from: usize) -> usize {
    from + zip[from..].windows(signature.len()).position(|window| window == signature).expect("it is there")
}

fn many() -> String {
    let ids: Vec<String> = (0..400).map(|number| format!("c{number}")).collect();
    export(&ids.iter().map(String::as_str).collect::<Vec<_>>())
}

// --- what is no archive

#[test]
fn what_is_no_archive_is_refused_in_one_line() {
    let scratch = Scratch::new();
    let expected = &*format!("expected a {} export", unspool::provider::all_names_as_choice());
    for (name, bytes) in
        [("text.zip", &b"hello"[..]), ("empty.json", b""), ("gzip", b"\x1f\x8b\x08\0\0"), ("blank", b"  \n ")]
    {
        let line = refused(&scratch.file(name, bytes));
        assert!(line.contains(name) && line.contains(expected), "{line}");
    }
    std::fs::create_dir(scratch.path().join("folder")).unwrap();
    assert!(refused(&scratch.path().join("folder")).contains("holds no conversations.json"));
    let absent = refused(&scratch.path().join("absent"));
    assert!(absent.contains(if cfg!(unix) {
        "cannot be opened: no such file"
    } else {
        "cannot be opened: "
    }));
    assert!(refused(&scratch.file("other.zip", zip(&[("readme.txt", b"x")]))).contains("this zip holds no"));
    assert!(refused(&scratch.file("object.json", r#"{"a":1}"#)).contains("no array of conversations"));
    assert!(refused(&scratch.file("numbers.json", "[1,2]")).contains("not an object"));
}

#[cfg(unix)]
#[test]
fn a_device_a_fifo_and_what_may_not_be_read_are_refused_at_once() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new();
    assert!(refused(Path::new("/dev/zero")).contains("neither a file nor a folder"));
    let fifo = scratch.path().join("fifo");
    if tools::has(&["mkfifo"]) {
        assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        assert!(refused(&fifo).contains("neither a file nor a folder"));
    }
    let locked = scratch.file("locked.json", export(&["a"]));
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::File::open(&locked).is_err() {
        assert!(refused(&locked).contains("permission denied"));
    } else {
        tools::left_out("root may read anything");
    }
}

// --- damaged zips

#[test]
fn a_damaged_zip_gives_what_it_holds_and_says_what_was_lost() {
    let scratch = Scratch::new();
    let whole = zip(&[("user.json", b"{}"), ("conversations.json", many().as_bytes())]);
    let (found, reasons) = damaged(&scratch.file("cut.zip", &whole[..whole.len() * 2 / 3]));
    assert!(found.len() > 50 && reasons.iter().any(|reason| reason.contains("directory cannot be read")));
    let (found, _) = damaged(&scratch.file("nodir.zip", &whole[..find(&whole, b"PK\x01\x02", 0)]));
    assert_eq!(found.len(), 400);
    let mut rotten = whole.clone();
    let middle = rotten.len() / 2;
    rotten[middle..middle + 64].fill(0xff);
    assert!(damaged(&scratch.file("rotten.zip", rotten)).0.len() > 50);
    assert!(refused(&scratch.file("stub.zip", &whole[..40])).contains("directory cannot be read"));
}

#[test]
fn a_wrong_checksum_is_named_and_what_was_read_stays() {
    let scratch = Scratch::new();
    let mut whole = zip_with(&[("conversations.json", export(&["a"]).as_bytes())], CompressionMethod::Stored);
    let at = find(&whole, b"question a", 0);
    whole[at] ^= 2;
    let (found, reasons) = damaged(&scratch.file("crc.zip", whole));
    assert_eq!((found, reasons), (vec!["a".to_owned()], vec!["its checksum is wrong".to_owned()]));
}

#[test]
fn an_encrypted_or_unsupported_member_is_named_and_alone_it_is_refused() {
    let text = export(&["b"]);
    for (offset, value, reason) in [(0, 1, "encrypted"), (2, 12, "compression is not supported")] {
        let scratch = Scratch::new();
        let spoil = |mut zip: Vec<u8>| {
            zip[6 + offset] = value;
            let central = find(&zip, b"PK\x01\x02", 0);
            zip[central + 8 + offset] = value;
            zip
        };
        let two = zip(&[("conversations-0.json", b"[]"), ("conversations-1.json", text.as_bytes())]);
        let (found, reasons) = damaged(&scratch.file("two.zip", spoil(two)));
        assert_eq!(found, ["b"]);
        assert!(reasons[0].contains(reason), "{reasons:?}");
        let alone = zip(&[("conversations.json", text.as_bytes())]);
        assert!(refused(&scratch.file("alone.zip", spoil(alone))).contains(reason));
    }
}

// --- bombs

#[test]
fn a_limit_stops_what_has_no_end_and_says_which() {
    let scratch = Scratch::new();
    let blanks = vec![b' '; 280 << 20];
    let text = export(&["a"]);
    let bomb = zip(&[("conversations-0.json", &blanks), ("conversations-1.json", text.as_bytes())]);
    let path = scratch.file("bomb.zip", bomb);
    let (found, reasons) = damaged(&path);
    assert_eq!(found, ["a"]);
    assert!(reasons[0].contains("--limit-ratio"), "{reasons:?}");
    let raised = unspool(&["check", "--json", "--limit-ratio", "100000"], &path);
    assert_eq!(raised.status.code(), Some(0), "a limit can be raised: {}", stderr(&raised));
    let mut large = small("large");
    large["mapping"]["m000000"]["message"]["content"]["parts"][0] = json!("x".repeat(9 << 20));
    let path = scratch.file("large.json", json!([small("a"), large, small("b")]).to_string());
    assert_eq!(sound(&path), ["a", "b", "large"]);
    let limited = unspool(&["check", "--json", "--limit-conversation-mb", "5"], &path);
    assert_eq!(limited.status.code(), Some(1));
    assert!(self::reasons(&limited)[0].contains("--limit-conversation-mb"));
}

#[test]
fn overlapping_members_are_refused() {
    let scratch = Scratch::new();
    let text = export(&["a"]);
    let mut whole =
        zip(&[("conversations-0.json", text.as_bytes()), ("conversations-1.json", text.as_bytes())]);
    let first = find(&whole, b"PK\x01\x02", 0);
    let second = find(&whole, b"PK\x01\x02", first + 4);
    whole[second + 42..second + 46].copy_from_slice(&1_u32.to_le_bytes());
    assert!(refused(&scratch.file("overlap.zip", whole)).contains("overlap"));
}

// --- members

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for item in std::fs::read_dir(folder).unwrap().flatten() {
        if item.path().is_dir() {
            found.extend(files(&item.path()));
        } else {
            found.push(item.path());
        }
    }
    found
}

#[test]
fn nothing_is_ever_written_by_a_members_name() {
    let scratch = Scratch::new();
    let text = export(&["a"]);
    let path = scratch.file(
        "in/x.zip",
        zip(&[
            ("../../conversations.json", text.as_bytes()),
            ("/tmp/../etc/file-1-x.png", b"x"),
            ("..\\..\\up.json", b"{}"),
        ]),
    );
    let out = scratch.path().join("out");
    let output = unspool(&["extract", "--all", "-o", &format!("{}/", out.display())], &path);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let written: Vec<PathBuf> = files(scratch.path()).into_iter().filter(|file| *file != path).collect();
    assert_eq!(written, [out.join("2023-11-14-about-a.md")]);
}

#[test]
fn a_member_hidden_by_another_of_its_name_is_told() {
    let scratch = Scratch::new();
    let mut whole = zip(&[
        ("conversations.json", export(&["hidden"]).as_bytes()),
        ("conversationz.json", export(&["last"]).as_bytes()),
    ]);
    while let Some(at) = whole.windows(18).position(|window| window == b"conversationz.json") {
        whole[at + 12] = b's';
    }
    let (found, reasons) = damaged(&scratch.file("twice.zip", whole));
    assert_eq!(found, ["last"]);
    assert!(reasons[0].contains("1 member has the name of a later one"), "{reasons:?}");
}

#[test]
fn a_symbolic_link_is_no_export_and_a_nested_one_is_opened_one_level_deep() {
    let scratch = Scratch::new();
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    writer.add_symlink("conversations.json", "/etc/passwd", options).unwrap();
    assert!(refused(&scratch.file("link.zip", writer.finish().unwrap().into_inner())).contains("holds no"));
    let inner = zip(&[("conversations.json", export(&["a"]).as_bytes())]);
    assert_eq!(sound(&scratch.file("one.zip", zip(&[("x/inner.zip", &inner)]))), ["a"]);
    let deeper = zip(&[("inner.zip", &inner)]);
    assert!(refused(&scratch.file("two.zip", zip(&[("deep.zip", &deeper)]))).contains("holds no"));
}

// --- JSON

#[test]
fn json_that_is_off_costs_as_little_as_it_can() {
    let scratch = Scratch::new();
    let (before, after) = (small("before"), small("after"));
    let middle = small("middle").to_string();
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let with = |from: &str, to: &str| middle.replacen(from, to, 1);
    let cases: [(&str, String, bool); 10] = [
        ("half an emoji", with("question middle", "question \\ud83d"), false),
        ("NaN", with("1700000000.0", "NaN"), true),
        ("deep", with("\"weight\":1.0", &format!("\"weight\":{deep}")), false),
        ("twice", with("\"title\":", "\"title\":\"first\",\"title\":"), false),
        ("types", with("\"parts\":[\"question middle\"]", "\"parts\":{\"a\":7}"), false),
        ("no brace", middle[..middle.len() - 1].to_owned(), true),
        ("a brace too many", format!("{middle}}}"), true),
        ("null", "null".to_owned(), true),
        ("a circle", with("\"parent\":\"root\"", "\"parent\":\"m000001\""), false),
        ("no tree", r#"{"id":"middle","mapping":7}"#.to_owned(), true),
    ];
    for (what, middle, lost) in cases {
        eprintln!("{what}");
        let path = scratch.file("x.json", format!("[{before},{middle},{after}]"));
        let found = if lost { damaged(&path).0 } else { sound(&path) };
        for id in ["before", "after"] {
            assert!(found.iter().any(|other| other == id), "{what}: {found:?}");
        }
        let shown = ["half an emoji", "NaN", "deep", "twice", "types", "a circle"].contains(&what);
        assert_eq!(
            found.iter().any(|id| id == "middle"),
            shown || what.contains("brace"),
            "{what}: {found:?}"
        );
    }
    let bytes = [b"\xef\xbb\xbf[", middle.replacen("question", "\u{1}", 1).as_bytes(), b"]"].concat();
    let mut bytes: Vec<u8> = bytes;
    let at = bytes.iter().position(|&byte| byte == 1).unwrap();
    bytes[at] = 0xff;
    let path = scratch.file("bytes.json", &bytes);
    assert_eq!(sound(&path), ["middle"], "a byte order mark, and a byte that is none");
    let cut = format!("[{before},{}", &after.to_string()[..200]);
    assert_eq!(damaged(&scratch.file("cut.json", cut)).0.len(), 2);
}

#[test]
fn another_providers_export_is_named_and_claudes_is_opened() {
    let scratch = Scratch::new();
    for (json, provider) in [
        (r#"[{"id":"1","inserted_at":"2025","mapping":{"a":{}}}]"#, "DeepSeek"),
        (r#"{"conversations":[{"conversation":{},"responses":[]}]}"#, "Grok"),
        (r#"[{"header":"Gemini Apps","title":"Prompted x"}]"#, "Gemini"),
    ] {
        let line = refused(&scratch.file("x.json", json));
        assert!(line.contains(&format!("looks like a {provider}")), "{line}");
    }
    assert!(refused(&scratch.file("g.zip", zip(&[("T/My Activity.json", b"[]")]))).contains("Gemini"));
    assert!(refused(&scratch.file("l.zip", zip(&[("chat-1.json", b"[]")]))).contains("Le Chat"));
    assert_eq!(sound(&scratch.file("claude.json", claude::export(&["a", "b"]))), ["a", "b"]);
}

#[test]
fn standard_input_is_read_up_to_its_limit() {
    let scratch = Scratch::new();
    let blanks = " ".repeat(2 << 20);
    let path = scratch.file("x.json", format!("{blanks}{}", export(&["a"])));
    let list = |limit: &str| {
        let input = std::fs::File::open(&path).unwrap();
        command(&["list", "--limit-stdin-mb", limit, "-"]).stdin(input).output().expect("the program starts")
    };
    let refused = list("1");
    assert_eq!(refused.status.code(), Some(2), "{}", stderr(&refused));
    assert!(stderr(&refused).contains("past 1 MB (--limit-stdin-mb)"), "{}", stderr(&refused));
    assert_eq!(list("4").status.code(), Some(0));
}
