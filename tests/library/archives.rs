//! Where an export may lie, and what is found in it.

use crate::support::exports::{Scratch, export, ids, load, load_bytes, load_path, open, small, zip};
use serde_json::json;
use unspool::{
    archive::{list_archives, looks_like_archive},
    conversation::ObjectLocation,
};

#[test]
fn an_export_is_read_in_every_layout() {
    let (one, two) = (export(&["a"]), export(&["b"]));
    let both = export(&["a", "b"]);
    let split = [("conversations-000.json", one.as_bytes()), ("conversations-001.json", two.as_bytes())];
    let under = [("abc123/conversations.json", both.as_bytes()), ("abc123/user.json", b"{}")];
    let wrapped = format!(r#"{{"version":1,"conversations":{both}}}"#);
    for bytes in [
        zip(&[("conversations.json", both.as_bytes()), ("chat.html", b"<html>")]),
        zip(&split),
        zip(&under),
        zip(&[("conversations.json", wrapped.as_bytes())]),
        both.clone().into_bytes(),
        wrapped.clone().into_bytes(),
    ] {
        let (library, report) = load_bytes("export", bytes);
        assert_eq!(ids(&library), ["a", "b"]);
        assert!(!report.damaged(), "{:?}", report.problems);
    }
}

#[test]
fn an_unpacked_folder_is_an_export() {
    let scratch = Scratch::new();
    scratch.file("top/conversations-000.json", export(&["a"]));
    scratch.file("top/conversations-001.json", export(&["b"]));
    scratch.file("top/dalle-generations/file-abc-x.webp", "RIFF");
    let archive = open(scratch.path()).unwrap();
    assert!(archive.find_attachment("file-abc").is_some());
    let (library, _) = load(&[archive]);
    assert_eq!(ids(&library), ["a", "b"]);
}

#[test]
fn other_files_with_like_names_are_not_read() {
    let junk = b"not json";
    let (library, report) = load_bytes(
        "x.zip",
        zip(&[
            ("conversations.json", export(&["a"]).as_bytes()),
            ("shared_conversations.json", junk),
            ("conversations.json.index", junk),
            ("__MACOSX/conversations.json", junk),
            ("conversations-summary.json", junk),
        ]),
    );
    assert_eq!(ids(&library), ["a"]);
    assert!(!report.damaged());
}

#[test]
fn several_archives_are_merged_and_the_later_copy_stays() {
    let mut newer = small("a");
    newer["title"] = json!("Newer");
    newer["update_time"] = json!(1_800_000_000);
    let scratch = Scratch::new();
    let first = scratch.file("1.json", format!("[{},{}]", small("a"), small("b")));
    let second = scratch.file("2.json", format!("[{newer}]"));
    let (library, report) = load(&[open(&first).unwrap(), open(&second).unwrap()]);
    assert_eq!((library.len(), library.superseded()), (2, 1));
    assert_eq!(&*library.get(library.by_date()[0]).title, "Newer");
    assert_eq!((report.conversations, report.archives.len()), (3, 2));
}

#[test]
fn an_object_is_given_back_byte_for_byte() {
    let spaced = format!("[ {} ,\n{}]", small("a").to_string().replace(':', " : "), small("b"));
    let scratch = Scratch::new();
    for path in [
        scratch.file("x.json", &spaced),
        scratch.file("x.zip", zip(&[("conversations.json", spaced.as_bytes())])),
    ] {
        let archive = open(&path).unwrap();
        let (library, _) = load_path(&path);
        let mut sources: Vec<ObjectLocation> =
            library.by_date().iter().map(|&handle| library.get(handle).object_location).collect();
        sources.sort();
        for source in &sources {
            let object = archive.read_object(*source, &mut |_| true).unwrap();
            let start = source.offset as usize;
            assert_eq!(object, spaced.as_bytes()[start..start + source.length as usize]);
            assert!(object.starts_with(b"{") && object.ends_with(b"}"));
        }
        let mut all = Vec::new();
        archive
            .read_objects(&sources, &mut |_| true, &mut |index, bytes| {
                all.push((index, bytes.to_vec()));
                true
            })
            .unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!(all[1].1, small("b").to_string().as_bytes());
    }
}

#[test]
fn objects_that_span_pieces_are_given_back_whole() {
    let mut large = small("large");
    large["mapping"]["m000000"]["message"]["content"]["parts"][0] = json!("é\n".repeat(1 << 20));
    let json = format!("[{},{large},{}]", small("a"), small("b"));
    let scratch = Scratch::new();
    let path = scratch.file("x.zip", zip(&[("conversations.json", json.as_bytes())]));
    let archive = open(&path).unwrap();
    let (library, report) = load_path(&path);
    assert_eq!((ids(&library).len(), report.damaged()), (3, false));
    for &handle in library.by_date() {
        let source = library.get(handle).object_location;
        let object = archive.read_object(source, &mut |_| true).unwrap();
        assert_eq!(object, json.as_bytes()[source.offset as usize..][..source.length as usize]);
    }
}

#[test]
fn an_attachment_is_found_by_its_id_wherever_it_lies() {
    let scratch = Scratch::new();
    let names =
        json!({"0a1b.dat": "dalle-generations/file-gen-1.webp", "user-1/77.dat": "file_aa-report.pdf"})
            .to_string();
    let archive = open(&scratch.file(
        "x.zip",
        zip(&[
            ("conversations.json", b"[]"),
            ("file-abcd-other.png", b"other"),
            ("file-abc-photo.png", b"photo"),
            ("user-1/file_000-uuid.png", b"new"),
            ("c1/audio/file_v-1.wav", b"voice"),
            ("0a1b.dat", b"generated"),
            ("user-1/77.dat", b"report"),
            ("conversation_asset_file_names.json", names.as_bytes()),
        ]),
    ))
    .unwrap();
    for (id, bytes, alias) in [
        ("file-abc", "photo", None),
        ("file_000", "new", None),
        ("file_v", "voice", None),
        ("file-gen", "generated", Some("dalle-generations/file-gen-1.webp")),
        ("file_aa", "report", Some("file_aa-report.pdf")),
    ] {
        let member = archive.find_attachment(id).unwrap_or_else(|| panic!("{id} is there"));
        let mut copy = Vec::new();
        assert_eq!(archive.copy_attachment(&member, &mut copy).unwrap(), bytes.len() as u64);
        assert_eq!((&*copy, member.alias.as_deref()), (bytes.as_bytes(), alias));
    }
    assert!(archive.find_attachment("file-none").is_none() && archive.find_attachment("").is_none());
}

#[test]
fn the_account_adds_up() {
    let mut pictured = small("a");
    pictured["mapping"]["m000000"]["message"]["metadata"]["attachments"] =
        json!([{"id": "file-abc", "name": "x"}, {"id": "file-none", "name": "y"}]);
    pictured["mapping"]["m000001"]["message"]["content"]["content_type"] = json!("brand_new");
    let text = format!("[{pictured},{}]", small("b"));
    let (_, report) =
        load_bytes("x.zip", zip(&[("conversations.json", text.as_bytes()), ("file-abc-x.png", b"x")]));
    let archive = &report.archives[0];
    assert_eq!((report.conversations, report.bytes, archive.members), (2, text.len() as u64, 2));
    assert_eq!((archive.attachments_found, archive.attachments_missing), (1, 1));
    assert_eq!((archive.messages, archive.all_messages), (3, 4));
    assert_eq!(
        archive.import_counts.types(),
        [("text".to_owned(), 3, true), ("brand_new".to_owned(), 1, false)]
    );
    let member = &archive.read[0];
    assert_eq!((&*member.name, member.bytes, member.objects), ("conversations.json", text.len() as u64, 2));
    assert!(member.compressed < member.bytes);
}

#[test]
fn only_what_holds_conversations_is_offered() {
    let scratch = Scratch::new();
    let export_zip = scratch.file("export.zip", zip(&[("conversations.json", b"[]")]));
    scratch.file("holiday.zip", zip(&[("photo.jpg", b"x")]));
    scratch.file("broken.zip", "PK\u{3}\u{4}");
    scratch.file("notes.json", "[]");
    scratch.file("folder/conversations-000.json", "[]");
    assert!(looks_like_archive(&export_zip));
    // One packed once more, whoever's it is.
    for part in ["Conversations_x-1.zip", "conversations-000.zip"] {
        let packed = scratch.file("elsewhere/packed.zip", zip(&[(part, b"PK")]));
        assert!(looks_like_archive(&packed), "{part}");
    }
    let mut found = list_archives(&[scratch.path().to_owned(), scratch.path().join("absent")]);
    found.sort();
    assert_eq!(found, [export_zip, scratch.path().join("folder")]);
}
