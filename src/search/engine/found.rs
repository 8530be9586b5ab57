//! One conversation found, in 16 bytes.

use crate::{library::ConversationHandle, search::Score};

/// Stands for a number that is not there.
const NONE: u32 = u32::MAX;

/// One conversation found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::search) struct FoundConversation {
    pub handle: ConversationHandle,
    pub score: Score,
    best: u32,
    hits: u32,
}

impl FoundConversation {
    /// Describes one. `best` is the message to open at; `hits` is `None` if they were not counted.
    pub fn new(handle: ConversationHandle, score: Score, best: Option<u32>, hits: Option<usize>) -> Self {
        Self { handle, score, best: best.unwrap_or(NONE), hits: hits.map_or(NONE, |hits| hits as u32) }
    }

    /// Returns the message to open at. `None`: the title alone matched.
    pub fn best(&self) -> Option<u32> {
        (self.best != NONE).then_some(self.best)
    }

    /// Returns how many hits there are. `None`: they were not counted.
    pub fn hits(&self) -> Option<usize> {
        (self.hits != NONE).then_some(self.hits as usize)
    }
}
