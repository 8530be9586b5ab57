//! What holds for any text: nothing is lost, nothing is wider than asked, nothing acts on the terminal.

use proptest::prelude::*;
use pulldown_cmark::{Event, Parser, Tag};

use super::*;

/// Pieces of Markdown, in any order.
fn fragment() -> impl Strategy<Value = String> {
    let markup = prop::sample::select(vec![
        "\n",
        "\n\n",
        "# ",
        "### ",
        "- ",
        "  - ",
        "1. ",
        "10) ",
        "> ",
        ">> ",
        "`",
        "``",
        "```\n",
        "```rust\n",
        "~~~\n",
        "**",
        "*",
        "_",
        "__",
        "~~",
        "[",
        "](https://e.org)",
        "![",
        "]",
        "<",
        ">",
        "| a | b |\n",
        "|---|:-:|\n",
        "|",
        "    ",
        "<b>",
        "</b>",
        "<br>",
        "<div>\n",
        "&amp;",
        "&lt;",
        "---\n",
        "===\n",
        "[^1]",
        "[^1]: ",
        "\t",
        "- [ ] ",
        "- [x] ",
        "  \n",
        "https://example.org/a_b?c=d",
        "(",
        ")",
        "!",
        ":",
        ".",
        "\"",
        "'",
        " ",
    ]);
    let words = prop::sample::select(vec![
        "word ",
        "another",
        "incomprehensibilities ",
        "é",
        "naïve ",
        "日本語",
        "の文章。",
        "👩🏽‍🚀",
        "👍 ",
        "שלום ",
        "مرحبا ",
        "क्षत्रिय ",
        "a",
        "1",
        "2024 ",
        "ｶﾞ",
        "한국어 ",
        "x = y + 1;",
    ]);
    // Anything that is no mathematics, no marker and no control character; marks need a letter before them.
    let any = "[\\p{L}\\p{N}\\p{P}\\p{S} ]{1,12}".prop_map(|text| {
        text.replace(['$', '\\'], "").chars().filter(|c| !sanitize::is_replaced(*c)).collect()
    });
    prop_oneof![
        3 => markup.prop_map(str::to_owned),
        3 => words.prop_map(str::to_owned),
        1 => "[a-z ]{1,12}",
        1 => any,
    ]
}

fn markdown_text() -> impl Strategy<Value = String> {
    proptest::collection::vec(fragment(), 0..60).prop_map(|fragments| fragments.concat())
}

/// Hostile text: anything at all, and what acts on terminals.
fn hostile() -> impl Strategy<Value = String> {
    let attack = prop::sample::select(vec![
        "\x1b[2J",
        "\x1b]0;title\x07",
        "\u{9b}31m",
        "\r",
        "\x08",
        "\u{202e}",
        "\u{2066}",
        "\u{e0041}\u{e0042}",
        "\u{feff}",
        "\u{200b}",
        "\u{200d}",
        "\u{200e}",
        "\u{e200}cite\u{e202}turn0\u{e201}",
        "\u{f8ff}",
        "Z\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}",
        "\u{301}",
        "\0",
        "\x7f",
        "\u{2028}",
        "\u{fff9}",
        "$x^2$",
        "\\(a\\)",
        "\\[b\\]",
        "```\n",
        "\n",
        "| a |\n|---|\n",
        "❤️",
        "ｶﾞ",
    ]);
    let piece = prop_oneof![2 => attack.prop_map(str::to_owned), 1 => any::<String>(), 2 => fragment()];
    proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

fn solid(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| !c.is_whitespace())
}

/// The text content of a Markdown document, and whether it has a table (whose cells stand side by side).
fn content(markdown: &str) -> (Vec<char>, bool) {
    let mut text = String::new();
    let mut table = false;
    for event in Parser::new_ext(markdown, crate::message::markdown::dialect()) {
        match event {
            Event::Text(piece) | Event::Code(piece) | Event::Html(piece) => {
                text.push_str(&sanitize::text(&piece));
            }
            Event::InlineHtml(piece) if &*piece != "<br>" => text.push_str(&sanitize::text(&piece)),
            Event::Start(Tag::Table(_)) => table = true,
            _ => {}
        }
    }
    (solid(&text).collect(), table)
}

fn check_lines(transcript: &mut Transcript, width: u16) -> Result<String, TestCaseError> {
    let conversation = transcript.conversation().clone();
    let mut all = String::new();
    for entry in 0..transcript.entries().len() {
        let message = transcript.entries()[entry].message;
        let text = conversation.message_text(message);
        for line in transcript.lines(entry, width).iter() {
            let right: usize = line.right.iter().map(Span::width).sum();
            let fits = line.width() + right + usize::from(right > 0) <= usize::from(width);
            prop_assert!(fits || line.scrolls_from.is_some(), "{width}: {line:?}");
            prop_assert!(is_harmless(&shown(line)), "{:?}", line);
            for span in line.spans.iter().chain(&line.right) {
                prop_assert!(!span.text.contains(['\n', '\t']), "{:?}", span);
                if let Some(range) = span.text_range() {
                    prop_assert_eq!(&text[range], &span.text);
                }
            }
            all.push_str(&line.text());
            all.push('\n');
        }
    }
    Ok(all)
}

/// No character that acts on a terminal, none that cannot be seen, no pile of marks.
fn is_harmless(row: &str) -> bool {
    let acts = |c: char| {
        c.is_control()
            || matches!(
                c,
                '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                    | '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{10ffff}'
            )
    };
    let mut marks = 0;
    row.chars().all(|c| {
        let mark = matches!(c, '\u{300}'..='\u{36f}');
        marks = if mark { marks + 1 } else { 0 };
        marks <= 4 && !acts(c)
    })
}

fn in_order(wanted: &[char], shown: &str) -> bool {
    let mut shown = shown.chars();
    wanted.iter().all(|&c| shown.any(|other| other == c))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_text_of_an_answer_is_lost(text in markdown_text(), width in 12_u16..200) {
        let shown = check_lines(&mut opened(vec![assistant(&text)]), width)?;
        let (mut wanted, table) = content(&text);
        if table {
            // The cells of a row stand side by side: all is there, in another order.
            let mut all: Vec<char> = solid(&shown).collect();
            all.sort_unstable();
            wanted.sort_unstable();
            prop_assert!(in_order(&wanted, &all.iter().collect::<String>()), "{text:?}\n{shown}");
        } else {
            prop_assert!(in_order(&wanted, &shown), "{text:?}\n{shown}");
        }
    }

    #[test]
    fn a_table_reads_in_order_where_its_cells_need_not_wrap(
        before in markdown_text(),
        rows in proptest::collection::vec(proptest::collection::vec(fragment(), 2), 1..6),
        after in markdown_text(),
    ) {
        let cell = |text: &String| text.replace(['|', '\n', '`'], " ").replace("<br>", "");
        let rows: Vec<String> = rows.iter().map(|row| row.iter().map(cell).collect::<Vec<_>>().join(" | ")).collect();
        let text = format!("{}\n\n{}\n|---|---|\n{}\n\n{}", before, rows[0], rows[1..].join("\n"), after)
            .replace("<br>", "");
        let shown = check_lines(&mut opened(vec![assistant(&text)]), 20_000)?;
        prop_assert!(in_order(&content(&text).0, &shown), "{text:?}\n{shown}");
    }

    #[test]
    fn a_prompt_is_shown_as_it_was_typed(text in markdown_text(), width in 12_u16..200) {
        // Fences are not shown; all else is.
        let text = text.replace("``", "`.").replace("~~", "~.");
        let shown = check_lines(&mut opened(vec![MessageDraft::new(Role::User, &text)]), width)?;
        let wanted: Vec<char> = solid(&sanitize::text(&text)).collect();
        prop_assert!(in_order(&wanted, &shown), "{text:?}\n{shown}");
    }

    #[test]
    fn hostile_text_never_reaches_a_span(text in hostile(), width in 1_u16..200) {
        let user = MessageDraft::new(Role::User, &text);
        let tool = MessageDraft {
            kind: crate::conversation::MessageKind::Output,
            visibility: crate::conversation::Visibility::Folded,
            name: Some(&text),
            ..MessageDraft::new(Role::Tool, &text)
        };
        let answer = MessageDraft { model: Some(&text), ..MessageDraft::new(Role::Assistant, &text) };
        let mut transcript = opened(vec![user, tool, answer]);
        check_lines(&mut transcript, width)?;
        transcript.set_all_folds(true);
        check_lines(&mut transcript, width)?;
    }

    #[test]
    fn every_byte_has_a_line(text in hostile(), width in 1_u16..100, byte in 0_usize..200) {
        let mut transcript = opened(vec![assistant(&text)]);
        let line = transcript.line_of(0, width, byte);
        prop_assert!(line < transcript.lines(0, width).len());
        let hits = [byte..byte + 3, byte + 5..byte + 9];
        for line in transcript.lines(0, width).iter() {
            prop_assert_eq!(mark_hits(line, &hits, Some(&hits[0])).text(), line.text());
        }
    }
}
