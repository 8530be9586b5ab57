//! OpenAI's ChatGPT.

use super::{AccountFile, AccountFileKind, PartZips, ProviderFacts, SettingsPaths};

pub(super) static FACTS: ProviderFacts = ProviderFacts {
    name: "ChatGPT",
    word: "chatgpt",
    assistant: "Assistant",
    conversation_address_prefix: Some("https://chatgpt.com/c/"),
    // Its export names projects by id alone, and those are in no address.
    project_address_prefix: None,
    shared_address_prefix: Some("https://chatgpt.com/share/"),
    export_path: "Settings → Data controls → Export data",
    export_note: "The link comes by e-mail and is good for a day.",
    signature_keys: &["mapping"],
    first_keys: &["title", "id", "conversation_id", "create_time", "mapping", "current_node"],
    list_keys: &["conversations", "chats"],
    file_label: "conversations.json",
    members: &["conversations.json", "conversations-#.json", "conversations_#.json", "group_chats.json"],
    special_conversation_members: &[],
    // The Privacy Portal packs them into one zip.
    conversation_zips: &["conversations_*.zip"],
    attachment_zips: &["files_*.zip"],
    // Of large exports, seen since 2026.
    part_zips: &[PartZips { name: "*-part-#.zip", first: 1 }],
    export_manifest_member: Some("export_manifest.json"),
    zip_manifest_files: &[],
    zip_without_conversations: None,
    // Since May 2026.
    attachment_names: Some("conversation_asset_file_names.json"),
    page_members: &[],
    file_library_member: Some("library_files.json"),
    // Canvases, with what the person changed in them.
    document_members: &["textdocs/*.json"],
    account_files: &[
        AccountFile { name: "shared_conversations.json", kind: AccountFileKind::Links },
        AccountFile { name: "user.json", kind: AccountFileKind::Profile },
    ],
    settings_paths: SettingsPaths {
        links: Some("Settings → Data controls → Shared links → Manage"),
        memory: Some("Settings → Personalization"),
        training: Some("Settings → Data controls → Improve the model for everyone"),
    },
};
