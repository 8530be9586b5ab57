//! File names from titles: readable, portable, harmless, and never the same for two conversations.

use hashbrown::HashMap;
use jiff::{Timestamp, tz::TimeZone};
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use crate::{
    conversation::{Attachment, Conversation},
    message::is_unseen,
};

/// The longest name in bytes, its extension included. File systems take 255; encrypted ones 143, and a name this
/// long still fits beside others in a listing.
const MAX_LENGTH: usize = 140;
/// The bytes of those that are kept free for making a name unique.
const RESERVE: usize = 24;

/// Returns a name such as `2025-03-03-ingress-returns-504-after-a-minute.md`: the day it began (in `zone`) and its title in lower case.
///
/// Letters and digits of every script stay, all else becomes one dash: so there is no separator, control, dot, space
/// or character of `<>:"/\|?*` in it but the dot before the extension. A title without a letter gives the id. At
/// most 140 bytes, cut between graphemes.
pub fn file_name(conversation: &Conversation, extension: &str, zone: &TimeZone) -> String {
    format!("{}.{extension}", stem_for(conversation, extension, zone))
}

/// Returns the same name without an ending.
pub fn stem(conversation: &Conversation, zone: &TimeZone) -> String {
    stem_for(conversation, "md", zone)
}

fn stem_for(conversation: &Conversation, extension: &str, zone: &TimeZone) -> String {
    let mut stem = String::new();
    if let Some(day) = conversation
        .created
        .or(conversation.updated)
        .and_then(|time| Timestamp::from_microsecond(time.0).ok())
    {
        let day = day.to_zoned_datetime(zone.clone());
        // Before the year 0 a date begins with a dash.
        if day.year() >= 0 {
            stem = day.strftime("%Y-%m-%d").to_string();
        }
    }
    let room = MAX_LENGTH - RESERVE - stem.len() - 2 - extension.len().min(16);
    let mut words = slug(&conversation.title, room);
    if words.is_empty() {
        words = slug(&conversation.id, room);
    }
    if words.is_empty() {
        "conversation".clone_into(&mut words);
    }
    if stem.is_empty() {
        return if is_device(&words) { format!("conversation-{words}") } else { words };
    }
    stem + "-" + &words
}

/// Returns the name under which an attachment is saved in the current folder: its own, made harmless, or its
/// id, with the ending its type asks for. Never a path.
pub fn attachment_name_from_message(attachment: &Attachment) -> String {
    let own = if attachment.name.is_empty() { &attachment.id } else { &attachment.name };
    // Whatever stands before a separator was a folder on somebody else's machine.
    let own = own.rsplit(['/', '\\']).next().unwrap_or_default();
    let (stem, ending) = match own.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.len() <= 10 => (stem, slug(ending, 10)),
        _ => (own, ending_of(attachment)),
    };
    let mut stem = slug(stem, MAX_LENGTH - RESERVE);
    if stem.is_empty() || is_device(&stem) {
        stem = format!("attachment-{}", slug(&attachment.id, 40));
    }
    let stem = stem.trim_end_matches('-');
    if ending.is_empty() { stem.to_owned() } else { format!("{stem}.{ending}") }
}

/// Returns the name of an attachment's file: its own, made harmless, or the one it is `stored` under in the
/// archive; with the ending that its first bytes ask for (`kind`) where it has none that says anything. Never
/// a path.
pub fn attachment_name_from_archive(attachment: &Attachment, stored: &str, kind: Option<&str>) -> String {
    if !attachment.name.is_empty() && attachment.name.contains('.') {
        return attachment_name_from_message(attachment);
    }
    let stored = stored.rsplit(['/', '\\']).next().unwrap_or_default();
    let own = if attachment.name.is_empty() { stored } else { &attachment.name };
    let own = own.strip_suffix(".dat").unwrap_or(own);
    let name = match kind {
        Some(kind) if !own.to_ascii_lowercase().ends_with(&format!(".{kind}")) => format!("{own}.{kind}"),
        _ => own.to_owned(),
    };
    attachment_name_from_message(&Attachment { name: name.into(), ..attachment.clone() })
}

/// Returns an ending for what has none, by its MIME type.
fn ending_of(attachment: &Attachment) -> String {
    let known = match &*attachment.mime {
        "image/jpeg" => "jpg",
        "text/plain" => "txt",
        "audio/mpeg" => "mp3",
        mime => mime.split_once('/').map_or("", |(_, kind)| kind),
    };
    slug(known, 10)
}

/// The names given out so far, for many files in one folder.
#[derive(Clone, Debug, Default)]
pub struct TakenNames {
    /// Each name as the most forgiving file system knows it, with the number that was last tried after it.
    taken: HashMap<String, usize>,
}

impl TakenNames {
    /// Begins without names.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns a name that was not given out before: with a number before its ending if need be.
    pub fn unique(&mut self, name: String) -> String {
        self.numbered(name, |name, number| match name.rsplit_once('.') {
            Some((stem, ending)) => format!("{stem}-{number}.{ending}"),
            None => format!("{name}-{number}"),
        })
    }

    /// Takes a name; returns whether nobody had it.
    fn take(&mut self, name: &str) -> bool {
        self.taken.try_insert(file_system_key(name), 1).is_ok()
    }

    /// Takes a name, or the first free one with a number from 2 on. Numbers that were tried for it are not tried again:
    /// a million files of one name take no longer than others.
    fn numbered(&mut self, name: String, with: impl Fn(&str, usize) -> String) -> String {
        if self.take(&name) {
            return name;
        }
        let key = file_system_key(&name);
        let mut number = self.taken.get(&key).copied().unwrap_or(1);
        loop {
            number += 1;
            let given = with(&name, number);
            if self.take(&given) {
                self.taken.insert(key, number);
                return given;
            }
        }
    }

    /// Returns a name no other conversation got from this set: [`file_name`], with the beginning of the id
    /// where that is taken, and a number where even that is. Names differ in more than case, which some file
    /// systems ignore.
    pub fn name(&mut self, conversation: &Conversation, extension: &str, zone: &TimeZone) -> String {
        let stem = stem_for(conversation, extension, zone);
        let name = format!("{stem}.{extension}");
        if self.take(&name) {
            return name;
        }
        let id = slug(&conversation.id, 8);
        let stem = if id.is_empty() { stem } else { format!("{stem}-{id}") };
        self.numbered(format!("{stem}.{extension}"), |_, number| format!("{stem}-{number}.{extension}"))
    }
}

/// Returns a name as file systems may know it that tell fewer names apart: by the parts of its letters (as macOS has
/// them), without their styles, and in one case (`ß` is `ss`, `ſ` is `s`, `İ` is `i`).
fn file_system_key(name: &str) -> String {
    if name.is_ascii() { folded_ascii(name) } else { folded_unicode(name) }
}

/// Does it for a name of which each letter is its own part: most are so.
fn folded_ascii(name: &str) -> String {
    name.chars().filter(|char| !char.is_control()).map(|char| char.to_ascii_lowercase()).collect()
}

fn folded_unicode(name: &str) -> String {
    let dot = '\u{307}';
    // There and back: some letters have a case of their own.
    let lower: String = name.nfkd().flat_map(char::to_lowercase).collect();
    let upper: String = lower.nfkd().flat_map(char::to_uppercase).collect();
    upper
        .nfkd()
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|&char| char != dot && !is_invisible(char))
        .collect()
}

/// Returns the letters and digits of a text in lower case, in words joined by dashes, at most `max_bytes` bytes.
fn slug(text: &str, max_bytes: usize) -> String {
    if text.is_ascii() { slug_of_ascii(text, max_bytes) } else { slug_of_graphemes(text, max_bytes) }
}

/// Does it for a text of which each character is its own grapheme: most titles are so.
fn slug_of_ascii(text: &str, max_bytes: usize) -> String {
    let mut out = String::new();
    let words = text.split(|char: char| !char.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    for word in words {
        let gap = usize::from(!out.is_empty());
        let Some(room) = max_bytes.checked_sub(out.len() + gap).filter(|&room| room > 0) else { break };
        if gap > 0 {
            out.push('-');
        }
        let taken = &word[..word.len().min(room)];
        out.extend(taken.chars().map(|char| char.to_ascii_lowercase()));
        if taken.len() < word.len() {
            break;
        }
    }
    out
}

fn slug_of_graphemes(text: &str, max_bytes: usize) -> String {
    let mut out = String::new();
    let mut gap = false;
    for grapheme in text.graphemes(true) {
        let letters = grapheme.chars().next().is_some_and(char::is_alphanumeric);
        // Marks stay with their letter; characters one cannot see do not, nor a sign that a letter binds to itself.
        let seen: String = grapheme
            .chars()
            .filter(|&char| char.is_alphanumeric() || !(char.is_ascii() || char.is_whitespace()))
            .filter(|&char| !is_invisible(char))
            .flat_map(char::to_lowercase)
            .collect();
        if !letters || seen.is_empty() {
            gap = !out.is_empty();
            continue;
        }
        if out.len() + usize::from(gap) + seen.len() > max_bytes {
            break;
        }
        if std::mem::take(&mut gap) {
            out.push('-');
        }
        out.push_str(&seen);
    }
    out
}

/// Returns whether a character could hide in a name: controls, zero-width and direction marks, variation
/// selectors, tags.
fn is_invisible(char: char) -> bool {
    char.is_control() || is_unseen(char) || matches!(char, '\u{ad}' | '\u{2028}' | '\u{2029}')
}

/// Names Windows takes for devices, whatever their extension.
fn is_device(stem: &str) -> bool {
    let stem = stem.to_ascii_lowercase();
    matches!(&*stem, "con" | "prn" | "aux" | "nul")
        || ["com", "lpt"].iter().any(|port| {
            stem.strip_prefix(port).is_some_and(|number| {
                let mut chars = number.chars();
                matches!((chars.next(), chars.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
            })
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        conversation::{ConversationBuilder, ConversationMeta, Time},
        extract::test_support::{MORNING, meta},
    };

    fn named(title: &str, id: &str, created: Option<Time>) -> Conversation {
        let heading = ConversationMeta { id: Some(id), created, updated: None, ..meta(title) };
        ConversationBuilder::new().finish(heading, None)
    }

    fn name(title: &str) -> String {
        file_name(&named(title, "67c57b1e", Some(MORNING)), "md", &TimeZone::UTC)
    }

    #[test]
    fn a_name_is_the_day_and_the_title() {
        assert_eq!(
            name("Ingress returns 504 after a minute"),
            "2025-03-03-ingress-returns-504-after-a-minute.md"
        );
        assert_eq!(name("日本語のタイトル"), "2025-03-03-日本語のタイトル.md");
        assert_eq!(name("हिन्दी  and Zürich's?"), "2025-03-03-हिन्दी-and-zürich-s.md");
    }

    #[test]
    fn the_day_is_the_one_on_the_persons_clock() {
        let zone = TimeZone::fixed(jiff::tz::offset(-12));
        let conversation = named("t", "x", Some(MORNING));
        assert_eq!(file_name(&conversation, "md", &zone), "2025-03-02-t.md");
        assert_eq!(file_name(&named("t", "x", Time::from_seconds(-62_167_219_200.0)), "md", &zone), "t.md");
    }

    #[test]
    fn a_title_without_a_letter_gives_the_id_and_a_hostile_id_is_tamed() {
        assert_eq!(name("🎉 … ///"), "2025-03-03-67c57b1e.md");
        let hostile = named("...", "../../etc/passwd", None);
        assert_eq!(file_name(&hostile, "md", &TimeZone::UTC), "etc-passwd.md");
        assert_eq!(file_name(&named("/", "/", None), "md", &TimeZone::UTC), "conversation.md");
    }

    #[test]
    fn no_name_is_a_device_of_windows() {
        for title in ["CON", "nul", "Aux.", "com1", "LPT9", " prn "] {
            let name = file_name(&named(title, "x", None), "md", &TimeZone::UTC);
            assert!(name.starts_with("conversation-"), "{name}");
        }
    }

    #[test]
    fn two_conversations_never_get_one_name() {
        let mut names = TakenNames::new();
        let mut give = |title, id| names.name(&named(title, id, Some(MORNING)), "md", &TimeZone::UTC);
        assert_eq!(give("New chat", "aaaaaaaa-1"), "2025-03-03-new-chat.md");
        assert_eq!(give("new  chat", "bbbbbbbb-1"), "2025-03-03-new-chat-bbbbbbbb.md");
        assert_eq!(give("New chat!", "bbbbbbbb-2"), "2025-03-03-new-chat-bbbbbbbb-2.md");
        assert_eq!(give("New chat", "//"), "2025-03-03-new-chat-2.md");
        assert_eq!(give("New chat", "//"), "2025-03-03-new-chat-3.md");
    }

    fn attachment(id: &str, name: &str, mime: &str) -> Attachment {
        Attachment {
            media: crate::conversation::Media::File,
            id: id.into(),
            name: name.into(),
            size: None,
            dimensions: None,
            mime: mime.into(),
            prompt: "".into(),
            content: "".into(),
        }
    }

    #[test]
    fn an_attachment_keeps_its_name_and_gets_the_ending_it_lacks() {
        let name = |name, mime, stored, kind| {
            attachment_name_from_archive(&attachment("file-1", name, mime), stored, kind)
        };
        assert_eq!(name("My Notes.PDF", "", "file-1-My Notes.PDF", Some("pdf")), "my-notes.pdf");
        assert_eq!(name("", "", "dalle-generations/file-1-abc.webp", Some("webp")), "file-1-abc.webp");
        assert_eq!(name("", "", "file-1.dat", Some("png")), "file-1.png");
        assert_eq!(name("photo", "image/jpeg", "file-1.dat", None), "photo.jpg");
        assert_eq!(name("../../.ssh/authorized_keys", "", "x", None), "authorized-keys");
        assert_eq!(name("..\\..\\con.png", "", "x", None), "attachment-file-1.png");
        assert_eq!(name("", "", "a/../../b.dat", None), "b");
    }

    #[test]
    fn no_two_files_get_one_name() {
        let mut names = TakenNames::new();
        let mut give = |name: &str| names.unique(name.to_owned());
        assert_eq!(
            [give("a.png"), give("A.png"), give("a.png"), give("a")],
            ["a.png", "A-2.png", "a-3.png", "a"]
        );
        assert_eq!(give("a"), "a-2");
    }

    #[test]
    fn names_that_a_file_system_takes_for_one_are_not_given_out_twice() {
        for [one, other] in [
            ["\u{e9}.md", "e\u{301}.md"],
            ["stra\u{df}e.md", "strasse.md"],
            ["stra\u{1e9e}e.md", "STRASSE.md"],
            ["\u{130}stanbul.md", "istanbul.md"],
            ["i\u{307}.md", "\u{130}.md"],
            ["mi\u{17f}t.md", "mist.md"],
            ["\u{fb01}le.md", "file.md"],
            ["\u{ff41}.md", "a.md"],
            ["\u{212a}.md", "k.md"],
            ["\u{3c3}.md", "\u{3c2}.md"],
            ["\u{1e9b}\u{323}.md", "\u{1e69}.md"],
            ["\u{ac00}.md", "\u{1100}\u{1161}.md"],
            ["\u{2126}.md", "\u{3c9}.md"],
            ["x\u{200d}.md", "x.md"],
        ] {
            let mut names = TakenNames::new();
            assert_eq!(names.unique(one.to_owned()), one);
            assert_ne!(names.unique(other.to_owned()), other, "{one}");
        }
    }

    /// Each of a hundred thousand was compared with all before it.
    #[test]
    fn many_files_of_one_name_are_numbered_on() {
        let mut names = TakenNames::new();
        let last = (0..100_000).map(|_| names.unique("a.png".to_owned())).last();
        assert_eq!(last.as_deref(), Some("a-100000.png"));
        let given = |names: &mut TakenNames| names.name(&named("t", "aaaaaaaa", None), "md", &TimeZone::UTC);
        let last = (0..100_000).map(|_| given(&mut names)).last();
        assert_eq!(last.as_deref(), Some("t-aaaaaaaa-99999.md"));
    }

    proptest! {
        #[test]
        fn a_name_of_ascii_is_made_as_any_other(text in "[ -~\t\n\r\u{1}\u{7f}]{0,40}", max in 0_usize..40) {
            prop_assert_eq!(folded_ascii(&text), folded_unicode(&text));
            prop_assert_eq!(slug_of_ascii(&text, max), slug_of_graphemes(&text, max));
        }

        #[test]
        fn any_attachment_gives_a_name_within_its_folder(id in "\\PC*|[./\\\\a-z]{0,9}", name in "\\PC*|[./\\\\a-z\\x00-\\x1f]{0,20}", stored in ".*") {
            let name = attachment_name_from_archive(&attachment(&id, &name, "x/../y"), &stored, None);
            prop_assert!(!name.is_empty() && name.len() <= MAX_LENGTH && !name.starts_with(['.', '-', ' ']), "{}", name);
            prop_assert!(!name.contains(['<', '>', ':', '"', '/', '\\', '|', '?', '*', ' ']), "{}", name);
            prop_assert!(!name.contains(is_invisible) && !name.ends_with(['.', ' ']), "{}", name);
            prop_assert!(!is_device(name.split('.').next().unwrap_or_default()), "{}", name);
        }

        #[test]
        fn any_title_gives_a_name_any_system_takes(title in "\\PC*|.*|(é\u{301}|👩‍👩‍👧|ا|\u{202e}|ﬃ|İ){50,90}", id in ".*", dated: bool) {
            let conversation = named(&title, &id, dated.then_some(MORNING));
            let mut names = TakenNames::new();
            for _ in 0..3 {
                let name = names.name(&conversation, "jsonl", &TimeZone::UTC);
                prop_assert!(name.len() <= MAX_LENGTH, "{} bytes", name.len());
                prop_assert!(!name.starts_with(['.', '-', ' ']));
                let (stem, extension) = name.rsplit_once('.').expect("a dot");
                prop_assert_eq!(extension, "jsonl");
                prop_assert!(!stem.is_empty() && !stem.ends_with(['.', ' ']));
                prop_assert!(!stem.contains(['<', '>', ':', '"', '/', '\\', '|', '?', '*', '.', ' ']));
                prop_assert!(!stem.contains(is_invisible));
                prop_assert!(!is_device(stem));
            }
        }
    }
}
