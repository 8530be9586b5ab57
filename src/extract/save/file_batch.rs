//! Many files in one folder.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use tempfile::{NamedTempFile, TempPath};

use super::{
    attachment_files::AttachmentFiles,
    attachment_outcome::AttachmentOutcome,
    disk::{Clobber, persist_as, refuse_archive_target, refuse_special, sync_folder},
    error::SaveError,
    outcome::FolderOutcome,
    temporary,
};
use crate::archive::Archive;

/// Files that are written first, brought to the disk together, then named one after the other. A batch
/// dropped before [`FileBatch::commit`] leaves nothing of what is pending.
#[derive(Debug)]
pub struct FileBatch<'a> {
    folder: PathBuf,
    clobber: Clobber,
    /// The archives that are being read: none of their files is replaced.
    archives: &'a [Archive],
    pending: Vec<PendingFile>,
    outcome: FolderOutcome,
    /// The first file of their group, and its name. Goes last.
    group: Option<(NamedTempFile, Arc<str>)>,
}

/// A file that is written and has no name yet.
#[derive(Debug)]
struct PendingFile {
    temporary: TempPath,
    target: PathBuf,
    /// Named and counted when it has its own name, and only then.
    beside: Option<(AttachmentFiles, AttachmentOutcome)>,
}

impl<'a> FileBatch<'a> {
    /// The files brought to the disk at once. An fsync a file would cost more than all the rest of an
    /// extract.
    pub(super) const SIZE: usize = 1_024;

    /// Begins a batch for files in this folder, which must exist. A file of one of these archives is never replaced.
    pub fn new(folder: &Path, clobber: Clobber, archives: &'a [Archive]) -> Self {
        let (folder, pending, outcome) = (folder.to_owned(), Vec::new(), FolderOutcome::default());
        Self { folder, clobber, archives, pending, outcome, group: None }
    }

    /// Returns the name of the group that its temporary files belong to; those of files beside them do too.
    ///
    /// # Errors
    /// Fails where the folder cannot be written.
    pub fn temporary_group(&mut self) -> Result<Arc<str>, SaveError> {
        if let Some((_, group)) = &self.group {
            return Ok(Arc::clone(group));
        }
        let begun =
            temporary::begin(&self.folder).map_err(|error| SaveError::failed(&self.folder, &error))?;
        let (_, group) = self.group.insert(begun);
        Ok(Arc::clone(group))
    }

    /// Writes a file under a temporary name. Every thousand files or so, those so far get their names.
    ///
    /// # Errors
    /// Fails where the disk refuses. A name that is taken is told by [`FileBatch::commit`] instead.
    pub fn add(&mut self, name: &str, contents: &[u8]) -> Result<(), SaveError> {
        self.add_with(name, contents, None)
    }

    /// Writes a file with others beside it, as [`FileBatch::add`] does.
    ///
    /// # Errors
    /// Fails where the disk refuses.
    pub fn add_with(
        &mut self,
        name: &str,
        contents: &[u8],
        beside: Option<(AttachmentFiles, AttachmentOutcome)>,
    ) -> Result<(), SaveError> {
        let target = self.folder.join(name);
        let group = self.temporary_group()?;
        let mut file = temporary::new_file_of_group(&self.folder, &group)
            .map_err(|error| SaveError::failed(&self.folder, &error))?;
        file.as_file_mut().write_all(contents).map_err(|error| SaveError::failed(&target, &error))?;
        // Closed, so that no number of files runs into the limit of open ones.
        self.pending.push(PendingFile { temporary: file.into_temp_path(), target, beside });
        if self.pending.len() >= Self::SIZE { self.flush() } else { Ok(()) }
    }

    /// Names what is pending and returns what became of all files.
    ///
    /// # Errors
    /// Fails where the disk refuses for another reason than a name that is taken.
    pub fn commit(mut self) -> Result<FolderOutcome, SaveError> {
        self.flush()?;
        Ok(std::mem::take(&mut self.outcome))
    }

    fn flush(&mut self) -> Result<(), SaveError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        sync_files(&self.folder, &self.pending).map_err(|error| SaveError::failed(&self.folder, &error))?;
        for PendingFile { target, beside, .. } in &self.pending {
            refuse_archive_target(self.archives, target)?;
            beside.iter().try_for_each(|(files, _)| files.refuse_archive_targets(self.archives))?;
        }
        for PendingFile { temporary, target, beside } in std::mem::take(&mut self.pending) {
            refuse_special(&target)?;
            match persist_as(temporary, &target, self.clobber) {
                Ok(()) => {
                    self.outcome.written += 1;
                    if let Some((mut beside, mut attached)) = beside {
                        let named = beside.name(self.clobber, self.archives)?;
                        attached.count_renamed(named.attached.written);
                        self.outcome.add(FolderOutcome { attached, ..named });
                    }
                }
                Err(SaveError::Exists(_)) => self.outcome.existing.push(target),
                Err(error) => return Err(error),
            }
        }
        sync_folder(&self.folder);
        Ok(())
    }
}

#[cfg(target_os = "linux")]
fn sync_files(folder: &Path, _pending: &[PendingFile]) -> io::Result<()> {
    Ok(rustix::fs::syncfs(std::fs::File::open(folder)?)?)
}

#[cfg(not(target_os = "linux"))]
fn sync_files(_folder: &Path, pending: &[PendingFile]) -> io::Result<()> {
    super::disk::sync_each(pending.iter().flat_map(|pending| {
        std::iter::once(&*pending.temporary)
            .chain(pending.beside.iter().flat_map(|(beside, _)| beside.paths()))
    }))
}
