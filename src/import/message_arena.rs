//! The messages of one object while it is parsed: in their final form, in the order of the file, their texts in one
//! buffer.
//!
//! Why a conversation is put together twice, here and in
//! [`ConversationBuilder`](crate::conversation::ConversationBuilder): a conversation holds its messages in
//! depth-first order and its text in runs by visibility, and neither is known before the last link of the tree was
//! read. The JSON of a message cannot wait until then, since it takes several times the memory of what it says. So
//! each message is turned into its final form at once and its JSON forgotten, and the builder copies the texts from
//! here in the order of the tree. The copy costs the memory of the text once more, for one conversation at a time,
//! where waiting would cost that of the JSON. The table of names is the builder's own type.

use std::ops::Range;

use hashbrown::{HashMap, HashSet};

use super::{
    DocumentSources, ImportCounts,
    expansion_budget::ExpansionBudget,
    fields::{attachment_annotation, bounded_name},
};
use crate::conversation::{
    Annotation, AnnotationKind, AttachedText, Attachment, ConversationKind, ConversationMeta, MessageDraft,
    MessageKind, NameTable, ObjectLocation, Provider, Role, Time, Visibility,
};

/// The number of no message and of no place in the order.
pub(super) const NO_PARENT: u32 = u32::MAX;

/// The number of annotations that are kept of one conversation: attachments, citations and the like.
const MAX_PARTS: usize = 1 << 19;
/// The bytes of JSON for each byte of text that room is made for before they are read.
const JSON_PER_TEXT: usize = 2;
/// The most room that is made for the text of an object before it is read, in bytes.
const MAX_TEXT_RESERVED: usize = 4 << 20;

/// A message in its final form, except for what the tree decides.
pub(super) struct ParsedMessage {
    pub role: Role,
    pub visibility: Visibility,
    pub kind: MessageKind,
    pub interrupted: bool,
    pub time: Option<Time>,
    /// As [`MessageArena::intern`] gives it, as is `name`.
    pub model: u16,
    pub name: u16,
    pub text: Range<u32>,
    pub annotations: Range<u32>,
}

/// Returns a stretch of a text as it is kept; `None` where the text is too long for that: some few bytes of JSON may be
/// told with more, so that not even an object of 2 GB needs to fit.
pub(super) fn text_range(start: usize, end: usize) -> Option<Range<u32>> {
    Some(u32::try_from(start).ok()?..u32::try_from(end).ok()?)
}

/// The messages of one object, in the order of the file.
#[derive(Default)]
pub(super) struct MessageArena {
    pub messages: Vec<ParsedMessage>,
    pub text: String,
    annotations: Vec<Annotation>,
    /// The ids of files that are pastes: somebody's words.
    pastes: HashSet<Box<str>>,
    names: NameTable,
    /// The number of messages of each content type.
    pub import_counts: ImportCounts,
    /// What may still be added to the conversation.
    pub growth: ExpansionBudget,
}

impl MessageArena {
    /// Makes one for an object of this many bytes.
    pub(super) fn of(json_length: usize) -> Self {
        let text = String::with_capacity((json_length / JSON_PER_TEXT).min(MAX_TEXT_RESERVED));
        Self { growth: ExpansionBudget::of(json_length), text, ..Self::default() }
    }

    /// Forgets every message; what was added to the conversation stays counted.
    pub(super) fn clear(&mut self) {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        *self = Self { growth: std::mem::take(&mut self.growth), text, ..Self::default() };
    }

    /// Sums up the bytes that the texts of these messages take, by visibility, with the words beside them and what parts
    /// them.
    pub(super) fn text_lengths(&self, numbers: impl Iterator<Item = u32>) -> [usize; 3] {
        let mut lengths = [0; 3];
        for number in numbers {
            let message = &self.messages[number as usize];
            let annotations =
                &self.annotations[message.annotations.start as usize..message.annotations.end as usize];
            let beside = annotations.iter().map(Annotation::length_beside).sum::<usize>();
            lengths[message.visibility as usize] += message.text.len() + "\0".len() + beside;
        }
        lengths
    }

    /// Returns the slot of the name of a person, a tool or a model. It is written with each of its messages, and so cut
    /// where it is too long for one.
    pub(super) fn intern(&mut self, name: Option<&str>) -> u16 {
        self.names.intern(name.map(bounded_name).as_deref())
    }

    /// Drops the annotations of a message that are past the bound of the conversation.
    pub(super) fn truncate_to_limit(&self, annotations: &mut Vec<Annotation>) {
        annotations.truncate(MAX_PARTS.saturating_sub(self.annotations.len()));
    }

    /// Keeps annotations that [`MessageArena::truncate_to_limit`] has bounded, and returns their range among all annotations.
    pub(super) fn keep(&mut self, annotations: &mut Vec<Annotation>) -> Range<u32> {
        let first = self.annotations.len() as u32;
        self.annotations.append(annotations);
        first..self.annotations.len() as u32
    }

    /// Adds those of these files to a message that it does not name, at the end of its text. Returns whether there were
    /// any.
    pub(super) fn attach(&mut self, number: u32, files: &[Attachment]) -> bool {
        let message = &self.messages[number as usize];
        let own = message.annotations.start as usize..message.annotations.end as usize;
        let end = message.text.end - message.text.start;
        let named = |part: &Annotation| match &part.detail {
            AnnotationKind::Attachment(named) => Some(named.id.clone()),
            _ => None,
        };
        let named: HashSet<Box<str>> = self.annotations[own.clone()].iter().filter_map(named).collect();
        // Several messages may have the id that the files were made for.
        let takes = |file: &Attachment| {
            let texts = [&file.id, &file.name, &file.mime].iter().map(|text| text.len()).sum::<usize>();
            size_of::<Attachment>() + texts + file.content.len()
        };
        let mut added: Vec<Annotation> = files
            .iter()
            .filter(|file| !named.contains(&file.id))
            .take_while(|file| self.growth.spend(takes(file)))
            .map(|file| attachment_annotation(file.clone(), end))
            .collect();
        self.truncate_to_limit(&mut added);
        if added.is_empty() {
            return false;
        }
        // All annotations of a message stand side by side.
        let mut annotations: Vec<Annotation> = self.annotations[own].iter_mut().map(taken).collect();
        annotations.append(&mut added);
        self.messages[number as usize].annotations = self.keep(&mut annotations);
        true
    }

    /// Notes that a file is a paste.
    pub(super) fn note_paste(&mut self, id: &str) {
        self.pastes.insert(id.into());
    }

    /// Gives the pastes the texts that `read` gives for their ids, as far as these may be added to the conversation.
    pub(super) fn take_in_pastes(&mut self, read: &dyn Fn(&str) -> Option<String>) {
        // Several branches may name one.
        let mut texts: HashMap<Box<str>, Option<Box<str>>> = HashMap::new();
        for annotation in self.annotations.iter_mut().filter(|_| !self.pastes.is_empty()) {
            let AnnotationKind::Attachment(file) = &mut annotation.detail else { continue };
            if !file.content.is_empty() || !self.pastes.contains(&file.id) || self.growth.is_spent() {
                continue;
            }
            let text =
                texts.entry(file.id.clone()).or_insert_with(|| read(&file.id).map(String::into_boxed_str));
            if let Some(text) = text.as_ref().filter(|text| self.growth.spend(text.len())) {
                file.content = AttachedText::Own(text.clone());
            }
        }
    }

    /// Drafts a message for the builder, without its parent. Gives its annotations away.
    pub(super) fn draft(&mut self, number: u32) -> MessageDraft<'_> {
        let parsed = &self.messages[number as usize];
        let own_parts = parsed.annotations.start as usize..parsed.annotations.end as usize;
        MessageDraft {
            role: parsed.role,
            visibility: parsed.visibility,
            kind: parsed.kind,
            interrupted: parsed.interrupted,
            parent: None,
            time: parsed.time,
            model: self.names.get(parsed.model),
            name: self.names.get(parsed.name),
            text: &self.text[parsed.text.start as usize..parsed.text.end as usize],
            annotations: self.annotations[own_parts].iter_mut().map(taken).collect(),
        }
    }
}

/// Takes a part, leaving something small in its place.
fn taken(part: &mut Annotation) -> Annotation {
    std::mem::replace(
        part,
        Annotation { range: 0..0, detail: AnnotationKind::ThinkingTime { seconds: None } },
    )
}

/// A [`ConversationMeta`] that owns its texts.
#[derive(Default)]
pub(super) struct OwnedMeta {
    pub id: Option<Box<str>>,
    pub title: Option<Box<str>>,
    pub model: Option<Box<str>>,
    pub gpt_or_project_id: Option<Box<str>>,
    pub created: Option<Time>,
    pub updated: Option<Time>,
    pub archived: bool,
    pub starred: bool,
    pub kind: ConversationKind,
}

impl OwnedMeta {
    /// Lends the texts, together with where the object is from.
    pub(super) fn lend(&self, provider: Provider, source: ObjectLocation) -> ConversationMeta<'_> {
        ConversationMeta {
            id: self.id.as_deref(),
            title: self.title.as_deref(),
            created: self.created,
            updated: self.updated,
            model: self.model.as_deref(),
            provider,
            archived: self.archived,
            starred: self.starred,
            kind: self.kind,
            gpt_or_project_id: self.gpt_or_project_id.as_deref(),
            object_location: source,
        }
    }
}

/// An object that was parsed: its messages in order, its documents not made yet. The JSON is no longer needed.
pub(super) struct ParsedObject {
    pub provider: Provider,
    pub meta: OwnedMeta,
    pub arena: MessageArena,
    /// Messages in depth-first order, each with the place of the one before it in this list.
    pub order: Vec<(u32, u32)>,
    /// The leaf of the visible branch: a place in `order`.
    pub current: Option<usize>,
    /// Messages left out because there were too many.
    pub dropped: u64,
    /// The messages that make or change documents.
    pub documents: DocumentSources,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{FileLibrary, ParseContext, parse};

    #[test]
    fn room_is_made_for_all_that_a_conversation_says() {
        let pasted = "a long paste ".repeat(100);
        let claude = format!(
            r#"{{"uuid": "c", "chat_messages": [{{"uuid": "m", "sender": "human", "text": "See",
                "attachments": [{{"file_name": "notes.txt", "extracted_content": "{pasted}"}}, {{"file_name": " "}}]}}]}}"#
        );
        let chatgpt = r#"{"id": "c", "mapping": {"a": {"message": {"author": {"role": "assistant"},
            "content": {"content_type": "text", "parts": ["Said.", {"content_type": "image_asset_pointer",
                "asset_pointer": "sediment://file_1", "metadata": {"dalle": {"prompt": "A cat"}}}]},
            "metadata": {"content_references": [{"type": "sources_footnote", "matched_text": " ",
                "sources": [{"title": "A page", "url": "https://a.example/"}]}]}}},
            "q": {"parent": "a", "message": {"author": {"role": "tool"}, "content": {"content_type": "tether_quote",
                "url": "https://b.example/", "title": "B", "text": "quoted"}}}}}"#;
        for json in [&*claude, chatgpt] {
            let files = FileLibrary::default();
            let context = ParseContext::of(&files);
            let parsed = parse(json.as_bytes(), true, &context, &mut ImportCounts::default()).unwrap();
            let numbers = parsed.object.order.iter().map(|&(number, _)| number);
            let room: usize = parsed.object.arena.text_lengths(numbers).iter().sum();
            let said = parsed.finish(ObjectLocation::default()).conversation.text().len();
            // Nothing stands before the first message.
            assert_eq!(room, said + "\0".len(), "{json}");
        }
    }

    #[test]
    fn no_place_in_a_text_is_taken_for_another() {
        let most = u32::MAX as usize;
        assert_eq!(text_range(most - 1, most), Some(u32::MAX - 1..u32::MAX));
        assert_eq!(text_range(most, most + 1), None);
    }

    #[test]
    fn a_conversation_keeps_so_many_parts() {
        let annotations = |count: usize| {
            let part = || Annotation { range: 0..0, detail: AnnotationKind::ThinkingTime { seconds: None } };
            std::iter::repeat_with(part).take(count).collect::<Vec<Annotation>>()
        };
        let mut arena = MessageArena::default();
        for (more, kept) in [(MAX_PARTS - 1, MAX_PARTS - 1), (3, 1), (2, 0)] {
            let mut more = annotations(more);
            arena.truncate_to_limit(&mut more);
            assert_eq!(more.len(), kept);
            arena.keep(&mut more);
        }
    }
}
