//! What a load tells while it runs.

use crate::conversation::Conversation;

/// Conversations, or how far it is; sent from several threads.
#[derive(Debug)]
pub enum Arrival {
    /// Conversations, about as they stand in the archive; every tenth of a second, the first at once.
    Batch(Vec<Conversation>),
    /// How far it is.
    Progress(Progress),
}

/// How far a load is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// Inflated bytes read.
    pub bytes: u64,
    /// Of so many, as the archives declare; never trusted for allocation.
    pub total: u64,
    /// Milliseconds since the load began.
    pub milliseconds: u64,
}
