//! The keys of JSON by which conversations are known before and while they are parsed.

use super::{Provider, RecognisedProvider, unsupported::UNSUPPORTED};

/// The longest key that is asked about here, in bytes.
pub const MAX_KEY_LENGTH: usize = 32;

/// Returns whether an object with this key at its top is a conversation.
pub fn is_signature_key(key: &[u8]) -> bool {
    any(key, |provider| provider.facts().signature_keys)
}

/// Returns whether a conversation may begin with this key.
pub fn begins_conversation(key: &[u8]) -> bool {
    any(key, |provider| provider.facts().first_keys)
}

/// Returns whether an object with this key at its top may keep a list of conversations under it.
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
pub struct ProviderSignature {
    /// The owner of objects with this key.
    pub provider: RecognisedProvider,
    /// The text that must stand under it; `None`: anything but null.
    pub value: Option<&'static str>,
}

impl ProviderSignature {
    /// Looks a key up; `None` for one that marks nobody's conversations.
    pub fn of(key: &str) -> Option<Self> {
        let provider = Provider::ALL.iter().find(|provider| provider.facts().signature_keys.contains(&key));
        if let Some(&provider) = provider {
            return Some(Self { provider: RecognisedProvider::Provider(provider), value: None });
        }
        let unsupported = UNSUPPORTED.iter().filter_map(|export| Some((export.name, export.signature?)));
        let (name, (_, value)) = unsupported.into_iter().find(|(_, signature)| signature.0 == key)?;
        Some(Self { provider: RecognisedProvider::Unsupported(name), value })
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
            for key in [facts.signature_keys, facts.first_keys, facts.list_keys].concat() {
                assert!(key.len() <= MAX_KEY_LENGTH && !key.contains(['"', '\\']), "{key}");
            }
        }
    }

    #[test]
    fn a_mark_is_one_providers() {
        for &provider in Provider::ALL {
            for signature in provider.facts().signature_keys {
                let found =
                    ProviderSignature::of(signature).map(|signature| (signature.provider, signature.value));
                assert_eq!(found, Some((RecognisedProvider::Provider(provider), None)), "{signature}");
            }
        }
        for export in &UNSUPPORTED {
            let Some((key, value)) = export.signature else { continue };
            let signature =
                ProviderSignature { provider: RecognisedProvider::Unsupported(export.name), value };
            assert_eq!(
                ProviderSignature::of(key),
                Some(signature),
                "{key} is a provider's that is supported"
            );
        }
    }
}
