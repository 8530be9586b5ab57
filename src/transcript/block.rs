//! What Markdown (or plain text) is made of, before it has a width: a flat list of blocks. What a block stands in
//! (a quotation, an item of a list) is told by its containers; nothing nests, so nothing recurses.

use super::{code::Code, prose::Prose, table::Table};

/// Containers a block keeps; deeper nesting is shown as deep as this.
pub(super) const DEEPEST: usize = 12;

/// A text as blocks.
#[derive(Clone, Debug, Default)]
pub(super) struct Document {
    pub blocks: Vec<Block>,
    /// For every numbered list the columns its longest number takes.
    pub digits: Vec<usize>,
}

/// A paragraph, a table, …
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// From the outermost inwards, at most [`DEEPEST`].
    pub containers: Box<[Container]>,
    /// Where it begins in the message.
    pub source: usize,
    /// A blank line stands before it (unless it is the first).
    pub gap: bool,
    pub content: Content,
}

impl Block {
    /// A paragraph in nothing, without a blank line before it.
    pub fn text(source: usize, prose: Prose) -> Self {
        Self { containers: Box::default(), source, gap: false, content: Content::Text(prose) }
    }
}

/// Something a block stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Container {
    /// Grows through the document: a greater one begins later.
    pub id: u32,
    pub kind: ContainerKind,
}

/// See [`Container`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ContainerKind {
    /// A quotation: a bar at its left.
    Quote,
    /// An item of a list of bullets at this depth.
    Bullet(usize),
    /// An item of a numbered list: the list's place in [`Document::digits`], the number.
    Number(usize, u64),
    /// A task, done or not.
    Task(bool),
    /// The text of a footnote, indented under its label.
    Note,
    /// A canvas or another document within the message.
    Frame,
}

/// See [`Block`].
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// Prose: wrapped, at most as wide as prose is.
    Text(Prose),
    /// A heading and its level, from 1.
    Heading(u8, Prose),
    /// Text whose line breaks and indentation count.
    Literal(Prose),
    /// Code.
    Code(Code),
    /// A table.
    Table(Table),
    /// Mathematics on lines of its own.
    Math(Prose),
    /// A thematic break.
    Rule,
}
