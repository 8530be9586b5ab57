//! Copying: the text of what is selected or marked, and what became of it. The texts are made by `extract`, by the same
//! calls as the subcommand's.

use std::borrow::Cow;

use super::{
    App, Focus, Overlay, Picker, PickerChoice, PickerItem, ThreadPane,
    found_hits::{place_of, snippet_of_row},
    lookup::{Awaited, bytes_of, bytes_of_message},
    thread_pane::MAX_COST,
};
use crate::{
    conversation::Visibility,
    extract::{self, Format, clipboard::Copied},
    library::{ConversationHandle, ConversationRef},
    message::{
        CodeBlock, MAX_BLOCKS, MessageView,
        format::{first_line, lines},
    },
    transcript::sanitize,
    tui::{
        effect::{CopyContent, CopyFailure, CopyOutcome, CopyRequest, CopySource, Effect, Task},
        format,
        lookup::{Lookup, LookupScope},
        thread_view::{ThreadView, line_at},
    },
};

/// Said when `esc` stops a copy, until it is known whether it came too late for that.
pub(super) const STOPPING_COPY: &str = "stopping the copy …";

impl App {
    /// Returns the conversation that copies and extracts are about: the one being read, else the selected one.
    fn subject(&self) -> Option<ConversationHandle> {
        match (self.focus, &self.thread) {
            (Focus::Thread, Some(thread)) => Some(thread.handle),
            _ => self.selected(),
        }
    }

    /// Returns that conversation, and the branch on the screen if it is being read.
    pub(super) fn shared_subject(&self) -> Option<(ConversationRef, Option<usize>)> {
        let handle = self.subject()?;
        let thread = self.thread.as_ref().filter(|thread| thread.handle == handle);
        Some((self.library.share(handle), thread.and_then(|thread| thread.view.transcript().leaf())))
    }

    pub(super) fn options(&self, format: Format, leaf: Option<usize>) -> extract::ExtractOptions {
        extract::ExtractOptions { leaf, ..extract::ExtractOptions::new(format, self.setup.zone.clone()) }
    }

    pub(super) fn nothing(&mut self) -> Vec<Effect> {
        self.show_failure("no conversation is selected");
        Vec::new()
    }

    /// Returns the message that `y` means: the selected one of the thread, or of the preview, or the best one.
    pub(super) fn subject_message(&self) -> Option<usize> {
        if let Some(thread) = &self.thread
            && Some(thread.handle) == self.subject()
        {
            return thread.view.message();
        }
        let row = self.search.listing.selected_row()?;
        let conversation = self.library.get(row.handle);
        let shown = self.place_in_row().map(|(message, _)| message);
        shown.or(row.best_message.map(|best| best as usize)).or_else(|| {
            conversation
                .current_path()
                .into_iter()
                .find(|&message| conversation.messages()[message].visibility == Visibility::Shown)
        })
    }

    /// Returns the messages that `y` means: the marked ones, else [`App::subject_message`].
    pub(super) fn subject_messages(&self) -> Vec<usize> {
        let marked = match self.open_view() {
            Some(reader) if self.focus == Focus::Thread => reader.marked_messages(),
            _ => Vec::new(),
        };
        if marked.len() > 1 { marked } else { self.subject_message().into_iter().collect() }
    }

    pub(super) fn copy_message(&mut self) -> Vec<Effect> {
        // Marks that are not in sight anywhere do not take the place of what is.
        if self.focus == Focus::List && self.search.marked_listed() > 0 {
            return self.copy_marked();
        }
        let Some((conversation, leaf)) = self.shared_subject() else { return self.nothing() };
        let messages = self.subject_messages();
        if messages.is_empty() {
            self.show_failure("there is no message to copy");
            return Vec::new();
        }
        let subject: Cow<'static, str> = match messages.len() {
            1 => subject_of(&conversation, messages[0]),
            count => format!("{} marked messages", format::number(count)).into(),
        };
        self.copy_messages(conversation, messages, leaf, subject)
    }

    pub(super) fn copy_answer(&mut self) -> Vec<Effect> {
        let Some((conversation, leaf)) = self.shared_subject() else { return self.nothing() };
        let answer = self.subject_message().and_then(|message| extract::answer_for(&conversation, message));
        let Some(answer) = answer else {
            self.show_failure("there is no answer in this conversation");
            return Vec::new();
        };
        self.copy_messages(conversation, vec![answer], leaf, "the answer")
    }

    fn copy_messages(
        &mut self,
        conversation: ConversationRef,
        messages: Vec<usize>,
        leaf: Option<usize>,
        subject: impl Into<Cow<'static, str>>,
    ) -> Vec<Effect> {
        let bytes = messages.iter().map(|&message| bytes_of_message(&conversation, message)).sum();
        let options = Box::new(self.options(self.copy_as, leaf));
        self.copy_from(CopySource::Messages(conversation, messages, options), bytes, subject)
    }

    pub(super) fn copy_conversation(&mut self) -> Vec<Effect> {
        let Some((conversation, leaf)) = self.shared_subject() else { return self.nothing() };
        if self.copy_as == Format::Jsonl {
            self.await_copy("reading the original");
            return vec![Effect::Background(Task::Copy(CopyRequest {
                content: CopyContent::Original(conversation),
                subject: "the conversation".into(),
                format_name: "json",
                redact: self.redact,
                conversations: Vec::new(),
            }))];
        }
        let bytes = bytes_of(&conversation);
        let options = Box::new(self.options(self.copy_as, leaf));
        let view = self.open_view().filter(|_| leaf.is_some());
        let subject = if view.is_some_and(ThreadView::is_on_other_branch) {
            "this branch (not the current one)"
        } else {
            "the conversation"
        };
        self.copy_from(CopySource::Conversation(conversation, options), bytes, subject)
    }

    /// Returns the form of a copy, in a word.
    pub(super) fn format_name_of(&self, source: &CopySource) -> &'static str {
        if matches!(source, CopySource::Written(..)) { "text" } else { self.format_name() }
    }

    /// Returns the form of copies, in a word.
    pub fn format_name(&self) -> &'static str {
        if self.copy_as == Format::Jsonl { "json" } else { self.copy_as.as_str() }
    }

    /// Sets the format in which messages and conversations are copied from here on.
    pub(super) fn copy_as(&mut self, format: Format) -> Vec<Effect> {
        self.copy_as = format;
        self.say(match format {
            Format::Text => "messages and conversations are copied as text from here on",
            Format::Jsonl | Format::Json => {
                "copied as json from here on: a conversation's original object, an object a message"
            }
            _ => "messages and conversations are copied as markdown from here on",
        });
        Vec::new()
    }

    /// Copies the line that the hit stands in, exactly as written.
    pub(super) fn copy_line(&mut self) -> Vec<Effect> {
        let Some((line, conversation)) = self.line_of_hit() else {
            self.show_failure("there is no hit here: y copies the whole message");
            return Vec::new();
        };
        let bytes = line.len();
        self.copy_from(CopySource::Written(line, vec![conversation]), bytes, "the line")
    }

    /// Returns the line that `t` means, and the conversation it stands in: of the hit in focus, or, where no thread is in
    /// sight, of the hit that the row shows.
    fn line_of_hit(&self) -> Option<(String, ConversationRef)> {
        let query = self.search.text_of_query();
        let is_in_sight = |thread: &&ThreadPane| {
            self.focus == Focus::Thread || self.layout.wide || thread.shows(thread.handle, query)
        };
        if let Some(thread) = self.thread.as_ref().filter(is_in_sight) {
            return Some((thread.view.hit_line()?.to_owned(), thread.view.conversation().clone()));
        }
        let conversation = self.library.share(self.selected()?);
        let (message, byte) = self.place_in_row()?;
        let line = line_at(&conversation, message, &(byte..byte))?.to_owned();
        Some((line, conversation))
    }

    /// Returns the place that the snippet of the selected row shows: the message, and a byte of its words.
    fn place_in_row(&self) -> Option<(usize, usize)> {
        let row = self.search.listing.selected_row()?;
        if let Some(facts) = self.search.facts(row) {
            return facts.snippet.as_ref().map(place_of);
        }
        let conversation = self.library.get(row.handle);
        let matcher = self.search.matcher_of(row).filter(|matcher| matcher.cost(conversation) <= MAX_COST)?;
        snippet_of_row(conversation, row, matcher).as_ref().map(place_of)
    }

    pub(super) fn copy_address(&mut self) -> Vec<Effect> {
        let Some((conversation, _)) = self.shared_subject() else { return self.nothing() };
        let Some(text) = extract::address(&*conversation) else {
            self.show_failure("the archive gives this conversation no id, so it has no address");
            return Vec::new();
        };
        let text = extract::without_control_chars(&text).into_owned();
        self.copied = None;
        vec![Effect::copy(text, "the address", "text", self.redact, vec![conversation])]
    }

    pub(super) fn copy_code(&mut self) -> Vec<Effect> {
        self.copy_code_in(LookupScope::Message)
    }

    fn copy_code_in(&mut self, scope: LookupScope) -> Vec<Effect> {
        let Some((conversation, _)) = self.shared_subject() else { return self.nothing() };
        let messages = self.messages_in(scope);
        let bytes = messages.iter().map(|&message| conversation.message_text(message).len()).sum();
        self.look_up(Lookup::Code(conversation, messages, scope), bytes, "looking for code")
    }

    /// Copies the one block of code that was found, or lets one be picked.
    pub(super) fn show_code(
        &mut self,
        mut blocks: Vec<CodeBlock>,
        conversation: &ConversationRef,
        scope: LookupScope,
    ) -> Vec<Effect> {
        let is_message = scope == LookupScope::Message;
        let subject = if is_message { "the code" } else { "the code of its turn" };
        match blocks.len() {
            // A question has none: what is meant is in its answer.
            0 if is_message => self.copy_code_in(LookupScope::Turn),
            0 => {
                self.show_failure("there is no code in this message, and none in its turn");
                Vec::new()
            }
            1 => {
                let code = blocks.swap_remove(0).code;
                let bytes = code.len();
                self.copy_from(CopySource::Written(code, vec![conversation.clone()]), bytes, subject)
            }
            count => {
                if count == MAX_BLOCKS {
                    self.say(format!("only the first {} blocks of code", format::number(MAX_BLOCKS)));
                }
                let title =
                    if is_message { "Copy which code block?" } else { "Copy which code block of this turn?" };
                let items = blocks
                    .into_iter()
                    .map(|block| {
                        let first = first_line(&block.code).unwrap_or("");
                        let language = if block.language.is_empty() { "code" } else { &block.language };
                        let label = format!("{language}  {}", first.chars().take(200).collect::<String>());
                        let note = format::count(lines(&block.code) as usize, "line", "lines");
                        let choice = PickerChoice::Copy {
                            text: block.code,
                            conversation: conversation.clone(),
                            subject,
                        };
                        PickerItem::new(label, note, choice)
                    })
                    .collect();
                self.open_overlay(Overlay::Picker(Picker::by_number(title, items)))
            }
        }
    }

    pub(super) fn copied(&mut self, outcome: CopyOutcome) {
        if self.awaited == Some(Awaited::Copy) {
            self.awaited = None;
        }
        self.tell_copied(outcome);
    }

    /// Says which secrets the copy of this number holds, unless something else was copied meanwhile, or `esc` pressed.
    pub(super) fn held_by_copy(&mut self, number: u64, secrets: String) {
        if let Some(outcome) = self.copied.take_if(|copied| copied.number == number) {
            self.tell_copied(CopyOutcome { secrets: Some(secrets), ..outcome });
        }
    }

    fn tell_copied(&mut self, outcome: CopyOutcome) {
        let failure = outcome.failure().unwrap_or_default();
        match &outcome.result {
            Ok(copied) => {
                self.say(told(&outcome, copied, self.layout.status.width as usize));
                let opening = sanitize::label(&outcome.opening).into_owned();
                self.opening = Some(opening).filter(|words| !words.is_empty() && outcome.secrets.is_none());
                self.copied = Some(outcome);
            }
            // What cannot be read cannot be saved either.
            Err(CopyFailure::Unreadable(_) | CopyFailure::Empty) => self.show_failure(failure),
            // Now it is so, if that is what the person still looks at.
            Err(CopyFailure::Stopped) => {
                if self.status.as_ref().is_some_and(|(_, words)| words == STOPPING_COPY) {
                    self.say("stopped");
                }
            }
            Err(CopyFailure::Refused(_)) => self.show_failure(failure + ": e saves it"),
        }
    }
}

/// Returns the name of a message for the status line.
fn subject_of(conversation: &ConversationRef, message: usize) -> Cow<'static, str> {
    if conversation.messages()[message].visibility == Visibility::Shown {
        return "the message".into();
    }
    match MessageView::of(conversation, message).label().noun() {
        "" => "what is folded here alone".into(),
        noun => format!("the {noun} alone").into(),
    }
}

/// Says what was copied and by which way.
fn told(outcome: &CopyOutcome, copied: &Copied, columns: usize) -> String {
    let verb = if copied.arrived { "copied" } else { "sent" };
    let size = format::size(copied.bytes as u64);
    let size = match &*outcome.subject {
        "the message" | "the answer" => size,
        subject => format!("{subject}, {size}"),
    };
    let way = match copied.way.strip_prefix("of the desktop") {
        Some(rest) => format!("to the desktop's clipboard{rest}"),
        None => copied.way.clone(),
    };
    let head = format!("{verb} {size} {way}");
    let Some(secrets) = &outcome.secrets else { return head };
    let (within, before) = if outcome.redacted {
        (format!("redacted {secrets}"), "redacted ")
    } else {
        (format!("it holds {secrets}: r redacts"), "r redacts what it holds: ")
    };
    let words = format!("{head} · {within}");
    let columns = columns.saturating_sub(2);
    if sanitize::width(&words) <= columns {
        return words;
    }
    // What is cut off else is how it went, not what is in it; and of that the rest is counted.
    let head = format!("{verb} {size} · {before}");
    let secrets = format::fit_list(secrets, columns.saturating_sub(sanitize::width(&head)));
    format!("{head}{secrets} · {way}")
}
