//! Reads the members of Claude's export that tell of its owner.

use serde_json::{Map, Value};

use crate::{
    import::account_files::{AccountFileContent, SharedLink, profile},
    provider::{AccountFileKind, Provider},
};

/// Reads one; `None` if it is not what it should be.
pub(in crate::import) fn account_file(holds: AccountFileKind, json: &[u8]) -> Option<AccountFileContent> {
    match holds {
        AccountFileKind::Profile => profile(json).map(AccountFileContent::Profile),
        AccountFileKind::Memory => memory(json).map(AccountFileContent::Memory),
        AccountFileKind::Links => frame(json).map(AccountFileContent::Links),
    }
}

/// Returns the link of an `artifact.json`, a frame, or none if that is not public: `{id, visibility, versions: [{id, title}],
/// active_version}`. `None` if it is not a JSON object.
fn frame(json: &[u8]) -> Option<Vec<SharedLink>> {
    let frame: Map<String, Value> = serde_json::from_slice(json).ok()?;
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    if text(frame.get("visibility")) != "public" {
        return Some(Vec::new());
    }
    let versions = frame.get("versions").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let active = frame.get("active_version");
    let version = versions.iter().find(|version| version.get("id") == active).or(versions.last());
    Some(vec![SharedLink {
        provider: Provider::Claude,
        id: text(frame.get("id")),
        conversation_id: String::new(),
        title: text(version.and_then(|version| version.get("title"))),
    }])
}

/// Lists every text of a `memories.json`, wherever in it that stands, for it has changed its shape before.
/// `None` if it is not a JSON object or array.
fn memory(json: &[u8]) -> Option<Vec<String>> {
    let whole: Value = serde_json::from_slice(json).ok()?;
    if !whole.is_object() && !whole.is_array() {
        return None;
    }
    let mut texts = Vec::new();
    let mut left = vec![whole];
    while let Some(value) = left.pop() {
        match value {
            Value::String(text) if !text.trim().is_empty() => texts.push(text),
            Value::Array(values) => left.extend(values.into_iter().rev()),
            Value::Object(fields) => left.extend(fields.into_iter().rev().map(|(_, value)| value)),
            _ => {}
        }
    }
    Some(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_a_link_only_where_it_is_public() {
        let json = r#"{"id": "a1", "kind": "artifact", "visibility": "public", "active_version": "2", "versions":
            [{"id": "1", "title": "Old"}, {"id": "2", "title": "Chart"}, {"id": "3", "title": "Draft"}]}"#;
        let link = frame(json.as_bytes()).and_then(|links| links.into_iter().next()).expect("it is public");
        assert_eq!((&*link.id, &*link.title, link.address()), ("a1", "Chart", None));
        assert_eq!(frame(json.replace("public", "private").as_bytes()), Some(Vec::new()));
        let nameless = frame(br#"{"visibility": "public", "versions": 7}"#).map(|links| links.len());
        assert_eq!(nameless, Some(1));
        assert_eq!((frame(b"[]"), frame(b"7")), (None, None));
    }

    #[test]
    fn what_is_remembered_is_found_wherever_it_stands() {
        let told = |json: &str| memory(json.as_bytes());
        let json = r#"[{"conversations_memory": "Two cats.\n\nA boat.", "account_uuid": "0f-1", "number": 1,
            "project_memories": {"b-2": "Likes lists"}, "blank": " "}]"#;
        let texts = ["0f-1", "Two cats.\n\nA boat.", "Likes lists"].map(str::to_owned);
        assert_eq!(told(json).as_deref(), Some(&texts[..]));
        assert_eq!(told(&json[1..json.len() - 1]), told(json), "an object, since August 2026");
        assert_eq!(told("{}"), Some(Vec::new()));
        assert_eq!((told("7"), told("[")), (None, None));
    }
}
