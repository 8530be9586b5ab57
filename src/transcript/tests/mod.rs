//! Whole conversations through the layout.

mod bounds;
mod content;
mod properties;
mod reading;
mod speed;

use super::*;
use crate::{
    conversation::{Annotation, MessageDraft, Role, testing},
    library::ConversationRef,
};

/// One branch of these messages.
fn chain(drafts: Vec<MessageDraft<'_>>) -> ConversationRef {
    ConversationRef::alone(testing::chain("A title", drafts))
}

fn opened(drafts: Vec<MessageDraft<'_>>) -> Transcript {
    Transcript::new(chain(drafts), TranscriptOptions::default())
}

/// All lines, what stands at the right after `>>`.
fn all_lines(transcript: &mut Transcript, width: u16) -> Vec<String> {
    let mut all = Vec::new();
    for entry in 0..transcript.entries().len() {
        all.extend(transcript.lines(entry, width).iter().map(shown));
    }
    all
}

fn shown(line: &Line) -> String {
    let right: String = line.right.iter().map(|span| span.text.as_str()).collect();
    if right.is_empty() { line.text() } else { format!("{} >> {right}", line.text()) }
}

fn assistant(text: &str) -> MessageDraft<'_> {
    MessageDraft { model: Some("gpt-4o"), ..MessageDraft::new(Role::Assistant, text) }
}

/// The lines of an answer between its header and the blank line after it.
fn answer(text: &str, width: u16) -> Vec<String> {
    let mut lines = all_lines(&mut opened(vec![assistant(text)]), width);
    assert_eq!(lines.remove(0), "  gpt-4o");
    assert_eq!(lines.pop().as_deref(), Some(""));
    lines
}

fn part(range: std::ops::Range<usize>, detail: crate::conversation::AnnotationKind) -> Annotation {
    Annotation { range: range.start as u32..range.end as u32, detail }
}
