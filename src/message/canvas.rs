//! A document beside the conversation: a canvas, an artifact.

use super::MessageView;
use crate::conversation::AnnotationKind;

/// The name and type of a canvas, as the export has them; both may be empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Canvas<'a> {
    /// The document's name.
    pub title: &'a str,
    /// `document`, `code/python`, …
    pub format: &'a str,
}

impl<'a> Canvas<'a> {
    /// Returns the language of a canvas that is code; `None`: it is prose.
    pub fn language(self) -> Option<&'a str> {
        self.format.strip_prefix("code/")
    }

    /// Returns its type in a word: the language, `document`, or what else the export says; may be empty.
    pub fn kind(self) -> &'a str {
        self.language().unwrap_or(self.format)
    }
}

impl<'a> MessageView<'a> {
    /// Returns the canvas that the message is.
    pub fn canvas(self) -> Option<Canvas<'a>> {
        self.annotations().iter().find_map(|part| match &part.detail {
            AnnotationKind::Canvas { title, format } => Some(Canvas { title, format }),
            _ => None,
        })
    }
}
