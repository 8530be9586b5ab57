//! Putting text into cells. What comes here was sanitised already.

use std::ops::Range;

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use crate::{
    transcript::sanitize,
    tui::{backend::Link, theme::Theme},
};

/// Writes into row `y` of an area, from its left edge; gives the column after the text.
pub fn text(buffer: &mut Buffer, area: Rect, y: u16, text: &str, style: Style) -> u16 {
    let area = area.intersection(buffer.area);
    if y < area.top() || y >= area.bottom() || area.width == 0 {
        return area.x;
    }
    buffer.set_stringn(area.x, y, text, area.width as usize, style).0
}

/// Several stretches one after another.
pub fn texts(buffer: &mut Buffer, area: Rect, y: u16, stretches: &[(&str, Style)]) -> u16 {
    let mut rest = area;
    for (stretch, style) in stretches {
        let x = text(buffer, rest, y, stretch, *style).max(rest.x);
        rest = Rect { x, width: area.right().saturating_sub(x), ..area };
    }
    rest.x
}

/// Writes at the right edge of a row, if it fits there; gives the column where it begins.
pub fn right(buffer: &mut Buffer, area: Rect, y: u16, words: &str, style: Style) -> u16 {
    let columns = sanitize::width(words) as u16;
    if columns > area.width {
        return area.right();
    }
    let x = area.right() - columns;
    text(buffer, Rect { x, width: columns, ..area }, y, words, style);
    x
}

/// A line of a transcript; `sideways` columns of what can scroll are hidden at its left. Where it leads is added to
/// `links`.
pub fn line(
    buffer: &mut Buffer,
    area: Rect,
    y: u16,
    line: &crate::transcript::Line,
    theme: &Theme,
    sideways: u16,
    links: &mut Vec<Link>,
) {
    let skip = if line.scrolls_from.is_some() { sideways } else { 0 };
    let fixed = line.scrolls_from.unwrap_or(0);
    let mut column = 0_u16; // in the line, before scrolling
    let mut end = area.x;
    for span in &line.spans {
        let columns = sanitize::width(&span.text) as u16;
        let style = theme.span(span);
        let from_column = fixed + skip;
        let (place, shown) = if column < fixed || skip == 0 {
            (from(area, column), &*span.text)
        } else if column >= from_column {
            (from(area, column - skip), &*span.text)
        } else {
            let (rest, lost) = drop_columns(&span.text, (from_column - column).min(columns));
            (from(area, fixed + lost), rest)
        };
        let after = text(buffer, place, y, shown, style);
        end = after.max(end);
        if let Some(target) = span.link.as_ref().filter(|_| after > place.x) {
            link(links, Link { y, columns: place.x..after, target: target.clone() });
        }
        column = column.saturating_add(columns);
    }
    if line.scrolls_from.is_some() && column.saturating_sub(skip) > area.width {
        // What is cut says so.
        text(buffer, from(area, area.width.saturating_sub(1)), y, "›", theme.dim);
    }
    if skip > 0 && column > fixed {
        text(buffer, from(area, fixed), y, "‹", theme.dim);
    }
    let width: usize = line.right.iter().map(|span| sanitize::width(&span.text)).sum();
    if width > 0 && area.right().saturating_sub(end) as usize > width {
        let mut x = area.right() - width as u16;
        for span in &line.right {
            x = text(buffer, Rect { x, width: area.right() - x, ..area }, y, &span.text, theme.span(span));
        }
    }
}

/// Adds a link, to the last one if it goes on with that.
fn link(links: &mut Vec<Link>, link: Link) {
    match links.last_mut() {
        Some(last)
            if last.y == link.y && last.columns.end == link.columns.start && last.target == link.target =>
        {
            last.columns.end = link.columns.end;
        }
        _ => links.push(link),
    }
}

fn from(area: Rect, column: u16) -> Rect {
    let column = column.min(area.width);
    Rect { x: area.x + column, width: area.width - column, ..area }
}

/// What is left of a text when its first columns are gone; also how many columns more went with a wide character.
fn drop_columns(text: &str, columns: u16) -> (&str, u16) {
    use unicode_segmentation::UnicodeSegmentation;
    let mut gone = 0;
    for (start, cluster) in text.grapheme_indices(true) {
        if gone >= columns {
            return (&text[start..], gone - columns);
        }
        gone += sanitize::width(cluster) as u16;
    }
    ("", 0)
}

/// A text with some byte ranges in another style, sanitised piece by piece; gives the column after it.
pub fn marked(
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
