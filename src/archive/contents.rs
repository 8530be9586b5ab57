//! The member in which an export lists its own contents: `export_manifest.json` of ChatGPT's, seen since 2026.
//!
//! `{"logical_files": {"conversations.json": {"files": ["conversations-000.json", …]}}, "export_files": [{"path": …}]}`:
//! which members hold the conversations, whatever they are called, and which files all parts of the export hold.

use hashbrown::HashMap;
use serde_json::Value;

use super::{Archive, OpenProblem, base_name, holds_conversations};
use crate::provider::Provider;

/// The largest list of contents that is read, in bytes; no real one comes near this.
const MAX_BYTES: usize = 16 << 20;
/// Members of one base name that are compared with a path.
const MAX_LIKE_NAMED: usize = 64;
/// Missing members that are told one by one.
const MAX_TOLD: usize = 8;

/// Returns whether a member of this name lists the contents of its export.
pub(super) fn is_list(name: &str) -> bool {
    let base = base_name(name);
    let mut lists = Provider::ALL.iter().filter_map(|provider| provider.facts().contents_member);
    lists.any(|list| list.eq_ignore_ascii_case(base))
}

/// Finds the members that hold conversations by what the export says of itself, and notes those that are not here.
/// Returns whether it says so at all.
pub(super) fn apply(archive: &mut Archive) -> bool {
    let lists: Vec<usize> = (0..archive.entries.len())
        .filter(|&index| {
            is_list(&archive.entries[index].name) && !archive.entries[index].name.contains("__MACOSX/")
        })
        .take(MAX_LIKE_NAMED)
        .collect();
    let mut shards = Vec::new();
    let mut files = Vec::new();
    for index in lists {
        let bytes = archive.read_member(&archive.member(index), MAX_BYTES).unwrap_or_default();
        let json = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let Ok(list) = serde_json::from_slice::<Value>(json) else { continue };
        shards.extend(conversation_members(&list));
        let listed = list.get("export_files").and_then(Value::as_array).into_iter().flatten();
        files.extend(listed.filter_map(|file| Some(file.get("path")?.as_str()?.to_owned())));
    }
    shards.sort();
    shards.dedup();
    files.sort();
    files.dedup();
    if shards.is_empty() && files.is_empty() {
        return false;
    }
    let names = Names::of(archive);
    let mut missing = Vec::new();
    for shard in &shards {
        match names.find(archive, shard) {
            Some(index) if archive.conversations.contains(&index) => {}
            Some(index) => archive.conversations.push(index),
            None => missing.push(shard),
        }
    }
    archive.absent = files.iter().filter(|file| names.find(archive, file).is_none()).count();
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

/// Returns the paths under which a list of contents has the conversations.
fn conversation_members(list: &Value) -> Vec<String> {
    let logical = list.get("logical_files").and_then(Value::as_object).into_iter().flatten();
    let of_conversations = logical.filter(|(name, _)| holds_conversations(name)).map(|(_, file)| file);
    let files = of_conversations.filter_map(|file| file.get("files")?.as_array()).flatten();
    files.filter_map(|file| Some(file.as_str()?.to_owned())).collect()
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
        let path = path.to_ascii_lowercase();
        let alike = self.0.get(base_name(&path))?;
        alike.iter().copied().find(|&index| {
            let name = archive.entries[index as usize].name.to_ascii_lowercase();
            name.strip_suffix(&*path).is_some_and(|before| before.is_empty() || before.ends_with(['/', '\\']))
        })
    }
}
