//! The facts that differ by provider and need no parsing: its names, its addresses on the web, the names and keys by
//! which its export is known. Knows no file and no format: how an export is read is for [`crate::import`].
//!
//! Data only: each provider fills in [`ProviderFacts`] in a file of its own, and the methods of [`Provider`] read them. A
//! field that is added here is asked for in every file, and a variant that is added to [`Provider`] is asked for in
//! [`Provider::facts`]. How an export is read stands in [`crate::import`], one folder per provider.
//!
//! [`Provider`] itself is declared in [`crate::conversation`], which carries the name and knows nothing else of it.

mod address;
mod chatgpt;
mod claude;
mod facts;
mod json_keys;
mod names;
mod unsupported;

pub use facts::{
    AccountFile, AccountFileKind, PartZips, ProviderFacts, SettingsPaths, ZipWithoutConversations,
};
pub use json_keys::{
    MAX_KEY_LENGTH, ProviderSignature, begins_conversation, is_signature_key, lists_conversations,
};
pub use names::{
    ExportPart, holds_conversations, holds_document, holds_special_conversation, is_conversations_zip,
    is_export_zip, is_named, may_be_zip_manifest, page_path, special_conversation_provider,
};
pub use unsupported::{UNSUPPORTED, Unsupported};

#[doc(no_inline)]
pub use crate::conversation::Provider;
use crate::join_with_or::join_with_or;

/// Names all providers as a choice: `ChatGPT or Claude`.
pub fn all_names_as_choice() -> String {
    join_with_or(Provider::ALL.iter().map(|provider| provider.name()))
}

/// Lists the names of all account files, each once.
pub fn account_files() -> Vec<&'static str> {
    let mut names: Vec<&'static str> = Vec::new();
    for file in Provider::ALL.iter().flat_map(|provider| provider.facts().account_files) {
        if !names.contains(&file.name) {
            names.push(file.name);
        }
    }
    names
}

/// The provider that an object is known to be of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecognisedProvider {
    /// A provider whose export can be read.
    Provider(Provider),
    /// A provider whose export cannot be read yet: its name.
    Unsupported(&'static str),
}

impl Provider {
    /// Looks up what there is to know of it.
    pub fn facts(self) -> &'static ProviderFacts {
        match self {
            Self::ChatGpt => &chatgpt::FACTS,
            Self::Claude => &claude::FACTS,
        }
    }

    /// Finds the provider that has this word.
    pub fn by_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|provider| provider.as_str() == word)
    }

    /// Gives the word `from:` takes and `--json` prints.
    pub fn as_str(self) -> &'static str {
        self.facts().word
    }

    /// Gives the name people call it by.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// Gives the name of whoever answered, where the export does not name the model.
    pub fn assistant(self) -> &'static str {
        self.facts().assistant
    }
}
