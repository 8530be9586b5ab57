//! An attachment as a line of an extract, with the address of its file where that stands beside the text.

use super::{ExtractOptions, one_line};
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

/// An attachment in words, with the address of its file.
pub(super) struct Attached<'a> {
    /// Its description; says what is to be known of the file.
    pub words: String,
    /// The place of its file, relative to the text, where it stands beside it.
    pub address: Option<&'a str>,
    /// A browser might run what is in the file.
    pub acts: bool,
}

/// Describes an attachment whose file may stand beside the text.
pub(super) fn attached<'a>(attachment: &Attachment, options: &'a ExtractOptions) -> Attached<'a> {
    let mut words = describe(attachment);
    let place = options.links.as_ref().and_then(|links| links.get(attachment));
    if let Some(None) = place {
        words += ", not in the archive";
    }
    let address = place.and_then(Option::as_deref);
    let acts = address.is_some_and(|address| !is_inert(address));
    if acts {
        words += ", a download: a browser might run it";
    }
    Attached { words, address, acts }
}

/// The endings of files that a browser shows, plays, or gives to another program, and in which nothing acts. Of any
/// other, and of a file without one, it may look at what is in it, and find a page.
const INERT: [&str; 84] = [
    "png", "jpg", "jpeg", "gif", "webp", "avif", "bmp", "tif", "tiff", "heic", "heif", "ico", "psd", "mp3",
    "wav", "ogg", "oga", "opus", "flac", "m4a", "aac", "weba", "mp4", "m4v", "webm", "mov", "mkv", "avi",
    "pdf", "epub", "txt", "md", "log", "csv", "tsv", "json", "jsonl", "ndjson", "yaml", "yml", "toml", "ini",
    "sql", "py", "ipynb", "rs", "c", "h", "cpp", "hpp", "cs", "go", "java", "kt", "swift", "rb", "lua", "r",
    "m", "tex", "bib", "diff", "patch", "srt", "vtt", "ics", "docx", "doc", "xlsx", "xls", "pptx", "ppt",
    "odt", "ods", "odp", "rtf", "zip", "gz", "tar", "xz", "bz2", "zst", "7z", "rar",
];

/// Decides by its name whether nothing in a file can act when a browser opens it.
fn is_inert(address: &str) -> bool {
    let name = address.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').is_some_and(|(_, ending)| INERT.contains(&&*ending.to_ascii_lowercase()))
}
