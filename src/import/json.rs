//! JSON that may be of any shape: each field takes what it can use of what it finds, and skips the rest.
//!
//! OpenAI publishes no contract for its export, so a value of another type than expected costs the field it stands
//! in and nothing else. serde's derived types would refuse the object around it; these do not.

use std::{
    borrow::Cow,
    cell::{Cell, OnceCell},
    fmt,
    marker::PhantomData,
};

use memchr::memchr;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;

use super::repair::repair_value;

/// A struct whose fields are read from an object by key. Unknown keys are skipped; of a key that occurs twice the
/// last value counts. One that `keeps` its rest loses no string: what stands under an unknown key, and what is of
/// another type than its field, is kept in [`UnreadValues`], but for what the named function leaves out.
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
            pub rest: $crate::import::json::UnreadValues<$life>,
        }

        impl<$life> $crate::import::json::Lenient<$life> for $name<$life> {
            fn from_text(text: std::borrow::Cow<$life, str>, budget: &$crate::import::json::MemoryBudget) -> Self {
                let mut record = Self::default();
                record.rest.keep_text(std::borrow::Cow::Borrowed(""), text, budget);
                record
            }

            fn from_list<A: serde::de::SeqAccess<$life>>(
                mut list: A,
                budget: &$crate::import::json::MemoryBudget,
            ) -> Result<Self, A::Error> {
                let mut record = Self::default();
                record.rest.keep_list(&mut list, budget)?;
                Ok(record)
            }

            fn from_map<A: serde::de::MapAccess<$life>>(
                mut map: A,
                budget: &$crate::import::json::MemoryBudget,
            ) -> Result<Self, A::Error> {
                let mut record = Self::default();
                while let Some($crate::import::json::FieldKey(key)) = map.next_key()? {
                    match &*key {
                        $($key => {
                            let seed = $crate::import::json::Field::new(&key, budget, &mut record.rest);
                            let value = <$type>::from_field(&mut map, seed)?;
                            record.$field = value;
                        })*
                        _ if $left_out(&key) => { map.next_value::<serde::de::IgnoredAny>()?; }
                        _ => {
                            let value = map.next_value_seed(budget.seed())?;
                            record.rest.keep(key, value, budget);
                        }
                    }
                }
                Ok(record)
            }

            fn unread(&self, under: &str, visit: &mut dyn FnMut(&str, &$crate::import::json::Left<'_>)) {
                $(self.$field.unread($key, visit);)*
                for (key, value) in &self.rest.0 {
                    visit(if key.is_empty() { under } else { key }, value);
                }
            }
        }
    };
}
pub(crate) use record;

/// A type that can be made of any JSON value: of the shapes it does not override it is the default.
pub(crate) trait Lenient<'de>: Default {
    /// Makes one of whatever comes; the lists in it take of the budget.
    fn read<D: Deserializer<'de>>(deserializer: D, budget: &MemoryBudget) -> Result<Self, D::Error> {
        deserializer.deserialize_any(budget.seed())
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

    /// Makes one of the value of a field; what it cannot take may go to the rest of the field's record.
    fn from_field<A: MapAccess<'de>>(map: &mut A, field: Field<'_, 'de>) -> Result<Self, A::Error> {
        map.next_value_seed(field.budget.seed())
    }

    /// Visits the values in it that no field took, each with the key it stands under; `under` is its own.
    fn unread(&self, _under: &str, _visit: &mut dyn FnMut(&str, &Left<'_>)) {}
}

/// A field that is about to be read: its key, and where to put what is not of its type.
pub(crate) struct Field<'a, 'de> {
    key: &'a Cow<'de, str>,
    budget: &'a MemoryBudget,
    rest: &'a mut UnreadValues<'de>,
}

impl<'a, 'de> Field<'a, 'de> {
    /// Describes the field under this key.
    pub(crate) fn new(
        key: &'a Cow<'de, str>,
        budget: &'a MemoryBudget,
        rest: &'a mut UnreadValues<'de>,
    ) -> Self {
        Self { key, budget, rest }
    }
}

/// Reads a field that is a string, a number or a flag; what is of another type goes to the rest of its record.
struct FieldSeed<'a, 'de, T> {
    field: Field<'a, 'de>,
    /// It is a string.
    takes_text: bool,
    value: PhantomData<T>,
}

impl<'de, T: Lenient<'de>> DeserializeSeed<'de> for FieldSeed<'_, 'de, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Lenient<'de>> FieldSeed<'_, 'de, T> {
    fn text(self, text: Cow<'de, str>) -> T {
        if self.takes_text {
            return T::from_text(text, self.field.budget);
        }
        let Field { key, budget, rest } = self.field;
        rest.keep_text(key.clone(), text, budget);
        T::default()
    }
}

impl<'de, T: Lenient<'de>> Visitor<'de> for FieldSeed<'_, 'de, T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<T, E> {
        Ok(self.text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<T, E> {
        Ok(self.text(Cow::Owned(text.to_owned())))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<T, E> {
        Ok(T::from_flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<T, E> {
        Ok(T::from_number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<T, E> {
        Ok(T::from_number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<T, E> {
        Ok(T::from_number(number))
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<T, A::Error> {
        let Field { key, budget, rest } = self.field;
        while let Some(value) = list.next_element_seed(budget.seed())? {
            rest.keep(key.clone(), value, budget);
        }
        Ok(T::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let Field { budget, rest, .. } = self.field;
        while let Some(FieldKey(key)) = map.next_key()? {
            let value = map.next_value_seed(budget.seed())?;
            rest.keep(key, value, budget);
        }
        Ok(T::default())
    }
}

/// A value that no field takes.
#[derive(Clone, Debug)]
pub(crate) enum Left<'de> {
    /// As it stands in the JSON.
    Json(&'de str),
    /// A string, read.
    Text(Cow<'de, str>),
}

/// The values of an object that no field takes, with their keys; an empty key is that of the object itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct UnreadValues<'de>(pub Vec<(Cow<'de, str>, Left<'de>)>);

impl<'de> UnreadValues<'de> {
    /// Keeps a value in which a string may stand.
    pub(crate) fn keep(&mut self, key: Cow<'de, str>, value: Raw<'de>, budget: &MemoryBudget) {
        let may_hold_text =
            value.0.starts_with(['"', '{', '[']) && value.0.contains('"') && value.0 != "\"\"";
        if may_hold_text {
            self.push(key, Left::Json(value.0), budget);
        }
    }

    /// Keeps a string that stands where something else should.
    pub(crate) fn keep_text(&mut self, key: Cow<'de, str>, text: Cow<'de, str>, budget: &MemoryBudget) {
        if !text.is_empty() {
            self.push(key, Left::Text(text), budget);
        }
    }

    fn push(&mut self, key: Cow<'de, str>, value: Left<'de>, budget: &MemoryBudget) {
        if budget.spend(size_of::<(Cow<'de, str>, Left<'de>)>() + PER_ELEMENT) {
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

/// Reads a value from JSON as text; what its lists take comes out of the budget.
pub(crate) fn from_str<'de, T: Lenient<'de>>(json: &'de str, budget: &MemoryBudget) -> serde_json::Result<T> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let value = T::read(&mut deserializer, budget)?;
    deserializer.end()?;
    Ok(value)
}

/// The place for the sound form of JSON that had to be repaired.
pub(crate) type Repaired = OnceCell<String>;

/// Reads a value from JSON that was kept as it stands ([`Raw`]). Such is JSON only at first sight: what passed over it did
/// not look at letters and numbers, and half an emoji or a number out of range would cost the whole of it. It is repaired
/// then, into `repaired`, and read once more.
pub(crate) fn from_str_or_repaired<'de, T: Lenient<'de>>(
    json: &'de str,
    repaired: &'de Repaired,
    budget: &MemoryBudget,
) -> serde_json::Result<T> {
    let left = budget.0.get();
    let error = match from_str(json, budget) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let json = json.trim();
    if !json.starts_with(['{', '[']) || serde_json::from_str::<&RawValue>(json).is_err() {
        return Err(error);
    }
    // What was taken for the first reading is free again.
    budget.0.set(left);
    from_str(repaired.get_or_init(|| repair_value(json)), budget)
}

/// The bytes that the lists of a value may still take: `[{},{},…]` is three bytes an element in the file and
/// hundreds in memory. Elements beyond are skipped.
pub(crate) struct MemoryBudget(Cell<usize>);

/// The bytes that an element costs besides its own size, as a string it owns.
const PER_ELEMENT: usize = 32;

impl MemoryBudget {
    /// Allows this many bytes.
    pub(crate) fn new(bytes: usize) -> Self {
        Self(Cell::new(bytes))
    }

    /// Allows nothing, for values that hold no list.
    pub(crate) fn none() -> Self {
        Self::new(0)
    }

    /// Reads one value within it.
    pub(crate) fn seed<T>(&self) -> LenientSeed<'_, T> {
        LenientSeed { budget: self, value: PhantomData }
    }

    /// Takes this many bytes of it, if they are left.
    fn spend(&self, bytes: usize) -> bool {
        let left = self.0.get().checked_sub(bytes);
        if let Some(left) = left {
            self.0.set(left);
        }
        left.is_some()
    }
}

/// Carries a [`Lenient`] type through serde, and the budget to its lists.
pub(crate) struct LenientSeed<'a, T> {
    budget: &'a MemoryBudget,
    value: PhantomData<T>,
}

impl<'de, T: Lenient<'de>> DeserializeSeed<'de> for LenientSeed<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::read(deserializer, self.budget)
    }
}

impl<'de, T: Lenient<'de>> Visitor<'de> for LenientSeed<'_, T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<T, E> {
        Ok(T::from_text(Cow::Borrowed(text), self.budget))
    }

    fn visit_str<E>(self, text: &str) -> Result<T, E> {
        Ok(T::from_text(Cow::Owned(text.to_owned()), self.budget))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<T, E> {
        Ok(T::from_flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<T, E> {
        Ok(T::from_number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<T, E> {
        Ok(T::from_number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<T, E> {
        Ok(T::from_number(number))
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
        T::from_list(list, self.budget)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
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
        map.next_value_seed(FieldSeed { field, takes_text: true, value: PhantomData })
    }
}

/// The key of a field; borrowed where the JSON has no escapes.
pub(crate) struct FieldKey<'de>(pub Cow<'de, str>);

impl<'de> Deserialize<'de> for FieldKey<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = MaybeText::read(deserializer, &MemoryBudget::none())?;
        Ok(Self(key.unwrap_or_default()))
    }
}

impl<'de> Lenient<'de> for Option<f64> {
    fn from_number(number: f64) -> Self {
        Some(number)
    }

    fn from_field<A: MapAccess<'de>>(map: &mut A, field: Field<'_, 'de>) -> Result<Self, A::Error> {
        map.next_value_seed(FieldSeed { field, takes_text: false, value: PhantomData })
    }
}

impl<'de> Lenient<'de> for bool {
    fn from_flag(flag: bool) -> Self {
        flag
    }

    fn from_field<A: MapAccess<'de>>(map: &mut A, field: Field<'_, 'de>) -> Result<Self, A::Error> {
        map.next_value_seed(FieldSeed { field, takes_text: false, value: PhantomData })
    }
}

impl<'de, T: Lenient<'de>> Lenient<'de> for Vec<T> {
    fn from_list<A: SeqAccess<'de>>(mut list: A, budget: &MemoryBudget) -> Result<Self, A::Error> {
        // The length is not known before the end, and would not be trusted.
        let mut elements = Self::new();
        while budget.spend(size_of::<T>() + PER_ELEMENT) {
            match list.next_element_seed(budget.seed())? {
                Some(element) => elements.push(element),
                None => return Ok(elements),
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(elements)
    }

    fn unread(&self, under: &str, visit: &mut dyn FnMut(&str, &Left<'_>)) {
        for element in self {
            element.unread(under, visit);
        }
    }
}

/// A list in any of the shapes in which one occurs: an array, an object that numbers its elements, a single one.
#[derive(Clone, Debug)]
pub(crate) struct Several<T>(pub Vec<T>);

impl<T> Default for Several<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> std::ops::Deref for Several<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: Lenient<'de>> Lenient<'de> for Several<T> {
    fn from_text(text: Cow<'de, str>, budget: &MemoryBudget) -> Self {
        Self(vec![T::from_text(text, budget)])
    }

    fn from_list<A: SeqAccess<'de>>(list: A, budget: &MemoryBudget) -> Result<Self, A::Error> {
        Lenient::from_list(list, budget).map(Self)
    }

    fn from_map<A: MapAccess<'de>>(mut map: A, budget: &MemoryBudget) -> Result<Self, A::Error> {
        let mut elements = Vec::new();
        while let Some(FieldKey(_)) = map.next_key()? {
            if budget.spend(size_of::<T>() + PER_ELEMENT) {
                elements.push(map.next_value_seed(budget.seed())?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Self(elements))
    }

    fn unread(&self, under: &str, visit: &mut dyn FnMut(&str, &Left<'_>)) {
        self.0.unread(under, visit);
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

/// A JSON value as it stands, to be looked at later: a long text is unescaped once, straight to where it is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Raw<'de>(pub &'de str);

impl<'de> Lenient<'de> for Raw<'de> {
    fn read<D: Deserializer<'de>>(deserializer: D, _: &MemoryBudget) -> Result<Self, D::Error> {
        <&'de RawValue>::deserialize(deserializer).map(|value| Self(value.get()))
    }
}

impl<'de> Raw<'de> {
    /// Returns the string it is; borrowed where the JSON has no escapes.
    pub(crate) fn text(self) -> MaybeText<'de> {
        let inner = self.0.strip_prefix('"')?.strip_suffix('"')?;
        if memchr(b'\\', inner.as_bytes()).is_none() {
            return Some(Cow::Borrowed(inner));
        }
        let mut text = String::with_capacity(inner.len());
        self.unescape(&mut text);
        Some(Cow::Owned(text))
    }
}

impl Raw<'_> {
    /// Returns whether it is a string.
    pub(crate) fn is_text(self) -> bool {
        self.0.starts_with('"')
    }

    /// Appends the string it is; a lone surrogate becomes U+FFFD.
    pub(crate) fn unescape(self, out: &mut String) {
        let Some(mut rest) = self.0.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return };
        while let Some(at) = memchr(b'\\', rest.as_bytes()) {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            let plain = match rest.as_bytes().first() {
                Some(b'n') => '\n',
                Some(b't') => '\t',
                Some(b'r') => '\r',
                Some(b'b') => '\u{8}',
                Some(b'f') => '\u{c}',
                Some(b'u') => {
                    let (character, length) = escaped(rest);
                    out.push(character);
                    rest = &rest[length..];
                    continue;
                }
                Some(&other) => other as char,
                None => return,
            };
            out.push(plain);
            rest = &rest[1..];
        }
        out.push_str(rest);
    }
}

impl Raw<'_> {
    /// Appends the words it holds: a string, an object's `text`, or a list of such, one a line.
    pub(crate) fn append_text(self, out: &mut String) {
        match self.0.as_bytes().first() {
            Some(b'"') => self.unescape(out),
            Some(b'{') => self.text_of_object(&Repaired::new()).unescape(out),
            Some(b'[') => {
                let start = out.len();
                if deserialize_into(self.0, Lines { out, any: false }).is_err() {
                    out.truncate(start);
                }
            }
            _ => {}
        }
    }

    /// Returns the `text` of an object, as it stands.
    fn text_of_object<'a>(&'a self, repaired: &'a Repaired) -> Raw<'a> {
        let object = from_str_or_repaired::<WithText<'a>>(self.0, repaired, &MemoryBudget::none());
        object.map(|object| object.text).unwrap_or_default()
    }
}

/// Appends the words of a list, one a line.
struct Lines<'o> {
    out: &'o mut String,
    /// `true` once there is a line.
    any: bool,
}

impl<'de> Sink<'de> for Lines<'_> {
    fn list<A: SeqAccess<'de>>(&mut self, mut list: A) -> Result<(), A::Error> {
        while let Some(part) = list.next_element_seed(MemoryBudget::none().seed::<Raw<'de>>())? {
            let repaired = Repaired::new();
            let words = if part.0.starts_with('{') { part.text_of_object(&repaired) } else { part };
            if words.is_text() {
                if self.any {
                    self.out.push('\n');
                }
                self.any = true;
                words.unescape(self.out);
            }
        }
        Ok(())
    }
}

record! {
    /// An object with words.
    WithText<'de> {
        text: Raw<'de> = "text",
    }
}

/// Returns the character of an escape whose first backslash is passed, as in `u20ac`, or `ud83d\ude00` for a
/// pair; and its length in bytes.
fn escaped(text: &str) -> (char, usize) {
    let unit = |at: usize| text.get(at..at + 4).and_then(|digits| u16::from_str_radix(digits, 16).ok());
    match unit(1) {
        Some(high @ 0xd800..=0xdbff) => match unit(7).filter(|_| text.get(5..7) == Some("\\u")) {
            Some(low @ 0xdc00..=0xdfff) => {
                let code = 0x1_0000 + (u32::from(high - 0xd800) << 10) + u32::from(low - 0xdc00);
                (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 11)
            }
            _ => (char::REPLACEMENT_CHARACTER, 5),
        },
        Some(unit) => (char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER), 5),
        None => (char::REPLACEMENT_CHARACTER, text.len().min(1)),
    }
}

/// Returns the letter of an escape `\u00fc` with which a text begins, and the escape's length; `None` for any other
/// beginning, and for half a letter.
pub(crate) fn escaped_letter(text: &str) -> Option<(char, usize)> {
    let rest = text.strip_prefix('\\').filter(|rest| rest.starts_with('u'))?;
    let (letter, length) = escaped(rest);
    (letter != char::REPLACEMENT_CHARACTER).then_some((letter, length + 1))
}

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
        deserializer.deserialize_any(self)
    }
}

impl<'de, S: Sink<'de>> Visitor<'de> for SinkSeed<S> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, list: A) -> Result<(), A::Error> {
        self.0.list(list)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, map: A) -> Result<(), A::Error> {
        self.0.map(map)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use proptest::prelude::*;

    use super::*;

    fn unescaped(json: &str) -> String {
        let mut text = String::new();
        Raw(json).unescape(&mut text);
        text
    }

    proptest! {
        #[test]
        fn strings_are_unescaped_as_serde_json_does(text in any::<String>()) {
            let json = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(unescaped(&json), text.clone());
            let mut ascii = String::new();
            for unit in text.encode_utf16() {
                write!(ascii, "\\u{unit:04x}").unwrap();
            }
            prop_assert_eq!(unescaped(&format!("\"{ascii}\"")), text);
        }
    }

    record! {
        /// A record that keeps its rest.
        Kept<'de> keeps all but is_id {
            weight: Option<f64> = "weight",
        }
    }

    fn is_id(key: &str) -> bool {
        key == "id"
    }

    #[test]
    fn a_rest_takes_no_more_memory_than_allowed() {
        let json = format!("{{{}\"weight\":\"a\"}}", "\"weight\":\"a\",".repeat(10_000));
        let budget = MemoryBudget::new(10 * (size_of::<(Cow<'_, str>, Left<'_>)>() + PER_ELEMENT));
        assert_eq!(from_str::<Kept<'_>>(&json, &budget).unwrap().rest.0.len(), 10);
        assert_eq!(from_str::<Kept<'_>>("\"a\"", &budget).unwrap().rest.0.len(), 0, "it is used up");
    }

    #[test]
    fn lists_take_no_more_memory_than_allowed() {
        let json = format!("[{}1]", "1,".repeat(10_000));
        let budget = MemoryBudget::new(100 * (size_of::<Option<f64>>() + PER_ELEMENT));
        assert_eq!(from_str::<Vec<Option<f64>>>(&json, &budget).unwrap().len(), 100);
        assert_eq!(from_str::<Vec<Option<f64>>>(&json, &budget).unwrap().len(), 0, "it is used up");
    }
}
