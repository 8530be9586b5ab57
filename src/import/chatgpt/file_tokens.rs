//! Files that an answer names by a token, `{{file:file-…}}`, or only in its metadata.

use std::sync::LazyLock;

use hashbrown::{HashMap, HashSet};
use memchr::memmem;

use super::{
    attachments::stored_id,
    edits::Edits,
    shape::{FileReference, Metadata, non_blank},
};
use crate::{
    conversation::{Annotation, AnnotationKind, Attachment, Media},
    import::{
        expansion_budget::ExpansionBudget,
        fields::{attachment_annotation, bounded_name, empty_attachment, media},
    },
};

static TOKEN: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("{{file:"));

/// The longest token, in bytes.
const MAX_TOKEN_LENGTH: usize = 400;

/// What stands in the place of a token once the names of files have added all that they may.
const SHORT: &str = "file";

/// Puts the names of files in the place of their tokens, and adds the files: at their tokens, or at the end.
pub(super) fn replace(
    text: &str,
    metadata: &Metadata<'_>,
    edits: &mut Edits,
    parts: &mut Vec<Annotation>,
    growth: &ExpansionBudget,
) {
    let listed = listed(metadata);
    let mut tokens = TOKEN.find_iter(text.as_bytes()).peekable();
    if listed.is_empty() && tokens.peek().is_none() {
        return;
    }
    let names: HashMap<&str, &FileReference<'_>> =
        listed.iter().filter_map(|file| Some((stored_id(id(file)?), *file))).collect();
    let known = |part: &Annotation| match &part.detail {
        AnnotationKind::Attachment(attachment) => Some(attachment.id.clone()),
        _ => None,
    };
    let mut added: HashSet<Box<str>> = parts.iter().filter_map(known).collect();
    for at in tokens {
        let from = at + "{{file:".len();
        let near = &text[from..text.floor_char_boundary(from + MAX_TOKEN_LENGTH)];
        let Some(length) = near.find("}}") else { continue };
        let token = near[..length].trim();
        if token.is_empty() || token.contains(['\n', '{']) {
            continue;
        }
        let stored = stored_id(token);
        let file = names.get(stored);
        let name = file.and_then(|file| name(file)).unwrap_or_default();
        // The file itself, which is listed once, keeps all of its name.
        let name = bounded_name(name).into_owned();
        edits.replace_within(growth, at..from + length + 2, name, Vec::new(), || SHORT.to_owned());
        if added.insert(stored.into()) {
            parts.push(attachment_annotation(described(stored, file.copied()), at as u32));
        }
    }
    for file in listed {
        let stored = id(file).map(stored_id).unwrap_or_default();
        if stored.is_empty() && name(file).is_none() {
            continue;
        }
        if stored.is_empty() || added.insert(stored.into()) {
            parts.push(attachment_annotation(described(stored, Some(file)), text.len() as u32));
        }
    }
}

/// Returns whether the metadata lists files.
pub(super) fn are_listed(metadata: &Metadata<'_>) -> bool {
    !(metadata.references_by_file.is_empty()
        && metadata.agent_files_by_file.is_empty()
        && metadata.agent_files.is_empty()
        && metadata.visualizations.is_empty())
}

/// Returns the files that the metadata lists.
fn listed<'a, 'de>(metadata: &'a Metadata<'de>) -> Vec<&'a FileReference<'de>> {
    let by_file = metadata.references_by_file.iter().chain(metadata.agent_files_by_file.iter());
    let lists = by_file.map(|list| &**list).chain([&*metadata.agent_files, &*metadata.visualizations]);
    lists.flatten().collect()
}

fn id<'a>(file: &'a FileReference<'_>) -> Option<&'a str> {
    non_blank(&file.file_id).or(non_blank(&file.id))
}

fn name<'a>(file: &'a FileReference<'_>) -> Option<&'a str> {
    non_blank(&file.name).or(non_blank(&file.file_name)).or(non_blank(&file.title))
}

fn described(stored: &str, file: Option<&FileReference<'_>>) -> Attachment {
    let mime = file.and_then(|file| non_blank(&file.mime)).unwrap_or_default();
    let media = if mime.is_empty() { Media::File } else { media(mime) };
    let name = file.and_then(|file| name(file)).unwrap_or_default();
    Attachment { id: stored.into(), name: name.into(), mime: mime.into(), ..empty_attachment(media) }
}
