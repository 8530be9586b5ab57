//! Anthropic's Claude.

use super::{Controls, Elsewhere, Facts, Holds, PartZips, SideFile};

pub(super) static FACTS: Facts = Facts {
    name: "Claude",
    word: "claude",
    assistant: "Claude",
    conversation_page: Some("https://claude.ai/chat/"),
    project_page: Some("https://claude.ai/project/"),
    // Its export names no link that was shared.
    shared_page: None,
    export: "Settings → Privacy → Export data",
    export_note: "",
    // The others are those of projects and memories.
    marks: &["chat_messages", "prompt_template", "conversations_memory", "project_memories", "memory_files"],
    first_keys: &["uuid", "chat_messages"],
    list_keys: &["conversations"],
    file: "conversations.json",
    members: &["conversations.json", "conversations-#.json", "conversations_#.json"],
    knowledge_members: &[
        "memories.json",
        "memories/*.json",
        "*/memories/*.json",
        "projects/*.json",
        "*/projects/*.json",
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
    contents: None,
    manifests: &["manifest*.json"],
    elsewhere: Some(Elsewhere {
        members: &["memories.json", "login_history.json", "projects/*"],
        zip: "conversations-000.zip",
    }),
    attachment_names: None,
    side_files: &[
        SideFile { name: "users.json", holds: Holds::Profile },
        SideFile { name: "memories.json", holds: Holds::Memory },
    ],
    controls: Controls {
        links: None,
        memory: Some("Settings → Capabilities → Memory"),
        training: Some("Settings → Privacy → Help Improve Claude"),
    },
};
