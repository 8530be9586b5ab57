//! Goes on after a broken object: finds where the next one may begin.

use super::scan::ValueScan;
use crate::provider;

/// Finds the objects that look like the next element of the array: `, {"title"`. For going on after a broken
/// one: inside a string the quotes would be escaped, but parts of a conversation may look the same.
pub fn candidate_starts(bytes: &[u8]) -> impl Iterator<Item = usize> + '_ {
    memchr::memchr_iter(b'{', bytes).filter(|&at| {
        let before = bytes[..at].iter().rev().take(8).find(|byte| !byte.is_ascii_whitespace());
        let behind = bytes[at + 1..].trim_ascii_start();
        before == Some(&b',') && key(behind).is_some_and(provider::begins_conversation)
    })
}

/// Reads the string at the beginning of the bytes, as far as it may be a key worth knowing.
fn key(bytes: &[u8]) -> Option<&[u8]> {
    let rest = bytes.strip_prefix(b"\"")?;
    let end = memchr::memchr(b'"', &rest[..rest.len().min(provider::MAX_KEY_LENGTH + 1)])?;
    Some(&rest[..end])
}

/// Returns the object at the beginning of the bytes, if it ends in them.
pub fn first_object(bytes: &[u8]) -> Option<&[u8]> {
    let inside = bytes.strip_prefix(b"{")?;
    let mut scan = ValueScan::inside(0);
    let end = 1 + scan.skip_to_end_of_object(inside, 0);
    (scan.depth == 0).then(|| &bytes[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_is_one_only_in_the_structure() {
        let json = br#"{"a":"x, {\"title\"", "b":[{"title":1} , {"title":2},{"other":3}]}"#;
        assert_eq!(candidate_starts(json).count(), 1);
        assert_eq!(
            first_object(&json[candidate_starts(json).next().unwrap()..]),
            Some(&br#"{"title":2}"#[..])
        );
    }
}
