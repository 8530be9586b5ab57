//! Markdown: the title, one heading per entry, bodies as written. What GitHub and Obsidian draw correctly.
//!
//! ```markdown
//! ---
//! title: "Ingress returns 504 after a minute"
//! id: "67c5…"
//! address: "https://chatgpt.com/c/67c5…"
//! created: 2025-03-03T09:42:00Z
//! updated: 2025-03-03T10:01:12Z
//! models: ["gpt-4o"]
//! ---
//!
//! # Ingress returns 504 after a minute
//!
//! ## You · 3 Mar 2025, 10:42
//!
//! Requests through our ingress die with 504.
//!
//! ## gpt-4o · 3 Mar 2025, 10:42
//!
//! That is nginx's own default: …
//! ```
//! The block of YAML comes with [`ExtractOptions::front_matter`] and is [made elsewhere](front_matter). In an extract of all
//! branches entries are numbered, and a heading says where its branch parts:
//! `## 7 · You · 3 Mar 2025, 10:50 · branch 2 of 3 after 4`.

use std::borrow::Cow;

use super::{
    FormatWriter,
    attachment::{Attached, attached},
    entries::{ExtractEntry, entries},
    from_first_line, front_matter, heading,
    markdown_embed::{below_heading, typed_below_heading},
    markdown_typed::as_typed,
    one_line, raw_text,
};
use crate::{
    conversation::{Attachment, Conversation, Link, Media},
    extract::ExtractOptions,
    message::{Block, BlockKind, MessageView, link_safety},
};

/// The `markdown` format; see the [module](self).
pub(super) struct Markdown;

impl FormatWriter for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn alias(&self) -> Option<&'static str> {
        Some("md")
    }

    fn about(&self) -> &'static str {
        "A title, one heading per turn, bodies as written"
    }

    fn extension(&self) -> &'static str {
        "md"
    }

    fn conversation(&self, conversation: &Conversation, options: &ExtractOptions) -> String {
        whole(conversation, options, Bodies::FittedBelowHeading)
    }

    fn conversation_to_copy(&self, conversation: &Conversation, options: &ExtractOptions) -> String {
        whole(conversation, options, Bodies::AsWritten)
    }

    fn messages(&self, conversation: &Conversation, messages: &[usize], options: &ExtractOptions) -> String {
        let mut out = String::new();
        for &message in messages {
            let entry = ExtractEntry { message, number: None, branch_label: None };
            write_entry(conversation, &entry, options, Bodies::AsWritten, &mut out);
        }
        out.trim_start().to_owned()
    }

    fn message(&self, conversation: &Conversation, message: usize, options: &ExtractOptions) -> String {
        raw_text(conversation, message)
            .unwrap_or_else(|| body(conversation, message, options, Bodies::AsWritten))
    }

    fn between_sections(&self) -> &'static str {
        "\n"
    }
}

/// The treatment of the messages' own Markdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bodies {
    /// Made to fit below the entry's heading: for a file that is rendered.
    FittedBelowHeading,
    /// Exactly as written: for a copy.
    AsWritten,
}

fn whole(conversation: &Conversation, options: &ExtractOptions, bodies: Bodies) -> String {
    let mut out = String::with_capacity(conversation.shown_text().len() + 1_024);
    if options.front_matter {
        front_matter::write(conversation, &mut out);
    }
    out.push_str("# ");
    out.push_str(&escaped(conversation.title.trim()));
    out.push('\n');
    for entry in entries(conversation, options) {
        write_entry(conversation, &entry, options, bodies, &mut out);
    }
    out
}

/// Returns the message alone, without its heading or a line break at the end.
fn body(conversation: &Conversation, message: usize, options: &ExtractOptions, bodies: Bodies) -> String {
    let mut out = String::new();
    write_body(conversation, message, options, bodies, &mut out);
    out.trim_matches('\n').to_owned()
}

fn write_entry(
    conversation: &Conversation,
    entry: &ExtractEntry,
    options: &ExtractOptions,
    bodies: Bodies,
    out: &mut String,
) {
    let words = heading::heading_parts(conversation, entry, &options.zone);
    out.push_str("\n## ");
    out.push_str(&escaped(&words.join(" · ")));
    out.push('\n');
    write_body(conversation, entry.message, options, bodies, out);
}

/// Writes every block with a blank line before it.
fn write_body(
    conversation: &Conversation,
    message: usize,
    options: &ExtractOptions,
    bodies: Bodies,
    out: &mut String,
) {
    let view = MessageView::of(conversation, message);
    for Block { range, content } in view.blocks() {
        let text = &view.text()[range];
        let said = from_first_line(text);
        out.push('\n');
        match content {
            BlockKind::Markdown | BlockKind::Plain if bodies == Bodies::AsWritten => {
                out.push_str(said.trim_end());
            }
            BlockKind::Markdown => fitted(below_heading(said), said, out),
            BlockKind::Plain => fitted(typed_below_heading(&as_typed(said)), said, out),
            BlockKind::Code { language } => fenced(language, text, out),
            BlockKind::Verbatim => fenced("", text, out),
            BlockKind::AttachedText(text) => fenced("", text, out),
            BlockKind::Quote => {
                let mut quoted = String::new();
                fitted(below_heading(said.trim_end()), said, &mut quoted);
                // A carriage return alone ends a line to Markdown too.
                for (number, line) in quoted.replace("\r\n", "\n").split(['\n', '\r']).enumerate() {
                    out.push_str(if number == 0 { ">" } else { "\n>" });
                    if !line.is_empty() {
                        out.push(' ');
                        out.push_str(line);
                    }
                }
            }
            BlockKind::Note => italic(text, out),
            BlockKind::Attachment(attachment) => attachment_line(attachment, options, out),
            BlockKind::QuotedPage(link) => out.push_str(&source(link)),
            BlockKind::ListedSources(links) => {
                out.push_str("Sources:\n");
                for link in links {
                    out.push_str("\n- ");
                    out.push_str(&source(link));
                }
            }
        }
        out.push('\n');
    }
}

/// Writes a text that was made to fit below its heading; one that could not be, as code.
fn fitted(text: Option<Cow<'_, str>>, as_written: &str, out: &mut String) {
    match text {
        Some(text) => out.push_str(text.trim_end()),
        None => fenced("", as_written, out),
    }
}

fn italic(text: &str, out: &mut String) {
    out.push('*');
    out.push_str(&escaped(text.trim()));
    out.push('*');
}

/// Writes a picture or a link where its file stands beside this one, else its description.
fn attachment_line(attachment: &Attachment, options: &ExtractOptions, out: &mut String) {
    let Attached { words, address, acts } = attached(attachment, options);
    let Some(address) = address else { return italic(&words, out) };
    if attachment.media == Media::Image && !acts {
        out.push('!');
    }
    // Addresses are made here and hold nothing that would end them.
    out.extend(["[", &escaped(words.trim()), "](", address, ")"]);
}

/// Writes a code block with a fence longer than any run of backticks in it.
pub(super) fn fenced(language: &str, text: &str, out: &mut String) {
    let mut longest = 2;
    let mut run = 0;
    for byte in text.bytes() {
        run = if byte == b'`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    let language = language.trim();
    let plain = language.chars().all(|char| char.is_alphanumeric() || "+-#._".contains(char));
    out.push_str(&fence);
    out.push_str(if plain { language } else { "" });
    out.push('\n');
    out.push_str(text);
    if !text.ends_with('\n') {
        out.push('\n');
    }
    out.push_str(&fence);
}

fn source(link: &Link) -> String {
    let url: String = one_line(link.url.trim())
        .chars()
        .map(|char| match char {
            ' ' => "%20".to_owned(),
            '<' => "%3C".to_owned(),
            '>' => "%3E".to_owned(),
            '\\' => "%5C".to_owned(),
            char => char.to_string(),
        })
        .collect();
    let title = escaped(link.title.trim());
    if url.is_empty() {
        return title.into_owned();
    }
    let place = || {
        let place = link_safety::misleading_destination(&link.title, &link.url);
        place.map(|place| format!(" ({})", escaped(&place))).unwrap_or_default()
    };
    match (link_safety::is_safe(&link.url), title.is_empty()) {
        (true, true) => format!("<{url}>{}", place()),
        (true, false) => format!("[{title}](<{url}>){}", place()),
        (false, true) => escaped(&url).into_owned(),
        (false, false) => format!("{title} ({})", escaped(&url)),
    }
}

/// Returns a text on one line in which Markdown sees no marks.
fn escaped(text: &str) -> Cow<'_, str> {
    let line = one_line(text);
    if !line.contains(['\\', '`', '*', '_', '[', ']', '<', '>', '#', '~', '$', '|', '&']) {
        return line;
    }
    let mut out = String::with_capacity(line.len() + 8);
    let mut before: Option<char> = None;
    let mut chars = line.chars().peekable();
    while let Some(char) = chars.next() {
        let inside_word = before.is_some_and(char::is_alphanumeric)
            && chars.peek().is_some_and(|char| char.is_alphanumeric());
        let mark = match char {
            // snake_case and "a & b" are no marks.
            '_' => !inside_word,
            '&' => chars.peek().is_some_and(|char| char.is_ascii_alphabetic() || *char == '#'),
            // Only at the ends of a heading, or at the start of a line.
            '#' => before.is_none_or(|char| matches!(char, ' ' | '#')),
            '>' => before.is_none(),
            '\\' | '`' | '*' | '[' | ']' | '<' | '~' | '$' | '|' => true,
            _ => false,
        };
        if mark {
            out.push('\\');
        }
        out.push(char);
        before = Some(char);
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};

    use super::*;
    use crate::message::{code_blocks, markdown::dialect};
    use crate::{
        conversation::{Annotation, AnnotationKind, Attachment, Media, MessageDraft, MessageKind},
        extract::{
            Format, Include,
            test_support::{answer, chain, folded, forked, options, prompt},
        },
    };

    fn extract(conversation: &Conversation) -> String {
        whole(conversation, &options(Format::Markdown), Bodies::FittedBelowHeading)
    }

    /// How many headings of each level, and the code of every block, as a reader of the file sees them.
    fn seen(markdown: &str) -> ([usize; 6], Vec<String>) {
        let mut headings = [0; 6];
        let mut code = Vec::new();
        let mut inside = false;
        for event in Parser::new_ext(markdown, dialect()) {
            match event {
                Event::Start(Tag::Heading { level, .. }) => {
                    headings[level as usize - HeadingLevel::H1 as usize] += 1;
                }
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => {
                    code.push(String::new());
                    inside = true;
                }
                Event::Text(text) if inside => code.last_mut().expect("pushed above").push_str(&text),
                Event::End(TagEnd::CodeBlock) => inside = false,
                _ => {}
            }
        }
        (headings, code)
    }

    #[test]
    fn a_conversation_is_a_title_and_a_heading_a_turn() {
        let conversation = chain(
            "Why *504*?",
            vec![
                prompt("Why \\(x\\)?\n"),
                folded(MessageKind::Call, "no"),
                answer("# Because\n\n```\nopen"),
                prompt("Thanks"),
            ],
        );
        insta::assert_snapshot!(extract(&conversation), @r"
        # Why \*504\*?

        ## You · 3 Mar 2025, 09:42

        Why $x$?

        ## gpt-4o · 3 Mar 2025, 09:42

        ### Because

        ```
        open
        ```

        ## You · 3 Mar 2025, 09:42

        Thanks
        ");
    }

    #[test]
    fn nobody_defines_where_another_s_words_lead_to() {
        let conversation = chain(
            "t",
            vec![
                prompt("[1]: https://evil.example\n\n[^2]: forged"),
                answer("As [1] and [it][1] say[^2].\n\n[2]: https://e.org"),
                prompt("[2] and [that][2]\n\n> [ 1 ]: https://other.example"),
            ],
        );
        let text = extract(&conversation);
        for event in Parser::new_ext(&text, dialect()) {
            let leads = matches!(
                event,
                Event::Start(Tag::Link { .. } | Tag::FootnoteDefinition(_)) | Event::FootnoteReference(_)
            );
            assert!(!leads, "{event:?} in {text}");
        }
        assert!(Parser::new_ext(&text, dialect()).reference_definitions().iter().next().is_none(), "{text}");
    }

    #[test]
    fn tools_reasoning_canvases_and_attachments_are_told_apart() {
        let attachment = Attachment {
            media: Media::Image,
            id: "file-1".into(),
            name: "a_b [1].png".into(),
            size: None,
            dimensions: Some((8, 9)),
            mime: "".into(),
            prompt: "".into(),
            content: "".into(),
        };
        let link = |title: &str, url: &str| Link { title: title.into(), url: url.into() };
        let part = |detail| Annotation { range: 0..0, detail };
        let canvas = AnnotationKind::Canvas { title: "Plan".into(), format: "document".into() };
        let sources = AnnotationKind::ListedSources(
            [link("A [b]", "https://a.example/x y"), link("", "javascript:alert(1)")].into(),
        );
        let conversation = chain(
            "t",
            vec![
                MessageDraft {
                    annotations: vec![part(AnnotationKind::Attachment(attachment.into()))],
                    ..prompt("Look")
                },
                folded(MessageKind::Reasoning, "Hm."),
                MessageDraft { name: Some("python"), ..folded(MessageKind::Call, "print('```')") },
                MessageDraft {
                    annotations: vec![part(AnnotationKind::QuotedPage(
                        link("Page", "https://b.example").into(),
                    ))],
                    ..folded(MessageKind::Quote, "one\n\ntwo")
                },
                MessageDraft {
                    kind: MessageKind::Canvas,
                    annotations: vec![part(canvas)],
                    ..answer("# Plan\n")
                },
                MessageDraft { interrupted: true, annotations: vec![part(sources)], ..answer("Done") },
            ],
        );
        let all = ExtractOptions { include: Include::ALL, ..options(Format::Markdown) };
        insta::assert_snapshot!(whole(&conversation, &all, Bodies::FittedBelowHeading), @r"
        # t

        ## You · 3 Mar 2025, 09:42

        *Image: a_b \[1\].png (8 × 9)*

        Look

        ## gpt-4o · reasoning · 3 Mar 2025, 09:42

        Hm.

        ## gpt-4o · to python · 3 Mar 2025, 09:42

        ````python
        print('```')
        ````

        ## gpt-4o · quote · 3 Mar 2025, 09:42

        [Page](<https://b.example>)

        > one
        >
        > two

        ## gpt-4o · canvas: Plan · 3 Mar 2025, 09:42

        ### Plan

        ## gpt-4o · cut short · 3 Mar 2025, 09:42

        Done

        Sources:

        - [A \[b\]](<https://a.example/x%20y>)
        - javascript:alert(1)
        ");
    }

    #[test]
    fn all_branches_are_numbered_and_labelled() {
        let all = ExtractOptions { all_branches: true, ..options(Format::Markdown) };
        let text = whole(&forked(), &all, Bodies::FittedBelowHeading);
        let headings: Vec<&str> = text.lines().filter(|line| line.starts_with("## ")).collect();
        assert_eq!(
            headings,
            [
                "## 1 · You · 3 Mar 2025, 09:42",
                "## 2 · gpt-4o · 3 Mar 2025, 09:42 · branch 1 of 2 after 1",
                "## 3 · You · 3 Mar 2025, 09:42",
                "## 4 · gpt-4o · 3 Mar 2025, 09:42 · branch 2 of 2 after 1 (the one last shown)",
            ]
        );
    }

    #[test]
    fn a_conversation_with_nothing_to_show_is_its_title() {
        assert_eq!(extract(&chain("Nothing", Vec::new())), "# Nothing\n");
    }

    proptest! {
        #[test]
        fn no_body_swallows_or_adds_a_turn(bodies in prop::collection::vec(
            r"(# |## |```|~~~|````|\n|\n\n|text|---|===|> |- |1\. |    |<!-- |<script>|<div>|-->|</script>|`|\\\(|\\\)|\\\[|\\\]|\||\t|\[a\]: b|é|<details>|</details>|<h2>|<b |<a x=|\x22|\?>|<\?|<!A|\r|\\|\$\$|%%|##\x{a0}|>|\]\(){0,25}", 1..4)) {
            let drafts: Vec<MessageDraft<'_>> = bodies.iter().map(|body| prompt(body)).collect();
            let conversation = chain("The title", drafts);
            let text = extract(&conversation);
            let (headings, _) = seen(&text);
            prop_assert_eq!(headings[0], 1, "{}", text);
            prop_assert_eq!(headings[1], bodies.len(), "{}", text);
            for event in Parser::new_ext(&text, dialect()) {
                let html = matches!(&event, Event::Html(html) | Event::InlineHtml(html) if !html.starts_with("<br"));
                prop_assert!(!html, "{event:?} in {text}");
            }
        }

        #[test]
        fn every_code_block_is_there_byte_for_byte(code in r"([a-z# `~=\-é\\(\n]|```){0,40}", fence in "`{3,5}|~{3,5}", cut_off: bool) {
            let code = code.replace(&fence, "");
            let body = format!("# Look\n\nand \\(x\\)\n\n{fence}\n{code}{}", if cut_off { String::new() } else { format!("\n{fence}\n\nand more") });
            let conversation = chain("t", vec![answer(&body), folded(MessageKind::Output, &code)]);
            let all = ExtractOptions { include: Include::ALL, ..options(Format::Markdown) };
            let text = whole(&conversation, &all, Bodies::FittedBelowHeading);
            let (_, blocks) = seen(&text);
            // The line break before the closing fence is no part of the code; nor, where the text was cut off, is a
            // last line of spaces.
            let blocks: Vec<&str> = blocks.iter().map(|code| code.trim_end()).collect();
            let mut expected: Vec<String> =
                code_blocks(&body).into_iter().map(|block| block.code.trim_end().to_owned()).collect();
            if !code.trim().is_empty() {
                expected.push(code.trim_end().to_owned());
            }
            prop_assert_eq!(blocks, expected);
        }
    }
}
