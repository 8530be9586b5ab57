//! Reads pastes that an export keeps as files of their own: a person's words, as those of their message are.
//!
//! Seen since 2026: ChatGPT makes a file of a long paste, and marks it where the message lists it. Which files these are
//! the import knows; here they are found and read, within bounds.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::archive::Archive;

/// The longest paste that is read, in bytes; a longer one is a file like any other.
const MAX_PASTE_SIZE: usize = 2 << 20;
/// The bytes of all pastes of an archive that are read.
const MAX_PASTES_SIZE: usize = 32 << 20;
/// What each costs besides, in bytes: it is looked up and opened.
const OVERHEAD_PER_PASTE: usize = 1 << 10;
/// What is reserved for one before it is read, in bytes.
const RESERVED: usize = MAX_PASTE_SIZE + 1 + OVERHEAD_PER_PASTE;

/// Reads the pastes of one archive.
pub(super) struct PasteReader {
    left: AtomicUsize,
}

impl PasteReader {
    pub(super) fn new() -> Self {
        Self { left: AtomicUsize::new(MAX_PASTES_SIZE) }
    }

    /// Reads the paste that the archive has under this id; `None` for what is not there, is no text or is too long.
    pub(super) fn read(&self, archive: &Archive, id: &str) -> Option<String> {
        let member = archive.find_attachment(id)?;
        if !self.reserve() {
            return None;
        }
        let bytes = archive.read_member(&member, MAX_PASTE_SIZE + 1).ok()?;
        self.give_back(RESERVED - OVERHEAD_PER_PASTE - bytes.len());
        if bytes.len() <= MAX_PASTE_SIZE { text_of(bytes) } else { None }
    }

    /// Takes what the longest one costs, before it is known how long this one is: what is not left is not read.
    fn reserve(&self) -> bool {
        let taken = |left: usize| left.checked_sub(RESERVED);
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken).is_ok()
    }

    fn give_back(&self, bytes: usize) {
        self.left.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// Returns the text that bytes are, if they are one.
fn text_of(bytes: Vec<u8>) -> Option<String> {
    let text = String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))?;
    Some(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As many conversations as there is room for in an export may name the longest paste.
    #[test]
    fn no_paste_is_begun_that_may_not_be_read_to_its_end() {
        let reader = PasteReader::new();
        let begun = (0..1_000).filter(|_| reader.reserve()).count();
        assert_eq!(begun, MAX_PASTES_SIZE / RESERVED);
        reader.give_back(RESERVED);
        assert!(reader.reserve() && !reader.reserve());
    }

    #[test]
    fn a_paste_is_text_without_the_mark_before_it() {
        assert_eq!(text_of(b"\xef\xbb\xbfone".to_vec()).as_deref(), Some("one"));
        assert_eq!((text_of(b"a\xff".to_vec()), text_of(b"a\0".to_vec())), (None, None));
    }
}
