//! An attachment in words: what it is, what it is called, how large it is.

use super::{MessageView, format};
use crate::conversation::{AnnotationKind, Attachment, Conversation, Media};

/// An attachment in words, before anybody puts it into a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description<'a> {
    /// `image`, `voice clip`, `video`, `file`.
    pub noun: &'static str,
    /// The name the person gave it, as written; may be empty.
    pub name: &'a str,
    /// Its measures and its size: `1 024 × 768`, `213 KB`.
    pub facts: Vec<String>,
    /// The prompt that a picture was made from; may be empty.
    pub prompt: &'a str,
}

impl<'a> Description<'a> {
    /// Describes an attachment.
    pub fn of(attachment: &'a Attachment) -> Self {
        let noun = match attachment.media {
            Media::Image => "image",
            Media::Audio => "voice clip",
            Media::Video => "video",
            Media::File => "file",
        };
        let measures = attachment.dimensions.map(|(width, height)| {
            format!("{} × {}", format::number(width.into()), format::number(height.into()))
        });
        // An export that does not know a size says 0.
        let size = attachment.size.filter(|&size| size > 0).map(format::size);
        let facts = measures.into_iter().chain(size).collect();
        Self { noun, name: attachment.name.trim(), facts, prompt: attachment.prompt.trim() }
    }
}

impl<'a> MessageView<'a> {
    /// Returns the text of one of its attachments; empty where the export does not carry it.
    pub fn attached_text(self, attachment: &'a Attachment) -> &'a str {
        self.conversation.attached_text(self.index, attachment)
    }

    /// Returns the place in its text of a byte of [`Conversation::message_words`]: itself, or that of the attachment it
    /// is about, or else the end.
    pub fn place_of(self, byte: usize) -> usize {
        if byte < self.text().len() {
            return byte;
        }
        let is_at_or_before = |attachment: &Attachment| {
            attachment.content.place().is_some_and(|place| byte < place + attachment.content.len())
        };
        let place = self.annotations().iter().find_map(|part| match &part.detail {
            AnnotationKind::Attachment(attachment) if is_at_or_before(attachment) => {
                Some(part.range.start as usize)
            }
            _ => None,
        });
        place.unwrap_or(self.text().len())
    }

    /// Returns the attachments that the message names.
    pub fn attachments(self) -> impl Iterator<Item = &'a Attachment> {
        self.annotations().iter().filter_map(|part| match &part.detail {
            AnnotationKind::Attachment(attachment) => Some(&**attachment),
            _ => None,
        })
    }
}

/// Returns the attachments that the messages of a conversation name.
pub fn attachments(conversation: &Conversation) -> impl Iterator<Item = &Attachment> {
    (0..conversation.messages().len()).flat_map(|index| MessageView::of(conversation, index).attachments())
}
