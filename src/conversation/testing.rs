//! Conversations for tests, in few words: drafts put together as an importer would.
//!
//! The unit tests know it as `conversation::testing`. The crates under `tests`, which see only what is public, take it
//! in by its path; so it says `unspool` where it means this library.

use unspool::conversation::{
    Conversation, ConversationBuilder, ConversationMeta, MessageDraft, MessageKind, ObjectLocation, Provider,
    Role, Time, Visibility,
};

/// 2025-03-03T09:42:00Z.
pub const MORNING: Time = Time(1_740_994_920_000_000);
const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// Returns the facts of a conversation of that title that began in the [`MORNING`] and took a minute.
pub fn meta(title: &str) -> ConversationMeta<'_> {
    ConversationMeta {
        id: Some("67c57b1e-0000-4000-8000-000000000001"),
        title: Some(title),
        created: Some(MORNING),
        updated: Some(Time(MORNING.0 + 60 * SECOND)),
        ..ConversationMeta::new(Provider::ChatGpt, ObjectLocation { length: 2, ..ObjectLocation::default() })
    }
}

/// Returns the facts of a conversation of one day, counted from 1970-01-01.
pub fn dated<'a>(id: &'a str, title: &'a str, day: i64) -> ConversationMeta<'a> {
    let time = Some(Time(day * DAY));
    ConversationMeta { id: Some(id), created: time, updated: time, ..meta(title) }
}

/// Drafts a message of the person's.
pub fn prompt(text: &str) -> MessageDraft<'_> {
    MessageDraft { time: Some(MORNING), ..MessageDraft::new(Role::User, text) }
}

/// Drafts a message of the assistant's, some seconds later.
pub fn answer(text: &str) -> MessageDraft<'_> {
    let time = Some(Time(MORNING.0 + 15 * SECOND / 2));
    MessageDraft { time, model: Some("gpt-4o"), ..MessageDraft::new(Role::Assistant, text) }
}

/// Drafts what an assistant does beside its answer: reasoning, a call of a tool.
pub fn folded(kind: MessageKind, text: &str) -> MessageDraft<'_> {
    MessageDraft { kind, visibility: Visibility::Folded, ..answer(text) }
}

/// Puts messages one after the other; one that names its parent hangs there. The last is the one shown.
pub fn with_meta<'a>(
    meta: ConversationMeta<'_>,
    drafts: impl IntoIterator<Item = MessageDraft<'a>>,
) -> Conversation {
    let mut builder = ConversationBuilder::new();
    let mut last = None;
    for draft in drafts {
        last = Some(builder.push(MessageDraft { parent: draft.parent.or(last), ..draft }));
    }
    builder.finish(meta, last)
}

/// Puts messages one after the other, under a title.
pub fn chain<'a>(title: &str, drafts: impl IntoIterator<Item = MessageDraft<'a>>) -> Conversation {
    with_meta(meta(title), drafts)
}

/// Puts messages into a tree, with these facts about it: one that names no parent is a root. `current` is the one shown
/// last.
pub fn tree<'a>(
    meta: ConversationMeta<'_>,
    drafts: impl IntoIterator<Item = MessageDraft<'a>>,
    current: Option<usize>,
) -> Conversation {
    let mut builder = ConversationBuilder::new();
    for draft in drafts {
        builder.push(draft);
    }
    builder.finish(meta, current)
}

/// Puts prompts and answers in turn, on that day of 2025, the first in its file by that number.
pub fn conversation(day: u32, title: &str, texts: &[&str]) -> Conversation {
    let id = format!("conversation-{day}");
    let since_1970 = 20_089 + i64::from(day);
    let source = ObjectLocation { offset: u64::from(day), ..ObjectLocation::default() };
    let meta = ConversationMeta { object_location: source, ..dated(&id, title, since_1970) };
    let time = meta.created;
    let drafts = texts.iter().enumerate().map(|(number, text)| {
        let draft = if number % 2 == 0 { prompt(text) } else { answer(text) };
        MessageDraft { time, ..draft }
    });
    with_meta(meta, drafts)
}

/// Puts a prompt with two answers, the first of which goes on; the second is the one shown.
///
/// 0 prompt ─ 1 thought ─ 2 first answer ─ 3 second prompt
///          └ 4 second answer
pub fn forked() -> Conversation {
    let drafts = [
        prompt("Which one?"),
        folded(MessageKind::Reasoning, "Hm."),
        answer("Left."),
        prompt("Why?"),
        MessageDraft { parent: Some(0), ..answer("Right.") },
    ];
    chain("A choice", drafts)
}
