//! Writes `$ … $` and `$$ … $$` instead of `\( … \)` and `\[ … \]`: what GitHub and Obsidian draw.

use std::borrow::Cow;

use super::text_edit::TextEdit;
use crate::message::formula::Formula;

/// Returns the changes that give formulas dollar signs; one that has them already stays as it is. `formulas` are in
/// order. Linear in the text, however many stand on a line.
pub(super) fn delimiters(text: &str, formulas: &[Formula]) -> Vec<TextEdit> {
    let mut edits = Vec::new();
    // The line that was looked at last: where it begins, and whether it is a quotation's.
    let (mut from, mut line, mut quoted) = (0, None, false);
    for Formula { range, tex, display } in formulas {
        if text[range.clone()].starts_with('$') {
            continue;
        }
        let start = text[from..range.start].rfind('\n').map_or(line, |newline| Some(from + newline + 1));
        if start != line || line.is_none() {
            line = Some(start.unwrap_or(0));
            quoted = text[start.unwrap_or(0)..range.start].trim_start().starts_with('>');
        }
        from = range.start;
        let inner = &text[tex.clone()];
        let with = if *display {
            display_block(inner, quoted)
        } else {
            // GitHub takes no space inside, and no line break.
            format!("${}$", inner.split('\n').map(str::trim).collect::<Vec<_>>().join(" ").trim())
        };
        edits.push(TextEdit { range: range.clone(), with });
    }
    edits
}

/// Writes `$$ … $$` without blank lines: GitHub ends mathematics at one, and LaTeX takes none in it. The
/// marks of a quotation stay.
fn display_block(inner: &str, quoted: bool) -> String {
    let is_blank = |line: &str| line.trim().is_empty() || (quoted && line.trim().bytes().all(|b| b == b'>'));
    let lines: Vec<&str> = inner.split('\n').collect();
    let [first, between @ .., last] = &*lines else { return format!("$${inner}$$") };
    let middle: String =
        between.iter().filter(|line| !is_blank(line)).flat_map(|line| [*line, "\n"]).collect();
    match (is_blank(first), is_blank(last)) {
        // Its delimiters have lines of their own already.
        (true, true) => format!("$$\n{middle}{last}$$"),
        (false, false) if inner.trim() == inner => format!("$${first}\n{middle}{last}$$"),
        _ if quoted => format!("$${first}\n{middle}{last}$$"),
        _ => format!("$$\n{}\n$$", format!("{first}\n{middle}{last}").trim_matches(['\n', '\r', ' '])),
    }
}

/// Returns whether one of several lines is a heading, a fence or HTML to every reader of Markdown, whatever
/// delimiters stand around it: such a formula cannot be drawn there.
pub(super) fn begins_a_block(text: &str) -> bool {
    text.contains('\n')
        && text.split('\n').any(|line| {
            let line = line.trim_matches([' ', '\t', '\r', '>']);
            let only = |mark: u8| !line.is_empty() && line.bytes().all(|byte| byte == mark);
            line.starts_with(['#', '<', '`', '~']) || only(b'=') || only(b'-')
        })
}

/// Returns the text with every formula as a word of the same length: offsets stay.
pub(super) fn masked<'a>(text: &'a str, formulas: &[Formula]) -> Cow<'a, str> {
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
