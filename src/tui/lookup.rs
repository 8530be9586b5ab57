//! What a key asks of a message or a conversation, and what is found: where that takes long, on a thread beside the
//! screen, as long as somebody waits for it.

use std::{borrow::Cow, collections::HashSet, ops::Range};

use super::effect::CopySource;
use crate::{
    conversation::{AnnotationKind, AttachedText, Attachment, Conversation, Link},
    extract::{redaction::redacted_while, save::names},
    library::ConversationRef,
    message::{self, CodeBlock, MAX_BLOCKS, MAX_LINKS, MessageView},
    search::Hit,
    secrets::{KnownSecrets, Scanner},
};

/// What is looked through: where there is nothing in the one, the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookupScope {
    /// The message that is meant.
    Message,
    /// The prompt and the answers to it that it belongs to.
    Turn,
    /// All of the conversation, as it is shown.
    Conversation,
}

/// Something to find in a message or a conversation.
#[derive(Debug)]
pub enum Lookup {
    /// The links and attachments of messages.
    Links {
        /// The conversation.
        conversation: ConversationRef,
        /// The messages, in reading order.
        messages: Vec<usize>,
        /// What these are of it.
        scope: LookupScope,
        /// The names of files are without secrets.
        redact: bool,
    },
    /// The blocks of code of messages, in reading order, and what these are of the conversation.
    Code(ConversationRef, Vec<usize>, LookupScope),
    /// The secrets of a message.
    Secrets(ConversationRef, usize),
    /// The text that is piped to a command, without secrets or with them.
    Piped {
        /// For the shell.
        command: String,
        /// The origin of the text.
        source: CopySource,
        /// Take secrets out first.
        redact: bool,
    },
}

/// Something that was looked up.
#[derive(Debug)]
pub enum LookupResult {
    /// The links and attachments of messages of this conversation.
    Links(Vec<Link>, Vec<FoundAttachment>, ConversationRef, LookupScope),
    /// Blocks of code, and the conversation they stand in.
    Code(Vec<CodeBlock>, ConversationRef, LookupScope),
    /// The places of a message's secrets, and which message that is.
    Secrets(usize, Vec<Hit>),
    /// A command and the text for it.
    Piped(String, String),
}

/// An attachment of a message.
#[derive(Debug)]
pub struct FoundAttachment {
    /// Its words in a list. Untrusted.
    pub label: String,
    /// The name of a file of it; never a path.
    pub name: String,
    /// Its id.
    pub id: String,
    /// Its text, where the export carries that itself.
    pub content: Option<Box<str>>,
}

impl Lookup {
    /// Finds it, as long as it is waited for; `None`: it is not any more.
    pub fn discover(self, should_continue: &dyn Fn() -> bool) -> Option<LookupResult> {
        let found = match self {
            Self::Links { conversation, messages, scope, redact } => {
                let links = links_while(&conversation, &messages, should_continue)?;
                let attachments = attachments_while(&conversation, &messages, redact, should_continue)?;
                LookupResult::Links(links, attachments, conversation, scope)
            }
            Self::Code(conversation, messages, scope) => {
                let blocks = code_while(&conversation, &messages, should_continue)?;
                LookupResult::Code(blocks, conversation, scope)
            }
            Self::Secrets(conversation, message) => {
                if !should_continue() {
                    return None;
                }
                let mut hits = Vec::new();
                for (place, words) in conversation.message_word_pieces(message) {
                    let findings = Scanner::built_in().scan(words).into_iter().map(|finding| finding.range);
                    let at = |range: Range<usize>| place + range.start..place + range.end;
                    hits.extend(findings.map(|range| Hit { message, range: at(range) }));
                }
                LookupResult::Secrets(message, hits)
            }
            Self::Piped { command, source, redact } => {
                if !should_continue() {
                    return None;
                }
                // A command's output may reach the terminal as it is.
                let mut text = source.text();
                if redact {
                    let conversations = source.conversations();
                    let conversations: Vec<&Conversation> =
                        conversations.iter().map(|shared| &**shared).collect();
                    text = redacted_while(&text, &conversations, false, should_continue)?.0;
                }
                LookupResult::Piped(command, text)
            }
        };
        should_continue().then_some(found)
    }
}

/// Returns the links of messages, no more than are listed, each once.
fn links_while(
    conversation: &ConversationRef,
    messages: &[usize],
    should_continue: &dyn Fn() -> bool,
) -> Option<Vec<Link>> {
    let mut all: Vec<Link> = Vec::new();
    let mut known = HashSet::new();
    for &message in messages {
        let links = message::links_while(conversation, message, should_continue)?;
        all.extend(links.into_iter().filter(|link| known.insert(link.url.clone())));
        if all.len() >= MAX_LINKS {
            all.truncate(MAX_LINKS);
            break;
        }
    }
    Some(all)
}

/// Returns the blocks of code of messages, no more than are listed.
fn code_while(
    conversation: &ConversationRef,
    messages: &[usize],
    should_continue: &dyn Fn() -> bool,
) -> Option<Vec<CodeBlock>> {
    let mut all = Vec::new();
    for &message in messages {
        all.extend(message::message_code_blocks_while(conversation, message, should_continue)?);
        if all.len() >= MAX_BLOCKS {
            all.truncate(MAX_BLOCKS);
            break;
        }
    }
    Some(all)
}

/// Returns the attachments of messages, no more than are listed. What is a secret in their names, the whole
/// conversation tells: it is looked through once for all of them.
fn attachments_while(
    conversation: &ConversationRef,
    messages: &[usize],
    redact: bool,
    should_continue: &dyn Fn() -> bool,
) -> Option<Vec<FoundAttachment>> {
    let of_message = |message: usize| {
        conversation.message_annotations(message).iter().filter_map(move |part| match &part.detail {
            AnnotationKind::Attachment(attachment) => Some((message, &**attachment)),
            _ => None,
        })
    };
    let attachments: Vec<(usize, &Attachment)> =
        messages.iter().flat_map(|&message| of_message(message)).take(2 * MAX_LINKS).collect();
    let mut known = None;
    if redact && !attachments.is_empty() {
        let mut all = KnownSecrets::new();
        if !all.learn_conversation_while(conversation, should_continue) {
            return None;
        }
        known = Some(all);
    }
    let mut found = Vec::with_capacity(attachments.len());
    for (message, attachment) in attachments {
        if !should_continue() {
            return None;
        }
        let named = match &known {
            // Its text says nothing about its name any more.
            Some(known) => Cow::Owned(known.redact_attachment(&without_text(attachment))),
            None => Cow::Borrowed(attachment),
        };
        let name = names::attachment_name_from_message(&named);
        let label = if attachment.name.is_empty() { name.clone() } else { attachment.name.to_string() };
        let text = MessageView::of(conversation, message).attached_text(attachment);
        let content = Some(text).filter(|text| !text.is_empty()).map(Box::from);
        found.push(FoundAttachment { label, name, id: attachment.id.to_string(), content });
    }
    Some(found)
}

fn without_text(attachment: &Attachment) -> Attachment {
    Attachment {
        media: attachment.media,
        id: attachment.id.clone(),
        name: attachment.name.clone(),
        size: attachment.size,
        dimensions: attachment.dimensions,
        mime: attachment.mime.clone(),
        prompt: Box::default(),
        content: AttachedText::default(),
    }
}
