//! The fields of Claude's export that are read, by their names in the JSON. The strings under every other key are kept
//! too, but for those that [`left_out`](mod@super::left_out) lists.

use super::left_out::left_out;
use crate::import::{
    fields::ContentList,
    json::{MaybeText, OneOrMany, Raw, record},
    timestamp::Timestamp,
};

record! {
    /// An element of `chat_messages`.
    ChatMessage<'de> keeps all but left_out {
        uuid: MaybeText<'de> = "uuid",
        parent: MaybeText<'de> = "parent_message_uuid",
        sender: MaybeText<'de> = "sender",
        text: Raw<'de> = "text",
        content: ContentList<'de> = "content",
        created: Timestamp = "created_at",
        attachments: OneOrMany<Attached<'de>> = "attachments",
        files: OneOrMany<Filed<'de>> = "files",
        files_again: OneOrMany<Filed<'de>> = "files_v2",
    }
}

record! {
    /// An upload whose text the export carries.
    Attached<'de> keeps all but left_out {
        id: MaybeText<'de> = "id",
        name: MaybeText<'de> = "file_name",
        size: Option<f64> = "file_size",
        kind: MaybeText<'de> = "file_type",
        content: Raw<'de> = "extracted_content",
    }
}

record! {
    /// An upload that is only named.
    Filed<'de> keeps all but left_out {
        id: MaybeText<'de> = "file_uuid",
        other_id: MaybeText<'de> = "uuid",
        name: MaybeText<'de> = "file_name",
        kind: MaybeText<'de> = "file_kind",
    }
}

record! {
    /// An element of `content`, with the fields of every type.
    BlockFields<'de> keeps all but left_out {
        kind: MaybeText<'de> = "type",
        text: Raw<'de> = "text",
        thinking: Raw<'de> = "thinking",
        summaries: OneOrMany<Summary<'de>> = "summaries",
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
        citations: OneOrMany<Cited<'de>> = "citations",
    }
}

record! {
    /// The subject of a stretch of reasoning.
    Summary<'de> keeps all but left_out {
        summary: Raw<'de> = "summary",
    }
}

record! {
    /// A citation of an answer.
    Cited<'de> keeps all but left_out {
        title: MaybeText<'de> = "title",
        url: MaybeText<'de> = "url",
        details: CitedPage<'de> = "details",
        sources: OneOrMany<CitedPage<'de>> = "sources",
    }
}

record! {
    /// A page that is cited.
    CitedPage<'de> keeps all but left_out {
        title: MaybeText<'de> = "title",
        url: MaybeText<'de> = "url",
    }
}

record! {
    /// A result of a tool, or an element of one: a page, a file, a text.
    ResultPiece<'de> keeps all but left_out {
        title: MaybeText<'de> = "title",
        name: MaybeText<'de> = "name",
        url: MaybeText<'de> = "url",
        text: Raw<'de> = "text",
    }
}

record! {
    /// The arguments of the tool `artifacts`, and of those that make and change files (since autumn 2025).
    ArtifactInput<'de> keeps all but left_out {
        command: MaybeText<'de> = "command",
        id: MaybeText<'de> = "id",
        kind: MaybeText<'de> = "type",
        title: MaybeText<'de> = "title",
        language: MaybeText<'de> = "language",
        content: Raw<'de> = "content",
        old: Raw<'de> = "old_str",
        new: Raw<'de> = "new_str",
        citations: OneOrMany<CitedPage<'de>> = "md_citations",
        path: MaybeText<'de> = "path",
        file: Raw<'de> = "file_text",
    }
}

record! {
    /// The arguments of a tool that runs code.
    CodeInput<'de> keeps all but left_out {
        code: Raw<'de> = "code",
    }
}
