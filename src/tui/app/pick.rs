//! What is chosen from: the prompts of a thread, its links and files, the commands; and what choosing does.

use super::{
    App, CommandEntry, Overlay, Picker, PickerChoice, PickerItem,
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
    },
};

/// Prompts of a thread that are listed; what is typed is looked for in all of them.
const MAX_PROMPTS: usize = 10_000;

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
                    thread.view.begin_jump();
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
