//! OpenAI's ChatGPT.

use super::{Facts, PartZips, SettingsPaths, SideFile, SideFileKind};

pub(super) static FACTS: Facts = Facts {
    name: "ChatGPT",
    word: "chatgpt",
    assistant: "Assistant",
    conversation_page: Some("https://chatgpt.com/c/"),
    // Its export names projects by id alone, and those are in no address.
    project_page: None,
    public_link_page: Some("https://chatgpt.com/share/"),
    export_path: "Settings → Data controls → Export data",
    export_note: "The link comes by e-mail and is good for a day.",
    signature_keys: &["mapping"],
    first_keys: &["title", "id", "conversation_id", "create_time", "mapping", "current_node"],
    list_keys: &["conversations", "chats"],
    file_label: "conversations.json",
    members: &["conversations.json", "conversations-#.json", "conversations_#.json", "group_chats.json"],
    knowledge_members: &[],
    // The Privacy Portal packs them into one zip.
    conversation_zips: &["conversations_*.zip"],
    attachment_zips: &["files_*.zip"],
    // Of large exports, seen since 2026.
    part_zips: &[PartZips { name: "*-part-#.zip", first: 1 }],
    contents_member: Some("export_manifest.json"),
    manifest_files: &[],
    zip_without_conversations: None,
    // Since May 2026.
    attachment_names: Some("conversation_asset_file_names.json"),
    page_members: &[],
    library_member: Some("library_files.json"),
    // Canvases, with what the person changed in them.
    document_members: &["textdocs/*.json"],
    side_files: &[
        SideFile { name: "shared_conversations.json", kind: SideFileKind::Links },
        SideFile { name: "user.json", kind: SideFileKind::Profile },
    ],
    settings_paths: SettingsPaths {
        links: Some("Settings → Data controls → Shared links → Manage"),
        memory: Some("Settings → Personalization"),
        training: Some("Settings → Data controls → Improve the model for everyone"),
    },
};
