//! Numbers of cards and accounts that are glued to what stands beside them, or parted in an odd way: in an address, in the
//! name of a file, within more digits. An audit takes them for other numbers, as most are; redaction leans to too much.

use std::ops::Range;

use super::number_checks::{country_length, digits, has_issuer, has_remainder_one, luhn};

/// What such a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NumberKind {
    Card,
    Account,
}

/// The digits of the shortest card.
const SHORTEST_CARD: usize = 13;
/// The digits of nearly every card.
const CARD: usize = 16;
/// The digits of the longest row that may hold a card amid others.
const MAX_ROW: usize = 24;
/// The rows of digits that a card may be parted into.
const MAX_ROWS: usize = 19;
/// The bytes between two of them.
const MAX_SEPARATOR: usize = 3;

/// Calls `visit` with each such number whose first digits are this row, as few are.
pub(super) fn each_number(text: &str, row: &Range<usize>, visit: &mut dyn FnMut(NumberKind, Range<usize>)) {
    let bytes = text.as_bytes();
    let country =
        row.start.checked_sub(2).filter(|&start| row.len() >= 2 && bytes[start].is_ascii_alphabetic());
    if let Some((start, end)) = country.and_then(|start| Some((start, account(bytes, start)?))) {
        visit(NumberKind::Account, start..end);
    }
    // Most rows are short ones within words: of fingerprints and the like.
    let is_within_word = row.start.checked_sub(1).is_some_and(|before| bytes[before].is_ascii_alphanumeric());
    if row.len() < 4 && is_within_word {
        return;
    }
    if row.len() >= SHORTEST_CARD {
        cards_in_row(bytes, row).into_iter().flatten().for_each(|card| visit(NumberKind::Card, card));
    }
    if let Some(card) = card_in_rows(bytes, row) {
        visit(NumberKind::Card, card);
    }
}

/// Returns whether a card may begin with the digits at a place.
fn begins_card(bytes: &[u8], at: usize) -> bool {
    match bytes[at] {
        b'3'..=b'6' => true,
        b'2' => matches!(bytes.get(at + 1), Some(b'2'..=b'7')),
        _ => false,
    }
}

/// Returns the digits that stand at a place.
fn row_at(bytes: &[u8], at: usize) -> Range<usize> {
    at..at + bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count()
}

fn is_card(number: &[u8]) -> bool {
    let Ok(number) = std::str::from_utf8(number) else { return false };
    has_issuer(number) && luhn(&digits(number))
}

/// Returns the card that a row of digits is, or those that it begins and ends with.
fn cards_in_row(bytes: &[u8], row: &Range<usize>) -> [Option<Range<usize>>; 2] {
    let is_card = |range: Range<usize>| is_card(&bytes[range.clone()]).then_some(range);
    // What is behind the point of a number is none.
    let is_fraction = matches!(bytes[..row.start], [.., b'0'..=b'9', b'.' | b',']);
    match row.len() {
        SHORTEST_CARD..=MAX_ROW if is_fraction => [None, None],
        SHORTEST_CARD..CARD => [is_card(row.clone()), None],
        CARD..=MAX_ROW => {
            let whole = is_card(row.clone());
            [whole.or_else(|| is_card(row.start..row.start + CARD)), is_card(row.end - CARD..row.end)]
        }
        _ => [None, None],
    }
}

/// Returns the card whose digits are parted into rows, all in the same way, of which this is the first: four and four, or
/// any others that are a card together.
fn card_in_rows(bytes: &[u8], first: &Range<usize>) -> Option<Range<usize>> {
    let may_begin = begins_card(bytes, first.start) || (first.len() > 4 && begins_card(bytes, first.end - 4));
    if !may_begin {
        return None;
    }
    let separator = separator_behind(bytes, first);
    if !bytes.get(first.end + separator.len()).is_some_and(u8::is_ascii_digit) || separator.is_empty() {
        return None;
    }
    let rows = rows(bytes, first, separator);
    // The first and the last of them may stand beside other digits.
    let parted = |lengths: &[usize]| {
        let rows = rows.get(..lengths.len())?;
        let (last, inner) = (rows.len() - 1, 1..rows.len() - 1);
        let is_parted = first.len() >= lengths[0]
            && inner.into_iter().all(|at| rows[at].len() == lengths[at])
            && rows[last].len() >= lengths[last];
        let range = is_parted.then(|| first.end - lengths[0]..rows[last].start + lengths[last])?;
        is_card(&bytes[range.clone()]).then_some(range)
    };
    let all = || {
        let range = rows.first()?.start..rows.last()?.end;
        let count: usize = rows.iter().map(Range::len).sum();
        let is_whole = rows.len() > 1 && matches!(count, 15 | CARD);
        (is_whole && is_card(&bytes[range.clone()])).then_some(range)
    };
    parted(&[4, 4, 4, 4]).or_else(|| parted(&[4, 6, 5])).or_else(all)
}

/// Lists the rows of digits from one on that are parted by the same.
fn rows(bytes: &[u8], first: &Range<usize>, separator: &[u8]) -> Vec<Range<usize>> {
    let mut rows = vec![first.clone()];
    while let Some(last) = rows.last().filter(|_| rows.len() < MAX_ROWS) {
        if separator_behind(bytes, last) != separator {
            break;
        }
        let next = row_at(bytes, last.end + separator.len());
        if next.is_empty() {
            break;
        }
        rows.push(next);
    }
    rows
}

/// Returns what stands behind a row of digits and may part it from the next.
fn separator_behind<'a>(bytes: &'a [u8], row: &Range<usize>) -> &'a [u8] {
    let behind = &bytes[row.end..];
    let is_separator = |byte: &&u8| b" -._/,:|\t\r\n".contains(*byte);
    &behind[..behind.iter().take(MAX_SEPARATOR).take_while(is_separator).count()]
}

/// The letters of a country, its check digits and a bank.
const BANK: usize = 8;
/// The letters of the longest number of an account.
const MAX_ACCOUNT: usize = 34;

/// Returns the end of the number of an account that begins at a place: as long as those of its country are, whatever stands
/// behind it, with the remainder that all have.
fn account(bytes: &[u8], at: usize) -> Option<usize> {
    let [first, second, third, fourth, ..] = bytes[at..] else { return None };
    let is_begun = first.is_ascii_alphabetic() && second.is_ascii_alphabetic();
    if !is_begun || !third.is_ascii_digit() || !fourth.is_ascii_digit() {
        return None;
    }
    let country = [first.to_ascii_uppercase(), second.to_ascii_uppercase()];
    let length = country_length(country).filter(|length| *length <= MAX_ACCOUNT)?;
    let mut letters = String::with_capacity(length);
    let mut end = at;
    while letters.len() < length {
        let byte = *bytes.get(end)?;
        let is_blank = b" -_.".contains(&byte) && bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric);
        match byte {
            _ if byte.is_ascii_alphanumeric() => letters.push(char::from(byte)),
            _ if is_blank => {}
            _ => return None,
        }
        end += 1;
    }
    // In lower case any fingerprint looks so: of letters only those of a country and a bank.
    let is_typed = letters.bytes().all(|byte| !byte.is_ascii_lowercase())
        || letters.bytes().skip(BANK).all(|byte| byte.is_ascii_digit());
    (is_typed && has_remainder_one(&letters)).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::super::Scanner;

    fn redacted(text: &str) -> String {
        Scanner::built_in().redact(text).0
    }

    #[test]
    fn a_card_is_taken_out_of_addresses_names_and_other_digits() {
        for around in [
            "https://e.org/pay/|/x",
            "https://e.org/pay/|",
            "https://e.org/?card=|&x=1",
            "https://e.org/?card=|#x",
            "order-|-2",
            "scan_|.pdf",
            "card|",
            "|x",
            "x|y",
            "No.|.",
            "|-12/27",
            "|/12/27",
            "12/27/|",
            "=|=",
            "7 |",
            "4000 | 123",
            "6011 |",
            "12|",
            "|123",
            "+|",
        ] {
            for card in ["4111111111111111", "5555555555554444"] {
                let text = around.replace('|', card);
                assert!(!redacted(&text).contains(&card[..15]), "{text}: {}", redacted(&text));
            }
        }
    }

    #[test]
    fn a_card_is_taken_out_however_its_digits_are_parted() {
        for separator in [" ", "-", ".", "_", "/", ",", ":", "|", "  ", " - ", " | ", "\t", "\n", "\r\n"] {
            let card = ["4111", "1111", "1111", "1111"].join(separator);
            let text = format!("so 2024 it is {card} or not");
            assert_eq!(redacted(&text), "so 2024 it is [redacted: card-number] or not", "{separator:?}");
        }
        for card in [
            "41 11 11 11 11 11 11 11",
            "411111 1111111111",
            "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
            "3782.822463.10005",
        ] {
            assert_eq!(redacted(&format!("so {card}.")), "so [redacted: card-number].");
        }
        assert_eq!(redacted("6011 4111 1111 1111 1111 x"), "[redacted: card-number] x");
    }

    #[test]
    fn an_account_is_taken_out_whatever_it_is_glued_to() {
        for account in [
            "DE89370400440532013000",
            "GB29NWBK60161331926819",
            "de89370400440532013000",
            "DE89-3704-0044-0532-0130-00",
        ] {
            for around in ["x|", "x|x", "my_|_old", "|AND", "7|7", "/|/", "-|-"] {
                let text = around.replace('|', account);
                assert!(!redacted(&text).contains(&account[6..]), "{text}: {}", redacted(&text));
            }
        }
    }

    #[test]
    fn other_numbers_stay_and_an_audit_counts_none_of_these() {
        for text in [
            "0.4111111111111111",
            "1.5 4111.1111",
            "4500, 1200, 3000, 2000",
            "https://e.org/1234567890123456789",
        ] {
            assert_eq!(redacted(text), text);
        }
        for text in ["https://e.org/4111111111111111/x", "4111.1111.1111.1111", "xDE89370400440532013000x"] {
            assert!(Scanner::built_in().scan(text).is_empty(), "{text}");
        }
    }
}
