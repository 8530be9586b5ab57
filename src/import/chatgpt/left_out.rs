//! The strings of a message that are left out on purpose, each with its reason.
//!
//! Whatever else is a string in a message is shown, or folded under a label: what an export carries is not lost because
//! this version does not know its name.

/// Says nothing to a reader: it names something inside ChatGPT.
const ID: &str = "the name of something inside ChatGPT";
/// Says in one word what kind of thing something is, or in which state; what follows from it is shown.
const KIND: &str = "a word of the format: a kind, a state, a role";
/// Tells how ChatGPT made or keeps something.
const INTERNAL: &str = "how ChatGPT made or keeps it";
/// Is said elsewhere.
const SHOWN_ELSEWHERE: &str = "says once more what is shown";
/// The line that ChatGPT's screen has while a tool runs; the call itself is shown.
const TOOL_STATUS: &str = "what ChatGPT's screen says while a tool runs";
/// Leads nowhere outside.
const ADDRESS: &str = "the address of a file inside ChatGPT, or of an icon";
/// Is shown as a date, where it can be read.
const TIME: &str = "a time; a message's own is shown";

/// The keys whose strings are left out, wherever in a message they stand, in order.
const LEFT_OUT: &[(&str, &str)] = &[
    ("asset_pointer_link", ADDRESS),
    ("async_source", INTERNAL),
    ("atlas_mode_enabled", INTERNAL),
    ("channel", KIND),
    ("chunk_type", KIND),
    ("citation_format", KIND),
    ("client_reported_search_source", INTERNAL),
    ("content_type", KIND),
    ("crawl_date", TIME),
    ("create_source", KIND),
    ("create_time", TIME),
    ("created_at", TIME),
    ("deep_research_version", INTERNAL),
    ("direction", KIND),
    ("encrypted_content", INTERNAL),
    ("evidence_text", SHOWN_ELSEWHERE),
    ("exclusive_key", ID),
    ("favicon", ADDRESS),
    ("favicon_url", ADDRESS),
    ("fingerprint", ID),
    ("finish_details", KIND),
    ("finished_text", TOOL_STATUS),
    ("format", KIND),
    ("frames_asset_pointers", ADDRESS),
    ("gen_size", INTERNAL),
    ("gizmo_type", KIND),
    ("icon_url", ADDRESS),
    ("id", ID),
    ("initial_text", TOOL_STATUS),
    ("jupyter_messages", SHOWN_ELSEWHERE),
    ("lang_code", KIND),
    ("logo_url", ADDRESS),
    ("matched_text", SHOWN_ELSEWHERE),
    ("message_source", INTERNAL),
    ("message_type", KIND),
    ("mimeType", KIND),
    ("mime_type", KIND),
    ("model_slug", SHOWN_ELSEWHERE),
    ("model_switcher_deny", INTERNAL),
    ("permissions", INTERNAL),
    ("pub_date", TIME),
    ("pub_timestamp", TIME),
    ("reasoning_status", KIND),
    ("recipient", KIND),
    ("ref", ID),
    ("ref_id", ID),
    ("ref_index", ID),
    ("ref_type", KIND),
    ("refs", ID),
    ("requested_model_slug", INTERNAL),
    ("resolved_model_slug", SHOWN_ELSEWHERE),
    ("response_format_name", KIND),
    ("role", KIND),
    ("safe_urls", SHOWN_ELSEWHERE),
    ("selected_mcp_sources", INTERNAL),
    ("selected_sources", INTERNAL),
    ("sender", KIND),
    ("serialization_metadata", INTERNAL),
    ("serialization_title", INTERNAL),
    ("sha256", ID),
    ("status", KIND),
    ("stop_tokens", INTERNAL),
    ("stream_name", KIND),
    ("system_hints", INTERNAL),
    ("thinking_effort", INTERNAL),
    ("thumbnail", ADDRESS),
    ("thumbnail_url", ADDRESS),
    ("timestamp", TIME),
    ("timestamp_", KIND),
    ("tool_invoked_message", TOOL_STATUS),
    ("tool_invoking_message", TOOL_STATUS),
    ("type", KIND),
    ("update_time", TIME),
    ("updated_at", TIME),
    ("uuid", ID),
    ("venus_model_variant", INTERNAL),
    ("voice_mode", KIND),
    ("watermarked_asset_pointer", ADDRESS),
    ("widget_type", KIND),
];

/// The endings of keys that are left out likewise.
const ENDINGS: &[(&str, &str)] = &[
    ("Id", ID),
    ("_asset_pointer", ADDRESS),
    ("_hash", ID),
    ("_id", ID),
    ("_ids", ID),
    ("_slug", INTERNAL),
    ("_status", KIND),
    ("_type", KIND),
    ("_uuid", ID),
    ("_version", INTERNAL),
];

/// The keys that are left out in the results of the analysis tool alone.
const LEFT_OUT_OF_RESULTS: &[(&str, &str)] = &[("code", SHOWN_ELSEWHERE), ("update_type", KIND)];

/// The keys that are left out in what describes a file or a reference.
const LEFT_OUT_OF_FILES: &[(&str, &str)] = &[("source", KIND), ("style", KIND)];

/// Returns the reason for which the strings under this key are left out of ChatGPT's messages; `None`: they are shown,
/// or folded.
pub fn reason_to_leave_out(key: &str) -> Option<&'static str> {
    // Asked for nearly every key of an export: those of another first or last letter are not compared.
    let (first, last) = (*key.as_bytes().first()?, *key.as_bytes().last()?);
    let alike = &LEFT_OUT[FIRST_BY_BYTE[first as usize] as usize..FIRST_BY_BYTE[first as usize + 1] as usize];
    let whole = alike.iter().find(|(left_out, _)| *left_out == key);
    let ending = || {
        ENDINGS.iter().find(|(ending, _)| ending.as_bytes().last() == Some(&last) && key.ends_with(ending))
    };
    whole.or_else(ending).map(|&(_, reason)| reason)
}

/// The index in [`LEFT_OUT`] of the first key that begins with each byte, or with a later one.
const FIRST_BY_BYTE: [u8; 257] = {
    let mut begins = [0; 257];
    let (mut byte, mut at) = (0, 0);
    while byte < 257 {
        while at < LEFT_OUT.len() && (LEFT_OUT[at].0.as_bytes()[0] as usize) < byte {
            at += 1;
        }
        begins[byte] = at as u8;
        byte += 1;
    }
    begins
};

// The places are bytes.
const _: () = assert!(LEFT_OUT.len() < 256);

/// Returns whether the strings under this key are left out.
pub(super) fn is_left_out(key: &str) -> bool {
    reason_to_leave_out(key).is_some()
}

/// Decides the same within the results of the analysis tool.
pub(super) fn is_left_out_of_results(key: &str) -> bool {
    LEFT_OUT_OF_RESULTS.iter().any(|&(left_out, _)| left_out == key) || is_left_out(key)
}

/// Decides the same within what describes a file or a reference.
pub(super) fn is_left_out_of_files(key: &str) -> bool {
    LEFT_OUT_OF_FILES.iter().any(|&(left_out, _)| left_out == key) || is_left_out(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_gives_a_reason_for_each() {
        assert!(LEFT_OUT.is_sorted_by(|(a, _), (b, _)| a < b));
        for (key, reason) in
            LEFT_OUT.iter().chain(ENDINGS).chain(LEFT_OUT_OF_RESULTS).chain(LEFT_OUT_OF_FILES)
        {
            assert!(!key.is_empty() && !reason.is_empty());
        }
        for (key, _) in LEFT_OUT {
            assert!(is_left_out(key), "{key}");
        }
        assert!(is_left_out("id") && is_left_out("request_id") && is_left_out_of_results("code"));
        for words in ["text", "title", "content", "code", "name", "summary", "targeted_reply", "widget"] {
            assert!(!is_left_out(words), "{words}");
        }
    }
}
