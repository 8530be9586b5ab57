//! JSON Lines: one object a message, its text as it is in the conversation (citations resolved, LaTeX untouched).
//!
//! ```json
//! {"role":"user","time":"2025-03-03T09:42:00Z","model":null,"text":"Requests through our ingress die with 504."}
//! {"role":"assistant","time":"2025-03-03T09:42:07.5Z","model":"gpt-4o","text":"That is nginx's own default: …"}
//! ```
//! `time` (RFC 3339, UTC) and `model` may be null. A `name` says which person wrote, in a chat of several. jq and DuckDB read it as it is.

use serde::Serialize;

use super::{FormatWriter, entries};
use crate::{
    conversation::Conversation,
    extract::{ExtractOptions, rfc3339},
    message::{MessageView, Speaker},
};

#[derive(Serialize)]
struct MessageJson<'a> {
    role: &'static str,
    time: Option<String>,
    model: Option<&'a str>,
    /// The person's name, where several wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    text: &'a str,
}

/// The `jsonl` format; see the [module](self).
pub(super) struct Jsonl;

impl FormatWriter for Jsonl {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn about(&self) -> &'static str {
        "An object a message: role, time, model, text"
    }

    fn extension(&self) -> &'static str {
        "jsonl"
    }

    fn shows_canvases(&self) -> bool {
        false
    }

    fn writes_titles(&self) -> bool {
        false
    }

    fn conversation(&self, conversation: &Conversation, options: &ExtractOptions) -> String {
        let entries: Vec<usize> =
            entries::entries(conversation, options).into_iter().map(|entry| entry.message).collect();
        lines(conversation, &entries)
    }

    fn between_copies(&self) -> &'static str {
        ""
    }

    fn messages(&self, conversation: &Conversation, messages: &[usize], _: &ExtractOptions) -> String {
        lines(conversation, messages)
    }
}

fn lines(conversation: &Conversation, messages: &[usize]) -> String {
    let mut out = String::new();
    for &index in messages {
        let message = &conversation.messages()[index];
        let line = MessageJson {
            role: message.role.as_str(),
            time: message.time().and_then(rfc3339),
            model: conversation.message_model(index),
            name: match MessageView::of(conversation, index).speaker() {
                Speaker::Person(name) => Some(name),
                _ => None,
            },
            text: conversation.message_text(index),
        };
        // Making JSON of strings cannot fail; if it did, the line would be missing, not wrong.
        if let Ok(line) = serde_json::to_string(&line) {
            push_one_line(&line, &mut out);
            out.push('\n');
        }
    }
    out
}

/// Escapes JSON so that it is one line for every program that splits lines: some languages also break them at
/// these three characters, which JSON lets stand as they are. They can only be inside strings, where an
/// escape means the same.
pub fn one_line(json: String) -> String {
    if !json.contains(BREAKS) {
        return json;
    }
    let mut out = String::with_capacity(json.len() + 16);
    push_one_line(&json, &mut out);
    out
}

const BREAKS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// Appends JSON with its line breaks escaped, without a copy of it.
fn push_one_line(json: &str, out: &mut String) {
    let mut from = 0;
    for (at, found) in json.match_indices(BREAKS) {
        out.push_str(&json[from..at]);
        out.push_str(match found {
            "\u{85}" => "\\u0085",
            "\u{2028}" => "\\u2028",
            _ => "\\u2029",
        });
        from = at + found.len();
    }
    out.push_str(&json[from..]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        conversation::MessageKind,
        extract::{
            Format, Include,
            test_support::{answer, chain, folded, forked, options, prompt},
        },
    };

    #[test]
    fn a_line_is_one_line_wherever_lines_are_split() {
        let text = "a\u{2028}b\u{2029}c\u{85}d";
        let line = lines(&chain("t", vec![answer(text)]), &[0]);
        assert!(!line.contains(['\u{2028}', '\u{2029}', '\u{85}']), "{line}");
        let read: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(read["text"], text);
    }

    #[test]
    fn a_line_is_role_time_model_and_the_exact_text() {
        let conversation = chain(
            "t",
            vec![prompt("Why \\(x\\)?\u{1b}"), folded(MessageKind::Call, "no"), answer("# \"Z\"\nü")],
        );
        assert_eq!(
            Jsonl.conversation(&conversation, &options(Format::Jsonl)),
            "{\"role\":\"user\",\"time\":\"2025-03-03T09:42:00Z\",\"model\":null,\"text\":\"Why \\\\(x\\\\)?\\u001b\"}\n\
             {\"role\":\"assistant\",\"time\":\"2025-03-03T09:42:07.5Z\",\"model\":\"gpt-4o\",\"text\":\"# \\\"Z\\\"\\nü\"}\n"
        );
    }

    #[test]
    fn all_branches_come_in_depth_first_order() {
        let all = ExtractOptions { all_branches: true, include: Include::ALL, ..options(Format::Jsonl) };
        let text = Jsonl.conversation(&forked(), &all);
        let texts: Vec<&str> = text.lines().filter_map(|line| line.split("\"text\":").nth(1)).collect();
        assert_eq!(texts, ["\"Which one?\"}", "\"Hm.\"}", "\"Left.\"}", "\"Why?\"}", "\"Right.\"}"]);
    }
}
