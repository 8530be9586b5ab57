//! Every conversation of whole archives, in every format, held against a reading of the same bytes that shares no code
//! with the program: the demo always, and the archive that `UNSPOOL_TEST_ARCHIVE` names, if it names one.

use std::{
    io::{Read, Write},
    path::PathBuf,
    process::{Command, Stdio},
    sync::{Mutex, atomic::AtomicBool},
};

use crate::support::tools;
use jiff::tz::TimeZone;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};
use serde_json::Value;
use unspool::{
    archive::{Archive, Limits, Location},
    conversation::{AnnotationKind, Conversation, MessageKind, Role},
    extract::{self, ExtractOptions, Format},
    load::{self, LoadEvent},
};

/// An archive with all its conversations, in the order of the file.
struct Whole {
    archive: Archive,
    conversations: Vec<Conversation>,
}

fn read(location: &Location) -> Whole {
    let archives = [Archive::open(location, Limits::default()).expect("the archive opens")];
    let found = Mutex::new(Vec::new());
    load::load(&archives, &AtomicBool::new(false), &|arrival| {
        if let LoadEvent::Batch(batch) = arrival {
            found.lock().unwrap().extend(batch);
        }
    });
    let mut conversations: Vec<Conversation> = found.into_inner().unwrap();
    conversations.sort_by_key(|conversation| conversation.object_location);
    let [archive] = archives;
    Whole { archive, conversations }
}

fn archives() -> Vec<Whole> {
    let named = std::env::var_os("UNSPOOL_TEST_ARCHIVE").map(PathBuf::from);
    std::iter::once(Location::Demo).chain(named.map(Location::Path)).map(|location| read(&location)).collect()
}

fn written(conversation: &Conversation, format: Format) -> String {
    extract::format_conversation(conversation, &ExtractOptions::new(format, TimeZone::UTC))
}

/// The messages that an extract for reading holds.
fn turns(conversation: &Conversation) -> Vec<usize> {
    let options = ExtractOptions::new(Format::Markdown, TimeZone::UTC);
    let mut path = conversation.current_path();
    path.retain(|&message| options.takes(&conversation.messages()[message]));
    path
}

// --- JSON and JSON Lines

/// What a message of the export says, if ChatGPT itself shows it as part of the conversation.
fn shown_text(message: &Value) -> Option<(&str, String)> {
    let metadata = &message["metadata"];
    let role = message["author"]["role"].as_str()?;
    if metadata["is_visually_hidden_from_conversation"] == true || message["weight"] == 0.0 {
        return None;
    }
    let kind = message["content"]["content_type"].as_str()?;
    let parts = message["content"]["parts"].as_array().cloned().unwrap_or_default();
    let is_image = |part: &Value| part["content_type"] == "image_asset_pointer";
    let is_said = kind == "text" || kind == "multimodal_text";
    let shown = match role {
        "user" => is_said,
        "assistant" => (message["recipient"].is_null() || message["recipient"] == "all") && is_said,
        "tool" => parts.iter().any(is_image),
        _ => false,
    };
    let texts: Vec<&str> = parts.iter().filter_map(|part| part.as_str().or(part["text"].as_str())).collect();
    let text = texts.join("\n");
    // An upload without a word is a message all the same.
    let uploads = metadata["attachments"].as_array().is_some_and(|uploads| !uploads.is_empty());
    let blank = text.trim().is_empty() && parts.iter().all(Value::is_string) && !uploads;
    (shown && !blank).then_some((role, text))
}

/// The visible texts of a conversation of the export, in order; `None` where its tree is damaged, which other tests
/// look at.
fn shown_texts(conversation: &Value) -> Option<Vec<(&str, String)>> {
    let mapping = &conversation["mapping"];
    let mut path = Vec::new();
    let mut node = conversation["current_node"].as_str();
    if node.is_none_or(|node| mapping[node].is_null()) {
        return None;
    }
    while let Some(id) = node {
        path.push(&mapping[id]["message"]);
        node = mapping[id]["parent"].as_str();
    }
    Some(path.into_iter().rev().filter_map(shown_text).collect())
}

/// Text that the program rightly changes: citations, dead links, writing blocks, cut surrogates.
fn is_cleaned(text: &str) -> bool {
    text.contains(|char| ('\u{e200}'..='\u{e204}').contains(&char) || char == '\u{fffd}')
        || ["【", "sandbox:", ":::"].iter().any(|mark| text.contains(mark))
}

#[test]
fn json_is_the_sources_bytes_and_jsonl_its_texts() {
    for Whole { archive, conversations } in archives() {
        let members: Vec<_> = archive.conversation_members().collect();
        let sources: Vec<_> = conversations.iter().map(|conversation| conversation.object_location).collect();
        let mut compared = 0;
        let mut originals = 0;
        let mut whole: Vec<(u32, Vec<u8>)> = Vec::new();
        archive
            .read_objects(&sources, &mut |_| true, &mut |index, bytes| {
                let conversation = &conversations[index];
                let source = conversation.object_location;
                if whole.last().is_none_or(|(member, _)| *member != source.member) {
                    let member = &members[source.member as usize];
                    whole = vec![(source.member, archive.read_member(member, usize::MAX >> 1).unwrap())];
                }
                let place = source.offset as usize..source.offset as usize + source.length as usize;
                assert!(bytes == &whole[0].1[place], "{} differs from its source", conversation.id);
                originals += 1;
                // Cut surrogates are no JSON to a strict reader.
                let Ok(object) = serde_json::from_slice::<Value>(bytes) else { return true };
                let Some(expected) = shown_texts(&object) else { return true };
                let lines = written(conversation, Format::Jsonl);
                let lines: Vec<Value> =
                    lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
                assert_eq!(lines.len(), expected.len(), "{}", conversation.id);
                for (line, (role, text)) in lines.iter().zip(expected) {
                    assert_eq!(line["role"], *role, "{}", conversation.id);
                    if !is_cleaned(&text) {
                        assert_eq!(line["text"], *text, "{}", conversation.id);
                        compared += 1;
                    }
                }
                true
            })
            .unwrap();
        assert_eq!(originals, conversations.len());
        assert!(compared > 100, "{compared}");
        eprintln!("{}: {originals} originals, {compared} texts", archive.name());
    }
}

// --- Markdown

/// The second-level headings of a Markdown file, and the code of its fenced blocks.
fn seen(markdown: &str) -> (usize, Vec<String>) {
    let dialect = pulldown_cmark::Options::ENABLE_TABLES
        | pulldown_cmark::Options::ENABLE_STRIKETHROUGH
        | pulldown_cmark::Options::ENABLE_TASKLISTS
        | pulldown_cmark::Options::ENABLE_FOOTNOTES;
    let (mut headings, mut code, mut inside) = (0, Vec::new(), false);
    for event in Parser::new_ext(markdown, dialect) {
        match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H2, .. }) => headings += 1,
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => {
                code.push(String::new());
                inside = true;
            }
            Event::Text(text) if inside => code.last_mut().expect("pushed").push_str(&text),
            Event::End(TagEnd::CodeBlock) => inside = false,
            _ => {}
        }
    }
    (headings, code)
}

/// The texts of a message's files, which are blocks of code.
fn attached_texts(conversation: &Conversation, message: usize) -> impl Iterator<Item = String> {
    let files = conversation.message_annotations(message).iter().filter_map(move |part| match &part.detail {
        AnnotationKind::Attachment(file) => Some(conversation.attached_text(message, file).to_owned()),
        _ => None,
    });
    files.filter(|content| !content.is_empty())
}

#[test]
fn markdown_has_a_heading_a_turn_and_every_block_of_code_byte_for_byte() {
    for Whole { archive, conversations } in archives() {
        let (mut blocks, mut headings) = (0, 0);
        for conversation in &conversations {
            let (found, code) = seen(&written(conversation, Format::Markdown));
            let turns = turns(conversation);
            assert_eq!(found, turns.len(), "{}: {}", conversation.id, conversation.title);
            let expected: Vec<String> = turns
                .iter()
                .flat_map(|&message| {
                    match conversation.messages()[message].kind {
                        // A program on a canvas is one block; what of it is code, its own tests say.
                        MessageKind::Canvas => unspool::message::message_code_blocks(conversation, message)
                            .into_iter()
                            .map(|block| block.code + "\n")
                            .collect(),
                        _ => seen(conversation.message_text(message)).1,
                    }
                    .into_iter()
                    .chain(attached_texts(conversation, message))
                })
                // A break that only some readers know is one that all know.
                .map(|code| code.replace('\r', "\n"))
                .collect();
            // A block that is cut off in the middle ends with the line that was begun.
            let ended = |code: &String| code.strip_suffix('\n').unwrap_or(code).to_owned();
            let mut code: Vec<String> = code.iter().map(ended).collect();
            let expected: Vec<String> = expected.iter().map(ended).collect();
            // What is indented in a prompt is a block of code too.
            let is_indented = |&message: &usize| {
                let mut lines = conversation.message_text(message).lines();
                conversation.messages()[message].role == Role::User
                    && lines.any(|line| line.starts_with([' ', '\t']))
            };
            if turns.iter().any(is_indented) {
                let mut others = expected.iter().peekable();
                code.retain(|code| others.next_if(|other| *other == code).is_some());
            }
            assert_eq!(code, expected, "{}: {}", conversation.id, conversation.title);
            blocks += code.len();
            headings += found;
        }
        assert!(blocks > 20 && headings > 100, "{blocks} {headings}");
        eprintln!("{}: {headings} turns, {blocks} blocks of code", archive.name());
    }
}

// --- HTML

/// Reads pages, one a line of JSON, with Python's own parser, and says what is wrong with them.
const CHECK: &str = r#"
import json, sys
from html.parser import HTMLParser
from urllib.parse import urlsplit
VOID = {"br", "hr", "img", "meta"}
KNOWN = VOID | set("html head title style body main header article h1 h2 h3 h4 h5 h6 p div span a ul ol li pre code "
    "blockquote table thead tbody tr th td em strong del sup".split())
ATTRIBUTES = {"class", "dir", "lang", "charset", "http-equiv", "content", "name", "rel", "href", "start", "style"}
class Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.wrong, self.articles = [], [], 0
    def handle_starttag(self, tag, attributes):
        if tag not in KNOWN: self.wrong.append("<%s>" % tag)
        self.articles += tag == "article"
        for name, value in attributes:
            if name not in ATTRIBUTES: self.wrong.append("attribute " + name)
            if name == "href" and urlsplit(value).scheme.lower() not in ("http", "https", "mailto"):
                self.wrong.append("href " + value)
            if name == "style" and not value.startswith("text-align: "): self.wrong.append("style " + value)
        if len({name for name, _ in attributes}) < len(attributes): self.wrong.append("an attribute twice")
        if tag not in VOID: self.open.append(tag)
    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag: self.wrong.append("</%s>" % tag)
    def handle_comment(self, text): self.wrong.append("comment")
    def handle_pi(self, text): self.wrong.append("instruction")
    def unknown_decl(self, text): self.wrong.append("declaration")
for line in sys.stdin:
    name, articles, text = json.loads(line)
    page = Page()
    page.feed(text)
    page.close()
    if page.open: page.wrong.append("left open: %s" % page.open)
    if page.articles != articles: page.wrong.append("%d articles, not %d" % (page.articles, articles))
    if "default-src 'none'" not in text: page.wrong.append("no policy")
    if page.wrong: print(name, page.wrong[:5])
print("done")
"#;

#[test]
fn html_passes_a_parser_and_holds_nothing_that_acts_or_loads() {
    for Whole { archive, conversations } in archives() {
        let python =
            Command::new("python3").args(["-c", CHECK]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let Ok(mut python) = python else {
            return tools::missing("python3");
        };
        let mut output = python.stdout.take().expect("piped");
        let reading = std::thread::spawn(move || {
            let mut said = String::new();
            output.read_to_string(&mut said).map(|_| said)
        });
        let mut input = std::io::BufWriter::new(python.stdin.take().expect("piped"));
        let mut bytes = 0;
        for conversation in &conversations {
            let page = written(conversation, Format::Html);
            bytes += page.len();
            let line = serde_json::json!([&*conversation.id, turns(conversation).len(), page]);
            writeln!(input, "{line}").expect("it reads");
        }
        drop(input);
        let said = reading.join().expect("no panic").expect("UTF-8");
        assert!(python.wait().unwrap().success());
        assert_eq!(said, "done\n");
        eprintln!("{}: {} pages, {bytes} bytes", archive.name(), conversations.len());
    }
}
