//! The way from the command line to the terminal UI, as a value: so that neither front end needs to know the other.

use crate::{archive::Location, config::Config};

/// Settings that the terminal UI is opened with.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The archives to open; none: the person is asked.
    pub archives: Vec<Location>,
    /// The source that names them, if it is not the command line.
    pub archives_origin: Option<String>,
    /// The query to begin with.
    pub query: String,
    /// The configuration in force.
    pub config: Config,
    /// A complaint about the config file, in one line.
    pub warning: Option<String>,
    /// Draw on the controlling terminal; what is copied goes to stdout and ends the program.
    pub pick: bool,
}
