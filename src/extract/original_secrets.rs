//! The secrets of what is extracted, before any of it is written: those that the conversations say, and those of their
//! original objects, where keys and numbers stand that a conversation does not have. So every format takes out the same.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use super::{
    error::ExtractError,
    extraction::Selection,
    redaction::{Redaction, Secrets},
    watch::Watch,
};
use crate::{conversation::Source, parallel};

/// Returns the secrets of each conversation that are to be taken out. Reads each archive once; an original that cannot
/// be read has none to tell, and is not written either.
///
/// # Errors
/// Fails with [`ExtractError::Stopped`].
pub(super) fn of(
    redaction: &Redaction,
    what: Selection<'_>,
    watch: &dyn Watch,
) -> Result<Vec<Secrets>, ExtractError> {
    let Selection { archives, conversations } = what;
    if !redaction.is_wanted() {
        return Ok(conversations.iter().map(|_| Secrets::default()).collect());
    }
    let secrets = said(redaction, what, watch);
    let mut secrets = secrets.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut sources: Vec<(Source, usize)> =
        conversations.iter().enumerate().map(|(index, conversation)| (conversation.source, index)).collect();
    sources.retain(|(source, _)| source.length > 0);
    sources.sort_unstable();
    for sources in sources.chunk_by(|left, right| left.0.archive == right.0.archive) {
        let Some(archive) = archives.get(usize::from(sources[0].0.archive)) else { continue };
        let places: Vec<Source> = sources.iter().map(|&(source, _)| source).collect();
        let _ = archive.read_objects(&places, &mut |_| watch.goes_on(), &mut |index, bytes| {
            secrets[sources[index].1].learn_original(bytes);
            watch.goes_on()
        });
        if !watch.goes_on() {
            return Err(ExtractError::Stopped);
        }
    }
    secrets.iter_mut().for_each(Secrets::settle);
    Ok(secrets)
}

/// Looks through all conversations, on as many threads as there are processors.
fn said(redaction: &Redaction, what: Selection<'_>, watch: &dyn Watch) -> Mutex<Vec<Secrets>> {
    let conversations = what.conversations;
    let secrets = Mutex::new(conversations.iter().map(|_| Secrets::default()).collect::<Vec<_>>());
    let next = AtomicUsize::new(0);
    let work = || {
        while watch.goes_on() {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(conversation) = conversations.get(index) else { break };
            let found = redaction.secrets(conversation);
            secrets.lock().unwrap_or_else(PoisonError::into_inner)[index] = found;
        }
    };
    parallel::together(parallel::available(conversations.len().div_ceil(16)), &work);
    secrets
}
