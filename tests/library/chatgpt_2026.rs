//! ChatGPT's exports as they are in late 2026: what an answer says outside its text, and strings nobody knows.

use std::{
    sync::{Mutex, atomic::AtomicBool},
    time::Duration,
};

use crate::support::{
    cost,
    exports::{
        Chain, Scratch, answer, conversation, export, load, load_bytes, message, open, parse, parse_text,
        prompt, zip,
    },
};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use unspool::{
    conversation::{AnnotationKind, Conversation, ConversationKind, MessageKind, Visibility},
    extract::{ExtractOptions, Format, Include},
    import::LeftOutReason,
    load::{LoadEvent, load_again, load_with},
    message::{MessageView, Speaker},
};

fn chain(messages: impl IntoIterator<Item = Value>) -> Conversation {
    parse(&conversation(Chain::of(messages)))
}

fn with(mut message: Value, key: &str, value: Value) -> Value {
    message[key] = value;
    message
}

fn of_type(role: &str, content: Value) -> Value {
    with(message(role, ""), "content", content)
}

/// An answer whose metadata has these references.
fn cited(text: &str, references: Value) -> Value {
    with(answer(&marked(text)), "metadata", json!({"content_references": references}))
}

/// Writes `⟨kind|field⟩` with the marks of the export, and `^` for U+E206.
fn marked(text: &str) -> String {
    text.replace('⟨', "\u{e200}").replace('⟩', "\u{e201}").replace('|', "\u{e202}").replace('^', "\u{e206}")
}

fn text_of(message: Value) -> String {
    let conversation = chain([message]);
    conversation.message_text(0).to_owned()
}

/// Returns each message as its kind, how it is seen and its text, the root's blank ones apart.
fn told(conversation: &Conversation) -> Vec<(MessageKind, Visibility, &str)> {
    let messages = conversation.messages().iter().enumerate();
    messages
        .map(|(index, message)| (message.kind, message.visibility, conversation.message_text(index)))
        .filter(|(_, _, text)| !text.is_empty())
        .collect()
}

/// Writes everything there is.
fn everything(conversation: &Conversation) -> String {
    let mut options = ExtractOptions::new(Format::Text, TimeZone::UTC);
    (options.include, options.all_branches) = (Include::ALL, true);
    unspool::extract::format_conversation(conversation, &options)
}

#[test]
fn a_formula_in_a_widget_is_display_mathematics() {
    let text = "So:\n\n⟨genui|{\"math_block_v7\": {\"content\": \"v = \\\\frac{s}{t}\"}}⟩\n\nand bare genui{\"math_block\":{\"content\":\"s = v t\"}}.";
    assert_eq!(text_of(answer(&marked(text))), "So:\n\n\\[v = \\frac{s}{t}\\]\n\nand bare \\[s = v t\\].");
}

#[test]
fn a_widget_in_code_is_the_writers_own() {
    let text = "`genui{\"math_block\":{\"content\":\"x\"}}`";
    assert_eq!(text_of(answer(text)), text);
}

#[test]
fn the_nth_place_of_a_text_has_the_nth_reference_with_it() {
    let page = |title: &str| json!({"matched_text": "\u{e206}", "alt": "", "items": [{"title": title, "url": format!("https://{title}.example")}]});
    let read = text_of(cited(
        "One.^ Two.^ Three.^",
        json!([page("a"), page("b"), {"matched_text": "\u{e206}", "type": "hidden"}]),
    ));
    assert_eq!(read, "One.([a](https://a.example)) Two.([b](https://b.example)) Three.");
    let marker = marked("⟨cite|turn0search1⟩");
    let page = |title: &str| json!({"matched_text": marker, "items": [{"title": title, "url": format!("https://{title}.example")}]});
    let read = text_of(cited(
        "A ⟨cite|turn0search1⟩ b ⟨cite|turn0search1⟩ c ⟨cite|turn0search1⟩",
        json!([page("x"), page("y")]),
    ));
    assert_eq!(read, "A ([x](https://x.example)) b ([y](https://y.example)) c ([y](https://y.example))");
}

#[test]
fn a_reference_is_found_by_its_text_whatever_that_looks_like() {
    let page = |matched: &str| json!([{"matched_text": matched, "title": "T", "url": "https://t.example"}]);
    for matched in ["【turn0search4】", "\u{e202}turn0search4", "[7]", "citeturn0search4"] {
        let read = text_of(with(
            answer(&format!("Eels {matched} swim.")),
            "metadata",
            json!({"content_references": page(matched)}),
        ));
        assert_eq!(read, "Eels ([T](https://t.example)) swim.", "{matched}");
    }
    // Words that a reference is about stay.
    let read = text_of(with(
        answer("Sargasso Sea eels"),
        "metadata",
        json!({"content_references": page("Sargasso Sea")}),
    ));
    assert_eq!(read, "Sargasso Sea ([T](https://t.example)) eels");
}

#[test]
fn an_empty_form_gives_way_to_a_page() {
    let marker = marked("⟨cite|turn0search3⟩");
    let reference = json!([{"matched_text": marker, "alt": "()", "items": [], "fallback_items": [{"title": "P", "url": "https://p.example"}]}]);
    assert_eq!(text_of(cited("x ⟨cite|turn0search3⟩", reference)), "x ([P](https://p.example))");
}

#[test]
fn a_page_is_known_by_the_name_a_search_gave_it() {
    let groups = json!([{"domain": "d", "entries": [{"title": "Third", "url": "https://d.example/3", "snippet": "what it says",
        "ref_id": {"turn_index": 2, "ref_type": "news", "ref_index": 3}}]}]);
    let conversation = chain([with(
        answer(&marked("x⟨cite|turn2news3⟩ y⟨cite|turn9news9⟩")),
        "metadata",
        json!({"search_result_groups": groups}),
    )]);
    assert_eq!(
        told(&conversation),
        [
            (MessageKind::Text, Visibility::Shown, "x([Third](https://d.example/3)) y"),
            (MessageKind::Browsing, Visibility::Folded, "Third\nhttps://d.example/3\nwhat it says"),
        ]
    );
}

#[test]
fn a_list_of_files_is_a_list() {
    let text = marked(
        "See:\n\n⟨filenavlist|4:0\u{e205}**a.txt** — the tides.|4:1\u{e205}**b.txt** — the moon.⟩\n\nMore?",
    );
    assert_eq!(text_of(answer(&text)), "See:\n\n- **a.txt** — the tides.\n- **b.txt** — the moon.\n\nMore?");
}

#[test]
fn what_remembers_names_the_earlier_conversation() {
    let metadata = json!({"content_references": [{"type": "hidden", "matched_text": marked("⟨memcite⟩")}],
        "conversation_context_citation_metadata": [{"citation": {"title": "On eels", "url": "https://chatgpt.com/c/1"}}]});
    assert_eq!(
        text_of(with(answer(&marked("So you said.⟨memcite⟩")), "metadata", metadata)),
        "So you said.([On eels](https://chatgpt.com/c/1))"
    );
}

fn report(text: &str) -> Value {
    json!({"id": "r", "author": {"role": "assistant"}, "content": {"content_type": "text", "parts": [marked(text)]},
        "metadata": {"content_references": [{"matched_text": marked("⟨cite|turn1search2⟩"), "alt": "([e.example](https://e.example))"}]}})
}

#[test]
fn a_report_is_an_answer_once_wherever_its_widget_is_kept() {
    let state = json!({"status": "completed", "report_message": report("# Eels\n\nThey go far.⟨cite|turn1search2⟩"),
        "plan": {"title": "An eel plan"}});
    let as_text = json!(state.to_string());
    let tool = |metadata: Value| with(message("tool", "{}"), "metadata", metadata);
    let in_text = message("tool", &format!("The latest state of the widget is: {state}"));
    let carriers = [
        tool(json!({"chatgpt_sdk": {"widget_state": as_text}})),
        tool(json!({"chatgpt_sdk": {"widget_state": state}})),
        tool(json!({"chatgpt_sdk": {"widget_state": state}, "is_visually_hidden_from_conversation": true})),
        tool(json!({"chatgpt_sdk": {"tool_response_metadata": {"venus_widget_state": state}}})),
        with(in_text, "metadata", json!({"is_visually_hidden_from_conversation": true})),
    ];
    for carrier in carriers {
        let conversation = chain([prompt("Eels?"), carrier.clone(), carrier.clone(), answer("")]);
        let shown: Vec<&str> = told(&conversation)
            .into_iter()
            .filter(|(_, visibility, _)| *visibility == Visibility::Shown)
            .map(|(_, _, text)| text)
            .collect();
        assert_eq!(shown, ["Eels?", "# Eels\n\nThey go far.([e.example](https://e.example))"], "{carrier}");
        let everything = everything(&conversation);
        assert!(
            everything.contains("An eel plan") && everything.matches("They go far").count() == 1,
            "{everything}"
        );
    }
}

#[test]
fn a_report_stands_on_each_branch_that_has_it() {
    let carrier = with(
        message("tool", "{}"),
        "metadata",
        json!({"chatgpt_sdk": {"widget_state": {"report_message": report("Eels.")}}}),
    );
    let node = |id: &str, parent: Value, children: Value, message: Value| json!({"id": id, "parent": parent, "children": children, "message": message});
    let mapping = json!({
        "a": node("a", Value::Null, json!(["b", "c"]), prompt("Eels?")),
        "b": node("b", json!("a"), json!([]), carrier.clone()),
        "c": node("c", json!("a"), json!([]), carrier),
    });
    let conversation = parse(&json!({"id": "1", "mapping": mapping, "current_node": "c"}));
    let reports = told(&conversation).into_iter().filter(|(_, _, text)| *text == "Eels.").count();
    assert_eq!(reports, 2);
}

/// It was told only where the words stood as this version expected, and with a part behind it that part was lost.
#[test]
fn a_report_in_a_text_is_told_whatever_stands_around_it() {
    let words = format!(
        "The latest state of the widget is: {}",
        json!({"report_message": report("# Eels"), "plan": {"title": "An eel plan"}})
    );
    let parts = |parts: Value| json!({"content_type": "text", "parts": parts});
    for content in [
        parts(json!([format!("\n{words}")])),
        parts(json!([words, "Second words"])),
        parts(json!(["First words", words])),
        json!({"content_type": "text", "parts": words}),
        json!(words),
    ] {
        let conversation = chain([prompt("Eels?"), of_type("tool", content.clone())]);
        let everything = everything(&conversation);
        for words in ["# Eels", "An eel plan"] {
            assert_eq!(everything.matches(words).count(), 1, "{content}\n{everything}");
        }
        for words in ["First words", "Second words"] {
            let stands = content.to_string().contains(words);
            assert_eq!(everything.contains(words), stands, "{content}\n{everything}");
        }
    }
    // What only speaks of a report is text.
    let odd = "The latest state of the widget is: no report_message";
    assert!(everything(&chain([message("tool", odd)])).contains(odd));
}

#[test]
fn a_report_without_weight_is_told() {
    let mut report = report("# Eels");
    report["weight"] = json!(0);
    let carrier = with(
        message("tool", "{}"),
        "metadata",
        json!({"chatgpt_sdk": {"widget_state": {"report_message": report}}}),
    );
    let conversation = chain([prompt("Eels?"), carrier]);
    assert!(
        told(&conversation).contains(&(MessageKind::Text, Visibility::Shown, "# Eels")),
        "{:?}",
        told(&conversation)
    );
}

/// What is kept as it stands and read later was lost as a whole.
#[test]
fn half_a_letter_costs_itself_wherever_it_stands() {
    let halved = |value: &Value| value.to_string().replace("HALF", "\\ud83d");
    let half = |value: Value| parse_text(&halved(&value));
    let half_of = |message: Value| half(conversation(Chain::of([message])));
    let chat = half(json!({"id": "g", "name": "The boat",
        "members": [{"id": "u1", "name": "Rosa"}, {"id": "u2", "name": "Ivo HALF"}],
        "messages": [{"role": "user", "author_id": "u1", "text": "Who rows?", "attachments": [{"name": "HALF.png"}]},
            {"role": "user", "author_id": "u2", "text": "I do."}]}));
    assert_eq!(told(&chat).iter().map(|told| told.2).collect::<Vec<_>>(), ["Who rows?", "I do."]);
    assert_eq!(MessageView::of(&chat, 0).speaker(), Speaker::Person("Rosa"));
    assert_eq!(MessageView::of(&chat, 1).speaker(), Speaker::Person("Ivo \u{fffd}"));

    let steps = json!(["First HALF", {"summary": "Weigh", "content": "both"}]);
    for thoughts in [steps.clone(), steps[0].clone(), json!(halved(&steps))] {
        let read = half_of(of_type("assistant", json!({"content_type": "thoughts", "thoughts": thoughts})));
        let told = told(&read)[0].2;
        assert!(told.starts_with("First \u{fffd}"), "{told}");
        assert_eq!(told.ends_with("**Weigh**\n\nboth"), !thoughts.to_string().ends_with("HALF\""), "{told}");
    }

    let image = json!({"content_type": "image_asset_pointer", "asset_pointer": "sediment://file_1", "metadata": {"dalle": {"prompt": "a hen HALF"}}});
    for parts in [json!([image]), json!([[image]]), json!([{"parts": [image, "words"]}])] {
        let read = half_of(of_type("user", json!({"content_type": "multimodal_text", "parts": parts})));
        let prompts: Vec<&str> = read
            .message_annotations(0)
            .iter()
            .filter_map(|part| match &part.detail {
                AnnotationKind::Attachment(file) => Some(&*file.prompt),
                _ => None,
            })
            .collect();
        assert_eq!(prompts, ["a hen \u{fffd}"], "{parts}");
    }

    let call = |tool: &str, input: Value| {
        with(
            of_type("assistant", json!({"content_type": "code", "text": halved(&input)})),
            "recipient",
            json!(tool),
        )
    };
    let read = chain([
        call("canmore.create_textdoc", json!({"name": "HALF", "type": "document", "content": "one HALF"})),
        call("canmore.update_textdoc", json!({"updates": [{"pattern": "one", "replacement": "two HALF"}]})),
    ]);
    assert_eq!(told(&read)[0], (MessageKind::Canvas, Visibility::Shown, "two \u{fffd} \u{fffd}"));

    let mut report = report("# Eels⟨cite|turn1search2⟩");
    report["metadata"]["content_references"][0]["title"] = json!("HALF");
    for sdk in [
        json!({"widget_state": {"report_message": report}}),
        json!({"widget_state": {"report_message": report}, "HALF": "x"}),
        json!({"widget_state": halved(&json!({"report_message": report}))}),
    ] {
        let read = half_of(with(message("tool", "{}"), "metadata", json!({"chatgpt_sdk": sdk})));
        let is_report = |told: &(MessageKind, Visibility, &str)| {
            told.1 == Visibility::Shown && told.2.starts_with("# Eels")
        };
        assert!(told(&read).iter().any(is_report), "{:?}", told(&read));
    }
}

#[test]
fn reasoning_is_read_in_any_form() {
    let step = json!([{"summary": "Weigh", "content": "both"}, "then plainly", {"chunks": ["a", "b"]}]);
    for thoughts in [step.clone(), json!(step.to_string())] {
        let conversation =
            chain([of_type("assistant", json!({"content_type": "thoughts", "thoughts": thoughts}))]);
        assert_eq!(
            told(&conversation),
            [(MessageKind::Reasoning, Visibility::Folded, "**Weigh**\n\nboth\n\nthen plainly\n\na\nb")]
        );
    }
    for field in ["parts", "text", "content", "thoughts"] {
        let value = if field == "parts" { json!(["plainly"]) } else { json!("plainly") };
        let conversation = chain([of_type("assistant", json!({"content_type": "thoughts", field: value}))]);
        assert_eq!(told(&conversation), [(MessageKind::Reasoning, Visibility::Folded, "plainly")], "{field}");
    }
    let recap = with(
        of_type("assistant", json!({"content_type": "reasoning_recap"})),
        "metadata",
        json!({"finished_duration_sec": 7.4}),
    );
    assert_eq!(told(&chain([recap])), [(MessageKind::Recap, Visibility::Folded, "Thought for 7 s")]);
    for channel in ["analysis", "commentary"] {
        let conversation = chain([with(answer("Let me see."), "channel", json!(channel))]);
        assert_eq!(told(&conversation), [(MessageKind::Reasoning, Visibility::Folded, "Let me see.")]);
    }
}

#[test]
fn what_a_tool_gives_is_folded_with_its_words() {
    for (content, kind, text) in [
        (
            json!({"content_type": "computer_output", "state": {"type": "x", "url": "https://m.example", "title": "Inbox"}}),
            MessageKind::Output,
            "state:\n  title: Inbox\n  url: https://m.example",
        ),
        (
            json!({"content_type": "citable_code_output", "output_str": "7 rows"}),
            MessageKind::Output,
            "7 rows",
        ),
        (
            json!({"content_type": "super_widget", "widget": {"title": "Boat", "id": "1"}}),
            MessageKind::Other,
            "widget:\n  title: Boat",
        ),
        (json!({"content_type": "error", "message": "It broke"}), MessageKind::Error, "It broke"),
        (
            json!({"content_type": "lab", "rows": [{"a": "Zürich"}, 7]}),
            MessageKind::Other,
            "rows:\n  - a: Zürich\n  - 7",
        ),
        (
            json!({"content_type": "execution_output", "text": "a", "result": "b", "summary": "a"}),
            MessageKind::Output,
            "a\nb",
        ),
    ] {
        let conversation = chain([of_type("tool", content.clone())]);
        assert_eq!(told(&conversation), [(kind, Visibility::Folded, text)], "{content}");
    }
    let conversation =
        chain([of_type("system", json!({"content_type": "developer_content", "instructions": "Be brief."}))]);
    assert_eq!(told(&conversation), [(MessageKind::Other, Visibility::Folded, "instructions: Be brief.")]);
}

#[test]
fn a_screenshot_is_an_attachment() {
    let screenshot = json!({"content_type": "image_asset_pointer", "asset_pointer": "sediment://file_1", "width": 9, "height": 8});
    let conversation =
        chain([of_type("tool", json!({"content_type": "computer_output", "screenshot": screenshot}))]);
    let found = conversation
        .message_annotations(0)
        .iter()
        .any(|part| matches!(&part.detail, AnnotationKind::Attachment(file) if &*file.id == "file_1"));
    assert!(found && conversation.messages()[0].visibility == Visibility::Folded);
}

#[test]
fn results_of_an_analysis_are_read_where_the_text_is_empty() {
    let metadata = json!({"aggregate_result": {"code": "not again", "final_expression_output": "41.5",
        "messages": [{"message_type": "stream", "text": "printed"}], "in_kernel_exception": {"name": "ValueError"}}});
    let output =
        with(of_type("tool", json!({"content_type": "execution_output", "text": ""})), "metadata", metadata);
    let everything = everything(&chain([output]));
    for words in ["printed", "41.5", "ValueError"] {
        assert!(everything.contains(words), "{everything}");
    }
    assert!(!everything.contains("not again"));
}

/// "23" was taken for a part of "1234".
#[test]
fn each_output_of_an_analysis_is_told_once() {
    for (text, outputs, told_as) in [
        ("", &["1234", "23", "23"][..], "1234\n23\n23"),
        ("1234", &["1234", "12", "23"], "1234\n12\n23"),
        ("a\nb\nc", &["a\nb\n", "c", "d"], "a\nb\nc\nd"),
        ("ab", &["a", "b"], "ab"),
        ("x\ny", &["y"], "x\ny"),
    ] {
        let messages: Vec<Value> =
            outputs.iter().map(|text| json!({"message_type": "stream", "text": text})).collect();
        let output = with(
            of_type("tool", json!({"content_type": "execution_output", "text": text})),
            "metadata",
            json!({"aggregate_result": {"messages": messages}}),
        );
        assert_eq!(text_of(output), told_as, "{text:?} {outputs:?}");
    }
}

/// The places of the parts of a message, and its text.
fn places(message: Value) -> (Vec<u32>, String) {
    let conversation = chain([message]);
    let parts = conversation.message_annotations(0).iter();
    let files = parts.filter(|part| matches!(part.detail, AnnotationKind::Attachment(_)));
    (files.map(|part| part.range.start).collect(), conversation.message_text(0).to_owned())
}

#[test]
fn pictures_stay_where_they_stood_when_text_comes_before_them() {
    let image = json!({"content_type": "image_asset_pointer", "asset_pointer": "sediment://file_1"});
    let multimodal = |parts: Value| json!({"content_type": "multimodal_text", "parts": parts});
    let titled = with(
        with(
            of_type("assistant", multimodal(json!(["before", image, "after"]))),
            "channel",
            json!("analysis"),
        ),
        "metadata",
        json!({"reasoning_title": "Look"}),
    );
    assert_eq!(places(titled), (vec![16], "**Look**\n\nbefore\nafter".to_owned()));
    let instructions = of_type(
        "user",
        json!({"content_type": "user_editable_context", "user_profile": "Ann", "parts": ["before", image, "after"]}),
    );
    assert_eq!(places(instructions), (vec![10], "Ann\nbefore\nafter".to_owned()));
    let escaped = r#" {"q": "Z\u00fcrich", "r": "\u00e4"} "#;
    let call =
        with(of_type("assistant", multimodal(json!([image, escaped, image]))), "recipient", json!("web.run"));
    let text = r#"{"q": "Zürich", "r": "ä"}"#;
    assert_eq!(places(call), (vec![0, text.len() as u32], text.to_owned()));
}

#[test]
fn parts_in_parts_are_the_messages_own() {
    let content = json!({"content_type": "multimodal_text", "parts": [null, {"parts": [{"text": "deep"}, ["deeper"]]}, "flat", {"content_type": "odd", "value": 42}]});
    let conversation = chain([of_type("user", content)]);
    assert_eq!(
        told(&conversation),
        [
            (MessageKind::Text, Visibility::Shown, "deep\ndeeper\nflat"),
            (MessageKind::Other, Visibility::Folded, "type: odd\nvalue: 42")
        ]
    );
    // Beyond any depth that means something, nothing is lost either, nor is the time.
    let nested = format!("{}\"bottom\"{}", "[".repeat(60_000), "]".repeat(60_000));
    let object = conversation_text(&format!(r#"{{"content_type": "text", "parts": [{nested}]}}"#));
    assert!(everything(&parse_text(&object)).contains("bottom"));
}

fn conversation_text(content: &str) -> String {
    format!(
        r#"{{"id": "1", "mapping": {{"a": {{"id": "a", "message": {{"author": {{"role": "user"}}, "content": {content}}}}}}}}}"#
    )
}

#[test]
fn the_name_of_an_error_is_in_its_label() {
    let error = with(
        of_type("tool", json!({"content_type": "system_error", "name": "RateLimit", "text": "Wait."})),
        "author",
        json!({"role": "tool", "name": "painter"}),
    );
    assert!(everything(&chain([error])).contains("painter: RateLimit · error"));
}

#[test]
fn escapes_in_the_json_of_a_call_are_letters() {
    let call = |text: &str| {
        with(
            of_type("assistant", json!({"content_type": "code", "text": text})),
            "recipient",
            json!("web.run"),
        )
    };
    for (text, read) in [
        (
            r#"{"q": "Z\u00fcrich \ud83d\ude00 \u0022 \\u00fc \ud83d \u001b"}"#,
            r#"{"q": "Zürich 😀 \u0022 \\u00fc \ud83d \u001b"}"#,
        ),
        (r#"print("Z\u00fcrich")"#, r#"print("Z\u00fcrich")"#),
        (r#"{"q": "cut \u00fc"#, r#"{"q": "cut \u00fc"#),
    ] {
        assert_eq!(text_of(call(text)), read);
    }
}

#[test]
fn the_passage_a_prompt_asks_about_stands_before_it() {
    let asked = with(
        prompt("Why?"),
        "metadata",
        json!({"targeted_reply": "Eels\nswim.", "targeted_reply_label": "swim."}),
    );
    assert_eq!(text_of(asked), "> Eels\n> swim.\n\nWhy?");
}

#[test]
fn files_an_agent_names_by_a_token_are_attachments() {
    let metadata = json!({"n7jupd_crefs": [{"file_id": "file-7", "name": "eels.csv"}], "ada_visualizations": [{"type": "table", "file_id": "file-8", "title": "Catch"}]});
    let conversation = chain([with(answer("Here: {{file:file-7}}, done."), "metadata", metadata)]);
    assert_eq!(conversation.message_text(0), "Here: eels.csv, done.");
    let files: Vec<(&str, &str, u32)> = conversation
        .message_annotations(0)
        .iter()
        .filter_map(|part| match &part.detail {
            AnnotationKind::Attachment(file) => Some((&*file.id, &*file.name, part.range.start)),
            _ => None,
        })
        .collect();
    assert_eq!(files, [("file-7", "eels.csv", 6), ("file-8", "Catch", 21)]);
}

#[test]
fn links_to_files_that_are_not_here_keep_their_label() {
    for (text, read) in [
        ("[Get it](sandbox:/mnt/data/My report (final).csv) now", "Get it (dead link) now"),
        ("[x](<sandbox:/mnt/a (b.csv>) and", "x (dead link) and"),
        ("[y](sandbox:/c.csv \"title\")", "y (dead link)"),
        ("![p](attachment:file-1) [d](computer:///mnt/x y.docx)", "p (dead link) d (dead link)"),
        ("[a](sandbox:/x(1.csv) b", "a (dead link) b"),
        ("`[a](sandbox:/x)`", "`[a](sandbox:/x)`"),
    ] {
        assert_eq!(text_of(answer(text)), read, "{text}");
    }
}

#[test]
fn what_is_written_to_be_sent_keeps_its_subject_and_its_lines() {
    for (text, read) in [
        (
            ":::writing{variant=\"email\" id=\"1\" subject=\"The {late} \\\"eel\\\"\"}\nDear A,\n\nBest,\nB\nMain St 5\n:::\nMore?",
            "Subject: The {late} \"eel\"  \n\nDear A,\n\nBest,  \nB  \nMain St 5\n\nMore?",
        ),
        ("::::writing{id=\"2\"}\nOuter\n:::note\ninner\n:::\ntail\n::::", "Outer\ninner\n\ntail"),
        ("1. Mail:\n   :::writing\n   Hi\n   :::\n2. Next", "1. Mail:\n   Hi\n2. Next"),
        (":::contextList\n- an item\n:::", "- an item"),
        (":::tip My tip\nUse it.\n:::  \nEnd", "My tip\nUse it.\n\nEnd"),
        ("Start :::writing{id=\"3\"}\nPost\n::: after", "Start \n\nPost\nafter"),
        ("```\n:::writing\nx\n:::\n```", "```\n:::writing\nx\n:::\n```"),
        ("a::b :::\n\nstd::vec", "a::b :::\n\nstd::vec"),
        // Blanks without end, behind a character of several bytes.
        (&format!(":::note\né{}:::\nx", " ".repeat(4_094)), &format!("é{}:::\nx", " ".repeat(4_094))),
        (
            &format!(":::note\n\u{20ac}{}:::\nx", " ".repeat(4_095)),
            &format!("\u{20ac}{}:::\nx", " ".repeat(4_095)),
        ),
    ] {
        assert_eq!(text_of(answer(text)), read, "{text}");
    }
}

#[test]
fn a_chat_of_several_says_who_wrote_what() {
    let chat = json!({"id": "g", "name": "The boat", "assistant_name": "ChatGPT", "created_at": "2026-03-01T10:00:00Z",
        "members": [{"id": "u1", "name": "Rosa"}, {"id": "u2", "name": "Ivo"}],
        "messages": [{"role": "user", "author": {"id": "u2"}, "text": "Who rows?", "created_at": "2026-03-01T10:00:00Z"},
            {"role": "assistant", "text": "Rosa does."}]});
    let conversation = parse(&chat);
    assert_eq!((&*conversation.title, conversation.messages().len()), ("The boat", 2));
    assert_eq!(MessageView::of(&conversation, 0).speaker(), Speaker::Person("Ivo"));
    assert_eq!(conversation.current_path(), [0, 1]);
    let mut options = ExtractOptions::new(Format::Jsonl, TimeZone::UTC);
    options.include = Include::ALL;
    assert!(unspool::extract::format_conversation(&conversation, &options).contains(r#""name":"Ivo""#));
}

#[test]
fn the_model_that_auto_was_resolved_to_is_named() {
    let model = |metadata: Value| {
        let conversation = chain([with(answer("x"), "metadata", metadata)]);
        conversation.message_model(0).map(str::to_owned)
    };
    for slug in [Value::Null, json!(""), json!("auto")] {
        assert_eq!(
            model(json!({"model_slug": slug, "resolved_model_slug": "gpt-9"})).as_deref(),
            Some("gpt-9")
        );
    }
    assert_eq!(
        model(json!({"model_slug": "gpt-8", "resolved_model_slug": "gpt-9"})).as_deref(),
        Some("gpt-8")
    );
}

#[test]
fn a_file_of_group_chats_that_says_nothing_is_no_damage() {
    let conversations = format!("[{}]", conversation(Chain::of([prompt("hi")])));
    for (chats, count) in [
        ("{}", 1),
        (" null\n", 1),
        ("[]", 1),
        (r#"{"chats": []}"#, 1),
        ("", 1),
        (r#"{"chats": [{"id": "g", "name": "N", "members": [], "messages": []}]}"#, 2),
        (r#"{"chats": [{"id": "g", "name": "N", "messages": [{"role": "user", "text": "hello"}]}]}"#, 2),
    ] {
        let members: [(&str, &[u8]); 2] =
            [("conversations.json", conversations.as_bytes()), ("group_chats.json", chats.as_bytes())];
        let (library, report) = load_bytes("export.zip", zip(&members));
        assert_eq!((library.len(), report.problems.len()), (count, 0), "{chats}");
    }
}

/// What each of these holds is read in a time that grows with its length, not with its square.
#[test]
fn no_new_road_costs_more_than_its_length() {
    let reference =
        |text: String| json!({"matched_text": text, "items": [{"title": "T", "url": "https://t.example"}]});
    let with_references = |text: String, references: Vec<Value>| {
        with(answer(&text), "metadata", json!({"content_references": references}))
    };
    let makers: [(&str, &dyn Fn(usize) -> Value); 14] = [
        ("one text of many places", &|n| {
            with_references("\u{e206}a".repeat(n), vec![reference("\u{e206}".into())])
        }),
        ("as many texts as places", &|n| {
            let text = (0..n / 8).map(|at| format!("【x{at}】 ")).collect();
            with_references(text, (0..n / 8).map(|at| reference(format!("【x{at}】"))).collect())
        }),
        ("a mark far behind many places", &|n| {
            with_references("[1] ".repeat(n) + "\u{e200}", vec![reference("[1]".into())])
        }),
        ("texts that begin alike", &|n| {
            let long = reference("[".repeat(n / 2) + "x");
            with_references("[".repeat(n), vec![reference("[".into()), long])
        }),
        ("markers that are not closed", &|n| answer(&"\u{e200}genui\u{e202}{\"a".repeat(n / 4))),
        ("widgets without marks", &|n| answer(&"genui{\"a\":{".repeat(n / 4))),
        ("links that are not closed", &|n| answer(&"[a](sandbox:/(".repeat(n / 4))),
        ("directives", &|n| answer(&":::a{b=\"\n".repeat(n / 4))),
        ("what is to be sent", &|n| answer(&format!(":::writing\n{}:::", "a\n".repeat(n)))),
        ("directives on one line", &|n| answer(&":::a".repeat(n * 8))),
        ("outputs", &|n| {
            let outputs: Vec<Value> = (0..n).map(|at| json!({"text": format!("{at}!")})).collect();
            let metadata = json!({"aggregate_result": {"messages": outputs}});
            with(of_type("tool", json!({"content_type": "execution_output"})), "metadata", metadata)
        }),
        ("tokens", &|n| answer(&"{{file:a".repeat(n / 4))),
        ("lists in lists", &|n| {
            let deep = format!("{}{}", "[".repeat(n), "]".repeat(n));
            with(message("tool", ""), "content", json!({"content_type": "x", "rows": deep}))
        }),
        ("reports", &|n| {
            let report = json!({"report_message": {"content": {"parts": ["a".repeat(n)]}}});
            with(
                message("tool", "{}"),
                "metadata",
                json!({"chatgpt_sdk": {"widget_state": report.to_string()}}),
            )
        }),
    ];
    for (name, make) in makers {
        let [small, large] = [1 << 12, 1 << 15].map(|n| conversation(Chain::of([make(n)])).to_string());
        let time = |json: &str| {
            let parsed = || cost::of_thread(|| parse_text(json)).1;
            std::iter::repeat_with(parsed).take(3).flatten().min()
        };
        if let (Some(small), Some(large)) = (time(&small), time(&large)) {
            // Eight times as much; sixty-four times would be its square.
            let most = small.max(Duration::from_millis(1)) * 32;
            assert!(large < most, "{name}: {small:?}, then {large:?}");
        }
    }
}

#[test]
fn what_is_not_understood_and_what_is_not_read_is_named() {
    let odd = with(
        prompt("hi"),
        "metadata",
        json!({"odd_words": "folded", "request_id": "left out", "odd_number": 7}),
    );
    let conversations = format!("[{}]", conversation(Chain::of([odd.clone(), odd])));
    let members: [(&str, &[u8]); 5] = [
        ("conversations.json", conversations.as_bytes()),
        ("textdocs/1.json", b"{\"content\": 7}"),
        ("sora.json", b"{}"),
        ("user.json", b"{\"email\": \"a@b.example\"}"),
        ("file-1-data.json", b"{\"a\": 1}"),
    ];
    let (_, report) = load_bytes("export.zip", zip(&members));
    assert_eq!(report.archives[0].unread, ["textdocs/1.json"]);
    assert_eq!(
        report.archives[0].import_counts.unknown_keys(),
        [("odd_words".to_owned(), 2, "m000000".to_owned())]
    );
}

/// It was folded as a part of an unknown type.
#[test]
fn a_picture_without_a_file_is_a_picture() {
    let parts = json!([{"content_type": "image_asset_pointer", "width": 8, "height": 9, "metadata": {"dalle": {"prompt": "a heron"}}}]);
    let read = chain([of_type("tool", json!({"content_type": "multimodal_text", "parts": parts}))]);
    let AnnotationKind::Attachment(picture) = &read.message_annotations(0)[0].detail else {
        panic!("a picture")
    };
    assert_eq!((picture.dimensions, &*picture.prompt, &*picture.id), (Some((8, 9)), "a heron", ""));
    assert_eq!((read.messages().len(), read.messages()[0].visibility), (1, Visibility::Shown));
}

#[test]
fn what_an_expression_came_to_is_part_of_the_result_once() {
    let output = |text: &str, last: &str| {
        let output = of_type("tool", json!({"content_type": "execution_output", "text": text}));
        let read =
            chain([with(output, "metadata", json!({"aggregate_result": {"final_expression_output": last}}))]);
        (read.messages().len(), read.message_text(0).to_owned())
    };
    assert_eq!(output("0", "0"), (1, "0".to_owned()));
    assert_eq!(output("", "42"), (1, "42".to_owned()));
    assert_eq!(output("printed", "42"), (1, "printed\n42".to_owned()));
}

/// It was named as a member that nothing reads.
#[test]
fn a_canvas_as_the_person_left_it_is_a_file_of_the_call_that_made_it() {
    let call = with(
        of_type(
            "assistant",
            json!({"content_type": "code", "text": "{\"name\": \"List\", \"type\": \"document\", \"content\": \"- tent\"}"}),
        ),
        "recipient",
        json!("canmore.create_textdoc"),
    );
    let named = |id: &str| with(message("tool", "done"), "metadata", json!({"canvas": {"textdoc_id": id}}));
    let conversations = format!(
        "[{}]",
        conversation(Chain::of([prompt("pack"), call, named("td1"), named("td1"), named("td2")]))
    );
    let members = |edited: &'static str| -> [(&'static str, Vec<u8>); 4] {
        [
            ("conversations.json", conversations.clone().into_bytes()),
            ("textdocs/td1.json", json!({"id": "td1", "title": "List", "content": edited, "comments": [{"text": "Which tent?"}]}).to_string().into()),
            ("textdocs/td2.json", json!({"content": "by its name"}).to_string().into()),
            ("textdocs/td3.json", json!({"content": "of a conversation that is not here"}).to_string().into()),
        ]
    };
    let members = members("- tent\n- kettle");
    let members: Vec<(&str, &[u8])> = members.iter().map(|(name, json)| (*name, &json[..])).collect();
    let (library, report) = load_bytes("export.zip", zip(&members));
    let read = library.get(library.by_date()[0]);
    let files = |message: usize| -> Vec<(String, String)> {
        let parts = read.message_annotations(message).iter();
        let files = parts.filter_map(|part| match &part.detail {
            AnnotationKind::Attachment(file) => {
                Some((file.name.to_string(), read.attached_text(message, file).to_owned()))
            }
            _ => None,
        });
        files.collect()
    };
    assert_eq!((read.messages()[1].kind, read.message_text(1)), (MessageKind::Canvas, "- tent"));
    let edited = "- tent\n- kettle\n\ncomments:\n  - text: Which tent?";
    assert_eq!(files(1), [("List.md".to_owned(), edited.to_owned())]);
    assert!(everything(read).contains("- kettle"), "{}", everything(read));
    assert_eq!((files(2).len(), files(3).len()), (0, 0));
    assert_eq!(files(4), [("canvas.md".to_owned(), "by its name".to_owned())]);
    let titles: Vec<&str> = library.by_date().iter().map(|&handle| &*library.get(handle).title).collect();
    assert_eq!(titles.len(), 2);
    assert_eq!((titles[1], report.archives[0].unread.len()), ("Canvas", 0), "that of td3 alone");
}

/// It was named as a member that nothing reads.
#[test]
fn a_canvas_that_no_conversation_names_is_read_as_one_of_its_own_kind() {
    let list = json!({"id": "td1", "title": "Packing", "textdoc_type": "code/python", "content": "print('kettle')",
        "comments": [{"text": "Which tent?"}], "user_id": "u"});
    let members: [(&str, Vec<u8>); 5] = [
        ("x/conversations.json", export(&["c"]).into()),
        ("x/textdocs/td1.json", list.to_string().into()),
        ("x/textdocs/by-name.json", br#"{"content": "half \ud83d", "title": {"de": "Liste"}}"#.to_vec()),
        ("x/textdocs/empty.json", br#"{"id": "td3", "content": ""}"#.to_vec()),
        ("x/textdocs/deeper/td4.json", br#"{"content": "not one"}"#.to_vec()),
    ];
    let members: Vec<(&str, &[u8])> = members.iter().map(|(name, json)| (*name, &json[..])).collect();
    let scratch = Scratch::new();
    let archives = [open(&scratch.file("x.zip", zip(&members))).expect("it opens")];
    let (library, report) = load(&archives);
    let listed: Vec<&Conversation> = library.by_date().iter().map(|&handle| library.get(handle)).collect();
    let named: Vec<(&str, &str)> = listed.iter().map(|read| (&*read.id, &*read.title)).collect();
    assert_eq!(named[1..], [("canvas-by-name", "Canvas"), ("canvas-td1", "Canvas: Packing")], "last");
    let [half, list] = [listed[1], listed[2]];
    assert_eq!(
        told(list),
        [
            (MessageKind::Canvas, Visibility::Shown, "print('kettle')"),
            (MessageKind::Other, Visibility::Folded, "comments:\n  - text: Which tent?")
        ]
    );
    let canvas = MessageView::of(list, 0).canvas().expect("it is one");
    assert_eq!((canvas.title, canvas.format), ("Packing", "code/python"));
    assert_eq!(half.message_text(0), "half \u{fffd}");
    assert_eq!(half.message_text(1), "title:\n  de: Liste");
    assert_eq!((list.kind, unspool::extract::address(list)), (ConversationKind::Canvas, None));
    assert!(everything(list).contains("kettle") && everything(list).contains("Which tent?"));
    let query = unspool::search::Query::parse("kettle", &unspool::search::Clock::EPOCH);
    let rows = unspool::search::worker::search(&query, &library, false).rows;
    assert_eq!(rows.iter().map(|row| &*library.get(row.handle).id).collect::<Vec<_>>(), ["canvas-td1"]);
    let object = archives[0].read_object(list.object_location, &mut |_| true).expect("it is there");
    assert_eq!(object, members[1].1);
    let archive = &report.archives[0];
    assert_eq!((archive.conversations, report.damaged()), (3, false));
    assert_eq!(archive.unread, ["x/textdocs/deeper/td4.json", "x/textdocs/empty.json"]);
    let counts = &archive.import_counts;
    assert!(counts.types().contains(&("textdoc".to_owned(), 2, true)));
    let keys = [("comments".to_owned(), 1, "td1".to_owned()), ("title".to_owned(), 1, "by-name".to_owned())];
    assert_eq!(counts.unknown_keys(), keys);
    assert!(counts.left_out().contains(&(LeftOutReason::Id, 1)), "{:?}", counts.left_out());
}

#[test]
fn canvases_are_told_apart_on_any_number_of_threads_and_read_again_where_they_stand() {
    let named = with(message("tool", "done"), "metadata", json!({"canvas": {"textdoc_id": "td1"}}));
    let conversations = format!("[{}]", conversation(Chain::of([prompt("pack"), named])));
    let members: [(&str, &[u8]); 3] = [
        ("conversations.json", conversations.as_bytes()),
        ("a/textdocs/td1.json", br#"{"id": "td1", "content": "of a chat"}"#),
        ("a/textdocs/td2.json", br#"{"id": "td2", "content": "of none"}"#),
    ];
    let scratch = Scratch::new();
    let archives = [open(&scratch.file("x.zip", zip(&members))).expect("it opens")];
    let never = AtomicBool::new(false);
    let arrived = Mutex::new(Vec::new());
    let sink = |event: LoadEvent| {
        if let LoadEvent::Batch(batch) = event {
            arrived.lock().unwrap().extend(batch);
        }
    };
    for threads in 1..4 {
        load_with(threads, &archives, &never, &sink);
        let read = std::mem::take(&mut *arrived.lock().unwrap());
        let canvases: Vec<&Conversation> =
            read.iter().filter(|read| read.kind == ConversationKind::Canvas).collect();
        assert_eq!((read.len(), canvases.len()), (2, 1), "{threads}");
        let wanted = canvases.iter().map(|read| read.object_location).collect();
        load_again(&archives, &wanted, &never, &sink);
        let again = std::mem::take(&mut *arrived.lock().unwrap());
        assert_eq!(again.iter().map(|read| &*read.id).collect::<Vec<_>>(), ["canvas-td2"]);
    }
}

#[test]
fn what_is_left_out_on_purpose_is_counted_and_a_part_or_a_marker_that_nobody_knows_is_named() {
    let parts = json!({"content_type": "multimodal_text", "parts": ["hi", {"content_type": "hologram", "beam": "red"}]});
    let mut told = of_type("user", parts);
    told["id"] = json!("m-1");
    told["metadata"] =
        json!({"request_id": "r", "parent_id": "", "turn_id": null, "citations": [{"id": "x"}]});
    let answered = answer(&marked("See ⟨gizmology|the shed⟩ and ⟨cite|turn0search0⟩."));
    let object = conversation(Chain::of([told, answered]));
    let (_, report) = load_bytes("x.json", format!("[{object}]"));
    let counts = &report.archives[0].import_counts;
    assert_eq!(counts.left_out(), [(LeftOutReason::Id, 3)]);
    assert_eq!(
        counts.unknown_keys(),
        [
            ("marker gizmology".to_owned(), 1, "m000001".to_owned()),
            ("part of type hologram".to_owned(), 1, "m000000".to_owned())
        ]
    );
}

/// What is folded as it is was not cleaned: a marker in it stayed.
#[test]
fn no_mark_is_left_in_what_nobody_knows() {
    let words = "so it is\u{e200}cite\u{e202}turn0search0\u{e201}, is it";
    let conversation = chain([with(prompt("look"), "metadata", json!({"unheard_of": {"deep": [words]}}))]);
    let texts = (0..conversation.messages().len()).map(|index| conversation.message_text(index));
    let all: String = texts.collect();
    assert!(all.contains("so it is cite turn0search0 , is it"), "{all}");
}

/// A prompt with these uploads, each an id, a name and whether it is a long paste.
fn uploading(uploads: &[(&str, &str, bool)]) -> Value {
    let listed = uploads.iter().map(
        |(id, name, paste)| json!({"id": id, "name": name, "mime_type": "text/plain", "is_big_paste": paste}),
    );
    with(prompt("What is wrong here?"), "metadata", json!({"attachments": listed.collect::<Vec<Value>>()}))
}

/// It was only named.
#[test]
fn a_paste_that_the_export_keeps_as_a_file_is_read_with_its_message() {
    let uploads = [
        ("file-aa", "Pasted text.txt", true),
        ("file-bb", "notes.txt", false),
        ("file-cc", "Pasted text(2).txt", true),
        ("file-dd", "Pasted text(3).txt", true),
        ("file-ee", "Pasted text(4).txt", true),
    ];
    let too_long = "word ".repeat((2 << 20) / 5 + 1);
    let conversations = format!(
        "[{}]",
        conversation(Chain::of([uploading(&uploads), answer("It leaks."), uploading(&uploads[..1])]))
    );
    let members: [(&str, &[u8]); 5] = [
        ("conversations.json", conversations.as_bytes()),
        ("file-ee.dat", too_long.as_bytes()),
        ("file-aa.dat", "\u{feff}panic at heron.rs\npassword=correct-horse-7".as_bytes()),
        ("file-bb-notes.txt", b"an upload about pelicans"),
        ("file-cc-Pasted text(2).txt", b"no \xff text"),
    ];
    let scratch = Scratch::new();
    let archives = [open(&scratch.file("x.zip", zip(&members))).expect("it opens")];
    let (library, _) = load(&archives);
    let read = library.get(library.by_date()[0]);
    let texts = |message: usize| -> Vec<&str> {
        MessageView::of(read, message).attachments().map(|file| read.attached_text(message, file)).collect()
    };
    let pasted = "panic at heron.rs\npassword=correct-horse-7";
    assert_eq!(texts(0), [pasted, "", "", "", ""]);
    assert_eq!(texts(2), [pasted], "on every branch");
    assert!(everything(read).contains("heron.rs"));
    let found = |query: &str| {
        let query = unspool::search::Query::parse(query, &unspool::search::Clock::EPOCH);
        unspool::search::worker::search(&query, &library, false).rows.len()
    };
    assert_eq!((found("heron"), found("has:secret"), found("pelicans")), (1, 1, 0));
    let audit = unspool::audit::AuditReport::of(&archives, &library, &|_, _| true).expect("not stopped");
    assert!(audit.has_credentials_or_public_links());
    assert!(audit.member_exposures.is_empty());
}
