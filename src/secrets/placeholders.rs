//! What stands where a secret would and is none: a word for one, a row of one letter, a piece of a program, a path.

use super::number_checks::one_all_over;

/// Measures Shannon's entropy of a value by its bytes, in bits a byte: 0 for `aaaa`, 4 for sixteen different
/// ones.
pub(super) fn entropy(value: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in value.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let length = value.len().max(1) as f64;
    counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| {
            let share = f64::from(count) / length;
            -share * share.log2()
        })
        .sum()
}

/// Returns whether a value only keeps the place of one: `xxxxxxxx`, `****`, `0000`, `0123456789abcdef`.
pub(super) fn is_filler(value: &str) -> bool {
    // The longest stretches of one letter all over, and of letters that count upwards.
    let (mut same, mut counting) = (1_usize, 1_usize);
    let (mut longest_same, mut longest_counting) = (1, 1);
    for pair in value.as_bytes().windows(2) {
        same = if pair[0] == pair[1] { same + 1 } else { 1 };
        let next =
            matches!((pair[0], pair[1]), (b'9', b'0' | b'a' | b'A')) || pair[1] == pair[0].wrapping_add(1);
        counting = if next { counting + 1 } else { 1 };
        longest_same = longest_same.max(same);
        longest_counting = longest_counting.max(counting);
    }
    // Base64 of zeros is a run of A, and a real key may begin with one: only a third of a value makes a filler.
    let fills = |run: usize| run >= 6 && run * 3 >= value.len();
    fills(longest_same) || fills(longest_counting) || (value.len() >= 16 && entropy(value) < 2.0)
}

/// Words that stand where a secret would, in examples. In lower case.
const PLACEHOLDER_WORDS: [&str; 44] = [
    "your",
    "example",
    "xxx",
    "placeholder",
    "changeme",
    "change_me",
    "change-me",
    "replace",
    "insert",
    "dummy",
    "sample",
    "redacted",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "token",
    "api_key",
    "apikey",
    "api-key",
    "my_",
    "my-",
    "mypass",
    "some",
    "enter",
    "todo",
    "fixme",
    "test",
    "foo",
    "null",
    "none",
    "undefined",
    "true",
    "false",
    "string",
    "required",
    "optional",
    "****",
    "...",
    "…",
    "user",
    "env",
    "key_here",
    "hidden",
];

/// Returns whether it is a text that programs and manuals have in the place of a secret.
pub(super) fn is_placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    PLACEHOLDER_WORDS.iter().any(|word| lower.contains(word))
}

/// Returns whether a value is a piece of a program: a call, an index, a path through objects, a variable.
pub(super) fn is_code(value: &str) -> bool {
    let brackets = value.contains(['(', ')', '[', ']', '{', '}', '<', '>', ';', '|']);
    let variable = value.starts_with(['$', '%', '@', '&', '*', '\\']);
    brackets || variable || value.contains("::") || value.contains("->") || value.contains("://")
}

/// Words that stand where a password would and are none, in lower case: what fields of forms and schemas say.
pub(super) const NOT_PASSWORDS: [&str; 16] = [
    "string",
    "required",
    "optional",
    "password",
    "passwort",
    "passwd",
    "undefined",
    "boolean",
    "number",
    "object",
    "hidden",
    "varchar",
    "invalid",
    "forgot",
    "confirm",
    "redacted",
];

/// Returns whether nothing is there but signs that keep a place: `********`, `xxxxxx`.
pub(super) fn is_masked_value(value: &str) -> bool {
    one_all_over(value.as_bytes()) || !value.bytes().any(|byte| byte.is_ascii_alphanumeric() || byte >= 0x80)
}

/// Returns whether a value is a path: words joined by dots or slashes, without a digit among them.
pub(super) fn is_path(value: &str) -> bool {
    value.contains(['.', '/'])
        && value.split(['.', '/', '_', '-']).all(|word| word.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_of_bits_a_letter() {
        assert!(entropy("aaaa") < 0.01);
        assert!((entropy("abcdefghijklmnop") - 4.0).abs() < 0.01);
        assert!(entropy("") < 0.01);
    }
}
