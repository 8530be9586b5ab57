//! The secrets of what is extracted, before any of it is written: those that the conversations say, and those of their
//! original objects, where keys and numbers stand that a conversation does not have. So every format takes out the same.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use super::{
    error::ExtractError,
    extraction::{Selection, is_original},
    progress::ExtractProgress,
    redaction::{Redaction, Secrets},
};
use crate::{conversation::ObjectLocation, parallel};

/// Returns the secrets of each conversation that are to be taken out. Reads each archive once. Where an original is not
/// what it was, less would be known than is there: then nothing is written.
///
/// # Errors
/// Fails where an original cannot be read any more, and with [`ExtractError::Stopped`].
pub(super) fn collect_secrets(
    redaction: &Redaction,
    selection: Selection<'_>,
    progress: &dyn ExtractProgress,
) -> Result<Vec<Secrets>, ExtractError> {
    let Selection { archives, conversations } = selection;
    if !redaction.is_wanted() {
        return Ok(conversations.iter().map(|_| Secrets::default()).collect());
    }
    let secrets = conversation_secrets(redaction, selection, progress);
    let mut secrets = secrets.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut sources: Vec<(ObjectLocation, usize)> = conversations
        .iter()
        .enumerate()
        .map(|(index, conversation)| (conversation.object_location, index))
        .collect();
    sources.retain(|(source, _)| source.length > 0);
    sources.sort_unstable();
    for sources in sources.chunk_by(|left, right| left.0.archive == right.0.archive) {
        let archive = archives.get(usize::from(sources[0].0.archive)).ok_or(ExtractError::ArchiveNotOpen)?;
        let places: Vec<ObjectLocation> = sources.iter().map(|&(source, _)| source).collect();
        let mut changed = false;
        let read = archive.read_objects(&places, &mut |_| progress.should_continue(), &mut |place, bytes| {
            let index = sources[place].1;
            changed = !is_original(conversations[index], bytes);
            if !changed {
                secrets[index].learn_original(bytes);
            }
            !changed && progress.should_continue()
        });
        if changed {
            return Err(archive.changed_error().into());
        }
        read?;
    }
    if !progress.should_continue() {
        return Err(ExtractError::Stopped);
    }
    secrets.iter_mut().for_each(Secrets::finish_learning);
    Ok(secrets)
}

/// Looks through all conversations, on as many threads as there are processors.
fn conversation_secrets(
    redaction: &Redaction,
    selection: Selection<'_>,
    progress: &dyn ExtractProgress,
) -> Mutex<Vec<Secrets>> {
    let conversations = selection.conversations;
    let secrets = Mutex::new(conversations.iter().map(|_| Secrets::default()).collect::<Vec<_>>());
    let next = AtomicUsize::new(0);
    let work = || {
        while progress.should_continue() {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(conversation) = conversations.get(index) else { break };
            let found = redaction.secrets(conversation);
            secrets.lock().unwrap_or_else(PoisonError::into_inner)[index] = found;
        }
    };
    parallel::run_on_threads(parallel::available(conversations.len().div_ceil(16)), &work);
    secrets
}
