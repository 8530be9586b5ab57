//! Finds the archives that a command is about, and reads them.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError, atomic::AtomicBool},
};

use anyhow::bail;
use hashbrown::HashSet;

use super::{GlobalSettings, output::tell, progress::ProgressDisplay};
use crate::{
    archive::{self, Archive, Location},
    conversation::Conversation,
    library::Library,
    load::{self, LoadEvent, Report},
};

/// The archives that a subcommand works on, with their conversations.
#[derive(Debug)]
pub struct OpenedArchives {
    /// The archives in the order they were named; [`crate::conversation::ObjectLocation::archive`] is an index into them.
    pub archives: Vec<Archive>,
    /// All conversations, merged.
    pub library: Library,
    /// The report of the load.
    pub report: Report,
}

impl OpenedArchives {
    /// Returns the name of the archive that a conversation is from.
    pub fn source(&self, conversation: &Conversation) -> &str {
        self.archives.get(usize::from(conversation.object_location.archive)).map_or("", Archive::name)
    }
}

/// Lists the archives: those named, the demo if asked for, else those in the environment or the config file.
/// Each once.
pub fn locations(global: &GlobalSettings, named: &[PathBuf]) -> Vec<Location> {
    let asked_for = !named.is_empty() || global.demo;
    let paths = if asked_for { named } else { global.archive() };
    let paths = paths.iter().map(|path| location(path));
    let mut known = HashSet::new();
    let first = |location: &Location| known.insert(location.clone());
    paths.chain(global.demo.then_some(Location::Demo)).filter(first).collect()
}

fn location(path: &Path) -> Location {
    if path.as_os_str() == "-" { Location::Stdin } else { Location::Path(path.to_owned()) }
}

/// Opens and reads all archives. Damage is warned of, once.
///
/// # Errors
/// Fails where no archive is named, where one cannot be opened, and where nothing at all can be read.
pub fn open(global: &GlobalSettings, named: &[PathBuf]) -> anyhow::Result<OpenedArchives> {
    Ok(warned(read(global, named)?))
}

fn warned(opened: OpenedArchives) -> OpenedArchives {
    for line in [opened.report.warning(), opened.report.emptiness()].into_iter().flatten() {
        tell(&line);
    }
    opened
}

/// Opens and reads archives as [`open`] does, without a warning: for a command whose answer is the damage.
pub fn open_quietly(global: &GlobalSettings, named: &[PathBuf]) -> anyhow::Result<OpenedArchives> {
    read(global, named)
}

fn read(global: &GlobalSettings, named: &[PathBuf]) -> anyhow::Result<OpenedArchives> {
    let locations = locations(global, named);
    if locations.is_empty() {
        bail!(
            "no archive named: give an export zip, its folder or its JSON, or --demo, or set $UNSPOOL_ARCHIVE or \
             archive in the config file"
        );
    }
    let limits = global.limits();
    let archives = archive::open_all(&locations, limits).map_err(|error| match global.named_by(named) {
        Some(by) => anyhow::anyhow!("{error} (it is named by {by})"),
        None => error.into(),
    })?;
    let batches: Mutex<Vec<Vec<Conversation>>> = Mutex::default();
    let progress = ProgressDisplay::new("reading");
    let cancel = AtomicBool::new(false);
    let report = load::load(&archives, &cancel, &|arrival| match arrival {
        LoadEvent::Batch(batch) => batches.lock().unwrap_or_else(PoisonError::into_inner).push(batch),
        LoadEvent::Progress(load::Progress { bytes, total, .. }) => progress.bytes(bytes, total),
    });
    progress.finish();
    if let Some(failure) = report.failure() {
        // One line per archive.
        let (others, last) = failure.rsplit_once('\n').unwrap_or(("", &failure));
        others.lines().for_each(tell);
        bail!(last.to_owned());
    }
    // Batches come as threads finish them. In the order of the archive, the same archive gives the same answer: which
    // of two equal conversations stays, and which of two with one title gets the plain name.
    let batches = batches.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut conversations = Vec::with_capacity(batches.iter().map(Vec::len).sum());
    conversations.extend(batches.into_iter().flatten());
    conversations.sort_unstable_by_key(|conversation: &Conversation| conversation.object_location);
    let mut library = Library::new();
    library.add(conversations);
    Ok(OpenedArchives { archives, library, report })
}
