//! One settled cell.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use ratatui::buffer::Cell;

/// A cell as the terminal holds it, and where it leads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct ScreenCell {
    cell: Cell,
    pub link: Option<Arc<str>>,
}

impl ScreenCell {
    /// An erased cell.
    pub const ERASED: Self = Self { cell: Cell::EMPTY, link: None };
}

impl Deref for ScreenCell {
    type Target = Cell;

    fn deref(&self) -> &Cell {
        &self.cell
    }
}

impl DerefMut for ScreenCell {
    fn deref_mut(&mut self) -> &mut Cell {
        &mut self.cell
    }
}
