//! Exports that come in several zips: whichever way they are named, the same archive; and what is not there is told.

use std::path::{Path, PathBuf};

use crate::support::exports::{Scratch, claude, export, ids, load, prompt, small, zip};
use serde_json::{Value, json};
use unspool::{
    archive::{Archive, Limits, Location, list_archives, open_all},
    audit::AuditReport,
    library::Library,
    load::Report,
};

/// Opens these as a command line would name them.
fn opened(paths: &[PathBuf]) -> (Vec<Archive>, Library, Report) {
    let locations: Vec<Location> = paths.iter().cloned().map(Location::Path).collect();
    let archives = open_all(&locations, Limits::default()).expect("they open");
    let (library, report) = load(&archives);
    (archives, library, report)
}

/// Everything that is told of an archive but its name.
fn account(paths: &[PathBuf]) -> String {
    let (archives, library, report) = opened(paths);
    let audit = AuditReport::of(&archives, &library, &|_, _| true).expect("not stopped");
    let archive = &report.archives[0];
    let read: Vec<(&str, u64)> = archive.read.iter().map(|member| (&*member.name, member.objects)).collect();
    let skipped: Vec<(&str, &str)> =
        report.problems.iter().map(|lost| (&*lost.member, &*lost.reason)).collect();
    let profile: Vec<&str> = audit.profile.iter().map(|(_, field)| &*field.name).collect();
    format!(
        "{} archives, {:?}, {read:?}, {skipped:?}, {} of {}, {} attachments, {} without, {profile:?}, {} memories",
        archives.len(),
        ids(&library),
        archive.members,
        archive.size,
        archive.attachments_found,
        archive.attachments_missing,
        audit.memory.len()
    )
}

/// Files of a folder whose names end so, sorted.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let items = std::fs::read_dir(folder).expect("it is there").map(|item| item.expect("an entry").path());
    let mut files: Vec<PathBuf> = items.filter(|path| path.to_string_lossy().ends_with(ending)).collect();
    files.sort();
    files
}

/// A conversation whose prompt names a picture that another part holds.
fn with_picture(id: &str) -> String {
    let mut asked = prompt("look");
    asked["content"] = json!({"content_type": "multimodal_text", "parts": [
        {"content_type": "image_asset_pointer", "asset_pointer": "sediment://file_00aa", "width": 1, "height": 1}, "look"]});
    let mut object = small(id);
    let message = object["mapping"]
        .as_object_mut()
        .and_then(|nodes| nodes.values_mut().find(|node| node["message"]["author"]["role"] == "user"));
    message.expect("it has a prompt")["message"]["content"] = asked["content"].clone();
    Value::Array(vec![object]).to_string()
}

fn contents(shards: &[&str], files: &[&str]) -> Vec<u8> {
    let files: Vec<Value> = files.iter().map(|path| json!({"path": path, "size_bytes": 1})).collect();
    json!({"version": 1, "logical_files": {"conversations.json": {"files": shards, "sharded": true}}, "export_files": files})
        .to_string()
        .into_bytes()
}

/// An export of ChatGPT's in three zips, the second with attachments alone.
fn three_zips(folder: &Scratch) {
    let shards = ["conversations-000.json", "conversations-001.json"];
    let list = contents(&shards, &["conversations-000.json", "conversations-001.json", "file_00aa.dat"]);
    let (one, two) = (with_picture("a"), export(&["b"]));
    for (name, members) in [
        (
            "x-part-0001.zip",
            vec![("conversations-000.json", one.as_bytes()), ("export_manifest.json", &*list)],
        ),
        ("x-part-0002.zip", vec![("file_00aa.dat", b"\x89PNG" as &[u8])]),
        (
            "x-part-0003.zip",
            vec![("conversations-001.json", two.as_bytes()), ("user.json", br#"{"email": "a@example.org"}"#)],
        ),
    ] {
        folder.file(name, zip(&members));
    }
}

/// An export of Claude's in four zips with their manifest.
fn four_zips(folder: &Scratch) {
    let (users, memories) = (claude::users().to_string(), claude::memories().to_string());
    let (one, two) = (claude::export(&["a"]), claude::export(&["b"]));
    for (name, member, json) in [
        ("conversations-000.zip", "conversations.json", &one),
        ("conversations-001.zip", "conversations.json", &two),
        ("light_metadata-000.zip", "users.json", &users),
        ("memories-000.zip", "memories.json", &memories),
    ] {
        folder.file(name, zip(&[(member, json.as_bytes())]));
    }
    let zips = ["conversations-000", "conversations-001", "light_metadata-000", "memories-000"];
    let files: Vec<Value> =
        zips.iter().map(|zip| json!({"category": "x", "filename": format!("{zip}.zip")})).collect();
    folder.file("manifest-1.json", json!({"version": "1.0", "data_files": files}).to_string());
}

#[test]
fn every_way_to_name_an_export_in_several_zips_gives_the_same_archive() {
    for make in [three_zips, four_zips] {
        let folder = Scratch::new();
        make(&folder);
        let zips = files(folder.path(), ".zip");
        let whole = account(&zips);
        assert!(whole.starts_with(r#"1 archives, ["a", "b""#), "{whole}");
        let mut backwards = zips.clone();
        backwards.reverse();
        let mut ways = vec![vec![folder.path().to_owned()], backwards, files(folder.path(), "")];
        ways.extend(zips.iter().map(|zip| vec![zip.clone()]));
        ways.extend(files(folder.path(), ".json").into_iter().map(|manifest| vec![manifest]));
        for way in ways {
            assert_eq!(account(&way), whole, "{way:?}");
        }
    }
}

#[test]
fn attachments_of_another_part_are_found() {
    let folder = Scratch::new();
    three_zips(&folder);
    let (.., report) = opened(&[folder.path().join("x-part-0001.zip")]);
    assert_eq!((report.archives[0].attachments_found, report.archives[0].attachments_missing), (1, 0));
}

#[test]
fn a_part_that_is_missing_is_told_however_the_export_says_so() {
    // By the list of contents.
    let folder = Scratch::new();
    three_zips(&folder);
    std::fs::remove_file(folder.path().join("x-part-0003.zip")).unwrap();
    let (_, library, report) = opened(&[folder.path().join("x-part-0001.zip")]);
    let missing: Vec<&str> =
        report.problems.iter().filter(|lost| lost.missing).map(|lost| &*lost.member).collect();
    assert_eq!((ids(&library), missing), (vec!["a".to_owned()], vec!["conversations-001.json"]));
    assert!(report.damaged() && report.warning().unwrap().starts_with("conversations-001.json is missing"));
    // Attachments that are missing are no damage.
    let folder = Scratch::new();
    three_zips(&folder);
    std::fs::remove_file(folder.path().join("x-part-0002.zip")).unwrap();
    let (.., report) = opened(&[folder.path().join("x-part-0001.zip")]);
    assert_eq!((report.damaged(), report.archives[0].missing_files), (false, 1), "{:?}", report.problems);
    // By a manifest beside the zips.
    let folder = Scratch::new();
    four_zips(&folder);
    std::fs::remove_file(folder.path().join("conversations-001.zip")).unwrap();
    for way in [
        &files(folder.path(), "manifest-1.json")[..],
        &files(folder.path(), "s-000.zip")[..1],
        &[folder.path().to_owned()],
    ] {
        let (.., report) = opened(way);
        let missing: Vec<&str> = report.problems.iter().map(|lost| &*lost.member).collect();
        assert_eq!(missing, ["conversations-001.zip"], "{way:?}");
    }
    // By the numbers alone.
    let folder = Scratch::new();
    for number in [0, 1, 4] {
        folder.file(&format!("conversations-00{number}.json"), export(&[&format!("c{number}")]));
    }
    let (.., report) = opened(&[folder.path().to_owned()]);
    let missing: Vec<&str> = report.problems.iter().map(|lost| &*lost.member).collect();
    assert_eq!(missing, ["conversations-002.json to conversations-003.json"]);
    let folder = Scratch::new();
    for number in [1, 3] {
        folder.file(
            &format!("x-part-000{number}.zip"),
            zip(&[("conversations.json", export(&["a"]).as_bytes())]),
        );
    }
    let (.., report) = opened(&[folder.path().join("x-part-0003.zip")]);
    assert_eq!(report.problems.iter().map(|lost| &*lost.member).collect::<Vec<_>>(), ["x-part-0002.zip"]);
    // By both, told once.
    let folder = Scratch::new();
    four_zips(&folder);
    let last = zip(&[("conversations.json", claude::export(&["c"]).as_bytes())]);
    folder.file("conversations-002.zip", last);
    std::fs::remove_file(folder.path().join("conversations-001.zip")).unwrap();
    let (.., report) = opened(&[folder.path().join("conversations-000.zip")]);
    let missing: Vec<&str> = report.problems.iter().map(|lost| &*lost.member).collect();
    assert_eq!(missing, ["conversations-001.zip"]);
    // One file that is named is what was wanted.
    let scratch = Scratch::new();
    let (.., report) = opened(&[scratch.file("conversations-003.json", export(&["a"]))]);
    assert!(report.problems.is_empty(), "{:?}", report.problems);
}

#[test]
fn digits_in_the_name_of_what_is_no_part_leave_no_gap() {
    let project = json!({"uuid": "67c57b1e-0000-4000-8000-a0000000f012", "name": "p", "prompt_template": "say", "docs": []});
    let (export, project) = (claude::export(&["a"]), project.to_string());
    for digits in ["f012", "0099", "00c7"] {
        let name = format!("projects/67c57b1e-0000-4000-8000-a0000000{digits}.json");
        let scratch = Scratch::new();
        let zipped = zip(&[
            ("conversations.json", export.as_bytes()),
            (&name, project.as_bytes()),
            ("a-7.json", b"[1, 2]"),
        ]);
        let (_, library, report) = opened(&[scratch.file("x.zip", zipped)]);
        assert_eq!((library.len(), &*report.problems), (2, &[][..]), "{name}");
    }
}

#[test]
fn each_part_has_names_of_its_own_for_its_attachments() {
    let folder = Scratch::new();
    let names = "conversation_asset_file_names.json";
    let export = export(&["a"]);
    for (number, member, id) in [(1, "one.dat", "file_00aa"), (2, "two.dat", "file_00bb")] {
        let map = json!({member: format!("{id}.png"), "no name": 7}).to_string();
        let mut members: Vec<(&str, &[u8])> = vec![(member, b"bytes"), (names, map.as_bytes())];
        if number == 1 {
            members.push(("conversations.json", export.as_bytes()));
        }
        folder.file(&format!("x-part-000{number}.zip"), zip(&members));
    }
    let (archives, ..) = opened(&[folder.path().join("x-part-0001.zip")]);
    for (id, name) in [("file_00aa", "x-part-0001.zip/one.dat"), ("file_00bb", "x-part-0002.zip/two.dat")] {
        let found = archives[0].find_attachment(id).map(|member| (member.name, member.alias));
        assert_eq!(found, Some((name.to_owned(), Some(format!("{id}.png")))));
    }
}

#[test]
fn a_folder_with_a_list_of_contents_alone_holds_no_conversation() {
    let folder = Scratch::new();
    folder.file("export_manifest.json", contents(&["conversations-000.json"], &[]));
    let error = Archive::open(&Location::Path(folder.path().to_owned()), Limits::default()).unwrap_err();
    assert!(error.to_string().contains("holds no conversations.json"), "{error}");
}

#[test]
fn members_are_found_by_the_list_of_contents_and_in_any_case() {
    let folder = Scratch::new();
    let (one, two) = (export(&["a"]), export(&["b"]));
    let list = contents(&["Data/part-0.json", "data/part-1.json"], &[]);
    let path = folder.file(
        "x.zip",
        zip(&[
            ("top/data/part-0.json", one.as_bytes()),
            ("top/data/part-1.json", two.as_bytes()),
            ("top/other/part-1.json", b"[1]"),
            ("top/Export_Manifest.json", &list),
        ]),
    );
    let (_, library, report) = opened(&[path]);
    assert_eq!((ids(&library), report.damaged()), (vec!["a".to_owned(), "b".to_owned()], false));
    let path = folder.file("y.zip", zip(&[("CONVERSATIONS.JSON", one.as_bytes())]));
    assert_eq!(ids(&opened(&[path]).1), ["a"]);
}

#[test]
fn a_list_of_contents_that_lies_costs_nothing() {
    let folder = Scratch::new();
    let one = export(&["a"]);
    for (number, list) in [
        contents(&["../../etc/passwd", "/", "", "export_manifest.json"], &["", "\u{1b}[2J"]),
        b"[".to_vec(),
        b"{\"logical_files\": {\"conversations.json\": {\"files\": [7, {}, null]}}, \"export_files\": [1, {\"path\": 2}]}".to_vec(),
        b"{\"logical_files\": 7, \"export_files\": {\"path\": []}}".to_vec(),
        json!({"logical_files": {"conversations.json": {"files": vec!["x"; 100_000]}}})
            .to_string()
            .into_bytes(),
    ]
    .into_iter()
    .enumerate()
    {
        let members: [(&str, &[u8]); 2] =
            [("conversations.json", one.as_bytes()), ("export_manifest.json", &list)];
        let path = folder.file(&format!("{number}.zip"), zip(&members));
        let (_, library, report) = opened(&[path]);
        assert_eq!(ids(&library), ["a"], "{number}");
        assert!(report.problems.len() <= 10, "{:?}", report.problems);
    }
}

#[test]
fn a_second_download_is_the_part_it_is() {
    let folder = Scratch::new();
    four_zips(&folder);
    let (plain, again) = ("conversations-001.zip", "conversations-001 (1).zip");
    std::fs::rename(folder.path().join(plain), folder.path().join(again)).unwrap();
    for way in [
        folder.path().join("conversations-000.zip"),
        folder.path().join("manifest-1.json"),
        folder.path().to_owned(),
    ] {
        let (_, library, report) = opened(std::slice::from_ref(&way));
        assert_eq!(ids(&library)[..2], ["a", "b"], "{way:?}");
        assert!(!report.damaged(), "{way:?}: {:?}", report.problems);
    }
}

#[test]
fn of_an_export_in_several_zips_one_is_offered() {
    let folder = Scratch::new();
    three_zips(&folder);
    folder.file("y-part-0001.zip", zip(&[("conversations.json", export(&["a"]).as_bytes())]));
    let offered = list_archives(&[folder.path().to_owned()]);
    let names: Vec<_> =
        offered.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
    assert_eq!(names.iter().filter(|name| name.starts_with("x-")).count(), 1, "{names:?}");
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn utf_16_is_named_wherever_it_stands() {
    let utf16: Vec<u8> = "[{}]".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [b"\xff\xfe", &*utf16].concat();
    let folder = Scratch::new();
    for json in [&utf16, &marked] {
        let error = crate::support::exports::open(&folder.file("a.json", json)).unwrap_err().to_string();
        assert!(error.contains("UTF-16"), "{error}");
        let path = folder.file("a.zip", zip(&[("conversations.json", json)]));
        let (.., report) = opened(&[path]);
        assert!(report.failure().is_some_and(|failure| failure.contains("UTF-16")), "{:?}", report.problems);
    }
}

/// A `library_files.json` of files by the messages they were made for.
fn library_of(files: &[(&str, &str, &str)]) -> String {
    let file = |&(id, name, message): &(&str, &str, &str)| {
        json!({"id": {"id": "l"}, "file_id": id, "file_name": name, "mime_type": "image/png",
            "library_artifact_type": "image", "origination_message_id": message, "created_at": 1})
    };
    Value::Array(files.iter().map(file).collect()).to_string()
}

#[test]
fn a_file_that_no_message_names_is_an_attachment_of_the_one_it_was_made_for() {
    let scratch = Scratch::new();
    let asked = with_picture("a");
    let object: Value = serde_json::from_str(&asked).unwrap();
    let mapping = object[0]["mapping"].as_object().unwrap();
    let of = |role: &str| {
        let node = mapping.iter().find(|(_, node)| node["message"]["author"]["role"] == role);
        node.expect("there is one").0.as_str()
    };
    let files = library_of(&[
        ("file_00bb", "chart.png", of("assistant")),
        ("sediment://file_00aa", "named twice.png", of("user")),
        ("file_00cc", "of nobody.png", "no such message"),
        ("", "no file.png", of("assistant")),
    ]);
    let members: [(&str, &[u8]); 3] = [
        ("conversations.json", asked.as_bytes()),
        ("library_files.json", files.as_bytes()),
        ("file_00bb.dat", b"png"),
    ];
    let (_, library, report) = opened(&[scratch.file("x.zip", zip(&members))]);
    let conversation = library.get(library.by_date()[0]);
    let named: Vec<(&str, &str)> =
        unspool::message::attachments(conversation).map(|file| (&*file.id, &*file.name)).collect();
    assert_eq!(named, [("file_00aa", ""), ("file_00bb", "chart.png")]);
    let archive = &report.archives[0];
    assert_eq!((archive.attachments_found, archive.attachments_missing, archive.unread.len()), (1, 1, 0));
    // One that is no list is named, and costs nothing else.
    let members: [(&str, &[u8]); 2] =
        [("conversations.json", asked.as_bytes()), ("library_files.json", b"{\"files\": [1]}")];
    let (_, library, report) = opened(&[scratch.file("y.zip", zip(&members))]);
    assert_eq!((library.len(), &*report.archives[0].unread), (1, &["library_files.json".to_owned()][..]));
}

#[test]
fn a_message_that_says_nothing_is_shown_with_the_file_that_was_made_for_it() {
    let scratch = Scratch::new();
    let mut object = small("a");
    let nodes = object["mapping"].as_object_mut().unwrap();
    let (id, node) =
        nodes.iter_mut().find(|(_, node)| node["message"]["author"]["role"] == "assistant").unwrap();
    node["message"]["content"]["parts"] = json!([""]);
    let files = library_of(&[("file_00bb", "chart.png", id)]);
    let asked = Value::Array(vec![object.clone()]).to_string();
    let shown = |members: &[(&str, &[u8])], name: &str| {
        let (_, library, _) = opened(&[scratch.file(name, zip(members))]);
        library.get(library.by_date()[0]).shown_count()
    };
    let conversations: (&str, &[u8]) = ("conversations.json", asked.as_bytes());
    assert_eq!(shown(&[conversations], "x.zip"), 1);
    assert_eq!(shown(&[conversations, ("library_files.json", files.as_bytes())], "y.zip"), 2);
}

/// What is said of an archive's members that hold conversations and were not read.
fn told(paths: &[PathBuf]) -> (Vec<String>, Vec<String>) {
    let (_, library, report) = opened(paths);
    let problems = report.problems.iter().map(|lost| lost.member.clone());
    let unread = report.archives.iter().flat_map(|archive| archive.unread.clone());
    assert!(!problems.clone().chain(unread.clone()).any(|name| name.contains("a.png")));
    (ids(&library), problems.chain(unread).collect())
}

#[test]
fn what_is_called_like_conversations_and_is_not_read_is_named() {
    let (one, two) = (export(&["a"]), export(&["b"]));
    for name in [
        "conversations-001.json ",
        "conversations-001.json.bak",
        "conversations-001.json.gz",
        "old/Conversations.txt",
        "Conversations_x-chatgpt-0001.zip",
        "conversations-001.zip",
    ] {
        let scratch = Scratch::new();
        let members: [(&str, &[u8]); 3] =
            [("conversations.json", one.as_bytes()), (name, two.as_bytes()), ("a.png", b"picture")];
        let path = scratch.file("x.zip", zip(&members));
        assert_eq!(told(&[path]), (vec!["a".to_owned()], vec![name.to_owned()]));
    }
}

#[cfg(unix)]
#[test]
fn a_link_or_an_odd_file_in_place_of_a_part_is_named_and_not_followed() {
    use std::os::unix::fs::symlink;

    let outside = Scratch::new();
    let elsewhere = outside.file("conversations.json", export(&["b"]));
    let put: [&dyn Fn(&Path); 2] =
        [&|path| symlink(&elsewhere, path).unwrap(), &|path| std::fs::create_dir(path).unwrap()];
    for put in put {
        let folder = Scratch::new();
        folder.file("conversations-000.json", export(&["a"]));
        put(&folder.path().join("conversations-001.json"));
        let (ids, told) = told(&[folder.path().to_owned()]);
        assert_eq!((ids, told), (vec!["a".to_owned()], vec!["conversations-001.json".to_owned()]));
        let folder = Scratch::new();
        let part = folder.file("x-part-0001.zip", zip(&[("conversations.json", export(&["a"]).as_bytes())]));
        put(&folder.path().join("x-part-0002.zip"));
        let (ids, told) = self::told(&[part]);
        assert_eq!((ids, told), (vec!["a".to_owned()], vec!["x-part-0002.zip".to_owned()]));
    }
}

#[test]
fn a_zip_whose_end_counts_wrong_is_read_by_its_members() {
    let scratch = Scratch::new();
    let (one, two) = (export(&["a"]), export(&["b"]));
    let mut bytes =
        zip(&[("conversations-000.json", one.as_bytes()), ("conversations-001.json", two.as_bytes())]);
    let end = bytes.len() - 22;
    for at in [8, 10] {
        bytes[end + at] = 1;
    }
    let (_, library, report) = opened(&[scratch.file("x.zip", &bytes)]);
    assert_eq!(ids(&library), ["a", "b"]);
    assert!(
        report.damaged() && report.problems[0].reason.contains("its end counts 1 members"),
        "{:?}",
        report.problems
    );
    // Of two zips in one file the last is read, and the first told.
    let mut both = zip(&[("conversations.json", one.as_bytes())]);
    both.extend(zip(&[("conversations.json", two.as_bytes())]));
    let (_, library, report) = opened(&[scratch.file("y.zip", &both)]);
    assert_eq!((ids(&library), report.problems.len()), (vec!["b".to_owned()], 1));
    assert!(report.problems[0].reason.starts_with("another zip stands before it"), "{:?}", report.problems);
}

/// Some write the longer records also where the shorter ones would do.
#[test]
fn a_zip_with_longer_records_than_it_needs_is_sound() {
    let mut bytes = zip(&[("conversations.json", export(&["a"]).as_bytes())]);
    let end = bytes.split_off(bytes.len() - 22);
    let record = bytes.len() as u64;
    let long = |at: usize| u64::from(u32::from_le_bytes([end[at], end[at + 1], end[at + 2], end[at + 3]]));
    let members = u64::from(u16::from_le_bytes([end[10], end[11]]));
    bytes.extend_from_slice(b"PK\x06\x06");
    bytes.extend(44_u64.to_le_bytes());
    bytes.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for number in [members, members, long(12), long(16)] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend_from_slice(b"PK\x06\x07\0\0\0\0");
    bytes.extend(record.to_le_bytes());
    bytes.extend([1, 0, 0, 0]);
    bytes.extend(end);
    let scratch = Scratch::new();
    let (_, library, report) = opened(&[scratch.file("x.zip", &bytes)]);
    assert_eq!((ids(&library), report.damaged()), (vec!["a".to_owned()], false), "{:?}", report.problems);
}

#[test]
fn a_folder_of_a_common_name_hides_no_attachment() {
    let asked = with_picture("a");
    for folder in ["artifacts", "financial", "User Profile", "2025 financial"] {
        let scratch = Scratch::new();
        let (conversations, picture) =
            (format!("{folder}/conversations.json"), format!("{folder}/file_00aa.png"));
        let members: [(&str, &[u8]); 2] = [(&conversations, asked.as_bytes()), (&picture, b"picture")];
        let (.., report) = opened(&[scratch.file("x.zip", zip(&members))]);
        let archive = &report.archives[0];
        assert_eq!((archive.attachments_found, archive.unread.len()), (1, 0), "{folder}");
    }
}

#[test]
fn a_part_that_is_made_to_do_harm_costs_itself_alone() {
    let folder = Scratch::new();
    let part = folder.file("x-part-0001.zip", zip(&[("conversations.json", export(&["a"]).as_bytes())]));
    // Two members whose bytes are one.
    let mut bytes = zip(&[("a.json", b"[1]"), ("b.json", b"[1]")]);
    let second = memchr::memmem::rfind(&bytes, b"PK\x01\x02").expect("its header");
    bytes[second + 42..second + 46].fill(0);
    folder.file("x-part-0002.zip", &bytes);
    let (_, library, report) = opened(&[part]);
    assert_eq!(ids(&library), ["a"]);
    assert!(report.problems[0].reason.contains("overlap"), "{:?}", report.problems);
}

#[cfg(unix)]
#[test]
fn the_manifest_by_which_an_archive_was_named_is_a_file_of_it() {
    let folder = Scratch::new();
    four_zips(&folder);
    let manifests = files(folder.path(), "manifest-1.json");
    assert!(!manifests.is_empty());
    for manifest in manifests {
        let (archives, ..) = opened(std::slice::from_ref(&manifest));
        assert!(archives[0].is_read_from(&manifest), "{}", manifest.display());
        assert!(!archives[0].is_read_from(&folder.path().join("another")));
    }
}
