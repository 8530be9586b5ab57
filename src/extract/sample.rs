//! Conversations for the tests of this room.

use jiff::tz::TimeZone;

use super::{Format, Options};
use crate::conversation::{
    Builder, Conversation, Draft, Heading, Kind, Provider, Role, Source, Time, Visibility,
};

/// 2025-03-03T09:42:00Z.
pub const MORNING: Time = Time(1_740_994_920_000_000);

pub fn heading(title: &str) -> Heading<'_> {
    Heading {
        id: Some("67c57b1e-0000-4000-8000-000000000001"),
        title: Some(title),
        created: Some(MORNING),
        updated: Some(Time(MORNING.0 + 60_000_000)),
        ..Heading::new(Provider::ChatGpt, Source { length: 2, ..Source::default() })
    }
}

pub fn prompt(text: &str) -> Draft<'_> {
    Draft { time: Some(MORNING), ..Draft::new(Role::User, text) }
}

pub fn answer(text: &str) -> Draft<'_> {
    Draft {
        time: Some(Time(MORNING.0 + 7_500_000)),
        model: Some("gpt-4o"),
        ..Draft::new(Role::Assistant, text)
    }
}

pub fn folded(kind: Kind, text: &str) -> Draft<'_> {
    Draft { kind, visibility: Visibility::Folded, ..answer(text) }
}

/// One message after the other.
pub fn chain(title: &str, drafts: Vec<Draft<'_>>) -> Conversation {
    let mut builder = Builder::new();
    let mut last = None;
    for draft in drafts {
        last = Some(builder.push(Draft { parent: last, ..draft }));
    }
    builder.finish(heading(title), last)
}

/// A prompt with two answers, the first of which goes on; the second is the one shown.
///
/// 0 prompt ─ 1 thought ─ 2 first answer ─ 3 second prompt
///          └ 4 second answer
pub fn forked() -> Conversation {
    let mut builder = Builder::new();
    let first = builder.push(prompt("Which one?"));
    let thought = builder.push(Draft { parent: Some(first), ..folded(Kind::Reasoning, "Hm.") });
    let left = builder.push(Draft { parent: Some(thought), ..answer("Left.") });
    builder.push(Draft { parent: Some(left), ..prompt("Why?") });
    let right = builder.push(Draft { parent: Some(first), ..answer("Right.") });
    builder.finish(heading("A choice"), Some(right))
}

pub fn options(format: Format) -> Options {
    Options::new(format, TimeZone::UTC)
}
