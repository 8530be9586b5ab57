//! OpenAI's ChatGPT.

use super::{Controls, Facts, Holds, PartZips, SideFile};

pub(super) static FACTS: Facts = Facts {
    name: "ChatGPT",
    word: "chatgpt",
    assistant: "Assistant",
    conversation_page: Some("https://chatgpt.com/c/"),
    // Its export names projects by id alone, and those are in no address.
    project_page: None,
    shared_page: Some("https://chatgpt.com/share/"),
    export: "Settings → Data controls → Export data",
    export_note: "The link comes by e-mail and is good for a day.",
    marks: &["mapping"],
    first_keys: &["title", "id", "conversation_id", "create_time", "mapping", "current_node"],
    list_keys: &["conversations", "chats"],
    file: "conversations.json",
    members: &["conversations.json", "conversations-#.json", "conversations_#.json", "group_chats.json"],
    knowledge_members: &[],
    // The Privacy Portal packs them into one zip.
    conversation_zips: &["conversations_*.zip"],
    attachment_zips: &["files_*.zip"],
    // Of large exports, seen since 2026.
    part_zips: &[PartZips { name: "*-part-#.zip", first: 1 }],
    contents: Some("export_manifest.json"),
    manifests: &[],
    elsewhere: None,
    // Since May 2026.
    attachment_names: Some("conversation_asset_file_names.json"),
    side_files: &[
        SideFile { name: "shared_conversations.json", holds: Holds::Links },
        SideFile { name: "user.json", holds: Holds::Profile },
    ],
    controls: Controls {
        links: Some("Settings → Data controls → Shared links → Manage"),
        memory: Some("Settings → Personalization"),
        training: Some("Settings → Data controls → Improve the model for everyone"),
    },
};
