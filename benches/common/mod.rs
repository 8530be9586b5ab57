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
