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
        let bytes = archive.read_member(&member, MAX_PASTE_SIZE + 1).ok()?;
        let cost = bytes.len() + OVERHEAD_PER_PASTE;
        self.left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(cost))
            .ok()
            .filter(|_| bytes.len() <= MAX_PASTE_SIZE)?;
        text_of(bytes)
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
