//! The fields of Claude's export that are read, by their names in the JSON. Everything else is skipped.

use crate::import::{
    fields::{ContentPieces, Page},
    json::{MaybeText, Raw, record},
    timestamp::Timestamp,
};

record! {
    /// An element of `chat_messages`.
    ChatMessage<'de> {
        uuid: MaybeText<'de> = "uuid",
        parent: MaybeText<'de> = "parent_message_uuid",
        sender: MaybeText<'de> = "sender",
        text: Raw<'de> = "text",
        content: ContentPieces<'de> = "content",
        created: Timestamp = "created_at",
        attachments: Vec<Attached<'de>> = "attachments",
        files: Vec<Filed<'de>> = "files",
        files_again: Vec<Filed<'de>> = "files_v2",
    }
}

record! {
    /// An upload whose text the export carries.
    Attached<'de> {
        id: MaybeText<'de> = "id",
        name: MaybeText<'de> = "file_name",
        size: Option<f64> = "file_size",
        kind: MaybeText<'de> = "file_type",
        content: Raw<'de> = "extracted_content",
    }
}

record! {
    /// An upload that is only named.
    Filed<'de> {
        id: MaybeText<'de> = "file_uuid",
        other_id: MaybeText<'de> = "uuid",
        name: MaybeText<'de> = "file_name",
        kind: MaybeText<'de> = "file_kind",
    }
}

record! {
    /// An element of `content`, with the fields of every type.
    BlockFields<'de> {
        kind: MaybeText<'de> = "type",
        text: Raw<'de> = "text",
        thinking: Raw<'de> = "thinking",
        summaries: Vec<Summary<'de>> = "summaries",
        cut_off: bool = "cut_off",
        started: Timestamp = "start_timestamp",
        stopped: Timestamp = "stop_timestamp",
        name: MaybeText<'de> = "name",
        input: Raw<'de> = "input",
        content: Raw<'de> = "content",
        failed: bool = "is_error",
        message: Raw<'de> = "message",
        prompt: Raw<'de> = "prompt",
        result: Raw<'de> = "result",
        title: MaybeText<'de> = "title",
        url: MaybeText<'de> = "url",
        file_uuid: MaybeText<'de> = "file_uuid",
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
        title: MaybeText<'de> = "title",
        url: MaybeText<'de> = "url",
        details: Page<'de> = "details",
        sources: Vec<Page<'de>> = "sources",
    }
}

record! {
    /// The arguments of the tool `artifacts`, and of those that make and change files (since autumn 2025).
    ArtifactInput<'de> {
        command: MaybeText<'de> = "command",
        id: MaybeText<'de> = "id",
        kind: MaybeText<'de> = "type",
        title: MaybeText<'de> = "title",
        language: MaybeText<'de> = "language",
        content: Raw<'de> = "content",
        old: Raw<'de> = "old_str",
        new: Raw<'de> = "new_str",
        citations: Vec<Page<'de>> = "md_citations",
        path: MaybeText<'de> = "path",
        file: Raw<'de> = "file_text",
    }
}

record! {
    /// The arguments of a tool that runs code.
    CodeInput<'de> {
        code: Raw<'de> = "code",
    }
}
