//! Structs whose fields are read from an object by key.

use std::{borrow::Cow, marker::PhantomData};

use serde::de::{MapAccess, SeqAccess};

use super::{
    FieldKey, Lenient, MemoryBudget, OVERHEAD_PER_ELEMENT, Raw,
    shape::{ByShape, FromShape},
};

/// A struct whose fields are read from an object by key. Unknown keys are skipped; of a key that occurs twice the
/// last value counts. One that `keeps` its rest loses no string: what stands under an unknown key, and what is of
/// another type than its field, is kept in [`UnclaimedValues`], but for what the named function leaves out.
macro_rules! record {
    ($(#[$meta:meta])* $name:ident<$life:lifetime> { $($(#[$doc:meta])* $field:ident: $type:ty = $key:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default)]
        pub(crate) struct $name<$life> { $($(#[$doc])* pub $field: $type,)* }

        impl<$life> $crate::import::json::Lenient<$life> for $name<$life> {
            fn from_map<A: serde::de::MapAccess<$life>>(
                mut map: A,
                budget: &$crate::import::json::MemoryBudget,
            ) -> Result<Self, A::Error> {
                let mut record = Self::default();
                while let Some($crate::import::json::FieldKey(key)) = map.next_key()? {
                    match &*key {
                        $($key => record.$field = map.next_value_seed(budget.seed::<$type>())?,)*
                        _ => { map.next_value::<serde::de::IgnoredAny>()?; }
                    }
                }
                Ok(record)
            }
        }
    };
    ($(#[$meta:meta])* $name:ident<$life:lifetime> keeps all but $left_out:path {
        $($(#[$doc:meta])* $field:ident: $type:ty = $key:literal,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default)]
        pub(crate) struct $name<$life> {
            $($(#[$doc])* pub $field: $type,)*
            /// The values that no field takes.
            pub unread: $crate::import::json::UnclaimedValues<$life>,
        }

        impl<$life> $crate::import::json::Lenient<$life> for $name<$life> {
            fn from_text(text: std::borrow::Cow<$life, str>, budget: &$crate::import::json::MemoryBudget) -> Self {
                let mut record = Self::default();
                record.unread.keep_text(std::borrow::Cow::Borrowed(""), text, budget);
                record
            }

            fn from_list<A: serde::de::SeqAccess<$life>>(
                mut list: A,
                budget: &$crate::import::json::MemoryBudget,
            ) -> Result<Self, A::Error> {
                let mut record = Self::default();
                record.unread.keep_list(&mut list, budget)?;
                Ok(record)
            }

            fn from_map<A: serde::de::MapAccess<$life>>(
                map: A,
                budget: &$crate::import::json::MemoryBudget,
            ) -> Result<Self, A::Error> {
                let mut record = Self::default();
                record.fill(map, budget)?;
                Ok(record)
            }

            fn fill<A: serde::de::MapAccess<$life>>(
                &mut self,
                mut map: A,
                budget: &$crate::import::json::MemoryBudget,
            ) -> Result<(), A::Error> {
                while let Some($crate::import::json::FieldKey(key)) = map.next_key()? {
                    match &*key {
                        $($key => {
                            let field = $crate::import::json::Field::new(&key, budget, &mut self.unread);
                            self.$field.take_field(&mut map, field)?;
                        })*
                        _ => {
                            let value: $crate::import::json::Raw<$life> = map.next_value_seed(budget.seed())?;
                            if value.may_hold_text() {
                                match $left_out(&key) {
                                    Some(reason) => budget.leave_out(reason),
                                    None => self.unread.keep(key, value, budget),
                                }
                            }
                        }
                    }
                }
                Ok(())
            }

            fn take_field<A: serde::de::MapAccess<$life>>(
                &mut self,
                map: &mut A,
                field: $crate::import::json::Field<'_, $life>,
            ) -> Result<(), A::Error> {
                field.fill(self, map)
            }

            fn unread(&self, parent_key: &str, visit: &mut dyn FnMut(&str, &$crate::import::json::UnclaimedValue<'_>)) {
                $(self.$field.unread($key, visit);)*
                for (key, value) in &self.unread.0 {
                    visit(if key.is_empty() { parent_key } else { key }, value);
                }
            }
        }
    };
}
pub(crate) use record;

/// A field that is about to be read: its key, and where to put what is not of its type.
pub(crate) struct Field<'a, 'de> {
    key: &'a Cow<'de, str>,
    pub(super) budget: &'a MemoryBudget,
    unread: &'a mut UnclaimedValues<'de>,
}

impl<'a, 'de> Field<'a, 'de> {
    /// Describes the field under this key.
    pub(crate) fn new(
        key: &'a Cow<'de, str>,
        budget: &'a MemoryBudget,
        unread: &'a mut UnclaimedValues<'de>,
    ) -> Self {
        Self { key, budget, unread }
    }

    /// Reads the value of the field where it stands.
    pub(crate) fn fill<T: Lenient<'de>, A: MapAccess<'de>>(
        self,
        value: &mut T,
        map: &mut A,
    ) -> Result<(), A::Error> {
        map.next_value_seed(ByShape(InPlace { value, budget: self.budget }))
    }
}

/// Reads a record where it stands: the largest would be copied from place to place as often as they are handed on.
struct InPlace<'a, T> {
    value: &'a mut T,
    budget: &'a MemoryBudget,
}

impl<'de, T: Lenient<'de>> FromShape<'de> for InPlace<'_, T> {
    type Made = ();

    fn nothing(self) {
        *self.value = T::default();
    }

    fn text(self, text: Cow<'de, str>) {
        *self.value = T::from_text(text, self.budget);
    }

    fn number(self, number: f64) {
        *self.value = T::from_number(number);
    }

    fn flag(self, flag: bool) {
        *self.value = T::from_flag(flag);
    }

    fn list<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        *self.value = T::from_list(list, self.budget)?;
        Ok(())
    }

    fn map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        // Of a key that occurs twice the last value counts.
        *self.value = T::default();
        self.value.fill(map, self.budget)
    }
}

/// Reads a field that is a string, a number or a flag; what is of another type goes to the rest of its record.
pub(super) struct FieldSeed<'a, 'de, T> {
    pub field: Field<'a, 'de>,
    /// It is a string.
    pub takes_text: bool,
    pub value: PhantomData<T>,
}

impl<'de, T: Lenient<'de>> FromShape<'de> for FieldSeed<'_, 'de, T> {
    type Made = T;

    fn nothing(self) -> T {
        T::default()
    }

    fn text(self, text: Cow<'de, str>) -> T {
        if self.takes_text {
            return T::from_text(text, self.field.budget);
        }
        let Field { key, budget, unread } = self.field;
        unread.keep_text(key.clone(), text, budget);
        T::default()
    }

    fn number(self, number: f64) -> T {
        T::from_number(number)
    }

    fn flag(self, flag: bool) -> T {
        T::from_flag(flag)
    }

    fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<T, A::Error> {
        let Field { key, budget, unread } = self.field;
        while let Some(value) = list.next_element_seed(budget.seed())? {
            unread.keep(key.clone(), value, budget);
        }
        Ok(T::default())
    }

    fn map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let Field { budget, unread, .. } = self.field;
        while let Some(FieldKey(key)) = map.next_key()? {
            let value = map.next_value_seed(budget.seed())?;
            unread.keep(key, value, budget);
        }
        Ok(T::default())
    }
}

/// A value that no field takes.
#[derive(Clone, Debug)]
pub(crate) enum UnclaimedValue<'de> {
    /// As it stands in the JSON.
    Json(&'de str),
    /// A string, read.
    Text(Cow<'de, str>),
}

/// The values of an object that no field takes, with their keys; an empty key is that of the object itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct UnclaimedValues<'de>(pub Vec<(Cow<'de, str>, UnclaimedValue<'de>)>);

impl<'de> UnclaimedValues<'de> {
    /// Returns these values and others.
    pub(crate) fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// Keeps a value in which a string may stand.
    pub(crate) fn keep(&mut self, key: Cow<'de, str>, value: Raw<'de>, budget: &MemoryBudget) {
        if value.may_hold_text() {
            self.push(key, UnclaimedValue::Json(value.0), budget);
        }
    }

    /// Keeps a string that stands where something else should.
    pub(crate) fn keep_text(&mut self, key: Cow<'de, str>, text: Cow<'de, str>, budget: &MemoryBudget) {
        if !text.is_empty() {
            self.push(key, UnclaimedValue::Text(text), budget);
        }
    }

    fn push(&mut self, key: Cow<'de, str>, value: UnclaimedValue<'de>, budget: &MemoryBudget) {
        if budget.spend(size_of::<(Cow<'de, str>, UnclaimedValue<'de>)>() + OVERHEAD_PER_ELEMENT) {
            self.0.push((key, value));
        }
    }

    /// Keeps the elements of a list that stands where an object should.
    pub(crate) fn keep_list<A: SeqAccess<'de>>(
        &mut self,
        list: &mut A,
        budget: &MemoryBudget,
    ) -> Result<(), A::Error> {
        while let Some(value) = list.next_element_seed(budget.seed())? {
            self.keep(Cow::Borrowed(""), value, budget);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{LeftOutReason, json::from_str};

    record! {
        /// A record that keeps its rest.
        Kept<'de> keeps all but ids {
            weight: Option<f64> = "weight",
        }
    }

    fn ids(key: &str) -> Option<LeftOutReason> {
        (key == "id").then_some(LeftOutReason::Id)
    }

    #[test]
    fn a_rest_takes_no_more_memory_than_allowed() {
        let json = format!("{{{}\"weight\":\"a\"}}", "\"weight\":\"a\",".repeat(10_000));
        let budget =
            MemoryBudget::new(10 * (size_of::<(Cow<'_, str>, UnclaimedValue<'_>)>() + OVERHEAD_PER_ELEMENT));
        assert_eq!(from_str::<Kept<'_>>(&json, &budget).unwrap().unread.0.len(), 10);
        assert_eq!(from_str::<Kept<'_>>("\"a\"", &budget).unwrap().unread.0.len(), 0, "it is used up");
    }
}
