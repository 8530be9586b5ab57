//! The fields of Claude's export that are read, by their names in the JSON. Everything else is skipped.

use std::borrow::Cow;

use serde::de::SeqAccess;

use crate::import::{
    json::{Lenient, Raw, Text, record},
    stamp::Stamp,
};

record! {
    /// An element of `chat_messages`.
    ChatMessage<'de> {
        uuid: Text<'de> = "uuid",
        parent: Text<'de> = "parent_message_uuid",
        sender: Text<'de> = "sender",
        text: Raw<'de> = "text",
        content: Blocks<'de> = "content",
        created: Stamp = "created_at",
        attachments: Vec<Attached<'de>> = "attachments",
        files: Vec<Filed<'de>> = "files",
        files_again: Vec<Filed<'de>> = "files_v2",
    }
}

/// `content`: a list of blocks, each as it stands; or a bare string.
#[derive(Clone, Debug, Default)]
pub(crate) struct Blocks<'de> {
    pub list: Vec<Raw<'de>>,
    pub bare: Text<'de>,
}

impl<'de> Lenient<'de> for Blocks<'de> {
    fn from_text(text: Cow<'de, str>) -> Self {
        Self { list: Vec::new(), bare: Some(text) }
    }

    fn from_list<A: SeqAccess<'de>>(list: A) -> Result<Self, A::Error> {
        Ok(Self { list: Lenient::from_list(list)?, bare: None })
    }
}

record! {
    /// An upload whose text the export carries.
    Attached<'de> {
        id: Text<'de> = "id",
        name: Text<'de> = "file_name",
        size: Option<f64> = "file_size",
        kind: Text<'de> = "file_type",
        content: Raw<'de> = "extracted_content",
    }
}

record! {
    /// An upload that is only named.
    Filed<'de> {
        id: Text<'de> = "file_uuid",
        other_id: Text<'de> = "uuid",
        name: Text<'de> = "file_name",
        kind: Text<'de> = "file_kind",
    }
}

record! {
    /// An element of `content`, with the fields of every type.
    BlockFields<'de> {
        kind: Text<'de> = "type",
        text: Raw<'de> = "text",
        thinking: Raw<'de> = "thinking",
        summaries: Vec<Summary<'de>> = "summaries",
        cut_off: bool = "cut_off",
        started: Stamp = "start_timestamp",
        stopped: Stamp = "stop_timestamp",
        name: Text<'de> = "name",
        input: Raw<'de> = "input",
        content: Raw<'de> = "content",
        failed: bool = "is_error",
        message: Raw<'de> = "message",
        prompt: Raw<'de> = "prompt",
        result: Raw<'de> = "result",
        title: Text<'de> = "title",
        url: Text<'de> = "url",
        file_uuid: Text<'de> = "file_uuid",
        citations: Vec<Cited<'de>> = "citations",
    }
}

record! {
    /// What a stretch of reasoning was about.
    Summary<'de> {
        summary: Raw<'de> = "summary",
    }
}

record! {
    /// What an answer cites.
    Cited<'de> {
        title: Text<'de> = "title",
        url: Text<'de> = "url",
        details: CitedDetails<'de> = "details",
        sources: Vec<CitedDetails<'de>> = "sources",
    }
}

record! {
    /// See [`Cited`].
    CitedDetails<'de> {
        title: Text<'de> = "title",
        url: Text<'de> = "url",
    }
}

record! {
    /// What the tool `artifacts` is given.
    ArtifactInput<'de> {
        command: Text<'de> = "command",
        id: Text<'de> = "id",
        kind: Text<'de> = "type",
        title: Text<'de> = "title",
        language: Text<'de> = "language",
        content: Raw<'de> = "content",
        old: Raw<'de> = "old_str",
        new: Raw<'de> = "new_str",
    }
}

record! {
    /// What a tool that runs code is given.
    CodeInput<'de> {
        code: Raw<'de> = "code",
    }
}
