//! Fields that the exports of several providers have, each in the same shape: lists that may be a bare string, pages,
//! files.
//!
//! As everywhere in the import a field of another type than expected is as one that is not there. What only one
//! provider has stands in its own `shape`.

use std::borrow::Cow;

use serde::de::{MapAccess, SeqAccess};

use super::json::{FieldKey, Lenient, MaybeText, MemoryBudget, Raw, UnclaimedValue, UnclaimedValues};
use crate::conversation::{Annotation, AnnotationKind, AttachedText, Attachment, Link, Media};

/// The content of a message: a list, each element as it stands; or a bare string.
#[derive(Clone, Debug, Default)]
pub(super) struct ContentList<'de> {
    pub list: Vec<Raw<'de>>,
    pub bare: MaybeText<'de>,
    /// The values of an object that stands where a list should.
    pub unread: UnclaimedValues<'de>,
}

impl<'de> Lenient<'de> for ContentList<'de> {
    fn from_text(text: Cow<'de, str>, _: &MemoryBudget) -> Self {
        Self { bare: Some(text), ..Self::default() }
    }

    fn from_list<A: SeqAccess<'de>>(list: A, budget: &MemoryBudget) -> Result<Self, A::Error> {
        Ok(Self { list: Lenient::from_list(list, budget)?, ..Self::default() })
    }

    fn from_map<A: MapAccess<'de>>(mut map: A, budget: &MemoryBudget) -> Result<Self, A::Error> {
        let mut pieces = Self::default();
        while let Some(FieldKey(key)) = map.next_key()? {
            let value = map.next_value_seed(budget.seed())?;
            pieces.unread.keep(key, value, budget);
        }
        Ok(pieces)
    }

    fn unread(&self, parent_key: &str, visit: &mut dyn FnMut(&str, &UnclaimedValue<'_>)) {
        for (key, value) in &self.unread.0 {
            visit(if key.is_empty() { parent_key } else { key }, value);
        }
    }
}

/// An id longer than this, in bytes, counts as missing: ids have some dozen characters, and each is written in many places.
const MAX_ID_LENGTH: usize = 1 << 10;
/// A title is cut at this many bytes, for the same reason.
const MAX_TITLE_LENGTH: usize = 64 << 10;

/// The longest name of a person, a tool, a model or a file that is written in many places, in bytes; a longer one is cut.
const MAX_NAME_LENGTH: usize = 256;

/// Returns a name that is written in many places, cut where it is too long for one.
pub(super) fn bounded_name(name: &str) -> Cow<'_, str> {
    if name.len() <= MAX_NAME_LENGTH {
        return Cow::Borrowed(name);
    }
    Cow::Owned(format!("{}…", &name[..name.floor_char_boundary(MAX_NAME_LENGTH)]))
}

/// Returns a text of a conversation's own, if it says anything.
fn non_blank_owned(text: &MaybeText<'_>) -> Option<Box<str>> {
    text.as_deref().filter(|text| !text.trim().is_empty()).map(Box::from)
}

/// Returns the id of a conversation, a model or the like.
pub(super) fn bounded_id(text: &MaybeText<'_>) -> Option<Box<str>> {
    non_blank_owned(text).filter(|id| id.len() <= MAX_ID_LENGTH)
}

/// Returns a title.
pub(super) fn bounded_title(text: &MaybeText<'_>) -> Option<Box<str>> {
    let title = non_blank_owned(text)?;
    if title.len() <= MAX_TITLE_LENGTH {
        return Some(title);
    }
    Some(format!("{}…", &title[..title.floor_char_boundary(MAX_TITLE_LENGTH)]).into())
}

/// Returns a link of what may be missing.
pub(super) fn link(title: Option<&str>, url: Option<&str>) -> Link {
    Link { title: title.unwrap_or_default().into(), url: url.unwrap_or_default().into() }
}

/// Returns a number of bytes, if it can be one.
pub(super) fn size(number: Option<f64>) -> Option<u64> {
    number.filter(|number| (0.0..1e18).contains(number)).map(|number| number as u64)
}

/// Tells the kind of a file by its MIME type, or by the word before the slash alone.
pub(super) fn media(mime: &str) -> Media {
    match mime.split('/').next() {
        Some("image") => Media::Image,
        Some("audio") => Media::Audio,
        Some("video") => Media::Video,
        _ => Media::File,
    }
}

/// Returns a file, of which nothing is known yet.
pub(super) fn empty_attachment(media: Media) -> Attachment {
    let empty = || Box::from("");
    Attachment {
        media,
        id: empty(),
        name: empty(),
        size: None,
        dimensions: None,
        mime: empty(),
        prompt: empty(),
        content: AttachedText::default(),
    }
}

/// Returns a file at a place of a message's text.
pub(super) fn attachment_annotation(attachment: Attachment, at: u32) -> Annotation {
    Annotation { range: at..at, detail: AnnotationKind::Attachment(Box::new(attachment)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_is_too_long_is_none_and_titles_and_names_are_cut() {
        let text = |length: usize| Some(Cow::Owned("é".repeat(length / 2)));
        assert!(bounded_id(&text(MAX_ID_LENGTH)).is_some());
        assert_eq!(bounded_id(&text(MAX_ID_LENGTH + 2)), None);
        for length in [MAX_TITLE_LENGTH, MAX_TITLE_LENGTH + 2, 2 * MAX_TITLE_LENGTH] {
            let title = bounded_title(&text(length)).expect("it says something");
            assert!(title.len() <= MAX_TITLE_LENGTH + '…'.len_utf8(), "{}", title.len());
            assert_eq!(title.ends_with('…'), length > MAX_TITLE_LENGTH);
        }
        for length in [MAX_NAME_LENGTH, MAX_NAME_LENGTH + 2, 2 * MAX_NAME_LENGTH] {
            let name = "é".repeat(length / 2);
            let name = bounded_name(&name);
            assert!(name.len() <= MAX_NAME_LENGTH + '…'.len_utf8(), "{}", name.len());
            assert_eq!(name.ends_with('…'), length > MAX_NAME_LENGTH);
        }
    }
}
