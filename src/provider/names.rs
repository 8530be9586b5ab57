//! The names of files and members by which exports are known.
//!
//! A pattern is a name in which one `*` may stand for anything, or one `#` for a number. It is compared with the last
//! piece of a path, the base name; one with a `/` in it with the whole path.

use super::Provider;

/// Tells whether a member with this base name holds conversations.
pub fn holds_conversations(base: &str) -> bool {
    any(base, |provider| provider.facts().members)
}

/// Tells whether a zip with this base name holds the conversations of an export that comes in several zips.
pub fn is_conversations_zip(base: &str) -> bool {
    any(&base.to_ascii_lowercase(), |provider| provider.facts().conversation_zips)
}

/// Tells whether a zip with this base name is one of an export that comes in several zips, and is to be opened with
/// the others: for its conversations, or for attachments.
pub fn is_part(base: &str) -> bool {
    is_conversations_zip(base) || any(&base.to_ascii_lowercase(), |provider| provider.facts().attachment_zips)
}

/// Tells whether a file with this base name may list the zips that an export comes in.
pub fn may_be_manifest(base: &str) -> bool {
    any(&base.to_ascii_lowercase(), |provider| provider.facts().manifests)
}

fn any(base: &str, patterns: fn(Provider) -> &'static [&'static str]) -> bool {
    Provider::ALL.iter().any(|&provider| patterns(provider).iter().any(|pattern| is_like(pattern, base)))
}

/// Tells whether one of the patterns fits a member with this path and this base name.
pub fn is_named(patterns: &[&str], path: &str, base: &str) -> bool {
    patterns.iter().any(|pattern| is_like(pattern, if pattern.contains('/') { path } else { base }))
}

fn is_like(pattern: &str, name: &str) -> bool {
    let Some(at) = pattern.find(['*', '#']) else { return pattern == name };
    let (wildcard, behind) = pattern[at..].split_at(1);
    let between = name.strip_prefix(&pattern[..at]).and_then(|rest| rest.strip_suffix(behind));
    between.is_some_and(|between| {
        wildcard == "*" || (!between.is_empty() && between.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::UNSUPPORTED;

    #[test]
    fn a_wildcard_stands_for_what_may_differ() {
        for (pattern, name, like) in [
            ("a.json", "a.json", true),
            ("a.json", "b.json", false),
            ("a-#.json", "a-007.json", true),
            ("a-#.json", "a-.json", false),
            ("a-#.json", "a-7b.json", false),
            ("a-*.json", "a-7b.json", true),
            ("a-*.json", "a-.json", true),
            ("a*a.json", "a.json", false),
            ("a/*", "a/b/c.json", true),
        ] {
            assert_eq!(is_like(pattern, name), like, "{pattern} {name}");
        }
        assert!(is_named(&["a/*"], "a/b.json", "b.json") && !is_named(&["a/*"], "x/a/b.json", "b.json"));
        assert!(is_named(&["b.json"], "x/a/b.json", "b.json"));
    }

    #[test]
    fn parts_are_known_however_often_they_were_downloaded() {
        for name in [
            "conversations.zip",
            "conversations-000 (1).zip",
            "Conversations_x-1.zip",
            "conversations (2).ZIP",
        ] {
            assert!(is_part(name) && is_conversations_zip(name), "{name}");
        }
        assert!(is_part("Files_x-1.zip") && !is_conversations_zip("Files_x-1.zip"));
        for name in ["conversations.json", "conversation.zip", "my conversations.zip", "files.zip"] {
            assert!(!is_part(name), "{name}");
        }
    }

    #[test]
    fn a_pattern_has_one_wildcard_at_most_and_what_is_compared_in_lower_case_is_written_so() {
        for facts in Provider::ALL.iter().map(|provider| provider.facts()) {
            let lower = [facts.conversation_zips, facts.attachment_zips, facts.manifests].concat();
            assert!(lower.iter().all(|pattern| **pattern == pattern.to_ascii_lowercase()), "{lower:?}");
            let elsewhere = facts.elsewhere.as_ref().map_or(&[][..], |elsewhere| elsewhere.members);
            for pattern in [&lower, facts.members, elsewhere].concat() {
                assert!(pattern.matches(['*', '#']).count() <= 1, "{pattern}");
            }
        }
        for pattern in UNSUPPORTED.iter().flat_map(|export| export.members) {
            assert!(pattern.matches(['*', '#']).count() <= 1, "{pattern}");
        }
    }
}
