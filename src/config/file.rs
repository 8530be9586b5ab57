//! The config file on disk: where it is, and its bytes. What stands in it,
//! [`Config::from_layers`](super::Config::from_layers) says.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy;

use super::{Config, ConfigProblem, Environment, Flags, ValueContext};
use crate::io_error::io_error_text;

/// The largest config file, in bytes; nobody writes so much by hand.
const MAX_BYTES: u64 = 1 << 20;

/// The config file to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigChoice<'a> {
    /// The usual one, if it is there.
    Usual,
    /// This one.
    Given(&'a Path),
    /// None.
    No,
}

/// The configuration in force, and what there is to say of the file.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// The file that was looked for.
    pub path: Option<PathBuf>,
    /// `true` if the file is there and was read.
    pub found: bool,
    /// The errors of the file, in the order in which they stand there.
    pub errors: Vec<FileError>,
}

/// An error of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileError {
    /// An error in it.
    At(ConfigProblem),
    /// An error with the whole of it.
    Whole(String),
}

impl Loaded {
    /// Returns the errors of the file, a line each.
    pub fn problems(&self) -> Vec<String> {
        let name = self.path.as_deref().map(|path| path.display().to_string()).unwrap_or_default();
        self.errors.iter().map(|trouble| trouble.description(&name)).collect()
    }

    /// Returns the errors of the file in one line; `None`: all is well.
    pub fn warning(&self) -> Option<String> {
        Some(self.and_more(self.problems().into_iter().next()?))
    }

    /// Returns the errors of the file for a status line, which may be cut: one without the folders of its path, of
    /// several how many there are and who tells them before the first.
    pub fn short_warning(&self) -> Option<String> {
        let name = self.path.as_deref().and_then(Path::file_name).unwrap_or_default();
        Some(match &*self.errors {
            [] => return None,
            [one] => one.description(&name.to_string_lossy()),
            [first, ..] => format!("{} problems (unspool config): {}", self.errors.len(), first.reason()),
        })
    }

    fn and_more(&self, first: String) -> String {
        match self.errors.len() {
            1 => first,
            count => format!("{first} (and {} more: unspool config tells)", count - 1),
        }
    }
}

impl FileError {
    fn reason(&self) -> &str {
        match self {
            Self::At(problem) => &problem.reason,
            Self::Whole(reason) => reason,
        }
    }

    fn description(&self, name: &str) -> String {
        match self {
            Self::At(problem) => format!("{name}:{problem}"),
            Self::Whole(reason) => format!("{name}: {reason}"),
        }
    }
}

/// Returns the usual path: `$XDG_CONFIG_HOME/unspool/config.toml`; without that variable below `~/.config`,
/// on Windows below the roaming profile.
pub fn usual() -> Option<PathBuf> {
    // Who sets it means it, on systems too that do not know of it.
    let named = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let of_the_system = || etcetera::choose_base_strategy().ok().map(|base| base.config_dir());
    Some(named.or_else(of_the_system)?.join("unspool").join("config.toml"))
}

/// Reads the file and lays the other layers upon it.
///
/// # Errors
/// A file that was asked for and cannot be read. The usual one never fails: what is wrong is reported.
pub fn load(which: ConfigChoice<'_>, environment: &Environment, flags: &Flags) -> anyhow::Result<Loaded> {
    let path = match which {
        ConfigChoice::Usual => usual(),
        ConfigChoice::Given(path) => Some(path.to_owned()),
        ConfigChoice::No => None,
    };
    let mut troubles = Vec::new();
    let mut bytes = None;
    if let Some(path) = &path {
        match (contents(path, which == ConfigChoice::Usual), which) {
            (Ok(contents), _) => bytes = contents,
            (Err(reason), ConfigChoice::Given(_)) => {
                anyhow::bail!("cannot read the config file {}: {reason}", path.display());
            }
            (Err(reason), _) => troubles.push(FileError::Whole(format!("it cannot be read: {reason}"))),
        }
    }
    let home = etcetera::home_dir().ok();
    let context = ValueContext { home: home.as_deref(), zone: &|name| jiff::tz::TimeZone::get(name).ok() };
    let (config, problems) = Config::from_layers(bytes.as_deref(), &context, environment, flags);
    troubles.extend(problems.into_iter().map(FileError::At));
    Ok(Loaded { config, found: bytes.is_some(), path, errors: troubles })
}

/// Reads the file; `None` where there is no such file and there need not be one.
///
/// # Errors
/// Fails with the reason, in a few words, where it cannot be read or is too large.
fn contents(path: &Path, may_be_missing: bool) -> Result<Option<Vec<u8>>, String> {
    let read = || -> io::Result<Result<Vec<u8>, String>> {
        // A pipe that was asked for is waited for; a usual path that is not one would be waited for for ever.
        if may_be_missing && !path.metadata()?.is_file() {
            return Ok(Err("it is no file".to_owned()));
        }
        let mut bytes = Vec::new();
        File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MAX_BYTES {
            return Ok(Err("it is larger than 1 MB, which no config file is".to_owned()));
        }
        Ok(Ok(bytes))
    };
    match read() {
        Ok(read) => read.map(Some),
        Err(error)
            if may_be_missing
                && matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            Ok(None)
        }
        Err(error) => Err(io_error_text(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::text::ConfigProblem;

    /// The status line was cut before it was told how many there are, and where they are told.
    #[test]
    fn of_several_errors_a_status_line_says_first_how_many_and_who_tells_them() {
        let problem =
            |reason: &str| FileError::At(ConfigProblem { line: 1, column: 1, reason: reason.to_owned() });
        let loaded = |errors: &[&str]| Loaded {
            config: Config::default(),
            path: Some("/home/x/config.toml".into()),
            found: true,
            errors: errors.iter().map(|reason| problem(reason)).collect(),
        };
        assert_eq!(loaded(&[]).short_warning(), None);
        assert_eq!(
            loaded(&["no such theme"]).short_warning().as_deref(),
            Some("config.toml:1:1: no such theme")
        );
        assert_eq!(
            loaded(&["no such theme", "no such key"]).short_warning().as_deref(),
            Some("2 problems (unspool config): no such theme")
        );
    }
}
