//! The progress of an extract, for a caller who waits for it.

/// Hears how far an extract is, and may stop it. Called from several threads.
pub trait ExtractProgress: Sync {
    /// Says whether to go on. What has its name by then stays, whole.
    fn should_continue(&self) -> bool {
        true
    }

    /// Hears that this many bytes of a member are inflated, of those up to the end of the original that is wanted.
    fn reading(&self, _bytes: u64, _of: u64) {}

    /// Hears how many conversations are done, of how many.
    fn conversations_done(&self, _conversations: usize, _of: usize) {}
}

/// Nobody waits: it is not told of, and never stopped.
impl ExtractProgress for () {}
