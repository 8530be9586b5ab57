//! The document of `audit --json`. Its keys are a contract, told in the man page.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    audit::{AccountFileOrigin, AuditReport, MemoryOrigin, OtherMember, without_secrets},
    conversation::{ConversationSummary, Role},
    extract::rfc3339,
    import::SharedLink,
    library::{ConversationHandle, Library},
    secrets::{
        Certainty, Scanner,
        exposures::{AttachmentCounts, Exposure, InstructionsOrMemory, ProfileField},
    },
};

/// The document of `audit --json`; see the [module](self).
#[derive(Serialize)]
pub(super) struct AuditJson<'a> {
    findings: Vec<ExposureJson<'a>>,
    other_members: Vec<MemberExposureJson<'a>>,
    shared: Vec<LinkJson<'a>>,
    profile: Vec<ProfileFieldJson<'a>>,
    instructions: Vec<InstructionsOrMemoryJson<'a>>,
    memory: Vec<InstructionsOrMemoryJson<'a>>,
    attachments: AttachmentsJson,
    unreadable: &'a [String],
    too_large: &'a [String],
    scanned_members: usize,
    opaque_members: usize,
}

#[derive(Serialize)]
struct ExposureJson<'a> {
    kind: &'a str,
    class: &'static str,
    id: String,
    title: String,
    date: Option<String>,
    role: Option<&'static str>,
    masked: &'a str,
    times: usize,
    certain: bool,
}

#[derive(Serialize)]
struct MemberExposureJson<'a> {
    source: &'a str,
    member: String,
    kind: &'a str,
    class: &'static str,
    masked: &'a str,
    times: usize,
    certain: bool,
}

#[derive(Serialize)]
struct LinkJson<'a> {
    id: &'a str,
    conversation_id: &'a str,
    title: String,
    url: Option<String>,
}

#[derive(Serialize)]
struct ProfileFieldJson<'a> {
    #[serde(rename = "source")]
    archive: &'a str,
    #[serde(rename = "field")]
    name: &'a str,
    masked: &'a str,
}

#[derive(Serialize)]
struct InstructionsOrMemoryJson<'a> {
    id: Option<&'a str>,
    title: Option<String>,
    #[serde(rename = "source")]
    archive: Option<&'a str>,
    date: Option<String>,
    characters: usize,
    entries: usize,
    holds: BTreeMap<&'a str, usize>,
}

#[derive(Serialize)]
struct AttachmentsJson {
    named: usize,
    present: usize,
    bytes: u64,
    read: usize,
    images: usize,
    audio: usize,
    video: usize,
    files: usize,
}

impl<'a> AuditJson<'a> {
    /// Makes it of a report, with the library of its handles.
    pub(super) fn of(report: &'a AuditReport, library: &'a Library<ConversationSummary>) -> Self {
        let scanner = Scanner::built_in();
        let found = |(handle, exposure): &'a (ConversationHandle, Exposure)| {
            let conversation = library.get(*handle);
            let rule = scanner.rule(exposure.kind);
            ExposureJson {
                kind: rule.id(),
                class: rule.class().as_str(),
                id: without_secrets(&conversation.id),
                title: without_secrets(&conversation.title),
                date: exposure.date.and_then(rfc3339),
                role: exposure.role.map(Role::as_str),
                masked: &exposure.masked,
                times: exposure.times,
                certain: exposure.certainty == Certainty::Certain,
            }
        };
        let in_member = |(member, exposure): &'a (OtherMember, Exposure)| {
            let rule = scanner.rule(exposure.kind);
            MemberExposureJson {
                source: &member.archive,
                member: without_secrets(&member.path),
                kind: rule.id(),
                class: rule.class().as_str(),
                masked: &exposure.masked,
                times: exposure.times,
                certain: exposure.certainty == Certainty::Certain,
            }
        };
        let text_json =
            |handle: Option<ConversationHandle>, archive: Option<&'a str>, text: &'a InstructionsOrMemory| {
                let conversation = handle.map(|handle| library.get(handle));
                InstructionsOrMemoryJson {
                    id: conversation.map(|conversation| &*conversation.id),
                    title: conversation.map(|conversation| without_secrets(&conversation.title)),
                    archive,
                    date: text.date.and_then(rfc3339),
                    characters: text.characters,
                    entries: text.entries,
                    holds: text
                        .secret_counts
                        .iter()
                        .map(|(kind, number)| (scanner.rule(kind).id(), number))
                        .collect(),
                }
            };
        let shared = |link: &'a SharedLink| LinkJson {
            id: &link.id,
            conversation_id: &link.conversation_id,
            title: without_secrets(&link.title),
            url: link.address(),
        };
        let field = |(origin, field): &'a (AccountFileOrigin, ProfileField)| ProfileFieldJson {
            archive: &origin.archive,
            name: &field.name,
            masked: &field.masked,
        };
        let AttachmentCounts { mentioned: named, present, bytes, read, images, audio, video, files } =
            report.attached;
        Self {
            findings: report.exposures.iter().map(found).collect(),
            other_members: report.member_exposures.iter().map(in_member).collect(),
            shared: report.public_links.iter().map(shared).collect(),
            profile: report.profile.iter().map(field).collect(),
            instructions: report
                .instructions
                .iter()
                .map(|(handle, text)| text_json(Some(*handle), None, text))
                .collect(),
            memory: report
                .memory
                .iter()
                .map(|(remembered, text)| match remembered {
                    MemoryOrigin::Conversation(handle) => text_json(Some(*handle), None, text),
                    MemoryOrigin::Member(origin) => text_json(None, Some(&origin.archive), text),
                })
                .collect(),
            attachments: AttachmentsJson { named, present, bytes, read, images, audio, video, files },
            unreadable: &report.unreadable,
            too_large: &report.too_large,
            scanned_members: report.scanned,
            opaque_members: report.opaque,
        }
    }
}
