//! Choosing one of several things: a code block, a link, a prompt, a command. By number, by the arrows, or by typing
//! a part of it.

use fuzzy_matcher::{FuzzyMatcher, skim::SkimMatcherV2};

use super::{
    App, Overlay,
    lookup::{bytes_of, bytes_of_message},
};
use crate::{
    conversation::{Annotation, AnnotationKind, Link, Role, Visibility},
    extract::save::attachments::SingleAttachment,
    library::ConversationRef,
    message::{MAX_LINKS, format::first_line},
    transcript::{Entry, sanitize},
    tui::{
        command::Command,
        command_index,
        effect::{CopySource, Effect},
        format,
        keymap::KeyPlace,
        lookup::{FoundAttachment, Lookup, LookupScope},
        text_input::TextInput,
    },
};

/// Prompts of a thread that are listed; what is typed is looked for in all of them.
const MAX_PROMPTS: usize = 10_000;

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
    number: usize,
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
    fn wants_enter(&self) -> bool {
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

    fn step(&mut self, step: isize) {
        self.number = 0;
        let count = self.matching.len() as isize;
        if count > 0 {
            self.selected = (self.selected as isize + step).rem_euclid(count) as usize;
        }
    }

    /// Finds the items that match the typed text. Commands that are meant by it stand by how well they are; else they stand
    /// in the order of the list, the best selected.
    fn narrow(&mut self) {
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

impl App {
    pub(super) fn pick_command(&mut self, command: Command) -> Vec<Effect> {
        let Overlay::Picker(picker) = &mut self.overlay else { return Vec::new() };
        match command {
            Command::Down | Command::Complete => picker.step(1),
            Command::Up => picker.step(-1),
            // It stays open: what is typed means nothing, and the list says so.
            Command::Accept if picker.finds_nothing() => {}
            Command::Accept => {
                // What arrives as keys together with others neither runs nor writes anything.
                let waits = picker.chosen().is_some_and(|item| item.choice.wants_enter());
                if waits && !self.enter_guard.is_confirmed() {
                    return Vec::new();
                }
                return self.choose(None);
            }
            other => {
                let Some(filter) = &mut picker.filter else { return Vec::new() };
                let is_edited =
                    if other == Command::Toggle { filter.insert(" ") } else { filter.edit(other) };
                if is_edited {
                    picker.narrow();
                }
            }
        }
        Vec::new()
    }

    pub(super) fn pick_typed(&mut self, text: &str) -> Vec<Effect> {
        let Overlay::Picker(picker) = &mut self.overlay else { return Vec::new() };
        if let Some(filter) = &mut picker.filter {
            filter.insert(text);
            picker.narrow();
            return Vec::new();
        }
        let Some(digit) = text.chars().next().and_then(|digit| digit.to_digit(10)) else { return Vec::new() };
        let count = picker.items.len();
        let longer = picker.number * 10 + digit as usize;
        let number = if longer <= count { longer } else { digit as usize };
        if !(1..=count).contains(&number) {
            return Vec::new();
        }
        let waits = picker.items[number - 1].choice.wants_enter();
        if number * 10 > count && !waits {
            return self.choose(Some(number - 1));
        }
        // Enter takes this one; where a digit more could mean another, that does.
        (picker.number, picker.selected) = (number, number - 1);
        if waits {
            self.enter_guard.await_enter();
        }
        Vec::new()
    }

    fn choose(&mut self, number: Option<usize>) -> Vec<Effect> {
        let Overlay::Picker(picker) = std::mem::take(&mut self.overlay) else { return Vec::new() };
        let index = number.or_else(|| picker.matching.get(picker.selected).copied());
        let Some(item) = index.and_then(|index| picker.items.into_iter().nth(index)) else {
            return Vec::new();
        };
        match item.choice {
            PickerChoice::Copy { text, conversation, subject } => {
                let bytes = text.len();
                self.copy_from(CopySource::Written(text, vec![conversation]), bytes, subject)
            }
            PickerChoice::GoTo(message) => {
                if let Some(thread) = &mut self.thread {
                    thread.view.go_to(message);
                }
                self.highlight()
            }
            PickerChoice::Run(command) => self.command(command),
            PickerChoice::Save { id, name, content, conversation } => {
                let archive = conversation.object_location.archive;
                let attachment = SingleAttachment { archive, id, content, conversation: Some(conversation) };
                self.open_save_as(attachment, name)
            }
            PickerChoice::Say(words) => {
                self.show_failure(words);
                Vec::new()
            }
        }
    }

    /// Opens the index of the person's own prompts on this branch.
    pub(super) fn open_prompts(&mut self) -> Vec<Effect> {
        let Some(reader) = self.open_view() else { return Vec::new() };
        let conversation = reader.conversation();
        let mut last = None;
        let mut items = Vec::new();
        let mut cut = false;
        for Entry { message, .. } in reader.transcript().entries() {
            let shown = &conversation.messages()[*message];
            let is_prompt = shown.role == Role::User && shown.visibility == Visibility::Shown;
            if !is_prompt || last.replace(*message) == Some(*message) {
                continue;
            }
            if items.len() == MAX_PROMPTS {
                cut = true;
                break;
            }
            let line = first_line(conversation.message_text(*message)).unwrap_or("an attachment");
            let label = line.chars().take(300).collect();
            let note = self.setup.date(shown.time());
            items.push(PickerItem::new(label, note, PickerChoice::GoTo(*message)));
        }
        if items.is_empty() {
            self.show_failure("there is no prompt of yours in this thread");
            return Vec::new();
        }
        let here = reader.message().unwrap_or(0);
        let at = items
            .iter()
            .rposition(|item| matches!(item.choice, PickerChoice::GoTo(message) if message <= here));
        let mut picker = Picker::by_typing("Your prompts", items);
        picker.selected = at.unwrap_or(0);
        let effects = self.open_overlay(Overlay::Picker(picker));
        if cut {
            self.say(format!("only the first {} prompts of this thread", format::number(MAX_PROMPTS)));
        }
        effects
    }

    /// Opens the links and attachments of the selected message; without any those of its turn, else all there are.
    pub(super) fn open_links(&mut self) -> Vec<Effect> {
        self.open_links_in(LookupScope::Message)
    }

    fn open_links_in(&mut self, scope: LookupScope) -> Vec<Effect> {
        let Some((conversation, _)) = self.shared_subject() else { return self.nothing() };
        let messages = self.messages_in(scope);
        let redact = self.redact;
        let is_attachment = |part: &Annotation| matches!(part.detail, AnnotationKind::Attachment(_));
        let mut attached = messages.iter().flat_map(|&message| conversation.message_annotations(message));
        // What is a secret in the name of a file, the whole conversation tells.
        let bytes = if redact && attached.any(is_attachment) {
            bytes_of(&conversation)
        } else {
            messages.iter().map(|&message| bytes_of_message(&conversation, message)).sum()
        };
        self.look_up(Lookup::Links { conversation, messages, scope, redact }, bytes, "looking for links")
    }

    /// Lets one of these links and attachments be picked.
    pub(super) fn show_links(
        &mut self,
        links: Vec<Link>,
        attachments: Vec<FoundAttachment>,
        conversation: &ConversationRef,
        scope: LookupScope,
    ) -> Vec<Effect> {
        if links.len() == MAX_LINKS {
            self.say(format!("only the first {} links", format::number(MAX_LINKS)));
        }
        let mut items: Vec<PickerItem> = links
            .into_iter()
            .map(|Link { title, url }| {
                let label =
                    if title.trim().is_empty() { url.to_string() } else { format!("{title} – {url}") };
                let choice = PickerChoice::Copy {
                    text: url.into(),
                    conversation: conversation.clone(),
                    subject: "the address",
                };
                PickerItem::new(label, "copy".to_owned(), choice)
            })
            .collect();
        let room = (2 * MAX_LINKS).saturating_sub(items.len());
        for FoundAttachment { label, name, id, content } in attachments.into_iter().take(room) {
            let archive = conversation.object_location.archive;
            let lookup = self.setup.transcript.attachments.as_ref();
            if content.is_none() && lookup.is_some_and(|lookup| !lookup.has(archive, &id)) {
                let note = "not in this archive".to_owned();
                let words = format!("{} is not in this archive", sanitize::label(&name));
                items.push(PickerItem::new(label, note, PickerChoice::Say(words)));
                continue;
            }
            // Nothing takes secrets out of a picture or a PDF.
            let note = if self.redact && content.is_none() { "save, not redacted" } else { "save" };
            let choice = PickerChoice::Save { id, name, content, conversation: conversation.clone() };
            items.push(PickerItem::new(label, note.to_owned(), choice));
        }
        let title = match scope {
            LookupScope::Message if items.is_empty() => return self.open_links_in(LookupScope::Turn),
            LookupScope::Turn if items.is_empty() => return self.open_links_in(LookupScope::Conversation),
            LookupScope::Conversation if items.is_empty() => {
                self.show_failure("there is no link and no attachment in this conversation");
                return Vec::new();
            }
            LookupScope::Message => "Links and attachments",
            LookupScope::Turn => "Links and attachments of this turn",
            LookupScope::Conversation => "Links and attachments of the conversation",
        };
        self.open_overlay(Overlay::Picker(Picker::by_number(title, items)))
    }

    /// Opens the list of commands, by use. One that means nothing here says where it does.
    pub(super) fn open_commands(&mut self) -> Vec<Effect> {
        let items = command_index::by_use().filter_map(|(command, section, called)| {
            let (keys, note, choice) = self.command_choice(command)?;
            let entry = CommandEntry { name: command.name(), keys, called, section };
            Some(PickerItem { label: command.help().to_owned(), note, command: Some(entry), choice })
        });
        let picker = Picker::by_typing("Every command", items.collect());
        self.open_overlay(Overlay::Picker(picker))
    }

    /// Returns the keys of a command, what is noted beside it, and what choosing it does here. `None`: it means nothing anywhere.
    fn command_choice(&self, command: Command) -> Option<(String, String, PickerChoice)> {
        let keymap = &self.setup.keymap;
        let place = self.place();
        if keymap.commands(place).contains(&command) {
            let keys = keymap.keys_for(place, command);
            return Some((keys.clone(), keys, PickerChoice::Run(command)));
        }
        let elsewhere = [(KeyPlace::List, "list"), (KeyPlace::Thread, "thread")];
        let (place, name) =
            elsewhere.into_iter().find(|(place, _)| keymap.commands(*place).contains(&command))?;
        let keys = keymap.keys_for(place, command);
        let words = format!("{} is for the {name}", command.name());
        let note = if keys.is_empty() { format!("in the {name}") } else { format!("{keys} in the {name}") };
        Some((keys, note, PickerChoice::Say(words)))
    }
}
