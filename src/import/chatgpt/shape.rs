//! The fields of the ChatGPT export that are read, by their names in the JSON. Everything else is skipped.

use std::borrow::Cow;

use serde::de::MapAccess;

use crate::import::{
    fields::{ContentPieces, Page},
    json::{Allowance, FieldKey, Lenient, MaybeText, Raw, record},
    timestamp::Timestamp,
};

/// An object, or nothing.
#[derive(Clone, Debug)]
pub(crate) struct Maybe<T>(pub Option<Box<T>>);

impl<T> Default for Maybe<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Lenient<'de>> Lenient<'de> for Maybe<T> {
    fn from_map<A: MapAccess<'de>>(map: A, allowance: &Allowance) -> Result<Self, A::Error> {
        T::from_map(map, allowance).map(|value| Self(Some(Box::new(value))))
    }
}

record! {
    /// A node's message.
    Message<'de> {
        author: Author<'de> = "author",
        created: Timestamp = "create_time",
        content: MessageContent<'de> = "content",
        status: MaybeText<'de> = "status",
        weight: Option<f64> = "weight",
        metadata: Metadata<'de> = "metadata",
        recipient: MaybeText<'de> = "recipient",
    }
}

record! {
    /// The author of a message.
    Author<'de> {
        role: MaybeText<'de> = "role",
        name: MaybeText<'de> = "name",
    }
}

/// The content of a message, in whichever fields its type uses.
#[derive(Clone, Debug, Default)]
pub(crate) struct MessageContent<'de>(pub ContentFields<'de>);

impl<'de> Lenient<'de> for MessageContent<'de> {
    fn from_text(text: Cow<'de, str>) -> Self {
        Self(ContentFields { parts: ContentPieces::from_text(text), ..ContentFields::default() })
    }

    fn from_map<A: MapAccess<'de>>(map: A, allowance: &Allowance) -> Result<Self, A::Error> {
        ContentFields::from_map(map, allowance).map(Self)
    }
}

record! {
    /// The fields of a [`MessageContent`].
    ContentFields<'de> {
        content_type: MaybeText<'de> = "content_type",
        parts: ContentPieces<'de> = "parts",
        text: Raw<'de> = "text",
        language: MaybeText<'de> = "language",
        thoughts: Vec<Thought<'de>> = "thoughts",
        content: Raw<'de> = "content",
        result: Raw<'de> = "result",
        summary: Raw<'de> = "summary",
        snippet: Raw<'de> = "snippet",
        url: MaybeText<'de> = "url",
        domain: MaybeText<'de> = "domain",
        title: MaybeText<'de> = "title",
        name: MaybeText<'de> = "name",
        user_profile: Raw<'de> = "user_profile",
        user_instructions: Raw<'de> = "user_instructions",
        model_set_context: Raw<'de> = "model_set_context",
    }
}

record! {
    /// An object in `parts`: an image, a voice clip, a transcription.
    PartObject<'de> {
        content_type: MaybeText<'de> = "content_type",
        text: Raw<'de> = "text",
        asset_pointer: MaybeText<'de> = "asset_pointer",
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
    PartMetadata<'de> {
        dalle: Dalle<'de> = "dalle",
        generation: Dalle<'de> = "generation",
    }
}

record! {
    /// The making of an image.
    Dalle<'de> {
        prompt: MaybeText<'de> = "prompt",
    }
}

/// A pointer to a stored file: a string, or an object that holds one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pointer<'de>(pub PointerFields<'de>);

record! {
    /// The fields of a [`Pointer`].
    PointerFields<'de> {
        asset_pointer: MaybeText<'de> = "asset_pointer",
        format: MaybeText<'de> = "format",
        size: Option<f64> = "size_bytes",
    }
}

impl<'de> Lenient<'de> for Pointer<'de> {
    fn from_text(text: Cow<'de, str>) -> Self {
        Self(PointerFields { asset_pointer: Some(text), ..PointerFields::default() })
    }

    fn from_map<A: MapAccess<'de>>(map: A, allowance: &Allowance) -> Result<Self, A::Error> {
        PointerFields::from_map(map, allowance).map(Self)
    }
}

record! {
    /// A step of the model's reasoning.
    Thought<'de> {
        summary: MaybeText<'de> = "summary",
        content: Raw<'de> = "content",
        chunks: Raw<'de> = "chunks",
    }
}

record! {
    /// The metadata of a message.
    Metadata<'de> {
        model: MaybeText<'de> = "model_slug",
        attachments: Vec<Upload<'de>> = "attachments",
        citations: Vec<OldCitation<'de>> = "citations",
        references: Vec<Reference<'de>> = "content_references",
        hidden: bool = "is_visually_hidden_from_conversation",
        user_system: bool = "is_user_system_message",
        user_context: UserContext<'de> = "user_context_message_data",
        finish: Finish<'de> = "finish_details",
        seconds: Option<f64> = "finished_duration_sec",
        aggregate: Aggregate<'de> = "aggregate_result",
        cited: CiteMetadata<'de> = "_cite_metadata",
    }
}

record! {
    /// The old form of custom instructions.
    UserContext<'de> {
        about_user: Raw<'de> = "about_user_message",
        about_model: Raw<'de> = "about_model_message",
    }
}

record! {
    /// The end of an answer.
    Finish<'de> {
        kind: MaybeText<'de> = "type",
    }
}

record! {
    /// The outputs of python.
    Aggregate<'de> {
        messages: Vec<AggregateMessage<'de>> = "messages",
    }
}

record! {
    /// One of its outputs.
    AggregateMessage<'de> {
        image_url: MaybeText<'de> = "image_url",
    }
}

record! {
    /// An upload; the text does not mention it.
    Upload<'de> {
        id: MaybeText<'de> = "id",
        name: MaybeText<'de> = "name",
        size: Option<f64> = "size",
        mime: MaybeText<'de> = "mime_type",
        width: Option<f64> = "width",
        height: Option<f64> = "height",
    }
}

record! {
    /// The pages a browsing tool saw.
    CiteMetadata<'de> {
        list: Vec<Page<'de>> = "metadata_list",
    }
}

record! {
    /// An element of `metadata.citations[]`: the target of a 【…†…】.
    OldCitation<'de> {
        start: Option<f64> = "start_ix",
        end: Option<f64> = "end_ix",
        metadata: OldCitationMetadata<'de> = "metadata",
    }
}

record! {
    /// The metadata of an [`OldCitation`].
    OldCitationMetadata<'de> {
        title: MaybeText<'de> = "title",
        name: MaybeText<'de> = "name",
        url: MaybeText<'de> = "url",
        extra: OldCitationExtra = "extra",
    }
}

/// The number of the message that an [`OldCitation`] cites.
#[derive(Clone, Debug, Default)]
pub(crate) struct OldCitationExtra {
    pub message: Option<f64>,
}

impl<'de> Lenient<'de> for OldCitationExtra {
    fn from_map<A: MapAccess<'de>>(mut map: A, allowance: &Allowance) -> Result<Self, A::Error> {
        let mut extra = Self::default();
        while let Some(FieldKey(key)) = map.next_key()? {
            let number = map.next_value_seed(allowance.seed())?;
            if key == "cited_message_idx" {
                extra.message = number;
            }
        }
        Ok(extra)
    }
}

record! {
    /// An element of `metadata.content_references[]`: the target of a citation marker.
    Reference<'de> {
        matched: MaybeText<'de> = "matched_text",
        kind: MaybeText<'de> = "type",
        alt: MaybeText<'de> = "alt",
        name: MaybeText<'de> = "name",
        title: MaybeText<'de> = "title",
        url: MaybeText<'de> = "url",
        items: Vec<Item<'de>> = "items",
        fallback: Vec<Item<'de>> = "fallback_items",
        sources: Vec<Item<'de>> = "sources",
        safe_urls: Vec<MaybeText<'de>> = "safe_urls",
    }
}

record! {
    /// A source of a reference.
    Item<'de> {
        title: MaybeText<'de> = "title",
        url: MaybeText<'de> = "url",
        attribution: MaybeText<'de> = "attribution",
        supporting: Vec<Page<'de>> = "supporting_websites",
    }
}
