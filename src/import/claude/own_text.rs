//! The message's own `text` against its blocks: exports of 2023 have nothing else, later ones repeat in it what the
//! blocks say.

use hashbrown::HashSet;

use super::{open_message::OpenMessage, parse::MessageCollector, tags, unread::all_words};
use crate::import::{dead_links, json::Raw, unread::push_raw_line};

/// The texts in `text` for a block that its writer did not know.
const PLACEHOLDERS: [&str; 3] = [
    "This block is not supported on your current device yet.",
    "Viewing artifacts created via the Analysis Tool web feature preview isn’t yet supported on mobile.",
    "```",
];

impl MessageCollector<'_> {
    /// Writes the message's own `text`, where no block says anything.
    pub(super) fn use_message_text(&mut self, open: &mut OpenMessage<'_, '_>) {
        let mut text = String::new();
        if !matches!(open.message.text.0, "" | "null") {
            all_words(open.message.text, &mut text);
        }
        if open.message.content.list.is_empty() {
            self.arena.import_counts.count("text", true);
        } else {
            text = without_placeholders(text);
        }
        if !text.trim().is_empty() {
            self.append_with_tags(open, &text);
        }
    }

    /// Keeps the lines of the message's own `text` that none of its blocks says.
    pub(super) fn keep_unsaid_text(&self, open: &mut OpenMessage<'_, '_>, first: usize) {
        let (text, content) = (open.message.text, &open.message.content);
        // Without content it is what was said.
        if (content.list.is_empty() && content.bare.is_none()) || repeats(text, &content.list) {
            return;
        }
        let mut words = String::new();
        all_words(text, &mut words);
        let words = without_placeholders(words);
        let words = dead_links::tell(&words);
        let pieces = self.arena.messages[first..].iter();
        let texts = pieces.map(|piece| &self.arena.text[piece.text.start as usize..piece.text.end as usize]);
        let said: HashSet<&str> = texts.flat_map(str::lines).map(str::trim).collect();
        let unsaid = words.lines().map(str::trim);
        let unsaid = unsaid.filter(|line| line.contains(char::is_alphanumeric) && !said.contains(line));
        // What stood in tags is there without them.
        let unsaid = unsaid.filter(|line| !tags::may_be_in(line));
        unsaid.for_each(|line| push_raw_line(line, &mut open.rest.more));
    }
}

/// Returns a text without the names of blocks that its writer did not know.
fn without_placeholders(mut text: String) -> String {
    for placeholder in PLACEHOLDERS {
        text = text.replace(placeholder, "");
    }
    text
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
