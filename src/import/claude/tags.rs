//! The tags that stood in Claude's words in 2024: `<antThinking>…</antThinking>`, and
//! `<antArtifact identifier="…" type="…" title="…" language="…">…</antArtifact>`, a document as a whole.

use std::ops::Range;

use crate::message::markdown;

/// A part of a text: within a tag, or between tags.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum TaggedText<'t> {
    /// Words without a tag.
    Words(&'t str),
    /// Reasoning.
    Thinking(&'t str),
    /// A document, as the arguments of the tool that makes one, in JSON.
    Artifact(String),
}

/// The beginning of every tag.
const TAG: &str = "<ant";
const THINKING: &str = "<antThinking>";
const ARTIFACT: &str = "<antArtifact";

/// Returns whether a text may hold tags, in JSON or as it is.
pub(super) fn may_be_in(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), TAG.as_bytes()).is_some()
}

/// Cuts a text at its tags. What looks like one in code is the code of somebody who writes about them; one that is
/// not closed goes to the end.
pub(super) fn split_at_tags(text: &str) -> Vec<TaggedText<'_>> {
    let code: Vec<Range<usize>> =
        markdown::non_prose_where(text, |piece| piece.is_code() && may_be_in(&text[piece.range.clone()]))
            .into_iter()
            .map(|piece| piece.range)
            .collect();
    let mut texts = Vec::new();
    let (mut from, mut looked) = (0, 0);
    while let Some(at) =
        memchr::memmem::find(&text.as_bytes()[looked..], TAG.as_bytes()).map(|at| looked + at)
    {
        looked = at + TAG.len();
        let is_in_code =
            code.get(code.partition_point(|range| range.end <= at)).is_some_and(|range| range.start <= at);
        let Some((tagged, end)) = (!is_in_code).then(|| tag(text, at)).flatten() else { continue };
        push_words(&text[from..at], &mut texts);
        texts.push(tagged);
        (from, looked) = (end, end);
    }
    push_words(&text[from..], &mut texts);
    texts
}

fn push_words<'t>(words: &'t str, texts: &mut Vec<TaggedText<'t>>) {
    if !words.trim().is_empty() {
        texts.push(TaggedText::Words(words.trim_matches('\n')));
    }
}

/// Reads the tag that begins there; returns it with where what follows it begins.
fn tag(text: &str, at: usize) -> Option<(TaggedText<'_>, usize)> {
    let rest = &text[at..];
    if let Some(inside) = rest.strip_prefix(THINKING) {
        let (inside, after) = closed(inside, "</antThinking>");
        return Some((TaggedText::Thinking(inside), text.len() - after.len()));
    }
    let attributes = rest.strip_prefix(ARTIFACT)?;
    let end = end_of_attributes(attributes)?;
    let (attributes, inside) = (&attributes[..end], &attributes[end + 1..]);
    let (inside, after) = closed(inside, "</antArtifact>");
    let call = serde_json::json!({
        "command": "rewrite",
        "id": attribute(attributes, "identifier"),
        "type": attribute(attributes, "type"),
        "title": attribute(attributes, "title"),
        "language": attribute(attributes, "language"),
        "content": inside,
    });
    Some((TaggedText::Artifact(call.to_string()), text.len() - after.len()))
}

/// Returns what stands before a closing tag, without the line breaks beside its tags, and what stands after it.
fn closed<'t>(inside: &'t str, close: &str) -> (&'t str, &'t str) {
    let (inside, after) = inside.split_once(close).unwrap_or((inside, ""));
    (inside.trim_matches('\n'), after)
}

/// The longest attributes of a tag, in bytes; real ones have some hundred. What has longer ones is words.
const MAX_ATTRIBUTES_LENGTH: usize = 4 << 10;

/// Finds the `>` that ends a tag, outside of quotes; tags are on one line.
fn end_of_attributes(attributes: &str) -> Option<usize> {
    let mut is_quoted = false;
    for (at, byte) in attributes.bytes().enumerate().take(MAX_ATTRIBUTES_LENGTH) {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'>' if !is_quoted => return Some(at),
            b'\n' => return None,
            _ => {}
        }
    }
    None
}

/// Returns the value of an attribute, `name="value"`; empty where there is none.
fn attribute<'t>(attributes: &'t str, name: &str) -> &'t str {
    let value = attributes.split_once(&format!(" {name}=\"")).map_or("", |two| two.1);
    value.split('"').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_its_tags() {
        let text = "Sure.\n\n<antThinking>A poem.</antThinking>\n\n<antArtifact identifier=\"p\" type=\"text/markdown\" \
                    title=\"A > B\">\n# Poem\n\nline\n</antArtifact>\n\nThere.";
        let cut = split_at_tags(text);
        assert_eq!(cut.len(), 4, "{cut:?}");
        assert_eq!((&cut[0], &cut[1]), (&TaggedText::Words("Sure."), &TaggedText::Thinking("A poem.")));
        let TaggedText::Artifact(call) = &cut[2] else { panic!("{cut:?}") };
        let call: serde_json::Value = serde_json::from_str(call).expect("JSON");
        assert_eq!(
            (&call["id"], &call["title"], &call["language"]),
            (&"p".into(), &"A > B".into(), &"".into())
        );
        assert_eq!(call["content"], "# Poem\n\nline");
        assert_eq!(cut[3], TaggedText::Words("There."));
    }

    #[test]
    fn tags_in_code_and_what_only_looks_like_one_are_words() {
        for text in [
            "`<antThinking>` is a tag",
            "```\n<antArtifact identifier=\"x\">\n</antArtifact>\n```",
            "<antelope>",
            "<antArtifact identifier=\"x",
            "<ant",
        ] {
            assert_eq!(split_at_tags(text), [TaggedText::Words(text)]);
        }
        assert_eq!(
            split_at_tags("a <antThinking>never closed"),
            [TaggedText::Words("a "), TaggedText::Thinking("never closed")]
        );
        assert_eq!(split_at_tags(""), []);
    }

    #[test]
    fn a_tag_is_looked_at_for_some_kilobytes_and_then_is_words() {
        let tag = |length: usize| format!("<antArtifact title=\"{}\">Poem</antArtifact>", "a".repeat(length));
        assert!(matches!(split_at_tags(&tag(MAX_ATTRIBUTES_LENGTH / 2))[..], [TaggedText::Artifact(_)]));
        let long = tag(MAX_ATTRIBUTES_LENGTH);
        assert_eq!(split_at_tags(&long), [TaggedText::Words(&long)]);
    }

    #[test]
    fn many_tags_take_time_in_proportion() {
        let text = "<antThinking>".repeat(100_000);
        assert_eq!(split_at_tags(&text).len(), 1);
        assert_eq!(split_at_tags(&"<antThinking>a</antThinking>".repeat(50_000)).len(), 50_000);
    }
}
