//! Turns the blocks of a message into messages: its words, and what the model thought and did between them.
//!
//! A message of the export is a list of blocks. Words that stand together are one message here, each other block is
//! one of its own, so that reasoning and tools fold where they happened.

use super::{
    artifacts::{self, Artifact},
    attachments,
    cited_pages::{add_cited_pages, keep_found_pages, sources_annotation},
    left_out::left_out_of_encrypted,
    open_message::{BlockMessage, OpenMessage},
    parse::MessageCollector,
    shape::{BlockFields, ChatMessage},
    tags::{self, TaggedText},
    thinking::{thought_annotation, write_thinking},
    tool::{keep_unsaid_by_input, write_input, write_result},
    unread::{MessageExtras, all_words},
};
use crate::{
    conversation::{MessageKind, Role},
    import::{
        dead_links,
        json::{self, Lenient, MemoryBudget, Raw, Repaired},
        unread::push_raw_line,
    },
};

/// Types of blocks, each seen in exports.
const KNOWN_TYPES: [&str; 10] = [
    "text",
    "thinking",
    "tool_use",
    "tool_result",
    "injected_prompt_block",
    "image",
    "document",
    "voice_note",
    // What the model is told of its own limits, and reasoning that is encrypted: there are no words in it.
    "token_budget",
    "redacted_thinking",
];

impl MessageCollector<'_> {
    /// Keeps a message: as at least one piece. The lists of its blocks count against the budget.
    pub(super) fn add_message(&mut self, message: &ChatMessage<'_>, budget: &MemoryBudget) {
        let role = match message.sender.as_deref() {
            Some("human" | "user") => Some(Role::User),
            Some("assistant") => Some(Role::Assistant),
            Some("system") => Some(Role::System),
            _ => None,
        };
        let first = self.arena.messages.len();
        let mut open = OpenMessage::of(message, role);
        open.files = self.files(message, &mut open.rest);
        for &block in &message.content.list {
            if self.full() {
                self.dropped += 1;
                continue;
            }
            match block.0.as_bytes().first() {
                Some(b'"') => self.append_json_text(&mut open, block),
                Some(b'{') => {
                    let repaired = Repaired::new();
                    match json::from_str_or_repaired(block.0, &repaired, budget) {
                        Ok(fields) => self.block(&mut open, block, &fields),
                        Err(_) => open.rest.keep_field("content", block),
                    }
                }
                _ => open.rest.keep_field("content", block),
            }
        }
        if let Some(bare) = &message.content.bare {
            self.arena.import_counts.count("text", true);
            self.begin(&mut open);
            self.append_with_tags(&mut open, bare);
        }
        if !open.has_words {
            self.use_message_text(&mut open);
        }
        let nothing = self.arena.messages.len() == first;
        if open.words.is_some() || !open.files.is_empty() || nothing {
            self.flush(&mut open);
        }
        if open.has_words {
            self.keep_unsaid_text(&mut open, first);
        }
        open.rest.keep_unread("message", message);
        self.flush_rest(open);
    }

    /// Adds what the message carries besides its words, and counts the keys that nobody knows.
    pub(super) fn flush_rest(&mut self, mut open: OpenMessage<'_, '_>) {
        let MessageExtras { more, keys } = std::mem::take(&mut open.rest);
        let place = open.message.uuid.as_deref().unwrap_or_default();
        keys.count(place, &mut self.arena.import_counts);
        if !more.contains(char::is_alphanumeric) {
            return;
        }
        if self.full() {
            self.dropped += 1;
            return;
        }
        let role = open.role.unwrap_or(Role::Tool);
        let message = BlockMessage::of(role, MessageKind::Other, Some("metadata"));
        self.add_block(&mut open, message, &more, false);
    }

    /// Keeps what sums up a conversation as a piece of no message, folded; `None` where there is none, or nothing that it
    /// could sum up.
    pub(super) fn push_summary(&mut self, summary: &str) -> Option<u32> {
        if summary.trim().is_empty() || self.nodes.is_empty() || self.full() {
            return None;
        }
        let number = self.arena.messages.len() as u32;
        let message = ChatMessage::default();
        let mut open = OpenMessage::of(&message, Some(Role::Assistant));
        let piece = BlockMessage::of(Role::Assistant, MessageKind::Other, Some("summary"));
        self.add_block(&mut open, piece, summary, false);
        Some(number)
    }

    fn block(&mut self, open: &mut OpenMessage<'_, '_>, whole: Raw<'_>, fields: &BlockFields<'_>) {
        let kind = fields.kind.as_deref().unwrap_or_default();
        self.arena.import_counts.count(kind, KNOWN_TYPES.contains(&kind));
        let tool = fields.name.as_deref();
        let speaker = open.role.unwrap_or(Role::Tool);
        let mut text = String::new();
        let message = match kind {
            "text" => {
                add_cited_pages(fields, &mut open.sources, &mut open.rest, &self.arena.growth);
                open.rest.keep_block(fields, &["text", "citations"]);
                open.rest.keep_unread("text", fields);
                return self.append_json_text(open, fields.text);
            }
            // What somebody spoke is what they said, whoever's message it stands in.
            "voice_note" => {
                let title = fields.title.as_deref().unwrap_or_default().trim();
                if !title.is_empty() && title != "Voice note" {
                    text.push_str(title);
                    text.push_str("\n\n");
                }
                all_words(fields.text, &mut text);
                open.has_words = true;
                open.rest.keep_block(fields, &["title", "text"]);
                open.rest.keep_unread(kind, fields);
                BlockMessage::of(Role::User, MessageKind::Text, None)
            }
            "image" | "document" => {
                open.files.extend(attachments::of_block(fields));
                open.rest.keep_block(fields, &[if fields.title.is_some() { "title" } else { "name" }]);
                open.rest.keep_unread(kind, fields);
                return;
            }
            "token_budget" => {
                open.rest.keep_block(fields, &[]);
                open.rest.keep_unread(kind, fields);
                return;
            }
            "redacted_thinking" => {
                open.rest.keep_block(fields, &[]);
                let MessageExtras { more, keys } = &mut open.rest;
                fields.unread(kind, &mut |key, value| {
                    if left_out_of_encrypted(key).is_none() {
                        keys.push_unclaimed(key, value, left_out_of_encrypted, more);
                    }
                });
                return;
            }
            "thinking" => {
                write_thinking(fields, &mut text);
                open.rest.keep_block(fields, &["thinking", "summaries"]);
                open.rest.keep_unread(kind, fields);
                let annotations = thought_annotation(fields).into_iter().collect();
                BlockMessage { annotations, ..BlockMessage::of(speaker, MessageKind::Reasoning, None) }
            }
            "tool_use" => {
                let number = self.arena.messages.len() as u32 + u32::from(open.words.is_some());
                let artifact = Artifact::of(number, tool, fields.input);
                write_input(fields.input, &mut text, &mut open.rest);
                if artifact.is_some_and(Artifact::is_whole) {
                    artifacts::keep_besides(fields.input, &mut open.rest);
                }
                open.rest.keep_block(fields, &["input", "name"]);
                keep_unsaid_by_input(kind, fields, &mut open.rest);
                let pages = if artifact.is_some() { artifacts::sources(fields.input) } else { Vec::new() };
                self.artifacts.extend(artifact);
                BlockMessage {
                    annotations: sources_annotation(pages, &text),
                    ..BlockMessage::of(speaker, MessageKind::Call, tool)
                }
            }
            "tool_result" => {
                let annotations = write_result(fields, &mut text, &mut open.rest);
                keep_found_pages(&annotations, &mut open.found);
                let kind = if fields.failed { MessageKind::Error } else { MessageKind::Output };
                BlockMessage { annotations, ..BlockMessage::of(Role::Tool, kind, tool) }
            }
            // Nobody's words: put in by the provider, or of a kind that is not known yet.
            _ => {
                write_any_words(whole, fields, &mut text, &mut open.rest);
                let role = if speaker == Role::Assistant { speaker } else { Role::Tool };
                BlockMessage::of(role, MessageKind::Other, Some(kind))
            }
        };
        self.add_block(open, message, &text, fields.cut_off);
    }

    /// Adds words to those at hand, as they stand in JSON.
    fn append_json_text(&mut self, open: &mut OpenMessage<'_, '_>, words: Raw<'_>) {
        let mut text = String::new();
        if !matches!(words.0, "" | "null") {
            all_words(words, &mut text);
        }
        self.append_with_tags(open, &text);
    }

    /// Adds words to those at hand; what Claude put into tags becomes messages of its own.
    pub(super) fn append_with_tags(&mut self, open: &mut OpenMessage<'_, '_>, text: &str) {
        if open.role != Some(Role::Assistant) {
            return self.append_plain(open, text);
        }
        if !tags::may_be_in(text) {
            return self.append_plain(open, &dead_links::tell(text));
        }
        for tagged in tags::split_at_tags(text) {
            if self.full() {
                self.dropped += 1;
                continue;
            }
            match tagged {
                TaggedText::Words(words) => self.append_plain(open, &dead_links::tell(words)),
                TaggedText::Thinking(thought) => {
                    let message = BlockMessage::of(Role::Assistant, MessageKind::Reasoning, None);
                    self.add_block(open, message, thought, false);
                }
                TaggedText::Artifact(call) => {
                    self.flush_words(open);
                    self.artifacts.push(Artifact::whole(self.arena.messages.len() as u32));
                    let message = BlockMessage::of(Role::Assistant, MessageKind::Call, Some("artifacts"));
                    self.add_block(open, message, &call, false);
                }
            }
            open.has_words = true;
        }
    }
}

/// Writes the words of a block of a type nobody knows yet, first those of the fields that have some; else the block
/// itself, so that it is never a blank.
fn write_any_words(whole: Raw<'_>, fields: &BlockFields<'_>, text: &mut String, rest: &mut MessageExtras) {
    let values = [
        ("text", fields.text),
        ("content", fields.content),
        ("prompt", fields.prompt),
        ("thinking", fields.thinking),
        ("result", fields.result),
        ("message", fields.message),
    ];
    let said = values.into_iter().find_map(|(key, value)| {
        let mut words = String::new();
        if !matches!(value.0, "" | "null") {
            all_words(value, &mut words);
        }
        (!words.trim_start().is_empty()).then_some((key, words))
    });
    let Some((key, words)) = said else {
        text.push_str(whole.0);
        return;
    };
    text.push_str(&words);
    let mut besides = MessageExtras::default();
    besides.keep_block(fields, &[key]);
    besides.keep_unread("", fields);
    rest.keys.0.append(&mut besides.keys.0);
    if !besides.more.is_empty() {
        push_raw_line(&besides.more, text);
    }
}
