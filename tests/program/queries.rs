//! Every form of the query language through the binary, and what the screen says while one is typed.

use std::{
    path::Path,
    process::{Command, Output, Stdio},
};

use crate::support::exports::{self, Chain, Scratch, answer, conversation, prompt};
use serde_json::{Value, json};

/// `unspool list -q`, in UTC.
fn list(query: &str, archive: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_unspool"))
        .args(["list", "-q", query])
        .arg(archive)
        .env("TZ", "UTC")
        .stdin(Stdio::null())
        .output()
        .expect("the program starts")
}

/// The ids it lists, in its order.
fn ids(query: &str, archive: &Path) -> Vec<String> {
    let output = list(query, archive);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let ids: Vec<String> =
        text.lines().map(|line| line.split('\t').next().unwrap_or("").to_owned()).collect();
    assert_eq!(output.status.code(), Some(i32::from(ids.is_empty())), "{query}");
    ids
}

/// A conversation begun on a day of 2024, by its number from 1 January on.
fn told(id: &str, title: &str, day: u32, messages: impl IntoIterator<Item = Value>) -> Value {
    let mut object = conversation(Chain::of(messages));
    let time = 1_704_067_200.0 + f64::from(day - 1) * 86_400.0;
    for (key, value) in [
        ("id", json!(id)),
        ("conversation_id", json!(id)),
        ("title", json!(title)),
        ("create_time", json!(time)),
        ("update_time", json!(time)),
    ] {
        object[key] = value;
    }
    object
}

/// A message with these fields of its metadata.
fn with(mut message: Value, metadata: Value) -> Value {
    message["metadata"] = metadata;
    message
}

/// One conversation for each thing there is to ask for, the newest last.
fn one_of_each() -> Vec<Value> {
    let mut starred = told("e-starred", "Chairs", 60, [prompt("Which chair?"), answer("The oak one.")]);
    starred["is_starred"] = json!(true);
    let mut archived = told("f-archived", "Tables", 70, [prompt("Which table?"), answer("The round one.")]);
    archived["is_archived"] = json!(true);
    let mut gpt = told("g-gpt", "Soup", 80, [prompt("Lentils?"), answer("Red ones.")]);
    gpt["gizmo_id"] = json!("g-abc123");
    gpt["gizmo_type"] = json!("gpt");
    let mut branch = told("k-branch", "Boats", 120, [prompt("Name it"), answer("Walnut")]);
    let other = json!({"id": "other", "parent": "m000000", "children": [], "message": answer("Hazel")});
    branch["mapping"]["m000000"]["children"] = json!(["m000001", "other"]);
    branch["mapping"]["other"] = other;
    let mut picture = prompt("");
    picture["content"] = json!({"content_type": "multimodal_text", "parts": [
        {"content_type": "image_asset_pointer", "asset_pointer": "sediment://file_1", "width": 2, "height": 2},
        "what is this"]});
    let upload =
        json!({"attachments": [{"id": "file-9", "name": "rent.pdf", "mime_type": "application/pdf"}]});
    let mut tool = exports::message("tool", "the surcharge is four francs");
    tool["author"]["name"] = json!("browser");
    tool["content"] =
        json!({"content_type": "tether_browsing_display", "result": "the surcharge is four francs"});
    vec![
        told("a-words", "Kubernetes at home", 10, [prompt("How does an ingress work?"), answer("By rules.")]),
        told(
            "b-phrase",
            "Fairness",
            20,
            [prompt("As an\nexample of café culture, Zürich"), answer("Ｗｉｄｅ 会議です。")],
        ),
        told("c-tool", "Trains", 30, [prompt("How much?"), tool, answer("Four francs more.")]),
        told(
            "d-model",
            "Numbers",
            40,
            [prompt("Why?"), with(answer("Because 2024-05."), json!({"model_slug": "gpt-4o"}))],
        ),
        starred,
        archived,
        gpt,
        told("h-code", "Loops", 90, [prompt("Write it"), answer("So:\n```rust\nfn main() {}\n```\n")]),
        told("i-image", "Birds", 100, [picture, answer("A wren.")]),
        told("j-file", "Rent", 110, [with(prompt("Read this"), upload), answer("It is high.")]),
        branch,
        told("l-link", "Paper", 130, [prompt("Where?"), answer("See https://example.org/paper for it.")]),
        told(
            "m-secret",
            "Deploy",
            140,
            [prompt("DB_PASSWORD=hunter2-but-longer-2024"), answer("Take that out.")],
        ),
    ]
}

#[test]
fn a_search_says_where_an_expression_may_have_missed_something() {
    let scratch = Scratch::new();
    let long = "word ".repeat(600 << 10);
    let archive = |name: &str, text: &str| {
        scratch
            .file(name, json!([told("a", "Notes", 1, [prompt("Why?"), answer(text)])]).to_string().as_bytes())
    };
    let (long, short) = (archive("long.json", &long), archive("short.json", "word word"));
    let told = |query: &str, archive: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_unspool"));
        let output = command.args(["search", query]).arg(archive).stdin(Stdio::null()).output();
        String::from_utf8(output.expect("the program starts").stderr).expect("UTF-8")
    };
    let line = "in very long messages an expression finds no hit of more than 256 KB";
    assert_eq!(told("/wo.*rd/", &long).matches(line).count(), 1);
    for (query, archive) in [("/wo.*rd/", &short), ("/wo.{0,9}rd/", &long), ("word", &long)] {
        assert!(!told(query, archive).contains(line), "{query}");
    }
}

#[test]
fn every_form_of_a_query_finds_what_it_says() {
    let scratch = Scratch::new();
    let all = one_of_each();
    let archive = scratch.file("conversations.json", Value::Array(all.clone()).to_string());
    let rest = |without: &str| -> Vec<String> {
        let ids = all.iter().rev().filter_map(|object| object["id"].as_str());
        ids.filter(|id| !without.split(' ').any(|other| other == *id)).map(str::to_owned).collect()
    };
    for (query, found) in [
        ("ingress", "a-words"),
        ("ingress rules", "a-words"),
        ("ingress francs", ""),
        // What only a title's letters in order would have is of the second tier.
        ("kbernets", ""),
        ("Kubernetes", "a-words"),
        ("kUBERNETES", ""),
        ("cafe", "b-phrase"),
        ("café", "b-phrase"),
        ("zürich", "b-phrase"),
        ("hazél", ""),
        ("wide", "b-phrase"),
        ("会議", "b-phrase"),
        ("\"as an example\"", "b-phrase"),
        ("\"an as example\"", ""),
        ("/\\d{4}-\\d\\d/", "d-model"),
        ("/F[a-z]+ francs/", "c-tool"),
        ("title:loops", "h-code"),
        ("title:francs", ""),
        ("title:\"at home\"", "a-words"),
        ("role:tool surcharge", "c-tool"),
        ("surcharge", ""),
        ("role:user ingress", "a-words"),
        ("role:assistant ingress", ""),
        ("model:gpt-4", "d-model"),
        ("model:\"gpt-4\"", ""),
        ("model:\"gpt-4o\"", "d-model"),
        ("after:2024-05", "m-secret l-link"),
        ("after:2024-05-19", "m-secret"),
        ("before:2024-01-20", "a-words"),
        ("before:2024-02", "c-tool b-phrase a-words"),
        ("after:2024-01-30 before:2024-02-10", "d-model c-tool"),
        ("before:2024", ""),
        ("date:2024-05-19", "m-secret"),
        ("date:2024-01", "c-tool b-phrase a-words"),
        ("date:2024-01-10 OR date:2024-01-20", "b-phrase a-words"),
        ("after:1d", ""),
        ("wren OR oak OR \"by rules\" OR /fr.ncs/", "i-image e-starred c-tool a-words"),
        ("title:boats OR title:soup", "k-branch g-gpt"),
        ("in:tools surcharge", "c-tool"),
        ("in:tools ingress", ""),
        ("in:reasoning", ""),
        ("gpt:g-abc", "g-gpt"),
        ("project:abc", ""),
        ("has:code", "h-code"),
        ("has:image", "i-image"),
        ("has:file", "j-file"),
        ("has:link", "l-link"),
        ("has:branch", "k-branch"),
        ("has:secret", "m-secret"),
        ("is:starred", "e-starred"),
        ("is:archived", "f-archived"),
        ("is:gpt", "g-gpt"),
        ("id:k-br", "k-branch"),
        ("from:claude", ""),
        // What is no key is text, and what cannot be understood is searched as it stands.
        ("https://example", "l-link"),
        ("nokey:value", ""),
        ("/fn main(/", "h-code"),
        ("\"round one", "f-archived"),
    ] {
        let mut expected: Vec<&str> = found.split_whitespace().collect();
        let mut listed = ids(query, &archive);
        // Which they are; their order is told by the tests of ranking.
        expected.sort_unstable();
        listed.sort();
        assert_eq!(listed, expected, "{query}");
    }
    for (query, without) in [
        ("-ingress", "a-words"),
        ("-\"as an example\"", "b-phrase"),
        ("-/fr.ncs/", "c-tool"),
        ("-title:loops", "h-code"),
        ("-is:starred", "e-starred"),
        ("-has:image -has:file", "i-image j-file"),
        ("-after:2024-05", "m-secret l-link"),
        ("-in:tools", "c-tool"),
        ("-gpt:abc", "g-gpt"),
        ("before:1d", ""),
        ("from:chatgpt", ""),
        ("", ""),
    ] {
        assert_eq!(ids(query, &archive), rest(without), "{query}");
    }
}

#[test]
fn ten_thousand_bytes_of_anything_are_a_query() {
    let scratch = Scratch::new();
    let archive = scratch.file("conversations.json", Value::Array(one_of_each()).to_string());
    let mut state = 7_u64;
    let mut bytes = Vec::new();
    while bytes.len() < 10_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // No argument can hold a NUL.
        bytes.push(((state >> 33) as u8).max(1));
    }
    let output = list(&String::from_utf8_lossy(&bytes), &archive);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
}

/// Typed at fifteen keys a second: every frame that says a count without `…` says that of the query it shows.
#[cfg(unix)]
#[test]
fn no_frame_shows_an_older_result_as_that_of_what_is_typed() {
    use crate::support::pty::{Setup, text};
    use std::{collections::HashMap, time::Duration};
    use unspool::search::{Clock, Query, worker::search};

    const TYPED: &str = "kubernetes ingress timeout";
    let words = ["kubernetes", "ingress", "timeout", "kettle", "under", "bread", "times", "ink", "the"];
    let made: Vec<Value> = (0..4_000)
        .map(|number: usize| {
            let text = |by: usize| -> String {
                (0..40)
                    .map(|place| words[(number / by + place * place * (1 + number % by)) % words.len()])
                    .collect::<Vec<_>>()
                    .join(" ")
            };
            told(
                &format!("{number:05}"),
                &format!("About {number}"),
                1,
                [prompt(&text(7)), answer(&text(11))],
            )
        })
        .collect();
    let scratch = Scratch::new();
    let archive = scratch.file("conversations.json", Value::Array(made).to_string());
    let (library, _) = exports::load_path(&archive);
    let counts: HashMap<String, String> = (1..=TYPED.len())
        .map(|end| &TYPED[..end])
        .map(|typed| {
            let found = search(&Query::parse(typed, &Clock::EPOCH), &library, false).rows.len();
            (
                typed.trim_end().to_owned(),
                if found >= 1_000 {
                    format!("{} {:03}", found / 1_000, found % 1_000)
                } else {
                    found.to_string()
                },
            )
        })
        .collect();

    let mut session = Setup::unspool().args([archive.as_os_str()]).spawn();
    session.wait_for("4 000 conversations");
    let words = TYPED.split_inclusive(' ');
    let mut end = 0;
    for word in words {
        for key in word.chars() {
            session.send(key.encode_utf8(&mut [0; 4]));
            std::thread::sleep(Duration::from_millis(66));
        }
        // A busy machine may come to no answer between two keys: after each word it is waited for.
        end += word.len();
        session.wait_for(&format!("{} of 4 000", counts[TYPED[..end].trim_end()]));
    }
    let raw = session.raw();
    let mut terminal = vt100::Parser::new(24.try_into().unwrap(), 80.try_into().unwrap(), 0);
    let (mut seen, mut shown) = (0, String::new());
    for byte in raw {
        terminal.process(&[byte]);
        shown.push(byte as char);
        if !shown.ends_with("\x1b[?2026l") {
            continue;
        }
        shown.clear();
        let screen = text(terminal.screen());
        let line = screen.lines().next().unwrap_or_default();
        let Some((typed, facts)) =
            line.trim_start().strip_prefix("› ").and_then(|line| line.split_once("   "))
        else {
            continue;
        };
        let (typed, facts) = (typed.trim(), facts.trim_start().replace('\u{2009}', " "));
        let Some((count, _)) = facts.split_once(" of 4 000") else { continue };
        if !count.ends_with('…') {
            assert_eq!(count, counts[typed], "{typed:?}");
            seen += 1;
        }
    }
    assert!(seen >= 3, "only {seen} final counts were seen");
}
