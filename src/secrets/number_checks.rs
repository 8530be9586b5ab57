//! Checks of numbers: of cards, of accounts and of telephones.

pub(super) fn digits(value: &str) -> Vec<u8> {
    value.bytes().filter(u8::is_ascii_digit).map(|byte| byte - b'0').collect()
}

/// Returns whether a number has the first digits of a card's issuer and the length of its cards.
pub(super) fn has_issuer(value: &str) -> bool {
    let digits = digits(value);
    let head =
        |count: usize| digits.iter().take(count).fold(0_u32, |head, &digit| head * 10 + u32::from(digit));
    match digits.len() {
        13 => head(1) == 4,
        14 => matches!(head(3), 300..=305 | 360..=369 | 380..=399),
        15 => matches!(head(2), 34 | 37),
        16 => {
            matches!(head(1), 4)
                || matches!(head(2), 51..=55 | 65 | 35 | 62)
                || matches!(head(4), 2221..=2720 | 6011)
                || matches!(head(3), 644..=649)
        }
        19 => head(1) == 4 || matches!(head(2), 62 | 65),
        _ => false,
    }
}

/// Returns whether the sum in which every second digit from the end counts double is a multiple of ten.
pub(super) fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &digit)| match u32::from(digit) * (1 + place as u32 % 2) {
            double @ 10.. => double - 9,
            single => single,
        })
        .sum();
    sum.is_multiple_of(10)
}

pub(super) fn one_all_over<T: PartialEq>(values: &[T]) -> bool {
    values.windows(2).all(|pair| pair[0] == pair[1])
}

/// Returns whether an account number is as long as those of its country.
pub(super) fn has_country(value: &str) -> bool {
    let letters: Vec<u8> = letters(value);
    let country = letters.first_chunk::<2>();
    country.is_some_and(|&country| country_length(country) == Some(letters.len()))
}

/// Returns the length of the account numbers of a country; `None`: it has none.
pub(super) fn country_length(country: [u8; 2]) -> Option<usize> {
    /// The number of characters in an account number, by country.
    const LENGTHS: [(&str, usize); 50] = [
        ("AD", 24),
        ("AE", 23),
        ("AL", 28),
        ("AT", 20),
        ("AZ", 28),
        ("BA", 20),
        ("BE", 16),
        ("BG", 22),
        ("BH", 22),
        ("BR", 29),
        ("CH", 21),
        ("CY", 28),
        ("CZ", 24),
        ("DE", 22),
        ("DK", 18),
        ("EE", 20),
        ("ES", 24),
        ("FI", 18),
        ("FO", 18),
        ("FR", 27),
        ("GB", 22),
        ("GE", 22),
        ("GI", 23),
        ("GR", 27),
        ("HR", 21),
        ("HU", 28),
        ("IE", 22),
        ("IL", 23),
        ("IS", 26),
        ("IT", 27),
        ("KZ", 20),
        ("LB", 28),
        ("LI", 21),
        ("LT", 20),
        ("LU", 20),
        ("LV", 21),
        ("MC", 27),
        ("MD", 24),
        ("ME", 22),
        ("MK", 19),
        ("MT", 31),
        ("NL", 18),
        ("NO", 15),
        ("PL", 28),
        ("PT", 25),
        ("RO", 24),
        ("RS", 22),
        ("SE", 24),
        ("SK", 24),
        ("TR", 26),
    ];
    let length = LENGTHS.iter().find(|(code, _)| code.as_bytes() == country).map(|row| row.1);
    // A few more countries have them; these come with San Marino, Slovenia, Ukraine and the Vatican.
    length.or(match &country {
        b"SA" => Some(24),
        b"SI" => Some(19),
        b"SM" => Some(27),
        b"UA" => Some(29),
        b"VA" => Some(22),
        b"QA" | b"PS" => Some(29),
        _ => None,
    })
}

fn letters(value: &str) -> Vec<u8> {
    value.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_uppercase()).collect()
}

/// Returns whether an account number has the remainder 1, as all have.
pub(super) fn has_remainder_one(value: &str) -> bool {
    let letters = letters(value);
    let Some((head, tail)) = letters.split_at_checked(4) else { return false };
    let remainder = tail.iter().chain(head).try_fold(0_u32, |remainder, byte| {
        let number = char::from(*byte).to_digit(36)?;
        Some((remainder * if number < 10 { 10 } else { 100 } + number) % 97)
    });
    remainder == Some(1)
}

pub(super) fn phone(value: &str) -> bool {
    let digits = digits(value);
    // Numbers of one digit or of counting are examples in every manual.
    let counting = digits.windows(2).all(|pair| pair[1] == (pair[0] + 1) % 10);
    (7..=15).contains(&digits.len()) && !one_all_over(&digits[digits.len().saturating_sub(7)..]) && !counting
}
