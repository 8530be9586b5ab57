//! The files of a message: some with their text, the others only by name.

use super::{
    parse::MessageCollector,
    shape::{Attached, BlockFields, ChatMessage, Filed},
    unread::{MessageExtras, all_words},
};
use crate::{
    conversation::{Annotation, Attachment, Media},
    import::fields::{self, empty_attachment, size},
};

impl MessageCollector<'_> {
    /// Returns the files of a message, before its text; each once, although the export may name it three
    /// times. What is in them besides is kept.
    pub(super) fn files(&mut self, message: &ChatMessage<'_>, rest: &mut MessageExtras) -> Vec<Annotation> {
        let mut parts = Vec::new();
        for (number, attached) in message.attachments.iter().enumerate() {
            let id = match attached.id.as_deref() {
                Some(id) if !id.is_empty() => id.to_owned(),
                // Nothing in the archive is called so: it only tells one from another.
                _ => match message.uuid.as_deref().unwrap_or_default() {
                    uuid if uuid.len() <= MAX_ID_LENGTH => format!("{uuid}#{number}"),
                    _ => format!("{}#{number}", self.nodes.len()),
                },
            };
            parts.extend(self.attached(attached, &id));
            rest.keep_unread("attachments", attached);
        }
        let mut known: Vec<(&str, &str)> =
            message.attachments.iter().filter_map(|attached| Some(("", attached.name.as_deref()?))).collect();
        for file in message.files.iter().chain(message.files_again.iter()) {
            rest.keep_unread("files", file);
            let Some((id, name)) = named(file) else { continue };
            // One with its text is there already; a list of files may be there twice.
            let same = |&(other, name_of_other): &(&str, &str)| {
                (other == id || other.is_empty() || id.is_empty()) && name_of_other == name
            };
            if known.iter().take(MAX_COMPARED).any(same) {
                continue;
            }
            known.push((id, name));
            let media = media(file.kind.as_deref().unwrap_or_default(), name);
            parts.push(fields::attachment_annotation(
                Attachment { id: id.into(), name: name.into(), ..empty_attachment(media) },
                0,
            ));
        }
        parts
    }

    fn attached(&mut self, attached: &Attached<'_>, id: &str) -> Option<Annotation> {
        let mut content = String::new();
        if attached.content.0 != "null" {
            all_words(attached.content, &mut content);
        }
        let mut name = attached.name.as_deref().unwrap_or_default().trim().to_owned();
        if name.is_empty() {
            if content.is_empty() {
                return None;
            }
            // A long text that was pasted becomes a file without a name.
            self.pasted += 1;
            name = if self.pasted == 1 { "pasted.txt".into() } else { format!("pasted-{}.txt", self.pasted) };
        }
        let kind = attached.kind.as_deref().unwrap_or_default();
        let media = if content.is_empty() { media(kind, &name) } else { Media::File };
        let file = Attachment {
            id: id.into(),
            size: size(attached.size),
            mime: if kind.contains('/') { kind.into() } else { "".into() },
            name: name.into(),
            content: content.into(),
            ..empty_attachment(media)
        };
        Some(fields::attachment_annotation(file, 0))
    }
}

/// The longest id of a message that its files without an id are told by, in bytes.
const MAX_ID_LENGTH: usize = 128;
/// A list of files is compared with this many before: more of one name would be no accident.
const MAX_COMPARED: usize = 1_000;

/// Returns a picture or document that stands among the blocks.
pub(super) fn of_block(block: &BlockFields<'_>) -> Option<Annotation> {
    let id = block.file_uuid.as_deref().unwrap_or_default();
    let name = block.title.as_deref().or(block.name.as_deref()).unwrap_or_default();
    if id.is_empty() && name.is_empty() {
        return None;
    }
    let media = media(block.kind.as_deref().unwrap_or_default(), name);
    Some(fields::attachment_annotation(
        Attachment { id: id.into(), name: name.into(), ..empty_attachment(media) },
        0,
    ))
}

/// Returns the id and name of a file; `None` if it has neither.
fn named<'a>(file: &'a Filed<'_>) -> Option<(&'a str, &'a str)> {
    let id = file.id.as_deref().or(file.other_id.as_deref()).unwrap_or_default();
    let name = file.name.as_deref().unwrap_or_default();
    (!id.is_empty() || !name.is_empty()).then_some((id, name))
}

/// Tells the kind of a file by the kind the export gives, else by its ending.
fn media(kind: &str, name: &str) -> Media {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    match (fields::media(kind), &*ending) {
        (Media::File, "png" | "jpg" | "jpeg" | "gif" | "webp" | "heic" | "bmp") => Media::Image,
        (Media::File, "mp3" | "wav" | "m4a" | "ogg" | "flac") => Media::Audio,
        (Media::File, "mp4" | "mov" | "webm" | "mkv") => Media::Video,
        (media, _) => media,
    }
}
