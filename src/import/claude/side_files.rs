//! Reads the members of Claude's export that tell of its owner.

use serde_json::Value;

use crate::{
    import::side_files::{SideContent, profile},
    provider::SideFileKind,
};

/// Reads one; `None` if it is not what it should be.
pub(in crate::import) fn side_file(holds: SideFileKind, json: &[u8]) -> Option<SideContent> {
    match holds {
        SideFileKind::Profile => profile(json).map(SideContent::Profile),
        SideFileKind::Memory => memory(json).map(SideContent::Memory),
        // It names none.
        SideFileKind::Links => None,
    }
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
