//! What of a text stands between it and a search byte by byte.
//!
//! A needle of ASCII is looked for at the speed of memory wherever nothing in the text, beyond ASCII or between its
//! letters, could be part of a hit; most texts have nothing of the kind, however much Chinese or emoji they have.

use super::{
    byte_scan::is_space,
    case_folding::{CaseFolding, is_accent},
    markdown_marks,
    typography::{TYPED_SIGNS, is_invisible, typed_letters},
};

/// What a text has that an ASCII needle may match, but not byte by byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::search) struct FoldsToAscii(u8);

/// The bytes that are looked at in one step.
const BLOCK: usize = 32;

impl FoldsToAscii {
    /// Characters that fold to ASCII letters or digits, accents, and what nobody sees behind ASCII.
    pub const LETTERS: Self = Self(1);
    /// White space beyond ASCII.
    pub const SPACES: Self = Self(2);
    /// Quotation marks, dashes and the like, which are typed as one of [`TYPED_SIGNS`].
    pub const SIGNS: Self = Self(4);
    /// Words that marks of Markdown cut.
    pub const CUTS: Self = Self(8);
    /// Escapes of Markdown that do not begin a word.
    pub const ESCAPES: Self = Self(16);
    /// Characters that fold to other signs of ASCII, as wide ones do: most texts have none.
    pub const OTHER_SIGNS: Self = Self(32);
    /// Any of these may be there.
    pub const ANY: Self = Self(63);

    /// Looks at the characters of a text until all is known.
    pub fn of(text: &str) -> Self {
        let mut found = Self::default();
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() && found != Self::ANY {
            // Whole blocks of plain ASCII are passed in one step.
            if let Some(block) = bytes.get(at..at + BLOCK)
                && block.iter().fold(true, |plain, &byte| plain & is_plain(byte))
            {
                at += BLOCK;
                continue;
            }
            if is_plain(bytes[at]) {
                at += 1;
                continue;
            }
            at = found.add_character(text, at);
        }
        found
    }

    /// Returns whether it has any of what another has.
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Returns what of it stands in ASCII itself.
    pub fn of_ascii(self) -> Self {
        Self(self.0 & (Self::CUTS.0 | Self::ESCAPES.0))
    }

    fn insert(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Adds the character that begins at byte `at`, or the marks of Markdown that do; returns where they end.
    fn add_character(&mut self, text: &str, at: usize) -> usize {
        let byte = text.as_bytes()[at];
        if byte == b'\\' {
            let next = text.as_bytes().get(at + 1);
            let is_inside = at > 0 && !is_space(text.as_bytes()[at - 1]);
            if is_inside && next.is_some_and(u8::is_ascii_punctuation) {
                self.insert(Self::ESCAPES);
            }
            return at + 1;
        }
        if byte < 0x80 {
            return self.add_marks(text, at);
        }
        let Some(c) = text[at..].chars().next() else { return text.len() };
        let folded = CaseFolding::ALL.of(c);
        if is_accent(c) || is_invisible(c) {
            // Behind anything else it is no part of what is ASCII.
            if at > 0 && text.as_bytes()[at - 1] < 0x80 {
                self.insert(Self::LETTERS);
            }
        } else if folded.is_ascii_alphanumeric()
            || typed_letters(c, true).is_some_and(|letters| letters != "...")
        {
            self.insert(Self::LETTERS);
        } else if c.is_whitespace() {
            self.insert(Self::SPACES);
        } else if TYPED_SIGNS.contains(&folded) || c == '…' {
            self.insert(Self::SIGNS);
        } else if folded.is_ascii() {
            self.insert(Self::OTHER_SIGNS);
        }
        at + c.len_utf8()
    }

    /// Adds the run of marks that begins at byte `at`; returns its end.
    fn add_marks(&mut self, text: &str, at: usize) -> usize {
        let bytes = text.as_bytes();
        let end = at + bytes[at..].iter().take_while(|&&byte| markdown_marks::is_mark(byte)).count();
        let (left, right) = (text[..at].chars().next_back(), text[end..].chars().next());
        let is_letter = |c: Option<char>| {
            c.is_some_and(|c| is_accent(c) || is_invisible(c) || typed_letters(c, true).is_some())
        };
        let folded = |c: Option<char>| c.map(|c| CaseFolding::ALL.of(c)).filter(char::is_ascii_alphanumeric);
        let (first, last) = (folded(left), folded(right));
        let cuts = match (first, last) {
            (Some(left), Some(right)) => markdown_marks::cut_word(left, right),
            _ => (first.is_some() || is_letter(left)) && (last.is_some() || is_letter(right)),
        };
        if cuts && markdown_marks::run_end(bytes, at).is_some() {
            self.insert(Self::CUTS);
        }
        end
    }
}

impl std::ops::BitOr for FoldsToAscii {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Returns whether a byte is ASCII and no mark of Markdown.
#[expect(clippy::needless_bitwise_bool, reason = "without branches many bytes are compared at once")]
fn is_plain(byte: u8) -> bool {
    !((byte >= 0x80) | (byte == b'*') | (byte == b'`') | (byte == b'~') | (byte == b'\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(text: &str) -> [bool; 6] {
        let found = FoldsToAscii::of(text);
        let all = [
            FoldsToAscii::LETTERS,
            FoldsToAscii::SPACES,
            FoldsToAscii::SIGNS,
            FoldsToAscii::CUTS,
            FoldsToAscii::ESCAPES,
            FoldsToAscii::OTHER_SIGNS,
        ];
        all.map(|one| found.meets(one))
    }

    #[test]
    fn chinese_emoji_and_other_scripts_do_not_stand_in_the_way_of_ascii() {
        let text = "日本語，🎉️ привет and **thirty-two** bytes of `plain` text: 2*3, \\begin **a** ***";
        assert_eq!(has(text), [false, false, false, false, false, true]);
        assert_eq!(has("日本語 **重点** 1️ привет"), [true, false, false, false, false, false]);
    }

    #[test]
    fn each_thing_that_an_ascii_needle_may_match_is_told() {
        let cases = [
            ("naïve", 0),
            ("ＡＢＣ", 0),
            ("ﬁne", 0),
            ("soft\u{ad}hyphen", 0),
            ("x²", 0),
            ("Straße", 0),
            ("a\u{a0}b", 1),
            ("“quoted”", 2),
            ("it’s", 2),
            ("1–2", 2),
            ("wait…", 2),
            ("un**believ**able", 3),
            ("the `word`s", 3),
            ("get\\_value", 4),
            ("\\_\\_init", 4),
            ("a：b", 5),
        ];
        for (text, number) in cases {
            let expected: [bool; 6] = std::array::from_fn(|at| at == number);
            assert_eq!(has(text), expected, "{text}");
            let long = format!("{}{text}{}", " ".repeat(45), " ".repeat(45));
            assert_eq!(has(&long), expected, "{text}");
        }
    }
}
