//! A text as a flat list of blocks, before it has a width. The containers of a block (a quotation, an item of
//! a list) say what it stands in; nothing nests, so nothing recurses.

use super::{styled_text::StyledText, table::Table};
use crate::transcript::highlight::Code;

/// Containers a block keeps; deeper nesting is shown as deep as this.
pub const MAX_DEPTH: usize = 12;

/// A text as blocks.
#[derive(Clone, Debug, Default)]
pub struct LayoutDocument {
    pub blocks: Vec<LayoutBlock>,
    /// For every numbered list the columns its longest number takes.
    pub digits: Vec<usize>,
    /// The last number given to a container; those of another document are numbered on from it.
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
                // Boxes and plain indents are not told apart by a number.
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

/// A paragraph, a table, a block of code.
#[derive(Clone, Debug)]
pub struct LayoutBlock {
    /// From the outermost inwards, at most [`MAX_DEPTH`].
    pub containers: Box<[Container]>,
    /// A blank line stands before it (unless it is the first).
    pub gap: bool,
    pub content: LayoutContent,
}

impl LayoutBlock {
    /// Makes a paragraph without containers and without a blank line before it.
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

/// The kind of a [`Container`].
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
    PlainIndent,
    /// A canvas or another document within the message.
    Boxed,
}

/// The content of a [`LayoutBlock`].
#[derive(Clone, Debug)]
pub enum LayoutContent {
    /// Prose: wrapped, and never wider than prose is on a wide screen.
    Text(StyledText),
    /// A heading and its level, from 1.
    Heading(u8, StyledText),
    /// Text whose line breaks and indentation count.
    Preformatted(StyledText),
    /// Code.
    Code(Code),
    /// A table.
    Table(Table),
    /// Mathematics on lines of its own.
    Math(StyledText),
    /// A thematic break.
    Rule,
}
