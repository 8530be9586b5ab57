//! A word or phrase, prepared for finding it in text by the rules of [`case_folding`](super::case_folding).
//!
//! [`Literal::match_at`] defines what a hit is. The rest is faster ways to the same hits: a needle that folds to
//! ASCII is looked for byte by byte wherever the text has nothing beyond ASCII that could fold to it; only other text
//! is folded.

use std::ops::Range;

use super::{
    byte_scan::{ByteScanner, Candidates, is_space},
    case_folding::{CaseFolding, is_accent},
    folds_to_ascii::FoldsToAscii,
    markdown_marks::{self, MAX_RUN},
    typography::{TYPED_SIGNS, is_invisible, typed_letters},
};

/// A word or phrase, prepared. A blank in it stands for any run of white space.
#[derive(Clone, Debug)]
pub(in crate::search) struct Literal {
    units: Box<[char]>,
    folding: CaseFolding,
    ascii: Option<AsciiNeedle>,
    /// What a text may have of it that is not found byte by byte.
    needs_folding: FoldsToAscii,
    /// The bytes by which a block of ASCII is passed, when looking for hits with anything else in them.
    ascii_step: Option<usize>,
    /// Finds where in a stretch of ASCII a hit may begin whose first character is of ASCII and no blank.
    start: Option<ByteScanner>,
}

/// The bytes that are tested for ASCII at once.
const ASCII_BLOCK: usize = 64;

/// A needle of ASCII alone: its bytes, and the piece of it without blanks that is looked for.
#[derive(Clone, Debug)]
struct AsciiNeedle {
    needle: Box<[u8]>,
    /// Its longest word.
    word: NeedlePiece,
    /// The last letter of a word and the blank behind it, of short words.
    gap: Option<NeedlePiece>,
    ignore_case: bool,
}

/// A piece of a needle, and what finds the candidates for it.
#[derive(Clone, Debug)]
struct NeedlePiece {
    range: Range<usize>,
    scanner: ByteScanner,
}

/// The length from which a word is rarer than the gap between two words.
const LONG_WORD: usize = 4;

impl Literal {
    /// Prepares what was typed; smart case, accents and width by what it has. `None`: it is empty or blank.
    pub fn new(typed: &str) -> Option<Self> {
        let folding = CaseFolding::meant_by(typed);
        let mut units = Vec::new();
        let mut at = 0;
        while let Some((unit, end)) = folding.unit(typed, at) {
            at = end;
            if is_invisible(unit) {
                // At the very beginning: it belongs to nothing.
            } else if !unit.is_whitespace() {
                units.push(unit);
            } else if units.last() != Some(&' ') {
                units.push(' ');
            }
        }
        if units.iter().all(|&unit| unit == ' ') {
            return None;
        }
        let ascii = units.iter().all(char::is_ascii).then(|| AsciiNeedle::new(&units, folding.case));
        // At most this many bytes of ASCII come before the first other byte of a hit: the letters before it, the marks
        // that may cut a word, and one letter that an accent follows. A blank may be any number of bytes.
        let before = units.iter().position(|unit| !unit.is_ascii());
        let ascii_step = before
            .filter(|&before| !units[..before].contains(&' '))
            .and_then(|before| ASCII_BLOCK.checked_sub(before * (1 + MAX_RUN) + 1));
        let ascii_step = ascii_step.filter(|&step| step > 0);
        let needs_folding = needs_folding(&units);
        let start = start_scanner(&units, folding.case);
        Some(Self { units: units.into(), folding, ascii, needs_folding, ascii_step, start })
    }

    /// Returns its folded characters; a blank is any white space.
    pub fn units(&self) -> &[char] {
        &self.units
    }

    /// Returns whether no text of ASCII alone can contain it.
    pub fn needs_more_than_ascii(&self) -> bool {
        self.ascii.is_none()
    }

    /// Returns whether a text that has this is looked through character by character.
    pub fn is_slowed_by(&self, folds: FoldsToAscii) -> bool {
        self.ascii.is_some() && folds.meets(self.needs_folding)
    }

    fn is_spaced(&self) -> bool {
        self.units.contains(&' ')
    }

    /// Returns all hits from the beginning, not overlapping. `foldable` is about `text`; saying too much costs only
    /// time.
    pub fn hits<'a>(&'a self, text: &'a str, foldable: FoldsToAscii) -> LiteralHits<'a> {
        let ascii = self.ascii.as_ref();
        let mode = match ascii {
            Some(ascii) if !foldable.meets(self.needs_folding) => ScanMode::Bytes(ascii.hits(text)),
            // A blank may stand for a long run of white space, and marks may cut a word anywhere: then there is no
            // telling where to begin.
            Some(ascii) if !self.is_spaced() && !foldable.meets(self.needs_folding.of_ascii()) => {
                ScanMode::BytesAndUnits { hits: ascii.hits(text), next: NextAsciiHit::Unknown }
            }
            _ => ScanMode::Units,
        };
        LiteralHits { literal: self, text, at: 0, mode }
    }

    /// Tries [`Self::match_at`] everywhere from `at` on, but for stretches of ASCII in which a hit with anything else
    /// in it cannot begin.
    fn find_folded(&self, text: &str, at: usize) -> Option<Range<usize>> {
        let first = self.units[0];
        let bytes = text.as_bytes();
        let mut start = at;
        loop {
            start = self.pass_ascii(bytes, start);
            let (unit, next) = self.folding.unit(text, start)?;
            let begins = unit == first || (first == ' ' && unit.is_whitespace());
            if begins && let Some(end) = self.match_at(text, start) {
                return Some(start..end);
            }
            // All of a run of white space was tried with its first.
            start = if begins && first == ' ' { self.after_space(text, next) } else { next };
        }
    }

    /// Passes the ASCII from byte `at` on in which no hit begins that [`Self::find_folded`] looks for.
    fn pass_ascii(&self, bytes: &[u8], mut at: usize) -> usize {
        if let Some(start) = &self.start {
            if !bytes.get(at).is_some_and(u8::is_ascii) {
                return at;
            }
            return at + start.candidates(&bytes[at..]).next().unwrap_or(bytes.len() - at);
        }
        while let Some(step) = self.ascii_step
            && bytes.get(at..at + ASCII_BLOCK).is_some_and(<[u8]>::is_ascii)
        {
            at += step;
        }
        at
    }

    /// Finds the first hit with something beyond ASCII in it, for a needle of ASCII without blanks: looks around
    /// every such character that folds to a letter of the needle. The hit begins between `at` and `end`.
    fn find_mixed(&self, text: &str, at: usize, end: usize) -> Option<Range<usize>> {
        let reach = self.units.len() - 1;
        let bytes = text.as_bytes();
        // Everything before was tried: a hit that begins there has the last such character in it.
        let mut tried = at;
        let mut next = at;
        while let Some(offset) = next_non_ascii(bytes, next).filter(|&offset| offset <= end + reach) {
            // The last hit may have ended within a ligature.
            let offset = text.floor_char_boundary(offset);
            let c = text[offset..].chars().next()?;
            let unit = self.folding.of(c);
            let letters = typed_letters(c, self.folding.marks);
            let joins = is_accent(c) || is_invisible(c);
            if joins || letters.is_some() || self.units.contains(&unit) {
                let from = offset.saturating_sub(reach).max(tried);
                // What joins belongs to the letter before it. Alone it is no letter of the needle; and each of a long
                // run would be followed to the end of that.
                let until = offset + if joins { 0 } else { letters.map_or(1, str::len) };
                let hit = (from..until)
                    .filter(|&start| start < end && (start > offset || text.is_char_boundary(start)))
                    .find_map(|start| self.match_at(text, start).map(|end| start..end));
                if hit.is_some() {
                    return hit;
                }
            }
            next = offset + c.len_utf8();
            tried = next;
        }
        None
    }

    /// Returns the end of what belongs to the letter of ASCII before byte `end`.
    fn with_joined(&self, text: &str, end: usize) -> usize {
        let is_ascii = text.as_bytes().get(end).is_none_or(u8::is_ascii);
        if is_ascii { end } else { self.folding.joined_end(text, end) }
    }

    /// Returns the end of the white space that begins at byte `at`, which is the beginning of a unit; there may be none.
    fn after_space(&self, text: &str, mut at: usize) -> usize {
        while let Some((_, end)) = self.folding.unit(text, at).filter(|(unit, _)| unit.is_whitespace()) {
            at = end;
        }
        at
    }

    /// Returns where a hit ends that begins at byte `start`, which is the beginning of a unit. `None`: there is none.
    pub fn match_at(&self, text: &str, start: usize) -> Option<usize> {
        let mut at = start;
        let mut before = None;
        for &wanted in &self.units {
            let is_wanted = |&(unit, _): &(char, usize)| {
                if wanted == ' ' { unit.is_whitespace() } else { unit == wanted }
            };
            let unit = self.folding.unit(text, at)?;
            let (_, end) = if is_wanted(&unit) {
                unit
            } else {
                let behind = markdown_marks::pass(text, at, before?, wanted)?;
                self.folding.unit(text, behind).filter(is_wanted)?
            };
            at = if wanted == ' ' { self.after_space(text, end) } else { end };
            before = Some(wanted);
        }
        Some(at)
    }
}

/// The hits of a literal in a text.
#[derive(Clone, Debug)]
pub(in crate::search) struct LiteralHits<'a> {
    literal: &'a Literal,
    text: &'a str,
    at: usize,
    mode: ScanMode<'a>,
}

#[derive(Clone, Debug)]
enum ScanMode<'a> {
    /// Byte by byte.
    Bytes(AsciiHits<'a>),
    /// Byte by byte, and unit by unit around what is not ASCII.
    BytesAndUnits { hits: AsciiHits<'a>, next: NextAsciiHit },
    /// Unit by unit.
    Units,
}

/// The next hit found byte by byte; it is not looked for again before it is passed.
#[derive(Clone, Debug)]
enum NextAsciiHit {
    Unknown,
    At(Range<usize>),
    None,
}

impl Iterator for LiteralHits<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let (text, at) = (self.text, self.at);
        let hit = match &mut self.mode {
            ScanMode::Bytes(hits) => hits.next_from(at),
            ScanMode::Units => self.literal.find_folded(text, at),
            ScanMode::BytesAndUnits { hits, next } => {
                let is_passed = match next {
                    NextAsciiHit::Unknown => true,
                    NextAsciiHit::At(hit) => hit.start < at,
                    NextAsciiHit::None => false,
                };
                if is_passed {
                    let hit =
                        hits.next_from(at).map(|hit| hit.start..self.literal.with_joined(text, hit.end));
                    *next = hit.map_or(NextAsciiHit::None, NextAsciiHit::At);
                }
                let plain = if let NextAsciiHit::At(hit) = next { Some(hit.clone()) } else { None };
                let end = plain.as_ref().map_or(text.len(), |hit| hit.start);
                self.literal.find_mixed(text, at, end).or(plain)
            }
        };
        self.at = hit.as_ref().map_or(text.len(), |hit| hit.end);
        hit
    }
}

/// The hits of a needle of ASCII, byte by byte.
#[derive(Clone, Debug)]
struct AsciiHits<'a> {
    ascii: &'a AsciiNeedle,
    piece: &'a Range<usize>,
    text: &'a [u8],
    candidates: Candidates<'a>,
}

impl AsciiHits<'_> {
    /// Returns the next that begins at or after `at`.
    fn next_from(&mut self, at: usize) -> Option<Range<usize>> {
        let (ascii, piece, text) = (self.ascii, self.piece, self.text);
        self.candidates.find_map(|offset| ascii.hit_at(text, piece, offset, at))
    }
}

/// Finds the first byte at or after `at` that is not ASCII.
fn next_non_ascii(bytes: &[u8], mut at: usize) -> Option<usize> {
    while bytes.get(at..at + ASCII_BLOCK).is_some_and(<[u8]>::is_ascii) {
        at += ASCII_BLOCK;
    }
    bytes.get(at..)?.iter().position(|&byte| byte >= 0x80).map(|step| at + step)
}

/// Returns what finds the beginning of a needle. `None`: it begins with a blank, or beyond ASCII.
fn start_scanner(units: &[char], ignore_case: bool) -> Option<ByteScanner> {
    let first = u8::try_from(*units.first()?).ok().filter(|first| first.is_ascii() && *first != b' ')?;
    let next = units.get(1).and_then(|&next| u8::try_from(next).ok()).filter(u8::is_ascii);
    Some(ByteScanner::start(first, next, ignore_case))
}

/// Returns what a text may have of such a needle that is not found byte by byte.
fn needs_folding(units: &[char]) -> FoldsToAscii {
    let is_sign = |&unit: &char| unit != ' ' && !unit.is_alphanumeric();
    let is_typed_sign = |unit: &char| TYPED_SIGNS.contains(unit);
    let has = |kind, is_there: bool| if is_there { kind } else { FoldsToAscii::default() };
    FoldsToAscii::LETTERS
        | has(FoldsToAscii::SPACES, units.contains(&' '))
        | has(FoldsToAscii::SIGNS, units.iter().any(is_typed_sign))
        | has(FoldsToAscii::OTHER_SIGNS, units.iter().any(|unit| is_sign(unit) && !is_typed_sign(unit)))
        | has(FoldsToAscii::CUTS, units.windows(2).any(|pair| markdown_marks::cut_word(pair[0], pair[1])))
        | has(FoldsToAscii::ESCAPES, units.iter().skip(1).any(is_sign))
}

impl AsciiNeedle {
    fn new(units: &[char], ignore_case: bool) -> Self {
        let needle: Box<[u8]> = units.iter().map(|&unit| unit as u8).collect();
        let mut piece = 0..0;
        let mut start = 0;
        for word in needle.split(|&byte| byte == b' ') {
            if word.len() > piece.len() {
                piece = start..start + word.len();
            }
            start += word.len() + 1;
        }
        let word_gap = needle.windows(3).position(|bytes| bytes[0] != b' ' && bytes[1] == b' ');
        let gap = word_gap.filter(|_| piece.len() < LONG_WORD).map(|offset| NeedlePiece {
            range: offset..offset + 1,
            scanner: ByteScanner::word_gap(needle[offset], needle[offset + 2], ignore_case),
        });
        let scanner = ByteScanner::pair(&needle[piece.clone()], ignore_case);
        Self { needle, word: NeedlePiece { range: piece, scanner }, gap, ignore_case }
    }

    fn hits<'a>(&'a self, text: &'a str) -> AsciiHits<'a> {
        let NeedlePiece { range, scanner } = self.gap.as_ref().unwrap_or(&self.word);
        let text = text.as_bytes();
        AsciiHits { ascii: self, piece: range, text, candidates: scanner.candidates(text) }
    }

    /// Returns the hit whose piece begins at `offset`, if it does and the hit begins at or after `at`.
    fn hit_at(&self, text: &[u8], range: &Range<usize>, offset: usize, at: usize) -> Option<Range<usize>> {
        let piece = &self.needle[range.clone()];
        let candidate = text.get(offset.max(at)..offset + piece.len())?;
        let same = if self.ignore_case { candidate.eq_ignore_ascii_case(piece) } else { candidate == piece };
        if !same {
            return None;
        }
        if piece.len() == self.needle.len() {
            return Some(offset..offset + piece.len());
        }
        let start = at + self.before(&text[at..offset], range.start)?;
        Some(start..self.after(text, offset + piece.len(), range.end)?)
    }

    /// Returns where the needle begins, if its first `count` bytes stand at the end of `text`.
    fn before(&self, text: &[u8], count: usize) -> Option<usize> {
        let mut at = text.len();
        for place in (0..count).rev() {
            let wanted = self.needle[place];
            let is_wanted =
                |at: usize| at.checked_sub(1).is_some_and(|last| self.is_same(text[last], wanted));
            if !is_wanted(at) {
                let is_edge = markdown_marks::is_edge(wanted.into(), self.needle[place + 1].into());
                at = markdown_marks::run_start(&text[..at]).filter(|&at| is_edge && is_wanted(at))?;
            }
            let run = || text[..at].iter().rev().take_while(|&&byte| is_space(byte)).count();
            at -= if wanted == b' ' { run() } else { 1 };
        }
        Some(at)
    }

    /// Returns where the needle ends, if its bytes from `from` on stand in `text` from `at` on.
    fn after(&self, text: &[u8], mut at: usize, from: usize) -> Option<usize> {
        for place in from..self.needle.len() {
            let wanted = self.needle[place];
            let is_wanted = |at: usize| text.get(at).is_some_and(|&byte| self.is_same(byte, wanted));
            if !is_wanted(at) {
                let is_edge = markdown_marks::is_edge(self.needle[place - 1].into(), wanted.into());
                at = markdown_marks::run_end(text, at).filter(|&at| is_edge && is_wanted(at))?;
            }
            let run = || text[at..].iter().take_while(|&&byte| is_space(byte)).count();
            at += if wanted == b' ' { run() } else { 1 };
        }
        Some(at)
    }

    /// Returns whether a byte of a text is one of the needle, whose blank is any white space.
    fn is_same(&self, byte: u8, wanted: u8) -> bool {
        match wanted {
            b' ' => is_space(byte),
            _ if self.ignore_case => byte.to_ascii_lowercase() == wanted,
            _ => byte == wanted,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::search::matching::case_folding::whole_characters;

    fn found<'a>(typed: &str, text: &'a str) -> Vec<&'a str> {
        let literal = Literal::new(typed).expect("not blank");
        literal.hits(text, FoldsToAscii::of(text)).map(|hit| &text[whole_characters(text, &hit)]).collect()
    }

    #[test]
    fn case_is_smart() {
        assert_eq!(found("rust", "Rust rust RUST"), ["Rust", "rust", "RUST"]);
        assert_eq!(found("Rust", "Rust rust RUST"), ["Rust"]);
        assert_eq!(found("straße", "STRAẞE Straße"), ["STRAẞE", "Straße"]);
    }

    #[test]
    fn an_unaccented_word_finds_accented_ones_but_not_the_other_way_round() {
        assert_eq!(found("cafe", "Café cafe cafe\u{301} kafe"), ["Café", "cafe", "cafe\u{301}"]);
        assert_eq!(found("café", "Café cafe cafe\u{301}"), ["Café", "cafe\u{301}"]);
        assert_eq!(found("é", "é e É è"), ["é", "É"]);
    }

    #[test]
    fn width_is_folded_unless_it_is_typed() {
        assert_eq!(found("abc", "ＡＢＣ abc"), ["ＡＢＣ", "abc"]);
        assert_eq!(found("ａｂｃ", "ａｂｃ abc"), ["ａｂｃ"]);
        assert_eq!(found("ガード", "ｶﾞｰﾄﾞ"), ["ｶﾞｰﾄﾞ"]);
    }

    #[test]
    fn chinese_needs_no_word_boundaries() {
        assert_eq!(found("日本", "私は日本語を話す"), ["日本"]);
    }

    #[test]
    fn a_phrase_crosses_white_space_and_line_ends_but_not_messages() {
        assert_eq!(found("as an example", "as  an\n\texample"), ["as  an\n\texample"]);
        assert_eq!(found("as an", "as\u{a0}an as\0an"), ["as\u{a0}an"]);
        assert_eq!(found(" a b ", "a b xa b"), Vec::<&str>::new());
        assert_eq!(found("b c", "a b b c"), ["b c"]);
    }

    #[test]
    fn what_is_typed_plainly_finds_what_is_set_in_type_and_what_is_copied_from_it() {
        let cases = [
            ("it's", "it’s"),
            ("\"so\"", "“so”"),
            ("well-known", "well\u{2011}known"),
            ("1-2", "1–2"),
            ("wait...", "wait…"),
            ("softhyphen", "soft\u{ad}hyphen"),
            ("zerowidth", "zero\u{200b}width"),
            ("fine", "ﬁne"),
            ("office", "oﬃce"),
            ("x2", "x²"),
            ("h2o", "H₂O"),
            ("strasse", "Straße"),
            ("oeuvre", "œuvre"),
            ("محمد", "مُحَمَّد"),
            ("unbelievable", "un**believ**able"),
            ("words", "word`s"),
            ("get_value", "get\\_value"),
            ("snake_case", "snake_case"),
            ("是重点", "是**重点"),
            ("an unbelievable tale", "an un**believ**able  tale"),
            ("don't stop", "don’t stop"),
            ("it works in", "it **works** in"),
            ("to be or", "to *be* `or"),
            ("step 1: open", "step 1:** open"),
            ("it works é", "it **works** é"),
        ];
        for (typed, text) in cases {
            let around = format!("éa {text} b");
            assert_eq!(found(typed, text), [text], "{typed}");
            assert_eq!(found(typed, &around), [text], "{typed}");
            assert_eq!(found(text, &around), [text], "{text}");
        }
    }

    #[test]
    fn an_escape_before_a_hit_is_no_part_of_it() {
        assert_eq!(found("__init__", r"\_\_init\_\_"), [r"_\_init\_\_"]);
    }

    #[test]
    fn what_is_typed_specially_is_meant() {
        assert_eq!(found("x²", "x² x2"), ["x²"]);
        assert_eq!(found("straße", "Strasse Straße"), ["Straße"]);
        assert_eq!(found("a*b", "a*b ab"), ["a*b"]);
        assert_eq!(found("get\\_value", "get_value get\\_value"), ["get\\_value"]);
        assert_eq!(found("23", "2*3 2**3"), Vec::<&str>::new());
        assert_eq!(found("ab", "a*****b a_b a\\b"), Vec::<&str>::new());
    }

    #[test]
    fn the_letters_of_a_ligature_are_found_one_by_one() {
        let hits =
            |typed: &str| Literal::new(typed).map(|it| it.hits("aﬃb", FoldsToAscii::ANY).collect::<Vec<_>>());
        assert_eq!(hits("f"), Some(vec![1..2, 2..3]));
        let told = |typed: &str| format!("{:?}", hits(typed).unwrap_or_default());
        assert_eq!((told("fib"), told("aff")), ("[2..5]".to_owned(), "[0..3]".to_owned()));
    }

    proptest! {
        #[test]
        fn the_fast_way_finds_what_the_meaning_says(
            typed in "[abkABfis2  .'é日*_\\\\]{1,5}",
            text in "([abkABKſfisﬁß2² é日\u{301}\u{a0}\u{ad}\u{200b}’“…*`_\\\\\n]{0,20}[ab \n]{0,100}){0,4}",
        ) {
            let Some(mut literal) = Literal::new(&typed) else { return Ok(()) };
            let fast: Vec<_> = literal.hits(&text, FoldsToAscii::of(&text)).collect();
            literal.ascii = None;
            literal.ascii_step = None;
            literal.start = None;
            let slow: Vec<_> = literal.hits(&text, FoldsToAscii::ANY).collect();
            prop_assert_eq!(fast, slow);
        }

        #[test]
        fn what_is_passed_over_could_begin_no_hit(
            typed in "[absfié日* ]{1,4}",
            text in "([absßﬁé日*\u{ad}] {0,3}|[ \u{a0}\n]{1,6}|[\u{301}\u{345}]{1,6}|[*]{1,5}|[ \u{301}\u{200b}]{1,6}){0,20}",
        ) {
            let Some(literal) = Literal::new(&typed) else { return Ok(()) };
            let (mut by_meaning, mut at) = (Vec::new(), 0);
            while let Some((_, next)) = literal.folding.unit(&text, at) {
                let end = literal.match_at(&text, at);
                by_meaning.extend(end.map(|end| at..end));
                at = end.unwrap_or(next);
            }
            prop_assert_eq!(literal.hits(&text, FoldsToAscii::of(&text)).collect::<Vec<_>>(), by_meaning);
        }
    }
}
