//! The words above a turn: who speaks, when, on which branch; and dates as a person reads them.

use std::borrow::Cow;

use jiff::{Timestamp, tz::TimeZone};

use super::turns::{Fork, Turn};
use crate::conversation::{Conversation, Detail, Kind, Role, Time, Visibility};

/// `3 Mar 2025, 10:42`.
pub(super) fn stamp(time: Time, zone: &TimeZone) -> Option<String> {
    let time = Timestamp::from_microsecond(time.0).ok()?;
    Some(time.to_zoned_datetime(zone.clone()).strftime("%-d %b %Y, %H:%M").to_string())
}

/// The words above a turn, in order, to be joined by ` · `. Untrusted: a format escapes them.
pub(super) fn words<'a>(conversation: &'a Conversation, turn: &Turn, zone: &TimeZone) -> Vec<Cow<'a, str>> {
    let message = &conversation.messages()[turn.message];
    let mut words: Vec<Cow<'a, str>> = Vec::with_capacity(4);
    if let Some(number) = turn.number {
        words.push(number.to_string().into());
    }
    words.push(speaker(conversation, turn.message));
    words.extend(manner(conversation, turn.message));
    if message.visibility == Visibility::Hidden {
        words.push("hidden".into());
    }
    if message.interrupted {
        words.push("cut short".into());
    }
    words.extend(message.time().and_then(|time| stamp(time, zone)).map(Cow::Owned));
    words.extend(turn.fork.map(|fork| branch(&fork).into()));
    words
}

/// Who speaks: the person is "You", a model or a tool has its name.
fn speaker(conversation: &Conversation, index: usize) -> Cow<'_, str> {
    let message = &conversation.messages()[index];
    match (message.kind, message.role) {
        (Kind::Instructions, _) => "Custom instructions".into(),
        (Kind::Memory, _) => "Saved memory".into(),
        (_, Role::User) => "You".into(),
        (_, Role::Assistant) => {
            conversation.message_model(index).unwrap_or(conversation.provider.assistant()).into()
        }
        (_, Role::Tool) => conversation.message_name(index).unwrap_or("Tool").into(),
        (_, Role::System) => "System".into(),
    }
}

/// What it is when it is not simply said.
fn manner(conversation: &Conversation, index: usize) -> Option<Cow<'_, str>> {
    let message = &conversation.messages()[index];
    let name = conversation.message_name(index);
    Some(match message.kind {
        Kind::Text | Kind::Instructions | Kind::Memory => return None,
        Kind::Call => name.map_or("tool call".into(), |tool| format!("to {tool}").into()),
        Kind::Output => "result".into(),
        Kind::Reasoning | Kind::Recap => "reasoning".into(),
        Kind::Quote => "quote".into(),
        Kind::Browsing => "browsing".into(),
        Kind::Page => "web page".into(),
        Kind::Error => "error".into(),
        Kind::Canvas => canvas(conversation, index)
            .map_or("canvas".into(), |(title, _)| format!("canvas: {title}").into()),
        // A tool's name is the speaker's already.
        Kind::Other if message.role == Role::Tool => return None,
        Kind::Other => name?.into(),
    })
}

/// A canvas's title and format.
pub(super) fn canvas(conversation: &Conversation, index: usize) -> Option<(&str, &str)> {
    conversation.message_parts(index).iter().find_map(|part| match &part.detail {
        Detail::Canvas { title, format } => Some((&**title, &**format)),
        _ => None,
    })
}

fn branch(fork: &Fork) -> String {
    let Fork { index, count, after, visible } = fork;
    let place = after.map_or("from the start".to_owned(), |turn| format!("after {turn}"));
    format!("branch {index} of {count} {place}{}", if *visible { " (the one last shown)" } else { "" })
}
