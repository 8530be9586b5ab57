//! Every kind of content as it is shown.

use super::*;
use crate::conversation::{AnnotationKind, Attachment, Link, Media, MessageKind, Time, Visibility};

fn link(title: &str, url: &str) -> Link {
    Link { title: title.into(), url: url.into() }
}

fn attachment(media: Media, name: &str) -> Attachment {
    let id = format!("file-{}", name.len()).into();
    let (mime, prompt, content) = Default::default();
    Attachment { media, id, name: name.into(), size: Some(213_400), dimensions: None, mime, prompt, content }
}

fn folded<'a>(
    kind: MessageKind,
    name: &'a str,
    text: &'a str,
    details: Vec<AnnotationKind>,
) -> MessageDraft<'a> {
    let annotations = details.into_iter().map(|detail| part(0..0, detail)).collect();
    MessageDraft {
        kind,
        visibility: Visibility::Folded,
        name: Some(name),
        annotations,
        ..MessageDraft::new(Role::Tool, text)
    }
}

/// The lines of one message.
fn one(draft: MessageDraft<'_>, width: u16) -> Vec<String> {
    all_lines(&mut opened(vec![draft]), width)
}

#[test]
fn markdown_becomes_blocks() {
    let expected = ["  One", "  text bold", "", "  │ a quote", "  │ of two", "", "  ──────────────────"];
    assert_eq!(answer("# One\ntext **bold**\n\n> a quote\n> of two\n\n---", 20), expected);
}

#[test]
fn lists_hang() {
    let text = "Do:\n\n9. one two three\n10. four\n    - five six seven\n    - [x] done\n\n> - quoted item that wraps\n\n- a\n\n- b";
    let expected = [
        "  Do:",
        "    9. one two three",
        "   10. four",
        "        ◦ five six",
        "          seven",
        "        ☑ done",
        "",
        "  │  • quoted item",
        "  │    that wraps",
        "",
        "   • a",
        "",
        "   • b",
    ];
    assert_eq!(answer(text, 20), expected);
}

#[test]
fn unclosed_fences_and_broken_markdown_are_read_as_far_as_they_go() {
    assert_eq!(answer("```python\nx = 1", 20), ["    python", "    x = 1"]);
    assert_eq!(answer("**bold and [link](", 30), ["  **bold and [link]("]);
    assert_eq!(answer("a <b>c</b><br>d", 30), ["  a <b>c</b>", "  d"]);
    assert_eq!(answer("|a|b|\n|-|-|\n|1", 30), ["  a │ b", "  ──┼──", "  1 │"]);
}

#[test]
fn links_show_their_text() {
    let lines = answer(
        "[docs](https://e.org), [file](sandbox:/mnt/data/x.csv), ![cat](https://e.org/c.png), <https://e.org/z>",
        90,
    );
    assert_eq!(lines, ["  docs, file (gone), ▪ cat, https://e.org/z"]);
}

#[test]
fn a_table_too_wide_scrolls() {
    let row = "| incomprehensibilities ".repeat(6);
    let mut transcript = opened(vec![assistant(&format!("{row}\n{}\n{row}", "|---".repeat(6)))]);
    let lines = transcript.lines(0, 60);
    assert_eq!(lines[1].scrolls_from, Some(2));
    assert!(lines[1].width() > 60);
    assert_eq!(lines[0].scrolls_from, None);
}

#[test]
fn code_may_scroll_instead_of_wrapping() {
    let text = format!("```\n{}\n```", "x ".repeat(40));
    let options = TranscriptOptions { wrap_code: false, ..TranscriptOptions::default() };
    let mut transcript = Transcript::new(chain(vec![assistant(&text)]), options);
    let lines = transcript.lines(0, 40);
    assert_eq!((lines[1].scrolls_from, lines.len()), (Some(4), 3));
}

#[test]
fn prose_is_at_most_a_hundred_columns_wide_and_code_is_not() {
    let text = format!("{}\n\n```\n{}\n```", "word ".repeat(60), "x".repeat(150));
    let mut transcript = opened(vec![assistant(&text)]);
    let lines = transcript.lines(0, 200);
    assert!((95..=102).contains(&lines[1].width()));
    assert!(lines.iter().any(|line| line.width() == 154));
}

#[test]
fn mathematics_is_drawn() {
    assert_eq!(answer(r"With \( x^2 \), $y_1$ and \$5, $6 each.", 60), ["  With x², y₁ and $5, $6 each."]);
    let text = "Then\n\\[\n\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}\n\\]\nfollows.";
    assert_eq!(answer(text, 60), ["  Then", "", "    ⎛1  2⎞", "    ⎝3  4⎠", "", "  follows."]);
    assert_eq!(answer("- item $$x^2$$ more\n\n| $a|b$ | c |\n|--|--|", 60)[0], "   • item");
}

#[test]
fn citations_are_numbers_with_their_sources_at_the_end() {
    let text = "Nginx waits a minute ([Docs](https://k8s.io/docs), [B](https://b.org)). Also here ([Docs](https://k8s.io/docs)).";
    let cite = |at: &str, links: Vec<Link>| {
        let start = text.find(at).unwrap();
        part(start..start + at.len(), AnnotationKind::Citation(links.into()))
    };
    let docs = || link("Docs on ingress", "https://www.k8s.io/docs");
    let last = text.rfind("([Docs]").unwrap();
    let annotations = vec![
        cite("([Docs](https://k8s.io/docs), [B](https://b.org))", vec![docs(), link("", "https://b.org/x")]),
        part(last..last + 29, AnnotationKind::Citation([docs()].into())),
        part(
            text.len()..text.len(),
            AnnotationKind::ListedSources([link("A page", "https://c.org/p")].into()),
        ),
    ];
    let expected = [
        "  gpt-4o",
        "  Nginx waits a minute ¹,². Also here ¹.",
        "",
        "  1  Docs on ingress – k8s.io",
        "  2  https://b.org/x",
        "  3  A page – c.org",
        "",
    ];
    assert_eq!(one(MessageDraft { annotations, ..assistant(text) }, 60), expected);
}

/// Returns the links of a message.
fn leads(draft: MessageDraft<'_>) -> Vec<(String, String)> {
    let mut transcript = opened(vec![draft]);
    let lines = transcript.lines(0, 80);
    let spans = lines.iter().flat_map(|line| &line.spans);
    spans.filter_map(|span| Some((span.text.clone(), span.link.as_deref()?.to_owned()))).collect()
}

#[test]
fn links_lead_where_they_say() {
    let text = "A [link **in** bold](https://e.org/a), <mailto:me@e.org>, https://f.org/b. Not [this](javascript:x), nor \
                [that](file:///etc/passwd), ![pic](https://e.org/p.png).";
    let expected = [
        ("link ", "https://e.org/a"),
        ("in", "https://e.org/a"),
        (" bold", "https://e.org/a"),
        ("mailto:me@e.org", "mailto:me@e.org"),
        ("https://f.org/b", "https://f.org/b"),
        ("pic", "https://e.org/p.png"),
    ];
    assert_eq!(leads(assistant(text)), expected.map(|(text, url)| (text.to_owned(), url.to_owned())));
    let prompt = leads(MessageDraft::new(Role::User, "see https://e.org/a_b, please"));
    assert_eq!(prompt, [("https://e.org/a_b".to_owned(), "https://e.org/a_b".to_owned())]);
}

#[test]
fn a_link_that_names_another_place_shows_where_it_goes() {
    let text = "[https://bank.example/login](https://evil.example/x) and [bank.com](https://bank.com/y)";
    assert_eq!(answer(text, 80), ["  https://bank.example/login (evil.example) and bank.com"]);
}

#[test]
fn a_message_of_nothing_but_markup_is_no_blank() {
    assert_eq!(answer("[a]: https://e.org", 40), ["  [a]: https://e.org"]);
    assert_eq!(answer("> > >", 40), ["  > > >"]);
}

#[test]
fn what_a_citation_leads_to_is_known() {
    let text = "So it is ([A](https://a.org))([B](https://b.org)).";
    let annotations = vec![
        part(9..29, AnnotationKind::Citation([link("A page", "https://a.org/1")].into())),
        part(29..49, AnnotationKind::Citation([link("Another", "https://b.org/2")].into())),
    ];
    assert_eq!(
        one(MessageDraft { annotations: annotations.clone(), ..assistant(text) }, 60)[1],
        "  So it is ¹,²."
    );
    let expected = [
        ("¹", "https://a.org/1"),
        ("²", "https://b.org/2"),
        ("A page", "https://a.org/1"),
        (" – a.org", "https://a.org/1"),
        ("Another", "https://b.org/2"),
        (" – b.org", "https://b.org/2"),
    ];
    let expected = expected.map(|(text, url)| (text.to_owned(), url.to_owned()));
    assert_eq!(leads(MessageDraft { annotations, ..assistant(text) }), expected);
}

#[test]
fn the_prompt_of_a_picture_hangs() {
    let mut picture = attachment(Media::Image, "cat.png");
    picture.prompt = "a cat in a hat, and another".into();
    let annotations = vec![part(0..0, AnnotationKind::Attachment(Box::new(picture)))];
    let lines = one(MessageDraft { annotations, ..MessageDraft::new(Role::User, "Look!") }, 30);
    assert_eq!(lines[2..4], ["┃   prompt: a cat in a hat,", "┃   and another"]);
}

#[test]
fn a_citation_in_code_stays_code_and_a_wrong_range_does_no_harm() {
    let text = "`[a](https://e.org)` and é";
    let annotations = vec![
        part(1..19, AnnotationKind::Citation([link("a", "https://e.org")].into())),
        part(25..26, AnnotationKind::Citation([link("b", "https://f.org")].into())),
        part(90..99, AnnotationKind::Citation([link("c", "https://g.org")].into())),
    ];
    assert_eq!(one(MessageDraft { annotations, ..assistant(text) }, 60)[1], "  `[a](https://e.org)` and é");
}

#[test]
fn attachments_are_one_line_each() {
    let mut picture = attachment(Media::Image, "cat.png");
    picture.dimensions = Some((1_024, 768));
    picture.prompt = "a cat in a hat".into();
    let annotations = vec![
        part(0..0, AnnotationKind::Attachment(Box::new(picture))),
        part(0..0, AnnotationKind::Attachment(Box::new(attachment(Media::File, "notes.pdf")))),
        part(5..5, AnnotationKind::Attachment(Box::new(attachment(Media::Audio, "")))),
    ];
    let options = TranscriptOptions {
        attachments: Some(AttachmentLookup::new(|_, id| id != "file-9")),
        ..TranscriptOptions::default()
    };
    let draft = MessageDraft { annotations, ..MessageDraft::new(Role::User, "Look!") };
    let mut transcript = Transcript::new(chain(vec![draft]), options);
    let expected = [
        "┃ You",
        "┃ ▪ image · cat.png · 1 024 × 768 · 213 KB",
        "┃   prompt: a cat in a hat",
        "┃ ▪ file · notes.pdf · 213 KB · not in this archive",
        "┃",
        "┃ Look!",
        "┃",
        "┃ ▪ voice clip · 213 KB",
        "",
    ];
    assert_eq!(all_lines(&mut transcript, 60), expected);
}

#[test]
fn the_text_of_an_uploaded_file_unfolds() {
    let file =
        Attachment { content: "line one\nline two".into(), size: None, ..attachment(Media::File, "a.txt") };
    let annotations = vec![part(0..0, AnnotationKind::Attachment(Box::new(file)))];
    let mut transcript =
        opened(vec![MessageDraft { annotations, ..MessageDraft::new(Role::User, "Read it.") }]);
    assert_eq!(transcript.entries()[0].fold, Some(false));
    assert_eq!(all_lines(&mut transcript, 60)[1..4], ["┃ ▪ file · a.txt · 2 lines", "┃", "┃ Read it."]);
    transcript.set_fold(0, true);
    let expected = ["┃ ▪ file · a.txt · 2 lines", "┃ │ line one", "┃ │ line two", "┃", "┃ Read it."];
    assert_eq!(all_lines(&mut transcript, 60)[1..6], expected);
}

#[test]
fn what_starts_open_is_chosen_by_its_kind() {
    let file = Attachment { content: "line".into(), ..attachment(Media::File, "a.txt") };
    let annotations = vec![part(0..0, AnnotationKind::Attachment(Box::new(file)))];
    let conversation = chain(vec![
        MessageDraft { annotations, ..MessageDraft::new(Role::User, "Read it.") },
        folded(MessageKind::Call, "python", "1", vec![]),
        folded(MessageKind::Page, "", "text", vec![]),
        folded(MessageKind::Reasoning, "", "Hm.", vec![]),
        folded(MessageKind::Instructions, "", "Be brief.", vec![]),
        folded(MessageKind::Memory, "", "Has a dog.", vec![]),
        MessageDraft { kind: MessageKind::Canvas, ..MessageDraft::new(Role::Assistant, "A poem.") },
    ]);
    let starts = |options: TranscriptOptions| -> String {
        let transcript = Transcript::new(conversation.clone(), options);
        let open = |fold: Option<bool>| fold.map_or('?', |open| if open { 'o' } else { '-' });
        transcript.entries().iter().map(|entry| open(entry.fold)).collect()
    };
    let none = || TranscriptOptions { open_canvas: false, ..TranscriptOptions::default() };
    assert_eq!(starts(TranscriptOptions::default()), "------o");
    assert_eq!(starts(none()), "-------");
    assert_eq!(starts(TranscriptOptions { open_files: true, ..none() }), "o------");
    assert_eq!(starts(TranscriptOptions { open_tools: true, ..none() }), "-oo----");
    assert_eq!(starts(TranscriptOptions { open_reasoning: true, ..none() }), "---o---");
    assert_eq!(starts(TranscriptOptions { open_instructions: true, ..none() }), "----oo-");
}

#[test]
fn what_folds_is_one_labelled_line() {
    let page = || AnnotationKind::QuotedPage(Box::new(link("A page", "https://www.e.org/x")));
    let turn = vec![
        folded(MessageKind::Call, "web.search", "{\"q\": 1}", vec![]),
        folded(MessageKind::Browsing, "", "a\nb", vec![]),
        folded(MessageKind::Page, "", "text", vec![page()]),
        folded(MessageKind::Quote, "", "quoted", vec![page()]),
        folded(MessageKind::Error, "", "\nTimeoutError: too slow\nmore", vec![]),
        folded(MessageKind::Instructions, "", "Be brief.", vec![]),
        folded(MessageKind::Memory, "", "Likes cats.", vec![]),
        folded(MessageKind::Other, "super_widget", "{}", vec![]),
        folded(MessageKind::Reasoning, "", "a\nb", vec![]),
        folded(MessageKind::Recap, "", "Nachgedacht für 3 Sekunden", vec![]),
        folded(MessageKind::Recap, "", "Thought for a moment", vec![]),
        folded(
            MessageKind::Output,
            "python",
            "",
            vec![AnnotationKind::Attachment(Box::new(attachment(Media::Image, "plot.png")))],
        ),
    ];
    let mut transcript = opened(turn);
    let expected = [
        "  ▸ web.search · 1 line",
        "  ▸ web search · 2 lines",
        "  ▸ web page · A page – e.org",
        "  ▸ quote · A page – e.org",
        "  ▸ error · TimeoutError: too slow",
        "  ▸ custom instructions · 1 line",
        "  ▸ saved memory · 1 line",
        "  ▸ super_widget · 1 line",
        "  ▸ Nachgedacht für 3 Sekunden",
        "  Thought for a moment",
        "  ▸ python result · 1 file",
        "",
    ];
    assert_eq!(all_lines(&mut transcript, 60), expected);
    transcript.set_all_folds(true);
    let lines = all_lines(&mut transcript, 60);
    assert_eq!(lines[..4], ["  ▾ web.search · 1 line", "    {\"q\": 1}", "", "  ▾ web search · 2 lines"]);
    assert!(lines.contains(&"  ▪ image · plot.png · 213 KB".to_owned()));
    assert_eq!(lines.iter().filter(|line| line.contains("A page – e.org")).count(), 2);
    assert_eq!(
        lines.iter().filter(|line| line.contains("https://www.e.org/x")).count(),
        2,
        "where it is from"
    );
}

#[test]
fn a_canvas_is_a_titled_document() {
    let canvas =
        |title: &str, format: &str| AnnotationKind::Canvas { title: title.into(), format: format.into() };
    let document = MessageDraft {
        kind: MessageKind::Canvas,
        annotations: vec![part(0..0, canvas("Trip plan", "document"))],
        ..assistant("# Day one\n\n- walk")
    };
    let code = MessageDraft {
        kind: MessageKind::Canvas,
        annotations: vec![part(0..0, canvas("sort", "code/python"))],
        ..assistant("x = 1")
    };
    let expected = [
        "  ▾ canvas · Trip plan",
        "  │ Day one",
        "  │  • walk",
        "",
        "  ▾ canvas · sort · python",
        "  │   x = 1",
        "",
    ];
    let mut transcript = opened(vec![document, code]);
    assert_eq!(all_lines(&mut transcript, 60), expected);
    transcript.set_fold(0, false);
    assert_eq!(all_lines(&mut transcript, 60)[0], "  ▸ canvas · Trip plan");
}

#[test]
fn an_answer_that_was_cut_says_so() {
    let draft = MessageDraft { interrupted: true, ..assistant("And then") };
    assert_eq!(one(draft, 60)[1..4], ["  And then", "", "  … the answer was cut here"]);
}

#[test]
fn a_picture_of_a_tool_is_shown_under_its_name() {
    let annotations =
        vec![part(0..0, AnnotationKind::Attachment(Box::new(attachment(Media::Image, "x.webp"))))];
    let draft = MessageDraft {
        kind: MessageKind::Output,
        name: Some("dalle.text2im"),
        annotations,
        ..MessageDraft::new(Role::Tool, "")
    };
    assert_eq!(one(draft, 60), ["  dalle.text2im", "  ▪ image · x.webp · 213 KB", ""]);
}

/// A conversation with a bit of everything.
fn tour() -> Transcript {
    let prompt = "Compare these,\n  please:\n\n```sh\ncurl -v https://example.org/a/long/path?with=query\n```\n日本語でもいいです。";
    let reply = "## Result\n\nA **short** *answer* with `inline code`, a [link](https://e.org) and \\(\\alpha^2\\).\n\n\
                 1. First, a longer item that has to wrap somewhere\n   ```rust\n   fn main() {}\n   ```\n2. Second\n   - nested\n\n\
                 | Name | Size | Remark |\n|:--|--:|:-:|\n| alpha | 1 | none |\n| beta | 1 024 | one that is rather long, so it wraps |\n\n\
                 > Quoted **words**\n>\n> - and a list\n\n\\[ x = \\frac{-b \\pm \\sqrt{b^2-4ac}}{2a} \\]\n\n- [ ] open\n- [x] done\n\n---\n\n\
                 Done[^1]. 👩🏽‍🚀 שלום\n\n[^1]: A note.";
    let time = Time(1_741_000_000_000_000);
    let thought = folded(
        MessageKind::Reasoning,
        "",
        "Hm, **so**.",
        vec![AnnotationKind::ThinkingTime { seconds: Some(15) }],
    );
    opened(vec![
        MessageDraft { time: Some(time), ..MessageDraft::new(Role::User, prompt) },
        thought,
        assistant(reply),
        folded(MessageKind::Call, "python", "import math\nmath.pi", vec![]),
        folded(MessageKind::Output, "python", "3.14", vec![]),
    ])
}

#[test]
fn everything_at_three_widths() {
    let mut transcript = tour();
    transcript.set_fold(1, true);
    for width in [100, 80, 30] {
        insta::assert_snapshot!(format!("tour-{width}"), all_lines(&mut transcript, width).join("\n"));
    }
}
