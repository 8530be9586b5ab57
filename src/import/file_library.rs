//! Files that no message names, and the messages they were made for: ChatGPT's `library_files.json`, seen since August
//! 2026.
//!
//! `[{id, file_id, file_name, mime_type, origination_message_id, origination_thread_id, …}]`: generated pictures and
//! documents. They are attachments of those messages.
//!
//! Likewise the canvases in `textdocs/<id>.json`, `{id, content}`, which have what the person changed: messages name them
//! by their id. What else is in one is told below its content.

use std::sync::atomic::{AtomicBool, Ordering};

use hashbrown::{HashMap, HashSet};
use serde_json::{Value, value::RawValue};

use super::{
    chatgpt::{self, stored_canvas::StoredCanvas},
    fields::{bounded_name, empty_attachment, media},
    json::MemoryBudget,
    repair::repair_value,
};
use crate::conversation::{Attachment, Media};

/// The number of files that are kept.
const MAX_FILES: usize = 200_000;
/// The longest record of a file, in bytes; real ones have some hundred.
const MAX_RECORD_LENGTH: usize = 16 << 10;

/// The folder that is in the ids of canvases, which tells them from other files.
const FOLDER: &str = "textdocs/";

/// Returns whether a file is a canvas as it stands.
pub(super) fn is_canvas(file: &Attachment) -> bool {
    file.id.starts_with(FOLDER) && !file.content.is_empty()
}

/// The files of an archive's library, by the message they were made for.
#[derive(Debug, Default)]
pub struct FileLibrary {
    by_message: HashMap<Box<str>, Vec<Attachment>>,
    count: usize,
    /// The canvases, by their ids.
    canvases: HashMap<Box<str>, ListedCanvas>,
}

/// A canvas as it stands.
#[derive(Debug)]
struct ListedCanvas {
    file: Attachment,
    /// The member it is in.
    member: String,
    /// A conversation names it.
    is_named: AtomicBool,
}

impl FileLibrary {
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
            let id = chatgpt::stored_id(pointer);
            let file = Attachment {
                id: id.into(),
                name: bounded_name(text("file_name")).into(),
                mime: bounded_name(mime).into(),
                ..empty_attachment(media(mime))
            };
            self.by_message.entry(message.into()).or_default().push(file);
            self.count += 1;
        }
        true
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_message.is_empty() && self.canvases.is_empty()
    }

    /// Adds the canvas in this member, if it is one.
    pub fn add_canvas(&mut self, member: &str, json: &[u8]) {
        let Ok(json) = std::str::from_utf8(json) else { return };
        let read = |json: &str| StoredCanvas::parse(json, member, &MemoryBudget::none());
        // Half an emoji costs one character of it.
        let canvas = read(json).or_else(|_| read(&repair_value(json)));
        let Ok(Some(StoredCanvas { id, title, format, mut content, more, .. })) = canvas else { return };
        if self.count == MAX_FILES {
            return;
        }
        if !more.is_empty() {
            content.extend(["\n\n", &more]);
        }
        let title = if title.trim().is_empty() { "canvas" } else { title.trim() };
        let ending = if format.starts_with("code") { "txt" } else { "md" };
        let file = Attachment {
            id: format!("{FOLDER}{id}.json").into(),
            name: format!("{}.{ending}", bounded_name(title)).into(),
            content: content.into(),
            ..empty_attachment(Media::File)
        };
        let canvas = ListedCanvas { file, member: member.to_owned(), is_named: AtomicBool::new(false) };
        self.count += usize::from(self.canvases.insert(id.into(), canvas).is_none());
    }

    /// Returns the canvas of this id, which a conversation names.
    pub(super) fn canvas(&self, id: &str) -> Option<&Attachment> {
        let canvas = self.canvases.get(id)?;
        canvas.is_named.store(true, Ordering::Relaxed);
        Some(&canvas.file)
    }

    /// Lists the members with canvases that a conversation names: files of that one.
    pub fn named_members(&self) -> HashSet<&str> {
        let named = self.canvases.values().filter(|canvas| canvas.is_named.load(Ordering::Relaxed));
        named.map(|canvas| &*canvas.member).collect()
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
        let mut files = FileLibrary::default();
        assert!(files.add(list(&"x".repeat(MAX_RECORD_LENGTH)).as_bytes()));
        assert_eq!(files.count, 1);
        files.count = MAX_FILES - 1;
        assert!(files.add(list("file-2").as_bytes()));
        assert_eq!((files.count, files.by_message["m"].len()), (MAX_FILES, 2));
    }
}
