//! Gathers the strings of a message that are not in its words.

use super::{
    content_type_meaning::ContentTypeMeaning,
    left_out::left_out,
    reference_texts::push_line,
    shape::{Message, non_blank},
};
use crate::{
    conversation::{MessageKind, Role},
    import::{
        json::{Lenient, UnclaimedValue},
        unread::{self, UnknownKeys, push_field},
    },
};

/// The strings of a message that are not in its words.
#[derive(Default)]
pub(super) struct MessageExtras {
    /// A title of the reasoning before it.
    pub reasoning: String,
    /// The pages that were found for it.
    pub found: String,
    /// Anything else, under the keys it stands in.
    pub more: String,
    /// The keys of which nobody knows what they mean.
    pub keys: UnknownKeys,
}

impl MessageExtras {
    /// Gathers what stands beside the content and was not read.
    pub(super) fn gather(&mut self, message: &mut Message<'_>) {
        let metadata = &mut message.metadata;
        for page in metadata.cited.list.iter().filter(|page| non_blank(&page.url).is_none()) {
            push_line(non_blank(&page.title).unwrap_or_default(), &mut self.found);
        }
        for page in metadata.cited.list.iter() {
            let url = non_blank(&page.url).unwrap_or_default();
            if let Some(name) = non_blank(&page.attribution).filter(|name| !url.contains(name)) {
                push_line(name, &mut self.found);
            }
        }
        for group in metadata.search_groups.iter() {
            // A domain stands in the address of a page, if one has an address.
            let stands_in = |domain: &str| {
                let mut urls = group.entries.iter().filter_map(|entry| non_blank(&entry.url));
                urls.any(|url| url.contains(domain))
            };
            if let Some(domain) = non_blank(&group.domain).filter(|domain| !stands_in(domain)) {
                push_line(domain, &mut self.found);
            }
            for entry in group.entries.iter() {
                let url = non_blank(&entry.url);
                let host =
                    non_blank(&entry.attribution).filter(|name| !url.unwrap_or_default().contains(name));
                let words = [non_blank(&entry.title), url, host];
                for words in words.into_iter().flatten() {
                    push_line(words, &mut self.found);
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
        let mut visit =
            |key: &str, value: &UnclaimedValue<'_>| keys.push_unclaimed(key, value, left_out, &mut found);
        std::mem::take(&mut metadata.search_groups).unread("search_result_groups", &mut visit);
        std::mem::take(&mut metadata.references).unread("content_references", &mut visit);
        std::mem::take(&mut metadata.citations).unread("citations", &mut visit);
        std::mem::take(&mut metadata.cited).unread("pages", &mut visit);
        self.found = found;
        // What makes a canvas names it; the canvas has the title itself.
        let tools = [non_blank(&message.author.name), non_blank(&message.recipient)];
        let made = tools.into_iter().flatten().any(|tool| tool.starts_with("canmore."));
        if let Some(title) = non_blank(&metadata.canvas.title).filter(|_| !made) {
            push_field("canvas", title, &mut self.more);
        }
        let (keys, more) = (&mut self.keys, &mut self.more);
        let mut visit =
            |key: &str, value: &UnclaimedValue<'_>| keys.push_unclaimed(key, value, left_out, more);
        metadata.unread("metadata", &mut visit);
        message.author.unread("author", &mut visit);
        for (key, value) in &message.unread.0 {
            visit(if key.is_empty() { "message" } else { key }, value);
        }
    }
}

impl ContentTypeMeaning<'_> {
    /// Writes what stands in the content and was not read, under its keys.
    pub(super) fn write_unclaimed_content(
        &self,
        message: &Message<'_>,
        out: &mut String,
        keys: &mut UnknownKeys,
    ) {
        let content = &message.content.0;
        let linked = matches!(self.kind, MessageKind::Quote | MessageKind::Page);
        // Of a tool the line above says whose it is.
        let named = self.kind == MessageKind::Error && self.role == Role::Tool;
        // A domain stands in the address, or for a title that is missing.
        let placed = |domain: &str| {
            let (title, url) = (non_blank(&content.title), non_blank(&content.url));
            title.is_none_or(|title| title == domain) || url.is_some_and(|url| url.contains(domain))
        };
        let domain = linked && non_blank(&content.domain).is_none_or(placed);
        let fields = [
            ("title", &content.title, linked),
            ("url", &content.url, linked),
            ("domain", &content.domain, domain),
            ("name", &content.name, named),
        ];
        for (key, value, read) in fields {
            if let Some(value) = non_blank(value).filter(|_| !read) {
                push_field(key, value, out);
            }
        }
        let lists = [
            ("thoughts", content.thoughts, MessageKind::Reasoning),
            ("user_profile", content.user_profile, MessageKind::Instructions),
            ("user_instructions", content.user_instructions, MessageKind::Instructions),
            ("model_set_context", content.model_set_context, MessageKind::Memory),
        ];
        for (key, value, kind) in lists {
            if self.kind != kind && !value.0.is_empty() && value.0 != "null" {
                push_outline(key, value.0, out);
            }
        }
        content.unread("", &mut |key, value| keys.push_unclaimed(key, value, left_out, out));
        let is_name = |name: &&str| self.name.as_deref().is_some_and(|own| own.contains(*name));
        let language = non_blank(&content.language).filter(|language| *language != "unknown");
        if let Some(language) = language.filter(|language| !is_name(language) && *language != "json") {
            push_field("language", language, out);
        }
        let author = non_blank(&message.author.name);
        let speaks =
            matches!(self.role, Role::Tool) || (self.role == Role::User && self.kind == MessageKind::Text);
        if let Some(author) = author.filter(|author| !(speaks && is_name(author))) {
            push_field("author", author, out);
        }
        if self.kind != MessageKind::Instructions {
            let context = &message.metadata.user_context;
            push_outline("about_user_message", context.about_user.0, out);
            push_outline("about_model_message", context.about_model.0, out);
        }
    }
}

/// Appends all that is in a value under its key, and the keys in it, but what is left out.
pub(super) fn push_outline(key: &str, json: &str, out: &mut String) {
    unread::push_outline(key, json, left_out, out);
}

/// Appends a value that no field took, under its key, if there is a word in it.
pub(super) fn push_unclaimed(key: &str, value: &UnclaimedValue<'_>, out: &mut String) {
    unread::push_unclaimed(key, value, left_out, out);
}
