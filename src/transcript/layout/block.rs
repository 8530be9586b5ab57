//! What Markdown (or plain text) is made of, before it has a width: a flat list of blocks. What a block stands in
//! (a quotation, an item of a list) is told by its containers; nothing nests, so nothing recurses.

use super::{styled_text::StyledText, table::Table};
use crate::transcript::highlight::Code;

/// Containers a block keeps; deeper nesting is shown as deep as this.
pub const DEEPEST: usize = 12;

/// A text as blocks.
#[derive(Clone, Debug, Default)]
pub struct LayoutDocument {
    pub blocks: Vec<LayoutBlock>,
    /// For every numbered list the columns its longest number takes.
    pub digits: Vec<usize>,
    /// What the containers of another document are numbered from when it is added.
    next_id: u32,
}

impl LayoutDocument {
    /// Adds another document below this one, with a blank line between.
    pub fn append(&mut self, other: Self) {
        let (lists, ids) = (self.digits.len(), self.next_id);
        let gap = !self.blocks.is_empty();
        for (number, mut block) in other.blocks.into_iter().enumerate() {
            block.gap |= number == 0 && gap;
            for container in &mut block.containers {
                // Frames and notes are not told apart by a number.
                container.id += if container.id == 0 { 0 } else { ids };
                self.next_id = self.next_id.max(container.id);
                if let ContainerKind::Number(list, _) = &mut container.kind {
                    *list += lists;
                }
            }
            self.blocks.push(block);
        }
        self.digits.extend(other.digits);
    }
}

/// A paragraph, a table, …
#[derive(Clone, Debug)]
pub struct LayoutBlock {
    /// From the outermost inwards, at most [`DEEPEST`].
    pub containers: Box<[Container]>,
    /// A blank line stands before it (unless it is the first).
    pub gap: bool,
    pub content: LayoutContent,
}

impl LayoutBlock {
    /// A paragraph in nothing, without a blank line before it.
    pub fn text(prose: StyledText) -> Self {
        Self { containers: Box::default(), gap: false, content: LayoutContent::Text(prose) }
    }
}

/// Something a block stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Container {
    /// Grows through the document: a greater one begins later.
    pub id: u32,
    pub kind: ContainerKind,
}

/// See [`Container`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContainerKind {
    /// A quotation: a bar at its left.
    Quote,
    /// An item of a list of bullets at this depth.
    Bullet(usize),
    /// An item of a numbered list: the list's place in [`LayoutDocument::digits`], the number.
    Number(usize, u64),
    /// A task, done or not.
    Task(bool),
    /// The text of a footnote, indented under its label.
    Note,
    /// A canvas or another document within the message.
    Frame,
}

/// See [`LayoutBlock`].
#[derive(Clone, Debug)]
pub enum LayoutContent {
    /// Prose: wrapped, at most as wide as prose is.
    Text(StyledText),
    /// A heading and its level, from 1.
    Heading(u8, StyledText),
    /// Text whose line breaks and indentation count.
    Literal(StyledText),
    /// Code.
    Code(Code),
    /// A table.
    Table(Table),
    /// Mathematics on lines of its own.
    Math(StyledText),
    /// A thematic break.
    Rule,
}
