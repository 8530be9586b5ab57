//! Prompts: text as it was typed, in which only what a fence encloses is code.
//!
//! Prompts are pasted logs, code and questions more often than Markdown, and the provider's own screen shows them as
//! they are: every line break, indentation and asterisk counts.

use std::ops::Range;

use super::markdown::{NonProse, NonProseKind, fence, language_of};

/// A piece of a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text between fences: its bytes of the text.
    Text(Range<usize>),
    /// Code in a fence: its language (may be empty), its bytes of the text.
    Code(&'a str, Range<usize>),
}

/// Cuts a text at its fences. One that is not closed goes on to the end.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut open: Option<(&str, &str, usize)> = None;
    let (mut text_start, mut last_fence) = (0, 0);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let next = at + line.len();
        match open {
            None => {
                if let Some((fence, info)) = fence(line) {
                    pieces.push(Piece::Text(text_start..at));
                    open = Some((fence, info, next));
                    last_fence = at;
                }
            }
            Some((opening, info, start)) => {
                if fence(line)
                    .is_some_and(|(closing, rest)| closing.starts_with(opening) && rest.trim().is_empty())
                {
                    pieces.push(Piece::Code(language_of(info), start..at));
                    open = None;
                    text_start = next;
                }
            }
        }
        at = next;
    }
    match open {
        // A fence with nothing after it is what the person wrote.
        Some((_, _, start)) if text[start..].trim().is_empty() => {
            pieces.push(Piece::Text(last_fence..text.len()));
        }
        Some((_, info, start)) => pieces.push(Piece::Code(language_of(info), start..text.len())),
        None => pieces.push(Piece::Text(text_start..text.len())),
    }
    pieces
}

/// Returns the stretches of a prompt that are code, in order: what fences enclose, and what stands between
/// backticks.
pub fn non_prose(text: &str) -> Vec<NonProse> {
    let mut found = Vec::new();
    for piece in pieces(text) {
        match piece {
            Piece::Code(_, range) => found.push(NonProse { range, kind: NonProseKind::Code }),
            Piece::Text(range) => code_spans(text, range, &mut found),
        }
    }
    found
}

/// Adds what stands between two runs of equally many backticks within a paragraph. Linear: a run that was not
/// closed once is not looked for again.
fn code_spans(text: &str, range: Range<usize>, found: &mut Vec<NonProse>) {
    /// Longer runs are ornaments.
    const MAX_TICKS: usize = 16;
    let bytes = text.as_bytes();
    let run = |at: usize| bytes[at..range.end].iter().take_while(|&&byte| byte == b'`').count();
    let tick = |from: usize, to: usize| memchr::memchr(b'`', &bytes[from..to]).map(|step| from + step);
    // Up to where it is known that no run of so many closes anything.
    let mut unclosed = [range.start; MAX_TICKS];
    let mut paragraph_end = range.start;
    let mut at = range.start;
    while let Some(start) = tick(at, range.end) {
        let length = run(start);
        at = start + length;
        if length >= MAX_TICKS || unclosed[length] > at {
            continue;
        }
        if paragraph_end < at {
            let end = memchr::memmem::find(&bytes[at..range.end], b"\n\n");
            paragraph_end = end.map_or(range.end, |end| at + end);
        }
        let mut close = at;
        let closing = loop {
            let Some(next) = tick(close, paragraph_end) else { break None };
            let closing = run(next);
            close = next + closing;
            if closing == length {
                break Some(close);
            }
        };
        match closing {
            Some(end) => {
                found.push(NonProse { range: start..end, kind: NonProseKind::Code });
                at = end;
            }
            None => unclosed[length] = paragraph_end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let piece = |piece| match piece {
            Piece::Text(range) => text[range].to_owned(),
            Piece::Code(language, range) => format!("{language}>{}", &text[range]),
        };
        pieces(text).into_iter().map(piece).collect()
    }

    #[test]
    fn fences_in_a_prompt_are_code() {
        assert_eq!(told("fix\n```c\nx;\n```\nplease"), ["fix\n", "c>x;\n", "please"]);
        assert_eq!(told("fix\n```c\nx;"), ["fix\n", "c>x;"]);
        assert_eq!(told("what is\n```"), ["what is\n", "```"]);
        assert_eq!(told("``` inline ``` code"), ["``` inline ``` code"]);
    }

    #[test]
    fn code_between_backticks_is_code() {
        let code = |text: &'static str| -> Vec<&str> {
            non_prose(text).into_iter().map(|found| &text[found.range]).collect()
        };
        assert_eq!(code("a `b` and ``c ` d``"), ["`b`", "``c ` d``"]);
        assert_eq!(code("a lone ` tick\n\nand ` another"), Vec::<&str>::new());
        assert_eq!(code("`a\nb` ```c"), ["`a\nb`"]);
        assert_eq!(code("```\nx `y`\n```\n`z`"), ["x `y`\n", "`z`"]);
    }

    #[test]
    fn unclosed_backticks_are_looked_for_once() {
        assert!(non_prose(&"` `` ``` ".repeat(30_000)).len() < 100_000);
    }
}
