//! Finds the archives that a command is about, and reads them.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError, atomic::AtomicBool},
};

use anyhow::bail;
use hashbrown::{HashMap, HashSet};

use super::{GlobalSettings, output::tell, progress::ProgressDisplay};
use crate::{
    archive::{self, Archive, Location},
    conversation::{Conversation, ConversationSummary, ObjectLocation},
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

/// The archives of a subcommand that looks at each conversation once and lets go of its messages.
#[derive(Debug)]
pub struct SummarizedArchives<T> {
    /// The archives in the order they were named.
    pub archives: Vec<Archive>,
    /// What is kept of all conversations, merged.
    pub library: Library<ConversationSummary>,
    /// What was noted of each conversation, by its handle.
    pub notes: Vec<T>,
    /// The report of the load.
    pub report: Report,
}

impl<T> SummarizedArchives<T> {
    /// Returns the name of the archive that a conversation is from.
    pub fn source(&self, conversation: &ConversationSummary) -> &str {
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
    let archives = open_all(global, named)?;
    let (conversations, report) =
        read(&archives, &|conversation| conversation, &|read| read.object_location)?;
    warn(&report);
    let mut library = Library::new();
    library.add(conversations.collect());
    Ok(OpenedArchives { archives, library, report })
}

/// Opens and reads all archives as [`open`] does; `note` looks at each conversation, on several threads at once, and
/// its messages are let go.
///
/// # Errors
/// As of [`open`].
pub fn summarize<T: Send>(
    global: &GlobalSettings,
    named: &[PathBuf],
    note: &(dyn Fn(&Conversation) -> T + Sync),
) -> anyhow::Result<SummarizedArchives<T>> {
    let summarized = summarize_quietly(global, named, note)?;
    warn(&summarized.report);
    Ok(summarized)
}

/// Opens and reads archives as [`summarize`] does, without a warning: for a command whose answer is the damage.
///
/// # Errors
/// As of [`open`].
pub fn summarize_quietly<T: Send>(
    global: &GlobalSettings,
    named: &[PathBuf],
    note: &(dyn Fn(&Conversation) -> T + Sync),
) -> anyhow::Result<SummarizedArchives<T>> {
    let archives = open_all(global, named)?;
    let keep = |conversation: Conversation| (ConversationSummary::of(&conversation), note(&conversation));
    let (kept, report) = read(&archives, &keep, &|(summary, _)| summary.object_location)?;
    let (summaries, notes) = kept.unzip();
    let mut library = Library::new();
    library.add(summaries);
    Ok(SummarizedArchives { archives, library, notes, report })
}

/// Reads conversations of archives again that were [summarized](summarize), and returns what `keep` makes of each, by
/// the location of its object.
///
/// # Errors
/// Fails where one is not there any more.
pub fn read_again<T: Send>(
    archives: &[Archive],
    wanted: &HashSet<ObjectLocation>,
    keep: &(dyn Fn(Conversation) -> T + Sync),
) -> anyhow::Result<HashMap<ObjectLocation, T>> {
    let kept: Mutex<HashMap<ObjectLocation, T>> = Mutex::default();
    if !wanted.is_empty() {
        let progress = ProgressDisplay::new("reading again");
        load::load_again(archives, wanted, &AtomicBool::new(false), &|arrival| match arrival {
            LoadEvent::Batch(batch) => {
                for conversation in batch {
                    let (location, made) = (conversation.object_location, keep(conversation));
                    kept.lock().unwrap_or_else(PoisonError::into_inner).insert(location, made);
                }
            }
            LoadEvent::Progress(load::Progress { bytes, total, .. }) => progress.bytes(bytes, total),
        });
        progress.finish();
    }
    let kept = kept.into_inner().unwrap_or_else(PoisonError::into_inner);
    if kept.len() < wanted.len() {
        bail!("the archive has changed while it was read");
    }
    Ok(kept)
}

/// Says what is damaged, or that there is nothing.
fn warn(report: &Report) {
    for line in [report.warning(), report.empty_notice()].into_iter().flatten() {
        tell(&line);
    }
}

fn open_all(global: &GlobalSettings, named: &[PathBuf]) -> anyhow::Result<Vec<Archive>> {
    let locations = locations(global, named);
    if locations.is_empty() {
        bail!(
            "no archive named: give an export zip, its folder or its JSON, or --demo, or set $UNSPOOL_ARCHIVE or \
             archive in the config file"
        );
    }
    archive::open_all(&locations, global.limits()).map_err(|error| match global.named_by(named) {
        Some(by) => anyhow::anyhow!("{error} (it is named by {by})"),
        None => error.into(),
    })
}

/// Reads all archives and keeps of each conversation what `keep` makes of it, in the order of the archives.
fn read<T: Send>(
    archives: &[Archive],
    keep: &(dyn Fn(Conversation) -> T + Sync),
    location: &dyn Fn(&T) -> ObjectLocation,
) -> anyhow::Result<(impl Iterator<Item = T>, Report)> {
    let batches: Mutex<Vec<Vec<Option<T>>>> = Mutex::default();
    let progress = ProgressDisplay::new("reading");
    let cancel = AtomicBool::new(false);
    let report = load::load_by_piece(archives, &cancel, &|arrival| match arrival {
        LoadEvent::Batch(batch) => {
            let kept = batch.into_iter().map(|conversation| Some(keep(conversation))).collect();
            batches.lock().unwrap_or_else(PoisonError::into_inner).push(kept);
        }
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
    let mut batches = batches.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut order = Vec::with_capacity(batches.iter().map(Vec::len).sum());
    for (number, batch) in batches.iter().enumerate() {
        let kept = batch.iter().enumerate();
        order.extend(kept.filter_map(|(place, kept)| Some((location(kept.as_ref()?), number, place))));
    }
    order.sort_unstable();
    // They are moved out one by one, so that nothing is there twice for the sorting.
    let in_order = order.into_iter().filter_map(move |(_, number, place)| batches[number][place].take());
    Ok((in_order, report))
}
