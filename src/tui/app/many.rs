//! Several at once: marked conversations, marked messages, all that the list holds; and what is piped to a command.

use std::path::PathBuf;

use super::{App, Dialog, ExtractDialog, TextInput, copy_save::beside};
use crate::{
    extract::{self, Format},
    library::{Handle, Shared},
    secrets::Scanner,
    tui::{
        action::Command,
        effect::{Effect, ManyOutcome},
        format,
    },
};

impl App {
    /// Marks the selected conversation or takes its mark away, and goes on to the next.
    pub(super) fn mark(&mut self) -> Vec<Effect> {
        let Some(handle) = self.selected() else { return self.nothing() };
        if !self.marked.remove(&handle) {
            self.marked.insert(handle);
        }
        let effects = self.move_selection(1);
        let count = self.marked.len();
        self.say(match count {
            0 => "nothing is marked".to_owned(),
            _ => format!("{} marked", format::count(count, "conversation", "conversations")),
        });
        effects
    }

    /// The marked conversations in the order of the list; those that are not in it now come last.
    fn marked_in_order(&self) -> Vec<Handle> {
        let mut order: Vec<Handle> = self
            .listing
            .rows
            .iter()
            .map(|row| row.handle)
            .filter(|handle| self.marked.contains(handle))
            .collect();
        let mut rest: Vec<Handle> =
            self.marked.iter().copied().filter(|handle| !order.contains(handle)).collect();
        rest.sort_unstable();
        order.extend(rest);
        order
    }

    /// All marked conversations as one text.
    pub(super) fn copy_marked(&mut self) -> Vec<Effect> {
        let options = extract::Options::new(self.copy_as, self.setup.zone.clone());
        let conversations = self.marked_in_order().into_iter().map(|handle| self.library.get(handle));
        let text = extract::conversations_to_copy(conversations, &options);
        let text = extract::harmless(&text).into_owned();
        let what = "the marked conversations";
        vec![Effect::Copy { text, what, form: self.form(), redact: self.redact }]
    }

    /// The dialog that extracts all marked ones; without marks, all that the list holds.
    pub(super) fn open_extract_all(&mut self) -> Vec<Effect> {
        let handles = if self.marked.is_empty() {
            self.listing.rows.iter().map(|row| row.handle).collect()
        } else {
            self.marked_in_order()
        };
        if handles.is_empty() {
            return self.nothing();
        }
        let conversations: Vec<Shared> =
            handles.into_iter().map(|handle| self.library.share(handle)).collect();
        let mut dialog = ExtractDialog::many(conversations, "./unspool-extract/");
        dialog.redact = self.redact;
        self.show_extract(dialog)
    }

    /// The dialog's enter, for many.
    pub(super) fn write_many(&mut self) -> Vec<Effect> {
        let Some(Dialog::Extract(dialog)) = &mut self.dialog else { return Vec::new() };
        let Some(folder) = dialog.target() else {
            dialog.asks = Some("the files need a folder".to_owned());
            return Vec::new();
        };
        dialog.writing = true;
        vec![Effect::SaveMany {
            conversations: dialog.conversations.clone(),
            extraction: Box::new(dialog.extraction(&self.setup.zone)),
            folder: PathBuf::from(folder),
        }]
    }

    pub(super) fn saved_many(&mut self, outcome: ManyOutcome) {
        let folder = format::path(&outcome.folder);
        let written = format::count(outcome.written, "file", "files");
        let of = format::number(outcome.of);
        let exposed = outcome.attached.exposed();
        let mut sentence = match (&outcome.failure, outcome.over, outcome.stopped) {
            // Both are to be in sight: where to stands above.
            (Some(failure), _, _) if !exposed.is_empty() => {
                format!("{written} of {of} written, attachments not redacted: {failure}")
            }
            (Some(failure), _, _) => format!("{written} of {of} written to {folder}: {failure}"),
            (None, false, _) => format!("{written} of {of} … esc stops"),
            (None, true, true) => format!("stopped: {written} of {of} written to {folder}"),
            (None, true, false) => format!("wrote {written} to {folder}{}", beside(outcome.attached)),
        };
        if outcome.over && outcome.failure.is_none() && !exposed.is_empty() {
            sentence = format!("{exposed} · {sentence}");
        }
        let Some(Dialog::Extract(dialog)) = &mut self.dialog else {
            return if outcome.failure.is_some() { self.fail(sentence) } else { self.say(sentence) };
        };
        if !outcome.over {
            dialog.progress = Some(sentence);
        } else if outcome.failure.is_some() {
            dialog.progress = None;
            dialog.writing = false;
            dialog.replace = true;
            dialog.asks = Some(sentence);
        } else {
            self.dialog = None;
            self.marked.clear();
            self.say(sentence);
        }
    }

    /// Marks messages from the selected one on, or takes the marks away.
    pub(super) fn mark_messages(&mut self) -> Vec<Effect> {
        if let Some(reader) = &mut self.reader {
            let marking = reader.toggle_marking();
            self.say(if marking { "move to mark messages, y copies them" } else { "nothing is marked" });
        }
        Vec::new()
    }

    pub(super) fn open_pipe(&mut self) -> Vec<Effect> {
        if self.selected().is_some() {
            self.pipe = Some(TextInput::default());
        }
        Vec::new()
    }

    pub(super) fn pipe_command(&mut self, command: Command) -> Vec<Effect> {
        let Some(pipe) = &mut self.pipe else { return Vec::new() };
        match command {
            Command::Cancel => self.pipe = None,
            Command::Accept => {
                let line = pipe.text().trim().to_owned();
                self.pipe = None;
                if line.is_empty() {
                    return Vec::new();
                }
                let Some(text) = self.piped_text() else { return self.nothing() };
                return vec![Effect::Pipe { command: line, text }];
            }
            other => pipe.edit(other),
        }
        Vec::new()
    }

    /// What is piped: in the thread the selected or marked messages, in the list the conversation.
    fn piped_text(&self) -> Option<String> {
        let (conversation, leaf) = self.shared_subject()?;
        let options =
            extract::Options { leaf, ..extract::Options::new(Format::Markdown, self.setup.zone.clone()) };
        let text = match self.subject_messages() {
            messages if self.focus == super::Focus::Thread && !messages.is_empty() => {
                extract::messages(&conversation, &messages, &options)
            }
            _ => extract::conversation_to_copy(&conversation, &options),
        };
        // A command's output may reach the terminal as it is.
        let text = extract::harmless(&text).into_owned();
        Some(if self.redact { Scanner::built_in().redact(&text).0 } else { text })
    }
}
