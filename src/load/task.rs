//! What is to be done: a member to read, a piece of it to parse.

use std::ops::Range;

use super::report::Skipped;
use crate::archive::Member;

/// A member to read.
#[derive(Clone, Debug)]
pub(super) struct Task {
    /// Index of the archive.
    pub archive: usize,
    /// The member's number among those of its archive that hold conversations.
    pub number: u32,
    pub member: Member,
}

impl Task {
    /// An entry of the account for what was lost of it.
    pub(super) fn skipped(&self, offset: u64, length: u64, objects: u64, reason: String) -> Skipped {
        Skipped {
            archive: self.archive as u16,
            member: self.member.name.clone(),
            offset,
            length,
            objects,
            reason,
            repaired: false,
            lost: true,
        }
    }
}

/// A piece of a member with the objects in it.
pub(super) struct Piece {
    pub task: Task,
    /// Offset of the first byte in the member.
    pub base: u64,
    pub bytes: Vec<u8>,
    pub objects: Vec<Object>,
}

/// An object in a piece.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub range: Range<u32>,
    /// It ends with its brace; otherwise the member ended in it, or the next one began.
    pub whole: bool,
}
