//! JSON that is taken in as it is read.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess};

use super::shape::{ByShape, FromShape};

/// Takes in a JSON object or array as it is read, instead of making a value of it; other shapes are skipped.
pub(crate) trait Sink<'de> {
    /// Takes in an object.
    fn map<A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(())
    }

    /// Takes in an array.
    fn list<A: SeqAccess<'de>>(&mut self, mut list: A) -> Result<(), A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

/// Gives the content of JSON as text to a sink.
pub(crate) fn deserialize_into<'de>(json: &'de str, sink: impl Sink<'de>) -> serde_json::Result<()> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    SinkSeed(sink).deserialize(&mut deserializer)?;
    deserializer.end()
}

/// Carries a [`Sink`] through serde.
pub(crate) struct SinkSeed<S>(pub S);

impl<'de, S: Sink<'de>> DeserializeSeed<'de> for SinkSeed<S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        ByShape(self).deserialize(deserializer)
    }
}

impl<'de, S: Sink<'de>> FromShape<'de> for SinkSeed<S> {
    type Made = ();

    fn nothing(self) {}

    fn list<A: SeqAccess<'de>>(mut self, list: A) -> Result<(), A::Error> {
        self.0.list(list)
    }

    fn map<A: MapAccess<'de>>(mut self, map: A) -> Result<(), A::Error> {
        self.0.map(map)
    }
}
