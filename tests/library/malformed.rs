//! JSON that is none, at every place of a conversation: the others load, and the account says what was lost.

use crate::support::exports::{self, ids, load_bytes};
use serde::de::IgnoredAny;

/// What parsers are tested with: cut, misspelt, misplaced, of other languages.
const TOKENS: [&[u8]; 64] = [
    b"nul",
    b"nulll",
    b"True",
    b"tru",
    b"NaN",
    b"-Infinity",
    b"undefined",
    b"-",
    b"--1",
    b"+1",
    b"01",
    b"-01",
    b"1.",
    b".5",
    b"1e",
    b"1e+",
    b"1e999",
    b"-1e999",
    b"0x1F",
    b"1_000",
    b"1 000",
    b"1-1",
    b"'single'",
    b"\"unterminated",
    b"\"bad \\x escape\"",
    b"\"short \\u12\"",
    b"\"lone \\ud83d\"",
    b"\"low \\udc00\\ud83d\"",
    b"\"tab\tin it\"",
    b"\"line\nin it\"",
    b"\"nul \0 in it\"",
    b"\"esc \x1b[2J\"",
    b"\"invalid \xff\xfe\"",
    b"\"overlong \xc0\xaf\"",
    b"\"surrogate \xed\xa0\x80\"",
    b"\"cut \xf0\x9f",
    b"\"backslash\\\"",
    b"\"a\" \"b\"",
    b"\"a\"b",
    b"[",
    b"]",
    b"{",
    b"}",
    b"[1,]",
    b"[,1]",
    b"[1 2]",
    b"[1,,2]",
    b"[1}",
    b"{\"a\"}",
    b"{\"a\":}",
    b"{\"a\" 1}",
    b"{\"a\":1,}",
    b"{,}",
    b"{a:1}",
    b"{\"a\":1]",
    b"{1:2}",
    b":",
    b",",
    b"",
    b"/* no */ 1",
    b"1 // no",
    b"\xef\xbb\xbf1",
    b"<html>",
    b"]]]]}}}}\"",
];

/// A conversation of ChatGPT's; each value between « and » gives way to the tokens, one after the other.
const CHATGPT: &str = r#"{"title":«"Title"»,"create_time":«1700000000.5»,"update_time":«1700000100»,"mapping":«{
"root":«{"id":«"root"»,"message":«null»,"parent":«null»,"children":«["m1"]»}»,
"m1":{"id":"m1","message":«{"id":"m1","author":«{"role":«"user"»,"name":«null»,"metadata":{}}»,"create_time":«1»,
"content":«{"content_type":«"text"»,"parts":«[«"hello"»]»}»,"status":"finished_successfully","weight":«1.0»,
"metadata":«{"model_slug":«"m"»,"attachments":«[«{"id":«"file-1"»,"name":"x","size":«5»}»]»,
"content_references":«[{"matched_text":"a","items":«[]»}]»}»,"recipient":«"all"»}»,"parent":«"root"»,"children":«[]»}}»,
"current_node":«"m1"»,"is_archived":«false»,"conversation_id":«"middle"»,"id":«"middle"»}"#;

/// One of Claude's.
const CLAUDE: &str = r#"{"uuid":«"middle"»,"name":«"Title"»,"created_at":«"2026-02-03T10:00:00Z"»,"account":«{"uuid":"a"}»,
"chat_messages":«[«{"uuid":«"m1"»,"text":«"hello"»,"content":«[«{"type":«"text"»,"text":«"hello"»,"citations":«[]»}»,
{"type":"tool_use","name":«"t"»,"input":«{"q":«1»}»},{"type":"tool_result","content":«[{"type":"text","text":"x"}]»}]»,
"sender":«"human"»,"created_at":«"2026-02-03T10:00:00Z"»,"attachments":«[{"file_name":«"a"»,"extracted_content":«"b"»}]»,
"files":«[{"file_name":"c"}]»,"parent_message_uuid":«"00000000-0000-4000-8000-000000000000"»}»]»}"#;

/// Where the marked values stand, those within others too.
fn places(template: &str) -> Vec<std::ops::Range<usize>> {
    let mut open = Vec::new();
    let mut places = Vec::new();
    for (at, mark) in template.char_indices() {
        match mark {
            '«' => open.push(at),
            '»' => places.push(open.pop().expect("a pair")..at + mark.len_utf8()),
            _ => {}
        }
    }
    assert!(open.is_empty());
    places
}

fn unmarked(text: &str) -> String {
    text.replace(['«', '»'], "")
}

/// A sound neighbour, whose first key is the template's.
fn neighbour(template: &str, id: &str) -> String {
    unmarked(template).replace("\"middle\"", &format!("\"{id}\""))
}

/// Every token at every place of the template, between two sound neighbours.
fn at_every_place(template: &str) {
    let (before, after) = (neighbour(template, "before"), neighbour(template, "after"));
    let places = places(template);
    assert!(places.len() > 20);
    for place in places {
        for token in TOKENS {
            let mut broken = unmarked(&template[..place.start]).into_bytes();
            broken.extend_from_slice(token);
            broken.extend_from_slice(unmarked(&template[place.end..]).as_bytes());
            let json = [b"[", before.as_bytes(), b",", &broken, b",", after.as_bytes(), b"]"].concat();
            let (library, report) = load_bytes("x.json", &json);
            let told =
                format!("{} for {}", String::from_utf8_lossy(token).escape_debug(), &template[place.clone()]);
            let found = ids(&library);
            assert!(
                ["before", "after"].iter().all(|id| found.iter().any(|other| other == id)),
                "{told}: {found:?}"
            );
            let text = std::str::from_utf8(&broken);
            if text.is_ok_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok()) {
                continue;
            }
            // What is not as it stands is in the account, with its place: within the object or right behind it.
            let start = before.len() as u64 + 2;
            let end = start + broken.len() as u64;
            let named = report.problems.iter().any(|skipped| {
                (start..=end).contains(&skipped.offset)
                    || (skipped.offset < start && skipped.offset + skipped.length > start)
            });
            assert!(named, "{told}: {:?}", report.problems);
            assert!(
                report.problems.iter().all(|skipped| skipped.offset >= start && !skipped.reason.is_empty()),
                "{told}"
            );
        }
    }
}

#[test]
fn no_token_at_any_place_of_chatgpts_conversation_costs_another_one() {
    at_every_place(CHATGPT);
}

#[test]
fn no_token_at_any_place_of_claudes_conversation_costs_another_one() {
    at_every_place(CLAUDE);
}

#[test]
fn the_templates_are_sound_and_say_something() {
    for template in [CHATGPT, CLAUDE] {
        let (library, report) = load_bytes("x.json", format!("[{}]", unmarked(template)));
        assert!(report.problems.is_empty(), "{:?}", report.problems);
        assert_eq!(exports::shown(library.get(library.by_date()[0])), ["hello"]);
    }
}

#[test]
fn every_beginning_of_an_export_gives_all_that_was_whole() {
    let json = format!("[{},{}]", neighbour(CHATGPT, "first"), neighbour(CLAUDE, "second"));
    let first = neighbour(CHATGPT, "first").len() + 1;
    for end in (1..json.len()).filter(|&end| json.is_char_boundary(end)) {
        let (library, report) = load_bytes("x.json", &json[..end]);
        let found = ids(&library);
        assert!(end < first || found.iter().any(|id| id == "first"), "{end}: {found:?}");
        assert!(report.damaged() || report.failure().is_some(), "{end}");
    }
}
