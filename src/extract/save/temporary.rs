//! Temporary files: what they are called, and the removal of those that a killed run left.
//!
//! What is written before it has its own name is called `.unspool-GROUP.tmp` or `.unspool-GROUP-MORE.tmp`. The first of
//! a group is locked for as long as somebody writes it or one of the others. A lock ends with its process, however that
//! ended: who gets it may remove them all.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use tempfile::NamedTempFile;

const PREFIX: &str = ".unspool-";
const SUFFIX: &str = ".tmp";
/// The letters and digits that name a group.
const GROUP_LETTERS: usize = 12;
/// Those that a further file of a group has behind its name.
const FURTHER_LETTERS: usize = 8;
/// The number of times that another name is tried, should somebody remove the file in the moment it is made.
const MAX_TRIES: usize = 8;

/// Begins a group in a folder: a new file for its owner only, locked, and the name of the group.
pub(super) fn begin(folder: &Path) -> io::Result<(NamedTempFile, Arc<str>)> {
    for _ in 0..MAX_TRIES {
        let file = tempfile::Builder::new()
            .prefix(PREFIX)
            .suffix(SUFFIX)
            .rand_bytes(GROUP_LETTERS)
            .tempfile_in(folder)?;
        let name = file.path().file_name().unwrap_or_default().to_string_lossy();
        if let Some(group) = parsed(&name)
            && lock_new_file(file.as_file())
        {
            let group = group.into();
            return Ok((file, group));
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Makes another file of a group, in its folder or in one within that.
pub(super) fn new_file_of_group(folder: &Path, group: &str) -> io::Result<NamedTempFile> {
    let prefix = format!("{PREFIX}{group}-");
    tempfile::Builder::new().prefix(&prefix).suffix(SUFFIX).rand_bytes(FURTHER_LETTERS).tempfile_in(folder)
}

/// Returns the group in a name that was made here, and in no other.
fn parsed(name: &str) -> Option<&str> {
    let middle = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
    let (group, further) = match middle.split_once('-') {
        Some((group, further)) => (group, Some(further)),
        None => (middle, None),
    };
    let is_made = |text: &str, letters: usize| {
        text.len() == letters && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let ours =
        is_made(group, GROUP_LETTERS) && further.is_none_or(|further| is_made(further, FURTHER_LETTERS));
    ours.then_some(group)
}

/// Locks a file that was just made. Where there are no locks it is nobody's, and is left alone.
#[cfg(unix)]
fn lock_new_file(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;

    use rustix::{
        fs::{FlockOperation, flock},
        io::Errno,
    };

    // Whoever removes what is left may have been quicker.
    flock(file, FlockOperation::NonBlockingLockExclusive) != Err(Errno::WOULDBLOCK)
        && file.metadata().is_ok_and(|found| found.nlink() > 0)
}

#[cfg(not(unix))]
fn lock_new_file(_: &File) -> bool {
    true
}

/// Removes what killed runs left in a folder. The first files of groups stand in `first_files_folder`, the folder
/// itself or the one above it. What cannot be removed stays: it is in nobody's way.
#[cfg(unix)]
pub(super) fn remove_stale_temporaries(folder: &Path, first_files_folder: &Path) {
    use std::time::{Duration, SystemTime};

    /// A file whose first one has its own name already is left for so long.
    const OLD: Duration = Duration::from_hours(1);

    let found = leftovers(folder);
    let mut groups: Vec<&str> = found.iter().map(|(group, _)| group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    for group in groups {
        let own = || found.iter().filter(|(other, _)| other == group).map(|(_, path)| path);
        let first = first_files_folder.join(format!("{PREFIX}{group}{SUFFIX}"));
        match lock_first_file(&first) {
            Some(_lock) => {
                for path in own().filter(|path| **path != first) {
                    let _ = std::fs::remove_file(path);
                }
                for beside in folders_beside(folder) {
                    let mut theirs = leftovers(&beside);
                    theirs.retain(|(other, _)| other == group);
                    for (_, path) in &theirs {
                        let _ = std::fs::remove_file(path);
                    }
                    // Only what is empty goes, and only of that run: another folder may be a person's, or about to be
                    // written to.
                    if !theirs.is_empty() {
                        let _ = std::fs::remove_dir(&beside);
                    }
                }
                // Last: until then they are known to be left over.
                let _ = std::fs::remove_file(&first);
            }
            None if first.symlink_metadata().is_ok() => {}
            None => {
                let age = |path: &PathBuf| {
                    SystemTime::now()
                        .duration_since(path.symlink_metadata()?.modified()?)
                        .map_err(io::Error::other)
                };
                for path in own().filter(|path| age(path).is_ok_and(|age| age > OLD)) {
                    let _ = std::fs::remove_file(path);
                }
            }
        }
    }
}

#[cfg(not(unix))]
pub(super) fn remove_stale_temporaries(_folder: &Path, _first_files_folder: &Path) {}

/// Opens and locks the first file of a group; `None`: somebody lives who writes it, or it is not ours.
#[cfg(unix)]
fn lock_first_file(path: &Path) -> Option<File> {
    use std::os::unix::fs::OpenOptionsExt;

    use rustix::fs::{FlockOperation, OFlags, flock};

    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits() as i32;
    let file = std::fs::OpenOptions::new().read(true).custom_flags(flags).open(path).ok()?;
    let ours = file.metadata().is_ok_and(|found| is_ours(&found));
    (ours && flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok()).then_some(file)
}

/// Returns whether a file is as those made here are: of this user, and nobody else's to read.
#[cfg(unix)]
fn is_ours(found: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    let is_private = found.mode() & 0o777 == 0o600;
    found.is_file() && is_private && found.uid() == rustix::process::geteuid().as_raw()
}

/// Lists the temporary files in a folder, each with its group.
#[cfg(unix)]
fn leftovers(folder: &Path) -> Vec<(String, PathBuf)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let group = parsed(name.to_str()?)?;
            let found = entry.path().symlink_metadata().ok()?;
            is_ours(&found).then(|| (group.to_owned(), entry.path()))
        })
        .collect()
}

/// Lists the folders of attachments in a folder.
#[cfg(unix)]
fn folders_beside(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries
        .flatten()
        .filter(|entry| entry.file_name().as_encoded_bytes().ends_with(b"-files"))
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.path())
        .collect()
}

#[cfg(all(test, unix))]
mod tests {
    use std::{
        fs::{self, Permissions},
        os::unix::fs::PermissionsExt as _,
    };

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .expect("a folder")
            .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_a_killed_run_left_is_removed_and_nothing_else() {
        let scratch = tempfile::tempdir().expect("a folder");
        let folder = scratch.path();
        let beside = folder.join("a-files");
        fs::create_dir(&beside).unwrap();
        // Of a run that lives; the first two end without a word.
        let (alive, own) = begin(folder).unwrap();
        let another_alive = new_file_of_group(&beside, &own).unwrap();
        for _ in 0..2 {
            let (first, group) = begin(folder).unwrap();
            let more =
                [new_file_of_group(folder, &group).unwrap(), new_file_of_group(&beside, &group).unwrap()];
            // Closed, and with it unlocked.
            let _ = (first.keep().unwrap(), more.map(|file| file.keep().unwrap()));
        }
        for other in [
            ".unspool-.tmp",
            ".unspool-a b.tmp",
            ".unspool-notes.md",
            ".unspool-notes.tmp",
            ".unspool-notes-2024.tmp",
            "unspool-abc.tmp",
            "notes.tmp",
        ] {
            fs::write(folder.join(other), "mine").unwrap();
            fs::set_permissions(folder.join(other), Permissions::from_mode(0o600)).unwrap();
        }
        // Of such a name, and for everybody to read: not made here.
        fs::write(folder.join(".unspool-abcdefghijkl.tmp"), "mine").unwrap();
        fs::set_permissions(folder.join(".unspool-abcdefghijkl.tmp"), Permissions::from_mode(0o644)).unwrap();
        std::os::unix::fs::symlink(folder.join("notes.tmp"), folder.join(".unspool-linklinklink.tmp"))
            .unwrap();
        let before = names(folder).len();
        remove_stale_temporaries(folder, folder);
        assert_eq!(names(folder).len(), before - 4, "{:?}", names(folder));
        assert!(alive.path().exists() && another_alive.path().exists());
        assert_eq!(names(&beside).len(), 1);
        assert!(names(folder).contains(&".unspool-linklinklink.tmp".to_owned()));
    }

    #[test]
    fn a_folder_goes_with_the_run_that_filled_it_and_no_other() {
        let scratch = tempfile::tempdir().expect("a folder");
        let folder = scratch.path();
        let (theirs, mine) = (folder.join("a-files"), folder.join("photos-files"));
        fs::create_dir(&theirs).unwrap();
        fs::create_dir(&mine).unwrap();
        let (first, group) = begin(folder).unwrap();
        let _ = (new_file_of_group(&theirs, &group).unwrap().keep().unwrap(), first.keep().unwrap());
        remove_stale_temporaries(folder, folder);
        assert_eq!(names(folder), ["photos-files"]);
    }

    #[test]
    fn a_group_whose_first_file_has_its_name_is_left_for_a_while() {
        let scratch = tempfile::tempdir().expect("a folder");
        let folder = scratch.path().join("a-files");
        fs::create_dir(&folder).unwrap();
        let (first, group) = begin(scratch.path()).unwrap();
        let (_, path) = new_file_of_group(&folder, &group).unwrap().keep().unwrap();
        first.persist(scratch.path().join("a.md")).unwrap();
        remove_stale_temporaries(&folder, scratch.path());
        assert!(path.exists());
        let file = fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
        remove_stale_temporaries(&folder, scratch.path());
        assert!(!path.exists());
    }

    #[test]
    fn a_link_in_the_place_of_the_first_file_of_a_group_is_not_followed() {
        let scratch = tempfile::tempdir().expect("a folder");
        let folder = scratch.path();
        let (first, group) = begin(folder).unwrap();
        let further = new_file_of_group(folder, &group).unwrap().into_temp_path().keep().unwrap();
        let link = first.path().to_owned();
        drop(first);
        let elsewhere = folder.join("elsewhere");
        fs::write(&elsewhere, "").unwrap();
        fs::set_permissions(&elsewhere, Permissions::from_mode(0o600)).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &link).unwrap();
        remove_stale_temporaries(folder, folder);
        assert!(further.exists() && link.is_symlink(), "{:?}", names(folder));
    }
}
