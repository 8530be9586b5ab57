//! Turns the blocks of a message into messages: its words, and what the model thought and did between them.
//!
//! A message of the export is a list of blocks. Words that stand together are one message here, each other block is
//! one of its own, so that reasoning and tools fold where they happened.

use serde::de::SeqAccess;

use super::{
    artifacts::{self, Artifact},
    attachments,
    parse::MessageCollector,
    shape::{BlockFields, ChatMessage, CodeInput},
    tags::{self, TaggedText},
};
use crate::{
    conversation::{Detail, Kind, Link, NameTable, Part, Role, Visibility},
    import::{
        growth::GrowthBudget,
        json::{self, Lenient, MaybeText, MemoryBudget, Raw, Repaired, record},
        message_arena::ParsedMessage,
    },
};

/// Types of blocks, each seen in exports.
const KNOWN_TYPES: [&str; 10] = [
    "text",
    "thinking",
    "tool_use",
    "tool_result",
    "injected_prompt_block",
    "image",
    "document",
    "voice_note",
    // What the model is told of its own limits, and reasoning that is encrypted: there are no words in it.
    "token_budget",
    "redacted_thinking",
];

/// The texts in `text` for a block that its writer did not know.
const PLACEHOLDERS: [&str; 3] = [
    "This block is not supported on your current device yet.",
    "Viewing artifacts created via the Analysis Tool web feature preview isn’t yet supported on mobile.",
    "```",
];

/// A message while its blocks are gone through.
struct OpenMessage<'a, 'de> {
    message: &'a ChatMessage<'de>,
    role: Option<Role>,
    /// The beginning of the words at hand in the buffer, if there are any.
    words: Option<usize>,
    /// `true` once words were found among the blocks.
    has_words: bool,
    /// Files that wait for the message's words.
    files: Vec<Part>,
    /// Pages that the words at hand cite.
    sources: Vec<Link>,
    /// Pages that tools found: a citation may name one by its address alone.
    found: Vec<Link>,
}

/// The number of pages listed for one stretch of words.
const MAX_SOURCES: usize = 1_000;

/// A piece of a message, whose text is in the arena already.
struct BlockMessage<'a> {
    role: Role,
    kind: Kind,
    name: Option<&'a str>,
    parts: Vec<Part>,
}

record! {
    /// An element of a tool's result, where that is a list: a page, a file.
    ResultPage<'de> {
        title: MaybeText<'de> = "title",
        name: MaybeText<'de> = "name",
        url: MaybeText<'de> = "url",
    }
}

impl MessageCollector<'_> {
    /// Keeps a message: as at least one piece. The lists of its blocks count against the budget.
    pub(super) fn add_message(&mut self, message: &ChatMessage<'_>, budget: &MemoryBudget) {
        let role = match message.sender.as_deref() {
            Some("human" | "user") => Some(Role::User),
            Some("assistant") => Some(Role::Assistant),
            Some("system") => Some(Role::System),
            _ => None,
        };
        let first = self.arena.messages.len();
        let files = self.files(message);
        let mut open = OpenMessage {
            message,
            role,
            words: None,
            has_words: false,
            files,
            sources: Vec::new(),
            found: Vec::new(),
        };
        for &block in &message.content.list {
            if self.full() {
                self.dropped += 1;
                continue;
            }
            match block.0.as_bytes().first() {
                Some(b'"') => self.say(&mut open, block),
                Some(b'{') => {
                    let repaired = Repaired::new();
                    if let Ok(fields) = json::from_str_or_repaired(block.0, &repaired, budget) {
                        self.block(&mut open, block, &fields);
                    }
                }
                _ => {}
            }
        }
        if let Some(bare) = &message.content.bare {
            self.arena.content_types.count("text", true);
            self.begin(&mut open);
            self.say_words(&mut open, bare);
        }
        if !open.has_words {
            self.use_message_text(&mut open);
        }
        let nothing = self.arena.messages.len() == first;
        if open.words.is_some() || !open.files.is_empty() || nothing {
            self.flush(&mut open);
        }
    }

    /// Writes the message's own `text`: exports of 2023 have nothing else, later ones repeat in it what the
    /// blocks say.
    fn use_message_text(&mut self, open: &mut OpenMessage<'_, '_>) {
        let mut text = String::new();
        open.message.text.append_text(&mut text);
        if open.message.content.list.is_empty() {
            self.arena.content_types.count("text", true);
        } else {
            for placeholder in PLACEHOLDERS {
                text = text.replace(placeholder, "");
            }
        }
        if !text.trim().is_empty() {
            self.say_words(open, &text);
        }
    }

    fn block(&mut self, open: &mut OpenMessage<'_, '_>, whole: Raw<'_>, fields: &BlockFields<'_>) {
        let kind = fields.kind.as_deref().unwrap_or_default();
        self.arena.content_types.count(kind, KNOWN_TYPES.contains(&kind));
        let tool = fields.name.as_deref();
        let speaker = open.role.unwrap_or(Role::Tool);
        let message = |role, kind, name| BlockMessage { role, kind, name, parts: Vec::new() };
        let mut text = String::new();
        let message = match kind {
            "text" => {
                add_cited_pages(fields, &mut open.sources, &self.arena.growth);
                return self.say(open, fields.text);
            }
            // What somebody spoke is what they said, whoever's message it stands in.
            "voice_note" => {
                let title = fields.title.as_deref().unwrap_or_default().trim();
                if !title.is_empty() && title != "Voice note" {
                    text.push_str(title);
                    text.push_str("\n\n");
                }
                fields.text.append_text(&mut text);
                open.has_words = true;
                message(Role::User, Kind::Text, None)
            }
            "image" | "document" => {
                open.files.extend(attachments::of_block(fields));
                return;
            }
            "token_budget" | "redacted_thinking" => return,
            "thinking" => {
                write_thinking(fields, &mut text);
                let parts = thought_part(fields).into_iter().collect();
                BlockMessage { parts, ..message(speaker, Kind::Reasoning, None) }
            }
            "tool_use" => {
                let number = self.arena.messages.len() as u32 + u32::from(open.words.is_some());
                let artifact = Artifact::of(number, tool, fields.input);
                write_input(fields.input, &mut text);
                let pages = if artifact.is_some() { artifacts::sources(fields.input) } else { Vec::new() };
                self.artifacts.extend(artifact);
                BlockMessage { parts: sources_part(pages, &text), ..message(speaker, Kind::Call, tool) }
            }
            "tool_result" => {
                let parts = write_result(fields, &mut text);
                for part in &parts {
                    if let Detail::Sources(links) = &part.detail {
                        open.found.extend(
                            links.iter().take(MAX_SOURCES - open.found.len().min(MAX_SOURCES)).cloned(),
                        );
                    }
                }
                let kind = if fields.failed { Kind::Error } else { Kind::Output };
                BlockMessage { parts, ..message(Role::Tool, kind, tool) }
            }
            // Nobody's words: put in by the provider, or of a kind that is not known yet.
            _ => {
                write_any_words(whole, fields, &mut text);
                let role = if speaker == Role::Assistant { speaker } else { Role::Tool };
                message(role, Kind::Other, Some(kind))
            }
        };
        self.add_block(open, message, &text, fields.cut_off);
    }

    /// Adds words to those at hand, as they stand in JSON.
    fn say(&mut self, open: &mut OpenMessage<'_, '_>, words: Raw<'_>) {
        let mut text = String::new();
        words.append_text(&mut text);
        self.say_words(open, &text);
    }

    /// Adds words to those at hand; what Claude put into tags becomes messages of its own.
    fn say_words(&mut self, open: &mut OpenMessage<'_, '_>, text: &str) {
        if open.role != Some(Role::Assistant) || !tags::may_be_in(text) {
            return self.add_words(open, text);
        }
        for tagged in tags::split_at_tags(text) {
            if self.full() {
                self.dropped += 1;
                continue;
            }
            match tagged {
                TaggedText::Words(words) => self.add_words(open, words),
                TaggedText::Thinking(thought) => {
                    let message = BlockMessage {
                        role: Role::Assistant,
                        kind: Kind::Reasoning,
                        name: None,
                        parts: Vec::new(),
                    };
                    self.add_block(open, message, thought, false);
                }
                TaggedText::Artifact(call) => {
                    self.flush_words(open);
                    self.artifacts.push(Artifact::whole(self.arena.messages.len() as u32));
                    let name = Some("artifacts");
                    let message =
                        BlockMessage { role: Role::Assistant, kind: Kind::Call, name, parts: Vec::new() };
                    self.add_block(open, message, &call, false);
                }
            }
            open.has_words = true;
        }
    }

    fn add_words(&mut self, open: &mut OpenMessage<'_, '_>, words: &str) {
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
    fn add_block(
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
    fn begin(&mut self, open: &mut OpenMessage<'_, '_>) -> usize {
        *open.words.get_or_insert(self.arena.text.len())
    }

    /// Closes the words at hand, if there are any.
    fn flush_words(&mut self, open: &mut OpenMessage<'_, '_>) {
        if open.words.is_some() {
            self.flush(open);
        }
    }

    /// Closes the words at hand, the files with them.
    fn flush(&mut self, open: &mut OpenMessage<'_, '_>) {
        let start = open.words.take().unwrap_or(self.arena.text.len());
        let mut parts = std::mem::take(&mut open.files);
        if !open.sources.is_empty() {
            let end = (self.arena.text.len() - start) as u32;
            let mut sources = std::mem::take(&mut open.sources);
            // A page that a tool found once may be cited many times.
            for source in sources.iter_mut().filter(|source| source.title.is_empty()) {
                if let Some(page) = open.found.iter().find(|page| page.url == source.url)
                    && self.arena.growth.spend(page.title.len())
                {
                    source.title = page.title.clone();
                }
            }
            let sources = sources.into();
            parts.push(Part { range: end..end, detail: Detail::Sources(sources) });
        }
        let (kind, name) = match open.role {
            Some(_) => (Kind::Text, None),
            None => (Kind::Other, open.message.sender.as_deref()),
        };
        self.push(
            open,
            BlockMessage { role: open.role.unwrap_or(Role::Tool), kind, name, parts },
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
        let BlockMessage { role, kind, name, mut parts } = message;
        arena.bound(&mut parts);
        let blank = arena.text[start..].trim_start().is_empty();
        let attached = parts.iter().any(|part| matches!(part.detail, Detail::Attachment(_)));
        let visibility = match kind {
            _ if blank && !attached => Visibility::Hidden,
            Kind::Text if role == Role::System => Visibility::Hidden,
            Kind::Text => Visibility::Shown,
            _ => Visibility::Folded,
        };
        let parsed = ParsedMessage {
            role,
            visibility,
            kind,
            interrupted,
            time: open.message.created.0,
            model: NameTable::NO_SLOT,
            name: arena.slot(name),
            text: start as u32..arena.text.len() as u32,
            parts: arena.keep(&mut parts),
        };
        arena.messages.push(parsed);
    }
}

/// Writes the reasoning, or the summary of it.
fn write_thinking(fields: &BlockFields<'_>, text: &mut String) {
    fields.thinking.append_text(text);
    if !text.trim_start().is_empty() {
        return;
    }
    text.clear();
    for summary in &fields.summaries {
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        summary.summary.append_text(text);
    }
}

/// Returns how long the model thought.
fn thought_part(fields: &BlockFields<'_>) -> Option<Part> {
    let spent = fields.stopped.0?.0.checked_sub(fields.started.0?.0)?;
    let seconds = u32::try_from((spent + 500_000) / 1_000_000).ok()?;
    Some(Part { range: 0..0, detail: Detail::Thought { seconds: Some(seconds) } })
}

/// Writes the input of a tool: code as code, all else as the JSON it is.
fn write_input(input: Raw<'_>, text: &mut String) {
    let repaired = Repaired::new();
    if input.0.starts_with('{')
        && let Ok(CodeInput { code }) = json::from_str_or_repaired(input.0, &repaired, &MemoryBudget::none())
        && code.is_text()
    {
        return code.unescape(text);
    }
    if input.is_text() {
        input.unescape(text);
    } else if !matches!(input.0, "" | "null") {
        text.push_str(input.0);
    }
}

/// The pages that a list names.
#[derive(Default)]
struct Pages(Vec<Link>);

impl<'de> Lenient<'de> for Pages {
    fn from_list<A: SeqAccess<'de>>(mut list: A, budget: &MemoryBudget) -> Result<Self, A::Error> {
        let mut links = Vec::new();
        while let Some(given) = list.next_element_seed(budget.seed::<ResultPage<'de>>())? {
            add_link(given.title.as_deref().or(given.name.as_deref()), given.url.as_deref(), &mut links);
        }
        Ok(Self(links))
    }
}

/// Writes the result of a tool, its words or else the JSON it is, and returns the pages it names.
fn write_result(fields: &BlockFields<'_>, text: &mut String) -> Vec<Part> {
    let content = fields.content;
    content.append_text(text);
    let mut links = Vec::new();
    if content.0.starts_with('[') {
        let repaired = Repaired::new();
        let pages = json::from_str_or_repaired::<Pages>(content.0, &repaired, &MemoryBudget::none());
        links = pages.unwrap_or_default().0;
    }
    if text.trim_start().is_empty() {
        text.clear();
        fields.message.append_text(text);
    }
    if text.trim_start().is_empty() && !matches!(content.0, "" | "null" | "[]" | "{}" | "\"\"") {
        text.clear();
        text.push_str(content.0);
    }
    sources_part(links, text)
}

/// Returns pages as a part at the end of a text; nothing for no page.
fn sources_part(links: Vec<Link>, text: &str) -> Vec<Part> {
    if links.is_empty() {
        return Vec::new();
    }
    let end = text.len() as u32;
    vec![Part { range: end..end, detail: Detail::Sources(links.into()) }]
}

/// Writes the words of a block of a type nobody knows yet, in whichever field has some; else the block
/// itself, so that it is never a blank.
fn write_any_words(whole: Raw<'_>, fields: &BlockFields<'_>, text: &mut String) {
    let fields = [fields.text, fields.content, fields.prompt, fields.thinking, fields.result, fields.message];
    for value in fields {
        value.append_text(text);
        if !text.trim_start().is_empty() {
            return;
        }
        text.clear();
    }
    text.push_str(whole.0);
}

/// Adds the pages that words cite, each once.
fn add_cited_pages(fields: &BlockFields<'_>, links: &mut Vec<Link>, growth: &GrowthBudget) {
    for cited in &fields.citations {
        let own = (cited.title.as_deref(), cited.url.as_deref().or(cited.details.url.as_deref()));
        let others = cited.sources.iter().map(|source| (source.title.as_deref(), source.url.as_deref()));
        for (title, url) in std::iter::once(own).chain(others) {
            // One title may be that of many sources.
            let shared = || cited.details.title.as_deref().filter(|shared| growth.spend(shared.len()));
            add_link(title.or_else(shared), url, links);
        }
    }
}

/// Adds a page, unless it has no address or is there already.
pub(super) fn add_link(title: Option<&str>, url: Option<&str>, links: &mut Vec<Link>) {
    let Some(url) = url.filter(|url| !url.is_empty()) else { return };
    if links.len() < MAX_SOURCES && !links.iter().any(|link| &*link.url == url) {
        links.push(Link { title: title.unwrap_or_default().into(), url: url.into() });
    }
}
