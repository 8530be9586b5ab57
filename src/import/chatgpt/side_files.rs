//! What ChatGPT's export says of its owner beside the conversations.

use serde_json::{Value, value::RawValue};

/// A conversation that anybody with the address can read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SharedLink {
    /// The link's own id: `https://chatgpt.com/share/{id}`.
    pub id: String,
    /// The conversation it shows; empty if the export does not say.
    pub conversation_id: String,
    /// As it was titled when it was shared.
    pub title: String,
}

impl SharedLink {
    /// The public address; `None` for an id that does not look like one.
    pub fn address(&self) -> Option<String> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        (!self.id.is_empty() && self.id.bytes().all(plain))
            .then(|| format!("https://chatgpt.com/share/{}", self.id))
    }
}

/// The public links of a `shared_conversations.json`. What is no object in it is passed over; `None` if it is not an
/// array of anything.
pub fn shared_links(json: &[u8]) -> Option<Vec<SharedLink>> {
    // One object at a time: taken apart, each takes twenty times its text.
    let list: Vec<&RawValue> = serde_json::from_slice(json).ok()?;
    let link = |raw: &&RawValue| {
        let value: Value = serde_json::from_str(raw.get()).ok()?;
        let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        value.is_object().then(|| SharedLink {
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
