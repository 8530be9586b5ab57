//! Where a link may lead: the addresses that a terminal may be given to open (OSC 8), and whether a link's words
//! say something else than where it goes.

use std::sync::Arc;

use super::sanitize;

/// Addresses longer than this, in bytes, are not made links: terminals cut them.
const LONGEST: usize = 2_000;

/// The address as it may stand in a terminal's link: of the web or of mail, in printable ASCII, so that nothing in
/// it can end the sequence it is written in. `None`: it is text and nothing else.
pub(super) fn target(url: &str) -> Option<Arc<str>> {
    let url = url.trim();
    let scheme = url.split_once(':')?.0.to_ascii_lowercase();
    let rest = &url[scheme.len() + 1..];
    let leads = match &*scheme {
        "http" | "https" => rest.strip_prefix("//").is_some_and(|rest| !host_and_path(rest).0.is_empty()),
        "mailto" => rest.contains('@'),
        _ => false,
    };
    // A character that has to be shown as another is no part of an honest address.
    if !leads || url.len() > LONGEST || *sanitize::line(url) != *url {
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
    (encoded.len() <= LONGEST).then(|| encoded.into())
}

/// Where a link really goes, when its words are themselves an address and name another place: `bank.example` that
/// leads to `evil.example`.
pub(super) fn other_place<'a>(words: &str, url: &'a str) -> Option<&'a str> {
    let words = words.trim();
    let mail = url.trim().strip_prefix("mailto:").map(|mail| mail.split('?').next().unwrap_or_default());
    let claimed = match words.split_once("://") {
        Some(("http" | "https", rest)) => rest,
        Some(_) => return None,
        None => words,
    };
    let claimed = if mail.is_some() { words } else { host_and_path(claimed).0 };
    let real = mail.unwrap_or_else(|| host(url));
    let bare = |place: &str| place.strip_prefix("www.").unwrap_or(place).to_lowercase();
    (!real.is_empty() && is_place(claimed) && bare(claimed) != bare(real)).then_some(real)
}

/// Whether words look like a host or a mail address: `e.org`, `a@e.org`, but not `version 2.0` or `main.rs`.
fn is_place(words: &str) -> bool {
    let host = words.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    let mut labels = host.rsplit('.');
    let known = |last: &str| {
        last.len() >= 2
            && last.chars().all(char::is_alphabetic)
            && (words.contains('@')
                || words.starts_with("www.")
                || matches!(
                    last,
                    "com"
                        | "org"
                        | "net"
                        | "io"
                        | "dev"
                        | "gov"
                        | "edu"
                        | "info"
                        | "app"
                        | "ai"
                        | "co"
                        | "example"
                )
                || last.len() == 2)
    };
    labels.next().is_some_and(known)
        && labels.clone().next().is_some()
        && labels.all(|label| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-'))
}

/// What stands behind `//`, up to the path, and the rest; without a user's name.
fn host_and_path(rest: &str) -> (&str, &str) {
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    (authority.rsplit('@').next().unwrap_or_default(), path)
}

/// The host of a web address, without `www.`.
pub(super) fn host(url: &str) -> &str {
    let Some((_, rest)) = url.split_once("://") else { return "" };
    let host = host_and_path(rest).0;
    host.strip_prefix("www.").unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_host_is_what_comes_behind_a_name_and_a_password() {
        assert_eq!(host("https://user:pw@evil.example?x"), "evil.example");
    }

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
            assert_eq!(target(url).as_deref(), expected, "{url}");
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
            assert_eq!(target(url), None, "{url:?}");
        }
        assert_eq!(target(&format!("https://e.org/{}", "x".repeat(3_000))), None);
    }

    #[test]
    fn a_link_whose_words_name_another_place_says_where_it_goes() {
        for (words, url, expected) in [
            ("https://bank.example/login", "https://evil.example/x", Some("evil.example")),
            ("www.bank.com", "http://bank.com.evil.org", Some("bank.com.evil.org")),
            ("bank.com", "https://bank.com@evil.org/", Some("evil.org")),
            ("me@e.org", "mailto:you@e.org", Some("you@e.org")),
            ("bank.com", "https://www.bank.com/a", None),
            ("https://e.org/a", "https://e.org/b", None),
            ("the docs", "https://e.org", None),
            ("version 2.0", "https://e.org", None),
            ("Cargo.toml", "https://e.org", None),
            ("std::io", "https://e.org", None),
            ("me@e.org", "mailto:me@e.org", None),
        ] {
            assert_eq!(other_place(words, url), expected, "{words} {url}");
        }
    }

    proptest! {
        #[test]
        fn a_target_is_printable_ascii(url in "(https?://|mailto:)?\\PC{0,40}|https://e.org/.{0,40}") {
            if let Some(target) = target(&url) {
                prop_assert!(target.bytes().all(|byte| byte.is_ascii_graphic()), "{target:?}");
            }
        }
    }
}
