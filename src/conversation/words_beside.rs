//! The words that stand beside a message's text: the names and texts of its attachments, the prompts of its pictures,
//! the titles and addresses of its sources, the title of a canvas. They follow its text in the buffer, each after a NUL,
//! so that a search and an audit read them as they read the text.

use super::{Annotation, AnnotationKind, AttachedText, Link};

/// The bytes that a conversation's text may have before nothing is put beside it any more: its offsets are of 32 bits.
const MAX_TEXT_BYTES: usize = i32::MAX as usize;

/// Appends the words of some annotations to the text of their message, which begins at byte `start` of `run`; `before`
/// is the length of what else the conversation has.
pub(super) fn push(run: &mut String, start: usize, before: usize, annotations: &mut [Annotation]) {
    let mut push = |text: &str| {
        let fits = before + run.len() + text.len() < MAX_TEXT_BYTES;
        (fits && is_put_beside(text)).then(|| {
            run.push('\0');
            let from = run.len() - start;
            run.push_str(text);
            from as u32..(run.len() - start) as u32
        })
    };
    for annotation in annotations {
        annotation.each_label(&mut |label| _ = push(label));
        if let AnnotationKind::Attachment(attachment) = &mut annotation.detail
            && let AttachedText::Own(text) = &attachment.content
            && let Some(range) = push(text)
        {
            attachment.content = AttachedText::InMessage { range, digest: attachment.content.digest() };
        }
    }
}

/// Returns whether a text is put beside a message's: what is blank says nothing.
fn is_put_beside(text: &str) -> bool {
    !text.trim().is_empty()
}

impl Annotation {
    /// Counts the bytes that its words will take beside the message's text.
    pub(crate) fn length_beside(&self) -> usize {
        let mut length = 0;
        let mut count = |text: &str| length += if is_put_beside(text) { "\0".len() + text.len() } else { 0 };
        self.each_label(&mut count);
        if let AnnotationKind::Attachment(attachment) = &self.detail {
            count(attachment.content.own());
        }
        length
    }

    /// Visits its words but the text of a file.
    fn each_label(&self, visit: &mut impl FnMut(&str)) {
        let mut visit_link = |link: &Link| {
            visit(&link.title);
            visit(&link.url);
        };
        match &self.detail {
            AnnotationKind::ListedSources(links) => links.iter().for_each(visit_link),
            AnnotationKind::QuotedPage(link) => visit_link(link),
            AnnotationKind::Attachment(file) => {
                visit(&file.name);
                visit(&file.prompt);
            }
            AnnotationKind::Canvas { title, .. } => visit(title),
            // Its links are in the text.
            AnnotationKind::Citation(_) | AnnotationKind::ThinkingTime { .. } => {}
        }
    }
}
