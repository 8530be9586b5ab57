//! An extract is of what was shown: an archive that is another one meanwhile is told, and nothing of it is written; nor is
//! it ever written over.
#![cfg(unix)]

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use crate::support::exports::{self, Chain, Scratch, answer, conversation, prompt, zip};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use unspool::extract::{ExtractOptions, Extraction, Format, Selection, redaction::Redaction};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

/// An export of one conversation with an upload.
fn json() -> String {
    let mut asked = prompt("What is this?");
    asked["metadata"] = json!({"attachments": [{"id": "file-abc", "name": "photo.png", "size": 22}]});
    let mut object = conversation(Chain::of([asked, answer("A badger.")]));
    object["title"] = json!("Pictures");
    Value::Array(vec![object]).to_string()
}

/// The ways an archive may come.
fn archives(scratch: &Scratch) -> [PathBuf; 3] {
    let json = json();
    scratch.file("folder/conversations.json", &json);
    scratch.file("folder/file-abc-photo.png", PNG);
    [
        scratch
            .file("export.zip", zip(&[("conversations.json", json.as_bytes()), ("file-abc-photo.png", PNG)])),
        scratch.path().join("folder"),
        scratch.file("bare.json", &json),
    ]
}

/// Writes an extract of a conversation that was loaded before `change`; returns what is said of it.
#[track_caller]
fn after(path: &Path, scratch: &Scratch, format: Format, change: impl Fn()) -> [String; 2] {
    let options =
        ExtractOptions { attachments: !format.is_original(), ..ExtractOptions::new(format, TimeZone::UTC) };
    after_of(&Extraction::new(options), path, scratch, change)
}

/// Writes this extract of a conversation that was loaded before `change`; returns what is said of it.
#[track_caller]
fn after_of(extraction: &Extraction, path: &Path, scratch: &Scratch, change: impl Fn()) -> [String; 2] {
    let opened = [exports::open(path).unwrap()];
    let (library, _) = exports::load(&opened);
    let conversations = [library.get(library.by_date()[0])];
    let selection = Selection { archives: &opened, conversations: &conversations };
    change();
    let out = scratch.path().join("out");
    let _ = fs::remove_dir_all(&out);
    fs::create_dir(&out).unwrap();
    let file =
        extraction.to_file(selection, &out.join("one"), &()).map(|_| ()).map_err(|error| error.to_string());
    let folder = extraction.to_folder(selection, &out, &()).map(|_| ()).map_err(|error| error.to_string());
    if file.is_err() {
        assert_eq!(fs::read_dir(&out).unwrap().count(), 0, "{file:?}");
    }
    [file, folder].map(|result| result.err().unwrap_or_default())
}

const SAID: &str = "it has changed since it was opened: open it again";

#[test]
fn an_original_is_read_again_only_as_it_was() {
    let scratch = Scratch::new();
    let [zipped, folder, bare] = archives(&scratch);
    for path in [&zipped, &folder, &bare] {
        assert_eq!(after(path, &scratch, Format::Json, || ()), ["", ""], "{}", path.display());
    }
    // The same length, in the same file, of the same time.
    let forge = |path: &Path| {
        let time = fs::metadata(path).unwrap().modified().unwrap();
        let forged = fs::read_to_string(path).unwrap().replace("badger", "weasel");
        fs::write(path, forged).unwrap();
        fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
    };
    for (path, file) in [(&bare, bare.clone()), (&folder, folder.join("conversations.json"))] {
        let said = after(path, &scratch, Format::Json, || forge(&file));
        assert!(said.iter().all(|said| said.ends_with(SAID)), "{said:?}");
        fs::write(&file, json()).unwrap();
    }
    // Another file in its place.
    let file = folder.join("conversations.json");
    let said = after(&folder, &scratch, Format::Json, || {
        fs::remove_file(&file).unwrap();
        fs::write(&file, json()).unwrap();
    });
    assert!(said.iter().all(|said| said.ends_with(SAID)), "{said:?}");
    let said = after(&folder, &scratch, Format::Json, || {
        fs::rename(&file, scratch.path().join("moved.json")).unwrap();
        symlink(scratch.path().join("moved.json"), &file).unwrap();
    });
    assert!(said.iter().all(|said| !said.is_empty()), "{said:?}");
}

/// What is a secret is known of the original, too: without it a value would stay that only a key tells of.
#[test]
fn a_redacted_text_is_written_only_where_its_original_can_be_read() {
    let scratch = Scratch::new();
    let [_, _, bare] = archives(&scratch);
    let redacting = |format: Format| Extraction {
        redaction: Redaction::new(true),
        ..Extraction::new(ExtractOptions::new(format, TimeZone::UTC))
    };
    for format in Format::ALL {
        let extraction = redacting(format);
        assert_eq!(after_of(&extraction, &bare, &scratch, || ()), ["", ""], "{format:?}");
        for forged in [json().replace("badger", "weasel"), "[]".to_owned()] {
            let said = after_of(&extraction, &bare, &scratch, || fs::write(&bare, &forged).unwrap());
            assert!(said.iter().all(|said| said.ends_with(SAID)), "{format:?}: {said:?}");
            archives(&scratch);
        }
    }
}

#[test]
fn a_zip_that_is_replaced_is_read_on_and_one_that_is_changed_is_told() {
    let scratch = Scratch::new();
    let [zipped, ..] = archives(&scratch);
    let other = zip(&[("conversations.json", json().replace("badger", "weasel").as_bytes())]);
    // What is open stays what it was, whatever has its name.
    let said = after(&zipped, &scratch, Format::Json, || {
        fs::remove_file(&zipped).unwrap();
        fs::write(&zipped, &other).unwrap();
    });
    assert_eq!(said, ["", ""]);
    let [zipped, ..] = archives(&scratch);
    for format in [Format::Json, Format::Markdown] {
        let said = after(&zipped, &scratch, format, || fs::write(&zipped, &other).unwrap());
        assert!(said.iter().all(|said| !said.is_empty()), "{said:?}");
        archives(&scratch);
    }
}

#[test]
fn an_attachment_is_read_again_only_as_it_was_and_never_by_a_link_or_from_a_pipe() {
    let scratch = Scratch::new();
    let [zipped, folder, _] = archives(&scratch);
    let photo = folder.join("file-abc-photo.png");
    for path in [&zipped, &folder] {
        assert_eq!(after(path, &scratch, Format::Html, || ()), ["", ""], "{}", path.display());
    }
    let secret = scratch.file("secret", "secret");
    let changes: [&dyn Fn(); 5] = [
        &|| fs::write(&photo, b"\x89PNG\r\n\x1a\n and so no").unwrap(),
        &|| {
            fs::remove_file(&photo).unwrap();
            symlink(&secret, &photo).unwrap();
        },
        &|| {
            fs::remove_file(&photo).unwrap();
            assert!(Command::new("mkfifo").arg(&photo).status().unwrap().success());
        },
        &|| {
            fs::remove_file(&photo).unwrap();
            fs::hard_link(&secret, &photo).unwrap();
        },
        &|| {
            fs::write(
                &zipped,
                zip(&[("conversations.json", json().as_bytes()), ("file-abc-photo.png", b"no")]),
            )
            .unwrap();
        },
    ];
    for (number, change) in changes.iter().enumerate() {
        let _ = fs::remove_file(&photo);
        archives(&scratch);
        let path = if number == 4 { &zipped } else { &folder };
        let said = after(path, &scratch, Format::Html, change);
        let is_said = |said: &String| said.ends_with(SAID);
        let written = fs::read_dir(scratch.path().join("out")).unwrap().count();
        // A link or a pipe is no file that could be read; a file that is another one is a change.
        if matches!(number, 1 | 2) {
            let beside = scratch.path().join("out/one-files");
            assert!(!beside.exists(), "{number}");
        } else {
            assert!(said.iter().all(is_said) && written == 0, "{number}: {said:?}");
        }
    }
}

#[test]
fn an_id_names_a_whole_name_in_its_own_archive() {
    let scratch = Scratch::new();
    let members: Vec<(&str, &[u8])> = vec![
        ("conversations.json", b"[]"),
        ("conversations-notes.png", PNG),
        ("user.json", b"{}"),
        ("file-abc-photo.png", PNG),
        ("file-abcd.dat", PNG),
        ("a/file_00aa-77.png", PNG),
        ("picture.png", PNG),
    ];
    let archive = exports::open(&scratch.file("export.zip", zip(&members))).unwrap();
    let found = |id: &str| archive.find_attachment(id).map(|member| member.name);
    for (id, name) in [
        ("file-abc", Some("file-abc-photo.png")),
        ("file-abc-photo.png", Some("file-abc-photo.png")),
        ("file-abcd", Some("file-abcd.dat")),
        ("file_00aa", Some("a/file_00aa-77.png")),
        ("picture.png", Some("picture.png")),
        ("file-ab", None),
        ("file", None),
        ("file-", None),
        ("f", None),
        ("", None),
        ("picture", None),
        ("conversations", None),
        ("conversations.json", None),
        ("conversations-notes.png", None),
        ("user", None),
        ("user.json", None),
        ("a/file_00aa-77.png", None),
    ] {
        assert_eq!(found(id).as_deref(), name, "{id}");
    }
}

#[test]
fn an_attachment_of_another_archive_is_none() {
    let scratch = Scratch::new();
    let own = scratch.file("own.zip", zip(&[("conversations.json", json().as_bytes())]));
    let members: [(&str, &[u8]); 2] = [("conversations.json", b"[]"), ("file-abc-photo.png", b"another's")];
    let other = scratch.file("other.zip", zip(&members));
    let to = scratch.path().join("out.md");
    let mut command = Command::new(env!("CARGO_BIN_EXE_unspool"));
    command
        .args(["extract", "--all", "--attachments", "-o"])
        .arg(&to)
        .args([&own, &other])
        .stdin(Stdio::null());
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("1 attachment is not in the archive"), "{told}");
    assert!(!scratch.path().join("out-files").exists());
}

fn extract(to: &str, format: &str, archive: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unspool"));
    command.args(["extract", "--all", "--force", "-f", format, "-o", to]).arg(archive).stdin(Stdio::null());
    command.output().expect("the program starts")
}

#[test]
fn the_archive_is_never_written_over() {
    let scratch = Scratch::new();
    let paths = archives(&scratch);
    let inside = paths[1].join("conversations.json");
    for (path, file) in [(&paths[0], &paths[0]), (&paths[2], &paths[2]), (&paths[1], &inside)] {
        let before = fs::read(file).unwrap();
        let (hard, soft) = (scratch.path().join("hard"), scratch.path().join("soft"));
        let _ = (fs::remove_file(&hard), fs::remove_file(&soft));
        fs::hard_link(file, &hard).unwrap();
        symlink(file, &soft).unwrap();
        let roundabout = file.parent().unwrap().join("./out/..").join(file.file_name().unwrap());
        fs::create_dir_all(file.parent().unwrap().join("out")).unwrap();
        for to in [file, &hard, &soft, &roundabout] {
            for format in ["markdown", "json", "html"] {
                let output = extract(to.to_str().unwrap(), format, path);
                let told = String::from_utf8_lossy(&output.stderr).into_owned();
                assert_eq!(output.status.code(), Some(2), "{}: {told}", to.display());
                assert!(told.contains("the archive is being read from it"), "{told}");
                assert_eq!(fs::read(file).unwrap(), before);
            }
        }
        assert!(fs::symlink_metadata(&soft).unwrap().is_symlink());
    }
    // By the link that it was given as, too.
    let soft = scratch.path().join("given.zip");
    symlink(&paths[0], &soft).unwrap();
    let output = extract(soft.to_str().unwrap(), "text", &soft);
    assert_eq!(output.status.code(), Some(2));
    assert!(fs::symlink_metadata(&soft).unwrap().is_symlink());
    // What is no part of the export in its folder may be replaced as anywhere.
    let notes = paths[1].join("notes.md");
    for _ in 0..2 {
        assert!(extract(notes.to_str().unwrap(), "markdown", &paths[1]).status.success());
    }
}

#[test]
fn a_file_of_a_folder_that_would_replace_the_archive_is_refused() {
    let scratch = Scratch::new();
    // Called as an extract of it would be.
    let path = scratch.file("out/2023-11-14-pictures.json", json());
    let before = fs::read(&path).unwrap();
    let to = format!("{}/out/", scratch.path().display());
    let output = extract(&to, "json", &path);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("the archive is being read from it"), "{told}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn what_a_killed_run_left_is_removed_by_the_next() {
    let scratch = Scratch::new();
    let [zipped, ..] = archives(&scratch);
    for to in ["out/one.md", "out/"] {
        let left = [
            ".unspool-aB3456789012.tmp",
            ".unspool-aB3456789012-x1345678.tmp",
            "2023-11-14-pictures-files/.unspool-aB3456789012-y2345678.tmp",
        ];
        for name in left {
            let path = scratch.file(&format!("out/{name}"), "half");
            fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        let mine = scratch.file("out/.unspool-notes.tmp", "mine");
        let output = extract(&format!("{}/{to}", scratch.path().display()), "markdown", &zipped);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        for name in left {
            assert!(!scratch.path().join("out").join(name).exists(), "{name}");
        }
        assert!(mine.exists());
        let temporary = |name: &str| name.starts_with(".unspool-") && !name.contains("notes");
        for entry in fs::read_dir(scratch.path().join("out")).unwrap() {
            assert!(!temporary(&entry.unwrap().file_name().to_string_lossy()));
        }
    }
}

/// An export whose message names an attachment, as its members.
fn with_attachment(name: &str) -> String {
    let mut message = prompt("What is this?");
    message["metadata"] = json!({"attachments": [{"id": "file-abc", "name": name, "size": 10}]});
    let mut object = conversation(Chain::of([message, answer("A word.")]));
    object["title"] = json!("Pictures");
    Value::Array(vec![object]).to_string()
}

/// Extracts over what exists, with attachments.
fn extract_attachments(to: &Path, format: &str, archive: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unspool"));
    command.args(["extract", "--all", "--force", "--attachments", "-f", format, "-o"]);
    command.arg(to).arg(archive).stdin(Stdio::null()).output().expect("the program starts")
}

#[test]
fn an_attachment_never_replaces_a_file_of_the_archive_and_nothing_is_written_then() {
    const FOLDER: &str = "2023-11-14-pictures-files";
    for format in ["markdown", "json", "html"] {
        let extension = if format == "markdown" { "md" } else { format };
        for (inside, to) in [(FOLDER, "out/"), ("out-files", "out.x")] {
            let scratch = Scratch::new();
            let base = if to == "out/" { format!("out/{inside}") } else { inside.to_owned() };
            let to = if to == "out/" { scratch.path().join("out/") } else { scratch.path().join(to) };
            let written = || {
                let text = scratch.path().join("out").join(format!("2023-11-14-pictures.{extension}"));
                text.exists() || scratch.path().join("out.x").exists()
            };
            // The zip itself, by its own name, by a second one, and as a link.
            let json = with_attachment("a.zip");
            let members = [("conversations.json", json.as_bytes()), ("file-abc-a.zip", &b"ATTACHMENT"[..])];
            let archive = scratch.file(&format!("{base}/a.zip"), zip(&members));
            let before = fs::read(&archive).unwrap();
            let other = scratch.path().join("other.zip");
            fs::hard_link(&archive, &other).unwrap();
            for archive in [&archive, &other] {
                let output = extract_attachments(&to, format, archive);
                let told = String::from_utf8_lossy(&output.stderr).into_owned();
                assert_eq!(output.status.code(), Some(2), "{format} {base}: {told}");
                assert!(told.contains("the archive is being read from it"), "{told}");
                assert_eq!(fs::read(archive).unwrap(), before);
                assert!(!written(), "{format} {base}");
            }
            fs::remove_file(&archive).unwrap();
            symlink(&other, &archive).unwrap();
            assert_eq!(extract_attachments(&to, format, &archive).status.code(), Some(2));
            assert!(fs::symlink_metadata(&archive).unwrap().is_symlink() && !written());
            fs::remove_file(&archive).unwrap();
            // A folder that is the archive: its conversations, and what was sent along.
            for name in ["conversations.json", "a.png", "file-abc-a.png"] {
                let json = with_attachment(name);
                let inner = scratch.file(&format!("{base}/conversations.json"), &json);
                let sent = scratch.file(&format!("{base}/x/file-abc-a.png"), "ATTACHMENT");
                let beside = scratch.file(&format!("{base}/a.png"), "picture");
                let same = scratch.file(&format!("{base}/file-abc-a.png"), "ATTACHMENT");
                let output = extract_attachments(&to, format, &scratch.path().join(&base));
                assert_eq!(output.status.code(), Some(2), "{format} {base} {name}");
                assert_eq!(fs::read_to_string(inner).unwrap(), json);
                assert_eq!(fs::read_to_string(beside).unwrap(), "picture");
                assert!(sent.exists() && same.exists() && !written());
            }
        }
    }
}

#[test]
fn what_was_sent_along_in_a_folder_is_not_written_over_and_extracts_in_it_are() {
    let scratch = Scratch::new();
    scratch.file("b/conversations.json", with_attachment("a.png"));
    let sent = scratch.file("b/file-abc-a.png", "ATTACHMENT");
    let folder = scratch.path().join("b");
    let output = extract(sent.to_str().unwrap(), "text", &folder);
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(fs::read_to_string(&sent).unwrap(), "ATTACHMENT");
    for _ in 0..3 {
        for to in [folder.join("notes.md"), folder.join("notes/")] {
            let output = extract_attachments(&to, "markdown", &folder);
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
    }
    assert_eq!(fs::read_to_string(folder.join("notes-files/a.png")).unwrap(), "ATTACHMENT");
}

/// A file that is written, and an archive that somebody changes as soon as it is.
struct Changing(PathBuf);

impl std::io::Write for Changing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        fs::OpenOptions::new().append(true).open(&self.0)?.write_all(b"more")?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn an_archive_that_changes_while_an_attachment_is_copied_is_told() {
    let scratch = Scratch::new();
    let [zip, folder, _] = archives(&scratch);
    for (path, changed) in [(&zip, zip.clone()), (&folder, folder.join("file-abc-photo.png"))] {
        let archive = exports::open(path).unwrap();
        let member = archive.find_attachment("file-abc").expect("it is there");
        let error = archive.copy_attachment(&member, &mut Changing(changed)).unwrap_err();
        assert!(error.to_string().ends_with(SAID), "{error}");
    }
}
