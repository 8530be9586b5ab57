//! The strings of ChatGPT's messages that are left out on purpose, each with its reason.

use crate::import::{
    LeftOutReason::{self, Address, Id, Internal, ShownElsewhere, Time, ToolStatus, TypeOrFormat},
    left_out::LeftOutTable,
};

/// The keys whose strings are left out, wherever in a message they stand, in order.
const KEYS: &[(&str, LeftOutReason)] = &[
    ("asset_pointer_link", Address),
    ("async_source", Internal),
    ("atlas_mode_enabled", Internal),
    ("channel", TypeOrFormat),
    ("chunk_type", TypeOrFormat),
    ("citation_format", TypeOrFormat),
    ("client_reported_search_source", Internal),
    ("content_type", TypeOrFormat),
    ("crawl_date", Time),
    ("create_source", TypeOrFormat),
    ("create_time", Time),
    ("created_at", Time),
    ("deep_research_version", Internal),
    ("direction", TypeOrFormat),
    ("encrypted_content", Internal),
    ("evidence_text", ShownElsewhere),
    ("exclusive_key", Id),
    ("favicon", Address),
    ("favicon_url", Address),
    ("fingerprint", Id),
    ("finish_details", TypeOrFormat),
    ("finished_text", ToolStatus),
    ("format", TypeOrFormat),
    ("frames_asset_pointers", Address),
    ("gen_size", Internal),
    ("gizmo_type", TypeOrFormat),
    ("icon_url", Address),
    ("id", Id),
    ("initial_text", ToolStatus),
    ("jupyter_messages", ShownElsewhere),
    ("lang_code", TypeOrFormat),
    ("logo_url", Address),
    ("matched_text", ShownElsewhere),
    ("message_source", Internal),
    ("message_type", TypeOrFormat),
    ("mimeType", TypeOrFormat),
    ("mime_type", TypeOrFormat),
    ("model_slug", ShownElsewhere),
    ("model_switcher_deny", Internal),
    ("permissions", Internal),
    ("pub_date", Time),
    ("pub_timestamp", Time),
    ("reasoning_status", TypeOrFormat),
    ("recipient", TypeOrFormat),
    ("ref", Id),
    ("ref_id", Id),
    ("ref_index", Id),
    ("ref_type", TypeOrFormat),
    ("refs", Id),
    ("requested_model_slug", Internal),
    ("resolved_model_slug", ShownElsewhere),
    ("response_format_name", TypeOrFormat),
    ("role", TypeOrFormat),
    ("safe_urls", ShownElsewhere),
    ("selected_mcp_sources", Internal),
    ("selected_sources", Internal),
    ("sender", TypeOrFormat),
    ("serialization_metadata", Internal),
    ("serialization_title", Internal),
    ("sha256", Id),
    ("status", TypeOrFormat),
    ("stop_tokens", Internal),
    ("stream_name", TypeOrFormat),
    ("system_hints", Internal),
    ("thinking_effort", Internal),
    ("thumbnail", Address),
    ("thumbnail_url", Address),
    ("timestamp", Time),
    ("timestamp_", TypeOrFormat),
    ("tool_invoked_message", ToolStatus),
    ("tool_invoking_message", ToolStatus),
    ("type", TypeOrFormat),
    ("update_time", Time),
    ("updated_at", Time),
    ("uuid", Id),
    ("venus_model_variant", Internal),
    ("voice_mode", TypeOrFormat),
    ("watermarked_asset_pointer", Address),
    ("widget_type", TypeOrFormat),
];

/// The endings of keys that are left out likewise.
const ENDINGS: &[(&str, LeftOutReason)] = &[
    ("Id", Id),
    ("_asset_pointer", Address),
    ("_hash", Id),
    ("_id", Id),
    ("_ids", Id),
    ("_slug", Internal),
    ("_status", TypeOrFormat),
    ("_type", TypeOrFormat),
    ("_uuid", Id),
    ("_version", Internal),
];

/// All that is left out, wherever it stands.
static LEFT_OUT: LeftOutTable = LeftOutTable::of(KEYS, ENDINGS);

/// The keys that are left out in the results of the analysis tool alone.
const LEFT_OUT_OF_RESULTS: &[(&str, LeftOutReason)] =
    &[("code", ShownElsewhere), ("update_type", TypeOrFormat)];

/// The keys that are left out in what describes a file or a reference.
const LEFT_OUT_OF_FILES: &[(&str, LeftOutReason)] = &[("source", TypeOrFormat), ("style", TypeOrFormat)];

/// Returns the reason for which the strings under this key are left out of a message; `None`: they are shown, or folded.
pub(in crate::import) fn left_out(key: &str) -> Option<LeftOutReason> {
    LEFT_OUT.reason(key)
}

/// Returns the same within the results of the analysis tool.
pub(super) fn left_out_of_results(key: &str) -> Option<LeftOutReason> {
    find(LEFT_OUT_OF_RESULTS, key).or_else(|| left_out(key))
}

/// Returns the same within what describes a file or a reference.
pub(super) fn left_out_of_files(key: &str) -> Option<LeftOutReason> {
    find(LEFT_OUT_OF_FILES, key).or_else(|| left_out(key))
}

fn find(table: &[(&str, LeftOutReason)], key: &str) -> Option<LeftOutReason> {
    table.iter().find(|(left_out, _)| *left_out == key).map(|&(_, reason)| reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_every_key_of_it_is_found() {
        LEFT_OUT.check(left_out);
        assert_eq!((left_out("id"), left_out("request_id")), (Some(Id), Some(Id)));
        assert_eq!((left_out("code"), left_out_of_results("code")), (None, Some(ShownElsewhere)));
        for words in ["text", "title", "content", "code", "name", "summary", "targeted_reply", "widget"] {
            assert_eq!(left_out(words), None, "{words}");
        }
    }
}
