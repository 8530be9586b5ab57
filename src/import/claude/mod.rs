//! Claude's data export: one object of its `conversations.json` in, one conversation out.
//!
//! [`shape`] names the fields, [`reading`] takes the messages in and finds who follows whom, [`block`] turns what a
//! message is made of (words, reasoning, tool calls, whatever comes next) into messages of their own,
//! [`attachments`] are its files, [`artifacts`] the documents it made, in their final state. [`side_files`] has what
//! is not a conversation.
//!
//! Anthropic publishes no contract for it. The fields are those of exports seen up to September 2026.

mod artifacts;
mod attachments;
mod block;
mod reading;
mod shape;
mod side_files;

use super::{
    Census, Fault, Makes,
    documents::Documents,
    fields::{id, title},
    gather::{NONE, OwnedHeading, Sorted},
    json::{self, Allowance},
    order::{Order, newest_leaf},
};
use crate::conversation::Provider;

pub(super) use artifacts::Artifact;
pub(super) use side_files::side_file;

use reading::{Exported, LISTS, Messages};

/// Reads an object. Fails when it is no JSON object or no conversation of Claude's.
pub(super) fn read(object: &str, census: &mut Census) -> Result<Sorted, Fault> {
    // For the conversation's own lists; each message has one of its own.
    let parsed = json::from_str::<Exported<'_>>(object, &Allowance::new(LISTS));
    let exported = parsed.map_err(|error| Fault::at(&error))?;
    if !exported.messages.present {
        return Err(Fault::NoConversation);
    }
    census.merge(&exported.messages.gathered.census);
    Ok(order(exported))
}

/// Puts the messages in order and lets go of the JSON.
fn order(exported: Exported<'_>) -> Sorted {
    let messages = &exported.messages;
    let parents = messages.parents();
    let members: Vec<u32> = (0..parents.len() as u32).collect();
    let sorted = Order::of(parents, &members, &vec![NONE; members.len()]);
    // What a message is made of stands in a row; what follows it hangs on the last piece.
    let mut ends = vec![NONE; messages.turns.len()];
    let mut order = Vec::with_capacity(messages.gathered.messages.len());
    for &turn in &sorted.nodes {
        let mut above = sorted.parent(turn).map_or(NONE, |parent| ends[parent as usize]);
        for note in messages.turns[turn as usize].notes.clone() {
            order.push((note, above));
            above = order.len() as u32 - 1;
        }
        ends[turn as usize] = above;
    }
    let named = exported.current.as_deref().and_then(|uuid| messages.find(uuid));
    let current = named.map(|turn| ends[turn as usize]).filter(|&end| end != NONE);
    let current =
        current.map(|end| end as usize).or_else(|| newest_leaf(&order, &messages.gathered.messages));
    let heading = OwnedHeading {
        id: id(&exported.uuid),
        title: title(&exported.name),
        model: id(&exported.model),
        created: exported.created.0,
        updated: exported.updated.0,
        starred: exported.starred,
        ..OwnedHeading::default()
    };
    let Messages { gathered, artifacts, dropped, .. } = exported.messages;
    let makes = if artifacts.is_empty() { Makes::Nothing } else { Makes::Artifacts(artifacts) };
    Sorted { provider: Provider::Claude, heading, gathered, order, current, dropped, makes }
}

/// The artifacts of what was read.
pub(super) fn documents(read: &Sorted, artifacts: &[Artifact]) -> Documents {
    let gathered = &read.gathered;
    artifacts::documents(&read.order, &gathered.messages, &gathered.text, artifacts, read.current)
}
