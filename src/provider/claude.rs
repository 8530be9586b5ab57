//! Anthropic's Claude.

use super::{AccountFile, AccountFileKind, PartZips, ProviderFacts, SettingsPaths, ZipWithoutConversations};

pub(super) static FACTS: ProviderFacts = ProviderFacts {
    name: "Claude",
    word: "claude",
    assistant: "Claude",
    conversation_address_prefix: Some("https://claude.ai/chat/"),
    project_address_prefix: Some("https://claude.ai/project/"),
    // Its export tells which frames are public, and not where.
    shared_address_prefix: None,
    export_path: "Settings → Privacy → Export data",
    export_note: "",
    // The others are those of projects, memories and frames.
    signature_keys: &[
        "chat_messages",
        "prompt_template",
        "conversations_memory",
        "project_memories",
        "memory_files",
        "active_version",
    ],
    first_keys: &["uuid", "chat_messages"],
    list_keys: &["conversations"],
    file_label: "conversations.json",
    members: &["conversations.json", "conversations-#.json", "conversations_#.json"],
    special_conversation_members: &[
        "memories.json",
        "memories/*.json",
        "*/memories/*.json",
        "projects.json",
        "projects/*.json",
        "*/projects/*.json",
        "design_chats.json",
        "design_chats/*.json",
        "*/design_chats/*.json",
        "artifacts/*/artifact.json",
        "*/artifacts/*/artifact.json",
    ],
    // `conversations-000.zip`, and `conversations-000 (1).zip` of who downloaded it twice.
    conversation_zips: &[
        "conversations.zip",
        "conversations-*.zip",
        "conversations *.zip",
        "conversations.*.zip",
    ],
    attachment_zips: &[],
    // A zip or more for each kind of content, since August 2026.
    part_zips: &[
        PartZips { name: "conversations-#.zip", first: 0 },
        PartZips { name: "projects-#.zip", first: 0 },
        PartZips { name: "memories-#.zip", first: 0 },
        PartZips { name: "light_metadata-#.zip", first: 0 },
        PartZips { name: "frames-#.zip", first: 0 },
        PartZips { name: "design_chats-#.zip", first: 0 },
    ],
    export_manifest_member: None,
    zip_manifest_files: &["manifest*.json"],
    zip_without_conversations: Some(ZipWithoutConversations {
        members: &["memories.json", "login_history.json", "projects/*"],
        zip: "conversations-000.zip",
    }),
    attachment_names: None,
    // A frame: `artifact.json` with its pages beside it.
    page_members: &["artifacts/*/page.md", "artifacts/*/versions/*"],
    file_library_member: None,
    document_members: &[],
    account_files: &[
        AccountFile { name: "users.json", kind: AccountFileKind::Profile },
        AccountFile { name: "memories.json", kind: AccountFileKind::Memory },
        AccountFile { name: "artifact.json", kind: AccountFileKind::Links },
    ],
    settings_paths: SettingsPaths {
        links: None,
        memory: Some("Settings → Capabilities → Memory"),
        training: Some("Settings → Privacy → Help Improve Claude"),
    },
};
