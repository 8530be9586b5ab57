//! Gathers the strings of a message that are not in its words.

use serde_json::Value;

use super::{
    left_out::left_out,
    shape::{BlockFields, Cited, CitedPage},
};
use crate::import::{
    json::{Lenient, MaybeText, Raw, UnclaimedValue},
    unread::{self, UnknownKeys, push_field},
};

/// The strings of a message that are not in its words.
#[derive(Default)]
pub(super) struct MessageExtras {
    /// Anything, under the keys it stands in.
    pub more: String,
    /// The keys of which nobody knows what they mean.
    pub keys: UnknownKeys,
}

impl MessageExtras {
    /// Keeps what no field of a record took.
    pub(super) fn keep_unread<'de>(&mut self, key: &str, record: &impl Lenient<'de>) {
        let Self { more, keys } = self;
        record.unread(key, &mut |key, value| keys.push_unclaimed(key, value, left_out, more));
    }

    /// Keeps the value of a field that says nothing where it stands.
    pub(super) fn keep_field(&mut self, key: &str, value: Raw<'_>) {
        if !value.0.is_empty() {
            push_unclaimed(key, &UnclaimedValue::Json(value.0), &mut self.more);
        }
    }

    /// Keeps a text that says nothing where it stands.
    pub(super) fn keep_text(&mut self, key: &str, text: &MaybeText<'_>) {
        if let Some(text) = text.as_deref().filter(|text| !text.trim().is_empty()) {
            push_field(key, text, &mut self.more);
        }
    }

    /// Keeps the fields of a block but those that its words are made of.
    pub(super) fn keep_block(&mut self, fields: &BlockFields<'_>, used: &[&str]) {
        let values = [
            ("text", fields.text),
            ("thinking", fields.thinking),
            ("input", fields.input),
            ("content", fields.content),
            ("message", fields.message),
            ("prompt", fields.prompt),
            ("result", fields.result),
        ];
        for (key, value) in values.into_iter().filter(|(key, _)| !used.contains(key)) {
            self.keep_field(key, value);
        }
        let texts = [("name", &fields.name), ("title", &fields.title), ("url", &fields.url)];
        for (key, text) in texts.into_iter().filter(|(key, _)| !used.contains(key)) {
            self.keep_text(key, text);
        }
        if !used.contains(&"summaries") {
            fields.summaries.iter().for_each(|summary| self.keep_field("summary", summary.summary));
        }
        if !used.contains(&"citations") {
            fields.citations.iter().for_each(|cited| self.keep_citation(cited));
        }
    }

    fn keep_citation(&mut self, cited: &Cited<'_>) {
        self.keep_text("title", &cited.title);
        self.keep_text("url", &cited.url);
        std::iter::once(&cited.details).chain(cited.sources.iter()).for_each(|page| self.keep_page(page));
    }

    fn keep_page(&mut self, page: &CitedPage<'_>) {
        self.keep_text("title", &page.title);
        self.keep_text("url", &page.url);
    }
}

/// Appends a value that no field took, under its key, if there is a word in it.
pub(super) fn push_unclaimed(key: &str, value: &UnclaimedValue<'_>, out: &mut String) {
    unread::push_unclaimed(key, value, left_out, out);
}

/// Appends every word of a value.
pub(super) fn all_words(value: Raw<'_>, words: &mut String) {
    unread::all_words(value, left_out, words);
}

/// The number of strings of a block that are looked for in the whole of what it says; the rest is told once more.
const MAX_LOOKUPS: usize = 128;
/// The bytes that are looked through for all strings of a block.
const MAX_COMPARED: usize = 16 << 20;
/// The number of times that a string which is itself JSON is read as such.
const MAX_NESTED_JSON: usize = 3;

/// A text in which strings are looked for that say once more what it says.
pub(super) struct Said<'s> {
    text: &'s str,
    /// The bytes that may still be looked through.
    budget: usize,
}

impl<'s> Said<'s> {
    /// Looks in this text.
    pub(super) fn of(text: &'s str) -> Self {
        Self { text, budget: text.len().saturating_mul(MAX_LOOKUPS).min(MAX_COMPARED) }
    }

    /// Returns whether a string stands in the text, as far as that may be looked for.
    pub(super) fn says(&mut self, words: &str) -> bool {
        let words = words.trim();
        if words.is_empty() {
            return true;
        }
        if words.len() > self.text.len() {
            return false;
        }
        let Some(left) = self.budget.checked_sub(self.text.len()) else { return false };
        self.budget = left;
        memchr::memmem::find(self.text.as_bytes(), words.as_bytes()).is_some()
    }

    /// Appends the strings of a value that the text does not say, each under its key.
    pub(super) fn push_unsaid(
        &mut self,
        key: &str,
        value: &UnclaimedValue<'_>,
        keys: &mut UnknownKeys,
        out: &mut String,
    ) {
        let json = match value {
            UnclaimedValue::Text(text) if self.says(text) => return,
            UnclaimedValue::Text(_) => return keys.push_unclaimed(key, value, left_out, out),
            UnclaimedValue::Json(json) => json,
        };
        // What is too deep for it is told as it is.
        let Ok(whole) = serde_json::from_str::<Value>(json) else {
            return keys.push_unclaimed(key, value, left_out, out);
        };
        let before = out.len();
        let mut left = vec![(key.to_owned(), whole, 0)];
        while let Some((key, value, nested)) = left.pop() {
            match value {
                Value::String(text) => {
                    let is_json = nested < MAX_NESTED_JSON && text.trim_start().starts_with(['{', '[']);
                    if let Some(inner) = is_json.then(|| serde_json::from_str(&text).ok()).flatten() {
                        left.push((key, inner, nested + 1));
                    } else if text.contains(char::is_alphanumeric) && !self.says(&text) {
                        unread::push_outline(&key, &Value::String(text).to_string(), left_out, out);
                    }
                }
                Value::Array(list) => {
                    left.extend(list.into_iter().rev().map(|value| (key.clone(), value, nested)));
                }
                Value::Object(fields) => {
                    let fields = fields.into_iter().rev().filter(|(key, _)| left_out(key).is_none());
                    left.extend(fields.map(|(key, value)| (key, value, nested)));
                }
                _ => {}
            }
        }
        if out.len() > before {
            keys.keep(key);
        }
    }
}
