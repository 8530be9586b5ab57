//! Text of several styles on its way to the screen: one sanitized string, and runs that give each stretch of
//! it its style and its place in the message.

use std::{ops::Range, sync::Arc};

use super::line::{HitMark, Span, Tone};
use crate::{
    message::find_address,
    transcript::{
        markdown::inline_span::CitationNumber,
        text::{
            link_target, sanitize,
            width::width,
            wrap::{self, TextSegment, WrapMode, WrappedRow},
        },
    },
};

/// Columns between tab stops.
const TAB: usize = 4;

/// The style of a stretch of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct TextStyle {
    pub tone: Tone,
    pub bold: bool,
    pub italic: bool,
    pub strike: bool,
    pub underline: bool,
}

impl TextStyle {
    /// Makes a style of a tone without any emphasis.
    pub fn of(tone: Tone) -> Self {
        Self { tone, ..Self::default() }
    }

    /// Makes a span in this style, which stands nowhere in the message.
    pub fn span(self, text: impl Into<String>) -> Span {
        let Self { tone, bold, italic, strike, underline } = self;
        let text = text.into();
        Span {
            text,
            tone,
            bold,
            italic,
            strike,
            underline,
            mark: HitMark::None,
            link: None,
            text_offset: None,
        }
    }
}

/// Consecutive bytes of one style.
#[derive(Clone, Debug)]
struct StyledRun {
    /// The end of the run in the text; it begins where the one before ends.
    end: usize,
    style: TextStyle,
    /// Its place in the message, byte for byte; `None`: it does not stand there.
    text_offset: Option<usize>,
    /// The address it leads to.
    link: Option<Arc<str>>,
}

/// Text with a style for each stretch. A newline in it is a break that the wrapping keeps.
#[derive(Clone, Debug, Default)]
pub struct StyledText {
    text: String,
    runs: Vec<StyledRun>,
    /// The address that text to be added leads to.
    link: Option<Arc<str>>,
    /// The bytes up to which the columns of the last line were counted, and their number.
    counted: (usize, usize),
}

impl StyledText {
    /// Returns whether there is no text in it.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Returns the text without its styles.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Adds text of the archive: sanitized, tabs expanded. `text_offset` is where it stands in the message verbatim.
    pub fn push(&mut self, raw: &str, style: TextStyle, text_offset: Option<usize>) {
        sanitize::pieces(raw, |at, piece| {
            let place = at.and_then(|at| text_offset.map(|text_offset| text_offset + at));
            if piece.contains('\t') {
                self.push_tabbed(piece, style, place);
            } else {
                self.append(piece, style, place);
            }
        });
    }

    /// Sets the address that text added from now on leads to, or none.
    pub fn set_link(&mut self, link: Option<Arc<str>>) {
        self.link = link;
    }

    /// Adds the numbers of a citation.
    pub fn push_numbers(&mut self, numbers: &[CitationNumber]) {
        let before = self.link.take();
        for CitationNumber { text, link } in numbers {
            self.link.clone_from(link);
            self.push(text, TextStyle::of(Tone::Link), None);
        }
        self.link = before;
    }

    /// Adds text as it was typed, the addresses in it as links.
    pub fn push_linkified(&mut self, raw: &str, style: TextStyle, text_offset: Option<usize>) {
        let mut at = 0;
        while let Some(address) = find_address(&raw[at..]) {
            let address = at + address.start..at + address.end;
            self.push(&raw[at..address.start], style, text_offset.map(|text_offset| text_offset + at));
            self.link = link_target::link_target(&raw[address.clone()]);
            let link = TextStyle { tone: Tone::Link, underline: true, ..style };
            self.push(
                &raw[address.clone()],
                link,
                text_offset.map(|text_offset| text_offset + address.start),
            );
            self.link = None;
            at = address.end;
        }
        self.push(&raw[at..], style, text_offset.map(|text_offset| text_offset + at));
    }

    /// Adds a break that the wrapping keeps.
    pub fn push_break(&mut self) {
        self.append("\n", TextStyle::default(), None);
    }

    /// Cuts trailing white space.
    pub fn trim_end(&mut self) {
        let length = self.text.trim_end_matches([' ', '\n']).len();
        self.text.truncate(length);
        while self.runs.last().is_some_and(|run| run.end > length) {
            let start = self.runs.len().checked_sub(2).map_or(0, |before| self.runs[before].end);
            if start >= length {
                self.runs.pop();
            } else if let Some(last) = self.runs.last_mut() {
                last.end = length;
            }
        }
    }

    /// Gives every run another tone, where `tone` has one for it.
    pub fn map_tones(&mut self, tone: impl Fn(Tone) -> Tone) {
        for run in &mut self.runs {
            run.style.tone = tone(run.style.tone);
        }
    }

    /// Underlines it, or sets it in italics, on top of what it is.
    pub fn emphasise(&mut self, underline: bool, italic: bool) {
        for run in &mut self.runs {
            run.style.underline |= underline;
            run.style.italic |= italic;
        }
    }

    /// Returns the spans of a stretch of the text.
    pub fn spans(&self, range: Range<usize>) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        let first = self.runs.partition_point(|run| run.end <= range.start);
        let mut start = first.checked_sub(1).map_or(0, |before| self.runs[before].end);
        for run in &self.runs[first..] {
            if start >= range.end {
                break;
            }
            let (from, to) = (start.max(range.start), run.end.min(range.end));
            if from < to {
                let text_offset = run.text_offset.map(|text_offset| (text_offset + from - start) as u32);
                let link = run.link.clone();
                spans.push(Span { link, text_offset, ..run.style.span(&self.text[from..to]) });
            }
            start = run.end;
        }
        spans
    }

    /// Breaks it into rows of at most `columns` (taken for 1 when it is 0).
    pub fn wrap(&self, columns: usize, mode: WrapMode) -> Vec<WrappedRow> {
        let segment = |run: &StyledRun| TextSegment { end: run.end, is_code: run.style.tone == Tone::Code };
        wrap::wrap(&self.text, self.runs.iter().map(segment), columns, mode)
    }

    /// Returns the spans of a row, without its indent. A cluster that is wider than the whole row becomes a mark.
    pub fn row_spans(&self, row: &WrappedRow, columns: usize) -> Vec<Span> {
        let spans = self.spans(row.range.clone());
        let fits = || spans.iter().map(Span::width).sum::<usize>() + row.indent <= columns.max(1);
        if self.text[row.range.clone()].is_ascii() || fits() {
            return spans;
        }
        vec![Span::new("›", Tone::Dim)]
    }

    fn push_tabbed(&mut self, piece: &str, style: TextStyle, place: Option<usize>) {
        let mut done = 0;
        for (tab, _) in piece.match_indices('\t') {
            self.append(&piece[done..tab], style, place.map(|place| place + done));
            let column = self.column();
            self.append(&"    "[..TAB - column % TAB], style, None);
            done = tab + 1;
        }
        self.append(&piece[done..], style, place.map(|place| place + done));
    }

    /// Counts the columns of the last line so far, and of these only the new ones: a line may hold thousands
    /// of tabs.
    fn column(&mut self) -> usize {
        let (from, columns) = if self.counted.0 <= self.text.len() { self.counted } else { (0, 0) };
        let new = &self.text[from..];
        let columns = match new.rfind('\n') {
            Some(newline) => width(&new[newline + 1..]),
            None => columns + width(new),
        };
        self.counted = (self.text.len(), columns);
        columns
    }

    fn append(&mut self, text: &str, style: TextStyle, text_offset: Option<usize>) {
        if text.is_empty() {
            return;
        }
        let start = self.text.len();
        self.text.push_str(text);
        let before = self.runs.len().checked_sub(2).map_or(0, |index| self.runs[index].end);
        if let Some(last) = self.runs.last_mut() {
            let continues = match (last.text_offset, text_offset) {
                (Some(last_offset), Some(text_offset)) => last_offset + (start - before) == text_offset,
                (None, None) => true,
                _ => false,
            };
            if continues && last.style == style && last.link == self.link {
                last.end = self.text.len();
                return;
            }
        }
        self.runs.push(StyledRun { end: self.text.len(), style, text_offset, link: self.link.clone() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_replaced_splits_the_run_and_the_rest_keeps_its_place() {
        let mut prose = StyledText::default();
        prose.push("ab\x1bcd", TextStyle::default(), Some(100));
        let spans = prose.spans(0..prose.text().len());
        let seen: Vec<_> = spans.iter().map(|span| (span.text.as_str(), span.text_offset)).collect();
        assert_eq!(seen, [("ab", Some(100)), ("␛", None), ("cd", Some(103))]);
    }

    #[test]
    fn tabs_reach_the_next_stop() {
        let mut prose = StyledText::default();
        prose.push("a\tb\n\tc", TextStyle::default(), Some(0));
        assert_eq!(prose.text(), "a   b\n    c");
    }

    #[test]
    fn adjacent_text_of_one_look_is_one_span() {
        let mut prose = StyledText::default();
        prose.push("ab", TextStyle::default(), Some(0));
        prose.push("cd", TextStyle::default(), Some(2));
        prose.push("ef", TextStyle::of(Tone::Code), Some(4));
        assert_eq!(prose.spans(1..5).len(), 2);
        assert_eq!(prose.spans(1..5)[0].text_offset, Some(1));
        prose.trim_end();
        assert_eq!(prose.text(), "abcdef");
    }

    #[test]
    fn what_fits_nowhere_is_a_mark() {
        let mut prose = StyledText::default();
        prose.push("日本", TextStyle::default(), Some(0));
        let rows = prose.wrap(1, WrapMode::Text);
        let shown: Vec<String> =
            rows.iter().flat_map(|row| prose.row_spans(row, 1)).map(|span| span.text).collect();
        assert_eq!(shown, ["›", "›"]);
    }
}
