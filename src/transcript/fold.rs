//! What folds: which messages do, whether they start open, and what their one line says.

use super::{Options, attachment, sanitize};
use crate::conversation::{Conversation, Detail, Kind, Message, Visibility};

/// Whether a message folds, and if so whether it starts open.
pub(super) fn initially(conversation: &Conversation, message: usize, options: &Options) -> Option<bool> {
    let Message { kind, visibility, .. } = conversation.messages()[message];
    match kind {
        Kind::Canvas => Some(options.open_canvas),
        _ if visibility == Visibility::Shown => {
            let carries = |part: &crate::conversation::Part| match &part.detail {
                Detail::Attachment(attachment) => !attachment.content.is_empty(),
                _ => false,
            };
            conversation.message_parts(message).iter().any(carries).then_some(options.open_files)
        }
        // Nothing but its one line.
        Kind::Recap => None,
        Kind::Reasoning => Some(options.open_reasoning),
        Kind::Instructions | Kind::Memory => Some(options.open_instructions),
        _ => Some(options.open_tools),
    }
}

/// Whether the whole message is one line while it is folded (rather than only the files it carries).
pub(super) fn is_whole(conversation: &Conversation, message: usize) -> bool {
    let message = &conversation.messages()[message];
    message.kind == Kind::Canvas || message.visibility != Visibility::Shown
}

/// The words of a fold's line, sanitised: `python · 12 lines`. `recap` is the message that labels reasoning.
pub(super) fn label(conversation: &Conversation, index: usize, recap: Option<usize>) -> String {
    let message = &conversation.messages()[index];
    let name = conversation.message_name(index).map(|name| sanitize::line(tool(name)));
    let name = |otherwise: &str| name.as_deref().unwrap_or(otherwise).to_owned();
    match message.kind {
        Kind::Call => counted(conversation, index, &name("tool")),
        Kind::Output => {
            let tool = name("tool");
            counted(conversation, index, &format!("{tool} result"))
        }
        Kind::Reasoning => thought(conversation, index, recap),
        Kind::Recap => thought(conversation, index, Some(index)),
        Kind::Quote => titled(conversation, index, "quote"),
        Kind::Page => titled(conversation, index, "web page"),
        Kind::Browsing => counted(conversation, index, "web search"),
        Kind::Error => {
            let first = conversation.message_text(index).lines().map(str::trim).find(|line| !line.is_empty());
            let what = name(first.unwrap_or_default());
            let what = sanitize::line(&what);
            if what.is_empty() {
                "error".to_owned()
            } else {
                format!("error · {}", sanitize::fit(&what, 60))
            }
        }
        Kind::Instructions => counted(conversation, index, "custom instructions"),
        Kind::Memory => counted(conversation, index, "saved memory"),
        Kind::Canvas => canvas(conversation, index),
        Kind::Other => counted(conversation, index, &name("unknown type")),
        Kind::Text => {
            let who = name(message.role.as_str());
            counted(conversation, index, &who)
        }
    }
}

/// A tool as people know it. The export has some under the name of the day.
pub(super) fn tool(name: &str) -> &str {
    if name.starts_with("t2uay3k.") { "image generator" } else { name }
}

fn counted(conversation: &Conversation, message: usize, what: &str) -> String {
    let count = conversation.message_text(message).trim().lines().count();
    let files = conversation
        .message_parts(message)
        .iter()
        .filter(|part| matches!(part.detail, Detail::Attachment(_)))
        .count();
    let files = (files > 0).then(|| format!("{files} file{}", if files == 1 { "" } else { "s" }));
    let lines = (count > 0 || files.is_none()).then(|| attachment::lines(count));
    let facts = [Some(what.to_owned()), lines, files];
    facts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn titled(conversation: &Conversation, message: usize, what: &str) -> String {
    let source = conversation.message_parts(message).iter().find_map(|part| match &part.detail {
        Detail::Source(link) => Some(link),
        _ => None,
    });
    match source {
        Some(link) if !link.title.is_empty() || !link.url.is_empty() => {
            let shown: String =
                super::citation::described(link, 80).iter().map(|span| span.text.as_str()).collect();
            format!("{what} · {shown}")
        }
        _ => counted(conversation, message, what),
    }
}

/// A canvas's name and type.
fn canvas(conversation: &Conversation, message: usize) -> String {
    let (title, format) = canvas_of(conversation, message);
    let title = sanitize::line(title.trim());
    let kind = sanitize::line(format.strip_prefix("code/").unwrap_or(format));
    let title = if title.is_empty() { "untitled".into() } else { sanitize::fit(&title, 80) };
    if kind.is_empty() || kind == "document" {
        format!("canvas · {title}")
    } else {
        format!("canvas · {title} · {kind}")
    }
}

/// A canvas's name and type as the export has them; both may be empty.
pub(super) fn canvas_of(conversation: &Conversation, message: usize) -> (&str, &str) {
    let canvas = conversation.message_parts(message).iter().find_map(|part| match &part.detail {
        Detail::Canvas { title, format } => Some((&**title, &**format)),
        _ => None,
    });
    canvas.unwrap_or_default()
}

/// `Thought for 15 s`: by the seconds the export counts, else in its own words.
fn thought(conversation: &Conversation, index: usize, recap: Option<usize>) -> String {
    let messages = [recap, Some(index)];
    let seconds =
        messages.iter().flatten().flat_map(|&message| conversation.message_parts(message)).find_map(|part| {
            match part.detail {
                Detail::Thought { seconds } => seconds,
                _ => None,
            }
        });
    if let Some(seconds) = seconds {
        return match (seconds / 60, seconds % 60) {
            (0, seconds) => format!("Thought for {seconds} s"),
            (minutes, 0) => format!("Thought for {minutes} min"),
            (minutes, seconds) => format!("Thought for {minutes} min {seconds} s"),
        };
    }
    let words = recap.map(|recap| sanitize::line(conversation.message_text(recap).trim()).into_owned());
    words.filter(|words| !words.is_empty()).map_or_else(
        || counted(conversation, index, "Thought"),
        |words| sanitize::fit(&words, 80).into_owned(),
    )
}
