//! Turns the blocks of a message into messages: its words, and what the model thought and did between them.
//!
//! A message of the export is a list of blocks. Words that stand together are one message here, each other block is
//! one of its own, so that reasoning and tools fold where they happened.

use hashbrown::HashSet;

use super::{
    artifacts::{self, Artifact},
    attachments,
    left_out::left_out_of_encrypted,
    parse::{LIST_BUDGET, MessageCollector},
    shape::{BlockFields, ChatMessage, CodeInput, ResultPiece},
    tags::{self, TaggedText},
    unread::{BesideWords, Said, all_words, push_unread},
};
use crate::{
    conversation::{Detail, Kind, Link, NameTable, Part, Role, Visibility},
    import::{
        growth::GrowthBudget,
        json::{self, Lenient, MemoryBudget, Raw, Repaired, UnreadValue},
        message_arena::ParsedMessage,
        outline::outline,
        unread::{push_field, push_raw_line},
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
    /// What is in the message besides.
    rest: BesideWords,
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
        let mut rest = BesideWords::default();
        let files = self.files(message, &mut rest);
        let mut open = OpenMessage {
            message,
            role,
            words: None,
            has_words: false,
            files,
            sources: Vec::new(),
            found: Vec::new(),
            rest,
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
                    match json::from_str_or_repaired(block.0, &repaired, budget) {
                        Ok(fields) => self.block(&mut open, block, &fields),
                        Err(_) => open.rest.keep_field("content", block),
                    }
                }
                _ => open.rest.keep_field("content", block),
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
        if open.has_words {
            self.keep_unsaid_text(&mut open, first);
        }
        open.rest.keep_unread("message", message);
        self.flush_rest(&mut open);
    }

    /// Keeps the lines of the message's own `text` that none of its blocks says.
    fn keep_unsaid_text(&self, open: &mut OpenMessage<'_, '_>, first: usize) {
        let (text, content) = (open.message.text, &open.message.content);
        // Without content it is what was said.
        if (content.list.is_empty() && content.bare.is_none()) || repeats(text, &content.list) {
            return;
        }
        let mut words = String::new();
        all_words(text, &mut words);
        for placeholder in PLACEHOLDERS {
            words = words.replace(placeholder, "");
        }
        let pieces = self.arena.messages[first..].iter();
        let texts = pieces.map(|piece| &self.arena.text[piece.text.start as usize..piece.text.end as usize]);
        let said: HashSet<&str> = texts.flat_map(str::lines).map(str::trim).collect();
        let unsaid = words.lines().map(str::trim);
        let unsaid = unsaid.filter(|line| line.contains(char::is_alphanumeric) && !said.contains(line));
        // What stood in tags is there without them.
        let unsaid = unsaid.filter(|line| !tags::may_be_in(line));
        unsaid.for_each(|line| push_raw_line(line, &mut open.rest.more));
    }

    /// Adds what the message carries besides its words, and counts the keys that nobody knows.
    fn flush_rest(&mut self, open: &mut OpenMessage<'_, '_>) {
        let BesideWords { more, keys } = std::mem::take(&mut open.rest);
        let place = open.message.uuid.as_deref().unwrap_or_default();
        keys.0.iter().for_each(|key| self.arena.content_types.count_key(key, place));
        if !more.contains(char::is_alphanumeric) {
            return;
        }
        if self.full() {
            self.dropped += 1;
            return;
        }
        let role = open.role.unwrap_or(Role::Tool);
        let message = BlockMessage { role, kind: Kind::Other, name: Some("metadata"), parts: Vec::new() };
        self.add_block(open, message, &more, false);
    }

    /// Keeps what sums up a conversation as a piece of no message, folded; `None` where there is none, or nothing that it
    /// could sum up.
    pub(super) fn push_summary(&mut self, summary: &str) -> Option<u32> {
        if summary.trim().is_empty() || self.nodes.is_empty() || self.full() {
            return None;
        }
        let number = self.arena.messages.len() as u32;
        let message = ChatMessage::default();
        let mut open = OpenMessage {
            message: &message,
            role: Some(Role::Assistant),
            words: None,
            has_words: false,
            files: Vec::new(),
            sources: Vec::new(),
            found: Vec::new(),
            rest: BesideWords::default(),
        };
        let piece = BlockMessage {
            role: Role::Assistant,
            kind: Kind::Other,
            name: Some("summary"),
            parts: Vec::new(),
        };
        self.add_block(&mut open, piece, summary, false);
        Some(number)
    }

    /// Writes the message's own `text`: exports of 2023 have nothing else, later ones repeat in it what the
    /// blocks say.
    fn use_message_text(&mut self, open: &mut OpenMessage<'_, '_>) {
        let mut text = String::new();
        if !matches!(open.message.text.0, "" | "null") {
            all_words(open.message.text, &mut text);
        }
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
                add_cited_pages(fields, &mut open.sources, &mut open.rest, &self.arena.growth);
                open.rest.keep_block(fields, &["text", "citations"]);
                open.rest.keep_unread("text", fields);
                return self.say(open, fields.text);
            }
            // What somebody spoke is what they said, whoever's message it stands in.
            "voice_note" => {
                let title = fields.title.as_deref().unwrap_or_default().trim();
                if !title.is_empty() && title != "Voice note" {
                    text.push_str(title);
                    text.push_str("\n\n");
                }
                all_words(fields.text, &mut text);
                open.has_words = true;
                open.rest.keep_block(fields, &["title", "text"]);
                open.rest.keep_unread(kind, fields);
                message(Role::User, Kind::Text, None)
            }
            "image" | "document" => {
                open.files.extend(attachments::of_block(fields));
                open.rest.keep_block(fields, &[if fields.title.is_some() { "title" } else { "name" }]);
                open.rest.keep_unread(kind, fields);
                return;
            }
            "token_budget" => {
                open.rest.keep_block(fields, &[]);
                open.rest.keep_unread(kind, fields);
                return;
            }
            "redacted_thinking" => {
                open.rest.keep_block(fields, &[]);
                let BesideWords { more, keys } = &mut open.rest;
                fields.unread(kind, &mut |key, value| {
                    if left_out_of_encrypted(key).is_none() {
                        keys.push_unread(key, value, left_out_of_encrypted, more);
                    }
                });
                return;
            }
            "thinking" => {
                write_thinking(fields, &mut text);
                open.rest.keep_block(fields, &["thinking", "summaries"]);
                open.rest.keep_unread(kind, fields);
                let parts = thought_part(fields).into_iter().collect();
                BlockMessage { parts, ..message(speaker, Kind::Reasoning, None) }
            }
            "tool_use" => {
                let number = self.arena.messages.len() as u32 + u32::from(open.words.is_some());
                let artifact = Artifact::of(number, tool, fields.input);
                write_input(fields.input, &mut text, &mut open.rest);
                if artifact.is_some_and(Artifact::is_whole) {
                    artifacts::keep_besides(fields.input, &mut open.rest);
                }
                open.rest.keep_block(fields, &["input", "name"]);
                if has_unread(fields) {
                    let mut said = String::new();
                    outline("", fields.input.0, &|_| false, &mut said);
                    keep_unsaid(kind, fields, &said, &mut open.rest);
                }
                let pages = if artifact.is_some() { artifacts::sources(fields.input) } else { Vec::new() };
                self.artifacts.extend(artifact);
                BlockMessage { parts: sources_part(pages, &text), ..message(speaker, Kind::Call, tool) }
            }
            "tool_result" => {
                let parts = write_result(fields, &mut text, &mut open.rest);
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
                write_any_words(whole, fields, &mut text, &mut open.rest);
                let role = if speaker == Role::Assistant { speaker } else { Role::Tool };
                message(role, Kind::Other, Some(kind))
            }
        };
        self.add_block(open, message, &text, fields.cut_off);
    }

    /// Adds words to those at hand, as they stand in JSON.
    fn say(&mut self, open: &mut OpenMessage<'_, '_>, words: Raw<'_>) {
        let mut text = String::new();
        if !matches!(words.0, "" | "null") {
            all_words(words, &mut text);
        }
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
        // What has no words is not shown, nor would its sources be.
        if self.arena.text[start..].trim_start().is_empty() {
            for source in open.sources.drain(..) {
                push_field(&source.title, &source.url, &mut open.rest.more);
            }
        }
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

/// Writes the reasoning, below the summaries of it.
fn write_thinking(fields: &BlockFields<'_>, text: &mut String) {
    let mut thought = String::new();
    all_words(fields.thinking, &mut thought);
    let is_blank = thought.trim_start().is_empty();
    for summary in fields.summaries.iter() {
        let mut words = String::new();
        all_words(summary.summary, &mut words);
        if words.trim().is_empty() {
            continue;
        }
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        // Where there is nothing else, they are the reasoning.
        let mark = if is_blank || words.contains('\n') { "" } else { "**" };
        text.extend([mark, words.trim(), mark]);
    }
    if !is_blank {
        text.push_str(if text.is_empty() { "" } else { "\n\n" });
        text.push_str(&thought);
    }
}

/// Returns how long the model thought.
fn thought_part(fields: &BlockFields<'_>) -> Option<Part> {
    let spent = fields.stopped.0?.0.checked_sub(fields.started.0?.0)?;
    let seconds = u32::try_from((spent + 500_000) / 1_000_000).ok()?;
    Some(Part { range: 0..0, detail: Detail::Thought { seconds: Some(seconds) } })
}

/// Writes the input of a tool: code as code, all else as the JSON it is.
fn write_input(input: Raw<'_>, text: &mut String, rest: &mut BesideWords) {
    let repaired = Repaired::new();
    if input.0.starts_with('{')
        && let Ok(arguments) =
            json::from_str_or_repaired::<CodeInput<'_>>(input.0, &repaired, &MemoryBudget::new(LIST_BUDGET))
        && arguments.code.is_text()
    {
        arguments.unread("input", &mut |key, value| push_unread(key, value, &mut rest.more));
        return arguments.code.unescape(text);
    }
    if input.is_text() {
        input.unescape(text);
    } else if !matches!(input.0, "" | "null") {
        text.push_str(input.0);
    }
}

/// Returns whether there is something that no field took.
fn has_unread(fields: &BlockFields<'_>) -> bool {
    let mut any = false;
    fields.unread("", &mut |_, _| any = true);
    any
}

/// Keeps what no field of a block took, but what its words say already.
fn keep_unsaid(key: &str, fields: &BlockFields<'_>, said: &str, rest: &mut BesideWords) {
    let mut said = Said::of(said);
    let BesideWords { more, keys } = rest;
    fields.unread(key, &mut |key, value| said.push_unsaid(key, value, keys, more));
}

/// Writes the result of a tool, its words or else the JSON it is, and returns the pages it names. What is in it besides
/// its words stands below them.
fn write_result(fields: &BlockFields<'_>, text: &mut String, rest: &mut BesideWords) -> Vec<Part> {
    let content = fields.content;
    content.append_text(text);
    let (repaired, budget) = (Repaired::new(), MemoryBudget::new(LIST_BUDGET));
    let pieces: Vec<ResultPiece<'_>> = match content.0.as_bytes().first() {
        Some(b'[') => json::from_str_or_repaired(content.0, &repaired, &budget).unwrap_or_default(),
        Some(b'{') => json::from_str_or_repaired(content.0, &repaired, &budget).into_iter().collect(),
        _ => Vec::new(),
    };
    let mut links = Vec::new();
    for piece in &pieces {
        add_link(piece.title.as_deref().or(piece.name.as_deref()), piece.url.as_deref(), &mut links);
    }
    let is_blank = text.trim_start().is_empty();
    let mut used = vec!["content", "name"];
    if is_blank {
        text.clear();
        all_words(fields.message, text);
        used.push("message");
    }
    if text.trim_start().is_empty() && !matches!(content.0, "" | "null" | "[]" | "{}" | "\"\"") {
        text.clear();
        text.push_str(content.0);
    } else {
        write_pieces(&pieces, &links, text, rest);
    }
    rest.keep_block(fields, &used);
    if has_unread(fields) {
        let said = with_links(text, &links);
        keep_unsaid("tool_result", fields, &said, rest);
    }
    sources_part(links, text)
}

/// Returns a text with the pages below it.
fn with_links(text: &str, links: &[Link]) -> String {
    let mut all = text.to_owned();
    for link in links {
        all.extend(["\n", &link.title, "\n", &link.url]);
    }
    all
}

/// Writes what is in the pieces of a result besides their words and their addresses, below them.
fn write_pieces(pieces: &[ResultPiece<'_>], links: &[Link], text: &mut String, rest: &mut BesideWords) {
    let whole = with_links(text, links);
    let mut said = Said::of(&whole);
    let mut more = String::new();
    for piece in pieces {
        let texts = [("title", &piece.title), ("name", &piece.name), ("url", &piece.url)];
        for (key, words) in texts {
            if let Some(words) = words.as_deref().filter(|words| !said.says(words)) {
                push_field(key, words, &mut more);
            }
        }
        if !piece.text.is_text() && !piece.text.0.is_empty() {
            said.push_unsaid("text", &UnreadValue::Json(piece.text.0), &mut rest.keys, &mut more);
        }
        piece.unread("", &mut |key, value| said.push_unsaid(key, value, &mut rest.keys, &mut more));
    }
    if !more.is_empty() {
        push_raw_line(&more, text);
    }
}

/// Returns whether a message's own text says nothing but what its blocks of words and of reasoning say, one after the
/// other, with or without line breaks between them.
fn repeats(text: Raw<'_>, blocks: &[Raw<'_>]) -> bool {
    let Some(mut rest) = text.0.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else {
        return matches!(text.0, "" | "null");
    };
    for key in blocks.iter().flat_map(|block| words_in_json(block.0)) {
        rest = without_blanks(rest);
        // The block's words end with a quote that the text has not.
        let same = rest.bytes().zip(key.bytes()).take_while(|(a, b)| a == b).count();
        if key[key.floor_char_boundary(same)..].starts_with('"') && rest.is_char_boundary(same) {
            rest = &rest[same..];
        }
    }
    without_blanks(rest).is_empty()
}

/// Returns where the reasoning and the words of a block begin in its JSON, behind their quotes.
fn words_in_json(block: &str) -> impl Iterator<Item = &str> {
    ["\"thinking\":", "\"text\":"].into_iter().filter_map(move |key| {
        let at = memchr::memmem::find(block.as_bytes(), key.as_bytes())?;
        block[at + key.len()..].trim_start().strip_prefix('"')
    })
}

/// Returns a text in JSON without what stands between words at its beginning: blanks, and the names of blocks that
/// its writer did not know.
fn without_blanks(mut text: &str) -> &str {
    let blanks = [" ", "\t", "\\n", "\\r", "\\t"];
    while let Some(rest) = blanks.iter().chain(&PLACEHOLDERS).find_map(|blank| text.strip_prefix(blank)) {
        text = rest;
    }
    text
}

/// Returns pages as a part at the end of a text; nothing for no page.
fn sources_part(links: Vec<Link>, text: &str) -> Vec<Part> {
    if links.is_empty() {
        return Vec::new();
    }
    let end = text.len() as u32;
    vec![Part { range: end..end, detail: Detail::Sources(links.into()) }]
}

/// Writes the words of a block of a type nobody knows yet, first those of the fields that have some; else the block
/// itself, so that it is never a blank.
fn write_any_words(whole: Raw<'_>, fields: &BlockFields<'_>, text: &mut String, rest: &mut BesideWords) {
    let values = [
        ("text", fields.text),
        ("content", fields.content),
        ("prompt", fields.prompt),
        ("thinking", fields.thinking),
        ("result", fields.result),
        ("message", fields.message),
    ];
    let said = values.into_iter().find_map(|(key, value)| {
        let mut words = String::new();
        if !matches!(value.0, "" | "null") {
            all_words(value, &mut words);
        }
        (!words.trim_start().is_empty()).then_some((key, words))
    });
    let Some((key, words)) = said else {
        text.push_str(whole.0);
        return;
    };
    text.push_str(&words);
    let mut besides = BesideWords::default();
    besides.keep_block(fields, &[key]);
    besides.keep_unread("", fields);
    rest.keys.0.append(&mut besides.keys.0);
    if !besides.more.is_empty() {
        push_raw_line(&besides.more, text);
    }
}

/// Adds the pages that words cite, each once; what a citation says besides is kept.
fn add_cited_pages(
    fields: &BlockFields<'_>,
    links: &mut Vec<Link>,
    rest: &mut BesideWords,
    growth: &GrowthBudget,
) {
    for cited in fields.citations.iter() {
        let own = (&cited.title, if cited.url.is_some() { &cited.url } else { &cited.details.url });
        let others = cited.sources.iter().map(|source| (&source.title, &source.url));
        let mut shares = false;
        for (title, url) in std::iter::once(own).chain(others) {
            // One title may be that of many sources.
            let shared = || cited.details.title.as_deref().filter(|shared| growth.spend(shared.len()));
            let named = title.as_deref().or_else(|| {
                shares = true;
                shared()
            });
            if !add_link(named, url.as_deref(), links) {
                rest.keep_text("title", title);
            }
        }
        if !shares || links.iter().all(|link| Some(&*link.title) != cited.details.title.as_deref()) {
            rest.keep_text("title", &cited.details.title);
        }
        if cited.url.is_some() && cited.url != cited.details.url {
            rest.keep_text("url", &cited.details.url);
        }
    }
}

/// Adds a page, unless it has no address or is there already. Returns whether it is there with this title.
pub(super) fn add_link(title: Option<&str>, url: Option<&str>, links: &mut Vec<Link>) -> bool {
    let Some(url) = url.filter(|url| !url.is_empty()) else { return false };
    let title = title.unwrap_or_default();
    if let Some(known) = links.iter().find(|link| &*link.url == url) {
        return title.is_empty() || &*known.title == title;
    }
    let is_added = links.len() < MAX_SOURCES;
    if is_added {
        links.push(Link { title: title.into(), url: url.into() });
    }
    is_added
}
