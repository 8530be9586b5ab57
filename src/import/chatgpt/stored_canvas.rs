//! Reads a canvas that the export keeps as a file of its own, `textdocs/<id>.json`: as it stands now, with what the person
//! changed.
//!
//! `{id, content}` is all that is known of it, and that the id may stand in its name alone; `title` and `textdoc_type` are
//! those of the call that makes one. Whatever else is in it is told below. Where a conversation names it, it is a file of
//! that one (`file_library`); any other is read as a conversation of its own kind.

use serde_json::{Map, Value};

use super::left_out::left_out;
use crate::{
    conversation::{Annotation, ConversationKind, MessageKind, NameTable, Provider, Role, Visibility},
    import::{
        DocumentSources, ImportCounts, ImportError,
        documents::MadeDocument,
        fields::{bounded_id, bounded_title},
        json::{MemoryBudget, Raw, UnclaimedValue},
        message_arena::{MessageArena, OwnedMeta, ParsedMessage, ParsedObject, text_range},
        order::linear_order,
        unread::UnknownKeys,
    },
};

/// The beginning of the id of a conversation that is a canvas: its own is counted apart from those of chats.
const ID_PREFIX: &str = "canvas-";
/// The beginning of its title.
const TITLE_PREFIX: &str = "Canvas: ";

/// A canvas as it stands now.
pub(in crate::import) struct StoredCanvas {
    pub id: String,
    /// May be empty.
    pub title: String,
    /// `document`, `code/python`, …; may be empty.
    pub format: String,
    /// Never empty.
    pub content: String,
    /// What else is in it, under its keys.
    pub more: String,
    /// The keys of that.
    keys: UnknownKeys,
}

impl StoredCanvas {
    /// Reads the one in this member; `None` for what has no content. What is left out of it is counted in `budget`.
    pub(in crate::import) fn parse(
        json: &str,
        member: &str,
        budget: &MemoryBudget,
    ) -> serde_json::Result<Option<Self>> {
        let mut fields: Map<String, Value> = serde_json::from_str(json)?;
        let mut take = |key: &str| match fields.get_mut(key) {
            Some(Value::String(text)) => std::mem::take(text),
            _ => String::new(),
        };
        let id = Some(take("id")).filter(|id| !id.is_empty()).unwrap_or_else(|| stem(member).to_owned());
        let [content, title, format] = ["content", "title", "textdoc_type"].map(take);
        if content.is_empty() {
            return Ok(None);
        }
        let (mut more, mut keys) = (String::new(), UnknownKeys::default());
        for (key, value) in fields.iter().filter(|(key, _)| *key != "version") {
            let json = value.to_string();
            match left_out(key) {
                Some(reason) if Raw(&json).may_hold_text() => budget.leave_out(reason),
                Some(_) => {}
                None => keys.push_unclaimed(key, &UnclaimedValue::Json(&json), left_out, &mut more),
            }
        }
        Ok(Some(Self { id, title, format, content, more, keys }))
    }

    /// Makes a conversation of it: the canvas, and what else is in it folded below. It is given no dates, so that lists put
    /// it last.
    fn into_conversation(self, mut arena: MessageArena) -> ParsedObject {
        let title = format!("{TITLE_PREFIX}{}", self.title.trim());
        let document = MadeDocument { title: self.title, format: self.format, text: self.content };
        arena.import_counts.count("textdoc", true);
        self.keys.count(&self.id, &mut arena.import_counts);
        let shown = (Visibility::Shown, MessageKind::Canvas, None);
        let folded = (Visibility::Folded, MessageKind::Other, Some("metadata"));
        push(&mut arena, shown, &document.text, vec![document.annotation()]);
        if self.more.contains(char::is_alphanumeric) {
            push(&mut arena, folded, &self.more, Vec::new());
        }
        let count = arena.messages.len();
        let meta = OwnedMeta {
            id: bounded_id(&Some(format!("{ID_PREFIX}{}", self.id).into())),
            title: bounded_title(&Some(title.trim_end_matches([':', ' ']).into())),
            kind: ConversationKind::Canvas,
            ..OwnedMeta::default()
        };
        ParsedObject {
            provider: Provider::ChatGpt,
            meta,
            arena,
            order: linear_order(count),
            current: count.checked_sub(1),
            dropped: 0,
            documents: DocumentSources::Nothing,
        }
    }
}

/// Reads the object of a canvas as a conversation; `None` for what is none.
pub(in crate::import) fn parse(
    object: &str,
    member: &str,
    import_counts: &mut ImportCounts,
) -> Result<Option<ParsedObject>, ImportError> {
    let budget = MemoryBudget::none();
    let canvas = StoredCanvas::parse(object, member, &budget).map_err(|error| ImportError::at(&error))?;
    let mut arena = MessageArena::of(object.len());
    arena.import_counts.count_left_out(&budget);
    let conversation = canvas.map(|canvas| canvas.into_conversation(arena));
    import_counts
        .merge(conversation.as_ref().map_or(&ImportCounts::default(), |parsed| &parsed.arena.import_counts));
    Ok(conversation)
}

/// Returns the base name of a member without its ending: the id of a canvas that does not say.
fn stem(member: &str) -> &str {
    let base = member.rsplit(['/', '\\']).next().unwrap_or(member);
    base.rsplit_once('.').map_or(base, |(stem, _)| stem)
}

/// Adds a message: how it is shown, what it is and what its name is, its text.
fn push(
    arena: &mut MessageArena,
    (visibility, kind, name): (Visibility, MessageKind, Option<&str>),
    said: &str,
    mut annotations: Vec<Annotation>,
) {
    let start = arena.text.len();
    let Some(text) = text_range(start, start + said.len()) else { return };
    arena.text.push_str(said);
    let name = arena.intern(name);
    let annotations = arena.keep(&mut annotations);
    arena.messages.push(ParsedMessage {
        role: Role::Assistant,
        visibility,
        kind,
        interrupted: false,
        time: None,
        model: NameTable::NO_NAME,
        name,
        text,
        annotations,
    });
}
