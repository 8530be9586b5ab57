//! JSON written as text, since the export holds what a JSON library will not write: lone surrogates, keys in the
//! order of the export, escapes for all that is not ASCII.
//!
//! Objects are put together from raw values; one last pass ([`finish`]) over the whole takes the blanks out and
//! resolves the notation `⟦…⟧` by which the source names characters that no editor should have to show.

use std::fmt::Write;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

use super::seed::{Seed, conversation_id};

/// A JSON object under construction: keys in order, values as JSON text.
#[derive(Clone, Debug, Default)]
pub struct Object(Vec<(String, String)>);

impl Object {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a key to a value that is JSON already.
    pub fn raw(&mut self, key: &str, value: impl Into<String>) -> &mut Self {
        let value = value.into();
        match self.0.iter_mut().find(|(known, _)| known == key) {
            Some((_, known)) => *known = value,
            None => self.0.push((key.to_owned(), value)),
        }
        self
    }

    /// Sets a key to a string.
    pub fn text(&mut self, key: &str, value: &str) -> &mut Self {
        self.raw(key, string(value))
    }

    /// Sets a key to a string or null.
    pub fn maybe(&mut self, key: &str, value: Option<&str>) -> &mut Self {
        self.raw(key, value.map_or_else(|| "null".to_owned(), string))
    }

    /// Takes a key out.
    pub fn remove(&mut self, key: &str) {
        self.0.retain(|(known, _)| known != key);
    }

    /// Sets every key of a JSON object given as text.
    pub fn merge(&mut self, json: &str) -> Result<&mut Self> {
        let Members(members) =
            serde_json::from_str(json).with_context(|| format!("not a JSON object: {json}"))?;
        for (key, value) in members {
            self.raw(&key, value.get());
        }
        Ok(self)
    }

    /// The object as JSON text.
    pub fn build(&self) -> String {
        let members: Vec<String> =
            self.0.iter().map(|(key, value)| format!("{}:{value}", string(key))).collect();
        format!("{{{}}}", members.join(","))
    }
}

/// An object's members in their order, not parsed further.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Members;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a JSON object")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

/// A string as JSON.
pub fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Several values as a JSON array.
pub fn array<T: AsRef<str>>(values: &[T]) -> String {
    let values: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
    format!("[{}]", values.join(","))
}

/// Takes the blanks out of JSON text, resolves `⟦…⟧` in its strings, and with `ascii` escapes what is not ASCII.
pub fn finish(json: &str, ascii: bool) -> Result<String> {
    serde_json::from_str::<&RawValue>(json).context("not JSON")?;
    let mut out = String::with_capacity(json.len());
    let mut in_string = false;
    let mut rest = json;
    while let Some(char) = rest.chars().next() {
        rest = &rest[char.len_utf8()..];
        match char {
            ' ' | '\n' | '\r' | '\t' if !in_string => {}
            '\\' if in_string => {
                // The escaped character is ASCII: serde_json has checked.
                out.push('\\');
                out.push_str(&rest[..1]);
                rest = &rest[1..];
            }
            '⟦' if in_string => {
                let (name, after) = rest.split_once('⟧').context("⟦ without ⟧")?;
                out.push_str(&named(name)?);
                rest = after;
            }
            '"' => {
                in_string = !in_string;
                out.push('"');
            }
            char => push(&mut out, char, ascii),
        }
    }
    Ok(out)
}

fn push(out: &mut String, char: char, ascii: bool) {
    if char.is_ascii() || !ascii {
        out.push(char);
    } else {
        for unit in char.encode_utf16(&mut [0; 2]) {
            escape(out, *unit);
        }
    }
}

fn escape(out: &mut String, unit: u16) {
    // Writing to a string cannot fail.
    let _ = write!(out, "\\u{unit:04x}");
}

/// What stands for `⟦name⟧`, escaped for a JSON string: see assets/demo/README.md.
fn named(name: &str) -> Result<String> {
    let mut out = String::new();
    let code = match name {
        "NUL" => 0x00,
        "BEL" => 0x07,
        "BS" => 0x08,
        "CR" => 0x0d,
        "ESC" => 0x1b,
        "DEL" => 0x7f,
        "CSI" => 0x9b,
        "LRM" => 0x200e,
        "RLM" => 0x200f,
        "LRE" => 0x202a,
        "PDF" => 0x202c,
        "RLO" => 0x202e,
        "LRI" => 0x2066,
        "RLI" => 0x2067,
        "FSI" => 0x2068,
        "PDI" => 0x2069,
        "ZWSP" => 0x200b,
        "ZWNJ" => 0x200c,
        "ZWJ" => 0x200d,
        "BOM" => 0xfeff,
        "span" => 0xe203,
        "/span" => 0xe204,
        _ => {
            if let Some(digits) = name.strip_prefix("U+") {
                u32::from_str_radix(digits, 16).with_context(|| format!("⟦{name}⟧: no code point"))?
            } else if let Some(stem) = name.strip_prefix("id:") {
                return Ok(conversation_id(stem));
            } else if let Some(word) = name.strip_prefix("zalgo:") {
                let mut seed = Seed::of(word);
                for char in word.chars() {
                    push(&mut out, char, true);
                    for _ in 0..24 {
                        escape(&mut out, 0x300 + seed.below(0x60) as u16);
                    }
                }
                return Ok(out);
            } else if name.contains('|') {
                // ⟦cite|turn0search1⟧: a citation marker, its words separated as the export does.
                escape(&mut out, 0xe200);
                for (index, word) in name.split('|').enumerate() {
                    if index > 0 {
                        escape(&mut out, 0xe202);
                    }
                    for char in word.chars() {
                        push(&mut out, char, true);
                    }
                }
                escape(&mut out, 0xe201);
                return Ok(out);
            } else {
                bail!("⟦{name}⟧ is no name: see assets/demo/README.md")
            }
        }
    };
    // A lone surrogate is no character: written as its code unit, as the export does.
    match (u16::try_from(code), char::from_u32(code)) {
        (Ok(unit), _) => escape(&mut out, unit),
        (_, Some(char)) => push(&mut out, char, true),
        _ => bail!("⟦{name}⟧: no code point"),
    }
    Ok(out)
}

/// Resolves `⟦id:stem⟧` in a member's name.
pub fn expand_ids(name: &str) -> String {
    match name.split_once("⟦id:").and_then(|(before, rest)| Some((before, rest.split_once('⟧')?))) {
        Some((before, (stem, after))) => format!("{before}{}{after}", conversation_id(stem)),
        None => name.to_owned(),
    }
}
