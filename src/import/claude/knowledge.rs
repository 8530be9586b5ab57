//! Projects and memories: what Claude was told to keep in mind, read as conversations of their own kind.
//!
//! A project is `{uuid, name, description, prompt_template, docs: [{filename, content}]}` in `projects/<id>.json`; a
//! memory is `{conversations_memory, project_memories: {id: text}, memory_files: [{path, content}]}` in `memories.json`
//! or `memories/<account>.json`. Each text is a message of its own, under the name it has in the export; what else is in
//! them is folded below.

use serde::de::{MapAccess, SeqAccess};

use super::{
    left_out::left_out_of_knowledge,
    open_message::OpenMessage,
    parse::{ConversationObject, MessageCollector},
    shape::ChatMessage,
    unread::{MessageExtras, all_words},
};
use crate::{
    conversation::{ConversationKind, MessageKind, NameTable, Role, Visibility},
    import::{
        ImportError, fields,
        json::{self, FieldKey, MaybeText, MemoryBudget, Raw, Sink, record},
        message_arena::{OwnedMeta, ParsedMessage, ParsedObject},
        order::linear_order,
    },
    provider::Provider,
};

record! {
    /// The fields of a project and of a memory.
    Knowledge<'de> keeps all but left_out_of_knowledge {
        description: MaybeText<'de> = "description",
        instructions: Raw<'de> = "prompt_template",
        documents: Raw<'de> = "docs",
        conversations_memory: Raw<'de> = "conversations_memory",
        project_memories: Raw<'de> = "project_memories",
        memory_files: Raw<'de> = "memory_files",
        account: MaybeText<'de> = "account_uuid",
        creator: Raw<'de> = "creator",
    }
}

record! {
    /// A document of a project, or a file of a memory.
    KnowledgeFile<'de> keeps all but left_out_of_knowledge {
        name: MaybeText<'de> = "filename",
        path: MaybeText<'de> = "path",
        content: Raw<'de> = "content",
    }
}

/// The memory that what nobody knows may take while it is read, in bytes.
const UNREAD_BUDGET: usize = 4 << 20;

impl Knowledge<'_> {
    /// Returns which kind it is; `None` for what is neither.
    fn kind(&self) -> Option<ConversationKind> {
        // Of a number or the like nothing could be shown.
        let is_there = |raw: Raw<'_>| raw.0.starts_with(['"', '[', '{']);
        if [self.conversations_memory, self.project_memories, self.memory_files].into_iter().any(is_there) {
            return Some(ConversationKind::Memory);
        }
        [self.instructions, self.documents].into_iter().any(is_there).then_some(ConversationKind::Project)
    }
}

/// Reads an object without messages; `None` if it is neither a project nor a memory. They are given no
/// dates, so that lists put them last. Fails when a field is no JSON, such as a name with half an emoji: the object is
/// repaired then and read once more.
pub(super) fn parse(
    object: &str,
    element: ConversationObject<'_>,
) -> Result<Option<ParsedObject>, ImportError> {
    let budget = MemoryBudget::new(UNREAD_BUDGET);
    let knowledge = json::from_str::<Knowledge<'_>>(object, &budget);
    let knowledge = knowledge.map_err(|error| ImportError::at(&error))?;
    let Some(kind) = knowledge.kind() else { return Ok(None) };
    let name = element.name.as_deref().unwrap_or_default().trim();
    let (id, title) = match kind {
        ConversationKind::Project => (
            fields::bounded_id(&element.uuid).map(String::from),
            [ConversationKind::PROJECT_TITLE, name].concat(),
        ),
        _ => (
            fields::bounded_id(&knowledge.account).map(|account| format!("memory-{account}")),
            "Memory".to_owned(),
        ),
    };
    let mut collector = element.collector;
    let mut collected =
        KnowledgeMessages { collector: &mut collector, budget: &budget, rest: MessageExtras::default() };
    collected.text(Role::User, "Description", knowledge.description.as_deref().unwrap_or_default());
    collected.raw(Role::User, "", knowledge.instructions);
    collected.all(Role::User, knowledge.documents)?;
    collected.raw(Role::Assistant, "", knowledge.conversations_memory);
    collected.all(Role::Assistant, knowledge.project_memories)?;
    collected.all(Role::Assistant, knowledge.memory_files)?;
    collected.rest.keep_field("creator", knowledge.creator);
    collected.rest.keep_unread("", &knowledge);
    let message = ChatMessage { uuid: element.uuid.or(knowledge.account), ..ChatMessage::default() };
    let open = OpenMessage { rest: collected.rest, ..OpenMessage::of(&message, Some(Role::User)) };
    collector.flush_rest(open);
    collector.arena.import_counts.count_left_out(&budget);
    let count = collector.arena.messages.len();
    let meta = OwnedMeta {
        id: id.map(String::into_boxed_str),
        title: Some(title.trim_end_matches([':', ' ']).into()),
        kind,
        ..OwnedMeta::default()
    };
    let MessageCollector { arena, dropped, .. } = collector;
    let documents = super::DocumentSources::Nothing;
    Ok(Some(ParsedObject {
        provider: Provider::Claude,
        meta,
        arena,
        order: linear_order(count),
        current: count.checked_sub(1),
        dropped,
        documents,
    }))
}

/// Takes in texts as messages.
struct KnowledgeMessages<'m, 'de> {
    collector: &'m mut MessageCollector<'de>,
    budget: &'m MemoryBudget,
    /// What nobody knows.
    rest: MessageExtras,
}

impl KnowledgeMessages<'_, '_> {
    fn raw(&mut self, role: Role, name: &str, text: Raw<'_>) {
        let mut words = String::new();
        // Of a number or the like nothing could be shown.
        if text.0.starts_with(['"', '[', '{']) {
            all_words(text, &mut words);
        }
        self.text(role, name, &words);
    }

    /// Adds a message: the name, where there is one, stands above the text.
    fn text(&mut self, role: Role, name: &str, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        if self.collector.full() {
            self.collector.dropped += 1;
            return;
        }
        let arena = &mut self.collector.arena;
        arena.import_counts.count("text", true);
        let start = arena.text.len() as u32;
        if !name.trim().is_empty() {
            arena.text.push_str(name.trim());
            arena.text.push_str("\n\n");
        }
        arena.text.push_str(text);
        let annotations = arena.keep(&mut Vec::new());
        arena.messages.push(ParsedMessage {
            role,
            visibility: Visibility::Shown,
            kind: MessageKind::Text,
            interrupted: false,
            time: None,
            model: NameTable::NO_NAME,
            name: NameTable::NO_NAME,
            text: start..arena.text.len() as u32,
            annotations,
        });
    }

    /// Adds the texts of a list of files, or of an object with a text under each name, or a text alone.
    fn all(&mut self, role: Role, raw: Raw<'_>) -> Result<(), ImportError> {
        if !raw.0.starts_with(['{', '[']) {
            self.raw(role, "", raw);
            return Ok(());
        }
        let read = json::deserialize_into(raw.0, TextSink { collected: self, role });
        read.map_err(|error| ImportError::at(&error))
    }
}

struct TextSink<'t, 'm, 'de> {
    collected: &'t mut KnowledgeMessages<'m, 'de>,
    role: Role,
}

impl TextSink<'_, '_, '_> {
    fn file(&mut self, file: &KnowledgeFile<'_>) {
        let name = file.name.as_deref().or(file.path.as_deref()).unwrap_or_default();
        let before = self.collected.collector.arena.messages.len();
        self.collected.raw(self.role, name, file.content);
        let rest = &mut self.collected.rest;
        rest.keep_unread("", file);
        // What is empty has a name all the same.
        let is_named = self.collected.collector.arena.messages.len() > before;
        for (key, text) in [("filename", &file.name), ("path", &file.path)] {
            if !is_named || text.as_deref() != Some(name) {
                rest.keep_text(key, text);
            }
        }
    }
}

impl<'de> Sink<'de> for TextSink<'_, '_, '_> {
    fn map<A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(FieldKey(key)) = map.next_key()? {
            let text = map.next_value_seed(self.collected.budget.seed::<Raw<'de>>())?;
            self.collected.raw(self.role, &key, text);
        }
        Ok(())
    }

    fn list<A: SeqAccess<'de>>(&mut self, mut list: A) -> Result<(), A::Error> {
        while let Some(file) = list.next_element_seed(self.collected.budget.seed::<KnowledgeFile<'de>>())? {
            self.file(&file);
        }
        Ok(())
    }
}
