//! Writes files so that nothing is ever half there and nothing is lost.
//!
//! A file is written under another name (beginning with a dot) in its own folder, brought to the disk, and then given
//! its name in one step: whatever happens on the way leaves the old file, or none. That an existing file is not
//! replaced is the system call's doing (`renameat2`, `link`), not a look beforehand; so is that a symbolic link in
//! the last component is not followed. Files are for their owner only (mode 0600, folders 0700).

use std::{
    fs::{DirBuilder, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use tempfile::{NamedTempFile, TempPath};

use super::attachments::Attached;

/// What to do when the file exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clobber {
    /// Leave it and say so.
    Never,
    /// Replace it. Only a file: never a folder, a device or what a link leads to.
    Replace,
}

/// Why a file was not written. One line, with the path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SaveError {
    /// It exists, and was not to be replaced.
    #[error("{0} exists already")]
    Exists(String),
    /// Anything else: a full disk, a read-only or missing folder, a device.
    #[error("{0}")]
    Failed(String),
}

impl SaveError {
    fn failed(path: &Path, error: &io::Error) -> Self {
        Self::Failed(format!("cannot write {}: {}", path.display(), reason(error)))
    }
}

/// What went wrong, in the system's words but without its number.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let words = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = words.chars();
    chars.next().map_or_else(|| "failed".to_owned(), |first| first.to_lowercase().chain(chars).collect())
}

/// Writes one file, whole or not at all.
pub fn save(path: &Path, contents: &[u8], clobber: Clobber) -> Result<(), SaveError> {
    let mut draft = Draft::new(path)?;
    draft.write_all(contents).map_err(|error| SaveError::failed(path, &error))?;
    draft.commit(clobber)
}

/// Makes a folder and those above it, for their owner only. One that exists already stays as it is.
pub fn create_folder(path: &Path) -> Result<(), SaveError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| {
        let reason = if path.symlink_metadata().is_ok_and(|found| !found.is_dir()) {
            "there is a file of that name".to_owned()
        } else {
            reason(&error)
        };
        SaveError::Failed(format!("cannot make the folder {}: {reason}", path.display()))
    })
}

/// A file being written: it has no name yet. Dropped before [`Draft::commit`], it leaves nothing.
#[derive(Debug)]
pub struct Draft {
    target: PathBuf,
    file: NamedTempFile,
}

impl Draft {
    /// Begins a file in the target's folder, which must exist.
    pub fn new(target: &Path) -> Result<Self, SaveError> {
        refuse_special(target)?;
        let file = temporary(folder_of(target)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                SaveError::Failed(format!("cannot write {}: its folder does not exist", target.display()))
            }
            _ => SaveError::failed(target, &error),
        })?;
        Ok(Self { target: target.to_owned(), file })
    }

    /// Brings it to the disk and gives it its name.
    pub fn commit(self, clobber: Clobber) -> Result<(), SaveError> {
        let Self { target, file } = self;
        file.as_file().sync_all().map_err(|error| SaveError::failed(&target, &error))?;
        name(file.into_temp_path(), &target, clobber)?;
        sync_folder(folder_of(&target));
        Ok(())
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_file_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_file_mut().flush()
    }
}

/// Files that belong to another one, in a folder beside it that is made for the first of them. They get their names
/// after it. Dropped before that, they leave nothing, nor does a folder that was made for them.
#[derive(Debug)]
pub struct Companions {
    folder: PathBuf,
    made: bool,
    files: Vec<(TempPath, PathBuf)>,
}

impl Companions {
    /// None yet, for this folder.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, made: false, files: Vec::new() }
    }

    /// The folder they stand in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes one under a temporary name. `write` says whether there is anything worth keeping; an error of it is the
    /// file's.
    pub fn add(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<bool>,
    ) -> Result<bool, SaveError> {
        let target = self.folder.join(name);
        if self.files.is_empty() {
            self.made |= make_beside(&self.folder)?;
        }
        let mut file = temporary(&self.folder).map_err(|error| SaveError::failed(&target, &error))?;
        let kept = write(file.as_file_mut()).map_err(|error| SaveError::failed(&target, &error))?;
        if kept {
            self.files.push((file.into_temp_path(), target));
        }
        Ok(kept)
    }

    /// Brings them to the disk and names them. Those whose names are taken are told.
    pub fn commit(mut self, clobber: Clobber) -> Result<Outcome, SaveError> {
        sync_each(self.paths()).map_err(|error| SaveError::failed(&self.folder, &error))?;
        self.name(clobber)
    }

    fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|(temporary, _)| &**temporary)
    }

    fn name(&mut self, clobber: Clobber) -> Result<Outcome, SaveError> {
        let mut outcome = Outcome::default();
        let some = !self.files.is_empty();
        for (temporary, target) in std::mem::take(&mut self.files) {
            refuse_special(&target)?;
            match name(temporary, &target, clobber) {
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

impl Drop for Companions {
    fn drop(&mut self) {
        self.files.clear();
        if self.made {
            // Only what is empty goes.
            let _ = std::fs::remove_dir(&self.folder);
        }
    }
}

/// Makes one folder, for its owner only; whether it had to. A link to a folder is none: what it leads to is not ours.
fn make_beside(folder: &Path) -> Result<bool, SaveError> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let error = match builder.create(folder) {
        Ok(()) => return Ok(true),
        Err(error) => error,
    };
    let reason = match folder.symlink_metadata() {
        Ok(found) if found.is_dir() => return Ok(false),
        Ok(_) => "there is a file or a link of that name".to_owned(),
        Err(_) => reason(&error),
    };
    Err(SaveError::Failed(format!("cannot make the folder {}: {reason}", folder.display())))
}

/// Many files in one folder: written first, brought to the disk together, then named one after the other. A batch
/// dropped before [`Batch::commit`] leaves nothing of what is pending.
#[derive(Debug)]
pub struct Batch {
    folder: PathBuf,
    clobber: Clobber,
    pending: Vec<Pending>,
    outcome: Outcome,
}

/// A file that is written and has no name yet.
#[derive(Debug)]
struct Pending {
    temporary: TempPath,
    target: PathBuf,
    /// Named when it has its own name, and only then.
    beside: Option<Companions>,
}

/// What became of a batch's files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Files that have their name now.
    pub written: usize,
    /// Files that existed and were left as they are.
    pub existing: Vec<PathBuf>,
    /// The attachments beside them.
    pub attached: Attached,
}

impl Outcome {
    /// Adds up what several batches did.
    pub fn add(&mut self, other: Self) {
        self.written += other.written;
        self.existing.extend(other.existing);
        self.attached.add(other.attached);
    }
}

impl Batch {
    /// Files brought to the disk at once. An fsync a file would cost more than all the rest of an extract.
    const SIZE: usize = 1_024;

    /// For files in this folder, which must exist.
    pub fn new(folder: &Path, clobber: Clobber) -> Self {
        Self { folder: folder.to_owned(), clobber, pending: Vec::new(), outcome: Outcome::default() }
    }

    /// Writes a file under a temporary name. Every thousand files or so, those so far get their names.
    pub fn add(&mut self, name: &str, contents: &[u8]) -> Result<(), SaveError> {
        self.add_with(name, contents, None)
    }

    /// The same for a file with others beside it.
    pub fn add_with(
        &mut self,
        name: &str,
        contents: &[u8],
        beside: Option<(Companions, Attached)>,
    ) -> Result<(), SaveError> {
        let target = self.folder.join(name);
        let mut file = temporary(&self.folder).map_err(|error| SaveError::failed(&self.folder, &error))?;
        file.as_file_mut().write_all(contents).map_err(|error| SaveError::failed(&target, &error))?;
        // Closed, so that no number of files runs into the limit of open ones.
        let (beside, attached) = beside.unzip();
        self.outcome.attached.add(attached.unwrap_or_default());
        self.pending.push(Pending { temporary: file.into_temp_path(), target, beside });
        if self.pending.len() >= Self::SIZE { self.flush() } else { Ok(()) }
    }

    /// Names what is pending and tells what became of all files.
    pub fn commit(mut self) -> Result<Outcome, SaveError> {
        self.flush()?;
        Ok(std::mem::take(&mut self.outcome))
    }

    fn flush(&mut self) -> Result<(), SaveError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        sync_files(&self.folder, &self.pending).map_err(|error| SaveError::failed(&self.folder, &error))?;
        for Pending { temporary, target, beside } in std::mem::take(&mut self.pending) {
            refuse_special(&target)?;
            match name(temporary, &target, self.clobber) {
                Ok(()) => {
                    self.outcome.written += 1;
                    if let Some(mut beside) = beside {
                        self.outcome.add(beside.name(self.clobber)?);
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

/// A new file for its owner only, under a name that begins with a dot.
fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(".unspool-").suffix(".tmp").tempfile_in(folder)
}

/// The folder a path is in; the current one is `.`, not nothing.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Gives a written file its name in one step.
fn name(temporary: TempPath, target: &Path, clobber: Clobber) -> Result<(), SaveError> {
    let result = match clobber {
        Clobber::Never => temporary.persist_noclobber(target),
        Clobber::Replace => temporary.persist(target),
    };
    result.map_err(|failed| match failed.error.kind() {
        io::ErrorKind::AlreadyExists => SaveError::Exists(target.display().to_string()),
        _ => SaveError::failed(target, &failed.error),
    })
}

/// A folder, a device or a pipe is never replaced, nor a link to one: `-o /dev/full` by root would be the end of it.
fn refuse_special(target: &Path) -> Result<(), SaveError> {
    let failed =
        |what: &str| Err(SaveError::Failed(format!("cannot write {}: it is {what}", target.display())));
    if target.file_name().is_none() {
        return failed("a folder");
    }
    let Ok(found) = target.symlink_metadata() else { return Ok(()) };
    let found = if found.is_symlink() {
        match target.metadata() {
            Ok(_) if folder_of(target) == Path::new("/dev") => return failed("a device"),
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

#[cfg(target_os = "linux")]
fn sync_files(folder: &Path, _pending: &[Pending]) -> io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(folder)?)?)
}

#[cfg(not(target_os = "linux"))]
fn sync_files(_folder: &Path, pending: &[Pending]) -> io::Result<()> {
    sync_each(pending.iter().flat_map(|pending| {
        std::iter::once(&*pending.temporary).chain(pending.beside.iter().flat_map(Companions::paths))
    }))
}

fn sync_each<'a>(mut paths: impl Iterator<Item = &'a Path>) -> io::Result<()> {
    paths.try_for_each(|path| std::fs::OpenOptions::new().write(true).open(path)?.sync_all())
}

/// Makes new names last. The files are whole without it, so a file system that cannot do it is no failure.
fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
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
        let mut draft = Draft::new(&folder.path().join("a.md")).unwrap();
        draft.write_all(b"half").unwrap();
        let pending = entries(folder.path());
        assert!(pending.len() == 1 && pending[0].starts_with('.'), "{pending:?}");
        drop(draft);
        assert!(entries(folder.path()).is_empty());
        let mut batch = Batch::new(folder.path(), Clobber::Never);
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
        let mut batch = Batch::new(&inner, Clobber::Never);
        for number in 0..Batch::SIZE + 10 {
            batch.add(&format!("{number}.md"), number.to_string().as_bytes()).unwrap();
        }
        let outcome = batch.commit().unwrap();
        assert_eq!(outcome.written, Batch::SIZE + 9);
        assert_eq!(outcome.existing, [inner.join("7.md")]);
        assert_eq!(fs::read(inner.join("7.md")).unwrap(), b"old");
        assert_eq!(fs::read(inner.join("1030.md")).unwrap(), b"1030");
        assert_eq!(mode(&inner.join("3.md")), 0o600);
        assert_eq!(entries(&inner).len(), Batch::SIZE + 10);
    }

    #[test]
    fn a_file_in_the_way_of_a_folder_is_told() {
        let folder = folder();
        let path = folder.path().join("file");
        fs::write(&path, "").unwrap();
        assert!(create_folder(&path).unwrap_err().to_string().ends_with("there is a file of that name"));
    }
}
