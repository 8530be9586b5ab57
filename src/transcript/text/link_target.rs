//! Addresses in the form that a terminal's own links (OSC 8) may hold.

use std::sync::Arc;

use super::sanitize;
use crate::message::link_safety;

/// Addresses longer than this, in bytes, are not made links: terminals cut them.
const MAX_LENGTH: usize = 2_000;

/// Returns a [safe](link_safety::is_safe) address as it may stand in a terminal's link: in printable ASCII, so that
/// nothing in it can end the sequence it is written in. `None`: it is text and nothing else.
pub fn link_target(url: &str) -> Option<Arc<str>> {
    let url = url.trim();
    // A character that has to be shown as another is no part of an honest address.
    if !link_safety::is_safe(url) || url.len() > MAX_LENGTH || *sanitize::line(url) != *url {
        return None;
    }
    let plain =
        |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}');
    let mut encoded = String::with_capacity(url.len());
    for c in url.chars() {
        if plain(c) {
            encoded.push(c);
        } else {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                encoded.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    (encoded.len() <= MAX_LENGTH).then(|| encoded.into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_web_and_mail_are_targets() {
        for (url, expected) in [
            ("https://e.org/a?b=c#d", Some("https://e.org/a?b=c#d")),
            ("HTTP://e.org", Some("HTTP://e.org")),
            ("mailto:a@e.org", Some("mailto:a@e.org")),
            (" https://e.org/ü x ", Some("https://e.org/%C3%BC%20x")),
            ("https://e.org/`a`|b", Some("https://e.org/%60a%60%7Cb")),
            ("javascript:alert(1)", None),
            ("file:///etc/passwd", None),
            ("data:text/html,x", None),
            ("sandbox:/mnt/data/x.csv", None),
            ("ssh://host", None),
            ("https://", None),
            ("//e.org", None),
            ("e.org", None),
            ("", None),
        ] {
            assert_eq!(link_target(url).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn nothing_that_acts_on_a_terminal_or_hides_is_a_target() {
        for url in [
            "https://e.org/\x1b\\\x1b]0;x",
            "https://e.org/\x07",
            "https://e.org/a\nb",
            "https://e.org/\u{9c}",
            "https://e.org/\u{202e}gro",
            "https://e.org/\u{e0041}",
            "https://e.org/\u{200b}",
        ] {
            assert_eq!(link_target(url), None, "{url:?}");
        }
        assert_eq!(link_target(&format!("https://e.org/{}", "x".repeat(3_000))), None);
    }

    #[test]
    fn an_address_is_as_long_as_it_is_written_and_as_it_is_shown() {
        let marked = |marks: usize| format!("https://e.org/e{}", "\u{301}".repeat(marks));
        assert!(link_target(&marked(2)).is_some());
        assert!(link_safety::is_safe(&marked(9)));
        assert_eq!(link_target(&marked(9)), None, "a row shows fewer marks");
        let wide = format!("https://e.org/{}", "é".repeat(900));
        assert!(wide.len() < MAX_LENGTH);
        assert_eq!(link_target(&wide), None, "it is written with three bytes for each of these");
    }

    #[test]
    fn what_is_shown_as_something_else_is_in_no_safe_address() {
        for c in (0..=u32::from(char::MAX)).filter_map(char::from_u32) {
            let url = format!("https://e.org/x{c}y");
            assert!(!link_safety::is_safe(&url) || sanitize::line(&url) == url, "{c:?}");
        }
    }

    proptest! {
        #[test]
        fn a_target_is_printable_ascii(url in "(https?://|mailto:)?\\PC{0,40}|https://e.org/.{0,40}") {
            if let Some(target) = link_target(&url) {
                prop_assert!(target.bytes().all(|byte| byte.is_ascii_graphic()), "{target:?}");
            }
        }
    }
}
