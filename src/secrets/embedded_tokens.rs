//! Tokens that are glued to what stands beside them: `tokenghp_…`, `ghp_…_old`. A rule asks for the edge of a word there,
//! so that an audit counts no piece of another word; redaction leans to too much and does without.

use std::ops::Range;

use regex_syntax::hir::{Capture, Class, ClassBytesRange, Hir, HirKind, Look, Repetition};

/// The letters before a keyword that is itself nothing but letters: in a longer run of them, as of a picture in base64, it
/// stands by chance.
const MAX_LETTERS_BEFORE: usize = 64;
/// The letters behind a value that go with it.
const MAX_LETTERS_BEHIND: usize = 256;
/// The bytes that a class has at least which only says what may not stand behind a value.
const MIN_NEGATED_CLASS: usize = 128;

/// Returns an expression without the edges of words that it asks for, and without what may not stand behind its value.
pub(super) fn without_edges(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Look(Look::WordAscii) => Hir::empty(),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(without_edges).collect()),
        HirKind::Alternation(parts) if is_edge(parts) => Hir::empty(),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(without_edges).collect()),
        HirKind::Capture(capture) => {
            Hir::capture(Capture { sub: Box::new(without_edges(&capture.sub)), ..capture.clone() })
        }
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            sub: Box::new(without_edges(&repetition.sub)),
            ..repetition.clone()
        }),
        _ => hir.clone(),
    }
}

/// Returns whether this is the end of the text or anything but some bytes: `[^A-Za-z0-9]|$`.
fn is_edge(parts: &[Hir]) -> bool {
    let [first, second] = parts else { return false };
    let HirKind::Class(Class::Bytes(class)) = first.kind() else { return false };
    let bytes: usize = class.iter().map(ClassBytesRange::len).sum();
    bytes >= MIN_NEGATED_CLASS && matches!(second.kind(), HirKind::Look(Look::End))
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Returns whether the keyword of a secret that begins at `start` may stand in the middle of a word: by its look it is no
/// piece of one, or the word is short.
pub(super) fn may_stand_in_word(text: &str, keyword: Range<usize>, start: usize) -> bool {
    let is_blob = |byte: &u8| is_letter(*byte) || b"+/=-".contains(byte);
    let before = &text.as_bytes()[..start];
    !text.as_bytes()[keyword].iter().all(u8::is_ascii_alphanumeric)
        || before.iter().rev().take(MAX_LETTERS_BEFORE).take_while(|byte| is_blob(byte)).count()
            < MAX_LETTERS_BEFORE
}

/// Returns the end of what is glued to the end of a value.
pub(super) fn end_of_letters(text: &str, end: usize) -> usize {
    let (before, behind) = text.as_bytes().split_at(end);
    let is_glued = before.last().is_some_and(|&byte| is_letter(byte));
    let behind = &behind[..behind.len().min(MAX_LETTERS_BEHIND)];
    let letters = behind.iter().take_while(|byte| is_letter(**byte)).count();
    // Underscores at the end are marks of emphasis.
    let marks = behind[..letters].iter().rev().take_while(|byte| **byte == b'_').count();
    end + if is_glued { letters - marks } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::super::{Scanner, rules::examples};

    /// The words before which, and behind which, a token may stand.
    const BEFORE: [&str; 6] = ["x", "token", "7", "_", "my_", "old-"];
    const BEHIND: [&str; 5] = ["x", "_old", "9", "AND", "__"];

    #[test]
    fn a_token_glued_to_letters_digits_and_underscores_is_taken_out() {
        let scanner = Scanner::built_in();
        let mut seen = Vec::new();
        // Of the numbers of telephones many a sum is made of, and they are looked at below.
        for (id, words) in examples().into_iter().filter(|(id, _)| id != "phone-number") {
            let found = scanner.scan(&words).into_iter().find(|found| scanner.rule(found.kind).id() == id);
            let value = found.expect("the example is found").range;
            // What a person chose begins and ends anywhere, and words have blanks between them.
            let is_chosen = scanner.rules().iter().any(|rule| rule.id() == id && rule.may_be_human_chosen())
                || ["seed-phrase", "wordpress-salt"].contains(&&*id);
            let (start, end) = words.split_at(value.end);
            for before in BEFORE {
                for behind in BEHIND.into_iter().chain([""]).filter(|behind| !is_chosen || behind.is_empty())
                {
                    let redacted = scanner.redact(&format!("{before}{start}{behind}{end}")).0;
                    let whole = &words[value.clone()];
                    let is_seen = whole.lines().any(|line| {
                        line.len() > 9
                            && redacted.contains(&line[..9])
                            && redacted.contains(&line[line.len() - 9..])
                    });
                    if is_seen {
                        seen.push(format!("{id}: {redacted}"));
                    }
                }
            }
        }
        assert!(seen.is_empty(), "{seen:#?}");
    }

    #[test]
    fn the_number_of_a_telephone_glued_to_letters_is_taken_out() {
        let scanner = Scanner::built_in();
        for around in ["tel_|", "x|", "https://e.org/|", "|x12", "|_old", "(202) 555-0143x"] {
            let redacted = scanner.redact(&around.replace('|', "+1 202-555-0143")).0;
            assert!(!redacted.contains("555"), "{redacted}");
        }
    }

    #[test]
    fn an_audit_counts_no_piece_of_another_word_and_says_that_it_looks_like_one() {
        let scanner = Scanner::built_in();
        let text = ["tokengh", "p_FAKEdemoFAKEdemoFAKEdemoFAKE003UajJR"].concat();
        assert!(scanner.scan(&text).is_empty());
        assert_eq!(scanner.redact(&text).0, "token[redacted: github-token]");
        let picture = "iVBORw0KGgoAAAANSUhEUgAAAAUA".repeat(40);
        let text = format!("{picture}AKIAFAKEDEMO2NOTREAL{picture}");
        assert_eq!(scanner.redact(&text).0, text, "a picture holds any letters");
    }
}
