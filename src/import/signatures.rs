//! Finds the owner of an object by its keys, while it is parsed.

use serde::de::{IgnoredAny, MapAccess};

use super::json::{IsPresent, MaybeText, MemoryBudget};
use crate::provider::{ProviderSignature, RecognisedProvider};

/// Looks at the keys that an importer has no use for, and says whose signature was among them.
#[derive(Default)]
pub(super) struct SignatureFinder {
    /// The owner of the first signature.
    pub provider: Option<RecognisedProvider>,
}

impl SignatureFinder {
    /// Takes the value that stands under this key. Behind a signature nothing is looked at any more.
    pub(super) fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        let Some(signature) = ProviderSignature::of(key).filter(|_| self.provider.is_none()) else {
            return map.next_value::<IgnoredAny>().map(|_| ());
        };
        // Neither is a list.
        let none = MemoryBudget::none();
        let borne = match signature.value {
            None => map.next_value_seed(none.seed::<IsPresent>())?.0,
            Some(value) => map.next_value_seed(none.seed::<MaybeText<'_>>())?.as_deref() == Some(value),
        };
        self.provider = Some(signature.provider).filter(|_| borne);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        conversation::{ObjectLocation, Provider},
        import::{ImportCounts, ImportError, import},
    };

    #[test]
    fn an_object_is_the_providers_whose_mark_it_bears_wherever_that_stands() {
        for (object, whose) in [
            (r#"{"title": "t", "mapping": {}}"#, Ok(Provider::ChatGpt)),
            (r#"{"mapping": {}, "chat_messages": null, "header": "Apps"}"#, Ok(Provider::ChatGpt)),
            (r#"{"uuid": "c", "chat_messages": []}"#, Ok(Provider::Claude)),
            (r#"{"name": "n", "mapping": {}, "chat_messages": [], "uuid": "c"}"#, Ok(Provider::Claude)),
            (r#"{"uuid": "c", "mapping": {}}"#, Ok(Provider::ChatGpt)),
            (r#"{"mapping": {}, "inserted_at": "2025"}"#, Err(ImportError::UnsupportedProvider("DeepSeek"))),
            (
                r#"{"header": "Gemini Apps", "title": "t"}"#,
                Err(ImportError::UnsupportedProvider("Gemini (Takeout)")),
            ),
            (r#"{"title": "t"}"#, Err(ImportError::NoConversation)),
        ] {
            let read =
                import(object.as_bytes(), true, ObjectLocation::default(), &mut ImportCounts::default());
            assert_eq!(read.map(|parsed| parsed.conversation.provider), whose, "{object}");
        }
    }
}
