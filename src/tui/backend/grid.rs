//! A screenful of settled cells: what the terminal holds, or is to hold.

use std::sync::Arc;

use ratatui::buffer::Buffer;

use super::{
    glyph,
    link::{self, ScreenLink},
    screen_cell::ScreenCell,
};

/// Rows of settled cells (see [`glyph::settle_row`]).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Grid {
    width: u16,
    height: u16,
    cells: Vec<ScreenCell>,
}

impl Grid {
    /// Makes an erased screen.
    pub fn erased(width: u16, height: u16) -> Self {
        Self { width, height, cells: vec![ScreenCell::ERASED; width as usize * height as usize] }
    }

    /// Predicts what the terminal holds once this buffer is shown, with these links.
    pub fn of(buffer: &Buffer, links: &[ScreenLink]) -> Self {
        let mut grid = Self::erased(buffer.area.width, buffer.area.height);
        let width = grid.width.max(1) as usize;
        for (row, shown) in buffer.content.chunks(width).zip(grid.cells.chunks_mut(width)) {
            glyph::settle_row(row, shown);
        }
        for ScreenLink { y, columns, target } in link::affordable(links, grid.height) {
            let row = *y as usize * width..(*y as usize + 1) * width;
            let Some(row) = grid.cells.get_mut(row) else { continue };
            let end = row.len().min(columns.end as usize);
            for slot in row.get_mut(columns.start as usize..end).unwrap_or_default() {
                slot.link = Some(Arc::clone(target));
            }
        }
        grid
    }

    /// Returns the columns and rows.
    pub fn size(&self) -> (u16, u16) {
        (self.width, self.height)
    }

    /// Returns the row, from 0; empty past the last.
    pub fn row(&self, y: u16) -> &[ScreenCell] {
        let width = self.width as usize;
        self.cells.get(y as usize * width..(y as usize + 1) * width).unwrap_or_default()
    }

    /// Moves the rows of a region as the terminal does when it scrolls it; what comes in is erased.
    pub fn scroll(&mut self, shift: Shift) {
        let width = self.width as usize;
        let region = &mut self.cells[shift.top as usize * width..(shift.bottom as usize + 1) * width];
        let moved = shift.by.unsigned_abs() as usize * width;
        if shift.by > 0 {
            region.rotate_left(moved);
            let kept = region.len() - moved;
            region[kept..].fill(ScreenCell::ERASED);
        } else {
            region.rotate_right(moved);
            region[..moved].fill(ScreenCell::ERASED);
        }
    }
}

/// A scroll of whole rows within a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shift {
    /// First row of the region.
    pub top: u16,
    /// Last row of the region, below the first.
    pub bottom: u16,
    /// Rows that the content moves up; negative: down. Less than the region is high, and not 0.
    pub by: i16,
}
