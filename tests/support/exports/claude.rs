//! Claude's exports, made in code.

use serde_json::{Value, json};

/// The parent of a first message.
pub const ROOT: &str = "00000000-0000-4000-8000-000000000000";

/// A block of words.
pub fn words(text: &str) -> Value {
    json!({"type": "text", "text": text, "citations": [], "start_timestamp": "2026-02-03T10:00:05.5Z",
        "stop_timestamp": "2026-02-03T10:00:06.5Z", "flags": null})
}

/// A block of reasoning.
pub fn thinking(text: &str) -> Value {
    json!({"type": "thinking", "thinking": text, "summaries": [{"summary": "Thinking it over."}], "cut_off": false,
        "start_timestamp": "2026-02-03T10:00:00.000001Z", "stop_timestamp": "2026-02-03T10:00:12.4Z"})
}

/// A block that calls a tool.
pub fn call(tool: &str, input: Value) -> Value {
    json!({"type": "tool_use", "id": "toolu_1", "name": tool, "input": input, "message": null,
        "display_content": null})
}

/// A block with what a tool answered.
pub fn result(tool: &str, content: Value, failed: bool) -> Value {
    json!({"type": "tool_result", "tool_use_id": "toolu_1", "name": tool, "content": content, "is_error": failed})
}

/// A message; its blocks' words are its `text` too, as in the export.
pub fn message(uuid: &str, parent: &str, sender: &str, blocks: Vec<Value>) -> Value {
    let text: Vec<&str> = blocks.iter().filter_map(|block| block["text"].as_str()).collect();
    json!({"uuid": uuid, "text": text.join("\n\n"), "content": blocks, "sender": sender,
        "created_at": "2026-02-03T10:00:00.123456Z", "updated_at": "2026-02-03T10:00:09Z", "attachments": [],
        "files": [], "parent_message_uuid": parent})
}

/// A message of the person's.
pub fn human(uuid: &str, parent: &str, text: &str) -> Value {
    message(uuid, parent, "human", vec![words(text)])
}

/// A message of Claude's.
pub fn answer(uuid: &str, parent: &str, text: &str) -> Value {
    message(uuid, parent, "assistant", vec![words(text)])
}

/// A conversation object.
pub fn conversation(id: &str, name: &str, messages: Vec<Value>) -> Value {
    json!({"uuid": id, "name": name, "summary": "", "created_at": "2026-02-03T10:00:00.123456Z",
        "updated_at": "2026-02-04T11:00:00Z", "account": {"uuid": "a-1"}, "chat_messages": messages})
}

/// A small conversation of that id.
pub fn small(id: &str) -> Value {
    let messages =
        vec![human("m1", ROOT, &format!("question {id}")), answer("m2", "m1", &format!("answer {id}"))];
    conversation(id, &format!("About {id}"), messages)
}

/// An export's JSON: an array of small conversations.
pub fn export(ids: &[&str]) -> String {
    Value::Array(ids.iter().map(|id| small(id)).collect()).to_string()
}

/// Who it is: `users.json`.
pub fn users() -> Value {
    json!([{"uuid": "a-1", "full_name": "Robin Example", "email_address": "robin@example.org",
        "verified_phone_number": null}])
}

/// What is remembered of them: `memories.json`, as it was until August 2026 in a list, since then alone.
pub fn memories() -> Value {
    json!({"account_uuid": "a-1", "updated_at": "2026-08-01T10:00:00Z",
        "conversations_memory": "**Work**\n\nKeeps bees, writes to robin@example.org.",
        "project_memories": {"7a1b-22": "Wants short answers."}})
}
