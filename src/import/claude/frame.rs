//! Frames: pages that were published or may be, seen since August 2026.
//!
//! `{id, kind, visibility, versions: [{id, title, created_at}], active_version}` in `artifacts/<id>/artifact.json`, with
//! the page of each version beside it, `versions/<id>.html`. Each version is a message that has its page as an attachment.

use super::{left_out::left_out_of_knowledge, unread::MessageExtras};
use crate::{
    conversation::{Attachment, ConversationKind, Media, MessageKind, NameTable, Role, Visibility},
    import::{
        DocumentSources, ImportError,
        fields::{attachment_annotation, bounded_name, empty_attachment},
        json::{self, MaybeText, MemoryBudget, Raw, Repaired, record},
        message_arena::{MessageArena, OwnedMeta, ParsedMessage, ParsedObject, text_range},
        order::linear_order,
        timestamp::Timestamp,
    },
    provider::Provider,
};

record! {
    /// A frame.
    Frame<'de> keeps all but left_out_of_knowledge {
        id: MaybeText<'de> = "id",
        visibility: MaybeText<'de> = "visibility",
        versions: Vec<Raw<'de>> = "versions",
        active: MaybeText<'de> = "active_version",
    }
}

record! {
    /// A version of a frame.
    FrameVersion<'de> keeps all but left_out_of_knowledge {
        id: MaybeText<'de> = "id",
        title: MaybeText<'de> = "title",
        created: Timestamp = "created_at",
    }
}

/// The memory that the list of versions may take while it is read, in bytes.
const VERSIONS_BUDGET: usize = 4 << 20;
/// The bytes of an id in the path of a page; a longer one names none.
const MAX_ID_LENGTH: usize = 256;

/// Reads a frame; `None` if the object is none. Fails when it is no JSON: the object is repaired then and read once more.
pub(super) fn parse(object: &str) -> Result<Option<ParsedObject>, ImportError> {
    let budget = MemoryBudget::new(VERSIONS_BUDGET);
    let frame = json::from_str::<Frame<'_>>(object, &budget);
    let frame = frame.map_err(|error| ImportError::at(&error))?;
    let (Some(id), Some(visibility)) = (frame.id.as_deref(), frame.visibility.as_deref()) else {
        return Ok(None);
    };
    let mut arena = MessageArena::of(object.len());
    let visibility = bounded_name(visibility);
    let mut title = String::new();
    let mut current = None;
    let mut rest = MessageExtras::default();
    rest.keep_unread("", &frame);
    for raw in &frame.versions {
        if !raw.0.starts_with('{') {
            rest.keep_field("versions", *raw);
            continue;
        }
        let repaired = Repaired::new();
        let version = json::from_str_or_repaired::<FrameVersion<'_>>(raw.0, &repaired, &budget);
        let Ok(version) = version else { continue };
        rest.keep_unread("", &version);
        let name = version.title.as_deref().unwrap_or_default().trim();
        let start = arena.text.len();
        arena.text.push_str(if name.is_empty() { "A page without a title" } else { name });
        // It stands in the frame once.
        if arena.growth.spend(visibility.len()) {
            arena.text.push_str(&format!("\n\nvisibility: {visibility}"));
        }
        let Some(text) = text_range(start, arena.text.len()) else { break };
        let mut annotations = Vec::new();
        let path = |version: &&str| id.len() + version.len() <= MAX_ID_LENGTH;
        if let Some(version) = version.id.as_deref().filter(path).filter(|_| arena.growth.spend(id.len())) {
            let page = Attachment {
                id: format!("artifacts/{id}/versions/{version}.html").into(),
                name: format!("{}.html", if name.is_empty() { version } else { name }).into(),
                mime: "text/html".into(),
                ..empty_attachment(Media::File)
            };
            annotations.push(attachment_annotation(page, text.end - text.start));
        }
        arena.import_counts.count("frame", true);
        if title.is_empty() || version.id == frame.active {
            name.clone_into(&mut title);
            current = Some(arena.messages.len());
        }
        let annotations = arena.keep(&mut annotations);
        arena.messages.push(ParsedMessage {
            role: Role::Assistant,
            visibility: Visibility::Shown,
            kind: MessageKind::Text,
            interrupted: false,
            time: version.created.0,
            model: NameTable::NO_NAME,
            name: NameTable::NO_NAME,
            text,
            annotations,
        });
    }
    if arena.messages.is_empty() {
        rest.keep_text("visibility", &frame.visibility);
    }
    push_rest(&mut arena, rest, id);
    arena.import_counts.count_left_out(&budget);
    let count = arena.messages.len();
    let meta = OwnedMeta {
        id: Some(id).filter(|id| !id.trim().is_empty() && id.len() <= MAX_ID_LENGTH).map(Box::from),
        title: Some(format!("Frame: {title}").trim_end_matches([':', ' ']).into()),
        updated: arena.messages.iter().filter_map(|message| message.time).max(),
        kind: ConversationKind::Frame,
        ..OwnedMeta::default()
    };
    Ok(Some(ParsedObject {
        provider: Provider::Claude,
        meta,
        arena,
        order: linear_order(count),
        // All of them stand in a row: whoever reads to the last has read the one that is shown.
        current: current.and(count.checked_sub(1)),
        dropped: 0,
        documents: DocumentSources::Nothing,
    }))
}

/// Adds what nobody knows, folded, and counts its keys.
fn push_rest(arena: &mut MessageArena, rest: MessageExtras, id: &str) {
    rest.keys.count(id, &mut arena.import_counts);
    let start = arena.text.len();
    let end = start + rest.more.len();
    let Some(text) = text_range(start, end).filter(|_| rest.more.contains(char::is_alphanumeric)) else {
        return;
    };
    arena.text.push_str(&rest.more);
    let name = arena.intern(Some("metadata"));
    let annotations = arena.keep(&mut Vec::new());
    arena.messages.push(ParsedMessage {
        role: Role::Assistant,
        visibility: Visibility::Folded,
        kind: MessageKind::Other,
        interrupted: false,
        time: None,
        model: NameTable::NO_NAME,
        name,
        text,
        annotations,
    });
}
