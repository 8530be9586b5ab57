//! What is made of an object is bounded by its bytes: whatever stands in it once and is written many times, a name, a
//! source, a file, has one budget for the whole conversation.

use serde_json::{Value, json};
use unspool::{
    conversation::{Conversation, ObjectLocation, Provider},
    import::{FileLibrary, ImportCounts, ParseContext, parse},
};

/// The bytes that a conversation may take besides several for each of its JSON.
const MOST: usize = 40 << 20;

fn read(object: &Value, files: &FileLibrary) -> (usize, Conversation) {
    let json = object.to_string();
    let parsed = parse(json.as_bytes(), true, &ParseContext::of(files), &mut ImportCounts::default())
        .expect("a conversation");
    (json.len(), parsed.finish(ObjectLocation::default()).conversation)
}

/// Asserts that what is made of an object, of its double and of its fourfold has a bound in its bytes.
#[track_caller]
fn is_bounded(n: usize, make: impl Fn(usize) -> Value) {
    for n in [n, 2 * n, 4 * n] {
        let (bytes, conversation) = read(&make(n), &FileLibrary::default());
        let made = conversation.heap_size();
        assert!(made <= MOST + 8 * bytes, "{bytes} bytes became {made}");
    }
}

/// A conversation of ChatGPT's, its messages in a row.
fn chatgpt(messages: Vec<Value>) -> Value {
    let nodes = messages.into_iter().enumerate().map(|(number, message)| {
        let parent = number.checked_sub(1).map(|before| before.to_string());
        (number.to_string(), json!({"id": number.to_string(), "parent": parent, "message": message}))
    });
    json!({"id": "c", "title": "t", "mapping": nodes.collect::<serde_json::Map<_, _>>()})
}

fn answer(text: &str, metadata: &Value) -> Value {
    json!({"author": {"role": "assistant"}, "content": {"content_type": "text", "parts": [text]}, "metadata": metadata})
}

/// A conversation of Claude's with one answer, of these blocks.
fn claude(uuid: &str, blocks: &[Value], attachments: &[Value]) -> Value {
    json!({"uuid": "c", "name": "n", "chat_messages": [
        {"uuid": uuid, "sender": "assistant", "text": "", "content": blocks, "attachments": attachments}
    ]})
}

const MARKER: &str = "\u{e200}cite\u{e202}turn0search0\u{e201}";

#[test]
fn a_file_that_many_tokens_name_is_not_written_many_times() {
    is_bounded(30_000, |n| {
        let metadata = json!({"n7jupd_crefs": [{"file_id": "file-a", "name": "F".repeat(n)}]});
        chatgpt(vec![answer(&"{{file:file-a}} ".repeat(n / 16), &metadata)])
    });
}

#[test]
fn references_of_many_messages_add_to_one_conversation() {
    is_bounded(3, |n| {
        let reference = json!({"matched_text": MARKER, "type": "webpage", "alt": format!("([{}](https://e.org))", "T".repeat(9_000))});
        let metadata = json!({"content_references": [reference]});
        chatgpt((0..n).map(|_| answer(&MARKER.repeat(900), &metadata)).collect())
    });
}

#[test]
fn what_a_marker_says_by_itself_stays_when_its_sources_no_longer_fit() {
    let own = "\u{e200}url\u{e202}The manual\u{e202}turn0search0\u{e201}";
    let reference = |text: &str| json!({"matched_text": text, "type": "webpage", "title": "T".repeat(9_000), "url": "https://e.org"});
    let metadata = json!({"content_references": [reference(MARKER), reference(own)]});
    let text = format!("{}\nfirst {own} {MARKER} last", MARKER.repeat(3_000));
    let (_, read) = read(&chatgpt(vec![answer(&text, &metadata)]), &FileLibrary::default());
    assert!(read.text().contains("\nfirst The manual (source) last"), "the writer's words are kept");
}

#[test]
fn pages_that_brackets_name_again_and_again_are_named_once() {
    is_bounded(40_000, |n| {
        let entry = json!({"title": "T".repeat(n), "url": "https://e.org", "ref_id": {"turn_index": 0, "ref_type": "search", "ref_index": 0}});
        let metadata = json!({"search_result_groups": [{"entries": [entry]}]});
        chatgpt(vec![answer(&format!("【{}】", "turn0search0 ".repeat(n / 13)), &metadata)])
    });
    is_bounded(40_000, |n| {
        let citation = json!({"metadata": {"title": "T".repeat(n), "extra": {"cited_message_idx": 1}}});
        chatgpt(vec![answer(&"【1†source】".repeat(n / 16), &json!({"citations": [citation]}))])
    });
}

#[test]
fn an_upload_that_many_pointers_name_does_not_multiply_its_name() {
    is_bounded(30_000, |n| {
        let part = json!({"content_type": "image_asset_pointer", "asset_pointer": "file-service://file-a"});
        let content = json!({"content_type": "multimodal_text", "parts": vec![part; n / 60]});
        let metadata = json!({"attachments": [{"id": "file-a", "name": "F".repeat(n)}]});
        chatgpt(vec![json!({"author": {"role": "user"}, "content": content, "metadata": metadata})])
    });
}

#[test]
fn a_persons_name_is_cut_where_it_is_too_long_for_one() {
    let chat = |n: usize| {
        let message = json!({"role": "assistant", "member_id": "u", "text": "x"});
        json!({"id": "g", "name": "g", "members": [{"id": "u", "name": "N".repeat(n)}], "messages": vec![message; n / 50]})
    };
    is_bounded(30_000, chat);
    let (_, read) = read(&chat(100_000), &FileLibrary::default());
    assert!(read.text().len() < 1 << 20, "{}", read.text().len());
}

#[test]
fn lists_in_lists_of_many_messages_are_indented_in_proportion() {
    is_bounded(25, |n| {
        let list = format!("{}\"w\"{}{}", "[".repeat(11), ",1".repeat(40_000), "]".repeat(11));
        let list: Value = serde_json::from_str(&list).expect("JSON");
        chatgpt((0..n).map(|_| answer("x", &json!({"new_key": list}))).collect())
    });
}

#[test]
fn a_page_that_claude_cites_in_many_places_does_not_multiply_its_title() {
    is_bounded(60_000, |n| {
        let found =
            json!({"type": "tool_result", "content": [{"title": "T".repeat(n), "url": "https://e.org"}]});
        let cited = [
            json!({"type": "text", "text": "x", "citations": [{"url": "https://e.org"}]}),
            json!({"type": "thinking", "thinking": "y"}),
        ];
        let blocks: Vec<Value> =
            std::iter::once(found).chain((0..n / 150).flat_map(|_| cited.clone())).collect();
        claude("m", &blocks, &[])
    });
    is_bounded(60_000, |n| {
        let sources: Vec<Value> =
            (0..n / 100).map(|number| json!({"url": format!("https://e.org/{number}")})).collect();
        let citation = json!({"details": {"title": "T".repeat(n)}, "sources": sources});
        claude("m", &[json!({"type": "text", "text": "x", "citations": [citation]})], &[])
    });
}

#[test]
fn the_id_of_a_message_is_not_written_for_each_of_its_files() {
    is_bounded(30_000, |n| {
        let file = json!({"file_name": "a"});
        claude(&"u".repeat(n), &[], &vec![file; n / 20])
    });
}

#[test]
fn a_library_file_of_many_messages_does_not_multiply_its_name() {
    for n in [30_000, 60_000, 120_000] {
        let mut files = FileLibrary::default();
        let file = json!([{"file_id": "file-a", "file_name": "F".repeat(n), "origination_message_id": "m"}]);
        assert!(files.add(file.to_string().as_bytes()));
        // A key that stands many times is as many nodes.
        let node = r#""m":{"message":{"author":{"role":"user"},"content":{"parts":["x"]}}},"#;
        let json = format!(r#"{{"mapping":{{{}"end":{{}}}}}}"#, node.repeat(n / 70));
        let parsed = parse(json.as_bytes(), true, &ParseContext::of(&files), &mut ImportCounts::default())
            .expect("a conversation");
        let made = parsed.finish(ObjectLocation::default()).conversation.heap_size();
        assert!(made <= MOST + 8 * json.len(), "{} bytes became {made}", json.len());
    }
}

#[test]
fn what_a_frame_says_of_itself_is_not_written_for_each_of_its_versions() {
    for n in [20_000, 40_000, 80_000] {
        let frame = json!({"id": "i".repeat(200), "visibility": "V".repeat(n), "versions": vec![json!({"id": "a"}); n / 13]});
        let json = frame.to_string();
        let files = FileLibrary::default();
        let context = ParseContext { provider: Some(Provider::Claude), ..ParseContext::of(&files) };
        let parsed = parse(json.as_bytes(), true, &context, &mut ImportCounts::default()).expect("a frame");
        let made = parsed.finish(ObjectLocation::default()).conversation.heap_size();
        assert!(made <= MOST + 8 * json.len(), "{} bytes became {made}", json.len());
    }
}

/// A canvas of few bytes could keep a processor busy for seconds, and so could each of many conversations.
#[test]
fn the_work_of_canvas_updates_is_bounded_by_the_conversations_json() {
    let call = |tool: &str, arguments: &Value| {
        json!({"author": {"role": "assistant"}, "recipient": format!("canmore.{tool}_textdoc"),
            "content": {"content_type": "code", "language": "json", "text": arguments.to_string()}})
    };
    let canvas = |update: Value, times: usize| {
        let made = call("create", &json!({"name": "d", "type": "document", "content": "a".repeat(5_000)}));
        let object =
            chatgpt(vec![made, call("update", &json!({"updates": vec![update; times]}))]).to_string();
        let parsed = parse(
            object.as_bytes(),
            true,
            &ParseContext::of(&FileLibrary::default()),
            &mut ImportCounts::default(),
        );
        let imported = parsed.expect("a conversation").finish(ObjectLocation::default());
        (imported.repairs.map_or(0, |repairs| repairs.skipped_changes), imported.conversation)
    };
    let (left_out, _) =
        canvas(json!({"pattern": "(a{1,100}){1,100}b", "multiple": true, "replacement": "x"}), 20);
    assert_eq!(left_out, 20, "what is left out is told");
    let (left_out, read) =
        canvas(json!({"pattern": "a(a{3}).a+$", "multiple": false, "replacement": "\\1b"}), 1);
    assert_eq!(left_out, 0);
    assert!(read.text().contains("aaab"));
}
