//! Finds the member that holds the attachment a message names.
//!
//! An id such as `file-abc` is the beginning of a member's base name (`file-abc-photo.png`). Since May 2026 exports
//! may store attachments as `….dat` and give their names in a member of its own; those names are looked at too.

use super::{Archive, base_name};
use crate::provider::Provider;

/// The largest map of names that is read, in bytes; no real one comes near this.
const LARGEST_MAP: usize = 64 << 20;

/// A name an attachment is found by.
#[derive(Clone, Debug)]
pub(super) struct IndexedName {
    key: Box<str>,
    pub(super) entry: u32,
    /// The name in the export's map, where the member has one.
    pub(super) alias: Option<Box<str>>,
}

/// All names, sorted, so that those with one beginning stand together.
#[derive(Debug)]
pub(super) struct AttachmentIndex(Vec<IndexedName>);

impl AttachmentIndex {
    pub(super) fn of(archive: &Archive) -> Self {
        let mut aliases = aliases(archive);
        let mut names = Vec::with_capacity(archive.entries.len());
        for (index, entry) in (0_u32..).zip(&archive.entries) {
            let key = entry.base_name();
            let alias = aliases.remove(&*entry.name).or_else(|| aliases.remove(key));
            if let Some(alias) = &alias {
                names.push(IndexedName {
                    key: base_name(alias).into(),
                    entry: index,
                    alias: Some(alias.clone()),
                });
            }
            names.push(IndexedName { key: key.into(), entry: index, alias });
        }
        names.sort_by(|a, b| (&a.key, a.entry).cmp(&(&b.key, b.entry)));
        Self(names)
    }

    /// Finds the member whose base name is the id, or begins with it: best where the id ends at a `-`, `.` or
    /// `_`.
    pub(super) fn find(&self, id: &str) -> Option<&IndexedName> {
        if id.is_empty() {
            return None;
        }
        let start = self.0.partition_point(|named| &*named.key < id);
        let mut begins = self.0[start..].iter().take_while(|named| named.key.starts_with(id)).take(64);
        let whole =
            |named: &&IndexedName| !named.key[id.len()..].starts_with(|next: char| next.is_alphanumeric());
        begins.clone().find(whole).or_else(|| begins.next())
    }
}

fn aliases(archive: &Archive) -> hashbrown::HashMap<String, Box<str>> {
    let mut names = Provider::ALL.iter().filter_map(|provider| provider.facts().attachment_names);
    let Some(member) = names.find_map(|name| archive.find_member(name)) else {
        return hashbrown::HashMap::new();
    };
    archive
        .read_member(&member, LARGEST_MAP)
        .ok()
        .and_then(|bytes| serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&bytes).ok())
        .map(|map| map.into_iter().filter_map(|(key, value)| Some((key, value.as_str()?.into()))).collect())
        .unwrap_or_default()
}

/// Returns the extension that the first bytes of a file stand for, for members stored without one.
pub fn sniff(head: &[u8]) -> Option<&'static str> {
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
