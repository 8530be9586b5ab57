//! The names of files and members by which exports are known.
//!
//! A pattern is a name in which `*` stands for anything, and `#` for a number; two of them at most. It is compared, in
//! any case, with the last piece of a path, the base name; one with a `/` in it with the whole path.

use super::{PartZips, Provider};

/// Returns whether a member with this base name holds conversations.
pub fn holds_conversations(base: &str) -> bool {
    any(base, |provider| provider.facts().members)
}

/// Returns whether a member with this path holds what is read as a conversation of its own kind.
pub fn holds_special_conversation(path: &str) -> bool {
    special_conversation_provider(path).is_some()
}

/// Finds the provider of a member that holds what is read as a conversation of its own kind, by its path.
pub fn special_conversation_provider(path: &str) -> Option<Provider> {
    let base = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let holds = |provider: &Provider| {
        is_named(provider.facts().special_conversation_members, path, base)
            || tail_like(path, &[*provider], |provider| provider.facts().document_members).is_some()
    };
    Provider::ALL.iter().copied().find(holds)
}

/// Returns the end of a member's path, from the folder on that its export gave it, if it is a page of something that was
/// published.
pub fn page_path(path: &str) -> Option<&str> {
    tail_like(path, Provider::ALL, |provider| provider.facts().page_members)
}

/// Returns whether a member's path is that of a document: of a conversation, or one that no conversation names and that
/// is read as one.
pub fn holds_document(path: &str) -> bool {
    tail_like(path, Provider::ALL, |provider| provider.facts().document_members).is_some()
}

/// Returns the end of a path that is like one of these patterns of these providers, folder by folder.
fn tail_like<'p>(
    path: &'p str,
    providers: &[Provider],
    patterns: impl Fn(Provider) -> &'static [&'static str],
) -> Option<&'p str> {
    let patterns = providers.iter().flat_map(|&provider| patterns(provider));
    let mut tails = patterns.filter_map(|pattern| {
        let folders = pattern.matches('/').count();
        let start = path.rmatch_indices(['/', '\\']).nth(folders).map_or(0, |(at, _)| at + 1);
        let segments = path[start..].split(['/', '\\']);
        let mut pairs = pattern.split('/').map(Some).chain([None]).zip(segments.map(Some).chain([None]));
        let fits = |(pattern, segment): (Option<&str>, Option<&str>)| match (pattern, segment) {
            (Some(pattern), Some(segment)) => is_like(pattern, segment),
            (pattern, segment) => pattern.is_none() && segment.is_none(),
        };
        pairs.all(fits).then(|| &path[start..])
    });
    tails.next()
}

/// Returns whether a zip with this base name holds the conversations of an export that comes in several zips.
pub fn is_conversations_zip(base: &str) -> bool {
    any(base, |provider| provider.facts().conversation_zips)
}

/// Returns whether a zip with this base name is one of an export that comes in several zips, and is to be opened with
/// the others: for its conversations, or for what else it holds.
pub fn is_export_zip(base: &str) -> bool {
    is_conversations_zip(base)
        || any(base, |provider| provider.facts().attachment_zips)
        || ExportPart::of(base).is_some()
}

/// A zip that is one of several of an export, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportPart {
    /// The provider whose exports come so.
    provider: Provider,
    /// The name that all parts of one export share, in lower case; empty where they share none.
    export: String,
    /// The place of its pattern among those of its provider: zips of other kinds are counted apart.
    pub kind: usize,
    /// Its number among those of its kind.
    pub number: u64,
    /// The number of the first of its kind.
    pub first: u64,
    /// The number a browser gave to a second download: 1 for `… (1).zip`, 0 for a first one.
    pub copy: u64,
}

impl ExportPart {
    /// Reads the base name of a zip; `None` for one that stands alone.
    pub fn of(base: &str) -> Option<Self> {
        let lower = base.to_ascii_lowercase();
        let plain = Self::without_copy_number(&lower);
        let copy = lower.len().checked_sub(plain.len()).filter(|more| *more > 0).map_or(0, |_| {
            let digits =
                lower.rsplit_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |two| two.0);
            digits.parse().unwrap_or(u64::MAX)
        });
        Provider::ALL.iter().find_map(|&provider| {
            let mut patterns = provider.facts().part_zips.iter().enumerate();
            let fitting =
                |(kind, zips): (usize, &PartZips)| Some((kind, zips.first, wildcards(zips.name, &plain)?));
            let (kind, first, wild) = patterns.find_map(fitting)?;
            let number = wild.last()?.parse().ok()?;
            let export = if wild.len() > 1 { wild[0].to_owned() } else { String::new() };
            Some(Self { provider, export, kind, number, first, copy })
        })
    }

    /// Returns whether two parts are of one export.
    pub fn is_of_one_export(&self, other: &Self) -> bool {
        (self.provider, &self.export) == (other.provider, &other.export)
    }

    /// Returns a name without what a browser adds to it when it is downloaded again: `a.zip` for `a (1).zip`.
    pub fn without_copy_number(name: &str) -> String {
        let Some((stem, extension)) = name.rsplit_once('.') else { return name.to_owned() };
        let plain =
            stem.strip_suffix(')').and_then(|stem| stem.rsplit_once('(')).and_then(|(plain, digits)| {
                let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
                is_number.then(|| plain.trim_end())
            });
        plain.map_or_else(|| name.to_owned(), |plain| format!("{plain}.{extension}"))
    }
}

/// Returns whether a file with this base name may list the zips that an export comes in.
pub fn may_be_zip_manifest(base: &str) -> bool {
    any(base, |provider| provider.facts().zip_manifest_files)
}

fn any(base: &str, patterns: fn(Provider) -> &'static [&'static str]) -> bool {
    Provider::ALL.iter().any(|&provider| patterns(provider).iter().any(|pattern| is_like(pattern, base)))
}

/// Returns whether one of the patterns fits a member with this path and this base name.
pub fn is_named(patterns: &[&str], path: &str, base: &str) -> bool {
    patterns.iter().any(|pattern| is_like(pattern, if pattern.contains('/') { path } else { base }))
}

fn is_like(pattern: &str, name: &str) -> bool {
    wildcards(pattern, name).is_some()
}

/// Returns what each wildcard of a pattern stands for in this name, in any case; `None` where the pattern does not fit.
fn wildcards<'a>(pattern: &str, name: &'a str) -> Option<Vec<&'a str>> {
    let Some(at) = pattern.find(['*', '#']) else {
        return pattern.eq_ignore_ascii_case(name).then(Vec::new);
    };
    let (begin, rest) = name.split_at_checked(at)?;
    if !begin.eq_ignore_ascii_case(&pattern[..at]) {
        return None;
    }
    let is_number = pattern[at..].starts_with('#');
    let behind = &pattern[at + 1..];
    let fits = |&end: &usize| {
        let between = &rest[..end];
        if is_number && (between.is_empty() || !between.bytes().all(|byte| byte.is_ascii_digit())) {
            return None;
        }
        // Nothing is kept before all of it fits.
        let mut wild = wildcards(behind, &rest[end..])?;
        wild.insert(0, between);
        Some(wild)
    };
    // A pattern without another wildcard ends where the name ends.
    if !behind.contains(['*', '#']) {
        return fits(&rest.len().checked_sub(behind.len()).filter(|&end| rest.is_char_boundary(end))?);
    }
    (0..=rest.len()).rev().filter(|&end| rest.is_char_boundary(end)).find_map(|end| fits(&end))
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
            ("a.json", "A.JSON", true),
            ("*-part-#.zip", "x-part-part-01.zip", true),
            ("*-part-#.zip", "x-part-.zip", false),
            ("*-part-#.zip", "ä-part-1.zip", true),
        ] {
            assert_eq!(is_like(pattern, name), like, "{pattern} {name}");
        }
        assert!(is_named(&["a/*"], "a/b.json", "b.json") && !is_named(&["a/*"], "x/a/b.json", "b.json"));
        assert!(is_named(&["b.json"], "x/a/b.json", "b.json"));
    }

    #[test]
    fn a_page_is_known_by_the_last_folders_of_its_path() {
        for (path, page) in [
            ("artifacts/a1/page.md", Some("artifacts/a1/page.md")),
            ("my-artifacts/x.zip/artifacts/a1/versions/1-1.html", Some("artifacts/a1/versions/1-1.html")),
            ("Artifacts\\a1\\Page.md", Some("Artifacts\\a1\\Page.md")),
            ("artifacts/file-abc.png", None),
            ("artifacts/a1/artifact.json", None),
            ("my-artifacts/a1/page.md", None),
            ("a1/page.md", None),
        ] {
            assert_eq!(page_path(path), page, "{path}");
        }
    }

    #[test]
    fn parts_are_known_however_often_they_were_downloaded() {
        for name in [
            "conversations.zip",
            "conversations-000 (1).zip",
            "Conversations_x-1.zip",
            "conversations (2).ZIP",
        ] {
            assert!(is_export_zip(name) && is_conversations_zip(name), "{name}");
        }
        for name in
            ["x-part-0001.zip", "X-PART-0001 (2).ZIP", "projects-000.zip", "light_metadata-000 (1).zip"]
        {
            assert!(is_export_zip(name), "{name}");
        }
        assert!(is_export_zip("Files_x-1.zip") && !is_conversations_zip("Files_x-1.zip"));
        for name in ["conversations.json", "conversation.zip", "my conversations.zip", "files.zip"] {
            assert!(!is_export_zip(name), "{name}");
        }
    }

    #[test]
    fn a_pattern_has_two_wildcards_at_most_and_that_of_a_part_ends_in_its_number() {
        for facts in Provider::ALL.iter().map(|provider| provider.facts()) {
            let parts: Vec<&str> = facts.part_zips.iter().map(|zips| zips.name).collect();
            assert!(parts.iter().all(|pattern| pattern.ends_with("#.zip")), "{parts:?}");
            let zips =
                [facts.conversation_zips, facts.attachment_zips, facts.zip_manifest_files, &parts].concat();
            let elsewhere =
                facts.zip_without_conversations.as_ref().map_or(&[][..], |elsewhere| elsewhere.members);
            for pattern in [&zips, facts.members, elsewhere].concat() {
                assert!(pattern.matches(['*', '#']).count() <= 2, "{pattern}");
            }
        }
        for pattern in UNSUPPORTED.iter().flat_map(|export| export.members) {
            assert!(pattern.matches(['*', '#']).count() <= 2, "{pattern}");
        }
    }
}
