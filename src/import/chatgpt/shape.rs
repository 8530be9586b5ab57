//! The fields of the ChatGPT export that are read, by their names in the JSON. The strings under every other key are
//! kept too, but for those that [`left_out`](mod@super::left_out) lists.

use std::borrow::Cow;

use serde::de::MapAccess;

use super::{
    left_out::{left_out, left_out_of_files, left_out_of_results},
    source_shape::{CiteMetadata, OldCitation, Reference, Remembered, SearchGroup},
};
use crate::import::{
    fields::ContentList,
    json::{Field, Lenient, Maybe, MaybeText, MemoryBudget, OneOrMany, Raw, UnclaimedValue, record},
    timestamp::Timestamp,
};

record! {
    /// A node's message.
    Message<'de> keeps all but left_out {
        author: Author<'de> = "author",
        created: Timestamp = "create_time",
        content: MessageContent<'de> = "content",
        status: MaybeText<'de> = "status",
        weight: Option<f64> = "weight",
        metadata: Metadata<'de> = "metadata",
        recipient: MaybeText<'de> = "recipient",
        channel: MaybeText<'de> = "channel",
    }
}

record! {
    /// The author of a message.
    Author<'de> keeps all but left_out {
        role: MaybeText<'de> = "role",
        name: MaybeText<'de> = "name",
    }
}

/// The content of a message, in whichever fields its type uses.
#[derive(Clone, Debug, Default)]
pub(crate) struct MessageContent<'de>(pub ContentFields<'de>);

impl<'de> Lenient<'de> for MessageContent<'de> {
    fn from_text(text: Cow<'de, str>, budget: &MemoryBudget) -> Self {
        Self(ContentFields { parts: ContentList::from_text(text, budget), ..ContentFields::default() })
    }

    fn from_list<A: serde::de::SeqAccess<'de>>(list: A, budget: &MemoryBudget) -> Result<Self, A::Error> {
        let parts = ContentList::from_list(list, budget)?;
        Ok(Self(ContentFields { parts, ..ContentFields::default() }))
    }

    fn from_map<A: MapAccess<'de>>(map: A, budget: &MemoryBudget) -> Result<Self, A::Error> {
        ContentFields::from_map(map, budget).map(Self)
    }

    fn fill<A: MapAccess<'de>>(&mut self, map: A, budget: &MemoryBudget) -> Result<(), A::Error> {
        self.0.fill(map, budget)
    }

    fn take_field<A: MapAccess<'de>>(&mut self, map: &mut A, field: Field<'_, 'de>) -> Result<(), A::Error> {
        field.fill(self, map)
    }

    fn unread(&self, parent_key: &str, visit: &mut dyn FnMut(&str, &UnclaimedValue<'_>)) {
        self.0.unread(parent_key, visit);
    }
}

record! {
    /// The fields of a [`MessageContent`].
    ContentFields<'de> keeps all but left_out {
        content_type: MaybeText<'de> = "content_type",
        parts: ContentList<'de> = "parts",
        text: Raw<'de> = "text",
        language: MaybeText<'de> = "language",
        thoughts: Raw<'de> = "thoughts",
        content: Raw<'de> = "content",
        result: Raw<'de> = "result",
        summary: Raw<'de> = "summary",
        snippet: Raw<'de> = "snippet",
        message: Raw<'de> = "message",
        output: Raw<'de> = "output_str",
        url: MaybeText<'de> = "url",
        domain: MaybeText<'de> = "domain",
        title: MaybeText<'de> = "title",
        name: MaybeText<'de> = "name",
        user_profile: Raw<'de> = "user_profile",
        user_instructions: Raw<'de> = "user_instructions",
        model_set_context: Raw<'de> = "model_set_context",
        screenshot: Raw<'de> = "screenshot",
    }
}

record! {
    /// An object in `parts`: an image, a voice clip, a transcription, a list of further parts.
    PartObject<'de> keeps all but left_out {
        content_type: MaybeText<'de> = "content_type",
        text: Raw<'de> = "text",
        parts: ContentList<'de> = "parts",
        asset_pointer: MaybeText<'de> = "asset_pointer",
        image_url: Raw<'de> = "image_url",
        size: Option<f64> = "size_bytes",
        width: Option<f64> = "width",
        height: Option<f64> = "height",
        format: MaybeText<'de> = "format",
        metadata: PartMetadata<'de> = "metadata",
        audio: Pointer<'de> = "audio_asset_pointer",
        video: Pointer<'de> = "video_container_asset_pointer",
    }
}

record! {
    /// The metadata of a part.
    PartMetadata<'de> keeps all but left_out {
        dalle: Dalle<'de> = "dalle",
        generation: Dalle<'de> = "generation",
    }
}

record! {
    /// The making of an image.
    Dalle<'de> keeps all but left_out {
        prompt: MaybeText<'de> = "prompt",
    }
}

/// A pointer to a stored file: a string, or an object that holds one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pointer<'de>(pub PointerFields<'de>);

record! {
    /// The fields of a [`Pointer`].
    PointerFields<'de> keeps all but left_out {
        asset_pointer: MaybeText<'de> = "asset_pointer",
        format: MaybeText<'de> = "format",
        size: Option<f64> = "size_bytes",
    }
}

impl<'de> Lenient<'de> for Pointer<'de> {
    fn from_text(text: Cow<'de, str>, _: &MemoryBudget) -> Self {
        Self(PointerFields { asset_pointer: Some(text), ..PointerFields::default() })
    }

    fn from_map<A: MapAccess<'de>>(map: A, budget: &MemoryBudget) -> Result<Self, A::Error> {
        PointerFields::from_map(map, budget).map(Self)
    }

    fn unread(&self, parent_key: &str, visit: &mut dyn FnMut(&str, &UnclaimedValue<'_>)) {
        self.0.unread(parent_key, visit);
    }
}

/// A step of the model's reasoning: an object, or its words alone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Thought<'de> {
    pub plain: MaybeText<'de>,
    pub fields: ThoughtFields<'de>,
}

record! {
    /// The fields of a [`Thought`].
    ThoughtFields<'de> keeps all but left_out {
        summary: Raw<'de> = "summary",
        content: Raw<'de> = "content",
        chunks: Raw<'de> = "chunks",
    }
}

impl<'de> Lenient<'de> for Thought<'de> {
    fn from_text(text: Cow<'de, str>, _: &MemoryBudget) -> Self {
        Self { plain: Some(text), fields: ThoughtFields::default() }
    }

    fn from_list<A: serde::de::SeqAccess<'de>>(list: A, budget: &MemoryBudget) -> Result<Self, A::Error> {
        Ok(Self { plain: None, fields: ThoughtFields::from_list(list, budget)? })
    }

    fn from_map<A: MapAccess<'de>>(map: A, budget: &MemoryBudget) -> Result<Self, A::Error> {
        Ok(Self { plain: None, fields: ThoughtFields::from_map(map, budget)? })
    }

    fn unread(&self, parent_key: &str, visit: &mut dyn FnMut(&str, &UnclaimedValue<'_>)) {
        self.fields.unread(parent_key, visit);
    }
}

record! {
    /// The metadata of a message.
    Metadata<'de> keeps all but left_out {
        model: MaybeText<'de> = "model_slug",
        resolved_model: MaybeText<'de> = "resolved_model_slug",
        attachments: OneOrMany<Upload<'de>> = "attachments",
        citations: OneOrMany<OldCitation<'de>> = "citations",
        references: OneOrMany<Reference<'de>> = "content_references",
        references_by_file: OneOrMany<OneOrMany<FileReference<'de>>> = "content_references_by_file",
        agent_files: OneOrMany<FileReference<'de>> = "n7jupd_crefs",
        agent_files_by_file: OneOrMany<OneOrMany<FileReference<'de>>> = "n7jupd_crefs_by_file",
        visualizations: OneOrMany<FileReference<'de>> = "ada_visualizations",
        search_groups: OneOrMany<SearchGroup<'de>> = "search_result_groups",
        remembered: OneOrMany<Remembered<'de>> = "conversation_context_citation_metadata",
        hidden: bool = "is_visually_hidden_from_conversation",
        user_system: bool = "is_user_system_message",
        user_context: UserContext<'de> = "user_context_message_data",
        finish: Finish<'de> = "finish_details",
        seconds: Option<f64> = "finished_duration_sec",
        reasoning_title: MaybeText<'de> = "reasoning_title",
        preamble: bool = "is_thinking_preamble_message",
        aggregate: Aggregate<'de> = "aggregate_result",
        cited: CiteMetadata<'de> = "_cite_metadata",
        targeted: Raw<'de> = "targeted_reply",
        targeted_label: Raw<'de> = "targeted_reply_label",
        sdk: Raw<'de> = "chatgpt_sdk",
        canvas: CanvasState<'de> = "canvas",
    }
}

record! {
    /// The canvas that a message is about.
    CanvasState<'de> keeps all but left_out {
        id: MaybeText<'de> = "textdoc_id",
        title: MaybeText<'de> = "title",
    }
}

record! {
    /// The old form of custom instructions.
    UserContext<'de> keeps all but left_out {
        about_user: Raw<'de> = "about_user_message",
        about_model: Raw<'de> = "about_model_message",
    }
}

record! {
    /// The end of an answer.
    Finish<'de> keeps all but left_out {
        kind: MaybeText<'de> = "type",
    }
}

record! {
    /// The outputs of python.
    Aggregate<'de> keeps all but left_out_of_results {
        messages: OneOrMany<AggregateMessage<'de>> = "messages",
        last: Raw<'de> = "final_expression_output",
    }
}

record! {
    /// One of its outputs.
    AggregateMessage<'de> keeps all but left_out_of_results {
        image_url: MaybeText<'de> = "image_url",
        text: Raw<'de> = "text",
    }
}

record! {
    /// An upload; the text does not mention it.
    Upload<'de> keeps all but left_out_of_files {
        id: MaybeText<'de> = "id",
        name: MaybeText<'de> = "name",
        size: Option<f64> = "size",
        mime: MaybeText<'de> = "mime_type",
        other_mime: MaybeText<'de> = "mimeType",
        is_paste: bool = "is_big_paste",
        width: Option<f64> = "width",
        height: Option<f64> = "height",
    }
}

record! {
    /// A file that the model made or found, wherever it is listed.
    FileReference<'de> keeps all but left_out_of_files {
        id: MaybeText<'de> = "id",
        file_id: MaybeText<'de> = "file_id",
        name: MaybeText<'de> = "name",
        file_name: MaybeText<'de> = "file_name",
        title: MaybeText<'de> = "title",
        mime: MaybeText<'de> = "mime_type",
    }
}

record! {
    /// A widget of the research tool, and the report in it.
    Widget<'de> keeps all but left_out {
        report: Maybe<Message<'de>> = "report_message",
    }
}

record! {
    /// The state of what an app shows: of a widget of the research tool, in one of its places.
    Sdk<'de> keeps all but left_out {
        state: Raw<'de> = "widget_state",
        response: SdkResponse<'de> = "tool_response_metadata",
    }
}

record! {
    /// The answer of an app.
    SdkResponse<'de> keeps all but left_out {
        state: Raw<'de> = "venus_widget_state",
    }
}

/// Returns a text that says something.
#[expect(clippy::ref_option, reason = "the fields of a record are all such")]
pub(super) fn non_blank<'a>(text: &'a Option<Cow<'_, str>>) -> Option<&'a str> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty())
}
