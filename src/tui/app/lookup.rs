//! Lookups: what a key asks of a message or a conversation. In a short one it is found at once. In a long one it is
//! found beside the screen: the status line says so, and `esc` stops it.

use std::borrow::Cow;

use super::{App, Focus, copy::STOPPING_COPY};
use crate::{
    conversation::{AnnotationKind, Conversation, Role, Visibility},
    tui::{
        command::Command,
        effect::{CopyContent, CopyRequest, CopySource, Effect, Task, TerminalRequest},
        lookup::{Lookup, LookupResult, LookupScope},
    },
};

/// Bytes of text that are worked on while a key waits; whatever stands in them, that takes some milliseconds.
pub(super) const MAX_AT_ONCE_SIZE: usize = 256 << 10;

/// Something that the person waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Awaited {
    /// The lookup of this number.
    Lookup(u64),
    /// A copy.
    Copy,
}

impl App {
    /// Looks something up in this many bytes; `words` say what, where it takes longer.
    pub(super) fn look_up(&mut self, lookup: Lookup, bytes: usize, words: &str) -> Vec<Effect> {
        if bytes <= MAX_AT_ONCE_SIZE {
            return lookup.discover(&|| true).map(|found| self.show_lookup_result(found)).unwrap_or_default();
        }
        self.serial += 1;
        self.awaited = Some(Awaited::Lookup(self.serial));
        self.say_that_it_takes_time(words);
        vec![Effect::Background(Task::LookUp { lookup: Box::new(lookup), serial: self.serial })]
    }

    /// Copies what is to be made of so many bytes.
    pub(super) fn copy_from(
        &mut self,
        source: CopySource,
        bytes: usize,
        subject: impl Into<Cow<'static, str>>,
    ) -> Vec<Effect> {
        let subject = subject.into();
        let format_name = self.format_name_of(&source);
        let redact = self.redact;
        let conversations = source.conversations();
        if bytes <= MAX_AT_ONCE_SIZE {
            let text = source.text();
            if text.is_empty() {
                self.show_failure(format!("{subject} holds no text"));
                return Vec::new();
            }
            self.copied = None;
            return vec![Effect::copy(text, subject, format_name, redact, conversations)];
        }
        self.await_copy(&format!("copying {subject}"));
        let content = CopyContent::Deferred(Box::new(source));
        vec![Effect::Background(Task::Copy(CopyRequest {
            content,
            subject,
            format_name,
            redact,
            conversations,
        }))]
    }

    /// Waits for a copy; `words` say what is done for it.
    pub(super) fn await_copy(&mut self, words: &str) {
        self.awaited = Some(Awaited::Copy);
        self.copied = None;
        self.say_that_it_takes_time(words);
    }

    /// Says that something is being done that `esc` stops.
    fn say_that_it_takes_time(&mut self, words: &str) {
        let place = self.place();
        let key = [Command::Back, Command::Cancel, Command::ToList]
            .into_iter()
            .find_map(|command| self.setup.keymap.key_for(place, command));
        self.say(format!("{words} … {} stops it", key.unwrap_or_else(|| "esc".into())));
    }

    /// Returns the messages that a key looks through, in reading order. A turn is a prompt with what answers it.
    pub(super) fn messages_in(&self, scope: LookupScope) -> Vec<usize> {
        let (Some((conversation, leaf)), Some(here)) = (self.shared_subject(), self.subject_message()) else {
            return Vec::new();
        };
        if scope == LookupScope::Message {
            return vec![here];
        }
        let on_screen = leaf.map(|leaf| conversation.path_to(leaf));
        let branch = on_screen.unwrap_or_else(|| conversation.current_path());
        let is_shown = |&message: &usize| conversation.messages()[message].visibility == Visibility::Shown;
        let is_prompt =
            |message: usize| is_shown(&message) && conversation.messages()[message].role == Role::User;
        let place = branch.iter().position(|&message| message == here);
        let (start, end) = match place.filter(|_| scope == LookupScope::Turn) {
            None if scope == LookupScope::Turn => return vec![here],
            None => (0, branch.len()),
            Some(place) => (
                branch[..=place].iter().rposition(|&message| is_prompt(message)).unwrap_or(0),
                branch[place + 1..]
                    .iter()
                    .position(|&message| is_prompt(message))
                    .map_or(branch.len(), |next| place + 1 + next),
            ),
        };
        branch[start..end].iter().copied().filter(is_shown).collect()
    }

    /// Takes in what was looked up, unless it was stopped or something else is asked for meanwhile.
    pub(super) fn looked_up(&mut self, serial: u64, found: LookupResult) -> Vec<Effect> {
        if self.awaited != Some(Awaited::Lookup(serial)) {
            return Vec::new();
        }
        self.awaited = None;
        self.clear_status();
        if self.overlay.is_none() { self.show_lookup_result(found) } else { Vec::new() }
    }

    fn show_lookup_result(&mut self, found: LookupResult) -> Vec<Effect> {
        match found {
            LookupResult::Links(links, attachments, conversation, scope) => {
                self.show_links(links, attachments, &conversation, scope)
            }
            LookupResult::Code(blocks, conversation, scope) => self.show_code(blocks, &conversation, scope),
            LookupResult::Secrets(message, hits) => self.show_secrets(message, hits),
            LookupResult::Piped(command, text) => {
                vec![Effect::Terminal(TerminalRequest::Pipe { command, text })]
            }
        }
    }

    /// Stops what the person waits for, and the secrets of the last copy from being told, if the command is that of `esc`. In the list `esc` is also the way to the search
    /// line, which it goes all the same.
    pub(super) fn stop_waiting(&mut self, command: Command) -> Option<Vec<Effect>> {
        let to_search_line = command == Command::Search && self.focus == Focus::List;
        let is_escape =
            matches!(command, Command::Back | Command::Cancel | Command::ToList) || to_search_line;
        self.copied.take_if(|_| is_escape);
        let awaited = self.awaited.filter(|_| is_escape && self.overlay.is_none())?;
        self.awaited = None;
        let mut effects = vec![Effect::Background(Task::StopLookup), Effect::Background(Task::StopCopies)];
        if to_search_line {
            effects.extend(self.focus_on(Focus::Search));
        }
        // A copy may be in the clipboard already: its answer tells.
        self.say(if awaited == Awaited::Copy { STOPPING_COPY } else { "stopped" });
        Some(effects)
    }

    /// Gives up a lookup for a key that is not `esc`: what was looked up is not wanted any more, a copy is.
    pub(super) fn forget_lookup(&mut self) -> Option<Effect> {
        self.awaited.take_if(|awaited| matches!(awaited, Awaited::Lookup(_)))?;
        Some(Effect::Background(Task::StopLookup))
    }
}

/// Returns how much there is to read in a message: its text and the texts of its attachments.
pub(super) fn bytes_of_message(conversation: &Conversation, message: usize) -> usize {
    let part = |detail: &AnnotationKind| match detail {
        AnnotationKind::Attachment(attachment) => attachment.content.len() + attachment.prompt.len(),
        AnnotationKind::Citation(links) | AnnotationKind::ListedSources(links) => links.len() * 64,
        _ => 0,
    };
    let parts = conversation.message_annotations(message).iter().map(|found| 64 + part(&found.detail));
    64 + conversation.message_text(message).len() + parts.sum::<usize>()
}

/// Returns how much there is to read in a conversation.
pub(super) fn bytes_of(conversation: &Conversation) -> usize {
    (0..conversation.messages().len()).map(|message| bytes_of_message(conversation, message)).sum()
}
