//! The fields of Claude's export that are read, by their names in the JSON. Everything else is skipped.

use crate::import::{
    fields::{Page, Pieces},
    json::{Raw, Text, record},
    timestamp::Timestamp,
};

record! {
    /// An element of `chat_messages`.
    ChatMessage<'de> {
        uuid: Text<'de> = "uuid",
        parent: Text<'de> = "parent_message_uuid",
        sender: Text<'de> = "sender",
        text: Raw<'de> = "text",
        content: Pieces<'de> = "content",
        created: Timestamp = "created_at",
        attachments: Vec<Attached<'de>> = "attachments",
        files: Vec<Filed<'de>> = "files",
        files_again: Vec<Filed<'de>> = "files_v2",
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
        started: Timestamp = "start_timestamp",
        stopped: Timestamp = "stop_timestamp",
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
    /// The subject of a stretch of reasoning.
    Summary<'de> {
        summary: Raw<'de> = "summary",
    }
}

record! {
    /// A citation of an answer.
    Cited<'de> {
        title: Text<'de> = "title",
        url: Text<'de> = "url",
        details: Page<'de> = "details",
        sources: Vec<Page<'de>> = "sources",
    }
}

record! {
    /// The arguments of the tool `artifacts`.
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
    /// The arguments of a tool that runs code.
    CodeInput<'de> {
        code: Raw<'de> = "code",
    }
}
