//! Makes the seeds of each fuzz target.

use std::io::{Cursor, Read, Write};

use anyhow::Context;
use serde_json::{Value, json};
use unspool::{
    archive::cut::{Cut, ObjectCutter},
    import::repair::repair,
};
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

/// A seed: its name and its bytes.
type Seed = (String, Vec<u8>);

/// The largest seed that is made, in bytes: a fuzzer changes small inputs better.
const MAX_SIZE: usize = 24 << 10;

/// The seeds of every target.
pub fn all(demo: &[u8]) -> anyhow::Result<Vec<(&'static str, Vec<Seed>)>> {
    let conversations = conversations(demo)?;
    let texts: Vec<Seed> =
        conversations.iter().map(|(name, object)| (name.clone(), script(object))).collect();
    let small = |seeds: &[Seed]| -> Vec<Seed> {
        seeds.iter().filter(|(_, bytes)| bytes.len() <= MAX_SIZE).cloned().collect()
    };
    let mut objects: Vec<Seed> = small(&bytes_of(&conversations));
    objects.push(("claude".into(), claude().to_string().into_bytes()));
    objects.push(("broken".into(), broken()));
    let mut laid_out = Vec::new();
    for (index, (name, text)) in small(&texts).into_iter().enumerate() {
        // The first byte is the width.
        let width = [40, 80, 100, 20, 1][index % 5];
        laid_out.push((name, [&[width], &*text].concat()));
    }
    let words: Vec<Seed> = small(&texts).into_iter().filter(|(_, text)| !text.is_ascii()).collect();
    let mut guarded = small(&texts);
    guarded.extend(small(&bytes_of(&conversations)).into_iter().map(|(name, json)| (name + "-json", json)));
    Ok(vec![
        ("archive", archives(&conversations)?),
        ("import", objects),
        ("keys", keys()),
        ("query", queries()),
        ("transcript", laid_out),
        ("sanitise", words),
        ("extract", small(&texts)),
        ("redaction", planted(&small(&texts))),
        ("secrets", guarded),
    ])
}

/// The demo's conversations, each named after its id.
fn conversations(demo: &[u8]) -> anyhow::Result<Vec<(String, Value)>> {
    let mut zip = ZipArchive::new(Cursor::new(demo))?;
    let mut all = Vec::new();
    for index in 0..zip.len() {
        let mut member = zip.by_index(index)?;
        let name = member.name().map(|name| name.to_string()).unwrap_or_default();
        if !name.contains("conversations-0") && !name.ends_with("conversations.json") {
            continue;
        }
        let mut json = Vec::new();
        member.read_to_end(&mut json)?;
        let mut objects = Vec::new();
        ObjectCutter::new().feed(&json, &mut |cut| {
            if let Cut::Object(range) = cut {
                objects.push(range.start as usize..range.end as usize);
            }
        });
        for object in objects {
            // Some of it is broken on purpose.
            let object = serde_json::from_str(&repair(&json[object]).0).with_context(|| name.clone())?;
            all.push((format!("{:02}", all.len()), object));
        }
    }
    anyhow::ensure!(all.len() > 20, "the demo holds {} conversations", all.len());
    Ok(all)
}

fn bytes_of(conversations: &[(String, Value)]) -> Vec<Seed> {
    conversations.iter().map(|(name, object)| (name.clone(), object.to_string().into_bytes())).collect()
}

/// A conversation as the targets take one: the title, then each message behind U+001E and a letter for its kind.
fn script(object: &Value) -> Vec<u8> {
    let mut text = object["title"].as_str().unwrap_or_default().to_owned();
    for node in object["mapping"].as_object().into_iter().flat_map(|nodes| nodes.values()) {
        let message = &node["message"];
        let content = &message["content"];
        // What remains of a letter's code point after division by 14 is the kind: see `tests/targets/text.rs`.
        let sign = match (message["author"]["role"].as_str(), content["content_type"].as_str()) {
            (Some("user"), _) => 'd',
            (Some("assistant"), Some("code")) => 't',
            (Some("assistant"), Some("thoughts")) => 'v',
            (Some("assistant"), Some("reasoning_recap")) => 'w',
            (Some("assistant"), _) if message["recipient"].as_str().is_some_and(|to| to != "all") => '|',
            (Some("assistant"), _) => 'b',
            (Some("tool"), Some("tether_quote")) => 'x',
            (Some("tool"), Some("system_error")) => '{',
            (Some("tool"), _) => 'u',
            _ => continue,
        };
        text.push('\u{1e}');
        text.push(sign);
        for part in content["parts"].as_array().into_iter().flatten().chain([&content["text"]]) {
            text.push_str(part.as_str().unwrap_or_default());
        }
    }
    text.into_bytes()
}

/// A few texts, each behind what is planted in it and the way that is written.
fn planted(texts: &[Seed]) -> Vec<Seed> {
    let ways = (0_u8..6).cycle().zip((0_u8..8).cycle());
    let seed =
        |((name, text), (which, way)): (&Seed, (u8, u8))| (name.clone(), [&[which, way], &**text].concat());
    texts.iter().zip(ways).map(seed).take(24).collect()
}

/// Small archives of every layout.
fn archives(conversations: &[(String, Value)]) -> anyhow::Result<Vec<Seed>> {
    let mut few: Vec<&Value> = conversations.iter().map(|(_, object)| object).collect();
    few.sort_by_key(|object| object.to_string().len());
    few.truncate(4);
    let json = serde_json::to_vec(&few)?;
    let half = serde_json::to_vec(&few[..2])?;
    let foreign = Value::Array(vec![claude()]).to_string().into_bytes();
    let names = br#"{"0.dat":"file-1-a.png"}"#;
    let whole = zip(&[("a/conversations.json", &json), ("a/user.json", b"{}")], CompressionMethod::Deflated)?;
    let split = zip(
        &[("conversations-000.json", &half), ("conversations-001.json", &json), ("file-1-a.png", b"\x89PNG")],
        CompressionMethod::Stored,
    )?;
    let nested = zip(&[("x/Conversations_1.zip", &whole)], CompressionMethod::Stored)?;
    let packed = zip(&[("x/Conversations_1.zip", &split), ("y.zip", b"PK")], CompressionMethod::Deflated)?;
    let named = zip(
        &[("conversations.json", &half), ("0.dat", b"GIF8"), ("conversation_asset_file_names.json", names)],
        CompressionMethod::Deflated,
    )?;
    let mut streamed = ZipWriter::new_stream(Vec::new());
    streamed.start_file("conversations.json", SimpleFileOptions::default())?;
    streamed.write_all(&half)?;
    let streamed = streamed.finish()?.into_inner();
    Ok(vec![
        ("lost-directory".into(), split[..split.len() - 200].to_vec()),
        ("truncated".into(), whole[..whole.len() / 2].to_vec()),
        ("wrapped".into(), format!(r#"{{"conversations":{}}}"#, String::from_utf8_lossy(&half)).into_bytes()),
        ("lines".into(), few.iter().map(|object| format!("{object}\n")).collect::<String>().into_bytes()),
        ("claude-zip".into(), zip(&[("conversations.json", &foreign)], CompressionMethod::Deflated)?),
        ("claude".into(), foreign),
        ("json".into(), json),
        ("whole".into(), whole),
        ("split".into(), split),
        ("nested".into(), nested),
        ("packed".into(), packed),
        ("named".into(), named),
        ("streamed".into(), streamed),
        ("empty".into(), b"[]".to_vec()),
    ])
}

fn zip(members: &[(&str, &[u8])], method: CompressionMethod) -> anyhow::Result<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method))?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// A conversation of Claude's, with every kind of block.
fn claude() -> Value {
    let human = |uuid: &str, parent: &str, text: &str| {
        json!({"uuid": uuid, "text": text, "content": [{"type": "text", "text": text}], "sender": "human",
            "created_at": "2026-02-03T10:00:00.123456Z", "updated_at": "2026-02-03T10:00:00Z",
            "attachments": [{"file_name": "notes.txt", "file_size": 5, "file_type": "txt", "extracted_content": "a\nb"}],
            "files": [{"file_name": "photo.png", "file_uuid": "f-1"}], "parent_message_uuid": parent})
    };
    let answer = json!({"uuid": "m2", "text": "It is so.", "sender": "assistant", "parent_message_uuid": "m1",
        "created_at": "2026-02-03T10:00:09Z", "content": [
            {"type": "thinking", "thinking": "Let me see.", "start_timestamp": "2026-02-03T10:00:01Z",
                "stop_timestamp": "2026-02-03T10:00:04Z"},
            {"type": "tool_use", "id": "t1", "name": "web_search", "input": {"query": "so"}},
            {"type": "tool_result", "tool_use_id": "t1", "name": "web_search", "is_error": false,
                "content": [{"type": "knowledge", "title": "So", "url": "https://example.org", "text": "so"}]},
            {"type": "tool_use", "id": "t2", "name": "artifacts", "input": {"command": "create", "id": "a",
                "type": "text/markdown", "title": "A page", "content": "# A page"}},
            {"type": "tool_use", "id": "t3", "name": "artifacts", "input": {"command": "update", "id": "a",
                "old_str": "A", "new_str": "The"}},
            {"type": "injected_prompt_block", "prompt": "It is Tuesday."},
            {"type": "text", "text": "It is so.", "citations": [{"url": "https://example.org", "title": "So"}]}]});
    json!({"uuid": "c-1", "name": "", "summary": "", "created_at": "2026-02-03T10:00:00Z",
        "updated_at": "2026-02-03T10:00:09Z", "account": {"uuid": "a-1"}, "chat_messages": [
            human("m1", "00000000-0000-4000-8000-000000000000", "Is it so?"), answer,
            human("m3", "00000000-0000-4000-8000-000000000000", "Is it really so?"),
            human("m4", "m9", "And?")]})
}

/// An object with something wrong in most of its fields.
fn broken() -> Vec<u8> {
    let json = r#"{"title":"\ud83d x","create_time":NaN,"mapping":{"a":{"id":"a","parent":"b","children":["b",7,"c"],
        "message":{"author":{"role":"user"},"content":{"content_type":"text","parts":["x\udc00",{"text":1}]}}},
        "b":{"parent":"a","children":["a"],"message":{"author":7,"content":"bare","weight":"0"}},
        "c":{"message":{"author":{"role":"assistant"},"content":{"content_type":"text","parts":"bare"}"#;
    json.as_bytes().to_vec()
}

/// What is typed and pasted: the size of the screen, then pieces, each behind a byte for the pause before it and its
/// length. See `tests/targets/keys.rs`.
fn keys() -> Vec<Seed> {
    // The pauses of 0, 20, 70 and 500 ms are the numbers 0, 3, 8 and 14.
    let pieces = |size: u8, pause: u8, text: &str| {
        let mut seed = vec![size];
        for piece in text.as_bytes().chunks(if pause == 0 { 16 } else { 1 }) {
            seed.push(pause << 4 | (piece.len() as u8 - 1));
            seed.extend_from_slice(piece);
        }
        seed
    };
    let texts = [
        "kubernetes ingress timeout\r!touch ran\r",
        "\re\r\r",
        "\x1bE\r\x1b \x1bsX",
        "\rjjJK}{nN/the\r<>zZHLpv",
        "\x1b:pipe\rwc -l\r",
        "has:file\ro1\r2\r\x1b[A\x1b[B\r",
        "has:code\rc2yYut\x19\x0f",
        "\x1bi\x1b?jGq:audit\r",
        "\x1b[200~a\rpaste\x1b[201~\x1b\x1b[M !!\x1b[<0;1;1M\x1b]11;rgb:0/0/0\x07",
        "\x1b[97;5u\x1b[13;1:3u\x1b[57414u\x1bOM\x1bOj\x1b[64;7u\x1b[1;3A\x1b[27;5;9~",
        "日本語\x7f\x17\x15\x01\x05é\x08\t\x1b[Z\x12\x0c",
        "\re\t\t \x1b[C\x1b[D /tmp/\t\x15x\r",
    ];
    let ways = [(0, 0), (1, 3), (2, 8), (0x80, 14)];
    let all = texts.iter().enumerate().flat_map(|(index, text)| {
        ways.map(|(size, pause)| (format!("{index:02}-{pause}"), pieces(size, pause, text)))
    });
    all.collect()
}

/// Queries that use the whole language, and break it.
fn queries() -> Vec<Seed> {
    let queries = [
        "kubernetes ingress timeout",
        "\"proxy-read-timeout\" -helm",
        "/time.?out/ role:user",
        "/(unclosed/ [a-z",
        "title:504 model:gpt-4o",
        "after:2024-01 before:2024-06-30",
        "after:2024-13-99 before:x",
        "has:code has:image has:file has:link has:branch has:secret",
        "is:starred is:archived is:gpt from:chatgpt from:claude from:nobody",
        "id:bf3c role:assistant",
        "\"unclosed phrase",
        "-\"a b\" -/x/ -title:y --",
        "日本語 straße ǅ İ e\u{301} \u{fb01}",
        "a:b c: :d \\/ \\\" \"\"",
        "/\\p{Lu}+(?i)x{1,3}|^$/",
        "nginx OR \"proxy read\" OR /time.?out/ title:a OR title:b -c OR d OR",
        "date:2024-02 after:7d before:1y date:0w date:99999m",
        "in:tools OR in:files -in:reasoning project:g-p-1 gpt:\"g 2\" modle:o3 role:asistant",
    ];
    let name = |index: usize| format!("{index:02}");
    queries.iter().enumerate().map(|(index, query)| (name(index), query.as_bytes().to_vec())).collect()
}
