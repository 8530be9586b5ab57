//! Paths as a person types and reads them.

use std::path::{Path, PathBuf};

use super::words;

/// A leading `~/` is the home folder, as in a shell.
pub fn at_home(path: PathBuf) -> PathBuf {
    match (path.strip_prefix("~"), etcetera::home_dir()) {
        (Ok(rest), Ok(home)) => home.join(rest),
        _ => path,
    }
}

/// The way back: a path below the home folder begins with `~/`. Harmless.
pub fn from_home(path: &Path) -> String {
    match etcetera::home_dir().ok().as_deref().map(|home| path.strip_prefix(home)) {
        Some(Ok(rest)) => format!("~/{}", words::path(rest)),
        _ => words::path(path),
    }
}
