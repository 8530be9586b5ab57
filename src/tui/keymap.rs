//! The meaning of keys by place. The map is data (`assets/keymap.toml`, and what a person's file changes of it); here
//! its words become places and commands, are looked up and shown.

use std::collections::{BTreeMap, HashMap};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use serde::{
    Deserialize,
    de::{
        IntoDeserializer,
        value::{Error, StrDeserializer},
    },
};

use super::command::Command;
pub use crate::config::Key;
use crate::config::KeyBindings;

/// A place where a key is pressed. It falls back on `Reading` (list and thread) and then on `Anywhere`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyPlace {
    /// The search line; a character that is bound to nothing is typed.
    Search,
    /// The list of conversations.
    List,
    /// The thread.
    Thread,
    /// The list and the thread.
    Reading,
    /// Wherever a line is typed.
    Editing,
    /// The line of find, in the thread.
    Find,
    /// The line of a command to pipe to.
    Pipe,
    /// A dialog.
    Dialog,
    /// The help.
    Help,
    /// The audit.
    Audit,
    /// The screen without an archive.
    Welcome,
    /// Everywhere.
    Anywhere,
}

impl KeyPlace {
    /// Returns its heading in the help.
    pub fn title(self) -> &'static str {
        match self {
            Self::Search => "Search line",
            Self::List => "List",
            Self::Thread => "Thread",
            Self::Reading => "List and thread",
            Self::Editing => "Typing",
            Self::Find => "Find in the thread",
            Self::Pipe => "Pipe to a command",
            Self::Dialog => "Dialogs",
            Self::Help => "Help and details",
            Self::Audit => "Audit",
            Self::Welcome => "Without an archive",
            Self::Anywhere => "Anywhere",
        }
    }

    /// Returns it as a sentence goes on: "in the list".
    pub fn within(self) -> String {
        format!("in the {}", self.title().to_lowercase())
    }

    /// Returns the place of this name in the key map.
    fn from_name(name: &str) -> Option<Self> {
        let name: StrDeserializer<'_, Error> = name.into_deserializer();
        Self::deserialize(name).ok()
    }

    /// Returns whether `:` lists its commands.
    fn lists_commands(self) -> bool {
        matches!(self, Self::List | Self::Thread | Self::Reading | Self::Anywhere)
    }

    /// Returns the places where a key is looked up, in order.
    fn chain(self) -> &'static [KeyPlace] {
        match self {
            Self::Search => &[Self::Search, Self::Editing, Self::Anywhere],
            Self::List => &[Self::List, Self::Reading, Self::Anywhere],
            Self::Thread => &[Self::Thread, Self::Reading, Self::Anywhere],
            Self::Reading => &[Self::Reading, Self::Anywhere],
            Self::Editing => &[Self::Editing, Self::Anywhere],
            Self::Find => &[Self::Find, Self::Editing, Self::Anywhere],
            Self::Pipe => &[Self::Pipe, Self::Editing, Self::Anywhere],
            Self::Dialog => &[Self::Dialog, Self::Editing, Self::Anywhere],
            Self::Help => &[Self::Help, Self::Anywhere],
            Self::Audit => &[Self::Audit, Self::Anywhere],
            Self::Welcome => &[Self::Welcome, Self::Anywhere],
            Self::Anywhere => &[Self::Anywhere],
        }
    }
}

/// The meaning of a key in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It is bound to this command.
    Command(Command),
    /// It types this character.
    Type(char),
}

/// The map in force.
#[derive(Clone, Debug)]
pub struct Keymap {
    bound: HashMap<(KeyPlace, Key), Command>,
    keys: BTreeMap<(KeyPlace, Command), Vec<Key>>,
}

impl Keymap {
    /// Returns the map unspool comes with.
    pub fn built_in() -> Self {
        Self::of(&KeyBindings::built_in())
    }

    /// Makes the map in force. Every binding is known here: a test checks that every word has an enum variant.
    pub fn of(bindings: &KeyBindings) -> Self {
        let mut map = Self { bound: HashMap::new(), keys: BTreeMap::new() };
        for binding in bindings.bindings() {
            let (Some(place), Some(command)) =
                (KeyPlace::from_name(&binding.place), Command::from_name(&binding.command))
            else {
                continue;
            };
            map.bound.extend(binding.keys.iter().map(|&key| ((place, key), command)));
            map.keys.insert((place, command), binding.keys.clone());
        }
        map
    }

    /// Returns the command a key is bound to in a place.
    pub fn command(&self, place: KeyPlace, key: Key) -> Option<Command> {
        place.chain().iter().find_map(|&place| self.bound.get(&(place, key)).copied())
    }

    /// Returns the meaning of a key in a place, if it has one there.
    pub fn meaning(&self, place: KeyPlace, key: KeyEvent) -> Option<Meaning> {
        let means = |key: Key| {
            let command = self.command(place, key);
            command.map(Meaning::Command).or_else(|| key.character().map(Meaning::Type))
        };
        let key = Key::from_event(key);
        means(key).or_else(|| means(key.without_shift()?)).or_else(|| means(key.without_alt_gr()?))
    }

    /// Returns the pane in which a key means something that means nothing in this one, and what.
    pub fn meaning_elsewhere(&self, place: KeyPlace, key: Key) -> Option<(KeyPlace, Command)> {
        const PANES: [KeyPlace; 3] = [KeyPlace::List, KeyPlace::Thread, KeyPlace::Search];
        if !matches!(place, KeyPlace::List | KeyPlace::Thread) {
            return None;
        }
        PANES.into_iter().find_map(|other| Some((other, self.command(other, key)?)))
    }

    /// Returns the keys that were pressed: the key itself, or esc and the key if it arrived with alt and has no
    /// meaning with it. A multiplexer or a slow connection may join an ESC and the byte after it.
    pub fn pressed(&self, place: KeyPlace, key: KeyEvent) -> Vec<KeyEvent> {
        if !key.modifiers.contains(KeyModifiers::ALT) || self.meaning(place, key).is_some() {
            return vec![key];
        }
        let modifiers = key.modifiers.difference(KeyModifiers::ALT);
        vec![KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE), KeyEvent { modifiers, ..key }]
    }

    /// Returns the first key of a command in a place, as the status line shows it.
    pub fn key_for(&self, place: KeyPlace, command: Command) -> Option<String> {
        self.keys_reaching(place, command).first().map(|key| key.label())
    }

    /// Returns all keys of a command in a place, as the list of commands shows them.
    pub fn keys_for(&self, place: KeyPlace, command: Command) -> String {
        self.keys_reaching(place, command).iter().map(|key| key.label()).collect::<Vec<_>>().join(" ")
    }

    /// Returns the keys of a command in the nearest place that has some for it, without those that mean something else
    /// here.
    fn keys_reaching(&self, place: KeyPlace, command: Command) -> Vec<Key> {
        let reaches = |key: &Key| self.command(place, *key) == Some(command);
        let bound = place.chain().iter().filter_map(|&place| self.keys.get(&(place, command)));
        bound
            .map(|keys| keys.iter().copied().filter(reaches).collect::<Vec<Key>>())
            .find(|keys| !keys.is_empty())
            .unwrap_or_default()
    }

    /// Returns the commands of a place, those of the places it falls back on too; also those that have lost their keys.
    pub fn commands(&self, place: KeyPlace) -> Vec<Command> {
        let mut commands: Vec<Command> = place
            .chain()
            .iter()
            .flat_map(|&place| self.keys.keys().filter(move |(other, _)| *other == place))
            .map(|&(_, command)| command)
            .collect();
        commands.sort_unstable();
        commands.dedup();
        commands
    }

    /// Returns everything for the help: the places that hold where it is asked for, then the others in reading order, each
    /// with its commands and their keys.
    pub fn help_at(&self, place: KeyPlace) -> Vec<(KeyPlace, Vec<(String, Command)>)> {
        let mut sections = self.help();
        let here = place.chain();
        sections.sort_by_key(|(place, _)| here.iter().position(|other| other == place).unwrap_or(here.len()));
        sections
    }

    /// Returns whether a place's keys hold in another.
    pub fn holds_in(place: KeyPlace, here: KeyPlace) -> bool {
        here.chain().contains(&place)
    }

    /// Returns everything: places in reading order, each with its commands and their keys.
    fn help(&self) -> Vec<(KeyPlace, Vec<(String, Command)>)> {
        [
            KeyPlace::Search,
            KeyPlace::List,
            KeyPlace::Thread,
            KeyPlace::Reading,
            KeyPlace::Anywhere,
            KeyPlace::Editing,
            KeyPlace::Find,
            KeyPlace::Pipe,
            KeyPlace::Dialog,
            KeyPlace::Help,
            KeyPlace::Audit,
            KeyPlace::Welcome,
        ]
        .into_iter()
        .map(|place| {
            let rows = self
                .keys
                .iter()
                // What has no key can be called by name, where commands can.
                .filter(|((other, _), keys)| *other == place && (place.lists_commands() || !keys.is_empty()))
                .map(|((_, command), keys)| {
                    let labels: Vec<String> = keys.iter().map(|key| key.label()).collect();
                    (if labels.is_empty() { ":".to_owned() } else { labels.join(" ") }, *command)
                })
                .collect();
            (place, rows)
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Environment, Flags, ValueContext};

    fn press(text: &str) -> Key {
        Key::parse(text).unwrap_or_else(|| panic!("{text} is no key"))
    }

    /// The map of a person with this config file.
    fn of_file(text: &str) -> Keymap {
        let context = ValueContext { home: None, zone: &|_| None };
        let (config, complaints) =
            Config::from_layers(Some(text.as_bytes()), &context, &Environment::default(), &Flags::default());
        assert_eq!(complaints, []);
        Keymap::of(&config.keys)
    }

    #[test]
    fn the_built_in_map_is_whole() {
        let map = Keymap::built_in();
        assert_eq!(map.command(KeyPlace::Thread, press("y")), Some(Command::Copy));
        assert_eq!(map.command(KeyPlace::List, press("ctrl-c")), Some(Command::Interrupt));
        assert_eq!(map.command(KeyPlace::Search, press("y")), None, "a letter is typed into the search line");
    }

    #[test]
    fn every_word_of_the_map_is_a_place_or_a_command_here() {
        for binding in KeyBindings::built_in().bindings() {
            assert!(KeyPlace::from_name(&binding.place).is_some(), "[{}]", binding.place);
            assert!(Command::from_name(&binding.command).is_some(), "{}", binding.command);
            let reachable = !binding.keys.is_empty()
                || KeyPlace::from_name(&binding.place).is_some_and(KeyPlace::lists_commands);
            assert!(reachable, "{} in {} has neither a key nor a name", binding.command, binding.place);
        }
    }

    #[test]
    fn the_help_has_a_line_for_every_binding() {
        let map = Keymap::built_in();
        let lines: usize = map.help().iter().map(|(_, rows)| rows.len()).sum();
        assert_eq!(lines, KeyBindings::built_in().bindings().len());
    }

    #[test]
    fn a_rebound_command_is_shown_with_its_new_key_and_the_old_one_is_free() {
        let map = of_file("[keys.thread]\nfold = [\"f\"]\n[keys.reading]\ncopy = \"x\"");
        assert_eq!(map.command(KeyPlace::Thread, press("f")), Some(Command::Fold));
        assert_eq!(map.command(KeyPlace::Thread, press("z")), None);
        assert_eq!(map.key_for(KeyPlace::List, Command::Copy).as_deref(), Some("x"));
        let help = map.help();
        let (_, rows) = help.iter().find(|(place, _)| *place == KeyPlace::Thread).unwrap();
        assert!(rows.contains(&("f".to_owned(), Command::Fold)));
    }

    #[test]
    fn a_command_that_has_lost_its_keys_can_still_be_called_by_name() {
        let map = of_file("[keys.reading]\npipe = []");
        assert_eq!(map.command(KeyPlace::List, press("!")), None);
        assert!(map.commands(KeyPlace::List).contains(&Command::Pipe));
        assert_eq!(map.keys_for(KeyPlace::List, Command::Pipe), "");
    }

    #[test]
    fn a_key_that_means_something_else_here_is_not_shown() {
        let map = of_file("[keys.list]\nmark = [\"?\"]");
        assert_eq!(map.key_for(KeyPlace::List, Command::Help).as_deref(), Some("F1"));
        assert_eq!(map.key_for(KeyPlace::Thread, Command::Help).as_deref(), Some("?"));
    }
}
