//! Options that decide how a conversation is shown.

use std::{fmt, sync::Arc};

use jiff::tz::TimeZone;

use super::dates;

/// A question to the archive: does it hold the attachment with this id?
#[derive(Clone)]
pub struct AttachmentLookup(Arc<Question>);

type Question = dyn Fn(u16, &str) -> bool + Send + Sync;

impl AttachmentLookup {
    /// Wraps the question; it is asked whenever a message with attachments is laid out.
    pub fn new(has: impl Fn(u16, &str) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(has))
    }

    /// Asks it of an attachment's id, with the number of the archive that its conversation is from.
    pub fn has(&self, archive: u16, id: &str) -> bool {
        (self.0)(archive, id)
    }
}

impl fmt::Debug for AttachmentLookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AttachmentLookup")
    }
}

/// The options of a transcript.
#[derive(Clone, Debug)]
pub struct TranscriptOptions {
    /// The zone of dates and times.
    pub zone: TimeZone,
    /// The form of dates.
    pub dates: dates::DateStyle,
    /// Tool calls, results, pages, quotes start open.
    pub open_tools: bool,
    /// Reasoning starts open.
    pub open_reasoning: bool,
    /// The text of attached files starts open.
    pub open_files: bool,
    /// Custom instructions and saved memory start open.
    pub open_instructions: bool,
    /// Canvases start open.
    pub open_canvas: bool,
    /// Long lines of code wrap with a mark; else they scroll sideways.
    pub wrap_code: bool,
    /// Tells which attachments are missing; `None`: nothing is said about it.
    pub attachments: Option<AttachmentLookup>,
}

impl Default for TranscriptOptions {
    fn default() -> Self {
        Self {
            zone: TimeZone::UTC,
            dates: dates::DateStyle::default(),
            open_tools: false,
            open_reasoning: false,
            open_files: false,
            open_instructions: false,
            // A canvas is a document of the conversation.
            open_canvas: true,
            wrap_code: true,
            attachments: None,
        }
    }
}
