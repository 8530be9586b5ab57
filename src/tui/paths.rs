//! Paths as a person types and reads them.

use std::path::{Path, PathBuf};

use super::format;

/// Entries of a folder that are looked at, and folders that are offered.
const MAX_ENTRIES: usize = 10_000;

/// Replaces a leading `~/` by the home folder, as a shell does.
pub fn expand_home(path: PathBuf) -> PathBuf {
    match (path.strip_prefix("~"), etcetera::home_dir()) {
        (Ok(rest), Ok(home)) => home.join(rest),
        _ => path,
    }
}

/// Writes a path, harmless: one below the home folder begins with `~/`.
pub fn from_home(path: &Path) -> String {
    match etcetera::home_dir().ok().as_deref().map(|home| path.strip_prefix(home)) {
        Some(Ok(rest)) => format!("~/{}", format::path(rest)),
        _ => format::path(path),
    }
}

/// Returns the names of the folders in a folder as it is typed (`~/notes/`; empty: the current one), sorted. None if it
/// cannot be read; names that cannot be typed are left out.
pub fn folders_in(typed: &str) -> Vec<String> {
    let folder = if typed.is_empty() { PathBuf::from(".") } else { expand_home(PathBuf::from(typed)) };
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .flatten()
        .take(MAX_ENTRIES)
        // A link to a folder is as good as one.
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| !name.contains(char::is_control))
        .collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_listed_and_files_are_not() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["notes", "Neu", ".hidden"] {
            std::fs::create_dir(folder.path().join(name)).expect("made");
        }
        // One that cannot be typed, where there are such.
        let _ = std::fs::create_dir(folder.path().join("a\nb"));
        std::fs::write(folder.path().join("notes.md"), "").expect("written");
        let typed = format!("{}/", folder.path().display());
        assert_eq!(folders_in(&typed), [".hidden", "Neu", "notes"]);
        assert!(folders_in("/no/such/folder/").is_empty());
    }
}
