//! The audit reads everything that an export has: not its conversations alone.

use crate::support::exports::{Chain, Scratch, claude, conversation, export, load, open, prompt, zip};
use jiff::tz::TimeZone;
use serde_json::json;
use unspool::{
    audit::{
        AuditReport,
        lines::{ExposureOrder, ReportLine, ReportLines},
    },
    secrets::SecretClass,
};

/// Audits a zip of these members; returns the report and its lines.
fn audited(members: &[(&str, &str)]) -> (AuditReport, Vec<String>) {
    let scratch = Scratch::new();
    let members: Vec<(&str, &[u8])> = members.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let archive = [open(&scratch.file("x.zip", zip(&members))).expect("it opens")];
    let (library, _) = load(&archive);
    let report = AuditReport::of(&archive, &library, &|_, _| true).expect("not stopped");
    let lines = ReportLines { report: &report, library: &library, zone: &TimeZone::UTC };
    let all = lines.lines(ExposureOrder::default(), false);
    let words = |line: &ReportLine| lines.fields(line, true).join(" ");
    let words = all.iter().map(words).collect();
    (report, words)
}

#[test]
fn a_secret_is_found_in_whichever_member_it_stands() {
    let conversations = export(&["a"]);
    let claude = claude::export(&["b"]);
    for (member, text) in [
        ("message_feedback.json", r#"[{"id": "m", "content": "{\"text\": \"password=correct-horse-7\"}"}]"#),
        ("textdocs/td1.json", r#"{"id": "td1", "note": "Notes\npassword=correct-horse-7"}"#),
        (
            "user_settings.json",
            r#"{"user_id": "u", "settings": {"tools": [{"password": "correct-horse-7"}]}}"#,
        ),
        ("notes/README.txt", "password=correct-horse-7"),
        ("feedback.csv", "id,text\n1,password=correct-horse-7\n"),
        ("files.json", r#"{"password": "correct-horse-7"}"#),
        ("login_history.json", r#"[{"ip": "203.0.113.9", "agent": "x; password=correct-horse-7"}]"#),
        ("user.json", r#"{"id": "u", "note": "password=correct-horse-7"}"#),
        ("shared_conversations.json", r#"[{"id": "s", "title": "password=correct-horse-7"}]"#),
        ("projects/odd.json", r#"{"uuid": "p", "note": "password=correct-horse-7"}"#),
        ("new/unheard-of.json", r#"{"a": {"b": [{"name": "DB_PASSWORD", "value": "correct-horse-7"}]}}"#),
        ("artifacts/a1/versions/1-1.html", "<p>\npassword=correct-horse-7\n</p>"),
        ("frames-000/artifacts/a2/page.md", "# Doc\npassword=correct-horse-7"),
        ("artifacts/a1/artifact.json", r#"{"id": "a1", "note": "password=correct-horse-7"}"#),
    ] {
        for conversations in [&conversations, &claude] {
            let (report, lines) = audited(&[("conversations.json", conversations), (member, text)]);
            let found: Vec<&str> = report.member_exposures.iter().map(|(at, _)| &*at.path).collect();
            assert_eq!(found, [member], "{lines:?}");
            assert!(report.has_credentials_or_public_links());
            assert!(lines.contains(&"1 credential in 1 other file of the export".to_owned()), "{lines:?}");
            assert!(lines.iter().any(|line| line.contains(member)), "{lines:?}");
            assert!(!lines.concat().contains("correct-horse"), "a value is never shown: {lines:?}");
            assert!(!lines.contains(&"No credentials found".to_owned()), "{lines:?}");
        }
    }
}

#[test]
fn a_secret_in_a_canvas_is_found_once_whether_a_conversation_names_it_or_none() {
    let canvas = r#"{"id": "td1", "content": "Notes", "comments": [{"text": "password=correct-horse-7"}]}"#;
    let naming = prompt("pack");
    let mut named = naming.clone();
    named["metadata"] = json!({"canvas": {"textdoc_id": "td1"}});
    for message in [naming, named] {
        let conversations = format!("[{}]", conversation(Chain::of([message])));
        let (report, lines) =
            audited(&[("conversations.json", &conversations), ("textdocs/td1.json", canvas)]);
        assert_eq!((report.exposures.len(), report.member_exposures.len()), (1, 0), "{lines:?}");
        assert!(lines.contains(&"1 credential in 1 conversation".to_owned()), "{lines:?}");
    }
}

#[test]
fn personal_data_of_other_members_is_counted_and_the_profile_told_once() {
    let conversations = export(&["a"]);
    let (report, lines) = audited(&[
        ("conversations.json", &conversations),
        ("message_feedback.json", r#"[{"content": "mail kim@example.org"}]"#),
        ("user.json", r#"{"email": "robin@example.org"}"#),
    ]);
    let personal = |(_, exposure): &&(_, unspool::secrets::exposures::Exposure)| {
        unspool::secrets::Scanner::built_in().rule(exposure.kind).class() == SecretClass::Personal
    };
    assert_eq!(report.member_exposures.iter().filter(personal).count(), 1);
    assert!(lines.contains(&"1 e-mail address in 1 other file of the export".to_owned()), "{lines:?}");
    assert_eq!(lines.iter().filter(|line| line.contains("email")).count(), 1, "{lines:?}");
}

#[test]
fn a_public_frame_is_a_public_link_and_any_other_is_not() {
    let conversations = claude::export(&["a"]);
    let frame = |id: &str, visibility: &str| {
        format!(
            r#"{{"id": "{id}", "visibility": "{visibility}", "versions": [{{"id": "1", "title": "Chart {id}"}}]}}"#
        )
    };
    let (open, closed, other) = (frame("a1", "public"), frame("a2", "private"), frame("a3", "public"));
    let (report, lines) = audited(&[
        ("conversations.json", &conversations),
        ("artifacts/a1/artifact.json", &open),
        ("artifacts/a2/artifact.json", &closed),
        ("artifacts/a3/artifact.json", &other),
    ]);
    let links: Vec<(&str, &str)> = report.public_links.iter().map(|link| (&*link.id, &*link.title)).collect();
    assert_eq!(links, [("a1", "Chart a1"), ("a3", "Chart a3")]);
    assert!(lines[0].starts_with("2 public links"), "{lines:?}");
    assert!(report.unreadable.is_empty());
}

#[test]
fn what_only_names_members_and_what_a_person_uploaded_is_not_looked_at() {
    let conversations = export(&["a"]);
    let (report, _) = audited(&[
        ("conversations.json", &conversations),
        ("conversation_asset_file_names.json", r#"{"a.dat": "password=correct-horse-7.png"}"#),
        ("file-abc-notes.json", r#"{"password": "correct-horse-7"}"#),
        ("photo.png", "password=correct-horse-7"),
    ]);
    assert!(report.member_exposures.is_empty());
}

/// What is in attachments was said not to be looked at, though pasted text is; of a member that is too large it was said
/// that it could not be read.
#[test]
fn what_was_looked_through_and_what_was_not_is_said_as_it_is() {
    let mut asked = prompt("see");
    asked["metadata"] = json!({"attachments": [
        {"id": "file-aa", "name": "Pasted text.txt", "is_big_paste": true}, {"id": "file-bb", "name": "plan.pdf"}]});
    let conversations = format!("[{}]", conversation(Chain::of([asked])));
    let large = " ".repeat(64 << 20);
    let mut members = vec![
        ("conversations.json", &*conversations),
        ("file-aa-Pasted text.txt", "a paste"),
        ("file-bb-plan.pdf", "%PDF-"),
    ];
    let told = |members: &[(&str, &str)]| {
        let (_, lines) = audited(members);
        let words = ["of them in the archive", "of the export", "too large", "could not be read"];
        let about = |line: &String| words.iter().any(|words| line.contains(words));
        lines.into_iter().filter(about).collect::<Vec<String>>()
    };
    let attached = "2 of them in the archive (12 bytes); the text of 1 is looked at with the messages, what is in the others is not";
    assert_eq!(told(&members), [attached]);
    assert_eq!(
        told(&members[..2]),
        ["1 of them in the archive (7 bytes); their text is looked at with the messages"]
    );
    members.push(("file-cc-photo.png", "no message names it"));
    let opaque = "1 other file of the export is no text, and was not looked through";
    assert_eq!(told(&members), [attached, opaque]);
    members.extend([("notes.txt", "a note"), ("chat.html", "all of it once more"), ("large.txt", &*large)]);
    let told = told(&members);
    assert_eq!(
        told[..2],
        [attached, "1 other file of the export looked through; 1 more is no text, and was not"]
    );
    assert!(
        told[2].ends_with("large.txt is too large, and was not looked through") && told.len() == 3,
        "{told:?}"
    );
}
