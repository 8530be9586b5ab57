//! Members that stand in a zip and not in its directory: it is another zip's, such as one within the comment of the first,
//! or was made to leave them out. They are not lost without a word.

use super::{byte_source::ByteSource, salvage::behind_descriptor, zipped};

/// The place of a member as the directory tells it.
pub(super) struct Place {
    /// Where its local header begins.
    pub header: u64,
    /// The length of its name, in bytes.
    pub name: usize,
    /// The length of its compressed bytes.
    pub compressed: u64,
}

/// Counts the stretches in front of the directory and between the members it lists that begin with another member.
pub(super) fn count(bytes: &ByteSource, mut places: Vec<Place>, directory: u64) -> usize {
    places.sort_unstable_by_key(|place| place.header);
    let nexts = places.iter().skip(1).map(|place| place.header).chain([directory]);
    let between = places.iter().zip(nexts).filter(|(place, next)| is_followed(bytes, place, *next)).count();
    let first = places.first().map_or(directory, |place| place.header);
    between + usize::from(first > 0 && begins_member(bytes, 0))
}

/// Returns whether a member that is not listed stands between a member and the next.
fn is_followed(bytes: &ByteSource, place: &Place, next: u64) -> bool {
    let least = zipped::LOCAL_HEADER as u64 + place.name as u64;
    let end = place.header.saturating_add(least).saturating_add(place.compressed);
    // Between most there is no room for one: only the others cost a look.
    if next.checked_sub(end).is_none_or(|room| room <= zipped::LOCAL_HEADER as u64) {
        return false;
    }
    let Ok(start) = zipped::data_start(bytes, place.header) else { return false };
    let end = start.saturating_add(place.compressed);
    end < next && behind_descriptor(bytes, end).is_some_and(|found| found < next)
}

fn begins_member(bytes: &ByteSource, at: u64) -> bool {
    let mut head = [0; zipped::LOCAL_SIGNATURE.len()];
    bytes.read_exact_at(at, &mut head).is_ok() && head == zipped::LOCAL_SIGNATURE
}
