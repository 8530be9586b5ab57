//! One file a provider: one JSON object in, one [`Conversation`] out.
//!
//! An object that is sound JSON is parsed as it stands, borrowing what it can. One that is not is mended first
//! ([`mend`]): what can be read of it is shown, and the account says that it was mended.
//!
//! To add a provider: a file beside `chatgpt` with a `parse` of the same shape, its mark in [`Provider`]'s
//! detection, and its variant in [`Provider`].

mod chatgpt;
mod json;
pub mod mend;

use std::{borrow::Cow, ops::Range};

use hashbrown::HashMap;

use crate::conversation::{Conversation, Source};

#[doc(no_inline)]
pub use crate::conversation::Provider;

/// Why an object became no conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not JSON, even mended; `at` is the byte in it where reading ended.
    Json {
        /// Bytes from the beginning of the object.
        at: u64,
    },
    /// It is that provider's, which is not supported yet.
    Foreign(&'static str),
    /// It is an object, but no conversation: it has no message tree.
    NoConversation,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Json { at } => write!(formatter, "not valid JSON at byte {at} of the object"),
            Self::Foreign(provider) => {
                write!(formatter, "from a {provider} export, which is not supported yet")
            }
            Self::NoConversation => formatter.write_str("no conversation: it has no messages (\"mapping\")"),
        }
    }
}

/// A conversation, and what had to be done to read it.
#[derive(Debug)]
pub struct Parsed {
    /// The conversation.
    pub conversation: Conversation,
    /// The object was no sound JSON: what was wrong.
    pub mended: Option<mend::Mended>,
}

/// Content types and how often each occurred.
#[derive(Clone, Debug, Default)]
pub struct Census {
    types: HashMap<Box<str>, (u64, bool)>,
}

/// Different content types that are told apart; real exports have under thirty.
const MOST_TYPES: usize = 1_000;
/// Bytes of a type's name that are kept.
const LONGEST_TYPE: usize = 64;

impl Census {
    fn count(&mut self, name: &str, known: bool) {
        self.add(name, 1, known);
    }

    fn add(&mut self, name: &str, times: u64, known: bool) {
        let name = &name[..boundary(name, LONGEST_TYPE)];
        if let Some((count, _)) = self.types.get_mut(name) {
            *count += times;
        } else if self.types.len() < MOST_TYPES {
            self.types.insert(name.into(), (times, known));
        }
    }

    /// Adds another thread's counts.
    pub fn merge(&mut self, other: &Self) {
        for (name, &(count, known)) in &other.types {
            self.add(name, count, known);
        }
    }

    /// Each content type with its count and whether this version knows it; most frequent first.
    pub fn types(&self) -> Vec<(String, u64, bool)> {
        let mut types: Vec<_> =
            self.types.iter().map(|(name, &(count, known))| (name.to_string(), count, known)).collect();
        types.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        types
    }
}

/// An object that was read but not laid out yet: its JSON is no longer needed.
pub struct Read {
    read: chatgpt::Read,
    mended: Option<mend::Mended>,
}

/// Reads one object. `whole` says that it was closed; one that was cut off is mended at once.
pub fn read(object: &[u8], whole: bool, census: &mut Census) -> Result<Read, Fault> {
    sound(object, whole, census).unwrap_or_else(|| mended(mend::mend(object), census))
}

/// [`read`] for a large object: of its JSON, mended JSON and text no more than two are in memory at once.
pub fn read_owned(
    bytes: Vec<u8>,
    within: Range<usize>,
    whole: bool,
    census: &mut Census,
) -> Result<Read, Fault> {
    if let Some(result) = sound(&bytes[within.clone()], whole, census) {
        return result;
    }
    let mending = mend::mend(&bytes[within]);
    drop(bytes);
    mended(mending, census)
}

/// What a sound object says; `None` if it is not.
fn sound(object: &[u8], whole: bool, census: &mut Census) -> Option<Result<Read, Fault>> {
    let text = std::str::from_utf8(object).ok().filter(|_| whole)?;
    match chatgpt::read(text, census) {
        Err(Fault::Json { .. }) => None,
        result => Some(result.map(|read| Read { read, mended: None })),
    }
}

fn mended((text, mended): (String, mend::Mended), census: &mut Census) -> Result<Read, Fault> {
    chatgpt::read(&text, census).map(|read| Read { read, mended: Some(mended) })
}

impl Read {
    /// Lays the conversation out.
    pub fn finish(self, source: Source) -> Parsed {
        let mut mended = self.mended;
        if self.read.dropped > 0 {
            mended.get_or_insert_default().pruned += self.read.dropped;
        }
        Parsed { conversation: chatgpt::finish(self.read, source), mended }
    }
}

/// [`read`] and [`Read::finish`] in one.
pub fn parse(object: &[u8], whole: bool, source: Source, census: &mut Census) -> Result<Parsed, Fault> {
    Ok(read(object, whole, census)?.finish(source))
}

/// The last place at or before `at` where a character begins.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// Whether a whole object is sound JSON and a conversation of a provider that is supported.
pub fn is_conversation(object: &[u8]) -> bool {
    let mut census = Census::default();
    std::str::from_utf8(object).is_ok_and(|text| chatgpt::read(text, &mut census).is_ok())
}

/// The text of an object as JSON that can be parsed: itself if it is sound.
pub fn readable(object: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(object) {
        Ok(text) if serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() => Cow::Borrowed(text),
        _ => Cow::Owned(mend::mend(object).0),
    }
}
