//! Putting a conversation together: the one way to make one, so that its ranges always hold.

use super::{
    Conversation,
    annotation::Annotation,
    message::{Message, MessageKind, NO_TIME, NONE_16, NONE_32, Role, Visibility},
    name_table::NameTable,
    origin::{ConversationKind, ObjectLocation, Provider},
    time::Time,
    words_beside,
};

/// One message as an importer describes it; indices are in the order of [`ConversationBuilder::push`].
#[derive(Clone, Debug)]
pub struct MessageDraft<'a> {
    /// The role of whoever speaks.
    pub role: Role,
    /// Shown, folded or hidden.
    pub visibility: Visibility,
    /// The kind of its content.
    pub kind: MessageKind,
    /// `true` if the answer was interrupted.
    pub interrupted: bool,
    /// The message before it: an index that was pushed already.
    pub parent: Option<usize>,
    /// The time it was written.
    pub time: Option<Time>,
    /// The model's slug.
    pub model: Option<&'a str>,
    /// The tool, the language, the unknown type.
    pub name: Option<&'a str>,
    /// The cleaned text.
    pub text: &'a str,
    /// Its annotations, ranges relative to `text`.
    pub annotations: Vec<Annotation>,
}

impl<'a> MessageDraft<'a> {
    /// Drafts a plain message of somebody's words.
    pub fn new(role: Role, text: &'a str) -> Self {
        Self {
            role,
            visibility: Visibility::Shown,
            kind: MessageKind::Text,
            interrupted: false,
            parent: None,
            time: None,
            model: None,
            name: None,
            text,
            annotations: Vec::new(),
        }
    }
}

/// A conversation while it is put together: messages are pushed in depth-first order, then
/// [`ConversationBuilder::finish`] lays out the buffer. The one way to make a [`Conversation`], so that its ranges
/// always hold.
#[derive(Debug, Default)]
pub struct ConversationBuilder {
    names: NameTable,
    messages: Vec<Message>,
    annotations: Vec<Annotation>,
    /// The texts of the messages so far: of the shown, the folded and the hidden ones.
    texts_by_visibility: [String; 3],
}

/// The facts of a conversation besides its messages.
#[derive(Clone, Debug)]
pub struct ConversationMeta<'a> {
    /// The id, as in [`Conversation::id`]; `None`: one is made from the object location.
    pub id: Option<&'a str>,
    /// The title, as in [`Conversation::title`]; blank or `None`: the first prompt's first line.
    pub title: Option<&'a str>,
    /// The time it began; `None`: the first message's.
    pub created: Option<Time>,
    /// The time of its last addition; `None`: the newest message's.
    pub updated: Option<Time>,
    /// The default model's slug.
    pub model: Option<&'a str>,
    /// The provider whose export it is from.
    pub provider: Provider,
    /// `true` if the person archived it.
    pub archived: bool,
    /// `true` if it is starred or pinned.
    pub starred: bool,
    /// The sort of thing that is read as a conversation.
    pub kind: ConversationKind,
    /// The custom GPT's or project's id.
    pub gpt_or_project_id: Option<&'a str>,
    /// The place of the original object.
    pub object_location: ObjectLocation,
}

impl ConversationMeta<'_> {
    /// Makes the facts of a conversation of which nothing is known but where it is from.
    pub fn new(provider: Provider, object_location: ObjectLocation) -> Self {
        Self {
            id: None,
            title: None,
            created: None,
            updated: None,
            model: None,
            provider,
            archived: false,
            starred: false,
            kind: ConversationKind::Chat,
            gpt_or_project_id: None,
            object_location,
        }
    }
}

impl ConversationBuilder {
    /// Begins an empty conversation.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes room for this many messages, and for so many bytes of text by visibility, so that nothing is moved while
    /// they are pushed. More or less may come.
    pub fn reserve(&mut self, messages: usize, text: [usize; 3]) {
        self.messages.reserve_exact(messages);
        // In the end the folded and the hidden text stand behind the shown.
        self.texts_by_visibility[0].reserve_exact(text.iter().sum());
        self.texts_by_visibility[1].reserve_exact(text[1]);
        self.texts_by_visibility[2].reserve_exact(text[2]);
    }

    /// Counts the messages pushed so far.
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// Returns whether nothing was pushed yet.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// Adds a message and returns its index. A parent that was not pushed before counts as no parent.
    pub fn push(&mut self, draft: MessageDraft<'_>) -> usize {
        let index = self.messages.len();
        let others = self.texts_by_visibility.iter().map(String::len).sum::<usize>();
        let run = &mut self.texts_by_visibility[draft.visibility as usize];
        if !run.is_empty() || draft.visibility != Visibility::Shown {
            run.push('\0');
        }
        let start = run.len() as u32;
        run.push_str(draft.text);
        let text = (start, run.len() as u32);
        let mut annotations = draft.annotations;
        words_beside::push(run, start as usize, others, &mut annotations);
        let words_end = run.len() as u32;
        let parts_start = self.annotations.len() as u32;
        self.annotations.extend(annotations);
        let model = self.names.intern(draft.model);
        let name = self.names.intern(draft.name);
        self.messages.push(Message {
            role: draft.role,
            visibility: draft.visibility,
            kind: draft.kind,
            interrupted: draft.interrupted,
            parent: draft.parent.filter(|&parent| parent < index).map_or(NONE_32, |parent| parent as u32),
            time: draft.time.map_or(NO_TIME, |time| time.0),
            model,
            name,
            text,
            words_end,
            annotations: (parts_start, self.annotations.len() as u32),
        });
        index
    }

    /// Lays out the buffer and closes the conversation. `current` is the leaf of the visible branch.
    #[expect(clippy::needless_pass_by_value, reason = "it is made for this call")]
    pub fn finish(mut self, meta: ConversationMeta<'_>, current: Option<usize>) -> Conversation {
        let shown_end = self.texts_by_visibility[0].len();
        let folded_end = shown_end + self.texts_by_visibility[1].len();
        let base = [0, shown_end as u32, folded_end as u32];
        for message in &mut self.messages {
            let shift = base[message.visibility as usize];
            message.text = (message.text.0 + shift, message.text.1 + shift);
            message.words_end += shift;
        }
        let [mut text, folded, hidden] = std::mem::take(&mut self.texts_by_visibility);
        text.reserve_exact(folded.len() + hidden.len());
        text.push_str(&folded);
        text.push_str(&hidden);
        let ascii = text.as_bytes()[..folded_end].is_ascii();
        let times = || self.messages.iter().filter_map(Message::time);
        let created = meta.created.or_else(|| times().next());
        let updated = meta.updated.or_else(|| times().max()).or(created);
        let title = meta
            .title
            .map(str::trim)
            .filter(|title| !title.is_empty())
            .map(Box::from)
            .or_else(|| self.first_prompt_line(&text))
            .unwrap_or_else(|| "Untitled".into());
        let last_answer =
            self.messages.iter().rev().map(|message| message.model).find(|&slot| slot != NONE_16);
        let model = match self.names.intern(meta.model) {
            NONE_16 => last_answer.unwrap_or(NONE_16),
            slot => slot,
        };
        let ObjectLocation { archive, member, offset, .. } = meta.object_location;
        let gpt_or_project_id = meta.gpt_or_project_id.unwrap_or_default();
        let id = meta.id.filter(|id| !id.trim().is_empty());
        Conversation {
            id: id.map_or_else(|| format!("unnamed-{archive}-{member}-{offset}").into(), Box::from),
            id_is_generated: id.is_none(),
            title,
            created,
            updated,
            provider: meta.provider,
            archived: meta.archived,
            starred: meta.starred,
            kind: meta.kind,
            is_custom_gpt: gpt_or_project_id.starts_with("g-") && !gpt_or_project_id.starts_with("g-p-"),
            gpt_or_project_id: gpt_or_project_id.into(),
            object_location: meta.object_location,
            digest: None,
            current: current.filter(|&leaf| leaf < self.messages.len()).map_or(NONE_32, |leaf| leaf as u32),
            model,
            shown_end: shown_end as u32,
            folded_end: folded_end as u32,
            ascii,
            names: self.names.into_names(),
            text: text.into_boxed_str(),
            messages: self.messages.into(),
            annotations: self.annotations.into(),
        }
    }

    fn first_prompt_line(&self, text: &str) -> Option<Box<str>> {
        self.messages
            .iter()
            .filter(|message| message.role == Role::User && message.visibility == Visibility::Shown)
            .flat_map(|message| text[message.text_range()].lines())
            .map(str::trim)
            .find(|line| !line.is_empty())
            .map(|line| line.chars().take(100).collect::<String>().into_boxed_str())
    }
}
