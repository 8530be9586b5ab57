//! The settings of every command: the flags laid upon the environment, the config file and the built-in values.

use std::path::PathBuf;

use jiff::tz::TimeZone;

use super::{args, output::tell};
use crate::{
    archive::Limits,
    config::{
        Color, Config, Environment, Flags, ValueOrigin,
        file::{self, ConfigChoice, Loaded},
    },
    search::Clock,
};

/// The settings of every command; see the [module](self).
#[derive(Debug)]
pub struct GlobalSettings {
    /// The demo archive is asked for.
    pub demo: bool,
    /// The configuration in force, and what is wrong with its file.
    pub loaded: Loaded,
}

impl GlobalSettings {
    /// Reads the config file.
    ///
    /// # Errors
    /// One that was named and cannot be read. One that is wrong is complained of, and the rest counts.
    pub fn resolve(given: &args::GlobalArgs) -> anyhow::Result<Self> {
        let which = match &given.config {
            _ if given.no_config => ConfigChoice::No,
            Some(path) => ConfigChoice::Given(path),
            None => ConfigChoice::Usual,
        };
        let flags = Flags {
            theme: given.theme,
            color: given.color.map(|color| match color {
                args::ColorArg::Auto => Color::Auto,
                args::ColorArg::Always => Color::Always,
                args::ColorArg::Never => Color::Never,
            }),
            conversation_mb: given.limit_conversation_mb,
            member_gb: given.limit_member_gb,
            ratio: given.limit_ratio,
            members: given.limit_members,
            memory_mb: given.limit_memory_mb,
            stdin_mb: given.limit_stdin_mb,
            nested_mb: given.limit_nested_mb,
        };
        Ok(Self { demo: given.demo, loaded: file::load(which, &Environment::of_process(), &flags)? })
    }

    /// Warns on stderr, in one line, of errors in the config file.
    pub fn warn(&self) {
        if let Some(warning) = self.loaded.warning() {
            tell(&warning);
        }
    }

    /// Returns the configuration in force.
    pub fn config(&self) -> &Config {
        &self.loaded.config
    }

    /// Returns the condition for colours on stdout.
    pub fn color(&self) -> Color {
        self.config().color.value
    }

    /// Returns the bounds on archives.
    pub fn limits(&self) -> Limits {
        self.config().limits()
    }

    /// Returns the clock that dates are by.
    pub fn zone(&self) -> TimeZone {
        self.config().zone()
    }

    /// Returns the clock that queries are by, as it stands now.
    pub fn clock(&self) -> Clock {
        self.config().clock()
    }

    /// Names the source of the archives, if it is not the command line: they may be long forgotten.
    pub fn named_by(&self, named: &[PathBuf]) -> Option<String> {
        if self.demo || !named.is_empty() {
            return None;
        }
        match self.config().archive.origin {
            ValueOrigin::File(line) => Some(format!("line {line} of the config file")),
            ValueOrigin::Environment(name) => Some(format!("${name}")),
            ValueOrigin::Default | ValueOrigin::Flag(_) => None,
        }
    }

    /// Returns the archives to open where none is named.
    pub fn archive(&self) -> &[PathBuf] {
        &self.config().archive.value
    }
}
