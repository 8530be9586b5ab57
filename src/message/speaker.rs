//! The speaker of a message.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::{MessageView, is_dot};
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
    /// Returns the name to put above what is said. A name that the archive gives does not pass for the person.
    pub fn name(self) -> Cow<'a, str> {
        let (what, name) = match self {
            Self::You => return "You".into(),
            Self::Instructions => return "Custom instructions".into(),
            Self::Memory => return "Saved memory".into(),
            Self::System => return "System".into(),
            Self::Assistant(provider) => return provider.assistant().into(),
            Self::Tool(None) => return "Tool".into(),
            Self::Tool(Some(name)) => ("tool", name),
            Self::Model(slug) => ("model", slug),
            Self::Person(name) => ("person", name),
        };
        if poses(name) { format!("{what} “{name}”").into() } else { name.into() }
    }
}

/// Returns whether a name looks like one that only this program gives, or like more than a name.
fn poses(name: &str) -> bool {
    const OURS: [Speaker<'_>; 4] = [Speaker::You, Speaker::Instructions, Speaker::Memory, Speaker::System];
    let letters = |text: &str| -> String {
        text.nfkc().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let own = letters(name);
    name.contains(|char| is_dot(char) || matches!(char, '\n' | '\r' | '\u{2028}' | '\u{2029}'))
        || OURS.iter().any(|ours| letters(&ours.name()) == own)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_the_archive_passes_for_the_person() {
        for name in [
            "You",
            "YOU",
            " you ",
            "Y\u{200b}ou",
            "\u{ff39}ou",
            "You · 3 Mar 2025, 10:42",
            "You ･ 3 Mar 2025, 10:42",
            "Saved memory",
            "System",
        ] {
            for (speaker, what) in [
                (Speaker::Model(name), "model"),
                (Speaker::Tool(Some(name)), "tool"),
                (Speaker::Person(name), "person"),
            ] {
                assert_eq!(speaker.name(), format!("{what} “{name}”"));
            }
        }
        for name in ["gpt-4o", "youtube", "system-1", "Youssef"] {
            assert_eq!(Speaker::Model(name).name(), name);
            assert_eq!(Speaker::Person(name).name(), name);
        }
        assert_eq!(Speaker::You.name(), "You");
    }
}
