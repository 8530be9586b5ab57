//! Reads the members of ChatGPT's export that tell of its owner.

use serde_json::{Value, value::RawValue};

use crate::{
    import::account_files::{AccountFileContent, SharedLink, profile},
    provider::{AccountFileKind, Provider},
};

/// Reads one; `None` if it is not what it should be.
pub(in crate::import) fn account_file(holds: AccountFileKind, json: &[u8]) -> Option<AccountFileContent> {
    match holds {
        AccountFileKind::Links => shared_links(json).map(AccountFileContent::Links),
        AccountFileKind::Profile => profile(json).map(AccountFileContent::Profile),
        // What it remembers stands in conversations.
        AccountFileKind::Memory => None,
    }
}

/// Returns the public links of a `shared_conversations.json`. Elements that are not objects are passed over; `None`
/// if it is not an array of anything.
fn shared_links(json: &[u8]) -> Option<Vec<SharedLink>> {
    // One object at a time: taken apart, each takes twenty times its text.
    let list: Vec<&RawValue> = serde_json::from_slice(json).ok()?;
    let link = |raw: &&RawValue| {
        let value: Value = serde_json::from_str(raw.get()).ok()?;
        let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        value.is_object().then(|| SharedLink {
            provider: Provider::ChatGpt,
            id: text("id"),
            conversation_id: text("conversation_id"),
            title: text("title"),
        })
    };
    Some(list.iter().filter_map(link).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_links_are_read_as_far_as_they_are_there() {
        let links =
            shared_links(br#"[{"id": "67-a", "title": null}, 3, {"id": "../x", "conversation_id": "c"}]"#)
                .expect("it is an array");
        assert_eq!(links.len(), 2);
        assert_eq!(links[0].address().as_deref(), Some("https://chatgpt.com/share/67-a"));
        assert_eq!(links[1].address(), None);
        assert_eq!(shared_links(b"{}"), None);
    }
}
