//! Anthropic's Claude.

use super::{Facts, PartZips, SettingsPaths, SideFile, SideFileKind, ZipWithoutConversations};

pub(super) static FACTS: Facts = Facts {
    name: "Claude",
    word: "claude",
    assistant: "Claude",
    conversation_page: Some("https://claude.ai/chat/"),
    project_page: Some("https://claude.ai/project/"),
    // Its export tells which frames are public, and not where.
    public_link_page: None,
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
    knowledge_members: &[
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
    contents_member: None,
    manifest_files: &["manifest*.json"],
    zip_without_conversations: Some(ZipWithoutConversations {
        members: &["memories.json", "login_history.json", "projects/*"],
        zip: "conversations-000.zip",
    }),
    attachment_names: None,
    // A frame: `artifact.json` with its pages beside it.
    page_members: &["artifacts/*/page.md", "artifacts/*/versions/*"],
    library_member: None,
    document_members: &[],
    side_files: &[
        SideFile { name: "users.json", kind: SideFileKind::Profile },
        SideFile { name: "memories.json", kind: SideFileKind::Memory },
        SideFile { name: "artifact.json", kind: SideFileKind::Links },
    ],
    settings_paths: SettingsPaths {
        links: None,
        memory: Some("Settings → Capabilities → Memory"),
        training: Some("Settings → Privacy → Help Improve Claude"),
    },
};
