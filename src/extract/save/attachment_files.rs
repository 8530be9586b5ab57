//! The attachments of a text: files in a folder beside it.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use tempfile::TempPath;

use super::{
    disk::{
        Clobber, create_attachment_folder, parent_folder, persist_as, refuse_archive_target, refuse_special,
        sync_each, sync_folder,
    },
    error::SaveError,
    outcome::FolderOutcome,
    temporary,
};
use crate::archive::Archive;

/// Files that belong to another one, in a folder beside it that is made for the first of them. They get their names
/// after it. Dropped before that, they leave nothing, nor does a folder that was made for them.
#[derive(Debug)]
pub struct AttachmentFiles {
    folder: PathBuf,
    group: Arc<str>,
    made: bool,
    files: Vec<(TempPath, PathBuf)>,
}

impl AttachmentFiles {
    /// Begins without files, for this folder. Their temporary names are of this group.
    pub fn new(folder: PathBuf, group: Arc<str>) -> Self {
        Self { folder, group, made: false, files: Vec::new() }
    }

    /// Returns the folder they stand in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes one under a temporary name. `write` tells whether it is worth keeping.
    ///
    /// # Errors
    /// Fails where the folder cannot be made, the file not written, or `write` fails, and where one of these archives
    /// is being read from the file of that name.
    pub fn add(
        &mut self,
        name: &str,
        archives: &[Archive],
        write: impl FnOnce(&mut dyn Write) -> io::Result<bool>,
    ) -> Result<bool, SaveError> {
        let target = self.folder.join(name);
        refuse_archive_target(archives, &target)?;
        if self.files.is_empty() {
            if create_attachment_folder(&self.folder)? {
                self.made = true;
            } else {
                temporary::remove_stale_temporaries(&self.folder, parent_folder(&self.folder));
            }
        }
        let mut file = temporary::new_file_of_group(&self.folder, &self.group)
            .map_err(|error| SaveError::failed(&target, &error))?;
        let kept = write(file.as_file_mut()).map_err(|error| SaveError::failed(&target, &error))?;
        if kept {
            self.files.push((file.into_temp_path(), target));
        }
        Ok(kept)
    }

    /// Brings them to the disk and names them. Those whose names are taken are told.
    ///
    /// # Errors
    /// Fails where the disk refuses one for another reason than a name that is taken, and where one of these archives
    /// is being read from a file that would be replaced.
    pub fn commit(mut self, clobber: Clobber, archives: &[Archive]) -> Result<FolderOutcome, SaveError> {
        sync_each(self.paths()).map_err(|error| SaveError::failed(&self.folder, &error))?;
        self.name(clobber, archives)
    }

    /// Refuses names that are those of files that an archive is being read from.
    ///
    /// # Errors
    /// Fails with the first that is.
    pub fn refuse_archive_targets(&self, archives: &[Archive]) -> Result<(), SaveError> {
        self.files.iter().try_for_each(|(_, target)| refuse_archive_target(archives, target))
    }

    /// Lists the temporary paths of the files that have no names yet.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|(temporary, _)| &**temporary)
    }

    /// Names them, once they are on the disk.
    pub(super) fn name(
        &mut self,
        clobber: Clobber,
        archives: &[Archive],
    ) -> Result<FolderOutcome, SaveError> {
        self.refuse_archive_targets(archives)?;
        let mut outcome = FolderOutcome::default();
        let some = !self.files.is_empty();
        for (temporary, target) in std::mem::take(&mut self.files) {
            refuse_special(&target)?;
            match persist_as(temporary, &target, clobber) {
                Ok(()) => outcome.attached.written += 1,
                Err(SaveError::Exists(_)) => outcome.existing.push(target),
                Err(error) => return Err(error),
            }
        }
        if some {
            sync_folder(&self.folder);
        }
        Ok(outcome)
    }
}

impl Drop for AttachmentFiles {
    fn drop(&mut self) {
        self.files.clear();
        if self.made {
            // Only what is empty goes.
            let _ = std::fs::remove_dir(&self.folder);
        }
    }
}
