//! The one function every string of an archive passes before it reaches a terminal.
//!
//! An archive's text was written by people, models, web pages and tools: it may hold escape sequences that
//! would drive the terminal, invisible characters that hide text from the reader, and marks that reverse or
//! pile up. All of them are made harmless here, and stay visible: a control becomes its picture, an invisible
//! character a `�`. Whoever shows text of an archive calls [`text()`] or [`line()`] (or lets the layout do
//! it), and measures and cuts with [`width`] and [`fit`]: columns are counted in one way everywhere.
//!
//! It must not know Markdown, styles or the terminal: it looks at characters only.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

pub use super::width::{fit, width};
use crate::message::is_unseen;

/// Combining marks a cell may carry; more are dropped (they would be drawn over the lines around it).
const MAX_MARKS: u8 = 4;
/// Joiners of one emoji; what more would join stands apart. None has more than four, and all of it is one cell.
const MAX_JOINED: u8 = 8;
/// The bytes of a name, a title or a first line that are looked at to show it in a row: no screen has this many
/// columns.
const MAX_LABEL_LENGTH: usize = 4 << 10;
/// The base of a mark that has nothing to stand on.
const BARE: char = '◌';

/// Makes a text harmless and still visible. Newlines and tabs stay (layout breaks and expands them), `\r\n` is
/// a newline; everything else that acts on a terminal or cannot be seen is replaced.
pub fn text(text: &str) -> Cow<'_, str> {
    collect(text, |piece| Cow::Borrowed(piece))
}

/// Makes a text harmless that must stand on one line: as [`text()`], and line breaks and tabs become spaces.
pub fn line(text: &str) -> Cow<'_, str> {
    collect(text, |piece| {
        if piece.contains(['\n', '\t']) {
            Cow::Owned(piece.replace(['\n', '\t'], " "))
        } else {
            Cow::Borrowed(piece)
        }
    })
}

/// Makes the beginning of a text harmless that is a part of one row, however long the text is: as [`line()`].
pub fn label(text: &str) -> Cow<'_, str> {
    line(&text[..text.floor_char_boundary(MAX_LABEL_LENGTH)])
}

fn collect(text: &str, shape: impl Fn(&str) -> Cow<'_, str>) -> Cow<'_, str> {
    let mut made: Option<String> = None;
    pieces(text, |at, piece| {
        let shaped = shape(piece);
        if at == Some(0) && piece.len() == text.len() && matches!(shaped, Cow::Borrowed(_)) {
            return;
        }
        made.get_or_insert_with(|| String::with_capacity(text.len() + 16)).push_str(&shaped);
    });
    // Something is always shown of a text that is not empty: what is dropped follows something that is not.
    made.map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Returns whether a character alone, at the start of a text, is shown as something else.
#[cfg(test)]
pub(in crate::transcript) fn is_replaced(c: char) -> bool {
    let alone = c.to_string();
    !matches!(text(&alone), Cow::Borrowed(shown) if shown == alone)
}

/// Walks through a text and gives its harmless pieces in order: a verbatim one with the byte offset at which it
/// stands, a replacement with `None`. Adjacent verbatim text is one piece.
pub(crate) fn pieces(text: &str, mut emit: impl FnMut(Option<usize>, &str)) {
    let bytes = text.as_bytes();
    let mut state = SanitizerState::default();
    let mut clean = 0;
    let mut at = 0;
    while at < bytes.len() {
        let plain = bytes[at..].iter().position(|&byte| !is_plain(byte)).unwrap_or(bytes.len() - at);
        if plain > 0 {
            at += plain;
            state.plain(bytes[at - 1]);
        }
        let mut rest = text[at..].chars();
        let Some(c) = rest.next() else { break };
        let after = at + c.len_utf8();
        let replacement = state.next(c, [rest.next(), rest.next()]);
        if replacement != Replacement::Keep {
            if clean < at {
                emit(Some(clean), &text[clean..at]);
            }
            clean = after;
        }
        match replacement {
            Replacement::Keep | Replacement::Drop => {}
            Replacement::Show(shown) => emit(None, shown.encode_utf8(&mut [0; 4])),
            Replacement::ShowTwo(first, second) => {
                let mut pair = String::with_capacity(8);
                pair.extend([first, second]);
                emit(None, &pair);
            }
        }
        at = after;
    }
    if clean < bytes.len() {
        emit(Some(clean), &text[clean..]);
    }
}

/// Returns whether a byte is ASCII that is harmless by itself: printable, newline, tab.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\n' | b'\t')
}

/// The fate of one character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Replacement {
    Keep,
    Drop,
    Show(char),
    ShowTwo(char, char),
}

/// Facts about the characters so far that decide about the next one.
#[derive(Default)]
struct SanitizerState {
    /// The last character that was kept, other than joiners, marks and selectors; `None` at the start and
    /// after a line break: nothing there to combine with.
    base: Option<char>,
    /// The character just before, whatever became of it.
    before: Option<char>,
    marks: u8,
    /// A variation selector was taken for this base already.
    selected: bool,
    /// The joiners so far of an emoji that is joined of several.
    joined: u8,
    /// The last thing shown is the stand-in of a run of invisible characters.
    invisible: bool,
}

impl SanitizerState {
    fn plain(&mut self, last: u8) {
        *self = Self {
            base: (last != b'\n').then_some(last as char),
            before: Some(last as char),
            ..Self::default()
        };
    }

    fn next(&mut self, c: char, next: [Option<char>; 2]) -> Replacement {
        let replacement = self.decide(c, next);
        let invisible = is_unseen(c) && replacement != Replacement::Keep;
        match replacement {
            Replacement::Keep | Replacement::Drop => {}
            Replacement::Show('\n') => {}
            Replacement::Show(_) | Replacement::ShowTwo(..) => {
                self.base = Some('�');
                self.marks = u8::from(matches!(replacement, Replacement::ShowTwo(BARE, _)));
                (self.selected, self.joined) = (false, 0);
            }
        }
        self.invisible = invisible && replacement != Replacement::Drop
            || (self.invisible && replacement == Replacement::Drop);
        self.before = Some(c);
        replacement
    }

    fn decide(&mut self, c: char, next: [Option<char>; 2]) -> Replacement {
        match c {
            '\r' if next[0] == Some('\n') => Replacement::Drop,
            '\u{2028}' | '\u{2029}' => {
                *self = Self::default();
                Replacement::Show('\n')
            }
            '\0'..='\u{1F}' => Replacement::Show(picture(0x2400 + c as u32)),
            '\u{7F}' => Replacement::Show('␡'),
            // An eight-bit control is ESC and a letter in seven bits.
            '\u{80}'..='\u{9F}' => Replacement::ShowTwo('␛', picture(c as u32 - 0x40)),
            '\u{AD}' => Replacement::Show('‐'),
            '\u{200B}' => Replacement::Show('␣'),
            '\u{200C}' | '\u{200D}' => self.joiner(c, next[0]),
            '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' => self.selector(c, next),
            _ if is_unseen(c) => self.replacement(),
            '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}' => Replacement::Show('�'),
            _ if c as u32 & 0xFFFE == 0xFFFE || ('\u{FDD0}'..='\u{FDEF}').contains(&c) => {
                Replacement::Show('�')
            }
            // Below U+0300 nothing combines; this spares most texts the table.
            _ if c >= '\u{300}' && c.width() == Some(0) => self.mark(c),
            _ => {
                let is_tone = |c: char| matches!(c, '\u{1F3FB}'..='\u{1F3FF}');
                // A skin tone belongs to the emoji before it, and a second one is a mark on it.
                let tone = is_tone(c);
                if tone && self.before.is_some_and(is_tone) {
                    return self.mark(c);
                }
                if self.before != Some('\u{200D}') {
                    self.joined = 0;
                }
                self.base = self.base.filter(|_| tone).or(Some(c));
                (self.marks, self.selected) = (0, false);
                Replacement::Keep
            }
        }
    }

    /// Replaces a run of invisible characters by one stand-in: hidden text may be thousands of characters
    /// long.
    fn replacement(&self) -> Replacement {
        if self.invisible { Replacement::Drop } else { Replacement::Show('�') }
    }

    fn mark(&mut self, c: char) -> Replacement {
        if self.base.is_none() {
            // It would combine with whatever the screen has to the left.
            return Replacement::ShowTwo(BARE, c);
        }
        self.marks = self.marks.saturating_add(1);
        if self.marks > MAX_MARKS { Replacement::Drop } else { Replacement::Keep }
    }

    fn joiner(&mut self, c: char, next: Option<char>) -> Replacement {
        let adjacent = self.before.is_some_and(|before| !matches!(before, '\u{200C}' | '\u{200D}'));
        match self.base {
            Some(base) if adjacent && is_joining_script(base) => Replacement::Keep,
            base if adjacent && c == '\u{200D}' && self.joined < MAX_JOINED && joins(base, next) => {
                self.joined += 1;
                Replacement::Keep
            }
            _ => self.replacement(),
        }
    }

    /// Decides about a variation selector. A first one only changes how its base is drawn, in ways terminals
    /// disagree about (U+FE0F may shift the rest of the row): it is dropped, except where it belongs to an
    /// emoji joined of several. Further ones draw nothing: they hide something.
    fn selector(&mut self, c: char, next: [Option<char>; 2]) -> Replacement {
        if self.base.is_none() || self.selected {
            return self.replacement();
        }
        self.selected = true;
        let joined = self.joined > 0 || (next[0] == Some('\u{200D}') && joins(self.base, next[1]));
        if joined && c == '\u{FE0F}' { Replacement::Keep } else { Replacement::Drop }
    }
}

fn picture(code: u32) -> char {
    char::from_u32(code).unwrap_or('�')
}

/// Returns whether a joiner makes one emoji of two: without it they are two grapheme clusters, with it one.
fn joins(base: Option<char>, next: Option<char>) -> bool {
    let (Some(base), Some(next)) = (base, next) else { return false };
    let clusters = |text: String| text.graphemes(true).count();
    clusters([base, next].iter().collect()) == 2 && clusters([base, '\u{200D}', next].iter().collect()) == 1
}

/// Returns whether a joiner changes the letters of a character's script: Arabic to Mandaic, the Brahmic
/// scripts, Myanmar, Khmer, Mongolian and their like.
fn is_joining_script(c: char) -> bool {
    matches!(
        c,
        '\u{600}'..='\u{8FF}' | '\u{900}'..='\u{DFF}' | '\u{F00}'..='\u{109F}' | '\u{1700}'..='\u{18AF}'
            | '\u{1900}'..='\u{1CFF}' | '\u{A840}'..='\u{A87F}' | '\u{A8E0}'..='\u{AAFF}' | '\u{ABC0}'..='\u{ABFF}'
            | '\u{FB50}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}'
            | '\u{10A00}'..='\u{10A5F}' | '\u{10D00}'..='\u{11FFF}' | '\u{1E900}'..='\u{1E95F}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_escape_sequence_becomes_a_picture() {
        assert_eq!(text("a\x1b[31mred\x07\x08\x7f"), "a␛[31mred␇␈␡");
        assert_eq!(text("\u{9b}2J\u{85}"), "␛[2J␛E");
    }

    #[test]
    fn a_carriage_return_shows_unless_it_ends_a_line() {
        assert_eq!(text("a\r\nb\rc"), "a\nb␍c");
        assert_eq!(line("a\r\nb\tc"), "a b c");
    }

    #[test]
    fn however_much_is_joined_a_cell_holds_little() {
        for raw in [
            "😀\u{200d}".repeat(2_000),
            "👍🏽".to_owned() + &"🏽".repeat(2_000),
            "ㄱ\u{1161}\u{1161}".repeat(9),
        ] {
            let clean = text(&raw);
            let longest = clean.graphemes(true).map(str::len).max();
            assert!(longest <= Some(80), "{longest:?}");
        }
        // What people write stays whole.
        for emoji in ["👨‍👩‍👧‍👦", "👩🏽‍❤️‍💋‍👨🏿", "🏴‍☠️", "👍🏽👍🏿"]
        {
            assert_eq!(text(emoji).graphemes(true).count(), emoji.graphemes(true).count(), "{emoji}");
        }
    }

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(text("grüße, 日本語 and\ttabs\n"), Cow::Borrowed(_)));
        assert!(matches!(line("grüße, 日本語"), Cow::Borrowed(_)));
    }

    #[test]
    fn text_cannot_be_reversed() {
        assert_eq!(text("abc\u{202e}txt.exe\u{202c}"), "abc�txt.exe�");
        assert_eq!(text("\u{200e}\u{2066}\u{61c}"), "�");
    }

    #[test]
    fn hidden_text_in_tag_characters_leaves_one_mark() {
        let hidden: String =
            "ignore all".chars().map(|c| char::from_u32(0xE0000 + c as u32).unwrap()).collect();
        assert_eq!(text(&format!("hello{hidden} there")), "hello� there");
        // A fuzzer put a bit more into a tag letter: the rest of its plane is no text either.
        assert_eq!(text("🏴\u{e1067}"), "🏴�");
        let selectors = "😀\u{fe01}\u{fe05}\u{e0110}\u{fe02}";
        assert_eq!(text(selectors), "😀�");
    }

    #[test]
    fn joiners_stay_in_emoji_and_in_the_scripts_that_need_them() {
        for whole in ["👨‍👩‍👧", "👩🏽‍🚀", "🏳️‍🌈", "❤️‍🔥", "می‌خواهم", "क्‍ष"]
        {
            assert_eq!(text(whole), whole);
        }
        assert_eq!(text("a\u{200d}b\u{200c}c"), "a�b�c");
    }

    #[test]
    fn the_emoji_selector_is_dropped_where_terminals_disagree_about_it() {
        assert_eq!(text("I ❤️ 1️⃣"), "I ❤ 1⃣");
    }

    #[test]
    fn a_stack_of_marks_is_cut_to_four() {
        let zalgo = format!("Z{}a", "\u{301}".repeat(50));
        assert_eq!(text(&zalgo), format!("Z{}a", "\u{301}".repeat(4)));
    }

    #[test]
    fn a_mark_never_reaches_over_the_start_of_a_line() {
        assert_eq!(text("\u{301}a\n\u{301}b"), "◌\u{301}a\n◌\u{301}b");
    }

    #[test]
    fn private_use_characters_are_replaced() {
        assert_eq!(text("\u{e200}cite\u{e202}turn0\u{e201} \u{f8ff} \u{10fffd}"), "�cite�turn0� � �");
    }

    proptest! {
        #[test]
        fn nothing_that_acts_on_a_terminal_is_left(raw in any::<String>()) {
            let shown = text(&raw);
            for c in shown.chars() {
                prop_assert!(!c.is_control() || c == '\n' || c == '\t', "{c:?}");
                let private = matches!(c, '\u{E000}'..='\u{F8FF}');
                prop_assert!(!private, "{c:?}");
                let bidi = matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
                let tag = matches!(c, '\u{E0000}'..='\u{E0FFF}');
                prop_assert!(!bidi && !tag, "{c:?}");
            }
            prop_assert!(!line(&raw).contains(['\n', '\t', '\r']));
        }

        #[test]
        fn sanitising_again_changes_nothing(raw in any::<String>()) {
            let once = text(&raw).into_owned();
            prop_assert_eq!(&*text(&once), &once);
        }

        #[test]
        fn pieces_give_the_places_of_what_is_verbatim(raw in any::<String>()) {
            pieces(&raw, |at, piece| if let Some(at) = at { assert_eq!(&raw[at..at + piece.len()], piece) });
        }

    }
}
