//! A ChatGPT export out of a seed: for benchmarks that anyone can repeat without an archive of their own.

/// A small generator of pseudo-random numbers (SplitMix64), so that no crate decides what an archive looks like.
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// An id in the shape of a UUID.
    pub fn id(&mut self) -> String {
        let (a, b) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            a >> 32,
            a >> 16 & 0xffff,
            a & 0xffff,
            b >> 48,
            b & 0xffff_ffff_ffff
        )
    }
}

/// Words made of syllables; the earlier ones occur far more often, as words do.
fn vocabulary(random: &mut Random) -> Vec<String> {
    const SYLLABLES: [&str; 24] = [
        "ka", "re", "ti", "on", "ma", "se", "der", "in", "lo", "ver", "sta", "ment", "pro", "con", "al",
        "er", "ing", "qu", "x", "ble", "tion", "un", "ro", "fi",
    ];
    let word = |random: &mut Random| {
        (0..=random.below(3)).map(|_| SYLLABLES[random.below(SYLLABLES.len())]).collect()
    };
    let mut words: Vec<String> = (0..4_000).map(|_| word(random)).collect();
    words.extend(["naïve", "Zürich", "日本語", "🙂"].map(str::to_owned));
    words
}

/// Text as answers are: sentences, lists, some code, escapes as an exporter writes them.
fn text(random: &mut Random, words: &[String], length: usize) -> String {
    let mut text = String::with_capacity(length + 32);
    while text.len() < length {
        match random.below(60) {
            0 => text.push_str("\n\n"),
            1 => text.push_str("\n- **"),
            2 => text.push_str("\n```python\nprint(\"x\")\n```\n"),
            3..8 => text.push_str(". "),
            _ => {
                let rank = random.below(words.len()) * random.below(words.len()) / words.len();
                text.push_str(&words[rank]);
                text.push(' ');
            }
        }
    }
    text
}

/// JSON with everything beyond ASCII escaped, as the export has it.
fn quoted(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 16);
    json.push('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            ' '..='~' => json.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    json.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    json.push('"');
    json
}

/// An export of that many conversations, as the bytes of `conversations.json`. The same seed gives the same bytes.
pub fn export(seed: u64, conversations: usize) -> String {
    let mut random = Random(seed);
    let words = vocabulary(&mut random);
    let objects: Vec<String> = (0..conversations).map(|_| conversation(&mut random, &words)).collect();
    format!("[{}]", objects.join(", "))
}

/// An export of about that many bytes whose messages carry what those of today do beside their words: citations with
/// their sources, what a search found, reasoning, calls of tools and what these gave. Two thirds of it are metadata.
#[allow(dead_code, reason = "each benchmark compiles this module for itself")]
pub fn rich_export(seed: u64, bytes: usize) -> String {
    let mut random = Random(seed);
    let words = vocabulary(&mut random);
    let mut json = String::with_capacity(bytes + (1 << 20));
    while json.len() < bytes {
        json.push_str(if json.is_empty() { "[" } else { ", " });
        json.push_str(&rich_conversation(&mut random, &words));
    }
    json.push(']');
    json
}

/// A conversation of some turns: a prompt, reasoning, a call, what it gave, the answer with its sources.
fn rich_conversation(random: &mut Random, words: &[String]) -> String {
    let time = 1_760_000_000 + random.below(30_000_000);
    let mut nodes = vec![r#""client-created-root": {"id": "client-created-root", "message": null, "parent": null, "children": []}"#.to_owned()];
    let mut parent = "client-created-root".to_owned();
    for turn in 0..=random.below(6) {
        let prompt = quoted(&text(random, words, 200));
        let thought = quoted(&text(random, words, 600));
        let gave = quoted(&text(random, words, 500));
        let (answer, references, found) = sourced(random, words);
        let recap =
            format!(r#"{{"content_type": "reasoning_recap", "content": "Thought for {}s"}}"#, turn + 3);
        for (role, name, recipient, content, more) in [
            (
                "user",
                "null",
                "all",
                format!(r#"{{"content_type": "text", "parts": [{prompt}]}}"#),
                String::new(),
            ),
            (
                "assistant",
                "null",
                "all",
                format!(
                    r#"{{"content_type": "thoughts", "thoughts": [{{"summary": "Looking", "content": {thought}, "chunks": [], "finished": true}}], "source_analysis_msg_id": "{}"}}"#,
                    random.id()
                ),
                r#", "reasoning_status": "is_reasoning""#.to_owned(),
            ),
            (
                "assistant",
                "null",
                "web.run",
                format!(
                    r#"{{"content_type": "code", "language": "unknown", "response_format_name": null, "text": "{{\"search_query\": [{{\"q\": \"{}\"}}]}}"}}"#,
                    words[random.below(64)]
                ),
                String::new(),
            ),
            (
                "tool",
                "\"web.run\"",
                "all",
                format!(r#"{{"content_type": "text", "parts": [{gave}]}}"#),
                format!(r#", "search_result_groups": [{found}], "debug_sonic_thread_id": "{}""#, random.id()),
            ),
            ("assistant", "null", "all", recap, format!(r#", "finished_duration_sec": {}"#, turn + 3)),
            (
                "assistant",
                "null",
                "all",
                format!(r#"{{"content_type": "text", "parts": [{}]}}"#, quoted(&answer)),
                format!(
                    r#", "content_references": [{references}], "search_result_groups": [{found}], "safe_urls": ["https://example.org/a", "https://example.org/b"]"#
                ),
            ),
        ] {
            let id = random.id();
            nodes.push(format!(
                r#""{id}": {{"id": "{id}", "message": {{"id": "{id}", "author": {{"role": "{role}", "name": {name}, "metadata": {{}}}}, "create_time": {time}.{turn}, "update_time": null, "content": {content}, "status": "finished_successfully", "end_turn": true, "weight": 1.0, "metadata": {{"request_id": "{}", "message_source": null, "turn_exchange_id": "{}", "timestamp_": "absolute", "model_slug": "gpt-5-thinking", "default_model_slug": "gpt-5-thinking", "finish_details": {{"type": "stop", "stop_tokens": [200002]}}, "is_complete": true, "parent_id": "{}"{more}}}, "recipient": "{recipient}", "channel": null}}, "parent": "{parent}", "children": []}}"#,
                random.id(),
                random.id(),
                random.id()
            ));
            parent = id;
        }
    }
    let id = random.id();
    format!(
        r#"{{"title": {}, "create_time": {time}.5, "update_time": {time}.9, "mapping": {{{}}}, "moderation_results": [], "current_node": "{parent}", "conversation_id": "{id}", "gizmo_id": null, "is_archived": false, "safe_urls": [], "blocked_urls": [], "default_model_slug": "gpt-5-thinking", "id": "{id}"}}"#,
        quoted(&text(random, words, 30)),
        nodes.join(", ")
    )
}

/// An answer that cites what a search found: its words, the references, the groups of results.
fn sourced(random: &mut Random, words: &[String]) -> (String, String, String) {
    let (mut answer, mut references, mut found) = (String::new(), Vec::new(), Vec::new());
    for number in 0..3 + random.below(6) {
        let address = format!("https://example.org/{}/{}", words[random.below(64)], random.next() % 100_000);
        let (title, snippet) = (quoted(&text(random, words, 60)), quoted(&text(random, words, 240)));
        let start = answer.chars().count();
        let marker = format!("\u{e200}cite\u{e202}turn0search{number}\u{e201}");
        answer.push_str(&text(random, words, 260));
        answer.push_str(&marker);
        references.push(format!(
            r#"{{"matched_text": {}, "start_idx": {start}, "end_idx": {}, "refs": [], "alt": "([example.org]({address}))", "prompt_text": null, "type": "grouped_webpages", "items": [{{"title": {title}, "url": "{address}", "pub_date": null, "snippet": {snippet}, "attribution_segments": null, "supporting_websites": [], "refs": [{{"turn_index": 0, "ref_type": "search", "ref_index": {number}}}], "hue": null, "attributions": null, "attribution": "example.org"}}], "fallback_items": null, "status": "done", "error": null, "style": null}}"#,
            quoted(&marker),
            start + 260
        ));
        found.push(format!(
            r#"{{"type": "search_result_group", "domain": "example.org", "entries": [{{"type": "search_result", "url": "{address}", "title": {title}, "snippet": {snippet}, "ref_id": {{"turn_index": 0, "ref_type": "search", "ref_index": {number}}}, "pub_date": 1760000000.0, "attribution": "example.org"}}]}}"#
        ));
    }
    (answer, references.join(", "), found.join(", "))
}

fn conversation(random: &mut Random, words: &[String]) -> String {
    let time = 1_670_000_000 + random.below(100_000_000);
    let mut nodes = vec![r#""client-created-root": {"id": "client-created-root", "message": null, "parent": null, "children": []}"#.to_owned()];
    let mut parent = "client-created-root".to_owned();
    for turn in 0..2 + random.below(14) {
        let id = random.id();
        let (role, length) = if turn % 2 == 0 {
            ("user", 40 + random.below(400))
        } else {
            ("assistant", 200 + random.below(2_400))
        };
        let metadata = format!(
            r#"{{"request_id": "{}", "timestamp_": "absolute", "model_slug": "gpt-4o", "finish_details": {{"type": "stop", "stop_tokens": [200002]}}, "is_complete": true, "citations": [], "content_references": [], "parent_id": "{}", "turn_exchange_id": "{}"}}"#,
            random.id(),
            random.id(),
            random.id()
        );
        nodes.push(format!(
            r#""{id}": {{"id": "{id}", "message": {{"id": "{id}", "author": {{"role": "{role}", "name": null, "metadata": {{}}}}, "create_time": {time}.{turn}, "update_time": null, "content": {{"content_type": "text", "parts": [{}]}}, "status": "finished_successfully", "end_turn": true, "weight": 1.0, "metadata": {metadata}, "recipient": "all", "channel": null}}, "parent": "{parent}", "children": []}}"#,
            quoted(&text(random, words, length))
        ));
        parent = id;
    }
    let id = random.id();
    format!(
        r#"{{"title": {}, "create_time": {time}.5, "update_time": {time}.9, "mapping": {{{}}}, "moderation_results": [], "current_node": "{parent}", "conversation_id": "{id}", "gizmo_id": null, "is_archived": false, "default_model_slug": "gpt-4o", "id": "{id}"}}"#,
        quoted(&text(random, words, 30)),
        nodes.join(", ")
    )
}
