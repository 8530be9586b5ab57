//! The keys of JSON by which conversations are known before and while they are parsed.

use super::{Owner, Provider, unsupported::UNSUPPORTED};

/// The longest key that is asked about here, in bytes.
pub const LONGEST_KEY: usize = 32;

/// Tells whether an object with this key at its top is a conversation.
pub fn marks_conversation(key: &[u8]) -> bool {
    any(key, |provider| provider.facts().marks)
}

/// Tells whether a conversation may begin with this key.
pub fn begins_conversation(key: &[u8]) -> bool {
    any(key, |provider| provider.facts().first_keys)
}

/// Tells whether an object with this key at its top may keep a list of conversations under it.
pub fn lists_conversations(key: &[u8]) -> bool {
    any(key, |provider| provider.facts().list_keys)
}

fn any(key: &[u8], keys: fn(Provider) -> &'static [&'static str]) -> bool {
    Provider::ALL.iter().any(|&provider| keys(provider).iter().any(|known| known.as_bytes() == key))
}

impl Provider {
    /// Finds the provider whose conversations may begin with this key, if no other's may.
    pub fn by_first_key(key: &str) -> Option<Self> {
        let may = |provider: &&Self| provider.facts().first_keys.contains(&key);
        let mut all = Self::ALL.iter().filter(may);
        let first = all.next()?;
        all.next().is_none().then_some(*first)
    }
}

/// A key at the top of an object that tells its provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnerMark {
    /// The owner of objects with this key.
    pub owner: Owner,
    /// The text that must stand under it; `None`: anything but null.
    pub value: Option<&'static str>,
}

impl OwnerMark {
    /// Looks a key up; `None` for one that marks nobody's conversations.
    pub fn of(key: &str) -> Option<Self> {
        let provider = Provider::ALL.iter().find(|provider| provider.facts().marks.contains(&key));
        if let Some(&provider) = provider {
            return Some(Self { owner: Owner::Provider(provider), value: None });
        }
        let unsupported = UNSUPPORTED.iter().filter_map(|export| Some((export.name, export.mark?)));
        let (name, (_, value)) = unsupported.into_iter().find(|(_, mark)| mark.0 == key)?;
        Some(Self { owner: Owner::Unsupported(name), value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_two_providers_have_says_nothing_of_whose_it_is() {
        for provider in Provider::ALL {
            for key in provider.facts().first_keys {
                let others = Provider::ALL.iter().filter(|other| *other != provider);
                let shared = others.into_iter().any(|other| other.facts().first_keys.contains(key));
                assert_eq!(Provider::by_first_key(key), (!shared).then_some(*provider), "{key}");
            }
        }
        assert_eq!(Provider::by_first_key("nobody's"), None);
    }

    #[test]
    fn no_key_is_longer_than_those_that_are_looked_at() {
        for facts in Provider::ALL.iter().map(|provider| provider.facts()) {
            for key in [facts.marks, facts.first_keys, facts.list_keys].concat() {
                assert!(key.len() <= LONGEST_KEY && !key.contains(['"', '\\']), "{key}");
            }
        }
    }

    #[test]
    fn a_mark_is_one_providers() {
        for &provider in Provider::ALL {
            for mark in provider.facts().marks {
                let found = OwnerMark::of(mark).map(|mark| (mark.owner, mark.value));
                assert_eq!(found, Some((Owner::Provider(provider), None)), "{mark}");
            }
        }
        for export in &UNSUPPORTED {
            let Some((key, value)) = export.mark else { continue };
            let mark = OwnerMark { owner: Owner::Unsupported(export.name), value };
            assert_eq!(OwnerMark::of(key), Some(mark), "{key} is a provider's that is supported");
        }
    }
}
