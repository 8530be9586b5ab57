//! The steps that every file goes through, each safe by itself.

use std::{
    fs::{DirBuilder, File},
    io,
    path::Path,
};

use tempfile::TempPath;

use super::error::SaveError;
use crate::{archive::Archive, io_error::io_error_text};

/// The treatment of a file that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clobber {
    /// Leave it and say so.
    Never,
    /// Replace it. Only a file: never a folder, a device or what a link leads to.
    Replace,
}

/// Makes a folder and those above it, for their owner only. One that exists already stays as it is.
///
/// # Errors
/// Fails where the system refuses, and where a file has that name.
pub fn create_folder(path: &Path) -> Result<(), SaveError> {
    for_its_owner().recursive(true).create(path).map_err(|error| {
        let reason = if path.symlink_metadata().is_ok_and(|found| !found.is_dir()) {
            "there is a file of that name".to_owned()
        } else {
            io_error_text(&error)
        };
        SaveError::Failed(format!("cannot make the folder {}: {reason}", path.display()))
    })
}

/// Makes one folder, for its owner only, and tells whether it had to. A link to a folder is refused: what it
/// leads to is not ours.
pub(super) fn create_attachment_folder(folder: &Path) -> Result<bool, SaveError> {
    let error = match for_its_owner().create(folder) {
        Ok(()) => return Ok(true),
        Err(error) => error,
    };
    let reason = match folder.symlink_metadata() {
        Ok(found) if found.is_dir() => return Ok(false),
        Ok(_) => "there is a file or a link of that name".to_owned(),
        Err(_) => io_error_text(&error),
    };
    Err(SaveError::Failed(format!("cannot make the folder {}: {reason}", folder.display())))
}

/// Returns a builder of folders for their owner only.
#[cfg(unix)]
fn for_its_owner() -> DirBuilder {
    use std::os::unix::fs::DirBuilderExt;

    let mut builder = DirBuilder::new();
    builder.mode(0o700);
    builder
}

/// Returns a builder of folders; those of a person's home are theirs only.
#[cfg(not(unix))]
fn for_its_owner() -> DirBuilder {
    DirBuilder::new()
}

/// Returns the folder a path is in; the current one is `.`, not nothing.
pub(super) fn parent_folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Refuses a target that is a file of an archive that is being read, by whatever name.
///
/// # Errors
/// Fails with the target that is.
pub fn refuse_archive_target(archives: &[Archive], target: &Path) -> Result<(), SaveError> {
    if archives.iter().any(|archive| archive.is_read_from(target)) {
        let target = target.display();
        return Err(SaveError::Failed(format!("cannot write {target}: the archive is being read from it")));
    }
    Ok(())
}

/// Refuses a folder of attachments in which a file stands that an archive is being read from. What its files will be
/// called is told by the archive, too late for files that have their names already.
///
/// # Errors
/// Fails with the first file that is.
pub(in crate::extract) fn refuse_archive_targets_in(
    archives: &[Archive],
    folder: &Path,
) -> Result<(), SaveError> {
    let Ok(items) = std::fs::read_dir(folder) else { return Ok(()) };
    items.flatten().try_for_each(|item| refuse_archive_target(archives, &item.path()))
}

/// Gives a written file its name in one step.
pub(super) fn persist_as(temporary: TempPath, target: &Path, clobber: Clobber) -> Result<(), SaveError> {
    let result = match clobber {
        Clobber::Never => temporary.persist_noclobber(target),
        Clobber::Replace => temporary.persist(target),
    };
    result.map_err(|failed| match failed.error.kind() {
        io::ErrorKind::AlreadyExists => SaveError::Exists(target.display().to_string()),
        _ => SaveError::failed(target, &failed.error),
    })
}

/// Refuses to replace a folder, a device or a pipe, or a link to one: `-o /dev/full` by root would be the end
/// of it.
pub(super) fn refuse_special(target: &Path) -> Result<(), SaveError> {
    let failed =
        |what: &str| Err(SaveError::Failed(format!("cannot write {}: it is {what}", target.display())));
    if target.file_name().is_none() {
        return failed("a folder");
    }
    let Ok(found) = target.symlink_metadata() else { return Ok(()) };
    let found = if found.is_symlink() {
        match target.metadata() {
            Ok(_) if parent_folder(target) == Path::new("/dev") => return failed("a device"),
            Ok(behind) => behind,
            Err(_) => return Ok(()),
        }
    } else {
        found
    };
    match (found.is_file(), found.is_dir()) {
        (true, _) => Ok(()),
        (_, true) => failed("a folder"),
        _ => failed("a device or a pipe, no file"),
    }
}

/// Brings each of these to the disk.
pub(super) fn sync_each<'a>(mut paths: impl Iterator<Item = &'a Path>) -> io::Result<()> {
    paths.try_for_each(|path| std::fs::OpenOptions::new().write(true).open(path)?.sync_all())
}

/// Makes new names last. The files are whole without it, so a file system that cannot do it is not a failure.
pub(super) fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}
