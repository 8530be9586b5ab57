//! The speaker of a message.

use super::MessageView;
use crate::conversation::{Kind, Provider, Role};

/// The speaker of a message. Names are the archive's: untrusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker<'a> {
    /// The person the archive belongs to.
    You,
    /// A person of several who wrote to the model together, by name.
    Person(&'a str),
    /// The person, by settings: what they want the model to know.
    Instructions,
    /// The saved memory: what the model remembers of the person.
    Memory,
    /// A model that is known by its slug.
    Model(&'a str),
    /// A model of the provider that is not known.
    Assistant(Provider),
    /// A tool, by the name people know it by, if it has any.
    Tool(Option<&'a str>),
    /// The provider.
    System,
}

impl<'a> Speaker<'a> {
    /// Returns the name to put above what is said.
    pub fn name(self) -> &'a str {
        match self {
            Self::You => "You",
            Self::Person(name) => name,
            Self::Instructions => "Custom instructions",
            Self::Memory => "Saved memory",
            Self::Model(slug) => slug,
            Self::Assistant(provider) => provider.assistant(),
            Self::Tool(name) => name.unwrap_or("Tool"),
            Self::System => "System",
        }
    }
}

impl<'a> MessageView<'a> {
    /// Returns the speaker.
    pub fn speaker(self) -> Speaker<'a> {
        let message = self.message();
        match (message.kind, message.role) {
            (Kind::Instructions, _) => Speaker::Instructions,
            (Kind::Memory, _) => Speaker::Memory,
            (Kind::Text, Role::User) => self.name().map_or(Speaker::You, Speaker::Person),
            (_, Role::User) => Speaker::You,
            (_, Role::Assistant) => {
                self.model().map_or(Speaker::Assistant(self.conversation.provider), Speaker::Model)
            }
            (_, Role::Tool) => Speaker::Tool(self.name()),
            (_, Role::System) => Speaker::System,
        }
    }

    /// Returns the message's name as people know it: the tool of a call or result, the type of one that is unknown.
    pub fn name(self) -> Option<&'a str> {
        self.conversation.message_name(self.index).map(known_tool)
    }
}

/// Returns the name by which people know a tool; the export has some under the name of the day.
fn known_tool(name: &str) -> &str {
    if name.starts_with("t2uay3k.") { "image generator" } else { name }
}
