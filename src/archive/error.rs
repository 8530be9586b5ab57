//! The errors of an archive, and what of it was lost without one.

use super::stream::CHANGED;

/// The number of archives that can be open at once: an [`ObjectLocation`](crate::conversation::ObjectLocation) names its
/// archive by 16 bits.
pub const MAX_ARCHIVES: usize = 1 << 16;

/// The reason why an archive, or a piece of it, could not be read. One line, lower case, without any of the
/// archive's text.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It cannot be read as the archive it should be.
    #[error("{path}: {reason}")]
    Unusable {
        /// The archive as it was given.
        path: String,
        /// The reason, with what was expected.
        reason: String,
    },
    /// It, or something in it, is not what it was when it was opened.
    #[error("{path}: {CHANGED}")]
    Changed {
        /// The archive as it was given.
        path: String,
    },
    /// More were named than [`MAX_ARCHIVES`].
    #[error("{0} archives are named: at most {MAX_ARCHIVES} can be open at once")]
    TooMany(usize),
    /// The `progress` of the caller said to stop.
    #[error("stopped")]
    Stopped,
}

/// Something of an archive that was lost before any conversation was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenProblem {
    /// The member concerned, or empty for the archive itself.
    pub member: String,
    /// The reason, in one line.
    pub reason: String,
    /// The member is not there at all: the export says that there is one.
    pub missing: bool,
}

impl OpenProblem {
    /// Describes something that is there and cannot be read.
    pub(super) fn new(member: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { member: member.into(), reason: reason.into(), missing: false }
    }
}
