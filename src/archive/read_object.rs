//! Reads original objects again, byte for byte: an archive does not keep its JSON in memory, so the member is read a
//! second time.

use super::{Archive, ArchiveError, stream::StreamError};
use crate::conversation::ObjectLocation;

/// The bytes skipped or read at once.
const PIECE: usize = 1 << 20;

pub(super) fn read(
    archive: &Archive,
    locations: &[ObjectLocation],
    progress: &mut dyn FnMut(u64) -> bool,
    sink: &mut dyn FnMut(usize, &[u8]) -> bool,
) -> Result<(), ArchiveError> {
    let mut done = 0;
    let mut before = 0;
    while let Some(first) = locations.get(done) {
        let same = locations[done..].iter().take_while(|location| location.member == first.member).count();
        before += member(archive, locations, done..done + same, before, progress, sink)?;
        done += same;
    }
    Ok(())
}

/// Reads the objects of one member and returns the number of bytes inflated. `before` is what earlier members
/// inflated to.
fn member(
    archive: &Archive,
    locations: &[ObjectLocation],
    range: std::ops::Range<usize>,
    before: u64,
    progress: &mut dyn FnMut(u64) -> bool,
    sink: &mut dyn FnMut(usize, &[u8]) -> bool,
) -> Result<u64, ArchiveError> {
    let number = locations[range.start].member as usize;
    let Some(&entry) = archive.conversation_entries.get(number) else {
        return Err(archive.changed_error());
    };
    let name = &archive.entries[entry as usize].name;
    let unusable = |error: StreamError| match error {
        StreamError::Changed => archive.changed_error(),
        StreamError::Other(reason) => archive.unusable(format!("{name}: {reason}")),
    };
    let mut stream = archive.stream_entry(entry as usize).map_err(unusable)?;
    let mut piece = vec![0; PIECE];
    let mut object = Vec::new();
    let mut wanted = range;
    loop {
        let base = stream.produced();
        let (count, fault) = stream.fill(&mut piece);
        let end = base + count as u64;
        // Between `base` and `end`, and so within the piece.
        let place = |offset: u64| usize::try_from(offset - base).unwrap_or(usize::MAX);
        // One piece may hold several objects, and an object may span several pieces.
        while let Some(location) = locations[wanted.clone()].first() {
            let (start, stop) = (location.offset, location.offset + u64::from(location.length));
            let from = start.max(base);
            if from >= end && stop > base {
                break;
            }
            if stop > from {
                object.extend_from_slice(&piece[place(from)..place(stop.min(end))]);
            }
            if stop > end {
                break;
            }
            if !sink(wanted.start, &object) {
                return Err(ArchiveError::Stopped);
            }
            object.clear();
            wanted.start += 1;
        }
        if wanted.is_empty() {
            return Ok(end);
        }
        if let Some(fault) = fault {
            return Err(unusable(fault));
        }
        if count < piece.len() {
            return Err(archive.changed_error());
        }
        if !progress(before + end) {
            return Err(ArchiveError::Stopped);
        }
    }
}
