//! The words with which a file is refused: what it is, and what was expected.

use super::MemberEntry;
use crate::{
    join_with_or::join_with_or,
    provider::{self, Provider, UNSUPPORTED, Unsupported, ZipWithoutConversations},
};

/// Says what was expected, as every refusal ends.
pub(super) fn expectation() -> String {
    format!(
        "expected a {} export: its zip, its unpacked folder or a {}",
        provider::all_names_as_choice(),
        file_labels()
    )
}

/// Names the files that hold conversations, as people know them.
pub(super) fn file_labels() -> String {
    join_with_or(Provider::ALL.iter().map(|provider| provider.facts().file_label))
}

/// The answer to a file in UTF-16.
pub(crate) const UTF16_REFUSAL: &str =
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
        return format!("this looks like a {name} export, which is not supported yet; {}", expectation());
    }
    for provider in Provider::ALL {
        if let Some(ZipWithoutConversations { members, zip }) = &provider.facts().zip_without_conversations
            && any(members)
        {
            let name = provider.name();
            return format!("this is another part of a {name} export: its conversations are in {zip}");
        }
    }
    format!("this {container} holds no {}; {}", file_labels(), expectation())
}
