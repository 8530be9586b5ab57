//! A box of text, as TeX calls it: one or several rows, one of which stands on the line.

use crate::transcript::text::sanitize;

/// Rows of text, padded to the same width when they are joined.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FormulaBox {
    pub rows: Vec<String>,
    /// The index of the row that stands on the line.
    pub baseline: usize,
}

impl FormulaBox {
    /// Makes a box of one row.
    pub fn text(text: impl Into<String>) -> Self {
        Self { rows: vec![text.into()], baseline: 0 }
    }

    /// Returns whether it is one row.
    pub fn is_flat(&self) -> bool {
        self.rows.len() <= 1
    }

    /// Returns its rows in one; of a tall box the rows that are not blank, set apart.
    pub fn flat(&self) -> String {
        let rows: Vec<&str> = self.rows.iter().map(|row| row.trim()).filter(|row| !row.is_empty()).collect();
        if self.is_flat() { self.rows.concat() } else { rows.join("; ") }
    }

    /// Returns the columns of its widest row.
    pub fn width(&self) -> usize {
        self.rows.iter().map(|row| sanitize::width(row)).max().unwrap_or(0)
    }

    /// Puts another box to its right, on the same line.
    pub fn join(&mut self, right: &Self) {
        if self.is_flat() && right.is_flat() {
            let text = right.rows.first().map_or("", String::as_str);
            match self.rows.first_mut() {
                Some(row) => row.push_str(text),
                None => self.rows.push(text.to_owned()),
            }
            return;
        }
        let above = self.baseline.max(right.baseline);
        let below = (self.rows.len().saturating_sub(self.baseline))
            .max(right.rows.len().saturating_sub(right.baseline));
        let width = self.width();
        let row_of = |side: &Self, row: usize| -> String {
            (row + side.baseline)
                .checked_sub(above)
                .and_then(|row| side.rows.get(row).cloned())
                .unwrap_or_default()
        };
        let rows = (0..above + below).map(|row| {
            let right = row_of(right, row);
            let mut text = row_of(self, row);
            if !right.is_empty() {
                text.push_str(&" ".repeat(width.saturating_sub(sanitize::width(&text))));
                text.push_str(&right);
            }
            text
        });
        *self = Self { rows: rows.collect(), baseline: above };
    }

    /// Puts brackets around it, as tall as it is.
    pub fn fenced(self, left: &str, right: &str) -> Self {
        let height = self.rows.len();
        let mut fenced = tall_bracket(left, height, self.baseline);
        let width = self.width();
        let padded = Self {
            rows: self
                .rows
                .iter()
                .map(|row| row.clone() + &" ".repeat(width - sanitize::width(row)))
                .collect(),
            baseline: self.baseline,
        };
        // Where nothing closes on the right, blanks there are noise.
        fenced.join(if right.is_empty() { &self } else { &padded });
        if !right.is_empty() {
            fenced.join(&tall_bracket(right, height, padded.baseline));
        }
        fenced
    }

    /// Adds a script at its top right (or bottom right) corner.
    pub fn attach(&mut self, script: &str, top: bool) {
        if self.is_flat() {
            self.join(&Self::text(script));
            return;
        }
        let row = if top { 0 } else { self.rows.len() - 1 };
        self.rows[row].push_str(script);
    }
}

/// Makes a bracket over this many rows.
fn tall_bracket(bracket: &str, height: usize, baseline: usize) -> FormulaBox {
    // Top, middle, bottom, and what fills a long one.
    let pieces = match bracket {
        "(" => ["⎛", "⎜", "⎝", "⎜"],
        ")" => ["⎞", "⎟", "⎠", "⎟"],
        "[" => ["⎡", "⎢", "⎣", "⎢"],
        "]" => ["⎤", "⎥", "⎦", "⎥"],
        "{" => ["⎧", "⎨", "⎩", "⎪"],
        "}" => ["⎫", "⎬", "⎭", "⎪"],
        other => [other; 4],
    };
    if height <= 1 {
        return FormulaBox { rows: vec![bracket.to_owned()], baseline };
    }
    let rows = (0..height).map(|row| {
        let piece = match row {
            0 => 0,
            _ if row + 1 == height => 2,
            _ if row == height / 2 => 1,
            _ => 3,
        };
        pieces[piece].to_owned()
    });
    FormulaBox { rows: rows.collect(), baseline }
}

/// Sets cells in columns, each as wide as its widest. `between` blanks stand between two columns; `right`
/// says which of them are set to the right.
pub(super) fn grid(rows: &[Vec<FormulaBox>], between: usize, right: impl Fn(usize) -> bool) -> FormulaBox {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut widths = vec![0; columns];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let mut all = FormulaBox::default();
    for row in rows {
        let mut line = FormulaBox::text("");
        let mut at = 0;
        for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
            let before = if right(column) { width - cell.width() } else { 0 };
            // Pad what came before to the column's beginning.
            let gap = (at + before).saturating_sub(line.width());
            line.join(&FormulaBox::text(" ".repeat(gap)));
            line.join(cell);
            at += width + between;
        }
        all.rows.extend(line.rows.into_iter().map(|row| row.trim_end().to_owned()));
    }
    all.baseline = all.rows.len() / 2;
    all
}
