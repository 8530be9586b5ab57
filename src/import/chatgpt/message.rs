//! Understands a message: whose it is, of which kind, whether ChatGPT's own screen shows it, and its text.

use super::{
    attachments::{self, Uploads},
    clean,
    shape::{ContentFields, Message, PartObject, Thought},
};
use crate::{
    conversation::{Detail, Kind, Link, Part, Role, Visibility},
    import::{
        fields::link,
        json::{self, Allowance, Raw},
    },
};

/// The meaning of a message: whose it is, and of which kind.
pub(super) struct Sense<'a> {
    pub role: Role,
    pub kind: Kind,
    /// The tool, language or unknown type.
    pub name: Option<&'a str>,
    /// A role this version does not know: folded, since nobody can say whose words these are.
    unknown_role: bool,
}

/// Content types, each seen in real exports; see [`Sense::of`] for what they mean.
const KNOWN_TYPES: [&str; 18] = [
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
    "user_editable_context",
    "model_editable_context",
    "computer_output",
    "app_pairing_content",
    "citable_code_output",
    "super_widget",
    "",
];

/// Returns the type a message says it is of, or "".
pub(super) fn type_name<'a>(message: &'a Message<'_>) -> &'a str {
    message.content.0.content_type.as_deref().unwrap_or_default()
}

/// Tells that this version knows the type of a message.
pub(super) fn is_known(message: &Message<'_>) -> bool {
    KNOWN_TYPES.contains(&type_name(message))
}

/// Tells that the answer was cut: by the person, an error or the length limit.
pub(super) fn interrupted(message: &Message<'_>) -> bool {
    matches!(message.status.as_deref(), Some("in_progress" | "finished_partial_completion" | "error"))
        || matches!(message.metadata.finish.kind.as_deref(), Some("interrupted" | "max_tokens"))
}

impl<'a> Sense<'a> {
    pub(super) fn of(message: &'a Message<'_>) -> Self {
        let content = &message.content.0;
        let role = match message.author.role.as_deref() {
            Some("user") => Some(Role::User),
            Some("assistant") => Some(Role::Assistant),
            Some("tool") => Some(Role::Tool),
            Some("system" | "developer") => Some(Role::System),
            _ => None,
        };
        let tool = message.author.name.as_deref();
        let recipient = message.recipient.as_deref().filter(|to| *to != "all" && !to.is_empty());
        let language = content.language.as_deref().filter(|language| *language != "unknown");
        let called = recipient.or(language);
        let instructions = message.metadata.user_system;
        let (kind, name) = match type_name(message) {
            "user_editable_context" => (Kind::Instructions, None),
            "model_editable_context" => (Kind::Memory, None),
            "text" | "multimodal_text" | "" if instructions => (Kind::Instructions, None),
            "thoughts" => (Kind::Reasoning, None),
            "reasoning_recap" => (Kind::Recap, None),
            "tether_quote" => (Kind::Quote, tool),
            "tether_browsing_display" | "tether_browsing_code" => (Kind::Browsing, tool),
            "sonic_webpage" => (Kind::Page, tool),
            "system_error" => (Kind::Error, tool.or(content.name.as_deref())),
            "execution_output" => (Kind::Output, tool),
            "code" => (Kind::Call, called),
            "text" | "multimodal_text" => match role {
                Some(Role::Assistant) if recipient.is_some() => (Kind::Call, recipient),
                Some(Role::Tool) if has_image(content) => (Kind::Text, tool),
                Some(Role::Tool) => (Kind::Output, tool),
                None => (Kind::Other, message.author.role.as_deref()),
                _ => (Kind::Text, None),
            },
            // Said without a type: a string where an object should be.
            "" if matches!(role, Some(Role::User | Role::Assistant)) => (Kind::Text, None),
            unknown => (Kind::Other, Some(unknown).filter(|name| !name.is_empty())),
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
        if message.metadata.hidden || message.weight == Some(0.0) || self.role == Role::System {
            return Visibility::Hidden;
        }
        if self.unknown_role || self.kind != Kind::Text { Visibility::Folded } else { Visibility::Shown }
    }

    /// Appends what the message says to `text`, and what belongs to it to `parts`.
    pub(super) fn say(&self, message: &Message<'_>, text: &mut String, parts: &mut Vec<Part>) {
        let content = &message.content.0;
        let metadata = &message.metadata;
        let start = text.len();
        let mut uploads = Uploads::of(&metadata.attachments);
        match self.kind {
            Kind::Reasoning => thoughts(&content.thoughts, text),
            Kind::Instructions => instructions(message, text),
            Kind::Memory => write_first(&[content.model_set_context], content, text),
            Kind::Recap => {
                let seconds = metadata.seconds.map(|seconds| seconds.clamp(0.0, 1e9) as u32);
                parts.push(Part { range: 0..0, detail: Detail::Thought { seconds } });
                write_first(&[], content, text);
            }
            Kind::Quote | Kind::Page => {
                parts.extend(source(content));
                write_first(&[], content, text);
            }
            _ if !content.parts.list.is_empty() => joined(&content.parts.list, text, &mut uploads, parts),
            _ => write_first(&[], content, text),
        }
        let answer = self.role == Role::Assistant && self.kind == Kind::Text;
        clean::clean(text, start, parts, metadata, answer);
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
}

/// Returns the page that a quotation or fetched page is from.
fn source(content: &ContentFields<'_>) -> Option<Part> {
    let title = content.title.as_deref().filter(|title| !title.is_empty()).or(content.domain.as_deref());
    let link = link(title, content.url.as_deref());
    let known = !(link.title.is_empty() && link.url.is_empty());
    known.then(|| Part { range: 0..0, detail: Detail::Source(Box::new(link)) })
}

fn has_image(content: &ContentFields<'_>) -> bool {
    content
        .parts
        .list
        .iter()
        .filter_map(|part| object(*part))
        .any(|object| object.content_type.as_deref() == Some("image_asset_pointer"))
}

/// Returns a part that is an object.
fn object(part: Raw<'_>) -> Option<PartObject<'_>> {
    if !part.0.starts_with('{') {
        return None;
    }
    json::from_str(part.0, &Allowance::none()).ok()
}

/// Writes the parts that are words, joined by newlines; every other part becomes an attachment at its place.
fn joined(list: &[Raw<'_>], text: &mut String, uploads: &mut Uploads<'_, '_>, parts: &mut Vec<Part>) {
    let start = text.len();
    let mut any = false;
    for &part in list {
        let object = object(part);
        let words = object.as_ref().map_or(part, |object| object.text);
        if words.is_text() {
            if any {
                text.push('\n');
            }
            any = true;
            words.unescape(text);
        }
        if let Some(object) = object {
            attachments::of_part(&object, uploads, (text.len() - start) as u32, parts);
        }
    }
}

/// Writes the first of `first`, then of the fields in which the various types keep their words, that has any.
fn write_first(first: &[Raw<'_>], content: &ContentFields<'_>, text: &mut String) {
    let start = text.len();
    let fields = [content.text, content.result, content.content, content.snippet, content.summary];
    for value in first.iter().copied().chain(fields).chain(content.parts.list.iter().copied()) {
        value.words(text);
        if !text[start..].trim_start().is_empty() {
            return;
        }
        text.truncate(start);
    }
    text.push_str(content.parts.bare.as_deref().unwrap_or_default());
}

fn thoughts(thoughts: &[Thought<'_>], text: &mut String) {
    let start = text.len();
    for thought in thoughts {
        let before = text.len();
        if before > start {
            text.push_str("\n\n");
        }
        let begun = text.len();
        let summary = thought.summary.as_deref().unwrap_or_default().trim();
        if !summary.is_empty() {
            text.push_str("**");
            text.push_str(summary);
            text.push_str("**\n\n");
        }
        let words = text.len();
        thought.content.words(text);
        if text[words..].trim_start().is_empty() {
            text.truncate(words);
            thought.chunks.words(text);
        }
        if text.len() == begun {
            text.truncate(before);
        } else if text.len() == words {
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
        value.words(&mut words);
        if words.trim().is_empty() || text[start..].contains(words.trim()) {
            continue;
        }
        if text.len() > start {
            text.push_str("\n\n");
        }
        text.push_str(&words);
    }
    if text.len() == start {
        write_first(&[], content, text);
    }
}
