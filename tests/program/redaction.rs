//! Redaction holds: whatever is planted, in whichever field, escape and format, never comes out of a redacted extract,
//! nor of the names of its files or of what is said about it.

use std::{collections::HashSet, fs, path::Path, process::Output};

use crate::support::cost;
use assert_cmd::Command;
use serde::Deserialize;
use serde_json::{Value, json};
use unspool::{
    extract::Format,
    secrets::{Scanner, SecretClass},
};

fn unspool(arguments: &[&str]) -> Output {
    let mut command = Command::cargo_bin("unspool").expect("it is built");
    command.args(arguments).env("TZ", "UTC").output().expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A secret as it is planted: the words around it, and what must not come out.
#[derive(Clone)]
struct Planted {
    kind: String,
    words: String,
    value: String,
}

/// The first example of every rule.
fn planted() -> Vec<Planted> {
    #[derive(Deserialize)]
    struct Rules {
        rule: Vec<Rule>,
    }
    #[derive(Deserialize)]
    struct Rule {
        id: String,
        #[serde(rename = "match")]
        matches: Vec<String>,
    }
    let rules: Rules = toml::from_str(include_str!("../../assets/secrets.toml")).expect("the rules");
    let scanner = Scanner::built_in();
    let first = |Rule { id, matches }: Rule| {
        let words = matches[0].replace('¦', "");
        let finding = scanner.scan(&words).into_iter().find(|finding| scanner.rule(finding.kind).id() == id);
        let value = words[finding.expect("the example is found").range].to_owned();
        Planted { kind: id, words, value }
    };
    rules.rule.into_iter().map(first).chain(odd()).collect()
}

/// What no rule has an example of: glued to something, parted by it, or with marks in it that end a value as a rule. `|`
/// stands for the value.
fn odd() -> impl Iterator<Item = Planted> {
    const ODD: [(&str, &str, &str); 32] = [
        ("key", "api_key: |", "Zx81kd9F!AKEdemo0NotReal"),
        ("key", "api_key: |", "Qm7#xK2$vT9"),
        ("key", "\"client_secret\": \"|\"", "Wv3(nB8)[zR5]"),
        ("key", "token=|", "Hy6,tG4;pL1&uJ0"),
        ("card", "https://pay.example/c/|/x", "4929123456789015"),
        ("card", "https://pay.example/?n=|&a=1", "5105105105105100"),
        ("card", "card_|.pdf", "4012888888881881"),
        ("card", "4000 | 123", "4222 2222 2222 2220"),
        ("card", "so | so", "5200.8282.8282.8210"),
        ("card", "so | so", "6011_1111_1111_1117"),
        ("card", "so | so", "6011 - 0009 - 9013 - 9424"),
        ("card", "so |-12/27", "3566002020360505"),
        ("account", "x|x", "GB33BUKB20201555555555"),
        ("account", "https://bank.example/|/x", "FR1420041010050500013M02606"),
        ("token", "x|", "ghp_R4nd0mQwErTyUiOpAsDfGhJkLzXcVbNm1234"),
        ("token", "token|", "ghp_Zq9mWx7vCu5tBy3sNz1rKa8pLd6oJf4iHg2e"),
        ("token", "my_|_old", "npm_Tz6yXw5vUt4sRq3pOn2mLk1jIh0gFe9dCb8a"),
        ("token", "7|7", "glpat-Mn8bVc7xZa6sDf5gHj4k"),
        ("token", "id|", "AKIAQ7RZ5VN3WJ2KXEBD"),
        ("password", "password: |", "uV(w)xY[z]"),
        ("password", "\"password\": \"|\"", "k9]Jq4}Xr7"),
        ("password", "password: |", "mB3\"nC6'oD"),
        ("password", "password=| so", "eP2,fQ5;gR8"),
        ("password", "PASSWORD='|'", "hS1 iT4 (jU7)"),
        ("password", "\"password\": \"|\"", "lW0\\\"mX3nY6"),
        ("password", "pwd: |", "<oZ9>pA2qB5"),
        ("password", "postgres://robin:|@db.example/x", "rC8(s)D1tE4"),
        ("password", "https://robin:|@web.example/x", "uF7[v]G0wH3"),
        ("password", "redis://robin:|@cache.example/x", "xJ6@yK9zL2"),
        ("password", "vnc://robin:|@screen.example/x", "aM5'bN8cO1"),
        ("password", "mysql://robin:|@db.example/x", "dP4/eQ7fR0"),
        ("password", "my password is |", "gS3,hT6!iU9"),
    ];
    ODD.into_iter().map(|(kind, words, value)| Planted {
        kind: format!("odd {kind}"),
        words: words.replace('|', value),
        value: value.to_owned(),
    })
}

/// The letters of a piece of a value that must not be seen.
const PIECE: usize = 10;

/// What came out, its labels gone: as letters, and as the pieces that can be seen in it.
struct Seen {
    letters: String,
    pieces: HashSet<String>,
}

impl Seen {
    fn of(out: &[String]) -> Self {
        // The host of what is no secret.
        let mut text = out.join("\n").replace("example.org", "").replace("example-org", "");
        for rule in Scanner::built_in().rules() {
            text = text.replace(rule.id(), "");
        }
        let letters = letters(&text);
        let pieces =
            letters.as_bytes().windows(PIECE).map(|piece| String::from_utf8_lossy(piece).into_owned());
        Self { pieces: pieces.collect(), letters }
    }

    /// Returns a piece of a value that is seen; of a key its header does not count.
    fn piece_of(&self, value: &str) -> Option<String> {
        let lines = value.lines().filter(|line| !line.contains("KEY") && !line.contains(": "));
        let all = letters(&lines.collect::<String>());
        if all.is_empty() {
            return None;
        }
        if all.len() <= PIECE {
            return self.letters.contains(&all).then_some(all);
        }
        let mut pieces = (0..=all.len() - PIECE).map(|at| &all[at..at + PIECE]);
        pieces.find(|piece| self.pieces.contains(*piece)).map(str::to_owned)
    }
}

/// What is left of a text when nothing counts but letters and digits.
fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_lowercase()).collect()
}

/// A conversation with one exchange.
fn conversation(id: &str) -> Value {
    json!({
        "id": id, "title": "A title", "create_time": 1_741_000_000.5, "update_time": 1_741_000_001.5,
        "current_node": "b", "default_model_slug": "gpt-4o",
        "mapping": {
            "a": {"id": "a", "parent": null, "children": ["b"], "message": {
                "id": "a", "author": {"role": "user"}, "create_time": 1_741_000_000.5,
                "content": {"content_type": "text", "parts": ["Why?"]}, "metadata": {}}},
            "b": {"id": "b", "parent": "a", "children": ["c"], "message": {
                "id": "b", "author": {"role": "assistant"}, "create_time": 1_741_000_001.5,
                "content": {"content_type": "text", "parts": ["So."]}, "metadata": {"model_slug": "gpt-4o"}}},
            "c": {"id": "c", "parent": "b", "children": [], "message": {
                "id": "c", "author": {"role": "tool", "name": "python"},
                "content": {"content_type": "execution_output", "text": "42"}, "metadata": {}}},
        },
    })
}

type Field = (&'static str, fn(&mut Value, &str));

/// The fields of a conversation, and how each is filled.
const FIELDS: &[Field] = &[
    ("title", |c, words| c["title"] = format!("Is {words} it").into()),
    ("a prompt that is the title", |c, words| {
        c["title"] = Value::Null;
        c["mapping"]["a"]["message"]["content"]["parts"][0] =
            format!("{} {words}\nmore", "x".repeat(75)).into();
    }),
    ("text", |c, words| {
        c["mapping"]["a"]["message"]["content"]["parts"][0] = format!("It is {words} so").into();
    }),
    ("code", |c, words| {
        c["mapping"]["b"]["message"]["content"]["parts"][0] = format!("```sh\n{words}\n```").into();
    }),
    ("a table", |c, words| {
        c["mapping"]["b"]["message"]["content"]["parts"][0] = format!("|a|b|\n|-|-|\n|x| {words} |").into();
    }),
    ("a tool's output", |c, words| c["mapping"]["c"]["message"]["content"]["text"] = words.into()),
    ("a tool's name", |c, words| c["mapping"]["c"]["message"]["author"]["name"] = words.into()),
    ("a model", |c, words| c["mapping"]["b"]["message"]["metadata"]["model_slug"] = words.into()),
    ("the default model", |c, words| c["default_model_slug"] = words.into()),
    ("an unknown type", |c, words| c["mapping"]["c"]["message"]["content"]["content_type"] = words.into()),
    ("a gizmo", |c, words| c["gizmo_id"] = format!("g-{words}").into()),
    ("an id", |c, words| c["id"] = format!("{} {words}", c["id"].as_str().unwrap_or_default()).into()),
    ("an attachment's name", |c, words| {
        c["mapping"]["a"]["message"]["metadata"]["attachments"] =
            json!([{"id": "file-1", "name": format!("{words} .pdf"), "mime_type": "application/pdf"}]);
    }),
    ("an attachment's id", |c, words| {
        c["mapping"]["a"]["message"]["metadata"]["attachments"] = json!([{"id": words, "name": ""}]);
    }),
    ("a picture's prompt", |c, words| {
        let content = json!({"content_type": "multimodal_text", "parts": [{"content_type": "image_asset_pointer",
            "asset_pointer": "file-service://file-2", "metadata": {"dalle": {"prompt": words}}}]});
        c["mapping"]["b"]["message"]["content"] = content;
    }),
    ("a link", |c, words| {
        c["mapping"]["b"]["message"]["metadata"]["citations"] = json!([{"metadata": {
            "title": words, "url": format!("https://example.org/?q={words}")}}]);
        c["mapping"]["b"]["message"]["metadata"]["_cite_metadata"] =
            json!({"metadata_list": [{"title": words, "url": "https://example.org/"}]});
    }),
    ("a canvas", |c, words| {
        let document = json!({"name": words, "type": "document", "content": format!("So {words} it is")});
        c["mapping"]["b"]["message"]["recipient"] = "canmore.create_textdoc".into();
        c["mapping"]["b"]["message"]["content"] =
            json!({"content_type": "code", "text": document.to_string()});
    }),
    ("metadata", |c, words| c["mapping"]["b"]["message"]["metadata"]["x"] = json!([{"deep": [words]}])),
    ("a key", |c, words| c["mapping"]["b"]["message"]["metadata"][words] = json!(1)),
];

type Escape = (&'static str, fn(&str) -> String);

/// Puts something in the middle of a text.
fn in_the_middle(text: &str, what: &str) -> String {
    let half = text.floor_char_boundary(text.len() / 2);
    format!("{}{what}{}", &text[..half], &text[half..])
}

fn each(text: &str, escape: impl Fn(char) -> Option<String>) -> String {
    text.chars().map(|char| escape(char).unwrap_or_else(|| char.to_string())).collect()
}

/// Ways in which a value can be written so that an expression does not see it.
const ESCAPES: &[Escape] = &[
    ("Markdown", |value| each(value, |char| char.is_ascii_punctuation().then(|| format!("\\{char}")))),
    ("references", |value| {
        each(value, |char| char.is_ascii_punctuation().then(|| format!("&#{};", char as u32)))
    }),
    ("hexadecimal references", |value| {
        each(value, |char| char.is_ascii_alphanumeric().then(|| format!("&#x{:X};", char as u32)))
    }),
    ("JSON", |value| {
        each(value, |char| char.is_ascii_alphabetic().then(|| format!("\\u{:04x}", char as u32)))
    }),
    ("bold", |value| in_the_middle(value, "**")),
    ("a zero-width space", |value| in_the_middle(value, "\u{200b}")),
    ("soft hyphens", |value| each(value, |char| char.is_ascii_digit().then(|| format!("\u{ad}{char}")))),
    ("an invisible letter", |value| in_the_middle(value, "\u{2063}\u{fe0f}\u{e0041}")),
    ("a mark of a citation", |value| in_the_middle(value, "\u{e200}cite\u{e202}turn0search0\u{e201}")),
    ("another mark of a citation", |value| in_the_middle(value, "\u{e200}cite\u{e202}turn0news1\u{e206}")),
    ("marks of a span", |value| in_the_middle(&in_the_middle(value, "\u{e203}"), "\u{e204}")),
    ("an old citation", |value| in_the_middle(value, "【12†source】")),
    ("an old citation without a number", |value| in_the_middle(value, "【turn0search4】")),
    ("wide letters", |value| {
        each(value, |char| {
            char.is_ascii_graphic().then(|| char::from_u32(char as u32 + 0xfee0).map(String::from))?
        })
    }),
];

/// Writes an export of these conversations.
fn export(path: &Path, conversations: &[Value]) {
    fs::write(path, serde_json::to_vec(conversations).expect("JSON")).expect("written");
}

/// Extracts everything of an export, a file each, redacted; returns all that came out of it, and what was said.
fn extracted(export: &Path, format: &str) -> (Vec<String>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let into = format!("{}/", folder.path().join("out").display());
    let mut arguments = vec!["extract", "--all", "-f", format, "--redact", "--branches", "all", "-o", &into];
    arguments.extend(["--include", "tools,reasoning,hidden", "--attachments"]);
    if format == "markdown" {
        arguments.push("--front-matter");
    }
    let path = export.to_string_lossy();
    arguments.push(&path);
    let output = unspool(&arguments);
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{format}: {told}");
    let mut out = vec![told.clone(), text(&output.stdout)];
    for file in fs::read_dir(&into).expect("it was made") {
        let file = file.expect("readable").path();
        out.push(file.file_name().unwrap_or_default().to_string_lossy().into_owned());
        out.extend(fs::read(&file).ok().map(|bytes| text(&bytes)));
    }
    (out, told)
}

/// A conversation in which something is planted, and where that is.
struct Case {
    place: &'static str,
    planted: Planted,
    /// The value as it is written there.
    written: String,
    conversation: Value,
}

/// Extracts them all in every format; nothing of what is planted may be seen.
#[track_caller]
fn assert_nothing_comes_out(cases: &[Case]) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("conversations.json");
    export(&path, &cases.iter().map(|case| case.conversation.clone()).collect::<Vec<_>>());
    let mut leaks = Vec::new();
    for format in Format::ALL.map(Format::as_str) {
        let (out, _) = extracted(&path, format);
        let seen = Seen::of(&out);
        for Case { place, planted: Planted { kind, value, .. }, written, .. } in cases {
            for value in [value, written] {
                let piece = seen.piece_of(value);
                leaks.extend(piece.map(|piece| format!("{kind} in {place}, {format}: {piece} of {value}")));
            }
        }
    }
    assert!(leaks.is_empty(), "{leaks:#?}");
}

#[test]
fn whatever_is_planted_in_whichever_field_never_comes_out_of_any_format() {
    let (mut cases, planted) = (Vec::new(), planted());
    for (number, (place, fill)) in FIELDS.iter().enumerate() {
        // Each kind in some fields, and in each field kinds of every sort.
        for planted in planted.iter().skip(number % 5).step_by(5) {
            let mut conversation = conversation(&format!("c-{}", cases.len()));
            fill(&mut conversation, &planted.words);
            let written = planted.value.clone();
            cases.push(Case { place, planted: planted.clone(), written, conversation });
        }
    }
    assert_nothing_comes_out(&cases);
}

#[test]
fn however_a_value_is_escaped_it_never_comes_out_of_any_format() {
    let (mut cases, planted) = (Vec::new(), planted());
    for (number, (place, write)) in ESCAPES.iter().enumerate() {
        for planted in planted.iter().skip(number % 3).step_by(3) {
            let written = write(&planted.value);
            let words = planted.words.replace(&planted.value, &written);
            let mut conversation = conversation(&format!("c-{}", cases.len()));
            conversation["mapping"]["a"]["message"]["content"]["parts"][0] =
                format!("It is {words} so").into();
            conversation["mapping"]["b"]["message"]["content"]["parts"][0] =
                format!("```\n{words}\n```").into();
            cases.push(Case { place, planted: planted.clone(), written, conversation });
        }
    }
    assert_nothing_comes_out(&cases);
}

/// The ways in which a reference stands in the middle of a text: the text that it has, and what it says.
fn references() -> Vec<(&'static str, Value)> {
    let mark = "\u{e200}cite\u{e202}turn0search0\u{e201}";
    let page = json!([{"title": "A page", "url": "https://e.example/a"}]);
    vec![
        (mark, json!({"type": "hidden"})),
        (mark, json!({"type": "webpage", "alt": "", "items": []})),
        (mark, json!({"type": "grouped_webpages", "items": page})),
        (mark, json!({"type": "webpage", "alt": "([A page](https://e.example/a))", "items": page})),
        ("::", json!({"type": "webpage", "items": []})),
        ("~", json!({"type": "webpage", "alt": ""})),
        ("[1]", json!({"type": "webpage", "alt": ""})),
        ("【turn0search4】", json!({"type": "webpage", "items": page})),
        ("citeturn0search1turn0search2", json!({"type": "webpage", "items": []})),
        ("\u{e200}\u{e200}cite\u{e202}turn0search0\u{e201}", json!({"type": "hidden"})),
    ]
}

#[test]
fn a_value_that_a_reference_cuts_never_comes_out_of_any_format() {
    let (mut cases, planted) = (Vec::new(), planted());
    let is_token = |planted: &&Planted| {
        let value = &planted.value;
        value.len() >= 20
            && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.+/".contains(&byte))
    };
    for (number, (mark, reference)) in references().into_iter().enumerate() {
        for planted in planted.iter().filter(is_token).skip(number % 3).step_by(3) {
            let words = planted.words.replace(&planted.value, &in_the_middle(&planted.value, mark));
            let mut conversation = conversation(&format!("c-{}", cases.len()));
            let message = &mut conversation["mapping"]["b"]["message"];
            message["content"]["parts"][0] = format!("It is {words} so").into();
            let mut reference = reference.clone();
            reference["matched_text"] = mark.into();
            message["metadata"]["content_references"] = json!([reference]);
            let written = planted.value.clone();
            cases.push(Case { place: mark, planted: planted.clone(), written, conversation });
        }
    }
    // Half of it stands in the reference alone.
    for planted in planted.iter().filter(is_token) {
        let mark = "\u{e200}cite\u{e202}turn0search0\u{e201}";
        let (first, second) = planted.value.split_at(planted.value.len() / 2);
        let mut conversation = conversation(&format!("c-{}", cases.len()));
        let message = &mut conversation["mapping"]["b"]["message"];
        message["content"]["parts"][0] =
            format!("It is {} so", planted.words.replace(&planted.value, &format!("{first}{mark}"))).into();
        message["metadata"]["content_references"] =
            json!([{"matched_text": mark, "type": "webpage", "alt": second, "items": []}]);
        let written = planted.value.clone();
        cases.push(Case { place: "half a reference", planted: planted.clone(), written, conversation });
    }
    assert_nothing_comes_out(&cases);
}

/// What is shown whole only after a screen has passed over what stands in it, in every field.
#[test]
fn in_whichever_field_and_escape_a_value_stands_it_never_comes_out_of_any_format() {
    let (mut cases, planted) = (Vec::new(), planted());
    for (at, (place, fill)) in FIELDS.iter().enumerate() {
        for (number, (escape, write)) in ESCAPES.iter().enumerate() {
            // An id ends at a `#`: what is left of it is no longer what was planted.
            if *place == "an attachment's id" && escape.contains("references") {
                continue;
            }
            for planted in planted.iter().skip((at * 7 + number * 5) % 61).step_by(61) {
                let written = write(&planted.value);
                let mut conversation = conversation(&format!("c-{}", cases.len()));
                fill(&mut conversation, &planted.words.replace(&planted.value, &written));
                let written = planted.value.clone();
                cases.push(Case { place, planted: planted.clone(), written, conversation });
            }
        }
    }
    assert_nothing_comes_out(&cases);
}

#[test]
fn keys_are_read_with_their_values_and_numbers_are_looked_at() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("conversations.json");
    let mut conversation = conversation("c");
    let (password, card) = ("hunter2hunter2", "4111111111111111");
    conversation["mapping"]["b"]["message"]["metadata"]["args"] =
        json!({"password": password, "card": 4_111_111_111_111_111_u64});
    // Without its key it stands elsewhere.
    conversation["title"] = format!("About {password}").into();
    conversation["mapping"]["c"]["message"]["content"]["text"] =
        format!("{{\"used\": \"{password}\", \"card\": {card}}}").into();
    export(&path, &[conversation]);
    for format in Format::ALL.map(Format::as_str) {
        let (out, told) = extracted(&path, format);
        for value in [password, card] {
            assert_eq!(Seen::of(&out).piece_of(value), None, "{format}: {out:#?}");
        }
        assert!(told.contains("1 password, 1 card number"), "{format}: {told}");
        if format == "json" {
            let object = out.iter().find(|text| text.starts_with('{')).expect("an object");
            serde_json::from_str::<Value>(object).expect("it is still JSON");
        }
    }
}

#[test]
fn every_format_says_the_same_of_what_it_took_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("conversations.json");
    let personal = |planted: &Planted| {
        let scanner = Scanner::built_in();
        scanner.rules().iter().any(|rule| rule.id() == planted.kind && rule.class() == SecretClass::Personal)
    };
    let planted: Vec<Planted> = planted().into_iter().filter(personal).collect();
    let mut conversations = Vec::new();
    for (number, (_, fill)) in FIELDS.iter().enumerate() {
        let mut conversation = conversation(&format!("c-{number}"));
        fill(&mut conversation, &planted[number % planted.len()].words);
        conversations.push(conversation);
    }
    export(&path, &conversations);
    let told = Format::ALL.map(|format| {
        let (_, told) = extracted(&path, format.as_str());
        let told = told.lines().find(|line| line.contains("redacted ")).unwrap_or_default().to_owned();
        let told = told
            .replace("wherever it is written: ", "")
            .replace("; the bytes are no longer the original", "");
        told.trim_start_matches("unspool: ").to_owned()
    });
    assert!(told[0].contains("e-mail"), "{told:?}");
    assert!(told.iter().all(|each| *each == told[0]), "{told:#?}");
}

/// Each citation walked past all secrets before it.
#[test]
fn redacting_takes_as_long_as_what_is_redacted() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |count: usize| {
        let path = folder.path().join(format!("{count}.json"));
        let mark = |number: usize| format!("\u{e200}cite\u{e202}turn0search{number}\u{e201}");
        let mut conversation = conversation("c");
        let said: String =
            (0..count).map(|number| format!("robin{number}@example.org {} ", mark(number))).collect();
        let reference = |number: usize| {
            let item = json!({"title": format!("t{number}"), "url": format!("https://a.example/{number}")});
            json!({"matched_text": mark(number), "type": "webpage", "items": [item]})
        };
        let message = &mut conversation["mapping"]["b"]["message"];
        message["content"]["parts"][0] = said.into();
        message["metadata"]["content_references"] = (0..count).map(reference).collect();
        export(&path, &[conversation]);
        path
    };
    let time = |count: usize| {
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("unspool"));
        command.args(["extract", "--all", "--redact", "-f", "jsonl", "-o"]);
        command.arg(folder.path().join(format!("{count}.jsonl"))).arg(path(count));
        let (output, time) = cost::of_program(&mut command);
        assert!(output.status.success(), "{}", text(&output.stderr));
        time
    };
    let (Some(small), Some(large)) = (time(4_000), time(32_000)) else { return };
    assert!(
        large.as_secs_f64() < small.as_secs_f64().max(0.1) * 24.0,
        "{small:?}, {large:?} for eight times as much"
    );
}
