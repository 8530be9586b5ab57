//! Gathers the strings of a message that no field takes, each under its key.

use super::{
    ImportCounts, LeftOutReason,
    json::{Raw, UnclaimedValue},
    outline::{outline, outline_words},
};

/// The table of what an importer leaves out.
pub(super) type LeftOut = fn(&str) -> Option<LeftOutReason>;

/// The keys of one message of which nobody knows what they mean, each with how often it stands there.
#[derive(Default)]
pub(super) struct UnknownKeys(pub Vec<(String, u64)>);

/// The number of different such keys of one message that are counted.
const MAX_KEYS: usize = 64;

impl UnknownKeys {
    /// Appends a value that no field took, under its key, if there is a word in it, and keeps the key.
    pub(super) fn push_unclaimed(
        &mut self,
        key: &str,
        value: &UnclaimedValue<'_>,
        left_out: LeftOut,
        out: &mut String,
    ) {
        let before = out.len();
        push_unclaimed(key, value, left_out, out);
        if out.len() > before {
            self.keep(key);
        }
    }

    /// Keeps a key.
    pub(super) fn keep(&mut self, key: &str) {
        if let Some((_, times)) = self.0.iter_mut().find(|(known, _)| known == key) {
            *times += 1;
        } else if self.0.len() < MAX_KEYS {
            self.0.push((key.to_owned(), 1));
        }
    }

    /// Counts them, for the message of this id.
    pub(super) fn count(&self, message: &str, counts: &mut ImportCounts) {
        self.0.iter().for_each(|(key, times)| counts.count_key(key, *times, message));
    }
}

/// Appends all that is in a value under its key, and the keys in it, but what is left out.
pub(super) fn push_outline(key: &str, json: &str, left_out: LeftOut, out: &mut String) {
    outline(key, json, &|key| left_out(key).is_some(), out);
}

/// Appends a value that no field took, under its key, if there is a word in it.
pub(super) fn push_unclaimed(key: &str, value: &UnclaimedValue<'_>, left_out: LeftOut, out: &mut String) {
    match value {
        UnclaimedValue::Json(json) => outline_words(key, json, &|key| left_out(key).is_some(), out),
        UnclaimedValue::Text(text) => push_field(key, text, out),
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

/// Appends every word of a value: a string as it is, of anything else its texts, one a line, or all that is in it under
/// its keys.
pub(super) fn all_words(value: Raw<'_>, left_out: LeftOut, words: &mut String) {
    if value.is_text() {
        return value.unescape(words);
    }
    let mut outlined = String::new();
    push_outline("", value.0, left_out, &mut outlined);
    let mut texts = String::new();
    value.append_text(&mut texts);
    // The texts are all there is: no keys are needed to tell them from anything else.
    let letters = |text: &str| text.bytes().filter(u8::is_ascii_alphanumeric).count();
    let keys = outlined.matches("text: ").count() * 4;
    let all = !texts.is_empty() && letters(&texts) + keys >= letters(&outlined);
    words.push_str(if all { &texts } else { &outlined });
}
