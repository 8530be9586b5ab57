//! Reads text as it was typed, a person's prompt above all, into blocks.
//!
//! Prompts are pasted logs, code and questions more often than Markdown, and the provider's own screen shows them
//! as they are: every line break, indentation and asterisk counts. Only fenced code is taken for code, and
//! mathematics and citations are drawn.

use std::ops::Range;

use super::inline_span::{self, InlineSpan, InlineSpanKind};
use crate::{
    message::prompt::{Piece, pieces},
    transcript::{
        highlight::Code,
        layout::{
            block::{LayoutBlock, LayoutContent, LayoutDocument},
            line::Tone,
            styled_text::{StyledText, TextStyle},
        },
        math,
    },
};

/// Reads a text that stands at `base` in its message.
pub fn parse(text: &str, base: usize, inline_spans: &[InlineSpan], tone: Tone) -> LayoutDocument {
    let mut document = LayoutDocument::default();
    let mut add = |content: LayoutContent| {
        let gap = !document.blocks.is_empty();
        document.blocks.push(LayoutBlock { containers: Box::default(), gap, content });
    };
    for piece in pieces(text) {
        match piece {
            Piece::Code(language, range) => {
                let mut code = Code::new(language);
                code.push(&text[range.clone()], Some(base + range.start));
                add(LayoutContent::Code(code));
            }
            Piece::Text(range) => {
                let range = without_blank_lines(text, range);
                if !range.is_empty() {
                    add(LayoutContent::Preformatted(preformatted(text, range, base, inline_spans, tone)));
                }
            }
        }
    }
    document
}

fn preformatted(
    text: &str,
    range: Range<usize>,
    base: usize,
    inline_spans: &[InlineSpan],
    tone: Tone,
) -> StyledText {
    let mut prose = StyledText::default();
    let style = TextStyle::of(tone);
    let mut at = range.start;
    for span in inline_span::overlapping(inline_spans, &range) {
        prose.push_linkified(&text[at..span.range.start.max(at)], style, Some(base + at));
        match &span.kind {
            InlineSpanKind::Citation(numbers) => prose.push_numbers(numbers),
            InlineSpanKind::Math { display, tex } => {
                let lines = math::to_unicode(&text[tex.clone()], *display);
                prose.push(&lines.join("\n"), TextStyle::of(Tone::Math), None);
            }
        }
        at = span.range.end;
    }
    prose.push_linkified(&text[at.min(range.end)..range.end], style, Some(base + at));
    prose.trim_end();
    prose
}

/// Takes blank lines from both ends; indentation stays.
fn without_blank_lines(text: &str, range: Range<usize>) -> Range<usize> {
    let inner = &text[range.clone()];
    let end = range.start + inner.trim_end().len();
    let solid = inner.len() - inner.trim_start().len();
    let start = range.start + inner[..solid].rfind('\n').map_or(0, |newline| newline + 1);
    if start >= end { end..end } else { start..end }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let blocks = parse(text, 0, &[], Tone::Plain).blocks;
        let content = blocks.into_iter().map(|block| match block.content {
            LayoutContent::Preformatted(prose) => prose.text().to_owned(),
            LayoutContent::Code(code) => format!("{}>{}", code.language, code.text()),
            other => panic!("{other:?}"),
        });
        content.collect()
    }

    #[test]
    fn a_prompt_stays_as_it_was_typed() {
        let prompt = "# include <x>\n\n  int **p;\n\ta_b_c *x*\n";
        assert_eq!(shown(prompt), ["# include <x>\n\n  int **p;\n    a_b_c *x*"]);
    }

    #[test]
    fn fences_in_a_prompt_are_code() {
        assert_eq!(shown("fix\n```c\nx;\n```\nplease"), ["fix", "c>x;\n", "please"]);
        assert_eq!(shown("fix\n```c\nx;"), ["fix", "c>x;"]);
        assert_eq!(shown("what is\n```"), ["what is", "```"]);
        assert_eq!(shown("``` inline ``` code"), ["``` inline ``` code"]);
    }
}
