//! A file that is written before it has its name.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use tempfile::NamedTempFile;

use super::{
    disk::{Clobber, parent_folder, persist_as, refuse_special, sync_folder},
    error::SaveError,
    temporary,
};

/// A file being written: it has no name yet. Dropped before [`PartialFile::commit`], it leaves nothing.
#[derive(Debug)]
pub struct PartialFile {
    target: PathBuf,
    file: NamedTempFile,
    group: Arc<str>,
}

impl PartialFile {
    /// Begins a file in the target's folder, which must exist.
    ///
    /// # Errors
    /// Fails where the target is a folder, a device or a pipe, and where its folder cannot be written.
    pub fn new(target: &Path) -> Result<Self, SaveError> {
        refuse_special(target)?;
        temporary::sweep(parent_folder(target), parent_folder(target));
        let begun = temporary::begin(parent_folder(target));
        let (file, group) = begun.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                SaveError::Failed(format!("cannot write {}: its folder does not exist", target.display()))
            }
            _ => SaveError::failed(target, &error),
        })?;
        Ok(Self { target: target.to_owned(), file, group })
    }

    /// Returns the name of the group that its temporary file begins; those of files beside it belong to it.
    pub fn group(&self) -> Arc<str> {
        Arc::clone(&self.group)
    }

    /// Brings it to the disk and gives it its name.
    ///
    /// # Errors
    /// Fails where the disk refuses, and with [`SaveError::Exists`].
    pub fn commit(self, clobber: Clobber) -> Result<(), SaveError> {
        let Self { target, file, .. } = self;
        file.as_file().sync_all().map_err(|error| SaveError::failed(&target, &error))?;
        persist_as(file.into_temp_path(), &target, clobber)?;
        sync_folder(parent_folder(&target));
        Ok(())
    }
}

impl Write for PartialFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_file_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_file_mut().flush()
    }
}
