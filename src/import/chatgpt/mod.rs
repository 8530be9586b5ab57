//! The ChatGPT data export: one object of `conversations.json` in, one [`Conversation`] out.
//!
//! [`shape`] names the fields, [`reading`] takes them in, [`tree`] puts the nodes in order, [`message`] decides what a
//! message is and whether it is shown, [`clean`] and [`citations`] make its text readable, [`canvas`] brings documents to
//! their final state, by what [`pattern`] finds in them. [`side_files`] has what is not a conversation.

mod attachments;
mod canvas;
mod citations;
mod clean;
mod edits;
mod message;
mod pattern;
mod reading;
mod shape;
mod side_files;
mod tree;

use super::{
    Census, Fault, Makes, Refusal,
    documents::Documents,
    fields::{id, title},
    gather::{NONE, OwnedHeading, Sorted},
    json::{self, Allowance},
    order::newest_leaf,
};
use crate::conversation::Provider;

pub(super) use side_files::side_file;

use canvas::Canvas;
use reading::{Exported, LISTS};
use tree::ById;

/// The messages, by number, that make or change a canvas.
pub(super) type Canvases = Vec<(u32, Canvas)>;

/// Reads an object. Fails when it is no JSON object or no ChatGPT conversation.
pub(super) fn read(object: &str, census: &mut Census) -> Result<Sorted, Refusal> {
    // For the conversation's own lists; each message has one of its own.
    let parsed = json::from_str::<Exported<'_>>(object, &Allowance::new(LISTS));
    let exported = parsed.map_err(|error| Fault::at(&error))?;
    if let Some(owner) = exported.marks.owner {
        return Err(Refusal::Belongs(owner));
    }
    if !exported.mapping.present {
        return Err(Fault::NoConversation.into());
    }
    census.merge(&exported.mapping.gathered.census);
    Ok(order(exported))
}

/// Puts the messages in order and lets go of the JSON.
fn order(exported: Exported<'_>) -> Sorted {
    let mapping = &exported.mapping;
    let by_id = ById::of(&mapping.nodes);
    let nodes = tree::order(mapping, &by_id);
    // The message each node stands for: its own or the nearest above it.
    let mut stands_for = vec![NONE; mapping.nodes.len()];
    let mut order = Vec::with_capacity(mapping.gathered.messages.len());
    for &node in &nodes.nodes {
        let above = nodes.parent(node).map_or(NONE, |parent| stands_for[parent as usize]);
        stands_for[node as usize] = above;
        let message = mapping.nodes[node as usize].message;
        if message != NONE {
            stands_for[node as usize] = order.len() as u32;
            order.push((message, above));
        }
    }
    let named = exported.current.as_deref().and_then(|id| by_id.find(id));
    let current = named.map(|node| stands_for[node as usize]).filter(|&message| message != NONE);
    let current =
        current.map(|message| message as usize).or_else(|| newest_leaf(&order, &mapping.gathered.messages));
    let heading = OwnedHeading {
        id: id(&exported.id).or_else(|| id(&exported.conversation_id)),
        title: title(&exported.title),
        model: id(&exported.default_model).or_else(|| id(&exported.model)),
        gizmo: id(&exported.gizmo).or_else(|| id(&exported.template)),
        created: exported.created.0,
        updated: exported.updated.0,
        archived: exported.archived,
        starred: exported.starred || exported.pinned.0,
    };
    let reading::Mapping { gathered, canvases, dropped, .. } = exported.mapping;
    let makes = if canvases.is_empty() { Makes::Nothing } else { Makes::Canvases(canvases) };
    Sorted { provider: Provider::ChatGpt, heading, gathered, order, current, dropped, makes }
}

/// The canvas documents of what was read.
pub(super) fn documents(read: &Sorted, canvases: &[(u32, Canvas)]) -> Documents {
    let gathered = &read.gathered;
    canvas::documents(&read.order, &gathered.messages, &gathered.text, canvases, read.current)
}
