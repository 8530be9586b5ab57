//! Addresses of links: those that may be made links at all, and links whose words name another place than the
//! one they lead to, or whose address looks like another's.

use std::borrow::Cow;

use super::{host_name::ascii_host, is_unseen};

/// Returns whether a link may be made of an address, wherever it is shown: it is of the web, with a host, or
/// of mail, and has no character that acts or cannot be seen.
pub fn is_safe(url: &str) -> bool {
    let url = url.trim();
    let Some((scheme, rest)) = url.split_once(':') else { return false };
    let is = |known: &str| scheme.eq_ignore_ascii_case(known);
    let leads = if is("http") || is("https") {
        rest.strip_prefix("//").is_some_and(|rest| !host_and_path(rest).0.is_empty())
    } else {
        is("mailto") && rest.contains('@')
    };
    leads && !url.contains(is_suspicious_char)
}

/// Returns whether a character acts on what shows it, or cannot be seen: an honest address has no such
/// character.
fn is_suspicious_char(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || (u32::from(c) & 0xfffe == 0xfffe || matches!(c, '\u{fdd0}'..='\u{fdef}'))
        || is_unseen(c)
        || matches!(c,
            '\u{ad}' | '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}'
            | '\u{2028}'..='\u{2029}' | '\u{e000}'..='\u{f8ff}' | '\u{110bd}' | '\u{110cd}'
            | '\u{13430}'..='\u{1345f}' | '\u{f0000}'..='\u{10ffff}')
}

/// Returns the place a link really goes to, when its words are themselves an address and name another
/// (`bank.example` that leads to `evil.example`), and when its address looks like another's: by a user's name
/// (`https://bank.example@evil.example`), or by letters that look like others, which it writes as the name that is
/// asked for (`xn--…`). The words are empty where the address stands as it is.
pub fn misleading_destination<'a>(words: &str, url: &'a str) -> Option<Cow<'a, str>> {
    let words = words.trim();
    if let Some(place) = disguised(url.trim()) {
        let said = words.split_once("://").map_or(words, |(_, said)| said).to_lowercase();
        let said = said.strip_prefix("www.").unwrap_or(&said);
        let honest = said.strip_prefix(place.strip_prefix("www.").unwrap_or(&place));
        let is_said = honest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#', ':']));
        return (!is_said).then_some(Cow::Owned(place));
    }
    let mail = url.trim().strip_prefix("mailto:").map(|mail| mail.split('?').next().unwrap_or_default());
    let claimed = match words.split_once("://") {
        Some(("http" | "https", rest)) => rest,
        Some(_) => return None,
        None => words,
    };
    let claimed = if mail.is_some() { words } else { host_and_path(claimed).0 };
    let real = mail.unwrap_or_else(|| host(url));
    let bare = |place: &str| place.strip_prefix("www.").unwrap_or(place).to_lowercase();
    (!real.is_empty() && is_place(claimed) && bare(claimed) != bare(real)).then_some(Cow::Borrowed(real))
}

/// Returns the host of an address whose look may deceive, as it is asked for; `None`: it is what it looks like.
fn disguised(url: &str) -> Option<String> {
    if let Some(mail) = strip_scheme(url, "mailto:") {
        let (_, host) = mail.split('?').next()?.rsplit_once('@')?;
        return (!host.is_ascii()).then(|| ascii_host(host));
    }
    let rest = strip_scheme(url, "https://").or_else(|| strip_scheme(url, "http://"))?;
    let (host, _) = host_and_path(rest);
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let named = rest[..end].contains('@');
    let coded = |label: &str| label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--"));
    let deceives = named || !host.is_ascii() || host.contains('%') || host.split('.').any(coded);
    (deceives && !host.is_empty()).then(|| ascii_host(host))
}

fn strip_scheme<'a>(url: &'a str, scheme: &str) -> Option<&'a str> {
    let start = url.get(..scheme.len())?;
    start.eq_ignore_ascii_case(scheme).then(|| &url[scheme.len()..])
}

/// Returns whether words look like a host or a mail address: `e.org`, `a@e.org`, but not `version 2.0` or
/// `main.rs`.
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

/// Splits what stands after `//` into the host, without a user's name, and the rest from the path on.
fn host_and_path(rest: &str) -> (&str, &str) {
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    (authority.rsplit('@').next().unwrap_or_default(), path)
}

/// Returns the host of a web address, without `www.`.
pub fn host(url: &str) -> &str {
    let Some((_, rest)) = url.split_once("://") else { return "" };
    let host = host_and_path(rest).0;
    host.strip_prefix("www.").unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_what_comes_behind_a_name_and_a_password() {
        assert_eq!(host("https://user:pw@evil.example?x"), "evil.example");
    }

    #[test]
    fn only_the_web_and_mail_are_safe() {
        for url in [
            "https://e.org/a?b=c#d",
            "HTTP://e.org",
            "mailto:a@e.org",
            " https://e.org/ü x ",
            "https://日本.jp/🦀",
        ] {
            assert!(is_safe(url), "{url}");
        }
        for url in [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "data:text/html,x",
            "sandbox:/mnt/data/x.csv",
            "ssh://host",
            "https://",
            "https:///path",
            "mailto:nobody",
            "//e.org",
            "e.org",
            "",
            "https://e.org/\x1b\\\x1b]0;x",
            "https://e.org/a\nb",
            "https://e.org/\u{9c}",
            "https://e.org/\u{202e}gro",
            "https://e.org/\u{e0041}",
            "https://e.org/\u{200b}",
        ] {
            assert!(!is_safe(url), "{url:?}");
        }
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
            // By its look alone.
            ("", "https://bank.com@evil.org/login", Some("evil.org")),
            ("https://bank.com@evil.org/login", "https://bank.com@evil.org/login", Some("evil.org")),
            ("sign in", "HTTPS://bank.com:443@evil.org", Some("evil.org")),
            ("the docs", "https://\u{430}pple.com/x", Some("xn--pple-43d.com")),
            ("\u{430}pple.com", "https://\u{430}pple.com/x", Some("xn--pple-43d.com")),
            ("apple.com", "https://xn--pple-43d.com", Some("xn--pple-43d.com")),
            ("xn--pple-43d.com/x", "https://xn--pple-43d.com", None),
            ("bank.com", "https://bank.com\u{3002}evil.org", Some("bank.com.evil.org")),
            ("bank.com", "https://\u{ff42}ank.com", None),
            ("bank.com", "https://ev%69l.org", Some("evil.org")),
            ("write", "mailto:me@\u{430}pple.com", Some("xn--pple-43d.com")),
            ("the docs", "https://xn--pple-43d.com/x", Some("xn--pple-43d.com")),
            ("", "https://www.XN--pple-43d.com", Some("www.xn--pple-43d.com")),
            ("a page", "https://e.org/@me", None),
        ] {
            assert_eq!(misleading_destination(words, url).as_deref(), expected, "{words} {url}");
        }
    }
}
