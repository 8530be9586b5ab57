//! A message while its blocks are gone through, and the pieces that it becomes: each goes into the arena as soon as it
//! ends.

use super::{
    cited_pages::name_by_found_pages, parse::MessageCollector, shape::ChatMessage, unread::MessageExtras,
};
use crate::{
    conversation::{Annotation, AnnotationKind, Link, MessageKind, NameTable, Role, Visibility},
    import::{message_arena::ParsedMessage, unread::push_field},
};

/// A message while its blocks are gone through.
pub(super) struct OpenMessage<'a, 'de> {
    pub message: &'a ChatMessage<'de>,
    pub role: Option<Role>,
    /// The beginning of the words at hand in the buffer, if there are any.
    pub words: Option<usize>,
    /// `true` once words were found among the blocks.
    pub has_words: bool,
    /// Files that wait for the message's words.
    pub files: Vec<Annotation>,
    /// Pages that the words at hand cite.
    pub sources: Vec<Link>,
    /// Pages that tools found: a citation may name one by its address alone.
    pub found: Vec<Link>,
    /// What is in the message besides.
    pub rest: MessageExtras,
}

impl<'a, 'de> OpenMessage<'a, 'de> {
    /// Opens a message of which no block was looked at.
    pub(super) fn of(message: &'a ChatMessage<'de>, role: Option<Role>) -> Self {
        Self {
            message,
            role,
            words: None,
            has_words: false,
            files: Vec::new(),
            sources: Vec::new(),
            found: Vec::new(),
            rest: MessageExtras::default(),
        }
    }
}

/// A piece of a message, whose text is in the arena already.
pub(super) struct BlockMessage<'a> {
    pub role: Role,
    pub kind: MessageKind,
    pub name: Option<&'a str>,
    pub annotations: Vec<Annotation>,
}

impl<'a> BlockMessage<'a> {
    /// Describes a piece without files and pages.
    pub(super) fn of(role: Role, kind: MessageKind, name: Option<&'a str>) -> Self {
        Self { role, kind, name, annotations: Vec::new() }
    }
}

impl MessageCollector<'_> {
    /// Adds words to those at hand, apart from the ones before them.
    pub(super) fn append_plain(&mut self, open: &mut OpenMessage<'_, '_>, words: &str) {
        let begun = open.words.is_some();
        let start = self.begin(open);
        open.has_words |= !words.trim().is_empty();
        let before = &self.arena.text[start..];
        let apart = before.ends_with(char::is_whitespace) || words.starts_with(char::is_whitespace);
        if begun && !before.is_empty() && !words.is_empty() && !apart {
            self.arena.text.push_str("\n\n");
        }
        self.arena.text.push_str(words);
    }

    /// Closes the words at hand and adds a piece of its own after them.
    pub(super) fn add_block(
        &mut self,
        open: &mut OpenMessage<'_, '_>,
        message: BlockMessage<'_>,
        text: &str,
        interrupted: bool,
    ) {
        self.flush_words(open);
        let start = self.arena.text.len();
        self.arena.text.push_str(text);
        self.push(open, message, start, interrupted);
    }

    /// Returns the beginning of the words at hand, and begins some if there are none.
    pub(super) fn begin(&mut self, open: &mut OpenMessage<'_, '_>) -> usize {
        *open.words.get_or_insert(self.arena.text.len())
    }

    /// Closes the words at hand, if there are any.
    pub(super) fn flush_words(&mut self, open: &mut OpenMessage<'_, '_>) {
        if open.words.is_some() {
            self.flush(open);
        }
    }

    /// Closes the words at hand, the files with them.
    pub(super) fn flush(&mut self, open: &mut OpenMessage<'_, '_>) {
        let start = open.words.take().unwrap_or(self.arena.text.len());
        let mut annotations = std::mem::take(&mut open.files);
        // What has no words is not shown, nor would its sources be.
        if self.arena.text[start..].trim_start().is_empty() {
            for source in open.sources.drain(..) {
                push_field(&source.title, &source.url, &mut open.rest.more);
            }
        }
        if !open.sources.is_empty() {
            let end = (self.arena.text.len() - start) as u32;
            let mut sources = std::mem::take(&mut open.sources);
            name_by_found_pages(&mut sources, &open.found, &self.arena.growth);
            let sources = sources.into();
            annotations.push(Annotation { range: end..end, detail: AnnotationKind::ListedSources(sources) });
        }
        let (kind, name) = match open.role {
            Some(_) => (MessageKind::Text, None),
            None => (MessageKind::Other, open.message.sender.as_deref()),
        };
        self.push(
            open,
            BlockMessage { role: open.role.unwrap_or(Role::Tool), kind, name, annotations },
            start,
            false,
        );
    }

    /// Keeps a piece, whose text begins there in the buffer and ends with it.
    fn push(
        &mut self,
        open: &OpenMessage<'_, '_>,
        message: BlockMessage<'_>,
        start: usize,
        interrupted: bool,
    ) {
        let arena = &mut self.arena;
        let BlockMessage { role, kind, name, mut annotations } = message;
        arena.truncate_to_limit(&mut annotations);
        let blank = arena.text[start..].trim_start().is_empty();
        let attached = annotations.iter().any(|part| matches!(part.detail, AnnotationKind::Attachment(_)));
        let visibility = match kind {
            _ if blank && !attached => Visibility::Hidden,
            MessageKind::Text if role == Role::System => Visibility::Hidden,
            MessageKind::Text => Visibility::Shown,
            _ => Visibility::Folded,
        };
        let parsed = ParsedMessage {
            role,
            visibility,
            kind,
            interrupted,
            time: open.message.created.0,
            model: NameTable::NO_NAME,
            name: arena.intern(name),
            text: start as u32..arena.text.len() as u32,
            annotations: arena.keep(&mut annotations),
        };
        arena.messages.push(parsed);
    }
}
