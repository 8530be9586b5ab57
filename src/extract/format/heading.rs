//! The words above an entry: who speaks, when, on which branch; and dates as a person reads them.

use std::borrow::Cow;

use jiff::{Timestamp, tz::TimeZone};

use super::entries::{BranchLabel, ExtractEntry};
use crate::{
    conversation::{Conversation, Role, Time, Visibility},
    message::{Label, MessageView, words_in_heading},
};

/// Writes a time in a zone: `3 Mar 2025, 10:42`.
pub(super) fn timestamp(time: Time, zone: &TimeZone) -> Option<String> {
    let time = Timestamp::from_microsecond(time.0).ok()?;
    Some(time.to_zoned_datetime(zone.clone()).strftime("%-d %b %Y, %H:%M").to_string())
}

/// Returns the words above an entry, in order, to be joined by ` · `. Untrusted: a format escapes them.
pub(super) fn heading_parts<'a>(
    conversation: &'a Conversation,
    entry: &ExtractEntry,
    zone: &TimeZone,
) -> Vec<Cow<'a, str>> {
    let message = &conversation.messages()[entry.message];
    let mut words: Vec<Cow<'a, str>> = Vec::with_capacity(4);
    if let Some(number) = entry.number {
        words.push(number.to_string().into());
    }
    let view = MessageView::of(conversation, entry.message);
    words.push(view.speaker().name());
    words.extend(label_part(view));
    if message.visibility == Visibility::Hidden {
        words.push("hidden".into());
    }
    if message.interrupted {
        words.push("cut short".into());
    }
    words.extend(message.time().and_then(|time| timestamp(time, zone)).map(Cow::Owned));
    words.extend(entry.branch_label.map(|label| branch(&label).into()));
    words
}

/// Returns the kind of a message that is not simply said.
fn label_part(view: MessageView<'_>) -> Option<Cow<'_, str>> {
    let label = view.label();
    Some(match label {
        // The speaker says it.
        Label::Text | Label::Instructions | Label::Memory => return None,
        Label::Call(Some(tool)) => format!("to {}", words_in_heading(tool)).into(),
        Label::Canvas(canvas) if !canvas.title.is_empty() => {
            format!("canvas: {}", words_in_heading(canvas.title)).into()
        }
        // A tool's name is the speaker's already.
        Label::Unknown(_) if view.message().role == Role::Tool => return None,
        Label::Unknown(Some(name)) => words_in_heading(name),
        _ => label.noun().into(),
    })
}

fn branch(label: &BranchLabel) -> String {
    let BranchLabel { number, count, after, visible } = label;
    let place = after.map_or("from the start".to_owned(), |entry| format!("after {entry}"));
    format!("branch {number} of {count} {place}{}", if *visible { " (the one last shown)" } else { "" })
}
