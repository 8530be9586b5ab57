//! An archive whose every text is an attack.

use serde_json::{Value, json};

use crate::support::exports::{Chain, answer, conversation, message, prompt};

/// What stands at the end of a line whose columns are watched.
pub const MARK: char = '‡';
/// The column it stands in, counted from where the line begins.
const MARKED: usize = 64;

/// An attack by its number, as it stands in the archive: `017 attack`.
pub fn numbered(number: usize, attack: &str) -> String {
    format!("{number:03} {attack}")
}

/// Every attack as the title and the words of a conversation, the first one the newest.
pub fn titles(attacks: &[String]) -> String {
    let all = attacks.iter().enumerate().map(|(number, attack)| {
        let text = numbered(number, attack);
        let mut object = conversation(Chain::of([prompt(&text), answer(&text)]));
        object["title"] = json!(text);
        object["id"] = json!(format!("{number:03}-{attack}"));
        object["conversation_id"] = object["id"].clone();
        object["update_time"] = json!(1_700_000_000.0 - 1_000.0 * number as f64);
        object["default_model_slug"] = json!(attack);
        // Both forms a character may have in JSON.
        if number % 2 == 0 { object.to_string() } else { escaped(&object.to_string()) }
    });
    format!("[{}]", all.collect::<Vec<_>>().join(","))
}

/// JSON in which every character that is not ASCII is escaped.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len() * 2);
    for c in json.chars() {
        if c.is_ascii() {
            text.push(c);
        } else {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| text.push_str(&format!("\\u{unit:04x}")));
        }
    }
    text
}

/// The kinds of places where words of an archive are shown, each a conversation of that title.
pub const PLACES: [&str; 16] = [
    "prompts",
    "answers",
    "code",
    "tables",
    "markdown",
    "languages",
    "links",
    "citations",
    "attachments",
    "models",
    "tools",
    "unknown",
    "reasoning",
    "pages",
    "canvas",
    "outputs",
];

/// The conversation of one of [`PLACES`] alone.
pub fn place(place: &str, attacks: &[String]) -> String {
    Value::Array(vec![of_place(place, attacks)]).to_string()
}

/// A conversation for every one of [`PLACES`], with all attacks in it.
pub fn places(attacks: &[String]) -> String {
    Value::Array(PLACES.iter().map(|place| of_place(place, attacks)).collect()).to_string()
}

fn of_place(place: &str, attacks: &[String]) -> Value {
    // All of them where words are; elsewhere a third of the short ones, each place another: pages take their time.
    let whole = ["prompts", "code", "tables"].contains(&place);
    let shift = PLACES.iter().position(|other| *other == place).unwrap_or(0);
    let taken =
        |number: usize, attack: &str| whole || ((number + shift).is_multiple_of(3) && attack.len() < 300);
    let texts: Vec<String> = attacks
        .iter()
        .enumerate()
        .filter(|(number, attack)| taken(*number, attack))
        .map(|(number, attack)| numbered(number, attack))
        .collect();
    let each = |make: &dyn Fn(&str) -> Value| -> Vec<Value> { texts.iter().map(|text| make(text)).collect() };
    let turns: Vec<Value> = match place {
        "prompts" => each(&prompt),
        "answers" => each(&answer),
        "code" => vec![answer(&format!(
            "```\n{}\n```",
            texts.iter().map(|text| marked(text)).collect::<Vec<_>>().join("\n")
        ))],
        "tables" => vec![answer(&table(&texts))],
        "markdown" => each(&|text| answer(&markdown(text))),
        "languages" => each(&|text| answer(&format!("```{}\nlet x = 1;\n```", line(text)))),
        "links" => each(&|text| answer(&links(text))),
        "citations" => each(&citation),
        "attachments" => each(&attachment),
        "models" => each(&|text| with(answer("said"), "metadata", json!({"model_slug": text}))),
        "tools" => texts.iter().flat_map(|text| tools(text)).collect(),
        "unknown" => texts.iter().flat_map(|text| unknown(text)).collect(),
        "reasoning" => texts.iter().flat_map(|text| reasoning(text)).collect(),
        "pages" => texts.iter().flat_map(|text| pages(text)).collect(),
        "canvas" => texts.iter().flat_map(|text| canvas(text)).collect(),
        _ => each(&output),
    };
    let mut object = conversation(Chain::of(turns));
    object["title"] = json!(place);
    object["id"] = json!(place);
    object["conversation_id"] = json!(place);
    object["gizmo_id"] = json!(texts.join(" "));
    object
}

/// The text on one line, filled up so that a mark stands in a column that is the same for all.
fn marked(text: &str) -> String {
    let text = line(text);
    // What ChatGPT marks citations and writing with is taken out on the way in: nobody can tell the columns from here.
    if text.contains(['\u{e200}', '\u{e203}', '【']) || text.contains(":::") {
        return text;
    }
    let columns = unspool::transcript::sanitize::width(&unspool::transcript::sanitize::line(&text));
    match MARKED.checked_sub(columns) {
        Some(blanks) => format!("{text}{}{MARK}", " ".repeat(blanks)),
        None => text,
    }
}

/// Without what would end the line or, in a fence or table, the place it stands in.
fn line(text: &str) -> String {
    text.replace(['\n', '\r', '\t', '\u{2028}', '\u{2029}', '`', '|'], " ")
}

/// A cell with an attack, and one that is the same in every row.
fn table(texts: &[String]) -> String {
    let short = |text: &&String| line(text).chars().count() < 40;
    let rows: Vec<String> =
        texts.iter().filter(short).map(|text| format!("| {} | {MARK} |", line(text))).collect();
    format!("| attack | mark |\n|---|---|\n{}", rows.join("\n"))
}

fn markdown(text: &str) -> String {
    let text = line(text);
    format!(
        "# {text}\n\n> {text}\n\n- {text}\n  1. {text}\n\n**{text}** *{text}* ~~{text}~~ `{text}` <b>{text}</b>\n\n\
         ![{text}](x.png)\n\n    {text}\n\n\\({text}\\) $${text}$$\n\n[^1] [^1]: {text}"
    )
}

fn links(text: &str) -> String {
    let text = line(text);
    format!(
        "[{text}](https://e.example/1) [label](https://e.example/{text}) [label](<https://e.example/{text}> \"{text}\")\n\
         <https://e.example/{text}> https://e.example/{text} [dead](sandbox:/mnt/data/{text})"
    )
}

fn with(mut message: Value, field: &str, value: Value) -> Value {
    message[field] = value;
    message
}

fn citation(text: &str) -> Value {
    let marker = "\u{e200}cite\u{e202}turn0search0\u{e201}";
    let source = json!({"title": text, "url": format!("https://e.example/{text}"), "attribution": text,
        "supporting_websites": [{"title": text, "url": text}]});
    let metadata = json!({
        "content_references": [{"matched_text": marker, "type": "grouped_webpages", "alt": text, "items": [source],
            "safe_urls": [text]}],
        "citations": [{"start_ix": 0, "end_ix": 4, "metadata": {"title": text, "url": text, "type": "webpage"}}],
        "_cite_metadata": {"metadata_list": [{"title": text, "url": text}]},
    });
    let said = format!("【1†{text}】 said {marker} \u{e200}entity\u{e202}[\"city\",{}]\u{e201}", json!(text));
    with(answer(&said), "metadata", metadata)
}

fn attachment(text: &str) -> Value {
    let mut asked = prompt("look");
    asked["metadata"] = json!({"attachments": [{"id": text, "name": text, "size": 1, "mime_type": text, "width": 1, "height": 1}]});
    asked["content"] = json!({"content_type": "multimodal_text", "parts": [
        {"content_type": "image_asset_pointer", "asset_pointer": format!("file-service://{text}"), "size_bytes": 1,
            "width": 1, "height": 1, "metadata": {"dalle": {"prompt": text}}},
        {"content_type": "audio_transcription", "text": text, "direction": "in"},
        {"content_type": "audio_asset_pointer", "asset_pointer": text, "format": text},
        "look",
    ]});
    asked
}

fn tools(text: &str) -> Vec<Value> {
    let mut call = answer("{}");
    call["recipient"] = json!(text);
    call["content"] = json!({"content_type": "code", "language": text, "text": text});
    let mut result = message("tool", text);
    result["author"]["name"] = json!(text);
    let mut image = result.clone();
    image["content"] = json!({"content_type": "multimodal_text", "parts": [
        {"content_type": "image_asset_pointer", "asset_pointer": "file-service://x"}, text]});
    let mut error = result.clone();
    error["content"] = json!({"content_type": "system_error", "name": text, "text": text});
    vec![call, result, image, error]
}

fn unknown(text: &str) -> Vec<Value> {
    let mut kind = answer("words");
    kind["content"] = json!({"content_type": text, "text": text});
    vec![kind, message(text, "words")]
}

fn reasoning(text: &str) -> Vec<Value> {
    let mut thoughts = answer("");
    thoughts["content"] =
        json!({"content_type": "thoughts", "thoughts": [{"summary": text, "content": text, "chunks": []}]});
    let mut recap = answer("");
    recap["content"] = json!({"content_type": "reasoning_recap", "content": text});
    let mut memory = message("system", "");
    memory["content"] =
        json!({"content_type": "user_editable_context", "user_profile": text, "user_instructions": text});
    vec![thoughts, recap, memory]
}

fn pages(text: &str) -> Vec<Value> {
    let page = |kind: &str| {
        let content = json!({"content_type": kind, "url": format!("https://{text}/"), "domain": text, "title": text,
            "text": text, "snippet": text, "result": text});
        with(message("tool", ""), "content", content)
    };
    ["tether_quote", "sonic_webpage", "tether_browsing_display"].map(page).to_vec()
}

fn canvas(text: &str) -> Vec<Value> {
    let made = json!({"name": text, "type": format!("code/{text}"), "content": text});
    let create = with(answer(&made.to_string()), "recipient", json!("canmore.create_textdoc"));
    let document = json!({"name": text, "type": "document", "content": text});
    let another = with(answer(&document.to_string()), "recipient", json!("canmore.create_textdoc"));
    let updates = json!({"updates": [{"pattern": ".*", "multiple": false, "replacement": text}]});
    let update = with(answer(&updates.to_string()), "recipient", json!("canmore.update_textdoc"));
    vec![create, another, update]
}

fn output(text: &str) -> Value {
    let mut result = message("tool", "");
    result["author"]["name"] = json!("python");
    result["content"] = json!({"content_type": "execution_output", "text": text});
    result["metadata"] = json!({"aggregate_result": {"messages": [{"image_url": text}]}});
    result
}
