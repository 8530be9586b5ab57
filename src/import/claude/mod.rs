//! Claude's data export: one object of its `conversations.json` in, one conversation out.
//!
//! [`shape`] names the fields, [`parse`] takes the messages in and finds who follows whom, [`block`] turns what a
//! message is made of (words, [`thinking`], calls of a [`tool`], whatever comes next) into messages of their own,
//! [`open_message`] is one while that goes on, [`own_text`] what it says besides its blocks, [`cited_pages`] are its
//! sources, [`tags`] what Claude put into tags, [`attachments`] are its files, [`artifacts`] the documents it made, in their
//! final state. [`knowledge`] are the projects and memories beside the conversations, [`design_chat`] and [`frame`] what
//! else is read as one, [`account_files`] what tells of their owner. [`mod@left_out`] has the strings that are left out on
//! purpose; every other one is shown or folded, with the help of [`unread`].
//!
//! Anthropic publishes no contract for it. The fields are those of exports seen up to September 2026.

mod account_files;
mod artifacts;
mod attachments;
mod block;
mod cited_pages;
mod design_chat;
mod frame;
mod knowledge;
mod left_out;
mod open_message;
mod own_text;
mod parse;
mod shape;
mod tags;
mod thinking;
mod tool;
mod unread;

use super::{
    DocumentSources, ImportCounts, ImportError,
    documents::Documents,
    fields::{bounded_id, bounded_title},
    message_arena::{NO_PARENT, OwnedMeta, ParsedObject},
    order::{MessageOrder, newest_leaf},
};
use crate::conversation::{ConversationKind, Provider};

pub(super) use account_files::account_file;
pub(super) use artifacts::Artifact;
pub(super) use left_out::left_out;

use parse::{ConversationObject, MessageCollector};

/// Reads an object. Fails when it is no JSON object or no conversation of Claude's.
pub(super) fn parse(object: &str, import_counts: &mut ImportCounts) -> Result<ParsedObject, ImportError> {
    let mut element = ConversationObject::read(object).map_err(|error| ImportError::at(&error))?;
    if !element.collector.present && design_chat::take(object, &mut element)? {
        import_counts.merge(&element.collector.arena.import_counts);
        let parsed = order(element);
        let meta = OwnedMeta { kind: ConversationKind::Design, ..parsed.meta };
        return Ok(ParsedObject { meta, ..parsed });
    }
    if !element.collector.present {
        if let Some(parsed) = frame::parse(object)? {
            import_counts.merge(&parsed.arena.import_counts);
            return Ok(parsed);
        }
        let parsed = knowledge::parse(object, element)?.ok_or(ImportError::NoConversation)?;
        import_counts.merge(&parsed.arena.import_counts);
        return Ok(parsed);
    }
    import_counts.merge(&element.collector.arena.import_counts);
    Ok(order(element))
}

/// Puts the messages in order and lets go of the JSON.
fn order(mut element: ConversationObject<'_>) -> ParsedObject {
    let summary = element.summary.take().and_then(|summary| element.collector.push_summary(&summary));
    let collector = &element.collector;
    let parents = collector.parents();
    let members: Vec<u32> = (0..parents.len() as u32).collect();
    let sorted = MessageOrder::of(parents, &members, &vec![NO_PARENT; members.len()]);
    // What a message is made of stands in a row; what follows it hangs on the last piece.
    let mut ends = vec![NO_PARENT; collector.nodes.len()];
    let mut order = Vec::with_capacity(collector.arena.messages.len());
    // What sums it up stands above all of it.
    order.extend(summary.map(|piece| (piece, NO_PARENT)));
    let top = if summary.is_some() { 0 } else { NO_PARENT };
    for &node in &sorted.nodes {
        let mut above = sorted.parent(node).map_or(top, |parent| ends[parent as usize]);
        for piece in collector.nodes[node as usize].arena_messages.clone() {
            order.push((piece, above));
            above = order.len() as u32 - 1;
        }
        ends[node as usize] = above;
    }
    let named = element.current.as_deref().and_then(|uuid| collector.find(uuid));
    let current = named.map(|node| ends[node as usize]).filter(|&end| end != NO_PARENT);
    let current = current.map(|end| end as usize).or_else(|| newest_leaf(&order, &collector.arena.messages));
    let meta = OwnedMeta {
        id: bounded_id(&element.uuid),
        title: bounded_title(&element.name),
        model: bounded_id(&element.model),
        gpt_or_project_id: bounded_id(&element.project),
        created: element.created.0,
        updated: element.updated.0,
        starred: element.starred,
        ..OwnedMeta::default()
    };
    let MessageCollector { arena, artifacts, dropped, .. } = element.collector;
    let documents =
        if artifacts.is_empty() { DocumentSources::Nothing } else { DocumentSources::Artifacts(artifacts) };
    ParsedObject { provider: Provider::Claude, meta, arena, order, current, dropped, documents }
}

/// Returns the artifacts of what was read.
pub(super) fn documents(parsed: &ParsedObject, artifacts: &[Artifact]) -> Documents {
    let arena = &parsed.arena;
    artifacts::documents(
        &parsed.order,
        &arena.messages,
        &arena.text,
        artifacts,
        parsed.current,
        &arena.growth,
    )
}
