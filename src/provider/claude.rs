//! Anthropic's Claude.

use super::{Controls, Elsewhere, Facts, Holds, SideFile};

pub(super) static FACTS: Facts = Facts {
    name: "Claude",
    word: "claude",
    assistant: "Claude",
    conversation_page: Some("https://claude.ai/chat/"),
    // Its export names no link that was shared.
    shared_page: None,
    export: "Settings → Privacy → Export data",
    export_note: "",
    marks: &["chat_messages"],
    first_keys: &["uuid", "chat_messages"],
    list_keys: &["conversations"],
    file: "conversations.json",
    members: &["conversations.json", "conversations-#.json", "conversations_#.json"],
    // `conversations-000.zip`, and `conversations-000 (1).zip` of who downloaded it twice.
    conversation_zips: &[
        "conversations.zip",
        "conversations-*.zip",
        "conversations *.zip",
        "conversations.*.zip",
    ],
    attachment_zips: &[],
    // Since August 2026.
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
