//! The block before a Markdown extract that programs read: YAML whose strings are written as JSON, which it contains.

use std::fmt::Write as _;

use hashbrown::HashSet;

use crate::{
    conversation::Conversation,
    extract::{address, rfc3339},
};

/// Writes it, with a blank line after.
pub(super) fn write(conversation: &Conversation, out: &mut String) {
    let mut models: Vec<&str> = Vec::new();
    let mut known = HashSet::new();
    for index in 0..conversation.messages().len() {
        if let Some(model) = conversation.message_model(index).filter(|model| known.insert(*model)) {
            models.push(model);
        }
    }
    if models.is_empty() {
        models.extend(conversation.model());
    }
    out.push_str("---\n");
    let mut field = |key: &str, value: String| {
        out.push_str(key);
        out.push_str(": ");
        out.push_str(&value);
        out.push('\n');
    };
    field("title", quoted(&conversation.title));
    field("id", quoted(&conversation.id));
    if let Some(address) = address(conversation) {
        field("address", quoted(&address));
    }
    for (key, time) in [("created", conversation.created), ("updated", conversation.updated)] {
        if let Some(time) = time.and_then(rfc3339) {
            field(key, time);
        }
    }
    field("models", format!("[{}]", models.into_iter().map(quoted).collect::<Vec<_>>().join(", ")));
    out.push_str("---\n\n");
}

/// Returns a string in double quotes, as both JSON and YAML read it.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            // YAML wants controls, line separators and the byte order mark escaped; JSON allows it.
            char if char.is_control()
                || matches!(char, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}') =>
            {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{:04x}", char as u32);
            }
            char => out.push(char),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use crate::{
        conversation::testing,
        extract::{
            ExtractOptions, Format,
            test_support::{answer, meta, options},
        },
    };

    #[test]
    fn front_matter_is_yaml_whatever_the_title_holds() {
        let conversation = testing::with_meta(meta("a: \"b\"\n---\n\u{85}"), [answer("x")]);
        let with = ExtractOptions { front_matter: true, ..options(Format::Markdown) };
        let text = crate::extract::format_conversation(&conversation, &with);
        insta::assert_snapshot!(text.split("\n\n").next().unwrap_or_default(), @r#"
        ---
        title: "a: \"b\"\n---"
        id: "67c57b1e-0000-4000-8000-000000000001"
        address: "https://chatgpt.com/c/67c57b1e-0000-4000-8000-000000000001"
        created: 2025-03-03T09:42:00Z
        updated: 2025-03-03T09:43:00Z
        models: ["gpt-4o"]
        ---
        "#);
    }
}
