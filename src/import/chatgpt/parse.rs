//! Parses an object into nodes by number and messages in one buffer.
//!
//! What cannot be bounded by the size of the object is bounded here: `"a":{},` is seven bytes of JSON and ten times
//! that as a node.

use std::{borrow::Cow, ops::Range};

use hashbrown::HashMap;
use serde::de::{IgnoredAny, MapAccess, SeqAccess};

use super::{
    attachments::stored_id,
    canvas::CanvasCall,
    content_type_meaning::{self, ContentTypeMeaning},
    group_chat::GroupChat,
    marker::{self, MARKER_CHARS},
    research::{self, WidgetStates},
    shape::Message,
    tree::ById,
    unread::MessageExtras,
};
use crate::{
    conversation::{Attachment, MessageKind, Visibility},
    import::{
        FileLibrary, fields,
        json::{self, FieldKey, IsPresent, Maybe, MaybeText, MemoryBudget, Sink, SinkSeed},
        message_arena::{MessageArena, ParsedMessage, text_range},
        signatures::SignatureFinder,
        timestamp::Timestamp,
        unread::push_raw_line,
    },
};

/// The number of nodes that are read of one conversation; real ones have at most some ten thousand.
const MAX_NODES: usize = 1 << 21;
/// The number of links to children that are read of one conversation; a node that is not listed still names
/// its parent.
const MAX_CHILDREN: usize = 1 << 22;
/// The memory that the lists of one message may take while it is read, in bytes.
pub(super) const LIST_BUDGET: usize = 64 << 20;

/// One element of the array, read.
#[derive(Default)]
pub(super) struct ConversationObject<'de> {
    pub id: MaybeText<'de>,
    pub conversation_id: MaybeText<'de>,
    pub title: MaybeText<'de>,
    pub created: Timestamp,
    pub updated: Timestamp,
    pub current: MaybeText<'de>,
    pub default_model: MaybeText<'de>,
    pub model: MaybeText<'de>,
    pub gpt_or_project_id: MaybeText<'de>,
    pub template: MaybeText<'de>,
    pub archived: bool,
    pub starred: bool,
    pub pinned: IsPresent,
    /// The signatures of other providers. Behind the first of them nothing is read.
    pub signatures: SignatureFinder,
    pub mapping: Mapping<'de>,
    /// A chat of several people has these instead.
    pub chat: GroupChat<'de>,
}

/// The tree and the messages in it, in the order of the file.
#[derive(Default)]
pub(super) struct Mapping<'de> {
    /// `true` if it is an object, even an empty one.
    pub present: bool,
    pub nodes: Vec<Node<'de>>,
    pub children: Vec<Cow<'de, str>>,
    pub arena: MessageArena,
    /// The messages, by number, that do something to a canvas.
    pub canvases: Vec<(u32, CanvasCall)>,
    /// The canvases that messages name: the node, the number of its message, and the id.
    pub named_canvases: Vec<(u32, u32, Box<str>)>,
    /// The messages, by number, that are reports which others carry.
    pub reports: Vec<u32>,
    /// The number of nodes that were left out.
    pub dropped: u64,
}

/// A node of the tree.
pub(super) struct Node<'de> {
    pub id: Cow<'de, str>,
    pub parent: MaybeText<'de>,
    /// The range of its children in [`Mapping::children`].
    pub children: Range<u32>,
    /// Its messages in the arena, by number: none, one, or one and what else the node carries.
    pub messages: Range<u32>,
}

impl<'de> ConversationObject<'de> {
    /// Reads an object; what is none is as an empty one.
    pub(super) fn read(object: &'de str) -> serde_json::Result<Self> {
        let mut element = Self::default();
        element.mapping.arena = MessageArena::of(object.len());
        // For the conversation's own lists; each message has one of its own.
        let budget = MemoryBudget::new(LIST_BUDGET);
        json::deserialize_into(object, ConversationSink { element: &mut element, budget })?;
        Ok(element)
    }
}

/// Fills an element.
struct ConversationSink<'e, 'de> {
    element: &'e mut ConversationObject<'de>,
    budget: MemoryBudget,
}

impl<'de> Sink<'de> for ConversationSink<'_, 'de> {
    fn map<A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        let Self { element, budget } = self;
        while let Some(FieldKey(key)) = map.next_key()? {
            match &*key {
                _ if element.signatures.provider.is_some() => {
                    map.next_value::<IgnoredAny>()?;
                }
                "id" => element.id = map.next_value_seed(budget.seed())?,
                "conversation_id" => element.conversation_id = map.next_value_seed(budget.seed())?,
                "title" => element.title = map.next_value_seed(budget.seed())?,
                "create_time" => element.created = map.next_value_seed(budget.seed())?,
                "update_time" => element.updated = map.next_value_seed(budget.seed())?,
                "current_node" => element.current = map.next_value_seed(budget.seed())?,
                "default_model_slug" => element.default_model = map.next_value_seed(budget.seed())?,
                "model_slug" => element.model = map.next_value_seed(budget.seed())?,
                "gizmo_id" => element.gpt_or_project_id = map.next_value_seed(budget.seed())?,
                "conversation_template_id" => element.template = map.next_value_seed(budget.seed())?,
                "is_archived" => element.archived = map.next_value_seed(budget.seed())?,
                "is_starred" => element.starred = map.next_value_seed(budget.seed())?,
                "pinned_time" => element.pinned = map.next_value_seed(budget.seed())?,
                "mapping" => {
                    // Of several the last counts; what may be added is for all of them.
                    let mut arena = std::mem::take(&mut element.mapping.arena);
                    arena.clear();
                    element.mapping = Mapping { arena, ..Mapping::default() };
                    map.next_value_seed(SinkSeed(&mut element.mapping))?;
                }
                "name" => element.chat.name = map.next_value_seed(budget.seed())?,
                "created_at" => element.chat.created = map.next_value_seed(budget.seed())?,
                "updated_at" => element.chat.updated = map.next_value_seed(budget.seed())?,
                "members" => element.chat.members = map.next_value_seed(budget.seed())?,
                "messages" => element.chat.messages = map.next_value_seed(budget.seed())?,
                other => element.signatures.take(other, &mut map)?,
            }
        }
        Ok(())
    }
}

impl<'de> Sink<'de> for &mut Mapping<'de> {
    fn map<A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        self.present = true;
        while let Some(FieldKey(id)) = map.next_key()? {
            if self.nodes.len() >= MAX_NODES {
                self.dropped += 1;
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let end = self.children.len() as u32;
            self.nodes.push(Node { id, parent: None, children: end..end, messages: 0..0 });
            map.next_value_seed(SinkSeed(NodeSink(self)))?;
        }
        Ok(())
    }
}

/// Fills the last node.
struct NodeSink<'m, 'de>(&'m mut Mapping<'de>);

impl<'de> Sink<'de> for NodeSink<'_, 'de> {
    fn map<A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        let last = self.0.nodes.len() - 1;
        while let Some(FieldKey(key)) = map.next_key()? {
            match &*key {
                "parent" => self.0.nodes[last].parent = map.next_value_seed(MemoryBudget::none().seed())?,
                "children" => {
                    let start = self.0.children.len() as u32;
                    map.next_value_seed(SinkSeed(ChildrenSink(&mut self.0.children)))?;
                    self.0.nodes[last].children = start..self.0.children.len() as u32;
                }
                "message" => {
                    let budget = MemoryBudget::new(LIST_BUDGET);
                    let message = map.next_value_seed(budget.seed::<Maybe<Message<'de>>>())?;
                    self.0.arena.import_counts.count_left_out(&budget);
                    if let Some(message) = message.0 {
                        let first = self.0.arena.messages.len() as u32;
                        self.0.take(*message);
                        self.0.nodes[last].messages = first..self.0.arena.messages.len() as u32;
                    }
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// Appends the children of a node.
struct ChildrenSink<'m, 'de>(&'m mut Vec<Cow<'de, str>>);

impl<'de> Sink<'de> for ChildrenSink<'_, 'de> {
    fn list<A: SeqAccess<'de>>(&mut self, mut list: A) -> Result<(), A::Error> {
        while let Some(child) = list.next_element_seed(MemoryBudget::none().seed::<MaybeText<'de>>())? {
            if let Some(child) = child.filter(|_| self.0.len() < MAX_CHILDREN) {
                self.0.push(child);
            }
        }
        Ok(())
    }
}

impl Mapping<'_> {
    /// Keeps a message in its final form, and after it what else it carries: a report, pages that were found, strings
    /// of which nobody knows what they mean.
    pub(super) fn take(&mut self, mut message: Message<'_>) {
        self.arena
            .import_counts
            .count(content_type_meaning::type_name(&message), content_type_meaning::is_known(&message));
        let mut rest = MessageExtras::default();
        let states = research::states(&message);
        let number = self.keep(&message, &states, &mut rest);
        if let Some(canvas) = CanvasCall::of(&message) {
            self.canvases.push((number, canvas));
        }
        if let (Some(id), Some(node)) =
            (fields::bounded_id(&message.metadata.canvas.id), self.nodes.len().checked_sub(1))
        {
            self.named_canvases.push((node as u32, number, id));
        }
        if !states.more.is_empty() {
            push_raw_line(&states.more, &mut rest.more);
        }
        for state in &states.list {
            research::read(state, &mut rest, |report, rest| self.take_report(report, number, rest));
        }
        rest.gather(&mut message);
        let place = self.nodes.last().map_or("", |node| &*node.id);
        rest.keys.count(place, &mut self.arena.import_counts);
        let flagged = content_type_meaning::is_flagged(&message);
        for (kind, name, text) in [
            (MessageKind::Reasoning, None, &rest.reasoning),
            (MessageKind::Browsing, None, &rest.found),
            (MessageKind::Other, Some("metadata"), &rest.more),
        ] {
            if text.contains(char::is_alphanumeric) {
                self.take_rest(number, kind, name, text, flagged);
            }
        }
    }

    /// Gives messages the files that were made for them and that they do not name. A message that says nothing is shown
    /// with its file.
    pub(super) fn attach(&mut self, files: &FileLibrary) {
        for node in &self.nodes {
            let Some(number) = node.messages.clone().next() else { continue };
            let made = files.of(&node.id);
            if !made.is_empty() && self.arena.attach(number, made) {
                let message = &mut self.arena.messages[number as usize];
                if message.visibility == Visibility::Hidden && message.text.is_empty() {
                    message.visibility = Visibility::Shown;
                }
            }
        }
    }

    /// Gives canvases what they are now: a file of the call that made each, else of the first message that names it.
    pub(super) fn attach_canvases(&mut self, files: &FileLibrary) {
        let named = std::mem::take(&mut self.named_canvases);
        let mut places: Vec<(u32, &Attachment)> = Vec::new();
        {
            let by_id = ById::of(&self.nodes);
            let made = |number: u32| {
                let at = self.canvases.binary_search_by_key(&number, |&(number, _)| number).ok()?;
                (self.canvases[at].1 == CanvasCall::Create).then_some(number)
            };
            let mut known: HashMap<&str, usize> = HashMap::new();
            for (node, number, id) in &named {
                let Some(file) = files.canvas(id) else { continue };
                let parent = self.nodes[*node as usize].parent.as_deref();
                let call = || self.nodes[by_id.find(parent?)? as usize].messages.clone().find_map(made);
                let call = made(*number).or_else(call);
                match known.get(&**id) {
                    // The first that names it may have been another.
                    Some(&at) if made(places[at].0).is_none() => places[at].0 = call.unwrap_or(places[at].0),
                    Some(_) => {}
                    None => {
                        known.insert(id, places.len());
                        places.push((call.unwrap_or(*number), file));
                    }
                }
            }
        }
        for (number, file) in places {
            self.arena.attach(number, std::slice::from_ref(file));
        }
    }

    /// Keeps a message with what it says, and returns its number.
    fn keep(&mut self, message: &Message<'_>, states: &WidgetStates, rest: &mut MessageExtras) -> u32 {
        let arena = &mut self.arena;
        let meaning = ContentTypeMeaning::of(message);
        let start = arena.text.len();
        let mut parts = Vec::new();
        meaning.write_text(message, states, &mut arena.text, &mut parts, rest, &arena.growth);
        let text = text_range(start, arena.text.len()).unwrap_or_else(|| {
            // Left blank, so that what follows it keeps its place in the tree.
            arena.text.truncate(start);
            parts.clear();
            self.dropped += 1;
            start as u32..start as u32
        });
        let pastes = message.metadata.attachments.iter().filter(|upload| upload.is_paste);
        for id in pastes.filter_map(|upload| upload.id.as_deref()) {
            arena.note_paste(stored_id(id));
        }
        arena.truncate_to_limit(&mut parts);
        let said = &arena.text[start..];
        // The label of reasoning is one line; what has more of them says something itself.
        let kind = match meaning.kind {
            MessageKind::Recap if said.trim().contains('\n') => MessageKind::Reasoning,
            kind => kind,
        };
        let parsed = ParsedMessage {
            role: meaning.role,
            visibility: meaning.visibility(message, said, &parts),
            kind,
            interrupted: content_type_meaning::interrupted(message),
            time: message.created.0,
            model: arena.intern(content_type_meaning::model(message)),
            name: arena.intern(meaning.name.as_deref()),
            text,
            annotations: arena.keep(&mut parts),
        };
        let number = arena.messages.len() as u32;
        arena.messages.push(parsed);
        number
    }

    /// Keeps a report, which the message of that number carries.
    fn take_report(&mut self, mut report: Message<'_>, number: u32, rest: &mut MessageExtras) {
        report.author.role = Some("assistant".into());
        // What hides it hides its widget's data; the report itself is what the person asked for.
        report.metadata.hidden = false;
        report.weight = None;
        let report_number = self.keep(&report, &WidgetStates::default(), rest);
        rest.gather(&mut report);
        let carrier = &self.arena.messages[number as usize];
        let (time, model) = (carrier.time, carrier.model);
        let kept = &mut self.arena.messages[report_number as usize];
        kept.time = kept.time.or(time);
        if report.metadata.model.is_none() {
            kept.model = model;
        }
        if kept.visibility == Visibility::Hidden {
            let start = kept.text.start as usize;
            self.arena.text.truncate(start);
            self.arena.messages.pop();
        } else {
            self.reports.push(report_number);
        }
    }

    /// Keeps what the message of that number carries besides as a message of its own.
    fn take_rest(&mut self, number: u32, kind: MessageKind, name: Option<&str>, text: &str, hidden: bool) {
        let arena = &mut self.arena;
        let Some(range) = text_range(arena.text.len(), arena.text.len().saturating_add(text.len())) else {
            self.dropped += 1;
            return;
        };
        // What stood in such a marker is told with all else; the character itself says nothing.
        let start = arena.text.len();
        if marker::may_be_in(text) {
            let mut pieces = text.split(MARKER_CHARS);
            arena.text.extend(pieces.next());
            pieces.for_each(|piece| arena.text.extend([" ", piece]));
        } else {
            arena.text.push_str(text);
        }
        let range = range.start..range.start + (arena.text.len() - start) as u32;
        let carrier = &arena.messages[number as usize];
        let parsed = ParsedMessage {
            role: carrier.role,
            visibility: if hidden { Visibility::Hidden } else { Visibility::Folded },
            kind,
            interrupted: false,
            time: carrier.time,
            model: carrier.model,
            name: arena.intern(name),
            text: range,
            annotations: arena.keep(&mut Vec::new()),
        };
        arena.messages.push(parsed);
    }
}
