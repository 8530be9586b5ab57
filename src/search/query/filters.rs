//! The filters of a query: which conversations it is about, and which of their messages are searched.
//!
//! `role:`, `model:`, `has:` and `in:` name the messages that are searched; of several values of `role:`, `model:` or
//! `in:` any will do, of `has:` all must hold. Without them every shown message is searched, on any branch. A folded
//! message is searched only when its role is named, or the place where it stands. With a minus these, like all others,
//! are about the conversation: none of its messages (with `-role:` and `-in:` its folded ones too) may be such.

use std::{cell::OnceCell, mem::discriminant};

use crate::{
    conversation::{Conversation, ConversationKind, Message, Role, Visibility},
    message::{
        Aside, MessageView,
        branches::{self, Branches},
    },
    search::matching::{FoldsToAscii, Pattern},
    secrets::Scanner,
};

use super::{Clause, ConversationFlag, MessageFeature, Predicate, SearchPlace, TextPattern};

/// The predicates that are answered without reading messages.
#[derive(Clone, Debug, Default)]
pub(in crate::search) struct ConversationFilter {
    /// Each of these holds, or does not where it has a minus.
    clauses: Vec<Clause>,
    /// Of each of these lists, all of one key, any will do.
    alternatives: Vec<Vec<Predicate>>,
}

impl ConversationFilter {
    /// Picks these predicates out of a query's clauses.
    pub fn new(clauses: &[Clause]) -> Self {
        let mut filter = Self::default();
        for clause in clauses.iter().filter(|clause| is_about_conversations(&clause.predicate)) {
            let predicate = &clause.predicate;
            if clause.negated || !predicate.is_one_of_several() {
                filter.clauses.push(clause.clone());
                continue;
            }
            let is_of_its_key = |others: &&mut Vec<Predicate>| {
                others.first().is_some_and(|other| discriminant(other) == discriminant(predicate))
            };
            match filter.alternatives.iter_mut().find(is_of_its_key) {
                Some(others) => others.push(predicate.clone()),
                None => filter.alternatives.push(vec![predicate.clone()]),
            }
        }
        filter
    }

    /// Returns whether every conversation passes.
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty() && self.alternatives.is_empty()
    }

    /// Returns whether a conversation passes.
    pub fn matches(&self, conversation: &Conversation) -> bool {
        self.clauses.iter().all(|clause| holds(&clause.predicate, conversation) != clause.negated)
            && self
                .alternatives
                .iter()
                .all(|alternatives| alternatives.iter().any(|predicate| holds(predicate, conversation)))
    }
}

fn is_about_conversations(predicate: &Predicate) -> bool {
    matches!(
        predicate,
        Predicate::Date(_)
            | Predicate::After(_)
            | Predicate::Before(_)
            | Predicate::Is(_)
            | Predicate::Marked(_)
            | Predicate::Project(_)
            | Predicate::Gpt(_)
            | Predicate::Id(_)
            | Predicate::From(_)
    )
}

fn holds(predicate: &Predicate, conversation: &Conversation) -> bool {
    match predicate {
        Predicate::Date(date) => {
            [conversation.created, conversation.updated].into_iter().flatten().any(|time| date.contains(time))
        }
        Predicate::After(date) => {
            conversation.updated.or(conversation.created).is_some_and(|last| last >= date.start())
        }
        Predicate::Before(date) => {
            conversation.created.or(conversation.updated).is_some_and(|first| first < date.start())
        }
        Predicate::Is(ConversationFlag::Starred) => conversation.starred,
        Predicate::Is(ConversationFlag::Archived) => conversation.archived,
        Predicate::Is(ConversationFlag::Gpt) => conversation.is_custom_gpt,
        Predicate::Is(ConversationFlag::Project) => conversation.kind == ConversationKind::Project,
        Predicate::Is(ConversationFlag::Memory) => conversation.kind == ConversationKind::Memory,
        Predicate::Marked(marks) => marks.contains(conversation),
        Predicate::Project(text) => {
            let is_in_one =
                !conversation.is_custom_gpt && begins_with(&conversation.gpt_or_project_id, "g-p-", text);
            // Of projects themselves an export has the names too.
            is_in_one
                || conversation
                    .project_name()
                    .is_some_and(|name| begins_with(&conversation.id, "", text) || holds_word(name, text))
        }
        Predicate::Gpt(text) => {
            conversation.is_custom_gpt && begins_with(&conversation.gpt_or_project_id, "g-", text)
        }
        Predicate::Id(prefix) => conversation.id.starts_with(&**prefix),
        Predicate::From(provider) => conversation.provider == *provider,
        _ => true,
    }
}

/// Returns whether an id begins so, in any case; the letters that all ids of its kind begin with may be left out.
fn begins_with(id: &str, common: &str, beginning: &str) -> bool {
    let begins =
        |id: &str| id.get(..beginning.len()).is_some_and(|start| start.eq_ignore_ascii_case(beginning));
    begins(id) || id.strip_prefix(common).is_some_and(begins)
}

/// Returns whether a name has a word as titles have it.
fn holds_word(name: &str, word: &str) -> bool {
    let pattern = Pattern::new(&TextPattern::Phrase(word.to_owned()));
    pattern.is_some_and(|pattern| pattern.is_in(name, FoldsToAscii::of(name)))
}

/// The predicates that choose messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::search) struct MessageFilter {
    pub roles: Vec<Role>,
    /// Slugs or pieces of them, in small letters; `true`: the whole slug.
    pub models: Vec<(String, bool)>,
    pub features: Vec<MessageFeature>,
    pub places: Vec<SearchPlace>,
    /// The predicates that no message may fulfil.
    pub forbidden: Vec<Predicate>,
}

impl MessageFilter {
    /// Picks the predicates on messages out of a query's clauses.
    pub fn new(clauses: &[Clause]) -> Self {
        let mut filter = Self::default();
        for Clause { negated, predicate } in clauses {
            match predicate {
                Predicate::Role(_) | Predicate::Model { .. } | Predicate::Has(_) | Predicate::In(_)
                    if *negated =>
                {
                    filter.forbidden.push(predicate.clone());
                }
                Predicate::Role(role) => filter.roles.push(*role),
                Predicate::Model { slug, exact } => filter.models.push((slug.to_lowercase(), *exact)),
                Predicate::Has(feature) => filter.features.push(*feature),
                Predicate::In(place) => filter.places.push(*place),
                _ => {}
            }
        }
        filter
    }

    /// Returns whether it chooses nothing: every shown message is searched.
    pub fn is_empty(&self) -> bool {
        self.roles.is_empty() && self.models.is_empty() && self.features.is_empty() && self.places.is_empty()
    }

    /// Returns whether the conversation has no message that a minus forbids.
    pub fn matches(&self, conversation: &Conversation) -> bool {
        if self.forbidden.is_empty() {
            return true;
        }
        let facts = MessageFacts::new(conversation);
        !self.forbidden.iter().any(|predicate| {
            conversation.messages().iter().enumerate().any(|(index, message)| match predicate {
                Predicate::Role(role) => message.visibility != Visibility::Hidden && message.role == *role,
                Predicate::In(place) => facts.is_at(index, *place),
                _ if message.visibility != Visibility::Shown => false,
                Predicate::Model { slug, exact } => facts.is_of_model(index, &slug.to_lowercase(), *exact),
                Predicate::Has(feature) => facts.has(index, *feature),
                _ => false,
            })
        })
    }

    /// Returns the messages that are searched, in order.
    pub fn eligible(&self, conversation: &Conversation) -> Vec<u32> {
        self.eligible_among(conversation, &|_| true)
    }

    /// Returns those of some messages that are searched, in order.
    pub fn eligible_among(&self, conversation: &Conversation, is_among: &dyn Fn(u32) -> bool) -> Vec<u32> {
        if self.is_empty() {
            let messages = (0..).zip(conversation.messages());
            let shown = messages.filter(|(_, message)| message.visibility == Visibility::Shown);
            return shown.map(|(index, _)| index).filter(|&index| is_among(index)).collect();
        }
        let facts = MessageFacts::new(conversation);
        let mut eligible = Vec::new();
        for (index, message) in conversation.messages().iter().enumerate() {
            let counts = is_among(index as u32)
                && self.is_eligible_by_role(message)
                && (self.places.is_empty() || self.places.iter().any(|&place| facts.is_at(index, place)))
                && (self.models.is_empty()
                    || self.models.iter().any(|(slug, exact)| facts.is_of_model(index, slug, *exact)))
                && self.features.iter().all(|&feature| facts.has(index, feature));
            if counts {
                eligible.push(index as u32);
            }
        }
        eligible
    }

    fn is_eligible_by_role(&self, message: &Message) -> bool {
        let named = self.roles.contains(&message.role);
        match message.visibility {
            Visibility::Shown => self.roles.is_empty() || named,
            // Its place is named then.
            Visibility::Folded if self.roles.is_empty() => !self.places.is_empty(),
            Visibility::Folded => named,
            Visibility::Hidden => false,
        }
    }
}

/// Returns whether a model is meant by a slug or a piece of one in small letters; `exact`: by the whole slug.
pub(in crate::search) fn is_model(model: &str, slug: &str, exact: bool) -> bool {
    if exact { model.eq_ignore_ascii_case(slug) } else { model.to_ascii_lowercase().contains(slug) }
}

/// Answers questions about the messages of one conversation; what takes work is done once, on first need.
pub(in crate::search) struct MessageFacts<'a> {
    conversation: &'a Conversation,
    /// `None`: no message has a sibling.
    branches: OnceCell<Option<Branches>>,
}

impl<'a> MessageFacts<'a> {
    /// Begins to answer about a conversation.
    pub fn new(conversation: &'a Conversation) -> Self {
        Self { conversation, branches: OnceCell::new() }
    }

    /// Returns the model that wrote a message.
    pub fn model(&self, message: usize) -> Option<&'a str> {
        MessageView::of(self.conversation, message).model()
    }

    fn is_of_model(&self, message: usize, slug: &str, exact: bool) -> bool {
        self.model(message).is_some_and(|model| is_model(model, slug, exact))
    }

    /// Returns whether a message is at this place, and not hidden.
    pub fn is_at(&self, message: usize, place: SearchPlace) -> bool {
        let view = MessageView::of(self.conversation, message);
        let aside = Aside::of(view.message());
        view.message().visibility != Visibility::Hidden
            && match place {
                SearchPlace::Files => aside == Some(Aside::Canvas) || view.holds_attached_text(),
                SearchPlace::Reasoning => aside == Some(Aside::Reasoning),
                SearchPlace::Tools => aside == Some(Aside::Tools),
            }
    }

    /// Returns whether a message has this.
    pub fn has(&self, message: usize, feature: MessageFeature) -> bool {
        let view = MessageView::of(self.conversation, message);
        match feature {
            MessageFeature::Code => view.holds_code(),
            MessageFeature::Image => view.holds_image(),
            MessageFeature::File => view.holds_file(),
            MessageFeature::Link => view.holds_link(),
            MessageFeature::Branch => self.is_branch(message),
            MessageFeature::Text => !view.text().trim().is_empty(),
            MessageFeature::Secret => {
                let mut pieces = self.conversation.message_word_pieces(message);
                pieces.any(|(_, words)| Scanner::built_in().holds_credential(words))
            }
        }
    }

    /// Returns whether another message that can be read stands in its place.
    fn is_branch(&self, message: usize) -> bool {
        let make = || {
            (!self.conversation.is_chain()).then(|| Branches::of(self.conversation, branches::is_readable))
        };
        let branches = self.branches.get_or_init(make);
        branches.as_ref().is_some_and(|branches| branches.sibling_number(message).is_some())
    }
}
