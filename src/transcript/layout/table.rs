//! Tables in light lines. Columns are as wide as they need where they fit, else shrunk and wrapped; a table
//! that cannot be made to fit keeps readable columns and scrolls sideways.

use unicode_segmentation::UnicodeSegmentation;

use super::{
    line::{Span, Tone},
    styled_text::StyledText,
};
use crate::transcript::text::{
    width::{grapheme_width, width},
    wrap::{WrapMode, WrappedRow},
};

/// Columns a cell is never shrunk below when it has more to show.
const MIN_COLUMN_WIDTH: usize = 8;
/// The longest word a shrunk column still keeps whole.
const WORD: usize = 16;
/// The most columns of the screen that a column takes in a table that scrolls.
const MAX: usize = 40;
/// Columns of the line between two columns: ` │ `.
const BETWEEN: usize = 3;

/// The alignment of a cell's text in its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Center,
    Right,
}

/// A table; its first row is the head.
#[derive(Clone, Debug, Default)]
pub struct Table {
    pub aligns: Vec<Align>,
    pub rows: Vec<Vec<StyledText>>,
    /// True when it goes on from one whose head stands further up: its own head is not shown.
    pub headless: bool,
}

/// A table as rows of the screen.
pub struct TableRows {
    pub rows: Vec<Vec<Span>>,
    /// True when it is wider than was asked, and scrolls.
    pub scrolls: bool,
}

impl Table {
    /// Lays the table out in this many columns of the screen.
    pub fn lay_out(&self, columns: usize) -> TableRows {
        let (widths, scrolls) = self.widths(columns);
        let wrapped: Vec<Vec<Vec<WrappedRow>>> = self
            .rows
            .iter()
            .map(|cells| {
                let cells = cells.iter().zip(&widths);
                cells.map(|(cell, &width)| cell.wrap(width, WrapMode::Text)).collect()
            })
            .collect();
        let height = |row: &Vec<Vec<WrappedRow>>| row.iter().map(Vec::len).max().unwrap_or(1).max(1);
        // Where cells take several rows of the screen, one must see where a row of the table ends.
        let ruled = wrapped.iter().skip(1).any(|row| height(row) > 1);
        let mut rows = Vec::new();
        for (number, (cells, wrapped)) in self.rows.iter().zip(&wrapped).enumerate() {
            if number == 0 && self.headless {
                continue;
            }
            if (number == 1 && !self.headless) || (number > 1 && ruled) {
                rows.push(rule(&widths));
            }
            for line in 0..height(wrapped) {
                rows.push(self.screen_row(cells, wrapped, line, &widths));
            }
        }
        if self.rows.len() == 1 && !self.headless {
            rows.push(rule(&widths));
        }
        TableRows { rows, scrolls }
    }

    fn screen_row(
        &self,
        cells: &[StyledText],
        wrapped: &[Vec<WrappedRow>],
        line: usize,
        widths: &[usize],
    ) -> Vec<Span> {
        let mut spans = Vec::new();
        let mut gap = 0;
        for (column, &width) in widths.iter().enumerate() {
            if column > 0 {
                spans.push(Span::new(" ".repeat(gap) + " │ ", Tone::Chrome));
            }
            let row = cells.get(column).zip(wrapped.get(column).and_then(|rows| rows.get(line)));
            let cell = row.map(|(cell, row)| cell.row_spans(row, width)).unwrap_or_default();
            let free = width.saturating_sub(cell.iter().map(Span::width).sum());
            let before = match self.aligns.get(column) {
                Some(Align::Right) => free,
                Some(Align::Center) => free / 2,
                _ => 0,
            };
            if before > 0 {
                spans.push(Span::new(" ".repeat(before), Tone::Plain));
            }
            spans.extend(cell);
            gap = free - before;
        }
        spans
    }

    /// Returns the columns' widths, and whether the whole is wider than was asked.
    fn widths(&self, columns: usize) -> (Vec<usize>, bool) {
        let count = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut natural = vec![1_usize; count];
        let mut min_widths = vec![1_usize; count];
        for cells in &self.rows {
            for (column, cell) in cells.iter().enumerate() {
                for line in cell.text().split('\n') {
                    natural[column] = natural[column].max(width(line));
                }
                let word = cell.text().split([' ', '\n']).map(unbroken).max().unwrap_or(0);
                min_widths[column] = min_widths[column].max(word.min(WORD));
            }
        }
        for (min_widths, &natural) in min_widths.iter_mut().zip(&natural) {
            *min_widths = (*min_widths).max(MIN_COLUMN_WIDTH).min(natural);
        }
        let lines = BETWEEN * count.saturating_sub(1);
        let free = columns.saturating_sub(lines);
        if natural.iter().sum::<usize>() <= free {
            return (natural, false);
        }
        if min_widths.iter().sum::<usize>() > free {
            return (natural.iter().map(|&width| width.min(MAX)).collect(), true);
        }
        // The widest columns give first: the highest level to which they can all be cut.
        let at_level =
            |level: usize| natural.iter().zip(&min_widths).map(move |(&n, &l)| n.min(level.max(l)));
        let (mut low, mut high) = (0, free);
        while low < high {
            let middle = (low + high).div_ceil(2);
            if at_level(middle).sum::<usize>() <= free { low = middle } else { high = middle - 1 }
        }
        let mut widths: Vec<usize> = at_level(low).collect();
        let mut left = free - widths.iter().sum::<usize>();
        for (width, &natural) in widths.iter_mut().zip(&natural) {
            if left > 0 && *width < natural {
                *width += 1;
                left -= 1;
            }
        }
        (widths, false)
    }
}

/// Returns the columns a word keeps together; one with wide characters breaks between any two.
fn unbroken(word: &str) -> usize {
    if !word.is_ascii() && word.graphemes(true).any(|cluster| grapheme_width(cluster) > 1) {
        return MIN_COLUMN_WIDTH;
    }
    width(word)
}

fn rule(widths: &[usize]) -> Vec<Span> {
    let parts: Vec<String> = widths.iter().map(|&width| "─".repeat(width)).collect();
    vec![Span::new(parts.join("─┼─"), Tone::Chrome)]
}

#[cfg(test)]
mod tests {
    use super::{super::styled_text::TextStyle, *};

    fn table(rows: &[&[&str]], aligns: &[Align]) -> Table {
        let cell = |text: &&str| {
            let mut prose = StyledText::default();
            prose.push(text, TextStyle::default(), None);
            prose
        };
        Table {
            aligns: aligns.to_vec(),
            rows: rows.iter().map(|row| row.iter().map(cell).collect()).collect(),
            headless: false,
        }
    }

    fn text(rows: &TableRows) -> Vec<String> {
        rows.rows.iter().map(|spans| spans.iter().map(|span| span.text.as_str()).collect()).collect()
    }

    #[test]
    fn a_small_table_takes_what_it_needs() {
        let table = table(&[&["Name", "Age"], &["Ada", "36"], &["日本", "7"]], &[Align::Left, Align::Right]);
        let rows = table.lay_out(40);
        assert_eq!(text(&rows), ["Name │ Age", "─────┼────", "Ada  │  36", "日本 │   7"]);
        assert!(!rows.scrolls);
    }

    #[test]
    fn long_cells_wrap_and_the_rows_are_ruled() {
        let table =
            table(&[&["a", "b"], &["x", "one two three four"], &["y", "z"]], &[Align::Left, Align::Left]);
        let rows = table.lay_out(14);
        let expected =
            ["a │ b", "──┼───────────", "x │ one two", "  │ three four", "──┼───────────", "y │ z"];
        assert_eq!(text(&rows), expected);
    }

    #[test]
    fn what_goes_on_a_table_has_no_head() {
        let mut table = table(&[&["", ""], &["Ada", "36"]], &[Align::Left, Align::Right]);
        table.headless = true;
        assert_eq!(text(&table.lay_out(40)), ["Ada │ 36"]);
    }

    #[test]
    fn cells_in_chinese_and_japanese_wrap_before_the_table_scrolls() {
        let rows = table(
            &[&["言葉", "意味"], &["変更していただくことは可能でしょうか", "相手に選ぶ余地を残す"]],
            &[],
        )
        .lay_out(30);
        assert!(!rows.scrolls, "{:?}", text(&rows));
    }

    #[test]
    fn a_table_that_cannot_fit_scrolls() {
        let row: Vec<&str> = vec!["incomprehensible"; 9];
        let rows = table(&[&row, &row], &[]).lay_out(60);
        assert!(rows.scrolls);
        assert!(text(&rows)[0].len() > 60);
    }
}
