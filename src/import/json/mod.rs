//! JSON that may be of any shape: each field takes what it can use of what it finds, and skips the rest.
//!
//! OpenAI publishes no contract for its export, so a value of another type than expected costs the field it stands
//! in and nothing else. serde's derived types would refuse the object around it; these do not. [`mod@record`] makes structs
//! of such fields, [`raw`] keeps a value to look at it later, [`sink`] takes a value in without making one of it.

mod memory_budget;
mod raw;
mod record;
mod shape;
mod sink;

use std::{borrow::Cow, marker::PhantomData};

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess};

pub(crate) use memory_budget::MemoryBudget;
pub(crate) use raw::{Raw, Repaired, decode_unicode_escape, from_str_or_repaired};
pub(crate) use record::{Field, UnclaimedValue, UnclaimedValues, record};
pub(crate) use sink::{Sink, SinkSeed, deserialize_into};

use memory_budget::OVERHEAD_PER_ELEMENT;
use record::FieldSeed;
use shape::{ByShape, FromShape};

/// A type that can be made of any JSON value: of the shapes it does not override it is the default.
pub(crate) trait Lenient<'de>: Default {
    /// Makes one of whatever comes; the lists in it count against the budget.
    fn read<D: Deserializer<'de>>(deserializer: D, budget: &MemoryBudget) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ByShape(budget.seed()))
    }

    /// Makes one of a string; borrowed where the JSON has no escapes.
    fn from_text(_: Cow<'de, str>, _: &MemoryBudget) -> Self {
        Self::default()
    }

    /// Makes one of a number.
    fn from_number(_: f64) -> Self {
        Self::default()
    }

    /// Makes one of `true` or `false`.
    fn from_flag(_: bool) -> Self {
        Self::default()
    }

    /// Makes one of an array.
    fn from_list<A: SeqAccess<'de>>(mut list: A, _: &MemoryBudget) -> Result<Self, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }

    /// Makes one of an object.
    fn from_map<A: MapAccess<'de>>(mut map: A, _: &MemoryBudget) -> Result<Self, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }

    /// Makes one of the value of a field; what it cannot take may go to the unread values of the field's record.
    fn from_field<A: MapAccess<'de>>(map: &mut A, field: Field<'_, 'de>) -> Result<Self, A::Error> {
        map.next_value_seed(field.budget.seed())
    }

    /// Takes in an object, as [`Lenient::from_map`] makes one of it.
    fn fill<A: MapAccess<'de>>(&mut self, map: A, budget: &MemoryBudget) -> Result<(), A::Error> {
        *self = Self::from_map(map, budget)?;
        Ok(())
    }

    /// Takes in the value of a field, as [`Lenient::from_field`] makes one of it.
    fn take_field<A: MapAccess<'de>>(&mut self, map: &mut A, field: Field<'_, 'de>) -> Result<(), A::Error> {
        *self = Self::from_field(map, field)?;
        Ok(())
    }

    /// Visits the values in it that no field took, each with the key it stands under; `parent_key` is its own.
    fn unread(&self, _parent_key: &str, _visit: &mut dyn FnMut(&str, &UnclaimedValue<'_>)) {}
}

/// Reads a value from JSON as text; what its lists take comes out of the budget.
pub(crate) fn from_str<'de, T: Lenient<'de>>(json: &'de str, budget: &MemoryBudget) -> serde_json::Result<T> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let value = T::read(&mut deserializer, budget)?;
    deserializer.end()?;
    Ok(value)
}

/// Carries a [`Lenient`] type through serde, and the budget to its lists.
pub(crate) struct LenientSeed<'a, T> {
    budget: &'a MemoryBudget,
    value: PhantomData<T>,
}

impl<'a, T> LenientSeed<'a, T> {
    /// Reads a value within a budget.
    fn within(budget: &'a MemoryBudget) -> Self {
        Self { budget, value: PhantomData }
    }
}

impl<'de, T: Lenient<'de>> DeserializeSeed<'de> for LenientSeed<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::read(deserializer, self.budget)
    }
}

impl<'de, T: Lenient<'de>> FromShape<'de> for LenientSeed<'_, T> {
    type Made = T;

    fn nothing(self) -> T {
        T::default()
    }

    fn text(self, text: Cow<'de, str>) -> T {
        T::from_text(text, self.budget)
    }

    fn number(self, number: f64) -> T {
        T::from_number(number)
    }

    fn flag(self, flag: bool) -> T {
        T::from_flag(flag)
    }

    fn list<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
        T::from_list(list, self.budget)
    }

    fn map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::from_map(map, self.budget)
    }
}

/// A string, if it is one.
pub(crate) type MaybeText<'de> = Option<Cow<'de, str>>;

impl<'de> Lenient<'de> for MaybeText<'de> {
    fn from_text(text: Cow<'de, str>, _: &MemoryBudget) -> Self {
        Some(text)
    }

    fn from_field<A: MapAccess<'de>>(map: &mut A, field: Field<'_, 'de>) -> Result<Self, A::Error> {
        map.next_value_seed(ByShape(FieldSeed { field, takes_text: true, value: PhantomData }))
    }
}

/// The key of a field; borrowed where the JSON has no escapes.
pub(crate) struct FieldKey<'de>(pub Cow<'de, str>);

impl<'de> Deserialize<'de> for FieldKey<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(ByShape(KeySeed)).map(Self)
    }
}

/// Takes a key as it comes: there are more of them than of anything else.
struct KeySeed;

impl<'de> FromShape<'de> for KeySeed {
    type Made = Cow<'de, str>;

    fn nothing(self) -> Cow<'de, str> {
        Cow::default()
    }

    fn text(self, text: Cow<'de, str>) -> Cow<'de, str> {
        text
    }
}

impl<'de> Lenient<'de> for Option<f64> {
    fn from_number(number: f64) -> Self {
        Some(number)
    }

    fn from_field<A: MapAccess<'de>>(map: &mut A, field: Field<'_, 'de>) -> Result<Self, A::Error> {
        map.next_value_seed(ByShape(FieldSeed { field, takes_text: false, value: PhantomData }))
    }
}

impl<'de> Lenient<'de> for bool {
    fn from_flag(flag: bool) -> Self {
        flag
    }

    fn from_field<A: MapAccess<'de>>(map: &mut A, field: Field<'_, 'de>) -> Result<Self, A::Error> {
        map.next_value_seed(ByShape(FieldSeed { field, takes_text: false, value: PhantomData }))
    }
}

impl<'de, T: Lenient<'de>> Lenient<'de> for Vec<T> {
    fn from_list<A: SeqAccess<'de>>(mut list: A, budget: &MemoryBudget) -> Result<Self, A::Error> {
        // The length is not known before the end, and would not be trusted.
        let mut elements = Self::new();
        while budget.spend(size_of::<T>() + OVERHEAD_PER_ELEMENT) {
            match list.next_element_seed(budget.seed())? {
                Some(element) => {
                    // Most lists of what is large have one element, and room would be made for four.
                    if elements.is_empty() {
                        elements.reserve_exact(1);
                    }
                    elements.push(element);
                }
                None => return Ok(elements),
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(elements)
    }

    fn unread(&self, parent_key: &str, visit: &mut dyn FnMut(&str, &UnclaimedValue<'_>)) {
        for element in self {
            element.unread(parent_key, visit);
        }
    }
}

/// A list in any of the shapes in which one occurs: an array, an object that numbers its elements, a single one.
#[derive(Clone, Debug)]
pub(crate) struct OneOrMany<T>(pub Vec<T>);

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> std::ops::Deref for OneOrMany<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: Lenient<'de>> Lenient<'de> for OneOrMany<T> {
    fn from_text(text: Cow<'de, str>, budget: &MemoryBudget) -> Self {
        Self(vec![T::from_text(text, budget)])
    }

    fn from_list<A: SeqAccess<'de>>(list: A, budget: &MemoryBudget) -> Result<Self, A::Error> {
        Lenient::from_list(list, budget).map(Self)
    }

    fn from_map<A: MapAccess<'de>>(mut map: A, budget: &MemoryBudget) -> Result<Self, A::Error> {
        let mut elements = Vec::new();
        while let Some(FieldKey(_)) = map.next_key()? {
            if budget.spend(size_of::<T>() + OVERHEAD_PER_ELEMENT) {
                elements.push(map.next_value_seed(budget.seed())?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Self(elements))
    }

    fn unread(&self, parent_key: &str, visit: &mut dyn FnMut(&str, &UnclaimedValue<'_>)) {
        self.0.unread(parent_key, visit);
    }
}

/// An object, or nothing.
#[derive(Clone, Debug)]
pub(crate) struct Maybe<T>(pub Option<Box<T>>);

impl<T> Default for Maybe<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Lenient<'de>> Lenient<'de> for Maybe<T> {
    fn from_text(text: Cow<'de, str>, budget: &MemoryBudget) -> Self {
        Self(Some(Box::new(T::from_text(text, budget))))
    }

    fn from_list<A: SeqAccess<'de>>(list: A, budget: &MemoryBudget) -> Result<Self, A::Error> {
        T::from_list(list, budget).map(|value| Self(Some(Box::new(value))))
    }

    fn from_map<A: MapAccess<'de>>(map: A, budget: &MemoryBudget) -> Result<Self, A::Error> {
        let mut value = Box::<T>::default();
        value.fill(map, budget)?;
        Ok(Self(Some(value)))
    }

    fn unread(&self, parent_key: &str, visit: &mut dyn FnMut(&str, &UnclaimedValue<'_>)) {
        if let Some(value) = &self.0 {
            value.unread(parent_key, visit);
        }
    }
}

/// A test for a value that is there and not null, of any shape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct IsPresent(pub bool);

impl<'de> Lenient<'de> for IsPresent {
    fn from_text(_: Cow<'de, str>, _: &MemoryBudget) -> Self {
        Self(true)
    }

    fn from_number(_: f64) -> Self {
        Self(true)
    }

    fn from_flag(_: bool) -> Self {
        Self(true)
    }

    fn from_list<A: SeqAccess<'de>>(mut list: A, _: &MemoryBudget) -> Result<Self, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self(true))
    }

    fn from_map<A: MapAccess<'de>>(mut map: A, _: &MemoryBudget) -> Result<Self, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self(true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_take_no_more_memory_than_allowed() {
        let json = format!("[{}1]", "1,".repeat(10_000));
        let budget = MemoryBudget::new(100 * (size_of::<Option<f64>>() + OVERHEAD_PER_ELEMENT));
        assert_eq!(from_str::<Vec<Option<f64>>>(&json, &budget).unwrap().len(), 100);
        assert_eq!(from_str::<Vec<Option<f64>>>(&json, &budget).unwrap().len(), 0, "it is used up");
    }
}
