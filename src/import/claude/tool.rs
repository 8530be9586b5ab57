//! What a tool took and what it gave.

use super::{
    cited_pages::{add_link, sources_annotation},
    parse::LIST_BUDGET,
    shape::{BlockFields, CodeInput, ResultPiece},
    unread::{MessageExtras, Said, all_words, push_unclaimed},
};
use crate::{
    conversation::{Annotation, Link},
    import::{
        json::{self, Lenient, MemoryBudget, Raw, Repaired, UnclaimedValue},
        outline::outline,
        unread::{push_field, push_raw_line},
    },
};

/// Writes the input of a tool: code as code, all else as the JSON it is.
pub(super) fn write_input(input: Raw<'_>, text: &mut String, rest: &mut MessageExtras) {
    let repaired = Repaired::new();
    if input.0.starts_with('{')
        && let Ok(arguments) =
            json::from_str_or_repaired::<CodeInput<'_>>(input.0, &repaired, &MemoryBudget::new(LIST_BUDGET))
        && arguments.code.is_text()
    {
        arguments.unread("input", &mut |key, value| push_unclaimed(key, value, &mut rest.more));
        return arguments.code.unescape(text);
    }
    if input.is_text() {
        input.unescape(text);
    } else if !matches!(input.0, "" | "null") {
        text.push_str(input.0);
    }
}

/// Keeps what no field of a call took, but what its input says already.
pub(super) fn keep_unsaid_by_input(key: &str, fields: &BlockFields<'_>, rest: &mut MessageExtras) {
    if has_unread(fields) {
        let mut said = String::new();
        outline("", fields.input.0, &|_| false, &mut said);
        keep_unsaid(key, fields, &said, rest);
    }
}

/// Writes the result of a tool, its words or else the JSON it is, and returns the pages it names. What is in it besides
/// its words stands below them.
pub(super) fn write_result(
    fields: &BlockFields<'_>,
    text: &mut String,
    rest: &mut MessageExtras,
) -> Vec<Annotation> {
    let content = fields.content;
    content.append_text(text);
    let (repaired, budget) = (Repaired::new(), MemoryBudget::new(LIST_BUDGET));
    let pieces: Vec<ResultPiece<'_>> = match content.0.as_bytes().first() {
        Some(b'[') => json::from_str_or_repaired(content.0, &repaired, &budget).unwrap_or_default(),
        Some(b'{') => json::from_str_or_repaired(content.0, &repaired, &budget).into_iter().collect(),
        _ => Vec::new(),
    };
    let mut links = Vec::new();
    for piece in &pieces {
        add_link(piece.title.as_deref().or(piece.name.as_deref()), piece.url.as_deref(), &mut links);
    }
    let is_blank = text.trim_start().is_empty();
    let mut used = vec!["content", "name"];
    if is_blank {
        text.clear();
        all_words(fields.message, text);
        used.push("message");
    }
    if text.trim_start().is_empty() && !matches!(content.0, "" | "null" | "[]" | "{}" | "\"\"") {
        text.clear();
        text.push_str(content.0);
    } else {
        write_pieces(&pieces, &links, text, rest);
    }
    rest.keep_block(fields, &used);
    if has_unread(fields) {
        let said = with_links(text, &links);
        keep_unsaid("tool_result", fields, &said, rest);
    }
    sources_annotation(links, text)
}

/// Writes what is in the pieces of a result besides their words and their addresses, below them.
fn write_pieces(pieces: &[ResultPiece<'_>], links: &[Link], text: &mut String, rest: &mut MessageExtras) {
    let whole = with_links(text, links);
    let mut said = Said::of(&whole);
    let mut more = String::new();
    for piece in pieces {
        let texts = [("title", &piece.title), ("name", &piece.name), ("url", &piece.url)];
        for (key, words) in texts {
            if let Some(words) = words.as_deref().filter(|words| !said.says(words)) {
                push_field(key, words, &mut more);
            }
        }
        if !piece.text.is_text() && !piece.text.0.is_empty() {
            said.push_unsaid("text", &UnclaimedValue::Json(piece.text.0), &mut rest.keys, &mut more);
        }
        piece.unread("", &mut |key, value| said.push_unsaid(key, value, &mut rest.keys, &mut more));
    }
    if !more.is_empty() {
        push_raw_line(&more, text);
    }
}

/// Returns a text with the pages below it.
fn with_links(text: &str, links: &[Link]) -> String {
    let mut all = text.to_owned();
    for link in links {
        all.extend(["\n", &link.title, "\n", &link.url]);
    }
    all
}

/// Returns whether there is something that no field took.
fn has_unread(fields: &BlockFields<'_>) -> bool {
    let mut any = false;
    fields.unread("", &mut |_, _| any = true);
    any
}

/// Keeps what no field of a block took, but what its words say already.
fn keep_unsaid(key: &str, fields: &BlockFields<'_>, said: &str, rest: &mut MessageExtras) {
    let mut said = Said::of(said);
    let MessageExtras { more, keys } = rest;
    fields.unread(key, &mut |key, value| said.push_unsaid(key, value, keys, more));
}
