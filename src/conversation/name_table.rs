//! The names that the messages of a conversation share: models, tools, languages, unknown types.

use super::message::NONE_16;

/// The number of different names that a conversation keeps; real ones have under twenty. Bounds a linear look-up.
const MAX_NAMES: usize = 1_024;

/// A table of names, each kept once. A message holds the slot of a name instead of the name.
#[derive(Debug, Default)]
pub(crate) struct NameTable(Vec<Box<str>>);

impl NameTable {
    /// The slot of no name.
    pub(crate) const NO_NAME: u16 = NONE_16;

    /// Returns the slot of a name, which is added if it is new. No name, an empty one, and a new one that is past the
    /// bound of the table have [`NameTable::NO_NAME`].
    pub(crate) fn intern(&mut self, name: Option<&str>) -> u16 {
        let Some(name) = name.filter(|name| !name.is_empty()) else { return Self::NO_NAME };
        let known = self.0.iter().rposition(|known| &**known == name);
        let slot = known.or_else(|| {
            let free = self.0.len();
            (free < MAX_NAMES).then(|| {
                self.0.push(name.into());
                free
            })
        });
        slot.and_then(|slot| u16::try_from(slot).ok()).unwrap_or(Self::NO_NAME)
    }

    /// Returns the name in a slot.
    pub(crate) fn get(&self, slot: u16) -> Option<&str> {
        self.0.get(usize::from(slot)).map(|name| &**name)
    }

    /// Gives the names away, each in its slot.
    pub(crate) fn into_names(self) -> Box<[Box<str>]> {
        self.0.into()
    }
}
