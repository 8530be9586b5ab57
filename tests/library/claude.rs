//! Claude's export: the same promises as for ChatGPT's.

use crate::support::{
    cost,
    exports::{
        self, Scratch,
        claude::{ROOT, answer, call, conversation, export, human, message, result, small, thinking, words},
        ids, load, load_bytes, load_path, open, parse, parse_text, shown, zip,
    },
};
use serde_json::{Value, json};
use unspool::{
    archive::{list_archives, looks_like_archive},
    conversation::{
        AnnotationKind, Attachment, Conversation, Media, Message, MessageKind, Provider, Role, Visibility,
    },
    extract::{self, ExtractOptions, Format},
    secrets::{Scanner, exposures},
};

/// The messages in order: kind, and what they say.
fn said(conversation: &Conversation) -> Vec<(MessageKind, &str)> {
    let messages = conversation.messages().iter().enumerate();
    messages.map(|(index, message)| (message.kind, conversation.message_text(index))).collect()
}

fn one(messages: Vec<Value>) -> Conversation {
    parse(&conversation("c-1", "A name", messages))
}

fn attachments(conversation: &Conversation) -> Vec<&Attachment> {
    unspool::message::attachments(conversation).collect()
}

/// The visible branch, as text.
fn visible(conversation: &Conversation) -> Vec<&str> {
    conversation.current_path().into_iter().map(|message| conversation.message_text(message)).collect()
}

// --- whose it is

#[test]
fn claudes_objects_are_known_by_what_they_hold_wherever_it_stands() {
    let first = r#"{"uuid":"c-1","name":"n","chat_messages":[{"uuid":"m","sender":"human","text":"hello"}]}"#;
    let last =
        r#"{"chat_messages":[{"sender":"human","text":"hello"}],"account":{},"name":"n","uuid":"c-1"}"#;
    for json in [first, last] {
        let read = parse_text(json);
        assert_eq!((read.provider, &*read.id, &*read.title), (Provider::Claude, "c-1", "n"));
        assert_eq!(shown(&read), ["hello"]);
        assert_eq!(extract::address(&read).as_deref(), Some("https://claude.ai/chat/c-1"));
    }
    // ChatGPT's with a uuid in front is ChatGPT's.
    let json = json!({"uuid": "x", "id": "g", "mapping": {}}).to_string();
    assert_eq!(parse_text(&json).provider, Provider::ChatGpt);
}

#[test]
fn times_are_iso_and_a_conversation_without_a_name_is_called_by_its_first_line() {
    let read = parse(&conversation("c", "", vec![human("m1", ROOT, "\n What is it?\nTell me")]));
    assert_eq!(&*read.title, "What is it?");
    assert_eq!(read.created.unwrap().0, 1_770_112_800_123_456);
    assert_eq!(read.messages()[0].time(), read.created);
    let mut odd = small("c");
    odd["created_at"] = json!("soon");
    odd["updated_at"] = json!("2026-02-03T10:00:00.123456+01:00");
    let read = parse(&odd);
    // Without one of its own it began with its first message.
    assert_eq!(read.created.unwrap().0, 1_770_112_800_123_456);
    assert_eq!(read.updated.unwrap().0, 1_770_109_200_123_456);
}

// --- what a message is made of

#[test]
fn reasoning_and_tools_fold_where_they_happened_between_the_words() {
    let blocks = vec![
        thinking("Let me look."),
        words("I will search."),
        call("web_search", json!({"query": "so"})),
        result(
            "web_search",
            json!([{"type": "knowledge", "title": "So", "url": "https://so.example", "text": "it is"},
            {"type": "text", "text": "indeed"}]),
            false,
        ),
        words("It is so."),
    ];
    let read = one(vec![human("m1", ROOT, "Is it?"), message("m2", "m1", "assistant", blocks)]);
    assert_eq!(
        said(&read),
        [
            (MessageKind::Text, "Is it?"),
            (MessageKind::Reasoning, "**Thinking it over.**\n\nLet me look."),
            (MessageKind::Text, "I will search."),
            (MessageKind::Call, r#"{"query":"so"}"#),
            (MessageKind::Output, "it is\nindeed"),
            (MessageKind::Text, "It is so."),
        ]
    );
    assert_eq!(shown(&read), ["Is it?", "I will search.", "It is so."]);
    assert_eq!(visible(&read).len(), 6, "all of it stands on one branch");
    let (call, output) = (&read.messages()[3], &read.messages()[4]);
    assert_eq!((read.message_name(3), call.visibility), (Some("web_search"), Visibility::Folded));
    assert_eq!((output.role, call.role), (Role::Tool, Role::Assistant));
    assert!(matches!(
        read.message_annotations(1)[0].detail,
        AnnotationKind::ThinkingTime { seconds: Some(12) }
    ));
    let AnnotationKind::ListedSources(sources) = &read.message_annotations(4)[0].detail else {
        panic!("the page it found")
    };
    assert_eq!((&*sources[0].title, &*sources[0].url), ("So", "https://so.example"));
}

#[test]
fn a_tools_failure_is_an_error_and_its_result_is_never_a_blank() {
    let blocks = vec![
        result("bash", json!([{"type": "text", "text": "no such file"}]), true),
        result("view", json!("plain"), false),
        result("odd", json!([{"type": "local_resource", "name": "a.pdf", "uuid": "u"}]), false),
        call("repl", json!({"code": "let x = 1;\nx"})),
    ];
    let read = one(vec![message("m", ROOT, "assistant", blocks)]);
    assert_eq!(said(&read)[0], (MessageKind::Error, "no such file"));
    assert_eq!(said(&read)[1], (MessageKind::Output, "plain"));
    assert!(said(&read)[2].1.contains("a.pdf"));
    assert_eq!(said(&read)[3], (MessageKind::Call, "let x = 1;\nx"));
}

#[test]
fn a_block_of_an_unknown_type_is_folded_and_labelled_and_costs_nothing_else() {
    let blocks = vec![
        words("Hello."),
        json!({"type": "injected_prompt_block", "prompt": "It is Tuesday.", "injection_source": "date"}),
        json!({"type": "hologram", "beams": [1, 2]}),
        json!(7),
        json!(null),
        json!("bare"),
        json!({"type": "token_budget", "remaining": 1}),
    ];
    let read = one(vec![message("m1", ROOT, "human", blocks), answer("m2", "m1", "Hi.")]);
    assert_eq!(shown(&read), ["Hello.", "bare", "Hi."]);
    assert_eq!(said(&read)[1], (MessageKind::Other, "It is Tuesday."));
    assert_eq!((read.message_name(1), read.messages()[1].role), (Some("injected_prompt_block"), Role::Tool));
    assert_eq!(said(&read)[2], (MessageKind::Other, r#"{"beams":[1,2],"type":"hologram"}"#));
    assert_eq!(read.messages()[2].visibility, Visibility::Folded);
    let (_, report) = load_bytes(
        "x.json",
        json!([conversation(
            "c",
            "n",
            vec![message("m", ROOT, "human", vec![json!({"type": "hologram", "text": "x"}), words("y")]),]
        )])
        .to_string(),
    );
    assert_eq!(
        report.archives[0].import_counts.types(),
        [("hologram".to_owned(), 1, false), ("text".to_owned(), 1, true)]
    );
}

/// They were read for their words alone.
#[test]
fn what_stands_beside_the_words_of_a_block_is_folded_with_the_message() {
    let mut calling = call("web_search", json!({"query": "heron"}));
    calling["integration_name"] = json!("Web Search");
    // Says once more what the call says.
    calling["display_content"] = json!({"type": "json_block", "json_block": "{\"query\": \"heron\"}"});
    let page = json!({"type": "knowledge", "title": "Herons", "url": "https://h.example", "text": "They stand.",
        "metadata": {"type": "webpage_metadata", "site_domain": "h.example", "favicon_url": "https://f.example"},
        "prompt_context_metadata": {"age": "two weeks ago", "url": "https://h.example"}});
    let mut told = words("They stand.");
    told["citations"] = json!([{"details": {"url": "https://h.example"}, "cited_text": "stand in reeds"}]);
    let future = json!({"type": "weather", "text": "Rain", "forecast": [{"day": "Monday", "sky": "grey"}]});
    let code = call("repl", json!({"code": "1 + 1", "language": "javascript"}));
    let blocks = vec![calling, result("web_search", json!([page]), false), told, future, code];
    let mut message = message("m1", ROOT, "assistant", blocks);
    message["sync_sources"] = json!([{"type": "drive", "config": {"folder": "Birds"}}]);
    let read = one(vec![message]);
    assert_eq!(
        said(&read),
        [
            (MessageKind::Call, r#"{"query":"heron"}"#),
            (MessageKind::Output, "They stand.\nage: two weeks ago"),
            (MessageKind::Text, "They stand."),
            (MessageKind::Other, "Rain\nforecast:\n  - day: Monday\n    sky: grey"),
            (MessageKind::Call, "1 + 1"),
            (
                MessageKind::Other,
                "integration_name: Web Search\ncited_text: stand in reeds\nlanguage: javascript\n\
                 sync_sources:\n  - config:\n      folder: Birds"
            ),
        ]
    );
    assert_eq!(read.message_name(5), Some("metadata"));
    assert_eq!(shown(&read), ["They stand."]);
}

/// It stands beside the messages, and was not read.
#[test]
fn what_sums_up_a_conversation_is_folded_above_it() {
    let mut object = conversation(
        "c",
        "",
        vec![human("m1", ROOT, "Why?"), answer("m2", "m1", "So."), answer("m3", "m1", "Or so.")],
    );
    object["summary"] = json!("**Overview**\n\nHerons.");
    let read = parse(&object);
    assert_eq!(said(&read)[0], (MessageKind::Other, "**Overview**\n\nHerons."));
    assert_eq!((read.message_name(0), read.messages()[0].visibility), (Some("summary"), Visibility::Folded));
    assert_eq!((shown(&read), &*read.title), (vec!["Why?", "So.", "Or so."], "Why?"));
    assert_eq!(visible(&read), ["**Overview**\n\nHerons.", "Why?", "Or so."]);
    object["chat_messages"] = json!([]);
    assert!(parse(&object).messages().is_empty(), "an empty conversation stays one");
}

#[test]
fn what_is_left_out_of_claudes_messages_and_what_is_not_understood_is_counted() {
    let mut block = words("Hello.");
    block["flags"] = json!("seen");
    block["mood"] = json!("calm");
    let (_, report) = load_bytes(
        "x.json",
        json!([conversation("c", "n", vec![message("m", ROOT, "human", vec![block])])]).to_string(),
    );
    let counts = &report.archives[0].import_counts;
    assert_eq!(counts.unknown_keys(), [("mood".to_owned(), 1, "m".to_owned())]);
    let left_out: u64 = counts.left_out().iter().map(|(_, count)| count).sum();
    assert_eq!(left_out, 2, "its flags, and when the message was changed: {:?}", counts.left_out());
}

#[test]
fn words_are_told_once_whether_they_stand_in_the_text_the_content_or_both() {
    let only_text = json!({"sender": "human", "text": "old", "uuid": "a"});
    let empty_content = json!({"sender": "human", "text": "old", "content": [], "uuid": "a"});
    let bare_content = json!({"sender": "human", "text": "old", "content": "new", "uuid": "a"});
    let both = json!({"sender": "human", "text": "old", "content": [words("new")], "uuid": "a"});
    let blank = json!({"sender": "human", "text": "old", "content": [words(" ")], "uuid": "a"});
    for (message, expected) in
        [(only_text, "old"), (empty_content, "old"), (bare_content, "new"), (both, "new"), (blank, " old")]
    {
        let read = one(vec![message]);
        assert_eq!(shown(&read).concat().trim(), expected.trim());
    }
    // A client that knew no tools wrote this in their place.
    let placeholder = "```\nThis block is not supported on your current device yet.\n```";
    let mut silent = message("m", ROOT, "assistant", vec![call("x", json!({"a": 1}))]);
    silent["text"] = json!(placeholder);
    assert!(shown(&one(vec![silent.clone()])).is_empty());
    silent["text"] = json!(format!("{placeholder}\n\nBut this is."));
    assert_eq!(shown(&one(vec![silent])).concat().trim(), "But this is.");
}

/// Exports of 2025 put the reasoning before the answer in the message's own text, without a line break between them.
#[test]
fn what_the_text_repeats_of_the_blocks_is_not_told_again() {
    let told = |text: &str| {
        let blocks =
            vec![thinking("Let me\n\"look\"."), words("It is."), call("x", json!({"a": 1})), words("So.")];
        let mut message = message("m", ROOT, "assistant", blocks);
        message["text"] = json!(text);
        let read = one(vec![message]);
        let texts = said(&read).iter().map(|(_, text)| (*text).to_owned()).collect::<Vec<_>>();
        (texts.len(), texts.last().cloned().unwrap_or_default())
    };
    for text in [
        "Let me\n\"look\".It is.So.",
        "Let me\n\"look\".\n\nIt is.\n\n```\nThis block is not supported on your current device yet.\n```\n\nSo.",
        "It is.\n\nSo.",
        "",
    ] {
        assert_eq!(told(text), (4, "So.".to_owned()), "{text}");
    }
    assert_eq!(told("It is.\nElsewhere.\nSo."), (5, "Elsewhere.".to_owned()));
}

#[test]
fn words_in_several_blocks_are_one_message_and_do_not_run_together() {
    let blocks = vec![words("First."), words("Second"), words(" goes on.\n"), words("Third.")];
    let read = one(vec![message("m", ROOT, "assistant", blocks)]);
    assert_eq!(shown(&read), ["First.\n\nSecond goes on.\nThird."]);
}

#[test]
fn what_an_answer_cites_is_listed_each_page_once() {
    let mut block = words("It is so.");
    block["citations"] = json!([
        {"uuid": "1", "start_index": 0, "end_index": 3, "details": {"type": "web", "url": "https://a.example"}},
        {"title": "A", "url": "https://a.example", "sources": [{"title": "B", "url": "https://b.example"}]},
    ]);
    let read = one(vec![message("m", ROOT, "assistant", vec![block])]);
    let AnnotationKind::ListedSources(sources) = &read.message_annotations(0)[0].detail else {
        panic!("its sources")
    };
    let urls: Vec<&str> = sources.iter().map(|source| &*source.url).collect();
    assert_eq!(urls, ["https://a.example", "https://b.example"]);
}

#[test]
fn nobody_knows_whose_words_an_unknown_senders_are() {
    let read = one(vec![
        message("m1", ROOT, "oracle", vec![words("Beware.")]),
        message("m2", "m1", "system", vec![words("Rules.")]),
        json!({"uuid": "m3"}),
        human("m4", "m3", "Hello"),
    ]);
    assert_eq!(shown(&read), ["Hello"]);
    assert_eq!((read.message_name(0), read.messages()[0].visibility), (Some("oracle"), Visibility::Folded));
    assert_eq!(read.messages()[1].visibility, Visibility::Hidden);
    assert_eq!(read.messages().len(), 4);
}

// --- branches

#[test]
fn branches_hang_together_by_the_parents_and_the_newest_leaf_is_in_sight() {
    let mut later = answer("m3", "m1", "second try");
    later["created_at"] = json!("2026-02-03T10:05:00Z");
    let read = one(vec![
        human("m1", ROOT, "question"),
        answer("m2", "m1", "first try"),
        later,
        human("m9", ROOT, "edited question"),
    ]);
    assert_eq!(visible(&read), ["question", "second try"]);
    let parents: Vec<Option<usize>> = read.messages().iter().map(Message::parent).collect();
    assert_eq!(parents, [None, Some(0), Some(0), None]);
    // A browser extension's copy says where the screen stood.
    let mut object = conversation(
        "c",
        "n",
        vec![
            human("m1", ROOT, "question"),
            answer("m2", "m1", "first try"),
            answer("m3", "m1", "second try"),
        ],
    );
    object["current_leaf_message_uuid"] = json!("m2");
    assert_eq!(visible(&parse(&object)), ["question", "first try"]);
}

#[test]
fn without_parents_the_messages_are_a_chain() {
    let strip = |mut message: Value| {
        message.as_object_mut().unwrap().remove("parent_message_uuid");
        message
    };
    let read = one(["a", "b", "c"].map(|text| strip(human(text, "", text))).into());
    assert_eq!(visible(&read), ["a", "b", "c"]);
    // The same uuid twice, or none at all, loses nothing either.
    let same = one(vec![strip(human("x", "", "a")), strip(human("x", "", "b")), strip(human("", "", "c"))]);
    assert_eq!(visible(&same), ["a", "b", "c"]);
}

#[test]
fn a_parent_that_is_missing_its_own_or_in_a_circle_puts_nothing_out_of_sight() {
    let read = one(vec![human("m1", ROOT, "a"), human("m2", "gone", "b"), human("m3", "m3", "c")]);
    assert_eq!(visible(&read), ["a", "b", "c"]);
    let read = one(vec![human("m1", "m3", "a"), human("m2", "m1", "b"), human("m3", "m2", "c")]);
    assert_eq!(visible(&read), ["a", "b", "c"]);
}

#[test]
fn fields_of_any_other_type_cost_themselves() {
    let odd = json!([7, "x", null, [], {"a": {}}, true, 1e300]);
    for value in odd.as_array().unwrap() {
        let keys = ["content", "sender", "attachments", "files", "created_at", "parent_message_uuid", "text"];
        for key in keys {
            let mut message = human("m2", "m1", "kept?");
            message[key] = value.clone();
            let read = one(vec![human("m1", ROOT, "before"), message, human("m3", "m2", "after")]);
            assert_eq!(shown(&read).first(), Some(&"before"), "{key}: {value}");
            assert_eq!(shown(&read).last(), Some(&"after"), "{key}: {value}");
            assert!(read.messages().len() >= 3);
        }
        for key in ["name", "uuid", "created_at", "account", "summary"] {
            let mut object = small("c");
            object[key] = value.clone();
            assert_eq!(shown(&parse(&object)), ["question c", "answer c"], "{key}: {value}");
        }
        let block =
            json!({"type": value, "text": value, "input": value, "content": value, "citations": value});
        let read = one(vec![message("m", ROOT, "assistant", vec![block, words("kept")])]);
        assert_eq!(shown(&read).last(), Some(&"kept"), "{value}");
    }
    let mut none = small("c");
    none["chat_messages"] = json!({"a": 1});
    let (_, report) = load_bytes("x.json", json!([none, small("d")]).to_string());
    assert_eq!(report.conversations, 1);
    assert!(report.problems[0].reason.contains("no conversation"), "{:?}", report.problems);
}

#[test]
fn half_an_emoji_in_a_name_costs_one_character() {
    let object = conversation(
        "c",
        "n",
        vec![
            human("m1", ROOT, "HALF words"),
            message(
                "m2",
                "m1",
                "assistant",
                vec![
                    json!({"type": "tool_use", "name": "HALF tool", "input": {"q": "HALF"}}),
                    words("kept HALF"),
                ],
            ),
        ],
    );
    let read = parse_text(&object.to_string().replace("HALF", "\\ud83d"));
    assert_eq!(shown(&read), ["\u{fffd} words", "kept \u{fffd}"]);
    assert_eq!(read.message_name(1), Some("\u{fffd} tool"));
}

/// A document, the pages of a search or the code of a call went with half an emoji in a title.
#[test]
fn half_an_emoji_in_what_a_tool_takes_and_gives_costs_one_character() {
    let make = json!({"command": "create", "id": "d", "type": "text/markdown", "title": "HALF", "content": "# Poem"});
    let change =
        json!({"command": "update", "id": "d", "title": "HALF", "old_str": "Poem", "new_str": "Song HALF"});
    let found =
        json!([{"title": "HALF", "url": "https://a.example"}, {"title": "B", "url": "https://b.example"}]);
    let blocks = vec![
        call("artifacts", make),
        call("artifacts", change),
        result("web_search", found, false),
        call("repl", json!({"HALF": 1, "code": "let x = 1;"})),
    ];
    let object = conversation("c", "n", vec![message("m", ROOT, "assistant", blocks)]);
    let read = parse_text(&object.to_string().replace("HALF", "\\ud83d"));
    assert_eq!(said(&read)[0], (MessageKind::Canvas, "# Song \u{fffd}"));
    let AnnotationKind::Canvas { title, .. } = &read.message_annotations(0)[0].detail else {
        panic!("a document")
    };
    assert_eq!(&**title, "\u{fffd}");
    let AnnotationKind::ListedSources(sources) = &read.message_annotations(2)[0].detail else {
        panic!("the pages it found")
    };
    assert_eq!((&*sources[0].title, sources.len()), ("\u{fffd}", 2));
    assert_eq!(said(&read)[3].1, "let x = 1;");
}

// --- files

#[test]
fn a_file_whose_text_is_in_the_export_is_a_file_and_one_without_is_named() {
    let mut prompt = human("m1", ROOT, "Read this.");
    prompt["attachments"] = json!([
        {"file_name": "notes.md", "file_size": 1234, "file_type": "text/markdown", "extracted_content": "# Notes\n"},
        {"file_name": "", "file_type": "txt", "extracted_content": "pasted"},
        {"file_name": "", "extracted_content": "again"},
        {"file_name": "", "extracted_content": ""},
    ]);
    prompt["files"] = json!([{"file_name": "notes.md"}, {"file_name": "photo.PNG", "file_uuid": "f-1"}]);
    prompt["files_v2"] = json!([{"file_name": "photo.PNG", "file_uuid": "f-1", "file_kind": "image"}]);
    let read = one(vec![prompt]);
    let files = attachments(&read);
    let names: Vec<&str> = files.iter().map(|file| &*file.name).collect();
    assert_eq!(names, ["notes.md", "pasted.txt", "pasted-2.txt", "photo.PNG"]);
    assert_eq!(
        (read.attached_text(0, files[0]), files[0].size, files[0].media),
        ("# Notes\n", Some(1234), Media::File)
    );
    assert_eq!((&*files[3].id, files[3].media, read.attached_text(0, files[3])), ("f-1", Media::Image, ""));
    // In the extract they stand before the words they belong to.
    let markdown =
        extract::format_conversation(&read, &ExtractOptions::new(Format::Markdown, jiff::tz::TimeZone::UTC));
    assert!(markdown.contains("notes.md") && markdown.contains("# Notes") && markdown.contains("photo.PNG"));
}

#[test]
fn a_message_of_nothing_but_a_file_is_shown() {
    let mut prompt = message("m1", ROOT, "human", vec![]);
    prompt["attachments"] = json!([{"file_name": "a.txt", "extracted_content": "x"}]);
    let read = one(vec![
        prompt,
        message(
            "m2",
            "m1",
            "human",
            vec![json!({"type": "image", "file_uuid": "f-9"}), json!({"type": "document", "title": "b.pdf"})],
        ),
    ]);
    assert_eq!(shown(&read), ["", ""]);
    assert_eq!(attachments(&read).len(), 3);
}

#[test]
fn what_was_attached_counts_as_here_and_its_secrets_are_found() {
    let key = format!("ghp_{}", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
    let mut prompt = human("m1", ROOT, "Read this.");
    prompt["attachments"] = json!([{"file_name": "env", "extracted_content": format!("TOKEN={key}")}]);
    prompt["files"] = json!([{"file_name": "gone.png", "file_uuid": "f-1"}]);
    let object = conversation("c", "n", vec![prompt]);
    let (library, report) = load_bytes("x.json", json!([object]).to_string());
    let archive = &report.archives[0];
    assert_eq!((archive.attachments_found, archive.attachments_missing), (1, 1));
    let read = library.get(library.by_date()[0]);
    let found = exposures::exposures_of_conversation(Scanner::built_in(), read);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(!found[0].masked.contains(&key));
}

// --- artifacts

fn artifact(input: Value) -> Value {
    call("artifacts", input)
}

#[test]
fn an_artifact_is_shown_once_in_its_final_state_where_it_was_made() {
    let create = json!({"command": "create", "id": "a", "type": "application/vnd.ant.code", "language": "python",
        "title": "A game", "content": "print('one')\n"});
    let update = json!({"command": "update", "id": "a", "old_str": "one", "new_str": "two"});
    let miss = json!({"command": "update", "id": "a", "old_str": "absent", "new_str": "three"});
    let other =
        json!({"command": "create", "id": "b", "type": "text/markdown", "title": "Page", "content": "# B"});
    let rewrite = json!({"command": "rewrite", "id": "b", "content": "# Bee"});
    let read = one(vec![
        human("m1", ROOT, "Make a game"),
        message("m2", "m1", "assistant", vec![words("Here:"), artifact(create), words("Done.")]),
        message("m3", "m2", "assistant", vec![artifact(other), artifact(update), artifact(miss)]),
        message("m4", "m3", "assistant", vec![artifact(rewrite)]),
    ]);
    assert_eq!(shown(&read), ["Make a game", "Here:", "print('two')\n", "Done.", "# Bee"]);
    let canvas = |message: usize| match &read.message_annotations(message)[0].detail {
        AnnotationKind::Canvas { title, format } => (title.to_string(), format.to_string()),
        other => panic!("{other:?}"),
    };
    assert_eq!(canvas(2), ("A game".into(), "code/python".into()));
    assert_eq!(canvas(4), ("Page".into(), "document".into()));
    assert_eq!(said(&read)[5].0, MessageKind::Call, "a change stays a call, folded");
}

#[test]
fn files_that_are_made_and_changed_are_documents_in_their_final_state() {
    let path = "/mnt/user-data/outputs/notes.md";
    let make =
        |text: &str| call("create_file", json!({"path": path, "description": "Notes", "file_text": text}));
    let change =
        |old: &str, new: &str| call("str_replace", json!({"path": path, "old_str": old, "new_str": new}));
    let blocks = vec![
        make("# Notes\n\nreeds\n"),
        change("reeds", "rushes"),
        call("create_file", json!({"path": "/home/claude/run.py", "file_text": "print(1)"})),
        make("# Notes\n\nherons\n"),
        change("never there", "x"),
        call("present_files", json!({"filepaths": [path]})),
        words("Done."),
    ];
    let conversation = one(vec![human("m1", ROOT, "write"), message("m2", "m1", "assistant", blocks)]);
    let documents: Vec<&str> = said(&conversation)
        .into_iter()
        .filter(|(kind, _)| *kind == MessageKind::Canvas)
        .map(|(_, text)| text)
        .collect();
    assert_eq!(documents, ["# Notes\n\nherons\n", "print(1)"]);
    let titles: Vec<(String, String)> = (0..conversation.messages().len())
        .flat_map(|message| conversation.message_annotations(message))
        .filter_map(|part| match &part.detail {
            AnnotationKind::Canvas { title, format } => Some((title.to_string(), format.to_string())),
            _ => None,
        })
        .collect();
    let expected = [("notes.md", "document"), ("run.py", "code/py")];
    assert_eq!(titles, expected.map(|(title, format)| (title.to_owned(), format.to_owned())));
}

#[test]
fn tags_of_2024_are_reasoning_and_documents() {
    let first = "Sure.\n\n<antThinking>A small one.</antThinking>\n\n<antArtifact identifier=\"c\" \
                 type=\"application/vnd.ant.code\" language=\"python\" title=\"Counter\">\nprint(1)\n</antArtifact>\n\nThat counts.";
    let second = "<antArtifact identifier=\"c\" type=\"application/vnd.ant.code\" language=\"python\" title=\"Counter\">\nprint(2)\n</antArtifact>";
    let typed = "What does `<antThinking>` mean? <antThinking>mine</antThinking>";
    let conversation = one(vec![
        human("m1", ROOT, typed),
        answer("m2", "m1", first),
        human("m3", "m2", "Two."),
        answer("m4", "m3", second),
    ]);
    let told = said(&conversation);
    assert_eq!(told[0], (MessageKind::Text, typed), "a person's words are theirs");
    for expected in [
        (MessageKind::Text, "Sure."),
        (MessageKind::Reasoning, "A small one."),
        (MessageKind::Canvas, "print(2)"),
        (MessageKind::Text, "That counts."),
    ] {
        assert!(told.contains(&expected), "{expected:?} in {told:?}");
    }
    assert!(visible(&conversation).iter().all(|text| !text.contains("antArtifact")));
}

#[test]
fn tags_that_are_not_closed_take_time_by_their_number() {
    let cost = |times: usize| {
        let text = "<antArtifact \"".repeat(times * 4_000);
        let json = conversation("c", "n", vec![answer("m", ROOT, &text)]).to_string();
        let spent = || cost::of_thread(|| parse_text(&json)).1;
        std::iter::repeat_with(spent).take(3).flatten().min().unwrap_or_default()
    };
    let (one, two, four) = (cost(1), cost(2), cost(4));
    // Four times as much may take four times as long, and as much again for what a machine has in store.
    let fits = four <= one * 8 + std::time::Duration::from_millis(20);
    assert!(fits, "{one:?}, twice as much {two:?}, four times as much {four:?}");
}

#[test]
fn a_report_keeps_the_sources_it_cites_and_a_citation_the_title_of_what_was_found() {
    let cited = json!([{"url": "https://e.example/a", "title": "Page A"}, {"url": "https://e.example/b", "title": "Page B"}]);
    let found = json!([{"type": "knowledge", "title": "Page C", "url": "https://e.example/c", "text": "nine to five"}]);
    let mut said_after = words("Open at nine.");
    said_after["citations"] =
        json!([{"details": {"type": "web_search_citation", "url": "https://e.example/c"}}]);
    let blocks = vec![
        call(
            "artifacts",
            json!({"id": "r", "command": "create", "type": "text/markdown", "title": "Report",
            "content": "Herons.", "md_citations": cited}),
        ),
        result("web_search", found, false),
        said_after,
    ];
    let conversation = one(vec![human("m1", ROOT, "when"), message("m2", "m1", "assistant", blocks)]);
    let sources = |text: &str| -> Vec<String> {
        let message =
            (0..conversation.messages().len()).find(|&at| conversation.message_text(at) == text).unwrap();
        let parts = conversation.message_annotations(message).iter();
        let links = parts.filter_map(|part| match &part.detail {
            AnnotationKind::ListedSources(links) => Some(links.iter().map(|link| link.title.to_string())),
            _ => None,
        });
        links.flatten().collect()
    };
    assert_eq!(sources("Herons."), ["Page A", "Page B"]);
    assert_eq!(sources("Open at nine."), ["Page C"]);
}

#[test]
fn projects_and_memories_are_read_last_and_found_by_their_kind() {
    let project = json!({"uuid": "p1", "name": "Garden", "description": "What grows", "prompt_template": "Mind the gnome.",
        "docs": [{"filename": "soil.md", "content": "Loam is a pangolin."}, {"filename": "empty.md", "content": ""}, 7]});
    let memory = json!({"account_uuid": "acc", "conversations_memory": "Likes teal.", "project_memories": {"p1": "Has a shed."},
        "memory_files": [{"path": "notes/a.md", "content": "Two cats."}]});
    let mut chat = small("c");
    chat["project_uuid"] = json!("p1");
    let members = [
        ("conversations.json", Value::Array(vec![chat]).to_string()),
        ("projects/p1.json", project.to_string()),
        ("projects/odd.json", r#"{"unknown": 1}"#.to_owned()),
        (
            "projects.json",
            r#"[{"uuid": "p2", "name": "Bakery", "prompt_template": "Mind the oven."}]"#.to_owned(),
        ),
        ("memories.json", format!("[{memory}]")),
    ];
    let members: Vec<(&str, &[u8])> = members.iter().map(|(name, json)| (*name, json.as_bytes())).collect();
    let (library, report) = load_bytes("x.zip", zip(&members));
    assert!(!report.damaged(), "{:?}", report.problems);
    let listed: Vec<&Conversation> = library.by_date().iter().map(|&handle| library.get(handle)).collect();
    let titles: Vec<&str> = listed.iter().map(|conversation| &*conversation.title).collect();
    assert_eq!(titles[1..], ["Memory", "Project: Bakery", "Project: Garden"]);
    assert_eq!(shown(listed[1]), ["Likes teal.", "p1\n\nHas a shed.", "notes/a.md\n\nTwo cats."]);
    assert_eq!(
        shown(listed[3]),
        ["Description\n\nWhat grows", "Mind the gnome.", "soil.md\n\nLoam is a pangolin."]
    );
    let found = |query: &str| -> Vec<String> {
        let query = unspool::search::Query::parse(query, &unspool::search::Clock::EPOCH);
        let rows = unspool::search::worker::search(&query, &library, false).rows;
        rows.iter().map(|row| library.get(row.handle).title.to_string()).collect()
    };
    assert_eq!(found("is:memory"), ["Memory"]);
    assert_eq!(found("is:project"), ["Project: Bakery", "Project: Garden"]);
    assert_eq!(found("project:garden"), ["Project: Garden"]);
    assert_eq!(found("project:P2 project:\"garden\""), ["Project: Bakery", "Project: Garden"]);
    assert_eq!(found("project:p1"), ["About c", "Project: Garden"], "with what was said in it");
    assert_eq!(found("project:p2 -is:project").len(), 0);
    assert_eq!(found("project:project").len(), 0, "that is no name");
    assert_eq!(found("pangolin"), ["Project: Garden"]);
    assert_eq!(found("-is:memory -is:project").len(), 1);
    let addresses: Vec<Option<String>> =
        listed[1..].iter().map(|conversation| extract::address(*conversation)).collect();
    let project = |id: &str| Some(format!("https://claude.ai/project/{id}"));
    assert_eq!(addresses, [None, project("p2"), project("p1")]);
    // A zip of them alone is a part, and says so.
    let alone = open(&Scratch::new().file("x.zip", zip(&members[1..]))).unwrap_err().to_string();
    assert!(alone.contains("another part of a Claude export"), "{alone}");
}

#[test]
fn what_nobody_knows_of_a_project_a_memory_or_a_frame_is_folded_and_counted() {
    let project = json!({"uuid": "p1", "name": "Garden", "prompt_template": "Mind the gnome.", "seasons": {"best": "autumn"},
        "creator": {"uuid": "u", "full_name": "Robin Smith"}, "docs": [{"filename": "soil.md", "content": "Loam", "mood": "calm"}]});
    let memory = json!({"account_uuid": "acc", "conversations_memory": "Likes teal.", "forecast": ["rain"]});
    let frame = json!({"id": "f1", "kind": "page", "visibility": "public", "active_version": "v1", "audience": "friends",
        "versions": [{"id": "v1", "title": "Poster", "remark": "the last one"}]});
    let members = [
        ("conversations.json", export(&["c"])),
        ("projects/p1.json", project.to_string()),
        ("memories.json", memory.to_string()),
        ("artifacts/f1/artifact.json", frame.to_string()),
    ];
    let members: Vec<(&str, &[u8])> = members.iter().map(|(name, json)| (*name, json.as_bytes())).collect();
    let (library, report) = load_bytes("x.zip", zip(&members));
    let folded: Vec<String> = library
        .by_date()
        .iter()
        .map(|&handle| library.get(handle))
        .flat_map(|read| {
            let folded = |&index: &usize| read.messages()[index].visibility == Visibility::Folded;
            (0..read.messages().len()).filter(folded).map(|index| read.message_text(index).to_owned())
        })
        .collect();
    for words in [
        "full_name: Robin Smith",
        "best: autumn",
        "mood: calm",
        "rain",
        "audience: friends",
        "remark: the last one",
    ] {
        assert!(folded.iter().any(|text| text.contains(words)), "{words}: {folded:?}");
    }
    let keys = report.archives[0].import_counts.unknown_keys();
    let keys: Vec<(&str, &str)> = keys.iter().map(|(key, _, place)| (&**key, &**place)).collect();
    assert_eq!(
        keys,
        [("audience", "f1"), ("forecast", "acc"), ("mood", "p1"), ("remark", "f1"), ("seasons", "p1")]
    );
}

#[test]
fn a_link_to_a_file_of_claudes_says_that_it_leads_nowhere() {
    let written = "Done. [View the report](computer:///mnt/user-data/outputs/report.md)";
    let mut said = answer("m2", "m1", written);
    said["text"] = json!(format!("{written}\nMore"));
    let typed = "What is [this](computer:///mnt/a.md)?";
    let read = one(vec![human("m1", ROOT, typed), said]);
    assert_eq!(shown(&read), [typed, "Done. View the report (dead link)"]);
    assert!((0..read.messages().len()).all(|index| !read.message_text(index).contains("outputs")));
}

/// The one without was passed over in silence.
#[test]
fn a_project_needs_no_instructions() {
    let documents = r#"[{"filename": "soil.md", "content": "Loam"}]"#;
    let project = format!(r#"{{"uuid": "p1", "name": "Garden", "docs": {documents}}}"#);
    let half = format!(r#"{{"uuid": "p2", "name": "Shed \ud83d", "docs": {documents}}}"#);
    let members = [
        ("conversations.json", export(&["c"])),
        ("projects/p1.json", project),
        ("projects/p2.json", half),
        ("projects/p3.json", r#"{"docs": 7}"#.to_owned()),
    ];
    let members: Vec<(&str, &[u8])> = members.iter().map(|(name, json)| (*name, json.as_bytes())).collect();
    let (library, report) = load_bytes("x.zip", zip(&members));
    let listed: Vec<&Conversation> = library.by_date().iter().map(|&handle| library.get(handle)).collect();
    let titles: Vec<&str> = listed[1..].iter().map(|conversation| &*conversation.title).collect();
    assert_eq!(titles, ["Project: Garden", "Project: Shed \u{fffd}"]);
    assert_eq!(shown(listed[1]), ["soil.md\n\nLoam"]);
    assert_eq!(report.archives[0].unread, ["projects/p3.json"]);
    assert!(!report.damaged(), "{:?}", report.problems);
}

/// The document whose name it stood in was lost with all after it, and with one in the description the whole project.
#[test]
fn half_an_emoji_in_a_project_costs_one_character() {
    let project = json!({"uuid": "p", "name": "Garden", "description": "HALF grows", "prompt_template": "Mind the gnome.",
        "docs": [{"filename": "HALF.md", "content": "Loam"}, {"filename": "b.md", "content": "Clay"}]});
    let memory = json!({"account_uuid": "a", "project_memories": {"HALF": "Has a shed.", "p2": "Has a pond."},
        "memory_files": [{"path": "HALF", "content": "Two cats."}, {"path": "b", "content": "A boat."}]});
    let [project, memory] = [project, memory].map(|object| object.to_string().replace("HALF", "\\ud83d"));
    assert_eq!(
        shown(&parse_text(&project)),
        ["Description\n\n\u{fffd} grows", "Mind the gnome.", "\u{fffd}.md\n\nLoam", "b.md\n\nClay"]
    );
    assert_eq!(
        shown(&parse_text(&memory)),
        ["\u{fffd}\n\nHas a shed.", "p2\n\nHas a pond.", "\u{fffd}\n\nTwo cats.", "b\n\nA boat."]
    );
}

#[test]
fn conversations_without_a_word_are_told_apart_by_has_text() {
    let empty = conversation("empty", "", Vec::new());
    let (library, _) = load_bytes("x.json", Value::Array(vec![small("full"), empty]).to_string());
    let query = |query: &str| unspool::search::Query::parse(query, &unspool::search::Clock::EPOCH);
    let found = |text: &str| unspool::search::worker::search(&query(text), &library, false).rows.len();
    assert_eq!((found("has:text"), found("-has:text")), (1, 1));
}

#[test]
fn a_voice_note_is_the_persons_message() {
    let note = json!({"type": "voice_note", "title": "About herons", "text": "spoken by the reeds"});
    let conversation = one(vec![message("m1", ROOT, "human", vec![note]), answer("m2", "m1", "Heard.")]);
    assert_eq!(visible(&conversation), ["About herons\n\nspoken by the reeds", "Heard."]);
    assert_eq!(conversation.messages()[0].role, Role::User);
}

#[test]
fn an_artifact_is_changed_by_the_branch_that_counts() {
    let create = json!({"command": "create", "id": "a", "content": "one"});
    let update = |new: &str| json!({"command": "update", "id": "a", "old_str": "one", "new_str": new});
    let mut later = message("m3", "m1", "assistant", vec![artifact(update("three"))]);
    later["created_at"] = json!("2026-02-03T11:00:00Z");
    let read = one(vec![
        message("m1", ROOT, "assistant", vec![artifact(create)]),
        message("m2", "m1", "assistant", vec![artifact(update("two"))]),
        later,
    ]);
    assert_eq!(shown(&read), ["three"]);
}

// --- archives

#[test]
fn an_export_of_claudes_is_read_in_every_layout() {
    let json = export(&["a", "b"]);
    let whole =
        zip(&[("conversations.json", json.as_bytes()), ("users.json", b"[]"), ("projects.json", b"[]")]);
    for bytes in [
        whole.clone(),
        zip(&[("data-2026/conversations.json", json.as_bytes())]),
        zip(&[("conversations-000.zip", &whole), ("memories-000.zip", &zip(&[("memories.json", b"{}")]))]),
        json.clone().into_bytes(),
        small("a").to_string().replace("\"a\"", "\"a\" ").into_bytes(),
        format!(r#"{{"conversations":{json}}}"#).into_bytes(),
    ] {
        let (library, report) = load_bytes("export", bytes);
        assert!(library.len() == 2 || ids(&library) == ["a"], "{:?}", report.problems);
        assert!(!report.damaged(), "{:?}", report.problems);
        assert!(library.by_date().iter().all(|&handle| library.get(handle).provider == Provider::Claude));
    }
    let scratch = Scratch::new();
    scratch.file("conversations.json", &json);
    assert_eq!(ids(&load_path(scratch.path()).0), ["a", "b"]);
}

fn part(ids: &[&str]) -> Vec<u8> {
    zip(&[("conversations.json", export(ids).as_bytes())])
}

/// The form of August 2026.
fn manifest(names: &[&str]) -> String {
    let file = |name: &&str| json!({"category": name.split('-').next(), "export_url": "https://claude.ai/secret?x=1", "filename": name});
    json!({"total_files": names.len(), "data_files": names.iter().map(file).collect::<Vec<_>>()}).to_string()
}

#[test]
fn a_manifest_opens_the_zips_that_lie_beside_it() {
    let names =
        ["light_metadata-000.zip", "conversations-000.zip", "conversations-001.zip", "projects-000.zip"];
    let scratch = Scratch::new();
    let path = scratch.file("manifest-1.json", manifest(&names));
    let error = open(&path).unwrap_err().to_string();
    assert!(error.contains("only the manifest") && error.contains("conversations-000.zip"), "{error}");
    assert!(!error.contains("secret") && !looks_like_archive(&path));
    scratch.file("conversations-000.zip", part(&["a"]));
    let (library, report) = load(&[open(&path).unwrap()]);
    assert_eq!(ids(&library), ["a"]);
    assert!(report.damaged(), "a part is missing");
    assert_eq!(report.problems[0].member, "conversations-001.zip");
    scratch.file("conversations-001.zip", part(&["b", "c"]));
    scratch.file("projects-000.zip", zip(&[("projects/p.json", b"{}")]));
    let (library, report) = load(&[open(&path).unwrap()]);
    assert_eq!(ids(&library), ["a", "b", "c"]);
    assert!(!report.damaged(), "{:?}", report.problems);
    assert!(looks_like_archive(&path));
}

#[test]
fn a_folder_of_the_downloaded_zips_is_an_export_however_often_they_were_downloaded() {
    let scratch = Scratch::new();
    scratch.file("x/manifest.json", manifest(&["conversations-000.zip"]));
    scratch.file("x/conversations-000.zip", part(&["a"]));
    scratch.file("x/conversations-000 (1).zip", part(&["a"]));
    scratch.file("x/holiday.zip", b"no zip at all");
    let folder = scratch.path().join("x");
    let (library, report) = load_path(&folder);
    assert_eq!((ids(&library), library.superseded()), (vec!["a".to_owned()], 1));
    assert!(!report.damaged(), "{:?}", report.problems);
    assert!(list_archives(&[scratch.path().to_owned()]).contains(&folder));
}

#[test]
fn a_manifest_leads_nowhere_else() {
    let scratch = Scratch::new();
    scratch.file("conversations-000.zip", part(&["a"]));
    for name in ["../conversations-000.zip", "/etc/conversations-000.zip", "..\\conversations-000.zip"] {
        let path = scratch.file("x/manifest.json", manifest(&[name]));
        assert!(open(&path).is_err() || load_path(&path).0.is_empty(), "{name}");
    }
}

#[test]
fn another_part_of_claudes_export_says_where_the_conversations_are() {
    let scratch = Scratch::new();
    for members in [[("memories.json", &b"{}"[..])], [("projects/1.json", b"{}")]] {
        let error = open(&scratch.file("part.zip", zip(&members))).unwrap_err().to_string();
        assert!(error.contains("part of a Claude export"), "{error}");
    }
}

#[test]
fn both_providers_stand_in_one_list() {
    let mixed = format!("[{},{}]", exports::small("g"), small("c"));
    let (library, report) = load_bytes("x.json", mixed);
    assert_eq!((ids(&library), report.damaged()), (vec!["c".to_owned(), "g".to_owned()], false));
    assert!(library.is_mixed());
    assert!(!load_bytes("x.json", export(&["a", "b"])).0.is_mixed());
}

#[test]
fn a_broken_conversation_of_claudes_costs_itself() {
    // As in the export, the uuid stands first.
    let object = |id: &str| {
        format!(
            r#"{{"uuid":"{id}","name":"{id}","chat_messages":[{{"uuid":"m","text":"{id}","content":[],"sender":"human"}}]}}"#
        )
    };
    for (sound, broken) in
        [("\"sender\"", "\"sender"), ("\"human\"}", "\"human\""), ("[]", "[NaN]"), ("[]", "[")]
    {
        let broken = object("middle").replacen(sound, broken, 1);
        let (library, report) = load_bytes("x.json", format!("[{},{broken},{}]", object("a"), object("b")));
        let found = ids(&library);
        assert!(["a", "b"].iter().all(|id| found.iter().any(|other| other == id)), "{found:?} {broken}");
        assert!(report.damaged(), "{broken}");
    }
}

#[test]
fn an_object_of_claudes_is_given_back_byte_for_byte() {
    let spaced = format!("[ {} ,\n{}]", small("a").to_string().replace(':', " : "), small("b"));
    let scratch = Scratch::new();
    let path = scratch.file("x.zip", zip(&[("conversations.json", spaced.as_bytes())]));
    let archive = open(&path).unwrap();
    let (library, _) = load_path(&path);
    for &handle in library.by_date() {
        let source = library.get(handle).object_location;
        let object = archive.read_object(source, &mut |_| true).unwrap();
        assert_eq!(object, spaced.as_bytes()[source.offset as usize..][..source.length as usize]);
    }
}

// --- the command line

fn unspool(arguments: &[&str]) -> std::process::Output {
    std::process::Command::new(env!("CARGO_BIN_EXE_unspool"))
        .args(arguments)
        .env("TZ", "UTC")
        .env_remove("UNSPOOL_ARCHIVE")
        .output()
        .expect("the program starts")
}

fn stdout(arguments: &[&str]) -> String {
    let output = unspool(arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn every_subcommand_takes_both_providers_at_once() {
    let scratch = Scratch::new();
    let mut asked = human("m1", ROOT, "Is it?");
    asked["attachments"] = json!([{"file_name": "notes.txt", "extracted_content": "line one\n"}]);
    let blocks = vec![thinking("Hm."), words("It **is**.")];
    let object = conversation("c-claude", "Of Claude", vec![asked, message("m2", "m1", "assistant", blocks)]);
    let original = object.to_string();
    let claude =
        scratch.file("claude.zip", zip(&[("conversations.json", format!("[{original}]").as_bytes())]));
    let chatgpt = scratch.file("chatgpt.json", exports::export(&["g"]));
    let (claude, chatgpt) = (claude.to_str().unwrap(), chatgpt.to_str().unwrap());
    let listed = stdout(&["list", "--json", claude, chatgpt]);
    let providers: Vec<String> = listed
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["provider"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(providers, ["claude", "chatgpt"]);
    assert_eq!(
        stdout(&["list", "-q", "from:claude", claude, chatgpt]),
        "c-claude\t2026-02-04\t2\tOf Claude\n"
    );
    assert!(stdout(&["list", "-q", "from:chatgpt", claude, chatgpt]).contains("About g"));
    assert_eq!(stdout(&["extract", "--id", "c-claude", "-f", "json", claude, chatgpt]).trim_end(), original);
    assert_eq!(
        stdout(&["extract", "--id", "c-claude", claude, chatgpt]),
        "# Of Claude\n\n## You · 3 Feb 2026, 10:00\n\n*File: notes.txt*\n\n```\nline one\n```\n\nIs it?\n\n\
         ## Claude · 3 Feb 2026, 10:00\n\nIt **is**.\n"
    );
    let lines = stdout(&["extract", "--id", "c-claude", "-f", "jsonl", "--include", "reasoning", claude]);
    let roles: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["text"].clone()).collect();
    assert_eq!(roles, ["Is it?", "**Thinking it over.**\n\nHm.", "It **is**."]);
    assert!(
        stdout(&["extract", "--id", "c-claude", "--front-matter", claude])
            .contains("claude.ai/chat/c-claude")
    );
    let out = scratch.path().join("out.md");
    stdout(&["extract", "--id", "c-claude", "--attachments", "-o", out.to_str().unwrap(), claude]);
    assert_eq!(std::fs::read_to_string(scratch.path().join("out-files/notes.txt")).unwrap(), "line one\n");
    assert!(std::fs::read_to_string(&out).unwrap().contains("out-files/notes.txt"));
    assert!(stdout(&["check", claude, chatgpt]).contains("nothing skipped"));
    assert!(stdout(&["search", "is", claude]).contains("Of Claude"));
    unspool(&["audit", claude]);
}

// --- what is drawn and published

/// A design chat: a text of the person, blocks of the model, and a message in whichever shape comes next.
fn design_chat() -> Value {
    json!({"uuid": "d-1", "title": "Poster", "project": {"uuid": "p", "name": "Fair"},
        "created_at": "2026-09-01T08:00:00Z", "updated_at": "2026-09-01T08:05:00Z", "messages": [
        {"uuid": "m1", "role": "user", "content": {"content": "draw a wombat", "authorAccountUuid": "u"}},
        {"uuid": "m2", "role": "assistant", "content": {"contentBlocks": [
            {"type": "thinking", "thinking": "Marsupials are round."}, {"type": "text", "text": "A wombat."}]}},
        {"uuid": "m3", "role": "user", "content": "rounder", "created_at": "2026-09-01T08:04:00Z"},
        7,
    ]})
}

#[test]
fn a_design_chat_is_a_conversation_wherever_it_stands() {
    let scratch = Scratch::new();
    let (conversations, chat) = (export(&["a"]), design_chat().to_string());
    let listed = json!([design_chat()]).to_string();
    for (name, json) in
        [("design_chats/d-1.json", &chat), ("x/design_chats/d-1.json", &chat), ("design_chats.json", &listed)]
    {
        let bytes = zip(&[("conversations.json", conversations.as_bytes()), (name, json.as_bytes())]);
        let (library, report) = load(&[open(&scratch.file("x.zip", bytes)).unwrap()]);
        let handle = library.find_by_id("d-1")[0];
        let read = library.get(handle);
        assert_eq!((&*read.title, read.updated.map(|time| time.0)), ("Poster", Some(1_788_249_900_000_000)));
        let told = [
            (MessageKind::Text, "draw a wombat"),
            (MessageKind::Reasoning, "Marsupials are round."),
            (MessageKind::Text, "A wombat."),
            (MessageKind::Text, "rounder"),
        ];
        assert_eq!((said(read), visible(read).len()), (told.to_vec(), 4));
        assert_eq!(extract::address(read), None, "it is not where other conversations are");
        assert!(report.problems.is_empty() && report.archives[0].unread.is_empty(), "{report:?}");
    }
    // Half an emoji costs one character.
    let broken = chat.replace("rounder", "rounder \\ud83d");
    let bytes = zip(&[
        ("conversations.json", conversations.as_bytes()),
        ("design_chats/d-1.json", broken.as_bytes()),
    ]);
    let (library, _) = load_bytes("y.zip", bytes);
    assert_eq!(visible(library.get(library.find_by_id("d-1")[0])).last(), Some(&"rounder \u{fffd}"));
}

#[test]
fn a_frame_is_read_with_its_versions_and_their_pages() {
    let scratch = Scratch::new();
    let conversations = export(&["a"]);
    let frame = json!({"id": "a1", "kind": "artifact", "visibility": "public", "owner_account": "u",
        "versions": [{"id": "1-1", "title": "Draft", "created_at": "2026-09-01T00:00:00Z"},
            {"id": "1-2", "title": "Tide table", "created_at": "2026-09-02T00:00:00Z"}], "active_version": "1-2"})
    .to_string();
    let members: [(&str, &[u8]); 5] = [
        ("conversations.json", conversations.as_bytes()),
        ("artifacts/a1/artifact.json", frame.as_bytes()),
        ("artifacts/a1/versions/1-1.html", b"<h1>one</h1>"),
        ("artifacts/a1/versions/1-2.html", b"<h1>two, longer</h1>"),
        ("artifacts/a2/page.md", b"# A page of its own"),
    ];
    let archive = [open(&scratch.file("x.zip", zip(&members))).unwrap()];
    let (library, report) = load(&archive);
    let read = library.get(library.find_by_id("a1")[0]);
    assert_eq!((&*read.title, extract::address(read)), ("Frame: Tide table", None));
    assert_eq!(shown(read), ["Draft\n\nvisibility: public", "Tide table\n\nvisibility: public"]);
    let pages: Vec<(&str, Option<u64>)> = attachments(read)
        .into_iter()
        .map(|page| (&*page.name, archive[0].find_attachment(&page.id).map(|member| member.size)))
        .collect();
    assert_eq!(pages, [("Draft.html", Some(12)), ("Tide table.html", Some(20))]);
    assert_eq!(report.archives[0].unread, ["artifacts/a2/page.md"]);
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    // What is no frame is named, and costs nothing else.
    let members =
        [members[0], ("artifacts/a3/artifact.json", b"{\"id\": \"a3\", \"visibility\": 7}" as &[u8])];
    let (library, report) = load(&[open(&scratch.file("y.zip", zip(&members))).unwrap()]);
    let named = report
        .problems
        .iter()
        .map(|lost| &*lost.member)
        .chain(report.archives[0].unread.iter().map(|name| &**name));
    assert_eq!((library.len(), named.collect::<Vec<_>>()), (1, vec!["artifacts/a3/artifact.json"]));
}
