//! Writes the reasoning of a message, in whichever form it comes.

use super::{
    content::{NESTED_PARTS_BUDGET, add_text, all_words, append_plain},
    parse::LIST_BUDGET,
    shape::Thought,
    unread::push_unclaimed,
};
use crate::import::{
    json::{self, Lenient, MemoryBudget, OneOrMany, Raw, Repaired},
    outline::is_json,
};

/// Writes reasoning, in whichever form it comes: a list of steps, of strings, either as JSON in a string, or words.
pub(super) fn write_thoughts(value: Raw<'_>, text: &mut String) {
    let read = value.text();
    let json = match &read {
        Some(words) if words.trim_start().starts_with(['[', '{']) && is_json(words.trim()) => words.trim(),
        Some(words) => return text.push_str(words),
        None => value.0,
    };
    let repaired = Repaired::new();
    if json.starts_with('{') {
        let thought = json::from_str_or_repaired::<Thought<'_>>(
            json,
            &repaired,
            &MemoryBudget::new(NESTED_PARTS_BUDGET),
        );
        write_steps(&thought.into_iter().collect::<Vec<_>>(), text);
    } else {
        let budget = MemoryBudget::new(LIST_BUDGET);
        let thoughts = json::from_str_or_repaired::<OneOrMany<Thought<'_>>>(json, &repaired, &budget);
        write_steps(&thoughts.unwrap_or_default(), text);
    }
}

fn write_steps(thoughts: &[Thought<'_>], text: &mut String) {
    let start = text.len();
    for thought in thoughts {
        let before = text.len();
        if before > start {
            text.push_str("\n\n");
        }
        let begun = text.len();
        let fields = &thought.fields;
        let mut summary = String::new();
        all_words(fields.summary, &mut summary);
        let summary = summary.trim();
        if !summary.is_empty() {
            text.push_str("**");
            text.push_str(summary);
            text.push_str("**\n\n");
        }
        let words = text.len();
        text.push_str(thought.plain.as_deref().unwrap_or_default());
        append_plain(fields.content, words, text);
        if text[words..].trim_start().is_empty() {
            text.truncate(words);
        }
        write_chunks(fields.chunks, words, text);
        let mut unread = String::new();
        thought.unread("", &mut |key, value| push_unclaimed(key, value, &mut unread));
        if !unread.is_empty() {
            if text.len() > words {
                text.push('\n');
            }
            text.push_str(&unread);
        }
        if text.len() == begun {
            text.truncate(before);
        } else if text.len() == words {
            // A summary without words behind it: the empty line after it is the last thing that was written.
            text.truncate(words - 2);
        }
    }
}

/// Appends the pieces in which a step came, unless the words behind byte `words` consist of them.
fn write_chunks(value: Raw<'_>, words: usize, text: &mut String) {
    let mut chunks = String::new();
    append_plain(value, 0, &mut chunks);
    let is_there = || without_blanks(&text[words..]).contains(&without_blanks(&chunks));
    if !chunks.is_empty() && !is_there() {
        add_text(&chunks, words, text);
    }
}

fn without_blanks(text: &str) -> String {
    text.split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(json: &str) -> String {
        let mut text = String::new();
        write_thoughts(Raw(json), &mut text);
        text
    }

    #[test]
    fn the_pieces_of_a_step_are_its_words_or_stand_behind_them() {
        for (thoughts, expected) in [
            (r#"[{"content": "The user asks", "chunks": ["The ", "user\n", " asks"]}]"#, "The user asks"),
            (r#"[{"content": "The user asks", "chunks": []}]"#, "The user asks"),
            (r#"[{"content": " ", "chunks": ["The user asks"]}]"#, "The user asks"),
            (r#"{"content": "The user", "chunks": "asks"}"#, "The user\nasks"),
            (
                r#"[{"summary": "Ask", "content": "The user", "chunks": ["asks"]}]"#,
                "**Ask**\n\nThe user\nasks",
            ),
        ] {
            assert_eq!(written(thoughts), expected, "{thoughts}");
        }
    }
}
