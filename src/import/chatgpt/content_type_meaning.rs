//! Understands a message: whose it is, of which kind, and whether ChatGPT's own screen shows it.

use std::borrow::Cow;

use super::{
    attachments,
    content::NESTED_PARTS_BUDGET,
    shape::{ContentFields, Message, PartObject, non_blank},
};
use crate::{
    conversation::{Annotation, AnnotationKind, MessageKind, Role, Visibility},
    import::json::{self, MemoryBudget, Raw, Repaired},
};

/// The meaning of a message: whose it is, and of which kind.
pub(super) struct ContentTypeMeaning<'a> {
    pub role: Role,
    pub kind: MessageKind,
    /// The tool, language or unknown type.
    pub name: Option<Cow<'a, str>>,
    /// A role this version does not know: folded, since nobody can say whose words these are.
    unknown_role: bool,
}

/// The content types that have a reading of their own; see [`ContentTypeMeaning::of`] for what they mean.
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
    let model = non_blank(&metadata.model);
    let resolved = || non_blank(&metadata.resolved_model);
    model.filter(|&model| model != "auto").or_else(resolved).or(model)
}

impl<'a> ContentTypeMeaning<'a> {
    pub(super) fn of(message: &'a Message<'_>) -> Self {
        let content = &message.content.0;
        let role = match message.author.role.as_deref() {
            Some("user") => Some(Role::User),
            Some("assistant") => Some(Role::Assistant),
            Some("tool") => Some(Role::Tool),
            Some("system" | "developer") => Some(Role::System),
            _ => None,
        };
        let tool = non_blank(&message.author.name);
        let recipient = message.recipient.as_deref().filter(|to| *to != "all" && !to.is_empty());
        let language = content.language.as_deref().filter(|language| *language != "unknown");
        let called = recipient.or(language);
        let instructions = message.metadata.user_system;
        let thinks = message.metadata.preamble
            || matches!(message.channel.as_deref(), Some("analysis" | "commentary"));
        let (kind, name) = match type_name(message) {
            "user_editable_context" => (MessageKind::Instructions, None),
            "model_editable_context" => (MessageKind::Memory, None),
            "text" | "multimodal_text" | "" if instructions => (MessageKind::Instructions, None),
            "thoughts" => (MessageKind::Reasoning, None),
            "reasoning_recap" => (MessageKind::Recap, None),
            "tether_quote" => (MessageKind::Quote, tool),
            "tether_browsing_display" | "tether_browsing_code" => (MessageKind::Browsing, tool),
            "sonic_webpage" => (MessageKind::Page, tool),
            "system_error" | "error" => (MessageKind::Error, None),
            "execution_output" | "citable_code_output" | "computer_output" => (MessageKind::Output, tool),
            "code" => (MessageKind::Call, called),
            "text" | "multimodal_text" => match role {
                Some(Role::Assistant) if recipient.is_some() => (MessageKind::Call, recipient),
                Some(Role::Assistant) if thinks => (MessageKind::Reasoning, None),
                Some(Role::Tool) if has_image(content) => (MessageKind::Text, tool),
                Some(Role::Tool) => (MessageKind::Output, tool),
                None => (MessageKind::Other, message.author.role.as_deref()),
                _ => (MessageKind::Text, tool),
            },
            // Said without a type: a string where an object should be.
            "" if matches!(role, Some(Role::User | Role::Assistant)) => (MessageKind::Text, tool),
            unknown => (MessageKind::Other, Some(unknown).filter(|name| !name.is_empty()).or(tool)),
        };
        let name = match kind {
            MessageKind::Error => error_name(tool, non_blank(&content.name)),
            _ => name.map(Cow::Borrowed),
        };
        Self { role: role.unwrap_or(Role::Tool), kind, name, unknown_role: role.is_none() }
    }

    /// Returns the class of what ChatGPT's own screen does with it. Custom instructions and memory are folded
    /// even where they are flagged as hidden, as they always are: they shaped every answer, and the reader
    /// may want them.
    pub(super) fn visibility(&self, message: &Message<'_>, text: &str, parts: &[Annotation]) -> Visibility {
        let attached = || parts.iter().any(|part| matches!(part.detail, AnnotationKind::Attachment(_)));
        if text.trim_start().is_empty() && !attached() {
            return Visibility::Hidden;
        }
        if matches!(self.kind, MessageKind::Instructions | MessageKind::Memory) {
            return Visibility::Folded;
        }
        // An unknown type is not hidden for being unknown.
        let system = self.role == Role::System && self.kind != MessageKind::Other;
        if is_flagged(message) || system {
            return Visibility::Hidden;
        }
        if self.unknown_role || self.kind != MessageKind::Text {
            Visibility::Folded
        } else {
            Visibility::Shown
        }
    }

    /// Returns whether what stands beside the words of the message can stand after them; else it becomes a message of
    /// its own: words are a person's or the model's, and a call is code.
    pub(super) fn takes_the_rest(&self) -> bool {
        matches!(
            self.kind,
            MessageKind::Browsing
                | MessageKind::Page
                | MessageKind::Error
                | MessageKind::Other
                | MessageKind::Output
        )
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

fn has_image(content: &ContentFields<'_>) -> bool {
    let is_image = |part: &Raw<'_>| {
        let repaired = Repaired::new();
        let object = json::from_str_or_repaired(part.0, &repaired, &MemoryBudget::new(NESTED_PARTS_BUDGET));
        object.is_ok_and(|object: PartObject<'_>| attachments::is_image(&object))
    };
    content.parts.list.iter().filter(|part| part.0.starts_with('{')).any(is_image)
}
