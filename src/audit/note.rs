//! What an audit notes of one conversation, which can be let go of then.

use crate::{
    conversation::{Conversation, Media, MessageKind},
    secrets::{
        Scanner,
        exposures::{self, Exposure, InstructionsOrMemory, instructions_or_memory},
    },
};

/// What an audit notes of one conversation; nothing in it is a value that can be used.
#[derive(Clone, Debug, Default)]
pub struct AuditNote {
    pub(super) exposures: Vec<Exposure>,
    pub(super) instructions: Vec<InstructionsOrMemory>,
    pub(super) memory: Vec<InstructionsOrMemory>,
    pub(super) attachments: Vec<AttachmentNote>,
}

/// An attachment that a message names.
#[derive(Clone, Debug)]
pub(super) struct AttachmentNote {
    pub(super) id: Box<str>,
    pub(super) media: Media,
    /// The bytes of it that the conversation itself holds.
    pub(super) content_length: u64,
}

impl AuditNote {
    /// Scans a conversation.
    pub fn of(conversation: &Conversation) -> Self {
        let scanner = Scanner::built_in();
        let attachments = crate::message::attachments(conversation);
        Self {
            exposures: exposures::exposures_of_conversation(scanner, conversation),
            instructions: instructions_or_memory(scanner, conversation, MessageKind::Instructions),
            memory: instructions_or_memory(scanner, conversation, MessageKind::Memory),
            attachments: attachments
                .map(|attachment| AttachmentNote {
                    id: attachment.id.clone(),
                    media: attachment.media,
                    content_length: attachment.content.len() as u64,
                })
                .collect(),
        }
    }
}
