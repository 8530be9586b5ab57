//! Finds the exposures of an archive: in each conversation, and in what the other members tell of their owner.
//!
//! Pure: text in, masked values out. Reading members and printing a report are for the caller. Nothing that is made
//! here holds a value that can be used, and what cannot be read is said without its text.

use std::{hash::BuildHasher, ops::ControlFlow};

use hashbrown::HashMap;

use super::{Certainty, Counts, Finding, RuleId, Scanner, json::each_secret, unescape::unescaped};
use crate::{
    conversation::{Conversation, ConversationKind, Media, MessageKind, Role, Time},
    import::{ProfileEntry, ProfileValue},
    message::MessageView,
};

/// A secret in a conversation. The same value several times in one message is one exposure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// The kind of the secret.
    pub kind: RuleId,
    /// The message it stands in; `None`: the title.
    pub message: Option<usize>,
    /// Whose message that is.
    pub role: Option<Role>,
    /// The time that message was written; else the time of the conversation's last addition.
    pub date: Option<Time>,
    /// The masked value: enough for its owner to know it again.
    pub masked: String,
    /// The number of times it stands in that message.
    pub times: usize,
    /// The certainty that it is one: what only looks like a secret is told and not counted.
    pub certainty: Certainty,
}

/// Lists all that a conversation exposes, title first, then by message: on every branch, folded and hidden
/// ones too, since whoever gets the archive reads them all.
pub fn exposures_of_conversation(scanner: &Scanner, conversation: &Conversation) -> Vec<Exposure> {
    let title = exposed(scanner, [&*conversation.title], None, conversation.updated);
    let messages = conversation.messages().iter().enumerate().flat_map(|(index, message)| {
        let date = message.time().or(conversation.updated);
        let words = conversation.message_word_pieces(index).map(|(_, words)| words);
        exposed(scanner, words, Some(index), date)
    });
    let mut found: Vec<Exposure> = title.into_iter().chain(messages).collect();
    for exposure in &mut found {
        exposure.role = exposure.message.map(|message| conversation.messages()[message].role);
    }
    if conversation.kind == ConversationKind::Frame {
        // The title of a frame is made of a version's, which stands there, too.
        let (titles, messages): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|found| found.message.is_none());
        let is_told = |title: &Exposure| {
            messages.iter().any(|told| told.kind == title.kind && told.masked == title.masked)
        };
        let mut kept: Vec<Exposure> = titles.into_iter().filter(|title| !is_told(title)).collect();
        kept.extend(messages);
        found = kept;
    }
    found
}

/// The number of values of one text that are told apart; more of a kind are counted with its last.
const MAX_VALUES: usize = 10_000;

fn exposed<'a>(
    scanner: &Scanner,
    texts: impl IntoIterator<Item = &'a str>,
    message: Option<usize>,
    date: Option<Time>,
) -> Vec<Exposure> {
    let mut exposed = ExposedValues::new(scanner, message, date);
    for text in texts {
        let _ = scanner.each_finding(text, &mut |Finding { kind, range, certainty }| {
            exposed.add(kind, certainty, &text[range]);
            ControlFlow::Continue(())
        });
    }
    exposed.exposures
}

/// Lists what a member of an export exposes that is no conversation: JSON, or any other text.
pub fn exposures_of_member(scanner: &Scanner, bytes: &[u8], is_json: bool) -> Vec<Exposure> {
    if !is_json {
        // A picture or the like says nothing as a text.
        return std::str::from_utf8(bytes)
            .map_or_else(|_| Vec::new(), |text| exposed(scanner, [text], None, None));
    }
    let mut exposed = ExposedValues::new(scanner, None, None);
    each_secret(bytes, &mut |kind, certainty, value| exposed.add(kind, certainty, value));
    exposed.exposures
}

/// The exposures of one text while it is looked through: each value once.
struct ExposedValues<'s> {
    scanner: &'s Scanner,
    message: Option<usize>,
    date: Option<Time>,
    exposures: Vec<Exposure>,
    /// The exposure of each value, by the hash of its kind and text.
    known: HashMap<u64, usize>,
    /// The last exposure of each kind.
    last: HashMap<(RuleId, Certainty), usize>,
}

impl<'s> ExposedValues<'s> {
    fn new(scanner: &'s Scanner, message: Option<usize>, date: Option<Time>) -> Self {
        Self { scanner, message, date, exposures: Vec::new(), known: HashMap::new(), last: HashMap::new() }
    }

    fn add(&mut self, kind: RuleId, certainty: Certainty, value: &str) {
        let full = self.exposures.len() >= MAX_VALUES;
        let hash = self.known.hasher().hash_one((kind, value));
        let in_place_of_it = || self.last.get(&(kind, certainty)).filter(|_| full);
        if let Some(&index) = self.known.get(&hash).or_else(in_place_of_it) {
            self.exposures[index].times += 1;
            return;
        }
        self.known.insert(hash, self.exposures.len());
        self.last.insert((kind, certainty), self.exposures.len());
        let masked = self.scanner.mask(kind, &unescaped(value));
        let (message, date) = (self.message, self.date);
        self.exposures.push(Exposure { kind, message, role: None, date, masked, times: 1, certainty });
    }
}

/// Custom instructions or saved memory in a conversation: a text that describes its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstructionsOrMemory {
    /// The message; `None`: it stands in a member of its own.
    pub message: Option<usize>,
    /// The time it was written; else the time of the conversation's last addition.
    pub date: Option<Time>,
    /// Its length in characters.
    pub characters: usize,
    /// Its lines that are not blank: of a memory, the things remembered.
    pub entries: usize,
    /// The secrets in it.
    pub secret_counts: Counts,
    /// A fingerprint: two with one mark are one text (and in all probability only they), and an audit lists
    /// it once.
    pub fingerprint: u64,
}

/// Returns the messages of a conversation that [are about the person](MessageView::is_about_person), of this kind:
/// [`MessageKind::Instructions`] or [`MessageKind::Memory`].
pub fn instructions_or_memory(
    scanner: &Scanner,
    conversation: &Conversation,
    kind: MessageKind,
) -> Vec<InstructionsOrMemory> {
    (0..conversation.messages().len())
        .filter(|&index| MessageView::of(conversation, index).is_about_person(kind))
        .map(|index| InstructionsOrMemory {
            message: Some(index),
            date: conversation.messages()[index].time().or(conversation.updated),
            ..InstructionsOrMemory::of(scanner, conversation.message_text(index))
        })
        .filter(|context| context.characters > 0)
        .collect()
}

impl InstructionsOrMemory {
    /// Describes a text.
    fn of(scanner: &Scanner, text: &str) -> Self {
        Self {
            message: None,
            date: None,
            characters: text.chars().count(),
            entries: text.lines().filter(|line| !line.trim().is_empty()).count(),
            secret_counts: holds(scanner, text),
            fingerprint: fingerprint(text),
        }
    }
}

/// Counts the secrets in a text, however long.
fn holds(scanner: &Scanner, text: &str) -> Counts {
    let mut counts = Counts::default();
    let _ = scanner.each_finding(text, &mut |finding| {
        if finding.certainty == Certainty::Certain {
            counts.add(finding.kind);
        }
        ControlFlow::Continue(())
    });
    counts
}

/// Describes a memory of its own, text by text. One of a single word is an id or a date, and counts only if
/// it is a secret.
pub fn memories(scanner: &Scanner, texts: &[String]) -> Vec<InstructionsOrMemory> {
    // Japanese has no blanks.
    let is_one_word = |text: &str| text.is_ascii() && !text.trim().contains(char::is_whitespace);
    texts
        .iter()
        .map(|text| (is_one_word(text), InstructionsOrMemory::of(scanner, text)))
        .filter(|(is_one_word, context)| !is_one_word || !context.secret_counts.is_empty())
        .map(|(_, context)| context)
        .collect()
}

/// Returns a fingerprint that lives as long as the process.
fn fingerprint(text: &str) -> u64 {
    use std::hash::BuildHasher;
    static HASHER: std::sync::LazyLock<hashbrown::DefaultHashBuilder> =
        std::sync::LazyLock::new(Default::default);
    HASHER.hash_one(text)
}

/// A field of the profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileField {
    /// Its key in the export.
    pub name: String,
    /// Its value, masked; yes and no as they are.
    pub masked: String,
}

/// Returns a profile without what could be used of it.
pub fn profile(scanner: &Scanner, entries: Vec<ProfileEntry>) -> Vec<ProfileField> {
    let field = |entry: ProfileEntry| {
        let masked = match &entry.value {
            ProfileValue::Text(text) => masked(scanner, text),
            ProfileValue::Flag(flag) => flag.to_string(),
            ProfileValue::Other => "…".to_owned(),
        };
        ProfileField { name: entry.name, masked }
    };
    entries.into_iter().map(field).collect()
}

fn masked(scanner: &Scanner, text: &str) -> String {
    let whole = scanner.scan(text).into_iter().find(|finding| finding.range.len() + 4 >= text.len());
    let first = || text.chars().take(usize::from(text.chars().count() > 5)).collect::<String>() + "…";
    whole.map_or_else(first, |finding| scanner.mask(finding.kind, &text[finding.range]))
}

/// The number of attachments of each sort, and of those that the archive holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AttachmentCounts {
    /// Named in messages; one that several name is counted once.
    pub mentioned: usize,
    /// Those that the archive holds.
    pub present: usize,
    /// Bytes of these.
    pub bytes: u64,
    /// Those of them whose text stands in a conversation, and is looked through with it.
    pub read: usize,
    /// Pictures among those mentioned.
    pub images: usize,
    /// Voice clips.
    pub audio: usize,
    /// Videos.
    pub video: usize,
    /// Any other file.
    pub files: usize,
}

impl AttachmentCounts {
    /// Counts one; `present` is its size in the archive, and `is_read` tells whether its text stands in a conversation.
    pub fn add(&mut self, media: Media, present: Option<u64>, is_read: bool) {
        self.mentioned += 1;
        self.read += usize::from(is_read);
        self.present += usize::from(present.is_some());
        self.bytes = self.bytes.saturating_add(present.unwrap_or(0));
        *match media {
            Media::Image => &mut self.images,
            Media::Audio => &mut self.audio,
            Media::Video => &mut self.video,
            Media::File => &mut self.files,
        } += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::{ConversationMeta, MessageDraft, Role, Visibility, testing};

    fn conversation(title: &str, drafts: Vec<MessageDraft<'_>>) -> Conversation {
        let heading = ConversationMeta { id: Some("an-id"), updated: Some(Time(7)), ..testing::meta(title) };
        testing::with_meta(heading, drafts)
    }

    #[test]
    fn a_secret_is_found_wherever_in_the_archive_it_stands() {
        let hidden = MessageDraft {
            visibility: Visibility::Hidden,
            ..MessageDraft::new(Role::System, "pwd=correct-horse-7")
        };
        let twice = "robin@example.org, I said robin@example.org";
        let scanner = Scanner::built_in();
        let conversation =
            conversation("Mail robin@example.org", vec![hidden, MessageDraft::new(Role::User, twice)]);
        let found: Vec<_> = exposures_of_conversation(scanner, &conversation)
            .into_iter()
            .map(|exposure| {
                (scanner.rule(exposure.kind).id(), exposure.message, exposure.masked, exposure.times)
            })
            .collect();
        assert_eq!(
            found,
            [
                ("e-mail", None, "r…@e….org".to_owned(), 1),
                ("password", Some(0), "c…".to_owned(), 1),
                ("e-mail", Some(1), "r…@e….org".to_owned(), 2),
            ]
        );
    }

    #[test]
    fn a_secret_in_the_title_of_a_frame_is_told_where_it_stands_once() {
        let heading = ConversationMeta {
            kind: ConversationKind::Frame,
            ..testing::meta("Frame: Mail robin@example.org")
        };
        let version = MessageDraft::new(Role::Assistant, "Mail robin@example.org\n\nvisibility: public");
        let frame = testing::with_meta(heading, vec![version]);
        let found = exposures_of_conversation(Scanner::built_in(), &frame);
        assert_eq!(found.iter().map(|exposure| exposure.message).collect::<Vec<_>>(), [Some(0)]);
    }

    /// Millions of addresses in one message were compared each with each.
    #[test]
    fn very_many_values_are_counted_and_not_all_kept() {
        let text: String =
            (0..MAX_VALUES + 50).map(|number| format!("robin.{number}@example.org\n")).collect();
        let found = exposures_of_conversation(
            Scanner::built_in(),
            &conversation("t", vec![MessageDraft::new(Role::User, &text)]),
        );
        assert_eq!(found.len(), MAX_VALUES);
        assert_eq!(found.iter().map(|exposure| exposure.times).sum::<usize>(), MAX_VALUES + 50);
    }

    #[test]
    fn what_only_looks_like_a_secret_is_told_as_such() {
        let token = ["gh", "p_FAKEdempFAKEdemoFAKEdemoFAKE003UajJR"].concat();
        let text = format!("pwd=correct-horse-7 and {token}");
        let found = exposures_of_conversation(
            Scanner::built_in(),
            &conversation("t", vec![MessageDraft::new(Role::User, &text)]),
        );
        let certain: Vec<_> = found.iter().map(|exposure| (&*exposure.masked, exposure.certainty)).collect();
        assert_eq!(certain, [("c…", Certainty::Certain), ("ghp_…JR", Certainty::Doubtful)]);
    }

    #[test]
    fn a_secret_written_with_escapes_is_found() {
        let text = r"robin\_x&#64;example.org";
        let found = exposures_of_conversation(
            Scanner::built_in(),
            &conversation("t", vec![MessageDraft::new(Role::User, text)]),
        );
        assert_eq!(found.iter().map(|exposure| &*exposure.masked).collect::<Vec<_>>(), ["r…@e….org"]);
    }

    #[test]
    fn what_the_model_was_told_to_remember_is_memory() {
        let memory = MessageDraft {
            kind: MessageKind::Memory,
            ..MessageDraft::new(Role::Assistant, "1. A child.\n\n2. A kitchen.")
        };
        let told = MessageDraft {
            kind: MessageKind::Call,
            name: Some("bio"),
            ..MessageDraft::new(Role::Assistant, "Likes puns")
        };
        let other = MessageDraft {
            kind: MessageKind::Call,
            name: Some("python"),
            ..MessageDraft::new(Role::Assistant, "1 + 1")
        };
        let conversation = conversation("t", vec![memory, told, other]);
        let memories = instructions_or_memory(Scanner::built_in(), &conversation, MessageKind::Memory);
        assert_eq!(
            memories.iter().map(|context| (context.message, context.entries)).collect::<Vec<_>>(),
            [(Some(0), 2), (Some(1), 1)]
        );
        assert_ne!(memories[0].fingerprint, memories[1].fingerprint);
    }

    #[test]
    fn what_a_memory_of_its_own_says_is_counted_and_a_single_word_is_not() {
        let texts =
            ["0f-1", "Two cats.\n\nA boat.", "2026-08-01T10:00:00Z", "Likes lists", "robin@example.org"];
        let memories = memories(Scanner::built_in(), &texts.map(str::to_owned));
        let told: Vec<_> = memories.iter().map(|memory| (memory.characters, memory.entries)).collect();
        assert_eq!(told, [(18, 2), (11, 1), (17, 1)]);
    }

    #[test]
    fn a_memory_needs_no_blanks() {
        let texts = ["猫を二匹飼っている。東京に住んでいる。", "0a1b-2c", "lives in Rome"].map(str::to_owned);
        let memories = memories(Scanner::built_in(), &texts);
        let lengths: Vec<_> = memories.iter().map(|memory| memory.characters).collect();
        assert_eq!(lengths, [19, 13]);
    }

    #[test]
    fn a_profile_is_told_by_its_fields_and_never_by_its_values() {
        let text = |text: &str| ProfileValue::Text(text.to_owned());
        let entries = [
            ("id", text("user-Secret123")),
            ("email", text("robin@example.org")),
            ("phone_number", text("+1 202-555-0143")),
            ("birth_year", ProfileValue::Other),
            ("chatgpt_plus_user", ProfileValue::Flag(true)),
        ];
        let entries = entries.map(|(name, value)| ProfileEntry { name: name.to_owned(), value });
        let fields = profile(Scanner::built_in(), entries.into());
        let told: Vec<_> = fields.iter().map(|field| (&*field.name, &*field.masked)).collect();
        for field in
            [("id", "u…"), ("email", "r…@e….org"), ("birth_year", "…"), ("chatgpt_plus_user", "true")]
        {
            assert!(told.contains(&field), "{field:?} in {told:?}");
        }
        assert_eq!(told.len(), 5);
        assert!(!format!("{fields:?}").contains("0143"));
    }
}
