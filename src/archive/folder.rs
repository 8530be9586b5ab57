//! An export that was unpacked: the files of a folder.

use std::{fs, path::Path};

use super::{
    FolderMember, Limits, MemberContent, MemberEntry, holds_conversations, identity::FileIdentity,
    stream::StreamError,
};
use crate::{io_error::io_error_text, provider};

/// The depth to which folders are looked into: an export has two levels, and may lie under a top folder.
const DEPTH: usize = 4;

/// Lists the regular files below a folder, named by their path in it, sorted, and the names of what should hold conversations and
/// is no regular file.
/// Symbolic links are not followed, so that a loop cannot go on for ever; hidden files and folders are left out.
pub(super) fn list(root: &Path, limits: Limits) -> Result<(Vec<MemberEntry>, Vec<String>), StreamError> {
    let mut entries = Vec::new();
    let mut others = Vec::new();
    let mut waiting = vec![(root.to_path_buf(), String::new(), 0)];
    while let Some((folder, prefix, depth)) = waiting.pop() {
        let items = match fs::read_dir(&folder) {
            Ok(items) => items,
            Err(error) if depth == 0 => {
                return Err(StreamError::new(format!("cannot be opened: {}", io_error_text(&error))));
            }
            Err(_) => continue,
        };
        for item in items.flatten() {
            let name = item.file_name().to_string_lossy().into_owned();
            let Ok(kind) = item.file_type() else { continue };
            if name.starts_with('.') {
                continue;
            }
            let path = format!("{prefix}{name}");
            if !kind.is_file() && (holds_conversations(&path) || provider::holds_special_conversation(&path))
            {
                others.push(path.clone());
            }
            if kind.is_dir() && depth < DEPTH {
                waiting.push((item.path(), format!("{path}/"), depth + 1));
            } else if kind.is_file() {
                let metadata = item.metadata().ok();
                let size = metadata.as_ref().map_or(0, std::fs::Metadata::len);
                entries.push(MemberEntry {
                    name: path.into(),
                    size,
                    content: MemberContent::File(Box::new(FolderMember {
                        path: item.path(),
                        identity: metadata.as_ref().map(FileIdentity::of),
                    })),
                });
            }
            if entries.len() + waiting.len() + others.len() > limits.members {
                return Err(StreamError::new(format!(
                    "it holds more than {} files (--limit-members)",
                    limits.members
                )));
            }
        }
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok((entries, others))
}
