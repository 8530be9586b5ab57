//! A block of code: its language as a label, its lines wrapped with a mark, coloured when colours are there.

use std::ops::Range;

use crate::transcript::{
    layout::{
        line::{Span, Tone},
        styled_text::{StyledText, TextStyle},
    },
    text::wrap::WrapMode,
};

/// The colours of one block: for each of its lines the tones of byte ranges within the line, in order; what no
/// range covers is [`Tone::Code`].
pub type CodeTones = Vec<Vec<(Tone, Range<usize>)>>;

/// A block of code as it was written.
#[derive(Clone, Debug, Default)]
pub struct Code {
    /// The language the fence names, or one known otherwise. May be empty.
    pub language: String,
    /// The language stands above the block.
    pub labelled: bool,
    text: String,
    /// The first byte of each stretch of the text, and its place in the message.
    places: Vec<(usize, Option<usize>)>,
}

impl Code {
    /// Makes a block without a line yet.
    pub fn new(language: &str) -> Self {
        Self { language: language.to_owned(), labelled: !language.is_empty(), ..Self::default() }
    }

    /// Returns the code, lines ended by newlines, not sanitized.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the place of its first byte in the message.
    pub fn source(&self) -> Option<usize> {
        self.places.first().and_then(|&(_, source)| source)
    }

    /// Adds text that stands at `source` in the message.
    pub fn push(&mut self, text: &str, source: Option<usize>) {
        if text.is_empty() {
            return;
        }
        self.places.push((self.text.len(), source));
        self.text.push_str(text);
    }

    /// Returns its lines as styled text, coloured as far as colours are known.
    pub fn lines<'a>(&'a self, colors: Option<&'a CodeTones>) -> impl Iterator<Item = StyledText> + 'a {
        let mut start = 0;
        self.text.split_inclusive('\n').enumerate().map(move |(number, line)| {
            let at = start;
            start += line.len();
            let line = line.strip_suffix('\n').unwrap_or(line);
            let line = line.strip_suffix('\r').unwrap_or(line);
            let colors = colors.and_then(|colors| colors.get(number)).map_or(&[][..], Vec::as_slice);
            self.line(at, line, colors)
        })
    }

    fn line(&self, at: usize, line: &str, colors: &[(Tone, Range<usize>)]) -> StyledText {
        let mut styled = StyledText::default();
        let mut done = 0;
        let mut push = |range: Range<usize>, tone: Tone| {
            let mut from = range.start;
            // A line lies in one stretch but for odd input; cut it where a stretch ends.
            while from < range.end {
                let stretch = self.places.partition_point(|&(begin, _)| begin <= at + from).saturating_sub(1);
                let end =
                    self.places.get(stretch + 1).map_or(range.end, |&(next, _)| (next - at).min(range.end));
                let source =
                    self.places.get(stretch).and_then(|&(begin, source)| Some(source? + at + from - begin));
                styled.push(&line[from..end], TextStyle::of(tone), source);
                from = end;
            }
        };
        for (tone, range) in colors {
            let fits = range.start >= done && range.end <= line.len() && range.start < range.end;
            if fits && line.is_char_boundary(range.start) && line.is_char_boundary(range.end) {
                push(done..range.start, Tone::Code);
                push(range.clone(), *tone);
                done = range.end;
            }
        }
        push(done..line.len(), Tone::Code);
        styled
    }

    /// Returns the rows of one of its lines, `width` columns wide.
    pub fn rows(line: &StyledText, width: usize) -> impl Iterator<Item = Vec<Span>> + '_ {
        line.wrap(width, WrapMode::Code).into_iter().map(move |row| {
            let mut spans = Vec::new();
            if row.indent > 0 {
                let mark = if row.indent >= 2 { "↳ " } else { "" };
                spans.push(Span::new(" ".repeat(row.indent - mark.chars().count()) + mark, Tone::Chrome));
            }
            spans.extend(line.row_spans(&row, width));
            spans
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Code {
        let mut code = Code::default();
        code.push(text, Some(0));
        code
    }

    fn rows(code: &Code, width: usize) -> Vec<String> {
        code.lines(None)
            .flat_map(|line| Code::rows(&line, width).collect::<Vec<_>>())
            .map(|spans| spans.iter().map(|span| span.text.as_str()).collect())
            .collect()
    }

    #[test]
    fn a_long_line_goes_on_behind_a_mark() {
        assert_eq!(rows(&code("  let a = bbbb;\n"), 12), ["  let a =", "  ↳ bbbb;"]);
    }

    #[test]
    fn blank_lines_and_indentation_stay() {
        assert_eq!(rows(&code("a\n\n\tb"), 20), ["a", "", "    b"]);
    }

    #[test]
    fn colours_do_not_move_the_text() {
        let code = code("let é = 1\n");
        let colors = vec![vec![(Tone::Keyword, 0..3), (Tone::Number, 9..10), (Tone::Type, 4..5)]];
        let line = code.lines(Some(&colors)).next().unwrap();
        let spans = line.spans(0..line.text().len());
        let seen: Vec<_> =
            spans.iter().map(|span| (span.text.as_str(), span.tone, span.text_offset)).collect();
        let expected =
            [("let", Tone::Keyword, Some(0)), (" é = ", Tone::Code, Some(3)), ("1", Tone::Number, Some(9))];
        assert_eq!(seen, expected);
    }
}
