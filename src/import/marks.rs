//! Whose an object is, as its keys tell while it is read.

use serde::de::{IgnoredAny, MapAccess};

use super::json::{Allowance, Present, Text};
use crate::provider::{Mark, Owner};

/// Looks at the keys that an importer has no use for, and says whose mark was among them.
#[derive(Default)]
pub(super) struct Marks {
    /// Whose the first mark was.
    pub owner: Option<Owner>,
}

impl Marks {
    /// Takes the value that stands under this key. Behind a mark nothing is looked at any more.
    pub(super) fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        let Some(mark) = Mark::of(key).filter(|_| self.owner.is_none()) else {
            return map.next_value::<IgnoredAny>().map(|_| ());
        };
        // Neither is a list.
        let none = Allowance::none();
        let borne = match mark.value {
            None => map.next_value_seed(none.seed::<Present>())?.0,
            Some(value) => map.next_value_seed(none.seed::<Text<'_>>())?.as_deref() == Some(value),
        };
        self.owner = Some(mark.owner).filter(|_| borne);
        Ok(())
    }
}
