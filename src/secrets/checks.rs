//! Checks that a regular expression cannot make: checksums, entropy, and whether a value is only a stand-in for one.

use std::ops::Range;

use serde::Deserialize;

use super::{
    number_checks::{digits, has_country, has_issuer, has_remainder_one, luhn, one_all_over, phone},
    placeholders::{NOT_PASSWORDS, entropy, is_code, is_filler, is_masked_value, is_path, is_placeholder},
    program_text::{has_brackets_within, is_link, is_program, may_be_literal},
    value_ends,
};

/// A test on the value of a finding, named so in the file of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ValueCheck {
    /// A payment card: length and first digits of an issuer, and the digit that makes the sum (ISO/IEC 7812).
    Luhn,
    /// An account: the length of its country and the remainder 1 (ISO 13616).
    Iban,
    /// GitHub's tokens end in six letters that are the CRC-32 of what stands between prefix and them.
    Crc,
    /// As many digits as a telephone number has, and not one digit all over.
    Phone,
    /// A domain that can get mail.
    Mail,
    /// Something in the place of a password that is not a stand-in, name, path or call.
    Password,
    /// A password within an address, where it need not look like one.
    UrlPassword,
    /// A password within a sentence, where the next word may be any.
    Spoken,
    /// Like `Password`, for generated keys and tokens.
    Random,
    /// `name:password` in base64.
    Basic,
}

impl ValueCheck {
    /// Returns the end of a value of this sort that goes on behind what ended it.
    pub(super) fn whole_end(self, text: &str, value: &Range<usize>) -> usize {
        match self {
            Self::Password | Self::Spoken | Self::Random => value_ends::end_of_named(text, value),
            Self::UrlPassword => value_ends::end_in_address(text, value),
            _ => value.end,
        }
    }

    /// Returns whether the value is what it looks like.
    pub(super) fn holds(self, value: &str) -> bool {
        match self {
            Self::Luhn => has_issuer(value) && luhn(&digits(value)),
            Self::Iban => has_country(value) && has_remainder_one(value),
            Self::Crc => crc(value),
            Self::Phone => phone(value),
            Self::Mail => mail(value),
            Self::Password => is_password(before_closing(value)),
            Self::UrlPassword => is_url_password(value),
            Self::Spoken => is_password(value.trim_end_matches(['.', ',', '!', '?', ')'])),
            Self::Random => is_random(value),
            Self::Basic => basic(value),
        }
    }

    /// Returns whether the value could be what it looks like: a letter is wrong, it is called an example, or it is as
    /// weak as real ones sometimes are. `quoted`: it stands in quotes.
    pub(super) fn could_hold(self, value: &str, quoted: bool) -> bool {
        match self {
            Self::Luhn => has_issuer(value) && !one_all_over(&digits(value)),
            // In lower case it may be any word.
            Self::Iban => has_country(value) && !value.bytes().any(|byte| byte.is_ascii_lowercase()),
            Self::Crc => !is_filler(value),
            Self::Phone => false,
            Self::Mail => mail(value),
            // The words of a link are looked at where it is read as one.
            Self::Password if is_link(value) => false,
            Self::Password => could_be_password(if quoted { value } else { before_closing(value) }, quoted),
            Self::UrlPassword => could_be_url_password(value),
            Self::Spoken => could_be_password(value.trim_end_matches(['.', ',', '!', '?', ')']), false),
            Self::Random => could_be_random(value),
            Self::Basic => base64(value).is_some_and(|bytes| bytes.contains(&b':') && bytes.is_ascii()),
        }
    }
}

fn crc(value: &str) -> bool {
    let Some((_, rest)) = value.split_once('_') else { return false };
    let Some((body, sum)) = rest.len().checked_sub(6).and_then(|at| rest.split_at_checked(at)) else {
        return false;
    };
    let mut number = crc32fast::hash(body.as_bytes());
    let mut expected = [b'0'; 6];
    for place in expected.iter_mut().rev() {
        const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        *place = LETTERS[(number % 62) as usize];
        number /= 62;
    }
    sum.as_bytes() == expected
}

fn mail(value: &str) -> bool {
    let Some((local, domain)) = value.rsplit_once('@') else { return false };
    let Some((_, top)) = domain.rsplit_once('.') else { return false };
    // Names of files and of versions look so too: logo@2x.png, package@1.2.x.
    const FILES: [&str; 14] = [
        "png", "jpg", "jpeg", "gif", "svg", "webp", "js", "ts", "css", "json", "py", "html", "local",
        "internal",
    ];
    let lower = top.to_ascii_lowercase();
    !local.is_empty() && !FILES.contains(&&*lower) && top.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Counts the classes of characters in a value, of four: lower case, upper case, digits, others.
fn char_classes(value: &str) -> usize {
    let has = |sort: fn(&u8) -> bool| usize::from(value.bytes().any(|byte| sort(&byte)));
    has(u8::is_ascii_lowercase)
        + has(u8::is_ascii_uppercase)
        + has(u8::is_ascii_digit)
        + has(|byte| !byte.is_ascii_alphanumeric())
}

/// Returns a value without the brackets behind it that close what was opened before it: of a link, of words beside others.
fn before_closing(value: &str) -> &str {
    let mut value = value.find("](").filter(|_| !value.starts_with('[')).map_or(value, |end| &value[..end]);
    for (open, close) in [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>')] {
        if !value.contains(open) {
            value = value.trim_end_matches(close);
        }
    }
    value
}

fn is_password(value: &str) -> bool {
    let has_digit = value.bytes().any(|byte| byte.is_ascii_digit());
    value.len() >= 6
        && !is_code(value)
        && !is_placeholder(value)
        && entropy(value) >= 2.3
        && (has_digit || char_classes(value) >= 3)
        && value.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !is_path(value)
}

/// Returns whether a value could be a password, if a weak one or one with the word for it in it. In quotes it
/// may be one word without a digit, and a short one with brackets in it.
fn could_be_password(value: &str, quoted: bool) -> bool {
    let has_digit = value.bytes().any(|byte| byte.is_ascii_digit());
    let lower = value.to_ascii_lowercase();
    let one_word = quoted && value.len() >= 8 && !value.contains(char::is_whitespace);
    let has_brackets = has_brackets_within(value) && !value.contains(char::is_whitespace);
    let is_long_enough = value.len() >= 6 || (quoted && has_brackets);
    is_long_enough
        && (!is_program(value) || (quoted && may_be_literal(value)))
        && !is_masked_value(value)
        && !NOT_PASSWORDS.contains(&&*lower)
        && !lower.starts_with("your")
        && (has_digit || has_brackets || char_classes(value) >= 3 || one_word)
        && !is_path(value)
}

/// The letters of the shortest key that has signs in it, which no name has.
const SHORTEST_ODD_KEY: usize = 8;

/// Returns whether a value could be a key or token: of letters and digits, and no name; a short one has signs in it.
fn could_be_random(value: &str) -> bool {
    let has = |sort: fn(&u8) -> bool| value.bytes().any(|byte| sort(&byte));
    let is_long_enough = value.len() >= 16 || (is_odd_key(value) && value.len() >= SHORTEST_ODD_KEY);
    is_long_enough
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
        && !value.contains(char::is_whitespace)
        && !is_program(value)
        && !is_filler(value)
        && !value.to_ascii_lowercase().starts_with("your")
        && entropy(value) >= 2.5
}

/// Returns whether a value has signs that a generated key has seldom, and a name never.
fn is_odd_key(value: &str) -> bool {
    value.bytes().any(|byte| !byte.is_ascii_alphanumeric() && !b"_./+~=-".contains(&byte))
}

/// Returns whether what stands before the host of an address could be a password.
fn could_be_url_password(value: &str) -> bool {
    !is_port_and_path(value)
        && !is_program(value)
        && !is_masked_value(value)
        && value != "password"
        && value != "pass"
}

/// Returns whether a value is a port with what stands behind it, or the end of one string and the beginning of another.
fn is_port_and_path(value: &str) -> bool {
    let behind = value.trim_start_matches(|char: char| char.is_ascii_digit());
    let is_port = behind.len() < value.len()
        && behind.starts_with(['/', '?', '#', ',', ';', ')', ']', '}', '"', '\'', '`', '<', '>']);
    is_port || ["\",", "\":", "',", "':", "\"}", "](", ")("].iter().any(|seam| value.contains(seam))
}

fn is_url_password(value: &str) -> bool {
    // What every tutorial has; also the ports and paths that look like one.
    const COMMON: [&str; 12] = [
        "guest",
        "pass",
        "postgres",
        "root",
        "admin",
        "pwd",
        "mysql",
        "mongo",
        "redis",
        "secretpassword",
        "pw",
        "p4ssw0rd",
    ];
    let lower = value.to_ascii_lowercase();
    // No slash stands in it as a rule, and what has one may be a port and a path.
    let is_usual = !value.contains(['/', '"', '\'', '`', '<', '>', '[', ']', '{', '}', '$']);
    is_usual
        && !is_program(value)
        && !is_placeholder(value)
        && !COMMON.contains(&&*lower)
        && !one_all_over(value.as_bytes())
}

fn is_random(value: &str) -> bool {
    let has_digit = value.bytes().any(|byte| byte.is_ascii_digit());
    let has_letter = value.bytes().any(|byte| byte.is_ascii_alphabetic());
    // Sixteen hexadecimal digits are fingerprints of public things: a .NET assembly's, a span's, a tag's.
    let fingerprint = value.len() < 20 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    // A key with signs in it has letters of every sort, too.
    let is_odd = is_odd_key(value) && (char_classes(value) < 4 || value.contains(char::is_whitespace));
    value.len() >= 16
        && !fingerprint
        && !is_odd
        && has_digit
        && has_letter
        && !is_code(value)
        && !is_placeholder(value)
        && entropy(value) >= 3.0
}

fn basic(value: &str) -> bool {
    let Some(decoded) = base64(value) else { return false };
    let Ok(text) = std::str::from_utf8(&decoded) else { return false };
    let Some((name, password)) = text.split_once(':') else { return false };
    let printable = !text.contains(char::is_control);
    printable
        && !name.is_empty()
        && password.len() >= 4
        && !matches!(password, "password" | "pass" | "secret")
}

/// Returns the bytes of standard base64, padded or not.
fn base64(value: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(value.len() * 3 / 4);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in value.trim_end_matches('=').bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(digit)) & 0xff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_has_an_issuer_a_length_and_a_check_digit() {
        for good in ["4111 1111 1111 1111", "5555555555554444", "3782-822463-10005", "6011000990139424"] {
            assert!(ValueCheck::Luhn.holds(good), "{good}");
        }
        for bad in
            ["4111 1111 1111 1112", "1234567890123456", "0000000000000000", "9111111111111111", "41111"]
        {
            assert!(!ValueCheck::Luhn.holds(bad), "{bad}");
        }
        assert!(ValueCheck::Luhn.could_hold("4111 1111 1111 1112", false), "a digit was mistyped");
        assert!(!ValueCheck::Luhn.could_hold("1234567890123456", false), "nobody issues these");
    }

    #[test]
    fn an_iban_has_the_length_of_its_country_and_the_remainder_one() {
        for good in [
            "DE89 3704 0044 0532 0130 00",
            "GB29NWBK60161331926819",
            "CH9300762011623852957",
            "NO9386011117947",
        ] {
            assert!(ValueCheck::Iban.holds(good), "{good}");
        }
        for bad in ["DE89 3704 0044 0532 0130 01", "DE89 3704 0044 0532 0130", "XX89370400440532013000", "D"]
        {
            assert!(!ValueCheck::Iban.holds(bad), "{bad}");
        }
        assert!(ValueCheck::Iban.could_hold("DE89 3704 0044 0532 0130 01", false));
        assert!(!ValueCheck::Iban.could_hold("XX89370400440532013000", false));
    }

    #[test]
    fn a_github_token_with_one_letter_changed_is_none() {
        let token = ["gh", "p_FAKEdemoFAKEdemoFAKEdemoFAKE003UajJR"].concat();
        assert!(crc(&token));
        assert!(!crc(&token.replace("demo", "demp")));
        assert!(!crc("ghp_x") && !crc("") && !crc("ghp_äääääää"));
    }

    #[test]
    fn stand_ins_variables_and_calls_are_no_passwords() {
        for none in [
            "your-password",
            "${DB_PASS1}",
            "os.environ",
            "getpass(1)",
            "changeme1",
            "config.db.pass",
            "short",
        ] {
            assert!(!is_password(none), "{none}");
        }
        for one in ["hunter2-but-longer-2024", "Tr0ub4dor&3", "correct-horse-7"] {
            assert!(is_password(one), "{one}");
        }
    }

    #[test]
    fn a_weak_password_could_be_one_and_a_variable_could_not() {
        let could = |value, quoted| ValueCheck::Password.could_hold(value, quoted);
        for weak in ["MySecretPass1", "test-1234", "12345678", "tokenbird7"] {
            assert!(could(weak, false) && !ValueCheck::Password.holds(weak), "{weak}");
        }
        assert!(could("correcthorse", true) && !could("correcthorse", false));
        for none in
            ["${DB_PASS1}", "********", "your-password-1", "required", "getpass(1)", "process.env.PASS"]
        {
            assert!(!could(none, true), "{none}");
        }
    }

    #[test]
    fn basic_is_a_name_and_a_password() {
        assert!(basic("cm9iaW46aHVudGVyMi0yMDI0"));
        assert!(!basic("bm90aGluZyBoZXJl") && !basic("!") && !basic(""));
    }
}
