//! One reading of a message, shared by whatever shows, writes, filters or audits it.
//!
//! A [`MessageView`] is a cheap view over one message of a conversation: its [`Speaker`], its [`Label`] when it
//! is not simply said, and its [blocks](Block) in reading order as ranges into its text. The other modules
//! decide once about any text (`markdown`, [`formula`], [`link_safety`], [`chunks`]), about the branches of a
//! conversation ([`branches`]), and how sizes and numbers are written ([`format`](mod@format)).
//!
//! The transcript lays these out, the extracts write them down, the search filters by them, the audit asks
//! them: where two of these must agree, the decision belongs here. The module must not know widths, file
//! formats, colours or terminals, and it does not make text harmless: text comes out as it was written.

pub mod branches;
pub mod chunks;
pub mod format;
pub mod formula;
pub mod link_safety;
pub mod markdown;
pub mod prompt;

mod address;
mod aside;
mod attachment;
mod block;
mod canvas;
mod code;
mod contents;
mod host_name;
mod label;
mod looks;
mod message_links;
mod outside_code;
mod speaker;

pub use address::find_address;
pub use aside::Aside;
pub use attachment::{Description, attachments};
pub use block::{Block, BlockKind};
pub use canvas::Canvas;
pub use code::{CodeBlock, MAX_BLOCKS, code_blocks, message_code_blocks, message_code_blocks_while};
pub use label::Label;
pub use looks::{
    has_dashed_heading_time, has_heading_time, is_blank, is_combining_mark, is_unseen, looks_like_colon,
    looks_like_dash, looks_like_digit, looks_like_heading_separator, may_have_time,
};
pub use message_links::{MAX_LINKS, links, links_while};
pub use outside_code::are_surely_outside_code;
pub use speaker::{Speaker, words_in_heading};

use crate::conversation::{Annotation, AnnotationKind, Conversation, Link, Message, MessageKind, Role};

/// One message of a conversation, to be read. A view: it copies nothing.
#[derive(Clone, Copy, Debug)]
pub struct MessageView<'a> {
    conversation: &'a Conversation,
    index: usize,
}

impl<'a> MessageView<'a> {
    /// Reads the message with this index of [`Conversation::messages`].
    pub fn of(conversation: &'a Conversation, index: usize) -> Self {
        Self { conversation, index }
    }

    /// Returns the message itself.
    pub fn message(self) -> &'a Message {
        &self.conversation.messages()[self.index]
    }

    /// Returns its text, as written.
    pub fn text(self) -> &'a str {
        self.conversation.message_text(self.index)
    }

    /// Returns the annotations of the message besides its words.
    pub fn annotations(self) -> &'a [Annotation] {
        self.conversation.message_annotations(self.index)
    }

    /// Returns the model that answered: the message's own, else, for an answer, the conversation's.
    pub fn model(self) -> Option<&'a str> {
        let answers = self.message().role == Role::Assistant;
        let own = self.conversation.message_model(self.index);
        own.or_else(|| self.conversation.model().filter(|_| answers))
    }

    /// Returns the page it quotes or was fetched from.
    pub fn source(self) -> Option<&'a Link> {
        self.annotations().iter().find_map(|part| match &part.detail {
            AnnotationKind::QuotedPage(link) => Some(&**link),
            _ => None,
        })
    }

    /// Returns the seconds the model thought, if the export counts them.
    pub fn thought_seconds(self) -> Option<u32> {
        self.annotations().iter().find_map(|part| match part.detail {
            AnnotationKind::ThinkingTime { seconds } => seconds,
            _ => None,
        })
    }

    /// Returns whether it tells the model who the person is ([`MessageKind::Instructions`]) or what to remember
    /// ([`MessageKind::Memory`]); a call of `bio`, by which the model remembers, counts as memory.
    pub fn is_about_person(self, kind: MessageKind) -> bool {
        let message = self.message();
        let remembers =
            message.kind == MessageKind::Call && self.conversation.message_name(self.index) == Some("bio");
        message.kind == kind || (kind == MessageKind::Memory && remembers)
    }
}
