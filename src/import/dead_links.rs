//! Links to files that are only inside a service: `[label](sandbox:/mnt/data/…)`, `[label](computer:///…)`. Outside they
//! lead nowhere: the label stays, and says so.

use std::{borrow::Cow, ops::Range, sync::LazyLock};

use memchr::memmem;

use crate::message::markdown::{self, NonProseKind};

static LINK: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("]("));

/// The schemes of their addresses.
const SCHEMES: [&str; 3] = ["sandbox:", "computer:", "attachment:"];
/// The links of a text that are told, more than any answer has: each takes several times its own memory.
const MAX_LINKS: usize = 1 << 18;
/// The bytes of a line that are looked at for the beginning or end of a link.
const NEAR: usize = 4 << 10;

/// Writes what stands in the place of such a link.
pub(super) fn told(label: &str) -> String {
    format!("{label} (dead link)")
}

/// Calls `visit` with each such link and its label, in order.
pub(super) fn each(text: &str, visit: &mut dyn FnMut(Range<usize>, &str)) {
    // The end of the last link: of those that overlap the first is made, and the others need no label.
    let mut done = 0;
    for middle in LINK.find_iter(text.as_bytes()) {
        if middle < done {
            continue;
        }
        let target = text[middle + 2..].trim_start_matches([' ', '<']);
        if !SCHEMES.iter().any(|scheme| target.starts_with(scheme)) {
            continue;
        }
        let near = text.floor_char_boundary(middle.saturating_sub(NEAR));
        let far = text.floor_char_boundary(middle + NEAR);
        let line = text[near..middle].rfind('\n').map_or(near, |at| near + at + 1);
        let Some(open) = opening_bracket(&text[line..middle]).map(|at| line + at) else { continue };
        let Some(end) = closing_bracket(&text[middle + 1..far]).map(|length| middle + 1 + length) else {
            continue;
        };
        if open < done {
            continue;
        }
        let start = if text[line..open].ends_with('!') { open - 1 } else { open };
        visit(start..end, &text[open + 1..middle]);
        done = end;
    }
}

/// Returns a text in which such links say that they lead nowhere; those in code are the writer's own.
pub(super) fn tell(text: &str) -> Cow<'_, str> {
    let mut links: Vec<(Range<usize>, String)> = Vec::new();
    each(text, &mut |range, label| {
        if links.len() < MAX_LINKS {
            links.push((range, told(label)));
        }
    });
    if links.is_empty() {
        return Cow::Borrowed(text);
    }
    let code = markdown::non_prose_where(text, |found| found.kind == NonProseKind::Code);
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (range, told) in links {
        let next = code.partition_point(|code| code.range.end <= range.start);
        if code.get(next).is_some_and(|code| code.range.start <= range.start) {
            continue;
        }
        out.push_str(&text[done..range.start]);
        out.push_str(&told);
        done = range.end;
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

/// Returns the end of a target in brackets, with which the text begins: brackets in it are paired, if they can be on
/// its line; what stands between `<` and `>` holds any.
fn closing_bracket(text: &str) -> Option<usize> {
    let line = text.find('\n').map_or(text, |end| &text[..end]);
    // The text begins with the bracket that opens the target.
    let pointed = line[1..].trim_start().starts_with('<');
    let from = if pointed { line.find('>')? } else { 0 };
    let mut depth = usize::from(pointed);
    for (at, byte) in line.bytes().enumerate().skip(from) {
        match byte {
            b'(' => depth += 1,
            // Never below zero: what is open is counted from the first bracket on, and at zero the loop ends.
            b')' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    line.find(')').map(|at| at + 1)
}

/// Returns the `[` that a label which ends with the text began with: brackets inside it are paired.
fn opening_bracket(text: &str) -> Option<usize> {
    let mut depth = 1;
    for (at, byte) in text.bytes().enumerate().rev() {
        match byte {
            b']' => depth += 1,
            // Never below zero: at zero the loop ends.
            b'[' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    text.rfind('[')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each target had a label from the one bracket on: 400 KB of this took 100 MB.
    #[test]
    fn targets_behind_one_bracket_are_one_link() {
        let text = format!("[{})\n", "](sandbox:".repeat(400)).repeat(10);
        let (mut links, mut written) = (0, 0);
        each(&text, &mut |_, label| (links, written) = (links + 1, written + told(label).len()));
        assert!(written <= text.len(), "{written} of {}", text.len());
        assert_eq!(links, 10);
    }

    #[test]
    fn the_label_stays_and_code_is_the_writers_own() {
        for (written, read) in [
            ("See [the report](computer:///mnt/a b (1).md).", "See the report (dead link)."),
            ("![p](<sandbox:/mnt/p.png>) é `[a](computer:///b)`", "p (dead link) é `[a](computer:///b)`"),
            ("[page](https://page.example)", "[page](https://page.example)"),
        ] {
            assert_eq!(tell(written), read);
        }
    }
}
