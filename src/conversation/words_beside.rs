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
        (fits && !text.trim().is_empty()).then(|| {
            run.push('\0');
            let from = run.len() - start;
            run.push_str(text);
            from as u32..(run.len() - start) as u32
        })
    };
    for annotation in annotations {
        match &mut annotation.detail {
            AnnotationKind::Attachment(attachment) => {
                push(&attachment.name);
                push(&attachment.prompt);
                if let AttachedText::Own(text) = &attachment.content
                    && let Some(range) = push(text)
                {
                    attachment.content =
                        AttachedText::InMessage { range, digest: attachment.content.digest() };
                }
            }
            AnnotationKind::ListedSources(links) => links.iter().for_each(|link| push_link(link, &mut push)),
            AnnotationKind::QuotedPage(link) => push_link(link, &mut push),
            AnnotationKind::Canvas { title, .. } => {
                push(title);
            }
            // Its links are in the text.
            AnnotationKind::Citation(_) | AnnotationKind::ThinkingTime { .. } => {}
        }
    }
}

fn push_link<T>(link: &Link, push: &mut impl FnMut(&str) -> T) {
    push(&link.title);
    push(&link.url);
}
