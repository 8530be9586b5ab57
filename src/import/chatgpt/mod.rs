//! The ChatGPT data export: one object of `conversations.json` in, one [`Conversation`] out.
//!
//! [`shape`] and [`source_shape`] name the fields, [`parse`] takes them in, [`tree`] puts the nodes in order,
//! [`content_type_meaning`] decides what a message is and whether it is shown, [`message`] what it says, from its [`content`],
//! [`reasoning`] and what was [`unread`] of it, [`clean`] makes its text readable: [`citations`] and [`marker`] with the
//! help of its [`references`], [`writing`], [`file_tokens`]. Of a reference [`named_sources`] are what it names,
//! [`source_markdown`] is how that is written, [`reference_texts`] what it says besides. [`research`] finds reports,
//! [`canvas`] brings documents to their final state, by what [`pattern`] finds in them. [`mod@left_out`] has the strings
//! that are left out on purpose; every other one is shown or folded. [`group_chat`] reads chats of several people,
//! [`stored_canvas`] the canvases that are files of their own, [`account_files`] what is not a conversation.

mod account_files;
mod attachments;
mod canvas;
mod citations;
mod clean;
mod content;
mod content_type_meaning;
mod edits;
mod file_tokens;
mod group_chat;
mod left_out;
mod marker;
mod message;
mod named_sources;
mod parse;
mod pattern;
mod reasoning;
mod reference_texts;
mod references;
mod research;
mod shape;
mod source_markdown;
mod source_shape;
pub(super) mod stored_canvas;
mod tree;
mod unread;
mod writing;

use super::{
    DocumentSources, FileLibrary, ImportCounts, ImportError, Refusal,
    documents::Documents,
    fields::{bounded_id, bounded_title},
    message_arena::{NO_PARENT, OwnedMeta, ParsedObject},
    order::{linear_order, newest_leaf},
};
use crate::conversation::Provider;

pub(super) use account_files::account_file;
pub(super) use attachments::stored_id;
pub(super) use left_out::left_out;

use canvas::CanvasCall;
use parse::ConversationObject;
use tree::ById;

/// The messages, by number, that make or change a canvas.
pub(super) type Canvases = Vec<(u32, CanvasCall)>;

/// Reads an object. Fails when it is no JSON object or no ChatGPT conversation.
pub(super) fn parse(
    object: &str,
    files: &FileLibrary,
    import_counts: &mut ImportCounts,
) -> Result<ParsedObject, Refusal> {
    let mut element = ConversationObject::read(object).map_err(|error| ImportError::at(&error))?;
    if let Some(provider) = element.signatures.provider {
        return Err(Refusal::Belongs(provider));
    }
    if !element.mapping.present && element.chat.is_one() {
        element.chat.take(&mut element.mapping);
        import_counts.merge(&element.mapping.arena.import_counts);
        return Ok(in_order(element));
    }
    if !element.mapping.present {
        return Err(ImportError::NoConversation.into());
    }
    import_counts.merge(&element.mapping.arena.import_counts);
    if !files.is_empty() {
        element.mapping.attach(files);
        element.mapping.attach_canvases(files);
    }
    Ok(order(element))
}

/// Puts the messages in order and lets go of the JSON.
fn order(element: ConversationObject<'_>) -> ParsedObject {
    let mapping = &element.mapping;
    let by_id = ById::of(&mapping.nodes);
    let nodes = tree::order(mapping, &by_id);
    // The message each node stands for: its own or the nearest above it.
    let mut stands_for = vec![NO_PARENT; mapping.nodes.len()];
    let mut order = Vec::with_capacity(mapping.arena.messages.len());
    let mut told = research::ReportsSeen::new(&mapping.arena, &mapping.reports);
    for &node in &nodes.nodes {
        let above = nodes.parent(node).map_or(NO_PARENT, |parent| stands_for[parent as usize]);
        stands_for[node as usize] = above;
        for message in mapping.nodes[node as usize].messages.clone() {
            let above = stands_for[node as usize];
            if told.is_told(message, above, order.len()) {
                continue;
            }
            stands_for[node as usize] = order.len() as u32;
            order.push((message, above));
        }
    }
    let named = element.current.as_deref().and_then(|id| by_id.find(id));
    let current = named.map(|node| stands_for[node as usize]).filter(|&message| message != NO_PARENT);
    let current =
        current.map(|message| message as usize).or_else(|| newest_leaf(&order, &mapping.arena.messages));
    finish(element, order, current)
}

/// Keeps the messages of a list in its order.
fn in_order(element: ConversationObject<'_>) -> ParsedObject {
    let count = element.mapping.arena.messages.len();
    finish(element, linear_order(count), count.checked_sub(1))
}

fn finish(element: ConversationObject<'_>, order: Vec<(u32, u32)>, current: Option<usize>) -> ParsedObject {
    let chat = &element.chat;
    let meta = OwnedMeta {
        id: bounded_id(&element.id).or_else(|| bounded_id(&element.conversation_id)),
        title: bounded_title(&element.title).or_else(|| bounded_title(&chat.name)),
        model: bounded_id(&element.default_model).or_else(|| bounded_id(&element.model)),
        gpt_or_project_id: bounded_id(&element.gpt_or_project_id).or_else(|| bounded_id(&element.template)),
        created: element.created.0.or(chat.created.0),
        updated: element.updated.0.or(chat.updated.0),
        archived: element.archived,
        starred: element.starred || element.pinned.0,
        ..OwnedMeta::default()
    };
    let parse::Mapping { arena, canvases, dropped, .. } = element.mapping;
    let documents =
        if canvases.is_empty() { DocumentSources::Nothing } else { DocumentSources::Canvases(canvases) };
    ParsedObject { provider: Provider::ChatGpt, meta, arena, order, current, dropped, documents }
}

/// Returns the canvas documents of what was read.
pub(super) fn documents(parsed: &ParsedObject, canvases: &[(u32, CanvasCall)]) -> Documents {
    let arena = &parsed.arena;
    canvas::documents(&parsed.order, &arena.messages, &arena.text, canvases, parsed.current, &arena.growth)
}
