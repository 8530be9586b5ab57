//! Writes files so that nothing is ever half there and nothing is lost.
//!
//! A file is written under another name (beginning with a dot) in its own folder, brought to the disk, and then given
//! its name in one step: whatever happens on the way leaves the old file, or none. That an existing file is not
//! replaced is the system call's doing (`renameat2`, `link`), not a look beforehand; so is that a symbolic link in
//! the last component is not followed. Files are for their owner only (mode 0600, folders 0700). What a run that was killed
//! left under such a name is removed by the next.

pub mod attachments;
pub mod names;

mod attachment_files;
mod attachment_outcome;
mod disk;
mod error;
mod file_batch;
mod outcome;
mod partial_file;
mod temporary;

use std::{io::Write as _, path::Path};

pub use self::{
    attachment_files::AttachmentFiles,
    disk::{Clobber, create_folder, refuse_archive_target},
    error::SaveError,
    file_batch::FileBatch,
    outcome::{FileOutcome, FolderOutcome},
    partial_file::PartialFile,
};

pub(super) use self::disk::refuse_archive_targets_in;

/// Removes from a folder the temporary files that a run left which was killed.
pub fn remove_stale_temporaries(folder: &Path) {
    temporary::remove_stale_temporaries(folder, folder);
}

/// Writes one file, whole or not at all.
///
/// # Errors
/// Fails where the disk refuses, where the path is a folder, a device or a pipe, and with
/// [`SaveError::Exists`].
pub fn save(path: &Path, contents: &[u8], clobber: Clobber) -> Result<(), SaveError> {
    let mut partial = PartialFile::new(path)?;
    partial.write_all(contents).map_err(|error| SaveError::failed(path, &error))?;
    partial.commit(clobber)
}

#[cfg(all(test, unix))]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a folder to write in")
    }

    fn entries(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .expect("it was made above")
            .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("it was written").permissions().mode() & 0o777
    }

    #[test]
    fn a_file_is_for_its_owner_only_and_nothing_else_is_left() {
        let folder = folder();
        let path = folder.path().join("a.md");
        save(&path, b"text", Clobber::Never).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"text");
        assert_eq!(mode(&path), 0o600);
        assert_eq!(entries(folder.path()), ["a.md"]);
    }

    #[test]
    fn an_existing_file_is_left_unless_told() {
        let folder = folder();
        let path = folder.path().join("a.md");
        fs::write(&path, "old").unwrap();
        let error = save(&path, b"new", Clobber::Never).unwrap_err();
        assert_eq!(error, SaveError::Exists(path.display().to_string()));
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(entries(folder.path()), ["a.md"]);
        save(&path, b"new", Clobber::Replace).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(mode(&path), 0o600);
    }

    #[test]
    fn a_link_is_never_followed() {
        let folder = folder();
        let (victim, link) = (folder.path().join("victim"), folder.path().join("link"));
        fs::write(&victim, "precious").unwrap();
        std::os::unix::fs::symlink(&victim, &link).unwrap();
        assert!(matches!(save(&link, b"x", Clobber::Never), Err(SaveError::Exists(_))));
        save(&link, b"x", Clobber::Replace).unwrap();
        assert_eq!(fs::read(&victim).unwrap(), b"precious");
        let dangling = folder.path().join("dangling");
        std::os::unix::fs::symlink(folder.path().join("nowhere"), &dangling).unwrap();
        assert!(matches!(save(&dangling, b"x", Clobber::Never), Err(SaveError::Exists(_))));
        assert!(!folder.path().join("nowhere").exists());
    }

    #[test]
    fn devices_folders_and_missing_folders_are_named_in_one_line() {
        let folder = folder();
        for clobber in [Clobber::Never, Clobber::Replace] {
            let told = |path: &Path| save(path, b"x", clobber).unwrap_err().to_string();
            assert_eq!(
                told(Path::new("/dev/full")),
                "cannot write /dev/full: it is a device or a pipe, no file"
            );
            assert!(told(Path::new("/dev/stdout")).starts_with("cannot write /dev/stdout: it is a device"));
            assert!(told(folder.path()).ends_with(": it is a folder"));
            assert!(told(Path::new("/")).ends_with(": it is a folder"));
            assert!(told(&folder.path().join("no/a.md")).ends_with("its folder does not exist"));
        }
        assert!(entries(folder.path()).is_empty());
    }

    #[test]
    fn a_file_that_was_not_finished_leaves_nothing() {
        let folder = folder();
        let mut partial = PartialFile::new(&folder.path().join("a.md")).unwrap();
        partial.write_all(b"half").unwrap();
        let pending = entries(folder.path());
        assert!(pending.len() == 1 && pending[0].starts_with('.'), "{pending:?}");
        drop(partial);
        assert!(entries(folder.path()).is_empty());
        let mut batch = FileBatch::new(folder.path(), Clobber::Never, &[]);
        batch.add("a.md", b"half").unwrap();
        drop(batch);
        assert!(entries(folder.path()).is_empty());
    }

    #[test]
    fn many_files_are_named_together_and_existing_ones_are_told() {
        let folder = folder();
        let inner = folder.path().join("x/y");
        create_folder(&inner).unwrap();
        assert_eq!(mode(&inner), 0o700);
        create_folder(&inner).unwrap();
        fs::write(inner.join("7.md"), "old").unwrap();
        let mut batch = FileBatch::new(&inner, Clobber::Never, &[]);
        for number in 0..FileBatch::SIZE + 10 {
            batch.add(&format!("{number}.md"), number.to_string().as_bytes()).unwrap();
        }
        let outcome = batch.commit().unwrap();
        assert_eq!(outcome.written, FileBatch::SIZE + 9);
        assert_eq!(outcome.existing, [inner.join("7.md")]);
        assert_eq!(fs::read(inner.join("7.md")).unwrap(), b"old");
        assert_eq!(fs::read(inner.join("1030.md")).unwrap(), b"1030");
        assert_eq!(mode(&inner.join("3.md")), 0o600);
        assert_eq!(entries(&inner).len(), FileBatch::SIZE + 10);
    }

    #[test]
    fn a_file_in_the_way_of_a_folder_is_told() {
        let folder = folder();
        let path = folder.path().join("file");
        fs::write(&path, "").unwrap();
        assert!(create_folder(&path).unwrap_err().to_string().ends_with("there is a file of that name"));
    }

    #[test]
    fn what_is_no_file_is_not_replaced_by_one_of_many_or_by_an_attachment() {
        use std::os::unix::net::UnixListener;

        let folder = folder();
        let (path, beside) = (folder.path().join("a.md"), folder.path().join("b-files"));
        let _listens = UnixListener::bind(&path).unwrap();
        let mut batch = FileBatch::new(folder.path(), Clobber::Replace, &[]);
        batch.add("a.md", b"text").unwrap();
        let told = batch.commit().unwrap_err().to_string();
        assert!(told.ends_with("it is a device or a pipe, no file"), "{told}");
        let mut files = AttachmentFiles::new(beside.clone(), "group".into());
        files.add("a.png", &[], |file| file.write_all(b"picture").map(|()| true)).unwrap();
        let _listens_too = UnixListener::bind(beside.join("a.png")).unwrap();
        let told = files.commit(Clobber::Replace, &[]).unwrap_err().to_string();
        assert!(told.ends_with("it is a device or a pipe, no file"), "{told}");
        assert!(
            !fs::metadata(&path).unwrap().is_file() && !fs::metadata(beside.join("a.png")).unwrap().is_file()
        );
    }
}
