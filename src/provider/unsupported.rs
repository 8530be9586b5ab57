//! Exports that are known when they are seen and cannot be read yet: whoever opens one is told what it is.
//!
//! One that gets an importer leaves this list and becomes a [`Provider`](super::Provider).

/// An export that cannot be read yet.
#[derive(Debug)]
pub struct Unsupported {
    /// The name people call it by.
    pub name: &'static str,
    /// A key at the top of each of its objects, and the text under it where the key alone says too little.
    pub signature: Option<(&'static str, Option<&'static str>)>,
    /// Members that only its archives have; see [`is_named`](super::is_named).
    pub members: &'static [&'static str],
}

/// All exports that are known and cannot be read yet.
pub static UNSUPPORTED: [Unsupported; 4] = [
    Unsupported { name: "DeepSeek", signature: Some(("inserted_at", None)), members: &[] },
    Unsupported { name: "Grok", signature: Some(("responses", None)), members: &[] },
    Unsupported {
        name: "Gemini (Takeout)",
        signature: Some(("header", Some("Gemini Apps"))),
        members: &["My Activity.json"],
    },
    Unsupported { name: "Le Chat", signature: None, members: &["chat-*.json"] },
];
