//! Text in cells. Whatever comes here was sanitized already.

use std::ops::Range;

use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use unicode_segmentation::UnicodeSegmentation;

use crate::{
    transcript::{self, sanitize},
    tui::{backend::ScreenLink, theme::Theme},
};

/// Returns the columns of a text; [`u16::MAX`] for more than any screen has.
pub fn columns(text: &str) -> u16 {
    u16::try_from(sanitize::width(text)).unwrap_or(u16::MAX)
}

/// Returns an area without its first columns.
pub fn skip_columns(area: Rect, columns: u16) -> Rect {
    let columns = columns.min(area.width);
    Rect { x: area.x + columns, width: area.width - columns, ..area }
}

/// Returns an area without its last columns.
pub fn drop_last_columns(area: Rect, columns: u16) -> Rect {
    Rect { width: area.width.saturating_sub(columns), ..area }
}

/// Returns the part of an area from column `x` of the screen on.
pub fn starting_at(area: Rect, x: u16) -> Rect {
    Rect { x, width: area.right().saturating_sub(x), ..area }
}

/// Returns an area without its first rows.
pub fn below(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect { y: area.y + rows, height: area.height - rows, ..area }
}

/// Writes into row `y` of an area, from its left edge; returns the column after the text.
pub fn text(buffer: &mut Buffer, area: Rect, y: u16, text: &str, style: Style) -> u16 {
    let area = area.intersection(buffer.area);
    if y < area.top() || y >= area.bottom() || area.width == 0 {
        return area.x;
    }
    buffer.set_stringn(area.x, y, text, area.width as usize, style).0
}

/// Writes several stretches one after another; returns the column after them.
pub fn texts(buffer: &mut Buffer, area: Rect, y: u16, stretches: &[(&str, Style)]) -> u16 {
    let mut rest = area;
    for (stretch, style) in stretches {
        let x = text(buffer, rest, y, stretch, *style).max(rest.x);
        rest = starting_at(area, x);
    }
    rest.x
}

/// Writes at the right edge of a row, if it fits there; returns the column where it begins.
pub fn right(buffer: &mut Buffer, area: Rect, y: u16, words: &str, style: Style) -> u16 {
    let columns = columns(words);
    if columns > area.width {
        return area.right();
    }
    let x = area.right() - columns;
    text(buffer, Rect { x, width: columns, ..area }, y, words, style);
    x
}

/// The cells onto which lines of a transcript are drawn.
#[derive(Debug)]
pub struct LinePainter<'a> {
    /// The cells.
    pub buffer: &'a mut Buffer,
    /// Their colours.
    pub theme: &'a Theme,
    /// Gets the places of the lines that lead somewhere.
    pub links: &'a mut Vec<ScreenLink>,
    /// Columns of wide tables and code that are hidden at the left.
    pub sideways: u16,
}

impl LinePainter<'_> {
    /// Draws a line into a row.
    pub fn draw(&mut self, row: Rect, line: &transcript::Line) {
        let scroll = line.scrolls_from.map(|from| Scroll { from, by: self.sideways });
        let mut width = 0_u16; // of the line so far, before scrolling
        let mut end = row.x;
        for span in &line.spans {
            let (column, shown) = match scroll {
                Some(scroll) => scroll.visible(width, &span.text),
                None => (width, &*span.text),
            };
            end = end.max(self.span(skip_columns(row, column), span, shown));
            width = width.saturating_add(columns(&span.text));
        }
        if let Some(scroll) = scroll {
            self.mark_cuts(row, scroll, width);
        }
        self.at_the_right(starting_at(row, end), &line.right);
    }

    /// Draws the visible part of a span; returns the column after it.
    fn span(&mut self, place: Rect, span: &transcript::Span, shown: &str) -> u16 {
        let end = text(self.buffer, place, place.y, shown, self.theme.span(span));
        if let Some(target) = span.link.as_ref().filter(|_| end > place.x) {
            self.link(ScreenLink { y: place.y, columns: place.x..end, target: target.clone() });
        }
        end
    }

    /// Marks what is hidden at either side of a line of this width.
    fn mark_cuts(&mut self, row: Rect, scroll: Scroll, width: u16) {
        if width.saturating_sub(scroll.by) > row.width {
            text(self.buffer, skip_columns(row, row.width.saturating_sub(1)), row.y, "›", self.theme.dim);
        }
        if scroll.by > 0 && width > scroll.from {
            text(self.buffer, skip_columns(row, scroll.from), row.y, "‹", self.theme.dim);
        }
    }

    /// Draws spans at the right edge of what is left of a row, if they fit with a blank before them.
    fn at_the_right(&mut self, rest: Rect, spans: &[transcript::Span]) {
        let width = spans.iter().fold(0_u16, |width, span| width.saturating_add(columns(&span.text)));
        if width == 0 || width >= rest.width {
            return;
        }
        let mut x = rest.right() - width;
        for span in spans {
            x = text(self.buffer, starting_at(rest, x), rest.y, &span.text, self.theme.span(span));
        }
    }

    /// Adds a link, to the last one if it goes on with that.
    fn link(&mut self, link: ScreenLink) {
        match self.links.last_mut() {
            Some(last)
                if last.y == link.y
                    && last.columns.end == link.columns.start
                    && last.target == link.target =>
            {
                last.columns.end = link.columns.end;
            }
            _ => self.links.push(link),
        }
    }
}

/// The scrolling of a line wider than its row: all columns from `from` on move to the left by `by`.
#[derive(Clone, Copy, Debug)]
struct Scroll {
    from: u16,
    by: u16,
}

impl Scroll {
    /// Returns the visible rest of a text that begins at a column of the line, and the column where that is shown.
    fn visible(self, column: u16, text: &str) -> (u16, &str) {
        if self.by == 0 || column < self.from {
            return (column, text);
        }
        let hidden = self.from.saturating_add(self.by).saturating_sub(column);
        if hidden == 0 {
            return (column - self.by, text);
        }
        let (rest, lost) = drop_columns(text, hidden.min(columns(text)));
        (self.from.saturating_add(lost), rest)
    }
}

/// Returns what is left of a text when its first columns are gone, and how many columns more went with a wide
/// character.
fn drop_columns(text: &str, count: u16) -> (&str, u16) {
    let mut gone = 0_u16;
    for (start, cluster) in text.grapheme_indices(true) {
        if gone >= count {
            return (&text[start..], gone - count);
        }
        gone = gone.saturating_add(columns(cluster));
    }
    ("", 0)
}

/// Writes a text with some byte ranges in another style, sanitized piece by piece; returns the column after it.
pub fn draw_highlighted(
    buffer: &mut Buffer,
    area: Rect,
    y: u16,
    words: &str,
    marks: &[Range<usize>],
    styles: (Style, Style),
) -> u16 {
    let mut pieces: Vec<(String, Style)> = Vec::new();
    let mut at = 0;
    for mark in marks {
        let (start, end) = (mark.start.max(at), mark.end.min(words.len()));
        if let (Some(before), Some(inside)) = (words.get(at..start), words.get(start..end)) {
            pieces.push((sanitize::line(before).into_owned(), styles.0));
            pieces.push((sanitize::line(inside).into_owned(), styles.1));
            at = end;
        }
    }
    pieces.push((sanitize::line(words.get(at..).unwrap_or_default()).into_owned(), styles.0));
    // One text for the width, so that what does not fit ends in `…` wherever the marks are.
    let whole: String = pieces.iter().map(|(piece, _)| piece.as_str()).collect();
    let fitted = sanitize::fit(&whole, area.width as usize);
    let cut = *fitted != *whole;
    let visible = if cut { fitted.strip_suffix('…').unwrap_or(&fitted).len() } else { fitted.len() };
    let mut used = 0;
    let mut stretches = Vec::new();
    for (piece, style) in &pieces {
        let take = piece.len().min(visible - used);
        stretches.push((&piece[..take], *style));
        used += take;
    }
    if cut {
        stretches.push(("…", styles.0));
    }
    texts(buffer, area, y, &stretches)
}
