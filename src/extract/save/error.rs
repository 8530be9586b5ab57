//! The reasons why a file was not written, in one line.

use std::{io, path::Path};

use crate::io_error::io_error_text;

/// The reason why a file was not written. One line, with the path.
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
    /// Wraps the system's error about this path.
    pub(in crate::extract) fn failed(path: &Path, error: &io::Error) -> Self {
        Self::Failed(format!("cannot write {}: {}", path.display(), io_error_text(error)))
    }
}
