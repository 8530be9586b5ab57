//! The manifest of an export in several zips: Claude's comes so since August 2026.
//!
//! `{"total_files": 5, "data_files": [{"category", "export_url", "filename": "conversations-000.zip"}, …]}`. The zips
//! are downloaded one by one and lie beside it, if all went well. Its links are private and never looked at.

use std::path::Path;

use serde::Deserialize;

use super::{byte_source::ByteSource, has_extension, identity::open_regular};

/// The largest manifest that is read, in bytes; no real one comes near this.
const MAX_SIZE: usize = 1 << 20;
/// The number of zips that are looked for.
const MAX_FILES: usize = 1_000;

#[derive(Deserialize)]
struct Manifest {
    data_files: Vec<serde_json::Value>,
}

/// Reads the names that the manifest in this file lists; see [`names`].
pub(super) fn of_file(path: &Path) -> Option<Vec<String>> {
    names(&ByteSource::file(open_regular(path, true).ok()?).ok()?)
}

/// Reads the names of the zips that a manifest lists, never a path; `None` if this is not a manifest.
pub(super) fn names(bytes: &ByteSource) -> Option<Vec<String>> {
    let length = usize::try_from(bytes.len()).ok().filter(|&length| length <= MAX_SIZE)?;
    let mut json = vec![0; length];
    bytes.read_exact_at(0, &mut json).ok()?;
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&json);
    let manifest: Manifest = serde_json::from_slice(json).ok()?;
    let name = |file: &serde_json::Value| {
        let name = file.get("filename")?.as_str()?;
        let plain = !name.contains(['/', '\\', ':']) && has_extension(name, "zip");
        plain.then(|| name.to_owned())
    };
    let mut names: Vec<String> = manifest.data_files.iter().filter_map(name).take(MAX_FILES).collect();
    names.sort();
    names.dedup();
    (!names.is_empty()).then_some(names)
}
