//! Images, voice clips and uploads, as messages name them.

use hashbrown::{HashMap, HashSet};

use super::{
    shape::{Aggregate, PartObject, Upload},
    source_shape::SeenPage,
};
use crate::{
    conversation::{Annotation, Attachment, Media},
    import::{
        expansion_budget::ExpansionBudget,
        fields::{attachment_annotation, empty_attachment, media, size},
        json::{self, MemoryBudget, Repaired},
    },
};

/// The uploads of a message's metadata, those that a pointer in its text already stands for crossed out.
pub(super) struct Uploads<'a, 'de> {
    listed: &'a [Upload<'de>],
    by_id: HashMap<&'a str, &'a Upload<'de>>,
    /// The ids that a pointer was found for.
    placed: HashSet<Box<str>>,
    /// What may still be added by uploads that several pointers name.
    growth: &'a ExpansionBudget,
}

impl<'a, 'de> Uploads<'a, 'de> {
    pub(super) fn of(uploads: &'a [Upload<'de>], growth: &'a ExpansionBudget) -> Self {
        let ids = uploads.iter().filter_map(|upload| Some((stored_id(upload.id.as_deref()?), upload)));
        Self { listed: uploads, by_id: ids.collect(), placed: HashSet::new(), growth }
    }

    /// Looks up an upload by its id, and crosses it out. One that was found before is found again as long as what its
    /// name takes once more is left.
    fn place(&mut self, id: &str) -> Option<&'a Upload<'de>> {
        let upload = self.by_id.get(id).copied()?;
        if self.placed.contains(id) {
            let named = upload.name.as_deref().map_or(0, str::len) + mime(upload).len();
            return self.growth.spend(named).then_some(upload);
        }
        self.placed.insert(id.into());
        Some(upload)
    }

    /// Adds the uploads that no pointer stands for, at the beginning of the text.
    pub(super) fn rest(&self, parts: &mut Vec<Annotation>) {
        let is_placed = |id: &str| self.placed.contains(id);
        let rest = self
            .listed
            .iter()
            .filter(|upload| upload.id.is_some() || upload.name.is_some())
            .filter(|upload| !upload.id.as_deref().map(stored_id).is_some_and(is_placed))
            .map(|upload| {
                let mime = mime(upload);
                let upload = Attachment {
                    id: upload.id.as_deref().map(stored_id).unwrap_or_default().into(),
                    name: upload.name.as_deref().unwrap_or_default().into(),
                    size: size(upload.size),
                    dimensions: dimensions(upload.width, upload.height),
                    mime: mime.into(),
                    ..empty_attachment(media(mime))
                };
                attachment_annotation(upload, 0)
            });
        parts.splice(0..0, rest);
    }
}

/// Returns the MIME type of an upload, or "".
fn mime<'a>(upload: &'a Upload<'_>) -> &'a str {
    let named = [&upload.mime, &upload.other_mime];
    named.into_iter().find_map(|mime| mime.as_deref()).unwrap_or_default()
}

/// Returns whether a part is a picture.
pub(super) fn is_image(object: &PartObject<'_>) -> bool {
    let kind = object.content_type.as_deref().unwrap_or_default();
    let pointed = object.asset_pointer.is_some() && kind.is_empty();
    let made = [&object.metadata.dalle, &object.metadata.generation];
    let measured = object.width.is_some() || made.iter().any(|made| made.prompt.is_some());
    kind.contains("image") || (pointed && measured)
}

/// Returns whether a part is a picture of which the export does not say in which file it is.
pub(super) fn is_image_without_file(object: &PartObject<'_>) -> bool {
    let pointers = [&object.asset_pointer, &object.audio.0.asset_pointer, &object.video.0.asset_pointer];
    let is_said = object.width.is_some() || object.metadata.dalle.prompt.is_some();
    is_said
        && is_image(object)
        && pointers.iter().all(|pointer| pointer.is_none())
        && object.image_url.0.is_empty()
}

/// Returns the id in the names of the export's files: without `file-service://` or `sediment://`. A pointer
/// to a page of a file, `sediment://{hash}#file_{id}#p_3.jpg`, names the file after the first `#`.
pub(in crate::import) fn stored_id(pointer: &str) -> &str {
    let path = pointer.split_once("://").map_or(pointer, |(_, path)| path);
    let mut pieces = path.split('#');
    let first = pieces.next().unwrap_or_default();
    pieces.find(|piece| piece.starts_with("file")).filter(|_| !first.starts_with("file")).unwrap_or(first)
}

/// Adds the file that an object among the parts points at, placed at `at` in the text.
pub(super) fn of_part(
    object: &PartObject<'_>,
    uploads: &mut Uploads<'_, '_>,
    at: u32,
    parts: &mut Vec<Annotation>,
) {
    let kind = object.content_type.as_deref().unwrap_or_default();
    let mut point = |pointer: Option<&str>, media: Media, format: Option<&str>, bytes: Option<f64>| {
        let Some(pointer) = pointer.filter(|pointer| !pointer.is_empty()) else { return };
        let id = stored_id(pointer);
        let upload = uploads.place(id);
        let mime = upload.map(mime).filter(|mime| !mime.is_empty());
        let mime = mime.map_or_else(|| mime_of(media, format), str::to_owned);
        let made = [&object.metadata.dalle, &object.metadata.generation];
        let prompt = made.iter().find_map(|made| made.prompt.as_deref()).unwrap_or_default();
        let file = Attachment {
            id: id.into(),
            name: upload.and_then(|upload| upload.name.as_deref()).unwrap_or_default().into(),
            size: size(bytes.or(upload.and_then(|upload| upload.size))),
            dimensions: dimensions(object.width, object.height)
                .or_else(|| upload.and_then(|upload| dimensions(upload.width, upload.height))),
            mime: mime.into(),
            prompt: prompt.into(),
            ..empty_attachment(media)
        };
        parts.push(attachment_annotation(file, at));
    };
    let media = match kind {
        _ if is_image(object) => Media::Image,
        _ if kind.contains("audio") => Media::Audio,
        _ if kind.contains("video") => Media::Video,
        _ => Media::File,
    };
    point(object.asset_pointer.as_deref(), media, object.format.as_deref(), object.size);
    let audio = &object.audio.0;
    point(audio.asset_pointer.as_deref(), Media::Audio, audio.format.as_deref(), audio.size);
    let video = &object.video.0;
    point(video.asset_pointer.as_deref(), Media::Video, video.format.as_deref(), video.size);
    if let Some(address) = image_address(object) {
        parts.push(attachment_annotation(pictured(&address), at));
    }
    if is_image_without_file(object) {
        let made = [&object.metadata.dalle, &object.metadata.generation];
        let prompt = made.iter().find_map(|made| made.prompt.as_deref()).unwrap_or_default();
        let picture = Attachment {
            size: size(object.size),
            dimensions: dimensions(object.width, object.height),
            prompt: prompt.into(),
            ..empty_attachment(Media::Image)
        };
        parts.push(attachment_annotation(picture, at));
    }
}

/// Returns the address of a picture that is not in the export, or that stands in its own address.
fn image_address(object: &PartObject<'_>) -> Option<String> {
    let mut address = String::new();
    object.image_url.unescape(&mut address);
    if address.is_empty() && object.image_url.0.starts_with('{') {
        let repaired = Repaired::new();
        let json = object.image_url.0;
        let page = json::from_str_or_repaired::<SeenPage<'_>>(json, &repaired, &MemoryBudget::none()).ok()?;
        address = page.url?.into_owned();
    }
    (!address.is_empty()).then_some(address)
}

/// Describes a picture by its address: a `data:` address by its kind and size alone.
fn pictured(address: &str) -> Attachment {
    match address.strip_prefix("data:").and_then(|rest| rest.split_once(',')) {
        Some((kind, content)) => {
            let mime = kind.split(';').next().unwrap_or_default();
            let size = Some(content.len() as u64 / 4 * 3);
            Attachment { mime: mime.into(), size, ..empty_attachment(Media::Image) }
        }
        None => Attachment { name: address.into(), ..empty_attachment(Media::Image) },
    }
}

/// Adds the images that python drew.
pub(super) fn outputs(aggregate: &Aggregate<'_>, at: u32, parts: &mut Vec<Annotation>) {
    for pointer in aggregate.messages.iter().filter_map(|message| message.image_url.as_deref()) {
        if pointer.is_empty() || pointer.starts_with("data:") {
            continue;
        }
        let image = Attachment { id: stored_id(pointer).into(), ..empty_attachment(Media::Image) };
        parts.push(attachment_annotation(image, at));
    }
}

fn mime_of(media: Media, format: Option<&str>) -> String {
    match (media, format) {
        (Media::Audio, Some(format)) if !format.is_empty() => format!("audio/{format}"),
        (Media::Video, Some(format)) if !format.is_empty() => format!("video/{format}"),
        _ => String::new(),
    }
}

fn dimensions(width: Option<f64>, height: Option<f64>) -> Option<(u32, u32)> {
    let whole =
        |number: Option<f64>| number.filter(|number| (1.0..1e9).contains(number)).map(|number| number as u32);
    Some((whole(width)?, whole(height)?))
}
