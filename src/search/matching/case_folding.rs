//! Decides which characters count as the same: Unicode simple case folding, accents and width. Nothing here has to do
//! with messages that are shown folded.
//!
//! Text is read by *units*: a character with the marks that belong to it, folded. An accent is a combining mark of
//! U+0300–U+036F in the canonical decomposition of a letter, written apart or not, a vowel point of Arabic or Hebrew,
//! the stroke of `ø ł đ ħ ŧ`, and the raising or lowering of a digit; marks of other scripts are letters of theirs and
//! stay. Width is the difference between full and half width forms. What no keyboard has is always what is typed for
//! it ([`typography`](super::typography)): `’` is `'`, `ﬁ` is two units, and nothing is what nobody sees.
//!
//! A character of several units has one at each of its bytes, from the first on: a position within a character is the
//! beginning of its next unit. [`whole_characters`] rounds for whoever cuts text there.

use std::{ops::Range, sync::OnceLock};

use unicode_normalization::char::{compose, decompose_canonical, decompose_compatible};

use super::typography::{is_invisible, is_raised_or_lowered, typed_letters, typed_sign};

/// The differences that are ignored when characters are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::search) struct CaseFolding {
    /// Upper and lower case are one.
    pub case: bool,
    /// Letters with and without accents are one, raised digits and others, and `ß` and `ss`.
    pub marks: bool,
    /// Full and half width are one.
    pub width: bool,
}

impl CaseFolding {
    /// Ignores all differences: the index is made with this.
    pub const ALL: Self = Self { case: true, marks: true, width: true };

    /// Returns what a person who typed this means to ignore: an accent, a capital or a width that was typed is meant.
    pub fn meant_by(typed: &str) -> Self {
        let exact = Self { case: false, marks: false, width: false };
        let is_marked =
            |c| is_accent(c) || (typed_letters(c, true).is_some() && typed_letters(c, false).is_none());
        let changes = |folding: Self| {
            typed.chars().any(|c| folding.of(c) != exact.of(c) || (folding.marks && is_marked(c)))
        };
        Self {
            case: !typed.chars().any(char::is_uppercase),
            marks: !changes(Self { case: false, marks: true, width: false }),
            width: !changes(Self { case: false, marks: false, width: true }),
        }
    }

    /// Folds one character.
    pub fn of(self, c: char) -> char {
        if c.is_ascii() {
            return if self.case { c.to_ascii_lowercase() } else { c };
        }
        match page_of(c) {
            Some(page) => {
                let folded = page[self.index()][c as usize & 0xff];
                if folded == '\0' { c } else { folded }
            }
            None => c,
        }
    }

    fn index(self) -> usize {
        usize::from(self.case) | usize::from(self.marks) << 1 | usize::from(self.width) << 2
    }

    /// Returns the unit that begins at byte `at`: its folded character and where it ends. `None`: the text ends
    /// there.
    pub fn unit(self, text: &str, at: usize) -> Option<(char, usize)> {
        let bytes = text.as_bytes();
        let &first = bytes.get(at)?;
        // Nearly all characters of nearly all texts: ASCII with no mark after it.
        if first < 0x80 && bytes.get(at + 1).is_none_or(|&next| next < 0x80) {
            return Some((self.of(first as char), at + 1));
        }
        let start = text.floor_char_boundary(at);
        let base = text[start..].chars().next()?;
        let end = start + base.len_utf8();
        let Some(letters) = typed_letters(base, self.marks) else {
            let (base, end) = self.joined(text, base, end);
            return Some((self.of(base), end));
        };
        let letter = *letters.as_bytes().get(at - start)?;
        let is_last = at + 1 == start + letters.len();
        Some((self.of(letter as char), if is_last { self.joined_end(text, end) } else { at + 1 }))
    }

    /// Joins to a character what belongs to it and ends at byte `end`; returns both as they are then.
    fn joined(self, text: &str, mut base: char, mut end: usize) -> (char, usize) {
        while let Some(next) = text[end..].chars().next().filter(|&next| is_joining(next)) {
            if is_invisible(next) {
                end += next.len_utf8();
                continue;
            }
            if self.marks && is_accent(next) {
                // Nothing else joins over an accent.
                return (base, self.joined_end(text, end));
            }
            let narrow = Self { case: false, marks: false, width: true };
            let (left, right) = if self.width { (narrow.of(base), narrow.of(next)) } else { (base, next) };
            let Some(composed) = compose(left, right) else { break };
            base = composed;
            end += next.len_utf8();
        }
        (base, end)
    }

    /// Returns the end of what belongs to the character before byte `end` without changing it.
    pub(super) fn joined_end(self, text: &str, end: usize) -> usize {
        let belongs = |c: &char| is_invisible(*c) || (self.marks && is_accent(*c));
        end + text[end..].chars().take_while(belongs).map(char::len_utf8).sum::<usize>()
    }
}

/// Widens a range of units to the characters that they are of.
pub(in crate::search) fn whole_characters(text: &str, range: &Range<usize>) -> Range<usize> {
    text.floor_char_boundary(range.start)..text.ceil_char_boundary(range.end)
}

/// Returns whether a mark is folded as an accent.
pub(in crate::search) fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}'
        | '\u{5c5}' | '\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}

/// Returns whether a character may belong to the one before it: what nobody sees, accents, voicing marks of kana,
/// vowels and finals of Hangul.
pub(in crate::search) fn is_joining(c: char) -> bool {
    is_accent(c)
        || is_invisible(c)
        || matches!(c, '\u{3099}' | '\u{309a}' | '\u{ff9e}' | '\u{ff9f}' | '\u{1161}'..='\u{1175}' | '\u{11a8}'..='\u{11c2}')
}

/// Folded characters for the eight foldings; NUL where nothing changes.
type Page = [[char; 256]; 8];

/// Pages of 256 characters, made when the first of them is met; `None`: nothing in it changes.
static PAGES: [OnceLock<Option<Box<Page>>>; 512] = [const { OnceLock::new() }; 512];

fn page_of(c: char) -> Option<&'static Page> {
    let number = c as usize >> 8;
    PAGES.get(number)?.get_or_init(|| make_page(number as u32)).as_deref()
}

fn make_page(number: u32) -> Option<Box<Page>> {
    let mut page = Box::new([['\0'; 256]; 8]);
    let mut changes = false;
    for (slot, code) in (number << 8..(number + 1) << 8).enumerate() {
        let Some(c) = char::from_u32(code) else { continue };
        for (index, folds) in page.iter_mut().enumerate() {
            let mut folded = typed_sign(c);
            if index & 4 != 0 {
                folded = fold_width(folded);
            }
            if index & 2 != 0 {
                folded = fold_marks(folded);
            }
            if index & 1 != 0 {
                folded = fold_case(folded);
            }
            if folded != c {
                folds[slot] = folded;
                changes = true;
            }
        }
    }
    changes.then_some(page)
}

/// Folds case by Unicode simple case folding, with the standard library's tables: the lower case of the upper case is
/// one character for all that share a fold, but for the Turkish ones, which fold to themselves.
fn fold_case(c: char) -> char {
    if matches!(c, 'ı' | 'İ') {
        return c;
    }
    let upper = single(c.to_uppercase()).unwrap_or(c);
    single(upper.to_lowercase()).unwrap_or(upper)
}

fn single(mut chars: impl Iterator<Item = char>) -> Option<char> {
    let first = chars.next()?;
    chars.next().is_none().then_some(first)
}

fn fold_marks(c: char) -> char {
    if is_raised_or_lowered(c) {
        let mut base = None;
        decompose_compatible(c, |piece| base = base.or(Some(piece)));
        return typed_sign(base.unwrap_or(c));
    }
    let mut base = None;
    let mut only_accents = true;
    decompose_canonical(c, |piece| match base {
        None => base = Some(piece),
        Some(_) => only_accents &= is_accent(piece),
    });
    let base = base.filter(|base| only_accents && base.is_alphabetic()).unwrap_or(c);
    match base {
        'ø' => 'o',
        'Ø' => 'O',
        'ł' => 'l',
        'Ł' => 'L',
        'đ' => 'd',
        'Đ' => 'D',
        'ħ' => 'h',
        'Ħ' => 'H',
        'ŧ' => 't',
        'Ŧ' => 'T',
        base => base,
    }
}

/// Half-width katakana from U+FF66 on, as their ordinary forms.
const KATAKANA: [char; 58] = [
    'ヲ', 'ァ', 'ィ', 'ゥ', 'ェ', 'ォ', 'ャ', 'ュ', 'ョ', 'ッ', 'ー', 'ア', 'イ', 'ウ', 'エ', 'オ', 'カ',
    'キ', 'ク', 'ケ', 'コ', 'サ', 'シ', 'ス', 'セ', 'ソ', 'タ', 'チ', 'ツ', 'テ', 'ト', 'ナ', 'ニ', 'ヌ',
    'ネ', 'ノ', 'ハ', 'ヒ', 'フ', 'ヘ', 'ホ', 'マ', 'ミ', 'ム', 'メ', 'モ', 'ヤ', 'ユ', 'ヨ', 'ラ', 'リ',
    'ル', 'レ', 'ロ', 'ワ', 'ン', '\u{3099}', '\u{309a}',
];

fn fold_width(c: char) -> char {
    let code = c as u32;
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(code - 0xfee0).unwrap_or(c),
        '\u{ff61}' => '。',
        '\u{ff62}' => '「',
        '\u{ff63}' => '」',
        '\u{ff64}' => '、',
        '\u{ff65}' => '・',
        '\u{ff66}'..='\u{ff9f}' => KATAKANA[(code - 0xff66) as usize],
        '\u{ffe0}' => '¢',
        '\u{ffe1}' => '£',
        '\u{ffe2}' => '¬',
        '\u{ffe4}' => '¦',
        '\u{ffe5}' => '¥',
        '\u{ffe6}' => '₩',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str, folding: CaseFolding) -> String {
        let (mut at, mut out) = (0, String::new());
        while let Some((c, end)) = folding.unit(text, at) {
            out.push(c);
            at = end;
        }
        out
    }

    #[test]
    fn case_folds_as_the_unicode_tables_say() {
        let simple = CaseFolding { case: true, marks: false, width: false };
        // Without the letters of Unicode 17, which the expressions do not know yet.
        for code in (0x80..0x3000)
            .chain(0xa640..0xa7ce)
            .chain(0xa7d6..0xac00)
            .chain(0xff00..0x10600)
            .chain(0x1e900..0x1e960)
        {
            let Some(c) = char::from_u32(code).filter(|&c| typed_sign(c) == c) else { continue };
            let pattern = format!(r"^(?i:{})$", regex::escape(&c.to_string()));
            let Ok(expression) = regex::Regex::new(&pattern) else { continue };
            let fold = simple.of(c);
            assert!(expression.is_match(&fold.to_string()), "{c:?} {code:x} folds to {fold:?}");
        }
        for (one, other) in [('ſ', 's'), ('K', 'k'), ('Σ', 'ς'), ('ẞ', 'ß'), ('Ǆ', 'ǅ'), ('Ω', 'ω')]
        {
            assert_eq!(simple.of(one), simple.of(other));
        }
        assert_ne!(simple.of('ı'), simple.of('i'));
        assert_ne!(simple.of('İ'), simple.of('i'));
    }

    #[test]
    fn accents_fold_written_apart_or_not() {
        assert_eq!(
            folded("Café cafe\u{301} Łódź Ἀθῆναι ёлка", CaseFolding::ALL),
            "cafe cafe lodz αθηναι елка"
        );
        assert_eq!(folded("がか\u{3099}ｶﾞガ한\u{1112}\u{1161}\u{11ab}", CaseFolding::ALL), "ががガガ한한");
    }

    #[test]
    fn without_folding_marks_a_letter_and_its_accent_are_still_one() {
        let exact = CaseFolding { case: true, marks: false, width: true };
        assert_eq!(folded("É e\u{301} e x\u{301}", exact), "é é e x\u{301}");
    }

    #[test]
    fn a_person_who_types_an_accent_means_it() {
        assert_eq!(CaseFolding::meant_by("cafe"), CaseFolding::ALL);
        assert_eq!(CaseFolding::meant_by("Cafe"), CaseFolding { case: false, ..CaseFolding::ALL });
        assert_eq!(CaseFolding::meant_by("café"), CaseFolding { marks: false, ..CaseFolding::ALL });
        assert_eq!(CaseFolding::meant_by("cafe\u{301}"), CaseFolding { marks: false, ..CaseFolding::ALL });
        assert_eq!(CaseFolding::meant_by("ａｂｃ"), CaseFolding { width: false, ..CaseFolding::ALL });
        assert_eq!(CaseFolding::meant_by("日本語"), CaseFolding::ALL);
    }

    #[test]
    fn a_sign_with_a_stroke_is_not_the_sign_without() {
        assert_eq!(CaseFolding::ALL.of('≠'), '≠');
    }
}
