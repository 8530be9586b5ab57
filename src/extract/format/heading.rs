//! The words above an entry: who speaks, when, on which branch; and dates as a person reads them.

use std::borrow::Cow;

use jiff::{Timestamp, tz::TimeZone};

use super::entries::{BranchLabel, ExtractEntry};
use crate::{
    conversation::{Conversation, Role, Time, Visibility},
    message::{Label, MessageView, words_in_heading},
    transcript::dates,
};

/// Writes a time in a zone: `3 Mar 2025, 10:42`.
pub(super) fn timestamp(time: Time, zone: &TimeZone) -> Option<String> {
    let time = Timestamp::from_microsecond(time.0).ok()?;
    let time = zone.to_datetime(time);
    let mut out = String::with_capacity("30 Mar 2025, 10:42".len());
    push_number(time.day().unsigned_abs().into(), 1, &mut out);
    let (sign, digits) = if time.year() < 0 { (" -", 3) } else { (" ", 4) };
    out.extend([" ", dates::month_name(time.date()), sign]);
    push_number(time.year().unsigned_abs(), digits, &mut out);
    out.push_str(", ");
    push_number(time.hour().unsigned_abs().into(), 2, &mut out);
    out.push(':');
    push_number(time.minute().unsigned_abs().into(), 2, &mut out);
    Some(out)
}

/// Writes a number with so many digits at least: an extract has a few for every message.
fn push_number(number: u16, digits: usize, out: &mut String) {
    let places = [10_000, 1_000, 100, 10, 1];
    let used = places.iter().filter(|&&place| number >= place).count().max(digits);
    for place in &places[places.len() - used..] {
        out.push(char::from(b'0' + (number / place % 10) as u8));
    }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_time_is_written_as_its_format_says(microseconds in -377_705_023_201_000_000_i64..=253_402_207_200_000_000) {
            let zone = TimeZone::fixed(jiff::tz::offset(5));
            let expected = Timestamp::from_microsecond(microseconds).unwrap().to_zoned_datetime(zone.clone());
            let expected = expected.strftime("%-d %b %Y, %H:%M").to_string();
            prop_assert_eq!(timestamp(Time(microseconds), &zone), Some(expected));
        }
    }
}
