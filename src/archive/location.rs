//! Where an archive comes from.

use std::{fmt, path::PathBuf};

/// The place of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Location {
    /// A zip, a folder or a JSON file.
    Path(PathBuf),
    /// A zip or JSON on standard input, kept in memory while it is open.
    Stdin,
    /// The archive this program carries.
    Demo,
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.display().fmt(formatter),
            Self::Stdin => formatter.write_str("stdin"),
            Self::Demo => formatter.write_str("the demo archive"),
        }
    }
}
