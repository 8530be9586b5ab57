//! The keys bound to commands in each place, as names: the key map that comes along (`assets/keymap.toml`), and
//! what a person's file changes of it.
//!
//! The map is the vocabulary too: its tables are the places there are, their keys the commands. What a command does,
//! the screen knows; here it is a word.

use std::ops::Range;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    text::{ConfigProblem, LineIndex, in_order},
    value::{ValueOrigin, kind, quote_shortened, toml_string},
};
use crate::suggest;

/// Places where characters are typed: none of them can be a command there.
const TEXT_INPUT_PLACES: [&str; 6] = ["search", "editing", "find", "pipe", "dialog", "anywhere"];
/// The binding that always interrupts: it cannot be taken away.
const INTERRUPT_BINDING: (&str, &str) = ("anywhere", "interrupt");

/// One key with its modifiers. Shift is part of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    code: KeyCode,
    ctrl: bool,
    alt: bool,
    shift: bool,
}

/// Names in the map, keys, and how the help shows them.
const NAMED_KEYS: [(&str, KeyCode, &str); 15] = [
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

/// Keys with ctrl that a terminal sends as another key.
const TERMINAL_ALIASES: [(char, &str); 4] = [('i', "tab"), ('m', "enter"), ('[', "esc"), ('h', "backspace")];

impl Key {
    /// Reads what the terminal sent. Shift counts only for keys that are not characters.
    pub fn from_event(event: KeyEvent) -> Self {
        Self {
            code: event.code,
            ctrl: event.modifiers.contains(KeyModifiers::CONTROL),
            alt: event.modifiers.contains(KeyModifiers::ALT),
            shift: event.modifiers.contains(KeyModifiers::SHIFT)
                && !matches!(event.code, KeyCode::Char(_) | KeyCode::BackTab),
        }
    }

    /// Returns the character it types, if it is one.
    pub fn character(self) -> Option<char> {
        match self.code {
            KeyCode::Char(character) if !self.ctrl && !self.alt => Some(character),
            _ => None,
        }
    }

    /// Returns the key that it is without AltGr, which some systems tell as ctrl with alt: with a character that is no
    /// letter it is that character. Space and the digits 4 to 7 are left out: as these a terminal sends other keys.
    pub fn without_alt_gr(self) -> Option<Self> {
        let KeyCode::Char(character) = self.code else { return None };
        let is_another = character.is_ascii_alphabetic() || matches!(character, ' ' | '4'..='7');
        (self.ctrl && self.alt && !is_another).then_some(Self { ctrl: false, alt: false, ..self })
    }

    /// Returns the key that it is without shift, if it has it.
    pub fn without_shift(self) -> Option<Self> {
        self.shift.then_some(Self { shift: false, ..self })
    }

    /// Reads a key as the map writes it: `ctrl-d`, `pgdn`, `]`.
    pub fn parse(text: &str) -> Option<Self> {
        let (mut ctrl, mut alt, mut shift, mut name) = (false, false, false, text);
        loop {
            if let Some(rest) = name.strip_prefix("ctrl-").filter(|rest| !rest.is_empty()) {
                (ctrl, name) = (true, rest);
            } else if let Some(rest) = name.strip_prefix("alt-").filter(|rest| !rest.is_empty()) {
                (alt, name) = (true, rest);
            } else if let Some(rest) = name.strip_prefix("shift-").filter(|rest| !matches!(*rest, "" | "tab"))
            {
                (shift, name) = (true, rest);
            } else {
                break;
            }
        }
        let code = NAMED_KEYS.iter().find(|(known, _, _)| *known == name).map(|&(_, code, _)| code).or_else(
            || {
                let mut characters = name.chars();
                match (characters.next(), characters.as_str()) {
                    // With ctrl a terminal cannot tell the capital from the small letter.
                    (Some(letter), "") if ctrl => Some(KeyCode::Char(letter.to_ascii_lowercase())),
                    (Some(character), "") => Some(KeyCode::Char(character)),
                    (Some('f'), number) => {
                        number.parse().ok().filter(|number| (1..=12).contains(number)).map(KeyCode::F)
                    }
                    _ => None,
                }
            },
        )?;
        let control = matches!(code, KeyCode::Char(character) if character.is_control());
        // A character has its own with shift.
        let is_none = control || shift && matches!(code, KeyCode::Char(_));
        (!is_none).then_some(Self { code, ctrl, alt, shift })
    }

    /// Writes it as the help does.
    pub fn label(self) -> String {
        self.to_text(|(_, _, shown)| shown, "F")
    }

    /// Writes it as the map does.
    pub fn name(self) -> String {
        self.to_text(|(name, _, _)| name, "f")
    }

    fn to_text(
        self,
        named: impl Fn((&'static str, KeyCode, &'static str)) -> &'static str,
        f: &str,
    ) -> String {
        let mut text = String::new();
        if self.ctrl {
            text.push_str("ctrl-");
        }
        if self.alt {
            text.push_str("alt-");
        }
        if self.shift {
            text.push_str("shift-");
        }
        match self.code {
            KeyCode::F(number) => text.push_str(&format!("{f}{number}")),
            code => match NAMED_KEYS.iter().find(|(_, other, _)| *other == code) {
                Some(&entry) => text.push_str(named(entry)),
                None => {
                    if let KeyCode::Char(character) = code {
                        text.push(character);
                    }
                }
            },
        }
        text
    }
}

/// The keys of a command in a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// A table of the map.
    pub place: String,
    /// A command of the map.
    pub command: String,
    /// Its keys there; may be none.
    pub keys: Vec<Key>,
    /// The layer that binds them.
    pub origin: ValueOrigin,
}

/// All bindings, in the order of the map; what a file adds stands at its place's end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyBindings(Vec<Binding>);

impl KeyBindings {
    /// Returns the map unspool comes with.
    pub fn built_in() -> Self {
        const MAP: &str = include_str!("../../assets/keymap.toml");
        // The asset is compiled in, and tests read it: it cannot be wrong in a release.
        let map = DeTable::parse(MAP).unwrap_or_else(|error| unreachable!("{error}"));
        let mut bindings = Vec::new();
        for (place, commands) in in_order(map.get_ref()) {
            let DeValue::Table(commands) = commands.get_ref() else { continue };
            for (command, keys) in in_order(commands) {
                let keys = strings(keys).unwrap_or_default().into_iter();
                bindings.push(Binding {
                    place: place.get_ref().clone().into_owned(),
                    command: command.get_ref().clone().into_owned(),
                    keys: keys.filter_map(|(name, _)| Key::parse(name)).collect(),
                    origin: ValueOrigin::Default,
                });
            }
        }
        Self(bindings)
    }

    /// Returns every binding.
    pub fn bindings(&self) -> &[Binding] {
        &self.0
    }

    /// Returns the places, in order.
    pub fn places(&self) -> Vec<&str> {
        let mut places: Vec<&str> = self.0.iter().map(|binding| &*binding.place).collect();
        places.dedup();
        places
    }

    /// Takes what the table `keys` of a file says.
    pub(super) fn read(
        &mut self,
        table: &DeTable<'_>,
        text: &LineIndex<'_>,
        problems: &mut Vec<ConfigProblem>,
    ) {
        for (place, commands) in in_order(table) {
            let name = place.get_ref();
            let mut report = |span: Range<usize>, reason| problems.push(text.problem(span, reason));
            let places = self.places();
            if !places.contains(&&**name) {
                let known = places.join(", ");
                report(
                    place.span(),
                    match suggest::nearest(name, places) {
                        Some(meant) => {
                            format!(
                                "there is no place {}: did you mean {}?",
                                quote_shortened(name),
                                toml_string(meant)
                            )
                        }
                        None => format!("there is no place {}: there are {known}", quote_shortened(name)),
                    },
                );
                continue;
            }
            let DeValue::Table(commands) = commands.get_ref() else {
                let kind = kind(commands.get_ref());
                report(commands.span(), format!("keys.{name} takes commands with their keys, not {kind}"));
                continue;
            };
            self.read_place(name, commands, text, problems);
        }
    }

    fn read_place(
        &mut self,
        place: &str,
        commands: &DeTable<'_>,
        text: &LineIndex<'_>,
        problems: &mut Vec<ConfigProblem>,
    ) {
        // What the file has given out in this place.
        let mut taken: Vec<(Key, String)> = Vec::new();
        for (command, value) in in_order(commands) {
            let name = &**command.get_ref();
            if let Some(reason) = self.unknown_command_problem(name) {
                problems.push(text.problem(command.span(), reason));
                continue;
            }
            let Ok(names) = strings(value) else {
                let reason = format!("{name} takes a key or a list of keys, as in [\"j\", \"down\"]");
                problems.push(text.problem(value.span(), reason));
                continue;
            };
            let mut keys = Vec::new();
            let wanted = names.len();
            for (written, span) in &names {
                let disguised = sent_as(written).filter(|meant| !names.iter().any(|(name, _)| name == meant));
                let checked = match disguised {
                    Some(meant) => Err(format!(
                        "a terminal sends {} as {meant}: bind {}",
                        quote_shortened(written),
                        toml_string(meant)
                    )),
                    None => self.check(place, name, written, &taken),
                };
                match checked {
                    Ok(key) if keys.contains(&key) => {}
                    Ok(key) => keys.push(key),
                    Err(reason) => problems.push(text.problem(span.clone(), reason)),
                }
            }
            if keys.is_empty() && wanted > 0 {
                continue; // all of them wrong: as it was
            }
            if keys.is_empty() && (place, name) == INTERRUPT_BINDING {
                let reason = "interrupt needs a key: it is the way out".to_owned();
                problems.push(text.problem(value.span(), reason));
                continue;
            }
            taken.extend(keys.iter().map(|&key| (key, name.to_owned())));
            self.bind(place, name, keys, ValueOrigin::File(text.line(command.span().start)));
        }
    }

    /// Returns the problem about a command that does not exist.
    fn unknown_command_problem(&self, name: &str) -> Option<String> {
        let commands = self.0.iter().map(|binding| &*binding.command);
        if commands.clone().any(|command| command == name) {
            return None;
        }
        Some(match suggest::nearest(name, commands) {
            Some(meant) => {
                format!("there is no command {}: did you mean {}?", quote_shortened(name), toml_string(meant))
            }
            None => format!("there is no command {}: unspool config lists all", quote_shortened(name)),
        })
    }

    /// Returns a key as the file writes it, if it can be bound to that command there.
    fn check(
        &self,
        place: &str,
        command: &str,
        written: &str,
        taken: &[(Key, String)],
    ) -> Result<Key, String> {
        let Some(key) = Key::parse(written) else {
            let names = NAMED_KEYS.iter().map(|(name, _, _)| *name);
            return Err(match suggest::nearest(written, names) {
                Some(meant) => {
                    format!(
                        "there is no key {}: did you mean {}?",
                        quote_shortened(written),
                        toml_string(meant)
                    )
                }
                None => {
                    format!(
                        "there is no key {}: it is a character or a name, as in ctrl-d",
                        quote_shortened(written)
                    )
                }
            });
        };
        let space_in_dialog = place == "dialog" && key.character() == Some(' ');
        if TEXT_INPUT_PLACES.contains(&place) && key.character().is_some() && !space_in_dialog {
            return Err(format!("{} is typed there: put ctrl- or alt- before it", quote_shortened(written)));
        }
        if let Some((_, other)) = taken.iter().find(|(other, _)| *other == key) {
            return Err(format!(
                "{} is bound to {other} already: one key, one command",
                quote_shortened(written)
            ));
        }
        let way_out = self.0.iter().find(|binding| (&*binding.place, &*binding.command) == INTERRUPT_BINDING);
        if command != INTERRUPT_BINDING.1 && way_out.is_some_and(|binding| binding.keys.contains(&key)) {
            let place = INTERRUPT_BINDING.0;
            return Err(format!(
                "{} is the way out: give interrupt another in keys.{place}",
                quote_shortened(written)
            ));
        }
        Ok(key)
    }

    /// Binds keys, and takes them from the command that has them in that place.
    fn bind(&mut self, place: &str, command: &str, keys: Vec<Key>, origin: ValueOrigin) {
        for other in self.0.iter_mut().filter(|other| other.place == place && other.command != command) {
            let before = other.keys.len();
            other.keys.retain(|key| !keys.contains(key));
            if other.keys.len() < before {
                other.origin = origin;
            }
        }
        if let Some(own) = self.0.iter_mut().find(|own| own.place == place && own.command == command) {
            (own.keys, own.origin) = (keys, origin);
        } else {
            let end =
                self.0.iter().rposition(|other| other.place == place).map_or(self.0.len(), |last| last + 1);
            let binding = Binding { place: place.to_owned(), command: command.to_owned(), keys, origin };
            self.0.insert(end, binding);
        }
    }
}

/// Returns the key that a terminal sends in this one's stead.
fn sent_as(written: &str) -> Option<&'static str> {
    let key = Key::parse(written).filter(|key| key.ctrl && !key.alt)?;
    TERMINAL_ALIASES.iter().find(|(letter, _)| key.code == KeyCode::Char(*letter)).map(|(_, meant)| *meant)
}

/// Returns a text, or a list of them, each with where it stands.
fn strings<'a>(value: &'a Spanned<DeValue<'_>>) -> Result<Vec<(&'a str, Range<usize>)>, ()> {
    let one = |value: &'a Spanned<DeValue<'_>>| match value.get_ref() {
        DeValue::String(text) => Ok((&**text, value.span())),
        _ => Err(()),
    };
    match value.get_ref() {
        DeValue::Array(values) => values.iter().map(one).collect(),
        _ => Ok(vec![one(value)?]),
    }
}
