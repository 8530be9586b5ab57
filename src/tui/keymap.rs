//! What a key means where. The map is data (`assets/keymap.toml`); here it is read, looked up and shown.

use std::collections::{BTreeMap, HashMap};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use serde::Deserialize;

use super::action::Command;

/// Where a key is pressed. A place falls back on `Reading` (list and thread) and then on `Anywhere`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
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
    /// The screen without an archive.
    Welcome,
    /// Everywhere.
    Anywhere,
}

impl Place {
    /// Its heading in the help.
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
            Self::Help => "Help",
            Self::Welcome => "Without an archive",
            Self::Anywhere => "Anywhere",
        }
    }

    /// Where a key is looked up, in order.
    fn chain(self) -> &'static [Place] {
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
            Self::Welcome => &[Self::Welcome, Self::Anywhere],
            Self::Anywhere => &[Self::Anywhere],
        }
    }
}

/// One key with its modifiers. Shift is part of the character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    code: KeyCode,
    ctrl: bool,
    alt: bool,
}

impl Key {
    /// From what the terminal sent. Shift counts only for keys that are no characters, and none of those is bound
    /// with it, so it is dropped.
    pub fn from_event(event: KeyEvent) -> Self {
        Self {
            code: event.code,
            ctrl: event.modifiers.contains(KeyModifiers::CONTROL),
            alt: event.modifiers.contains(KeyModifiers::ALT),
        }
    }

    /// The character it types, if it is one.
    pub fn character(self) -> Option<char> {
        match self.code {
            KeyCode::Char(character) if !self.ctrl && !self.alt => Some(character),
            _ => None,
        }
    }

    /// Reads a key as the map writes it: `ctrl-d`, `pgdn`, `]`.
    fn parse(text: &str) -> Option<Self> {
        let (mut ctrl, mut alt, mut name) = (false, false, text);
        loop {
            if let Some(rest) = name.strip_prefix("ctrl-").filter(|rest| !rest.is_empty()) {
                (ctrl, name) = (true, rest);
            } else if let Some(rest) = name.strip_prefix("alt-").filter(|rest| !rest.is_empty()) {
                (alt, name) = (true, rest);
            } else {
                break;
            }
        }
        let code =
            NAMED.iter().find(|(known, _, _)| *known == name).map(|&(_, code, _)| code).or_else(|| {
                let mut characters = name.chars();
                match (characters.next(), characters.as_str()) {
                    (Some(character), "") => Some(KeyCode::Char(character)),
                    (Some('f'), number) => {
                        number.parse().ok().filter(|number| (1..=12).contains(number)).map(KeyCode::F)
                    }
                    _ => None,
                }
            })?;
        Some(Self { code, ctrl, alt })
    }

    /// As the help writes it.
    pub fn label(self) -> String {
        let mut label = String::new();
        if self.ctrl {
            label.push_str("ctrl-");
        }
        if self.alt {
            label.push_str("alt-");
        }
        match self.code {
            KeyCode::F(number) => label.push_str(&format!("F{number}")),
            code => match NAMED.iter().find(|(_, named, _)| *named == code) {
                Some((_, _, shown)) => label.push_str(shown),
                None => {
                    if let KeyCode::Char(character) = code {
                        label.push(character);
                    }
                }
            },
        }
        label
    }
}

/// Names in the map, keys, and how the help shows them.
const NAMED: [(&str, KeyCode, &str); 15] = [
    ("enter", KeyCode::Enter, "enter"),
    ("esc", KeyCode::Esc, "esc"),
    ("tab", KeyCode::Tab, "tab"),
    ("shift-tab", KeyCode::BackTab, "shift-tab"),
    ("space", KeyCode::Char(' '), "space"),
    ("up", KeyCode::Up, "↑"),
    ("down", KeyCode::Down, "↓"),
    ("left", KeyCode::Left, "←"),
    ("right", KeyCode::Right, "→"),
    ("home", KeyCode::Home, "home"),
    ("end", KeyCode::End, "end"),
    ("pgup", KeyCode::PageUp, "pgup"),
    ("pgdn", KeyCode::PageDown, "pgdn"),
    ("backspace", KeyCode::Backspace, "backspace"),
    ("delete", KeyCode::Delete, "del"),
];

/// Why a map cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeymapError {
    /// Not TOML, or a place or command that does not exist.
    #[error("key map: {0}")]
    Syntax(#[from] toml::de::Error),
    /// A key nobody has.
    #[error("key map: there is no key called {0:?}")]
    UnknownKey(String),
    /// One key, two commands.
    #[error("key map: {key} is bound twice in {place:?}")]
    Twice {
        /// The key, as the map writes it.
        key: String,
        /// Where.
        place: Place,
    },
}

/// The map in force.
#[derive(Clone, Debug)]
pub struct Keymap {
    bound: HashMap<(Place, Key), Command>,
    keys: BTreeMap<(Place, Command), Vec<Key>>,
}

impl Keymap {
    /// The map unspool comes with.
    pub fn built_in() -> Self {
        // The asset is compiled in, and a test reads it: it cannot be wrong in a release.
        Self::parse(include_str!("../../assets/keymap.toml")).unwrap_or_else(|error| unreachable!("{error}"))
    }

    /// Reads a map.
    pub fn parse(text: &str) -> Result<Self, KeymapError> {
        let places: BTreeMap<Place, BTreeMap<Command, Vec<String>>> = toml::from_str(text)?;
        let mut map = Self { bound: HashMap::new(), keys: BTreeMap::new() };
        for (place, commands) in places {
            for (command, names) in commands {
                for name in names {
                    let key = Key::parse(&name).ok_or_else(|| KeymapError::UnknownKey(name.clone()))?;
                    if map.bound.insert((place, key), command).is_some() {
                        return Err(KeymapError::Twice { key: name, place });
                    }
                    map.keys.entry((place, command)).or_default().push(key);
                }
            }
        }
        Ok(map)
    }

    /// The command a key is bound to in a place.
    pub fn command(&self, place: Place, key: Key) -> Option<Command> {
        place.chain().iter().find_map(|&place| self.bound.get(&(place, key)).copied())
    }

    /// The first key of a command in a place, as the status line shows it.
    pub fn key_for(&self, place: Place, command: Command) -> Option<String> {
        place
            .chain()
            .iter()
            .find_map(|&place| self.keys.get(&(place, command)))
            .and_then(|keys| keys.first())
            .map(|key| key.label())
    }

    /// All keys of a command in a place, as the help shows them.
    pub fn keys_for(&self, place: Place, command: Command) -> String {
        let keys = place.chain().iter().find_map(|&place| self.keys.get(&(place, command)));
        keys.into_iter().flatten().map(|key| key.label()).collect::<Vec<_>>().join(" ")
    }

    /// The commands that keys of a place are bound to, those it falls back on too.
    pub fn commands(&self, place: Place) -> Vec<Command> {
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

    /// Everything, for the help: places in reading order, each with its commands and their keys.
    pub fn help(&self) -> Vec<(Place, Vec<(String, Command)>)> {
        [
            Place::Search,
            Place::List,
            Place::Thread,
            Place::Reading,
            Place::Anywhere,
            Place::Find,
            Place::Editing,
        ]
        .into_iter()
        .map(|place| {
            let rows = self
                .keys
                .iter()
                .filter(|((other, _), _)| *other == place)
                .map(|((_, command), keys)| {
                    (keys.iter().map(|key| key.label()).collect::<Vec<_>>().join(" "), *command)
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

    fn press(text: &str) -> Key {
        Key::parse(text).unwrap_or_else(|| panic!("{text} is no key"))
    }

    #[test]
    fn the_built_in_map_is_whole() {
        let map = Keymap::built_in();
        assert_eq!(map.command(Place::Thread, press("y")), Some(Command::Copy));
        assert_eq!(map.command(Place::List, press("ctrl-c")), Some(Command::Interrupt));
        assert_eq!(map.command(Place::Search, press("y")), None, "a letter is typed into the search line");
    }

    #[test]
    fn a_key_is_shown_as_it_is_written() {
        for text in ["ctrl-d", "pgdn", "]", "space", "enter", "alt-x"] {
            assert_eq!(press(text).label(), text);
        }
        assert_eq!(press("f1").label(), "F1");
    }

    #[test]
    fn a_key_bound_twice_in_one_place_is_refused() {
        let error = Keymap::parse("[list]\nup = [\"k\"]\ndown = [\"k\"]").unwrap_err();
        assert!(error.to_string().contains("bound twice"), "{error}");
    }

    #[test]
    fn a_key_that_does_not_exist_is_named() {
        let error = Keymap::parse("[list]\nup = [\"hyper-k\"]").unwrap_err();
        assert_eq!(error.to_string(), "key map: there is no key called \"hyper-k\"");
    }
}
