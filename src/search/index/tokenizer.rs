//! Cuts text into tokens, the words of the index: folded as a query folds, so that a word is found in any case and
//! without its accents.
//!
//! A token is a run of letters and digits. A script that writes no spaces between words is cut into pairs of
//! neighbouring characters, and a character that stands alone is a token of its own. What marks of Markdown cut
//! (`un**believ**able`) is tokens of its own too, and each run of them together is one more.

use std::ops::Range;

use crate::search::matching::{
    CaseFolding, is_letter_of_spaced_script, is_letter_of_unspaced_script,
    markdown_marks::{cut_word, is_mark, run_end},
    pack_bits,
};

/// The bytes of a token that are kept. What is longer is no word of any language: an address, a key, a picture.
pub(in crate::search) const MAX_TOKEN_BYTES: usize = 64;
/// The pieces of a word cut by marks that are put together. A longer chain is no word of any language.
const MAX_PIECES: usize = 4;
/// The bytes of text after which whoever waits is asked whether to go on.
const CHECK_EVERY: usize = 64 << 10;

/// One token of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::search) struct Token<'a> {
    /// The folded characters; of a longer one the beginning.
    pub word: &'a str,
    /// The bytes of the text that it is from.
    pub range: Range<usize>,
    /// The token is longer than what is kept of it.
    pub is_cut: bool,
    /// The way it is cut out of the text.
    pub kind: TokenKind,
}

/// The way a token is cut out of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::search) enum TokenKind {
    /// A run of letters and digits.
    Word,
    /// Several words that only marks of Markdown part, put together; they are tokens of their own too.
    CutWord,
    /// Two neighbours of a script without spaces.
    Pair,
    /// A character of a script without spaces that has no neighbour.
    Single,
}

/// Calls `visit` with each token of a text, in order. Returns false if `stop` ended it before the last.
pub(in crate::search) fn tokenize(
    text: &str,
    stop: &dyn Fn() -> bool,
    mut visit: impl FnMut(Token<'_>),
) -> bool {
    let bytes = text.as_bytes();
    let mut word = String::with_capacity(2 * MAX_TOKEN_BYTES);
    let mut at = 0;
    let mut next_check = CHECK_EVERY;
    while at < bytes.len() {
        if at >= next_check {
            if stop() {
                return false;
            }
            next_check = at + CHECK_EVERY;
        }
        let Some((first, end)) = CaseFolding::ALL.unit(text, at) else { break };
        if is_letter_of_spaced_script(first) {
            let start = at;
            at = visit_word(text, start, &mut word, &mut visit);
            if let Some(next) = piece_after(text, at, &word) {
                at = visit_cut_word(text, start, next, &mut word, &mut visit);
            }
        } else if is_letter_of_unspaced_script(first) {
            at = visit_pairs(text, (first, at..end), &mut word, &mut visit);
        } else {
            at = end;
        }
    }
    true
}

/// Calls `visit` with the word of each token of a text that [`tokenize`] does not cut, in order, and returns the number of
/// all tokens. A word of ASCII is visited as it is written, in any case; any other is folded. Where few words are looked
/// at, it is several times as fast.
pub(in crate::search) fn scan_words(text: &str, mut visit: impl FnMut(&str)) -> u32 {
    let bytes = text.as_bytes();
    let (mut at, mut count) = (0, 0);
    // The beginning of a word that reaches into the block.
    let mut open: Option<usize> = None;
    while at < bytes.len() {
        let Some(mut letters) = letters_of_block(&bytes[at..]) else {
            // A mark may join to what stands before it, also to what is no letter.
            let is_counted = at == 0 || bytes[at - 1].is_ascii_alphanumeric();
            let start = open.take().unwrap_or(if is_counted { at } else { at - 1 });
            (at, count) = scan_stretch(text, start, count, &mut visit);
            continue;
        };
        let mut word = |range: Range<usize>| {
            count += 1;
            if range.len() <= MAX_TOKEN_BYTES {
                visit(&text[range]);
            }
        };
        if let Some(start) = open {
            let run = letters.trailing_ones() as usize;
            if run == BLOCK {
                at += BLOCK;
                continue;
            }
            word(start..at + run);
            letters &= letters + 1;
            open = None;
        }
        while letters != 0 {
            let start = letters.trailing_zeros();
            let run = (letters >> start).trailing_ones();
            let from = at + start as usize;
            if start + run == u64::BITS {
                open = Some(from);
                break;
            }
            word(from..from + run as usize);
            letters &= letters + (1 << start);
        }
        at += BLOCK;
    }
    if let Some(start) = open {
        count += 1;
        if bytes.len() - start <= MAX_TOKEN_BYTES {
            visit(&text[start..]);
        }
    }
    count
}

/// Bytes that are looked at in one step: as many as a mask has bits.
const BLOCK: usize = u64::BITS as usize;

/// Returns which of the next bytes are letters or digits, a bit for each. `None`: they are not all of ASCII, or there is a
/// mark of Markdown, which may cut a word.
#[inline]
fn letters_of_block(bytes: &[u8]) -> Option<u64> {
    let mut rest = [0; BLOCK];
    let block = if let Some(block) = bytes.first_chunk::<BLOCK>() {
        block
    } else {
        rest[..bytes.len()].copy_from_slice(bytes);
        &rest
    };
    let is_letter = |byte: u8| ((byte | 0x20).wrapping_sub(b'a') < 26) | (byte.wrapping_sub(b'0') < 10);
    let is_plain = block.iter().fold(true, |plain, &byte| plain & byte.is_ascii() & !is_mark(byte));
    is_plain.then(|| pack_bits(|place| is_letter(block[place])))
}

/// Visits the words of the stretch that begins at `start`, up to where two characters of ASCII part that are no marks: no
/// token goes on over
/// them. Returns its end, and the count with these tokens.
fn scan_stretch(text: &str, start: usize, mut count: u32, visit: &mut impl FnMut(&str)) -> (usize, u32) {
    let bytes = text.as_bytes();
    let parts = |pair: &[u8]| {
        let is_word = pair[0].is_ascii_alphanumeric() && pair[1].is_ascii_alphanumeric();
        pair.is_ascii() && !is_word && !is_mark(pair[0]) && !is_mark(pair[1])
    };
    // All that stands before the first character that is not ASCII, or a mark, belongs to it.
    let is_other = |byte: &u8| !byte.is_ascii() || is_mark(*byte);
    let other = bytes[start..].iter().position(is_other).map_or(bytes.len(), |at| start + at);
    let end = bytes[other..].windows(2).position(parts).map_or(bytes.len(), |at| other + at + 1);
    tokenize(&text[start..end], &|| false, |token| {
        count += u32::from(token.kind != TokenKind::CutWord);
        if !token.is_cut {
            visit(token.word);
        }
    });
    (end, count)
}

/// Visits the word that begins at byte `start`; returns its end.
fn visit_word(text: &str, start: usize, word: &mut String, visit: &mut impl FnMut(Token<'_>)) -> usize {
    let bytes = text.as_bytes();
    word.clear();
    let (mut at, mut is_cut) = (start, false);
    loop {
        // A letter of ASCII that nothing joins: nearly all.
        let plain = bytes.get(at).copied().filter(u8::is_ascii_alphanumeric);
        let (folded, end) = match plain.filter(|_| bytes.get(at + 1).is_none_or(|&next| next < 0x80)) {
            Some(byte) => (byte.to_ascii_lowercase() as char, at + 1),
            None => match CaseFolding::ALL.unit(text, at) {
                Some((folded, end)) if is_letter_of_spaced_script(folded) => (folded, end),
                _ => break,
            },
        };
        at = end;
        if word.len() + folded.len_utf8() <= MAX_TOKEN_BYTES && !is_cut {
            word.push(folded);
        } else {
            is_cut = true;
        }
    }
    visit(Token { word, range: start..at, is_cut, kind: TokenKind::Word });
    at
}

/// Returns where the next piece of a cut word begins, if marks cut it at byte `at`, behind `word`.
fn piece_after(text: &str, at: usize, word: &str) -> Option<usize> {
    let next = run_end(text.as_bytes(), at)?;
    let (right, _) = CaseFolding::ALL.unit(text, next)?;
    let left = word.chars().next_back()?;
    (is_letter_of_spaced_script(right) && cut_word(left, right)).then_some(next)
}

/// Visits the pieces of a cut word from the second on, which begins at byte `next`, and each run of pieces together;
/// returns its end. The first piece is `word`, and begins at byte `start`.
fn visit_cut_word(
    text: &str,
    start: usize,
    mut next: usize,
    word: &mut String,
    visit: &mut impl FnMut(Token<'_>),
) -> usize {
    let mut pieces = vec![(start, word.clone())];
    loop {
        let end = visit_word(text, next, word, visit);
        pieces.push((next, word.clone()));
        let following = piece_after(text, end, word);
        let is_chain = pieces.len() > MAX_PIECES;
        pieces.drain(..usize::from(is_chain));
        for first in 0..pieces.len() - 1 {
            word.clear();
            word.extend(pieces[first..].iter().map(|(_, piece)| piece.as_str()));
            let is_cut = is_chain || word.len() > MAX_TOKEN_BYTES;
            visit(Token { word, range: pieces[first].0..end, is_cut, kind: TokenKind::CutWord });
        }
        match following {
            Some(following) => next = following,
            None => return end,
        }
    }
}

/// Visits the pairs of a run of a script without spaces; returns its end.
fn visit_pairs(
    text: &str,
    first: (char, Range<usize>),
    word: &mut String,
    visit: &mut impl FnMut(Token<'_>),
) -> usize {
    let (mut last, mut last_range) = first;
    let mut is_alone = true;
    loop {
        let neighbour = unspaced_letter(text, last_range.end);
        let behind_marks = || unspaced_letter(text, run_end(text.as_bytes(), last_range.end)?);
        let is_cut_off = neighbour.is_none();
        let next = neighbour.or_else(behind_marks);
        if is_cut_off && is_alone {
            word.clear();
            word.push(last);
            visit(Token { word, range: last_range.clone(), is_cut: false, kind: TokenKind::Single });
        }
        let Some((folded, range)) = next else { return last_range.end };
        word.clear();
        word.extend([last, folded]);
        visit(Token { word, range: last_range.start..range.end, is_cut: false, kind: TokenKind::Pair });
        is_alone = is_cut_off;
        (last, last_range) = (folded, range);
    }
}

/// Returns the letter of a script without spaces at byte `at`, and its bytes.
fn unspaced_letter(text: &str, at: usize) -> Option<(char, Range<usize>)> {
    let (folded, end) = CaseFolding::ALL.unit(text, at)?;
    is_letter_of_unspaced_script(folded).then_some((folded, at..end))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut words = Vec::new();
        tokenize(text, &|| false, |token| words.push(token.word.to_owned()));
        words
    }

    #[test]
    fn words_are_runs_of_letters_and_digits_in_lower_case_without_accents() {
        assert_eq!(
            words("The proxy_read-timeout, Café cafe\u{301}s: v2.0"),
            ["the", "proxy", "read", "timeout", "cafe", "cafes", "v2", "0"]
        );
        assert_eq!(words("Привет, Ἀθῆναι!"), ["привет", "αθηναι"]);
    }

    #[test]
    fn words_are_as_they_are_typed() {
        assert_eq!(
            words("soft\u{ad}hyphen zero\u{200b}width \u{feff}mark"),
            ["softhyphen", "zerowidth", "mark"]
        );
        assert_eq!(words("ﬁne oﬃce x² Straße مُحَمَّد"), ["fine", "office", "x2", "strasse", "محمد"]);
        assert_eq!(words("it’s get\\_value snake_case"), ["it", "s", "get", "value", "snake", "case"]);
    }

    #[test]
    fn a_word_cut_by_marks_is_its_pieces_and_all_runs_of_them() {
        assert_eq!(
            words("un**believ**able"),
            ["un", "believ", "unbeliev", "able", "unbelievable", "believable"]
        );
        assert_eq!(words("**bold** `a` 2*3 **wor**ld"), ["bold", "a", "2", "3", "wor", "ld", "world"]);
        assert_eq!(words("a*****b"), ["a", "b"]);
        assert_eq!(words("这是**重**点"), ["这是", "是重", "重", "重点", "点"]);
    }

    #[test]
    fn a_chain_of_pieces_without_end_is_cut_and_says_so() {
        let (mut all, mut cut) = (0, 0);
        tokenize(&"ab*".repeat(10_000), &|| false, |token| {
            all += 1;
            cut += usize::from(token.is_cut);
        });
        assert!(cut > 9_000 && all < 50_000, "{cut} of {all}");
    }

    #[test]
    fn scripts_without_spaces_are_cut_into_pairs() {
        assert_eq!(words("日本語 in 東 iPhone買う"), ["日本", "本語", "in", "東", "iphone", "買う"]);
    }

    #[test]
    fn a_token_without_end_is_cut_and_says_so() {
        let mut cut = Vec::new();
        let long = "é".repeat(100);
        tokenize(&long, &|| false, |token| cut.push((token.word.len(), token.range, token.is_cut)));
        assert_eq!(cut, [(MAX_TOKEN_BYTES, 0..200, true)]);
    }

    proptest! {
        #[test]
        fn words_are_scanned_as_they_are_cut_into_tokens(
            text in "([a-zA-Z0-9 ,.=*~`-]|[éß\u{301}\u{338}\u{345}日本한글กา²İıﾊﾞ]|[ -~]{1,9}|[a-f]{60,70}|\\PC){0,60}",
        ) {
            let (mut tokens, mut cut) = (0, Vec::new());
            tokenize(&text, &|| false, |token| {
                tokens += u32::from(token.kind != TokenKind::CutWord);
                cut.extend((!token.is_cut).then(|| token.word.to_owned()));
            });
            let mut scanned = Vec::new();
            let count = scan_words(&text, |word| scanned.push(word.to_ascii_lowercase()));
            prop_assert_eq!((count, scanned), (tokens, cut));
        }
    }

    #[test]
    fn a_long_text_can_be_given_up_in_the_middle() {
        let mut seen = 0;
        assert!(!tokenize(&"word ".repeat(100_000), &|| true, |_| seen += 1));
        assert!(seen < 20_000);
    }
}
