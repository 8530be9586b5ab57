//! The source format of `conversations/*.toml`: short-hands for the usual, JSON text for the rest.
//! assets/demo/README.md explains it with examples.

use serde::Deserialize;

use super::adventure;

/// A conversation's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversation {
    /// Absent: null.
    pub title: Option<String>,
    /// When it began, UTC: `2025-03-03 10:42`.
    pub begun: String,
    /// The default model; absent: null.
    pub model: Option<String>,
    /// Write all that is not ASCII as `\u….`, as ChatGPT mostly does. Default: true.
    pub ascii: Option<bool>,
    /// Leave out the hidden, empty system message that usually comes first.
    #[serde(default)]
    pub bare: bool,
    /// The id of the root; default `client-created-root`.
    pub root: Option<String>,
    /// The label of the message that `current_node` names; default: the last one.
    pub current: Option<String>,
    /// Times as ISO 8601 strings, as API-made exports have them.
    #[serde(default)]
    pub iso_times: bool,
    /// Keys of the conversation object to leave out.
    #[serde(default)]
    pub without: Vec<String>,
    /// Keys of the conversation object to set: a JSON object.
    pub fields: Option<String>,
    /// Write the conversation a second time, as it stood after the message of this label.
    pub earlier: Option<String>,
    /// Messages made by playing a text adventure, after those below.
    pub adventure: Option<adventure::World>,
    /// The messages, each the child of the one before unless it says otherwise.
    #[serde(default)]
    pub message: Vec<Message>,
}

/// A node of the tree with its message.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// A name for others to refer to.
    pub label: Option<String>,
    /// The label of its parent; default: the message before.
    pub under: Option<String>,
    /// The label of a message whose parent it shares: an edited prompt or a regenerated answer.
    pub beside: Option<String>,
    /// It has no parent: another root.
    #[serde(default)]
    pub detached: bool,
    /// The node's `message` is null.
    #[serde(default)]
    pub null: bool,
    /// Seconds since the message before; default: a plausible time by chance.
    pub after: Option<f64>,

    /// A prompt.
    pub user: Option<String>,
    /// An answer.
    pub assistant: Option<String>,
    /// A system message.
    pub system: Option<String>,
    /// The assistant's call of this tool, `code` being its input.
    pub call: Option<String>,
    /// This tool's result, `output` being its text (or `content` or `parts`).
    pub result: Option<String>,
    /// See `call`.
    pub code: Option<String>,
    /// See `call`; default `unknown`.
    pub language: Option<String>,
    /// See `result`.
    pub output: Option<String>,
    /// Reasoning.
    #[serde(default)]
    pub thoughts: Vec<Thought>,
    /// "Thought for 15s".
    pub recap: Option<String>,
    /// How long it thought.
    pub seconds: Option<f64>,
    /// A new canvas.
    pub canvas: Option<Canvas>,
    /// Changes to the canvas.
    #[serde(default)]
    pub updates: Vec<Update>,

    /// The author's role, where none of the above says it.
    pub role: Option<String>,
    /// Parts of a `multimodal_text`: a JSON array.
    pub parts: Option<String>,
    /// The whole content: a JSON object.
    pub content: Option<String>,

    /// The model; default: the conversation's, for answers.
    pub model: Option<String>,
    /// Hidden by flag.
    #[serde(default)]
    pub hidden: bool,
    /// Cut by the person.
    #[serde(default)]
    pub interrupted: bool,
    /// Default 1.
    pub weight: Option<f64>,
    /// `final`, `commentary`, `analysis`.
    pub channel: Option<String>,
    /// Uploads: a JSON array for `metadata.attachments`.
    pub attachments: Option<String>,
    /// Keys of the metadata to set: a JSON object.
    pub metadata: Option<String>,
    /// Keys of the message to set: a JSON object.
    pub fields: Option<String>,
    /// Keys of the message to leave out.
    #[serde(default)]
    pub without: Vec<String>,
    /// Keys of the node to set: a JSON object.
    pub node: Option<String>,
}

/// A step of reasoning.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thought {
    /// Its headline.
    pub summary: String,
    /// Its text.
    pub content: String,
}

/// A canvas as it was created.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Canvas {
    /// The document's name.
    pub name: String,
    /// `document`, `code/python`, …
    #[serde(rename = "type")]
    pub format: String,
    /// Its text.
    pub content: String,
}

/// A change of a canvas.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Update {
    /// A regular expression as Python writes them.
    pub pattern: String,
    /// All matches, not only the first.
    #[serde(default)]
    pub multiple: bool,
    /// What stands there afterwards.
    pub replacement: String,
}
