//! An extract is safe to make, on file systems that have enough of it: full, read-only, with links and hostile titles in
//! the way, or with the program killed in the middle. Mounting needs root; without, those tests say so and pass.
#![cfg(target_os = "linux")]

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use crate::support::{
    exports::{self, Scratch, small},
    tools,
};
use serde_json::{Value, json};

fn unspool() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unspool"));
    command.env("TZ", "UTC").stdin(Stdio::null());
    command
}

fn extract(arguments: &[&str], archive: &Path) -> Output {
    unspool().arg("extract").args(arguments).arg(archive).output().expect("the program starts")
}

/// The one line of a run that failed.
#[track_caller]
fn refused(output: &Output) -> String {
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
    told
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("readable").file_name().into_string().expect("UTF-8"))
        .collect();
    names.sort();
    names
}

/// An export of conversations with these titles.
fn titled(scratch: &Scratch, titles: &[String]) -> PathBuf {
    let object = |(number, title): (usize, &String)| {
        let mut object = small(&format!("id-{number}"));
        object["title"] = json!(title);
        object
    };
    let objects: Vec<Value> = titles.iter().enumerate().map(object).collect();
    scratch.file("conversations.json", Value::Array(objects).to_string())
}

fn many(scratch: &Scratch, count: usize) -> PathBuf {
    titled(scratch, &(0..count).map(|number| format!("Chat {number}")).collect::<Vec<_>>())
}

/// A file system of its own; unmounted at the end.
struct Mounted(PathBuf);

impl Mounted {
    fn new(folder: &Path, arguments: &[&[&str]]) -> Option<Self> {
        fs::create_dir_all(folder).unwrap();
        for arguments in arguments {
            let mut command = Command::new("mount");
            command.args(*arguments).arg(folder).stdout(Stdio::null()).stderr(Stdio::null());
            if !command.status().is_ok_and(|status| status.success()) {
                tools::left_out("nothing can be mounted here");
                return None;
            }
        }
        Some(Self(folder.to_owned()))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_leaves_the_old_file_and_nothing_else() {
    let scratch = Scratch::new();
    let archive = many(&scratch, 4_000);
    let disk = scratch.path().join("disk");
    let Some(_mounted) = Mounted::new(&disk, &[&["-t", "tmpfs", "-o", "size=256k", "tmpfs"]]) else { return };
    let old = disk.join("all.md");
    fs::write(&old, "old").unwrap();
    let to = old.to_str().unwrap();
    let told = refused(&extract(&["--all", "--force", "-o", to], &archive));
    assert!(told.contains("no space left on device"), "{told}");
    assert_eq!((fs::read_to_string(&old).unwrap().as_str(), names(&disk).len()), ("old", 1));

    let to = format!("{}/", disk.display());
    let told = refused(&extract(&["--all", "-o", &to], &archive));
    assert!(told.contains("no space left on device"), "{told}");
    for name in names(&disk) {
        assert!(!name.starts_with('.'), "{name} is left");
        let text = fs::read_to_string(disk.join(&name)).unwrap();
        assert!(
            name == "all.md" || (text.starts_with("# Chat ") && text.contains("answer id-")),
            "{name}: {text}"
        );
    }
}

#[test]
fn a_full_disk_keeps_no_half_attachment() {
    let scratch = Scratch::new();
    let mut object = small("a");
    let upload = json!({"attachments": [{"id": "file-big", "name": "big.bin", "size": 900_000}]});
    for node in object["mapping"].as_object_mut().unwrap().values_mut() {
        if node["message"]["author"]["role"] == "user" {
            node["message"]["metadata"] = upload.clone();
        }
    }
    let json = Value::Array(vec![object]).to_string();
    let big: Vec<u8> =
        (0..900_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let zip = exports::zip(&[("conversations.json", json.as_bytes()), ("file-big-x.bin", &big)]);
    let archive = scratch.file("export.zip", zip);
    let disk = scratch.path().join("disk");
    let Some(_mounted) = Mounted::new(&disk, &[&["-t", "tmpfs", "-o", "size=256k", "tmpfs"]]) else { return };
    let to = disk.join("a.md");
    let told = refused(&extract(&["--all", "--attachments", "-o", to.to_str().unwrap()], &archive));
    assert!(told.contains("a-files/big.bin: no space left on device"), "{told}");
    assert!(names(&disk).is_empty(), "{:?}", names(&disk));
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let scratch = Scratch::new();
    let archive = many(&scratch, 3);
    let folder = scratch.path().join("folder");
    let is_root = rustix::process::getuid().is_root();
    let path = folder.to_str().unwrap().to_owned();
    let mounted = if is_root {
        Mounted::new(&folder, &[&["--bind", &path], &["-o", "remount,ro,bind"]])
    } else {
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o500)).unwrap();
        None
    };
    if is_root && mounted.is_none() {
        return;
    }
    for to in [format!("{path}/all.md"), format!("{path}/"), format!("{path}/new/")] {
        let told = refused(&extract(&["--all", "-o", &to], &archive));
        assert!(
            told.contains(&path) && told.contains(if is_root { "read-only" } else { "permission denied" }),
            "{told}"
        );
    }
    assert!(names(&folder).is_empty());
}

#[test]
fn a_link_in_the_last_place_is_replaced_or_left_and_never_followed() {
    let scratch = Scratch::new();
    let archive = many(&scratch, 2);
    let precious = scratch.file("precious.md", "precious");
    let link = scratch.path().join("link.md");
    let to = link.to_str().unwrap();
    for target in [&precious, &scratch.path().join("nowhere.md")] {
        let _ = fs::remove_file(&link);
        symlink(target, &link).unwrap();
        let told = refused(&extract(&["--all", "-o", to], &archive));
        assert!(told.contains("exists already"), "{told}");
        assert!(extract(&["--all", "--force", "-o", to], &archive).status.success());
        assert!(!link.is_symlink() && fs::read_to_string(&link).unwrap().starts_with("# Chat"));
    }
    assert_eq!(fs::read_to_string(&precious).unwrap(), "precious");
    assert!(!scratch.path().join("nowhere.md").exists());

    // The same where a file of a folder would stand.
    let out = scratch.path().join("out");
    fs::create_dir(&out).unwrap();
    symlink(&precious, out.join("2023-11-14-chat-0.md")).unwrap();
    let to = format!("{}/", out.display());
    let told = refused(&extract(&["--all", "-o", &to], &archive));
    assert!(told.contains("exists already") && told.contains("(1 file written)"), "{told}");
    assert!(extract(&["--all", "--force", "-o", &to], &archive).status.success());
    assert_eq!(fs::read_to_string(&precious).unwrap(), "precious");
}

#[test]
fn killed_in_the_middle_it_leaves_the_old_file() {
    let scratch = Scratch::new();
    let archive = many(&scratch, 20_000);
    let old = scratch.file("out/all.md", "old");
    let folder = scratch.path().join("out");
    for _ in 0..3 {
        fs::write(&old, "old").unwrap();
        let mut child = unspool()
            .args(["extract", "--all", "--force", "-o"])
            .arg(&old)
            .arg(&archive)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        // As soon as something of it is there, under whatever name.
        let untouched = || names(&folder).len() < 2 && fs::read(&old).is_ok_and(|text| text == b"old");
        while untouched() && child.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < Duration::from_mins(2));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let text = fs::read_to_string(&old).unwrap();
        let whole = text.starts_with("# Chat ") && text.matches("\n# Chat ").count() == 19_999;
        assert!(text == "old" || whole, "{} bytes of half a file", text.len());
        for left in names(&folder).iter().filter(|name| name.starts_with(".unspool-")) {
            fs::remove_file(folder.join(left)).unwrap();
        }
    }
}

#[test]
fn files_are_on_the_disk_before_they_have_their_names() {
    let traced = |arguments: &[&str], archive: &Path, log: &Path| {
        let mut command = Command::new("strace");
        command.args([
            "-f",
            "-e",
            "trace=fsync,syncfs,fdatasync,rename,renameat,renameat2,link,linkat",
            "-o",
        ]);
        command.arg(log).arg(env!("CARGO_BIN_EXE_unspool")).arg("extract").args(arguments).arg(archive);
        command.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    };
    if !tools::can_watch() {
        return;
    }
    let scratch = Scratch::new();
    let archive = many(&scratch, 40);
    let log = scratch.path().join("calls");
    let (file, folder) = (scratch.path().join("one.md"), format!("{}/out/", scratch.path().display()));
    for (to, sync) in [(file.to_str().unwrap(), "fsync("), (&*folder, "syncfs(")] {
        assert!(traced(&["--all", "-o", to], &archive, &log));
        let calls = fs::read_to_string(&log).unwrap();
        let named = |call: &&str| ["rename", "link"].iter().any(|name| call.contains(&format!(" {name}")));
        let calls: Vec<&str> = calls.lines().filter(|call| !call.contains("resumed")).collect();
        // Each thread names its own files after its own sync.
        for call in calls.iter().filter(|call| named(call)) {
            let thread = call.split(' ').next().unwrap_or_default();
            let own: Vec<&&str> =
                calls.iter().filter(|other| other.split(' ').next() == Some(thread)).collect();
            let synced = own.iter().position(|call| call.contains(sync)).expect("it syncs");
            assert!(synced < own.iter().position(|call| named(call)).expect("it names"), "{own:#?}");
        }
        assert!(calls.iter().any(named), "{calls:#?}");
    }
}

/// Three hundred titles that somebody may have given to do harm, or by accident.
fn hostile() -> Vec<String> {
    let mut titles: Vec<String> = [
        "",
        ".",
        "..",
        "...",
        "/",
        "\\",
        "//",
        "/etc/passwd",
        "../../../etc/passwd",
        "..\\..\\windows\\system32",
        "~",
        "~/.ssh/authorized_keys",
        "-rf",
        "--help",
        "-",
        ".hidden",
        ".bashrc",
        " leading",
        "trailing ",
        "trailing.",
        "trailing. . .",
        "CON",
        "con",
        "CON.txt",
        "NUL",
        "PRN",
        "AUX",
        "COM1",
        "COM9.md",
        "LPT1",
        "lpt9 ",
        "COM¹",
        "CLOCK$",
        "a:b",
        "a<b>c",
        "a\"b",
        "a|b",
        "a?b",
        "a*b",
        "$(rm -rf ~)",
        "`id`",
        "; rm -rf /",
        "a\nb",
        "a\r\nb",
        "a\tb",
        "a\0b",
        "\u{1b}[31mred",
        "\u{7f}",
        "\u{9b}31m",
        "\u{202e}txt.exe",
        "\u{2066}x\u{2069}",
        "\u{feff}bom",
        "\u{200b}",
        "a\u{200d}b",
        "e\u{301}",
        "é",
        "É",
        "İstanbul",
        "ﬁne",
        "𝔣𝔯𝔞𝔨",
        "日本語",
        "עברית",
        "العربية",
        "हिन्दी",
        "👩‍👩‍👧‍👦",
        "🏴\u{e0067}\u{e0062}",
        "%2e%2e%2f",
        "%00",
        "file:///etc/passwd",
        "http://a.example/?q=1#x",
        "C:\\x",
        "\\\\server\\share",
        "a.md",
        "a.md.md",
        ".md",
        "index.html",
        "desktop.ini",
        "Thumbs.db",
        ".git",
        ".env",
        "null",
        "undefined",
        "NaN",
        "[object Object]",
    ]
    .map(str::to_owned)
    .into();
    for length in [100, 139, 140, 141, 250, 255, 256, 1_000, 5_000] {
        for letter in ["a", "é", "日", "👍🏽", "e\u{301}\u{302}", "-", " ", "."] {
            titles.push(letter.repeat(length));
        }
    }
    let mut number = 0;
    while titles.len() < 300 {
        let odd = ["/", "\0", "..", "\u{202e}", "CON", " ", ".", "ß", "\u{301}"];
        titles.push((0..5).map(|place| odd[(number * 7 + place * (number % 5 + 1)) % odd.len()]).collect());
        number += 1;
    }
    titles
}

#[test]
fn three_hundred_hostile_titles_give_three_hundred_good_names() {
    let scratch = Scratch::new();
    let titles = hostile();
    assert!(titles.len() >= 300);
    let archive = titled(&scratch, &titles);
    let out = scratch.path().join("a/b/out");
    let output = extract(&["--all", "-o", &format!("{}/", out.display())], &archive);
    assert!(output.status.success(), "{output:?}");
    let found = names(&out);
    assert_eq!(found.len(), titles.len());
    let folded: BTreeSet<String> = found.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!(folded.len(), found.len(), "two differ in case alone");
    for name in &found {
        assert!(
            name.len() <= 140 && Path::new(name).extension().is_some_and(|ending| ending == "md"),
            "{name}"
        );
        assert!(!name.starts_with(['.', '-', ' ', '~']) && !name.contains(".."), "{name}");
        let harmful = |char: char| {
            char.is_control() || "<>:\"/\\|?*$`; ".contains(char) || ('\u{200b}'..='\u{202e}').contains(&char)
        };
        assert!(!name.contains(harmful), "{name:?}");
    }
    assert_eq!(names(scratch.path()), ["a", "conversations.json"], "and nothing is anywhere else");
    assert_eq!(names(&scratch.path().join("a/b")), ["out"]);
}

#[test]
fn paths_as_long_as_the_system_takes_are_written_and_longer_ones_are_refused() {
    let scratch = Scratch::new();
    let archive = titled(&scratch, &["x".repeat(300)]);
    let mut folder = scratch.path().to_owned();
    while folder.as_os_str().len() + 201 < 3_900 {
        folder.push("f".repeat(200));
    }
    let output = extract(&["--all", "-o", &format!("{}/", folder.display())], &archive);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(names(&folder).len(), 1);
    let deeper = folder.join("f".repeat(200)).join("f".repeat(200));
    let told = refused(&extract(&["--all", "-o", &format!("{}/", deeper.display())], &archive));
    assert!(told.contains("file name too long"), "{told}");
    let told = refused(&extract(&["--all", "-o", &format!("{}.md", "n".repeat(300))], &archive));
    assert!(told.contains("file name too long"), "{told}");
}
