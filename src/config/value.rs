//! The values of options: a word of a list, a number in its bounds, yes or no, paths, a time zone. Each knows how it is
//! read from TOML, how it is written there, and what it takes, in words.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use jiff::tz::TimeZone;
use toml::de::DeValue;

use super::ValueContext;
use crate::{join_with_or::join_with_or, suggest};

/// The layer that a value is from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ValueOrigin {
    /// Nobody said anything.
    #[default]
    Default,
    /// The config file, in this line, from 1.
    File(usize),
    /// A variable of the environment.
    Environment(&'static str),
    /// A flag.
    Flag(&'static str),
}

impl fmt::Display for ValueOrigin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("default"),
            Self::File(line) => write!(formatter, "line {line}"),
            Self::Environment(name) => write!(formatter, "${name}"),
            Self::Flag(name) => formatter.write_str(name),
        }
    }
}

/// A value and where it is from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layered<T> {
    /// The value in force.
    pub value: T,
    /// The layer it is from.
    pub origin: ValueOrigin,
}

impl<T> Layered<T> {
    /// Takes a built-in value.
    pub fn new(value: T) -> Self {
        Self { value, origin: ValueOrigin::Default }
    }

    /// Takes the value of a flag, if it was given.
    pub(super) fn flag(&mut self, name: &'static str, value: Option<T>) {
        if let Some(value) = value {
            *self = Self { value, origin: ValueOrigin::Flag(name) };
        }
    }
}

/// An option's value, whatever its type.
pub trait OptionValue {
    /// Takes the value of the file in this line.
    ///
    /// # Errors
    /// Fails with what the value should be, in a few words.
    fn read(&mut self, value: &DeValue<'_>, line: usize, context: &ValueContext<'_>) -> Result<(), String>;
    /// Writes the value as TOML.
    fn show(&self) -> String;
    /// Returns the layer it is from.
    fn origin(&self) -> ValueOrigin;
    /// Describes the values it takes: `"auto", "always" or "never"`.
    fn takes(&self) -> String;
}

impl<T: Value> OptionValue for Layered<T> {
    fn read(&mut self, value: &DeValue<'_>, line: usize, context: &ValueContext<'_>) -> Result<(), String> {
        *self = Self { value: T::read(value, context)?, origin: ValueOrigin::File(line) };
        Ok(())
    }

    fn show(&self) -> String {
        self.value.show()
    }

    fn origin(&self) -> ValueOrigin {
        self.origin
    }

    fn takes(&self) -> String {
        T::takes()
    }
}

/// A type of values that can stand in the file.
pub trait Value: Sized {
    /// Reads a value.
    ///
    /// # Errors
    /// Fails with the reason, in a few words.
    fn read(value: &DeValue<'_>, context: &ValueContext<'_>) -> Result<Self, String>;
    /// Writes the value as TOML.
    fn show(&self) -> String;
    /// Describes the values it takes; see [`OptionValue::takes`].
    fn takes() -> String;
}

/// One of a few, each with its word.
pub trait NamedValues: Copy + PartialEq + 'static {
    /// All of them, each with its word.
    const ALL: &'static [(Self, &'static str)];
}

impl<T: NamedValues> Value for T {
    fn read(value: &DeValue<'_>, _: &ValueContext<'_>) -> Result<Self, String> {
        let DeValue::String(text) = value else { return Err(wrong_kind::<Self>(value)) };
        let known = |&&(_, word): &&(Self, &str)| word == &**text;
        if let Some((value, _)) = Self::ALL.iter().find(known) {
            return Ok(*value);
        }
        let words = Self::ALL.iter().map(|(_, word)| *word);
        Err(match suggest::nearest(text, words) {
            Some(word) => {
                format!("there is no {}: did you mean {}?", quote_shortened(text), toml_string(word))
            }
            None => format!("there is no {}: it takes {}", quote_shortened(text), Self::takes()),
        })
    }

    fn show(&self) -> String {
        Self::ALL
            .iter()
            .find(|(value, _)| value == self)
            .map_or_else(String::new, |(_, word)| toml_string(word))
    }

    fn takes() -> String {
        join_with_or(Self::ALL.iter().map(|(_, word)| toml_string(word)))
    }
}

impl Value for bool {
    fn read(value: &DeValue<'_>, _: &ValueContext<'_>) -> Result<Self, String> {
        if let DeValue::Boolean(value) = value { Ok(*value) } else { Err(wrong_kind::<Self>(value)) }
    }

    fn show(&self) -> String {
        self.to_string()
    }

    fn takes() -> String {
        "true or false".to_owned()
    }
}

/// A number within bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoundedNumber<const MIN: u64, const MAX: u64>(u64);

impl<const MIN: u64, const MAX: u64> BoundedNumber<MIN, MAX> {
    /// Returns the number that is nearest within the bounds.
    pub fn clamped(number: u64) -> Self {
        Self(number.clamp(MIN, MAX))
    }

    /// Returns the number.
    pub fn get(self) -> u64 {
        self.0
    }

    fn checked(number: u64) -> Option<Self> {
        (MIN..=MAX).contains(&number).then_some(Self(number))
    }
}

impl<const MIN: u64, const MAX: u64> FromStr for BoundedNumber<MIN, MAX> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().ok().and_then(Self::checked).ok_or_else(|| format!("it takes {}", Self::takes()))
    }
}

impl<const MIN: u64, const MAX: u64> Value for BoundedNumber<MIN, MAX> {
    fn read(value: &DeValue<'_>, _: &ValueContext<'_>) -> Result<Self, String> {
        let DeValue::Integer(number) = value else { return Err(wrong_kind::<Self>(value)) };
        let parsed = u64::from_str_radix(number.as_str(), number.radix()).ok().and_then(Self::checked);
        parsed.ok_or_else(|| {
            format!(
                "it takes {}, not {}",
                Self::takes(),
                quote_shortened(&number.to_string()).trim_matches('"')
            )
        })
    }

    fn show(&self) -> String {
        self.0.to_string()
    }

    fn takes() -> String {
        format!("a number from {MIN} to {MAX}")
    }
}

impl Value for Vec<PathBuf> {
    fn read(value: &DeValue<'_>, context: &ValueContext<'_>) -> Result<Self, String> {
        let one = |value: &DeValue<'_>| match value {
            DeValue::String(text) => path(text, context),
            _ => Err(wrong_kind::<Self>(value)),
        };
        match value {
            DeValue::Array(paths) => paths.iter().map(|value| one(value.get_ref())).collect(),
            value => Ok(vec![one(value)?]),
        }
    }

    fn show(&self) -> String {
        let paths: Vec<String> = self.iter().map(|path| toml_string(&path.to_string_lossy())).collect();
        if let [one] = &*paths { one.clone() } else { format!("[{}]", paths.join(", ")) }
    }

    fn takes() -> String {
        format!("a path, or several in brackets, each from {ABSOLUTE_PREFIX} or ~/ on")
    }
}

/// The beginning of a path that means the same everywhere.
pub(super) const ABSOLUTE_PREFIX: &str = if cfg!(windows) { "C:/" } else { "/" };

/// Reads a path that means the same from wherever the program is started.
fn path(text: &str, context: &ValueContext<'_>) -> Result<PathBuf, String> {
    if let Some(rest) = text.strip_prefix("~/") {
        let home = context.home.ok_or("there is no home folder for the ~ to stand for")?;
        return Ok(home.join(rest));
    }
    let path = Path::new(text);
    if path.is_absolute() {
        return Ok(path.to_owned());
    }
    Err(format!("{} depends on where one is: give it from {ABSOLUTE_PREFIX} or ~/ on", quote_shortened(text)))
}

/// The clock of dates and times.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Zone {
    /// This machine's.
    #[default]
    Local,
    /// That of a place, with its name.
    Named(String, TimeZone),
}

impl Zone {
    /// Returns the zone itself.
    pub fn get(&self) -> TimeZone {
        match self {
            Self::Local => TimeZone::system(),
            Self::Named(_, zone) => zone.clone(),
        }
    }
}

impl Value for Zone {
    fn read(value: &DeValue<'_>, context: &ValueContext<'_>) -> Result<Self, String> {
        let DeValue::String(name) = value else { return Err(wrong_kind::<Self>(value)) };
        if name == "local" {
            return Ok(Self::Local);
        }
        let zone = (context.zone)(name).ok_or_else(|| {
            format!(
                "this machine knows no time zone {}: one is named as in \"Europe/Zurich\"",
                quote_shortened(name)
            )
        })?;
        Ok(Self::Named(name.clone().into_owned(), zone))
    }

    fn show(&self) -> String {
        toml_string(match self {
            Self::Local => "local",
            Self::Named(name, _) => name,
        })
    }

    fn takes() -> String {
        "\"local\" or a name such as \"Europe/Zurich\"".to_owned()
    }
}

fn wrong_kind<T: Value>(value: &DeValue<'_>) -> String {
    format!("it takes {}, not {}", T::takes(), kind(value))
}

/// Names the kind of a value.
pub(super) fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// Quotes somebody's words for a problem: a TOML string, cut where it is very long.
pub(super) fn quote_shortened(text: &str) -> String {
    /// Characters of a wrong value that a problem repeats.
    const MAX: usize = 60;
    match text.char_indices().nth(MAX) {
        Some((end, _)) => toml_string(&format!("{}…", &text[..end])),
        None => toml_string(text),
    }
}

/// Returns a TOML string.
pub(super) fn toml_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            other if other.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(other))),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
