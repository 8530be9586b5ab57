//! The words above an entry: who speaks, when, on which branch; and dates as a person reads them.

use std::borrow::Cow;

use jiff::{Timestamp, tz::TimeZone};
use unicode_normalization::UnicodeNormalization;

use super::entries::{BranchLabel, ExtractEntry};
use crate::{
    conversation::{Conversation, Role, Time, Visibility},
    message::{Label, MessageView, Speaker},
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
    let reading = MessageView::of(conversation, entry.message);
    words.push(speaker_name(reading.speaker()));
    words.extend(label_part(reading));
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

/// Returns the name of a speaker. A model or a tool whose name the archive gives does not pass for the person.
fn speaker_name(speaker: Speaker<'_>) -> Cow<'_, str> {
    let name = speaker.name();
    match speaker {
        Speaker::Model(_) if poses(name) => format!("model “{name}”").into(),
        Speaker::Tool(Some(_)) if poses(name) => format!("tool “{name}”").into(),
        _ => name.into(),
    }
}

/// Returns whether a name looks like one that only this program gives, or like more than a name.
fn poses(name: &str) -> bool {
    const OURS: [Speaker<'_>; 4] = [Speaker::You, Speaker::Instructions, Speaker::Memory, Speaker::System];
    let letters = |text: &str| -> String {
        text.nfkc().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let own = letters(name);
    name.contains(['·', '•', '∙', '⋅', '・', '\n', '\r', '\u{2028}', '\u{2029}'])
        || OURS.iter().any(|ours| letters(ours.name()) == own)
}

/// Returns the kind of a message that is not simply said.
fn label_part(reading: MessageView<'_>) -> Option<Cow<'_, str>> {
    let label = reading.label();
    Some(match label {
        // The speaker says it.
        Label::Said | Label::Instructions | Label::Memory => return None,
        Label::Call(Some(tool)) => format!("to {tool}").into(),
        Label::Canvas(canvas) if !canvas.title.is_empty() => format!("canvas: {}", canvas.title).into(),
        // A tool's name is the speaker's already.
        Label::Unknown(_) if reading.message().role == Role::Tool => return None,
        Label::Unknown(Some(name)) => name.into(),
        _ => label.noun().into(),
    })
}

fn branch(label: &BranchLabel) -> String {
    let BranchLabel { index, count, after, visible } = label;
    let place = after.map_or("from the start".to_owned(), |entry| format!("after {entry}"));
    format!("branch {index} of {count} {place}{}", if *visible { " (the one last shown)" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_the_archive_passes_for_the_person() {
        for name in [
            "You",
            "YOU",
            " you ",
            "Y\u{200b}ou",
            "\u{ff39}ou",
            "You · 3 Mar 2025, 10:42",
            "Saved memory",
            "System",
        ] {
            let said = speaker_name(Speaker::Model(name));
            assert!(said.starts_with("model “"), "{said}");
            assert!(speaker_name(Speaker::Tool(Some(name))).starts_with("tool “"), "{name}");
        }
        for name in ["gpt-4o", "youtube", "system-1"] {
            assert_eq!(speaker_name(Speaker::Model(name)), name);
        }
        assert_eq!(speaker_name(Speaker::You), "You");
    }
}
