//! The objects of a load that reads some again: which they are, and where the last of each member stands.

use hashbrown::{HashMap, HashSet};

use crate::conversation::ObjectLocation;

/// The objects that are read again.
#[derive(Debug, Default)]
pub(super) struct WantedObjects {
    locations: HashSet<ObjectLocation>,
    /// The offset of the last one, by archive and member: what stands behind it is not read.
    last: HashMap<(u16, u32), u64>,
}

impl WantedObjects {
    /// Wants the objects at these locations.
    pub fn new(locations: &HashSet<ObjectLocation>) -> Self {
        let mut last = HashMap::new();
        for location in locations {
            let offset: &mut u64 = last.entry((location.archive, location.member)).or_default();
            *offset = location.offset.max(*offset);
        }
        Self { locations: locations.clone(), last }
    }

    /// Returns whether the object at a location is wanted.
    pub fn contains(&self, location: &ObjectLocation) -> bool {
        self.locations.contains(location)
    }

    /// Returns whether an object of this member is wanted that begins at this offset or behind it.
    pub fn are_after(&self, archive: u16, member: u32, offset: u64) -> bool {
        self.last.get(&(archive, member)).is_some_and(|&last| offset <= last)
    }
}
