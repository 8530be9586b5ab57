//! The strings of Claude's messages that are left out on purpose, each with its reason.

use crate::import::{
    LeftOutReason::{self, Address, Id, Internal, ShownElsewhere, Time, TypeOrFormat},
    left_out::LeftOutTable,
};

/// The keys whose strings are left out, wherever in a message they stand, in order.
const KEYS: &[(&str, LeftOutReason)] = &[
    ("alternative_display_type", TypeOrFormat),
    ("command", TypeOrFormat),
    ("created_at", Time),
    ("document_asset", Address),
    ("favicon_url", Address),
    ("file_kind", TypeOrFormat),
    ("file_type", TypeOrFormat),
    ("file_variant", TypeOrFormat),
    ("flags", TypeOrFormat),
    ("icon_name", Internal),
    ("icon_url", Address),
    ("id", Id),
    ("injection_source", TypeOrFormat),
    ("integration_icon_url", Address),
    ("mime_type", TypeOrFormat),
    ("preview_asset", Address),
    ("preview_url", Address),
    ("resource_type", TypeOrFormat),
    ("sender", TypeOrFormat),
    ("signature", Internal),
    ("site_domain", ShownElsewhere),
    ("site_name", ShownElsewhere),
    ("start_timestamp", Time),
    ("stop_reason", TypeOrFormat),
    ("stop_timestamp", Time),
    ("thumbnail_asset", Address),
    ("thumbnail_url", Address),
    ("type", TypeOrFormat),
    ("updated_at", Time),
    ("uuid", Id),
];

/// The endings of keys that are left out likewise.
const ENDINGS: &[(&str, LeftOutReason)] =
    &[("Id", Id), ("Uuid", Id), ("_id", Id), ("_ids", Id), ("_uuid", Id), ("_uuids", Id)];

/// All that is left out, wherever it stands.
static LEFT_OUT: LeftOutTable = LeftOutTable::of(KEYS, ENDINGS);

/// Returns the reason for which the strings under this key are left out of a message; `None`: they are shown, or folded.
pub(in crate::import) fn left_out(key: &str) -> Option<LeftOutReason> {
    LEFT_OUT.reason(key)
}

/// Returns the same within reasoning that is encrypted.
pub(super) fn left_out_of_encrypted(key: &str) -> Option<LeftOutReason> {
    if key == "data" { Some(Internal) } else { left_out(key) }
}

/// Returns the same of a project, a memory and a frame: their names are the titles.
pub(super) fn left_out_of_knowledge(key: &str) -> Option<LeftOutReason> {
    match key {
        "name" => Some(ShownElsewhere),
        "kind" => Some(TypeOrFormat),
        "active_version" => Some(Id),
        key => left_out(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_every_key_of_it_is_found() {
        LEFT_OUT.check(left_out);
        assert_eq!((left_out("tool_use_id"), left_out("data")), (Some(Id), None));
        assert_eq!(left_out_of_encrypted("data"), Some(Internal));
        assert_eq!(
            (left_out_of_knowledge("name"), left_out_of_knowledge("uuid")),
            (Some(ShownElsewhere), Some(Id))
        );
        for words in ["text", "title", "summary", "display_content", "integration_name", "input", "widget"] {
            assert_eq!(left_out(words), None, "{words}");
        }
    }
}
