//! Chats of several people with the model: `group_chats.json`, whose messages stand in a list.

use std::borrow::Cow;

use hashbrown::HashMap;

use super::{
    left_out::left_out,
    parse::{LIST_BUDGET, Mapping},
    shape::{Message, Upload, non_blank},
};
use crate::import::{
    fields::bounded_name,
    json::{self, MaybeText, MemoryBudget, OneOrMany, Raw, Repaired, record},
    timestamp::Timestamp,
};

/// What a chat of several people has in place of a tree.
#[derive(Default)]
pub(super) struct GroupChat<'de> {
    pub name: MaybeText<'de>,
    pub created: Timestamp,
    pub updated: Timestamp,
    pub members: Raw<'de>,
    pub messages: Raw<'de>,
}

record! {
    /// Who takes part.
    GroupMember<'de> keeps all but left_out {
        id: MaybeText<'de> = "id",
        name: MaybeText<'de> = "name",
    }
}

record! {
    /// A message of such a chat.
    GroupMessage<'de> keeps all but left_out {
        role: MaybeText<'de> = "role",
        author: GroupMember<'de> = "author",
        author_id: MaybeText<'de> = "author_id",
        member_id: MaybeText<'de> = "member_id",
        user_id: MaybeText<'de> = "user_id",
        sender_id: MaybeText<'de> = "sender_id",
        text: Raw<'de> = "text",
        content: Raw<'de> = "content",
        created: Timestamp = "created_at",
        created_otherwise: Timestamp = "create_time",
        attachments: OneOrMany<Upload<'de>> = "attachments",
    }
}

impl<'de> GroupChat<'de> {
    /// Returns whether an object is such a chat: its messages have a role and a text, or it has a name and none.
    pub(super) fn is_one(&self) -> bool {
        let list = self.messages.0.trim_start().strip_prefix('[').map(str::trim_start);
        if list.is_some_and(|list| list.starts_with(']')) {
            return self.name.is_some() || !self.members.0.is_empty();
        }
        let first = list.filter(|list| list.starts_with('{')).and_then(|list| {
            let mut values =
                serde_json::Deserializer::from_str(list).into_iter::<&serde_json::value::RawValue>();
            values.next()?.ok()
        });
        first.is_some_and(|first| {
            let repaired = Repaired::new();
            let budget = MemoryBudget::new(LIST_BUDGET);
            let message = json::from_str_or_repaired::<GroupMessage<'_>>(first.get(), &repaired, &budget);
            message.is_ok_and(|message| message.role.is_some() && message.text.is_text())
        })
    }

    /// Takes the messages in, and returns where those of each begin; after the last is their number.
    pub(super) fn take(&self, mapping: &mut Mapping<'de>) {
        let repaired = Repaired::new();
        let budget = MemoryBudget::new(LIST_BUDGET);
        let members =
            json::from_str_or_repaired::<OneOrMany<GroupMember<'_>>>(self.members.0, &repaired, &budget);
        let members = members.unwrap_or_default();
        let names: HashMap<&str, Cow<'_, str>> = members
            .iter()
            .filter_map(|member| Some((non_blank(&member.id)?, bounded_name(non_blank(&member.name)?))))
            .collect();
        let messages = json::from_str::<Vec<Raw<'de>>>(self.messages.0, &MemoryBudget::new(LIST_BUDGET));
        for raw in messages.unwrap_or_default() {
            let repaired = Repaired::new();
            let budget = MemoryBudget::new(LIST_BUDGET);
            let Ok(read) = json::from_str_or_repaired::<GroupMessage<'_>>(raw.0, &repaired, &budget) else {
                continue;
            };
            let ids = [&read.author.id, &read.author_id, &read.member_id, &read.user_id, &read.sender_id];
            let known = ids.into_iter().find_map(|id| names.get(non_blank(id)?));
            let known = known.map(|name| &**name);
            let name = non_blank(&read.author.name).or(known).map(|name| Cow::Owned(name.to_owned()));
            let mut message = Message::default();
            message.author.role = read.role;
            message.author.name = name;
            message.author.unread = read.author.unread;
            message.content.0.content_type = Some("text".into());
            message.content.0.text = read.text;
            message.content.0.content = read.content;
            message.created = if read.created.0.is_some() { read.created } else { read.created_otherwise };
            message.metadata.attachments = read.attachments;
            message.unread = read.unread;
            mapping.take(message);
        }
        mapping.present = true;
    }
}
