//! Files that no message names, and the messages they were made for: ChatGPT's `library_files.json`, seen since August
//! 2026.
//!
//! `[{id, file_id, file_name, mime_type, origination_message_id, origination_thread_id, …}]`: generated pictures and
//! documents. They are attachments of those messages.

use hashbrown::HashMap;
use serde_json::{Value, value::RawValue};

use super::fields::{attachment, bounded_name, media};
use crate::conversation::Attachment;

/// The number of files that are kept.
const MAX_FILES: usize = 200_000;
/// The longest record of a file, in bytes; real ones have some hundred.
const MAX_RECORD_LENGTH: usize = 16 << 10;

/// The files of an archive's library, by the message they were made for.
#[derive(Clone, Debug, Default)]
pub struct LibraryFiles {
    by_message: HashMap<Box<str>, Vec<Attachment>>,
    count: usize,
}

impl LibraryFiles {
    /// Adds the files of one `library_files.json`, and returns whether it is one. What names no file or no message is
    /// passed over.
    pub fn add(&mut self, json: &[u8]) -> bool {
        // One object at a time: taken apart, each takes many times its text.
        let Ok(list) = serde_json::from_slice::<Vec<&RawValue>>(json) else { return false };
        for raw in list.into_iter().filter(|raw| raw.get().len() <= MAX_RECORD_LENGTH) {
            if self.count == MAX_FILES {
                break;
            }
            let Ok(value) = serde_json::from_str::<Value>(raw.get()) else { continue };
            let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default();
            let (message, pointer) = (text("origination_message_id"), text("file_id"));
            if message.is_empty() || pointer.is_empty() {
                continue;
            }
            let mime = text("mime_type");
            let id = super::chatgpt::stored_id(pointer);
            let file = Attachment {
                id: id.into(),
                name: bounded_name(text("file_name")).into(),
                mime: bounded_name(mime).into(),
                ..attachment(media(mime))
            };
            self.by_message.entry(message.into()).or_default().push(file);
            self.count += 1;
        }
        true
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_message.is_empty()
    }

    /// Returns the files that were made for the message of this id.
    pub(super) fn of(&self, message: &str) -> &[Attachment] {
        self.by_message.get(message).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_that_is_too_long_is_passed_over_and_so_are_those_past_the_last_that_is_kept() {
        let record = |id: &str| format!(r#"{{"origination_message_id": "m", "file_id": "{id}"}}"#);
        let list = |id: &str| format!("[{}, {}]", record(id), record("file-1"));
        let mut files = LibraryFiles::default();
        assert!(files.add(list(&"x".repeat(MAX_RECORD_LENGTH)).as_bytes()));
        assert_eq!(files.count, 1);
        files.count = MAX_FILES - 1;
        assert!(files.add(list("file-2").as_bytes()));
        assert_eq!((files.count, files.by_message["m"].len()), (MAX_FILES, 2));
    }
}
