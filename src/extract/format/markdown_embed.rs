//! Makes a message's Markdown fit below the heading of its turn, changing as little as possible.
//!
//! - Headings move below the turn's: all by the same step, so that the highest stands right below it.
//! - A code fence or an HTML block that the message leaves open is closed: it would swallow every turn after it.
//! - `\( … \)` and `\[ … \]` become `$ … $` and `$$ … $$`, which GitHub and Obsidian draw.
//!
//! Nothing else is touched. What the structure is, pulldown-cmark says; formulas are hidden from it, since it would
//! read their lines as Markdown.

use std::{borrow::Cow, ops::Range};

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};

use crate::message::{
    formula::{self, Formula},
    markdown::{self, NonProse, dialect},
    prompt,
};

/// The level of a turn's heading; bodies begin below it.
pub(super) const TURN_LEVEL: usize = 2;

/// A stretch of the text and what stands there instead.
struct TextEdit {
    range: Range<usize>,
    with: String,
}

/// The number of open HTML blocks that are made text before the next one is closed instead: making one text
/// can show another.
const MOST_DEFUSED: usize = 8;

/// Makes Markdown fit below the heading of its turn; see the [module](self).
pub(super) fn below_heading(text: &str) -> Cow<'_, str> {
    fitted(text, markdown::non_prose)
}

/// Makes a text that was typed fit there.
pub(super) fn typed_below_heading(text: &str) -> Cow<'_, str> {
    fitted(text, prompt::non_prose)
}

fn fitted(text: &str, non_prose: impl Fn(&str) -> Vec<NonProse>) -> Cow<'_, str> {
    let mut formulas = Vec::new();
    if formula::may_be_in(text) {
        formulas = formula::formulas(text, &non_prose(text));
        formulas.retain(|formula| !begins_a_block(&text[formula.tex.clone()]));
    }
    if formulas.is_empty() {
        return arranged(text, &formulas);
    }
    let drawn = arranged(text, &formulas);
    // Without its bracket a line of a formula may begin a list, a heading in it. Then the formulas stay as written.
    let mut edits = Vec::new();
    let open = structure(&drawn, &drawn, &mut edits);
    if open.is_some() || !edits.is_empty() { arranged(text, &[]) } else { drawn }
}

/// Returns the text with its headings moved, its open ends closed, and these formulas rewritten.
fn arranged<'a>(text: &'a str, formulas: &[Formula]) -> Cow<'a, str> {
    let mut text = Cow::Borrowed(text);
    let mut formulas = Cow::Borrowed(formulas);
    for round in 0.. {
        let mut edits: Vec<TextEdit> = Vec::new();
        if may_need_care(&text) {
            let html = structure(&text, &masked(&text, &formulas), &mut edits);
            if let Some(open) = html {
                if round < MOST_DEFUSED {
                    let escape = TextEdit { range: open.start..open.start, with: "\\".to_owned() };
                    text = Cow::Owned(edited(&text, vec![escape]));
                    for Formula { range, tex, .. } in formulas.to_mut() {
                        let step = usize::from(range.start >= open.start);
                        *range = range.start + step..range.end + step;
                        *tex = tex.start + step..tex.end + step;
                    }
                    continue;
                }
                edits.push(TextEdit { range: text.len()..text.len(), with: format!("\n{}", open.end) });
            }
        }
        edits.extend(formulas.iter().filter_map(|formula| delimiters(&text, formula)));
        if !edits.is_empty() {
            text = Cow::Owned(edited(&text, edits));
        }
        break;
    }
    text
}

fn edited(text: &str, mut edits: Vec<TextEdit>) -> String {
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut out = String::with_capacity(text.len() + 64);
    let mut from = 0;
    for TextEdit { range, with } in edits {
        // Two edits never overlap; should they, the first holds.
        if range.start < from {
            continue;
        }
        out.push_str(&text[from..range.start]);
        out.push_str(&with);
        from = range.end;
    }
    out.push_str(&text[from..]);
    out
}

/// Decides whether the text can hold a heading, a fence or an HTML block at all: most messages cannot, and
/// are not parsed.
fn may_need_care(text: &str) -> bool {
    text.contains('#')
        || text.contains("```")
        || text.contains("~~~")
        || text.contains('<')
        || text.lines().any(|line| {
            let line = line.trim_matches([' ', '\t', '>', '\r']);
            !line.is_empty()
                && (line.bytes().all(|byte| byte == b'=') || line.bytes().all(|byte| byte == b'-'))
        })
}

/// Writes dollar signs instead of `\(` and `\[`; a formula that has them already stays as it is.
fn delimiters(text: &str, formula: &Formula) -> Option<TextEdit> {
    if text[formula.range.clone()].starts_with('$') {
        return None;
    }
    let inner = &text[formula.tex.clone()];
    let before = text[..formula.range.start].rsplit('\n').next().unwrap_or_default();
    let quoted = before.trim_start().starts_with('>');
    let is_blank = |line: &str| line.trim().is_empty() || (quoted && line.trim().bytes().all(|b| b == b'>'));
    let with = if formula.display {
        display(inner, quoted, &is_blank)
    } else {
        // GitHub takes no space inside, and no line break.
        format!("${}$", inner.split('\n').map(str::trim).collect::<Vec<_>>().join(" ").trim())
    };
    Some(TextEdit { range: formula.range.clone(), with })
}

/// Writes `$$ … $$` without blank lines: GitHub ends mathematics at one, and LaTeX takes none in it. The
/// marks of a quotation stay.
fn display(inner: &str, quoted: bool, is_blank: &dyn Fn(&str) -> bool) -> String {
    let lines: Vec<&str> = inner.split('\n').collect();
    let [first, between @ .., last] = &*lines else { return format!("$${inner}$$") };
    let between: Vec<&str> = between.iter().copied().filter(|line| !is_blank(line)).collect();
    let middle: String = between.iter().flat_map(|line| [*line, "\n"]).collect();
    match (is_blank(first), is_blank(last)) {
        // Its delimiters have lines of their own already.
        (true, true) => format!("$$\n{middle}{last}$$"),
        (false, false) if inner.trim() == inner => format!("$${first}\n{middle}{last}$$"),
        _ if quoted => format!("$${first}\n{middle}{last}$$"),
        _ => format!("$$\n{}\n$$", format!("{first}\n{middle}{last}").trim_matches(['\n', '\r', ' '])),
    }
}

/// Decides whether one of several lines is a heading, a fence or HTML to every reader of Markdown, whatever
/// delimiters stand around it: such a formula cannot be drawn there.
fn begins_a_block(text: &str) -> bool {
    text.contains('\n')
        && text.split('\n').any(|line| {
            let line = line.trim_matches([' ', '\t', '\r', '>']);
            let only = |mark: u8| !line.is_empty() && line.bytes().all(|byte| byte == mark);
            line.starts_with(['#', '<', '`', '~']) || only(b'=') || only(b'-')
        })
}

/// Returns the text with every formula as a word of the same length: offsets stay.
fn masked<'a>(text: &'a str, formulas: &[Formula]) -> Cow<'a, str> {
    if formulas.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for formula in formulas {
        out.push_str(&text[from..formula.range.start]);
        out.extend(std::iter::repeat_n('x', formula.range.len()));
        from = formula.range.end;
    }
    out.push_str(&text[from..]);
    Cow::Owned(out)
}

/// An HTML block that is still open where the text ends: where its `<` stands, and what would close it.
struct OpenHtml {
    start: usize,
    end: &'static str,
}

/// Finds headings and blocks left open. `text` is what is edited, `masked` what is parsed.
fn structure(text: &str, masked: &str, edits: &mut Vec<TextEdit>) -> Option<OpenHtml> {
    let mut html = None;
    let mut headings: Vec<(Range<usize>, usize)> = Vec::new();
    let mut depth = 0_usize;
    for (event, range) in Parser::new_ext(masked, dialect()).into_offset_iter() {
        match event {
            Event::Start(tag) => {
                match tag {
                    Tag::Heading { level, .. } => headings.push((range, level as usize)),
                    Tag::CodeBlock(CodeBlockKind::Fenced(_)) if depth == 0 => {
                        edits.extend(close_fence(text, range));
                    }
                    Tag::HtmlBlock if depth == 0 => html = open_html(text, range),
                    _ => {}
                }
                depth += 1;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    let highest = headings.iter().map(|&(_, level)| level).min().unwrap_or(usize::MAX);
    if highest > TURN_LEVEL {
        return html;
    }
    let step = TURN_LEVEL + 1 - highest;
    for (range, level) in headings {
        shift(text, range, (level + step).min(6), edits);
    }
    html
}

/// Writes a heading at another level. An underlined one becomes one with hashes.
fn shift(text: &str, range: Range<usize>, level: usize, edits: &mut Vec<TextEdit>) {
    let heading = &text[range.clone()];
    let start = range.start + (heading.len() - heading.trim_start_matches([' ', '\t']).len());
    let hashes = text[start..range.end].bytes().take_while(|&byte| byte == b'#').count();
    let after = text[start + hashes..range.end].bytes().next();
    if (1..=6).contains(&hashes) && matches!(after, None | Some(b' ' | b'\t' | b'\n' | b'\r')) {
        edits.push(TextEdit { range: start..start + hashes, with: "#".repeat(level) });
        return;
    }
    let end = start + text[start..range.end].trim_end().len();
    let Some(underline) = text[start..end].rfind(['\n', '\r']).map(|newline| start + newline + 1) else {
        return;
    };
    let words = text[start..underline].trim_end();
    if words.contains(['\n', '\r']) {
        // A heading of several lines has no other form, and was hardly meant: mostly it is a rule below a log. With
        // a blank line before it that is what it becomes.
        edits.push(TextEdit { range: underline..underline, with: "\n".to_owned() });
        return;
    }
    edits.push(TextEdit { range: start..start, with: format!("{} ", "#".repeat(level)) });
    // Hashes at the end of a heading with hashes would be its ornament.
    let closing = start + words.trim_end_matches('#').len();
    let with = text[closing..start + words.len()].replace('#', "\\#");
    edits.push(TextEdit { range: closing..end, with });
}

/// Closes a fenced block that runs to the end of the text without its closing fence.
fn close_fence(text: &str, range: Range<usize>) -> Option<TextEdit> {
    if !text[range.end..].trim().is_empty() {
        return None;
    }
    let block = text[range.clone()].trim_start_matches(' ');
    let mark = block.chars().next().filter(|&mark| mark == '`' || mark == '~')?;
    let length = block.chars().take_while(|&char| char == mark).count();
    let mut lines = block.trim_end().lines();
    lines.next();
    let closed = lines.next_back().is_some_and(|last| {
        // Further in it is code.
        let fence = last.trim_start_matches(' ');
        last.len() - fence.len() < 4
            && fence.trim_end().chars().all(|char| char == mark)
            && fence.trim_end().len() >= length
    });
    let fence: String = std::iter::repeat_n(mark, length).collect();
    let newline = if text.ends_with('\n') { "" } else { "\n" };
    (!closed).then(|| TextEdit { range: text.len()..text.len(), with: format!("{newline}{fence}") })
}

/// Returns an HTML block that ends only at a mark, and does not find it.
fn open_html(text: &str, range: Range<usize>) -> Option<OpenHtml> {
    if !text[range.end..].trim().is_empty() {
        return None;
    }
    let block = &text[range.clone()];
    let start = range.start + block.find('<')?;
    let lower = block.trim_start().to_ascii_lowercase();
    let ends: &[&'static str] = if lower.starts_with("<!--") {
        &["-->"]
    } else if lower.starts_with("<?") {
        &["?>"]
    } else if lower.starts_with("<![cdata[") {
        &["]]>"]
    } else if lower.starts_with("<!") {
        &[">"]
    } else if ["<script", "<pre", "<style", "<textarea"].iter().any(|tag| lower.starts_with(tag)) {
        &["</script>", "</pre>", "</style>", "</textarea>"]
    } else {
        return None;
    };
    let open = !ends.iter().any(|end| lower.contains(end));
    open.then(|| OpenHtml { start, end: ends[0] })
}

#[cfg(test)]
mod tests {
    use super::below_heading;

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
        let closed = "<!-- closed -->\n\n<div>\n\ntext";
        assert_eq!(below_heading(closed), closed);
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
}
