//! The news of a load while it runs.

use crate::conversation::Conversation;

/// One piece of news from a load; sent from several threads.
#[derive(Debug)]
pub enum LoadEvent {
    /// Conversations, about as they stand in the archive; sent every tenth of a second, the first at once.
    Batch(Vec<Conversation>),
    /// The progress so far.
    Progress(Progress),
}

/// The progress of a load.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// Inflated bytes read.
    pub bytes: u64,
    /// The bytes there are to read, as the archives declare them; never trusted for allocation.
    pub total: u64,
    /// Milliseconds since the load began.
    pub milliseconds: u64,
}
