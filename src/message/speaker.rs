//! The speaker of a message.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::{
    MessageView, has_heading_time, is_blank, is_combining_mark, is_unseen, looks::looks_like_colon,
    looks_like_heading_separator,
};
use crate::conversation::{MessageKind, Provider, Role};

/// The speaker of a message. Names are the archive's: untrusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker<'a> {
    /// The person the archive belongs to.
    You,
    /// A person of several who wrote to the model together, by name.
    Person(&'a str),
    /// The person, by settings: what they want the model to know.
    Instructions,
    /// The saved memory: what the model remembers of the person.
    Memory,
    /// A model that is known by its slug.
    Model(&'a str),
    /// A model of the provider that is not known.
    Assistant(Provider),
    /// A tool, by the name people know it by, if it has any.
    Tool(Option<&'a str>),
    /// The provider.
    System,
}

impl<'a> Speaker<'a> {
    /// Returns the name to put above what is said. A name that the archive gives does not pass for the person.
    pub fn name(self) -> Cow<'a, str> {
        let is_person = matches!(self, Self::Person(_));
        let (what, name) = match self {
            Self::You => return "You".into(),
            Self::Instructions => return "Custom instructions".into(),
            Self::Memory => return "Saved memory".into(),
            Self::System => return "System".into(),
            Self::Assistant(provider) => return provider.assistant().into(),
            Self::Tool(None) => return "Tool".into(),
            Self::Tool(Some(name)) => ("tool", name),
            Self::Model(slug) => ("model", slug),
            Self::Person(name) => ("person", name),
        };
        if poses(name, is_person) { format!("{what} “{name}”").into() } else { name.into() }
    }
}

/// Returns whether a name looks like one that only this program gives, or like more than a name.
fn poses(name: &str, is_person: bool) -> bool {
    if is_plain_slug(name) { is_ours(name) } else { poses_in_part(name, is_person) }
}

fn poses_in_part(name: &str, is_person: bool) -> bool {
    name.contains(is_line_end)
        || parts_with_dot(name)
        || has_clock_time(name)
        || pieces(name).any(|piece| passes_for_ours(piece, is_person))
        || is_ours(name)
}

/// Returns whether a name is of letters and digits of ASCII, and of single signs between them that part nothing: as nearly
/// every model's, which stands above each of its messages.
fn is_plain_slug(name: &str) -> bool {
    let mut after_letter = false;
    let is_plain = name.bytes().all(|byte| {
        let is_letter = byte.is_ascii_alphanumeric();
        let passes = is_letter || (after_letter && matches!(byte, b'-' | b'_' | b'.'));
        after_letter = is_letter;
        passes
    });
    is_plain && after_letter
}

/// Returns whether a dot stands in a name as it does between the pieces of a line above an entry: within a word, as in
/// `让·雷诺`, it belongs to the word.
fn parts_with_dot(name: &str) -> bool {
    let is_letter = |char: Option<char>| char.is_some_and(char::is_alphanumeric);
    name.char_indices().filter(|&(_, char)| looks_like_heading_separator(char)).any(|(at, char)| {
        let (before, after) = (&name[..at], &name[at + char.len_utf8()..]);
        !is_letter(before.chars().next_back()) || !is_letter(after.chars().next())
    })
}

/// Returns words from the archive as they may stand in the line above an entry: in quotation marks where they look like
/// another such line.
pub fn words_in_heading(words: &str) -> Cow<'_, str> {
    if look_like_a_turn(words) { format!("“{words}”").into() } else { words.into() }
}

/// Returns whether words from the archive, such as a title, look like the beginning of another line above an entry.
fn look_like_a_turn(words: &str) -> bool {
    words.contains(is_line_end)
        || has_heading_time(words)
        || is_ours(words)
        || (words.contains(looks_like_heading_separator)
            && pieces(words).any(|piece| passes_for_ours(piece, false)))
}

fn is_line_end(char: char) -> bool {
    matches!(char, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Returns the pieces of a name, cut at every sign that does not stand within a word.
fn pieces(name: &str) -> impl Iterator<Item = &str> {
    let is_word = |char: char| char.is_alphanumeric() || is_unseen(char) || is_combining_mark(char);
    let is_break = move |at: usize, char: char| {
        if is_word(char) || char.is_whitespace() {
            return false;
        }
        let before = name[..at].chars().next_back().is_some_and(is_word);
        let after = name[at + char.len_utf8()..].chars().next().is_some_and(is_word);
        !(before && after && matches!(char, '-' | '_' | '.' | '/' | '\'' | '’' | '+' | '@' | '&'))
    };
    let ends = name
        .char_indices()
        .filter(move |&(at, char)| is_break(at, char))
        .map(|(at, char)| (at, at + char.len_utf8()));
    let mut from = 0;
    ends.chain([(name.len(), name.len())]).map(move |(end, next)| {
        let piece = &name[from..end];
        from = next;
        piece
    })
}

/// Returns whether a piece of a name is one of ours, or begins with the word for the person. A person may be called so.
fn passes_for_ours(piece: &str, is_person: bool) -> bool {
    if is_ours(piece) {
        return true;
    }
    let mut words = piece.split_whitespace().filter(|word| word.contains(char::is_alphanumeric));
    words.next().is_some_and(|word| letters(word).eq(YOU.chars()))
        && !(is_person && words.all(|word| word.chars().all(|char| !char.is_numeric())))
}

/// The letters of the word for the person, as [`letters`] gives them.
const YOU: &str = "you";

/// Returns whether a name has the letters of one that only this program gives. Compares letter by letter: of most names
/// the first one tells, and this is asked of every entry.
fn is_ours(name: &str) -> bool {
    const OURS: [&str; 4] = [YOU, "custominstructions", "savedmemory", "system"];
    let Some(first) = letters(name).next() else { return false };
    OURS.iter().any(|ours| ours.starts_with(first) && letters(name).eq(ours.chars()))
}

/// Returns whether a name holds a time of the day.
fn has_clock_time(name: &str) -> bool {
    // Nothing else of these looks like the sign between hours and minutes.
    if name.is_ascii() && !name.contains(':') {
        return false;
    }
    let seen: Vec<char> = name.chars().filter(|&char| !is_blank(char)).collect();
    let is_time = |at: usize| {
        let [hour, sign, minutes @ ..] = &seen[at..] else { return false };
        let digits = minutes.iter().take(3).take_while(|char| char.is_numeric()).count();
        // `llama3:70b` is no time.
        hour.is_numeric()
            && looks_like_colon(*sign)
            && digits == 2
            && minutes.get(2).is_none_or(|char| !char.is_alphanumeric())
    };
    (0..seen.len()).any(is_time) || has_heading_time(name)
}

/// Returns the letters and digits of a text as the Latin letters that they look like.
fn letters(text: &str) -> impl Iterator<Item = char> {
    // ASCII is decomposed already.
    let (plain, decomposed) = if text.is_ascii() { (text, "") } else { ("", text) };
    plain
        .chars()
        .chain(decomposed.nfkd())
        .map(look)
        .filter(|char| {
            char.is_alphanumeric() && (char.is_ascii() || !(is_combining_mark(*char) || is_unseen(*char)))
        })
        .flat_map(char::to_lowercase)
        .map(look)
}

/// Returns the Latin letter that a character looks like, of those in the names that only this program gives.
fn look(char: char) -> char {
    match char {
        '4' | '@' | 'Α' | 'А' | 'α' | 'а' | 'ɑ' | 'ᴀ' | 'Ꭺ' | 'ꓮ' | 'ᗅ' | 'Ⲁ' | 'ⲁ' => 'a',
        'С' | 'с' | 'Ϲ' | 'ϲ' | 'ᴄ' | 'Ⲥ' | 'ⲥ' | 'Ꮯ' | 'ꓚ' | 'ꮯ' => 'c',
        'ԁ' | 'Ԁ' | 'ɗ' | 'đ' | 'ᴅ' | 'Ꭰ' | 'ꓓ' | 'Ꮷ' | 'ᗞ' | 'ᗪ' => 'd',
        '3' | 'Ε' | 'Е' | 'е' | 'ε' | 'ɛ' | 'є' | 'ҽ' | 'ᴇ' | 'Ꭼ' | 'ꓰ' | '℮' | 'ⴹ' | 'ǝ' => {
            'e'
        }
        '1' | 'l' | '|' | '!' | 'ı' | 'Ι' | 'ι' | 'І' | 'і' | 'Ӏ' | 'ӏ' | 'ɩ' | 'ɪ' | 'Ꭵ' | 'ꓲ' | 'Ⲓ'
        | 'ⲓ' | 'ߊ' => 'i',
        'Μ' | 'М' | 'м' | 'ᴍ' | 'Ꮇ' | 'ꓟ' | 'Ⲙ' | 'ⲙ' | 'Ϻ' => 'm',
        'Ν' | 'ɴ' | 'η' | 'ո' | 'п' | 'ռ' | 'ꓠ' | 'Ⲛ' | 'ⲛ' | 'ƞ' => 'n',
        '0' | 'Ο' | 'ο' | 'О' | 'о' | 'Օ' | 'օ' | 'ᴏ' | 'ჿ' | 'Ⲟ' | 'ⲟ' | 'ꓳ' | 'Ѳ' | 'ѳ' | 'Ө' | 'ө'
        | 'ɵ' | 'ø' | 'Ø' | 'σ' | 'ס' | 'ه' | '٥' | '۵' | '߀' | '০' | '੦' | '௦' | '०' | '૦' | '౦' | '೦'
        | '൦' | '๐' | '໐' | '၀' | '〇' | '○' | '◯' | 'ⵔ' | 'Θ' | 'θ' => 'o',
        'г' | 'ᴦ' | 'ʀ' | 'ꭇ' | 'ꭈ' | 'Ꮢ' | 'ꓣ' | 'ɾ' | 'ⲅ' | 'Ʀ' => 'r',
        '5' | '$' | 'Ѕ' | 'ѕ' | 'ꜱ' | 'Ꮪ' | 'ꓢ' | 'ꮪ' | 'Տ' | 'ƽ' => 's',
        '7' | 'Τ' | 'τ' | 'Т' | 'т' | 'ᴛ' | 'Ꭲ' | 'ꓔ' | 'Ⲧ' | 'ⲧ' | 'ŧ' => 't',
        'υ' | 'ս' | 'Ս' | 'ʋ' | 'ʊ' | 'ᴜ' | 'ꞟ' | 'ꭎ' | 'ꭒ' | 'ꓴ' | 'ᑌ' | 'ሀ' | 'μ' | 'ц' | 'ʉ' | 'Ʉ'
        | 'մ' => 'u',
        'Ѵ' | 'ѵ' | 'ν' | 'ᴠ' | 'Ꮩ' | 'ꓦ' | 'ꮩ' | 'ע' => 'v',
        'Υ' | 'ϒ' | 'У' | 'у' | 'Ү' | 'ү' | 'Ұ' | 'ұ' | 'γ' | 'ყ' | 'ʏ' | 'ɏ' | 'Ɏ' | 'ƴ' | 'Ƴ' | 'ỿ'
        | 'ɣ' | 'Ꭹ' | 'Ꮍ' | 'ꓬ' | 'Ⲩ' | 'ⲩ' | 'ꭚ' | '¥' | 'ʎ' | 'ч' => 'y',
        char => char,
    }
}

impl<'a> MessageView<'a> {
    /// Returns the speaker.
    pub fn speaker(self) -> Speaker<'a> {
        let message = self.message();
        match (message.kind, message.role) {
            (MessageKind::Instructions, _) => Speaker::Instructions,
            (MessageKind::Memory, _) => Speaker::Memory,
            (MessageKind::Text, Role::User) => self.name().map_or(Speaker::You, Speaker::Person),
            (_, Role::User) => Speaker::You,
            (_, Role::Assistant) => {
                self.model().map_or(Speaker::Assistant(self.conversation.provider), Speaker::Model)
            }
            (_, Role::Tool) => Speaker::Tool(self.name()),
            (_, Role::System) => Speaker::System,
        }
    }

    /// Returns the message's name as people know it: the tool of a call or result, the type of one that is unknown.
    pub fn name(self) -> Option<&'a str> {
        self.conversation.message_name(self.index).map(known_tool)
    }
}

/// Returns the name by which people know a tool; the export has some under the name of the day.
fn known_tool(name: &str) -> &str {
    if name.starts_with("t2uay3k.") { "image generator" } else { name }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_plain_slug_is_looked_at_as_any_name(
            name in "(you|YOU|y0u|system|saved|memory|custom|instructions|gpt|4o|[a-z0-9]|[-_.]){1,6}", is_person: bool
        ) {
            prop_assert_eq!(poses(&name, is_person), poses_in_part(&name, is_person));
        }
    }

    #[test]
    fn the_letters_that_no_name_may_have_are_those_of_our_names() {
        for ours in [Speaker::You, Speaker::Instructions, Speaker::Memory, Speaker::System] {
            assert!(is_ours(&ours.name()), "{ours:?}");
        }
        assert!(letters(&Speaker::You.name()).eq(YOU.chars()));
    }

    #[test]
    fn no_name_of_the_archive_passes_for_the_person() {
        for name in [
            "You",
            "YOU",
            " you ",
            "Y\u{200b}ou",
            "\u{ff39}ou",
            "You · 3 Mar 2025, 10:42",
            "You ･ 3 Mar 2025, 10:42",
            "Saved memory",
            "System",
            "\u{4ae}ou",
            "Y0u",
            "Υου",
            "Уоu",
            "Ỵōü",
            "You (edited)",
            "You - 14 Nov 2023, 22:13",
            "You, 14 Nov 2023",
            "<b>You</b>",
            "[You]",
            "“You”",
            "\u{202e}You:",
            "robin (You)",
            "You 14 Nov",
            "14 Nov 2023, 22:13",
            "gpt-4o 22:13",
            "You\u{b}",
            "5ystem",
            // Looks like it only in lower case.
            "\u{194}ou",
            "Sаved mеmory",
            "System - 14 Nov",
        ] {
            for (speaker, what) in [
                (Speaker::Model(name), "model"),
                (Speaker::Tool(Some(name)), "tool"),
                (Speaker::Person(name), "person"),
            ] {
                assert_eq!(speaker.name(), format!("{what} “{name}”"));
            }
        }
        for name in [
            "gpt-4o",
            "youtube",
            "system-1",
            "Youssef",
            "you.com",
            "llama3:70b",
            "claude-3-5-sonnet-20241022",
            "o1",
        ] {
            assert_eq!(Speaker::Model(name).name(), name);
            assert_eq!(Speaker::Person(name).name(), name);
        }
        for name in ["You Jin", "ジョン・スミス", "让·雷诺", "Col·lector"] {
            assert_eq!(Speaker::Person(name).name(), name);
        }
        for name in ["You·3", "robin ·", "robin · 3 Mar"] {
            assert_eq!(Speaker::Person(name).name(), format!("person “{name}”"));
        }
        assert_eq!(Speaker::You.name(), "You");
        for words in
            ["You", "x · You · 3 Mar", "Plan | Y0u (edited)", "x 14 Nov 2023, 22:13", "a\u{2028}b", "Sуstem"]
        {
            assert_eq!(words_in_heading(words), format!("“{words}”"));
        }
        for words in ["You and 3 friends", "Notes | draft", "At 10:42", "python", "Report • 2023"] {
            assert_eq!(words_in_heading(words), words);
        }
    }
}
