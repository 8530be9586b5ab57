//! Makes a message's Markdown fit below the heading of its entry, changing as little as possible.
//!
//! - Headings move below the entry's: all by the same step, so that the highest stands right below it. What only looks
//!   like one, to some reader or in the bare text, gets a backslash.
//! - HTML is text: an open tag would swallow every entry after it, and `<h2>` would begin one.
//! - A code fence that the message leaves open is closed.
//! - `\( … \)` and `\[ … \]` become `$ … $` and `$$ … $$`, which GitHub and Obsidian draw.
//! - Behind a link whose text is misleading its target is written.
//! - A link by a name (`[text][1]`) gets its address, and what defines the name is text: names are those of the whole file,
//!   and one message would make links of another's words.
//!
//! Nothing else is touched. What the structure is, a [survey](super::markdown_survey) says; formulas are hidden from
//! it, since it would read their lines as Markdown. What comes out is looked at once more: where it still does not stay
//! below its heading the text is to be written as code.

use std::borrow::Cow;

use super::{
    formula_delimiters::{begins_a_block, delimiters, masked},
    markdown_survey::survey,
    parse_bounds,
    text_edit::{TextEdit, edited},
};
use crate::message::{
    formula::{self, Formula},
    markdown::{self, NonProse},
    prompt,
};

/// The number of times that HTML is made text: making one tag text can show another.
const MAX_ROUNDS: usize = 8;
/// The rounds in which only the tag that begins a block of HTML is made text. What is code within it stays so.
const CAREFUL_ROUNDS: usize = 5;

/// Makes Markdown fit below the heading of its entry; see the [module](self). `None`: it cannot be, and is code.
pub(super) fn below_heading(text: &str) -> Option<Cow<'_, str>> {
    fit_below_heading(text, markdown::non_prose)
}

/// Makes a text that was typed fit there, likewise.
pub(super) fn typed_below_heading(text: &str) -> Option<Cow<'_, str>> {
    fit_below_heading(text, prompt::non_prose)
}

fn fit_below_heading(text: &str, non_prose: impl Fn(&str) -> Vec<NonProse>) -> Option<Cow<'_, str>> {
    // The end is written without its blanks, whatever they are: `---` and a blank that is none to Markdown are no row.
    let words = text.trim_end();
    let is_plain = text[words.len()..].bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    match plain_lines(if is_plain { text } else { words }) {
        Cow::Borrowed(text) => fitted_lines(text, non_prose),
        Cow::Owned(text) => fitted_lines(&text, non_prose).map(|fitted| Cow::Owned(fitted.into_owned())),
    }
}

/// Returns a text whose lines begin and end, and are blank, for every reader alike: a carriage return alone ends a line to
/// some, also in code; a form feed and what else is a blank to some is none to others.
fn plain_lines(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let ends_alone = |at: usize| bytes.get(at + 1) != Some(&b'\n');
    if !memchr::memchr_iter(b'\r', bytes).any(ends_alone) && memchr::memchr2(0xb, 0xc, bytes).is_none() {
        return Cow::Borrowed(text);
    }
    let is_blank = |char: char| matches!(char, ' ' | '\t' | '\u{b}' | '\u{c}');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = memchr::memchr2(b'\n', b'\r', rest.as_bytes()).unwrap_or(rest.len());
        let (line, after) = rest.split_at(end);
        let words = line.trim_matches(is_blank);
        let start = line.len() - line.trim_start_matches(is_blank).len();
        let kept = |part: &str| part.replace(['\u{b}', '\u{c}'], "");
        out.push_str(&kept(&line[..start]));
        out.push_str(words);
        out.push_str(&kept(&line[(start + words.len()).min(line.len())..]));
        let line_end = if after.starts_with("\r\n") { 2 } else { usize::from(!after.is_empty()) };
        out.push_str(if line_end == 2 { "\r\n" } else { &"\n"[..line_end] });
        rest = &after[line_end..];
    }
    Cow::Owned(out)
}

fn fitted_lines(text: &str, non_prose: impl Fn(&str) -> Vec<NonProse>) -> Option<Cow<'_, str>> {
    if !parse_bounds::may_parse(text) {
        return None;
    }
    let _guard = parse_bounds::lock_if_large(text);
    if formula::may_be_in(text) {
        let mut formulas = formula::formulas(text, &non_prose(text));
        formulas.retain(|formula| !begins_a_block(&text[formula.tex.clone()]));
        // Without its bracket a line of a formula may begin a list, a heading in it. Then the formulas stay as written.
        if !formulas.is_empty()
            && let Some(drawn) = apply_edits(text, formulas)
        {
            return Some(drawn);
        }
    }
    apply_edits(text, Vec::new())
}

/// Returns the text with its headings moved, its HTML as text, its open ends closed, and these formulas rewritten.
fn apply_edits(text: &str, mut formulas: Vec<Formula>) -> Option<Cow<'_, str>> {
    let mut text = Cow::Borrowed(text);
    if !may_contain_structure(&text) {
        let edits = delimiters(&text, &formulas);
        return if edits.is_empty() { Some(text) } else { reject_unstable(Cow::Owned(edited(&text, edits))) };
    }
    for round in 0..MAX_ROUNDS {
        let found = survey(&text, &masked(&text, &formulas), round >= CAREFUL_ROUNDS);
        if !found.html.is_empty() {
            let escapes = found.html.iter().map(|&at| TextEdit::insert(at, "\\")).collect();
            text = Cow::Owned(edited(&text, escapes));
            for Formula { range, tex, .. } in &mut formulas {
                let step = found.html.partition_point(|&at| at <= range.start);
                *range = range.start + step..range.end + step;
                *tex = tex.start + step..tex.end + step;
            }
            continue;
        }
        let reshaped = round > 0 || found.changes_structure || !formulas.is_empty();
        let mut edits = found.edits;
        let signs = found.signs_to_escape.into_iter().chain(found.definitions);
        edits.extend(signs.map(|at| TextEdit::insert(at, "\\")));
        edits.extend(found.references);
        edits.extend(found.destination_notes);
        edits.extend(delimiters(&text, &formulas));
        let arranged = if edits.is_empty() { text } else { Cow::Owned(edited(&text, edits)) };
        return if reshaped { reject_unstable(arranged) } else { Some(arranged) };
    }
    None
}

/// Returns a text that stays below its heading as it stands.
fn reject_unstable(text: Cow<'_, str>) -> Option<Cow<'_, str>> {
    let found = survey(&text, &text, false);
    let is_stable = found.html.is_empty() && found.edits.is_empty() && found.definitions.is_empty();
    is_stable.then_some(text)
}

/// Returns whether the text can hold anything that a survey finds: most messages cannot, and are not parsed.
fn may_contain_structure(text: &str) -> bool {
    let bytes = text.as_bytes();
    let runs = |at: usize, length: usize| {
        bytes.get(at..at + length).is_some_and(|run| run.iter().all(|&byte| byte == bytes[at]))
    };
    memchr::memchr3_iter(b'`', b'<', b'#', bytes).any(|at| match bytes[at] {
        b'`' => runs(at, 3),
        b'<' => may_begin_html(&text[at + 1..]),
        _ => may_begin_a_line(text, at),
    }) || memchr::memchr3_iter(b'~', b'$', b'%', bytes)
        .any(|at| runs(at, if bytes[at] == b'~' { 3 } else { 2 }))
        || memchr::memchr_iter(b']', bytes).any(|at| bytes.get(at + 1) == Some(&b':'))
        || may_hold_underline_or_delimiter_row(bytes)
        || may_hold_a_deceiving_link(text)
}

/// Returns whether a line may be the underline of a heading (`---`, `===`), or the delimiter row below the head of a table.
fn may_hold_underline_or_delimiter_row(bytes: &[u8]) -> bool {
    let starts = memchr::memchr2_iter(b'\n', b'\r', bytes).map(|at| at + 1);
    [0].into_iter().chain(starts).any(|start| {
        let is_margin = |byte: u8| matches!(byte, b' ' | b'\t' | b'>');
        let line = &bytes[start..];
        let line = &line[line.iter().take_while(|&&byte| is_margin(byte)).count()..];
        // Nearly every line is none by its first byte.
        if !matches!(line.first(), Some(b'=' | b'-' | b'|' | b':')) {
            return false;
        }
        let line = &line[..memchr::memchr2(b'\n', b'\r', line).unwrap_or(line.len())];
        let line = &line[..line.len() - line.iter().rev().take_while(|&&byte| is_margin(byte)).count()];
        line.iter().all(|&byte| byte == b'=')
            || line.iter().all(|&byte| matches!(byte, b'-' | b'|' | b':' | b' ' | b'\t'))
    })
}

/// Returns whether only signs and blanks, or what looks so, stand before this byte on its line.
fn may_begin_a_line(text: &str, at: usize) -> bool {
    let before = text[..at].bytes().rev().take_while(|byte| !matches!(byte, b'\n' | b'\r'));
    !before.into_iter().any(|byte| byte.is_ascii_alphabetic())
}

fn may_begin_html(rest: &str) -> bool {
    rest.starts_with(|next: char| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'))
}

/// Returns whether a link may lead elsewhere than its words or its looks say.
fn may_hold_a_deceiving_link(text: &str) -> bool {
    /// Bytes of an address or of a link's words that are looked at; who writes more is looked at with care.
    const LOOKED_AT: usize = 300;
    let is_plain = |text: &str, more: &[char]| {
        text.len() < LOOKED_AT
            && !text.contains(more)
            && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
            && !text.contains(['@', '%', '&', '\\'])
            && !text.to_ascii_lowercase().contains("xn--")
    };
    let before = |at: usize| &text[text.floor_char_boundary(at.saturating_sub(LOOKED_AT))..at];
    let after = |at: usize| &text[at..text.floor_char_boundary((at + LOOKED_AT).min(text.len()))];
    let until = |rest: &str, ends: &[char]| -> usize {
        rest.find(|c: char| c.is_whitespace() || ends.contains(&c)).unwrap_or(rest.len())
    };
    let bytes = text.as_bytes();
    let goes_on = |at: usize, with: &[u8]| bytes[at + 1..].starts_with(with);
    memchr::memchr_iter(b']', bytes).filter(|&at| goes_on(at, b"(")).any(|at| {
        let words = before(at).rsplit_once('[').map(|two| two.1);
        let rest = after(at + 2);
        let address = &rest[..until(rest, &[')'])];
        // Words that name a place have one of these.
        !words.is_some_and(|words| is_plain(words, &['.', '/', ':', ']'])) || !is_plain(address, &['(', '<'])
    }) || memchr::memchr_iter(b':', bytes).filter(|&at| goes_on(at, b"//")).any(|at| {
        let rest = after(at + 3);
        !is_plain(&rest[..until(rest, &['/', '?', '#', '>', '"'])], &[])
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        /// Texts that are taken to need no care hold nothing that a survey would find.
        #[test]
        fn what_is_not_looked_at_would_not_be_changed(
            pieces in prop::collection::vec(prop::sample::select(vec![
                "#", "##", " ", "\n", "\t", "a", "C#", "1.", "- ", "> ", "<", "<b>", "</", "<!", "[", "]", "](", ")", "(",
                "https://", "e.org", "x.y", "/p", "@", "%69", "xn--a", "\u{430}", "&#47;", "\\", "word", "=", "==", "-",
                "\u{a0}", "\u{3164}", "\u{200b}", "//", "mailto:", "`", "**", "_", "!", "|", ":", "\r", "www.",
            ]), 0..16)
        ) {
            let text = pieces.concat();
            if !super::may_contain_structure(&text) {
                let found = super::survey(&text, &text, true);
                let destination_notes: Vec<_> = found.destination_notes.iter().collect();
                prop_assert!(
                    found.html.is_empty()
                        && found.signs_to_escape.is_empty()
                        && found.edits.is_empty() && destination_notes.is_empty()
                        && found.references.is_empty() && found.definitions.is_empty(),
                    "{:?}: {:?}", text, found
                );
            }
        }
    }

    fn below_heading(text: &str) -> String {
        super::below_heading(text).expect("it fits").into_owned()
    }

    #[test]
    fn headings_move_below_the_turns_by_one_step() {
        assert_eq!(below_heading("# A\n\ntext\n\n### B\n\n###### C"), "### A\n\ntext\n\n##### B\n\n###### C");
        assert_eq!(below_heading("## A\n## B"), "### A\n### B");
        assert_eq!(below_heading("### stays\n#### too"), "### stays\n#### too");
        assert_eq!(
            below_heading("- a\n\n  # in a list\n\n> # in a quote"),
            "- a\n\n  ### in a list\n\n> ### in a quote"
        );
        assert_eq!(below_heading("#hashtag, C# and\n\n    # code"), "#hashtag, C# and\n\n    # code");
    }

    #[test]
    fn underlined_headings_become_ones_with_hashes() {
        assert_eq!(below_heading("Title\n=====\n\nSub #\n---\ntext"), "### Title\n\n#### Sub \\#\ntext");
        assert_eq!(below_heading("two\nlines\n---\n"), "two\nlines\n\n---\n");
        assert_eq!(below_heading("a\nb\n---\n---\nc\nd\n==="), "a\nb\n\n---\n---\nc\nd\n\n===");
        assert_eq!(below_heading("> a\n> b\n> ---"), "> a\n> b\n\n> ---");
        assert_eq!(below_heading("text\n\n---\n\ntext"), "text\n\n---\n\ntext");
    }

    #[test]
    fn code_is_left_as_it_is() {
        let code = "```sh\n# comment \\(x\\)\nTitle\n=====\n```";
        assert_eq!(below_heading(code), code);
        let long = "````\n```\n# not closed here\n````\n\n~~~\n```\n~~~";
        assert_eq!(below_heading(long), long);
    }

    #[test]
    fn an_open_fence_is_closed() {
        assert_eq!(below_heading("see\n````rust\n# a\n```"), "see\n````rust\n# a\n```\n````");
        assert_eq!(below_heading("~~~\na"), "~~~\na\n~~~");
        assert_eq!(below_heading("```"), "```\n```");
        assert_eq!(below_heading("```\n"), "```\n```");
    }

    #[test]
    fn an_html_block_that_would_swallow_the_rest_becomes_text() {
        assert_eq!(below_heading("<!-- open\n\nstill"), "\\<!-- open\n\nstill");
        assert_eq!(below_heading("text\n\n<script>\nalert(1)"), "text\n\n\\<script>\nalert(1)");
        // Closed, it is none of the message's words to another reader.
        assert_eq!(below_heading("<!-- closed -->\n\n<div>\n\ntext"), "\\<!-- closed -->\n\n\\<div>\n\ntext");
    }

    #[test]
    fn latex_gets_the_delimiters_that_are_drawn() {
        assert_eq!(below_heading(r"so \( a+b \) holds"), "so $a+b$ holds");
        assert_eq!(below_heading("\\[\na\n= b\n\\]"), "$$\na\n= b\n$$");
        assert_eq!(below_heading(r"\[ a \]"), "$$ a $$");
        assert_eq!(below_heading("# On \\(x\\)"), "### On $x$");
        assert_eq!(below_heading("\\[\n- a\n+ b\n\\]"), "$$\n- a\n+ b\n$$");
        assert_eq!(below_heading("\\[\nx\n```\\]"), "\\[\nx\n```\\]\n```", "no formula");
        assert_eq!(below_heading("\\[ a\n= b \\]"), "$$\na\n= b\n$$");
        assert_eq!(below_heading("> \\[\n> a\n> \\]\n> so"), "> $$\n> a\n> $$\n> so");
        assert_eq!(below_heading("1. so\n   \\[\n   a\n   \\]"), "1. so\n   $$\n   a\n   $$");
        assert_eq!(below_heading(r"`\(a\)` and $b$"), r"`\(a\)` and $b$");
    }

    /// GitHub ends a formula at a blank line, and drew neither half.
    #[test]
    fn a_formula_loses_its_blank_lines_and_nothing_else_does() {
        let drawn = "so\n\n$$\na\n= b\n$$\n\nthus";
        assert_eq!(below_heading("so\n\n\\[\n\na\n\n \t\n= b\n\n\\]\n\nthus"), drawn);
        assert_eq!(below_heading("so\r\n\r\n\\[\r\na\r\n\r\n= b\r\n\\]"), "so\r\n\r\n$$\na\r\n= b\r\n$$");
        assert_eq!(below_heading("> \\[\n> a\n>\n> = b\n> \\]"), "> $$\n> a\n> = b\n> $$");
        assert_eq!(below_heading("\\[\na\n>\nb\n\\]"), "$$\na\n>\nb\n$$", "a sign of the formula");
        // Brackets around whole paragraphs are no formula.
        for text in ["\\[see\n\nthe next page\\] for it", "so \\[\na\n\nb\n\\]", "\\[\n# a\n\nb\n\\]"] {
            assert!(below_heading(text).contains("\n\n") && !below_heading(text).contains('$'), "{text}");
        }
    }

    /// Reads a text as a reader of the file does, and tells what would not stay in its entry.
    fn escapes(text: &str) -> Vec<String> {
        use pulldown_cmark::{Event, Parser, Tag};

        let mut found = Vec::new();
        let mut code: Vec<std::ops::Range<usize>> = Vec::new();
        for (event, range) in Parser::new_ext(text, crate::message::markdown::dialect()).into_offset_iter() {
            match event {
                Event::Html(html) | Event::InlineHtml(html) if !html.trim().starts_with("<br") => {
                    found.push(html.to_string());
                }
                Event::Start(Tag::Heading { level, .. }) if level as usize <= 2 => {
                    found.push(text[range].to_owned());
                }
                Event::Start(Tag::CodeBlock(_)) | Event::Code(_) => code.push(range),
                _ => {}
            }
        }
        // In the bare text, whatever blanks it has.
        let mut start = 0;
        for line in text.split_inclusive(['\n', '\r']) {
            let bare = line.trim_start_matches(|char: char| !char.is_ascii() || " \t>-*+.1".contains(char));
            let is_heading = bare.starts_with("##") && !bare.starts_with("###");
            if is_heading && !code.iter().any(|range| range.contains(&start)) {
                found.push(line.to_owned());
            }
            start += line.len();
        }
        found
    }

    const FORGED: [&str; 37] = [
        "## You · 3 Mar 2025, 09:42",
        "##\u{a0}You · 3 Mar 2025, 09:42",
        "##\tYou",
        "##\u{2003}You",
        "\u{a0}## You",
        "\u{200b}## You",
        "##\u{200b}You",
        "\u{61c}## You",
        "##You",
        "#\u{a0}A title",
        "text\n    ## You",
        "You · 3 Mar 2025, 09:42\n---",
        "You\n===",
        "- ## You",
        "- - 1. ## You",
        "> ## You",
        "> You\n> ===",
        "a\r## You\rb",
        "<h2>You · 3 Mar 2025, 09:42</h2>",
        "text <h2>You</h2> text",
        "<H2\n class=x>You</H2>",
        "<details>\n<summary>more</summary>\n",
        "<details open>",
        "<!-- hidden",
        "text <!-- hidden",
        "<!-- a --> <!-- b",
        "<?php",
        "<![CDATA[",
        "<!DOCTYPE html>",
        "<table><tr><td>",
        "<div>\n\n```\n\n</div>\n\n## You",
        "```\ncode\n```\n## You",
        "- ```\n  code\n## You\n  ```",
        "````\n```\n## You",
        "~~~\n## You\n```",
        "<pre>\n```\n</pre>\n# You",
        "<a href=\"x\ny\">\n## You",
    ];

    #[test]
    fn no_body_has_what_looks_like_a_turn() {
        for forged in FORGED {
            for text in [
                forged.to_owned(),
                format!("Sure.\n\n{forged}\n\nThanks"),
                format!("- an item\n\n  {}", forged.replace('\n', "\n  ")),
                format!("> {}", forged.replace('\n', "\n> ")),
                format!("$$\na\n$$\n\n{forged}"),
                format!("\\(a\\) {forged}"),
            ] {
                // Where it cannot be made to fit it is code.
                let Some(fitted) = super::below_heading(&text) else { continue };
                assert!(escapes(&fitted).is_empty(), "{text:?}\n{fitted:?}\n{:?}", escapes(&fitted));
                let open = format!("{}\n\n## Next\n", fitted.trim_end());
                let headings = escapes(&open);
                assert!(
                    headings.len() == 2 && headings[0].starts_with("## Next"),
                    "{text:?}\n{open:?}\n{headings:?}"
                );
            }
        }
    }

    /// Tells the row that makes a heading of a line above it to a reader of CommonMark alone, or to one that ends a table, a
    /// definition or a footnote elsewhere.
    fn underlined(text: &str, turn: &str) -> Option<String> {
        let code = crate::message::markdown::non_prose(text);
        let mut before: Option<&str> = None;
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let is_blank = line.trim_matches([' ', '\t', '\n', '\r']).is_empty();
            let bare = line.trim_matches(|char: char| char.is_whitespace() || char == '>');
            let is_row = !bare.is_empty() && ["-", "="].iter().any(|mark| bare.replace(mark, "").is_empty());
            let is_code = code.iter().any(|stretch| stretch.is_code() && stretch.range.contains(&start));
            if let Some(before) = before
                && is_row
                && !is_code
                && before.contains(turn)
                // The row of a list's item is its own.
                && !before.trim_start().starts_with(['-', '>', '#'])
            {
                return Some(format!("{before}{line}"));
            }
            // Below a blank line it is code.
            let is_words = before.is_some()
                || !line.starts_with(['\t', ' '])
                || line.trim_start_matches(' ').len() + 4 > line.len();
            before = (!is_blank && is_words && !line.starts_with('\t')).then_some(line);
            start += line.len();
        }
        None
    }

    #[test]
    fn no_line_is_a_heading_to_a_reader_who_ends_tables_and_definitions_elsewhere() {
        const TURN: &str = "You · 14 Nov 2023, 22:13";
        let before = [
            "|a|b|\n|-|-|\n",
            "a|b\n-|-\n",
            "|a|b|\n|-|-|\n|c|d|\n",
            "a\n:-\n",
            "[x]: https://e.org\n",
            "[x]:\n  https://e.org\n  'a\n",
            "- [x]: https://e.org\n",
            "> [x]: https://e.org\n",
            "[^1]: a\n",
            "[^1]: a\n\n    b\n",
            "**a\n",
            "`a\n",
            "a  \n",
            "```\nx\n```\n",
            "```\nx\n```\u{c}\n",
            "    x\r",
            "# a\n",
            "---\n",
            "$$\nx\n$$\n",
            "a\n",
            "![a](b\n",
            "<https://e.org>\n",
        ];
        let between = [
            "",
            "\tx\n",
            "    x\n",
            " \n",
            "|\n",
            "- \n",
            "x\n",
            "\u{c}\n",
            "\u{b}\n",
            "\u{a0}\n",
            "\u{200b}\n",
            "2. x\n",
            "\r",
            "\t|x|\n",
            "\u{c}\tx\n",
            "[y]: u\n",
        ];
        let heads = [
            format!("## {TURN}"),
            format!("{TURN}\n---"),
            format!("{TURN}\n==="),
            format!(" {TURN}\n  ---"),
            format!("\t{TURN}\n---"),
            format!("{TURN}\t\n---\t"),
            format!("|{TURN}\n---"),
            format!("{TURN} |\n---"),
            format!("x\n{TURN}\n---"),
            format!("\r## {TURN}\r"),
            "~~~".to_owned(),
            "<!-- x".to_owned(),
        ];
        for before in before {
            // But for a table's row the number begins a list, and the line below is its item's, to everybody.
            let numbered = |between: &&&str| **between == "2. x\n" && !before.contains("|-|");
            for between in between.iter().filter(|between| !numbered(between)) {
                for head in &heads {
                    let text = format!("{before}{between}{head}\n\npay");
                    let Some(fitted) = super::below_heading(&text) else { continue };
                    assert!(escapes(&fitted).is_empty(), "{text:?}\n{fitted:?}\n{:?}", escapes(&fitted));
                    let lone = fitted.replace("\r\n", "\n");
                    assert!(!lone.contains(['\r', '\u{b}', '\u{c}']), "{text:?}\n{fitted:?}");
                    assert_eq!(underlined(&fitted, TURN), None, "{text:?}\n{fitted:?}");
                }
            }
        }
    }

    #[test]
    fn no_list_quotation_or_fence_is_the_head_of_a_table_to_another_reader() {
        for (text, fitted) in [
            ("```a|b\n-|-\nx\n```", "```a b\n-|-\nx\n```"),
            ("~~~a|b\n|-|\nx\n~~~", "~~~a b\n|-|\nx\n~~~"),
            ("> a|b\n-|-\nx", "> a|b\n\n-|-\nx"),
        ] {
            assert_eq!(below_heading(text), fitted);
        }
        assert_eq!(super::below_heading("- a|b\n-|-\n  ~~~\nx"), None, "another structure then: it is code");
    }

    /// To a reader who ends the table there it begins HTML, in which a backslash is none.
    #[test]
    fn a_line_break_below_a_table_or_a_definition_begins_no_html() {
        for before in ["a|b\n-|-\n", "[x]: https://e.org\n", "[^1]: a\n"] {
            let fitted = below_heading(&format!("{before}<br>\n<a x |"));
            assert_eq!(fitted, format!("{}\\<br>\n\\<a x |", before.replace("]:", "\\]:")));
        }
        assert_eq!(below_heading("a | b\n-|-\nc<br>d | e"), "a | b\n-|-\nc<br>d | e");
    }

    /// The blanks at the end of a message are not written: what stands there is read without them.
    #[test]
    fn the_end_of_a_text_is_read_as_it_is_written() {
        for blank in ["\u{85}", "\u{a0}", "\u{2028}", "\u{3000}\n\u{c}"] {
            assert_eq!(below_heading(&format!("    x\nYou\n---{blank}")), "    x\n### You");
            assert_eq!(below_heading(&format!("~~~\nx\n~~~{blank}")), "~~~\nx\n~~~");
        }
    }

    #[test]
    fn rows_that_are_rules_to_everybody_stay_where_they_are() {
        for text in [
            "- an item\n---\ntext",
            "- an item\n  of two lines\n---\ntext",
            "> a quotation\n---\ntext",
            "1. a\n\n   b\n---\n",
            "```\ncode\n---\n```\n---\n",
            "    code\n---\n",
            "| a | b |\n|---|---|\n| 1 | 2 |\n\n---\n",
            "text\r\n\r\n---\r\n",
            "[x\\]: https://e.org\n\n---\n",
            "a\u{a0}b\n\n\u{a0}\n\n---\n",
            "- | a | b |\n  |---|---|\n  | 1 | 2 |\n",
            "```sh\na | b\n-|-\n```",
        ] {
            assert_eq!(below_heading(text), text);
        }
    }

    #[test]
    fn most_of_what_is_forged_is_made_to_fit() {
        let fit = FORGED.iter().filter(|forged| super::below_heading(forged).is_some()).count();
        assert!(fit >= FORGED.len() - 2, "{fit} of {}", FORGED.len());
        assert_eq!(below_heading("##\u{a0}You"), "\\##\u{a0}You");
        assert_eq!(below_heading("a <b>c</b> `<i>` and x<y, 1 < 2"), "a \\<b>c\\</b> `<i>` and x\\<y, 1 < 2");
        assert_eq!(below_heading("a<br>b <https://e.org>"), "a<br>b <https://e.org>");
        assert_eq!(below_heading("pid $$ and 100%%"), "pid \\$\\$ and 100\\%\\%");
        assert_eq!(below_heading("see $a<b>c$"), "see $a\\<b>c$");
    }

    #[test]
    fn behind_a_link_that_deceives_stands_its_place() {
        assert_eq!(
            below_heading("Go to [bank.com](https://evil.org/x) now"),
            "Go to [bank.com](https://evil.org/x) (evil.org) now"
        );
        assert_eq!(below_heading("<https://bank.com@evil.org>"), "<https://bank.com@evil.org> (evil.org)");
        assert_eq!(
            below_heading("https://bank.com@evil.org/a b"),
            "https://bank.com@evil.org/a (evil.org) b"
        );
        let honest = "[the docs](https://e.org/a) and https://e.org/b";
        assert_eq!(below_heading(honest), honest);
    }

    /// A name is defined for the whole file, and a footnote stands below all of it.
    #[test]
    fn a_link_by_a_name_gets_its_address_and_nothing_is_defined() {
        for (text, fitted) in [
            (
                "see [a][1], [b] and [1]\n\n[1]: https://e.org/x",
                "see [a](<https://e.org/x>), [b] and [1](<https://e.org/x>)\n\n[1\\]: https://e.org/x",
            ),
            (
                "![p][] [a [i] b][P]\n\n[p]: <u v> \"T \\\" &amp;\"",
                "![p](<u v> \"T \\\" \\&\") [a [i] b](<u v> \"T \\\" \\&\")\n\n[p\\]: \\<u v> \"T \\\" &amp;\"",
            ),
            ("> [x]: /a|b<c>\n\n[x]", "> [x\\]: /a|b\\<c>\n\n[x](</a\\|b\\<c\\>>)"),
            ("so[^1]\n\n[^1]: why", "so[^1]\n\n[^1\\]: why"),
            ("- [INFO]: started", "- [INFO\\]: started"),
            ("```\n[a]: b\n```\nand x[a]: b", "```\n[a]: b\n```\nand x[a]: b"),
        ] {
            assert_eq!(super::below_heading(text).as_deref(), Some(fitted), "{text}");
        }
    }

    /// One look back a line for each formula took minutes for a few megabytes.
    #[test]
    fn formulas_on_one_line_take_linear_time() {
        let text = "\\(a\\) ".repeat(100_000);
        assert_eq!(below_heading(&text).len(), text.len() - 200_000);
    }
}
