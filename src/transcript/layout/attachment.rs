//! An attachment as one line: what it is, its name, its size, and whether it is there at all.

use super::{
    line::Tone,
    styled_text::{Prose, Style},
};
use crate::{
    conversation::Attachment,
    message::{Description, format},
    transcript::text::sanitize,
};

/// `▪ image · name · 1 024 × 768 · 213 KB`; `present` is what the archive says, if it was asked.
pub fn described(attachment: &Attachment, present: Option<bool>) -> Prose {
    let Description { noun, name, mut facts, .. } = Description::of(attachment);
    let mut prose = Prose::default();
    let dim = Style::of(Tone::Dim);
    prose.push("▪ ", Style::of(Tone::Furniture), None);
    prose.push(noun, dim, None);
    if !name.is_empty() {
        prose.push(" · ", dim, None);
        prose.push(&sanitize::line(name), Style::default(), None);
    }
    if !attachment.content.is_empty() {
        facts.push(format::count(attachment.content.lines().count() as u64, "line", "lines"));
    } else if present == Some(false) {
        facts.push("not in this archive".to_owned());
    }
    for fact in facts {
        prose.push(" · ", dim, None);
        prose.push(&fact, dim, None);
    }
    prose
}

/// The prompt a picture was made from.
pub fn prompt(attachment: &Attachment) -> Option<Prose> {
    let prompt = Description::of(attachment).prompt;
    if prompt.is_empty() {
        return None;
    }
    let mut prose = Prose::default();
    prose.push("prompt: ", Style::of(Tone::Furniture), None);
    prose.push(prompt, Style::of(Tone::Dim), None);
    Some(prose)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::Media;

    #[test]
    fn an_attachment_is_one_line() {
        let picture = Attachment {
            media: Media::Image,
            id: "file-1".into(),
            name: "a\nb\x1b.png".into(),
            size: Some(213_400),
            dimensions: Some((1_024, 768)),
            mime: "".into(),
            prompt: "".into(),
            content: "".into(),
        };
        assert_eq!(described(&picture, None).text(), "▪ image · a b␛.png · 1 024 × 768 · 213 KB");
        assert!(described(&picture, Some(false)).text().ends_with(" · not in this archive"));
    }
}
