//! One folder a provider: one JSON object in, one [`Conversation`] out.
//!
//! An object that is sound JSON is parsed as it stands, borrowing what it can. One that is not is mended first
//! ([`mend`]): what can be read of it is shown, and the account says that it was mended.
//!
//! An importer reads an object into a `Sorted` conversation: what it says is gathered (`gather`) message by message,
//! put in order (`order`), and the documents it makes are brought to their final state (`documents`). Which importer
//! an object is for, its keys tell ([`crate::provider`], `marks`). To add a provider: a folder beside `claude` with a
//! `read` of the same shape; the compiler asks where it is to be named.

mod chatgpt;
mod claude;
mod documents;
mod fields;
mod gather;
mod json;
mod marks;
pub mod mend;
mod order;
mod side_files;
mod stamp;

pub use side_files::{ProfileEntry, ProfileValue, SharedLink, SideContent, side_file};

use std::ops::Range;

use hashbrown::HashMap;

use crate::{
    conversation::{Builder, Conversation, Kind, Provider, Role, Source, Visibility},
    one_of::one_of,
    provider::{LONGEST_KEY, Owner},
};
use documents::Documents;
use gather::{NONE, Sorted};

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
    /// It is an object, but no conversation: it has no messages.
    NoConversation,
}

impl Fault {
    fn at(error: &serde_json::Error) -> Self {
        Self::Json { at: error.column().saturating_sub(1) as u64 }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Json { at } => write!(formatter, "not valid JSON at byte {at} of the object"),
            Self::Foreign(provider) => {
                write!(formatter, "from a {provider} export, which is not supported yet")
            }
            Self::NoConversation => {
                let marks = Provider::ALL.iter().flat_map(|provider| provider.facts().marks);
                let marks = one_of(marks.map(|mark| format!("\"{mark}\"")));
                write!(formatter, "no conversation: it has no messages ({marks})")
            }
        }
    }
}

/// Why an importer does not take an object.
enum Refusal {
    /// Nobody does.
    Fault(Fault),
    /// It bears the mark of another.
    Belongs(Owner),
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
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
    sorted: Sorted,
    mended: Option<mend::Mended>,
}

/// What makes or changes the documents of a conversation, as each provider has it.
#[derive(Default)]
enum Makes {
    /// It has none.
    #[default]
    Nothing,
    Canvases(chatgpt::Canvases),
    Artifacts(Vec<claude::Artifact>),
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
    match by_mark(text, census) {
        Err(Fault::Json { .. }) => None,
        result => Some(result.map(|sorted| Read { sorted, mended: None })),
    }
}

fn mended((text, mended): (String, mend::Mended), census: &mut Census) -> Result<Read, Fault> {
    by_mark(&text, census).map(|sorted| Read { sorted, mended: Some(mended) })
}

/// Reads an object with the importer whose mark it bears. The mark may stand anywhere in it: ChatGPT's importer, which
/// reads most objects, looks for those of all others meanwhile, and only an object that begins as nobody else's does
/// is given to its own at once.
fn by_mark(object: &str, census: &mut Census) -> Result<Sorted, Fault> {
    let hinted = first_key(object).and_then(Provider::by_first_key);
    if let Some(provider) = hinted.filter(|&provider| provider != Provider::ChatGpt)
        && let Ok(sorted) = read_as(provider, object, census)
    {
        return Ok(sorted);
    }
    let read = match chatgpt::read(object, census) {
        Err(Refusal::Belongs(Owner::Provider(owner))) => read_as(owner, object, census),
        read => read,
    };
    read.map_err(|refusal| match refusal {
        Refusal::Fault(fault) => fault,
        Refusal::Belongs(Owner::Unsupported(name)) => Fault::Foreign(name),
        Refusal::Belongs(Owner::Provider(_)) => Fault::NoConversation,
    })
}

/// The key that an object begins with.
fn first_key(object: &str) -> Option<&str> {
    let rest = object.trim_start().strip_prefix('{')?.trim_start().strip_prefix('"')?;
    let key = &rest[..boundary(rest, LONGEST_KEY + 1)];
    Some(&key[..key.find('"')?])
}

/// Reads an object with a provider's importer.
fn read_as(provider: Provider, object: &str, census: &mut Census) -> Result<Sorted, Refusal> {
    match provider {
        Provider::ChatGpt => chatgpt::read(object, census),
        Provider::Claude => claude::read(object, census).map_err(Refusal::from),
    }
}

impl Read {
    /// Lays the conversation out.
    pub fn finish(self, source: Source) -> Parsed {
        let mut mended = self.mended;
        if self.sorted.dropped > 0 {
            mended.get_or_insert_default().pruned += self.sorted.dropped;
        }
        let (conversation, unmade) = lay_out(self.sorted, source);
        if unmade > 0 {
            mended.get_or_insert_default().changes += unmade;
        }
        Parsed { conversation, mended }
    }
}

/// Builds the conversation, documents in their final state; and how many changes of them cost too much to be made.
fn lay_out(sorted: Sorted, source: Source) -> (Conversation, u64) {
    let mut documents = match &sorted.makes {
        Makes::Nothing => Documents::default(),
        Makes::Canvases(canvases) => chatgpt::documents(&sorted, canvases),
        Makes::Artifacts(artifacts) => claude::documents(&sorted, artifacts),
    };
    let Sorted { provider, heading, mut gathered, order, current, .. } = sorted;
    let mut builder = Builder::new();
    for (place, &(number, parent)) in order.iter().enumerate() {
        let mut draft = gathered.draft(number);
        draft.parent = (parent != NONE).then_some(parent as usize);
        // Where a message does not say, the conversation's model answered.
        draft.model = draft.model.or(heading.model.as_deref().filter(|_| draft.role == Role::Assistant));
        let document = documents.take(place);
        if let Some(document) = &document {
            draft.kind = Kind::Canvas;
            draft.text = &document.text;
            draft.parts = vec![document.part()];
            if draft.visibility == Visibility::Folded {
                draft.visibility =
                    if draft.text.trim().is_empty() { Visibility::Hidden } else { Visibility::Shown };
            }
        }
        builder.push(draft);
    }
    (builder.finish(heading.lend(provider, source), current), documents.unmade)
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
    std::str::from_utf8(object).is_ok_and(|text| by_mark(text, &mut census).is_ok())
}
