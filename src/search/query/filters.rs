//! What a query demands of a conversation, and which messages count for its words.
//!
//! `role:`, `model:` and `has:` name the messages that count; of several values of `role:` or `model:` any will do,
//! of `has:` all must hold. Without them every shown message counts, on any branch. A folded message counts only
//! when its role is named. With a minus these, like all others, are about the conversation: none of its messages
//! (with `-role:` its folded ones too) is such.

use crate::{
    conversation::{Conversation, Message, Role, Visibility},
    message::{
        Reading,
        path::{self, Branches},
    },
    secrets::Scanner,
};

use super::{Clause, Demand, Mark, Thing};

/// The demands on a conversation that are answered without reading its messages.
#[derive(Clone, Debug, Default)]
pub(in crate::search) struct ConversationFilter {
    clauses: Vec<Clause>,
}

impl ConversationFilter {
    /// Picks them out of a query's clauses.
    pub fn new(clauses: &[Clause]) -> Self {
        let about = |demand: &Demand| {
            matches!(
                demand,
                Demand::After(_) | Demand::Before(_) | Demand::Is(_) | Demand::Id(_) | Demand::From(_)
            )
        };
        Self { clauses: clauses.iter().filter(|clause| about(&clause.demand)).cloned().collect() }
    }

    /// Whether the conversation is such.
    pub fn admits(&self, conversation: &Conversation) -> bool {
        if self.clauses.is_empty() {
            return true;
        }
        let (mut id, mut from) = (None, None);
        for Clause { negated, demand } in &self.clauses {
            let holds = holds(demand, conversation);
            match demand {
                // Of several ids or providers any will do.
                Demand::Id(_) if !negated => id = Some(id.unwrap_or(false) || holds),
                Demand::From(_) if !negated => from = Some(from.unwrap_or(false) || holds),
                _ if holds == *negated => return false,
                _ => {}
            }
        }
        id != Some(false) && from != Some(false)
    }
}

fn holds(demand: &Demand, conversation: &Conversation) -> bool {
    match demand {
        Demand::After(date) => {
            conversation.updated.or(conversation.created).is_some_and(|last| last >= date.start())
        }
        Demand::Before(date) => {
            conversation.created.or(conversation.updated).is_some_and(|first| first < date.start())
        }
        Demand::Is(Mark::Starred) => conversation.starred,
        Demand::Is(Mark::Archived) => conversation.archived,
        Demand::Is(Mark::Gpt) => conversation.gpt,
        Demand::Id(prefix) => conversation.id.starts_with(&**prefix),
        Demand::From(provider) => conversation.provider == *provider,
        _ => true,
    }
}

/// Which messages count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::search) struct MessageFilter {
    roles: Vec<Role>,
    models: Vec<(String, bool)>,
    things: Vec<Thing>,
    /// What no message may be.
    never: Vec<Demand>,
}

impl MessageFilter {
    /// Picks the demands on messages out of a query's clauses.
    pub fn new(clauses: &[Clause]) -> Self {
        let mut filter = Self::default();
        for Clause { negated, demand } in clauses {
            match demand {
                Demand::Role(_) | Demand::Model { .. } | Demand::Has(_) if *negated => {
                    filter.never.push(demand.clone());
                }
                Demand::Role(role) => filter.roles.push(*role),
                Demand::Model { slug, whole } => filter.models.push((slug.to_lowercase(), *whole)),
                Demand::Has(thing) => filter.things.push(*thing),
                _ => {}
            }
        }
        filter
    }

    /// Every shown message counts.
    pub fn is_empty(&self) -> bool {
        self.roles.is_empty() && self.models.is_empty() && self.things.is_empty()
    }

    /// No message is what a minus forbids.
    pub fn admits(&self, conversation: &Conversation) -> bool {
        if self.never.is_empty() {
            return true;
        }
        let mut looks = Looks::new(conversation);
        !self.never.iter().any(|demand| {
            conversation.messages().iter().enumerate().any(|(index, message)| match demand {
                Demand::Role(role) => message.visibility != Visibility::Hidden && message.role == *role,
                _ if message.visibility != Visibility::Shown => false,
                Demand::Model { slug, whole } => looks.is_of_model(index, &slug.to_lowercase(), *whole),
                Demand::Has(thing) => looks.has(index, *thing),
                _ => false,
            })
        })
    }

    /// The messages that count, in order. Not asked when the filter [is empty](Self::is_empty).
    pub fn counted(&self, conversation: &Conversation) -> Vec<u32> {
        let mut looks = Looks::new(conversation);
        let mut counted = Vec::new();
        for (index, message) in conversation.messages().iter().enumerate() {
            let counts = self.is_in_sight(message)
                && (self.models.is_empty()
                    || self.models.iter().any(|(slug, whole)| looks.is_of_model(index, slug, *whole)))
                && self.things.iter().all(|&thing| looks.has(index, thing));
            if counts {
                counted.push(index as u32);
            }
        }
        counted
    }

    fn is_in_sight(&self, message: &Message) -> bool {
        let named = self.roles.contains(&message.role);
        match message.visibility {
            Visibility::Shown => self.roles.is_empty() || named,
            Visibility::Folded => named,
            Visibility::Hidden => false,
        }
    }
}

/// Answers about the messages of one conversation; what takes work is done once, on first need.
struct Looks<'a> {
    conversation: &'a Conversation,
    branches: Option<Branches>,
}

impl<'a> Looks<'a> {
    fn new(conversation: &'a Conversation) -> Self {
        Self { conversation, branches: None }
    }

    fn is_of_model(&self, message: usize, slug: &str, whole: bool) -> bool {
        Reading::of(self.conversation, message).model().is_some_and(|model| {
            if whole { model.eq_ignore_ascii_case(slug) } else { model.to_ascii_lowercase().contains(slug) }
        })
    }

    fn has(&mut self, message: usize, thing: Thing) -> bool {
        let reading = Reading::of(self.conversation, message);
        match thing {
            Thing::Code => reading.holds_code(),
            Thing::Image => reading.holds_image(),
            Thing::File => reading.holds_file(),
            Thing::Link => reading.holds_link(),
            Thing::Branch => self.is_branch(message),
            Thing::Secret => Scanner::built_in().holds_credential(reading.text()),
        }
    }

    /// Another message that can be read stands in its place.
    fn is_branch(&mut self, message: usize) -> bool {
        let make = || Branches::of(self.conversation, path::is_readable);
        self.branches.get_or_insert_with(make).branch(message).is_some()
    }
}
