//! The reasoning of the model: its words, and how long it took.

use super::{shape::BlockFields, unread::all_words};
use crate::conversation::{Annotation, AnnotationKind};

/// Writes the reasoning, below the summaries of it.
pub(super) fn write_thinking(fields: &BlockFields<'_>, text: &mut String) {
    let mut thought = String::new();
    all_words(fields.thinking, &mut thought);
    let is_blank = thought.trim_start().is_empty();
    for summary in fields.summaries.iter() {
        let mut words = String::new();
        all_words(summary.summary, &mut words);
        if words.trim().is_empty() {
            continue;
        }
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        // Where there is nothing else, they are the reasoning.
        let mark = if is_blank || words.contains('\n') { "" } else { "**" };
        text.extend([mark, words.trim(), mark]);
    }
    if !is_blank {
        text.push_str(if text.is_empty() { "" } else { "\n\n" });
        text.push_str(&thought);
    }
}

/// Returns how long the model thought.
pub(super) fn thought_annotation(fields: &BlockFields<'_>) -> Option<Annotation> {
    let spent = fields.stopped.0?.0.checked_sub(fields.started.0?.0)?;
    let seconds = u32::try_from((spent + 500_000) / 1_000_000).ok()?;
    Some(Annotation { range: 0..0, detail: AnnotationKind::ThinkingTime { seconds: Some(seconds) } })
}
