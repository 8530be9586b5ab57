//! Design chats: conversations about something that is drawn, seen since August 2026.
//!
//! `{uuid, title, project, created_at, updated_at, messages: [{uuid, role, content: {content | contentBlocks}}]}` in
//! `design_chats/<id>.json`. What a message says is a text, or blocks like those of any other conversation.

use std::borrow::Cow;

use super::{left_out::left_out, parse::ConversationObject, shape::ChatMessage};
use crate::import::{
    ImportError,
    fields::ContentList,
    json::{self, MaybeText, MemoryBudget, Raw, Repaired, record},
    timestamp::Timestamp,
};

record! {
    /// A design chat, besides what every conversation has.
    DesignChat<'de> {
        title: MaybeText<'de> = "title",
        messages: Vec<Raw<'de>> = "messages",
    }
}

record! {
    /// A message of a design chat.
    DesignMessage<'de> keeps all but left_out {
        uuid: MaybeText<'de> = "uuid",
        role: MaybeText<'de> = "role",
        content: Raw<'de> = "content",
        created: Timestamp = "created_at",
    }
}

record! {
    /// What a message says.
    DesignContent<'de> keeps all but left_out {
        text: Raw<'de> = "content",
        blocks: ContentList<'de> = "contentBlocks",
    }
}

/// The memory that the lists of one chat may take while it is read, in bytes.
const LISTS: usize = 64 << 20;

/// Adds the messages of a design chat to an object that has none of its own; returns whether it is one. Fails when it is no
/// JSON: the object is repaired then and read once more.
pub(super) fn take<'de>(
    object: &'de str,
    element: &mut ConversationObject<'de>,
) -> Result<bool, ImportError> {
    let budget = MemoryBudget::new(LISTS);
    let chat = json::from_str::<DesignChat<'de>>(object, &budget);
    let chat = chat.map_err(|error| ImportError::at(&error))?;
    let is_message = |raw: &Raw<'_>| raw.0.starts_with('{');
    if !chat.messages.iter().any(is_message) {
        return Ok(false);
    }
    element.collector.present = true;
    element.name = element.name.take().or(chat.title);
    for raw in chat.messages.into_iter().filter(is_message) {
        let repaired = Repaired::new();
        let budget = MemoryBudget::new(LISTS);
        let Ok(message) = json::from_str_or_repaired::<DesignMessage<'_>>(raw.0, &repaired, &budget) else {
            element.collector.dropped += 1;
            continue;
        };
        let again = Repaired::new();
        let content = if message.content.0.starts_with('{') {
            json::from_str_or_repaired::<DesignContent<'_>>(message.content.0, &again, &budget).ok()
        } else {
            Some(DesignContent { text: message.content, ..DesignContent::default() })
        };
        let Some(DesignContent { text, blocks, unread: within }) = content else {
            element.collector.dropped += 1;
            continue;
        };
        let said = ChatMessage {
            uuid: message.uuid,
            sender: message.role,
            text,
            content: blocks,
            created: message.created,
            unread: message.unread.and(within),
            ..ChatMessage::default()
        };
        let uuid = said.uuid.as_deref().unwrap_or_default().to_owned();
        element.collector.push_node(&said, Cow::Owned(uuid), None, &budget);
        element.collector.arena.import_counts.count_left_out(&budget);
    }
    Ok(true)
}
