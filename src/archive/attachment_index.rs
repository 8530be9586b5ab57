//! Finds the member that holds the attachment a message names.
//!
//! An id is a whole name, or what the export's own naming makes of it: `file-abc` is in `file-abc-photo.png` and in
//! `file-abc.dat`, and `file` in neither. Since May 2026 exports may store attachments as `….dat` and give their names in
//! a member of its own; those names are looked at too. What belongs to the export itself is no attachment.

use hashbrown::HashMap;
use serde_json::{Map, Value};

use super::{Archive, base_name};
use crate::provider::{self, Provider, UNSUPPORTED, is_named};

/// The bytes of all maps of names that are read; no real ones come near this.
const MAX_MAP_SIZE: usize = 64 << 20;

/// Members that are the export's own beside those that the providers' facts name. The first word of a path with a slash
/// is a folder.
const EXPORT_MEMBERS: [&str; 13] = [
    "conversations*",
    "chat.html",
    "user_settings.json",
    "message_feedback.json",
    "model_comparisons.json",
    "group_chats.json",
    "login_history.json",
    "shopping.json",
    "sora.json",
    "tasks.json",
    "textdocs/*",
    "payments.json",
    "report.html",
];
/// Folders of the Privacy Portal's container; attachments may lie in folders of any name.
const PORTAL: [&str; 2] = ["financial/*", "user profile/*"];

/// Returns whether a member is the export's own, and nothing that a message carries.
pub(super) fn belongs_to_export(path: &str) -> bool {
    let path = path.to_ascii_lowercase().replace('\\', "/");
    let base = base_name(&path);
    let facts = Provider::ALL.iter().map(|provider| provider.facts());
    is_named(&EXPORT_MEMBERS, &path, base)
        || (is_named(&PORTAL, &path, base) && id_of(base).is_none())
        || provider::page_path(&path).is_some()
        || UNSUPPORTED.iter().any(|export| is_named(export.members, &path, base))
        || facts.into_iter().any(|facts| {
            let names = [facts.members, facts.special_conversation_members, facts.zip_manifest_files];
            let zips = [facts.conversation_zips, facts.attachment_zips];
            names.iter().chain(&zips).any(|patterns| is_named(patterns, &path, base))
                || facts.account_files.iter().any(|side| side.name == base)
                || [facts.attachment_names, facts.export_manifest_member, facts.file_library_member]
                    .contains(&Some(base))
        })
}

/// A name an attachment is found by.
#[derive(Clone, Debug)]
pub(super) struct IndexedName {
    key: Box<str>,
    pub(super) entry: u32,
    /// The name in the export's map, where the member has one.
    pub(super) alias: Option<Box<str>>,
}

/// All names and ids, sorted.
#[derive(Debug)]
pub(super) struct AttachmentIndex(Vec<IndexedName>);

impl AttachmentIndex {
    pub(super) fn of(archive: &Archive) -> Self {
        let mut aliases = aliases(archive);
        let mut names = Vec::with_capacity(archive.entries.len());
        for (index, entry) in (0_u32..).zip(&archive.entries) {
            // A frame names its pages by their paths.
            if let Some(key) = provider::page_path(&entry.name) {
                names.push(IndexedName { key: key.into(), entry: index, alias: None });
                continue;
            }
            if belongs_to_export(&entry.name) {
                continue;
            }
            let own = entry.base_name();
            let alias = aliases.remove(&*entry.name).or_else(|| aliases.remove(own));
            for name in [Some(own), alias.as_deref().map(base_name)].into_iter().flatten() {
                for key in [Some(name), id_of(name)].into_iter().flatten() {
                    names.push(IndexedName { key: key.into(), entry: index, alias: alias.clone() });
                }
            }
        }
        names.sort_by(|a, b| (&a.key, a.entry).cmp(&(&b.key, b.entry)));
        names.dedup_by(|a, b| a.entry == b.entry && a.key == b.key);
        Self(names)
    }

    /// Finds the first member of that name or id.
    pub(super) fn find(&self, id: &str) -> Option<&IndexedName> {
        let start = self.0.partition_point(|named| &*named.key < id);
        self.0.get(start).filter(|named| !id.is_empty() && &*named.key == id)
    }
}

/// Returns the id in a name that the export made: `file-` or `file_` with letters and digits, or a UUID, up to the next
/// `-`, `_` or dot.
pub(super) fn id_of(name: &str) -> Option<&str> {
    /// The places of the dashes in a UUID, and its length.
    const DASHES: [usize; 4] = [8, 13, 18, 23];
    const UUID: usize = 36;
    let is_uuid = |text: &[u8]| {
        text.len() >= UUID
            && text[..UUID]
                .iter()
                .enumerate()
                .all(|(at, byte)| if DASHES.contains(&at) { *byte == b'-' } else { byte.is_ascii_hexdigit() })
    };
    let prefix = if name.starts_with("file-") || name.starts_with("file_") { 5 } else { 0 };
    let rest = &name.as_bytes()[prefix..];
    let length = if is_uuid(rest) {
        UUID
    } else {
        rest.iter().take_while(|byte| prefix > 0 && byte.is_ascii_alphanumeric()).count()
    };
    let ends = rest.get(length).is_none_or(|next| matches!(next, b'-' | b'_' | b'.'));
    (length > 0 && ends).then(|| &name[..prefix + length])
}

/// Reads the export's own names of its members: each part of an export has a map of its own. Of two names of one member
/// the first is taken.
fn aliases(archive: &Archive) -> HashMap<String, Box<str>> {
    let maps = Provider::ALL.iter().filter_map(|provider| provider.facts().attachment_names);
    let maps: Vec<&str> = maps.collect();
    let is_map = |base: &str| maps.iter().any(|map| map.eq_ignore_ascii_case(base));
    let mut names = HashMap::new();
    let mut room = MAX_MAP_SIZE;
    for index in (0..archive.entries.len()).filter(|&index| is_map(archive.entries[index].base_name())) {
        let Ok(bytes) = archive.read_member(&archive.member(index), room) else { continue };
        room -= bytes.len();
        let Ok(map) = serde_json::from_slice::<Map<String, Value>>(&bytes) else { continue };
        for (path, name) in map {
            if let Value::String(name) = name {
                names.entry(path).or_insert_with(|| name.into());
            }
        }
    }
    names
}

/// Returns the extension that the first bytes of a file stand for, for members stored without one.
pub fn extension_by_content(head: &[u8]) -> Option<&'static str> {
    const MAGIC: [(usize, &[u8], &str); 15] = [
        (0, b"\x89PNG", "png"),
        (0, b"\xff\xd8\xff", "jpg"),
        (0, b"GIF8", "gif"),
        (8, b"WEBP", "webp"),
        (8, b"WAVE", "wav"),
        (4, b"ftyp", "mp4"),
        (0, b"%PDF", "pdf"),
        (0, b"PK\x03\x04", "zip"),
        (0, b"ID3", "mp3"),
        (0, b"OggS", "ogg"),
        (0, b"fLaC", "flac"),
        (0, b"\x1a\x45\xdf\xa3", "webm"),
        (0, b"BM", "bmp"),
        (0, b"II*\0", "tiff"),
        (0, b"MM\0*", "tiff"),
    ];
    MAGIC
        .iter()
        .find(|(at, magic, _)| head.get(*at..).is_some_and(|rest| rest.starts_with(magic)))
        .map(|row| row.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_what_the_export_made_of_a_name_and_no_other_beginning() {
        for (name, id) in [
            ("file-abc-photo.png", Some("file-abc")),
            ("file-abc.dat", Some("file-abc")),
            ("file_00aa-77.png", Some("file_00aa")),
            ("file-abc", Some("file-abc")),
            ("67c57b1e-0000-4000-8000-000000000001.png", Some("67c57b1e-0000-4000-8000-000000000001")),
            (
                "file-67c57b1e-0000-4000-8000-000000000001-a.png",
                Some("file-67c57b1e-0000-4000-8000-000000000001"),
            ),
            ("file-é.png", None),
            ("file-.png", None),
            ("photo.png", None),
            ("conversations.json", None),
        ] {
            assert_eq!(id_of(name), id, "{name}");
        }
    }

    #[test]
    fn the_members_of_an_export_are_no_attachments() {
        for path in [
            "conversations.json",
            "Conversations-001.json",
            "conversations-000.zip",
            "x/user.json",
            "shared_conversations.json",
            "chat.html",
            "memories.json",
            "projects/a.json",
            "manifest-1.json",
            "a\\USER.JSON",
            "library_files.json",
            "report.html",
            "Financial/Invoices.pdf",
            "User Profile/profile.json",
            "artifacts/a/artifact.json",
            "My Activity.json",
        ] {
            assert!(belongs_to_export(path), "{path}");
        }
        for path in [
            "file-abc-user.json",
            "file-abc-conversations.json",
            "a.png",
            "notes/chat.md",
            "financial/file-abc.png",
        ] {
            assert!(!belongs_to_export(path), "{path}");
        }
    }
}
