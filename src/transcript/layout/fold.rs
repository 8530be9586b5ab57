//! Folds: the messages that fold, whether they start open, and the words of their one line.

use super::citation;
use crate::{
    conversation::{Conversation, Message, MessageKind, Visibility},
    message::{Canvas, Label, MessageView, format},
    transcript::{TranscriptOptions, text::sanitize},
};

/// The bytes of a text whose blank lines at its ends are not counted: looking for the end of megabytes of them takes
/// longer than a key may.
const MAX_TRIMMED_LENGTH: usize = 1 << 20;

/// Returns how a message that folds starts (`None`: it does not fold): `true` where it starts open.
pub fn starts_open(conversation: &Conversation, message: usize, options: &TranscriptOptions) -> Option<bool> {
    let Message { kind, visibility, .. } = conversation.messages()[message];
    match kind {
        MessageKind::Canvas => Some(options.open_canvas),
        _ if visibility == Visibility::Shown => {
            let mut attachments = MessageView::of(conversation, message).attachments();
            attachments.any(|attachment| !attachment.content.is_empty()).then_some(options.open_files)
        }
        // Nothing but its one line.
        MessageKind::Recap => None,
        MessageKind::Reasoning => Some(options.open_reasoning),
        MessageKind::Instructions | MessageKind::Memory => Some(options.open_instructions),
        _ => Some(options.open_tools),
    }
}

/// Returns whether the whole message is one line while it is folded, rather than only the files it carries.
pub fn folds_whole_message(conversation: &Conversation, message: usize) -> bool {
    let message = &conversation.messages()[message];
    message.kind == MessageKind::Canvas || message.visibility != Visibility::Shown
}

/// Writes the words of a fold's line, sanitized: `python · 12 lines`. `recap` is the message that labels
/// reasoning.
pub fn label(conversation: &Conversation, index: usize, recap: Option<usize>) -> String {
    let view = MessageView::of(conversation, index);
    let label = view.label();
    let noun = label.noun();
    let named = |name: Option<&str>, otherwise: &str| sanitize::label(name.unwrap_or(otherwise)).into_owned();
    match label {
        Label::Call(tool) => counted(view, &named(tool, "tool")),
        Label::Output(tool) => counted(view, &format!("{} {noun}", named(tool, "tool"))),
        Label::Reasoning => thought(view, recap.map(|recap| MessageView::of(conversation, recap))),
        Label::Recap => thought(view, Some(view)),
        Label::Quote | Label::Page => titled(view, noun),
        Label::Error(name) => {
            let first = format::first_line(view.text());
            let what = named(name, first.unwrap_or_default());
            if what.is_empty() { noun.to_owned() } else { format!("{noun} · {}", sanitize::fit(&what, 60)) }
        }
        Label::Search | Label::Instructions | Label::Memory => counted(view, noun),
        Label::Canvas(document) => canvas(document),
        Label::Unknown(name) => counted(view, &named(name, noun)),
        Label::Text => counted(view, &named(view.name(), view.message().role.as_str())),
    }
}

fn counted(view: MessageView<'_>, what: &str) -> String {
    let text = view.text();
    let count = format::lines(if text.len() > MAX_TRIMMED_LENGTH { text } else { text.trim() });
    let files = view.attachments().count();
    let files = (files > 0).then(|| format::count(files as u64, "file", "files"));
    let lines = (count > 0 || files.is_none()).then(|| format::count(count, "line", "lines"));
    let facts = [Some(what.to_owned()), lines, files];
    facts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn titled(view: MessageView<'_>, what: &str) -> String {
    match view.source() {
        Some(link) if !link.title.is_empty() || !link.url.is_empty() => {
            let shown: String =
                citation::link_spans(link, 80).iter().map(|span| span.text.as_str()).collect();
            format!("{what} · {shown}")
        }
        _ => counted(view, what),
    }
}

/// Writes a canvas's name and type.
fn canvas(document: Canvas<'_>) -> String {
    let title = sanitize::label(document.title.trim());
    let kind = sanitize::label(document.kind());
    let title = if title.is_empty() { "untitled".into() } else { sanitize::fit(&title, 80) };
    if kind.is_empty() || kind == "document" {
        format!("canvas · {title}")
    } else {
        format!("canvas · {title} · {kind}")
    }
}

/// Writes how long the model thought, `Thought for 15 s`: by the seconds the export counts, else in its own
/// words.
fn thought(view: MessageView<'_>, recap: Option<MessageView<'_>>) -> String {
    let seconds = recap.into_iter().chain([view]).find_map(MessageView::thought_seconds);
    if let Some(seconds) = seconds {
        return format!("Thought for {}", format::duration(seconds));
    }
    let words =
        recap.map(|recap| sanitize::label(format::first_line(recap.text()).unwrap_or_default()).into_owned());
    words
        .filter(|words| !words.is_empty())
        .map_or_else(|| counted(view, "Thought"), |words| sanitize::fit(&words, 80).into_owned())
}
