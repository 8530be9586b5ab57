//! The clauses of a query: what each asks of a conversation, and how it is written.

use std::fmt;

use super::{
    Date, Marks, TextPattern,
    text_pattern::{DisplayQuoted, write_alternatives},
};
use crate::conversation::{Provider, Role};

/// One condition of a query. All of them hold for a conversation that is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// It must not hold. Never so of alternatives.
    pub negated: bool,
    /// The condition.
    pub predicate: Predicate,
}

impl Clause {
    /// Returns the word if it need not be there for the second tier of a search: it is not quoted, not excluded, has no
    /// capital, and is no pair of a key and a value, whatever the key is.
    pub fn loose_word(&self) -> Option<&str> {
        let Predicate::Anywhere(TextPattern::Word(word)) = &self.predicate else { return None };
        let is_pair = || {
            let around =
                word.split_once(':').map(|(key, value)| (key.chars().next_back(), value.chars().next()));
            around.is_some_and(|(key, value)| {
                key.is_some_and(char::is_alphanumeric) && value.is_some_and(char::is_alphanumeric)
            })
        };
        let binds = self.negated || word.chars().any(char::is_uppercase) || is_pair();
        (!binds).then_some(word)
    }
}

impl Clause {
    /// Returns whether it is another one that was typed on: whatever has it has the other too.
    pub fn goes_on_from(&self, shorter: &Self) -> bool {
        let (Predicate::Anywhere(whole), Predicate::Anywhere(part)) = (&self.predicate, &shorter.predicate)
        else {
            return false;
        };
        let is_longer = match (whole, part) {
            (TextPattern::Word(whole), TextPattern::Word(part))
            | (TextPattern::Phrase(whole), TextPattern::Phrase(part)) => whole.starts_with(part.as_str()),
            _ => false,
        };
        is_longer && !self.negated && !shorter.negated
    }
}

/// The condition of a [`Clause`], without its minus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Predicate {
    /// The text is in the title or in a message.
    Anywhere(TextPattern),
    /// The text is in the title.
    Title(TextPattern),
    /// Only messages of this role are searched.
    Role(Role),
    /// Only messages of this model are searched.
    Model {
        /// Its slug or a piece of it.
        slug: String,
        /// It was quoted: the whole slug.
        exact: bool,
    },
    /// Only messages that have this are searched.
    Has(MessageFeature),
    /// Only messages at this place beside the conversation are searched.
    In(SearchPlace),
    /// It was begun, or its last message came, in this time.
    Date(Date),
    /// Its last message came at or after the date's first moment.
    After(Date),
    /// It was begun before the date's first moment.
    Before(Date),
    /// It has this flag.
    Is(ConversationFlag),
    /// The person has marked it.
    Marked(Marks),
    /// It is in the project whose id begins so, or is the project whose id begins so or whose name has this.
    Project(String),
    /// It is with the custom GPT whose id begins so.
    Gpt(String),
    /// Its id begins so.
    Id(String),
    /// It is from an export of this provider.
    From(Provider),
}

impl Predicate {
    /// Returns whether of several values of its key any will do.
    pub(super) fn is_one_of_several(&self) -> bool {
        matches!(
            self,
            Self::Role(_)
                | Self::Model { .. }
                | Self::In(_)
                | Self::Date(_)
                | Self::Project(_)
                | Self::Gpt(_)
                | Self::Id(_)
                | Self::From(_)
        )
    }
}

/// A thing that a message may have (`has:`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageFeature {
    /// A fenced block, a tool call, a canvas of code.
    Code,
    /// A picture, uploaded or made.
    Image,
    /// Any other upload.
    File,
    /// A web address or a source.
    Link,
    /// Another version of it exists.
    Branch,
    /// Words of its own.
    Text,
    /// A credential. Personal data does not count: an e-mail address is not a secret.
    Secret,
}

/// A place beside the conversation (`in:`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchPlace {
    /// Messages with attached or pasted text, and canvases.
    Files,
    /// What the model thought.
    Reasoning,
    /// Tool calls, their results, quotes, fetched pages, errors.
    Tools,
}

/// A state that a conversation may be in (`is:`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConversationFlag {
    /// Starred or pinned.
    Starred,
    /// Archived.
    Archived,
    /// With a custom GPT.
    Gpt,
    /// A project, with its instructions and documents: no conversation.
    Project,
    /// A memory of its owner: no conversation.
    Memory,
}

/// The roles whose messages people look for: hardly any of the system is ever shown.
pub(super) const ROLES: [(&str, Role); 3] =
    [("user", Role::User), ("assistant", Role::Assistant), ("tool", Role::Tool)];
pub(super) const FEATURES: [(&str, MessageFeature); 7] = [
    ("code", MessageFeature::Code),
    ("image", MessageFeature::Image),
    ("file", MessageFeature::File),
    ("link", MessageFeature::Link),
    ("branch", MessageFeature::Branch),
    ("text", MessageFeature::Text),
    ("secret", MessageFeature::Secret),
];
pub(super) const PLACES: [(&str, SearchPlace); 3] =
    [("files", SearchPlace::Files), ("reasoning", SearchPlace::Reasoning), ("tools", SearchPlace::Tools)];
pub(super) const FLAGS: [(&str, ConversationFlag); 5] = [
    ("starred", ConversationFlag::Starred),
    ("archived", ConversationFlag::Archived),
    ("gpt", ConversationFlag::Gpt),
    ("project", ConversationFlag::Project),
    ("memory", ConversationFlag::Memory),
];
fn name_of<T: Copy + PartialEq>(names: &[(&'static str, T)], feature: T) -> &'static str {
    names.iter().find(|(_, other)| *other == feature).map_or("", |(name, _)| name)
}

impl fmt::Display for Clause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negated {
            formatter.write_str("-")?;
        }
        match &self.predicate {
            Predicate::Anywhere(text_pattern) => write!(formatter, "{text_pattern}"),
            Predicate::Title(text_pattern) => {
                write_alternatives(formatter, "title:", text_pattern.alternatives())
            }
            Predicate::Role(role) => write!(formatter, "role:{}", role.as_str()),
            Predicate::Model { slug, exact: true } => write!(formatter, "model:{}", DisplayQuoted(slug)),
            Predicate::Model { slug, exact: false } => write!(formatter, "model:{slug}"),
            Predicate::Has(feature) => write!(formatter, "has:{}", name_of(&FEATURES, *feature)),
            Predicate::In(place) => write!(formatter, "in:{}", name_of(&PLACES, *place)),
            Predicate::Date(date) => write!(formatter, "date:{date}"),
            Predicate::After(date) => write!(formatter, "after:{date}"),
            Predicate::Before(date) => write!(formatter, "before:{date}"),
            Predicate::Is(flag) => write!(formatter, "is:{}", name_of(&FLAGS, *flag)),
            Predicate::Project(text) => write_value(formatter, "project", text),
            Predicate::Gpt(text) => write_value(formatter, "gpt", text),
            Predicate::Id(id) => write_value(formatter, "id", id),
            Predicate::Marked(_) => formatter.write_str("is:marked"),
            Predicate::From(provider) => write!(formatter, "from:{}", provider.as_str()),
        }
    }
}

/// Writes a key with a value that has quotes only where it needs them.
fn write_value(formatter: &mut fmt::Formatter<'_>, key: &str, value: &str) -> fmt::Result {
    if value.starts_with('"') || value.contains(char::is_whitespace) {
        write!(formatter, "{key}:{}", DisplayQuoted(value))
    } else {
        write!(formatter, "{key}:{value}")
    }
}
