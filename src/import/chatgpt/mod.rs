//! The ChatGPT data export: one object of `conversations.json` in, one [`Conversation`] out.
//!
//! [`shape`] names the fields, [`reading`] takes them in, [`tree`] puts the nodes in order, [`message`] decides what a
//! message is and whether it is shown, [`clean`] and [`citations`] make its text readable, [`canvas`] brings documents to their final state.

mod attachments;
mod canvas;
mod citations;
mod clean;
mod message;
mod reading;
mod shape;
mod tree;

use super::{Census, Fault};
use crate::conversation::{
    Builder, Conversation, Detail, Draft, Heading, Kind, Part, Provider, Role, Source, Time, Visibility,
};

use reading::{Exported, Mapping, NONE, Note};
use tree::{ById, Order};

/// An object that was read; its JSON is no longer needed.
pub(super) struct Read {
    heading: OwnedHeading,
    messages: Vec<Note>,
    text: String,
    parts: Vec<Part>,
    names: Vec<Box<str>>,
    /// Messages in depth-first order, each with the place of the one before it in this list.
    order: Vec<(u32, u32)>,
    /// The leaf of the visible branch: a place in `order`.
    current: Option<usize>,
    /// Nodes left out because there were too many.
    pub(super) dropped: u64,
}

/// [`Heading`] without borrowing.
struct OwnedHeading {
    id: Option<Box<str>>,
    title: Option<Box<str>>,
    model: Option<Box<str>>,
    gizmo: Option<Box<str>>,
    created: Option<Time>,
    updated: Option<Time>,
    archived: bool,
    starred: bool,
}

/// Reads an object. Fails when it is no JSON object or no ChatGPT conversation.
pub(super) fn read(object: &str, census: &mut Census) -> Result<Read, Fault> {
    let parsed: Result<super::json::Field<Exported<'_>>, _> = serde_json::from_str(object);
    let exported = parsed.map_err(|error| Fault::Json { at: error.column().saturating_sub(1) as u64 })?.0;
    recognise(&exported)?;
    census.merge(&exported.mapping.census);
    Ok(order(exported))
}

/// Whether the object is ChatGPT's; else whose it is.
fn recognise(exported: &Exported<'_>) -> Result<(), Fault> {
    if exported.chat_messages.0 {
        return Err(Fault::Foreign("Claude"));
    }
    if exported.inserted_at.0 {
        return Err(Fault::Foreign("DeepSeek"));
    }
    if exported.responses.0 {
        return Err(Fault::Foreign("Grok"));
    }
    if exported.header.as_deref() == Some("Gemini Apps") {
        return Err(Fault::Foreign("Gemini (Takeout)"));
    }
    if exported.mapping.present { Ok(()) } else { Err(Fault::NoConversation) }
}

/// Puts the messages in order and lets go of the JSON.
fn order(exported: Exported<'_>) -> Read {
    let mapping = &exported.mapping;
    let by_id = ById::of(&mapping.nodes);
    let nodes = Order::of(mapping, &by_id);
    // The message each node stands for: its own or the nearest above it.
    let mut stands_for = vec![NONE; mapping.nodes.len()];
    let mut order = Vec::with_capacity(mapping.messages.len());
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
    let current = current.map(|message| message as usize).or_else(|| newest_leaf(&order, &mapping.messages));
    let own =
        |text: &super::json::Text<'_>| text.as_deref().filter(|text| !text.trim().is_empty()).map(Box::from);
    let heading = OwnedHeading {
        id: own(&exported.id).or_else(|| own(&exported.conversation_id)),
        title: own(&exported.title),
        model: own(&exported.default_model).or_else(|| own(&exported.model)),
        gizmo: own(&exported.gizmo).or_else(|| own(&exported.template)),
        created: exported.created.0,
        updated: exported.updated.0,
        archived: exported.archived,
        starred: exported.starred || exported.pinned.0,
    };
    let Mapping { messages, text, parts, names, dropped, .. } = exported.mapping;
    Read { heading, messages, text, parts, names, order, current, dropped }
}

/// The message without a follower that was written last: where the screen stood, if the export does not say.
fn newest_leaf(order: &[(u32, u32)], messages: &[Note]) -> Option<usize> {
    let mut followed = vec![false; order.len()];
    for &(_, parent) in order.iter().filter(|&&(_, parent)| parent != NONE) {
        followed[parent as usize] = true;
    }
    (0..order.len())
        .filter(|&place| !followed[place])
        .max_by_key(|&place| messages[order[place].0 as usize].time)
}

/// Lays the conversation out.
pub(super) fn finish(read: Read, source: Source) -> Conversation {
    let Read { heading, messages, text, mut parts, names, order, current, .. } = read;
    let mut documents = canvas::Documents::of(&order, &messages, &text, current);
    let name = |slot: u16| names.get(usize::from(slot)).map(|name| &**name);
    let mut builder = Builder::new();
    for (place, &(number, parent)) in order.iter().enumerate() {
        let note = &messages[number as usize];
        let own_parts = note.parts.start as usize..note.parts.end as usize;
        let mut draft = Draft {
            role: note.role,
            visibility: note.visibility,
            kind: note.kind,
            interrupted: note.interrupted,
            parent: (parent != NONE).then_some(parent as usize),
            time: note.time,
            // Where a message does not say, the conversation's model answered.
            model: name(note.model).or(heading.model.as_deref().filter(|_| note.role == Role::Assistant)),
            name: name(note.name),
            text: &text[note.text.start as usize..note.text.end as usize],
            parts: parts[own_parts].iter_mut().map(taken).collect(),
        };
        let document = documents.take(place);
        if let Some(document) = &document {
            draft.kind = Kind::Canvas;
            draft.text = document.text();
            draft.parts = vec![document.part()];
            if draft.visibility == Visibility::Folded {
                draft.visibility =
                    if draft.text.trim().is_empty() { Visibility::Hidden } else { Visibility::Shown };
            }
        }
        builder.push(draft);
    }
    let heading = Heading {
        id: heading.id.as_deref(),
        title: heading.title.as_deref(),
        created: heading.created,
        updated: heading.updated,
        model: heading.model.as_deref(),
        provider: Provider::ChatGpt,
        archived: heading.archived,
        starred: heading.starred,
        gizmo: heading.gizmo.as_deref(),
        source,
    };
    builder.finish(heading, current)
}

/// A part, leaving something small in its place.
fn taken(part: &mut Part) -> Part {
    std::mem::replace(part, Part { range: 0..0, detail: Detail::Thought { seconds: None } })
}
