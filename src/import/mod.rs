//! Makes one [`Conversation`] of one JSON object: a folder for each provider.
//!
//! This is the only place that knows the formats of providers. It does not know where an object came from, reads no
//! file and opens no archive.
//!
//! An object that is sound JSON is parsed as it stands, borrowing what it can. Any other is repaired first ([`repair`]):
//! what can be read of it is shown, and the report says what was repaired.
//!
//! Each importer parses an object into a `ParsedObject`: its messages go one by one into a `message_arena`, are put in
//! `order`, and the `documents` they make are brought to their final state. The keys of an object tell which importer
//! it is for ([`crate::provider`], `signatures`). To add a provider, add a folder beside `claude` with a `parse` of the
//! same shape; the compiler asks where else it has to be named.

mod account_files;
mod chatgpt;
mod claude;
mod dead_links;
mod documents;
mod expansion_budget;
mod fields;
mod file_library;
mod import_counts;
mod json;
mod left_out;
mod message_arena;
mod order;
mod outline;
pub mod repair;
mod signatures;
mod timestamp;
mod unread;

pub use account_files::{AccountFileContent, ProfileEntry, ProfileValue, SharedLink, account_file};
pub use file_library::FileLibrary;
pub use import_counts::ImportCounts;
pub use left_out::LeftOutReason;

use std::ops::Range;

use crate::{
    conversation::{
        AnnotationKind, Conversation, ConversationBuilder, MessageKind, ObjectLocation, Provider, Role,
        Visibility,
    },
    join_with_or::join_with_or,
    provider::{MAX_KEY_LENGTH, RecognisedProvider, holds_document, special_conversation_provider},
};
use documents::Documents;
use message_arena::{NO_PARENT, ParsedObject};
use repair::Repairs;

/// Returns the reason for which the strings under this key are left out of a provider's messages; `None`: they are shown,
/// or folded.
pub fn reason_to_leave_out(provider: Provider, key: &str) -> Option<LeftOutReason> {
    match provider {
        Provider::ChatGpt => chatgpt::left_out(key),
        Provider::Claude => claude::left_out(key),
    }
}

/// The reason why an object became no conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportError {
    /// It is not JSON, even repaired; `at` is the byte in it where parsing ended.
    Json {
        /// Bytes from the beginning of the object.
        at: u64,
    },
    /// It is from a provider that is not supported yet, which this names.
    UnsupportedProvider(&'static str),
    /// It is an object without messages, and so not a conversation.
    NoConversation,
}

impl ImportError {
    fn at(error: &serde_json::Error) -> Self {
        Self::Json { at: error.column().saturating_sub(1) as u64 }
    }
}

impl std::fmt::Display for ImportError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Json { at } => write!(formatter, "not valid JSON at byte {at} of the object"),
            Self::UnsupportedProvider(provider) => {
                write!(formatter, "from a {provider} export, which is not supported yet")
            }
            Self::NoConversation => {
                let marks = Provider::ALL.iter().flat_map(|provider| provider.facts().signature_keys);
                let marks = join_with_or(marks.map(|mark| format!("\"{mark}\"")));
                write!(formatter, "no conversation: it has no messages ({marks})")
            }
        }
    }
}

/// The reason why an importer does not take an object.
enum Refusal {
    /// No importer takes it.
    Failed(ImportError),
    /// It bears the signature of another importer.
    Belongs(RecognisedProvider),
}

impl From<ImportError> for Refusal {
    fn from(fault: ImportError) -> Self {
        Self::Failed(fault)
    }
}

/// A conversation, and what had to be done to read it.
#[derive(Debug)]
pub struct Imported {
    /// The conversation.
    pub conversation: Conversation,
    /// The repairs, if the object was not sound JSON.
    pub repairs: Option<Repairs>,
}

/// An object that was parsed but not laid out yet: its JSON is no longer needed.
pub struct ParsedWithRepairs {
    object: ParsedObject,
    repairs: Option<Repairs>,
}

/// The calls that make or change the documents of a conversation, in the form of each provider.
#[derive(Default)]
enum DocumentSources {
    /// The conversation has no documents.
    #[default]
    Nothing,
    Canvases(chatgpt::Canvases),
    Artifacts(Vec<claude::Artifact>),
}

/// What is known of an object before it is parsed.
#[derive(Clone, Copy, Debug)]
pub struct ParseContext<'a> {
    /// The files that its archive lists beside its conversations.
    pub library_files: &'a FileLibrary,
    /// The provider whose export alone has members of that name.
    pub provider: Option<Provider>,
    /// The path of its member, where that holds a document beside the chats.
    pub document: Option<&'a str>,
}

impl<'a> ParseContext<'a> {
    /// Makes one for an object of anybody's.
    pub fn of(library_files: &'a FileLibrary) -> Self {
        Self { library_files, provider: None, document: None }
    }
}

/// Parses one object. `whole` says that it was closed; one that was cut off is repaired at once. `context` is what is known of it
/// before.
///
/// # Errors
/// See [`ImportError`].
pub fn parse(
    object: &[u8],
    whole: bool,
    context: &ParseContext<'_>,
    import_counts: &mut ImportCounts,
) -> Result<ParsedWithRepairs, ImportError> {
    parse_sound(object, whole, context, import_counts)
        .unwrap_or_else(|| parse_repaired(repair::repair(object), context, import_counts))
}

/// Parses a large object, as [`parse`] does: of its JSON, repaired JSON and text no more than two are in memory at once.
///
/// # Errors
/// See [`ImportError`].
pub fn parse_owned(
    bytes: Vec<u8>,
    within: Range<usize>,
    whole: bool,
    context: &ParseContext<'_>,
    import_counts: &mut ImportCounts,
) -> Result<ParsedWithRepairs, ImportError> {
    if let Some(result) = parse_sound(&bytes[within.clone()], whole, context, import_counts) {
        return result;
    }
    let repaired = repair::repair(&bytes[within]);
    drop(bytes);
    parse_repaired(repaired, context, import_counts)
}

/// Parses an object that is sound JSON; `None` if it is not.
fn parse_sound(
    object: &[u8],
    whole: bool,
    context: &ParseContext<'_>,
    import_counts: &mut ImportCounts,
) -> Option<Result<ParsedWithRepairs, ImportError>> {
    let text = std::str::from_utf8(object).ok().filter(|_| whole)?;
    match parse_by_signature(text, context, import_counts) {
        Err(ImportError::Json { .. }) => None,
        result => Some(result.map(|object| ParsedWithRepairs { object, repairs: None })),
    }
}

/// Parses an object that had to be repaired.
fn parse_repaired(
    (text, repairs): (String, Repairs),
    context: &ParseContext<'_>,
    import_counts: &mut ImportCounts,
) -> Result<ParsedWithRepairs, ImportError> {
    parse_by_signature(&text, context, import_counts)
        .map(|object| ParsedWithRepairs { object, repairs: Some(repairs) })
}

/// Parses an object with the importer of the provider whose mark it bears. The signature may stand anywhere in it:
/// ChatGPT's importer, which parses most objects, looks for the signatures of all others meanwhile. Only an object that
/// begins with a key of another supported provider alone, or stands in a member of that one's, is given to its importer at
/// once.
fn parse_by_signature(
    object: &str,
    context: &ParseContext<'_>,
    import_counts: &mut ImportCounts,
) -> Result<ParsedObject, ImportError> {
    if let Some(member) = context.document
        && let Some(canvas) = chatgpt::stored_canvas::parse(object, member, import_counts)?
    {
        return Ok(canvas);
    }
    let hinted = context.provider.or_else(|| first_key(object).and_then(Provider::by_first_key));
    if let Some(provider) = hinted.filter(|&provider| provider != Provider::ChatGpt)
        && let Ok(parsed) = parse_as(provider, object, context, import_counts)
    {
        return Ok(parsed);
    }
    let parsed = match chatgpt::parse(object, context.library_files, import_counts) {
        Err(Refusal::Belongs(RecognisedProvider::Provider(provider))) => {
            parse_as(provider, object, context, import_counts)
        }
        parsed => parsed,
    };
    parsed.map_err(|refusal| match refusal {
        Refusal::Failed(error) => error,
        Refusal::Belongs(RecognisedProvider::Unsupported(name)) => ImportError::UnsupportedProvider(name),
        Refusal::Belongs(RecognisedProvider::Provider(_)) => ImportError::NoConversation,
    })
}

/// Returns the key that an object begins with.
fn first_key(object: &str) -> Option<&str> {
    let rest = object.trim_start().strip_prefix('{')?.trim_start().strip_prefix('"')?;
    let key = &rest[..rest.floor_char_boundary(MAX_KEY_LENGTH + 1)];
    Some(&key[..key.find('"')?])
}

/// Parses an object with the importer of this provider.
fn parse_as(
    provider: Provider,
    object: &str,
    context: &ParseContext<'_>,
    import_counts: &mut ImportCounts,
) -> Result<ParsedObject, Refusal> {
    match provider {
        Provider::ChatGpt => chatgpt::parse(object, context.library_files, import_counts),
        Provider::Claude => claude::parse(object, import_counts).map_err(Refusal::from),
    }
}

impl ParsedWithRepairs {
    /// Takes in the texts of pastes that the export keeps as files: what `read` gives for their ids.
    pub fn take_in_pastes(&mut self, read: &dyn Fn(&str) -> Option<String>) {
        self.object.arena.take_in_pastes(read);
    }

    /// Lays the conversation out.
    pub fn finish(self, location: ObjectLocation) -> Imported {
        let mut repairs = self.repairs;
        if self.object.dropped > 0 {
            repairs.get_or_insert_default().too_deep += self.object.dropped;
        }
        let (conversation, unmade) = build(self.object, location);
        if unmade > 0 {
            repairs.get_or_insert_default().skipped_changes += unmade;
        }
        Imported { conversation, repairs }
    }
}

/// Builds the conversation with its documents in their final state. Returns it with the number of changes that were
/// left out since they cost too much.
fn build(object: ParsedObject, location: ObjectLocation) -> (Conversation, u64) {
    let mut documents = match &object.documents {
        DocumentSources::Nothing => Documents::default(),
        DocumentSources::Canvases(canvases) => chatgpt::documents(&object, canvases),
        DocumentSources::Artifacts(artifacts) => claude::documents(&object, artifacts),
    };
    let ParsedObject { provider, meta, mut arena, order, current, .. } = object;
    let mut builder = ConversationBuilder::new();
    let mut lengths = arena.text_lengths(order.iter().map(|&(number, _)| number));
    lengths[Visibility::Shown as usize] += documents.text_length();
    builder.reserve(order.len(), lengths);
    for (place, &(number, parent)) in order.iter().enumerate() {
        let mut draft = arena.draft(number);
        draft.parent = (parent != NO_PARENT).then_some(parent as usize);
        // Where a message does not say, the conversation's model answered.
        draft.model = draft.model.or(meta.model.as_deref().filter(|_| draft.role == Role::Assistant));
        let document = documents.take(place);
        if let Some(document) = &document {
            draft.kind = MessageKind::Canvas;
            draft.text = &document.text;
            // Of a report its sources stay, below it; of a canvas what it is now, where that is something else.
            let end = document.text.len() as u32;
            draft.annotations.retain_mut(|part| {
                part.range = end..end;
                match &part.detail {
                    AnnotationKind::ListedSources(_) => true,
                    AnnotationKind::Attachment(file) => {
                        file_library::is_canvas(file) && file.content.own().trim() != document.text.trim()
                    }
                    _ => false,
                }
            });
            draft.annotations.insert(0, document.annotation());
            if draft.visibility == Visibility::Folded {
                draft.visibility =
                    if draft.text.trim().is_empty() { Visibility::Hidden } else { Visibility::Shown };
            }
        }
        builder.push(draft);
    }
    (builder.finish(meta.lend(provider, location), current), documents.skipped_changes)
}

/// Parses an object and lays it out at once: [`parse`], then [`ParsedWithRepairs::finish`].
///
/// # Errors
/// See [`ImportError`].
pub fn import(
    object: &[u8],
    whole: bool,
    location: ObjectLocation,
    import_counts: &mut ImportCounts,
) -> Result<Imported, ImportError> {
    Ok(parse(object, whole, &ParseContext::of(&FileLibrary::default()), import_counts)?.finish(location))
}

/// Returns whether what stands in the member of this path, which may hold a conversation of its own kind, is one.
pub fn is_special_conversation(member: &str, object: &[u8]) -> bool {
    let context = ParseContext {
        library_files: &FileLibrary::default(),
        provider: special_conversation_provider(member),
        document: Some(member).filter(|member| holds_document(member)),
    };
    parse(object, true, &context, &mut ImportCounts::default()).is_ok()
}

/// Returns whether a whole object is sound JSON and a conversation of a provider that is supported.
pub fn is_conversation(object: &[u8]) -> bool {
    let mut import_counts = ImportCounts::default();
    std::str::from_utf8(object).is_ok_and(|text| {
        parse_by_signature(text, &ParseContext::of(&FileLibrary::default()), &mut import_counts).is_ok()
    })
}
