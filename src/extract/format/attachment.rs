//! An attachment as a line of an extract, with the address of its file where that stands beside the text.

use super::{Options, one_line};
use crate::{conversation::Attachment, message::Description};

/// Returns an attachment in words: `Image: diagram.png (1 024 × 768, 240 KB)`, `Image: file-1, made from: “a
/// fox”`. One without a name has its id, by which the archive's files are called.
pub(super) fn describe(attachment: &Attachment) -> String {
    let Description { noun, name, facts, prompt } = Description::of(attachment);
    let name = [name, attachment.id.trim()].into_iter().find(|name| !name.is_empty());
    let mut line = String::from(noun);
    // The nouns are ASCII.
    line[..1].make_ascii_uppercase();
    line.extend([": ", &one_line(name.unwrap_or("without a name"))]);
    if !facts.is_empty() {
        line.extend([" (", &facts.join(", "), ")"]);
    }
    if !prompt.is_empty() {
        line.extend([", made from: “", &one_line(prompt), "”"]);
    }
    line
}

/// Describes an attachment whose file may stand beside the text, and returns its address, if it does.
pub(super) fn attached<'a>(attachment: &Attachment, options: &'a Options) -> (String, Option<&'a str>) {
    let words = describe(attachment);
    match options.links.as_ref().and_then(|links| links.of(attachment)) {
        Some(None) => (words + ", not in the archive", None),
        place => (words, place.and_then(Option::as_deref)),
    }
}
