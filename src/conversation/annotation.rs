//! The annotations of a message besides its words: attachments, sources, canvases.

use std::ops::Range;

use super::AttachedText;

/// Something in a message besides its words, or a fact about some of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Annotation {
    /// The bytes of the *message's* text that it concerns; empty for what stands between words.
    pub range: Range<u32>,
    /// Its content.
    pub detail: AnnotationKind,
}

/// The content of an [`Annotation`].
#[derive(Clone, Debug, PartialEq)]
pub enum AnnotationKind {
    /// The range reads as Markdown links to these sources; a screen may show a number instead.
    Citation(Box<[Link]>),
    /// Sources listed for the whole message, without a place in the text (empty range at its end).
    ListedSources(Box<[Link]>),
    /// An image, file, voice clip or video at this place.
    Attachment(Box<Attachment>),
    /// This message is a canvas.
    Canvas {
        /// The document's name.
        title: Box<str>,
        /// `document`, `code/python`, …
        format: Box<str>,
    },
    /// The time the model thought, in whole seconds; `None`: the message's text says it in the export's own words.
    ThinkingTime {
        /// `metadata.finished_duration_sec`.
        seconds: Option<u32>,
    },
    /// The message quotes or fetched this page.
    QuotedPage(Box<Link>),
}

impl AnnotationKind {
    /// Bytes it keeps on the heap.
    pub(super) fn heap_size(&self) -> usize {
        let link = |link: &Link| size_of::<Link>() + link.title.len() + link.url.len();
        match self {
            Self::Citation(links) | Self::ListedSources(links) => links.iter().map(link).sum(),
            Self::Attachment(attachment) => {
                let Attachment { id, name, mime, prompt, content, .. } = &**attachment;
                let texts = [id, name, mime, prompt].iter().map(|text| text.len()).sum::<usize>();
                size_of::<Attachment>() + texts + content.heap_size()
            }
            Self::Canvas { title, format } => title.len() + format.len(),
            Self::ThinkingTime { .. } => 0,
            Self::QuotedPage(source) => link(source),
        }
    }
}

/// An address with its title. Both untrusted.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Link {
    /// The page's title; may be empty.
    pub title: Box<str>,
    /// The address; may be empty when only a title is known.
    pub url: Box<str>,
}

/// The kind of thing an attachment is, as far as the export says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Media {
    /// A picture, uploaded or generated.
    Image,
    /// A voice clip.
    Audio,
    /// A video.
    Video,
    /// Any other upload.
    File,
}

/// An attachment as a message names it. The archive knows whether it holds the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its kind.
    pub media: Media,
    /// The id in the export's file names, stripped of scheme and suffix (`file-abc`, `file_000…`).
    pub id: Box<str>,
    /// The name the person gave it, or empty.
    pub name: Box<str>,
    /// Its size in bytes.
    pub size: Option<u64>,
    /// Width and height in pixels.
    pub dimensions: Option<(u32, u32)>,
    /// The MIME type, or empty.
    pub mime: Box<str>,
    /// A generated image's prompt, or empty.
    pub prompt: Box<str>,
    /// The text of the file when the export carries it.
    pub content: AttachedText,
}
