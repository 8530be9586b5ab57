//! What a user is promised about secrets, at the command line: the audit, and redacted extracts.

use std::{fs, process::Output};

use crate::support::exports::{claude, zip};
use assert_cmd::Command;
use serde_json::Value;
use unspool::extract::Format;

fn unspool(arguments: &[&str]) -> Output {
    Command::cargo_bin("unspool")
        .expect("it is built")
        .args(arguments)
        .env("TZ", "UTC")
        .output()
        .expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("it is UTF-8")
}

/// The values planted in the demo, in pieces: the fewest letters that must never be seen.
const PLANTED: [&str; 8] = [
    "AKEdemoFAKEdemo",
    "IOSFODNN7",
    "K7MDENG",
    "correct-horse-battery",
    "hunter2-but-longer",
    "ZmFrZSBmYWtlIGZha2Ug",
    "1111 1111",
    "robin.example",
];

fn assert_nothing_planted(text: &str, what: &str) {
    for value in PLANTED {
        assert!(!text.contains(value), "{what} shows {value}");
    }
}

#[test]
fn the_audit_tells_what_is_given_away_and_shows_no_value() {
    let output = unspool(&["audit", "--demo"]);
    assert_eq!(output.status.code(), Some(1), "there are credentials and a public link in it");
    let report = text(&output.stdout);
    assert_nothing_planted(&report, "the audit");
    assert!(report.starts_with("1 public link"), "public links come first: {report}");
    for piece in
        ["github-token", "aws-access-key-id", "postgres-password", "private-key", "ghp_…JR", "What to do"]
    {
        assert!(report.contains(piece), "{piece} in {report}");
    }
}

#[test]
fn the_audit_is_one_json_document() {
    let output = unspool(&["audit", "--demo", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    assert_nothing_planted(&text(&output.stdout), "the document");
    let document: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let keys: Vec<&String> = document.as_object().expect("an object").keys().collect();
    for key in ["findings", "shared", "profile", "instructions", "memory", "attachments"] {
        assert!(keys.iter().any(|known| *known == key), "{key} in {keys:?}");
    }
    let kinds: Vec<&str> = document["findings"]
        .as_array()
        .expect("an array")
        .iter()
        .filter_map(|finding| finding["kind"].as_str())
        .collect();
    for kind in [
        "github-token",
        "aws-access-key-id",
        "aws-secret-access-key",
        "postgres-password",
        "password",
        "jwt",
        "private-key",
        "card-number",
        "iban",
        "phone-number",
        "e-mail",
    ] {
        assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
    }
    let finding = &document["findings"][0];
    for key in ["kind", "id", "title", "date", "role", "masked"] {
        assert!(finding.get(key).is_some(), "{key}");
    }
    assert_eq!(document["shared"].as_array().map(Vec::len), Some(1));
    assert!(!document["memory"].as_array().expect("an array").is_empty());
    assert!(document["attachments"]["named"].as_u64() > Some(0));
}

#[test]
fn an_archive_that_gives_nothing_away_leaves_with_zero() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("conversations.json");
    let node = r#"{"a":{"id":"a","parent":null,"children":[],"message":{"author":{"role":"user"},"content":{"content_type":"text","parts":["mail robin@example.org"]}}}}"#;
    fs::write(&path, format!(r#"[{{"id":"x","title":"t","mapping":{node},"current_node":"a"}}]"#))
        .expect("written");
    let output = unspool(&["audit", &path.to_string_lossy()]);
    let report = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "personal data alone is no alarm: {report}");
    assert!(report.contains("1 e-mail address in 1 conversation"), "{report}");
}

#[test]
fn the_audit_tells_of_claudes_profile_and_memory_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("claude.zip");
    let (json, users, memories) =
        (claude::export(&["a"]), claude::users().to_string(), claude::memories().to_string());
    let members = [("conversations.json", &*json), ("users.json", &users), ("memories.json", &memories)];
    fs::write(&path, zip(&members.map(|(name, json)| (name, json.as_bytes())))).expect("written");
    let path = path.to_string_lossy();

    let report = text(&unspool(&["audit", &path]).stdout);
    for piece in [
        "Profile (users.json)",
        "email_address",
        "r…@e….org",
        "Memory: 2 versions",
        "50 characters in 2 lines, with 1 e-mail address",
        "memories.json",
        "Settings → Capabilities → Memory",
    ] {
        assert!(report.contains(piece), "{piece} in {report}");
    }
    let output = unspool(&["audit", "--json", &path]);
    let document: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let memory = &document["memory"][0];
    assert_eq!(memory["holds"]["e-mail"], 1);
    assert!(memory["id"].is_null() && memory["title"].is_null(), "{memory}");
    assert!(memory["source"].as_str().is_some_and(|source| source.ends_with("claude.zip")), "{memory}");
    let field =
        document["profile"].as_array().and_then(|fields| fields.iter().find(|f| f["field"] == "full_name"));
    assert_eq!(field.expect("a name")["masked"], "R…");
    for shown in [report, text(&output.stdout)] {
        for value in ["robin@", "Robin", "bees", "short answers"] {
            assert!(!shown.contains(value), "{value} in {shown}");
        }
    }
}

#[test]
fn members_that_are_no_json_are_named_without_their_text() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("conversations.json"), "[]").expect("written");
    fs::write(folder.path().join("user.json"), "hunter2-but-longer").expect("written");
    fs::write(folder.path().join("shared_conversations.json"), "{").expect("written");
    let output = unspool(&["audit", &folder.path().to_string_lossy()]);
    let report = text(&output.stdout) + &text(&output.stderr);
    assert!(report.contains("user.json could not be read"), "{report}");
    assert!(report.contains("shared_conversations.json could not be read"), "{report}");
    assert_nothing_planted(&report, "the audit");
}

#[test]
fn a_redacted_extract_holds_no_secret_in_any_format() {
    for format in Format::ALL.map(Format::as_str) {
        let output = unspool(&[
            "extract",
            "--demo",
            "-q",
            "title:\"fail to push the image\"",
            "-f",
            format,
            "--redact",
            "--include",
            "tools,reasoning,hidden",
            "--branches",
            "all",
        ]);
        assert_eq!(output.status.code(), Some(0), "{format}: {}", text(&output.stderr));
        let extract = text(&output.stdout);
        assert_nothing_planted(&extract, format);
        assert!(extract.contains("[redacted: github-token]"), "{format}: {extract}");
        let told = text(&output.stderr);
        assert!(told.contains("1 github-token"), "{told}");
        assert_eq!(told.contains("no longer the original"), format == "json", "{told}");
        if format == "json" {
            serde_json::from_str::<Value>(&extract).expect("it is still JSON");
        }
    }
}

#[test]
fn many_redacted_files_hold_no_secret_either() {
    let folder = tempfile::tempdir().expect("a folder");
    for format in ["markdown", "json"] {
        let into = folder.path().join(format);
        let output = unspool(&[
            "extract",
            "--demo",
            "--all",
            "-f",
            format,
            "--redact",
            "-o",
            &format!("{}/", into.display()),
        ]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        for file in fs::read_dir(&into).expect("it was made") {
            let file = file.expect("it can be read").path();
            assert_nothing_planted(&text(&fs::read(&file).expect("it can be read")), &file.to_string_lossy());
        }
    }
}

#[test]
fn without_being_asked_nothing_is_redacted() {
    let output = unspool(&["extract", "--demo", "-q", "title:\"fail to push the image\"", "-f", "text"]);
    assert!(text(&output.stdout).contains("hunter2-but-longer"));
}
