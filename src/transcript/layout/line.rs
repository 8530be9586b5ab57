//! Lines of styled spans, which the layout makes and the screen draws. No terminal and no colours here: a
//! [`Tone`] says what a stretch of text *is*, and a theme decides how that looks.

use std::{ops::Range, sync::Arc};

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

use crate::transcript::text::width::{grapheme_width, width};

/// The role of a stretch of text; a theme turns it into colours and weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Tone {
    /// Text.
    #[default]
    Plain,
    /// Text that is looked at second: times, the inside of an opened fold, notes about the text.
    Dim,
    /// Who speaks: the person.
    You,
    /// Who speaks: a model.
    Assistant,
    /// A heading.
    Heading,
    /// A link's text, the number of a citation.
    Link,
    /// Code, inline and in blocks, before or without highlighting.
    Code,
    /// The label or border of a block, list markers, rules.
    Chrome,
    /// Quoted text.
    Quote,
    /// A fold's one line.
    Fold,
    /// An error.
    Error,
    /// Mathematics.
    Math,
    /// In code: a keyword.
    Keyword,
    /// In code: a string or character.
    Literal,
    /// In code: a comment.
    Comment,
    /// In code: a function's name.
    Function,
    /// In code: a type, class or module.
    Type,
    /// In code: a number or another constant.
    Number,
    /// In code: an operator.
    Operator,
    /// In code: brackets and separators.
    Punctuation,
    /// In a diff: an added line.
    Inserted,
    /// In a diff: a removed line.
    Deleted,
}

/// A span's part in a hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum HitMark {
    /// Not part of a hit.
    #[default]
    None,
    /// Part of a hit.
    Hit,
    /// The hit that n and N stand on.
    Focus,
}

/// Text of one look. Sanitized: it can go into cells as it is.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Span {
    /// Without line breaks, tabs or anything else that acts on a terminal.
    pub text: String,
    /// The role of the text.
    pub tone: Tone,
    /// Strong emphasis.
    pub bold: bool,
    /// Emphasis.
    pub italic: bool,
    /// Struck out.
    pub strike: bool,
    /// Underlined: a link.
    pub underline: bool,
    /// Set by [`mark_hits`].
    pub mark: HitMark,
    /// The address it leads to, of the web or of mail, in printable ASCII, which a terminal may open.
    pub link: Option<Arc<str>>,
    /// Byte offset in the message's text, or in the words beside it, where this span's text stands verbatim; `None`: made
    /// by the layout.
    pub text_offset: Option<u32>,
}

impl Span {
    /// Makes a span of the layout's own, which stands nowhere in the message.
    pub fn new(text: impl Into<String>, tone: Tone) -> Self {
        Self { text: text.into(), tone, ..Self::default() }
    }

    /// Returns the same span, leading there.
    #[must_use]
    pub fn linked(self, link: Option<Arc<str>>) -> Self {
        Self { link, ..self }
    }

    /// Returns the columns it takes.
    pub fn width(&self) -> usize {
        width(&self.text)
    }

    /// Returns the bytes of the message's text that it shows, if it shows any verbatim.
    pub fn text_range(&self) -> Option<Range<usize>> {
        self.text_offset.map(|offset| offset as usize..offset as usize + self.text.len())
    }
}

/// One row of the screen, at most as wide as was asked (except where [`Line::scrolls_from`] is set).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Line {
    /// From the left.
    pub spans: Vec<Span>,
    /// Set at the right end of the row by whoever draws it (time, branch). With `spans` it is never wider than
    /// was asked, one column between them included.
    pub right: Vec<Span>,
    /// Columns of `spans` that stay when the rest is scrolled sideways (bar and indentation). `None`: the line
    /// fits and does not scroll.
    pub scrolls_from: Option<u16>,
}

impl Line {
    /// Returns the row's text without styles, for tests and `find`.
    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }

    /// Returns the columns its spans take, those at the right apart.
    pub fn width(&self) -> usize {
        self.spans.iter().map(Span::width).sum()
    }

    /// Returns whether nothing but white space is on it.
    pub fn is_blank(&self) -> bool {
        self.right.is_empty() && self.spans.iter().all(|span| span.text.trim().is_empty())
    }
}

/// Splits spans so that the hits carry their mark.
///
/// `hits` are byte ranges in the message's text, sorted by start; `focus` is the one that `n` and `N` stand on.
/// A hit that ends inside a grapheme cluster marks the whole cluster: a cell has one look.
pub fn mark_hits(line: &Line, hits: &[Range<usize>], focus: Option<&Range<usize>>) -> Line {
    let spans = line.spans.iter().flat_map(|span| mark_span(span, hits, focus)).collect();
    Line { spans, right: line.right.clone(), scrolls_from: line.scrolls_from }
}

fn mark_span(span: &Span, hits: &[Range<usize>], focus: Option<&Range<usize>>) -> Vec<Span> {
    let Some(source) = span.text_range() else { return vec![span.clone()] };
    let mut pieces = Vec::new();
    let mut done = 0;
    let mut cut = |from: usize, to: usize, mark: HitMark| {
        if from < to {
            let text = span.text[from..to].to_owned();
            let text_offset = span.text_offset.map(|offset| offset + from as u32);
            pieces.push(Span { text, mark, text_offset, link: span.link.clone(), ..*span });
        }
    };
    // Hits seldom overlap, but those of several words may: each is marked from where the last one ended.
    for hit in hits.iter().take_while(|hit| hit.start < source.end).filter(|hit| hit.end > source.start) {
        let from = boundary(&span.text, hit.start.saturating_sub(source.start), false).max(done);
        let to = boundary(&span.text, hit.end.saturating_sub(source.start).min(span.text.len()), true);
        cut(done, from, HitMark::None);
        cut(from, to, if focus == Some(hit) { HitMark::Focus } else { HitMark::Hit });
        done = done.max(to);
    }
    cut(done, span.text.len(), HitMark::None);
    pieces
}

/// Finds the nearest grapheme boundary at or before (or, `up`, at or after) a byte.
fn boundary(text: &str, byte: usize, up: bool) -> usize {
    let mut byte = byte.min(text.len());
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    let mut cursor = GraphemeCursor::new(byte, text.len(), true);
    if cursor.is_boundary(text, 0).unwrap_or(true) {
        return byte;
    }
    let found = if up { cursor.next_boundary(text, 0) } else { cursor.prev_boundary(text, 0) };
    found.ok().flatten().unwrap_or(if up { text.len() } else { 0 })
}

/// Cuts the spans of a line to `columns` from the left, for rows narrower than the layout's least width.
pub(crate) fn truncate(spans: &mut Vec<Span>, columns: usize) {
    let mut used = 0;
    for index in 0..spans.len() {
        let width = spans[index].width();
        if used + width <= columns {
            used += width;
            continue;
        }
        let mut end = 0;
        for (at, grapheme) in spans[index].text.grapheme_indices(true) {
            used += grapheme_width(grapheme);
            if used > columns {
                break;
            }
            end = at + grapheme.len();
        }
        spans[index].text.truncate(end);
        spans.truncate(index + usize::from(end > 0));
        return;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, source: Option<u32>) -> Line {
        Line { spans: vec![Span { text_offset: source, ..Span::new(text, Tone::Plain) }], ..Line::default() }
    }

    fn marked(line: &Line) -> Vec<(&str, HitMark)> {
        line.spans.iter().map(|span| (span.text.as_str(), span.mark)).collect()
    }

    #[test]
    fn hits_are_marked_where_they_stand() {
        let line = mark_hits(&line("one two three", Some(10)), &[10..13, 14..17, 18..23], Some(&(14..17)));
        let expected = [
            ("one", HitMark::Hit),
            (" ", HitMark::None),
            ("two", HitMark::Focus),
            (" ", HitMark::None),
            ("three", HitMark::Hit),
        ];
        assert_eq!(marked(&line), expected);
        assert_eq!(line.spans[2].text_offset, Some(14));
    }

    #[test]
    fn a_hit_over_two_rows_is_marked_on_both() {
        let hits = [2..20, 30..40];
        assert_eq!(
            marked(&mark_hits(&line("abcd", Some(0)), &hits, None)),
            [("ab", HitMark::None), ("cd", HitMark::Hit)]
        );
        assert_eq!(
            marked(&mark_hits(&line("efgh", Some(18)), &hits, None)),
            [("ef", HitMark::Hit), ("gh", HitMark::None)]
        );
    }

    #[test]
    fn overlapping_hits_do_not_double_the_text() {
        let line = mark_hits(&line("abcdef", Some(0)), &[0..4, 2..5], None);
        assert_eq!(line.text(), "abcdef");
    }

    #[test]
    fn a_hit_inside_a_grapheme_marks_all_of_it() {
        let line = mark_hits(&line("xe\u{301}y", Some(0)), &[1..2, 7..8], None);
        assert_eq!(marked(&line), [("x", HitMark::None), ("e\u{301}", HitMark::Hit), ("y", HitMark::None)]);
    }

    #[test]
    fn what_the_layout_made_is_never_marked() {
        let line = line("abc", None);
        assert_eq!(mark_hits(&line, std::slice::from_ref(&(0..3)), None), line);
    }

    #[test]
    fn rows_are_cut_at_a_cell() {
        let mut spans = vec![Span::new("ab", Tone::Plain), Span::new("日本", Tone::Plain)];
        truncate(&mut spans, 5);
        assert_eq!(spans.iter().map(|span| span.text.as_str()).collect::<String>(), "ab日");
    }
}
