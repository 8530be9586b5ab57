//! Choosing one of several things: a code block, a link, a prompt, a command. By number, by the arrows, or by typing
//! a part of it.

use fuzzy_matcher::{FuzzyMatcher, skim::SkimMatcherV2};

use crate::{
    library::ConversationRef,
    tui::{command::Command, text_input::TextInput},
};

/// A list to choose from.
#[derive(Debug)]
pub struct Picker {
    /// The question.
    pub title: &'static str,
    /// All items.
    pub items: Vec<PickerItem>,
    /// Indices of the items that match what is typed, in order.
    pub matching: Vec<usize>,
    /// Index into `matching`.
    pub selected: usize,
    /// The text typed to narrow the list; `None`: digits choose instead.
    pub filter: Option<TextInput>,
    /// The number typed so far, where a digit may still follow; 0: none.
    pub(super) number: usize,
}

/// An item of the list.
#[derive(Debug)]
pub struct PickerItem {
    /// Its words. Untrusted.
    pub label: String,
    /// A word beside it.
    pub note: String,
    /// Of a command: how it is found, and where it stands.
    pub command: Option<CommandEntry>,
    /// The consequence of choosing it.
    pub choice: PickerChoice,
}

/// What is known of a command in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandEntry {
    /// Its name in the key map.
    pub name: &'static str,
    /// Its keys, where it means something.
    pub keys: String,
    /// What else it is called.
    pub called: &'static str,
    /// The section it stands in.
    pub section: &'static str,
}

impl PickerItem {
    /// Makes an item that is no command.
    pub(super) fn new(label: String, note: String, choice: PickerChoice) -> Self {
        Self { label, note, command: None, choice }
    }

    /// Returns how well a command is meant by a word: by a key, by the beginning of a word of its name, of what it does
    /// or of what else it is called. `None`: by none of them.
    fn meant_by(&self, word: &str) -> Option<i64> {
        let command = self.command.as_ref()?;
        let begins = |text: &str| {
            let beginnings = text.char_indices().filter(|&(start, _)| {
                text[..start].chars().next_back().is_none_or(|before| !before.is_alphanumeric())
            });
            beginnings.into_iter().any(|(start, _)| {
                text[start..].get(..word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word))
            })
        };
        let is_name =
            |start: &str| start.get(..word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word));
        if command.keys.split(' ').any(|key| key == word) || command.name.eq_ignore_ascii_case(word) {
            return Some(4);
        }
        if is_name(command.name) {
            return Some(3);
        }
        if begins(command.name) || begins(&self.label) {
            return Some(2);
        }
        if command.called.split(' ').any(|called| called.eq_ignore_ascii_case(word)) {
            return Some(2);
        }
        begins(command.called).then_some(1)
    }
}

/// The consequence of choosing an item.
#[derive(Clone, Debug)]
pub enum PickerChoice {
    /// Copy a text.
    Copy {
        /// The text.
        text: String,
        /// The conversation it stands in.
        conversation: ConversationRef,
        /// Its name in the status line.
        subject: &'static str,
    },
    /// Go to a message.
    GoTo(usize),
    /// Carry out a command.
    Run(Command),
    /// Say this: it cannot be done.
    Say(String),
    /// Ask where to save an attachment of this id, which has this name.
    Save {
        /// The id.
        id: String,
        /// The name.
        name: String,
        /// Its text, where the export carries that itself.
        content: Option<Box<str>>,
        /// The conversation that names it.
        conversation: ConversationRef,
    },
}

impl PickerChoice {
    /// Returns whether it takes an enter of its own: it is a command, which may do anything.
    pub(super) fn wants_enter(&self) -> bool {
        matches!(self, Self::Run(_))
    }
}

impl Picker {
    /// Makes a list in which digits choose.
    pub fn by_number(title: &'static str, items: Vec<PickerItem>) -> Self {
        let matching = (0..items.len()).collect();
        Self { title, items, matching, selected: 0, filter: None, number: 0 }
    }

    /// Makes a list that typing narrows.
    pub fn by_typing(title: &'static str, items: Vec<PickerItem>) -> Self {
        Self { filter: Some(TextInput::default()), ..Self::by_number(title, items) }
    }

    /// Returns the selected item.
    pub fn chosen(&self) -> Option<&PickerItem> {
        self.matching.get(self.selected).map(|&index| &self.items[index])
    }

    pub(super) fn step(&mut self, step: isize) {
        self.number = 0;
        let count = self.matching.len() as isize;
        if count > 0 {
            self.selected = (self.selected as isize + step).rem_euclid(count) as usize;
        }
    }

    /// Finds the items that match the typed text. Commands that are meant by it stand by how well they are; else they stand
    /// in the order of the list, the best selected.
    pub(super) fn narrow(&mut self) {
        let Some(filter) = &self.filter else { return };
        let words: Vec<&str> = filter.text().split_whitespace().collect();
        let meant = |item: &PickerItem| {
            let meant: i64 = words.iter().map(|word| item.meant_by(word)).sum::<Option<i64>>()?;
            // What means something here comes before what does not.
            Some(2 * meant + i64::from(matches!(item.choice, PickerChoice::Run(_))))
        };
        let mut commands = self.scored(meant);
        if !words.is_empty() && !commands.is_empty() {
            commands.sort_by_key(|&(_, score)| std::cmp::Reverse(score));
            self.matching = commands.into_iter().map(|(index, _)| index).collect();
            self.selected = 0;
            return;
        }
        let matcher = SkimMatcherV2::default();
        let scores = self.scored(|item| {
            let label: String = item.label.chars().take(200).collect();
            words.iter().map(|word| matcher.fuzzy_match(&label, word)).sum()
        });
        let best =
            scores.iter().enumerate().max_by_key(|(place, (_, score))| (*score, std::cmp::Reverse(*place)));
        self.selected = best.map_or(0, |(place, _)| place);
        self.matching = scores.into_iter().map(|(index, _)| index).collect();
    }

    /// Returns the items that have a score, by their indices.
    fn scored(&self, score: impl Fn(&PickerItem) -> Option<i64>) -> Vec<(usize, i64)> {
        self.items.iter().enumerate().filter_map(|(index, item)| Some((index, score(item)?))).collect()
    }

    /// Returns whether what is typed means nothing here.
    pub fn finds_nothing(&self) -> bool {
        self.matching.is_empty()
    }
}
