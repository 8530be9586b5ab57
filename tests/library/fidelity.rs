//! What the export says is what is read: the facts of the format, one promise a test.

use crate::support::exports::{self, Chain, answer, conversation, message, parse, parse_text, prompt, shown};
use serde_json::{Value, json};
use unspool::conversation::{AnnotationKind, Conversation, Media, MessageKind, Role, Time, Tree, Visibility};

/// The conversation of a chain of messages.
fn chain(messages: impl IntoIterator<Item = Value>) -> Conversation {
    parse(&conversation(Chain::of(messages)))
}

/// A chain of one message: what becomes of it.
fn only(message: Value) -> (Conversation, usize) {
    let conversation = chain([message]);
    assert_eq!(conversation.messages().len(), 1);
    (conversation, 0)
}

fn content(role: &str, content: Value) -> Value {
    let mut message = message(role, "");
    message["content"] = content;
    message
}

fn with(mut message: Value, key: &str, value: Value) -> Value {
    message[key] = value;
    message
}

fn attachments(conversation: &Conversation, message: usize) -> Vec<&unspool::conversation::Attachment> {
    let parts = conversation.message_annotations(message).iter();
    parts
        .filter_map(
            |part| if let AnnotationKind::Attachment(found) = &part.detail { Some(&**found) } else { None },
        )
        .collect()
}

#[test]
fn prompts_and_answers_are_shown_as_written() {
    let text = "# Straße\n\n\t`a\\b` \"q\" \u{1f600} \\( x^2 \\) \\[ y \\] $$z$$ \u{1b}[31m";
    let conversation = chain([prompt("hello"), answer(text)]);
    assert_eq!(shown(&conversation), ["hello", text]);
    assert_eq!(conversation.messages()[1].role, Role::Assistant);
}

#[test]
fn parts_are_joined_by_a_newline_as_they_stand() {
    let parts = json!({"content_type": "text", "parts": ["", " one ", "two", ""]});
    let (conversation, message) = only(content("user", parts));
    assert_eq!(conversation.message_text(message), "\n one \ntwo\n");
}

#[test]
fn what_chatgpt_never_shows_is_hidden() {
    let hidden = [
        message("system", "be brief"),
        with(prompt("x"), "weight", json!(0.0)),
        with(prompt("x"), "metadata", json!({"is_visually_hidden_from_conversation": true})),
        prompt(" \n\t "),
        answer(""),
    ];
    for message in hidden {
        let (conversation, at) = only(message.clone());
        assert_eq!(conversation.messages()[at].visibility, Visibility::Hidden, "{message}");
    }
}

#[test]
fn what_is_said_to_a_tool_is_a_folded_call() {
    let call = with(answer("print(1)"), "recipient", json!("python"));
    let (conversation, at) = only(call);
    let message = &conversation.messages()[at];
    assert_eq!((message.visibility, message.kind), (Visibility::Folded, MessageKind::Call));
    assert_eq!(conversation.message_name(at), Some("python"));
    for recipient in [json!("all"), Value::Null, json!("")] {
        let (conversation, at) = only(with(answer("hi"), "recipient", recipient));
        assert_eq!(conversation.messages()[at].visibility, Visibility::Shown);
    }
}

#[test]
fn every_content_type_is_readable_and_has_its_kind() {
    let cases = [
        (json!({"content_type": "code", "language": "python", "text": "1+1"}), MessageKind::Call, "1+1"),
        (json!({"content_type": "execution_output", "text": "2"}), MessageKind::Output, "2"),
        (
            json!({"content_type": "thoughts", "thoughts": [
                {"summary": "Plan", "content": "first", "chunks": [], "finished": true},
                {"summary": "", "content": "then"}, {"summary": "Last", "content": ""}, {}, 3]}),
            MessageKind::Reasoning,
            "**Plan**\n\nfirst\n\nthen\n\n**Last**",
        ),
        (
            json!({"content_type": "reasoning_recap", "content": "Thought for 15s"}),
            MessageKind::Recap,
            "Thought for 15s",
        ),
        (
            json!({"content_type": "tether_quote", "url": "https://a.example", "title": "A", "text": "quoted"}),
            MessageKind::Quote,
            "quoted",
        ),
        (
            json!({"content_type": "tether_browsing_display", "result": "L0: page", "summary": null}),
            MessageKind::Browsing,
            "L0: page",
        ),
        (
            json!({"content_type": "tether_browsing_code", "x": 1, "text": "open"}),
            MessageKind::Browsing,
            "open",
        ),
        (
            json!({"content_type": "sonic_webpage", "url": "u", "text": "words", "snippet": "w"}),
            MessageKind::Page,
            "words",
        ),
        (
            json!({"content_type": "system_error", "name": "Timeout", "text": "gone"}),
            MessageKind::Error,
            "gone",
        ),
        (json!({"content_type": "super_widget", "text": {"text": "inside"}}), MessageKind::Other, "inside"),
        (
            json!({"content_type": "citable_code_output", "parts": ["a", {"text": "b"}]}),
            MessageKind::Output,
            "a\nb",
        ),
        (json!({"content_type": "brand_new", "content": ["x", "y"]}), MessageKind::Other, "x\ny"),
    ];
    for (body, kind, text) in cases {
        let role = if matches!(kind, MessageKind::Call | MessageKind::Reasoning | MessageKind::Recap) {
            "assistant"
        } else {
            "tool"
        };
        let (conversation, at) = only(content(role, body.clone()));
        let message = &conversation.messages()[at];
        assert_eq!((message.kind, message.visibility), (kind, Visibility::Folded), "{body}");
        assert_eq!(conversation.message_text(at), text, "{body}");
    }
}

#[test]
fn an_unknown_type_is_folded_and_named() {
    let (conversation, at) =
        only(content("assistant", json!({"content_type": "hologram", "result": "shape"})));
    assert_eq!(conversation.messages()[at].kind, MessageKind::Other);
    assert_eq!(conversation.message_name(at), Some("hologram"));
    assert_eq!(conversation.message_text(at), "shape");
}

#[test]
fn a_recap_keeps_its_seconds_and_a_quote_its_source() {
    let recap =
        content("assistant", json!({"content_type": "reasoning_recap", "content": "Nachgedacht für 15 s"}));
    let (conversation, at) = only(with(recap, "metadata", json!({"finished_duration_sec": 15})));
    assert_eq!(
        conversation.message_annotations(at)[0].detail,
        AnnotationKind::ThinkingTime { seconds: Some(15) }
    );
    let quote = json!({"content_type": "tether_quote", "url": "https://a.example", "domain": "a.example", "text": "q"});
    let (conversation, at) = only(content("tool", quote));
    let AnnotationKind::QuotedPage(link) = &conversation.message_annotations(at)[0].detail else { panic!() };
    assert_eq!((&*link.title, &*link.url), ("a.example", "https://a.example"));
}

#[test]
fn custom_instructions_and_memory_are_folded_even_where_flagged_hidden() {
    let new = content(
        "user",
        json!({"content_type": "user_editable_context", "user_profile": "I sail", "user_instructions": "be brief"}),
    );
    let new = with(new, "metadata", json!({"is_visually_hidden_from_conversation": true}));
    let old = with(
        message("system", ""),
        "metadata",
        json!({"is_user_system_message": true,
        "user_context_message_data": {"about_user_message": "I sail", "about_model_message": "be brief"}}),
    );
    for message in [new, old] {
        let (conversation, at) = only(message);
        assert_eq!(conversation.messages()[at].kind, MessageKind::Instructions);
        assert_eq!(conversation.messages()[at].visibility, Visibility::Folded);
        assert_eq!(conversation.message_text(at), "I sail\n\nbe brief");
    }
    let memory = content(
        "system",
        json!({"content_type": "model_editable_context", "model_set_context": "likes tea"}),
    );
    let (conversation, at) = only(memory);
    assert_eq!(conversation.messages()[at].kind, MessageKind::Memory);
    assert_eq!(conversation.message_text(at), "likes tea");
}

#[test]
fn the_words_of_voice_mode_are_the_messages_text() {
    let parts = json!([
        {"content_type": "audio_transcription", "text": "Good morning", "direction": "in"},
        {"content_type": "real_time_user_audio_video_asset_pointer",
         "audio_asset_pointer": {"asset_pointer": "sediment://file_00aa", "format": "wav", "size_bytes": 12}}
    ]);
    let (conversation, at) =
        only(content("user", json!({"content_type": "multimodal_text", "parts": parts})));
    assert_eq!(shown(&conversation), ["Good morning"]);
    let found = attachments(&conversation, at);
    assert_eq!((&*found[0].id, found[0].media, &*found[0].mime), ("file_00aa", Media::Audio, "audio/wav"));
}

#[test]
fn an_image_is_an_attachment_at_its_place_and_no_text() {
    let image = json!({"content_type": "image_asset_pointer", "asset_pointer": "file-service://file-abc",
        "size_bytes": 7, "width": 640, "height": 480, "metadata": {"dalle": {"prompt": "a cat"}}});
    let body = json!({"content_type": "multimodal_text", "parts": ["before", image, "after"]});
    let (conversation, at) = only(content("user", body));
    assert_eq!(conversation.message_text(at), "before\nafter");
    let part = &conversation.message_annotations(at)[0];
    assert_eq!(part.range, 6..6);
    let found = attachments(&conversation, at);
    assert_eq!(
        (&*found[0].id, found[0].dimensions, &*found[0].prompt),
        ("file-abc", Some((640, 480)), "a cat")
    );
    assert_eq!((found[0].media, found[0].size), (Media::Image, Some(7)));
}

#[test]
fn a_tools_image_is_part_of_the_conversation() {
    let image = json!({"content_type": "image_asset_pointer", "asset_pointer": "sediment://file_1"});
    let (conversation, at) =
        only(content("tool", json!({"content_type": "multimodal_text", "parts": [image]})));
    assert_eq!(conversation.messages()[at].visibility, Visibility::Shown);
    let (conversation, at) =
        only(content("tool", json!({"content_type": "multimodal_text", "parts": ["text"]})));
    assert_eq!(conversation.messages()[at].visibility, Visibility::Folded);
}

#[test]
fn uploads_are_named_once_and_stand_before_the_question() {
    let image = json!({"content_type": "image_asset_pointer", "asset_pointer": "file-service://file-pic"});
    let body = json!({"content_type": "multimodal_text", "parts": [image, "what is this?"]});
    let metadata = json!({"attachments": [
        {"id": "file-pic", "name": "photo.jpg", "mime_type": "image/jpeg", "size": 9},
        {"id": "file-doc", "name": "notes.pdf", "mime_type": "application/pdf", "size": 5}
    ]});
    let (conversation, at) = only(with(content("user", body), "metadata", metadata));
    let found = attachments(&conversation, at);
    let names: Vec<&str> = found.iter().map(|attachment| &*attachment.name).collect();
    assert_eq!(names, ["notes.pdf", "photo.jpg"]);
    assert_eq!(found[0].media, Media::File);
    assert_eq!(shown(&conversation), ["what is this?"]);
}

#[test]
fn an_upload_without_words_is_shown() {
    let metadata = json!({"attachments": [{"id": "file-doc", "name": "notes.pdf"}]});
    let (conversation, at) = only(with(prompt(""), "metadata", metadata));
    assert_eq!(conversation.messages()[at].visibility, Visibility::Shown);
}

#[test]
fn a_pointer_to_a_page_of_a_file_names_the_file() {
    let image =
        json!({"content_type": "image_asset_pointer", "asset_pointer": "sediment://0123abc#file_77#p_3.jpg"});
    let (conversation, at) =
        only(content("user", json!({"content_type": "multimodal_text", "parts": [image]})));
    assert_eq!(&*attachments(&conversation, at)[0].id, "file_77");
}

#[test]
fn pictures_that_python_drew_belong_to_its_output() {
    let output = content("tool", json!({"content_type": "execution_output", "text": "ok"}));
    let metadata = json!({"aggregate_result": {"messages": [{"message_type": "image", "image_url": "file-service://file-plot"}, {}]}});
    let (conversation, at) = only(with(output, "metadata", metadata));
    assert_eq!(&*attachments(&conversation, at)[0].id, "file-plot");
    assert_eq!(conversation.messages()[at].visibility, Visibility::Folded);
}

#[test]
fn a_cut_answer_says_so() {
    for (key, value) in [
        ("status", json!("in_progress")),
        ("status", json!("finished_partial_completion")),
        ("status", json!("error")),
        ("metadata", json!({"finish_details": {"type": "max_tokens"}})),
        ("metadata", json!({"finish_details": {"type": "interrupted"}})),
    ] {
        let (conversation, at) = only(with(answer("half"), key, value));
        assert!(conversation.messages()[at].interrupted);
    }
    let (conversation, at) =
        only(with(answer("whole"), "metadata", json!({"finish_details": {"type": "stop"}})));
    assert!(!conversation.messages()[at].interrupted);
}

#[test]
fn the_model_is_the_messages_own_else_the_conversations() {
    let mut object = conversation(Chain::of([
        prompt("q"),
        with(answer("a"), "metadata", json!({"model_slug": "o3"})),
        with(answer("b"), "metadata", Value::Null),
    ]));
    object["default_model_slug"] = json!("gpt-5");
    let conversation = parse(&object);
    let models: Vec<_> = (0..3).map(|at| conversation.message_model(at)).collect();
    assert_eq!(models, [None, Some("o3"), Some("gpt-5")]);
    assert_eq!(conversation.model(), Some("gpt-5"));
}

#[test]
fn the_heading_is_read_in_all_its_forms() {
    let mut object = conversation(Chain::of([prompt("  \nFirst line\nsecond")]));
    object["title"] = Value::Null;
    object["create_time"] = json!("2024-05-01T10:00:00Z");
    object["update_time"] = json!(1_700_000_000.5);
    object["is_archived"] = json!(true);
    object["pinned_time"] = json!(1_700_000_000);
    object["gizmo_id"] = json!("g-abc");
    let read = parse(&object);
    assert_eq!(&*read.title, "First line");
    assert_eq!(read.created, Some(Time(1_714_557_600_000_000)));
    assert_eq!(read.updated, Some(Time(1_700_000_000_500_000)));
    assert!(read.archived && read.starred && read.is_custom_gpt);
    object["gizmo_id"] = json!("g-p-abc");
    assert!(!parse(&object).is_custom_gpt);
}

#[test]
fn times_that_are_none_fall_back_to_the_messages() {
    for nothing in [Value::Null, json!("soon"), json!(1e300), json!([])] {
        let mut object = conversation(Chain::of([with(prompt("q"), "create_time", json!(1_600_000_000))]));
        object["create_time"] = nothing.clone();
        object["update_time"] = nothing;
        let read = parse(&object);
        assert_eq!(read.created, Some(Time(1_600_000_000_000_000)));
        assert_eq!(read.updated, read.created);
    }
}

#[test]
fn either_id_will_do_and_none_is_made_up() {
    let mut object = conversation(Chain::of([prompt("q")]));
    object["id"] = Value::Null;
    object["conversation_id"] = json!("abc");
    let read = parse(&object);
    assert_eq!((&*read.id, read.id_is_generated), ("abc", false));
    object["conversation_id"] = json!("");
    let read = parse(&object);
    assert!(read.id_is_generated && !read.id.is_empty());
}

// --- the tree

fn node(id: &str, parent: Option<&str>, children: &[&str], text: Option<&str>) -> (String, Value) {
    let message = text.map(prompt);
    (id.to_owned(), json!({"id": id, "parent": parent, "children": children, "message": message}))
}

fn tree(nodes: impl IntoIterator<Item = (String, Value)>, current: &str) -> Conversation {
    let mapping: serde_json::Map<String, Value> = nodes.into_iter().collect();
    let mut object = conversation(Chain::of([]));
    object["mapping"] = Value::Object(mapping);
    object["current_node"] = json!(current);
    parse(&object)
}

fn texts(conversation: &Conversation, messages: impl IntoIterator<Item = usize>) -> Vec<&str> {
    messages.into_iter().map(|message| conversation.message_text(message)).collect()
}

#[test]
fn branches_stand_in_the_order_they_were_made() {
    let read = tree(
        [
            node("root", None, &["q"], None),
            node("second", Some("q"), &["deep"], Some("second")),
            node("first", Some("q"), &[], Some("first")),
            node("q", Some("root"), &["first", "second"], Some("q")),
            node("deep", Some("second"), &[], Some("deep")),
        ],
        "first",
    );
    assert_eq!(texts(&read, 0..4), ["q", "first", "second", "deep"]);
    assert_eq!(texts(&read, read.current_path()), ["q", "first"]);
    assert_eq!(Tree::of(&read).siblings(&read, 1), [1, 2]);
}

#[test]
fn a_node_without_a_message_lets_its_children_hang_on_the_next_above() {
    let read = tree(
        [
            node("r", None, &["a"], None),
            node("a", Some("r"), &["gap", "b"], Some("a")),
            node("gap", Some("a"), &["c", "d"], None),
            node("b", Some("a"), &[], Some("b")),
            node("c", Some("gap"), &[], Some("c")),
            node("d", Some("gap"), &[], Some("d")),
        ],
        "gap",
    );
    assert_eq!(texts(&read, 0..4), ["a", "c", "d", "b"]);
    assert_eq!(Tree::of(&read).children(0), [1, 2, 3]);
    assert_eq!(texts(&read, read.current_path()), ["a"]);
}

#[test]
fn a_node_that_nobody_lists_hangs_on_the_parent_it_names() {
    let read = tree([node("a", None, &[], Some("a")), node("b", Some("a"), &[], Some("b"))], "b");
    assert_eq!(texts(&read, read.current_path()), ["a", "b"]);
}

#[test]
fn a_child_without_a_parent_belongs_to_the_node_that_lists_it() {
    let read = tree([node("a", None, &["b", "unknown"], Some("a")), node("b", None, &[], Some("b"))], "b");
    assert_eq!(texts(&read, read.current_path()), ["a", "b"]);
}

#[test]
fn a_parent_that_is_not_there_makes_a_root() {
    let read =
        tree([node("a", Some("gone"), &[], Some("a")), node("b", Some("gone too"), &[], Some("b"))], "b");
    assert_eq!(Tree::of(&read).roots(), [0, 1]);
    assert_eq!(texts(&read, read.current_path()), ["b"]);
}

#[test]
fn a_cycle_is_broken_and_loses_nothing() {
    let read = tree(
        [
            node("a", Some("c"), &["b"], Some("a")),
            node("b", Some("a"), &["c"], Some("b")),
            node("c", Some("b"), &["a", "tail"], Some("c")),
            node("tail", Some("c"), &[], Some("tail")),
            node("self", Some("self"), &["self"], Some("self")),
        ],
        "tail",
    );
    assert_eq!(texts(&read, 0..5), ["a", "b", "c", "tail", "self"]);
    assert_eq!(texts(&read, read.current_path()), ["a", "b", "c", "tail"]);
}

#[test]
fn without_a_current_node_the_leaf_written_last_is_current() {
    let at = |id: &str, parent, time: i64| {
        let (id, mut node) = node(id, parent, &[], Some(id));
        node["message"]["create_time"] = json!(time);
        (id, node)
    };
    let nodes = || [at("q", None, 1), at("new", Some("q"), 9), at("old", Some("q"), 5)];
    for current in ["", "dangling"] {
        let read = tree(nodes(), current);
        assert_eq!(texts(&read, read.current_path()), ["q", "new"]);
    }
}

#[test]
fn a_million_nodes_in_a_chain_load_and_drop() {
    let mut json = String::from(r#"{"id":"c","current_node":"999999","mapping":{"0":{"message":null}"#);
    for index in 1..1_000_000 {
        let message = if index % 100_000 == 0 {
            r#"{"author":{"role":"user"},"content":{"content_type":"text","parts":["x"]}}"#
        } else {
            "null"
        };
        json.push_str(&format!(r#","{index}":{{"parent":"{}","message":{message}}}"#, index - 1));
    }
    json.push_str("}}");
    let read = exports::parse_text(&json);
    assert_eq!(read.messages().len(), 9);
    assert_eq!(read.current_path().len(), 9);
}

// --- tolerance

#[test]
fn wrong_types_cost_at_most_the_field_they_stand_in() {
    let wrong =
        [Value::Null, json!(true), json!(7), json!("text"), json!([1, {"a": []}]), json!({"a": {"b": [1]}})];
    let sound = conversation(Chain::of([prompt("question"), answer("reply")]));
    let mut paths = Vec::new();
    collect_paths(&sound, String::new(), &mut paths);
    for path in paths {
        for value in &wrong {
            let mut broken = sound.clone();
            *broken.pointer_mut(&path).unwrap() = value.clone();
            if path == "/mapping" {
                continue;
            }
            let read = parse(&broken);
            let said = read.messages().len();
            assert!(said >= 1, "{path} = {value} cost {} messages", 2 - said);
            // One message at most is concerned; the other is as it was.
            let texts: Vec<&str> = (0..said).map(|at| read.message_text(at)).collect();
            assert!(texts.contains(&"question") || texts.contains(&"reply"), "{path} = {value}: {texts:?}");
        }
    }
}

fn collect_paths(value: &Value, path: String, paths: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    for (key, child) in children {
        let path = format!("{path}/{key}");
        paths.push(path.clone());
        collect_paths(child, path, paths);
    }
}

#[test]
fn of_a_key_that_occurs_twice_the_last_counts() {
    let json = r#"{"id":"c","title":"one","title":"two","mapping":{"a":{"message":null},
        "a":{"message":{"author":{"role":"user"},"content":{"content_type":"text","parts":["kept"],"parts":["last"]}}}}}"#;
    let read = exports::parse_text(json);
    assert_eq!((&*read.title, shown(&read)), ("two", vec!["last"]));
}

#[test]
fn a_lone_surrogate_becomes_a_replacement_character() {
    let json = r#"{"id":"c","title":"cut \ud83d","mapping":{"a":{"message":{"author":{"role":"user"},
        "content":{"content_type":"text","parts":["a \ud83d b \ude00 c \ud83d\ude00 \u00e9 \ud83d\u0041"]}}}}}"#;
    let read = exports::parse_text(json);
    assert_eq!(&*read.title, "cut \u{fffd}");
    assert_eq!(shown(&read), ["a \u{fffd} b \u{fffd} c \u{1f600} é \u{fffd}A"]);
}

// --- text that must be cleaned

fn cited(text: &str, references: Value) -> (Conversation, usize) {
    only(with(answer(text), "metadata", json!({"content_references": references})))
}

const CITE: &str = "\u{e200}cite\u{e202}turn0search3\u{e202}turn0news1\u{e201}";

#[test]
fn a_citation_becomes_links_to_its_sources() {
    let references = json!([{"matched_text": CITE, "type": "grouped_webpages", "alt": null, "items": [
        {"title": "A [1]", "url": "https://a.example/x(1)", "supporting_websites": [{"title": "B", "url": "https://b.example"}]}]}]);
    let (read, at) = cited(&format!("So it is {CITE}."), references);
    let expected = "So it is ([A \\[1\\]](https://a.example/x%281%29), [B](https://b.example)).";
    assert_eq!(read.message_text(at), expected);
    let part = &read.message_annotations(at)[0];
    assert_eq!(
        &expected[part.range.start as usize..part.range.end as usize],
        &expected[9..expected.len() - 1]
    );
    let AnnotationKind::Citation(links) = &part.detail else { panic!() };
    assert_eq!(links.len(), 2);
}

#[test]
fn a_ready_made_link_is_taken_as_it_is() {
    let references = json!([{"matched_text": CITE, "type": "webpage", "alt": "([Site](https://s.example))",
        "items": [{"title": "Site", "url": "https://s.example"}]}]);
    let (read, at) = cited(&format!("x {CITE} y"), references);
    assert_eq!(read.message_text(at), "x ([Site](https://s.example)) y");
}

#[test]
fn no_mark_of_a_citation_is_ever_left() {
    let text = format!(
        "a{CITE}b \u{e203}span\u{e204} \u{e200}entity\u{e202}[\"city\",\"Zürich\"]\u{e201} \u{e200}image_group\u{e202}{{}}\u{e201}\
         stray\u{e201}\u{e202} \u{e200}cite\u{e202}cut rest\n\u{e200}cite\u{e202}end"
    );
    let (read, at) = cited(&text, json!([{"matched_text": " ", "type": "attribution", "alt": "()"}]));
    assert_eq!(read.message_text(at), "ab span Zürich stray  rest\n");
}

#[test]
fn other_private_use_characters_are_text() {
    let (read, at) = cited("icon \u{e0a0} \u{f8ff} \u{e2ff}", json!([]));
    assert_eq!(read.message_text(at), "icon \u{e0a0} \u{f8ff} \u{e2ff}");
}

#[test]
fn a_footnote_lists_its_sources_behind_the_text() {
    let references = json!([{"matched_text": " ", "type": "sources_footnote",
        "sources": [{"title": "A", "url": "https://a.example"}, {"title": "A", "url": "https://a.example"}]}]);
    let (read, at) = cited("text", references);
    let AnnotationKind::ListedSources(links) = &read.message_annotations(at)[0].detail else { panic!() };
    assert_eq!((links.len(), read.message_text(at)), (1, "text"));
}

#[test]
fn old_citations_are_resolved_by_place_or_message() {
    let citations = json!([
        {"start_ix": 2, "end_ix": 13, "metadata": {"title": "Place", "url": "https://p.example"}},
        {"start_ix": 900, "end_ix": 911, "metadata": {"title": "Number", "url": "https://n.example", "extra": {"cited_message_idx": 7}}}
    ]);
    let text = "é 【12†source】 and 【7†source】, 【4:0†notes.pdf】 【99†source】 【kept】【a†b】";
    let (read, at) = only(with(answer(text), "metadata", json!({"citations": citations})));
    assert_eq!(
        read.message_text(at),
        "é ([Place](https://p.example)) and ([Number](https://n.example)), (notes.pdf)  【kept】【a†b】"
    );
}

#[test]
fn a_link_into_the_sandbox_keeps_its_label_and_is_dead() {
    let (read, at) =
        only(answer("Get [the [big] file](sandbox:/mnt/data/a.csv) or ![plot](sandbox:/mnt/data/p.png)!"));
    assert_eq!(read.message_text(at), "Get the [big] file (dead link) or plot (dead link)!");
}

#[test]
fn the_fences_of_a_writing_block_go_and_its_text_stays() {
    let text =
        "Here: :::writing{variant=\"email\" id=\"1\"}\nDear all,\n\n:::note\nCome.\n:::\nBye\n:::\nNext";
    let (read, at) = only(answer(text));
    assert_eq!(read.message_text(at), "Here: \n\nDear all,\n\nCome.\n\nBye\n\nNext");
    let (read, at) = only(answer(":::writing{}\nText\n:::"));
    assert_eq!(read.message_text(at), "Text");
}

#[test]
fn a_persons_own_words_are_not_rewritten() {
    let text = "see 【1†source】 [x](sandbox:/mnt/data/y) :::writing{a}\n:::";
    let (read, at) = only(prompt(text));
    assert_eq!(read.message_text(at), text);
}

// --- canvas

fn canvas_call(tool: &str, json: Value) -> Value {
    with(
        content("assistant", json!({"content_type": "code", "language": "json", "text": json.to_string()})),
        "recipient",
        json!(tool),
    )
}

fn create(text: &str) -> Value {
    canvas_call("canmore.create_textdoc", json!({"name": "Letter", "type": "document", "content": text}))
}

fn update(pattern: &str, multiple: bool, replacement: &str) -> Value {
    let update = json!({"pattern": pattern, "multiple": multiple, "replacement": replacement});
    canvas_call("canmore.update_textdoc", json!({"updates": [update]}))
}

#[test]
fn a_canvas_is_shown_once_in_its_final_state() {
    let read = chain([
        prompt("write"),
        create("Dear Ann, one and one"),
        update("one", true, "two"),
        update("Dear (?P<who>\\w+), (t)wo", false, "Hello \\g<who>:\\n\\2hree"),
        update("(", false, "broken pattern"),
        update("absent", true, "x"),
        prompt("thanks"),
    ]);
    assert_eq!(shown(&read), ["write", "Hello Ann:\nthree and two", "thanks"]);
    assert_eq!(read.messages()[1].kind, MessageKind::Canvas);
    assert_eq!(
        read.message_annotations(1)[0].detail,
        AnnotationKind::Canvas { title: "Letter".into(), format: "document".into() }
    );
    assert_eq!(
        (read.messages()[2].kind, read.messages()[2].visibility),
        (MessageKind::Call, Visibility::Folded)
    );
}

#[test]
fn dot_star_rewrites_a_canvas_literally() {
    let read = chain([create("old\ntext"), update(".*", true, "new \\n \\1 text")]);
    assert_eq!(shown(&read), ["new \\n \\1 text"]);
}

#[test]
fn only_the_updates_of_the_visible_branch_count() {
    let at = |id: &str, parent: Option<&str>, message: Value| {
        (id.to_owned(), json!({"parent": parent, "children": [], "message": message}))
    };
    let nodes = [
        at("c", None, create("a")),
        at("x", Some("c"), update("a", false, "visible")),
        at("y", Some("c"), update("a", false, "other")),
    ];
    assert_eq!(shown(&tree(nodes.clone(), "x")), ["visible"]);
    assert_eq!(shown(&tree(nodes, "y")), ["other"]);
}

#[test]
fn a_canvas_that_grows_without_bound_stops_growing() {
    let mut messages = vec![create(&"x".repeat(1000))];
    messages.extend((0..20).map(|_| update("(?s)^(.*)$", false, "\\1\\1")));
    let read = parse_text(&conversation(Chain::of(messages)).to_string());
    let length = read.message_text(0).len();
    assert!((1 << 17..=40 << 20).contains(&length), "{length}");
}

// --- every fixture

#[test]
fn the_demo_archive_loads_without_damage() {
    let archive = unspool::archive::Archive::open(
        &unspool::archive::Location::Demo,
        unspool::archive::Limits::default(),
    )
    .unwrap();
    let (library, report) = exports::load(&[archive]);
    assert!(!library.is_empty());
    assert!(report.failure().is_none());
}
