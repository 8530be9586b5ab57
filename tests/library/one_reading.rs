//! What a message says is decided once: the screen and every extract of a conversation give the same answer. One test a
//! decision; each looks at one conversation, made from an export, in all of them.

use jiff::tz::TimeZone;
use serde_json::{Value, json};
use unspool::{
    conversation::Conversation,
    extract::{self, ExtractOptions, Format, Include},
    library::{ConversationRef, Library},
    search::{Clock, Query, worker},
    transcript::{Transcript, TranscriptOptions as View},
};

use crate::support::exports::{self, Chain, answer, message, parse, prompt};

/// A conversation as people meet it: on the screen with everything unfolded, and in the files they read.
struct Shown {
    screen: String,
    markdown: String,
    text: String,
    html: String,
    jsonl: String,
}

impl Shown {
    fn of(conversation: &Conversation) -> Self {
        let extract = |format| {
            let options =
                ExtractOptions { include: Include::ALL, ..ExtractOptions::new(format, TimeZone::UTC) };
            extract::format_conversation(conversation, &options)
        };
        Self {
            screen: screen(conversation),
            markdown: extract(Format::Markdown),
            text: extract(Format::Text),
            html: extract(Format::Html),
            jsonl: extract(Format::Jsonl),
        }
    }

    /// The screen and the files that a person reads.
    fn read(&self) -> [&str; 4] {
        [&self.screen, &self.markdown, &self.text, &self.html]
    }

    /// All of them.
    fn all(&self) -> [&str; 5] {
        [&self.screen, &self.markdown, &self.text, &self.html, &self.jsonl]
    }
}

fn screen(conversation: &Conversation) -> String {
    let mut transcript = Transcript::new(ConversationRef::alone(conversation.clone()), View::default());
    transcript.set_all_folds(true);
    let mut lines = Vec::new();
    for entry in 0..transcript.entries().len() {
        for line in transcript.lines(entry, 100).iter() {
            let right: String = line.right.iter().map(|span| span.text.as_str()).collect();
            lines.push(format!("{} {right}", line.text()));
        }
    }
    lines.join("\n")
}

fn chain(messages: impl IntoIterator<Item = Value>) -> Conversation {
    parse(&exports::conversation(Chain::of(messages)))
}

fn call(tool: &str, text: &str) -> Value {
    let mut call = message("assistant", "");
    call["recipient"] = json!(tool);
    call["content"] = json!({"content_type": "code", "language": "unknown", "text": text});
    call
}

fn result(tool: &str, text: &str) -> Value {
    let mut result = message("tool", "");
    result["author"]["name"] = json!(tool);
    result["content"] = json!({"content_type": "execution_output", "text": text});
    result
}

#[test]
fn the_language_of_a_call_is_what_the_tool_runs_and_then_what_it_looks_like() {
    let conversation = chain([
        prompt("?"),
        call("python", "[x for x in y]"),
        call("web.run", "{\"a\": 1}"),
        call("bio", "likes tea"),
    ]);
    let shown = Shown::of(&conversation);
    assert!(shown.markdown.contains("```python\n[x for x in y]"), "{}", shown.markdown);
    assert!(shown.html.contains("<code class=\"language-python\">"), "{}", shown.html);
    assert!(shown.markdown.contains("```json\n{\"a\""), "{}", shown.markdown);
    assert!(shown.markdown.contains("```\nlikes tea"), "{}", shown.markdown);
    // What the screen colours is what the file names.
    let mut transcript = Transcript::new(ConversationRef::alone(conversation), View::default());
    transcript.set_all_folds(true);
    for entry in 0..transcript.entries().len() {
        transcript.lines(entry, 100);
    }
    let languages: Vec<String> =
        transcript.take_highlight_requests().into_iter().map(|job| job.language).collect();
    assert_eq!(languages, ["python", "json"]);
}

#[test]
fn a_tool_has_the_name_that_people_know() {
    let shown =
        Shown::of(&chain([prompt("?"), call("t2uay3k.sj1i4kz", "{}"), result("t2uay3k.sj1i4kz", "done")]));
    for shown in shown.read() {
        assert!(shown.contains("image generator") && !shown.contains("t2uay3k"), "{shown}");
    }
}

#[test]
fn whoever_answered_is_the_conversations_model_where_nothing_else_is_known() {
    let mut dated = answer("with a model");
    dated["metadata"] = json!({"model_slug": "gpt-4o"});
    let conversation = chain([prompt("?"), answer("without one"), dated]);
    let shown = Shown::of(&conversation);
    for shown in shown.read() {
        assert!(!shown.contains("Assistant"), "{shown}");
    }
    let before = |text: &str| shown.text.split(text).next().unwrap_or_default().to_owned();
    assert!(before("without one").contains("gpt-4o"), "{}", shown.text);
    let nobody = Shown::of(&chain([prompt("?"), answer("!")]));
    for shown in nobody.read() {
        assert!(shown.contains("Assistant"), "{shown}");
    }
}

#[test]
fn a_canvas_is_code_by_the_word_code_alone() {
    let canvas = |kind: &str| {
        let text = json!({"name": "A page", "type": kind, "content": "# Not a comment"}).to_string();
        let shown = Shown::of(&chain([prompt("?"), call("canmore.create_textdoc", &text)]));
        (shown.markdown.contains("```"), shown.html.contains("<pre>"), shown.screen.contains("# Not"))
    };
    assert_eq!(canvas("code/python"), (true, true, true));
    assert_eq!(canvas("text/html"), (false, false, false));
    assert_eq!(canvas("document"), (false, false, false));
}

#[test]
fn an_attachment_has_the_same_measures_and_size() {
    let mut asked = prompt("Look!");
    asked["metadata"] = json!({"attachments": [
        {"id": "file-1", "name": "cat.png", "size": 1, "mime_type": "image/png", "width": 1024, "height": 768},
        {"id": "file-2", "name": "a.pdf", "size": 2_140, "mime_type": "application/pdf"}]});
    let shown = Shown::of(&chain([asked]));
    for shown in shown.read() {
        for fact in ["1 024 × 768", "1 byte", "2.1 KB"] {
            assert!(shown.contains(fact) && !shown.contains("1 bytes"), "{fact}: {shown}");
        }
    }
}

#[test]
fn a_formula_is_one_by_any_of_four_delimiters() {
    let text = r"So \(a_1 * b_1\), \[c*d*e\], $x*y*z = 1$ and $$f*g*h$$, but $5 and $10 and `\(i*j*k\)`.";
    let shown = Shown::of(&chain([prompt("?"), answer(text)]));
    // No asterisk in it is emphasis, nowhere.
    for formula in ["$a_1 * b_1$", "$$c*d*e$$", "$x*y*z = 1$", "$$f*g*h$$"] {
        assert!(shown.markdown.contains(formula), "{formula}: {}", shown.markdown);
        assert!(shown.html.contains(formula), "{formula}: {}", shown.html);
    }
    for drawn in ["a₁ * b₁", "x * y * z = 1"] {
        let compact = |text: &str| text.replace(' ', "").replace('∗', "*");
        assert!(compact(&shown.screen).contains(&compact(drawn)), "{drawn}: {}", shown.screen);
    }
    for shown in shown.all() {
        assert!(shown.contains("$5 and $10"), "{shown}");
    }
    assert!(shown.markdown.contains(r"`\(i*j*k\)`") && shown.html.contains(r"<code>\(i*j*k\)</code>"));
    // As written in what is for programs and pagers.
    assert!(shown.text.contains(text));
    assert!(shown.jsonl.contains(&serde_json::to_string(text).unwrap()));
}

#[test]
fn an_address_is_safe_everywhere_or_nowhere() {
    let addresses = [
        ("https://e.org/a", true),
        ("HTTP://e.org", true),
        ("mailto:a@e.org", true),
        ("https:///path", false),
        ("mailto:nobody", false),
        ("javascript:alert(1)", false),
        ("file:///etc/passwd", false),
        ("https://e.org/\u{202e}gpj", false),
    ];
    for (address, safe) in addresses {
        let mut quoted = message("tool", "");
        quoted["content"] = json!({"content_type": "tether_quote", "url": address, "domain": "d", "title": "Page", "text": "words"});
        let conversation = chain([prompt("?"), quoted]);
        let shown = Shown::of(&conversation);
        let mut transcript = Transcript::new(ConversationRef::alone(conversation), View::default());
        transcript.set_all_folds(true);
        let lines: Vec<_> = (0..2).flat_map(|entry| transcript.lines(entry, 100).to_vec()).collect();
        let linked = lines.iter().flat_map(|line| &line.spans).any(|span| span.link.is_some());
        assert_eq!(linked, safe, "{address} on the screen");
        assert_eq!(shown.html.contains(">Page</a>"), safe, "{address}: {}", shown.html);
        assert_eq!(shown.markdown.contains("[Page](<"), safe, "{address}: {}", shown.markdown);
    }
}

/// A prompt with two answers; of the first a message that is never shown stands between.
fn forked() -> Conversation {
    let mut object =
        exports::conversation(Chain::of([prompt("ask"), message("system", "hidden"), answer("first")]));
    object["mapping"]["m000000"]["children"] = json!(["m000001", "other"]);
    object["mapping"]["other"] =
        json!({"id": "other", "parent": "m000000", "children": [], "message": answer("second")});
    object["current_node"] = json!("other");
    parse(&object)
}

#[test]
fn the_visible_path_and_its_forks_are_the_same() {
    let conversation = forked();
    let shown = Shown::of(&conversation);
    for shown in shown.all() {
        assert!(shown.contains("second") && !shown.contains("first"), "{shown}");
    }
    assert!(shown.screen.contains("◂ 2/2 ▸"), "{}", shown.screen);
    for format in [Format::Markdown, Format::Text, Format::Html] {
        let all = ExtractOptions { all_branches: true, ..ExtractOptions::new(format, TimeZone::UTC) };
        let text = extract::format_conversation(&conversation, &all);
        assert!(text.contains("branch 1 of 2 after 1"), "{text}");
        assert!(text.contains("branch 2 of 2 after 1 (the one last shown)"), "{text}");
    }
    let mut library = Library::new();
    library.add(vec![conversation]);
    let found = |query: &str| worker::search(&Query::parse(query, &Clock::EPOCH), &library, false).rows.len();
    assert_eq!((found("has:branch first"), found("has:branch second"), found("has:branch ask")), (1, 1, 0));
}

#[test]
fn nothing_in_code_is_cleaned() {
    let text = "`:::writing{a}` and `[x](sandbox:/a)`\n\n```\n:::writing{b}\n【1†source】\n:::\n[y](sandbox:/b)\n```\n\n\
                [z](sandbox:/c)";
    let shown = Shown::of(&chain([prompt("?"), answer(text)]));
    for shown in shown.all() {
        for kept in [":::writing{a}", "[x](sandbox:/a)", ":::writing{b}", "【1†source】", "[y](sandbox:/b)"]
        {
            assert!(shown.contains(kept), "{kept}: {shown}");
        }
        assert!(shown.contains("z (dead link)") && !shown.contains("sandbox:/c"), "{shown}");
    }
}

#[test]
fn a_prompt_stands_as_it_was_typed() {
    let typed = "int *p; // __init__\n    indented &nbsp; <b>\n1) not * a list";
    let shown = Shown::of(&chain([prompt(typed)]));
    for line in typed.lines() {
        assert!(shown.screen.contains(line), "{line}: {}", shown.screen);
    }
    assert!(shown.text.contains(typed), "{}", shown.text);
    assert!(shown.jsonl.contains(&serde_json::to_string(typed).unwrap()), "{}", shown.jsonl);
    let escaped = typed.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    assert!(shown.html.contains(&escaped), "{}", shown.html);
}
