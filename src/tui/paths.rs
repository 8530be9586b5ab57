//! Paths as a person types them.

use std::path::PathBuf;

/// A leading `~/` is the home folder, as in a shell.
pub fn at_home(path: PathBuf) -> PathBuf {
    match (path.strip_prefix("~"), etcetera::home_dir()) {
        (Ok(rest), Ok(home)) => home.join(rest),
        _ => path,
    }
}
