//! Many conversations to a file each in one folder. The UI and the subcommand call the same function.

use std::{
    ops::Deref,
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use super::{
    Format, Options,
    redaction::Redaction,
    save::{self, Batch, Clobber, Outcome, SaveError, attachments::Beside, names::Names},
};
use crate::{
    archive::{Archive, ArchiveError},
    conversation::{Conversation, Source},
    parallel,
};

/// Why not all files were written; those that were are whole.
#[derive(Debug, thiserror::Error)]
pub enum ManyError {
    /// A file could not be written.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// An original object could not be read again.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// An archive that a conversation is from is not among those given.
    #[error("the archive that a conversation is from is not open: open it again")]
    Closed,
}

/// Writes each conversation to a file of its own. The folder is made if need be. Names are given out beforehand, in
/// the order of the conversations, so that the same choice gives the same names. `watch` hears how many files are
/// made so far, from several threads; `false` stops, and what is there stays, whole. All passes the redaction, the names
/// too.
pub fn write_each<C: Deref<Target = Conversation> + Sync>(
    archives: &[Archive],
    conversations: &[C],
    options: &Options,
    redaction: &Redaction,
    folder: &Path,
    clobber: Clobber,
    watch: &(dyn Fn(usize) -> bool + Sync),
) -> Result<Outcome, ManyError> {
    save::create_folder(folder)?;
    let mut names = Names::new();
    let files: Vec<(&Conversation, String)> = conversations
        .iter()
        .map(|conversation| {
            let name = names.name(&redaction.named(conversation), options.format.extension(), &options.zone);
            (&**conversation, name)
        })
        .collect();
    if options.format == Format::Json {
        originals(archives, &files, options, redaction, folder, clobber, watch)
    } else {
        Ok(texts(archives, &files, options, redaction, folder, clobber, watch)?)
    }
}

/// Texts are made and written by as many threads as there are processors, each with its own batch.
fn texts(
    archives: &[Archive],
    files: &[(&Conversation, String)],
    options: &Options,
    redaction: &Redaction,
    folder: &Path,
    clobber: Clobber,
    watch: &(dyn Fn(usize) -> bool + Sync),
) -> Result<Outcome, SaveError> {
    let next = AtomicUsize::new(0);
    let stopped = AtomicBool::new(false);
    let total = Mutex::new(Outcome::default());
    let failure = Mutex::new(None);
    let write = || -> Result<(), SaveError> {
        let mut batch = Batch::new(folder, clobber);
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some((conversation, name)) = files.get(index).filter(|_| !stopped.load(Ordering::Relaxed))
            else {
                break;
            };
            let conversation = redaction.conversation(conversation);
            if options.attachments {
                let mut beside = Beside::of(&folder.join(name), redaction);
                let options = beside.take(archives, &conversation, options)?;
                let text = super::conversation(&conversation, &options);
                batch.add_with(name, text.as_bytes(), Some(beside.into_parts()))?;
            } else {
                batch.add(name, super::conversation(&conversation, options).as_bytes())?;
            }
            if !watch(index + 1) {
                stopped.store(true, Ordering::Relaxed);
            }
        }
        let outcome = batch.commit()?;
        total.lock().unwrap_or_else(PoisonError::into_inner).add(outcome);
        Ok(())
    };
    let work = || {
        if let Err(error) = write() {
            // The others need not go on.
            stopped.store(true, Ordering::Relaxed);
            failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        }
    };
    parallel::together(parallel::available(files.len().div_ceil(16)), &work);
    if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    Ok(total.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Original objects, in one pass over each archive in the order of its bytes.
fn originals(
    archives: &[Archive],
    files: &[(&Conversation, String)],
    options: &Options,
    redaction: &Redaction,
    folder: &Path,
    clobber: Clobber,
    watch: &(dyn Fn(usize) -> bool + Sync),
) -> Result<Outcome, ManyError> {
    let mut wanted: Vec<(Source, &str, &Conversation)> = files
        .iter()
        .map(|(conversation, name)| (conversation.source, name.as_str(), *conversation))
        .collect();
    wanted.sort_unstable_by_key(|&(source, name, _)| (source, name));
    let mut batch = Batch::new(folder, clobber);
    let mut done = 0;
    for wanted in wanted.chunk_by(|left, right| left.0.archive == right.0.archive) {
        let archive = archives.get(usize::from(wanted[0].0.archive)).ok_or(ManyError::Closed)?;
        let sources: Vec<Source> = wanted.iter().map(|&(source, ..)| source).collect();
        let mut failure = None;
        let mut stopped = false;
        let so_far = std::cell::Cell::new(done);
        let read = archive.read_objects(&sources, &mut |_| watch(so_far.get()), &mut |index, bytes| {
            let (_, name, conversation) = wanted[index];
            let mut add = || {
                let mut beside = Beside::of(&folder.join(name), redaction);
                if options.attachments {
                    beside.take(archives, &redaction.uncounted(conversation), options)?;
                }
                batch.add_with(name, &redaction.original(bytes), Some(beside.into_parts()))
            };
            if let Err(error) = add() {
                failure = Some(error);
                return false;
            }
            so_far.set(so_far.get() + 1);
            stopped = !watch(so_far.get());
            !stopped
        });
        if let Some(error) = failure {
            return Err(error.into());
        }
        done = so_far.get();
        if stopped || !watch(done) {
            break;
        }
        read?;
    }
    Ok(batch.commit()?)
}
