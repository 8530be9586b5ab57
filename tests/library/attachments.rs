//! Attachments beside the text: which files are made, how they are named and linked, and what never happens.
#![cfg(unix)]

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use crate::support::exports::{self, Chain, Scratch, answer, conversation, message, prompt, zip};
use serde_json::{Value, json};
use unspool::extract::{ExtractOptions, Extraction, Format, Selection, redaction::Redaction};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

fn unspool(arguments: &[&str], archive: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unspool"));
    command.args(arguments).arg(archive).env("TZ", "UTC").stdin(Stdio::null());
    command.output().expect("the program starts")
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A prompt with these uploads: id and name.
fn with_uploads(uploads: &[(&str, &str)]) -> Value {
    let mut message = prompt("What is this?");
    let list: Vec<Value> = uploads
        .iter()
        .map(|(id, name)| json!({"id": id, "name": name, "size": 22, "mime_type": "image/png"}))
        .collect();
    message["metadata"] = json!({ "attachments": list });
    message
}

/// An answer that is a picture.
fn picture(id: &str) -> Value {
    let mut message = message("tool", "");
    message["content"] = json!({"content_type": "multimodal_text", "parts": [
        {"content_type": "image_asset_pointer", "asset_pointer": format!("sediment://{id}"), "width": 8, "height": 9}]});
    message
}

/// An export of one conversation with these uploads and these members.
fn export(scratch: &Scratch, uploads: &[(&str, &str)], members: &[(&str, &[u8])]) -> PathBuf {
    let chain = Chain::of([with_uploads(uploads), picture("file_00aa"), answer("A badger.")]);
    let mut object = conversation(chain);
    object["title"] = json!("Pictures");
    let json = Value::Array(vec![object]).to_string();
    let mut all = vec![("conversations.json", json.as_bytes())];
    all.extend_from_slice(members);
    scratch.file("export.zip", zip(&all))
}

/// Every file below a folder, as paths from there, sorted.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("a folder") {
            let path = entry.expect("readable").path();
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(folder).expect("below").to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("there").permissions().mode() & 0o777
}

const MEMBERS: [(&str, &[u8]); 2] =
    [("file-abc-My photo.png", PNG), ("user-1/file_00aa-77.png", b"\x89PNG made")];

#[test]
fn attachments_stand_beside_the_text_which_links_them() {
    let scratch = Scratch::new();
    let archive = export(&scratch, &[("file-abc", "My photo.png")], &MEMBERS);
    let out = scratch.path().join("out");
    let output = unspool(&["extract", "--all", "--attachments", "-o", out.to_str().unwrap()], &archive);
    // Not a folder yet, and no slash: a file.
    assert!(output.status.success(), "{}", told(&output));
    assert!(told(&output).contains("wrote 2 attachments to"), "{}", told(&output));
    assert_eq!(fs::read(scratch.path().join("out-files/my-photo.png")).unwrap(), PNG);
    let text = fs::read_to_string(&out).unwrap();
    assert!(
        text.contains("](out-files/my-photo.png)") && text.contains("](out-files/file-00aa-77.png)"),
        "{text}"
    );

    let folder = scratch.path().join("notes");
    for (format, ending, link) in [
        ("markdown", "md", "](2023-11-14-pictures-files/my-photo.png)"),
        ("html", "html", "<img src=\"2023-11-14-pictures-files/my-photo.png\""),
        ("text", "txt", ": 2023-11-14-pictures-files/my-photo.png]"),
        ("json", "json", "asset_pointer"),
        ("jsonl", "jsonl", "A badger."),
    ] {
        let _ = fs::remove_dir_all(&folder);
        let to = format!("{}/", folder.display());
        let output = unspool(&["extract", "--all", "--attachments", "-f", format, "-o", &to], &archive);
        assert!(output.status.success(), "{}", told(&output));
        assert!(told(&output).contains("wrote 1 file and 2 attachments to"), "{}", told(&output));
        let text = format!("2023-11-14-pictures.{ending}");
        assert_eq!(
            files(&folder),
            ["2023-11-14-pictures-files/file-00aa-77.png", "2023-11-14-pictures-files/my-photo.png", &text]
        );
        assert!(fs::read_to_string(folder.join(text)).unwrap().contains(link), "{format}");
        assert_eq!(mode(&folder.join("2023-11-14-pictures-files")), 0o700);
        assert_eq!(mode(&folder.join("2023-11-14-pictures-files/my-photo.png")), 0o600);
    }
}

#[test]
fn without_being_asked_there_are_none_and_nothing_is_linked() {
    let scratch = Scratch::new();
    let archive = export(&scratch, &[("file-abc", "My photo.png")], &MEMBERS);
    let output = unspool(&["extract", "--all"], &archive);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("*Image: My photo.png") && !text.contains("]("), "{text}");
}

#[test]
fn no_name_leads_out_of_the_folder_and_no_two_are_one() {
    let scratch = Scratch::new();
    let uploads = [
        ("file-a", "../../../evil.sh"),
        ("file-b", "/etc/passwd"),
        ("file-c", "..\\..\\CON.txt"),
        ("file-d", "same.png"),
        ("file-e", "SAME.png"),
        ("file-f", "\u{202e}gnp.exe"),
        ("file-g", "..."),
        ("file-h", "a\0b\n.md"),
        ("../file-i", "i"),
    ];
    let members: Vec<(String, &[u8])> =
        uploads.iter().map(|(id, _)| (format!("x/../../{id}-x.bin"), &b"bytes"[..])).collect();
    let members: Vec<(&str, &[u8])> = members.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let archive = export(&scratch, &uploads, &members);
    let out = scratch.path().join("deep/out");
    fs::create_dir_all(&out).unwrap();
    let output = unspool(&["extract", "--all", "--attachments", "-o", out.to_str().unwrap()], &archive);
    assert!(output.status.success(), "{}", told(&output));
    let all = files(scratch.path());
    assert!(all.iter().all(|file| file == "export.zip" || file.starts_with("deep/out/")), "{all:#?}");
    let beside: Vec<&str> =
        all.iter().filter_map(|file| file.strip_prefix("deep/out/2023-11-14-pictures-files/")).collect();
    assert!(beside.len() >= 8, "{beside:?}");
    for name in &beside {
        assert!(!name.starts_with(['.', '-']) && !name.contains(['/', '\\', ' ', '\u{202e}']), "{name}");
        assert!(!name.to_lowercase().starts_with("con."), "{name}");
    }
    let mut folded: Vec<String> = beside.iter().map(|name| name.to_lowercase()).collect();
    folded.dedup();
    assert_eq!(folded.len(), beside.len());
}

/// Nothing looks into a picture: whoever asked for redaction must not think that something did.
#[test]
fn of_a_redacted_extract_it_is_said_that_attachments_are_copied_as_they_are() {
    let scratch = Scratch::new();
    let archive = export(&scratch, &[("file-abc", "My photo.png")], &MEMBERS);
    let (file, folder) = (scratch.path().join("out.md"), format!("{}/out/", scratch.path().display()));
    let said = "unspool: attachments are copied as they are, not redacted\n";
    for to in [file.to_str().unwrap(), &folder] {
        for format in ["markdown", "json"] {
            let mut arguments = vec!["extract", "--all", "--attachments", "--force", "-f", format, "-o", to];
            let output = unspool(&arguments, &archive);
            assert!(output.status.success() && !told(&output).contains("redacted"), "{}", told(&output));
            arguments.push("--redact");
            let output = unspool(&arguments, &archive);
            assert!(output.status.success() && told(&output).contains(said), "{}", told(&output));
        }
    }
    assert_eq!(fs::read(scratch.path().join("out-files/my-photo.png")).unwrap(), PNG);
    let one = export(&scratch, &[("file-abc", "My photo.png")], &MEMBERS[..1]);
    let to = file.to_str().unwrap();
    let output = unspool(&["extract", "--all", "--attachments", "--force", "--redact", "-o", to], &one);
    assert!(
        told(&output).contains("unspool: the attachment is copied as it is, not redacted\n"),
        "{}",
        told(&output)
    );
}

/// An export of so many conversations with a picture each.
fn pictures(scratch: &Scratch, count: usize) -> PathBuf {
    let objects = (0..count).map(|number| {
        let mut object = exports::small(&format!("id-{number}"));
        let first = &mut object["mapping"]["m000000"]["message"];
        first["metadata"] = json!({"attachments": [{"id": "file-abc", "name": "My photo.png", "size": 22}]});
        object
    });
    let json = Value::Array(objects.collect()).to_string();
    scratch.file("export.zip", zip(&[("conversations.json", json.as_bytes()), MEMBERS[0]]))
}

/// It was told only where all went well.
#[test]
fn that_attachments_are_not_redacted_is_told_too_where_a_text_exists_already() {
    let scratch = Scratch::new();
    let archive = pictures(&scratch, 3);
    let mine = scratch.file("out/2023-11-14-about-id-1.md", "mine");
    let to = format!("{}/out/", scratch.path().display());
    let arguments = ["extract", "--all", "--redact", "--attachments", "-o", &to];
    let output = unspool(&arguments, &archive);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_to_string(mine).unwrap(), "mine");
    let beside = files(&scratch.path().join("out")).iter().filter(|file| file.contains("-files/")).count();
    assert_eq!(beside, 2);
    let said = told(&output);
    assert!(said.contains("unspool: attachments are copied as they are, not redacted\n"), "{said}");
    assert!(said.contains("about-id-1.md exists already: --force replaces it (2 files written)\n"), "{said}");
    // Where none is written, there is nothing to tell.
    fs::remove_dir_all(scratch.path().join("out")).unwrap();
    scratch.file("out/2023-11-14-about-id-0.md", "mine");
    let output = unspool(&arguments, &pictures(&scratch, 1));
    assert_eq!(output.status.code(), Some(2));
    assert!(!told(&output).contains("not redacted"), "{}", told(&output));
}

#[test]
fn that_attachments_are_not_redacted_is_told_too_after_an_interrupt() {
    let scratch = Scratch::new();
    let archive = pictures(&scratch, 2_000);
    let out = scratch.path().join("out");
    let mut command = Command::new(env!("CARGO_BIN_EXE_unspool"));
    command.args(["extract", "--all", "--redact", "--attachments", "-o"]).arg(format!("{}/", out.display()));
    command.arg(&archive).stdin(Stdio::null()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    while fs::read_dir(&out).map_or(0, Iterator::count) == 0 {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    let process = rustix::process::Pid::from_child(&child);
    let _ = rustix::process::kill_process(process, rustix::process::Signal::INT);
    let output = child.wait_with_output().unwrap();
    let told = told(&output);
    assert!(told.contains("copied as") && told.contains("not redacted\n"), "{told}");
    // On a fast machine it may have been done by then.
    assert!(output.status.success() || told.contains("unspool: stopped: "), "{told}");
}

#[test]
fn a_text_that_is_written_without_one_of_its_attachments_tells_of_the_others() {
    let scratch = Scratch::new();
    let archive = exports::open(&export(&scratch, &[("file-abc", "My photo.png")], &MEMBERS)).unwrap();
    let archives = [archive];
    let (library, _) = exports::load(&archives);
    let conversation = library.get(library.by_date()[0]);
    let options = ExtractOptions {
        attachments: true,
        ..ExtractOptions::new(Format::Markdown, jiff::tz::TimeZone::UTC)
    };
    let extraction = Extraction { redaction: Redaction::new(true), ..Extraction::new(options) };
    let write = |path: &Path| {
        let selection = Selection { archives: &archives, conversations: &[conversation] };
        extraction.to_file(selection, path, &()).unwrap_err().to_string()
    };
    scratch.file("out-files/my-photo.png", "mine");
    let said = write(&scratch.path().join("out.md"));
    assert!(said.starts_with("the attachment is copied as it is, not redacted · "), "{said}");
    assert!(said.ends_with("my-photo.png exists already; the text was written"), "{said}");
    // Those that are there already are nobody's doing.
    scratch.file("all-files/my-photo.png", "mine");
    scratch.file("all-files/file-00aa-77.png", "mine");
    let said = write(&scratch.path().join("all.md"));
    assert!(!said.contains("not redacted"), "{said}");
}

/// A text that the export carries of an attachment is text like any other, beside an original too.
#[test]
fn an_attachment_that_is_text_of_the_export_is_redacted() {
    let scratch = Scratch::new();
    let mut letter = exports::claude::human("m1", exports::claude::ROOT, "Read this");
    let attached = json!({"file_name": "robin@example.org.txt", "file_size": 9, "file_type": "txt",
        "extracted_content": "robin@example.org wrote"});
    letter["attachments"] = json!([attached]);
    let object = exports::claude::conversation("c-1", "A letter", vec![letter]);
    let archive = scratch.file("export.json", Value::Array(vec![object]).to_string());
    for format in ["markdown", "html", "json"] {
        let out = scratch.path().join(format);
        let to = format!("{}/", out.display());
        let arguments = ["extract", "--all", "--attachments", "--redact", "-f", format, "-o", &to];
        let output = unspool(&arguments, &archive);
        assert!(output.status.success() && !told(&output).contains("not redacted"), "{}", told(&output));
        let written = files(&out);
        assert_eq!(written.len(), 2, "{written:?}");
        for file in written {
            let text = fs::read_to_string(out.join(&file)).unwrap();
            assert!(text.contains("[redacted: e-mail]"), "{format}, {file}: {text}");
            assert!(!text.contains("robin@") && !file.contains("robin"), "{format}, {file}: {text}");
        }
    }
}

/// A page or a drawing with a script in it, beside an extract, would run where the extract is read.
#[test]
fn what_a_browser_might_run_is_a_download_and_said_to_be_one() {
    let scratch = Scratch::new();
    let uploads = [
        ("file-a", "page.html"),
        ("file-b", "Drawing.SVG"),
        ("file-c", "x.xhtml"),
        ("file-e", "odd.zzz"),
        ("file-f", "photo.png"),
        ("file-g", "notes.txt"),
        ("file-h", "page.html.gz"),
    ];
    let members: Vec<(String, &[u8])> = uploads
        .iter()
        .map(|(id, name)| (format!("{id}-{name}"), &b"<script>alert(1)</script>"[..]))
        .collect();
    let members: Vec<(&str, &[u8])> = members.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let archive = export(&scratch, &uploads, &members);
    let of = |format: &str| {
        let out = scratch.path().join(format);
        let to = out.to_str().unwrap();
        let output = unspool(&["extract", "--all", "--attachments", "-f", format, "-o", to], &archive);
        assert!(output.status.success(), "{}", told(&output));
        fs::read_to_string(out).unwrap()
    };
    let (html, markdown, text) = (of("html"), of("markdown"), of("text"));
    for page in [&html, &markdown, &text] {
        assert_eq!(page.matches("a browser might run it").count(), 4, "{page}");
    }
    assert_eq!(html.matches("<a download href=").count(), 4, "{html}");
    assert_eq!(html.matches("<img ").count(), 1, "{html}");
    for name in ["page.html", "drawing.svg", "x.xhtml", "odd.zzz"] {
        assert!(html.contains(&format!("<a download href=\"html-files/{name}")), "{name}: {html}");
    }
    // All are called pictures; a browser shows nothing of those that are none.
    assert_eq!(markdown.matches("![").count(), 3, "{markdown}");
}

#[test]
fn what_the_archive_does_not_hold_is_said() {
    let scratch = Scratch::new();
    let archive = export(&scratch, &[("file-abc", "My photo.png"), ("file-gone", "gone.pdf")], &MEMBERS[..1]);
    let out = scratch.path().join("out.md");
    let output = unspool(&["extract", "--all", "--attachments", "-o", out.to_str().unwrap()], &archive);
    assert!(output.status.success());
    assert!(told(&output).contains("2 attachments are not in the archive"), "{}", told(&output));
    let text = fs::read_to_string(&out).unwrap();
    assert!(text.contains("gone.pdf (22 bytes), not in the archive*"), "{text}");
    assert_eq!(files(&scratch.path().join("out-files")), ["my-photo.png"]);

    // With none at all there is no folder either.
    let archive = export(&scratch, &[("file-gone", "gone.pdf")], &[]);
    let out = scratch.path().join("none.md");
    unspool(&["extract", "--all", "--attachments", "-o", out.to_str().unwrap()], &archive);
    assert!(out.exists() && !scratch.path().join("none-files").exists());
}

#[test]
fn a_damaged_attachment_is_said_and_leaves_no_file() {
    let scratch = Scratch::new();
    let archive = export(&scratch, &[("file-abc", "My photo.png")], &MEMBERS);
    let mut bytes = fs::read(&archive).unwrap();
    // The checksum in the directory and in the local header; the bytes are another's now.
    let sum = crc(PNG).to_le_bytes();
    let places: Vec<usize> = (0..bytes.len() - 4).filter(|&at| bytes[at..at + 4] == sum).collect();
    assert!(!places.is_empty());
    for place in places {
        bytes[place] ^= 0xff;
    }
    fs::write(&archive, bytes).unwrap();
    let out = scratch.path().join("out.md");
    let output = unspool(&["extract", "--all", "--attachments", "-o", out.to_str().unwrap()], &archive);
    assert!(output.status.success(), "{}", told(&output));
    assert!(told(&output).contains("1 attachment could not be read"), "{}", told(&output));
    assert_eq!(files(&scratch.path().join("out-files")), ["file-00aa-77.png"]);
}

fn crc(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 };
        }
    }
    !sum
}

#[test]
fn no_attachment_replaces_a_file_unasked() {
    let scratch = Scratch::new();
    let archive = export(&scratch, &[("file-abc", "My photo.png")], &MEMBERS);
    let (out, mine) = (scratch.path().join("out.md"), scratch.file("out-files/my-photo.png", "mine"));
    let arguments = ["extract", "--all", "--attachments", "-o", out.to_str().unwrap()];
    let output = unspool(&arguments, &archive);
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("my-photo.png exists already: --force replaces it"), "{}", told(&output));
    assert_eq!(fs::read(&mine).unwrap(), b"mine");
    let output = unspool(&[&arguments[..], &["--force"]].concat(), &archive);
    assert!(output.status.success(), "{}", told(&output));
    assert_eq!(fs::read(&mine).unwrap(), PNG);
    assert_eq!(files(&scratch.path().join("out-files")).len(), 2);
}

#[test]
fn where_the_text_is_not_written_its_attachments_are_not_either() {
    let scratch = Scratch::new();
    let archive = export(&scratch, &[("file-abc", "My photo.png")], &MEMBERS);
    scratch.file("out/2023-11-14-pictures.md", "mine");
    let to = format!("{}/out/", scratch.path().display());
    let output = unspool(&["extract", "--all", "--attachments", "-o", &to], &archive);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(files(&scratch.path().join("out")), ["2023-11-14-pictures.md"]);
    assert!(!scratch.path().join("out/2023-11-14-pictures-files").exists());
}

#[test]
fn a_link_in_the_place_of_the_folder_is_not_followed() {
    let scratch = Scratch::new();
    let archive = export(&scratch, &[("file-abc", "My photo.png")], &MEMBERS);
    let elsewhere = scratch.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    symlink(&elsewhere, scratch.path().join("out-files")).unwrap();
    let out = scratch.path().join("out.md");
    let output = unspool(&["extract", "--all", "--attachments", "-o", out.to_str().unwrap()], &archive);
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("there is a file or a link of that name"), "{}", told(&output));
    assert!(files(&elsewhere).is_empty() && !out.exists());
}

#[test]
fn files_need_a_place() {
    let scratch = Scratch::new();
    let archive = export(&scratch, &[], &[]);
    let output = unspool(&["extract", "--all", "--attachments"], &archive);
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("--attachments needs -o FILE or -o DIR/"), "{}", told(&output));
    let output = unspool(&["extract", "--all", "--attachments", "--clipboard"], &archive);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn every_attachment_of_the_demo_is_written_or_said_to_be_missing() {
    let scratch = Scratch::new();
    let to = format!("{}/", scratch.path().display());
    let mut command = Command::new(env!("CARGO_BIN_EXE_unspool"));
    command.args(["extract", "--demo", "--all", "--attachments", "-o", &to]).stdin(Stdio::null());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", told(&output));
    for file in files(scratch.path()).into_iter().filter(|file| !file.contains('/')) {
        let text = fs::read_to_string(scratch.path().join(&file)).unwrap();
        let folder = format!("]({}-files/", file.trim_end_matches(".md"));
        for link in text.split(&*folder).skip(1).map(|rest| rest.split(')').next().unwrap_or_default()) {
            let path = scratch.path().join(format!("{}{link}", &folder[2..]));
            assert!(path.is_file(), "{} names {}", file, path.display());
        }
    }
    let beside = files(scratch.path()).iter().filter(|file| file.contains("-files/")).count();
    assert!(told(&output).contains(&format!("and {beside} attachments to")), "{}", told(&output));
    assert!(beside >= 5);
}

/// The archive knows its files by ids that a redacted text does not have; two of them are still two.
#[test]
fn attachments_whose_ids_are_secrets_are_found_and_told_apart() {
    let scratch = Scratch::new();
    let uploads = [("robin@example.org", "one.png"), ("sam@example.org", "two.png")];
    let members: [(&str, &[u8]); 2] =
        [("robin@example.org", b"\x89PNG one"), ("sam@example.org", b"\x89PNG two")];
    let archive = export(&scratch, &uploads, &members);
    for (format, ending) in [("markdown", "md"), ("html", "html"), ("text", "txt")] {
        let out = scratch.path().join(format);
        let to = format!("{}/", out.display());
        let output =
            unspool(&["extract", "--all", "--attachments", "--redact", "-f", format, "-o", &to], &archive);
        assert!(output.status.success(), "{}", told(&output));
        let beside = out.join("2023-11-14-pictures-files");
        assert_eq!(fs::read(beside.join("one.png")).unwrap(), b"\x89PNG one");
        assert_eq!(fs::read(beside.join("two.png")).unwrap(), b"\x89PNG two");
        let text = fs::read_to_string(out.join(format!("2023-11-14-pictures.{ending}"))).unwrap();
        for name in ["one.png", "two.png"] {
            assert!(text.contains(&format!("2023-11-14-pictures-files/{name}")), "{format}: {text}");
        }
        assert!(!text.contains("example.org"), "{text}");
    }
}

#[test]
fn the_archive_s_own_name_of_a_file_passes_the_redaction_also_where_nothing_else_was_found() {
    const SECRET: &str = "AKIAPFT7V4SEH2KVJ72C";
    let named = format!("file-aaa2-robin.lee@example.net-{SECRET}.txt");
    let aliases = json!({"file-aaa2.dat": format!("robin.lee@example.net {SECRET}.txt")}).to_string();
    for format in ["markdown", "text", "html", "json", "jsonl"] {
        for members in [
            vec![(&*named, &b"text"[..])],
            vec![("file-aaa2.dat", &b"text"[..]), ("conversation_asset_file_names.json", aliases.as_bytes())],
        ] {
            for to in ["out/", "one.out"] {
                let scratch = Scratch::new();
                let archive = export(&scratch, &[("file-aaa2", "")], &members);
                let target = format!("{}/{to}", scratch.path().display());
                let arguments =
                    ["extract", "--all", "--attachments", "--redact", "-f", format, "-o", &*target];
                let output = unspool(&arguments, &archive);
                assert!(output.status.success(), "{}", told(&output));
                fs::remove_file(&archive).unwrap();
                let all = files(scratch.path());
                assert!(all.len() > 1, "{all:?}");
                let shown = |text: &str| {
                    let text = text.to_lowercase();
                    text.contains(&SECRET.to_lowercase()) || text.contains("robin")
                };
                for file in &all {
                    let text = fs::read_to_string(scratch.path().join(file)).unwrap();
                    assert!(!shown(file) && !shown(&text), "{format} {file}: {text}");
                }
                assert!(told(&output).contains("aws-access-key-id"), "{}", told(&output));
            }
        }
    }
}

#[test]
fn two_attachments_of_one_id_are_two_files_and_each_link_leads_to_its_own() {
    let asked = |message: &str, texts: &[&str]| {
        let mut asked = exports::claude::human(message, exports::claude::ROOT, "Read this");
        let list =
            texts.iter().map(|text| json!({"id": "same", "file_name": "a.txt", "extracted_content": text}));
        asked["attachments"] = list.collect();
        asked
    };
    let objects = [
        exports::claude::conversation("c-1", "One", vec![asked("m1", &["first", "second", "first"])]),
        exports::claude::conversation("c-2", "Two", vec![asked("m1", &["third"])]),
    ];
    for format in ["markdown", "html"] {
        let scratch = Scratch::new();
        let archive = scratch.file("export.json", Value::Array(objects.to_vec()).to_string());
        let to = format!("{}/all.out", scratch.path().display());
        let output = unspool(&["extract", "--all", "--attachments", "-f", format, "-o", &to], &archive);
        assert!(output.status.success(), "{}", told(&output));
        let folder = scratch.path().join("all-files");
        let mut texts: Vec<String> =
            files(&folder).iter().map(|file| fs::read_to_string(folder.join(file)).unwrap()).collect();
        texts.sort();
        texts.dedup();
        assert_eq!(texts, ["first", "second", "third"]);
        let text = fs::read_to_string(scratch.path().join("all.out")).unwrap();
        for file in files(&folder) {
            assert!(text.contains(&format!("all-files/{file}")), "{file}: {text}");
        }
    }
}
