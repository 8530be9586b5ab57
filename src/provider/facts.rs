//! The questions that every provider answers.

/// The facts about a provider.
#[derive(Debug)]
pub struct ProviderFacts {
    /// The name people call it by.
    pub name: &'static str,
    /// The word `from:` takes and `--json` prints.
    pub word: &'static str,
    /// The name of whoever answered, where the export does not name the model.
    pub assistant: &'static str,
    /// The address of a conversation's page, up to its id.
    pub conversation_address_prefix: Option<&'static str>,
    /// The address of a project's page, up to its id.
    pub project_address_prefix: Option<&'static str>,
    /// The address at which anybody reads a shared conversation, up to the id of its link.
    pub shared_address_prefix: Option<&'static str>,
    /// The way to ask for its export: a path through its settings, or a page.
    pub export_path: &'static str,
    /// Further advice for asking, in whole sentences; may be empty.
    pub export_note: &'static str,
    /// Keys that only this provider's objects have at their top. An object with one of them is this provider's; a file
    /// that is one such object is a conversation.
    pub signature_keys: &'static [&'static str],
    /// Keys that its conversations begin with, in one export or another: so one that is broken does not swallow the
    /// next.
    pub first_keys: &'static [&'static str],
    /// Keys of an outer object under which its conversations stand in a list.
    pub list_keys: &'static [&'static str],
    /// The file with its conversations, as it is called before people.
    pub file_label: &'static str,
    /// Members that hold conversations. For this and the next see [`is_named`](super::is_named).
    pub members: &'static [&'static str],
    /// Members with objects that are read as conversations of their own kind, where there are conversations.
    pub special_conversation_members: &'static [&'static str],
    /// Zips with its conversations, where an export comes in several.
    pub conversation_zips: &'static [&'static str],
    /// Zips with attachments, likewise.
    pub attachment_zips: &'static [&'static str],
    /// The zips of an export that comes in several, numbered: what stands for a `*` before the number is the same in
    /// all of one export.
    pub part_zips: &'static [PartZips],
    /// A member that lists what all parts of an export hold, and in which members the conversations are.
    pub export_manifest_member: Option<&'static str>,
    /// Files beside the `part_zips` that list them.
    pub zip_manifest_files: &'static [&'static str],
    /// The way to recognise a zip of an export that holds no conversations, and the zip that does.
    pub zip_without_conversations: Option<ZipWithoutConversations>,
    /// A member with the names of those that are stored under meaningless ones: an object of path and name.
    pub attachment_names: Option<&'static str>,
    /// Members with the pages of what was published, by the last folders of their paths: text that no message of a chat
    /// carries.
    pub page_members: &'static [&'static str],
    /// A member that names files by the messages they were made for.
    pub file_library_member: Option<&'static str>,
    /// Members with the documents of conversations, each in its present state, by the last folders of their paths. What no
    /// conversation names is read as a conversation of its own kind.
    pub document_members: &'static [&'static str],
    /// Members beside the conversations that say something of their owner.
    pub account_files: &'static [AccountFile],
    /// The places in its settings where something given away is taken back.
    pub settings_paths: SettingsPaths,
}

/// The zips of one kind of an export that comes in several.
#[derive(Debug)]
pub struct PartZips {
    /// The pattern of their names, a number at its end.
    pub name: &'static str,
    /// The number of the first.
    pub first: u64,
}

/// Paths through a provider's settings; `None` where it has no such setting, or none is known.
#[derive(Debug)]
pub struct SettingsPaths {
    /// To the conversations that were made public.
    pub links: Option<&'static str>,
    /// To what it remembers and what it was told of its owner.
    pub memory: Option<&'static str>,
    /// To the switch that keeps conversations from being trained on.
    pub training: Option<&'static str>,
}

/// A member that says something of its owner.
#[derive(Debug)]
pub struct AccountFile {
    /// Its base name.
    pub name: &'static str,
    /// The kind of its content.
    pub kind: AccountFileKind,
}

/// The content of an [`AccountFile`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountFileKind {
    /// Conversations that were made public.
    Links,
    /// The owner's name, address and the like.
    Profile,
    /// The provider's memory of the owner.
    Memory,
}

/// A zip that holds no conversations, and the zip of its export that does.
#[derive(Debug)]
pub struct ZipWithoutConversations {
    /// Members it is known by.
    pub members: &'static [&'static str],
    /// The zip that has the conversations.
    pub zip: &'static str,
}
