//! Plain text: the title, a line of facts, then each entry under a line that says who speaks. Bodies as written, but
//! for lines that [look like one above an entry](super::heading_look_alikes).
//!
//! ```text
//! Ingress returns 504 after a minute
//! 3 Mar 2025, 10:42 · gpt-4o · https://chatgpt.com/c/67c5…
//!
//! You · 3 Mar 2025, 10:42
//! -----------------------
//!
//! Requests through our ingress die with 504.
//! ```

use super::{
    FormatWriter,
    attachment::{Attached, attached},
    entries::{ExtractEntry, entries},
    from_first_line, heading,
    heading_look_alikes::{is_break, write_body_text},
    one_line, raw_text,
};
use crate::{
    conversation::{Conversation, Link},
    extract::{ExtractOptions, address},
    message::{Block, BlockKind, MessageView, link_safety},
};

/// The `text` format; see the [module](self).
pub(super) struct Text;

impl FormatWriter for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn alias(&self) -> Option<&'static str> {
        Some("txt")
    }

    fn about(&self) -> &'static str {
        "Plain text"
    }

    fn extension(&self) -> &'static str {
        "txt"
    }

    fn conversation(&self, conversation: &Conversation, options: &ExtractOptions) -> String {
        whole(conversation, options)
    }

    fn messages(&self, conversation: &Conversation, messages: &[usize], options: &ExtractOptions) -> String {
        let mut out = String::new();
        for &message in messages {
            write_entry(
                conversation,
                &ExtractEntry { message, number: None, branch_label: None },
                options,
                &mut out,
            );
        }
        out.trim_start().to_owned()
    }

    fn message(&self, conversation: &Conversation, message: usize, options: &ExtractOptions) -> String {
        raw_text(conversation, message).unwrap_or_else(|| body(conversation, message, options))
    }

    fn between_sections(&self) -> &'static str {
        "\n\n"
    }
}

fn whole(conversation: &Conversation, options: &ExtractOptions) -> String {
    let mut out = String::with_capacity(conversation.shown_text().len() + 1_024);
    out.push_str(one_line(&conversation.title).trim());
    out.push('\n');
    let facts = [
        conversation.created.and_then(|time| heading::timestamp(time, &options.zone)),
        conversation.model().map(|model| one_line(model).into_owned()),
        address(conversation),
    ];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    if !facts.is_empty() {
        out.push_str(&facts.join(" · "));
        out.push('\n');
    }
    for entry in entries(conversation, options) {
        write_entry(conversation, &entry, options, &mut out);
    }
    out
}

/// Returns the message alone, without its heading or a line break at the end.
fn body(conversation: &Conversation, message: usize, options: &ExtractOptions) -> String {
    let mut out = String::new();
    write_body(conversation, message, options, &mut out);
    out.trim_matches('\n').to_owned()
}

fn write_entry(
    conversation: &Conversation,
    entry: &ExtractEntry,
    options: &ExtractOptions,
    out: &mut String,
) {
    let words = heading::heading_parts(conversation, entry, &options.zone);
    let line = one_line(&words.join(" · ")).into_owned();
    out.push_str("\n\n");
    out.push_str(&line);
    out.push('\n');
    out.push_str(&"-".repeat(line.chars().count()));
    out.push('\n');
    write_body(conversation, entry.message, options, out);
}

/// Writes every block with a blank line before it.
fn write_body(conversation: &Conversation, message: usize, options: &ExtractOptions, out: &mut String) {
    let view = MessageView::of(conversation, message);
    for Block { range, content } in view.blocks() {
        let text = &view.text()[range];
        out.push('\n');
        match content {
            BlockKind::Markdown | BlockKind::Plain => write_body_text(from_first_line(text).trim_end(), out),
            BlockKind::Note => write_body_text(text.trim(), out),
            BlockKind::Code { .. } | BlockKind::Verbatim => {
                write_body_text(text.trim_end_matches(['\n', '\r']), out);
            }
            BlockKind::AttachedText(text) => write_body_text(text.trim_end_matches(['\n', '\r']), out),
            BlockKind::Quote => {
                let text = from_first_line(text).trim_end().replace("\r\n", "\n");
                for (number, line) in text.split(is_break).enumerate() {
                    out.push_str(if number == 0 { "> " } else { "\n> " });
                    out.push_str(line);
                }
            }
            BlockKind::Attachment(attachment) => {
                let Attached { words, address, .. } = attached(attachment, options);
                out.push('[');
                out.push_str(&words);
                if let Some(address) = address {
                    out.extend([": ", address]);
                }
                out.push(']');
            }
            BlockKind::QuotedPage(link) => write_body_text(&source(link), out),
            BlockKind::ListedSources(links) => {
                out.push_str("Sources:");
                for link in links {
                    out.push_str("\n- ");
                    out.push_str(&source(link));
                }
            }
        }
        out.push('\n');
    }
}

fn source(link: &Link) -> String {
    // Both stand there as they are: only the look of the address can deceive.
    let place = link_safety::misleading_destination("", &link.url)
        .map(|place| format!(" ({place})"))
        .unwrap_or_default();
    match (one_line(link.title.trim()), one_line(link.url.trim())) {
        (title, url) if url.is_empty() => title.into_owned(),
        (title, url) if title.is_empty() => format!("{url}{place}"),
        (title, url) => format!("{title} <{url}>{place}"),
    }
}
