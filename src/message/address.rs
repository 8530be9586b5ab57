//! Web addresses that stand in a text as they are.

use std::{ops::Range, sync::LazyLock};

use memchr::memmem::Finder;

/// Returns the first web address in a text, without the punctuation that ends its sentence.
pub fn find_address(text: &str) -> Option<Range<usize>> {
    static HTTP: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("http"));

    let mut from = 0;
    while let Some(found) = HTTP.find(&text.as_bytes()[from..]) {
        let start = from + found;
        from = start + 4;
        let rest = &text[start..];
        let scheme = if rest.starts_with("https://") {
            8
        } else if rest.starts_with("http://") {
            7
        } else {
            continue;
        };
        if text[..start].ends_with(|c: char| c.is_alphanumeric()) {
            continue;
        }
        let end = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`' | '|' | '*'))
            .unwrap_or(rest.len());
        let mut address = rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', ']', '}']);
        // A bracket closes one within the address, or the sentence's.
        let count = |bracket: u8| memchr::memchr_iter(bracket, address.as_bytes()).count();
        let surplus = count(b')').saturating_sub(count(b'('));
        let closing = address.len() - address.trim_end_matches(')').len();
        address = &address[..address.len() - surplus.min(closing)];
        if address.len() > scheme {
            return Some(start..start + address.len());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_ends_before_the_punctuation_of_its_sentence() {
        for (text, address) in [
            ("see https://e.org/a_(b).", Some("https://e.org/a_(b)")),
            ("(https://e.org/x)", Some("https://e.org/x")),
            ("http://a.b, and", Some("http://a.b")),
            ("xhttps://a.b", None),
            ("http:// https", None),
        ] {
            assert_eq!(find_address(text).map(|range| &text[range]), address, "{text}");
        }
    }
}
