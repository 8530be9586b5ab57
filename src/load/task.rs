//! The tasks of a load: a member to read, a piece of it to parse.

use std::ops::Range;

use super::report::ReadProblem;
use crate::{archive::Member, conversation::Provider, provider};

/// A member to read.
#[derive(Clone, Debug)]
pub(super) struct MemberTask {
    /// The number of the archive, in the order they were opened.
    pub archive_number: u16,
    /// The member's number among those of its archive that hold conversations.
    pub number: u32,
    pub member: Member,
    /// The provider whose export alone has members of that name.
    pub provider: Option<Provider>,
}

impl MemberTask {
    /// Returns the path of the member, if it holds a document beside the chats.
    pub(super) fn document(&self) -> Option<&str> {
        Some(&*self.member.name).filter(|name| provider::holds_document(name))
    }

    /// Returns the index of the archive.
    pub(super) fn archive(&self) -> usize {
        usize::from(self.archive_number)
    }

    /// Describes a stretch of the member that was lost.
    pub(super) fn problem(&self, offset: u64, length: u64, objects: u64, reason: String) -> ReadProblem {
        ReadProblem {
            archive: self.archive_number,
            member: self.member.name.clone(),
            offset,
            length,
            objects,
            reason,
            repaired: false,
            lost: true,
            missing: false,
        }
    }
}

/// A piece of a member with the objects in it.
pub(super) struct MemberPiece {
    pub task: MemberTask,
    /// The offset of the first byte in the member.
    pub base: u64,
    pub bytes: Vec<u8>,
    pub objects: Vec<Object>,
}

/// An object in a piece.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub range: Range<usize>,
    /// `true` if it ends with its brace; otherwise the member ended in it, or the next one began.
    pub is_complete: bool,
}
