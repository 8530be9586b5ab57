//! The words with which a file is refused: what it is, and what was expected.

use super::MemberEntry;
use crate::{
    join_with_or::join_with_or,
    provider::{self, OtherZip, Provider, UNSUPPORTED, Unsupported},
};

/// Returns the end of every refusal: what was expected.
pub(super) fn expected() -> String {
    format!("expected a {} export: its zip, its unpacked folder or a {}", provider::any(), files())
}

/// Names the files that hold conversations, as people know them.
pub(super) fn files() -> String {
    join_with_or(Provider::ALL.iter().map(|provider| provider.facts().file_label))
}

/// The answer to a file in UTF-16.
pub(crate) const UTF16: &str =
    "it is text in UTF-16, which is not read: convert it first, as by iconv -f utf-16 -t utf-8";

/// Returns whether text that begins so is UTF-16: by its mark, or by the zeros beside its brackets.
pub(crate) fn is_utf16(head: &[u8]) -> bool {
    matches!(head, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'[' | b'{', 0, ..] | [0, b'[' | b'{', ..])
}

/// Explains that a container has no conversations, naming another provider's export where its member names
/// tell.
pub(super) fn explain_no_conversations(entries: &[MemberEntry], container: &str) -> String {
    let any = |patterns: &[&str]| {
        entries.iter().any(|entry| provider::is_named(patterns, &entry.name, entry.base_name()))
    };
    if let Some(Unsupported { name, .. }) = UNSUPPORTED.iter().find(|export| any(export.members)) {
        return format!("this looks like a {name} export, which is not supported yet; {}", expected());
    }
    for provider in Provider::ALL {
        if let Some(OtherZip { members, zip }) = &provider.facts().other_zip
            && any(members)
        {
            let name = provider.name();
            return format!("this is another part of a {name} export: its conversations are in {zip}");
        }
    }
    format!("this {container} holds no {}; {}", files(), expected())
}
