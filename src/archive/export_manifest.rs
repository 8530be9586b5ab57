//! The member in which an export lists its own contents: `export_manifest.json` of ChatGPT's, seen since 2026.
//!
//! `{"logical_files": {"conversations.json": {"files": ["conversations-000.json", …]}}, "export_files": [{"path": …}]}`:
//! which members hold the conversations, whatever they are called, and which files all parts of the export hold.

use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Archive, OpenProblem, base_name, holds_conversations};
use crate::provider::Provider;

/// The bytes of all lists of contents that are read; no real ones come near this.
const MAX_BYTES: usize = 16 << 20;
/// The names that are taken of all lists of contents.
const MAX_LISTED: usize = 200_000;
/// Lists of contents that are read.
const MAX_LISTS: usize = 64;
/// Members of one base name that are compared with a path.
const MAX_LIKE_NAMED: usize = 64;
/// Missing members that are told one by one.
const MAX_TOLD: usize = 8;

/// Returns whether a member of this name lists the contents of its export.
pub(super) fn is_export_manifest(name: &str) -> bool {
    let base = base_name(name);
    let mut lists = Provider::ALL.iter().filter_map(|provider| provider.facts().export_manifest_member);
    lists.any(|list| list.eq_ignore_ascii_case(base))
}

/// Finds the members that hold conversations by what the export says of itself, and notes those that are not here.
/// Returns whether it says so at all.
pub(super) fn apply_export_manifest(archive: &mut Archive) -> bool {
    let lists: Vec<usize> = (0..archive.entries.len())
        .filter(|&index| {
            is_export_manifest(&archive.entries[index].name)
                && !archive.entries[index].name.contains("__MACOSX/")
        })
        .take(MAX_LISTS)
        .collect();
    let mut shards = Vec::new();
    let mut files = Vec::new();
    let mut room = MAX_BYTES;
    for index in lists {
        let Ok(bytes) = archive.read_member(&archive.member(index), room) else { continue };
        room -= bytes.len();
        let json = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let Some(list) = ExportManifest::read(json) else { continue };
        shards.extend(list.conversation_members());
        files.extend(list.export_files());
    }
    shards.truncate(MAX_LISTED);
    files.truncate(MAX_LISTED);
    shards.sort();
    shards.dedup();
    files.sort();
    files.dedup();
    if shards.is_empty() && files.is_empty() {
        return false;
    }
    let names = Names::of(archive);
    let mut known: HashSet<u32> = archive.conversation_entries.iter().copied().collect();
    let mut missing = Vec::new();
    for shard in &shards {
        match names.find(archive, shard) {
            Some(index) if known.insert(index) => archive.conversation_entries.push(index),
            Some(_) => {}
            None => missing.push(shard),
        }
    }
    archive.missing_files = files.iter().filter(|file| names.find(archive, file).is_none()).count();
    let more = missing.len().saturating_sub(MAX_TOLD);
    for (number, member) in missing.iter().take(MAX_TOLD).enumerate() {
        let others =
            if number + 1 == MAX_TOLD && more > 0 { format!(", as are {more} more") } else { String::new() };
        archive.problems.push(OpenProblem {
            member: (*member).clone(),
            reason: format!(
                "it is missing, and the export's manifest names it{others}: another part of the export holds it; \
                 put that beside this one"
            ),
            missing: true,
        });
    }
    !shards.is_empty()
}

/// A list of contents. What is not as it is known to be is passed over; of two values of one key the last counts.
struct ExportManifest<'a>(BTreeMap<String, &'a RawValue>);

impl<'a> ExportManifest<'a> {
    fn read(json: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(json).ok().map(Self)
    }

    /// Returns the paths under which it has the conversations.
    fn conversation_members(&self) -> Vec<String> {
        let logical: BTreeMap<String, &RawValue> = read(self.0.get("logical_files")).unwrap_or_default();
        let of_conversations = logical.iter().filter(|(name, _)| holds_conversations(name));
        let lists = of_conversations
            .filter_map(|(_, file)| read::<BTreeMap<String, &RawValue>>(Some(file))?.remove("files"));
        let files = lists.flat_map(|list| read::<Vec<&RawValue>>(Some(&list)).unwrap_or_default());
        files.filter_map(|file| read(Some(&file))).take(MAX_LISTED).collect()
    }

    /// Returns the paths of all files of the export.
    fn export_files(&self) -> Vec<String> {
        let files: Vec<&RawValue> = read(self.0.get("export_files")).unwrap_or_default();
        files
            .into_iter()
            .filter_map(|file| Some(read::<ExportFile>(Some(&file))?.path))
            .take(MAX_LISTED)
            .collect()
    }
}

#[derive(Deserialize)]
struct ExportFile {
    path: String,
}

fn read<'a, T: Deserialize<'a>>(json: Option<&&'a RawValue>) -> Option<T> {
    serde_json::from_str(json?.get()).ok()
}

/// The members by their base names, in lower case.
struct Names(HashMap<String, Vec<u32>>);

impl Names {
    fn of(archive: &Archive) -> Self {
        let mut names: HashMap<String, Vec<u32>> = HashMap::new();
        for (index, entry) in (0_u32..).zip(&archive.entries) {
            let alike = names.entry(entry.base_name().to_ascii_lowercase()).or_default();
            if alike.len() < MAX_LIKE_NAMED {
                alike.push(index);
            }
        }
        Self(names)
    }

    /// Finds the member with this path, below whatever folder or zip.
    fn find(&self, archive: &Archive, path: &str) -> Option<u32> {
        let alike = self.0.get(&base_name(path).to_ascii_lowercase())?;
        alike.iter().copied().find(|&index| {
            let name = archive.entries[index as usize].name.as_bytes();
            let split = name.len().checked_sub(path.len()).map(|at| name.split_at(at));
            split.is_some_and(|(before, end)| {
                end.eq_ignore_ascii_case(path.as_bytes())
                    && matches!(before.last(), None | Some(b'/' | b'\\'))
            })
        })
    }
}
