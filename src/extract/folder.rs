//! Writes many conversations to a file each in one folder.

use std::{
    cell::Cell,
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use super::{
    error::ExtractError,
    extraction::{Extraction, Selection, is_original},
    original_secrets,
    progress::ExtractProgress,
    redaction::Secrets,
    save::{
        self, Clobber, FileBatch, FolderOutcome, SaveError,
        attachments::{AttachmentWriter, attachments_folder_for},
        names::TakenNames,
        refuse_archive_target, refuse_archive_targets_in,
    },
};
use crate::{
    archive::Archive,
    conversation::{Conversation, ObjectLocation},
    parallel,
};

/// Writes a folder of files; see [`Extraction::to_folder`].
pub(super) fn write(
    extraction: &Extraction,
    selection: Selection<'_>,
    folder: &Path,
    progress: &dyn ExtractProgress,
) -> Result<FolderOutcome, ExtractError> {
    save::create_folder(folder)?;
    save::remove_stale_temporaries(folder);
    let options = &extraction.options;
    let secrets = match original_secrets::collect_secrets(&extraction.redaction, selection, progress) {
        Err(ExtractError::Stopped) => return Ok(FolderOutcome::default()),
        secrets => secrets?,
    };
    let mut names = TakenNames::new();
    let files = selection.conversations.iter().zip(secrets);
    let files = files.map(|(&conversation, secrets)| {
        let name = names.name(&secrets.title_and_id(conversation), options.format.extension(), &options.zone);
        NamedFile { conversation, secrets, name }
    });
    let files: Vec<NamedFile<'_>> = files.collect();
    for file in &files {
        let target = folder.join(&file.name);
        refuse_archive_target(selection.archives, &target)?;
        if options.attachments && extraction.clobber == Clobber::Replace {
            refuse_archive_targets_in(selection.archives, &attachments_folder_for(&target))?;
        }
    }
    let job = FolderJob { extraction, archives: selection.archives, folder, files, progress };
    if options.format.is_original() { job.originals() } else { job.texts() }
}

/// A file to be written, with its name.
struct NamedFile<'a> {
    conversation: &'a Conversation,
    secrets: Secrets,
    name: String,
}

/// Files to be written.
struct FolderJob<'a> {
    extraction: &'a Extraction,
    archives: &'a [Archive],
    folder: &'a Path,
    files: Vec<NamedFile<'a>>,
    progress: &'a dyn ExtractProgress,
}

impl FolderJob<'_> {
    fn batch(&self) -> FileBatch<'_> {
        FileBatch::new(self.folder, self.extraction.clobber, self.archives)
    }

    fn attachment_writer(
        &self,
        name: &str,
        batch: &mut FileBatch<'_>,
    ) -> Result<AttachmentWriter<'_>, SaveError> {
        Ok(AttachmentWriter::of(
            &self.folder.join(name),
            batch.temporary_group()?,
            &self.extraction.redaction,
        ))
    }

    /// Reports the progress; returns whether to go on.
    fn report_progress(&self, made: usize) -> bool {
        self.progress.conversations_done(made, self.files.len());
        self.progress.should_continue()
    }

    /// Makes and writes texts on as many threads as there are processors, each with its own batch.
    fn texts(&self) -> Result<FolderOutcome, ExtractError> {
        let next = AtomicUsize::new(0);
        let stopped = AtomicBool::new(false);
        let total = Mutex::new(FolderOutcome::default());
        let failure = Mutex::new(None);
        let write = || -> Result<(), ExtractError> {
            let mut batch = self.batch();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(file) = self.files.get(index).filter(|_| !stopped.load(Ordering::Relaxed)) else {
                    break;
                };
                self.text(file, &mut batch)?;
                if !self.report_progress(index + 1) {
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
        parallel::run_on_threads(parallel::available(self.files.len().div_ceil(16)), &work);
        if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(error);
        }
        Ok(total.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    fn text(&self, file: &NamedFile<'_>, batch: &mut FileBatch<'_>) -> Result<(), ExtractError> {
        let Extraction { options, redaction, .. } = self.extraction;
        let NamedFile { conversation, secrets, name } = file;
        redaction.count(secrets);
        let redacted = secrets.redacted_conversation(conversation);
        if !options.attachments {
            return Ok(batch.add(name, super::format_conversation(&redacted, options).as_bytes())?);
        }
        let mut attachments = self.attachment_writer(name, batch)?;
        let options =
            attachments.write_attachments(self.archives, conversation, &redacted, secrets, options)?;
        let text = super::format_conversation(&redacted, &options);
        Ok(batch.add_with(name, text.as_bytes(), Some(attachments.into_parts()))?)
    }

    /// Writes original objects, in one pass over each archive in the order of its bytes.
    fn originals(&self) -> Result<FolderOutcome, ExtractError> {
        let mut wanted: Vec<(ObjectLocation, &NamedFile<'_>)> =
            self.files.iter().map(|file| (file.conversation.object_location, file)).collect();
        wanted.sort_unstable_by_key(|&(location, file)| (location, &*file.name));
        let mut batch = self.batch();
        let mut done = 0;
        for wanted in wanted.chunk_by(|left, right| left.0.archive == right.0.archive) {
            let archive =
                self.archives.get(usize::from(wanted[0].0.archive)).ok_or(ExtractError::ArchiveNotOpen)?;
            let locations: Vec<ObjectLocation> = wanted.iter().map(|&(location, ..)| location).collect();
            let mut failure = None;
            let mut stopped = false;
            let so_far = Cell::new(done);
            let read = archive.read_objects(
                &locations,
                &mut |_| self.report_progress(so_far.get()),
                &mut |index, bytes| {
                    let file = wanted[index].1;
                    let result = if is_original(file.conversation, bytes) {
                        self.original(file, bytes, &mut batch)
                    } else {
                        Err(archive.changed_error().into())
                    };
                    if let Err(error) = result {
                        failure = Some(error);
                        return false;
                    }
                    so_far.set(so_far.get() + 1);
                    stopped = !self.report_progress(so_far.get());
                    !stopped
                },
            );
            if let Some(error) = failure {
                return Err(error);
            }
            done = so_far.get();
            if stopped || !self.report_progress(done) {
                break;
            }
            read?;
        }
        Ok(batch.commit()?)
    }

    fn original(
        &self,
        file: &NamedFile<'_>,
        bytes: &[u8],
        batch: &mut FileBatch<'_>,
    ) -> Result<(), ExtractError> {
        let Extraction { options, redaction, .. } = self.extraction;
        let NamedFile { conversation, secrets, name } = file;
        redaction.count(secrets);
        let mut attachments = self.attachment_writer(name, batch)?;
        if options.attachments {
            let redacted = secrets.redacted_conversation(conversation);
            attachments.write_attachments(self.archives, conversation, &redacted, secrets, options)?;
        }
        Ok(batch.add_with(name, &secrets.redacted_original(bytes), Some(attachments.into_parts()))?)
    }
}
