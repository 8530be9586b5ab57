//! JSON by its shape: what is made of a string, of a number, of a list.

use std::{borrow::Cow, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Makes something of a JSON value by its shape. A shape that it does not override is skipped, and makes nothing.
pub(super) trait FromShape<'de>: Sized {
    /// What is made.
    type Made;

    /// Makes it of null, or of a shape that says nothing.
    fn nothing(self) -> Self::Made;

    /// Makes it of a string; borrowed where the JSON has no escapes.
    fn text(self, _: Cow<'de, str>) -> Self::Made {
        self.nothing()
    }

    /// Makes it of a number.
    fn number(self, _: f64) -> Self::Made {
        self.nothing()
    }

    /// Makes it of `true` or `false`.
    fn flag(self, _: bool) -> Self::Made {
        self.nothing()
    }

    /// Makes it of an array.
    fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Made, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(self.nothing())
    }

    /// Makes it of an object.
    fn map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Made, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(self.nothing())
    }
}

/// Carries what is made by shape through serde.
pub(super) struct ByShape<S>(pub S);

impl<'de, S: FromShape<'de>> DeserializeSeed<'de> for ByShape<S> {
    type Value = S::Made;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Made, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, S: FromShape<'de>> Visitor<'de> for ByShape<S> {
    type Value = S::Made;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<S::Made, E> {
        Ok(self.0.text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<S::Made, E> {
        Ok(self.0.text(Cow::Owned(text.to_owned())))
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<S::Made, E> {
        Ok(self.0.flag(flag))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<S::Made, E> {
        Ok(self.0.number(number as f64))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<S::Made, E> {
        Ok(self.0.number(number as f64))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<S::Made, E> {
        Ok(self.0.number(number))
    }

    fn visit_unit<E: Error>(self) -> Result<S::Made, E> {
        Ok(self.0.nothing())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<S::Made, A::Error> {
        self.0.list(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<S::Made, A::Error> {
        self.0.map(map)
    }
}
