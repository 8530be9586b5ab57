//! The original object of the export, byte for byte. It is read from the archive; what is made here stands in for it
//! where messages are asked for, and is what [`jsonl`](super::jsonl) makes.

use super::{FormatWriter, jsonl::Jsonl};
use crate::{conversation::Conversation, extract::ExtractOptions};

/// The `json` format; see the [module](self).
pub(super) struct Json;

impl FormatWriter for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> &'static str {
        "The original object, byte for byte"
    }

    fn extension(&self) -> &'static str {
        "json"
    }

    fn shows_canvases(&self) -> bool {
        false
    }

    fn conversation(&self, conversation: &Conversation, options: &ExtractOptions) -> String {
        Jsonl.conversation(conversation, options)
    }

    fn between_copies(&self) -> &'static str {
        Jsonl.between_copies()
    }

    fn messages(&self, conversation: &Conversation, messages: &[usize], options: &ExtractOptions) -> String {
        Jsonl.messages(conversation, messages, options)
    }
}
