//! The document of `audit --json`. Its keys are a contract, told in the man page.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    audit::{Account, Origin, Remembered, title},
    extract::rfc3339,
    import::SharedLink,
    library::{Handle, Library},
    secrets::{
        Scanner,
        audit::{Attached, Exposure, Portrait, ProfileField},
    },
};

/// See the [module](self).
#[derive(Serialize)]
pub(super) struct Document<'a> {
    findings: Vec<Found<'a>>,
    shared: Vec<Shared<'a>>,
    profile: Vec<Field<'a>>,
    instructions: Vec<Kept<'a>>,
    memory: Vec<Kept<'a>>,
    attachments: Attachments,
    unreadable: &'a [String],
}

#[derive(Serialize)]
struct Found<'a> {
    kind: &'a str,
    class: &'static str,
    id: &'a str,
    title: String,
    date: Option<String>,
    role: Option<&'static str>,
    masked: &'a str,
    times: usize,
}

#[derive(Serialize)]
struct Shared<'a> {
    id: &'a str,
    conversation_id: &'a str,
    title: String,
    url: Option<String>,
}

#[derive(Serialize)]
struct Field<'a> {
    source: &'a str,
    #[serde(rename = "field")]
    name: &'a str,
    masked: &'a str,
}

#[derive(Serialize)]
struct Kept<'a> {
    id: Option<&'a str>,
    title: Option<String>,
    source: Option<&'a str>,
    date: Option<String>,
    characters: usize,
    entries: usize,
    holds: BTreeMap<&'a str, usize>,
}

#[derive(Serialize)]
struct Attachments {
    named: usize,
    present: usize,
    bytes: u64,
    images: usize,
    audio: usize,
    video: usize,
    files: usize,
}

impl<'a> Document<'a> {
    /// Of an account, with the library its handles are of.
    pub(super) fn of(account: &'a Account, library: &'a Library) -> Self {
        let scanner = Scanner::built_in();
        let found = |(handle, exposure): &'a (Handle, Exposure)| {
            let conversation = library.get(*handle);
            let rule = scanner.rule(exposure.kind);
            Found {
                kind: rule.id(),
                class: rule.class().as_str(),
                id: &conversation.id,
                title: title(&conversation.title),
                date: exposure.date.and_then(rfc3339),
                role: exposure.message.map(|message| conversation.messages()[message].role.as_str()),
                masked: &exposure.masked,
                times: exposure.times,
            }
        };
        let kept = |handle: Option<Handle>, source: Option<&'a str>, portrait: &'a Portrait| {
            let conversation = handle.map(|handle| library.get(handle));
            Kept {
                id: conversation.map(|conversation| &*conversation.id),
                title: conversation.map(|conversation| title(&conversation.title)),
                source,
                date: portrait.date.and_then(rfc3339),
                characters: portrait.characters,
                entries: portrait.entries,
                holds: portrait
                    .holds
                    .iter()
                    .map(|(kind, number)| (scanner.rule(kind).id(), number))
                    .collect(),
            }
        };
        let shared = |link: &'a SharedLink| Shared {
            id: &link.id,
            conversation_id: &link.conversation_id,
            title: title(&link.title),
            url: link.address(),
        };
        let field = |(origin, field): &'a (Origin, ProfileField)| Field {
            source: &origin.archive,
            name: &field.name,
            masked: &field.masked,
        };
        let Attached { named, present, bytes, images, audio, video, files } = account.attached;
        Self {
            findings: account.findings.iter().map(found).collect(),
            shared: account.shared.iter().map(shared).collect(),
            profile: account.profile.iter().map(field).collect(),
            instructions: account
                .instructions
                .iter()
                .map(|(handle, portrait)| kept(Some(*handle), None, portrait))
                .collect(),
            memory: account
                .memory
                .iter()
                .map(|(remembered, portrait)| match remembered {
                    Remembered::Conversation(handle) => kept(Some(*handle), None, portrait),
                    Remembered::Member(origin) => kept(None, Some(&origin.archive), portrait),
                })
                .collect(),
            attachments: Attachments { named, present, bytes, images, audio, video, files },
            unreadable: &account.unreadable,
        }
    }
}
