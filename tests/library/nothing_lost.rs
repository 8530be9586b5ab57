//! Every string that an export carries in a message is shown, or folded under a label, or stands in the table of what is
//! left out on purpose: marked words are planted at random in objects of every provider, and looked for on four roads.

use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use unspool::{
    conversation::{Annotation, AnnotationKind, Conversation, Provider, Visibility},
    extract::{ExtractOptions, Format, Include},
    import::reason_to_leave_out,
    library::ConversationRef,
    search::{Clock, Matcher, Query},
    secrets::{Scanner, exposures},
    transcript::{Transcript, TranscriptOptions as View},
};

use crate::support::exports::{Chain, claude, conversation, parse};

/// What somebody finds of a conversation who looks for everything.
struct Roads<'c> {
    conversation: &'c Conversation,
    /// An extract with everything in it.
    extract: String,
    /// The screen with everything unfolded.
    screen: String,
}

impl<'c> Roads<'c> {
    fn of(conversation: &'c Conversation) -> Self {
        let mut options = ExtractOptions::new(Format::Text, TimeZone::UTC);
        (options.include, options.all_branches) = (Include::ALL, true);
        let extract = unspool::extract::format_conversation(conversation, &options);
        let mut transcript = Transcript::new(ConversationRef::alone(conversation.clone()), View::default());
        transcript.set_all_folds(true);
        let mut screen = String::new();
        for entry in 0..transcript.entries().len() {
            for line in transcript.lines(entry, 1_000).iter() {
                screen.push_str(&line.text());
                line.right.iter().for_each(|span| screen.push_str(&span.text));
                screen.push('\n');
            }
        }
        Self { conversation, extract, screen }
    }

    /// The indices of the messages in whose text a word stands, or in what is named beside it: a file, a source, a canvas.
    fn messages_with(&self, word: &str) -> Vec<usize> {
        let messages = 0..self.conversation.messages().len();
        let says = |&index: &usize| {
            self.conversation.message_text(index).contains(word) || self.is_named(index, word)
        };
        messages.filter(says).collect()
    }

    /// Whether a word stands in a message that the provider's own screen never shows, and in no other.
    fn is_hidden(&self, word: &str) -> bool {
        let messages = self.conversation.messages();
        (0..messages.len())
            .filter(|&index| self.message_says(index, word))
            .all(|index| messages[index].visibility == Visibility::Hidden)
    }

    /// Whether a word stands in a message: in its text, or in what belongs to it.
    fn message_says(&self, index: usize, word: &str) -> bool {
        let is_type = |part: &Annotation| match &part.detail {
            AnnotationKind::Attachment(file) => file.mime.contains(word),
            _ => false,
        };
        self.conversation.message_text(index).contains(word)
            || self.conversation.message_name(index).is_some_and(|name| name.contains(word))
            || self.is_named(index, word)
            || self.conversation.message_annotations(index).iter().any(is_type)
    }

    /// Whether a file, a source or a canvas of a message has a word in it, or in its name.
    fn is_named(&self, index: usize, word: &str) -> bool {
        self.conversation.message_annotations(index).iter().any(|part| match &part.detail {
            AnnotationKind::ListedSources(links) => {
                links.iter().any(|link| link.title.contains(word) || link.url.contains(word))
            }
            AnnotationKind::QuotedPage(link) => link.title.contains(word) || link.url.contains(word),
            // Its id is the address of a file inside the service, which the screen need not say.
            AnnotationKind::Attachment(file) => {
                let attached = self.conversation.attached_text(index, file);
                [&*file.name, &*file.prompt, attached].iter().any(|said| said.contains(word))
            }
            AnnotationKind::Canvas { title, .. } => title.contains(word),
            _ => false,
        })
    }

    /// Looks for a word on each road; the first on which it is not.
    fn missing(&self, word: &str) -> Option<&'static str> {
        if !self.extract.contains(word) {
            return Some("the extract");
        }
        if !self.screen.contains(word) && !self.is_hidden(word) {
            return Some("the screen");
        }
        let messages = self.conversation.messages();
        let texts = self.messages_with(word);
        let searched = texts.iter().any(|&index| messages[index].visibility != Visibility::Hidden);
        let query =
            Query::parse(&format!("{word} role:user role:assistant role:tool role:system"), &Clock::EPOCH);
        if searched && Matcher::new(&query).score(self.conversation).is_none() {
            return Some("the search");
        }
        None
    }

    /// Whether the audit tells a credential of one of its messages.
    fn is_audited(&self) -> bool {
        exposures::exposures_of_conversation(Scanner::built_in(), self.conversation)
            .iter()
            .any(|found| found.message.is_some())
    }
}
/// Keys of every kind: known ones of ChatGPT's, where they mean something and elsewhere, and invented ones.
const CHATGPTS_KEYS: [&str; 46] = [
    "text",
    "title",
    "name",
    "url",
    "summary",
    "result",
    "content",
    "snippet",
    "message",
    "output_str",
    "thoughts",
    "chunks",
    "parts",
    "metadata",
    "screenshot",
    "state",
    "attachments",
    "citations",
    "content_references",
    "items",
    "search_result_groups",
    "entries",
    "aggregate_result",
    "messages",
    "targeted_reply",
    "user_profile",
    "model_set_context",
    "dalle",
    "prompt",
    "reasoning_title",
    "image_url",
    "domain",
    "canvas",
    "chatgpt_sdk",
    "widget_state",
    "report_message",
    "_cite_metadata",
    "metadata_list",
    "extra",
    "weight",
    "size",
    "foo",
    "bar_baz",
    "widget",
    "rows",
    "n7",
];

/// The same of Claude's.
const CLAUDES_KEYS: [&str; 44] = [
    "text",
    "thinking",
    "summaries",
    "summary",
    "input",
    "content",
    "message",
    "prompt",
    "result",
    "title",
    "name",
    "url",
    "file_uuid",
    "citations",
    "details",
    "sources",
    "cut_off",
    "is_error",
    "extracted_content",
    "file_name",
    "file_size",
    "attachments",
    "files",
    "files_v2",
    "display_content",
    "integration_name",
    "approval_options",
    "structured_content",
    "meta",
    "metadata",
    "prompt_context_metadata",
    "context",
    "sync_sources",
    "code",
    "language",
    "path",
    "file_text",
    "old_str",
    "md_citations",
    "description",
    "json_block",
    "foo",
    "rows",
    "n7",
];

/// A value that nobody foresaw; its strings are numbered afterwards.
fn value(keys: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![8 => Just(json!("?")), 1 => Just(json!(7)), 1 => Just(Value::Null)];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            1 => proptest::collection::vec(inner.clone(), 1..4).prop_map(Value::Array),
            3 => fields(keys, inner, 1..4).prop_map(Value::Object),
        ]
    })
}

/// An object of these keys.
fn fields(
    keys: &'static [&'static str],
    value: impl Strategy<Value = Value>,
    count: std::ops::Range<usize>,
) -> impl Strategy<Value = Map<String, Value>> {
    proptest::collection::vec((proptest::sample::select(keys), value), count)
        .prop_map(|fields| fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// A word that looks like a key. It is made up, and opens nothing.
const CREDENTIAL: &str = concat!("AK", "IAZQ5T7XHWRJM2KD4P");

/// Puts words of their own in the place of the strings of a message that are not left out.
struct Planting {
    provider: Provider,
    /// The number of the string, modulo all of them, that becomes a credential.
    credential: usize,
    words: Vec<String>,
}

impl Planting {
    fn plant(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => {
                let number = self.words.len();
                *text = if number == self.credential { CREDENTIAL.into() } else { format!("zq{number}x") };
                self.words.push(text.clone());
            }
            Value::Array(list) => list.iter_mut().for_each(|value| self.plant(value)),
            Value::Object(fields) => self.plant_fields(fields),
            _ => {}
        }
    }

    fn plant_fields(&mut self, fields: &mut Map<String, Value>) {
        for (key, value) in fields.iter_mut() {
            if reason_to_leave_out(self.provider, key).is_none() {
                self.plant(value);
            }
        }
    }
}

/// Looks for what was planted in a message on every road.
fn assert_nothing_is_lost(
    conversation: &Conversation,
    message: &Value,
    planted: &Planting,
) -> Result<(), TestCaseError> {
    let roads = Roads::of(conversation);
    for word in &planted.words {
        let missing = roads.missing(word);
        prop_assert_eq!(
            missing,
            None,
            "{} of {}\n{}\n--- screen:\n{}",
            word,
            message,
            roads.extract,
            roads.screen
        );
    }
    let is_planted = planted.words.iter().any(|word| word == CREDENTIAL);
    if is_planted && !roads.messages_with(CREDENTIAL).is_empty() {
        prop_assert!(roads.is_audited(), "{}\n{}", message, roads.extract);
    }
    Ok(())
}

/// The same of Claude's projects, memories and frames, but for those that are their names and kinds.
const KNOWLEDGES_KEYS: [&str; 18] = [
    "description",
    "prompt_template",
    "docs",
    "filename",
    "content",
    "conversations_memory",
    "project_memories",
    "memory_files",
    "path",
    "creator",
    "full_name",
    "versions",
    "title",
    "text",
    "summary",
    "foo",
    "rows",
    "n7",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// A string that nobody reads was not there: not on the screen, not in an extract, not found, not audited.
    #[test]
    fn no_string_of_chatgpts_messages_is_lost(
        role in proptest::sample::select(&["user", "assistant", "tool", "system", "robot"][..]),
        kind in proptest::sample::select(&["text", "multimodal_text", "code", "execution_output", "thoughts", "reasoning_recap",
            "tether_quote", "tether_browsing_display", "sonic_webpage", "system_error", "error", "user_editable_context",
            "model_editable_context", "computer_output", "super_widget", "of_the_future"][..]),
        mut content in fields(&CHATGPTS_KEYS, value(&CHATGPTS_KEYS), 0..4),
        mut metadata in fields(&CHATGPTS_KEYS, value(&CHATGPTS_KEYS), 0..4),
        mut besides in fields(&["foo", "bar_baz", "widget"], value(&CHATGPTS_KEYS), 0..2),
        credential in 0_usize..8,
    ) {
        let mut planting = Planting { provider: Provider::ChatGpt, credential, words: Vec::new() };
        for fields in [&mut content, &mut metadata, &mut besides] {
            planting.plant_fields(fields);
        }
        content.insert("content_type".to_owned(), json!(kind));
        besides.extend([("author".to_owned(), json!({"role": role})), ("content".to_owned(), Value::Object(content)),
            ("metadata".to_owned(), Value::Object(metadata))]);
        let message = Value::Object(besides);
        assert_nothing_is_lost(&parse(&conversation(Chain::of([message.clone()]))), &message, &planting)?;
    }

    #[test]
    fn no_string_of_claudes_messages_is_lost(
        sender in proptest::sample::select(&["human", "assistant", "system", "oracle"][..]),
        blocks in proptest::collection::vec((proptest::sample::select(&["text", "thinking", "tool_use", "tool_result",
            "injected_prompt_block", "image", "document", "voice_note", "token_budget", "redacted_thinking", "of_the_future"][..]),
            proptest::sample::select(&["", "artifacts", "create_file", "repl", "web_search"][..]),
            fields(&CLAUDES_KEYS, value(&CLAUDES_KEYS), 0..5)), 0..4),
        mut besides in fields(&CLAUDES_KEYS, value(&CLAUDES_KEYS), 0..4),
        mut files in proptest::collection::vec(fields(&CLAUDES_KEYS, value(&CLAUDES_KEYS), 0..4), 0..3),
        credential in 0_usize..8,
    ) {
        let mut planting = Planting { provider: Provider::Claude, credential, words: Vec::new() };
        let mut content = Vec::new();
        for (kind, tool, mut block) in blocks {
            planting.plant_fields(&mut block);
            block.insert("type".to_owned(), json!(kind));
            if !tool.is_empty() {
                block.insert("name".to_owned(), json!(tool));
                if let Some(Value::Object(input)) = block.get_mut("input") {
                    input.insert("command".to_owned(), json!("create"));
                }
            }
            content.push(Value::Object(block));
        }
        for file in &mut files {
            planting.plant_fields(file);
        }
        planting.plant_fields(&mut besides);
        for (key, value) in [("uuid", json!("m1")), ("sender", json!(sender))] {
            besides.insert(key.to_owned(), value);
        }
        if !content.is_empty() {
            besides.insert("content".to_owned(), Value::Array(content));
        }
        if !files.is_empty() {
            besides.insert("attachments".to_owned(), json!(files));
        }
        // What was written over is not planted.
        let message = Value::Object(besides);
        let written = message.to_string();
        planting.words.retain(|word| written.contains(word));
        let object = claude::conversation("c-1", "A name", vec![message.clone()]);
        assert_nothing_is_lost(&parse(&object), &message, &planting)?;
    }

    #[test]
    fn no_string_of_claudes_projects_memories_and_frames_is_lost(
        kind in proptest::sample::select(&["prompt_template", "memory_files", "versions"][..]),
        mut object in fields(&KNOWLEDGES_KEYS, value(&KNOWLEDGES_KEYS), 0..4),
        mut element in fields(&KNOWLEDGES_KEYS, value(&KNOWLEDGES_KEYS), 0..4),
        credential in 0_usize..8,
    ) {
        let mut planting = Planting { provider: Provider::Claude, credential, words: Vec::new() };
        planting.plant_fields(&mut object);
        planting.plant_fields(&mut element);
        let value = if kind == "prompt_template" { json!("Mind the gnome.") } else { json!([element, "zq999x"]) };
        object.extend([(kind.to_owned(), value), ("uuid".to_owned(), json!("u-1")), ("name".to_owned(), json!("Shed"))]);
        if kind == "versions" {
            object.extend([("id".to_owned(), json!("f-1")), ("visibility".to_owned(), json!("public")), ("active_version".to_owned(), json!("v-1"))]);
        }
        let object = Value::Object(object);
        let written = object.to_string();
        planting.words.push("zq999x".to_owned());
        planting.words.retain(|word| written.contains(word));
        assert_nothing_is_lost(&parse(&object), &object, &planting)?;
    }
}
