//! Understands a message: whose it is, of which kind, whether ChatGPT's own screen shows it, and its text.

use std::borrow::Cow;

use hashbrown::HashSet;
use memchr::memmem;

use super::{
    attachments::{self, Uploads},
    clean,
    left_out::is_left_out,
    references::said,
    research::{PLACEHOLDER, States},
    shape::{Aggregate, AggregateMessage, ContentFields, Message, PartObject, Thought},
};
use crate::{
    conversation::{Detail, Kind, Link, Part, Role, Visibility},
    import::{
        fields::link,
        json::{self, Left, Lenient, MemoryBudget, Raw, Repaired, Several},
        outline::{is_json, outline, outline_words},
        repair::repair_value,
    },
    message::format,
};

/// The levels of lists in lists of parts that are read as such.
const MAX_NESTED_PARTS: usize = 8;
/// The bytes of all parts that may be read again since they stand in others.
const LISTS: usize = 4 << 20;

/// The meaning of a message: whose it is, and of which kind.
pub(super) struct Classification<'a> {
    pub role: Role,
    pub kind: Kind,
    /// The tool, language or unknown type.
    pub name: Option<Cow<'a, str>>,
    /// A role this version does not know: folded, since nobody can say whose words these are.
    unknown_role: bool,
}

/// The content types that have a reading of their own; see [`Classification::of`] for what they mean.
const KNOWN_TYPES: [&str; 21] = [
    "text",
    "multimodal_text",
    "code",
    "execution_output",
    "thoughts",
    "reasoning_recap",
    "tether_quote",
    "tether_browsing_display",
    "tether_browsing_code",
    "sonic_webpage",
    "system_error",
    "error",
    "user_editable_context",
    "model_editable_context",
    "computer_output",
    "app_pairing_content",
    "citable_code_output",
    "super_widget",
    "developer_content",
    "system_content",
    "",
];

/// Returns the type a message says it is of, or "".
pub(super) fn type_name<'a>(message: &'a Message<'_>) -> &'a str {
    message.content.0.content_type.as_deref().unwrap_or_default()
}

/// Returns whether this version knows the type of a message.
pub(super) fn is_known(message: &Message<'_>) -> bool {
    KNOWN_TYPES.contains(&type_name(message))
}

/// Returns whether the answer was interrupted: by the person, an error or the length limit.
pub(super) fn interrupted(message: &Message<'_>) -> bool {
    matches!(message.status.as_deref(), Some("in_progress" | "finished_partial_completion" | "error"))
        || matches!(message.metadata.finish.kind.as_deref(), Some("interrupted" | "max_tokens"))
}

/// Returns the model that answered: what `auto` was resolved to.
pub(super) fn model<'a>(message: &'a Message<'_>) -> Option<&'a str> {
    let metadata = &message.metadata;
    let model = said(&metadata.model);
    let resolved = || said(&metadata.resolved_model);
    model.filter(|&model| model != "auto").or_else(resolved).or(model)
}

impl<'a> Classification<'a> {
    pub(super) fn of(message: &'a Message<'_>) -> Self {
        let content = &message.content.0;
        let role = match message.author.role.as_deref() {
            Some("user") => Some(Role::User),
            Some("assistant") => Some(Role::Assistant),
            Some("tool") => Some(Role::Tool),
            Some("system" | "developer") => Some(Role::System),
            _ => None,
        };
        let tool = said(&message.author.name);
        let recipient = message.recipient.as_deref().filter(|to| *to != "all" && !to.is_empty());
        let language = content.language.as_deref().filter(|language| *language != "unknown");
        let called = recipient.or(language);
        let instructions = message.metadata.user_system;
        let thinks = message.metadata.preamble
            || matches!(message.channel.as_deref(), Some("analysis" | "commentary"));
        let (kind, name) = match type_name(message) {
            "user_editable_context" => (Kind::Instructions, None),
            "model_editable_context" => (Kind::Memory, None),
            "text" | "multimodal_text" | "" if instructions => (Kind::Instructions, None),
            "thoughts" => (Kind::Reasoning, None),
            "reasoning_recap" => (Kind::Recap, None),
            "tether_quote" => (Kind::Quote, tool),
            "tether_browsing_display" | "tether_browsing_code" => (Kind::Browsing, tool),
            "sonic_webpage" => (Kind::Page, tool),
            "system_error" | "error" => (Kind::Error, None),
            "execution_output" | "citable_code_output" | "computer_output" => (Kind::Output, tool),
            "code" => (Kind::Call, called),
            "text" | "multimodal_text" => match role {
                Some(Role::Assistant) if recipient.is_some() => (Kind::Call, recipient),
                Some(Role::Assistant) if thinks => (Kind::Reasoning, None),
                Some(Role::Tool) if has_image(content) => (Kind::Text, tool),
                Some(Role::Tool) => (Kind::Output, tool),
                None => (Kind::Other, message.author.role.as_deref()),
                _ => (Kind::Text, tool),
            },
            // Said without a type: a string where an object should be.
            "" if matches!(role, Some(Role::User | Role::Assistant)) => (Kind::Text, tool),
            unknown => (Kind::Other, Some(unknown).filter(|name| !name.is_empty()).or(tool)),
        };
        let name = match kind {
            Kind::Error => error_name(tool, said(&content.name)),
            _ => name.map(Cow::Borrowed),
        };
        Self { role: role.unwrap_or(Role::Tool), kind, name, unknown_role: role.is_none() }
    }

    /// Returns the class of what ChatGPT's own screen does with it. Custom instructions and memory are folded
    /// even where they are flagged as hidden, as they always are: they shaped every answer, and the reader
    /// may want them.
    pub(super) fn visibility(&self, message: &Message<'_>, text: &str, parts: &[Part]) -> Visibility {
        let attached = || parts.iter().any(|part| matches!(part.detail, Detail::Attachment(_)));
        if text.trim_start().is_empty() && !attached() {
            return Visibility::Hidden;
        }
        if matches!(self.kind, Kind::Instructions | Kind::Memory) {
            return Visibility::Folded;
        }
        // What nobody knows is not hidden for that.
        let system = self.role == Role::System && self.kind != Kind::Other;
        if is_flagged(message) || system {
            return Visibility::Hidden;
        }
        if self.unknown_role || self.kind != Kind::Text { Visibility::Folded } else { Visibility::Shown }
    }

    /// Returns whether what stands beside the words of the message can stand after them; else it becomes a message of
    /// its own: words are a person's or the model's, and a call is code.
    fn takes_the_rest(&self) -> bool {
        matches!(self.kind, Kind::Browsing | Kind::Page | Kind::Error | Kind::Other | Kind::Output)
    }

    /// Appends what the message says to `text`, and what belongs to it to `parts`; what is in it besides to `rest`. The
    /// states of widgets are told elsewhere.
    pub(super) fn say(
        &self,
        message: &Message<'_>,
        states: &States,
        text: &mut String,
        parts: &mut Vec<Part>,
        rest: &mut BesideWords,
    ) {
        let content = &message.content.0;
        let metadata = &message.metadata;
        let start = text.len();
        let mut uploads = Uploads::of(&metadata.attachments);
        if self.kind == Kind::Text {
            quotation(message, text);
        } else {
            push_outline("targeted_reply", metadata.targeted.0, &mut rest.more);
            push_outline("targeted_reply_label", metadata.targeted_label.0, &mut rest.more);
        }
        match self.kind {
            Kind::Reasoning => thoughts(content.thoughts, text),
            Kind::Instructions => instructions(message, text),
            Kind::Memory => add_words(content.model_set_context, start, text),
            Kind::Recap => {
                let seconds = metadata.seconds.map(|seconds| seconds.clamp(0.0, 1e9) as u32);
                parts.push(Part { range: 0..0, detail: Detail::Thought { seconds } });
            }
            Kind::Quote | Kind::Page => parts.extend(source(content)),
            _ => {}
        }
        if self.kind == Kind::Instructions && text.len() > start {
            // The newer form repeats the older one.
            let (mut said, placed) = (String::new(), parts.len());
            joined(content, states, 0, &mut said, &mut uploads, parts, &mut rest.more);
            let at = add_text(&said, start, text);
            shift(&mut parts[placed..], at, text.len() - start);
        } else {
            joined(content, states, start, text, &mut uploads, parts, &mut rest.more);
        }
        write_fields(content, start, text);
        if let (Kind::Recap, Some(seconds), true) =
            (self.kind, metadata.seconds, text[start..].trim().is_empty())
        {
            text.push_str("Thought for ");
            text.push_str(&format::duration(seconds.clamp(0.0, 1e9) as u32));
        }
        if let Some(title) = said(&metadata.reasoning_title).filter(|title| !text[start..].contains(title)) {
            match self.kind {
                Kind::Reasoning => {
                    let title = format!("**{title}**\n\n");
                    text.insert_str(start, &title);
                    shift(parts, title.len(), text.len() - start);
                }
                _ => rest.reasoning.push_str(title),
            }
        }
        if self.kind == Kind::Output {
            write_outputs(&metadata.aggregate, start, text);
        } else {
            metadata.aggregate.messages.iter().for_each(|output| output.text.append_text(&mut rest.more));
        }
        if self.takes_the_rest() {
            let mut unread = std::mem::take(&mut rest.more);
            self.unread_content(message, &mut unread, &mut rest.keys);
            // Behind a list of parts there is a line already.
            if !unread.is_empty() && text.len() > start && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(&unread);
        } else {
            self.unread_content(message, &mut rest.more, &mut rest.keys);
        }
        decode_escapes(text, start, parts);
        let answer = self.role == Role::Assistant && matches!(self.kind, Kind::Text | Kind::Reasoning);
        clean::clean(text, start, parts, metadata, answer, &mut rest.found);
        let end = (text.len() - start) as u32;
        let pages: Box<[Link]> = metadata
            .cited
            .list
            .iter()
            .filter(|page| page.url.as_deref().is_some_and(|url| !url.is_empty()))
            .map(|page| link(page.title.as_deref(), page.url.as_deref()))
            .collect();
        if !pages.is_empty() {
            parts.push(Part { range: end..end, detail: Detail::Sources(pages) });
        }
        attachments::outputs(&metadata.aggregate, end, parts);
        uploads.rest(parts);
        parts.sort_by_key(|part| part.range.start);
    }

    /// Writes what stands in the content and was not read, under its keys.
    fn unread_content(&self, message: &Message<'_>, out: &mut String, keys: &mut UnknownKeys) {
        let content = &message.content.0;
        let linked = matches!(self.kind, Kind::Quote | Kind::Page);
        let named = self.kind == Kind::Error;
        // A domain stands in the address, or for a title that is missing.
        let placed = |domain: &str| {
            let (title, url) = (said(&content.title), said(&content.url));
            title.is_none_or(|title| title == domain) || url.is_some_and(|url| url.contains(domain))
        };
        let domain = linked && said(&content.domain).is_none_or(placed);
        let fields = [
            ("title", &content.title, linked),
            ("url", &content.url, linked),
            ("domain", &content.domain, domain),
            ("name", &content.name, named),
        ];
        for (key, value, read) in fields {
            if let Some(value) = said(value).filter(|_| !read) {
                push_field(key, value, out);
            }
        }
        let lists = [
            ("thoughts", content.thoughts, Kind::Reasoning),
            ("user_profile", content.user_profile, Kind::Instructions),
            ("user_instructions", content.user_instructions, Kind::Instructions),
            ("model_set_context", content.model_set_context, Kind::Memory),
        ];
        for (key, value, kind) in lists {
            if self.kind != kind && !value.0.is_empty() && value.0 != "null" {
                push_outline(key, value.0, out);
            }
        }
        content.unread("", &mut |key, value| keys.push_left(key, value, out));
        let is_name = |name: &&str| self.name.as_deref().is_some_and(|own| own.contains(*name));
        let language = said(&content.language).filter(|language| *language != "unknown");
        if let Some(language) = language.filter(|language| !is_name(language) && *language != "json") {
            push_field("language", language, out);
        }
        let author = said(&message.author.name);
        let speaks = matches!(self.role, Role::Tool) || (self.role == Role::User && self.kind == Kind::Text);
        if let Some(author) = author.filter(|author| !(speaks && is_name(author))) {
            push_field("author", author, out);
        }
        if self.kind != Kind::Instructions {
            let context = &message.metadata.user_context;
            push_outline("about_user_message", context.about_user.0, out);
            push_outline("about_model_message", context.about_model.0, out);
        }
    }
}

/// The strings of a message that are not in its words.
#[derive(Default)]
pub(super) struct BesideWords {
    /// A title of the reasoning before it.
    pub reasoning: String,
    /// The pages that were found for it.
    pub found: String,
    /// Anything else, under the keys it stands in.
    pub more: String,
    /// The keys of which nobody knows what they mean.
    pub keys: UnknownKeys,
}

/// The keys of one message of which nobody knows what they mean.
#[derive(Default)]
pub(super) struct UnknownKeys(pub Vec<String>);

/// The number of such keys of one message that are counted.
const MAX_KEYS: usize = 64;

impl UnknownKeys {
    /// Appends a value that no field took, under its key, if there is a word in it, and keeps the key.
    fn push_left(&mut self, key: &str, value: &Left<'_>, out: &mut String) {
        let before = out.len();
        push_left(key, value, out);
        if out.len() > before && self.0.len() < MAX_KEYS {
            self.0.push(key.to_owned());
        }
    }
}

impl BesideWords {
    /// Gathers what stands beside the content and was not read.
    pub(super) fn gather(&mut self, message: &mut Message<'_>) {
        let metadata = &mut message.metadata;
        for page in metadata.cited.list.iter().filter(|page| said(&page.url).is_none()) {
            super::references::push_line(said(&page.title).unwrap_or_default(), &mut self.found);
        }
        for page in metadata.cited.list.iter() {
            let url = said(&page.url).unwrap_or_default();
            if let Some(name) = said(&page.attribution).filter(|name| !url.contains(name)) {
                super::references::push_line(name, &mut self.found);
            }
        }
        for group in metadata.search_groups.iter() {
            if let Some(domain) = said(&group.domain).filter(|_| group.entries.is_empty()) {
                super::references::push_line(domain, &mut self.found);
            }
            for entry in group.entries.iter() {
                let url = said(&entry.url);
                let host = said(&entry.attribution).filter(|name| !url.unwrap_or_default().contains(name));
                let words = [said(&entry.title), url, host];
                for words in words.into_iter().flatten() {
                    super::references::push_line(words, &mut self.found);
                }
                if entry.snippet.0.len() > 2 {
                    if !self.found.is_empty() {
                        self.found.push('\n');
                    }
                    entry.snippet.append_text(&mut self.found);
                }
            }
        }
        let mut found = std::mem::take(&mut self.found);
        let keys = &mut self.keys;
        let mut visit = |key: &str, value: &Left<'_>| keys.push_left(key, value, &mut found);
        std::mem::take(&mut metadata.search_groups).unread("search_result_groups", &mut visit);
        std::mem::take(&mut metadata.references).unread("content_references", &mut visit);
        std::mem::take(&mut metadata.citations).unread("citations", &mut visit);
        std::mem::take(&mut metadata.cited).unread("pages", &mut visit);
        self.found = found;
        // What makes a canvas names it; the canvas has the title itself.
        let tools = [said(&message.author.name), said(&message.recipient)];
        let made = tools.into_iter().flatten().any(|tool| tool.starts_with("canmore."));
        if let Some(title) = said(&metadata.canvas.title).filter(|_| !made) {
            push_field("canvas", title, &mut self.more);
        }
        let (keys, more) = (&mut self.keys, &mut self.more);
        let mut visit = |key: &str, value: &Left<'_>| keys.push_left(key, value, more);
        metadata.unread("metadata", &mut visit);
        message.author.unread("author", &mut visit);
        for (key, value) in &message.rest.0 {
            visit(if key.is_empty() { "message" } else { key }, value);
        }
    }
}

/// Returns whether ChatGPT is told not to show a message.
pub(super) fn is_flagged(message: &Message<'_>) -> bool {
    message.metadata.hidden || message.weight == Some(0.0)
}

/// Returns the name of an error, and the tool it is of.
fn error_name<'a>(tool: Option<&'a str>, error: Option<&'a str>) -> Option<Cow<'a, str>> {
    match (tool, error) {
        (Some(tool), Some(error)) if tool != error => Some(Cow::Owned(format!("{tool}: {error}"))),
        (tool, error) => error.or(tool).map(Cow::Borrowed),
    }
}

/// Returns the page that a quotation or fetched page is from.
fn source(content: &ContentFields<'_>) -> Option<Part> {
    let title = content.title.as_deref().filter(|title| !title.is_empty()).or(content.domain.as_deref());
    let link = link(title, content.url.as_deref());
    let known = !(link.title.is_empty() && link.url.is_empty());
    known.then(|| Part { range: 0..0, detail: Detail::Source(Box::new(link)) })
}

fn has_image(content: &ContentFields<'_>) -> bool {
    let is_image = |part: &Raw<'_>| {
        let repaired = Repaired::new();
        let object = json::from_str_or_repaired(part.0, &repaired, &MemoryBudget::new(LISTS));
        object.is_ok_and(|object: PartObject<'_>| attachments::is_image(&object))
    };
    content.parts.list.iter().filter(|part| part.0.starts_with('{')).any(is_image)
}

/// Returns whether nothing in a part is known.
fn is_unknown(object: &PartObject<'_>) -> bool {
    let parts = &object.parts;
    !object.text.is_text()
        && parts.list.is_empty()
        && parts.bare.is_none()
        && object.image_url.0.is_empty()
        && !points(object)
}

/// Returns whether a part points at a file.
fn points(object: &PartObject<'_>) -> bool {
    let pointers = [&object.asset_pointer, &object.audio.0.asset_pointer, &object.video.0.asset_pointer];
    pointers.iter().any(|pointer| pointer.is_some())
}

/// Writes the passage that a prompt asks about, as a quotation before it.
fn quotation(message: &Message<'_>, text: &mut String) {
    let metadata = &message.metadata;
    let start = text.len();
    let mut passage = String::new();
    for value in [metadata.targeted, metadata.targeted_label] {
        add_words(value, 0, &mut passage);
    }
    for line in passage.trim().lines() {
        text.push_str("> ");
        text.push_str(line);
        text.push('\n');
    }
    if text.len() > start {
        text.push('\n');
    }
}

/// Writes the parts that are words, joined by newlines; every other part becomes an attachment at its place, and what
/// is unknown in it goes to `more`. Of a state with a report it writes only what it was.
fn joined(
    content: &ContentFields<'_>,
    states: &States,
    start: usize,
    text: &mut String,
    uploads: &mut Uploads<'_, '_>,
    parts: &mut Vec<Part>,
    more: &mut String,
) {
    let mut writer = PartWriter { text, start, any: false, uploads, parts, more };
    for (number, &part) in content.parts.list.iter().chain(&[content.screenshot]).enumerate() {
        if states.parts.binary_search(&number).is_ok() {
            writer.line();
            writer.text.push_str(PLACEHOLDER);
        } else if part.is_text() {
            writer.words(part);
        } else if !part.0.is_empty() {
            writer.write(part.0);
        }
    }
    if let Some(bare) = &content.parts.bare {
        writer.line();
        writer.text.push_str(if states.bare { PLACEHOLDER } else { bare });
    }
}

/// Writes the parts of one message.
struct PartWriter<'w, 'a, 'de> {
    text: &'w mut String,
    /// The beginning of the message in the text.
    start: usize,
    /// `true` once there is a line.
    any: bool,
    uploads: &'w mut Uploads<'a, 'de>,
    parts: &'w mut Vec<Part>,
    more: &'w mut String,
}

impl PartWriter<'_, '_, '_> {
    /// Begins a line.
    fn line(&mut self) {
        if std::mem::replace(&mut self.any, true) {
            self.text.push('\n');
        }
    }

    /// Writes a string as a line.
    fn words(&mut self, words: Raw<'_>) {
        self.line();
        words.unescape(self.text);
    }

    /// Writes a part, and those that stand in it. What is no sound JSON is repaired first.
    fn write(&mut self, part: &str) {
        // The parts that are still to come, with the number of lists they stand in.
        let mut open = vec![(Cow::Borrowed(part), 0)];
        while let Some((part, depth)) = open.pop() {
            let within: serde_json::Result<Vec<Cow<'_, str>>> = match &part {
                Cow::Borrowed(json) => self
                    .one(json, depth)
                    .map(|parts| parts.into_iter().map(|part| Cow::Borrowed(part.0)).collect()),
                Cow::Owned(json) => self
                    .one(json, depth)
                    .map(|parts| parts.into_iter().map(|part| Cow::Owned(part.0.to_owned())).collect()),
            };
            match (within, part) {
                (Ok(within), _) => open.extend(within.into_iter().rev().map(|part| (part, depth + 1))),
                (Err(_), Cow::Borrowed(json)) => open.push((Cow::Owned(repair_value(json)), depth)),
                // It was repaired.
                (Err(_), Cow::Owned(json)) => push_outline("", &json, self.more),
            }
        }
    }

    /// Writes what a part says itself, and returns the parts in it. Fails if it is no sound JSON; nothing is written then.
    fn one<'p>(&mut self, part: &'p str, depth: usize) -> serde_json::Result<Vec<Raw<'p>>> {
        if part.starts_with('"') {
            self.words(Raw(part));
            return Ok(Vec::new());
        }
        if depth >= MAX_NESTED_PARTS || !part.starts_with(['{', '[']) {
            push_outline("", part, self.more);
            return Ok(Vec::new());
        }
        let budget = MemoryBudget::new(LISTS);
        if part.starts_with('[') {
            return json::from_str(part, &budget);
        }
        let object: PartObject<'p> = json::from_str(part, &budget)?;
        let unknown = is_unknown(&object);
        if !unknown && !object.image_url.is_text() {
            push_outline("image_url", object.image_url.0, self.more);
        }
        let made = [&object.metadata.dalle, &object.metadata.generation].map(|made| said(&made.prompt));
        let prompts = made.into_iter().flatten().filter(|_| !unknown).skip(usize::from(points(&object)));
        prompts.for_each(|prompt| push_field("prompt", prompt, self.more));
        if object.text.is_text() {
            self.words(object.text);
        } else if !unknown {
            push_outline("text", object.text.0, self.more);
        }
        if let Some(bare) = &object.parts.bare {
            self.line();
            self.text.push_str(bare);
        }
        attachments::of_part(&object, self.uploads, (self.text.len() - self.start) as u32, self.parts);
        if unknown {
            if let Some(kind) = said(&object.content_type) {
                push_field("type", kind, self.more);
            }
            push_outline("", part, self.more);
        } else {
            object.unread("", &mut |key, value| push_left(key, value, self.more));
        }
        Ok(object.parts.list)
    }
}

/// Writes the fields in which the various types keep their words, each on a line of its own; what stands there already
/// is not written again.
fn write_fields(content: &ContentFields<'_>, start: usize, text: &mut String) {
    let fields = [
        content.text,
        content.result,
        content.content,
        content.message,
        content.output,
        content.snippet,
        content.summary,
    ];
    for value in fields {
        add_words(value, start, text);
    }
}

/// Appends what the analysis tool put out, each output on a line of its own, unless it stands after `start` already: all
/// of them do, one after the other, or this one does, as whole lines where the others end or as a line anywhere.
fn write_outputs(aggregate: &Aggregate<'_>, start: usize, text: &mut String) {
    let worded = |output: &AggregateMessage<'_>| {
        let mut words = String::new();
        all_words(output.text, &mut words);
        (!words.trim().is_empty()).then_some(words)
    };
    let outputs: Vec<String> = aggregate.messages.iter().filter_map(worded).collect();
    if outputs.is_empty() {
        return;
    }
    let before = text[start..].trim().to_owned();
    let letters = |letter: &char| !letter.is_whitespace();
    if outputs.iter().flat_map(|output| output.chars()).filter(letters).eq(before.chars().filter(letters)) {
        return;
    }
    let lines: HashSet<&str> = before.lines().map(str::trim).collect();
    let mut behind = &*before;
    for output in &outputs {
        let words = output.trim();
        let rest = behind.trim_start().strip_prefix(words);
        if let Some(rest) = rest.filter(|rest| rest.is_empty() || rest.starts_with(['\n', '\r'])) {
            behind = rest;
        } else if !lines.contains(words) {
            if text[start..].trim().is_empty() {
                text.truncate(start);
            } else {
                text.push('\n');
            }
            text.push_str(output);
        }
    }
}

/// Appends the words of a value on a line of their own, unless they stand after `start` already.
fn add_words(value: Raw<'_>, start: usize, text: &mut String) {
    if value.0.len() <= 2 || value.0 == "null" {
        return;
    }
    let mut words = String::new();
    all_words(value, &mut words);
    add_text(&words, start, text);
}

/// Appends words on a line of their own, unless they stand after `start` already. Returns where they stand behind that.
fn add_text(words: &str, start: usize, text: &mut String) -> usize {
    if words.trim().is_empty() {
        return text.len() - start;
    }
    if text[start..].trim().is_empty() {
        text.truncate(start);
        text.push_str(words);
        return 0;
    }
    let found = memmem::find(&text.as_bytes()[start..], words.trim().as_bytes());
    if let Some(at) = found {
        // They may stand there without the blanks before them.
        return at.saturating_sub(words.len() - words.trim_start().len());
    }
    text.push('\n');
    text.push_str(words);
    text.len() - words.len() - start
}

/// Moves parts along with the text that they stand in, which ends at `end`.
fn shift(parts: &mut [Part], by: usize, end: usize) {
    for part in parts {
        let moved = |at: u32| (at as usize).saturating_add(by).min(end) as u32;
        part.range = moved(part.range.start)..moved(part.range.end);
    }
}

/// Appends every word of a value: a string as it is, of anything else its texts, one a line, or all that is in it under
/// its keys.
fn all_words(value: Raw<'_>, words: &mut String) {
    if value.is_text() {
        return value.unescape(words);
    }
    let mut outlined = String::new();
    push_outline("", value.0, &mut outlined);
    let mut texts = String::new();
    value.append_text(&mut texts);
    // The texts are all there is: no keys are needed to tell them from anything else.
    let letters = |text: &str| text.bytes().filter(u8::is_ascii_alphanumeric).count();
    let keys = outlined.matches("text: ").count() * 4;
    let all = !texts.is_empty() && letters(&texts) + keys >= letters(&outlined);
    words.push_str(if all { &texts } else { &outlined });
}

/// Appends all that is in a value under its key, and the keys in it, but what is left out.
fn push_outline(key: &str, json: &str, out: &mut String) {
    outline(key, json, &is_left_out, out);
}

/// Appends a value that no field took, under its key, if there is a word in it.
pub(super) fn push_left(key: &str, value: &Left<'_>, out: &mut String) {
    match value {
        Left::Json(json) => outline_words(key, json, &is_left_out, out),
        Left::Text(text) => push_field(key, text, out),
    }
}

/// Appends a line with a key and a value.
pub(super) fn push_field(key: &str, value: &str, out: &mut String) {
    push_raw_line(key, out);
    out.push_str(if key.is_empty() { "" } else { ": " });
    out.push_str(value);
}

/// Appends a line.
pub(super) fn push_raw_line(words: &str, out: &mut String) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
    out.push_str(words);
}

/// Reads the escapes in a text that is JSON, `\u00fc`, as the letters they stand for; the parts keep their places.
fn decode_escapes(text: &mut String, start: usize, parts: &mut [Part]) {
    let json = text[start..].trim();
    if !json.starts_with(['{', '[']) || memmem::find(json.as_bytes(), b"\\u").is_none() || !is_json(json) {
        return;
    }
    let end = text[start..].trim_end().len();
    let mut places: Vec<&mut u32> =
        parts.iter_mut().flat_map(|part| [&mut part.range.start, &mut part.range.end]).collect();
    places.sort_unstable();
    let mut places = places.into_iter().peekable();
    // Moves the places that stand before `read` bytes of the text, `written` bytes of which are decoded.
    let mut keep_up = |read: usize, written: usize| {
        while let Some(place) = places.next_if(|place| (**place as usize) < read) {
            *place = written.saturating_sub(read - *place as usize) as u32;
        }
    };
    let mut decoded = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        keep_up(end - rest.len() + 1, decoded.len() + 1);
        // A letter, or two halves of one; what means something in JSON stays as it is.
        let letter = json::escaped_letter(rest).filter(|(letter, _)| *letter >= '\u{a0}');
        if let Some((letter, length)) = letter {
            decoded.push(letter);
            rest = &rest[length..];
        } else {
            let length = rest.chars().take(2).map(char::len_utf8).sum();
            decoded.push_str(&rest[..length]);
            rest = &rest[length..];
        }
    }
    decoded.push_str(rest);
    keep_up(end, decoded.len());
    places.for_each(|place| *place = decoded.len() as u32);
    text.truncate(start);
    text.push_str(&decoded);
}

/// Writes reasoning, in whichever form it comes: a list of steps, of strings, either as JSON in a string, or words.
fn thoughts(value: Raw<'_>, text: &mut String) {
    let read = value.text();
    let json = match &read {
        Some(words) if words.trim_start().starts_with(['[', '{']) && is_json(words.trim()) => words.trim(),
        Some(words) => return text.push_str(words),
        None => value.0,
    };
    let repaired = Repaired::new();
    if json.starts_with('{') {
        let thought = json::from_str_or_repaired::<Thought<'_>>(json, &repaired, &MemoryBudget::new(LISTS));
        steps(&thought.into_iter().collect::<Vec<_>>(), text);
    } else {
        let budget = MemoryBudget::new(super::parse::LIST_BUDGET);
        let thoughts = json::from_str_or_repaired::<Several<Thought<'_>>>(json, &repaired, &budget);
        steps(&thoughts.unwrap_or_default(), text);
    }
}

fn steps(thoughts: &[Thought<'_>], text: &mut String) {
    let start = text.len();
    for thought in thoughts {
        let before = text.len();
        if before > start {
            text.push_str("\n\n");
        }
        let begun = text.len();
        let fields = &thought.fields;
        let mut summary = String::new();
        all_words(fields.summary, &mut summary);
        let summary = summary.trim();
        if !summary.is_empty() {
            text.push_str("**");
            text.push_str(summary);
            text.push_str("**\n\n");
        }
        let words = text.len();
        text.push_str(thought.plain.as_deref().unwrap_or_default());
        add_words(fields.content, words, text);
        if text[words..].trim_start().is_empty() {
            text.truncate(words);
            add_words(fields.chunks, words, text);
        }
        let mut unread = String::new();
        thought.unread("", &mut |key, value| push_left(key, value, &mut unread));
        if !unread.is_empty() {
            if text.len() > words {
                text.push('\n');
            }
            text.push_str(&unread);
        }
        if text.len() == begun {
            text.truncate(before);
        } else if text.len() == words {
            // A summary without words behind it: the empty line after it is the last thing that was written.
            text.truncate(words - 2);
        }
    }
}

/// Writes custom instructions, each once: the new form repeats the old one in its metadata.
fn instructions(message: &Message<'_>, text: &mut String) {
    let content = &message.content.0;
    let context = &message.metadata.user_context;
    let start = text.len();
    for value in [content.user_profile, content.user_instructions, context.about_user, context.about_model] {
        let mut words = String::new();
        if !value.0.is_empty() && value.0 != "null" {
            all_words(value, &mut words);
        }
        if words.trim().is_empty() || text[start..].contains(words.trim()) {
            continue;
        }
        if text.len() > start {
            text.push_str("\n\n");
        }
        text.push_str(&words);
    }
}
