//! A file that is written before it has its name.

use std::{
    fs::File,
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
        temporary::remove_stale_temporaries(parent_folder(target), parent_folder(target));
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
    pub fn temporary_group(&self) -> Arc<str> {
        Arc::clone(&self.group)
    }

    /// Brings it to the disk and gives it its name.
    ///
    /// # Errors
    /// Fails where the disk refuses, and with [`SaveError::Exists`].
    pub fn commit(self, clobber: Clobber) -> Result<(), SaveError> {
        self.name(clobber).map(drop)
    }

    /// Names it and returns it, still locked: closed before it has its own name, it would look like what a killed run left.
    fn name(self, clobber: Clobber) -> Result<File, SaveError> {
        let Self { target, file, .. } = self;
        file.as_file().sync_all().map_err(|error| SaveError::failed(&target, &error))?;
        let (file, path) = file.into_parts();
        persist_as(path, &target, clobber)?;
        sync_folder(parent_folder(&target));
        Ok(file)
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::fs::{FlockOperation, flock};

    use super::*;

    #[test]
    fn a_file_is_locked_until_it_has_its_own_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.md");
        let mut partial = PartialFile::new(&path).expect("it can be written");
        partial.write_all(b"text").expect("it can be written");
        let held = partial.name(Clobber::Never).expect("it gets its name");
        let named = File::open(&path).expect("it has its name");
        assert!(flock(&named, FlockOperation::NonBlockingLockExclusive).is_err());
        drop(held);
        assert!(flock(&named, FlockOperation::NonBlockingLockExclusive).is_ok());
    }
}
