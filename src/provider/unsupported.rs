//! Exports that are known when they are seen and cannot be read yet: whoever opens one is told what it is.
//!
//! One that gets an importer leaves this list and becomes a [`Provider`](super::Provider).

/// What is known of such an export.
#[derive(Debug)]
pub struct Unsupported {
    /// What people call it.
    pub name: &'static str,
    /// A key at the top of each of its objects, and the text under it where the key alone says too little.
    pub mark: (&'static str, Option<&'static str>),
}

/// All of them.
pub static UNSUPPORTED: [Unsupported; 3] = [
    Unsupported { name: "DeepSeek", mark: ("inserted_at", None) },
    Unsupported { name: "Grok", mark: ("responses", None) },
    Unsupported { name: "Gemini (Takeout)", mark: ("header", Some("Gemini Apps")) },
];
