//! Any input, a clear answer: each row of the safety notes, with inputs built here.

use std::{sync::LazyLock, time::Duration};

use crate::support::{
    cost,
    exports::{
        self, Chain, Scratch, conversation, export, ids, load, load_bytes, load_path, open, open_with,
        prompt, shown, small, zip, zip_with,
    },
};
use serde_json::json;
use unspool::{archive::Limits, load::Report, provider};
use zip::CompressionMethod;

/// The one line an archive is refused with. To find that out takes less than to inflate the demo ten times.
fn refusal(path: &std::path::Path) -> String {
    let (refused, spent) = cost::of_thread(|| open(path));
    static TEN_DEMOS: LazyLock<Option<Duration>> = LazyLock::new(|| cost::of_thread(ten_demos).1);
    assert!(spent <= *TEN_DEMOS, "{spent:?} to refuse {}, {:?} to inflate", path.display(), *TEN_DEMOS);
    let error = refused.expect_err("it should be refused").to_string();
    assert!(!error.contains('\n') && error.len() < 400, "{error}");
    error
}

fn ten_demos() {
    let bytes = include_bytes!("../../assets/demo/demo.zip");
    for _ in 0..10 {
        let mut demo = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a zip");
        for member in 0..demo.len() {
            let mut member = demo.by_index(member).expect("a member");
            std::io::copy(&mut member, &mut std::io::sink()).expect("it is sound");
        }
    }
}

fn reasons(report: &Report) -> Vec<&str> {
    report.problems.iter().map(|skipped| &*skipped.reason).collect()
}

/// Where a signature stands in a zip.
fn find(zip: &[u8], signature: &[u8], from: usize) -> usize {
    from + zip[from..].windows(signature.len()).position(|window| window == signature).unwrap()
}

const CENTRAL: &[u8] = b"PK\x01\x02";

// --- not an archive

#[test]
fn what_is_no_archive_is_refused_in_one_line_that_says_what_was_expected() {
    let scratch = Scratch::new();
    for (name, bytes) in
        [("a.zip", &b"hello"[..]), ("b.json", b""), ("c.json", b"\x1f\x8b\x08\0\0"), ("d", b"   ")]
    {
        let error = refusal(&scratch.file(name, bytes));
        assert!(error.contains(&format!("expected a {} export", provider::all_names_as_choice())), "{error}");
    }
    std::fs::create_dir(scratch.path().join("empty")).unwrap();
    assert!(refusal(&scratch.path().join("empty")).contains("holds no conversations.json"));
    let absent = refusal(&scratch.path().join("absent"));
    assert!(absent.contains(if cfg!(unix) {
        "cannot be opened: no such file"
    } else {
        "cannot be opened: "
    }));
    let other = scratch.file("other.zip", zip(&[("readme.txt", b"x")]));
    assert!(refusal(&other).contains("this zip holds no conversations.json"));
}

#[cfg(unix)]
#[test]
fn a_fifo_or_device_is_refused_without_waiting_for_it() {
    let scratch = Scratch::new();
    let fifo = scratch.path().join("fifo");
    if std::process::Command::new("mkfifo").arg(&fifo).status().is_ok_and(|status| status.success()) {
        assert!(refusal(&fifo).contains("neither a file nor a folder"));
    }
    assert!(refusal(std::path::Path::new("/dev/zero")).contains("neither a file nor a folder"));
}

#[test]
fn json_that_is_no_export_is_named_when_it_is_read() {
    for (json, reason) in [
        (r#"{"a":1}"#, "no array of conversations"),
        ("[1,2,3]", "not an object"),
        (r#"[{"a":1}]"#, "no conversation"),
    ] {
        let (library, report) = load_bytes("x.json", json);
        assert!(library.is_empty());
        assert!(report.failure().unwrap().contains(reason), "{:?}", report.failure());
    }
}

#[test]
fn an_empty_export_is_no_error() {
    let (library, report) = load_bytes("x.zip", zip(&[("conversations.json", b"[]"), ("user.json", b"{}")]));
    assert!(library.is_empty() && !report.damaged() && report.failure().is_none());
}

#[test]
fn another_providers_export_is_named() {
    for (json, provider) in [
        (r#"[{"id":"1","inserted_at":"2025","mapping":{"a":{}}}]"#, "DeepSeek"),
        (r#"{"conversations":[{"conversation":{},"responses":[]}]}"#, "Grok"),
        (r#"[{"header":"Gemini Apps","title":"Prompted x"}]"#, "Gemini"),
    ] {
        let (_, report) = load_bytes("x.zip", zip(&[("conversations.json", json.as_bytes())]));
        let failure = report.failure().unwrap();
        assert!(
            failure.contains(&format!("looks like a {provider}")) && failure.contains("not supported yet"),
            "{failure}"
        );
    }
    let scratch = Scratch::new();
    assert!(refusal(&scratch.file("g.zip", zip(&[("Takeout/My Activity.json", b"[]")]))).contains("Gemini"));
    assert!(refusal(&scratch.file("l.zip", zip(&[("chat-1.json", b"[]")]))).contains("Le Chat"));
}

// --- damaged zips

#[test]
fn a_truncated_zip_gives_what_it_holds() {
    let many: Vec<String> = (0..400).map(|number| format!("c{number}")).collect();
    let names: Vec<&str> = many.iter().map(String::as_str).collect();
    let whole = zip(&[("user.json", b"{}"), ("conversations.json", export(&names).as_bytes())]);
    for cut in [whole.len() - 30, whole.len() * 2 / 3, whole.len() / 2] {
        let (library, report) = load_bytes("cut.zip", &whole[..cut]);
        assert!(library.len() > 50, "{} of {cut} bytes", library.len());
        assert!(report.damaged() && report.warning().is_some());
        assert!(reasons(&report).iter().any(|reason| reason.contains("directory cannot be read")));
    }
    let scratch = Scratch::new();
    assert!(refusal(&scratch.file("cut.zip", &whole[..40])).contains("directory cannot be read"));
}

#[test]
fn a_zip_without_its_directory_is_read_by_the_members_own_headers() {
    for method in [CompressionMethod::Deflated, CompressionMethod::Stored] {
        let parts = [export(&["a", "b"]), export(&["c"])];
        let members = [
            ("x/conversations-000.json", parts[0].as_bytes()),
            ("x/p.png", b"p"),
            ("x/conversations-001.json", parts[1].as_bytes()),
        ];
        let whole = zip_with(&members, method);
        let (library, report) = load_bytes("cut.zip", &whole[..find(&whole, CENTRAL, 0)]);
        assert_eq!(ids(&library), ["a", "b", "c"]);
        assert!(report.damaged());
    }
}

#[test]
fn members_whose_length_follows_them_are_found_without_a_directory_too() {
    let mut writer = zip::ZipWriter::new_stream(Vec::new());
    for (name, id) in [("conversations-000.json", "a"), ("conversations-001.json", "b")] {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut writer, export(&[id]).as_bytes()).unwrap();
    }
    let whole = writer.finish().unwrap().into_inner();
    let (library, _) = load_bytes("cut.zip", &whole[..find(&whole, CENTRAL, 0)]);
    assert_eq!(ids(&library), ["a", "b"]);
    let (library, report) = load_bytes("whole.zip", &whole);
    assert_eq!((ids(&library).len(), report.damaged()), (2, false));
}

#[test]
fn a_flipped_bit_is_found_by_the_checksum_and_what_was_read_stays() {
    let mut whole =
        zip_with(&[("conversations.json", export(&["a", "b"]).as_bytes())], CompressionMethod::Stored);
    let at = find(&whole, b"question a", 0);
    whole[at] ^= 2;
    let (library, report) = load_bytes("x.zip", whole);
    assert_eq!(ids(&library), ["a", "b"]);
    assert_eq!(reasons(&report), ["its checksum is wrong"]);
}

#[test]
fn damaged_compression_gives_what_came_before_it() {
    let many: Vec<String> = (0..400).map(|number| format!("c{number}")).collect();
    let names: Vec<&str> = many.iter().map(String::as_str).collect();
    let mut whole = zip(&[("conversations.json", export(&names).as_bytes())]);
    let middle = whole.len() / 2;
    whole[middle..middle + 64].fill(0xff);
    let (library, report) = load_bytes("x.zip", whole);
    assert!(library.len() > 50);
    assert!(report.damaged());
}

#[test]
fn encrypted_and_unsupported_members_are_named() {
    let sound = export(&["b"]);
    let members = [("conversations-000.json", &b"[]"[..]), ("conversations-001.json", sound.as_bytes())];
    for (offset, value, reason) in [(0, 1, "encrypted"), (2, 12, "compression is not supported")] {
        let mut whole = zip(&members);
        whole[6 + offset] = value;
        let central = find(&whole, CENTRAL, 0);
        whole[central + 8 + offset] = value;
        let (library, report) = load_bytes("x.zip", whole);
        assert_eq!(ids(&library), ["b"]);
        assert!(reasons(&report)[0].contains(reason), "{:?}", reasons(&report));
        assert_eq!(report.problems[0].member, "conversations-000.json");
    }
}

// --- bombs

#[test]
fn a_member_that_inflates_without_end_is_stopped_with_its_reason() {
    let blanks = vec![b' '; 280 << 20];
    let whole =
        zip(&[("conversations-0.json", &blanks), ("conversations-1.json", export(&["a"]).as_bytes())]);
    let scratch = Scratch::new();
    let path = scratch.file("x.zip", whole);
    let (library, report) = load_path(&path);
    assert_eq!(ids(&library), ["a"]);
    assert!(reasons(&report)[0].contains("--limit-ratio"), "{:?}", reasons(&report));
    let limits = Limits { member_bytes: 1 << 20, ..Limits::default() };
    let (_, report) = load(&[open_with(&path, limits).unwrap()]);
    assert!(reasons(&report)[0].contains("--limit-member-gb"), "{:?}", reasons(&report));
}

#[test]
fn overlapping_members_are_refused() {
    let text = export(&["a"]);
    let mut whole =
        zip(&[("conversations-0.json", text.as_bytes()), ("conversations-1.json", text.as_bytes())]);
    let first = find(&whole, CENTRAL, 0);
    let second = find(&whole, CENTRAL, first + 4);
    whole[second + 42..second + 46].copy_from_slice(&1_u32.to_le_bytes());
    let scratch = Scratch::new();
    assert!(refusal(&scratch.file("x.zip", whole)).contains("overlap"));
}

#[test]
fn a_conversation_past_the_limit_is_passed_over_and_the_others_load() {
    let mut large = small("large");
    large["mapping"]["m000000"]["message"]["content"]["parts"][0] = json!("x".repeat(7 << 20));
    let json = serde_json::Value::Array(vec![small("a"), large, small("b")]).to_string();
    let scratch = Scratch::new();
    let path = scratch.file("x.json", &json);
    let (library, report) = load_path(&path);
    assert_eq!(ids(&library), ["a", "b", "large"]);
    assert!(!report.damaged());
    let limits = Limits { conversation_bytes: 5 << 20, ..Limits::default() };
    let (library, report) = load(&[open_with(&path, limits).unwrap()]);
    assert_eq!(ids(&library), ["a", "b"]);
    let skipped = &report.problems[0];
    assert!(skipped.reason.contains("larger than 5 MB (--limit-conversation-mb)"));
    let range = skipped.offset as usize..(skipped.offset + skipped.length) as usize;
    assert!(json[range].starts_with('{') && skipped.length > 7 << 20);
}

#[test]
fn conversations_that_take_too_much_memory_end_the_load_with_a_reason() {
    let one = small("x").to_string();
    let json = format!("[{}{one}]", format!("{one},").repeat(20_000));
    let scratch = Scratch::new();
    let path = scratch.file("x.zip", zip(&[("conversations.json", json.as_bytes())]));
    let limits = Limits { memory_bytes: 1 << 20, ..Limits::default() };
    let (_, report) = load(&[open_with(&path, limits).unwrap()]);
    assert!(
        reasons(&report)[0].contains("MB of memory (--limit-memory-mb): the rest was not read"),
        "{:?}",
        reasons(&report)
    );
    assert!(report.conversations < 20_000);
}

#[test]
fn a_million_bad_elements_are_one_line_of_the_account() {
    let json = format!("[{}{{}}]", "{},".repeat(1_000_000));
    let (_, report) = load_bytes("x.json", json);
    assert!(report.problems.len() < 100, "{}", report.problems.len());
    assert_eq!(report.problems.iter().map(|skipped| skipped.objects).sum::<u64>(), 1_000_001);
}

// --- members

#[test]
fn names_that_lead_elsewhere_are_only_names() {
    let text = export(&["a"]);
    let (library, _) = load_bytes("x.zip", zip(&[("../../conversations.json", text.as_bytes())]));
    assert_eq!(ids(&library), ["a"]);
    let (library, _) = load_bytes("x.zip", zip(&[("/etc/conversations.json", text.as_bytes())]));
    assert_eq!(ids(&library), ["a"]);
}

#[test]
fn a_symbolic_link_in_a_zip_is_not_followed() {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer
        .add_symlink("conversations.json", "/etc/passwd", zip::write::SimpleFileOptions::default())
        .unwrap();
    let scratch = Scratch::new();
    assert!(refusal(&scratch.file("x.zip", writer.finish().unwrap().into_inner())).contains("holds no"));
}

#[test]
fn a_zip_of_zips_is_one_archive_one_level_deep() {
    let inner = zip(&[("conversations.json", export(&["a"]).as_bytes())]);
    let files = zip(&[("file-abc-photo.png", b"\x89PNG")]);
    let too_deep = zip(&[("inner.zip", &inner)]);
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let outer = zip_with(
            &[
                ("User Online Activity/Conversations_1-chatgpt-0001.zip", &inner),
                ("User Online Activity/Files_1-files-0001.zip", &files),
                ("deep.zip", &too_deep),
                ("report.html", b"<html>"),
            ],
            method,
        );
        let scratch = Scratch::new();
        let archive = open(&scratch.file("x.zip", outer)).unwrap();
        assert!(archive.find_attachment("file-abc").is_some());
        let (library, report) = load(&[archive]);
        assert_eq!(ids(&library), ["a"]);
        assert!(!report.damaged(), "{:?}", report.problems);
    }
    let scratch = Scratch::new();
    assert!(refusal(&scratch.file("y.zip", zip(&[("deep.zip", &too_deep)]))).contains("holds no"));
}

#[test]
fn a_nested_zip_that_inflates_too_far_is_named() {
    let bomb = zip(&[("conversations.json", &vec![b' '; 3 << 20])]);
    let padded: Vec<u8> = bomb.iter().copied().chain(std::iter::repeat_n(0, 3 << 20)).collect();
    let scratch = Scratch::new();
    let path = scratch.file("x.zip", zip(&[("a.zip", &padded)]));
    let limits = Limits { nested_bytes: 1 << 20, ..Limits::default() };
    assert!(open_with(&path, limits).is_err());
}

// --- JSON

/// Three conversations, the middle one spoiled: the others must load whatever is in it.
fn spoiled(broken: &str) -> (Vec<String>, Report) {
    let json = format!("[{},{broken},{}]", small("before"), small("after"));
    let (library, report) = load_bytes("x.json", json);
    let found = ids(&library);
    assert!(
        found.iter().any(|id| id == "before") && found.iter().any(|id| id == "after"),
        "{found:?} {broken:.80}"
    );
    (found, report)
}

#[test]
fn a_broken_conversation_costs_itself_and_the_account_says_where() {
    let (found, report) = spoiled(r#"{"id":"x","mapping":7}"#);
    assert!(found.len() >= 2);
    assert!(report.damaged());
    assert!(report.problems[0].offset > 0);
}

#[test]
fn a_lost_brace_or_quote_does_not_swallow_what_follows() {
    let sound = small("middle").to_string();
    let without = |at: usize| format!("{}{}", &sound[..at], &sound[at + 1..]);
    for at in [
        sound.len() - 1,
        sound.find("},").unwrap(),
        sound.find("\"author\"").unwrap(),
        sound.find("question").unwrap() - 1,
    ] {
        let (_, report) = spoiled(&without(at));
        assert!(report.damaged());
    }
    for more in ["}", "]", "\"", "]]}}", "{", "["] {
        let (_, report) = spoiled(&format!("{sound}{more}"));
        assert!(report.damaged(), "{more}");
    }
}

#[test]
fn nan_and_numbers_out_of_range_cost_their_field() {
    let sound = small("middle").to_string();
    for number in ["NaN", "Infinity", "-Infinity", "1e999", "01"] {
        let broken = sound.replacen("1700000000.0", number, 1);
        assert_ne!(broken, sound);
        let (found, report) = spoiled(&broken);
        assert_eq!(found, ["after", "before", "middle"], "{number}");
        assert!(report.problems.iter().all(|skipped| skipped.repaired));
    }
}

#[test]
fn nesting_ten_thousand_deep_is_no_danger() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let objects = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    let sound = small("middle").to_string();
    for value in [deep, objects] {
        for key in [
            "\"weight\":1.0",
            "\"recipient\":\"all\"",
            "\"title\":\"About middle\"",
            "\"current_node\":\"m000001\"",
        ] {
            let name = key.split(':').next().unwrap();
            let broken = sound.replace(key, &format!("{name}:{value}"));
            assert_ne!(broken, sound, "{key}");
            let (found, _) = spoiled(&broken);
            assert_eq!(found, ["after", "before", "middle"]);
        }
    }
}

#[test]
fn invalid_utf8_and_raw_controls_are_replaced_and_no_damage() {
    let mut json = format!("[{}]", small("a")).into_bytes();
    let at = json.windows(10).position(|window| window == b"question a").unwrap();
    json[at] = 0xff;
    json[at + 1] = 0x1b;
    let (library, report) = load_bytes("x.json", json);
    assert_eq!(shown(library.get(library.by_date()[0]))[0], "\u{fffd}\u{1b}estion a");
    assert!(report.problems[0].repaired && report.problems[0].reason.contains("2 broken characters"));
    assert!(!report.damaged() && report.warning().is_none());
}

#[test]
fn a_byte_order_mark_is_no_matter() {
    let (library, report) = load_bytes("x.json", format!("\u{feff}{}", export(&["a"])));
    assert_eq!(ids(&library), ["a"]);
    assert!(!report.damaged());
}

#[test]
fn a_truncated_file_shows_its_last_conversation_as_far_as_it_goes() {
    let whole = export(&["a", "b", "c"]);
    let cut = whole.rfind("answer c").unwrap() + 4;
    let (library, report) = load_bytes("x.json", &whole[..cut]);
    assert_eq!(library.len(), 3);
    let last = library
        .by_date()
        .iter()
        .map(|&handle| library.get(handle))
        .find(|c| c.id_is_generated || &*c.id == "c")
        .unwrap();
    assert!(shown(last).contains(&"question c"));
    assert!(report.problems[0].repaired && report.problems[0].reason.contains("cut off"));
}

#[test]
fn a_message_of_a_hundred_megabytes_is_read() {
    let mut large = small("large");
    large["mapping"]["m000000"]["message"]["content"]["parts"][0] = json!("line\n".repeat(20 << 20));
    let (library, report) = load_bytes("x.json", format!("[{large}]"));
    assert_eq!(library.text_bytes() >> 20, 100);
    assert!(!report.damaged());
}

#[test]
fn lists_of_a_million_elements_take_no_memory_to_speak_of() {
    let list = format!("[{}1]", "{},".repeat(1_000_000));
    let sound = conversation(Chain::of([prompt("kept")])).to_string();
    for key in ["content_references", "attachments", "citations"] {
        let broken = sound.replace("\"metadata\":{}", &format!("\"metadata\":{{\"{key}\":{list}}}"));
        assert_ne!(broken, sound);
        let (library, _) = load_bytes("x.json", format!("[{broken}]"));
        let read = library.get(library.by_date()[0]);
        assert_eq!(shown(read), ["kept"]);
        assert!(read.heap_size() < 10 << 20);
    }
}

#[test]
fn many_markers_with_one_long_reference_do_not_multiply_it() {
    let marker = "\u{e200}cite\u{e202}a\u{e201}";
    let mut object = conversation(Chain::of([exports::answer(&marker.repeat(100_000))]));
    let reference = json!([{"matched_text": marker, "alt": "y".repeat(10_000)}]);
    object["mapping"]["m000000"]["message"]["metadata"]["content_references"] = reference;
    let read = exports::parse(&object);
    assert!(read.text().len() < 20 << 20);
}

#[test]
fn a_load_that_is_cancelled_ends_at_once() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let one = small("x").to_string();
    let json = format!("[{}{one}]", format!("{one},").repeat(50_000));
    let scratch = Scratch::new();
    let archive = open(&scratch.file("x.zip", zip(&[("conversations.json", json.as_bytes())]))).unwrap();
    let cancel = AtomicBool::new(false);
    let report = unspool::load::load(&[archive], &cancel, &|_| cancel.store(true, Ordering::Relaxed));
    assert!(report.cancelled && report.bytes < 8 << 20, "{}", report.bytes);
}

#[test]
fn a_conversation_that_does_not_fit_in_memory_is_passed_over_and_the_others_load() {
    let mut large = small("large");
    large["mapping"]["m000000"]["message"]["content"]["parts"][0] = json!("x".repeat(7 << 20));
    let json = serde_json::Value::Array(vec![small("a"), large, small("b")]).to_string();
    let scratch = Scratch::new();
    let path = scratch.file("x.zip", zip(&[("conversations.json", json.as_bytes())]));
    let limits = Limits { memory_bytes: 9 << 20, ..Limits::default() };
    let (library, report) = load(&[open_with(&path, limits).unwrap()]);
    assert_eq!(ids(&library), ["a", "b"]);
    assert!(
        reasons(&report)[0].contains("more than 9 MB of memory (--limit-memory-mb)"),
        "{:?}",
        reasons(&report)
    );
}

#[test]
fn of_more_members_than_the_limit_allows_the_first_are_read_or_none() {
    let names = ["a/conversations.json", "b/conversations.json", "c/conversations.json"];
    let texts = ["a", "b", "c"].map(|id| export(&[id]));
    let members: Vec<(&str, &[u8])> =
        names.iter().zip(&texts).map(|(name, text)| (*name, text.as_bytes())).collect();
    let scratch = Scratch::new();
    let limits = Limits { members: 2, ..Limits::default() };
    let (library, report) = load(&[open_with(&scratch.file("x.zip", zip(&members)), limits).unwrap()]);
    assert_eq!(ids(&library), ["a", "b"]);
    assert!(
        reasons(&report)[0].contains("3 members, more than 2 (--limit-members)"),
        "{:?}",
        reasons(&report)
    );
    let (first, second) = (zip(&members[..1]), zip(&members[1..]));
    let nested = scratch.file("y.zip", zip(&[("first.zip", &first), ("second.zip", &second)]));
    assert!(open_with(&nested, limits).unwrap_err().to_string().contains("(--limit-members)"));
    for (name, text) in members {
        scratch.file(&format!("folder/{name}"), text);
    }
    let refused = open_with(&scratch.path().join("folder"), limits).unwrap_err().to_string();
    assert!(refused.contains("(--limit-members)"), "{refused}");
}

#[test]
fn a_member_of_another_length_than_was_declared_is_told() {
    let mut bytes = zip(&[("conversations.json", export(&["a"]).as_bytes())]);
    let size = find(&bytes, CENTRAL, 0) + 24;
    bytes[size] = bytes[size].wrapping_add(1);
    let (library, report) = load_bytes("x.zip", bytes);
    assert_eq!(ids(&library), ["a"]);
    assert!(reasons(&report)[0].contains("were declared"), "{:?}", reasons(&report));
}

#[cfg(unix)]
#[test]
fn a_link_in_a_folder_is_not_followed() {
    use std::os::unix::fs::symlink;

    let scratch = Scratch::new();
    scratch.file("folder/conversations.json", export(&["a"]));
    let folder = scratch.path().join("folder");
    let (secret, others) =
        (scratch.file("secret.png", "private"), scratch.file("others/x.json", export(&["b"])));
    symlink(secret, folder.join("file-abc-photo.png")).unwrap();
    symlink(others.parent().unwrap(), folder.join("others")).unwrap();
    scratch.file("others/conversations.json", export(&["b"]));
    let archive = open(&folder).unwrap();
    assert!(archive.find_attachment("file-abc").is_none());
    assert_eq!(ids(&load(&[archive]).0), ["a"]);
}

/// Returns the record at the end of a zip with one member, and a comment.
fn end_of_zip(directory: &[u8], offset: usize, comment: &[u8]) -> Vec<u8> {
    let number = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
    let comment_length = u16::try_from(comment.len()).unwrap().to_le_bytes();
    let counts = b"PK\x05\x06\0\0\0\0\x01\0\x01\0".to_vec();
    [
        counts,
        number(directory.len()).to_vec(),
        number(offset).to_vec(),
        comment_length.to_vec(),
        comment.to_vec(),
    ]
    .concat()
}

/// Returns a zip with this as its comment.
fn with_comment(zip: &[u8], comment: &[u8]) -> Vec<u8> {
    let length = u16::try_from(comment.len()).unwrap().to_le_bytes();
    [&zip[..zip.len() - 2], &length, comment].concat()
}

#[test]
fn a_directory_within_a_comment_hides_no_member_without_a_word() {
    let (a, b) = (export(&["a"]), export(&["b"]));
    let first = zip(&[("conversations.json", a.as_bytes()), ("user.json", b"{}")]);
    let directory = &first[find(&first, CENTRAL, 0)..find(&first, b"PK\x05\x06", 0)];
    let user = find(directory, CENTRAL, 4);
    let part = |listed: &[u8]| [listed, &end_of_zip(listed, first.len(), b"")].concat();
    // A whole second zip; its places count from its own beginning, or from that of the file.
    let relative = zip(&[("conversations.json", b.as_bytes())]);
    let mut absolute = relative.clone();
    let central = find(&absolute, CENTRAL, 0);
    let place = u32::try_from(first.len()).unwrap().to_le_bytes();
    absolute[central + 42..central + 46].copy_from_slice(&place);
    let end = absolute.len() - 22;
    let place = u32::try_from(first.len() + central).unwrap().to_le_bytes();
    absolute[end + 16..end + 20].copy_from_slice(&place);
    for (name, comment, read) in [
        ("the second zip", relative, "b"),
        ("the second zip, placed in the file", absolute, "b"),
        ("only the conversations", part(&directory[..user]), "a"),
        ("all but the conversations", part(&directory[user..]), "a"),
        ("nothing", [b"PK\x05\x06".as_slice(), &[0; 18]].concat(), "a"),
    ] {
        let (library, report) = load_bytes("x.zip", with_comment(&first, &comment));
        assert_eq!(ids(&library), [read], "{name}");
        assert!(report.damaged(), "{name}: nothing is said");
    }
    let (library, report) = load_bytes("x.zip", with_comment(&first, b"made by hand"));
    assert_eq!((ids(&library), report.damaged()), (vec!["a".to_owned()], false));
}
