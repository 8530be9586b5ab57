//! Kinds of contents that a message can be searched for: code, pictures, files, links.

use memchr::memmem;

use super::MessageView;
use crate::conversation::{AnnotationKind, Media, MessageKind};

impl MessageView<'_> {
    /// Returns whether there is code in it: in a fence, as a tool's input, as a canvas.
    pub fn holds_code(self) -> bool {
        self.message().kind == MessageKind::Call
            || memmem::find(self.text().as_bytes(), b"```").is_some()
            || self.canvas().is_some_and(|canvas| canvas.language().is_some())
    }

    /// Returns whether it names a picture.
    pub fn holds_image(self) -> bool {
        self.attachments().any(|attachment| attachment.media == Media::Image)
    }

    /// Returns whether it names an attachment other than a picture.
    pub fn holds_file(self) -> bool {
        self.attachments().any(|attachment| attachment.media != Media::Image)
    }

    /// Returns whether a file with its text, or a long text that was pasted, is attached to it.
    pub fn holds_attached_text(self) -> bool {
        self.attachments().any(|attachment| !attachment.content.is_empty())
    }

    /// Returns whether an address stands in it, or it cites or quotes a page.
    pub fn holds_link(self) -> bool {
        let text = self.text();
        // Faster than to look for each of both schemes.
        let mut marks = memmem::find_iter(text.as_bytes(), b"://");
        marks.any(|at| text[..at].ends_with("http") || text[..at].ends_with("https"))
            || self.annotations().iter().any(|part| match &part.detail {
                AnnotationKind::Citation(links) | AnnotationKind::ListedSources(links) => !links.is_empty(),
                AnnotationKind::QuotedPage(_) => true,
                _ => false,
            })
    }
}
