//! Reads the members of an export that tell of its owner: a profile, a memory, public links.
//!
//! Which members those are, [`crate::provider`] lists; what stands in them, the folder of each provider knows. The
//! values are as they were written: whoever shows them masks them first.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::provider::{AccountFileKind, Provider};

/// An account file, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountFileContent {
    /// The public links, as [`AccountFileKind::Links`] describes them.
    Links(Vec<SharedLink>),
    /// The fields of the profile that are not empty; see [`AccountFileKind::Profile`].
    Profile(Vec<ProfileEntry>),
    /// Every text of the memory that is not blank, ids and dates too; see [`AccountFileKind::Memory`].
    Memory(Vec<String>),
}

/// A conversation that anybody with the address can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedLink {
    /// The provider where it is shared.
    pub provider: Provider,
    /// The link's own id: `https://chatgpt.com/share/{id}`.
    pub id: String,
    /// The conversation it shows; empty if the export does not say.
    pub conversation_id: String,
    /// Its title when it was shared.
    pub title: String,
}

impl SharedLink {
    /// Returns the public address; `None` for an id that does not look like one.
    pub fn address(&self) -> Option<String> {
        self.provider.shared_address(&self.id)
    }
}

/// A field of the profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileEntry {
    /// Its key in the export.
    pub name: String,
    /// The value under it.
    pub value: ProfileValue,
}

/// The value of a [`ProfileEntry`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileValue {
    /// A text that is not blank.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// A number, a list, an object.
    Other,
}

/// Reads the account file of this name, and says whose it is. Where several providers have one of that name, it is read
/// as one of `likely`, whose conversations are in that archive, else as the first one's that knows what is in it.
/// `None` if nobody does.
pub fn account_file(name: &str, json: &[u8], likely: &[Provider]) -> Option<(Provider, AccountFileContent)> {
    likely.iter().chain(Provider::ALL).find_map(|&provider| {
        let file = provider.facts().account_files.iter().find(|file| file.name == name)?;
        Some((provider, parse_as(provider, file.kind, json)?))
    })
}

fn parse_as(provider: Provider, holds: AccountFileKind, json: &[u8]) -> Option<AccountFileContent> {
    match provider {
        Provider::ChatGpt => super::chatgpt::account_file(holds, json),
        Provider::Claude => super::claude::account_file(holds, json),
    }
}

/// Returns the fields of an object, or of the first of a list of such. `None` for anything else.
pub(super) fn profile(json: &[u8]) -> Option<Vec<ProfileEntry>> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Profile {
        One(Map<String, Value>),
        OneOrMany(Vec<Map<String, Value>>),
    }
    let fields = match serde_json::from_slice(json).ok()? {
        Profile::One(fields) => fields,
        Profile::OneOrMany(several) => several.into_iter().next()?,
    };
    let entry = |(name, value)| Some(ProfileEntry { name, value: said(value)? });
    Some(fields.into_iter().filter_map(entry).collect())
}

/// Reads a value; `None` for one that is empty.
fn said(value: Value) -> Option<ProfileValue> {
    match value {
        Value::Null => None,
        Value::Bool(flag) => Some(ProfileValue::Flag(flag)),
        Value::Number(_) => Some(ProfileValue::Other),
        Value::String(text) => (!text.trim().is_empty()).then_some(ProfileValue::Text(text)),
        Value::Array(values) => (!values.is_empty()).then_some(ProfileValue::Other),
        Value::Object(fields) => (!fields.is_empty()).then_some(ProfileValue::Other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_provider_lists_its_importer_reads() {
        for &provider in Provider::ALL {
            for file in provider.facts().account_files {
                let read = |json: &[u8]| parse_as(provider, file.kind, json);
                let content = read(b"[]").or_else(|| read(b"{}"));
                assert!(content.is_some(), "{}: {}", provider.name(), file.name);
                assert_eq!(read(b"7"), None, "{}: {}", provider.name(), file.name);
            }
        }
        assert_eq!(account_file("nobody's.json", b"{}", Provider::ALL), None);
    }

    #[test]
    fn a_profile_has_the_fields_that_say_something() {
        let json = br#"{"name": "R", "plus": true, "nothing": null, "blank": " ", "list": [1], "empty": [], "year": 1987}"#;
        let entry = |name: &str, value| ProfileEntry { name: name.to_owned(), value };
        let expected = [
            entry("list", ProfileValue::Other),
            entry("name", ProfileValue::Text("R".to_owned())),
            entry("plus", ProfileValue::Flag(true)),
            entry("year", ProfileValue::Other),
        ];
        assert_eq!(profile(json).as_deref(), Some(&expected[..]));
        assert_eq!(profile(b"[{\"a\": \"\"}]"), Some(Vec::new()));
        assert_eq!((profile(b"7"), profile(b"[]")), (None, None));
    }
}
