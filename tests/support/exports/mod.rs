//! Exports made in code, for the tests of archives and import.

pub mod claude;

use std::{
    io::Write,
    path::{Path, PathBuf},
    sync::{Mutex, atomic::AtomicBool},
};

use serde_json::{Value, json};
use unspool::{
    archive::{Archive, ArchiveError, Limits, Location},
    conversation::{Conversation, ObjectLocation, Visibility},
    import::{self, ImportCounts},
    library::Library,
    load::{self, LoadEvent, Report},
};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// A message of somebody's words.
pub fn message(role: &str, text: &str) -> Value {
    json!({"author": {"role": role, "name": null, "metadata": {}}, "create_time": null,
        "content": {"content_type": "text", "parts": [text]}, "status": "finished_successfully", "weight": 1.0,
        "metadata": {}, "recipient": "all"})
}

/// A message of the person's.
pub fn prompt(text: &str) -> Value {
    message("user", text)
}

/// A message of the assistant's.
pub fn answer(text: &str) -> Value {
    message("assistant", text)
}

/// A mapping without branches.
pub struct Chain {
    mapping: Value,
    last: String,
}

impl Chain {
    /// One that holds these messages, each answering the one before.
    pub fn of(messages: impl IntoIterator<Item = Value>) -> Self {
        let mut mapping = serde_json::Map::new();
        let mut last = "root".to_owned();
        mapping.insert(last.clone(), json!({"id": last, "parent": null, "children": [], "message": null}));
        for (index, message) in messages.into_iter().enumerate() {
            let id = format!("m{index:06}");
            mapping[&last]["children"] = json!([id]);
            mapping.insert(id.clone(), json!({"id": id, "parent": last, "children": [], "message": message}));
            last = id;
        }
        Self { mapping: Value::Object(mapping), last }
    }
}

/// A conversation object.
pub fn conversation(chain: Chain) -> Value {
    json!({"title": "Title", "create_time": 1_700_000_000.0, "update_time": 1_700_000_100.0, "mapping": chain.mapping,
        "current_node": chain.last, "conversation_id": "id-1", "id": "id-1"})
}

/// A small conversation of that id.
pub fn small(id: &str) -> Value {
    let mut object =
        conversation(Chain::of([prompt(&format!("question {id}")), answer(&format!("answer {id}"))]));
    object["id"] = json!(id);
    object["conversation_id"] = json!(id);
    object["title"] = json!(format!("About {id}"));
    object
}

/// An export's JSON: an array of small conversations.
pub fn export(ids: &[&str]) -> String {
    Value::Array(ids.iter().map(|id| small(id)).collect()).to_string()
}

/// The conversation an object becomes; it must not need repairs.
pub fn parse(object: &Value) -> Conversation {
    let parsed = import_text(&object.to_string());
    assert_eq!(parsed.repairs, None);
    parsed.conversation
}

/// The same from JSON as text, repaired or not.
pub fn parse_text(json: &str) -> Conversation {
    import_text(json).conversation
}

fn import_text(json: &str) -> import::Imported {
    let source = ObjectLocation { archive: 0, member: 0, offset: 0, length: json.len() as u32 };
    import::import(json.as_bytes(), true, source, &mut ImportCounts::default()).unwrap()
}

/// The texts of the shown messages.
pub fn shown(conversation: &Conversation) -> Vec<&str> {
    (0..conversation.messages().len())
        .filter(|&message| conversation.messages()[message].visibility == Visibility::Shown)
        .map(|message| conversation.message_text(message))
        .collect()
}

/// A zip of these members.
pub fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    zip_with(members, CompressionMethod::Deflated)
}

/// A zip of these members, packed so.
pub fn zip_with(members: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A folder that is gone with the test.
pub struct Scratch(tempfile::TempDir);

impl Default for Scratch {
    fn default() -> Self {
        Self::new()
    }
}

impl Scratch {
    /// An empty one.
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file, with the folders above it.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

/// Opens an archive within the limits a person has who sets none.
pub fn open(path: &Path) -> Result<Archive, ArchiveError> {
    open_with(path, Limits::default())
}

/// Opens an archive within these limits.
pub fn open_with(path: &Path, limits: Limits) -> Result<Archive, ArchiveError> {
    Archive::open(&Location::Path(path.to_owned()), limits)
}

/// Loads archives into a library.
pub fn load(archives: &[Archive]) -> (Library, Report) {
    let library = Mutex::new(Library::new());
    let report = load::load_with(3, archives, &AtomicBool::new(false), &|arrival| {
        if let LoadEvent::Batch(batch) = arrival {
            library.lock().unwrap().add(batch);
        }
    });
    (library.into_inner().unwrap(), report)
}

/// Loads the archive at a path, which can be opened.
pub fn load_path(path: &Path) -> (Library, Report) {
    load(&[open(path).unwrap()])
}

/// Loads bytes as a file of that name.
pub fn load_bytes(name: &str, bytes: impl AsRef<[u8]>) -> (Library, Report) {
    let scratch = Scratch::new();
    load_path(&scratch.file(name, bytes))
}

/// The ids a library lists, sorted.
pub fn ids(library: &Library) -> Vec<String> {
    let mut ids: Vec<String> =
        library.by_date().iter().map(|&handle| library.get(handle).id.to_string()).collect();
    ids.sort();
    ids
}
