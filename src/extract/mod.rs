//! Makes text of conversations, and copies, saves or prints it.
//!
//! An [`Extraction`] is the one way to files of conversations, of the screen and of the command line: a front end says which conversations,
//! how and where to, and finds words for what became of it. What makes text (`format`) is pure, values in and a
//! `String` out; [`save`] and [`clipboard`] carry it away. Nothing here knows a terminal or a screen. The `json` format
//! is the archive's own bytes and is read from there.
//!
//! Which messages an extract takes is decided in one place, [`Include::takes`] and [`Format::shows_canvases`]; their
//! order and their branches in `entries`; what one message consists of in [`message`](crate::message); and a file a
//! format writes that down.

pub mod clipboard;
pub mod redaction;
pub mod save;

mod error;
mod extraction;
mod folder;
mod format;
mod options;
mod original_secrets;
mod progress;

use std::borrow::Cow;

use jiff::Timestamp;

use crate::{
    conversation::{Conversation, ConversationKind, MessageKind, Role, Time, Tree, Visibility},
    library::LibraryEntry,
};

pub use self::{
    error::ExtractError,
    extraction::{Extraction, Selection},
    format::{
        Format, conversation_to_copy, conversations_to_copy, format_closing, format_conversation,
        format_messages, format_opening, format_section, jsonl::one_line,
    },
    options::{ExtractOptions, Include},
    progress::ExtractProgress,
};

/// Returns the answer to copy when `message` is the best one: itself if it is an answer, else the first
/// answer after it on its branch (the visible one where it passes through there, else the newest).
pub fn answer_for(conversation: &Conversation, message: usize) -> Option<usize> {
    let messages = conversation.messages();
    let is_answer = |&index: &usize| {
        let message = &messages[index];
        message.role == Role::Assistant
            && message.visibility == Visibility::Shown
            && message.kind != MessageKind::Canvas
    };
    messages.get(message)?;
    let visible = conversation.current_path();
    let branch = if visible.contains(&message) {
        visible
    } else {
        conversation.path_to(Tree::of(conversation).newest_leaf(message))
    };
    branch.into_iter().skip_while(|&index| index != message).find(is_answer)
}

/// Makes a text fit to be copied: without the control characters that act when they are pasted. ESC and the
/// rest of C0 go, DEL and C1 too; tab and newline stay. A carriage return is Enter to a terminal, so CRLF
/// becomes a newline.
pub fn without_control_chars(text: &str) -> Cow<'_, str> {
    let acts = |char: char| char.is_control() && char != '\t' && char != '\n';
    if text.contains(acts) { Cow::Owned(text.replace(acts, "")) } else { Cow::Borrowed(text) }
}

/// Returns the address of a conversation on its provider's site; `None` for one without an id of its own.
pub fn address(conversation: &impl LibraryEntry) -> Option<String> {
    if conversation.id_is_generated() {
        return None;
    }
    match conversation.kind() {
        ConversationKind::Chat => conversation.provider().conversation_address(conversation.id()),
        ConversationKind::Project => conversation.provider().project_address(conversation.id()),
        ConversationKind::Memory
        | ConversationKind::Design
        | ConversationKind::Frame
        | ConversationKind::Canvas => None,
    }
}

/// Returns a time in RFC 3339, UTC, as `--json`, `jsonl` and front matter have it: whole seconds, and a
/// fraction only where the export has one (`2025-03-03T09:42:00.25Z`).
pub fn rfc3339(time: Time) -> Option<String> {
    Timestamp::from_microsecond(time.0).ok().map(|time| time.to_string())
}

#[cfg(test)]
mod test_support;

#[cfg(test)]
mod tests {
    use super::{
        test_support::{answer, chain, folded, forked, meta, prompt},
        *,
    };
    use crate::conversation::ConversationBuilder;

    #[test]
    fn the_answer_to_a_prompt_is_the_first_one_after_it_on_its_branch() {
        let conversation = chain(
            "t",
            vec![
                prompt("?"),
                folded(MessageKind::Reasoning, "hm"),
                folded(MessageKind::Call, "x"),
                answer("one"),
                answer("two"),
            ],
        );
        assert_eq!(answer_for(&conversation, 0), Some(3));
        assert_eq!(answer_for(&conversation, 1), Some(3));
        assert_eq!(answer_for(&conversation, 3), Some(3));
        assert_eq!(answer_for(&conversation, 9), None);
        let forked = forked();
        assert_eq!(answer_for(&forked, 0), Some(4), "the visible branch");
        assert_eq!(answer_for(&forked, 1), Some(2), "a branch that is not shown");
        assert_eq!(answer_for(&forked, 3), None);
    }

    #[test]
    fn a_copy_holds_nothing_that_acts_when_pasted() {
        assert_eq!(without_control_chars("a\x1b[201~b\x07\r\nc\td\u{9b}31m\x7f"), "a[201~b\nc\td31m");
        assert!(matches!(without_control_chars("Zürich\n\t漢字 \u{e200}"), Cow::Borrowed(_)));
    }

    #[test]
    fn an_address_cannot_be_broken_out_of() {
        let with = |id| {
            ConversationBuilder::new().finish(crate::conversation::ConversationMeta { id, ..meta("t") }, None)
        };
        assert_eq!(address(&with(Some("67c5-a"))).as_deref(), Some("https://chatgpt.com/c/67c5-a"));
        assert_eq!(
            address(&with(Some("a/../b?\n"))).as_deref(),
            Some("https://chatgpt.com/c/a%2F..%2Fb%3F%0A")
        );
        assert_eq!(address(&with(None)), None);
    }

    #[test]
    fn times_have_a_fraction_only_where_the_export_has_one() {
        assert_eq!(rfc3339(test_support::MORNING).as_deref(), Some("2025-03-03T09:42:00Z"));
        assert_eq!(
            rfc3339(Time(test_support::MORNING.0 + 250_000)).as_deref(),
            Some("2025-03-03T09:42:00.25Z")
        );
        assert_eq!(rfc3339(Time(i64::MAX)), None);
    }
}
